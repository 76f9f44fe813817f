//! What is frozen.

use chrono::NaiveDate;
use questionnaire::Answers;

/// One draft or response to freeze.
#[derive(Debug, Clone, PartialEq)]
pub struct ExtractRecord {
    /// Pseudonym of the organisation: a keyed digest, so that two records of one organisation carry the same one and
    /// nobody without the key can tell which it is.
    pub organisation: String,
    /// Answers, without personal questions.
    pub answers: Answers,
    /// State.
    pub state: RecordState,
    /// Code of the last screen passed; not read for a submitted record.
    pub last_screen: Option<String>,
    /// Version of the questionnaire under which it was last saved.
    pub version: String,
    /// Day on which it was started.
    pub started_on: NaiveDate,
    /// Day on which it was submitted.
    pub submitted_on: Option<NaiveDate>,
    /// Anything that grows with the time of the last save (seconds, for instance). The extract keeps only the rank
    /// inside the organisation.
    pub sequence: i64,
}

/// State of a frozen record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordState {
    /// Begun and not sent.
    Partial,
    /// Sent.
    Submitted,
}

impl RecordState {
    /// The code kept in the extract.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Partial => "partial",
            Self::Submitted => "submitted",
        }
    }
}
