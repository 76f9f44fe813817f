//! Raking: the weights nearest to the base weights that meet the margins.

use nalgebra::DVector;

use super::auxiliary::{Auxiliary, pseudo_inverse};

/// No weights met the totals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NotConverged {
    /// The column with the largest residual.
    pub column: usize,
    /// Its distance from the total.
    pub residual: f64,
}

/// Largest accepted |t - T| / (1 + |T|).
pub const TOLERANCE: f64 = 1e-9;

/// Newton steps before giving up.
const STEPS: u32 = 50;
/// Halvings of one Newton step before giving up.
const HALVINGS: u32 = 40;

/// Weights `w_k = d_k exp(x_k'λ)` such that `Σ w_k x_k = T` (`totals`).
///
/// They minimise Σ d G(w/d) for the exponential distance (Deville and Särndal, *Calibration estimators in survey
/// sampling*, JASA 87, 1992, case 2), and with categorical margins they are the fixed point of iterative proportional
/// fitting (Deming and Stephan, 1940). λ is found by Newton's method; a step is halved while it does not bring the
/// totals nearer or overflows.
///
/// # Errors
/// When no λ brings every total within [`TOLERANCE`].
///
/// # Panics
/// When `d` or `totals` does not have the size of `x`.
pub fn rake(d: &[f64], x: &Auxiliary, totals: &[f64]) -> Result<Vec<f64>, NotConverged> {
    assert_eq!(
        (d.len(), totals.len()),
        (x.rows(), x.columns()),
        "one base weight per row, one total per column"
    );
    let totals = DVector::from_column_slice(totals);
    let weights = |lambda: &DVector<f64>| -> Vec<f64> {
        d.iter().enumerate().map(|(k, d)| d * x.dot(k, lambda).exp()).collect()
    };
    let misfit = |w: &[f64]| {
        let residual = &totals - x.totals(w);
        let worst = residual.zip_map(&totals, |r, t| r.abs() / (1.0 + t.abs())).amax();
        (residual, if worst.is_finite() { worst } else { f64::INFINITY })
    };

    let mut lambda = DVector::zeros(x.columns());
    let mut w = weights(&lambda);
    let (mut residual, mut worst) = misfit(&w);
    // Newton goes on past the tolerance while it still gains: the last step costs little and takes the totals from
    // 1e-9 to rounding.
    for _ in 0..STEPS {
        let direction = pseudo_inverse(&x.gram(&w)) * &residual;
        let nearer = (0..HALVINGS).find_map(|halving| {
            let tried = &lambda + &direction * 0.5_f64.powi(halving.cast_signed());
            let w = weights(&tried);
            let (residual, now) = misfit(&w);
            (now < worst).then_some((tried, w, residual, now))
        });
        let Some((tried, tried_w, tried_residual, now)) = nearer else { break };
        (lambda, w, residual, worst) = (tried, tried_w, tried_residual, now);
        if worst < TOLERANCE * 1e-4 {
            break;
        }
    }
    if worst < TOLERANCE {
        return Ok(w);
    }
    let relative = residual.zip_map(&totals, |r, t| r.abs() / (1.0 + t.abs()));
    let column = relative.imax();
    Err(NotConverged { column, residual: residual[column].abs() })
}
