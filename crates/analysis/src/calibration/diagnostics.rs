//! What weights do to precision.

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
    let mean = weights.iter().sum::<f64>() / weights.len() as f64;
    let least = weights.iter().copied().fold(f64::INFINITY, f64::min);
    let greatest = weights.iter().copied().fold(0.0, f64::max);
    (least / mean, greatest / mean)
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
    }
}
