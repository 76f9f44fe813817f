//! What an archive of the microdata takes from the analysis: weights and derived variables of the valid responses, and
//! protected frequencies for its codebook.

mod frequencies;

use extract::Extract;
use extract::columns::ID;
use polars::prelude::{Column, DataFrame, SortMultipleOptions};
use questionnaire::{Edition, Subject};

pub use frequencies::{Frequencies, frequencies};

use crate::calibration::calibrate;
use crate::cleaning::{Cleaned, clean};
use crate::columns::polars;
use crate::error::AnalysisError;

/// Name of the column of weights.
pub const WEIGHT: &str = "weight";

/// The valid responses of an edition, as an archive holds them.
#[derive(Debug)]
pub struct Archived {
    /// One row per valid response: `id`, `weight` when there are weights, then every derived variable in the
    /// definition's order. As confidential as the responses.
    pub table: DataFrame,
    /// Why there are no weights, when there are none: a sample that does not fit the margins.
    pub no_weights: Option<AnalysisError>,
    /// What may be shown of each answer column.
    pub frequencies: std::collections::BTreeMap<String, Frequencies>,
}

/// Cleans and calibrates as [`crate::analyse`] does, for the archive.
///
/// # Errors
/// When the extract is not of this edition. A calibration that fails is not an error: an archive may be made of a
/// sample that is too small to be weighted.
pub fn archive(extract: &Extract, edition: &Edition) -> Result<Archived, AnalysisError> {
    crate::of_this_edition(extract, edition)?;
    let cleaned = clean(extract.frame()?, edition)?;
    let (weights, no_weights) = match calibrate(&cleaned, edition) {
        Ok(weights) => (Some(weights.calibrated), None),
        Err(error) => (None, Some(error)),
    };
    Ok(Archived {
        table: table(&cleaned, weights, edition)?,
        no_weights,
        frequencies: frequencies(&cleaned, edition)?,
    })
}

fn table(
    cleaned: &Cleaned,
    weights: Option<Vec<f64>>,
    edition: &Edition,
) -> Result<DataFrame, AnalysisError> {
    let derived = (0..edition.derived.len()).map(|index| edition.subject_name(Subject::Derived(index)));
    let names: Vec<String> = std::iter::once(ID.to_owned()).chain(derived).collect();
    let mut columns: Vec<Column> = cleaned.frame.select(names).map_err(polars)?.columns().to_vec();
    if let Some(weights) = weights {
        columns.insert(1, Column::new(WEIGHT.into(), weights));
    }
    DataFrame::new(cleaned.len(), columns)
        .and_then(|frame| frame.sort([ID], SortMultipleOptions::default()))
        .map_err(polars)
}
