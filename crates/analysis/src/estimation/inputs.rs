//! What estimation reads of the responses: bases, numerators, and who gave no answer.

use std::collections::BTreeMap;

use questionnaire::{Condition, Edition, Numerator, Question, Subject};

use super::domains::Membership;
use super::tally::{Tally, transpose};
use super::variance::TaylorVariance;
use crate::cleaning::Cleaned;
use crate::columns::{Compiler, Value};
use crate::error::AnalysisError;

/// Where the values of an indicator are.
pub(crate) struct Input {
    /// The index of its base.
    pub base: usize,
    /// What is estimated.
    pub quantity: Quantity,
    /// The condition of having given no answer, if it is known.
    pub no_answer: Option<usize>,
}

/// A column of [`Tally`].
#[derive(Clone, Copy)]
pub(crate) enum Quantity {
    /// A share: a condition.
    Share(usize),
    /// A mean: a number.
    Mean(usize),
}

/// How the values that were read become conditions and numbers to tally.
#[derive(Default)]
pub(crate) struct Inputs {
    pub indicators: Vec<Input>,
    /// For each base, its condition.
    pub bases: Vec<usize>,
    /// For each condition, its column, and the base that it is limited to.
    conditions: Vec<(usize, usize)>,
    /// For each number, its column, and the base that it is limited to.
    numbers: Vec<(usize, usize)>,
}

/// What is read, and what becomes of it.
pub(crate) fn values(edition: &Edition) -> Result<(Vec<Value>, Inputs), AnalysisError> {
    let compiler = Compiler::new(edition);
    let mut values: Vec<Value> = Vec::new();
    let mut inputs = Inputs::default();
    // Indicators on one base share one decision on publication, so a base is found by its text; a mean has a base of
    // its own, since those whose number is missing are out of it.
    let mut known: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
    let add = |values: &mut Vec<Value>, value: Value| {
        values.push(value);
        values.len() - 1
    };
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
            let column = add(
                &mut values,
                Value::Condition(match &mean {
                    None => condition,
                    Some(number) => condition.and(number.clone().is_not_null()),
                }),
            );
            inputs.conditions.push((column, column));
            inputs.bases.push(inputs.conditions.len() - 1);
        }
        let within = inputs.conditions[inputs.bases[base]].0;
        let quantity = match (&indicator.numerator, mean) {
            (Numerator::Share(condition), _) => {
                let column = add(&mut values, Value::Condition(compiler.condition(condition)?));
                inputs.conditions.push((column, within));
                Quantity::Share(inputs.conditions.len() - 1)
            }
            (Numerator::Mean(_), Some(number)) => {
                let column = add(&mut values, Value::Number(number));
                inputs.numbers.push((column, within));
                Quantity::Mean(inputs.numbers.len() - 1)
            }
            (Numerator::Mean(number), None) => {
                let column = add(&mut values, Value::Number(compiler.number(number)?));
                inputs.numbers.push((column, within));
                Quantity::Mean(inputs.numbers.len() - 1)
            }
        };
        let blank = match &indicator.numerator {
            Numerator::Share(condition) => no_answer(edition, condition),
            Numerator::Mean(_) => None,
        };
        let no_answer = match blank {
            Some(condition) => {
                let column = add(&mut values, Value::Condition(compiler.condition(&condition)?));
                inputs.conditions.push((column, within));
                Some(inputs.conditions.len() - 1)
            }
            None => None,
        };
        inputs.indicators.push(Input { base, quantity, no_answer });
    }
    Ok((values, inputs))
}

impl Inputs {
    /// Counts and sums in every domain and calibration cell, in one pass.
    pub(super) fn tally(
        &self,
        cleaned: &Cleaned,
        domains: usize,
        memberships: &[Membership],
        variance: &TaylorVariance,
    ) -> Tally {
        let cells = variance.cells();
        let mut tally = Tally::new(domains, cells.len(), self.conditions.len(), self.numbers.len());
        let words = self.conditions.len().div_ceil(64);
        let mut rows = vec![[0_u64; 64]; words];
        let mut conditions = vec![0_u64; words];
        let mut numbers = vec![0.0; self.numbers.len()];
        let mut first = 0;
        let chunks = cleaned.answers.indicators.chunks().iter().zip(cleaned.answers.domains.chunks());
        for (read, member) in chunks {
            let columns: Vec<(&[u64], &[u64])> =
                self.conditions.iter().map(|(column, base)| (read.bits(*column), read.bits(*base))).collect();
            let of_number: Vec<(&[f64], &[u64])> =
                self.numbers.iter().map(|(column, base)| (read.numbers(*column), read.bits(*base))).collect();
            let partitions: Vec<(&[u16], &[Option<usize>])> = memberships
                .iter()
                .filter_map(|membership| match membership {
                    Membership::Partition { column, domain_of } => {
                        Some((member.codes(*column), domain_of.as_slice()))
                    }
                    Membership::Overlapping { .. } => None,
                })
                .collect();
            let overlapping: Vec<(&[u64], usize)> = memberships
                .iter()
                .filter_map(|membership| match membership {
                    Membership::Partition { .. } => None,
                    Membership::Overlapping { column, domain } => Some((member.bits(*column), *domain)),
                })
                .collect();
            for block in 0..read.rows().div_ceil(64) {
                for (rows, conditions) in rows.iter_mut().zip(columns.chunks(64)) {
                    *rows = [0; 64];
                    for (word, (column, base)) in rows.iter_mut().zip(conditions) {
                        *word = column[block] & base[block];
                    }
                    transpose(rows);
                }
                for position in 0..64.min(read.rows() - 64 * block) {
                    let row = 64 * block + position;
                    for (word, rows) in conditions.iter_mut().zip(&rows) {
                        *word = rows[position];
                    }
                    for (number, (y, base)) in numbers.iter_mut().zip(&of_number) {
                        let is_in_base = base[block] >> position & 1 == 1;
                        *number = if is_in_base && !y[row].is_nan() { y[row] } else { 0.0 };
                    }
                    let cell = cells.of_row[first + row] as usize;
                    tally.add(0, cell, &conditions, &numbers);
                    for (codes, domain_of) in &partitions {
                        if let Some(domain) = domain_of[usize::from(codes[row])] {
                            tally.add(domain, cell, &conditions, &numbers);
                        }
                    }
                    for (members, domain) in &overlapping {
                        if members[block] >> position & 1 == 1 {
                            tally.add(*domain, cell, &conditions, &numbers);
                        }
                    }
                }
            }
            first += read.rows();
        }
        tally.finish()
    }
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
