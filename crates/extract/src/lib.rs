//! Freezes an edition's responses: one row per record, one column per answer, and the hashes that prove it.
//!
//! What flows in: the [`Definitions`] of an edition, and [`ExtractRecord`]s, already without name, e-mail or free comment, and with a pseudonym in place of
//! the organisation's identifier. What flows out: a folder with `responses.parquet`, `codebook.json`,
//! `definitions.json` and `manifest.json`, then, when it is opened again, a [`Frame`](Extract::frame) that is known to be the one that was
//! written. What never passes: a personal question, the value of an identifier, an hour of the day.
//!
//! The same records give the same bytes, in whatever order they come: rows are sorted by pseudonym and by order of
//! saving, and nothing in the files says when they were written.
//!
//! # Versions
//!
//! A questionnaire may be revised while it is collected. Each record is routed by the definition that it was given
//! under: a question that this definition did not have is `null` and is not on its path, so that it is in no base that
//! asks whether it was asked. The newest definition gives the columns; a revision that would leave an answer without a
//! column is refused before it is published, and here if it is not.
//!
//! # Columns
//!
//! | kind of question | column | type |
//! |---|---|---|
//! | single choice, commune, text | `code` | text |
//! | multiple choice, networks | `code.option`, one for each option | boolean |
//! | matrix | `code.row`, one for each row | text |
//! | integer | `code` | 64-bit integer |
//! | identifier | `code.type` | text |
//!
//! `null` means not asked or left blank; [`columns::PATH`] tells which. See [`columns`] for the columns that every
//! extract has.

mod answered;
mod codebook;
mod csv_file;
mod error;
mod layout;
mod manifest;
mod read;
mod record;
mod stream;
mod versions;
mod write;

pub use codebook::{Codebook, CodebookOption, CodebookVariable};
pub use csv_file::csv_file;
pub use error::ExtractError;
pub use layout::{AnswerColumn, Part, answer_columns, screen_of};
pub use manifest::{Manifest, ManifestInput, StateCounts};
pub use read::Extract;
pub use record::{ExtractRecord, RecordState};
pub use stream::{Batch, Writer};
pub use versions::{Definitions, KeptDefinition};
pub use write::{sha256, write, write_versions};

/// Name of the file of responses.
pub const RESPONSES_FILE: &str = "responses.parquet";
/// Name of the codebook.
pub const CODEBOOK_FILE: &str = "codebook.json";
/// Name of the file of definitions.
pub const DEFINITIONS_FILE: &str = "definitions.json";
/// Name of the manifest.
pub const MANIFEST_FILE: &str = "manifest.json";

/// Version of the format of an extract; raised when a reader must change.
pub const SCHEMA_VERSION: u32 = 2;

/// Names of the columns that every extract has beside the answers.
pub mod columns {
    /// Number of the row, from 1.
    pub const ID: &str = "id";
    /// Pseudonym of the organisation.
    pub const ORGANISATION: &str = "organisation";
    /// Rank of the record among those of its organisation, in order of saving, from 1.
    pub const SEQUENCE: &str = "sequence";
    /// `submitted` or `partial`.
    pub const STATE: &str = "state";
    /// Version of the questionnaire under which the record was last saved.
    pub const VERSION: &str = "version";
    /// Day on which it was started, `YYYY-MM-DD`.
    pub const STARTED_ON: &str = "started_on";
    /// Day on which it was submitted, or `null`.
    pub const SUBMITTED_ON: &str = "submitted_on";
    /// What was asked, `;` between codes: questions, and rows of matrices as `question.row`.
    pub const PATH: &str = "path";
    /// Index of the last screen passed, or skipped by the routing, in the newest definition; -1 before the first.
    pub const REACHED: &str = "reached";
}
