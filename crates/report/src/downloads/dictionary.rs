//! The data dictionary: every column of every table, and every code that stands in one.

use publication::Unit;

use super::table::Sheet;
use crate::context::Context;
use crate::typography;
use crate::words::Words;

/// A line of the dictionary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The file, or the breakdown that a code is of.
    pub(crate) of: String,
    /// The column or the code.
    pub(crate) name: String,
    /// The type of a column, or what kind of thing a code is.
    pub(crate) kind: String,
    pub(crate) meaning: String,
}

/// The columns of our own tables for spreadsheets: key of the name, key of what it holds.
const OWN: [(&str, &str); 13] = [
    ("csv.measure_code", "dictionary.measure_code"),
    ("csv.label", "dictionary.label"),
    ("csv.breakdown", "dictionary.breakdown"),
    ("csv.category", "dictionary.category"),
    ("csv.value", "book.value"),
    ("csv.number", "book.number"),
    ("csv.step", "dictionary.step"),
    ("csv.unit", "dictionary.unit"),
    ("csv.n", "book.n"),
    ("csv.low", "book.interval"),
    ("csv.high", "book.interval"),
    ("csv.precision", "confidentiality.precision"),
    ("csv.remark", "book.fragile"),
];

/// The columns of every table.
pub(crate) fn columns(context: &Context<'_>) -> Vec<Entry> {
    let kind = |kind: &str| {
        context
            .say(match kind {
                "string" => "dictionary.text",
                "integer" => "dictionary.integer",
                _ => "dictionary.number",
            })
            .to_owned()
    };
    let own = OWN.iter().map(|(name, meaning)| {
        let is_number = ["csv.number", "csv.step", "csv.low", "csv.high"].contains(name);
        Entry {
            of: super::SPREADSHEET.to_owned(),
            // The tables for spreadsheets are French.
            name: Words::french().get(name).to_owned(),
            kind: kind(if is_number { "number" } else { "string" }),
            meaning: context.say(meaning).to_owned(),
        }
    });
    let frozen = publication::columns(context.publication).into_iter().map(|column| {
        let said = column.words.get(context.words.language).or_else(|| column.words.get("fr"));
        Entry {
            meaning: said.map_or_else(String::new, |said| {
                if context.words.is_french() { typography::typeset(said) } else { said.clone() }
            }),
            of: column.file,
            name: column.name,
            kind: kind(&column.kind),
        }
    });
    own.chain(frozen).collect()
}

/// The codes of breakdowns, of their categories and of indicators.
pub(crate) fn codes(context: &Context<'_>) -> Vec<Entry> {
    let publication = context.publication;
    let mut entries = Vec::new();
    for breakdown in &publication.breakdowns {
        let categories = breakdown.categories.iter().map(|category| Entry {
            of: format!("d_{}", breakdown.code),
            name: category.code.clone(),
            kind: context.say("dictionary.category_code").to_owned(),
            meaning: format!("{}{}{}", breakdown.label, context.say("chart.colon"), category.label),
        });
        entries.extend(categories);
    }
    entries.extend(publication.indicators.iter().map(|indicator| Entry {
        of: "indicator".to_owned(),
        name: indicator.code.clone(),
        kind: context.say("dictionary.indicator_code").to_owned(),
        meaning: indicator.label.clone(),
    }));
    entries
}

/// The dictionary as a table.
pub(crate) fn dictionary(context: &Context<'_>) -> Vec<u8> {
    let keys = ["dictionary.of", "dictionary.name", "dictionary.kind", "dictionary.meaning"];
    let mut sheet = Sheet::new(context, &keys);
    for entry in columns(context).into_iter().chain(codes(context)) {
        sheet.row(&[&entry.of, &entry.name, &entry.kind, &entry.meaning]);
    }
    sheet.finish()
}

/// Names of the columns, then the rows, of the definitions of indicators.
pub(super) fn indicators(context: &Context<'_>) -> (Vec<String>, Vec<Vec<String>>) {
    let columns =
        ["csv.measure_code", "csv.label", "csv.unit", "column.base", "column.question", "csv.remark"];
    let rows = context.publication.indicators.iter().map(|indicator| {
        let unit = match indicator.unit {
            Unit::Percent => "%",
            Unit::Points => context.say("csv.points"),
            Unit::Number { .. } => context.say("csv.count"),
        };
        vec![
            indicator.code.clone(),
            indicator.label.clone(),
            unit.to_owned(),
            indicator.base_label.clone(),
            indicator.questions.join(" / "),
            indicator.note.clone().unwrap_or_default(),
        ]
    });
    (columns.map(|key| context.say(key).to_owned()).to_vec(), rows.collect())
}
