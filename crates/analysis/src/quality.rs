//! How the weights are spread and what the margins ask of them, for the publication and for whoever makes it.
//!
//! What is published passes [`Rule`] or is a quantile with at least a publishable group beyond it; cautions are made
//! from the displayed shares. [`warnings`] is exact and for the publisher's team alone.

use estimation::diagnostics::{quantile7, share_of_heaviest};
use publication::{
    Base, Caution, Displayed, HeaviestShare, MarginRow, Rule, Unit, WeightQuantile, WeightSpread,
};
use questionnaire::{CalibrationGroup, Edition};

use crate::calibration::Weights;

/// Quantiles of g that are looked at.
const QUANTILES: [u32; 9] = [0, 1, 10, 25, 50, 75, 90, 99, 100];
/// Heaviest respondents that are looked at, of a hundred.
const HEAVIEST: [u32; 2] = [1, 5];
/// A category should have at least this many respondents.
pub const FEW: usize = 10;
/// A category's respondents should weigh at most this many times as much, or as little, as the average.
pub const FAR: f64 = 3.0;

/// The spread of the weights. A quantile with fewer than `n_min` respondents beyond it would be about them, and the
/// share of the heaviest is that of a group like any other.
pub(crate) fn spread(rule: Rule, weights: &Weights, whole: Base) -> WeightSpread {
    let mut g = weights.g();
    g.sort_by(f64::total_cmp);
    let n = g.len() as f64;
    let n_min = f64::from(rule.n_min);
    let quantiles = QUANTILES
        .into_iter()
        .map(|percent| {
            let p = f64::from(percent) / 100.0;
            let is_shown = n * p.min(1.0 - p) >= n_min;
            WeightQuantile { percent, g: is_shown.then(|| two_digits(quantile7(&g, p))) }
        })
        .collect();
    let heaviest = HEAVIEST
        .into_iter()
        .map(|percent| {
            let p = f64::from(percent) / 100.0;
            let is_shown = (n * p).ceil() >= n_min;
            let share = || 100.0 * share_of_heaviest(&weights.calibrated, p);
            HeaviestShare {
                percent,
                share: is_shown.then(|| rule.display(share(), Unit::Percent, whole)).flatten(),
            }
        })
        .collect();
    WeightSpread { quantiles, heaviest }
}

/// For each group and margin, the share of each category after calibration, in percent.
pub(crate) fn after(weights: &Weights, groups: &[CalibrationGroup]) -> Vec<Vec<Vec<f64>>> {
    let mut of_cell = vec![0.0; weights.auxiliary.rows()];
    for (cell, weight) in weights.cells.iter().zip(&weights.calibrated) {
        of_cell[*cell as usize] += weight;
    }
    let totals = weights.auxiliary.totals(&of_cell);
    let mut column = 0;
    groups
        .iter()
        .map(|group| {
            // A group without margins has one column, its total.
            column += usize::from(group.margins.is_empty());
            let mut next = || {
                column += 1;
                100.0 * totals[column - 1] / group.total
            };
            group.margins.iter().map(|margin| margin.categories.iter().map(|_| next()).collect()).collect()
        })
        .collect()
}

/// What a reader should know of a category, from what is displayed of it.
pub(crate) fn caution(row: &MarginRow) -> Option<Caution> {
    let Some(before) = row.before.map(Displayed::position) else {
        return (row.target > 0.0).then_some(Caution::FewRespondents);
    };
    let is_far = before > FAR * row.target || row.target > FAR * before;
    is_far.then_some(Caution::FarFromTarget)
}

/// What to look at before publishing: categories of margins with few respondents, or whose respondents weigh very much
/// more or less than the average.
#[must_use]
pub fn warnings(weights: &Weights, edition: &Edition) -> Vec<String> {
    let mut warnings = Vec::new();
    for (group, found) in edition.plan.calibration.iter().zip(&weights.groups) {
        let n = found.rows.len() as f64;
        for (margin, counts) in group.margins.iter().zip(&found.counts) {
            for (category, count) in margin.categories.iter().zip(counts) {
                let ratio = category.share * n / *count as f64;
                let is_far = *count > 0 && !(1.0 / FAR..=FAR).contains(&ratio);
                let what = match (*count < FEW && category.share > 0.0, is_far) {
                    (false, false) => continue,
                    (true, false) => format!("{count} respondent(s) (expected at least {FEW})"),
                    (_, true) => format!(
                        "{count} respondent(s) who weigh {ratio:.2} times the average (expected 1/3 to 3)"
                    ),
                };
                let other = counts
                    .iter()
                    .zip(&margin.categories)
                    .filter(|(count, other)| **count > 0 && other.code != category.code)
                    .min_by_key(|(count, _)| **count)
                    .map_or_else(String::new, |(_, other)| format!(", for instance with `{}`", other.code));
                warnings.push(format!(
                    "category `{}` of margin `{}` of group `{}` has {what}; consider merging it{other}",
                    category.code, margin.code, group.code
                ));
            }
        }
    }
    warnings
}

/// To two significant digits.
pub(crate) fn two_digits(value: f64) -> f64 {
    if value <= 0.0 {
        return 0.0;
    }
    let unit = 10_f64.powf(1.0 - value.log10().floor());
    (value * unit).round() / unit
}

#[cfg(test)]
mod tests {
    use estimation::calibration::Auxiliary;

    use super::*;

    const RULE: Rule = Rule { n_min: 11, n_fragile: 30, design_effect: 1.0, quantile: 1.96 };

    /// One in ten weighs four times as much as the others.
    fn weights(n: usize) -> Weights {
        let calibrated = (0..n).map(|row| if row % 10 == 0 { 4.0 } else { 1.0 }).collect();
        let mut auxiliary = Auxiliary::new(0);
        auxiliary.push([]);
        Weights { base: vec![1.3; n], calibrated, cells: vec![0; n], auxiliary, groups: Vec::new() }
    }

    fn whole(n: u32) -> Base {
        Base { n, largest_share: 4.0 / (1.3 * f64::from(n)) }
    }

    #[test]
    fn quantiles_and_shares_by_hand() {
        let spread = spread(RULE, &weights(1200), whole(1200));
        let g: Vec<Option<f64>> = spread.quantiles.iter().map(|quantile| quantile.g).collect();
        // 1 / 1.3 = 0.77 and 4 / 1.3 = 3.1, and a tenth of the way between at 90 %; both extremes are someone's own.
        let low = Some(0.77);
        assert_eq!(g[..7], [None, low, low, low, low, low, Some(1.0)]);
        assert_eq!(g[7..], [Some(3.1), None]);
        // The heaviest 12 of 1,200 hold 48 of 1,560; the heaviest 60 hold 240.
        let shares: Vec<_> =
            spread.heaviest.iter().map(|heaviest| heaviest.share.unwrap().position()).collect();
        assert_eq!(shares, [3.0, 15.0]);
    }

    #[test]
    fn the_tails_of_a_small_sample_are_not_shown() {
        let spread = spread(RULE, &weights(200), whole(200));
        let shown: Vec<u32> =
            spread.quantiles.iter().filter(|q| q.g.is_some()).map(|quantile| quantile.percent).collect();
        assert_eq!(shown, [10, 25, 50, 75, 90]);
        assert!(spread.heaviest.iter().all(|heaviest| heaviest.share.is_none()), "2 and 10 respondents");
    }

    #[test]
    fn a_caution_is_made_from_what_is_displayed() {
        let row = |target, before: Option<f64>| MarginRow {
            label: String::new(),
            target,
            before: before.and_then(|value| RULE.display(value, Unit::Percent, whole(2000))),
            after: None,
            caution: None,
        };
        assert_eq!(caution(&row(10.0, None)), Some(Caution::FewRespondents));
        assert_eq!(caution(&row(0.0, None)), None, "a category that nobody is in");
        assert_eq!(caution(&row(10.0, Some(31.0))), Some(Caution::FarFromTarget));
        assert_eq!(caution(&row(10.0, Some(3.0))), Some(Caution::FarFromTarget));
        assert_eq!(caution(&row(10.0, Some(30.0))), None);
    }
}
