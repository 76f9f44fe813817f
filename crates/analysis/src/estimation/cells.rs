//! Calibration cells: respondents whom calibration cannot tell apart, and who therefore share d, x and w.

use estimation::calibration::Auxiliary;

use crate::calibration::Weights;

/// The cells of a calibration. There are as many as combinations of margins' categories that occur (a blank is one of
/// them), whatever the number of respondents.
#[derive(Debug, Clone)]
pub(super) struct Cells {
    /// The cell of each respondent.
    pub of_row: Vec<u32>,
    /// How many respondents each has.
    pub counts: Vec<f64>,
    /// d of each.
    pub base: Vec<f64>,
    /// w of each.
    pub calibrated: Vec<f64>,
    /// x of each.
    pub auxiliary: Auxiliary,
}

impl Cells {
    /// The cells of a calibration, in the order of their first respondents.
    pub(super) fn of(weights: &Weights) -> Self {
        let cells = weights.auxiliary.rows();
        let mut found = Self {
            of_row: weights.cells.clone(),
            counts: vec![0.0; cells],
            base: vec![0.0; cells],
            calibrated: vec![0.0; cells],
            auxiliary: weights.auxiliary.clone(),
        };
        let of_row = weights.cells.iter().zip(&weights.base).zip(&weights.calibrated);
        for ((cell, base), calibrated) in of_row {
            let cell = *cell as usize;
            found.counts[cell] += 1.0;
            found.base[cell] = *base;
            found.calibrated[cell] = *calibrated;
        }
        found
    }

    /// The number of cells.
    pub(super) fn len(&self) -> usize {
        self.counts.len()
    }
}
