//! Step 3, *calculate estimates*: every indicator in every domain, exact, with its precision.
//!
//! An [`Estimate`] can be neither printed nor serialised: the only way out is [`publication::Rule`].

mod cells;
pub(crate) mod crossed;
pub(crate) mod domains;
pub(crate) mod inputs;
pub(crate) mod near;
mod quantiles;
mod tally;
mod variance;
mod vertical;

use estimation::interval::{effective_n, wilson};
use publication::Base;
use questionnaire::{Edition, Number, Subject};

pub use domains::DomainRows;
use inputs::{Inputs, Quantity};
use quantiles::Quantiles;
use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use tally::Tally;
use variance::CellSums;
pub use variance::TaylorVariance;

use crate::calibration::Weights;
use crate::cleaning::Cleaned;

/// An exact estimate of one indicator in one domain. It implements neither `Display` nor `Debug` nor `Serialize`, and
/// nothing outside this crate can look into it, on purpose:
///
/// ```compile_fail,E0277
/// fn leak(estimate: analysis::Estimate) -> String {
///     format!("{estimate:?}")
/// }
/// ```
///
/// ```compile_fail,E0616
/// fn leak(estimate: analysis::Estimate) -> f64 {
///     estimate.value
/// }
/// ```
#[derive(Clone, Copy, PartialEq)]
pub struct Estimate {
    /// p = Σ w y / Σ w over the respondents of the domain that are in the base: a share from 0 to 1, or a mean.
    /// Not a number when the base is empty.
    pub(crate) value: f64,
    /// The same without weights.
    pub(crate) unweighted: f64,
    /// Standard error.
    pub(crate) standard_error: f64,
    /// Effective number of respondents.
    pub(crate) n_effective: f64,
    /// Interval at the plan's confidence level; `None` with fewer than two respondents.
    pub(crate) interval: Option<(f64, f64)>,
}

/// Who stands behind the estimates of one base in one domain.
#[derive(Clone, Copy, PartialEq)]
pub struct DomainBase {
    /// Respondents, and the weight of the heaviest.
    pub(crate) base: Base,
    /// Sum of weights.
    pub(crate) weight: f64,
}

/// All estimates of an edition.
#[derive(Clone, PartialEq)]
pub struct Estimates {
    /// The domains; the first is the whole.
    pub domains: Vec<DomainRows>,
    /// Everyone in each domain.
    pub everyone: Vec<DomainBase>,
    /// For each indicator, the index of its base in [`Estimates::bases`].
    pub base_of: Vec<usize>,
    /// For each base, who is in it in each domain.
    pub bases: Vec<Vec<DomainBase>>,
    /// The weight of each respondent.
    pub(crate) weights: Vec<f64>,
    /// For each indicator, its estimate in each domain.
    pub estimates: Vec<Vec<Estimate>>,
    /// For each indicator that reads one question: the share of the whole base that answered « ne sait pas » or left it
    /// blank.
    pub no_answer: Vec<Option<Estimate>>,
}

/// Estimates every indicator of the edition in the whole and in every domain of every breakdown.
#[must_use]
pub fn estimate(cleaned: &Cleaned, weights: &Weights, edition: &Edition) -> Estimates {
    let (domains, memberships) = domains::domains(cleaned, edition);
    let (_, inputs) = inputs::values(edition);
    let variance = TaylorVariance::new(weights);
    let tally = inputs.tally(cleaned, domains.len(), &memberships, &variance);
    let everyone = (0..domains.len())
        .map(|domain| stands_behind(&tally.everyone(domain).collect::<Vec<_>>(), &variance))
        .collect();
    let of_domain = |domain: usize| in_domain(domain, &inputs, &tally, &variance, edition.plan.confidence);
    let found: Vec<InDomain> = (0..domains.len()).into_par_iter().map(of_domain).collect();
    let mut estimates: Vec<Vec<Estimate>> = vec![Vec::with_capacity(domains.len()); inputs.indicators.len()];
    let mut bases = vec![Vec::with_capacity(domains.len()); inputs.bases.len()];
    let mut no_answer = Vec::new();
    for (domain, found) in found.into_iter().enumerate() {
        estimates.iter_mut().zip(found.estimates).for_each(|(all, estimate)| all.push(estimate));
        bases.iter_mut().zip(found.bases).for_each(|(all, base)| all.push(base));
        if domain == 0 {
            no_answer = found.no_answer;
        }
    }
    let base_of = inputs.indicators.iter().map(|input| input.base).collect();
    let weights = weights.calibrated.clone();
    Estimates { domains, everyone, base_of, bases, weights, estimates, no_answer }
}

impl Estimates {
    /// The weight of some respondents together.
    pub(crate) fn weight_of(&self, rows: &[usize]) -> f64 {
        rows.iter().map(|row| self.weights[*row]).sum()
    }
}

/// All estimates of one domain.
struct InDomain {
    /// For each base.
    bases: Vec<DomainBase>,
    /// For each indicator.
    estimates: Vec<Estimate>,
    /// For each indicator, in the whole alone.
    no_answer: Vec<Option<Estimate>>,
}

fn in_domain(
    domain: usize,
    inputs: &Inputs,
    tally: &Tally,
    variance: &TaylorVariance,
    confidence: f64,
) -> InDomain {
    let mut quantiles = Quantiles::new(confidence);
    let mut bases = Vec::with_capacity(inputs.bases.len());
    let mut estimators = Vec::with_capacity(inputs.bases.len());
    for condition in &inputs.bases {
        let counts: Vec<f64> = tally.counts(domain, *condition).collect();
        bases.push(stands_behind(&counts, variance));
        estimators.push(Estimator::new(counts, variance, &mut quantiles));
    }
    let mut found = InDomain { bases, estimates: Vec::new(), no_answer: Vec::new() };
    for input in &inputs.indicators {
        let estimator = &estimators[input.base];
        let share = |condition| estimator.share(&tally.counts(domain, condition).collect::<Vec<_>>());
        found.estimates.push(match input.quantity {
            Quantity::Share(condition) => share(condition),
            Quantity::Mean(number) => estimator.mean(&tally.sums(domain, number).collect::<Vec<_>>()),
        });
        found.no_answer.push(input.no_answer.filter(|_| domain == 0).map(share));
    }
    found
}

/// `counts` are of respondents, cell by cell.
fn stands_behind(counts: &[f64], variance: &TaylorVariance) -> DomainBase {
    let weights = counts.iter().zip(&variance.cells().calibrated).filter(|(count, _)| **count > 0.0);
    let (mut n, mut weight, mut largest) = (0.0, 0.0, 0.0_f64);
    for (count, w) in weights {
        n += count;
        weight += count * w;
        largest = largest.max(*w);
    }
    let largest_share = if weight > 0.0 { largest / weight } else { 0.0 };
    DomainBase { base: Base { n: whole(n), largest_share }, weight }
}

/// A sum of counts.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a sum of counts of 32 bits that is one"
)]
fn whole(n: f64) -> u32 {
    n as u32
}

/// Estimates on the respondents of one domain that are in one base.
struct Estimator<'a> {
    /// Respondents, cell by cell.
    counts: Vec<f64>,
    n: f64,
    weight: f64,
    n_kish: f64,
    t: Option<f64>,
    variance: &'a TaylorVariance,
}

impl<'a> Estimator<'a> {
    fn new(counts: Vec<f64>, variance: &'a TaylorVariance, quantiles: &mut Quantiles) -> Self {
        let (mut n, mut weight, mut squares) = (0.0, 0.0, 0.0);
        for (count, w) in counts.iter().zip(&variance.cells().calibrated) {
            n += count;
            weight += count * w;
            squares += count * w * w;
        }
        // Kish's effective number, which is 0 for no respondent.
        let n_kish = if weight > 0.0 { weight * weight / squares } else { n };
        // Degrees of freedom: primary units with a live row less strata with one, so n - 1 with one stratum.
        let t = quantiles.t(whole((n - 1.0).max(0.0)));
        Self { counts, n, weight, n_kish, t, variance }
    }

    /// The share of those who satisfy a condition, counted cell by cell.
    fn share(&self, ones: &[f64]) -> Estimate {
        let plain: f64 = ones.iter().sum();
        let everyone_says_the_same = plain <= 0.0 || plain >= self.n;
        // Exactly 0 or 1 then, whatever the order in which weights were summed.
        let value = if everyone_says_the_same { plain / self.n } else { self.weighted(ones.iter().copied()) };
        let sums = self.counts.iter().zip(ones).map(|(count, ones)| {
            let zeros = count - ones;
            let (one, zero) = ((1.0 - value) / self.weight, -value / self.weight);
            CellSums { sum: ones * one + zeros * zero, squares: ones * one * one + zeros * zero * zero }
        });
        let variance = if everyone_says_the_same || self.n < 1.0 {
            0.0
        } else {
            self.variance.of_cells(&sums.collect::<Vec<_>>())
        };
        let n_effective = effective_n(value, variance, self.n_kish);
        Estimate {
            value,
            unweighted: plain / self.n,
            standard_error: variance.sqrt(),
            n_effective,
            interval: self.t.map(|t| wilson(value, n_effective, t)),
        }
    }

    /// A mean, from Σy and Σy² cell by cell.
    fn mean(&self, of_cells: &[(f64, f64)]) -> Estimate {
        let plain: f64 = of_cells.iter().map(|(sum, _)| sum).sum();
        let value = self.weighted(of_cells.iter().map(|(sum, _)| *sum));
        let sums = self.counts.iter().zip(of_cells).map(|(count, (sum, squares))| CellSums {
            sum: (sum - count * value) / self.weight,
            squares: ((squares - 2.0 * value * sum + count * value * value) / (self.weight * self.weight))
                .max(0.0),
        });
        let variance = if self.n < 1.0 { 0.0 } else { self.variance.of_cells(&sums.collect::<Vec<_>>()) };
        let standard_error = variance.sqrt();
        Estimate {
            value,
            unweighted: plain / self.n,
            standard_error,
            n_effective: self.n_kish,
            interval: self.t.map(|t| (value - t * standard_error, value + t * standard_error)),
        }
    }

    /// Σ w y / Σ w, from Σ y cell by cell.
    fn weighted(&self, sums: impl Iterator<Item = f64>) -> f64 {
        let weighted: f64 = sums.zip(&self.variance.cells().calibrated).map(|(sum, w)| sum * w).sum();
        weighted / self.weight
    }
}

/// The greatest value a number can take.
pub(crate) fn greatest(edition: &Edition, number: &Number) -> f64 {
    let questions = &edition.questionnaire.questions;
    match number {
        Number::Constant(value) => *value,
        Number::Count(question) => {
            let question = &questions[*question];
            let options = question.options().iter().filter(|option| !option.is_exclusive).count();
            match &question.kind {
                questionnaire::Kind::Multiple { max: Some(max), .. } => options.min(*max) as f64,
                _ => options as f64,
            }
        }
        Number::CountIn(question, _) => questions[*question].rows().len() as f64,
        Number::Variable(Subject::Question(question)) => match &questions[*question].kind {
            questionnaire::Kind::Integer { max, .. } => *max as f64,
            _ => 100.0,
        },
        Number::Variable(Subject::Derived(index)) => greatest_derived(edition, *index),
        Number::Variable(_) => 100.0,
    }
}

fn greatest_derived(edition: &Edition, index: usize) -> f64 {
    use questionnaire::DerivedRule;
    match &edition.derived[index].rule {
        DerivedRule::Flag { .. } => 1.0,
        DerivedRule::Number(number) => greatest(edition, number),
        DerivedRule::Sum(parts) => parts.iter().map(|part| greatest_derived(edition, *part)).sum(),
        DerivedRule::Measured(parts) => parts.len() as f64,
        DerivedRule::Score { .. } | DerivedRule::Index { .. } => 100.0,
        DerivedRule::Cases(_) | DerivedRule::Commune { .. } => 0.0,
    }
}
