//! `publication.json` and `cells.csv` on disk.
//!
//! `cells.csv` is in long form, one row per cell, sorted by domain and indicator. A domain is written as one column
//! per breakdown (`d_<code>`), where `_T` means that the breakdown does not matter. A suppressed cell holds `nd` and
//! nothing else, so that no column tells two suppressed cells apart.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::SCHEMA_VERSION;
use crate::cell::{Cell, Displayed, Interval, NumberShown, Precision, Published};
use crate::error::PublicationError;
use crate::model::{CellKey, Domain, Publication};

/// Name of the file that describes the edition.
pub const PUBLICATION_FILE: &str = "publication.json";
/// Name of the file of cells.
pub const CELLS_FILE: &str = "cells.csv";

/// What stands in `estimate` for a suppressed cell.
const SUPPRESSED: &str = "nd";
/// What stands for a dimension that does not matter.
const TOTAL: &str = "_T";
/// `table_id` of the cells about all respondents.
const WHOLE: &str = "ensemble";
const AT_MOST: &str = "au plus ";
const AT_LEAST: &str = "au moins ";

/// `publication.json`: the publication, and the proof that `cells.csv` is the one it was written with.
#[derive(Serialize)]
struct Document<'a> {
    simulated: bool,
    cells: CellsFile,
    #[serde(flatten)]
    publication: &'a Publication,
}

/// The same, when it is read.
#[derive(Deserialize)]
struct OwnedDocument {
    cells: CellsFile,
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

/// Writes `publication.json` and `cells.csv` into the folder `dir`, which is created if needed.
///
/// The cells come first: a folder whose `publication.json` has the right digest is whole. Equal publications give
/// equal bytes.
///
/// # Errors
/// When a file cannot be written.
pub fn write(dir: &Path, publication: &Publication) -> Result<(), PublicationError> {
    let cells = cells_text(publication).map_err(|error| PublicationError::Malformed {
        path: dir.join(CELLS_FILE),
        message: error.to_string(),
    })?;
    let document = Document {
        simulated: publication.edition.is_simulated,
        cells: CellsFile {
            file: CELLS_FILE.to_owned(),
            sha256: sha256(&cells),
            rows: publication.cells.len(),
        },
        publication,
    };
    let mut text = serde_json::to_string_pretty(&document)
        .expect("a publication is strings, finite numbers and lists, which always serialise");
    text.push('\n');
    fs::create_dir_all(dir).map_err(|source| PublicationError::Io { path: dir.to_owned(), source })?;
    save(dir.join(CELLS_FILE), &cells)?;
    save(dir.join(PUBLICATION_FILE), text.as_bytes())
}

/// Reads what [`write()`] wrote.
///
/// # Errors
/// When a file is missing or not of this format and version, or when the cells are not those that were written with
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
    let OwnedDocument { cells: stated, mut publication } =
        serde_json::from_slice(&text).map_err(malformed)?;

    let path = dir.join(CELLS_FILE);
    let bytes = fs::read(&path).map_err(|source| PublicationError::Io { path: path.clone(), source })?;
    let found = sha256(&bytes);
    if found != stated.sha256 {
        return Err(PublicationError::Tampered { path, found, expected: stated.sha256 });
    }
    publication.cells = read_cells(&bytes, &publication)
        .map_err(|message| PublicationError::Malformed { path: path.clone(), message })?;
    if publication.cells.len() != stated.rows {
        let message = format!("{} different cells (expected {})", publication.cells.len(), stated.rows);
        return Err(PublicationError::Malformed { path, message });
    }
    Ok(publication)
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

/// One row of `cells.csv`, without the dimensions, which vary with the plan.
#[derive(Debug, Default)]
struct Figures {
    estimate: String,
    step: String,
    lo: String,
    hi: String,
    n: String,
    n_step: String,
    n_lo: String,
    n_hi: String,
    ci_lo: String,
    ci_hi: String,
    precision: String,
    fragile: String,
}

/// Columns after the dimensions. `se` and `pop` are always empty: a standard error is a number of respondents in
/// disguise, and a population is half of the way to one.
const FIGURES: [&str; 17] = [
    "indicator",
    "category",
    "estimate",
    "step",
    "lo",
    "hi",
    "n",
    "n_step",
    "n_lo",
    "n_hi",
    "se",
    "ci_lo",
    "ci_hi",
    "pop",
    "suppressed",
    "precision",
    "fragile",
];

fn channel(publication: &Publication) -> &'static str {
    if publication.edition.is_simulated { "simulation" } else { "open" }
}

fn cells_text(publication: &Publication) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let dimensions = publication.breakdowns.iter().map(|breakdown| format!("d_{}", breakdown.code));
    writer.write_record(
        ["channel", "table_id", "edition"]
            .into_iter()
            .map(str::to_owned)
            .chain(dimensions)
            .chain(FIGURES.into_iter().map(str::to_owned)),
    )?;
    for (key, cell) in &publication.cells {
        let (table, category) = match &key.domain {
            Domain::All => (WHOLE, TOTAL),
            Domain::Of { breakdown, category } => (breakdown.as_str(), category.as_str()),
        };
        let mut row = vec![channel(publication), table, &publication.edition.edition];
        for breakdown in &publication.breakdowns {
            row.push(if breakdown.code == table { category } else { TOTAL });
        }
        let range =
            publication.indicator(&key.indicator).map_or((0.0, 100.0), |indicator| indicator.unit.range());
        let figures = cell.published().map_or_else(Figures::suppressed, |cell| Figures::of(cell, range));
        let suppressed = if cell.published().is_none() { "1" } else { "0" };
        let Figures { estimate, step, lo, hi, n, n_step, n_lo, n_hi, ci_lo, ci_hi, precision, fragile } =
            &figures;
        row.extend([key.indicator.as_str(), TOTAL]);
        row.extend([estimate, step, lo, hi, n, n_step, n_lo, n_hi].map(String::as_str));
        row.extend(["", ci_lo, ci_hi, "", suppressed, precision, fragile]);
        writer.write_record(row)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

impl Figures {
    fn suppressed() -> Self {
        Self { estimate: SUPPRESSED.to_owned(), ..Self::default() }
    }

    fn of(cell: &Published, range: (f64, f64)) -> Self {
        let (lo, hi) = cell.value.bounds(range);
        Self {
            estimate: match cell.value {
                Displayed::AtMost { limit, .. } => format!("{AT_MOST}{limit}"),
                Displayed::AtLeast { limit, .. } => format!("{AT_LEAST}{limit}"),
                Displayed::Band { from, to } => format!("{from}-{to}"),
                Displayed::Point { value, .. } => value.to_string(),
            },
            step: cell.value.step().to_string(),
            lo: without_dust(lo),
            hi: without_dust(hi),
            n: match cell.n {
                NumberShown::Class { from, to } => format!("{from}-{to}"),
                NumberShown::Rounded { value } => value.to_string(),
            },
            n_step: match cell.n {
                NumberShown::Class { .. } => String::new(),
                NumberShown::Rounded { .. } => "10".to_owned(),
            },
            n_lo: cell.n.least().to_string(),
            n_hi: cell.n.most().to_string(),
            ci_lo: cell.interval.low.to_string(),
            ci_hi: cell.interval.high.to_string(),
            precision: format!("{:?}", cell.precision),
            fragile: if cell.is_fragile { "1" } else { "0" }.to_owned(),
        }
    }
}

/// A bound is a multiple of half a step; sums of such binary fractions end in dust (7.300000000000001).
fn without_dust(value: f64) -> String {
    ((value * 1e6).round() / 1e6).to_string()
}

/// A row of `cells.csv` by column name.
struct Row<'a> {
    columns: &'a BTreeMap<String, usize>,
    record: &'a csv::StringRecord,
}

impl Row<'_> {
    fn line(&self) -> u64 {
        self.record.position().map_or(0, csv::Position::line)
    }

    fn get(&self, column: &str) -> Result<&str, String> {
        self.columns
            .get(column)
            .and_then(|index| self.record.get(*index))
            .ok_or_else(|| format!("line {}: no column `{column}`", self.line()))
    }

    fn number<T: std::str::FromStr>(&self, column: &str) -> Result<T, String> {
        self.parse(column, self.get(column)?)
    }

    fn parse<T: std::str::FromStr>(&self, column: &str, text: &str) -> Result<T, String> {
        text.parse().map_err(|_| self.unexpected(column, text, "a number"))
    }

    fn unexpected(&self, column: &str, found: &str, expected: &str) -> String {
        format!("line {}: `{found}` in column `{column}` (expected {expected})", self.line())
    }
}

fn read_cells(bytes: &[u8], publication: &Publication) -> Result<BTreeMap<CellKey, Cell>, String> {
    let mut reader = csv::Reader::from_reader(bytes);
    let columns: BTreeMap<String, usize> = reader
        .headers()
        .map_err(|error| error.to_string())?
        .iter()
        .enumerate()
        .map(|(index, name)| (name.to_owned(), index))
        .collect();
    let mut cells = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let row = Row { columns: &columns, record: &record };
        let (key, cell) = read_row(&row, publication)?;
        cells.insert(key, cell);
    }
    Ok(cells)
}

fn read_row(row: &Row<'_>, publication: &Publication) -> Result<(CellKey, Cell), String> {
    let expected = channel(publication);
    if row.get("channel")? != expected {
        return Err(row.unexpected("channel", row.get("channel")?, &format!("`{expected}`")));
    }
    let table = row.get("table_id")?;
    let domain =
        if table == WHOLE { Domain::All } else { Domain::of(table, row.get(&format!("d_{table}"))?) };
    let key = CellKey { domain, indicator: row.get("indicator")?.to_owned() };
    let cell = match row.get("suppressed")? {
        "0" => Cell::Published(Published {
            value: read_value(row)?,
            n: read_n(row)?,
            interval: Interval { low: row.number("ci_lo")?, high: row.number("ci_hi")? },
            precision: match row.get("precision")? {
                "A" => Precision::A,
                "B" => Precision::B,
                "C" => Precision::C,
                "D" => Precision::D,
                "E" => Precision::E,
                other => return Err(row.unexpected("precision", other, "a letter from A to E")),
            },
            is_fragile: match row.get("fragile")? {
                "0" => false,
                "1" => true,
                other => return Err(row.unexpected("fragile", other, "0 or 1")),
            },
        }),
        "1" if row.get("estimate")? == SUPPRESSED => Cell::Suppressed,
        other => return Err(row.unexpected("suppressed", other, "0, or 1 with the estimate `nd`")),
    };
    Ok((key, cell))
}

fn read_value(row: &Row<'_>) -> Result<Displayed, String> {
    let estimate = row.get("estimate")?;
    let step = row.number("step")?;
    Ok(if let Some(limit) = estimate.strip_prefix(AT_MOST) {
        Displayed::AtMost { limit: row.parse("estimate", limit)?, step }
    } else if let Some(limit) = estimate.strip_prefix(AT_LEAST) {
        Displayed::AtLeast { limit: row.parse("estimate", limit)?, step }
    } else if let Some((from, to)) = estimate.split_once('-') {
        Displayed::Band { from: row.parse("estimate", from)?, to: row.parse("estimate", to)? }
    } else {
        Displayed::Point { value: row.parse("estimate", estimate)?, step }
    })
}

fn read_n(row: &Row<'_>) -> Result<NumberShown, String> {
    let n = row.get("n")?;
    Ok(match n.split_once('-') {
        Some((from, to)) => NumberShown::Class { from: row.parse("n", from)?, to: row.parse("n", to)? },
        None => NumberShown::Rounded { value: row.parse("n", n)? },
    })
}
