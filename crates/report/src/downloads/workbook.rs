//! The workbook of an edition: a sheet of notes, one sheet for each chapter with its charts, one of all definitions.

use publication::{Chapter, ChartForm, ChartPlan, Domain, Indicator, Unit};

use super::book::{self, Book, Form, Graph, Series, Sheet, Spot};
use super::dictionary;
use super::line::{Cell, FIGURE_COLUMNS, figure_cells};
use crate::context::Context;
use crate::error::ReportError;

/// Keys of the columns before the figure, with their widths.
const PLACE: [(&str, f64); 5] = [
    ("csv.chart", 30.0),
    ("csv.measure_code", 24.0),
    ("csv.label", 42.0),
    ("csv.breakdown", 20.0),
    ("csv.category", 30.0),
];
/// Widths of the columns of the figure.
const FIGURE_WIDTHS: [f64; 9] = [22.0, 10.0, 8.0, 14.0, 12.0, 12.0, 12.0, 11.0, 14.0];

/// Places of columns that charts read.
const CHART: u16 = 0;
const LABEL: u16 = 2;
const CATEGORY: u16 = 4;
const VALUE: u16 = 6;

/// The workbook.
pub(crate) fn workbook(context: &Context<'_>) -> Result<Vec<u8>, ReportError> {
    let publication = context.publication;
    let edition = &publication.edition;
    let n = context.words.thousands(publication.counts.valid);
    let who = context.fill("home.who", &[("n", &n), ("dates", &context.dates)]);
    let mut sheets = vec![book::notes(context, &edition.title, &[who])];
    sheets.extend(publication.chapters.iter().filter_map(|chapter| sheet(context, chapter)));
    sheets.push(definitions(context));
    let book = Book {
        title: edition.title.clone(),
        author: edition.publisher.clone(),
        date: book::date(context)?,
        sheets,
    };
    book.write(context)
}

/// The columns of a figure, with their widths.
pub(super) fn figure_columns(context: &Context<'_>) -> Vec<(String, f64)> {
    FIGURE_COLUMNS
        .iter()
        .zip(FIGURE_WIDTHS)
        .map(|(key, width)| (context.say(key).to_owned(), width))
        .collect()
}

/// The last column of a simulated edition: a line travels without its file.
pub(super) fn warn(context: &Context<'_>, columns: &mut Vec<(String, f64)>, rows: &mut [Vec<Cell>]) {
    if context.publication.edition.is_simulated {
        columns.push((context.say("csv.warning").to_owned(), 36.0));
        for row in rows {
            row.push(Cell::text(context.say("simulated.chart")));
        }
    }
}

/// One chapter: the figures of each of its charts, and the charts beside them. None without a figure.
fn sheet(context: &Context<'_>, chapter: &Chapter) -> Option<Sheet> {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut charts = Vec::new();
    for plan in &chapter.charts {
        let first = rows.len();
        let categories = add_rows(context, plan, &mut rows);
        charts.extend(graph(context, plan, first, rows.len(), categories, &rows));
    }
    if rows.is_empty() {
        return None;
    }
    let mut columns: Vec<(String, f64)> =
        PLACE.iter().map(|(key, width)| (context.say(key).to_owned(), *width)).collect();
    columns.extend(figure_columns(context));
    warn(context, &mut columns, &mut rows);
    Some(Sheet { name: chapter.title.clone(), columns, frozen: CATEGORY + 1, rows, charts })
}

/// Adds the rows of a chart, indicator by indicator, and says how many each indicator has.
fn add_rows(context: &Context<'_>, plan: &ChartPlan, rows: &mut Vec<Vec<Cell>>) -> usize {
    let publication = context.publication;
    let breakdown = plan.breakdown.as_deref().and_then(|code| publication.breakdown(code));
    let mut domains = vec![(context.say("csv.all_breakdown").to_owned(), Domain::All)];
    domains.extend(breakdown.into_iter().flat_map(|found| {
        found.categories.iter().map(|category| (found.label.clone(), Domain::of(&found.code, &category.code)))
    }));
    for (indicator, label) in indicators(context, plan) {
        for (breakdown, domain) in &domains {
            let mut row = vec![
                Cell::text(plan.title.clone()),
                Cell::text(indicator.code.clone()),
                Cell::text(label.to_owned()),
                Cell::text(breakdown.clone()),
                Cell::text(context.domain_label(domain)),
            ];
            row.extend(figure_cells(context, domain, &indicator.code));
            rows.push(row);
        }
    }
    domains.len()
}

/// The indicators of a chart with their short labels.
fn indicators<'a>(
    context: &Context<'a>,
    plan: &'a ChartPlan,
) -> impl Iterator<Item = (&'a Indicator, &'a str)> {
    let publication = context.publication;
    plan.indicators.iter().enumerate().filter_map(move |(index, code)| {
        let indicator = publication.indicator(code)?;
        let label = plan.labels.get(index).filter(|label| !label.is_empty()).unwrap_or(&indicator.label);
        Some((indicator, label.as_str()))
    })
}

/// The chart of rows `first` to before `end`, of which each indicator has `categories`. None where nothing is displayed as
/// a number: there is nothing that a bar could show.
fn graph(
    context: &Context<'_>,
    plan: &ChartPlan,
    first: usize,
    end: usize,
    categories: usize,
    rows: &[Vec<Cell>],
) -> Option<Graph> {
    let has_number = rows[first..end].iter().any(|row| matches!(row[usize::from(VALUE)], Cell::Number(..)));
    if !has_number {
        return None;
    }
    let units: Vec<Unit> = indicators(context, plan).map(|(indicator, _)| indicator.unit).collect();
    let form = match plan.form {
        ChartForm::Stacked if units.len() > 1 => Form::Stacked,
        ChartForm::Histogram => Form::Columns,
        _ => Form::Bars,
    };
    // One series over the indicators, or one for each over the categories.
    let is_one = categories == 1 && form != Form::Stacked;
    let series = if is_one {
        vec![Series { name: None, rows: (first, end - 1), categories: LABEL, values: VALUE }]
    } else {
        (first..end)
            .step_by(categories)
            .map(|start| Series {
                name: Some(Spot(book::at(start), LABEL)),
                rows: (start, start + categories - 1),
                categories: CATEGORY,
                values: VALUE,
            })
            .collect()
    };
    let is_to_100 = units.iter().all(|unit| matches!(unit, Unit::Percent | Unit::Points));
    Some(Graph {
        form,
        description: context.fill("book.chart", &[("title", &plan.title)]),
        title: Spot(book::at(first), CHART),
        series,
        most: is_to_100.then_some(100.0),
        row: first,
    })
}

/// Every indicator with its exact definition.
fn definitions(context: &Context<'_>) -> Sheet {
    let (columns, rows) = dictionary::indicators(context);
    let widths = [24.0, 60.0, 14.0, 40.0, 60.0, 60.0];
    Sheet {
        name: context.say("book.definitions").to_owned(),
        columns: columns.into_iter().zip(widths).collect(),
        frozen: 1,
        rows: rows.into_iter().map(|row| row.into_iter().map(Cell::text).collect()).collect(),
        charts: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::downloads::line::NUMBER;

    #[test]
    fn charts_read_the_column_of_numbers() {
        assert_eq!(usize::from(VALUE), PLACE.len() + NUMBER);
        assert_eq!(PLACE[usize::from(LABEL)].0, "csv.label");
        assert_eq!(PLACE[usize::from(CATEGORY)].0, "csv.category");
        assert_eq!(PLACE[usize::from(CHART)].0, "csv.chart");
    }
}
