//! From columns to plain vectors, once: statistics read slices.

use polars::prelude::{Column, DataFrame, DataType, Expr, IntoLazy, PolarsError};

use crate::error::AnalysisError;

/// A table of evaluated expressions, read by position.
pub(crate) struct Table(DataFrame);

/// Evaluates expressions on every row of `frame`.
pub(crate) fn evaluate(frame: &DataFrame, expressions: Vec<Expr>) -> Result<Table, AnalysisError> {
    let names: Vec<String> = (0..expressions.len()).map(|index| format!("value {index}")).collect();
    // `with_columns` and not `select`: a constant is then repeated on every row.
    let named = expressions.into_iter().zip(&names).map(|(expression, name)| expression.alias(name.as_str()));
    let frame = frame.clone().lazy().with_columns(named.collect::<Vec<_>>()).collect().map_err(polars)?;
    frame.select(&names).map(Table).map_err(polars)
}

impl Table {
    /// The column of the expression at `index`.
    pub(crate) fn column(&self, index: usize) -> &Column {
        &self.0.columns()[index]
    }
}

/// A condition's values.
pub(crate) fn booleans(column: &Column) -> Result<Vec<bool>, AnalysisError> {
    Ok(column.bool().map_err(polars)?.iter().map(|value| value.unwrap_or(false)).collect())
}

/// A number's values, `None` when missing.
pub(crate) fn numbers(column: &Column) -> Result<Vec<Option<f64>>, AnalysisError> {
    let column = column.cast(&DataType::Float64).map_err(polars)?;
    Ok(column.f64().map_err(polars)?.iter().collect())
}

/// A text's values.
pub(crate) fn strings(column: &Column) -> Result<Vec<Option<String>>, AnalysisError> {
    Ok(column.str().map_err(polars)?.iter().map(|value| value.map(str::to_owned)).collect())
}

/// A polars error as ours.
#[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
pub(crate) fn polars(error: PolarsError) -> AnalysisError {
    AnalysisError::Frame(error.to_string())
}
