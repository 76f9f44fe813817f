//! What can go wrong while cards are written.

use std::path::PathBuf;

/// What can go wrong while cards are written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DirectoryError {
    /// A file or a folder.
    #[error("cannot write `{}`: {source}; check that the folder may be written and that the disk is not full", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Two cards of one actor: the same response was given twice.
    #[error("the card `{card}` is given twice (expected one card for each response)")]
    Twice {
        /// The card.
        card: String,
    },
}
