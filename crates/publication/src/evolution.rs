//! What changed since an earlier edition: differences of displayed values, and flags made from them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::cell::Displayed;
use crate::model::Domain;

/// What changed since an earlier edition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evolution {
    /// The earlier edition.
    pub edition: String,
    /// Its title.
    pub title: String,
    /// Whether the margins of both were of the same categories: other margins move figures that nothing moved.
    pub has_same_margins: bool,
    /// Indicators that may be set beside their past, in the later edition's order.
    pub series: Vec<Series>,
    /// Those that may not, with the reason.
    pub refused: Vec<Refused>,
}

/// One indicator in both editions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Indicator code.
    pub indicator: String,
    /// Whether it is a key figure, tested with the others.
    pub is_headline: bool,
    /// What the earlier figures were multiplied by, by a decision.
    pub factor: Option<f64>,
    /// The reasons of decisions, for the reader.
    pub notes: Vec<String>,
    /// The figures, all respondents first, then categories in the breakdowns' order.
    pub changes: Vec<Change>,
}

/// One figure in both editions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Breakdown and category; `None` for all respondents.
    pub category: Option<(String, String)>,
    /// As displayed in the earlier edition.
    pub before: Displayed,
    /// As displayed in the later one.
    pub after: Displayed,
    /// Difference of the displayed values.
    pub difference: f64,
    /// What may be said of it.
    pub direction: Direction,
}

impl Change {
    /// Whom it is about.
    #[must_use]
    pub fn domain(&self) -> Domain {
        match &self.category {
            None => Domain::All,
            Some((breakdown, category)) => Domain::of(breakdown, category),
        }
    }
}

/// What may be said of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// A rise that chance does not explain.
    Up,
    /// A fall that chance does not explain.
    Down,
    /// Less than two rounding steps.
    Stable,
    /// More than that, and no more than chance may do.
    Unclear,
}

/// An indicator that may not be set beside its past.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Indicator code.
    pub indicator: String,
    /// Label.
    pub label: String,
    /// Why.
    pub why: Why,
    /// The reason that was given, for a series that was broken; the program's own words for one that nobody decided about
    /// are for the publisher's team, not here.
    pub reason: Option<String>,
}

/// Why an indicator may not be set beside its past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Only one of the editions has it.
    Alone,
    /// It changed and nobody decided.
    Undecided,
    /// The series was broken by a decision.
    Broken,
}

/// What the gate of comparability says of each indicator: the figures that may be set side by side, and the others.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Gate {
    /// By indicator, what was decided.
    pub linked: BTreeMap<String, Link>,
    /// The others.
    pub refused: Vec<Refused>,
}

/// An indicator that may be set beside its past.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Link {
    /// What the earlier figures are multiplied by.
    pub factor: Option<f64>,
    /// The reasons of decisions.
    pub notes: Vec<String>,
}
