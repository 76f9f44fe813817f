//! What an extract says about itself.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What the caller knows about the collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestInput {
    /// Name and version of the program.
    pub software: String,
    /// Whether the responses are simulated.
    pub is_simulated: bool,
    /// First day of the collection.
    pub field_start: NaiveDate,
    /// Last day of the collection.
    pub field_end: NaiveDate,
    /// How many records there were in each state, whether frozen or not.
    pub states: StateCounts,
}

/// How many records there were in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateCounts {
    /// Sent.
    pub submitted: u64,
    /// Begun and not sent.
    pub partial: u64,
    /// Consent refused.
    pub refused: u64,
    /// Withdrawn by the respondent.
    pub withdrawn: u64,
}

/// What an extract says about itself (`manifest.json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`crate::SCHEMA_VERSION`] when written.
    pub schema_version: u32,
    /// Name and version of the program.
    pub software: String,
    /// Survey code.
    pub survey: String,
    /// Edition code.
    pub edition: String,
    /// Version of the questionnaire by which the columns were made.
    pub questionnaire: String,
    /// Versions under which records were saved, and how many under each.
    pub versions: BTreeMap<String, u64>,
    /// SHA-256 of the files of each of these definitions, and of the one that made the columns, by version.
    pub definitions: BTreeMap<String, String>,
    /// Whether the responses are simulated.
    pub is_simulated: bool,
    /// First day of the collection, `YYYY-MM-DD`.
    pub field_start: NaiveDate,
    /// Last day of the collection.
    pub field_end: NaiveDate,
    /// How many records there were in each state.
    pub states: StateCounts,
    /// Number of rows.
    pub rows: u64,
    /// SHA-256 of each file, by name.
    pub files: BTreeMap<String, String>,
}

impl StateCounts {
    /// All records.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.submitted + self.partial + self.refused + self.withdrawn
    }
}
