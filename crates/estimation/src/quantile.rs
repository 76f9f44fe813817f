//! Quantiles of a weighted distribution, with Woodruff's interval.

use crate::distribution::DegreesOfFreedom;
use crate::error::EstimationError;
use crate::interval::{Method, Proportion};
use crate::sample::Sample;
use crate::target::Target;

/// How a quantile is read off the weighted distribution function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Its inverse: the smallest value whose cumulative weight exceeds pW, or the one that equals it.
    Math,
    /// The same, but the mean of two neighbours where the cumulative weight equals pW.
    School,
    /// Linear interpolation (Hyndman and Fan 1996, definition 7, with weights).
    Hf7,
}

/// Relative tolerance of « the cumulative weight equals pW ».
const TIE: f64 = 1e-12;

/// A quantile and its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantile {
    /// Value; not a number when nobody counts.
    pub value: f64,
    /// Limits; `None` where the limits of the share lie outside [0, 1].
    pub interval: (Option<f64>, Option<f64>),
    /// (upper − lower) / 2t, when both limits exist.
    pub standard_error: Option<f64>,
    /// Degrees of freedom of the design.
    pub df: f64,
}

/// Quantile p of values sorted with their weights; not a number for none.
#[must_use]
pub fn weighted_quantile(sorted: &[(f64, f64)], p: f64, rule: Rule) -> f64 {
    let total: f64 = sorted.iter().map(|(_, w)| w).sum();
    let Some(last) = sorted.last() else { return f64::NAN };
    let target = p * total;
    let mut cumulated = Vec::with_capacity(sorted.len());
    let mut sum = 0.0;
    for (_, w) in sorted {
        sum += w;
        cumulated.push(sum);
    }
    if rule == Rule::Hf7 {
        let whole = cumulated.len().checked_sub(2).map_or(0.0, |before_last| cumulated[before_last]);
        if whole <= 0.0 {
            return last.0;
        }
        let place = |i: usize| if i == 0 { 0.0 } else { cumulated[i - 1] / whole };
        let above = (0..sorted.len()).find(|i| place(*i) >= p - TIE);
        return match above {
            None => last.0,
            Some(0) => sorted[0].0,
            Some(i) => {
                let (low, high) = (place(i - 1), place(i));
                let share = if high > low { ((p - low) / (high - low)).min(1.0) } else { 1.0 };
                sorted[i - 1].0 + share * (sorted[i].0 - sorted[i - 1].0)
            }
        };
    }
    let is_tie = |c: f64| (c - target).abs() <= TIE * total;
    // The last index whose cumulative weight is at most pW.
    let at_most = (0..sorted.len()).rev().find(|i| cumulated[*i] <= target || is_tie(cumulated[*i]));
    match at_most {
        Some(i) if is_tie(cumulated[i]) => match (rule, sorted.get(i + 1)) {
            (Rule::School, Some(next)) => f64::midpoint(sorted[i].0, next.0),
            _ => sorted[i].0,
        },
        Some(i) => sorted.get(i + 1).unwrap_or(last).0,
        None => sorted[0].0,
    }
}

/// Quantile p of y over the live respondents; its interval is that of the share of values at most the quantile, read
/// back on the distribution (Woodruff, *Confidence intervals for medians and other position measures*, JASA 47, 1952).
///
/// # Errors
/// As [`Sample::estimate`].
pub fn quantile(
    sample: &Sample,
    live: &[bool],
    y: &[f64],
    p: f64,
    rule: Rule,
    interval: Method,
    (df, level): (Option<DegreesOfFreedom>, f64),
) -> Result<Quantile, EstimationError> {
    let w = sample.weights();
    let mut sorted: Vec<(f64, f64)> = (0..y.len()).filter(|k| live[*k]).map(|k| (y[k], w[k])).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let value = weighted_quantile(&sorted, p, rule);
    let below: Vec<f64> = y.iter().map(|y| if *y <= value { 1.0 } else { 0.0 }).collect();
    let share = sample.estimate(&[Target::Mean { live: live.to_vec(), y: below }])?;
    let weights: Vec<f64> = sorted.iter().map(|(_, w)| *w).collect();
    let df_used = df.unwrap_or(DegreesOfFreedom::Finite(share.df));
    let proportion = Proportion {
        p: share.values[0],
        variance: share.covariance[(0, 0)].max(0.0),
        n: sorted.len() as f64,
        n_kish: crate::diagnostics::kish_n(&weights),
        df: df_used,
        level,
    };
    // All values at most the quantile: the symmetric interval is a point, as it is read off and not stated.
    let limits = match interval {
        Method::Wald => df_used.quantile(level).map(|t| {
            let half = t * proportion.variance.sqrt();
            (proportion.p - half, proportion.p + half)
        }),
        other => proportion.interval(other),
    };
    // A share of all or of nobody is 1 or 0 up to the last digit, and so are its limits.
    let within = -TIE..=1.0 + TIE;
    let read =
        |limit: f64| within.contains(&limit).then(|| weighted_quantile(&sorted, limit.clamp(0.0, 1.0), rule));
    let (lower, upper) = limits.map_or((None, None), |(lower, upper)| (read(lower), read(upper)));
    let standard_error = match (lower, upper, df_used.quantile(level)) {
        (Some(lower), Some(upper), Some(t)) => Some((upper - lower) / (2.0 * t)),
        _ => None,
    };
    Ok(Quantile { value, interval: (lower, upper), standard_error, df: share.df })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_are_decided_by_the_rule() {
        let sorted = [(1.0, 1.0), (2.0, 1.0), (4.0, 1.0), (8.0, 1.0)];
        let near = |rule, p, expected: f64| {
            let found = weighted_quantile(&sorted, p, rule);
            assert!((found - expected).abs() < 1e-12, "{rule:?} {p}: {found}");
        };
        near(Rule::Math, 0.5, 2.0);
        near(Rule::School, 0.5, 3.0);
        near(Rule::Hf7, 0.5, 3.0);
        near(Rule::Math, 0.6, 4.0);
        near(Rule::School, 0.6, 4.0);
        near(Rule::Math, 1.0, 8.0);
        near(Rule::School, 1.0, 8.0);
        near(Rule::Hf7, 0.0, 1.0);
        assert!(weighted_quantile(&[], 0.5, Rule::Math).is_nan());
    }
}
