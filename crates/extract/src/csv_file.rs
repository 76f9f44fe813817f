//! A table as CSV, for programs that do not read Parquet.

use csv::{Terminator, WriterBuilder};
use polars::prelude::{Column, DataFrame, DataType};

use crate::error::ExtractError;

/// The table as CSV (RFC 4180) in UTF-8, with a line of names. What is missing is an empty field; a boolean is 1 or 0;
/// a number has the digits that are needed to read it back.
///
/// # Errors
/// When a column holds neither texts, nor numbers, nor booleans: a defect of the program.
pub fn csv_file(frame: &DataFrame) -> Result<Vec<u8>, ExtractError> {
    let failed = |error: csv::Error| ExtractError::Table(error.to_string());
    let columns = frame.columns().iter().map(fields).collect::<Result<Vec<_>, _>>()?;
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(frame.columns().iter().map(|column| column.name().as_str())).map_err(failed)?;
    for row in 0..frame.height() {
        writer.write_record(columns.iter().map(|column| column[row].as_str())).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| ExtractError::Table(error.to_string()))
}

fn fields(column: &Column) -> Result<Vec<String>, ExtractError> {
    let failed = |error: polars::prelude::PolarsError| ExtractError::Table(error.to_string());
    let text = |value: Option<&dyn std::fmt::Display>| value.map_or_else(String::new, ToString::to_string);
    Ok(match column.dtype() {
        DataType::String => {
            column.str().map_err(failed)?.iter().map(|v| v.unwrap_or("").to_owned()).collect()
        }
        DataType::Boolean => {
            let digit =
                |value: Option<bool>| value.map_or("", |value| if value { "1" } else { "0" }).to_owned();
            column.bool().map_err(failed)?.iter().map(digit).collect()
        }
        DataType::Int32 => {
            column.i32().map_err(failed)?.iter().map(|v| text(v.as_ref().map(|v| v as _))).collect()
        }
        DataType::Int64 => {
            column.i64().map_err(failed)?.iter().map(|v| text(v.as_ref().map(|v| v as _))).collect()
        }
        DataType::Float64 => {
            column.f64().map_err(failed)?.iter().map(|v| text(v.as_ref().map(|v| v as _))).collect()
        }
        other => {
            let message = format!("column `{}` is of type {other} and has no form in CSV", column.name());
            return Err(ExtractError::Table(message));
        }
    })
}
