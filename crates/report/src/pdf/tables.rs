//! Tables of a chapter by breakdown: rows are groups of respondents, columns a few of the chapter's indicators.

use publication::{Breakdown, Chapter, ChartForm, ChartPlan, Domain, Indicator, NumberOf, Publication};
use serde::Serialize;

use super::parts::catalogue;
use crate::context::Context;
use crate::network;
use crate::number;
use crate::sentence::Speaker;

/// As many columns as a page is wide for.
const MOST_COLUMNS: usize = 7;

/// A label that begins so goes on from the one before and cannot stand alone.
const GOES_ON: char = '…';

/// As many rows as a table has, so that it is never cut: breakdowns that have more stand alone.
const MOST_ROWS: usize = 20;

/// A table.
#[derive(Serialize)]
pub(super) struct FigureTable {
    caption: String,
    first: &'static str,
    n: &'static str,
    columns: Vec<String>,
    all: Row,
    groups: Vec<Group>,
    notes: Option<String>,
}

/// The rows of one breakdown.
#[derive(Serialize)]
struct Group {
    title: String,
    /// What the first column says by this breakdown.
    finding: Option<String>,
    rows: Vec<Row>,
    /// Names of the groups whose figures are all withheld.
    #[serde(skip)]
    withheld: Vec<String>,
}

#[derive(Clone, Serialize)]
struct Row {
    label: String,
    n: String,
    cells: Vec<Value>,
}

#[derive(Clone, Serialize)]
struct Value {
    text: String,
    is_fragile: bool,
    #[serde(skip)]
    is_shown: bool,
}

/// A column: an indicator and its short name.
struct Column<'a> {
    indicator: &'a Indicator,
    label: &'a str,
}

/// The tables of a chapter.
pub(super) fn tables(context: &Context<'_>, chapter: &Chapter) -> Vec<FigureTable> {
    let publication = context.publication;
    let columns = columns(publication, chapter);
    if columns.is_empty() {
        return Vec::new();
    }
    let breakdowns = publication.breakdowns.iter().filter(|breakdown| {
        breakdown.code != network::BREAKDOWN && !is_between(publication, &breakdown.code)
    });
    let mut tables: Vec<Vec<Group>> = Vec::new();
    for group in breakdowns.filter_map(|breakdown| group(context, breakdown, &columns)) {
        let rows = |table: &Vec<Group>| table.iter().map(|group| group.rows.len()).sum::<usize>();
        match tables.iter_mut().find(|table| rows(table) + group.rows.len() <= MOST_ROWS) {
            Some(table) => table.push(group),
            None => tables.push(vec![group]),
        }
    }
    tables.into_iter().map(|groups| table(context, chapter, groups, &columns)).collect()
}

/// Whether a breakdown stands between a finer and a coarser one, which both have their tables.
pub(crate) fn is_between(publication: &Publication, code: &str) -> bool {
    let nested = &publication.release.nested;
    nested.iter().any(|part| part.within == code) && nested.iter().any(|part| part.breakdown == code)
}

/// The first indicator of each chart, then the second of each, until the page is wide enough.
fn columns<'a>(publication: &'a Publication, chapter: &'a Chapter) -> Vec<Column<'a>> {
    let most = chapter.charts.iter().map(|chart| chart.indicators.len()).max().unwrap_or_default();
    let mut columns: Vec<Column<'a>> = Vec::new();
    for place in 0..most {
        for chart in &chapter.charts {
            // The lines of a chart against a target are groups, which the rows of a table are already.
            let is_group = chart.form == ChartForm::Bullet && place > 0;
            let Some(code) = chart.indicators.get(place).filter(|_| !is_group) else { continue };
            let Some(indicator) = publication.indicator(code) else { continue };
            let label = label(chapter, chart, indicator);
            // Two columns of one name would be read as one figure: « Site internet », used and planned.
            let is_known =
                columns.iter().any(|column| column.indicator.code == *code || column.label == label);
            if columns.len() < MOST_COLUMNS && !is_known && !label.starts_with(GOES_ON) {
                columns.push(Column { indicator, label });
            }
        }
    }
    columns
}

/// The short name of an indicator: that of a chart of its own, if it has one, since among others it may go on from them.
fn label<'a>(chapter: &'a Chapter, chart: &'a ChartPlan, indicator: &'a Indicator) -> &'a str {
    let named = |chart: &'a ChartPlan| -> Option<&'a str> {
        let place = chart.indicators.iter().position(|code| *code == indicator.code)?;
        chart.labels.get(place).map(String::as_str).filter(|label| !label.is_empty())
    };
    let alone = chapter.charts.iter().filter(|other| other.indicators.len() == 1).find_map(named);
    alone.or_else(|| named(chart)).unwrap_or(&indicator.label)
}

/// The rows of a breakdown; none when nothing of it is shown.
fn group(context: &Context<'_>, breakdown: &Breakdown, columns: &[Column<'_>]) -> Option<Group> {
    let (shown, withheld): (Vec<Row>, Vec<Row>) = breakdown
        .categories
        .iter()
        .map(|category| {
            row(context, &Domain::of(&breakdown.code, &category.code), category.label.clone(), columns)
        })
        .partition(|row| row.cells.iter().any(|cell| cell.is_shown));
    if shown.is_empty() {
        return None;
    }
    let finding = Speaker::new(context)
        .and_then(|speaker| speaker.by(&columns.first()?.indicator.code, &breakdown.code))
        .map(|finding| if finding.ends_with('.') { finding } else { format!("{finding}.") });
    let withheld = withheld.into_iter().map(|row| row.label).collect();
    Some(Group { title: breakdown.label.clone(), finding, rows: shown, withheld })
}

fn table(
    context: &Context<'_>,
    chapter: &Chapter,
    groups: Vec<Group>,
    columns: &[Column<'_>],
) -> FigureTable {
    let say = catalogue(context);
    let all = row(context, &Domain::All, say.get("table.all").to_owned(), columns);
    let mut notes = Vec::new();
    let is_signed = |row: &Row| row.cells.iter().any(|cell| cell.is_fragile || !cell.is_shown);
    if is_signed(&all) || groups.iter().flat_map(|group| &group.rows).any(is_signed) {
        notes.push(say.get("table.signs").to_owned());
    }
    if columns.windows(2).any(|pair| pair[0].indicator.base_label != pair[1].indicator.base_label) {
        notes.push(say.get("table.bases").to_owned());
    }
    let withheld: Vec<&str> = groups.iter().flat_map(|group| &group.withheld).map(String::as_str).collect();
    if !withheld.is_empty() {
        notes.push(say.fill("table.withheld", &[("list", &withheld.join(", "))]));
    }
    let titles: Vec<&str> = groups.iter().map(|group| group.title.as_str()).collect();
    let titles = titles.join(", ");
    FigureTable {
        caption: say.fill("table.caption", &[("chapter", &chapter.title), ("list", &titles)]),
        first: say.get("table.first"),
        n: say.get("table.n"),
        columns: columns.iter().map(|column| column.label.to_owned()).collect(),
        all,
        groups,
        notes: (!notes.is_empty()).then(|| notes.join(" ")),
    }
}

fn row(context: &Context<'_>, domain: &Domain, label: String, columns: &[Column<'_>]) -> Row {
    let n = match context.publication.number_of(domain) {
        NumberOf::Shown(n) => number::number_shown(context.words, n),
        NumberOf::Withheld => String::new(),
    };
    let cells = columns
        .iter()
        .map(|column| {
            let figure = context.figure(domain, &column.indicator.code).1;
            Value { text: figure.compact, is_fragile: figure.is_fragile, is_shown: figure.is_shown }
        })
        .collect();
    Row { label, n, cells }
}
