//! `cells.parquet`: the cells as displayed, for programs.

use polars::prelude::{Column, DataFrame, ParquetWriter};
use publication::Publication;

use crate::columns::polars;
use crate::error::AnalysisError;

/// Columns that hold numbers, or nothing.
const NUMBERS: [&str; 7] = ["step", "lo", "hi", "se", "ci_lo", "ci_hi", "pop"];
/// Columns that hold whole numbers, or nothing.
const WHOLE: [&str; 3] = ["n_step", "n_lo", "n_hi"];

/// The bytes of the file: the rows and columns of `cells.csv`, and nothing else.
///
/// # Errors
/// When they cannot be encoded.
pub fn cells_parquet(publication: &Publication) -> Result<Vec<u8>, AnalysisError> {
    let rows = publication::cells_rows(publication);
    let (header, rows) = rows.split_first().expect("the header comes first");
    let columns = header.iter().enumerate().map(|(index, name)| {
        let texts = rows.iter().map(|row| row[index].as_str());
        match name.as_str() {
            name if NUMBERS.contains(&name) => {
                Column::new(name.into(), texts.map(|text| text.parse::<f64>().ok()).collect::<Vec<_>>())
            }
            name if WHOLE.contains(&name) => {
                Column::new(name.into(), texts.map(|text| text.parse::<u32>().ok()).collect::<Vec<_>>())
            }
            "suppressed" => Column::new(name.into(), texts.map(|text| text == "1").collect::<Vec<_>>()),
            name => Column::new(name.into(), texts.collect::<Vec<_>>()),
        }
    });
    let mut frame = DataFrame::new(rows.len(), columns.collect()).map_err(polars)?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).map_err(polars)?;
    Ok(bytes)
}
