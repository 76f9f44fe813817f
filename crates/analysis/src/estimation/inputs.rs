//! What estimation reads of the responses: bases, numerators, and who gave no answer.

use std::collections::BTreeMap;

use questionnaire::{Condition, Edition, Numerator, Question, Subject};

use super::domains::Membership;
use super::tally::{Counted, Tally};
use super::variance::TaylorVariance;
use crate::cleaning::Cleaned;
use crate::columns::Value;

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
pub(crate) fn values(edition: &Edition) -> (Vec<Value>, Inputs) {
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
            Numerator::Mean(number) => Some(number),
        };
        let key = (indicator.base_text.as_str(), mean.map(|_| indicator.numerator_text.as_str()));
        let next = known.len();
        let base = *known.entry(key).or_insert(next);
        if base == next {
            let condition = indicator.base.clone();
            let column = add(
                &mut values,
                match mean {
                    None => Value::Condition(condition),
                    Some(number) => Value::Measured(condition, number.clone()),
                },
            );
            inputs.conditions.push((column, column));
            inputs.bases.push(inputs.conditions.len() - 1);
        }
        let within = inputs.conditions[inputs.bases[base]].0;
        let (quantity, blank) = match &indicator.numerator {
            Numerator::Share(condition) => {
                let column = add(&mut values, Value::Condition(condition.clone()));
                inputs.conditions.push((column, within));
                (Quantity::Share(inputs.conditions.len() - 1), no_answer(edition, condition))
            }
            Numerator::Mean(number) => {
                let column = add(&mut values, Value::Number(number.clone()));
                inputs.numbers.push((column, within));
                (Quantity::Mean(inputs.numbers.len() - 1), None)
            }
        };
        let no_answer = blank.map(|condition| {
            let column = add(&mut values, Value::Condition(condition));
            inputs.conditions.push((column, within));
            inputs.conditions.len() - 1
        });
        inputs.indicators.push(Input { base, quantity, no_answer });
    }
    (values, inputs)
}

impl Inputs {
    /// For each base, who is in it: one bit per respondent, the first in the lowest.
    pub(crate) fn base_bits(&self, cleaned: &Cleaned) -> Vec<Vec<u64>> {
        self.bases.iter().map(|condition| self.bits(cleaned, *condition)).collect()
    }

    fn bits(&self, cleaned: &Cleaned, condition: usize) -> Vec<u64> {
        let (column, _) = self.conditions[condition];
        let mut bits = vec![0_u64; cleaned.len().div_ceil(64)];
        let mut from = 0;
        for chunk in cleaned.answers.indicators.chunks() {
            for row in chunk.bits(column).ones() {
                bits[(from + row) / 64] |= 1 << ((from + row) % 64);
            }
            from += chunk.rows();
        }
        bits
    }

    /// What estimates are made of, respondent by respondent.
    pub(crate) fn of_rows(&self, cleaned: &Cleaned) -> OfRows {
        let quantity = |input: &Input| match input.quantity {
            Quantity::Share(condition) => OfRow::Holds(self.bits(cleaned, condition)),
            Quantity::Mean(number) => {
                let (column, _) = self.numbers[number];
                let chunks = cleaned.answers.indicators.chunks();
                OfRow::Number(chunks.iter().flat_map(|chunk| chunk.numbers(column)).copied().collect())
            }
        };
        OfRows {
            bases: self.base_bits(cleaned),
            indicators: self.indicators.iter().map(|input| (input.base, quantity(input))).collect(),
        }
    }

    /// Counts and sums in every domain and calibration cell.
    pub(super) fn tally(
        &self,
        cleaned: &Cleaned,
        domains: usize,
        memberships: &[Membership],
        variance: &TaylorVariance,
    ) -> Tally {
        let cells = variance.cells();
        Tally::count(&Counted {
            indicators: cleaned.answers.indicators.chunks(),
            domains: cleaned.answers.domains.chunks(),
            memberships,
            conditions: &self.conditions,
            numbers: &self.numbers,
            cell_of_row: &cells.of_row,
            cells: cells.len(),
            all_domains: domains,
        })
    }
}

/// What estimates are made of, respondent by respondent; bits are those of the respondents in order, the first in the
/// lowest.
pub(crate) struct OfRows {
    /// For each base, who is in it.
    pub bases: Vec<Vec<u64>>,
    /// For each indicator, its base and its values.
    indicators: Vec<(usize, OfRow)>,
}

enum OfRow {
    Holds(Vec<u64>),
    Number(Vec<f64>),
}

/// Whether the bit of a respondent is set.
fn holds(bits: &[u64], row: usize) -> bool {
    bits[row / 64] >> (row % 64) & 1 == 1
}

impl OfRows {
    /// Whether a respondent is in a base.
    pub(crate) fn is_in(&self, base: usize, row: usize) -> bool {
        holds(&self.bases[base], row)
    }

    /// Of the respondents in the base of a share, those who count in it, or those who do not: one bit for each. Nobody for
    /// a mean.
    pub(crate) fn gave(&self, indicator: usize, is_yes: bool) -> impl Iterator<Item = u64> {
        let (base, values) = &self.indicators[indicator];
        let holds: &[u64] = match values {
            OfRow::Holds(bits) => bits,
            OfRow::Number(_) => &[],
        };
        holds
            .iter()
            .zip(&self.bases[*base])
            .map(move |(holds, base)| base & if is_yes { *holds } else { !*holds })
    }

    /// The estimate of an indicator on some respondents; not a number when none of them is in its base.
    pub(crate) fn value(&self, indicator: usize, rows: &[usize], weights: &[f64]) -> f64 {
        let (base, values) = &self.indicators[indicator];
        let (mut sum, mut weight) = (0.0, 0.0);
        for row in rows.iter().copied().filter(|row| self.is_in(*base, *row)) {
            weight += weights[row];
            sum += weights[row]
                * match values {
                    OfRow::Holds(bits) => f64::from(u8::from(holds(bits, row))),
                    OfRow::Number(numbers) => numbers[row],
                };
        }
        sum / weight
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
