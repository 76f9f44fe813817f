//! The figures as files: tables (CSV), workbooks, and what describes them.
//!
//! | File | For whom |
//! |---|---|
//! | `donnees.csv` | to read: every figure in words, as pages show it |
//! | `donnees-excel.csv` | for a French spreadsheet: `;`, decimal comma, byte-order mark, numbers in columns of their own |
//! | `donnees.xlsx` | the same by chapter, with charts |
//! | `dictionnaire.csv` | what every column and code means |
//! | `dcat.jsonld` | the entry of a catalogue of open data |
//!
//! A band, « au plus » or « nd » is a text in every file and a number in none: only a value that is displayed as a number
//! is one, with its step in the next column.

mod book;
mod catalogue;
mod dictionary;
mod line;
mod pack;
mod table;
mod workbook;

pub(crate) use catalogue::catalogue;
pub(crate) use dictionary::{Entry, codes, columns, dictionary};
pub(crate) use pack::{network, network_workbook};
pub(crate) use table::{figures, spreadsheet};
pub(crate) use workbook::workbook;

/// Every figure, in words.
pub(crate) const FIGURES: &str = "donnees.csv";
/// Every figure, for a French spreadsheet.
pub(crate) const SPREADSHEET: &str = "donnees-excel.csv";
/// The workbook.
pub(crate) const WORKBOOK: &str = "donnees.xlsx";
/// The data dictionary.
pub(crate) const DICTIONARY: &str = "dictionnaire.csv";
/// The entry of a catalogue.
pub(crate) const CATALOGUE: &str = "dcat.jsonld";
