//! A questionnaire of LimeSurvey (`.lss`), read into a [`Form`].
//!
//! Past editions live there. The file comes from elsewhere and is read as hostile: see the module `xml` for what bounds
//! it and `markup` for what becomes of HTML. Codes are kept, since data go by them. What a form cannot hold is listed
//! with its place, never dropped silently; what a condition says that our language cannot is listed too, and its
//! question is then asked of everyone.

mod kinds;
mod markup;
mod questions;
mod reading;
mod relevance;
mod xml;

pub use xml::MOST_BYTES;

use crate::Form;

/// A questionnaire that was read, and what was not carried over.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The questionnaire.
    pub form: Form,
    /// What is not in it, in the order of the file.
    pub left_out: Vec<LeftOut>,
}

/// Something that was not carried over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// The line of the file, from 1.
    pub line: usize,
    /// Where in the questionnaire, for instance `question Q1`.
    pub place: String,
    /// What was not carried over, or what was done in its stead.
    pub what: String,
}

impl std::fmt::Display for LeftOut {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "line {}, {}: {}", self.line, self.place, self.what)
    }
}

/// Why a file is not read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum LssError {
    /// It is too large.
    #[error(
        "the file has {bytes} bytes (expected at most {MOST_BYTES}): a survey's structure is never that large"
    )]
    TooLarge {
        /// Its size.
        bytes: u64,
    },
    /// It is a ZIP archive.
    #[error(
        "the file is an archive (expected a `.lss`): export « Survey structure (.lss) », not the archive (.lsa)"
    )]
    Archive,
    /// It is not UTF-8.
    #[error("the file is not UTF-8: the byte at {at} means nothing")]
    NotUtf8 {
        /// The first wrong byte.
        at: usize,
    },
    /// It says that it has another encoding.
    #[error("the file says that it is in `{encoding}` (expected UTF-8)")]
    Encoding {
        /// What it says.
        encoding: String,
    },
    /// It is not XML.
    #[error("line {line}: the file is not well-formed XML: {message}")]
    Xml {
        /// The line.
        line: usize,
        /// Why.
        message: String,
    },
    /// It declares a document type.
    #[error("line {line}: the file declares a document type, which a `.lss` never does: it is not read")]
    Doctype {
        /// The line.
        line: usize,
    },
    /// It uses an entity.
    #[error("line {line}: the entity `&{name};` is not known, and a `.lss` declares none")]
    Entity {
        /// The line.
        line: usize,
        /// Its name.
        name: String,
    },
    /// It has too much of something.
    #[error("line {line}: more than {most} {what}: no survey has as many")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many are read.
        most: usize,
        /// The line.
        line: usize,
    },
    /// It is something else.
    #[error("the file is not the structure of a LimeSurvey survey: {0}")]
    NotASurvey(String),
}

/// Reads a `.lss` file.
///
/// # Errors
/// When it is not one, or is not read for what it might do.
pub fn read(bytes: &[u8]) -> Result<Imported, LssError> {
    reading::form(&xml::read(bytes)?)
}
