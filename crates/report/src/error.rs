//! What can go wrong when a publication is shown.

use std::path::PathBuf;

/// What can go wrong when a publication is shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// A file could not be written.
    #[error("cannot write `{path}`: {source}; check that the folder exists and that the disk is not full")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A chart could not be drawn.
    #[error("chart `{chart}` cannot be drawn: {message}")]
    Chart {
        /// Code of the chart.
        chart: String,
        /// Why.
        message: String,
    },
    /// Two charts, indicators or networks would be written to one file.
    #[error(
        "`{first}` and `{second}` would both be written to `{path}` (expected codes that differ as file names)"
    )]
    SameFile {
        /// The first code.
        first: String,
        /// The second code.
        second: String,
        /// The file both want.
        path: String,
    },
    /// The PDF could not be composed.
    #[error("the PDF cannot be composed: {message}")]
    Pdf {
        /// What the composer said.
        message: String,
    },
    /// What a site says of its place cannot be read.
    #[error("`{path}` is not what a report writes there: {message}; remove the site and draw it again")]
    Place {
        /// The file.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// What the publisher adds to the figures does not stand on them.
    #[error("the annexes cannot be shown: {message}")]
    Annexes {
        /// What is wrong, and what was expected.
        message: String,
    },
    /// A workbook could not be written.
    #[error("the workbook « {title} » cannot be written: {message}")]
    Workbook {
        /// Its title.
        title: String,
        /// What the writer said.
        message: String,
    },
    /// A date of the edition is not a date.
    #[error("`{found}` is not a date (expected `YYYY-MM-DD`)")]
    Date {
        /// What was found.
        found: String,
    },
}
