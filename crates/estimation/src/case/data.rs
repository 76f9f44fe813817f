//! Tables of numbers and texts.

use std::collections::BTreeMap;

use super::CaseError;

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Numbers.
    Number(Vec<Option<f64>>),
    /// Texts.
    Text(Vec<Option<String>>),
}

impl Column {
    /// A column of texts as read, empty ones missing: of numbers when all others are.
    #[must_use]
    pub fn parse(texts: Vec<String>) -> Self {
        let numbers: Option<Vec<Option<f64>>> = texts
            .iter()
            .map(|text| if text.is_empty() { Some(None) } else { number(text).map(Some) })
            .collect();
        match numbers {
            Some(numbers) => Self::Number(numbers),
            None => {
                Self::Text(texts.into_iter().map(|text| Some(text).filter(|text| !text.is_empty())).collect())
            }
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Number(values) => values.len(),
            Self::Text(values) => values.len(),
        }
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value as text: whole numbers without decimals.
    #[must_use]
    pub fn text(&self, row: usize) -> Option<String> {
        match self {
            Self::Number(values) => values[row].map(|value| format!("{value}")),
            Self::Text(values) => values[row].clone(),
        }
    }

    /// The value as a number; a text is none.
    #[must_use]
    pub fn number(&self, row: usize) -> Option<f64> {
        match self {
            Self::Number(values) => values[row],
            Self::Text(_) => None,
        }
    }
}

/// A number as files write it; `inf` and `nan` are words, not numbers.
fn number(text: &str) -> Option<f64> {
    let is_number =
        text.bytes().any(|b| b.is_ascii_digit()) && !text.contains(['x', 'X', 'i', 'I', 'n', 'N']);
    if is_number { text.trim().parse().ok() } else { None }
}

/// Columns of one length, by name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    columns: BTreeMap<String, Column>,
    rows: usize,
}

impl Table {
    /// A table.
    ///
    /// # Errors
    /// When columns have several lengths.
    pub fn new(columns: BTreeMap<String, Column>) -> Result<Self, String> {
        let rows = columns.values().next().map_or(0, Column::len);
        match columns.iter().find(|(_, column)| column.len() != rows) {
            Some((name, column)) => Err(format!("column `{name}` has {} rows, others {rows}", column.len())),
            None => Ok(Self { columns, rows }),
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The column of this name.
    pub(super) fn column(&self, name: &str) -> Result<&Column, CaseError> {
        self.columns.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.columns.keys().map(String::as_str).collect();
            CaseError::unreadable(format!("there is no column `{name}` (columns: {})", known.join(", ")))
        })
    }

    /// The names of the columns.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.keys().map(String::as_str)
    }

    /// A column of numbers, not a number where missing; texts are refused.
    pub(super) fn numbers(&self, name: &str) -> Result<Vec<f64>, CaseError> {
        match self.column(name)? {
            Column::Number(values) => Ok(values.iter().map(|value| value.unwrap_or(f64::NAN)).collect()),
            Column::Text(_) => {
                Err(CaseError::unreadable(format!("column `{name}` holds texts (expected numbers)")))
            }
        }
    }

    /// A column as texts.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<Option<String>>, CaseError> {
        let column = self.column(name)?;
        Ok((0..self.rows).map(|row| column.text(row)).collect())
    }
}
