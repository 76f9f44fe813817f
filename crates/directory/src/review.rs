//! Where candidates stand with the editors, and the table that editors fill in.

use std::fmt;

use crate::card::{Approval, Candidate};
use crate::classify::Pillar;
use crate::decision::{DECISION_COLUMNS, Decisions};
use crate::write::harmless;

/// Where a candidate stands with the editors.
#[derive(Debug, Clone)]
pub enum Review<'c> {
    /// Nobody has decided yet.
    Pending,
    /// A decision was made about other answers: it does not hold any more.
    Outdated,
    /// An editor refused.
    Declined,
    /// An editor approved what cannot be: why.
    Unfounded(String),
    /// An editor approved.
    Approved(Approval<'c>),
}

/// A candidate, and where it stands.
#[derive(Debug, Clone)]
pub struct Reviewed<'c> {
    /// The candidate.
    pub candidate: &'c Candidate<'c>,
    /// Where it stands.
    pub review: Review<'c>,
}

impl fmt::Display for Review<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pending => formatter.write_str("to review"),
            Self::Outdated => formatter.write_str("to review again: the answers changed"),
            Self::Declined => formatter.write_str("declined"),
            Self::Unfounded(why) => write!(formatter, "decision to correct: {why}"),
            Self::Approved(_) => formatter.write_str("approved"),
        }
    }
}

/// The table that editors fill in (CSV): the columns of a decision, as [`Decisions::parse`] reads them, then what helps
/// to decide. It names candidates only, and is for editors alone: it never belongs beside what is published.
#[must_use]
pub fn review_table(rows: &[Reviewed<'_>], decisions: &Decisions) -> Vec<u8> {
    const HELP: [&str; 7] = ["etat", "nom", "issue", "ess_statut", "piliers", "grille", "typologie"];
    let header: Vec<String> = DECISION_COLUMNS.into_iter().chain(HELP).map(str::to_owned).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let records = rows.iter().map(|Reviewed { candidate, review }| {
        let classified = candidate.classified();
        let pillars = classified.pillars();
        let mut record = vec![candidate.code().to_owned(), candidate.version().to_owned()];
        // A decision about other answers is not carried over: somebody has to look again.
        match decisions.get(candidate.code()).filter(|_| !matches!(review, Review::Outdated)) {
            Some(decision) => record.extend(decision.columns()),
            None => record.extend(std::iter::repeat_n(String::new(), DECISION_COLUMNS.len() - 2)),
        }
        record.extend([
            review.to_string(),
            harmless(candidate.name()),
            classified.outcome().code().to_owned(),
            classified.belonging().code().to_owned(),
            [pillars.utility, pillars.governance, pillars.finance].map(Pillar::code).join(" "),
            classified.grid(),
            candidate.cited().iter().map(|cited| cited.family.as_str()).collect::<Vec<_>>().join(" "),
        ]);
        record
    });
    for record in std::iter::once(header).chain(records) {
        writer.write_record(&record).expect("rows of one length, written in memory");
    }
    writer.into_inner().expect("what is written in memory is there")
}
