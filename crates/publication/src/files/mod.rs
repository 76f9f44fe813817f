//! The folder of a published edition.
//!
//! | File | What it holds |
//! |---|---|
//! | `cells.csv` | every figure, in long form; [`cells`] |
//! | `cells.parquet` | the same, for programs (made by the analysis) |
//! | `domains.csv`, `indicators.csv` | whom and what the figures are about; [`tables`] |
//! | `meta.json`, `params.json` | how the tables hang together, and the parameters of confidentiality; [`meta`] |
//! | `datapackage.json`, `LISEZMOI.md` | the description of all this, for programs and for people; [`package`] |
//! | `annexes.json` | what the publisher adds to the figures on paper (made by the report's wiring) |
//! | `publication.json` | what the figures were made from, and the digest of every other file |
//!
//! Nothing depends on the clock, on an order of answers or on a withheld value: equal publications give equal bytes.

mod cells;
mod columns;
mod meta;
mod package;
mod tables;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

pub use cells::rows as cells_rows;
pub use columns::{Column, columns};
pub use package::{CONFIDENTIALITY, LICENCE, LICENCE_ADDRESS, LICENCE_TITLE};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::SCHEMA_VERSION;
use crate::error::PublicationError;
use crate::model::Publication;

/// Name of the file that describes the edition.
pub const PUBLICATION_FILE: &str = "publication.json";
/// Name of the file of cells.
pub const CELLS_FILE: &str = "cells.csv";

/// Name of the file of cells for programs.
pub const PARQUET_FILE: &str = "cells.parquet";
/// Name of the file of groups.
pub const DOMAINS_FILE: &str = "domains.csv";
/// Name of the file of indicators.
pub const INDICATORS_FILE: &str = "indicators.csv";
/// Name of the file that says how the tables hang together.
pub const META_FILE: &str = "meta.json";
/// Name of the file of parameters of confidentiality.
pub const PARAMETERS_FILE: &str = "params.json";
/// Name of the description for programs (Frictionless Data Package).
pub const DATA_PACKAGE_FILE: &str = "datapackage.json";
/// Name of the description for people.
pub const README_FILE: &str = "LISEZMOI.md";

/// `suppressed` and `estimate` of a withheld cell.
const SUPPRESSED: &str = "nd";
/// What stands for a dimension that does not matter, and for the one category of an indicator.
const TOTAL: &str = "_T";

/// `publication.json`: the publication, and the proof that the other files are those it was written with.
#[derive(Serialize)]
struct Document<'a> {
    simulated: bool,
    cells: CellsFile,
    files: BTreeMap<&'a str, String>,
    #[serde(flatten)]
    publication: &'a Publication,
}

/// The same, when it is read.
#[derive(Deserialize)]
struct OwnedDocument {
    cells: CellsFile,
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(flatten)]
    publication: Publication,
}

/// Read first: a file of another version may have other fields.
#[derive(Deserialize)]
struct VersionOnly {
    schema_version: u32,
}

#[derive(Serialize, Deserialize)]
struct CellsFile {
    file: String,
    sha256: String,
    rows: usize,
}

/// Writes the folder `dir`, which is created if needed; see [`write_with`].
///
/// # Errors
/// When a file cannot be written.
pub fn write(dir: &Path, publication: &Publication) -> Result<(), PublicationError> {
    write_with(dir, publication, &BTreeMap::new())
}

/// Writes the folder `dir` with other files made from the same cells, by name.
///
/// `publication.json` comes last: a folder in which it has the right digests is whole. Equal publications give equal
/// bytes.
///
/// # Errors
/// When a file cannot be written.
pub fn write_with(
    dir: &Path,
    publication: &Publication,
    others: &BTreeMap<String, Vec<u8>>,
) -> Result<(), PublicationError> {
    let (cells, rows) = cells::text(publication);
    let digest = sha256(&cells);
    let mut files: BTreeMap<&str, Vec<u8>> = BTreeMap::from([
        (CELLS_FILE, cells),
        (DOMAINS_FILE, tables::domains(publication)),
        (INDICATORS_FILE, tables::indicators(publication)),
        (META_FILE, meta::meta(publication)),
        (PARAMETERS_FILE, meta::parameters(publication)),
        (README_FILE, package::readme(publication)),
    ]);
    files.extend(others.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())));
    let package = package::package(publication, &files);
    files.insert(DATA_PACKAGE_FILE, package);
    let document = Document {
        simulated: publication.edition.is_simulated,
        cells: CellsFile { file: CELLS_FILE.to_owned(), sha256: digest, rows },
        files: files.iter().map(|(name, bytes)| (*name, sha256(bytes))).collect(),
        publication,
    };
    let text = json(&document);
    fs::create_dir_all(dir).map_err(|source| PublicationError::Io { path: dir.to_owned(), source })?;
    for (name, bytes) in files {
        save(dir.join(name), &bytes)?;
    }
    save(dir.join(PUBLICATION_FILE), &text)
}

/// `cells.csv` as it is written.
#[must_use]
pub fn cells_csv(publication: &Publication) -> Vec<u8> {
    cells::text(publication).0
}

/// `meta.json` as it is written.
#[must_use]
pub fn meta_json(publication: &Publication) -> Vec<u8> {
    meta::meta(publication)
}

/// Reads what [`write()`] wrote: what no rule could have displayed is refused.
///
/// # Errors
/// When a file is missing or not of this format and version, or when a file is not the one that was written with
/// `publication.json`.
pub fn read(dir: &Path) -> Result<Publication, PublicationError> {
    let path = dir.join(PUBLICATION_FILE);
    let text = fs::read(&path).map_err(|source| PublicationError::Io { path: path.clone(), source })?;
    let malformed = |error: serde_json::Error| PublicationError::Malformed {
        path: path.clone(),
        message: error.to_string(),
    };
    let VersionOnly { schema_version: found } = serde_json::from_slice(&text).map_err(malformed)?;
    if found != SCHEMA_VERSION {
        return Err(PublicationError::Version { path, found, expected: SCHEMA_VERSION });
    }
    let OwnedDocument { cells: stated, files, mut publication } =
        serde_json::from_slice(&text).map_err(malformed)?;

    let path = dir.join(CELLS_FILE);
    let bytes = fs::read(&path).map_err(|source| PublicationError::Io { path: path.clone(), source })?;
    let found = sha256(&bytes);
    if found != stated.sha256 || files.get(CELLS_FILE).is_some_and(|digest| *digest != found) {
        return Err(PublicationError::Tampered { path, found, expected: stated.sha256 });
    }
    let (cells, rows) = cells::read(&bytes, &publication)
        .map_err(|message| PublicationError::Malformed { path: path.clone(), message })?;
    if rows != stated.rows {
        let message = format!("{rows} different rows (expected {})", stated.rows);
        return Err(PublicationError::Malformed { path, message });
    }
    publication.cells = cells;
    Ok(publication)
}

/// The names of the files that the folder `dir` says it has, that of this list among them.
///
/// # Errors
/// When there is no `publication.json`, or it is not one.
pub fn files(dir: &Path) -> Result<Vec<String>, PublicationError> {
    #[derive(Deserialize)]
    struct Listed {
        files: BTreeMap<String, String>,
    }
    let path = dir.join(PUBLICATION_FILE);
    let text = fs::read(&path).map_err(|source| PublicationError::Io { path: path.clone(), source })?;
    let listed: Listed = serde_json::from_slice(&text)
        .map_err(|error| PublicationError::Malformed { path, message: error.to_string() })?;
    Ok(listed.files.into_keys().chain([PUBLICATION_FILE.to_owned()]).collect())
}

/// Indented JSON that ends with a line feed.
fn json(value: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value)
        .expect("a publication is strings, finite numbers and lists, which always serialise");
    text.push(b'\n');
    text
}

/// A text for a cell of a spreadsheet, which runs what begins like a formula: an apostrophe makes it a text again.
///
/// ```
/// assert_eq!(publication::neutral("=1+1"), "'=1+1");
/// assert_eq!(publication::neutral("32 %"), "32 %");
/// ```
#[must_use]
pub fn neutral(cell: &str) -> Cow<'_, str> {
    const SIGNS: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    // Spaces first would hide the sign from this test and not from a spreadsheet.
    let is_formula = cell.trim_start().starts_with(SIGNS) || cell.starts_with(['\t', '\r', '\n']);
    if is_formula { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// Rows of CSV; the first is the header.
fn csv_text<R: AsRef<[u8]>>(rows: impl IntoIterator<Item = Vec<R>>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).expect("rows of one length written to memory");
    }
    writer.into_inner().expect("memory is never full of a few rows")
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes beside and renames, so that a full disk leaves the former file whole.
fn save(path: PathBuf, bytes: &[u8]) -> Result<(), PublicationError> {
    let beside = path.with_extension("new");
    fs::write(&beside, bytes)
        .and_then(|()| fs::rename(&beside, &path))
        .map_err(|source| PublicationError::Io { path, source })
}
