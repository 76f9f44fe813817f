//! What each column of the tables holds, in the words of a reader: for `datapackage.json` and the data dictionary.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::Publication;

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Column {
    /// Name of the file.
    pub file: String,
    /// Name of the column.
    pub name: String,
    /// `string`, `number` or `integer`: the types of a Frictionless table schema.
    pub kind: String,
    /// What it holds, by language.
    #[serde(flatten)]
    pub words: BTreeMap<String, String>,
}

/// Stands for one column per breakdown.
const DIMENSIONS: &str = "d_*";

static COLUMNS: LazyLock<Vec<Column>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("columns.json")).expect("the embedded list is columns with their words")
});

/// The columns of `cells.csv`, `domains.csv` and `indicators.csv`, in their order.
#[must_use]
pub fn columns(publication: &Publication) -> Vec<Column> {
    let mut found = Vec::with_capacity(COLUMNS.len());
    for column in COLUMNS.iter() {
        if column.name != DIMENSIONS {
            found.push(column.clone());
            continue;
        }
        found.extend(publication.breakdowns.iter().map(|breakdown| {
            let said = |text: &String| format!("{}. {text}", breakdown.label);
            Column {
                name: format!("d_{}", breakdown.code),
                words: column.words.iter().map(|(language, text)| (language.clone(), said(text))).collect(),
                ..column.clone()
            }
        }));
    }
    found
}
