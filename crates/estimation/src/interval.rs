//! Intervals of proportions.
//!
//! Notation: p, v = V(p), t the quantile of Student's distribution at the design's degrees of freedom, n respondents,
//! `n_e = p(1 − p)/v`, `n_k` Kish's effective number.

use crate::distribution::{DegreesOfFreedom, beta_quantile};

/// A method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// p ± t √v.
    Wald,
    /// On the logit scale (`xlogit` is the same).
    Logit,
    /// On the scale of arcsin √p.
    Arcsine,
    /// Korn and Graubard, *Confidence intervals for proportions with small expected number of positive counts
    /// estimated from survey data*, Survey Methodology 24 (1998), 193–201, as R has it.
    Beta,
    /// The same, the effective number capped at n, as the NCHS has it (Parker and others, *National Center for Health
    /// Statistics data presentation standards for proportions*, Series 2, 175, 2017).
    BetaNchs,
    /// Wilson, *Probable inference*, JASA 22 (1927), with `n_e`.
    Wilson,
    /// Wilson with min(`n_e`, `n_k`): our default (`statistics.md`, section 4).
    WilsonKish,
}

impl Method {
    /// All, by their names in cases.
    pub const NAMES: [(&'static str, Self); 8] = [
        ("wald", Self::Wald),
        ("logit", Self::Logit),
        ("xlogit", Self::Logit),
        ("asin", Self::Arcsine),
        ("beta", Self::Beta),
        ("beta_nchs", Self::BetaNchs),
        ("wilson", Self::Wilson),
        ("wilson_kish", Self::WilsonKish),
    ];
}

/// What an interval of a proportion is made from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proportion {
    /// p.
    pub p: f64,
    /// V(p).
    pub variance: f64,
    /// Respondents.
    pub n: f64,
    /// Kish's effective number.
    pub n_kish: f64,
    /// Degrees of freedom.
    pub df: DegreesOfFreedom,
    /// Level, for instance 0.95.
    pub level: f64,
}

impl Proportion {
    /// Whether all answers are equal: the variance then says nothing.
    #[must_use]
    pub fn is_degenerate(&self) -> bool {
        self.p <= 0.0 || self.p >= 1.0
    }

    /// Effective number of respondents, p(1 − p)/v; `None` when all answers are equal.
    #[must_use]
    pub fn n_effective(&self) -> Option<f64> {
        (!self.is_degenerate()).then(|| self.p * (1.0 - self.p) / self.variance)
    }

    /// The interval; `None` where the method has none.
    #[must_use]
    pub fn interval(&self, method: Method) -> Option<(f64, f64)> {
        let effective = self.n_effective();
        // With one answer the Korn-Graubard interval is that of Clopper and Pearson, which needs no t.
        if let (Method::BetaNchs, None) = (method, effective) {
            return self.korn_graubard(self.n);
        }
        let t = self.df.quantile(self.level)?;
        let Some(effective) = effective else {
            return (method == Method::WilsonKish).then(|| wilson(self.p, self.n_kish, t));
        };
        let p = self.p;
        let se = self.variance.sqrt();
        match method {
            Method::WilsonKish => Some(wilson(p, effective_n(p, self.variance, self.n_kish), t)),
            Method::Wilson => Some(wilson(p, effective, t)),
            Method::BetaNchs => self.korn_graubard(self.adjusted(effective)?.min(self.n)),
            Method::Beta => self.korn_graubard(self.adjusted(effective)?),
            Method::Wald => Some((p - t * se, p + t * se)),
            Method::Logit => {
                let logit = (p / (1.0 - p)).ln();
                let half = t * se / (p * (1.0 - p));
                let expit = |x: f64| 1.0 / (1.0 + (-x).exp());
                Some((expit(logit - half), expit(logit + half)))
            }
            Method::Arcsine => {
                let angle = p.sqrt().asin();
                let half = t * se / (2.0 * (p * (1.0 - p)).sqrt());
                Some(((angle - half).sin().powi(2), (angle + half).sin().powi(2)))
            }
        }
    }

    /// `n_e (t_{n−1}/t_df)²`.
    fn adjusted(&self, effective: f64) -> Option<f64> {
        let t = self.df.quantile(self.level)?;
        let simple = DegreesOfFreedom::Finite(self.n - 1.0).quantile(self.level)?;
        Some(effective * (simple / t).powi(2))
    }

    fn korn_graubard(&self, n: f64) -> Option<(f64, f64)> {
        let lower = beta_quantile((1.0 - self.level) / 2.0, n * self.p, n * (1.0 - self.p) + 1.0)?;
        let upper = beta_quantile(f64::midpoint(1.0, self.level), n * self.p + 1.0, n * (1.0 - self.p))?;
        Some((lower, upper))
    }

    /// The Korn-Graubard interval of the NCHS with its effective number, as quality flags use it.
    #[must_use]
    pub fn nchs(&self) -> Option<(f64, (f64, f64))> {
        let n = match self.n_effective() {
            None => self.n,
            Some(effective) => self.adjusted(effective)?.min(self.n),
        };
        Some((n, self.korn_graubard(n)?))
    }
}

/// Effective number of respondents behind a proportion: `min(p(1 − p)/v, n_k)`.
///
/// The first term is what the design and the calibration make of it; in a small domain with few positives v is badly
/// estimated, often far too small, and `n_k` is a cap that does not depend on the answers. When all answers are equal v
/// says nothing, and `n_k` alone is used.
#[must_use]
pub fn effective_n(p: f64, variance: f64, n_kish: f64) -> f64 {
    let spread = p * (1.0 - p);
    if spread <= 0.0 { n_kish } else { (spread / variance).min(n_kish) }
}

/// Wilson's interval with an effective number of respondents.
#[must_use]
pub fn wilson(p: f64, n: f64, t: f64) -> (f64, f64) {
    let t2 = t * t;
    let centre = (p + t2 / (2.0 * n)) / (1.0 + t2 / n);
    let half = t / (2.0 * n) * (4.0 * n * p * (1.0 - p) + t2).sqrt() / (1.0 + t2 / n);
    ((centre - half).max(0.0), (centre + half).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_still_has_an_interval() {
        // t²/n / (1 + t²/n) = 0.2 / 1.2.
        let (low, high) = wilson(0.0, 20.0, 2.0);
        assert!(low.abs() < 1e-12 && (high - 1.0 / 6.0).abs() < 1e-12, "{high}");
        // Clopper and Pearson: 1 − 0.025^(1/20).
        let nobody = Proportion {
            p: 0.0,
            variance: 0.0,
            n: 20.0,
            n_kish: 20.0,
            df: DegreesOfFreedom::Finite(19.0),
            level: 0.95,
        };
        let (low, high) = nobody.interval(Method::BetaNchs).expect("defined");
        assert!(low.abs() < 1e-12 && (high - (1.0 - 0.025_f64.powf(0.05))).abs() < 1e-12, "{high}");
        assert_eq!(nobody.interval(Method::Wald), None);
    }
}
