//! Why a publication could not be read.

/// Why a publication, or what is known about it, could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// A file is not of its format.
    #[error("{file}: {message}")]
    Malformed {
        /// Which file.
        file: String,
        /// What is wrong, where, and what was expected.
        message: String,
    },
    /// A file cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}

impl AuditError {
    pub(crate) fn malformed(file: &str, message: impl Into<String>) -> Self {
        Self::Malformed { file: file.to_owned(), message: message.into() }
    }
}
