//! The variance of a calibrated estimate.

use estimation::calibration::{Auxiliary, pseudo_inverse};
use nalgebra::{DMatrix, DVector};

use crate::calibration::Weights;

/// Taylor linearisation with calibration residuals, one stratum, every respondent its own primary unit, no finite
/// population correction (Deville, *Survey Methodology* 25, 1999; Deville and Särndal, JASA 87, 1992):
///
/// ```text
/// V = n/(n-1) Σ (z_k - z̄)²,  z_k = w_k e_k,  e_k = u_k - x_k'B,  B = (Σ d x x')⁻ Σ d x u
/// ```
///
/// where u is the linearised variable, zero outside the domain D, and every sum is over **all** respondents. e is not
/// zero outside the domain, but there it is -x'B, so what depends on u is a sum over the domain only:
///
/// ```text
/// Σ z  = Σ_D w u - B'm                          m = Σ w x
/// Σ z² = Σ_D w²u² - 2 B' Σ_D w² x u + B'M B     M = Σ w² x x'
/// ```
#[derive(Debug, Clone)]
pub struct TaylorVariance<'a> {
    weights: &'a Weights,
    /// (Σ d x x')⁻
    inverse: DMatrix<f64>,
    /// m
    totals: DVector<f64>,
    /// M
    squares: DMatrix<f64>,
}

impl<'a> TaylorVariance<'a> {
    /// Prepares what does not depend on the variable.
    #[must_use]
    pub fn new(weights: &'a Weights) -> Self {
        let squared: Vec<f64> = weights.calibrated.iter().map(|w| w * w).collect();
        Self {
            weights,
            inverse: pseudo_inverse(&weights.auxiliary.gram(&weights.base)),
            totals: weights.auxiliary.totals(&weights.calibrated),
            squares: weights.auxiliary.gram(&squared),
        }
    }

    /// V for the linearised variable `u` of the respondents at `rows`, zero for all others.
    ///
    /// # Panics
    /// When `rows` and `u` have different lengths.
    #[must_use]
    pub fn of(&self, rows: &[usize], u: &[f64]) -> f64 {
        assert_eq!(rows.len(), u.len(), "one value per respondent");
        let auxiliary: &Auxiliary = &self.weights.auxiliary;
        let mut by_base = DVector::zeros(auxiliary.columns());
        let mut by_square = DVector::zeros(auxiliary.columns());
        let (mut sum, mut sum_of_squares) = (0.0, 0.0);
        for (row, u) in rows.iter().zip(u) {
            let weighted = self.weights.calibrated[*row] * u;
            sum += weighted;
            sum_of_squares += weighted * weighted;
            auxiliary.add(*row, self.weights.base[*row] * u, &mut by_base);
            auxiliary.add(*row, self.weights.calibrated[*row] * weighted, &mut by_square);
        }
        let b = &self.inverse * by_base;
        let n = self.weights.calibrated.len() as f64;
        let z = sum - b.dot(&self.totals);
        let z_squared = sum_of_squares - 2.0 * b.dot(&by_square) + b.dot(&(&self.squares * &b));
        // A calibrated total has no variance; rounding must not make it negative.
        (n / (n - 1.0) * (z_squared - z * z / n)).max(0.0)
    }
}
