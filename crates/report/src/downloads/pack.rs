//! The figures of a network as files: the cells of the open publication that are about it, beside its sector and all.

use super::book::{self, Book, Form, Graph, Series, Sheet, Spot};
use super::line::{Cell, FIGURE_COLUMNS, NUMBER, figure_cells};
use super::table;
use super::workbook::warn;
use crate::context::Context;
use crate::error::ReportError;
use crate::network::{Network, NetworkTable, NetworkTables};
use crate::number;

/// The figures of a network as a table.
pub(crate) fn network(context: &Context<'_>, tables: &NetworkTables) -> Vec<u8> {
    let mut sheet = table::Sheet::new(
        context,
        &[
            "csv.figure_set",
            "csv.measure_code",
            "csv.label",
            "csv.category",
            "csv.value",
            "csv.n",
            "csv.interval",
            "csv.precision",
            "csv.remark",
        ],
    );
    for table in &tables.tables {
        for row in &table.rows {
            for (column, figure) in table.columns.iter().zip(&row.figures) {
                let remark = if figure.is_fragile { context.say("figure.fragile") } else { "" };
                sheet.row(&[
                    &table.title,
                    &row.code,
                    &row.label,
                    &column.label,
                    &figure.value,
                    &figure.n,
                    &figure.interval,
                    figure.precision,
                    remark,
                ]);
            }
        }
    }
    sheet.finish()
}

/// Columns of a figure that stand once for each of those compared; the others would drown them.
const KEPT: [usize; 7] = [0, 1, 2, 4, 5, 6, 7];
/// Widths of these.
const WIDTHS: [f64; 7] = [22.0, 10.0, 8.0, 12.0, 10.0, 10.0, 10.0];
/// Columns before the figures: the table, the code, the label.
const BEFORE: usize = 3;
/// Most categories of a chart that can be read.
const MOST_BARS: usize = 24;

/// The workbook of a network: notes, who answered, a sheet for each table.
pub(crate) fn network_workbook(
    context: &Context<'_>,
    network: Network<'_>,
    tables: &NetworkTables,
) -> Result<Vec<u8>, ReportError> {
    let edition = &context.publication.edition;
    let label = &network.category.label;
    let title = format!("{} — {}", context.fill("network.page_title", &[("label", label)]), edition.title);
    let mut first: Vec<String> = Vec::new();
    if let Some(n) = network.category.n {
        let n_shown = number::number_shown(context.words, n);
        first.push(context.fill("network.who", &[("n", &n_shown)]));
        if n.least() < context.publication.method.n_fragile {
            let least = context.publication.method.n_fragile.to_string();
            first.push(context.fill("network.fragile", &[("n", &least)]));
        }
    }
    first.extend(tables.share.clone());
    first.extend(
        ["confidentiality.network", "network.gap_note", tables.size_note(), "network.add_note"]
            .map(|key| context.say(key).to_owned()),
    );
    let mut sheets = vec![book::notes(context, &title, &first)];
    sheets.extend(profile(context, tables));
    sheets.extend(tables.tables.iter().map(|table| sheet(context, table)));
    Book { title, author: edition.publisher.clone(), date: book::date(context)?, sheets }.write(context)
}

/// Members who answered, as displayed.
fn profile(context: &Context<'_>, tables: &NetworkTables) -> Option<Sheet> {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for part in &tables.profile {
        let lines = part.rows.iter().map(|(label, n)| {
            vec![Cell::text(part.title.clone()), Cell::text(label.clone()), Cell::text(n.clone())]
        });
        rows.extend(lines);
    }
    if rows.is_empty() {
        return None;
    }
    let mut columns: Vec<(String, f64)> = [("csv.breakdown", 26.0), ("csv.category", 36.0), ("csv.n", 14.0)]
        .map(|(key, width)| (context.say(key).to_owned(), width))
        .to_vec();
    warn(context, &mut columns, &mut rows);
    Some(Sheet {
        name: context.say("network.profile").to_owned(),
        columns,
        frozen: 2,
        rows,
        charts: Vec::new(),
    })
}

fn sheet(context: &Context<'_>, table: &NetworkTable) -> Sheet {
    let mut columns: Vec<(String, f64)> =
        [("csv.figure_set", 22.0), ("csv.measure_code", 24.0), ("csv.label", 48.0)]
            .map(|(key, width)| (context.say(key).to_owned(), width))
            .to_vec();
    for compared in &table.columns {
        columns.extend(KEPT.iter().zip(WIDTHS).map(|(kept, width)| {
            let name = context.say(FIGURE_COLUMNS[*kept]);
            (format!("{}{}{name}", compared.label, context.say("chart.colon")), width)
        }));
    }
    columns.push((context.say("network.gap").to_owned(), 26.0));
    let mut rows: Vec<Vec<Cell>> = table
        .rows
        .iter()
        .map(|row| {
            let mut cells: Vec<Cell> =
                [&table.title, &row.code, &row.label].map(|text| Cell::text(text.clone())).to_vec();
            for compared in &table.columns {
                let figure = figure_cells(context, &compared.domain, &row.code);
                cells.extend(KEPT.iter().map(|kept| figure[*kept].clone()));
            }
            let gap = row.gap.map(|is_up| if is_up { "network.gap_up" } else { "network.gap_down" });
            cells.push(gap.map_or(Cell::Empty, |key| Cell::text(context.say(key))));
            cells
        })
        .collect();
    let charts = graph(context, table, &rows).into_iter().collect();
    warn(context, &mut columns, &mut rows);
    Sheet { name: table.title.clone(), columns, frozen: 3, rows, charts }
}

/// Bars of those compared, where something is displayed as a number and the scale is one.
fn graph(context: &Context<'_>, table: &NetworkTable, rows: &[Vec<Cell>]) -> Option<Graph> {
    let place = |compared: usize| BEFORE + compared * KEPT.len() + NUMBER;
    let numbers = (0..table.columns.len()).map(place);
    let has_number = numbers.clone().any(|at| rows.iter().any(|row| matches!(row[at], Cell::Number(..))));
    if !has_number || rows.len() > MOST_BARS {
        return None;
    }
    let series = numbers
        .map(|at| Series {
            // The name of the column says whose figures these are.
            name: Some(Spot(0, column(at))),
            rows: (0, rows.len() - 1),
            categories: 2,
            values: column(at),
        })
        .collect();
    Some(Graph {
        form: Form::Bars,
        description: context.fill("book.chart", &[("title", &table.title)]),
        title: Spot(book::at(0), 0),
        series,
        most: Some(100.0),
        row: 0,
    })
}

fn column(place: usize) -> u16 {
    u16::try_from(place).unwrap_or(u16::MAX)
}
