//! How the tables of an edition hang together, and what one publication replaces.

use serde::{Deserialize, Serialize};

/// How the tables of an edition hang together, and what was published before: public, and what a protection is audited
/// with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Release {
    /// Crossings of two breakdowns.
    pub crossings: Vec<Crossing>,
    /// Networks that are publicly part of another: inner, outer.
    pub subsets: Vec<(String, String)>,
    /// Categories that are part of a category of another breakdown.
    pub nested: Vec<Nested>,
    /// Normal quantile of the intervals' level.
    pub quantile: f64,
    /// When this is not the first publication of the edition.
    pub revision: Option<Revision>,
}

impl Default for Release {
    fn default() -> Self {
        Self {
            crossings: Vec::new(),
            subsets: Vec::new(),
            nested: Vec::new(),
            quantile: 1.96,
            revision: None,
        }
    }
}

/// Two breakdowns that are crossed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crossing {
    /// Code of the first breakdown: that of the networks, if one is.
    pub breakdown: String,
    /// Code of the other.
    pub by: String,
}

impl Crossing {
    /// Code of the table.
    #[must_use]
    pub fn table(&self) -> String {
        format!("{}_x_{}", self.breakdown, self.by)
    }
}

/// A category that is part of a category of another breakdown, by definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nested {
    /// Breakdown code.
    pub breakdown: String,
    /// Category code.
    pub category: String,
    /// The other breakdown.
    pub within: String,
    /// Its category.
    pub part: String,
}

/// A publication in place of an earlier one of the same edition (`disclosure.md`, section 3.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// SHA-256 of the cells that it replaces.
    pub replaces: String,
    /// Why, in words.
    pub reason: String,
}
