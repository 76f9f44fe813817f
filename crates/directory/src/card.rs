//! From an actor who agreed to a card, through an editor's approval, to the card.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use questionnaire::{Answer, Answers, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::classify::{Classification, Classified, Outcome, Verdict, classify};
use crate::definition::Directory;
use crate::lists::Cited;
use crate::shown::{Shown, ShownAnswer, one_line};

/// Length of a card's code, in hexadecimal digits.
const CODE_LENGTH: usize = 16;

/// Why answers do not make a candidate. None of these says what was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Refusal {
    /// Consent, or the agreement to a card, is not there.
    #[error("no agreement to a card")]
    NoAgreement,
    /// Nothing digital in its activity.
    #[error("outside the scope")]
    OutOfScope,
    /// The answers are not valid ones of this edition.
    #[error("answers not valid in this edition")]
    Invalid,
}

/// An actor who agreed to a card, in the scope, with valid answers: what an editor is asked about.
#[derive(Debug, Clone)]
pub struct Candidate<'d> {
    directory: &'d Directory<'d>,
    response: Response,
    classified: Classified,
    name: String,
    code: String,
    version: String,
}

impl<'d> Candidate<'d> {
    /// The candidate of these answers. `receipt` tells responses apart; only a digest of it is ever written.
    ///
    /// # Errors
    /// The [`Refusal`].
    pub fn new(directory: &'d Directory<'d>, receipt: &str, answers: &Answers) -> Result<Self, Refusal> {
        let Classification::Classified(classified) = classify(directory, answers) else {
            return Err(Refusal::NoAgreement);
        };
        if classified.outcome() == Outcome::OutOfScope {
            return Err(Refusal::OutOfScope);
        }
        let response = directory.edition().validate(answers).map_err(|_| Refusal::Invalid)?;
        // The grid says it too; the agreement itself is read once more, where nothing stands between.
        if !agrees(directory, response.answers(), &directory.agreement().card) {
            return Err(Refusal::NoAgreement);
        }
        let name = match response.answers().get(&directory.question(directory.parts().name).code) {
            Some(Answer::Text(name)) => one_line(name).ok_or(Refusal::Invalid)?,
            _ => return Err(Refusal::Invalid),
        };
        let questionnaire = &directory.edition().questionnaire;
        let code = digest(&[&questionnaire.survey, &questionnaire.edition, receipt]);
        let version = digest(&[&code, &response.answers().to_json()]);
        Ok(Self { directory, response, classified, name, code, version })
    }

    /// Code of the card.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Digest of the answers: a decision is about these and no others.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Name of the actor.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the double grid says.
    #[must_use]
    pub fn classified(&self) -> &Classified {
        &self.classified
    }

    /// Where the typology names this actor.
    #[must_use]
    pub fn cited(&self) -> Vec<&'d Cited> {
        self.directory.lists().cited(&self.name)
    }

    pub(crate) fn directory(&self) -> &'d Directory<'d> {
        self.directory
    }
}

/// An editor's approval of a candidate as it is today; the decisions make it (see [`crate::Decisions::on`]).
#[derive(Debug, Clone)]
pub struct Approval<'c> {
    candidate: &'c Candidate<'c>,
    families: BTreeSet<String>,
    sub_categories: BTreeSet<String>,
    hidden: BTreeSet<String>,
    date: NaiveDate,
}

impl<'c> Approval<'c> {
    /// `families` is not empty, and holds none that is excluded or was not ticked: the caller has looked.
    pub(crate) fn new(
        candidate: &'c Candidate<'c>,
        families: BTreeSet<String>,
        sub_categories: BTreeSet<String>,
        hidden: BTreeSet<String>,
        date: NaiveDate,
    ) -> Self {
        debug_assert!(families.iter().all(|family| {
            candidate.classified.families().get(family).is_some_and(|verdict| *verdict != Verdict::Excluded)
        }));
        Self { candidate, families, sub_categories, hidden, date }
    }
}

/// A code and its label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Code.
    pub code: String,
    /// Label for readers.
    pub label: String,
}

/// A point on the map, in degrees (WGS 84).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    longitude: f64,
    latitude: f64,
}

impl Point {
    /// The point, if it is on Earth.
    #[must_use]
    pub fn new(longitude: f64, latitude: f64) -> Option<Self> {
        let is_on_earth = (-180.0..=180.0).contains(&longitude) && (-90.0..=90.0).contains(&latitude);
        is_on_earth.then_some(Self { longitude, latitude })
    }

    /// Degrees east.
    #[must_use]
    pub fn longitude(self) -> f64 {
        self.longitude
    }

    /// Degrees north.
    #[must_use]
    pub fn latitude(self) -> f64 {
        self.latitude
    }
}

/// Where an actor has its seat: the commune, and what the official list says of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Location {
    /// The commune.
    pub commune: Part,
    /// Its department.
    pub department: Part,
    /// Its region.
    pub region: Part,
    /// The centre of the commune, when a list of centres is there. It is never the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub centre: Option<Point>,
}

/// A card of the directory. It holds public answers only, and comes from an [`Approval`] alone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Card {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) families: Vec<Part>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) main_family: Option<Part>,
    pub(crate) is_transversal: bool,
    pub(crate) sub_categories: Vec<Part>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) location: Option<Location>,
    pub(crate) answers: Vec<ShownAnswer>,
    pub(crate) reviewed_on: NaiveDate,
    pub(crate) is_open_data: bool,
}

impl From<&Approval<'_>> for Card {
    fn from(approval: &Approval<'_>) -> Self {
        let Approval { candidate, families, sub_categories, hidden, date } = approval;
        let directory = candidate.directory;
        let (parts, lists) = (directory.parts(), directory.lists());
        let answers = candidate.response.answers();
        // Whatever a card shows of the answers passes here: public questions only, less what the editor hides.
        let public = |index: usize| {
            let question = directory.question(index);
            let is_shown = parts.public.contains(&index) && !hidden.contains(&question.code);
            answers.get(&question.code).filter(|_| is_shown).map(|answer| (question, answer))
        };
        let in_order = lists.families().iter().filter(|family| families.contains(&family.code));
        let families: Vec<Part> =
            in_order.map(|family| Part { code: family.code.clone(), label: family.label.clone() }).collect();
        let main_family = match public(parts.main_family) {
            Some((_, Answer::Text(main))) => families.iter().find(|family| family.code == *main).cloned(),
            // An actor of one family is not asked which is the main one.
            _ if families.len() == 1 => families.first().cloned(),
            _ => None,
        };
        let sub_categories = sub_categories.iter().filter_map(|code| lists.sub_category(code));
        let apart = [parts.name, parts.commune, parts.families, parts.main_family];
        let shown = parts.public.iter().filter(|index| !apart.contains(index)).filter_map(|index| {
            let (question, answer) = public(*index)?;
            let value = if *index == parts.links {
                Shown::links(answer)
            } else if *index == parts.naf {
                Shown::naf(answer)
            } else {
                Shown::of(question, answer)
            };
            Some(ShownAnswer { code: question.code.clone(), question: question.text.clone(), value: value? })
        });
        Self {
            code: candidate.code.clone(),
            name: candidate.name.clone(),
            is_transversal: families.len() >= 2,
            main_family,
            sub_categories: sub_categories
                .map(|found| Part { code: found.code.clone(), label: found.label.clone() })
                .collect(),
            location: match public(parts.commune) {
                Some((_, Answer::Text(commune))) => location(directory, commune),
                _ => None,
            },
            answers: shown.collect(),
            reviewed_on: *date,
            is_open_data: agrees(directory, answers, &directory.agreement().open_data),
            families,
        }
    }
}

impl Card {
    /// Code of the card.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Name of the actor.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The families: valid ones, and those that the editor confirmed.
    #[must_use]
    pub fn families(&self) -> &[Part] {
        &self.families
    }

    /// The main family, when the actor named one that the card keeps.
    #[must_use]
    pub fn main_family(&self) -> Option<&Part> {
        self.main_family.as_ref()
    }

    /// Whether it belongs to two families or more.
    #[must_use]
    pub fn is_transversal(&self) -> bool {
        self.is_transversal
    }

    /// Where it has its seat; `None` outside France, or when it was left blank.
    #[must_use]
    pub fn location(&self) -> Option<&Location> {
        self.location.as_ref()
    }

    /// Whether the actor agreed to the open data file.
    #[must_use]
    pub fn is_open_data(&self) -> bool {
        self.is_open_data
    }
}

fn location(directory: &Directory<'_>, code: &str) -> Option<Location> {
    let nomenclatures = &directory.edition().nomenclatures;
    let commune = nomenclatures.commune(code)?;
    let part = |code: &str, label: Option<&str>| Part {
        code: code.to_owned(),
        label: label.unwrap_or(code).to_owned(),
    };
    Some(Location {
        department: part(&commune.department, nomenclatures.department_name(&commune.department)),
        region: part(&commune.region, nomenclatures.region_name(&commune.region)),
        commune: part(&commune.code, Some(&commune.name)),
        centre: directory.lists().centre(code),
    })
}

fn agrees(directory: &Directory<'_>, answers: &Answers, to: &str) -> bool {
    let question = directory.question(directory.agreement().question);
    matches!(answers.get(&question.code), Some(Answer::Multiple(ticked)) if ticked.contains(to))
}

/// The first digits of a SHA-256 over these texts.
fn digest(texts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text.len().to_be_bytes());
        hash.update(text.as_bytes());
    }
    let mut code: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    code.truncate(CODE_LENGTH);
    code
}
