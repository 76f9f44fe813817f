//! Whether the files of a publication are those that were published, and whether they show its figures alone.
//!
//! A publication is one frozen set: `cells.csv` and what describes it. Everything else (pages, charts, the PDF,
//! workbooks) is a view of it. Three things are checked, each without trusting what wrote the files:
//!
//! - [`manifest`]: every file has the digest that was written when it was published, and none was added;
//! - [`signature`]: the manifest was signed (minisign) by who holds the key;
//! - [`figures`]: every figure that any file shows to a reader is one of `cells.csv`, or was declared with it.
//!
//! [`fields`] looks for what files say besides: hidden sheets, comments, attachments, dates.

pub mod fields;
pub mod figures;
mod folder;
pub mod manifest;
pub mod signature;
mod texts;

pub use folder::{files, release};

/// Something that is not as it was published: the first one found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerificationError {
    /// A file cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not of its format.
    #[error("{file} cannot be read: {message}")]
    Malformed {
        /// Which.
        file: String,
        /// What is wrong.
        message: String,
    },
    /// A file has another digest than when it was published.
    #[error("{file} was changed: its SHA-256 is {found} (expected {expected}, from {manifest})")]
    Changed {
        /// Which.
        file: String,
        /// Digest now.
        found: String,
        /// Digest then.
        expected: String,
        /// Where that is written.
        manifest: String,
    },
    /// A file of the manifest is not there.
    #[error("{file} is missing (it is named in {manifest})")]
    Missing {
        /// Which.
        file: String,
        /// Where it is named.
        manifest: String,
    },
    /// A file that no manifest names.
    #[error("{file} was added: {manifest} does not name it")]
    Added {
        /// Which.
        file: String,
        /// Where it is not.
        manifest: String,
    },
    /// A signature that does not hold.
    #[error("{file}: {message}")]
    Signature {
        /// What was signed.
        file: String,
        /// What is wrong, and what to do.
        message: String,
    },
    /// A figure that is none of the publication.
    #[error("{file} shows {figure}, which is no figure of cells.csv (in « {context} »)")]
    Figure {
        /// Where.
        file: String,
        /// What it shows.
        figure: String,
        /// The words around it.
        context: String,
    },
    /// A file that differs from what is made from the publication.
    #[error("{file} is not what the publication gives: byte {position} differs")]
    Different {
        /// Which.
        file: String,
        /// First byte that differs.
        position: usize,
    },
}

impl VerificationError {
    pub(crate) fn io(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.display().to_string();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn malformed(file: &str, message: impl std::fmt::Display) -> Self {
        Self::Malformed { file: file.to_owned(), message: message.to_string() }
    }
}
