//! One figure as a row of a table: words for a reader, numbers where what is displayed is one.

use publication::{Displayed, Domain, NumberShown, Unit};
use serde::Serialize;

use crate::context::Context;
use crate::number::{self, Figure};

/// A cell of a row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) enum Cell {
    Empty,
    Text(String),
    /// A number with its decimals.
    Number(f64, usize),
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }
}

/// Keys of the names of what a figure fills.
pub(super) const FIGURE_COLUMNS: [&str; 9] = [
    "csv.value",
    "csv.number",
    "csv.step",
    "csv.unit",
    "csv.n",
    "csv.low",
    "csv.high",
    "csv.precision",
    "csv.remark",
];

/// Place of the number among the columns of a figure.
pub(super) const NUMBER: usize = 1;

/// A figure as the cells of [`FIGURE_COLUMNS`].
pub(super) fn figure_cells(context: &Context<'_>, domain: &Domain, indicator: &str) -> [Cell; 9] {
    let (cell, figure) = context.figure(domain, indicator);
    let unit = context.publication.indicator(indicator).map_or(Unit::Percent, |found| found.unit);
    let published = cell.published();
    let value = published.map(publication::Published::value);
    let [number, step] = number_cells(value);
    let interval = published.map(publication::Published::interval);
    let end = |end: f64| match unit {
        Unit::Percent | Unit::Points => Cell::Number(end, 0),
        Unit::Number { .. } => Cell::Number(end, 1),
    };
    [
        Cell::text(figure.value.clone()),
        number,
        step,
        Cell::text(unit_words(context, unit)),
        published.map_or(Cell::Empty, |published| respondents(context, published.n())),
        interval.map_or(Cell::Empty, |found| end(found.low)),
        interval.map_or(Cell::Empty, |found| end(found.high)),
        Cell::text(figure.precision),
        Cell::text(remark(context, &figure)),
    ]
}

/// The number and its step, where what is displayed is a number; nothing where it is a band or a limit.
pub(super) fn number_cells(value: Option<Displayed>) -> [Cell; 2] {
    match value {
        Some(Displayed::Point { value, step, .. }) => {
            let decimals = number::decimals(step);
            [Cell::Number(value, decimals), Cell::Number(step, decimals)]
        }
        _ => [Cell::Empty, Cell::Empty],
    }
}

/// « 2780 » as a number, « 11 à 19 » as words.
pub(super) fn respondents(context: &Context<'_>, n: NumberShown) -> Cell {
    match n {
        NumberShown::Rounded { value, .. } => Cell::Number(f64::from(value), 0),
        NumberShown::Class { .. } => Cell::text(number::number_shown(context.words, n)),
    }
}

pub(super) fn remark<'a>(context: &'a Context<'_>, figure: &Figure) -> &'a str {
    if figure.is_fragile { context.say("figure.fragile") } else { "" }
}

fn unit_words<'a>(context: &'a Context<'_>, unit: Unit) -> &'a str {
    match unit {
        Unit::Percent => "%",
        Unit::Points => context.say("csv.points"),
        Unit::Number { .. } => context.say("csv.count"),
    }
}
