//! `cells.csv`: one row per cell, sorted by domain and indicator.
//!
//! A domain is written as one column per breakdown (`d_<code>`), where `_T` means that the breakdown does not matter. A
//! suppressed cell holds `nd` and nothing else, so that no column tells two suppressed cells apart; nor does its
//! presence, since every planned cell has a row. `lo` and `hi` are the interval that a displayed value stands for,
//! `n_lo` and `n_hi` that of the number of respondents. `se` is always empty: a standard error is a number of respondents
//! in disguise. `pop` is the number of organisations that the group stands for where it is a public total that weighting
//! was given, beside indicators that everyone was asked, and empty elsewhere: any other weight is half of the way to a
//! number of respondents.
//!
//! Of all respondents an indicator may have two rows more, with a category of their own: the share that gave no
//! answer, and the figure without weights.

use std::collections::BTreeMap;

use super::{SUPPRESSED, TOTAL};
use crate::cell::{Cell, Displayed, NumberShown, Published};
use crate::model::{CellKey, Domain, Publication, Unit};
use crate::stored::{StoredDisplay, StoredNumber, finest_step};

const AT_MOST: &str = "au plus ";
const AT_LEAST: &str = "au moins ";
/// Category of the share that gave no answer.
pub(super) const NO_ANSWER: &str = "sans_reponse";
/// Category of the figure without weights.
pub(super) const UNWEIGHTED: &str = "non_pondere";

/// Columns before the dimensions.
pub(super) const BEFORE: [&str; 3] = ["channel", "table_id", "edition"];
/// Columns after them.
pub(super) const FIGURES: [&str; 15] = [
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
];

/// One row, without what names it.
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
    pop: String,
}

/// The channel that a publication is for.
pub(super) fn channel(publication: &Publication) -> &'static str {
    if publication.edition.is_simulated { "simulation" } else { "open" }
}

/// The names of the columns.
pub(super) fn header(publication: &Publication) -> Vec<String> {
    let dimensions = publication.breakdowns.iter().map(|breakdown| format!("d_{}", breakdown.code));
    BEFORE
        .into_iter()
        .map(str::to_owned)
        .chain(dimensions)
        .chain(FIGURES.into_iter().map(str::to_owned))
        .collect()
}

/// What names a domain: its table, and a code or `_T` for each breakdown.
pub(super) fn place(publication: &Publication, domain: &Domain) -> (String, Vec<String>) {
    let conditions = domain.conditions();
    let code = |breakdown: &str| {
        let found = conditions.iter().find(|(known, _)| *known == breakdown);
        found.map_or(TOTAL, |(_, category)| category).to_owned()
    };
    (domain.table(), publication.breakdowns.iter().map(|breakdown| code(&breakdown.code)).collect())
}

/// The file, and how many rows it has.
pub(super) fn text(publication: &Publication) -> (Vec<u8>, usize) {
    let rows = rows(publication);
    let count = rows.len() - 1;
    (super::csv_text(rows), count)
}

/// The rows as they are written; the first is the header.
#[must_use]
pub fn rows(publication: &Publication) -> Vec<Vec<String>> {
    let rule = publication.rule();
    let mut rows = vec![header(publication)];
    let mut put = |key: &CellKey, category: &str, cell: Option<&Published>, unit: Unit| {
        let (table, codes) = place(publication, &key.domain);
        let population = publication.release.population(&key.domain, &key.indicator);
        let figures = cell.map_or_else(Figures::suppressed, |cell| Figures::of(cell, unit, population));
        let Figures { estimate, step, lo, hi, n, n_step, n_lo, n_hi, ci_lo, ci_hi, pop } = figures;
        let mut row = vec![channel(publication).to_owned(), table, publication.edition.edition.clone()];
        row.extend(codes);
        row.extend([key.indicator.clone(), category.to_owned()]);
        row.extend([estimate, step, lo, hi, n, n_step, n_lo, n_hi, String::new(), ci_lo, ci_hi, pop]);
        row.push(if cell.is_none() { "1" } else { "0" }.to_owned());
        rows.push(row);
    };
    for (key, cell) in &publication.cells {
        let indicator = publication.indicator(&key.indicator);
        let unit = indicator.map_or(Unit::Percent, |indicator| indicator.unit);
        put(key, TOTAL, cell.published(), unit);
        let (Domain::All, Some(indicator), Some(cell)) = (&key.domain, indicator, cell.published()) else {
            continue;
        };
        let others =
            [(NO_ANSWER, indicator.no_answer, Unit::Percent), (UNWEIGHTED, indicator.unweighted, unit)];
        for (category, value, unit) in others {
            if let Some(value) = value {
                put(key, category, Some(&rule.describe(value, unit, cell.n)), unit);
            }
        }
    }
    rows
}

impl Figures {
    fn suppressed() -> Self {
        Self { estimate: SUPPRESSED.to_owned(), ..Self::default() }
    }

    fn of(cell: &Published, unit: Unit, population: Option<u64>) -> Self {
        let (lo, hi) = cell.value.bounds(unit.range());
        Self {
            estimate: written(cell.value),
            step: cell.value.step().to_string(),
            lo: without_dust(lo),
            hi: without_dust(hi),
            n: written_number(cell.n),
            n_step: match cell.n {
                NumberShown::Class { .. } => String::new(),
                NumberShown::Rounded { .. } => "10".to_owned(),
            },
            n_lo: cell.n.least().to_string(),
            n_hi: cell.n.most().to_string(),
            ci_lo: without_dust(cell.interval.low),
            ci_hi: without_dust(cell.interval.high),
            pop: population.map_or_else(String::new, |pop| pop.to_string()),
        }
    }
}

fn written(value: Displayed) -> String {
    match value {
        Displayed::AtMost { limit, .. } => format!("{AT_MOST}{limit}"),
        Displayed::AtLeast { limit, .. } => format!("{AT_LEAST}{}", without_dust(limit)),
        Displayed::Band { from, to } => format!("{from}-{to}"),
        Displayed::Point { value, .. } => value.to_string(),
    }
}

/// A number of respondents, as displayed.
pub(super) fn written_number(n: NumberShown) -> String {
    match n {
        NumberShown::Class { from, to } => format!("{from}-{to}"),
        NumberShown::Rounded { value } => value.to_string(),
    }
}

/// A bound is a multiple of half a step; sums of such binary fractions end in dust (7.300000000000001).
fn without_dust(value: f64) -> String {
    ((value * 1e6).round() / 1e6).to_string()
}

/// A row by column name.
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

/// The cells of the file and how many rows it has.
pub(super) fn read(
    bytes: &[u8],
    publication: &Publication,
) -> Result<(BTreeMap<CellKey, Cell>, usize), String> {
    let mut reader = csv::Reader::from_reader(bytes);
    let header = reader.headers().map_err(|error| error.to_string())?;
    let columns: BTreeMap<String, usize> =
        header.iter().enumerate().map(|(index, name)| (name.to_owned(), index)).collect();
    let (mut cells, mut rows) = (BTreeMap::new(), 0);
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let row = Row { columns: &columns, record: &record };
        rows += 1;
        // The two others are in `publication.json`, whose digests hold them.
        if row.get("category")? == TOTAL {
            let (key, cell) = read_row(&row, publication)?;
            cells.insert(key, cell);
        }
    }
    Ok((cells, rows))
}

fn read_row(row: &Row<'_>, publication: &Publication) -> Result<(CellKey, Cell), String> {
    let expected = channel(publication);
    if row.get("channel")? != expected {
        return Err(row.unexpected("channel", row.get("channel")?, &format!("`{expected}`")));
    }
    let key = CellKey { domain: read_domain(row, publication)?, indicator: row.get("indicator")?.to_owned() };
    let unit = publication.indicator(&key.indicator).map_or(Unit::Percent, |indicator| indicator.unit);
    let cell = match row.get("suppressed")? {
        "0" => {
            let population = publication.release.population(&key.domain, &key.indicator);
            Cell::Published(read_published(row, publication, unit, population)?)
        }
        "1" if row.get("estimate")? == SUPPRESSED => Cell::Suppressed,
        other => return Err(row.unexpected("suppressed", other, "0, or 1 with the estimate `nd`")),
    };
    Ok((key, cell))
}

fn read_domain(row: &Row<'_>, publication: &Publication) -> Result<Domain, String> {
    let table = row.get("table_id")?;
    let mut conditions = Vec::new();
    for breakdown in &publication.breakdowns {
        let code = row.get(&format!("d_{}", breakdown.code))?;
        if code != TOTAL {
            conditions.push((breakdown.code.as_str(), code));
        }
    }
    let domain = match conditions.as_slice() {
        [] => Domain::All,
        [(breakdown, category)] => Domain::of(breakdown, category),
        [one, other] => {
            let crossing = publication.release.crossings.iter().find(|crossing| crossing.table() == table);
            match crossing {
                Some(crossing) if crossing.breakdown == one.0 => Domain::crossed(*one, *other),
                Some(_) => Domain::crossed(*other, *one),
                None => return Err(row.unexpected("table_id", table, "a crossing of `publication.json`")),
            }
        }
        _ => return Err(row.unexpected("table_id", table, "at most two breakdowns at a time")),
    };
    if domain.table() == table { Ok(domain) } else { Err(row.unexpected("table_id", table, &domain.table())) }
}

/// A displayed cell: one that the rule could have written, and nothing that it could not have said of it.
fn read_published(
    row: &Row<'_>,
    publication: &Publication,
    unit: Unit,
    population: Option<u64>,
) -> Result<Published, String> {
    let (value, n) = (read_value(row)?, read_n(row)?);
    let (low, high) = unit.range();
    let points = match unit {
        Unit::Percent | Unit::Points => value.step(),
        // Rounded up to 1, 2 or 5, which is coarser.
        Unit::Number { .. } => 100.0 * value.step() / (high - low),
    };
    if points < finest_step(n) * (1.0 - 1e-9) {
        return Err(row.unexpected("step", row.get("step")?, "a step that the number of respondents allows"));
    }
    let published = publication.rule().describe(value, unit, n);
    let found = Figures::of(&published, unit, population);
    for (column, expected) in [
        ("lo", &found.lo),
        ("hi", &found.hi),
        ("n_lo", &found.n_lo),
        ("n_hi", &found.n_hi),
        ("n_step", &found.n_step),
        ("ci_lo", &found.ci_lo),
        ("ci_hi", &found.ci_hi),
        ("se", &String::new()),
        ("pop", &found.pop),
    ] {
        if row.get(column)? != expected {
            return Err(row.unexpected(column, row.get(column)?, &format!("`{expected}`")));
        }
    }
    Ok(published)
}

fn read_value(row: &Row<'_>) -> Result<Displayed, String> {
    let estimate = row.get("estimate")?;
    let step = row.number("step")?;
    let stored = if let Some(limit) = estimate.strip_prefix(AT_MOST) {
        StoredDisplay::AtMost { limit: row.parse("estimate", limit)?, step }
    } else if let Some(limit) = estimate.strip_prefix(AT_LEAST) {
        StoredDisplay::AtLeast { limit: row.parse("estimate", limit)?, step }
    } else if let Some((from, to)) = estimate.split_once('-') {
        StoredDisplay::Band { from: row.parse("estimate", from)?, to: row.parse("estimate", to)? }
    } else {
        StoredDisplay::Point { value: row.parse("estimate", estimate)?, step }
    };
    Displayed::try_from(stored).map_err(|error| format!("line {}: {error}", row.line()))
}

fn read_n(row: &Row<'_>) -> Result<NumberShown, String> {
    let n = row.get("n")?;
    let stored = match n.split_once('-') {
        Some((from, to)) => StoredNumber::Class { from: row.parse("n", from)?, to: row.parse("n", to)? },
        None => StoredNumber::Rounded { value: row.parse("n", n)? },
    };
    NumberShown::try_from(stored).map_err(|error| format!("line {}: {error}", row.line()))
}
