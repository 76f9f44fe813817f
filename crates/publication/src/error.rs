//! What can go wrong when a publication is read or written.

use std::path::PathBuf;

/// What can go wrong when a publication is read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublicationError {
    /// A file could not be read or written.
    #[error("cannot access `{path}`: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("`{path}` is not a publication file: {message}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What was found and what was expected.
        message: String,
    },
    /// A newer program wrote it.
    #[error("`{path}` has schema version {found} (expected {expected}); use the program that wrote it")]
    Version {
        /// The file.
        path: PathBuf,
        /// Version found.
        found: u32,
        /// Version expected.
        expected: u32,
    },
    /// The cells do not have the digest that the manifest states.
    #[error("`{path}` was changed after publication: its SHA-256 is {found} (expected {expected})")]
    Tampered {
        /// The file.
        path: PathBuf,
        /// Digest found.
        found: String,
        /// Digest stated.
        expected: String,
    },
}
