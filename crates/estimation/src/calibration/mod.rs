//! Calibration: the weights nearest to the base weights that meet known totals.
//!
//! `w_k = d_k F(x_k'λ)` with `Σ w_k x_k = T` (Deville and Särndal, *Calibration estimators in survey sampling*, JASA
//! 87, 1992, 376–382). With categorical margins and the exponential distance it is the fixed point of iterative
//! proportional fitting (Deming and Stephan, 1940).

mod auxiliary;

use nalgebra::DVector;

pub use auxiliary::{Auxiliary, pseudo_inverse};

/// The distance that calibrated weights minimise, by its inverse derivative F. Bounds are on g = w/d.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Distance {
    /// F(u) = 1 + u: weights may be negative.
    Linear,
    /// F(u) = exp(u).
    Raking,
    /// F between the bounds L < 1 < U, smooth.
    Logit {
        /// L.
        lower: f64,
        /// U.
        upper: f64,
    },
    /// 1 + u cut at the bounds.
    TruncatedLinear {
        /// L.
        lower: f64,
        /// U.
        upper: f64,
    },
}

impl Distance {
    /// F(u) and F'(u).
    #[must_use]
    pub fn g(self, u: f64) -> (f64, f64) {
        match self {
            Self::Linear => (1.0 + u, 1.0),
            Self::Raking => (u.exp(), u.exp()),
            Self::Logit { lower, upper } => {
                let a = (upper - lower) / ((1.0 - lower) * (upper - 1.0));
                // Divided by e^{Au} where that is large, so that neither part overflows.
                let f = if u > 0.0 {
                    let e = (-a * u).exp();
                    (lower * (upper - 1.0) * e + upper * (1.0 - lower)) / ((upper - 1.0) * e + (1.0 - lower))
                } else {
                    let e = (a * u).exp();
                    (lower * (upper - 1.0) + upper * (1.0 - lower) * e) / ((upper - 1.0) + (1.0 - lower) * e)
                };
                (f, a * (f - lower) * (upper - f) / (upper - lower))
            }
            Self::TruncatedLinear { lower, upper } => {
                let is_inside = (lower..=upper).contains(&(1.0 + u));
                ((1.0 + u).clamp(lower, upper), if is_inside { 1.0 } else { 0.0 })
            }
        }
    }
}

/// No weights met the totals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NotConverged {
    /// The column with the largest residual.
    pub column: usize,
    /// Its distance from the total.
    pub residual: f64,
}

/// Largest accepted |t − T| / (1 + |T|).
pub const TOLERANCE: f64 = 1e-9;

/// Newton steps before giving up.
const STEPS: u32 = 100;
/// Halvings of one Newton step before giving up.
const HALVINGS: i32 = 40;

/// Weights `w_k = d_k F(x_k'λ)` such that `Σ w_k x_k = T` (`totals`), by Newton's method; a step is halved while it
/// does not bring the totals nearer or overflows.
///
/// # Errors
/// When no λ brings every total within [`TOLERANCE`].
///
/// # Panics
/// When `d` or `totals` does not have the size of `x`.
pub fn calibrate(
    d: &[f64],
    x: &Auxiliary,
    totals: &[f64],
    distance: Distance,
) -> Result<Vec<f64>, NotConverged> {
    assert_eq!(
        (d.len(), totals.len()),
        (x.rows(), x.columns()),
        "one base weight per row, one total per column"
    );
    let totals = DVector::from_column_slice(totals);
    // Weights, and d F', the weights of the Jacobian.
    let weights = |lambda: &DVector<f64>| -> (Vec<f64>, Vec<f64>) {
        let pairs = d.iter().enumerate().map(|(k, d)| {
            let (g, slope) = distance.g(x.dot(k, lambda));
            (d * g, d * slope)
        });
        pairs.unzip()
    };
    let misfit = |w: &[f64]| {
        let residual = &totals - x.totals(w);
        let worst = residual.zip_map(&totals, |r, t| r.abs() / (1.0 + t.abs())).amax();
        (residual, if worst.is_finite() { worst } else { f64::INFINITY })
    };

    let mut lambda = DVector::zeros(x.columns());
    let (mut w, mut slopes) = weights(&lambda);
    let (mut residual, mut worst) = misfit(&w);
    // Newton goes on past the tolerance while it still gains: the last step costs little and takes the totals from
    // 1e-9 to rounding.
    for _ in 0..STEPS {
        if worst < TOLERANCE * 1e-5 {
            break;
        }
        let direction = pseudo_inverse(&x.gram(&slopes)) * &residual;
        let nearer = (0..HALVINGS).find_map(|halving| {
            let tried = &lambda + &direction * 0.5_f64.powi(halving);
            let (w, slopes) = weights(&tried);
            let (residual, now) = misfit(&w);
            (now < worst).then_some((tried, w, slopes, residual, now))
        });
        let Some((tried, tried_w, tried_slopes, tried_residual, now)) = nearer else { break };
        (lambda, w, slopes, residual, worst) = (tried, tried_w, tried_slopes, tried_residual, now);
    }
    if worst < TOLERANCE {
        return Ok(w);
    }
    let relative = residual.zip_map(&totals, |r, t| r.abs() / (1.0 + t.abs()));
    let column = relative.imax();
    Err(NotConverged { column, residual: residual[column].abs() })
}

/// Brings weights outside [`lower`, `upper`] to the limit and shares what was cut in equal absolute amounts among the
/// units that were inside; `is_strict` repeats until none is outside (the `trimWeights` of R's survey package).
#[must_use]
pub fn trim(weights: &[f64], lower: f64, upper: f64, is_strict: bool) -> Vec<f64> {
    let mut w = weights.to_vec();
    loop {
        let is_outside: Vec<bool> = w.iter().map(|w| *w < lower || *w > upper).collect();
        let inside = is_outside.iter().filter(|is_outside| !**is_outside).count();
        if inside == 0 || inside == w.len() {
            return w;
        }
        let cut: f64 = w.iter().map(|w| w - w.clamp(lower, upper)).sum();
        for (w, is_outside) in w.iter_mut().zip(&is_outside) {
            *w = if *is_outside { w.clamp(lower, upper) } else { *w + cut / inside as f64 };
        }
        if !is_strict {
            return w;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells() -> Auxiliary {
        let mut x = Auxiliary::new(2);
        for column in [0, 0, 1, 1] {
            x.push([(column, 1.0)]);
        }
        x
    }

    #[test]
    fn with_one_margin_every_distance_gives_the_ratio_of_totals() {
        for distance in [
            Distance::Linear,
            Distance::Raking,
            Distance::Logit { lower: 0.1, upper: 9.0 },
            Distance::TruncatedLinear { lower: 0.1, upper: 9.0 },
        ] {
            let w = calibrate(&[1.0, 3.0, 2.0, 2.0], &cells(), &[8.0, 1.0], distance).expect("feasible");
            for (found, expected) in w.iter().zip([2.0, 6.0, 0.5, 0.5]) {
                assert!((found - expected).abs() < 1e-9, "{distance:?}: {w:?}");
            }
        }
    }

    #[test]
    fn bounds_that_exclude_the_ratio_are_an_error() {
        for distance in
            [Distance::Logit { lower: 0.9, upper: 1.1 }, Distance::TruncatedLinear { lower: 0.9, upper: 1.1 }]
        {
            let refused = calibrate(&[1.0; 4], &cells(), &[4.0, 2.0], distance);
            assert_eq!(refused.expect_err("no ratio of 2 within 1.1").column, 0);
        }
    }

    #[test]
    fn the_derivative_is_that_of_the_function() {
        for distance in [Distance::Raking, Distance::Logit { lower: 0.3, upper: 3.0 }] {
            for u in [-3.0, -0.2, 0.0, 0.7, 5.0] {
                let h = 1e-6;
                let slope = (distance.g(u + h).0 - distance.g(u - h).0) / (2.0 * h);
                assert!((slope - distance.g(u).1).abs() < 1e-6 * (1.0 + slope.abs()), "{distance:?} {u}");
            }
            assert!((distance.g(0.0).0 - 1.0).abs() < 1e-12 && (distance.g(0.0).1 - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn trimming_keeps_the_sum() {
        // By hand: 10 is cut to 6, 4 is shared by three; then 6.33 is cut to 6 and 1/6 goes to each of two.
        let w = trim(&[1.0, 2.0, 5.0, 10.0], 0.0, 6.0, true);
        let by_hand = [1.0 + 4.0 / 3.0 + 1.0 / 6.0, 2.0 + 4.0 / 3.0 + 1.0 / 6.0, 6.0, 6.0];
        assert!(w.iter().zip(by_hand).all(|(a, b)| (a - b).abs() < 1e-12), "{w:?}");
    }
}
