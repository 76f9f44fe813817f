//! Tables as CSV: `;` between cells, with a byte-order mark so that accents are read right.

use publication::{Breakdown, CellKey, Domain};

use super::line::{Cell, FIGURE_COLUMNS, figure_cells};
use crate::context::Context;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Every figure of the publication, in words.
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
    for Place { breakdown, key, label } in places(context) {
        let (_, figure) = context.figure(&key.domain, &key.indicator);
        let remark = if figure.is_fragile { context.say("figure.fragile") } else { "" };
        sheet.row(&[
            &key.indicator,
            label,
            &breakdown,
            &context.domain_label(&key.domain),
            &figure.value,
            &figure.n,
            &figure.interval,
            figure.precision,
            remark,
        ]);
    }
    sheet.finish()
}

/// The same for a French spreadsheet: what is displayed as a number is one, with a decimal comma.
pub(crate) fn spreadsheet(context: &Context<'_>) -> Vec<u8> {
    let mut columns = vec!["csv.measure_code", "csv.label", "csv.breakdown", "csv.category"];
    columns.extend(FIGURE_COLUMNS);
    let mut sheet = Sheet::new(context, &columns);
    for Place { breakdown, key, label } in places(context) {
        let category = context.domain_label(&key.domain);
        let figure = figure_cells(context, &key.domain, &key.indicator).map(|cell| written(&cell));
        let names = [key.indicator.as_str(), label, &breakdown, &category];
        let row: Vec<&str> = names.into_iter().chain(figure.iter().map(String::as_str)).collect();
        sheet.row(&row);
    }
    sheet.finish()
}

/// A cell as a French spreadsheet reads it.
pub(super) fn written(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Number(number, decimals) => format!("{number:.decimals$}").replace('.', ","),
    }
}

/// A figure's place in the table.
struct Place<'a> {
    breakdown: String,
    key: CellKey,
    label: &'a str,
}

/// Every figure, indicator by indicator: all respondents, then each category. A group that was not planned for an
/// indicator has no line; a withheld one has `nd`.
fn places<'a>(context: &Context<'a>) -> impl Iterator<Item = Place<'a>> {
    let publication = context.publication;
    let all = context.say("csv.all_breakdown").to_owned();
    publication.indicators.iter().flat_map(move |indicator| {
        let categories = publication.breakdowns.iter().flat_map(|breakdown: &Breakdown| {
            breakdown
                .categories
                .iter()
                .map(|category| (breakdown.label.clone(), Domain::of(&breakdown.code, &category.code)))
        });
        std::iter::once((all.clone(), Domain::All))
            .chain(categories)
            .map(|(breakdown, domain)| {
                let key = CellKey { domain, indicator: indicator.code.clone() };
                Place { breakdown, key, label: &indicator.label }
            })
            .filter(|place| publication.cells.contains_key(&place.key))
            .collect::<Vec<_>>()
    })
}

/// A table being written. A simulated edition says so on every line: a line travels without its file.
pub(super) struct Sheet<'a> {
    context: &'a Context<'a>,
    width: usize,
    text: String,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(context: &'a Context<'a>, columns: &[&str]) -> Self {
        let mut columns: Vec<&str> = columns.iter().map(|key| context.say(key)).collect();
        if context.publication.edition.is_simulated {
            columns.push(context.say("csv.warning"));
        }
        let mut sheet = Self { context, width: columns.len(), text: BYTE_ORDER_MARK.to_owned() };
        sheet.write(&columns);
        sheet
    }

    pub(super) fn row(&mut self, cells: &[&str]) {
        let mut cells = cells.to_vec();
        if self.context.publication.edition.is_simulated {
            cells.push(self.context.say("simulated.chart"));
        }
        self.write(&cells);
    }

    /// Ends with the notice, in the shape of a line so that programs still read the file.
    pub(super) fn finish(mut self) -> Vec<u8> {
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
            self.text.push_str(&quoted(&publication::neutral(cell)));
        }
        self.text.push_str("\r\n");
    }
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
    fn separators_and_quotes_are_kept_inside_their_cell() {
        assert_eq!(quoted("a;b"), "\"a;b\"");
        assert_eq!(quoted("dit \"oui\""), "\"dit \"\"oui\"\"\"");
    }

    #[test]
    fn a_number_has_a_decimal_comma_and_no_separator_of_thousands() {
        assert_eq!(written(&Cell::Number(2780.0, 0)), "2780");
        assert_eq!(written(&Cell::Number(7.4, 1)), "7,4");
    }
}
