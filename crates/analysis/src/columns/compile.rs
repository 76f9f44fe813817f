//! From conditions, numbers and categories to polars expressions.

use polars::prelude::{DataType, Expr, NULL, col, lit, when};
use questionnaire::expr::Comparison;
use questionnaire::{Condition, Edition, Kind, Number, Question, QuestionIndex, Subject};

use crate::error::AnalysisError;

/// Compiles an edition's expressions. Derived variables are read as columns `derived.<name>`, and what was asked as
/// columns `asked.<question>` and `asked.<question>.<row>` (see [`crate::columns::derive`]).
#[derive(Debug, Clone, Copy)]
pub struct Compiler<'a> {
    edition: &'a Edition,
}

type Compiled = Result<Expr, AnalysisError>;

impl<'a> Compiler<'a> {
    /// For this edition.
    #[must_use]
    pub fn new(edition: &'a Edition) -> Self {
        Self { edition }
    }

    /// A boolean that is never `null`.
    ///
    /// # Errors
    /// When the condition reads a question that extracts leave out.
    pub fn condition(&self, condition: &Condition) -> Compiled {
        Ok(match condition {
            Condition::Constant(value) => lit(*value),
            Condition::In(subject, codes) => is_one_of(&self.category(*subject)?, codes),
            Condition::HasAny(question, codes) => any(self.ticks(*question, codes)?),
            Condition::HasAll(question, codes) => {
                self.ticks(*question, codes)?.into_iter().reduce(Expr::and).unwrap_or_else(|| lit(true))
            }
            Condition::Compare(left, comparison, right) => {
                let (left, right) = (self.number(left)?, self.number(right)?);
                compare(left, *comparison, right).fill_null(lit(false))
            }
            Condition::Asked(question, row) => self.asked(*question, *row),
            Condition::Measured(subject) => self.measured(*subject)?,
            Condition::Not(inner) => self.condition(inner)?.not(),
            Condition::And(left, right) => self.condition(left)?.and(self.condition(right)?),
            Condition::Or(left, right) => self.condition(left)?.or(self.condition(right)?),
        })
    }

    /// A 64-bit float, `null` when the number is missing.
    ///
    /// # Errors
    /// When the number reads a question that extracts leave out.
    pub fn number(&self, number: &Number) -> Compiled {
        Ok(match number {
            Number::Constant(value) => lit(*value),
            Number::Variable(subject) => self.column(*subject)?.cast(DataType::Float64),
            Number::Count(question) => {
                let counted: Vec<String> = self
                    .question(*question)
                    .options()
                    .iter()
                    .filter(|option| !option.is_exclusive)
                    .map(|option| option.code.clone())
                    .collect();
                sum(self.ticks(*question, &counted)?.into_iter().map(as_number))
            }
            Number::CountIn(question, codes) => sum((0..self.question(*question).rows().len())
                .map(|row| Ok(as_number(is_one_of(&self.category(Subject::Row(*question, row))?, codes))))
                .collect::<Result<Vec<_>, AnalysisError>>()?),
        })
    }

    /// A text, `null` when the category is missing.
    ///
    /// # Errors
    /// When the subject is of a question that extracts leave out.
    pub fn category(&self, subject: Subject) -> Compiled {
        self.column(subject)
    }

    /// Whether the subject has a value.
    ///
    /// # Errors
    /// When the subject is of a question that extracts leave out.
    pub fn measured(&self, subject: Subject) -> Compiled {
        let Subject::Question(question) = subject else { return Ok(self.column(subject)?.is_not_null()) };
        let definition = self.question(question);
        Ok(match &definition.kind {
            // The options of an answered question are true or false, and all are null when it is blank. One that an
            // earlier version did not offer is null in its responses.
            Kind::Multiple { options, .. } | Kind::Networks { options } => {
                let options = options.iter().map(|option| self.part(question, &option.code));
                any(options.map(|option| option.map(Expr::is_not_null)).collect::<Result<Vec<_>, _>>()?)
            }
            Kind::Matrix { rows, .. } => {
                let rows = rows.iter().map(|row| self.part(question, &row.code));
                any(rows.map(|row| row.map(Expr::is_not_null)).collect::<Result<Vec<_>, _>>()?)
            }
            Kind::Identifier { .. } => self.column(Subject::IdentifierType(question))?.is_not_null(),
            Kind::Single { .. } | Kind::Commune | Kind::Integer { .. } | Kind::Text { .. } | Kind::Email => {
                self.column(subject)?.is_not_null()
            }
        })
    }

    /// Whether the question, or one row of it, was asked: on the path, and reached. It is what the extract says was
    /// asked, under the definition of the response's own version, and never what the newest definition would ask.
    pub fn asked(&self, question: QuestionIndex, row: Option<usize>) -> Expr {
        col(asked_column(&place_name(self.edition, question, row)))
    }

    /// Whether each of these options is ticked, never `null`.
    pub(super) fn ticks(self, question: QuestionIndex, codes: &[String]) -> Result<Vec<Expr>, AnalysisError> {
        codes.iter().map(|code| Ok(self.part(question, code)?.fill_null(lit(false)))).collect()
    }

    fn question(self, question: QuestionIndex) -> &'a Question {
        &self.edition.questionnaire.questions[question]
    }

    fn part(self, question: QuestionIndex, code: &str) -> Compiled {
        let definition = self.question(question);
        let name = format!("{}.{code}", definition.code);
        if definition.is_personal { Err(AnalysisError::NotInExtract { name }) } else { Ok(col(name)) }
    }

    fn column(self, subject: Subject) -> Compiled {
        let name = self.edition.subject_name(subject);
        let is_left_out = match subject {
            Subject::Question(question) | Subject::Row(question, _) | Subject::IdentifierType(question) => {
                let definition = self.question(question);
                definition.is_personal || matches!(definition.kind, Kind::Email)
            }
            Subject::Derived(_) => false,
        };
        if is_left_out { Err(AnalysisError::NotInExtract { name }) } else { Ok(col(name)) }
    }
}

/// The name of a question, or of one of its rows, in the column of the path.
pub(super) fn place_name(edition: &Edition, question: QuestionIndex, row: Option<usize>) -> String {
    match row {
        Some(row) => edition.subject_name(Subject::Row(question, row)),
        None => edition.subject_name(Subject::Question(question)),
    }
}

/// The column that says whether a place was asked.
pub(super) fn asked_column(place: &str) -> String {
    format!("asked.{place}")
}

/// Whether a text is one of the codes; false for `null`.
pub(super) fn is_one_of(text: &Expr, codes: &[String]) -> Expr {
    any(codes.iter().map(|code| text.clone().eq(lit(code.as_str()))).collect()).fill_null(lit(false))
}

pub(super) fn any(conditions: Vec<Expr>) -> Expr {
    conditions.into_iter().reduce(Expr::or).unwrap_or_else(|| lit(false))
}

/// 1 or 0 for a boolean.
pub(super) fn as_number(condition: Expr) -> Expr {
    when(condition).then(lit(1.0)).otherwise(lit(0.0))
}

/// A sum from left to right, as on one response.
pub(super) fn sum(terms: impl IntoIterator<Item = Expr>) -> Expr {
    terms.into_iter().fold(lit(0.0), |total, term| total + term)
}

pub(super) fn missing(kind: DataType) -> Expr {
    lit(NULL).cast(kind)
}

fn compare(left: Expr, comparison: Comparison, right: Expr) -> Expr {
    match comparison {
        Comparison::AtLeast => left.gt_eq(right),
        Comparison::AtMost => left.lt_eq(right),
        Comparison::Above => left.gt(right),
        Comparison::Below => left.lt(right),
        Comparison::Equal => {
            let difference = left - right;
            difference.clone().lt(lit(1e-9)).and(difference.gt(lit(-1e-9)))
        }
    }
}
