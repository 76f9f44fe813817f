//! What the statistics read of the responses, packed: a bit for each condition, a small code for each category.

use std::collections::BTreeMap;

use polars::prelude::{Column, DataFrame, DataType, Expr};

use super::values::{evaluate, polars};
use crate::error::AnalysisError;

/// An expression and what it evaluates to.
pub(crate) enum Value {
    /// A boolean that is never missing.
    Condition(Expr),
    /// A text.
    Category(Expr),
    /// A number.
    Number(Expr),
}

/// A column of a chunk.
#[derive(Debug, Clone)]
enum Packed {
    /// The first respondent in the lowest bit.
    Bits(Vec<u64>),
    /// 0 when missing, else one more than an index into the names.
    Codes(Vec<u16>),
    /// Not a number when missing.
    Numbers(Vec<f64>),
}

/// Consecutive respondents.
#[derive(Debug, Clone)]
pub(crate) struct Chunk {
    rows: usize,
    columns: Vec<Packed>,
}

/// Values of all respondents, chunk after chunk.
#[derive(Debug, Clone, Default)]
pub(crate) struct Readout {
    chunks: Vec<Chunk>,
    /// For each column, the categories found so far.
    names: Vec<Vec<String>>,
}

impl Readout {
    /// Evaluates the values on more respondents: the same values each time.
    pub(crate) fn add(&mut self, frame: &DataFrame, values: &[Value]) -> Result<(), AnalysisError> {
        self.names.resize(values.len(), Vec::new());
        let expression = |value: &Value| match value {
            Value::Condition(expression) | Value::Category(expression) | Value::Number(expression) => {
                expression.clone()
            }
        };
        let table = evaluate(frame, values.iter().map(expression).collect())?;
        let mut columns = Vec::with_capacity(values.len());
        for (index, value) in values.iter().enumerate() {
            let column = table.column(index);
            columns.push(match value {
                Value::Condition(_) => Packed::Bits(bits(column)?),
                Value::Category(_) => Packed::Codes(codes(column, &mut self.names[index])?),
                Value::Number(_) => Packed::Numbers(numbers(column)?),
            });
        }
        self.chunks.push(Chunk { rows: frame.height(), columns });
        Ok(())
    }

    /// The chunks, in order.
    pub(crate) fn chunks(&self) -> &[Chunk] {
        &self.chunks
    }

    /// The categories of a column: code `k` is the name at `k - 1`.
    pub(crate) fn names(&self, column: usize) -> &[String] {
        &self.names[column]
    }

    /// For each code of a column (0 is missing), its position among `codes`.
    pub(crate) fn positions(&self, column: usize, codes: &[&str]) -> Vec<Option<usize>> {
        let position = |name: &String| codes.iter().position(|code| code == name);
        std::iter::once(None).chain(self.names(column).iter().map(position)).collect()
    }
}

impl Chunk {
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn bits(&self, column: usize) -> &[u64] {
        match &self.columns[column] {
            Packed::Bits(bits) => bits,
            _ => unreachable!("the column was read as a condition"),
        }
    }

    pub(crate) fn holds(&self, column: usize, row: usize) -> bool {
        self.bits(column)[row / 64] >> (row % 64) & 1 == 1
    }

    pub(crate) fn codes(&self, column: usize) -> &[u16] {
        match &self.columns[column] {
            Packed::Codes(codes) => codes,
            _ => unreachable!("the column was read as a category"),
        }
    }

    pub(crate) fn numbers(&self, column: usize) -> &[f64] {
        match &self.columns[column] {
            Packed::Numbers(numbers) => numbers,
            _ => unreachable!("the column was read as a number"),
        }
    }
}

fn bits(column: &Column) -> Result<Vec<u64>, AnalysisError> {
    let column = column.bool().map_err(polars)?;
    let mut words = vec![0_u64; column.len().div_ceil(64)];
    for (row, value) in column.iter().enumerate() {
        words[row / 64] |= u64::from(value == Some(true)) << (row % 64);
    }
    Ok(words)
}

fn codes(column: &Column, names: &mut Vec<String>) -> Result<Vec<u16>, AnalysisError> {
    let column = column.str().map_err(polars)?;
    let mut known: BTreeMap<&str, u16> = BTreeMap::new();
    let mut found = Vec::with_capacity(column.len());
    for value in column.iter() {
        let Some(value) = value else {
            found.push(0);
            continue;
        };
        if let Some(code) = known.get(value) {
            found.push(*code);
            continue;
        }
        let position = names.iter().position(|name| name == value).unwrap_or_else(|| {
            names.push(value.to_owned());
            names.len() - 1
        });
        let code = u16::try_from(position + 1)
            .map_err(|_| AnalysisError::Frame(format!("`{}` has too many categories", column.name())))?;
        known.insert(value, code);
        found.push(code);
    }
    Ok(found)
}

fn numbers(column: &Column) -> Result<Vec<f64>, AnalysisError> {
    let column = column.cast(&DataType::Float64).map_err(polars)?;
    Ok(column.f64().map_err(polars)?.iter().map(|value| value.unwrap_or(f64::NAN)).collect())
}
