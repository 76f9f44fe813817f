//! The variance of a calibrated estimate.

use estimation::calibration::pseudo_inverse;
use nalgebra::{DMatrix, DVector};

use super::cells::Cells;
use crate::calibration::Weights;

/// Taylor linearisation with calibration residuals, one stratum, every respondent its own primary unit, no finite
/// population correction (Deville, *Survey Methodology* 25, 1999; Deville and Särndal, JASA 87, 1992):
///
/// ```text
/// V = n/(n-1) Σ (z_k - z̄)²,  z_k = w_k e_k,  e_k = u_k - x_k'B,  B = (Σ d x x')⁻ Σ d x u
/// ```
///
/// where u is the linearised variable, zero outside the domain D, and every sum is over **all** respondents. e is not
/// zero outside the domain, but there it is -x'B, so what depends on u is a sum over the domain only; and respondents
/// of one calibration cell c share d, x and w, so that their U = Σ u and their Σ u² are all that is needed of them:
///
/// ```text
/// Σ d x u = Σ_c d x U
/// Σ z     = Σ_c w U - B'm                              m = Σ w x
/// Σ z²    = Σ_c w² Σu² - 2 B' Σ_c w² x U + B'M B       M = Σ w² x x'
/// ```
#[derive(Debug, Clone)]
pub struct TaylorVariance {
    cells: Cells,
    n: f64,
    /// (Σ d x x')⁻
    inverse: DMatrix<f64>,
    /// m
    totals: DVector<f64>,
    /// M
    squares: DMatrix<f64>,
}

/// Σ u and Σ u² over the respondents of one cell.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct CellSums {
    pub sum: f64,
    pub squares: f64,
}

impl TaylorVariance {
    /// Prepares what does not depend on the variable.
    #[must_use]
    pub fn new(weights: &Weights) -> Self {
        let cells = Cells::of(weights);
        let times = |of: &dyn Fn(usize) -> f64| -> Vec<f64> {
            (0..cells.len()).map(|cell| cells.counts[cell] * of(cell)).collect()
        };
        Self {
            n: weights.calibrated.len() as f64,
            inverse: pseudo_inverse(&cells.auxiliary.gram(&times(&|cell| cells.base[cell]))),
            totals: cells.auxiliary.totals(&times(&|cell| cells.calibrated[cell])),
            squares: cells.auxiliary.gram(&times(&|cell| cells.calibrated[cell].powi(2))),
            cells,
        }
    }

    pub(super) fn cells(&self) -> &Cells {
        &self.cells
    }

    /// V for the linearised variable `u` of the respondents at `rows`, zero for all others.
    ///
    /// # Panics
    /// When `rows` and `u` have different lengths.
    #[must_use]
    pub fn of(&self, rows: &[usize], u: &[f64]) -> f64 {
        assert_eq!(rows.len(), u.len(), "one value per respondent");
        let mut sums = vec![CellSums::default(); self.cells.len()];
        for (row, u) in rows.iter().zip(u) {
            let cell = &mut sums[self.cells.of_row[*row] as usize];
            cell.sum += u;
            cell.squares += u * u;
        }
        self.of_cells(&sums)
    }

    /// V for a linearised variable of which these are the sums, cell by cell.
    pub(super) fn of_cells(&self, sums: &[CellSums]) -> f64 {
        let auxiliary = &self.cells.auxiliary;
        let mut by_base = DVector::zeros(auxiliary.columns());
        let mut by_square = DVector::zeros(auxiliary.columns());
        let (mut sum, mut sum_of_squares) = (0.0, 0.0);
        for (cell, of_cell) in sums.iter().enumerate() {
            let (d, w) = (self.cells.base[cell], self.cells.calibrated[cell]);
            sum += w * of_cell.sum;
            sum_of_squares += w * w * of_cell.squares;
            auxiliary.add(cell, d * of_cell.sum, &mut by_base);
            auxiliary.add(cell, w * w * of_cell.sum, &mut by_square);
        }
        let b = &self.inverse * by_base;
        let z = sum - b.dot(&self.totals);
        let z_squared = sum_of_squares - 2.0 * b.dot(&by_square) + b.dot(&(&self.squares * &b));
        // A calibrated total has no variance; rounding must not make it negative.
        (self.n / (self.n - 1.0) * (z_squared - z * z / self.n)).max(0.0)
    }
}
