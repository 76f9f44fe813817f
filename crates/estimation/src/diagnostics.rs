//! What weights do to precision.

/// What is said of a set of weights.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightSummary {
    /// Respondents.
    pub n: usize,
    /// Σw.
    pub sum: f64,
    /// Mean.
    pub mean: f64,
    /// Least.
    pub min: f64,
    /// Greatest.
    pub max: f64,
    /// How many are negative.
    pub negative: usize,
    /// Coefficient of variation, with divisor n.
    pub cv: f64,
    /// Kish's design effect.
    pub design_effect: f64,
    /// Kish's effective number of respondents.
    pub n_effective: f64,
}

/// Kish's design effect of unequal weights, n Σw² / (Σw)² = 1 + CV²(w) (Kish, *Survey Sampling*, 1965, section 11.7;
/// *Weighting for unequal Pi*, 1992). It measures the loss from unequal weights only; it is not the design effect of
/// an estimate. 1 for no respondent.
#[must_use]
pub fn kish_design_effect(weights: &[f64]) -> f64 {
    let sum: f64 = weights.iter().sum();
    let squares: f64 = weights.iter().map(|w| w * w).sum();
    if sum > 0.0 { weights.len() as f64 * squares / (sum * sum) } else { 1.0 }
}

/// Kish's effective number of respondents, (Σw)² / Σw².
#[must_use]
pub fn kish_n(weights: &[f64]) -> f64 {
    weights.len() as f64 / kish_design_effect(weights)
}

/// Least and greatest weight over the mean weight.
#[must_use]
pub fn weight_ratio(weights: &[f64]) -> (f64, f64) {
    let WeightSummary { mean, min, max, .. } = summarise(weights);
    (min / mean, max / mean)
}

/// Summarises weights. Not a number where there is none.
#[must_use]
pub fn summarise(weights: &[f64]) -> WeightSummary {
    let n = weights.len();
    let sum: f64 = weights.iter().sum();
    let mean = sum / n as f64;
    let spread = weights.iter().map(|w| (w - mean).powi(2)).sum::<f64>() / n as f64;
    WeightSummary {
        n,
        sum,
        mean,
        min: weights.iter().copied().fold(f64::INFINITY, f64::min),
        max: weights.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        negative: weights.iter().filter(|w| **w < 0.0).count(),
        cv: spread.sqrt() / mean,
        design_effect: kish_design_effect(weights),
        n_effective: kish_n(weights),
    }
}

/// Share of the total weight held by the heaviest `share` of the respondents (rounded up to a whole respondent).
#[must_use]
pub fn share_of_heaviest(weights: &[f64], share: f64) -> f64 {
    let mut sorted = weights.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let count = (share * sorted.len() as f64).ceil();
    let heaviest: f64 =
        sorted.iter().zip(1_u32..).take_while(|(_, k)| f64::from(*k) <= count).map(|(w, _)| w).sum();
    heaviest / weights.iter().sum::<f64>()
}

/// Sample quantile by linear interpolation (Hyndman and Fan, *Sample quantiles in statistical packages*, 1996,
/// definition 7) of sorted values.
#[must_use]
pub fn quantile7(sorted: &[f64], p: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let h = p * last as f64;
    // Rounding must not push a whole position below itself.
    let floor = (h + 4.0 * f64::EPSILON).floor();
    let index = (0..sorted.len()).rev().find(|k| *k as f64 <= floor).unwrap_or(0);
    let low = sorted[index];
    let high = sorted.get(index + 1).copied().unwrap_or(low);
    low + (h - floor).max(0.0) * (high - low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_the_sample_weighing_three_times_more_costs_a_fifth_of_it() {
        // By hand: CV² of (1, 1, 3, 3) is 1 / 4, so the design effect is 1.25.
        let weights = [1.0, 1.0, 3.0, 3.0];
        assert!((kish_design_effect(&weights) - 1.25).abs() < 1e-12);
        assert!((kish_n(&weights) - 3.2).abs() < 1e-12);
        assert_eq!(weight_ratio(&weights), (0.5, 1.5));
        assert!((summarise(&weights).cv.powi(2) - 0.25).abs() < 1e-12);
        assert!((share_of_heaviest(&weights, 0.25) - 3.0 / 8.0).abs() < 1e-12);
    }

    #[test]
    fn quantiles_interpolate_between_order_statistics() {
        let sorted = [1.0, 2.0, 4.0, 8.0];
        assert!((quantile7(&sorted, 0.5) - 3.0).abs() < 1e-12);
        assert!((quantile7(&sorted, 1.0) - 8.0).abs() < 1e-12);
        assert!((quantile7(&sorted, 0.1) - 1.3).abs() < 1e-12);
    }
}
