//! The skips: where one answer alone decides that the questions which follow are not asked.

use std::collections::BTreeSet;

use questionnaire::{Choice, Condition, Kind, Number, Question, QuestionIndex, Questionnaire, Subject};

use super::content::Go;

/// Where a respondent who gives this answer goes on, when it is not at the next question.
///
/// The questions left out are those whose condition is false whatever else was answered: an answer that is one of
/// several ticked decides nothing, so that only exclusive ones of a multiple choice have a skip.
pub(crate) fn skip(questionnaire: &Questionnaire, question: QuestionIndex, option: &Choice) -> Option<Go> {
    let questions = &questionnaire.questions;
    if option.is_ending {
        let screen = questions[question].screen;
        let same = (question..questions.len()).take_while(|index| questions[*index].screen == screen);
        return Some(Go::EndAfter(same.last().unwrap_or(question) + 1));
    }
    let is_whole_answer = match questions[question].kind {
        Kind::Single { .. } | Kind::Identifier { .. } => true,
        Kind::Multiple { .. } | Kind::Networks { .. } => option.is_exclusive,
        Kind::Matrix { .. } | Kind::Integer { .. } | Kind::Text { .. } | Kind::Email | Kind::Commune => false,
    };
    if !is_whole_answer {
        return None;
    }
    let mut known = Known { question, option, hidden: BTreeSet::new() };
    let next = question + 1;
    let mut target = next;
    while questions.get(target).is_some_and(|following| known.hides(following)) {
        known.hidden.insert(target);
        target += 1;
    }
    if target == next {
        None
    } else if target == questions.len() {
        Some(Go::EndAfter(question + 1))
    } else {
        Some(Go::To(target + 1))
    }
}

/// What is known right after one answer was given: that answer, and which of the next questions were left out.
struct Known<'a> {
    question: QuestionIndex,
    option: &'a Choice,
    hidden: BTreeSet<QuestionIndex>,
}

/// A number as far as it is known.
#[derive(Clone, Copy)]
enum Figure {
    Value(f64),
    Missing,
    Unknown,
}

impl Known<'_> {
    /// Whether nobody who gave the answer is asked the question.
    fn hides(&self, question: &Question) -> bool {
        let is_false = |condition: &Option<Condition>| {
            condition.as_ref().is_some_and(|condition| self.holds(condition) == Some(false))
        };
        let (rows, options) = (question.rows(), question.options());
        is_false(&question.show_if)
            || (!rows.is_empty() && rows.iter().all(|row| is_false(&row.show_if)))
            || (!options.is_empty() && options.iter().all(|option| is_false(&option.show_if)))
    }

    /// Whether the condition holds, if that is decided.
    fn holds(&self, condition: &Condition) -> Option<bool> {
        match condition {
            Condition::Constant(constant) => Some(*constant),
            Condition::Not(inner) => self.holds(inner).map(|holds| !holds),
            Condition::And(left, right) => match (self.holds(left), self.holds(right)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Condition::Or(left, right) => match (self.holds(left), self.holds(right)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Condition::In(Subject::Question(read) | Subject::IdentifierType(read), codes) => {
                self.ticked(*read, || codes.contains(&self.option.code))
            }
            Condition::In(Subject::Row(read, _), _) | Condition::Measured(Subject::Row(read, _)) => {
                self.ticked(*read, || false).filter(|_| *read != self.question)
            }
            Condition::HasAny(read, codes) => self.ticked(*read, || codes.contains(&self.option.code)),
            Condition::HasAll(read, codes) => {
                self.ticked(*read, || codes.iter().all(|code| *code == self.option.code))
            }
            Condition::Measured(Subject::Question(read) | Subject::IdentifierType(read)) => {
                self.ticked(*read, || true)
            }
            Condition::Asked(read, None) => self.ticked(*read, || true),
            Condition::Asked(read, Some(_)) => self.hidden.contains(read).then_some(false),
            Condition::In(Subject::Derived(_), _) | Condition::Measured(Subject::Derived(_)) => None,
            Condition::Compare(left, comparison, right) => match (self.figure(left), self.figure(right)) {
                (Figure::Missing, _) | (_, Figure::Missing) => Some(false),
                (Figure::Value(left), Figure::Value(right)) => Some(comparison.holds(left, right)),
                _ => None,
            },
        }
    }

    /// What is known of the answer to a question: decided for the one just answered, false for one left out.
    fn ticked(&self, read: QuestionIndex, decided: impl FnOnce() -> bool) -> Option<bool> {
        if read == self.question { Some(decided()) } else { self.hidden.contains(&read).then_some(false) }
    }

    fn figure(&self, number: &Number) -> Figure {
        match number {
            Number::Constant(constant) => Figure::Value(*constant),
            Number::Variable(Subject::Question(read)) if self.hidden.contains(read) => Figure::Missing,
            Number::Count(read) if *read == self.question => {
                Figure::Value(if self.option.is_exclusive { 0.0 } else { 1.0 })
            }
            Number::Count(read) | Number::CountIn(read, _) if self.hidden.contains(read) => {
                Figure::Value(0.0)
            }
            Number::Variable(_) | Number::Count(_) | Number::CountIn(..) => Figure::Unknown,
        }
    }
}

/// Whether the questionnaire has an answer that ends it, and at which question.
pub(crate) fn consent(questionnaire: &Questionnaire) -> Option<QuestionIndex> {
    questionnaire
        .questions
        .iter()
        .position(|question| question.options().iter().any(|option| option.is_ending))
}
