//! What the pages may be given besides the answers: where to find help, protected figures to compare with, a press that makes
//! PDFs, a board of the collection. All of it is optional: a page never fails because one of them is missing.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::board::Board;
use crate::resources::Resources;
use crate::sheet::Sheet;

/// What the pages around the questionnaire can use when it is there.
#[derive(Clone, Default)]
pub struct Extras {
    /// Free resources, and who helps where.
    pub resources: Option<Arc<Resources>>,
    /// Protected figures of a publication, by size.
    pub benchmark: Option<Arc<Benchmark>>,
    /// Actors of the directory, who agreed to be shown.
    pub actors: Arc<[Actor]>,
    /// What makes PDFs.
    pub printer: Option<Arc<dyn Printer>>,
    /// How the collection goes.
    pub board: Arc<Board>,
}

impl fmt::Debug for Extras {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Extras")
            .field("resources", &self.resources.is_some())
            .field("benchmark", &self.benchmark.is_some())
            .field("actors", &self.actors.len())
            .field("printer", &self.printer.is_some())
            .field("board", &self.board)
            .finish()
    }
}

/// Figures of a publication that an organisation may compare itself with: those of its size class, as published. What
/// was withheld is not here, nor is what stands on fewer than thirty respondents.
#[derive(Debug, Clone, PartialEq)]
pub struct Benchmark {
    /// Title of the survey that they come from.
    pub title: String,
    /// Its edition.
    pub edition: String,
    /// Name of the derived variable of the size classes, for instance `taille`.
    pub variable: String,
    /// By code of the size class, then by name of the score (`score_str`, …, `indice`): the mean as published.
    pub means: BTreeMap<String, BTreeMap<String, Shown>>,
}

impl Benchmark {
    /// The mean of a score in a size class, if it was published.
    #[must_use]
    pub fn mean(&self, class: &str, score: &str) -> Option<Shown> {
        self.means.get(class)?.get(score).copied()
    }
}

/// A figure as it was published, from 0 to 100 points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shown {
    /// A rounded value.
    Point(f64),
    /// Between these two.
    Band(f64, f64),
    /// This or less.
    AtMost(f64),
    /// This or more.
    AtLeast(f64),
}

impl Shown {
    /// The part of the scale that it covers.
    #[must_use]
    pub fn span(self) -> (f64, f64) {
        match self {
            Self::Point(value) => (value, value),
            Self::Band(from, to) => (from, to),
            Self::AtMost(limit) => (0.0, limit),
            Self::AtLeast(limit) => (limit, 100.0),
        }
    }
}

/// An actor of the directory, as its card shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Name.
    pub name: String,
    /// Labels of its families.
    pub families: Vec<String>,
    /// Code of its department.
    pub department: String,
}

/// What turns a sheet into a PDF that assistive software can read (PDF/UA-1).
#[async_trait]
pub trait Printer: Send + Sync {
    /// The PDF.
    ///
    /// # Errors
    /// [`PrintError`] when the sheet could not be set.
    async fn print(&self, sheet: Sheet) -> Result<Vec<u8>, PrintError>;
}

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
#[error("the sheet could not be printed: {0}")]
pub struct PrintError(pub String);
