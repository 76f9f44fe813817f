//! What is asked, of whom, in what order, and what counts as a valid response.
//!
//! What flows in: the texts of an edition's definition files. What flows out: an [`Edition`] in which every code is
//! resolved and every expression type-checked, or **all** the [`Problem`]s at once; then, from raw answers, the
//! [`Path`] a respondent takes, and a [`Response`] or the list of its [`Violation`]s. This crate does no I/O and knows
//! no clock.

mod answers;
mod edition;
pub mod expr;
mod model;
mod nomenclature;
mod parse;
mod problem;
pub mod read;
mod response;
mod route;
mod texts;
mod typography;
mod validate;

pub use answers::{Answer, Answers, Given, Identifier, Networks};
pub use edition::{
    Breakdown, BreakdownVariable, BreakdownWords, CalibrationGroup, Case, CaseValue, Category, Chapter,
    ChartForm, ChartPlan, CommuneAttribute, Derived, DerivedRule, Edition, Finding, FindingSubject,
    Indicator, Level, Margin, MarginCategory, Plan, Reference, Scoring, Target, TestFamily, Translation,
    Wording,
};
pub use expr::{Condition, Facts, Number, Numerator, Subject};
pub use model::{
    Check, Choice, Dimension, Kind, Question, QuestionIndex, Questionnaire, Retired, Row, ScoreRule, Screen,
    ScreenItem, Section, Severity,
};
pub use nomenclature::{Commune, Nomenclatures};
pub use parse::Files;
pub use problem::Problem;
pub use response::{Path, Response, Violation, ViolationCode};
pub use typography::curly;
