//! The figures as files for spreadsheets: French CSV, `;` between cells, with a byte-order mark so that accents are
//! read right.

use publication::{Breakdown, CellKey, Domain};

use crate::context::Context;
use crate::network::NetworkTables;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Every figure of the publication.
pub(crate) fn figures(context: &Context<'_>) -> Vec<u8> {
    let mut sheet = Sheet::new(
        context,
        &[
            "csv.measure_code",
            "csv.label",
            "csv.breakdown",
            "csv.category",
            "csv.value",
            "csv.n",
            "csv.interval",
            "csv.precision",
            "csv.remark",
        ],
    );
    let publication = context.publication;
    for indicator in &publication.indicators {
        let all = (context.say("csv.all_breakdown").to_owned(), Domain::All);
        let categories = publication.breakdowns.iter().flat_map(|breakdown: &Breakdown| {
            breakdown
                .categories
                .iter()
                .map(|category| (breakdown.label.clone(), Domain::of(&breakdown.code, &category.code)))
        });
        for (breakdown, domain) in std::iter::once(all).chain(categories) {
            let key = CellKey { domain, indicator: indicator.code.clone() };
            // A domain that was not planned for this indicator has no line; a withheld one has `nd`.
            if !publication.cells.contains_key(&key) {
                continue;
            }
            let (_, figure) = context.figure(&key.domain, &indicator.code);
            let remark = if figure.is_fragile { context.say("figure.fragile") } else { "" };
            sheet.row(&[
                &indicator.code,
                &indicator.label,
                &breakdown,
                &context.domain_label(&key.domain),
                &figure.value,
                &figure.n,
                &figure.interval,
                figure.precision,
                remark,
            ]);
        }
    }
    sheet.finish()
}

/// The figures of a network's page.
pub(crate) fn network(context: &Context<'_>, tables: &NetworkTables) -> Vec<u8> {
    let mut sheet = Sheet::new(
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
            for (column, figure) in tables.columns.iter().zip(&row.figures) {
                let remark = if figure.is_fragile { context.say("figure.fragile") } else { "" };
                sheet.row(&[
                    &table.title,
                    &row.code,
                    &row.label,
                    column,
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

/// A table being written. A simulated edition says so on every line: a line travels without its file.
struct Sheet<'a> {
    context: &'a Context<'a>,
    width: usize,
    text: String,
}

impl<'a> Sheet<'a> {
    fn new(context: &'a Context<'a>, columns: &[&str]) -> Self {
        let mut columns: Vec<&str> = columns.iter().map(|key| context.say(key)).collect();
        if context.publication.edition.is_simulated {
            columns.push(context.say("csv.warning"));
        }
        let mut sheet = Self { context, width: columns.len(), text: BYTE_ORDER_MARK.to_owned() };
        sheet.write(&columns);
        sheet
    }

    fn row(&mut self, cells: &[&str]) {
        let mut cells = cells.to_vec();
        if self.context.publication.edition.is_simulated {
            cells.push(self.context.say("simulated.chart"));
        }
        self.write(&cells);
    }

    /// Ends with the notice, in the shape of a line so that programs still read the file.
    fn finish(mut self) -> Vec<u8> {
        let mut cells = vec![""; self.width];
        let notice = format!(
            "{}{}{}",
            self.context.say("csv.notice"),
            self.context.say("chart.colon"),
            self.context.notice
        );
        cells[0] = &notice;
        self.write(&cells);
        cells[0] = &self.context.source;
        self.write(&cells);
        self.text.into_bytes()
    }

    fn write(&mut self, cells: &[&str]) {
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                self.text.push(';');
            }
            self.text.push_str(&quoted(&neutral(cell)));
        }
        self.text.push_str("\r\n");
    }
}

/// A spreadsheet runs a cell that begins like a formula: an apostrophe makes it a text again.
fn neutral(cell: &str) -> String {
    // Spaces first would hide the sign from this test and not from a spreadsheet.
    let is_formula =
        cell.trim_start().starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
            || cell.starts_with(['\t', '\r', '\n']);
    if is_formula { format!("'{cell}") } else { cell.to_owned() }
}

fn quoted(cell: &str) -> String {
    if cell.contains([';', '"', '\n', '\r', ',']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_begins_like_a_formula_is_a_text() {
        for formula in ["=1+1", "+33", "-1", "@SUM(A1)", "  =1", "\t=1"] {
            assert!(neutral(formula).starts_with('\''), "{formula}");
        }
        assert_eq!(neutral("32 %"), "32 %");
    }

    #[test]
    fn separators_and_quotes_are_kept_inside_their_cell() {
        assert_eq!(quoted("a;b"), "\"a;b\"");
        assert_eq!(quoted("dit \"oui\""), "\"dit \"\"oui\"\"\"");
    }
}
