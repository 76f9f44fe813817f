//! Whether the parts of the maturity index agree, and what the index owes to each of them.
//!
//! Cronbach's alpha of the dimension scores and, in each dimension, of its items, with and without weights
//! (`design/statistics.md`, section 7); the index without each dimension, and as a geometric mean; the share of
//! organisations that change level then. Everything passes [`Rule`] on the base it was computed on, and nothing is said
//! under [`LEAST`] respondents.

use estimation::reliability::{Alpha, cronbach_alpha};
use publication::{Base, Displayed, ItemReliability, PartReliability, Reliability, Rule, Unit, Variant};
use questionnaire::{DerivedRule, Edition, Level, Subject};

use crate::calibration::Weights;
use crate::cleaning::Cleaned;
use crate::columns::{item_name, numbers, polars};
use crate::error::AnalysisError;

/// Fewer respondents give no alpha and no sensitivity.
pub const LEAST: u32 = 100;
/// A score under this counts as this in a geometric mean, which one zero would else bring to zero.
const FLOOR: f64 = 1.0;

/// Of the first index of the edition; `None` when it has none, or when too few respondents have every part.
pub(crate) fn reliability(
    cleaned: &Cleaned,
    weights: &Weights,
    edition: &Edition,
    rule: Rule,
) -> Result<Option<Reliability>, AnalysisError> {
    let index = edition.derived.iter().enumerate().find_map(|(at, derived)| match &derived.rule {
        DerivedRule::Index { scores, at_least } => Some((at, derived, scores, *at_least)),
        _ => None,
    });
    let Some((at, derived, scores, at_least)) = index else { return Ok(None) };
    let column = |name: String| numbers(cleaned.frame.column(&name).map_err(polars)?);
    let whole = column(edition.subject_name(Subject::Derived(at)))?;
    let parts: Vec<Vec<Option<f64>>> = scores
        .iter()
        .map(|score| column(edition.subject_name(Subject::Derived(*score))))
        .collect::<Result<_, _>>()?;
    let sample = Scale { rule, weights: &weights.calibrated };
    let Some((base, alpha)) = sample.alpha(&parts) else { return Ok(None) };
    let unweighted = Scale { rule, weights: &vec![1.0; cleaned.len()] };
    let Some((_, alpha_unweighted)) = unweighted.alpha(&parts) else { return Ok(None) };

    let sensitivity =
        Sensitivity { sample, levels: &edition.scoring.levels, whole: &whole, parts: &parts, at_least };
    let mut told = Vec::with_capacity(scores.len());
    for (position, score) in scores.iter().enumerate() {
        let items: &[usize] = match &edition.derived[*score].rule {
            DerivedRule::Score { items } => items,
            _ => &[],
        };
        let columns =
            items.iter().map(|item| column(item_name(edition, *item))).collect::<Result<Vec<_>, _>>()?;
        let own = sample.alpha(&columns);
        let item = |(position, item): (usize, &usize)| ItemReliability {
            question: edition.questionnaire.questions[*item].text.clone(),
            // Alpha needs two items at least.
            alpha_without: own
                .as_ref()
                .filter(|_| items.len() > 2)
                .and_then(|(base, alpha)| sample.hundredths(*base, alpha.without[position])),
        };
        told.push(PartReliability {
            label: edition.derived[*score].label.clone(),
            alpha_without: (scores.len() > 2)
                .then(|| sample.hundredths(base, alpha.without[position]))
                .flatten(),
            alpha: own.as_ref().and_then(|(base, alpha)| sample.hundredths(*base, alpha.alpha)),
            items: items.iter().enumerate().map(item).collect(),
            without: sensitivity.without(position),
        });
    }
    let (mean, geometric) = (sensitivity.mean(), sensitivity.geometric());
    Ok((|| {
        Some(Reliability {
            label: derived.label.clone(),
            n: rule.number(base)?,
            alpha: sample.hundredths(base, alpha.alpha)?,
            alpha_unweighted: sample.hundredths(base, alpha_unweighted.alpha)?,
            mean: mean?,
            parts: told,
            geometric,
        })
    })())
}

/// Measures of a scale on those who have every part of it.
#[derive(Clone, Copy)]
struct Scale<'a> {
    rule: Rule,
    weights: &'a [f64],
}

impl Scale<'_> {
    fn alpha(self, columns: &[Vec<Option<f64>>]) -> Option<(Base, Alpha)> {
        let (mut rows, mut weights) = (Vec::new(), Vec::new());
        for (row, weight) in self.weights.iter().enumerate() {
            let complete: Option<Vec<f64>> = columns.iter().map(|column| column[row]).collect();
            if let Some(complete) = complete.filter(|complete| !complete.is_empty()) {
                rows.push(complete);
                weights.push(*weight);
            }
        }
        let base = stands_behind(&weights)?;
        Some((base, cronbach_alpha(&rows, &weights)?))
    }

    /// An alpha in hundredths, as finely as a percentage of this base; one under zero is shown as nearly none.
    fn hundredths(self, base: Base, alpha: f64) -> Option<Displayed> {
        self.rule.display(100.0 * alpha, Unit::Percent, base)
    }
}

/// The base of these weights, when it is large enough to speak of more than a share.
fn stands_behind(weights: &[f64]) -> Option<Base> {
    let n = u32::try_from(weights.len()).ok()?;
    let largest = weights.iter().copied().fold(0.0, f64::max);
    let base = Base { n, largest_share: largest / weights.iter().sum::<f64>() };
    (base.n_sdc() >= LEAST).then_some(base)
}

/// The index, made in other ways.
struct Sensitivity<'a> {
    sample: Scale<'a>,
    levels: &'a [Level],
    whole: &'a [Option<f64>],
    parts: &'a [Vec<Option<f64>>],
    at_least: usize,
}

impl Sensitivity<'_> {
    fn mean(&self) -> Option<Displayed> {
        self.variant(|row| self.whole[row]).map(|variant| variant.mean)
    }

    /// Without one part: the mean of those measured among the others, where enough were measured with it.
    fn without(&self, part: usize) -> Option<Variant> {
        self.variant(|row| {
            let others = self.measured(row, Some(part));
            let enough = self.at_least.saturating_sub(1).max(1);
            (others.len() >= enough).then(|| others.iter().sum::<f64>() / others.len() as f64)
        })
    }

    fn geometric(&self) -> Option<Variant> {
        self.variant(|row| {
            let scores = self.measured(row, None);
            let logarithms: f64 = scores.iter().map(|score| score.max(FLOOR).ln()).sum();
            (!scores.is_empty()).then(|| (logarithms / scores.len() as f64).exp())
        })
    }

    fn measured(&self, row: usize, left_out: Option<usize>) -> Vec<f64> {
        let kept = self.parts.iter().enumerate().filter(|(part, _)| Some(*part) != left_out);
        kept.filter_map(|(_, scores)| scores[row]).collect()
    }

    /// Another index, on those who have both.
    fn variant(&self, other: impl Fn(usize) -> Option<f64>) -> Option<Variant> {
        let (mut weights, mut sum, mut moved) = (Vec::new(), 0.0, 0.0);
        for (row, weight) in self.sample.weights.iter().enumerate() {
            let Some((own, other)) = self.whole[row].zip(other(row)) else { continue };
            weights.push(*weight);
            sum += weight * other;
            if self.level(own) != self.level(other) {
                moved += weight;
            }
        }
        let base = stands_behind(&weights)?;
        let weight: f64 = weights.iter().sum();
        Some(Variant {
            mean: self.sample.rule.display(sum / weight, Unit::Points, base)?,
            moved: self.sample.rule.display(100.0 * moved / weight, Unit::Percent, base)?,
        })
    }

    /// How many cut-offs an index has reached.
    fn level(&self, index: f64) -> usize {
        self.levels.iter().filter(|level| index >= level.from).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule { n_min: 11, n_fragile: 30, design_effect: 1.0, quantile: 1.96 };

    fn levels() -> Vec<Level> {
        [0.0, 25.0, 50.0, 75.0]
            .map(|from| Level { code: String::new(), label: String::new(), text: String::new(), from })
            .to_vec()
    }

    /// Half have scores (20, 60), a quarter (60, 60), and a quarter no second score.
    fn parts(n: usize) -> Vec<Vec<Option<f64>>> {
        let first = (0..n).map(|row| Some(if row % 4 < 2 { 20.0 } else { 60.0 })).collect();
        let second = (0..n).map(|row| (row % 4 != 3).then_some(60.0)).collect();
        vec![first, second]
    }

    #[test]
    fn leaving_a_part_out_moves_those_it_held() {
        let (weights, parts) = (vec![1.0; 400], parts(400));
        let whole: Vec<Option<f64>> = (0..400).map(|row| Some([40.0, 40.0, 60.0, 60.0][row % 4])).collect();
        let levels = levels();
        let sensitivity = Sensitivity {
            sample: Scale { rule: RULE, weights: &weights },
            levels: &levels,
            whole: &whole,
            parts: &parts,
            at_least: 1,
        };
        let shown = |variant: Option<Variant>| {
            let variant = variant.expect("enough respondents");
            (variant.mean.position(), variant.moved.position())
        };
        assert_eq!(sensitivity.mean().map(Displayed::position), Some(50.0));
        // Without the first: 60 for the 300 who have the second; 200 of them go from 40 to 60.
        assert_eq!(shown(sensitivity.without(0)), (60.0, 67.0));
        // Without the second: 20, 20, 60, 60; half go from the second level to the first.
        assert_eq!(shown(sensitivity.without(1)), (40.0, 50.0));
        // Geometric: sqrt(20 x 60) = 34.6 for half, who stay at their level.
        let (mean, moved) = shown(sensitivity.geometric());
        assert!((mean - 47.0).abs() < 1e-12 && moved < 1.5, "{mean} {moved}");
    }

    #[test]
    fn alpha_is_of_those_who_have_every_part_and_of_a_hundred_at_least() {
        let weights = vec![1.0; 400];
        let sample = Scale { rule: RULE, weights: &weights };
        let equal: Vec<Option<f64>> = (0..400).map(|row| Some(f64::from(row % 7))).collect();
        let (base, alpha) = sample.alpha(&[equal.clone(), equal.clone()]).expect("enough");
        assert!(base.n == 400 && (alpha.alpha - 1.0).abs() < 1e-12);
        assert_eq!(sample.hundredths(base, alpha.alpha), Some(Displayed::AtLeast { limit: 99.0, step: 1.0 }));
        assert_eq!(sample.hundredths(base, -0.4), Some(Displayed::AtMost { limit: 1.0, step: 1.0 }));
        let rare: Vec<Option<f64>> = (0..400).map(|row| (row < 99).then_some(f64::from(row))).collect();
        assert!(sample.alpha(&[equal, rare]).is_none());
    }
}
