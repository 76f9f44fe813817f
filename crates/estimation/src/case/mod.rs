//! Cases: what to estimate from which file, said in JSON, and the answer in JSON.
//!
//! The format is that of the survey-estimation oracle (its `README.md` stands beside the public cases in
//! `tests/oracle`). It is also the statistician's door: a case may name any table that the caller can read.

mod adjust;
mod answer;
mod data;
mod read;
mod reliability;
mod rows;

use serde_json::{Value, json};

pub use data::{Column, Table};
pub use read::Case;

use crate::error::EstimationError;

/// Reads the tables that cases name. A table's columns are numbers where every value that is not missing is one.
pub trait Tables {
    /// The table in this file.
    ///
    /// # Errors
    /// In words, when it cannot be read.
    fn table(&self, file: &str) -> Result<Table, String>;
}

/// Why a case has no answer.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// The case cannot be read: its JSON, a file, a column.
    #[error("{0}")]
    Unreadable(String),
    /// The case can be read, and what it asks is refused.
    #[error(transparent)]
    Refused(#[from] EstimationError),
}

impl CaseError {
    fn unreadable(message: impl Into<String>) -> Self {
        Self::Unreadable(message.into())
    }
}

/// Answers a case: an object with `rows`, and `vcov` where asked, or the weights and what is said of them.
///
/// # Errors
/// When the case cannot be read, or what it asks is refused.
pub fn answer(text: &str, tables: &dyn Tables) -> Result<Value, CaseError> {
    let case: Case = serde_json::from_str(text).map_err(|error| CaseError::unreadable(error.to_string()))?;
    answer::answer(&case, tables)
}

/// The line to print for a case: its answer, or the code and words of its refusal, and whether it could be read.
#[must_use]
pub fn line(text: &str, tables: &dyn Tables) -> (Value, bool) {
    match answer(text, tables) {
        Ok(answer) => (answer, true),
        Err(CaseError::Refused(error)) => {
            (json!({ "error": error.code(), "message": error.to_string() }), true)
        }
        Err(CaseError::Unreadable(message)) => (json!({ "error": "unreadable", "message": message }), false),
    }
}
