//! How the tables of an edition hang together, and what one publication replaces.

use serde::{Deserialize, Serialize};

use crate::model::Domain;

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
    /// The groups whose number of organisations is a public total that weighting was given.
    pub populations: Vec<Population>,
    /// Indicators that everyone was asked: a population stands beside these alone.
    pub of_everyone: Vec<String>,
    /// When this is not the first version of the edition: why each one before was replaced, the first first.
    pub revisions: Vec<Revision>,
}

impl Default for Release {
    fn default() -> Self {
        Self {
            crossings: Vec::new(),
            subsets: Vec::new(),
            nested: Vec::new(),
            quantile: 1.96,
            populations: Vec::new(),
            of_everyone: Vec::new(),
            revisions: Vec::new(),
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

/// How many organisations a group stands for, as the sources of the margins say (`disclosure.md`, section 3.1: never for
/// networks or crossings).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Population {
    /// Breakdown and category; `None` for all.
    pub category: Option<(String, String)>,
    /// Organisations.
    pub n: u64,
}

impl Release {
    /// The population to show beside a figure; nothing where none is public.
    #[must_use]
    pub fn population(&self, domain: &Domain, indicator: &str) -> Option<u64> {
        let category = match domain {
            Domain::All => None,
            Domain::Of { breakdown, category } => Some((breakdown.as_str(), category.as_str())),
            Domain::Crossed { .. } => return None,
        };
        let is_it = |known: &&Population| {
            known.category.as_ref().map(|(breakdown, code)| (breakdown.as_str(), code.as_str())) == category
        };
        let found = self.populations.iter().find(is_it)?;
        self.of_everyone.iter().any(|code| code == indicator).then_some(found.n)
    }
}

/// A publication in place of an earlier one of the same edition (`disclosure.md`, section 3.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Number of the version that came in its place: the first revision is version 2.
    pub version: u32,
    /// SHA-256 of the cells that it replaces.
    pub replaces: String,
    /// Why, in words.
    pub reason: String,
}
