//! One expression language for routing, checks, derived variables and indicators.
//!
//! ```text
//! condition := condition "or" condition | condition "and" condition | "not" condition | "(" condition ")"
//!            | subject "in" "{" code, … "}"           single choice, matrix row, identifier type or derived category
//!            | question "has_any" "{" code, … "}"     multiple choice
//!            | question "has_all" "{" code, … "}"
//!            | number (">=" | "<=" | ">" | "<" | "=") number
//!            | "asked" "(" question [ "." row ] ")"
//!            | "measured" "(" variable ")"
//! number    := digits | question | "derived." name | "count" "(" question ")"
//!            | "count_in" "(" matrix "," "{" code, … "}" ")"
//! numerator := condition | "mean" "(" number ")"
//! ```
//!
//! Logic has two values. A question that was not asked or was left blank is in no set and satisfies no comparison;
//! `not` turns that into true. `count` leaves exclusive answers out and is 0 for a blank question.
//! The same typed tree is evaluated on one response ([`Facts`]) and compiled to columns (crate `analysis`).

mod check;
mod eval;
mod parse;

use crate::model::QuestionIndex;

pub(crate) use check::{
    Known, Scope, Visible, check_condition, check_number, check_numerator, last_read, read_by, read_by_rule,
    standing,
};
pub use eval::Facts;
pub(crate) use eval::{Reader, Value};
pub use parse::{Syntax, SyntaxError, SyntaxKind, parse};

/// Index of a derived variable in [`crate::Edition::derived`].
pub type DerivedIndex = usize;

/// A type-checked condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Always or never.
    Constant(bool),
    /// The category of the subject is one of these codes.
    In(Subject, Vec<String>),
    /// At least one of the codes is ticked.
    HasAny(QuestionIndex, Vec<String>),
    /// All the codes are ticked.
    HasAll(QuestionIndex, Vec<String>),
    /// A comparison of numbers; false when either is missing.
    Compare(Number, Comparison, Number),
    /// The question (or row) is on the respondent's path.
    Asked(QuestionIndex, Option<usize>),
    /// The subject has a value.
    Measured(Subject),
    /// Negation.
    Not(Box<Condition>),
    /// Both.
    And(Box<Condition>, Box<Condition>),
    /// Either.
    Or(Box<Condition>, Box<Condition>),
}

/// A comparison operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `>=`
    AtLeast,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `<`
    Below,
    /// `=`
    Equal,
}

/// A variable that has, or has not, a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A question.
    Question(QuestionIndex),
    /// A row of a matrix.
    Row(QuestionIndex, usize),
    /// The kind of an identifier (`org_ident.type`).
    IdentifierType(QuestionIndex),
    /// A derived variable.
    Derived(DerivedIndex),
}

/// A number computed from a response; it may be missing.
#[derive(Debug, Clone, PartialEq)]
pub enum Number {
    /// A constant.
    Constant(f64),
    /// An integer question or a numeric derived variable.
    Variable(Subject),
    /// How many answers are ticked, exclusive ones left out; 0 when blank.
    Count(QuestionIndex),
    /// How many rows of the matrix are answered by one of the codes; 0 when blank.
    CountIn(QuestionIndex, Vec<String>),
}

/// What an indicator adds up.
#[derive(Debug, Clone, PartialEq)]
pub enum Numerator {
    /// A share: the weighted part of the base for which the condition holds.
    Share(Condition),
    /// A mean over the part of the base where the number is measured.
    Mean(Number),
}

impl Comparison {
    /// Whether `left` compares so with `right`.
    #[must_use]
    pub fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::AtLeast => left >= right,
            Self::AtMost => left <= right,
            Self::Above => left > right,
            Self::Below => left < right,
            // Numbers of a questionnaire are counts, or means of points compared with round constants.
            Self::Equal => (left - right).abs() < 1e-9,
        }
    }
}
