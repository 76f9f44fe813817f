//! Whether the parts of the maturity index agree, and what the index owes to each of them.
//!
//! Cronbach's alpha of the dimension scores and, in each dimension, of its items, with and without weights
//! (`design/statistics.md`, section 7); the index without each dimension, and as a geometric mean; the share of
//! organisations that change level then. Everything passes [`Rule`] on the base it was computed on, and nothing is said
//! under [`LEAST`] respondents.

use std::ops::Range;

use estimation::reliability::{Alpha, alpha_of_covariances};
use nalgebra::DMatrix;
use publication::{Base, Displayed, ItemReliability, PartReliability, Reliability, Rule, Unit, Variant};
use questionnaire::{DerivedRule, Edition, Level, Number, QuestionIndex, Subject};
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::calibration::Weights;
use crate::cleaning::Cleaned;
use crate::columns::Value;

/// Fewer respondents give no alpha and no sensitivity.
pub const LEAST: u32 = 100;
/// A score under this counts as this in a geometric mean, which one zero would else bring to zero.
const FLOOR: f64 = 1.0;

/// The middle of the points of an item.
const MIDDLE: f64 = 50.0;

/// The first index of the edition: its number among derived variables, its scores, and how many must be measured.
fn index(edition: &Edition) -> Option<(usize, &[usize], usize)> {
    edition.derived.iter().enumerate().find_map(|(at, derived)| match &derived.rule {
        DerivedRule::Index { scores, at_least } => Some((at, scores.as_slice(), *at_least)),
        _ => None,
    })
}

/// The items of a score.
fn items(edition: &Edition, score: usize) -> &[QuestionIndex] {
    match &edition.derived[score].rule {
        DerivedRule::Score { items } => items,
        _ => &[],
    }
}

/// What [`reliability`] reads: the index, its scores, then the items of each.
pub(crate) fn values(edition: &Edition) -> Vec<Value> {
    let Some((at, scores, _)) = index(edition) else { return Vec::new() };
    let derived = |index| Value::Number(Number::Variable(Subject::Derived(index)));
    let items = scores.iter().flat_map(|score| items(edition, *score)).map(|item| Value::Item(*item));
    std::iter::once(at).chain(scores.iter().copied()).map(derived).chain(items).collect()
}

/// Of the first index of the edition; `None` when it has none, or when too few respondents have every part.
pub(crate) fn reliability(
    cleaned: &Cleaned,
    weights: &Weights,
    edition: &Edition,
    rule: Rule,
) -> Option<Reliability> {
    let (at, scores, at_least) = index(edition)?;
    let derived = &edition.derived[at];
    let columns = values(edition).len();
    let mut from = 0;
    let sections = cleaned.answers.scales.chunks().iter().map(|chunk| {
        from += chunk.rows();
        Section {
            weights: &weights.calibrated[from - chunk.rows()..from],
            columns: (0..columns).map(|column| chunk.numbers(column)).collect(),
        }
    });
    let sample = Scale { rule, sections: sections.collect() };
    let parts = 1..1 + scores.len();
    let (base, alpha) = sample.alpha(&parts)?;
    let (_, alpha_unweighted) = sample.unweighted(cleaned.len(), |sample| sample.alpha(&parts))?;

    let sensitivity =
        Sensitivity { sample: &sample, levels: &edition.scoring.levels, parts: parts.clone(), at_least };
    let mut told = Vec::with_capacity(scores.len());
    let mut first = parts.end;
    for (position, score) in scores.iter().enumerate() {
        let items = items(edition, *score);
        let own = sample.alpha(&(first..first + items.len()));
        first += items.len();
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
    Some(Reliability {
        label: derived.label.clone(),
        n: rule.number(base)?,
        alpha: sample.hundredths(base, alpha.alpha)?,
        alpha_unweighted: sample.hundredths(base, alpha_unweighted.alpha)?,
        mean: mean?,
        parts: told,
        geometric,
    })
}

/// Consecutive respondents: their weights and, column by column, their numbers. Not a number when missing.
#[derive(Clone)]
struct Section<'a> {
    weights: &'a [f64],
    /// The index, its parts, their items.
    columns: Vec<&'a [f64]>,
}

/// Sums over those of a section who have every column of a scale.
struct Moments {
    base: Sums,
    /// Σ w x of each column, x being counted from the middle.
    first: Vec<f64>,
    /// Σ w x y of each pair of columns, the second not after the first.
    second: Vec<f64>,
}

/// How many respondents, their weight, and the weight of the heaviest.
#[derive(Clone, Copy, Default)]
struct Sums {
    n: u32,
    weight: f64,
    largest: f64,
}

impl Sums {
    fn add(&mut self, weight: f64) {
        self.n += 1;
        self.weight += weight;
        self.largest = self.largest.max(weight);
    }

    fn join(&mut self, other: Self) {
        self.n += other.n;
        self.weight += other.weight;
        self.largest = self.largest.max(other.largest);
    }

    /// The base, when it is large enough to speak of more than a share.
    fn base(self) -> Option<Base> {
        let base = Base { n: self.n, largest_share: self.largest / self.weight };
        (base.n_sdc() >= LEAST).then_some(base)
    }
}

impl Section<'_> {
    fn moments(&self, columns: &Range<usize>) -> Moments {
        let columns = &self.columns[columns.clone()];
        let is_complete = |row: &usize| columns.iter().all(|column| !column[*row].is_nan());
        let rows: Vec<usize> = (0..self.weights.len()).filter(is_complete).collect();
        let mut base = Sums::default();
        for row in &rows {
            base.add(self.weights[*row]);
        }
        let weights: Vec<f64> = rows.iter().map(|row| self.weights[*row]).collect();
        let from_middle = |column: &&[f64]| rows.iter().map(|row| column[*row] - MIDDLE).collect();
        let complete: Vec<Vec<f64>> = columns.iter().map(from_middle).collect();
        let (mut first, mut second) = (Vec::new(), Vec::new());
        for (position, column) in complete.iter().enumerate() {
            let weighted: Vec<f64> = column.iter().zip(&weights).map(|(x, w)| w * x).collect();
            first.push(weighted.iter().sum());
            second.extend(complete[..=position].iter().map(|other| dot(&weighted, other)));
        }
        Moments { base, first, second }
    }
}

/// Σ x y, in eight sums of every eighth pair, which a processor makes at once.
fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (x, y) = (x.chunks_exact(8), y.chunks_exact(8));
    let rest: f64 = x.remainder().iter().zip(y.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in x.zip(y) {
        for (sum, (x, y)) in sums.iter_mut().zip(x.iter().zip(y)) {
            *sum += x * y;
        }
    }
    sums.iter().sum::<f64>() + rest
}

/// Measures of a scale on those who have every part of it. Sections are summed one after the other, whichever is
/// looked at first.
struct Scale<'a> {
    rule: Rule,
    sections: Vec<Section<'a>>,
}

impl Scale<'_> {
    /// Of these columns.
    fn alpha(&self, columns: &Range<usize>) -> Option<(Base, Alpha)> {
        let k = columns.len();
        let moments: Vec<Moments> =
            self.sections.par_iter().map(|section| section.moments(columns)).collect();
        let mut base = Sums::default();
        let (mut first, mut second) = (vec![0.0; k], vec![0.0; k * (k + 1) / 2]);
        for moments in moments {
            base.join(moments.base);
            first.iter_mut().zip(moments.first).for_each(|(sum, more)| *sum += more);
            second.iter_mut().zip(moments.second).for_each(|(sum, more)| *sum += more);
        }
        let mean: Vec<f64> = first.iter().map(|sum| sum / base.weight).collect();
        let covariance = DMatrix::from_fn(k, k, |i, j| {
            let (i, j) = (i.max(j), i.min(j));
            second[i * (i + 1) / 2 + j] / base.weight - mean[i] * mean[j]
        });
        Some((base.base()?, alpha_of_covariances(&covariance, base.n as usize)?))
    }

    /// Measured where everyone weighs the same.
    fn unweighted<T>(&self, respondents: usize, measure: impl FnOnce(&Scale<'_>) -> T) -> T {
        let ones = vec![1.0; respondents];
        let sections = self.sections.iter().map(|section| Section {
            weights: &ones[..section.weights.len()],
            columns: section.columns.clone(),
        });
        measure(&Scale { rule: self.rule, sections: sections.collect() })
    }

    /// An alpha in hundredths, as finely as a percentage of this base; one under zero is shown as nearly none.
    fn hundredths(&self, base: Base, alpha: f64) -> Option<Displayed> {
        self.rule.display(100.0 * alpha, Unit::Percent, base)
    }
}

/// The index, made in other ways.
struct Sensitivity<'a> {
    sample: &'a Scale<'a>,
    levels: &'a [Level],
    /// The columns of the parts; the index is the first column.
    parts: Range<usize>,
    at_least: usize,
}

impl Sensitivity<'_> {
    fn mean(&self) -> Option<Displayed> {
        self.variant(|section, row| section.columns[0][row]).map(|variant| variant.mean)
    }

    /// Without one part: the mean of those measured among the others, where enough were measured with it.
    fn without(&self, part: usize) -> Option<Variant> {
        let enough = self.at_least.saturating_sub(1).max(1);
        self.variant(|section, row| {
            let others = self.parts.clone().filter(|column| *column != self.parts.start + part);
            let (mut sum, mut count) = (0.0, 0);
            for score in others.map(|column| section.columns[column][row]).filter(|score| !score.is_nan()) {
                sum += score;
                count += 1;
            }
            if count >= enough { sum / count as f64 } else { f64::NAN }
        })
    }

    fn geometric(&self) -> Option<Variant> {
        self.variant(|section, row| {
            let (mut logarithms, mut count) = (0.0, 0);
            let scores = self.parts.clone().map(|column| section.columns[column][row]);
            for score in scores.filter(|score| !score.is_nan()) {
                logarithms += score.max(FLOOR).ln();
                count += 1;
            }
            if count > 0 { (logarithms / f64::from(count)).exp() } else { f64::NAN }
        })
    }

    /// Another index, on those who have both.
    fn variant(&self, other: impl Fn(&Section<'_>, usize) -> f64 + Sync) -> Option<Variant> {
        let of_section = |section: &Section<'_>| {
            let (mut base, mut sum, mut moved) = (Sums::default(), 0.0, 0.0);
            for (row, weight) in section.weights.iter().enumerate() {
                let (own, other) = (section.columns[0][row], other(section, row));
                if own.is_nan() || other.is_nan() {
                    continue;
                }
                base.add(*weight);
                sum += weight * other;
                if self.level(own) != self.level(other) {
                    moved += weight;
                }
            }
            (base, sum, moved)
        };
        let sections: Vec<(Sums, f64, f64)> = self.sample.sections.par_iter().map(of_section).collect();
        let (mut all, mut sum, mut moved) = (Sums::default(), 0.0, 0.0);
        for (base, of_sum, of_moved) in sections {
            all.join(base);
            sum += of_sum;
            moved += of_moved;
        }
        let base = all.base()?;
        let rule = self.sample.rule;
        Some(Variant {
            mean: rule.display(sum / all.weight, Unit::Points, base)?,
            moved: rule.display(100.0 * moved / all.weight, Unit::Percent, base)?,
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

    /// The respondents in two sections of different sizes.
    fn scale<'a>(weights: &'a [f64], columns: &'a [Vec<f64>]) -> Scale<'a> {
        let section = |rows: Range<usize>| Section {
            weights: &weights[rows.clone()],
            columns: columns.iter().map(|column| &column[rows.clone()]).collect(),
        };
        Scale { rule: RULE, sections: vec![section(0..150), section(150..weights.len())] }
    }

    #[test]
    fn leaving_a_part_out_moves_those_it_held() {
        // Half have scores (20, 60), a quarter (60, 60), and a quarter no second score.
        let column = |of: fn(usize) -> f64| (0..400).map(of).collect::<Vec<f64>>();
        let columns = [
            column(|row| [40.0, 40.0, 60.0, 60.0][row % 4]),
            column(|row| if row % 4 < 2 { 20.0 } else { 60.0 }),
            column(|row| if row % 4 == 3 { f64::NAN } else { 60.0 }),
        ];
        let (weights, levels) = (vec![1.0; 400], levels());
        let sample = scale(&weights, &columns);
        let sensitivity = Sensitivity { sample: &sample, levels: &levels, parts: 1..3, at_least: 1 };
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
        let weights: Vec<f64> = (0..400).map(|row| 1.0 + f64::from(row % 3)).collect();
        let equal: Vec<f64> = (0..400).map(|row| f64::from(row % 7)).collect();
        let other: Vec<f64> = (0..400).map(|row| f64::from(row * row % 11)).collect();
        let rare: Vec<f64> = (0..400).map(|row| if row < 99 { f64::from(row) } else { f64::NAN }).collect();
        let columns = [equal.clone(), equal.clone(), rare, equal.clone(), other.clone()];
        let sample = scale(&weights, &columns);
        let (base, alpha) = sample.alpha(&(0..2)).expect("enough");
        assert!(base.n == 400 && (alpha.alpha - 1.0).abs() < 1e-12);
        assert!(matches!(sample.hundredths(base, alpha.alpha), Some(Displayed::AtLeast { limit: 99.0, .. })));
        assert!(matches!(sample.hundredths(base, -0.4), Some(Displayed::AtMost { limit: 1.0, .. })));
        assert!(sample.alpha(&(1..3)).is_none());
        // In sections, as on rows.
        let rows: Vec<Vec<f64>> = equal.iter().zip(&other).map(|(x, y)| vec![*x, *y]).collect();
        let by_rows = |weights: &[f64]| {
            estimation::reliability::cronbach_alpha(&rows, weights).expect("two items").alpha
        };
        let (_, alpha) = sample.alpha(&(3..5)).expect("enough");
        assert!((alpha.alpha - by_rows(&weights)).abs() < 1e-10);
        let (_, alpha) = sample.unweighted(400, |sample| sample.alpha(&(3..5))).expect("enough");
        assert!((alpha.alpha - by_rows(&[1.0; 400])).abs() < 1e-10);
    }
}
