//! A workbook before it is written: sheets of cells and charts of them. Equal books give equal bytes.

use rust_xlsxwriter::{
    Chart, ChartEmptyCells, ChartFormat, ChartSolidFill, ChartType, Color, DocProperties, ExcelDateTime,
    Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};
use serde::Serialize;

use super::line::Cell;
use crate::context::Context;
use crate::error::ReportError;
use crate::number;
use crate::palette;
use crate::workshop::Kind;

/// A workbook.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Book {
    pub(super) title: String,
    pub(super) author: String,
    /// The one date that it says: the last day of the collection.
    pub(super) date: (i32, u8, u8),
    pub(super) sheets: Vec<Sheet>,
}

/// A sheet: named columns, or a page of texts.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Sheet {
    pub(super) name: String,
    /// Names and widths, in characters.
    pub(super) columns: Vec<(String, f64)>,
    /// How many of the first columns stay in view.
    pub(super) frozen: u16,
    pub(super) rows: Vec<Vec<Cell>>,
    pub(super) charts: Vec<Graph>,
}

/// A native chart. Everything on it is read from cells, so that no text is ever taken for a reference.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Graph {
    pub(super) form: Form,
    /// For those who do not see it.
    pub(super) description: String,
    /// Where the title stands.
    pub(super) title: Spot,
    pub(super) series: Vec<Series>,
    /// Greatest value of the scale, where it has one.
    pub(super) most: Option<f64>,
    /// Row from which it is drawn, if there is room.
    pub(super) row: usize,
}

/// The form of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) enum Form {
    Bars,
    Stacked,
    Columns,
}

/// A cell: its row, of which the first is the header, and its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Spot(pub(super) u32, pub(super) u16);

/// A series: its name, its categories and its values, in cells. Rows are counted among the rows, ends included.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Series {
    pub(super) name: Option<Spot>,
    pub(super) rows: (usize, usize),
    pub(super) categories: u16,
    pub(super) values: u16,
}

/// Most characters of the name of a sheet.
const MOST_NAME: usize = 31;
/// Rows of a sheet that a chart covers at least.
const CHART_ROWS: usize = 16;
/// Height of a row, in pixels.
const ROW: u32 = 20;

impl Book {
    /// The bytes of the workbook, kept from one report to the next.
    pub(super) fn write(&self, context: &Context<'_>) -> Result<Vec<u8>, ReportError> {
        let inputs = serde_json::to_vec(self).expect("texts and finite numbers are JSON");
        context.workshop.keep(Kind::Workbook, &[&inputs], || {
            self.try_write().map_err(|error| ReportError::Workbook {
                title: self.title.clone(),
                message: error.to_string(),
            })
        })
    }

    fn try_write(&self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        let (year, month, day) = self.date;
        let created = ExcelDateTime::from_ymd(u16::try_from(year).unwrap_or(2000), month, day)?;
        let properties = DocProperties::new()
            .set_title(&self.title)
            .set_author(&self.author)
            .set_creation_datetime(&created);
        workbook.set_properties(&properties);
        let names = names(&self.sheets);
        for (sheet, name) in self.sheets.iter().zip(&names) {
            let written = workbook.add_worksheet().set_name(name)?;
            if sheet.columns.len() == 1 { page(sheet, written)? } else { table(sheet, name, written)? }
        }
        workbook.save_to_buffer()
    }
}

/// A page of texts: the first is its title, one that is followed by nothing but its own line is a heading.
fn page(sheet: &Sheet, written: &mut Worksheet) -> Result<(), XlsxError> {
    let heading = Format::new().set_bold().set_font_color(colour(palette::MAIN)).set_font_size(13);
    let text = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let (title, width) = &sheet.columns[0];
    written.set_column_width(0, *width)?;
    written.write_string_with_format(0, 0, neutral(title), &heading)?;
    for (row, cells) in (1_u32..).zip(&sheet.rows) {
        // The second cell says that the first is a heading.
        match cells.as_slice() {
            [Cell::Text(said), _, ..] => written.write_string_with_format(row, 0, neutral(said), &heading)?,
            [Cell::Text(said)] => written.write_string_with_format(row, 0, neutral(said), &text)?,
            _ => continue,
        };
    }
    Ok(())
}

fn table(sheet: &Sheet, name: &str, written: &mut Worksheet) -> Result<(), XlsxError> {
    let header = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_border_bottom(FormatBorder::Thin)
        .set_background_color(colour(palette::REST));
    let text = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let numbers = ["0", "0.0", "0.00", "0.000"]
        .map(|format| Format::new().set_num_format(format).set_align(FormatAlign::Top));
    written.set_freeze_panes(1, sheet.frozen)?;
    for (column, (title, width)) in (0_u16..).zip(&sheet.columns) {
        written.set_column_width(column, *width)?;
        written.write_string_with_format(0, column, neutral(title), &header)?;
    }
    for (row, cells) in (1_u32..).zip(&sheet.rows) {
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Empty => {}
                Cell::Text(said) => {
                    written.write_string_with_format(row, column, neutral(said), &text)?;
                }
                Cell::Number(number, decimals) => {
                    let format = &numbers[(*decimals).min(numbers.len() - 1)];
                    written.write_number_with_format(row, column, *number, format)?;
                }
            }
        }
    }
    if let (Some(last), false) = (sheet.columns.len().checked_sub(1), sheet.rows.is_empty()) {
        let last = u16::try_from(last).unwrap_or(u16::MAX);
        written.autofilter(0, 0, at(sheet.rows.len() - 1), last)?;
    }
    let beside = u16::try_from(sheet.columns.len() + 1).unwrap_or(u16::MAX);
    let mut free = 0;
    for graph in &sheet.charts {
        let row = graph.row.max(free);
        let rows = chart_rows(graph);
        written.insert_chart(at(row), beside, &chart(graph, name, rows))?;
        free = row + rows + 1;
    }
    Ok(())
}

/// How many rows a chart covers: more bars need more room.
fn chart_rows(graph: &Graph) -> usize {
    let bars: usize = match graph.form {
        Form::Stacked => graph.series.first().map_or(0, |series| series.rows.1 - series.rows.0 + 1),
        Form::Bars | Form::Columns => {
            graph.series.iter().map(|series| series.rows.1 - series.rows.0 + 1).sum()
        }
    };
    CHART_ROWS.max(bars + 8)
}

fn chart(graph: &Graph, sheet: &str, rows: usize) -> Chart {
    let kind = match graph.form {
        Form::Bars => ChartType::Bar,
        Form::Stacked => ChartType::BarStacked,
        Form::Columns => ChartType::Column,
    };
    let mut chart = Chart::new(kind);
    let Spot(row, column) = graph.title;
    chart.title().set_name((sheet, row, column));
    chart.set_alt_text(neutral(&graph.description));
    let shades = if graph.form == Form::Stacked {
        palette::parts(graph.series.len())
    } else {
        palette::SERIES.to_vec()
    };
    for (series, shade) in graph.series.iter().zip(shades.iter().cycle()) {
        let (first, last) = (at(series.rows.0), at(series.rows.1));
        let drawn = chart.add_series();
        drawn.set_values((sheet, first, series.values, last, series.values)).set_categories((
            sheet,
            first,
            series.categories,
            last,
            series.categories,
        ));
        drawn.set_format(ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(colour(*shade))));
        if let Some(Spot(row, column)) = series.name {
            drawn.set_name((sheet, row, column));
        }
    }
    if graph.series.len() < 2 {
        chart.legend().set_hidden();
    }
    chart.y_axis().set_min(0.0);
    if let Some(most) = graph.most {
        chart.y_axis().set_max(most);
    }
    if graph.form != Form::Columns {
        // From top to bottom, as the rows.
        chart.x_axis().set_reverse();
    }
    // A figure that is not displayed as a number has no bar, not a bar of nothing.
    chart.show_empty_cells_as(ChartEmptyCells::Gaps);
    chart.set_width(760).set_height(u32::try_from(rows).unwrap_or(u32::MAX).saturating_mul(ROW));
    chart
}

/// The row of the sheet where a row stands, under the header.
pub(super) fn at(row: usize) -> u32 {
    u32::try_from(row + 1).unwrap_or(u32::MAX)
}

fn neutral(text: &str) -> String {
    publication::neutral(text).into_owned()
}

fn colour((red, green, blue): palette::Colour) -> Color {
    Color::RGB(u32::from(red) << 16 | u32::from(green) << 8 | u32::from(blue))
}

/// Names that a workbook takes: short, of its letters, and no two alike.
fn names(sheets: &[Sheet]) -> Vec<String> {
    let mut taken: Vec<String> = Vec::new();
    for sheet in sheets {
        let kept: String = sheet
            .name
            .chars()
            .map(|letter| if "[]:*?/\\!'’".contains(letter) || letter.is_control() { ' ' } else { letter })
            .collect();
        let kept = kept.split_whitespace().collect::<Vec<_>>().join(" ");
        let kept = kept.trim_start_matches(['=', '+', '-', '@', ' ']);
        let kept = if kept.is_empty() { "-" } else { kept };
        let mut name = shortened(kept, MOST_NAME);
        let mut number = 2;
        while taken.iter().any(|known| known.to_lowercase() == name.to_lowercase()) {
            let ending = format!(" ({number})");
            name = format!("{}{ending}", shortened(kept, MOST_NAME - ending.len()));
            number += 1;
        }
        taken.push(name);
    }
    taken
}

/// The first letters of a name, counted as spreadsheets do.
fn shortened(name: &str, most: usize) -> String {
    let mut length = 0;
    let short: String = name
        .chars()
        .take_while(|letter| {
            length += letter.len_utf16();
            length <= most
        })
        .collect();
    short.trim_end().to_owned()
}

/// The date that workbooks of an edition say.
pub(super) fn date(context: &Context<'_>) -> Result<(i32, u8, u8), ReportError> {
    number::parse_date(&context.publication.edition.field_end)
}

/// The first sheet of every workbook: what it is, how to read it, confidentiality, licence.
pub(super) fn notes(context: &Context<'_>, title: &str, first: &[String]) -> Sheet {
    let edition = &context.publication.edition;
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let heading = |text: &str| vec![Cell::text(text), Cell::Empty];
    let line = |text: &str| vec![Cell::text(text)];
    if edition.is_simulated {
        rows.push(heading(context.say("simulated.banner")));
    }
    rows.extend(first.iter().map(|text| line(text)));
    rows.push(line(&context.notice));
    rows.push(heading(context.say("book.reading")));
    for key in [
        "book.value",
        "book.number",
        "book.n",
        "book.interval",
        "confidentiality.precision",
        "book.fragile",
        "book.charts",
    ] {
        rows.push(line(context.say(key)));
    }
    rows.push(heading(context.say("confidentiality.title")));
    rows.push(line(context.say("confidentiality.first")));
    rows.push(line(context.say("confidentiality.extremes")));
    rows.push(line(&format!(
        "{} {}",
        context.say("confidentiality.nd_term"),
        context.say("confidentiality.nd")
    )));
    rows.push(line(context.say("confidentiality.common")));
    rows.push(heading(context.say("book.licence")));
    rows.push(line(&context.fill("page.licence", &[("publisher", &edition.publisher)])));
    rows.push(line(publication::LICENCE_ADDRESS));
    rows.push(line(&context.source));
    Sheet {
        name: context.say("book.notes").to_owned(),
        columns: vec![(title.to_owned(), 110.0)],
        frozen: 0,
        rows,
        charts: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sheets_are_short_harmless_and_no_two_alike() {
        let sheet = |name: &str| Sheet {
            name: name.to_owned(),
            columns: Vec::new(),
            frozen: 0,
            rows: Vec::new(),
            charts: Vec::new(),
        };
        let sheets: Vec<Sheet> = [
            "Accompagnement, coopération, dispositifs",
            "ACCOMPAGNEMENT, coopération, dispositifs",
            "=1+1",
            "'x'!A1",
            "",
            "????",
        ]
        .map(sheet)
        .to_vec();
        let names = names(&sheets);
        assert_eq!(
            names,
            [
                "Accompagnement, coopération, di",
                "ACCOMPAGNEMENT, coopération (2)",
                "1+1",
                "x A1",
                "-",
                "- (2)"
            ]
        );
        assert!(names.iter().all(|name| name.encode_utf16().count() <= MOST_NAME));
    }
}
