//! Quantiles and tails of the reference distributions.
//!
//! Tails come from a library; quantiles are found here on those tails by bisection and Newton's method until they stop
//! moving, because an interval is promised to eight digits and library quantiles stop earlier.

use statrs::distribution::{Beta, ChiSquared, Continuous, ContinuousCDF, FisherSnedecor, Normal, StudentsT};

/// Degrees of freedom of a reference distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DegreesOfFreedom {
    /// As many as this; 0 gives no interval.
    Finite(f64),
    /// The normal distribution.
    Infinite,
}

impl DegreesOfFreedom {
    /// The two-sided quantile of this level: 1.96 for 0.95 and infinitely many. `None` with no degree of freedom.
    #[must_use]
    pub fn quantile(self, level: f64) -> Option<f64> {
        let upper = 1.0 - (1.0 - level) / 2.0;
        match self {
            Self::Infinite => {
                let normal = Normal::new(0.0, 1.0).ok()?;
                let guess = normal.inverse_cdf(upper);
                Some(refine(guess, |x| (1.0 - upper) - normal_tail(x), |x| normal.pdf(x)))
            }
            Self::Finite(df) => {
                let t = StudentsT::new(0.0, 1.0, df).ok()?;
                // The nearer tail, so that little is lost to rounding.
                Some(refine(t.inverse_cdf(upper), |x| (1.0 - upper) - t.sf(x), |x| t.pdf(x)))
            }
        }
    }

    /// Two-sided p-value of the statistic `t`.
    #[must_use]
    pub fn p_value(self, t: f64) -> Option<f64> {
        match self {
            Self::Infinite => Some(2.0 * normal_tail(t.abs())),
            Self::Finite(df) => Some(2.0 * StudentsT::new(0.0, 1.0, df).ok()?.sf(t.abs())),
        }
    }
}

/// Upper tail of the standard normal distribution. The complement of the error function is that of the C library: the
/// other one is exact to eleven digits only.
fn normal_tail(x: f64) -> f64 {
    0.5 * libm::erfc(x / std::f64::consts::SQRT_2)
}

/// Newton's steps from a first guess; `miss` is the probability that should lie above x, less that which does.
fn refine(guess: f64, miss: impl Fn(f64) -> f64, density: impl Fn(f64) -> f64) -> f64 {
    let mut x = guess;
    for _ in 0..20 {
        let step = miss(x) / density(x);
        if !step.is_finite() {
            return x;
        }
        x -= step;
        if step.abs() <= 1e-15 * x.abs() {
            break;
        }
    }
    x
}

/// Quantile of a beta distribution, 0 when `a` is 0 and 1 when `b` is 0.
#[must_use]
pub fn beta_quantile(p: f64, a: f64, b: f64) -> Option<f64> {
    if a <= 0.0 {
        return Some(0.0);
    }
    if b <= 0.0 {
        return Some(1.0);
    }
    let beta = Beta::new(a, b).ok()?;
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    let mut x = a / (a + b);
    for _ in 0..200 {
        let miss = beta.cdf(x) - p;
        if miss > 0.0 {
            high = x;
        } else {
            low = x;
        }
        let newton = x - miss / beta.pdf(x);
        // A Newton step that leaves the bracket is replaced by a halving.
        let next = if newton > low && newton < high { newton } else { f64::midpoint(low, high) };
        if (next - x).abs() <= 1e-16 + 1e-15 * x {
            return Some(next);
        }
        x = next;
    }
    Some(x)
}

/// Upper tail of F with `(ndf, ddf)` degrees of freedom, which need not be whole.
#[must_use]
pub fn f_tail(statistic: f64, ndf: f64, ddf: f64) -> Option<f64> {
    Some(FisherSnedecor::new(ndf, ddf).ok()?.sf(statistic))
}

/// Upper tail of the chi-squared distribution.
#[must_use]
pub fn chi_squared_tail(statistic: f64, df: f64) -> Option<f64> {
    Some(ChiSquared::new(df).ok()?.sf(statistic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        let near = |found: Option<f64>, expected: f64| {
            assert!((found.unwrap_or(f64::NAN) / expected - 1.0).abs() < 1e-13, "{found:?} {expected}");
        };
        near(DegreesOfFreedom::Infinite.quantile(0.95), 1.959_963_984_540_054);
        near(DegreesOfFreedom::Finite(1.0).quantile(0.95), 12.706_204_736_174_71);
        near(DegreesOfFreedom::Finite(14.0).quantile(0.95), 2.144_786_687_917_804);
        assert_eq!(DegreesOfFreedom::Finite(0.0).quantile(0.95), None);
        // Of a uniform and of a power distribution, by hand.
        near(beta_quantile(0.3, 1.0, 1.0), 0.3);
        near(beta_quantile(0.25, 2.0, 1.0), 0.5);
        assert_eq!(beta_quantile(0.3, 0.0, 4.0), Some(0.0));
    }
}
