//! Evaluation on a single response.

use super::{Condition, DerivedIndex, Number, Subject};
use crate::answers::{Answer, Answers};
use crate::edition::{CaseValue, CommuneAttribute, Derived, DerivedRule, Edition};
use crate::model::{Kind, Question, QuestionIndex, Questionnaire, ScoreRule};
use crate::nomenclature::Nomenclatures;
use crate::response::Path;
use std::borrow::Cow;

/// The value of a derived variable.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Missing,
    Number(f64),
    Category(String),
}

/// Everything that expressions can read of one response: the answers on its path, and the derived variables.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    edition: &'a Edition,
    answers: Answers,
    path: Path,
    derived: Vec<Option<Value>>,
}

impl<'a> Facts<'a> {
    /// `answers` must hold nothing off `path`.
    pub(crate) fn new(edition: &'a Edition, answers: Answers, path: Path) -> Self {
        let mut derived = Vec::with_capacity(edition.derived.len());
        for index in 0..edition.derived.len() {
            let value = Reader::of(edition, &answers, &path, &derived).derived(index);
            derived.push(Some(value));
        }
        Self { edition, answers, path, derived }
    }

    fn reader(&self) -> Reader<'_> {
        Reader::of(self.edition, &self.answers, &self.path, &self.derived)
    }

    /// The answers on the path.
    #[must_use]
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the condition holds.
    #[must_use]
    pub fn holds(&self, condition: &Condition) -> bool {
        self.reader().holds(condition)
    }

    /// The number, when it is measured.
    #[must_use]
    pub fn number(&self, number: &Number) -> Option<f64> {
        self.reader().number(number)
    }

    /// The category of a single choice, a row, an identifier's type, a commune or a categorical derived variable.
    #[must_use]
    pub fn category(&self, subject: Subject) -> Option<String> {
        self.reader().category(subject)
    }

    /// Whether the subject has a value.
    #[must_use]
    pub fn is_measured(&self, subject: Subject) -> bool {
        self.reader().is_measured(subject)
    }

    /// The value of a numeric derived variable.
    #[must_use]
    pub fn derived_number(&self, index: DerivedIndex) -> Option<f64> {
        match &self.derived[index] {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// The value of a categorical derived variable.
    #[must_use]
    pub fn derived_category(&self, index: DerivedIndex) -> Option<&str> {
        match &self.derived[index] {
            Some(Value::Category(category)) => Some(category),
            _ => None,
        }
    }

    /// The score, from 0 to 100, of one question (an item), when it is measured.
    #[must_use]
    pub fn item_score(&self, question: QuestionIndex) -> Option<f64> {
        self.reader().item_score(question)
    }
}

/// Reads answers through a path; derived variables come from `memo` or are computed on the way.
pub(crate) struct Reader<'a> {
    pub questionnaire: &'a Questionnaire,
    pub derived: &'a [Derived],
    pub nomenclatures: &'a Nomenclatures,
    pub least_items_share: f64,
    pub answers: &'a Answers,
    pub path: &'a Path,
    pub memo: &'a [Option<Value>],
}

impl<'a> Reader<'a> {
    pub(crate) fn of(
        edition: &'a Edition,
        answers: &'a Answers,
        path: &'a Path,
        memo: &'a [Option<Value>],
    ) -> Self {
        Self {
            questionnaire: &edition.questionnaire,
            derived: &edition.derived,
            nomenclatures: &edition.nomenclatures,
            least_items_share: edition.scoring.least_items_share,
            answers,
            path,
            memo,
        }
    }

    fn question(&self, index: QuestionIndex) -> &'a Question {
        &self.questionnaire.questions[index]
    }

    fn answer(&self, question: QuestionIndex) -> Option<&'a Answer> {
        self.answers.get(&self.question(question).code)
    }

    pub(crate) fn holds(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Constant(constant) => *constant,
            Condition::In(subject, codes) => {
                self.code(*subject).is_some_and(|code| codes.iter().any(|known| *known == code))
            }
            Condition::HasAny(question, codes) => codes.iter().any(|code| self.is_ticked(*question, code)),
            Condition::HasAll(question, codes) => codes.iter().all(|code| self.is_ticked(*question, code)),
            Condition::Compare(left, comparison, right) => match (self.number(left), self.number(right)) {
                (Some(left), Some(right)) => comparison.holds(left, right),
                _ => false,
            },
            Condition::Asked(question, None) => self.path.asks(*question),
            Condition::Asked(question, Some(row)) => self.path.asks_row(*question, *row),
            Condition::Measured(subject) => self.is_measured(*subject),
            Condition::Not(inner) => !self.holds(inner),
            Condition::And(left, right) => self.holds(left) && self.holds(right),
            Condition::Or(left, right) => self.holds(left) || self.holds(right),
        }
    }

    pub(crate) fn number(&self, number: &Number) -> Option<f64> {
        match number {
            Number::Constant(constant) => Some(*constant),
            Number::Variable(Subject::Derived(index)) => match self.derived_value(*index) {
                Value::Number(value) => Some(value),
                Value::Missing | Value::Category(_) => None,
            },
            Number::Variable(Subject::Question(question)) => match self.answer(*question) {
                Some(Answer::Integer(value)) => Some(*value as f64),
                _ => None,
            },
            Number::Variable(_) => None,
            Number::Count(question) => Some(self.count(*question) as f64),
            Number::CountIn(question, codes) => match self.answer(*question) {
                Some(Answer::Matrix(rows)) => {
                    Some(rows.values().filter(|code| codes.contains(code)).count() as f64)
                }
                _ => Some(0.0),
            },
        }
    }

    fn count(&self, question: QuestionIndex) -> usize {
        self.question(question)
            .options()
            .iter()
            .filter(|option| !option.is_exclusive && self.is_ticked(question, &option.code))
            .count()
    }

    pub(crate) fn is_ticked(&self, question: QuestionIndex, code: &str) -> bool {
        match self.answer(question) {
            Some(Answer::Multiple(codes)) => codes.contains(code),
            Some(Answer::Networks(networks)) => networks.codes.contains(code),
            _ => false,
        }
    }

    pub(crate) fn category(&self, subject: Subject) -> Option<String> {
        self.code(subject).map(Cow::into_owned)
    }

    /// The category, without a copy of what stands in the answers.
    fn code(&self, subject: Subject) -> Option<Cow<'_, str>> {
        match subject {
            Subject::Question(question) => match (self.answer(question), &self.question(question).kind) {
                (Some(Answer::Text(code)), Kind::Single { .. } | Kind::Commune) => Some(code.into()),
                _ => None,
            },
            Subject::Row(question, row) => match self.answer(question) {
                Some(Answer::Matrix(rows)) => {
                    rows.get(&self.question(question).rows()[row].code).map(Into::into)
                }
                _ => None,
            },
            Subject::IdentifierType(question) => match self.answer(question) {
                Some(Answer::Identifier(identifier)) => Some(identifier.kind.as_str().into()),
                _ => None,
            },
            Subject::Derived(index) => match self.memo.get(index) {
                Some(Some(Value::Category(category))) => Some(category.into()),
                Some(Some(Value::Missing | Value::Number(_))) => None,
                _ => match self.derived(index) {
                    Value::Category(category) => Some(category.into()),
                    Value::Missing | Value::Number(_) => None,
                },
            },
        }
    }

    fn is_measured(&self, subject: Subject) -> bool {
        match subject {
            Subject::Question(question) => self.answer(question).is_some(),
            Subject::Row(..) | Subject::IdentifierType(_) => self.category(subject).is_some(),
            Subject::Derived(index) => self.derived_value(index) != Value::Missing,
        }
    }

    fn derived_value(&self, index: DerivedIndex) -> Value {
        self.memo.get(index).cloned().flatten().unwrap_or_else(|| self.derived(index))
    }

    fn derived_number(&self, index: DerivedIndex) -> Option<f64> {
        match self.derived_value(index) {
            Value::Number(number) => Some(number),
            Value::Missing | Value::Category(_) => None,
        }
    }

    pub(crate) fn derived(&self, index: DerivedIndex) -> Value {
        match &self.derived[index].rule {
            DerivedRule::Cases(cases) => cases
                .iter()
                .find(|case| self.holds(&case.when))
                .and_then(|case| match &case.value {
                    CaseValue::Category(category) => Some(category.clone()),
                    CaseValue::Copy(subject) => self.category(*subject),
                })
                .map_or(Value::Missing, Value::Category),
            DerivedRule::Commune { question, attribute } => self
                .category(Subject::Question(*question))
                .and_then(|code| self.nomenclatures.commune(&code))
                .map_or(Value::Missing, |commune| {
                    Value::Category(match attribute {
                        CommuneAttribute::Department => commune.department.clone(),
                        CommuneAttribute::Region => commune.region.clone(),
                        CommuneAttribute::Zone => commune.zone.clone(),
                    })
                }),
            DerivedRule::Flag { when, unmeasured } => {
                if self.holds(unmeasured) {
                    Value::Missing
                } else {
                    Value::Number(f64::from(u8::from(self.holds(when))))
                }
            }
            DerivedRule::Number(number) => self.number(number).map_or(Value::Missing, Value::Number),
            DerivedRule::Sum(parts) => {
                // From +0: the sum of nothing is -0 in Rust, which prints as such.
                Value::Number(
                    parts.iter().filter_map(|part| self.derived_number(*part)).fold(0.0, |a, b| a + b),
                )
            }
            DerivedRule::Measured(parts) => Value::Number(
                parts.iter().filter(|part| self.derived_value(**part) != Value::Missing).count() as f64,
            ),
            DerivedRule::Score { items } => {
                let scores: Vec<f64> = items.iter().filter_map(|item| self.item_score(*item)).collect();
                if (scores.len() as f64) < self.least_items_share * items.len() as f64 {
                    Value::Missing
                } else {
                    mean(&scores).map_or(Value::Missing, Value::Number)
                }
            }
            DerivedRule::Index { scores, at_least } => {
                let values: Vec<f64> =
                    scores.iter().filter_map(|score| self.derived_number(*score)).collect();
                if values.len() < *at_least {
                    Value::Missing
                } else {
                    mean(&values).map_or(Value::Missing, Value::Number)
                }
            }
        }
    }

    /// The score of one item: `nsp`, `nc` and blank have no points and are unmeasured, never zero.
    fn item_score(&self, index: QuestionIndex) -> Option<f64> {
        let question = self.question(index);
        let points = |code: &str| question.option(code).and_then(|option| option.points);
        match (question.score?, self.answer(index)?) {
            (ScoreRule::Single, Answer::Text(code)) => points(code),
            (ScoreRule::MultiCap100 | ScoreRule::MultiMax, Answer::Multiple(codes)) => {
                // Summed in the questionnaire's order, as the compiled form does.
                let measured: Vec<f64> = question
                    .options()
                    .iter()
                    .filter(|option| codes.contains(&option.code))
                    .filter_map(|option| option.points)
                    .collect();
                if measured.is_empty() {
                    None
                } else if question.score == Some(ScoreRule::MultiMax) {
                    measured.into_iter().reduce(f64::max)
                } else {
                    Some(measured.iter().sum::<f64>().min(100.0))
                }
            }
            (ScoreRule::MatrixMean, Answer::Matrix(rows)) => {
                let measured: Vec<f64> = question
                    .rows()
                    .iter()
                    .filter_map(|row| rows.get(&row.code))
                    .filter_map(|code| points(code))
                    .collect();
                mean(&measured)
            }
            _ => None,
        }
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() { None } else { Some(values.iter().sum::<f64>() / values.len() as f64) }
}
