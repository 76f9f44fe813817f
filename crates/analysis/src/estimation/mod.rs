//! Step 3, *calculate estimates*: every indicator in every domain, exact, with its precision.
//!
//! An [`Estimate`] can be neither printed nor serialised: the only way out is [`publication::Rule`].

mod domains;
mod quantiles;
mod variance;

use std::collections::BTreeMap;

use estimation::diagnostics::kish_n;
use estimation::interval::{effective_n, wilson};
use polars::prelude::Expr;
use publication::Base;
use questionnaire::{Condition, Edition, Number, Numerator, Question, Subject};

pub use domains::DomainRows;
use quantiles::Quantiles;
pub use variance::TaylorVariance;

use crate::calibration::Weights;
use crate::cleaning::Cleaned;
use crate::columns::{Compiler, booleans, evaluate, numbers};
use crate::error::AnalysisError;

/// An exact estimate of one indicator in one domain. It implements neither `Display` nor `Debug` nor `Serialize`, on
/// purpose:
///
/// ```compile_fail,E0277
/// fn leak(estimate: analysis::Estimate) -> String {
///     format!("{estimate:?}")
/// }
/// ```
#[derive(Clone, Copy, PartialEq)]
pub struct Estimate {
    /// p = Σ w y / Σ w over the respondents of the domain that are in the base: a share from 0 to 1, or a mean.
    /// Not a number when the base is empty.
    pub value: f64,
    /// The same without weights.
    pub unweighted: f64,
    /// Standard error.
    pub standard_error: f64,
    /// Effective number of respondents.
    pub n_effective: f64,
    /// Interval at the plan's confidence level; `None` with fewer than two respondents.
    pub interval: Option<(f64, f64)>,
}

/// Who stands behind the estimates of one base in one domain.
#[derive(Clone, Copy, PartialEq)]
pub struct DomainBase {
    /// Respondents, and the weight of the heaviest.
    pub base: Base,
    /// Sum of weights.
    pub weight: f64,
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
    /// For each indicator, its estimate in each domain.
    pub estimates: Vec<Vec<Estimate>>,
    /// For each indicator that reads one question: the share of the whole base that answered « ne sait pas » or left it
    /// blank.
    pub no_answer: Vec<Option<Estimate>>,
}

/// The values of one indicator.
struct Column {
    /// Zero where missing.
    y: Vec<f64>,
    is_share: bool,
}

/// Estimates every indicator of the edition in the whole and in every domain of every breakdown.
///
/// # Errors
/// When an indicator reads something that extracts leave out.
pub fn estimate(cleaned: &Cleaned, weights: &Weights, edition: &Edition) -> Result<Estimates, AnalysisError> {
    let domains = domains::domains(cleaned, edition)?;
    let Inputs { columns, base_of, bases, no_answer } = inputs(cleaned, edition)?;
    let variance = TaylorVariance::new(weights);
    let mut quantiles = Quantiles::new(edition.plan.confidence);

    let everyone = domains.iter().map(|domain| stands_behind(&domain.rows, weights)).collect();
    let mut estimates: Vec<Vec<Estimate>> = vec![Vec::with_capacity(domains.len()); columns.len()];
    let mut base_sizes = vec![Vec::with_capacity(domains.len()); bases.len()];
    let mut no_answers: Vec<Option<Estimate>> = vec![None; columns.len()];
    for (base, is_in_base) in bases.iter().enumerate() {
        for (index, domain) in domains.iter().enumerate() {
            let rows: Vec<usize> = domain.rows.iter().copied().filter(|row| is_in_base[*row]).collect();
            base_sizes[base].push(stands_behind(&rows, weights));
            let estimator = Estimator::new(&rows, weights, &variance, &mut quantiles);
            for indicator in (0..columns.len()).filter(|indicator| base_of[*indicator] == base) {
                estimates[indicator].push(estimator.estimate(&columns[indicator]));
                if index == 0 {
                    no_answers[indicator] =
                        no_answer[indicator].as_ref().map(|column| estimator.estimate(column));
                }
            }
        }
    }
    Ok(Estimates { domains, everyone, base_of, bases: base_sizes, estimates, no_answer: no_answers })
}

fn stands_behind(rows: &[usize], weights: &Weights) -> DomainBase {
    let weight: f64 = rows.iter().map(|row| weights.calibrated[*row]).sum();
    let largest = rows.iter().map(|row| weights.calibrated[*row]).fold(0.0, f64::max);
    let n = u32::try_from(rows.len()).expect("fewer than four thousand million respondents");
    let largest_share = if weight > 0.0 { largest / weight } else { 0.0 };
    DomainBase { base: Base { n, largest_share }, weight }
}

/// Estimates on the respondents of one domain that are in one base.
struct Estimator<'a> {
    rows: &'a [usize],
    w: Vec<f64>,
    weight: f64,
    n_kish: f64,
    t: Option<f64>,
    variance: &'a TaylorVariance<'a>,
}

impl<'a> Estimator<'a> {
    fn new(
        rows: &'a [usize],
        weights: &Weights,
        variance: &'a TaylorVariance<'a>,
        quantiles: &mut Quantiles,
    ) -> Self {
        let w: Vec<f64> = rows.iter().map(|row| weights.calibrated[*row]).collect();
        // Degrees of freedom: primary units with a live row less strata with one, so n - 1 with one stratum.
        let df = u32::try_from(rows.len().saturating_sub(1))
            .expect("fewer than four thousand million respondents");
        Self { rows, weight: w.iter().sum(), n_kish: kish_n(&w), w, t: quantiles.t(df), variance }
    }

    fn estimate(&self, column: &Column) -> Estimate {
        let n = self.rows.len() as f64;
        let (mut weighted, mut plain) = (0.0, 0.0);
        for (row, w) in self.rows.iter().zip(&self.w) {
            weighted += w * column.y[*row];
            plain += column.y[*row];
        }
        let everyone_says_the_same = column.is_share && (plain <= 0.0 || plain >= n);
        // Exactly 0 or 1 then, whatever the order in which weights were summed.
        let value = if everyone_says_the_same { plain / n } else { weighted / self.weight };
        let u: Vec<f64> = self.rows.iter().map(|row| (column.y[*row] - value) / self.weight).collect();
        let variance = if everyone_says_the_same || self.rows.is_empty() {
            0.0
        } else {
            self.variance.of(self.rows, &u)
        };
        let standard_error = variance.sqrt();
        let n_effective =
            if column.is_share { effective_n(value, variance, self.n_kish) } else { self.n_kish };
        let interval = self.t.map(|t| {
            if column.is_share {
                wilson(value, n_effective, t)
            } else {
                (value - t * standard_error, value + t * standard_error)
            }
        });
        Estimate { value, unweighted: plain / n, standard_error, n_effective, interval }
    }
}

/// What estimation reads of the frame, once.
struct Inputs {
    columns: Vec<Column>,
    base_of: Vec<usize>,
    bases: Vec<Vec<bool>>,
    no_answer: Vec<Option<Column>>,
}

fn inputs(cleaned: &Cleaned, edition: &Edition) -> Result<Inputs, AnalysisError> {
    let compiler = Compiler::new(edition);
    let mut expressions: Vec<Expr> = Vec::new();
    // Indicators on one base share one decision on publication, so a base is found by its text; a mean has a base of
    // its own, since those whose number is missing are out of it.
    let mut known: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
    let (mut base_of, mut base_at) = (Vec::new(), Vec::new());
    let mut value_at = Vec::new();
    let mut no_answer_at = Vec::new();
    for indicator in &edition.indicators {
        let mean = match &indicator.numerator {
            Numerator::Share(_) => None,
            Numerator::Mean(number) => Some(compiler.number(number)?),
        };
        let key = (indicator.base_text.as_str(), mean.as_ref().map(|_| indicator.numerator_text.as_str()));
        let next = known.len();
        let base = *known.entry(key).or_insert(next);
        if base == next {
            let condition = compiler.condition(&indicator.base)?;
            base_at.push(expressions.len());
            expressions.push(match &mean {
                None => condition,
                Some(number) => condition.and(number.clone().is_not_null()),
            });
        }
        base_of.push(base);
        value_at.push(expressions.len());
        expressions.push(match (&indicator.numerator, mean) {
            (Numerator::Share(condition), _) => compiler.condition(condition)?,
            (Numerator::Mean(_), Some(number)) => number,
            (Numerator::Mean(number), None) => compiler.number(number)?,
        });
        let blank = match &indicator.numerator {
            Numerator::Share(condition) => no_answer(edition, condition),
            Numerator::Mean(_) => None,
        };
        no_answer_at.push(match blank {
            Some(condition) => {
                expressions.push(compiler.condition(&condition)?);
                Some(expressions.len() - 1)
            }
            None => None,
        });
    }
    let table = evaluate(&cleaned.frame, expressions)?;
    let share = |at: usize| -> Result<Column, AnalysisError> {
        let holds = booleans(table.column(at))?;
        Ok(Column { y: holds.into_iter().map(|holds| f64::from(u8::from(holds))).collect(), is_share: true })
    };
    let mut columns = Vec::new();
    for (indicator, at) in edition.indicators.iter().zip(value_at) {
        columns.push(match indicator.numerator {
            Numerator::Share(_) => share(at)?,
            Numerator::Mean(_) => {
                let y = numbers(table.column(at))?.into_iter().map(|value| value.unwrap_or(0.0)).collect();
                Column { y, is_share: false }
            }
        });
    }
    Ok(Inputs {
        columns,
        base_of,
        bases: base_at.into_iter().map(|at| booleans(table.column(at))).collect::<Result<_, _>>()?,
        no_answer: no_answer_at.into_iter().map(|at| at.map(share).transpose()).collect::<Result<_, _>>()?,
    })
}

/// Code of the answer « ne sait pas », in every question that offers it.
const DOES_NOT_KNOW: &str = "nsp";

/// The condition of having given no answer, for a share that reads one question, or one row, and no other variable.
fn no_answer(edition: &Edition, condition: &Condition) -> Option<Condition> {
    let mut read = Vec::new();
    if !only_answers(condition, &mut read) {
        return None;
    }
    read.sort_unstable();
    read.dedup();
    let [subject] = read.as_slice() else { return None };
    let blank = Condition::Not(Box::new(Condition::Measured(*subject)));
    let (Subject::Question(question) | Subject::Row(question, _)) = *subject else { return None };
    let question_definition: &Question = &edition.questionnaire.questions[question];
    if question_definition.option(DOES_NOT_KNOW).is_none() {
        return Some(blank);
    }
    let codes = vec![DOES_NOT_KNOW.to_owned()];
    let does_not_know = match question_definition.kind {
        questionnaire::Kind::Multiple { .. } => Condition::HasAny(question, codes),
        _ => Condition::In(*subject, codes),
    };
    Some(Condition::Or(Box::new(blank), Box::new(does_not_know)))
}

/// Collects the questions and rows that a condition reads; false when it reads anything else.
fn only_answers(condition: &Condition, read: &mut Vec<Subject>) -> bool {
    match condition {
        Condition::In(subject @ (Subject::Question(_) | Subject::Row(..)), _) => {
            read.push(*subject);
            true
        }
        Condition::HasAny(question, _) | Condition::HasAll(question, _) => {
            read.push(Subject::Question(*question));
            true
        }
        Condition::Not(inner) => only_answers(inner, read),
        Condition::And(left, right) | Condition::Or(left, right) => {
            only_answers(left, read) && only_answers(right, read)
        }
        _ => false,
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
