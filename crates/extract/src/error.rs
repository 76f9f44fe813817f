//! What can go wrong when responses are frozen or an extract is opened.

use std::path::PathBuf;

/// What can go wrong when responses are frozen or an extract is opened. No message holds an answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExtractError {
    /// A file could not be read or written.
    #[error("cannot access `{path}`: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("`{path}` is not a file of an extract: {message}; freeze the edition again")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What the reader said.
        message: String,
    },
    /// Another version of the program wrote it.
    #[error("`{path}` has schema version {found} (expected {expected}); use the program that wrote it")]
    Version {
        /// The file.
        path: PathBuf,
        /// Version found.
        found: u32,
        /// Version expected.
        expected: u32,
    },
    /// A file does not have the digest that the manifest states.
    #[error("`{path}` was changed after the freeze: its SHA-256 is {found} (expected {expected})")]
    Tampered {
        /// The file.
        path: PathBuf,
        /// Digest found.
        found: String,
        /// Digest stated.
        expected: String,
    },
    /// A record holds something that this version of the questionnaire cannot read.
    #[error(
        "{count} record(s) saved under questionnaire version `{version}` hold an answer to `{question}` that the \
         newest definition cannot hold; bring back the question, its type and the option's code"
    )]
    Unreadable {
        /// Code of the first question concerned.
        question: String,
        /// Version under which the first record concerned was saved.
        version: String,
        /// How many records.
        count: usize,
    },
    /// Records were given under a definition that was not published.
    #[error(
        "{count} record(s) were saved under questionnaire version `{version}`, which was never published for this \
         edition; publish the definition that was in use, or take the records out of the edition"
    )]
    UnknownVersion {
        /// The version.
        version: String,
        /// How many records.
        count: usize,
    },
    /// A record stopped on a screen that the questionnaire does not have.
    #[error(
        "a record saved under questionnaire version `{version}` stopped on screen `{screen}`, which is unknown; freeze \
         with the definition that was in use"
    )]
    UnknownScreen {
        /// The screen.
        screen: String,
        /// Version under which the record was saved.
        version: String,
    },
    /// Batches were not given in the order of their pseudonyms.
    #[error(
        "a batch begins with pseudonym `{after}` after one that ended with `{before}`; sort records by pseudonym before \
         they are cut into batches"
    )]
    Unsorted {
        /// Last pseudonym before.
        before: String,
        /// First pseudonym after.
        after: String,
    },
    /// The table could not be built; a defect of the program.
    #[error("cannot build the table of responses: {0}")]
    Table(String),
}
