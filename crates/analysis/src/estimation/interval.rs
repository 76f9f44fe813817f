//! Intervals.

use std::collections::BTreeMap;

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// Quantiles of Student's t at one confidence level, each computed once.
#[derive(Debug, Clone)]
pub struct Quantiles {
    upper: f64,
    by_df: BTreeMap<u32, f64>,
}

impl Quantiles {
    /// For two-sided intervals of this level, for instance 0.95.
    #[must_use]
    pub fn new(level: f64) -> Self {
        Self { upper: 1.0 - (1.0 - level) / 2.0, by_df: BTreeMap::new() }
    }

    /// The quantile with `df` degrees of freedom; `None` with none.
    ///
    /// # Panics
    /// Never: one degree of freedom or more makes a distribution.
    pub fn t(&mut self, df: u32) -> Option<f64> {
        if df == 0 {
            return None;
        }
        let upper = self.upper;
        Some(*self.by_df.entry(df).or_insert_with(|| {
            let t = StudentsT::new(0.0, 1.0, f64::from(df)).expect("one degree of freedom or more");
            t.inverse_cdf(upper)
        }))
    }
}

/// The normal quantile of a two-sided interval of this level: 1.96 for 0.95.
///
/// # Panics
/// Never: the standard normal distribution exists.
#[must_use]
pub fn normal_quantile(level: f64) -> f64 {
    Normal::new(0.0, 1.0).expect("the standard normal distribution").inverse_cdf(1.0 - (1.0 - level) / 2.0)
}

/// Effective number of respondents behind a proportion: `min(p(1-p)/v, n_Kish)`.
///
/// The first term is what the design and the calibration make of it; in a small domain with few positives v is badly
/// estimated, often far too small, and `n_Kish` is a cap that does not depend on the answers. When all answers are equal
/// v says nothing, and `n_Kish` alone is used.
#[must_use]
pub fn effective_n(p: f64, variance: f64, n_kish: f64) -> f64 {
    let spread = p * (1.0 - p);
    if spread <= 0.0 { n_kish } else { (spread / variance).min(n_kish) }
}

/// Wilson's interval of a proportion (Wilson, *Probable inference*, JASA 22, 1927) with an effective number of
/// respondents and the quantile `t`. With [`effective_n`] it is the `wilson_kish` interval of `statistics.md`,
/// section 4.
#[must_use]
pub fn wilson(p: f64, n_effective: f64, t: f64) -> (f64, f64) {
    let t2 = t * t;
    let centre = (p + t2 / (2.0 * n_effective)) / (1.0 + t2 / n_effective);
    let half_width =
        t / (2.0 * n_effective) * (4.0 * n_effective * p * (1.0 - p) + t2).sqrt() / (1.0 + t2 / n_effective);
    ((centre - half_width).max(0.0), (centre + half_width).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_at_one_half_of_a_hundred() {
        // Formula of Newcombe (Statistics in Medicine 17, 1998, method 3) by hand, z = 1.959964:
        // 1.959964/200 × √(100 + 3.841459) / 1.03841459 = 0.0961685 around one half.
        let (low, high) = wilson(0.5, 100.0, 1.959_964);
        assert!((low - 0.403_832).abs() < 1e-6, "{low}");
        assert!((high - 0.596_168).abs() < 1e-6, "{high}");
    }

    #[test]
    fn quantiles_are_those_of_the_tables() {
        let mut quantiles = Quantiles::new(0.95);
        // Student's table: 12.706 with 1 degree of freedom, 2.228 with 10; 1.960 for the normal.
        assert!((quantiles.t(1).unwrap() - 12.706_204_736).abs() < 1e-6);
        assert!((quantiles.t(10).unwrap() - 2.228_138_852).abs() < 1e-6);
        assert_eq!(quantiles.t(0), None);
        assert!((normal_quantile(0.95) - 1.959_963_985).abs() < 1e-6);
    }

    #[test]
    fn nobody_still_has_an_interval() {
        assert!((effective_n(0.0, 0.0, 20.0) - 20.0).abs() < f64::EPSILON);
        let (low, high) = wilson(0.0, 20.0, 2.0);
        assert!(low.abs() < 1e-12);
        // t²/n / (1 + t²/n) = 0.2 / 1.2.
        assert!((high - 1.0 / 6.0).abs() < 1e-12, "{high}");
    }
}
