//! Words that sentences on figures are made of: they come from the definition, and hold no figure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The words of one language. An agreement is marked `[singular|plural]`; `{}` is the place of a figure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wording {
    /// Whom figures are about, by code.
    pub subjects: BTreeMap<String, Subject>,
    /// What is found, by indicator.
    pub findings: BTreeMap<String, Finding>,
    /// How breakdowns are spoken of, by breakdown.
    pub breakdowns: BTreeMap<String, BreakdownWords>,
    /// What a ranking chart ranks, by chart: « des freins ».
    pub rankings: BTreeMap<String, String>,
}

/// Whom figures are about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// « organisation »
    pub singular: String,
    /// « organisations »
    pub plural: String,
    /// Whether the word is feminine, where the language has genders.
    #[serde(default)]
    pub is_feminine: bool,
}

/// What an indicator finds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// A predicate with its agreement (« [juge|jugent] le numérique important »), or, for a mean, a whole sentence
    /// with the place of its figure.
    pub text: String,
    /// Code of the subject.
    pub subject: String,
    /// What is ranked, with its article: « le manque de temps ».
    #[serde(default)]
    pub topic: Option<String>,
}

/// How a breakdown is spoken of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BreakdownWords {
    /// « selon la taille »
    pub by: String,
    /// « plus les organisations sont grandes », where the categories rise.
    #[serde(default)]
    pub rising: Option<String>,
}
