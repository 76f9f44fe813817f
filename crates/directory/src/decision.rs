//! What an editor decided, read from a table that a spreadsheet can fill.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Deserialize;

use crate::card::{Approval, Candidate};
use crate::classify::{Outcome, Verdict};
use crate::definition::Directory;
use crate::lists::line_at;
use crate::review::Review;

/// The columns of the table, in order. It may have others, which are not read.
pub const DECISION_COLUMNS: [&str; 9] =
    ["fiche", "version", "decision", "date", "redacteur", "familles", "sous_categories", "masquer", "motif"];

/// What an editor decided about one card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    is_approved: bool,
    version: String,
    date: NaiveDate,
    editor: String,
    families: BTreeSet<String>,
    sub_categories: BTreeSet<String>,
    hidden: BTreeSet<String>,
    reason: String,
}

/// The decisions of an edition's editors, by card.
#[derive(Debug, Clone, Default)]
pub struct Decisions(BTreeMap<String, Decision>);

/// A row that is not a decision.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct DecisionFault {
    /// Line of the table, from 1.
    pub line: usize,
    /// What was found and what was expected.
    pub message: String,
}

#[derive(Deserialize)]
struct Row {
    fiche: String,
    version: String,
    decision: String,
    date: String,
    redacteur: String,
    #[serde(default)]
    familles: String,
    #[serde(default)]
    sous_categories: String,
    #[serde(default)]
    masquer: String,
    #[serde(default)]
    motif: String,
}

impl Decisions {
    /// Reads the table (CSV, UTF-8). A row without a decision has none yet; a card has one row.
    ///
    /// # Errors
    /// Every row that cannot be read.
    pub fn parse(directory: &Directory<'_>, text: &str) -> Result<Self, Vec<DecisionFault>> {
        let mut decisions = BTreeMap::new();
        let mut faults = Vec::new();
        // A spreadsheet may put a mark at the head of the file.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let headers = match reader.headers() {
            Ok(headers) => headers.clone(),
            Err(error) => return Err(vec![DecisionFault { line: 1, message: error.to_string() }]),
        };
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    let line = line_at(text, error.position());
                    faults.push(DecisionFault { line, message: format!("this row cannot be read: {error}") });
                    continue;
                }
            };
            let line = line_at(text, record.position());
            let read = record.deserialize::<Row>(Some(&headers)).map_err(|error| {
                format!("this row cannot be read: {error} (expected {})", DECISION_COLUMNS.join(", "))
            });
            match read.and_then(|row| Ok((row.fiche.clone(), Decision::read(directory, row)?))) {
                Ok((_, None)) => {}
                Ok((card, Some(decision))) => {
                    if decisions.insert(card.clone(), decision).is_some() {
                        let message = format!("the card `{card}` has two decisions (expected one row)");
                        faults.push(DecisionFault { line, message });
                    }
                }
                Err(message) => faults.push(DecisionFault { line, message }),
            }
        }
        if faults.is_empty() { Ok(Self(decisions)) } else { Err(faults) }
    }

    /// The decision about this card, if any.
    #[must_use]
    pub fn get(&self, card: &str) -> Option<&Decision> {
        self.0.get(card)
    }

    /// The cards that have a decision.
    pub fn cards(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Where this candidate stands. Only here is an [`Approval`] made: of the very answers that were reviewed, with
    /// one family at least that is valid or that the editor confirmed.
    #[must_use]
    pub fn on<'c>(&self, candidate: &'c Candidate<'c>) -> Review<'c> {
        let Some(decision) = self.get(candidate.code()) else { return Review::Pending };
        if decision.version != candidate.version() {
            return Review::Outdated;
        }
        if !decision.is_approved {
            return Review::Declined;
        }
        let classified = candidate.classified();
        let mut families: BTreeSet<String> =
            classified.families_with(Verdict::Valid).map(str::to_owned).collect();
        for family in &decision.families {
            match classified.families().get(family) {
                None => return Review::Unfounded(format!("family `{family}` was not ticked by the actor")),
                Some(Verdict::Excluded) => {
                    return Review::Unfounded(format!("family `{family}` is excluded by its criteria"));
                }
                Some(Verdict::Valid | Verdict::ToVerify) => families.insert(family.clone()),
            };
        }
        if families.is_empty() {
            return Review::Unfounded("no family is valid and `familles` confirms none".to_owned());
        }
        if classified.outcome() != Outcome::Publishable && decision.reason.is_empty() {
            return Review::Unfounded("the grid sends it to an editor: `motif` must say why".to_owned());
        }
        let lists = candidate.directory().lists();
        for code in &decision.sub_categories {
            let family = lists.sub_category(code).map(|found| found.family.as_str());
            if family.is_none_or(|family| !families.contains(family)) {
                return Review::Unfounded(format!("sub-category `{code}` is of no family of the card"));
            }
        }
        Review::Approved(Approval::new(
            candidate,
            families,
            decision.sub_categories.clone(),
            decision.hidden.clone(),
            decision.date,
        ))
    }
}

impl Decision {
    /// Whether the editor approved.
    #[must_use]
    pub fn is_approved(&self) -> bool {
        self.is_approved
    }

    /// The columns of the decision after the first two, to write the table again.
    pub(crate) fn columns(&self) -> [String; 7] {
        let list = |codes: &BTreeSet<String>| codes.iter().cloned().collect::<Vec<_>>().join(" ");
        [
            if self.is_approved { APPROVED } else { DECLINED }.to_owned(),
            self.date.to_string(),
            self.editor.clone(),
            list(&self.families),
            list(&self.sub_categories),
            list(&self.hidden),
            self.reason.clone(),
        ]
    }

    /// `None` when the row holds no decision yet.
    fn read(directory: &Directory<'_>, row: Row) -> Result<Option<Self>, String> {
        let is_approved = match row.decision.as_str() {
            "" => return Ok(None),
            APPROVED => true,
            DECLINED => false,
            other => {
                return Err(format!(
                    "`{other}` is not a decision (expected {APPROVED}, {DECLINED} or nothing)"
                ));
            }
        };
        let date = NaiveDate::parse_from_str(&row.date, "%Y-%m-%d")
            .map_err(|_| format!("`{}` is not a date (expected for instance 2026-05-31)", row.date))?;
        if row.redacteur.is_empty() {
            return Err("`redacteur` is empty (expected who decided)".to_owned());
        }
        let lists = directory.lists();
        let families = codes(&row.familles);
        if let Some(unknown) = families.iter().find(|code| lists.family(code).is_none()) {
            return Err(format!("there is no family `{unknown}`"));
        }
        let sub_categories = codes(&row.sous_categories);
        if let Some(unknown) = sub_categories.iter().find(|code| lists.sub_category(code).is_none()) {
            return Err(format!("there is no sub-category `{unknown}`"));
        }
        let hidden = codes(&row.masquer);
        let parts = directory.parts();
        let always = [parts.name, parts.families].map(|index| directory.question(index).code.as_str());
        for code in &hidden {
            if always.contains(&code.as_str()) {
                return Err(format!("`{code}` cannot be hidden: a card has a name and a family"));
            }
            // A slip of the pen would publish what was meant to be hidden.
            if !directory.is_public(code) {
                return Err(format!("`masquer` names `{code}`, which is not a public question"));
            }
        }
        Ok(Some(Self {
            is_approved,
            version: row.version,
            date,
            editor: row.redacteur,
            families,
            sub_categories,
            hidden,
            reason: row.motif,
        }))
    }
}

const APPROVED: &str = "publier";
const DECLINED: &str = "refuser";

/// Codes separated by spaces, commas or semicolons.
fn codes(text: &str) -> BTreeSet<String> {
    text.split([' ', ',', ';']).filter(|code| !code.is_empty()).map(str::to_owned).collect()
}
