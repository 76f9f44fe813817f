//! From raw answers to a valid response: the path, the violations, the response.

use std::collections::{BTreeMap, BTreeSet};

use crate::answers::Answers;
use crate::model::{Check, QuestionIndex};

/// What a respondent is asked, given the answers so far: for each question on the path, the rows asked.
///
/// An answer off the path never counts: not in routing further down, not in a score, not in an extract.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path {
    /// Question to the rows that are asked (empty for a question that is not a matrix).
    pub questions: BTreeMap<QuestionIndex, Vec<usize>>,
    /// For each question on the path of which some answers may not be offered, the indices of those that are.
    pub offered: BTreeMap<QuestionIndex, BTreeSet<usize>>,
    /// Screens with something to ask, in order.
    pub screens: Vec<usize>,
    /// The question whose ending answer (a refusal) closed the questionnaire.
    pub ended_by: Option<QuestionIndex>,
}

impl Path {
    /// Whether the question is on the path.
    #[must_use]
    pub fn asks(&self, question: QuestionIndex) -> bool {
        self.questions.contains_key(&question)
    }

    /// Whether this row of the question is on the path.
    #[must_use]
    pub fn asks_row(&self, question: QuestionIndex, row: usize) -> bool {
        self.questions.get(&question).is_some_and(|rows| rows.contains(&row))
    }

    /// Whether this option of a question on the path is offered.
    #[must_use]
    pub fn offers(&self, question: QuestionIndex, option: usize) -> bool {
        self.offered.get(&question).is_none_or(|offered| offered.contains(&option))
    }
}

/// Answers that were found valid, with nothing off the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    pub(crate) answers: Answers,
    pub(crate) path: Path,
}

impl Response {
    /// The answers, all of them on the path.
    #[must_use]
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Something wrong with an answer, for the respondent: a code of the text catalogue and its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The question.
    pub question: QuestionIndex,
    /// The row, for a matrix.
    pub row: Option<usize>,
    /// What is wrong; its text is `violation.<code>` in the catalogue.
    pub code: ViolationCode,
    /// Values put in the text: `{max}`, `{value}`, …
    pub parameters: Vec<(&'static str, String)>,
}

/// What may be wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ViolationCode {
    /// A required question was left blank.
    Required,
    /// The answer is not of the question's kind (a hand-made request).
    WrongKind,
    /// An option that the question does not have (a hand-made request).
    UnknownOption,
    /// More options than allowed; `{max}`, `{count}`.
    TooMany,
    /// An exclusive option ticked with others; `{option}`.
    Exclusive,
    /// Not a whole number; `{value}`.
    NotInteger,
    /// Out of bounds; `{min}`, `{max}`, `{value}`.
    OutOfRange,
    /// Text too long; `{max}`, `{count}`.
    TooLong,
    /// Not an e-mail address; `{value}`.
    Email,
    /// A SIRET has 14 digits; `{value}`.
    SiretLength,
    /// The SIRET's key is wrong (Luhn); `{value}`.
    SiretKey,
    /// Not an RNA number; `{value}`.
    Rna,
    /// No commune has this code or post code; `{value}`.
    Commune,
    /// The option is not offered to who gave these answers to earlier questions; `{option}`.
    NotOffered,
    /// A consistency check that refuses holds; its message is a text of the questionnaire.
    Inconsistent,
}

impl ViolationCode {
    /// Every code that has a text in the catalogue: all but [`Self::Inconsistent`], whose text is that of the check.
    pub const ALL: [Self; 14] = [
        Self::Required,
        Self::WrongKind,
        Self::UnknownOption,
        Self::TooMany,
        Self::Exclusive,
        Self::NotInteger,
        Self::OutOfRange,
        Self::TooLong,
        Self::Email,
        Self::SiretLength,
        Self::SiretKey,
        Self::Rna,
        Self::Commune,
        Self::NotOffered,
    ];

    /// The key of its text in the catalogue.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Required => "violation.required",
            Self::WrongKind => "violation.wrong_kind",
            Self::UnknownOption => "violation.unknown_option",
            Self::TooMany => "violation.too_many",
            Self::Exclusive => "violation.exclusive",
            Self::NotInteger => "violation.not_integer",
            Self::OutOfRange => "violation.out_of_range",
            Self::TooLong => "violation.too_long",
            Self::Email => "violation.email",
            Self::SiretLength => "violation.siret_length",
            Self::SiretKey => "violation.siret_key",
            Self::Rna => "violation.rna",
            Self::Commune => "violation.commune",
            Self::NotOffered => "violation.not_offered",
            Self::Inconsistent => "violation.inconsistent",
        }
    }

    /// The values that its text may show, as `{name}`.
    #[must_use]
    pub fn placeholders(self) -> &'static [&'static str] {
        match self {
            Self::Required | Self::WrongKind | Self::UnknownOption | Self::Inconsistent => &[],
            Self::TooMany | Self::TooLong => &["max", "count"],
            Self::Exclusive | Self::NotOffered => &["option"],
            Self::OutOfRange => &["min", "max", "value"],
            Self::NotInteger
            | Self::Email
            | Self::SiretLength
            | Self::SiretKey
            | Self::Rna
            | Self::Commune => &["value"],
        }
    }
}

impl Violation {
    pub(crate) fn new(question: QuestionIndex, code: ViolationCode) -> Self {
        Self { question, row: None, code, parameters: Vec::new() }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.parameters.push((name, value.to_string()));
        self
    }

    /// What a consistency check that refuses says.
    pub(crate) fn inconsistent(check: &Check) -> Self {
        Self::new(check.question, ViolationCode::Inconsistent)
            .with("check", &check.code)
            .with("message", &check.message)
    }

    /// A number, with its thousands apart as the typography of the language wants.
    pub(crate) fn with_number(self, language: &str, name: &'static str, value: i64) -> Self {
        let separator = if language == "en" { ',' } else { '\u{202f}' };
        let digits = value.unsigned_abs().to_string();
        let mut grouped = String::new();
        for (position, digit) in digits.chars().enumerate() {
            if position > 0 && (digits.len() - position).is_multiple_of(3) {
                grouped.push(separator);
            }
            grouped.push(digit);
        }
        let sign = if value < 0 { "\u{2212}" } else { "" };
        self.with(name, format!("{sign}{grouped}"))
    }

    /// The message in the catalogue's language, parameters put in.
    #[must_use]
    pub fn message(&self, texts: &BTreeMap<String, String>) -> String {
        if self.code == ViolationCode::Inconsistent {
            let message = self.parameters.iter().find(|(name, _)| *name == "message");
            return message.map(|(_, message)| message.clone()).unwrap_or_default();
        }
        let mut message = texts.get(self.code.key()).map_or(self.code.key(), String::as_str).to_owned();
        for (name, value) in &self.parameters {
            message = message.replace(&format!("{{{name}}}"), value);
        }
        message
    }
}
