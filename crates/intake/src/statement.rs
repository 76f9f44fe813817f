//! What the tests check of accessibility: `texts/rgaa.toml`, the criteria of RGAA 4.1 and the tests behind each.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::language::Language;

static STATEMENT: LazyLock<Statement> = LazyLock::new(|| {
    toml::from_str(include_str!("../texts/rgaa.toml")).expect("a test reads the embedded criteria")
});

/// The criteria.
pub(crate) fn statement() -> &'static Statement {
    &STATEMENT
}

/// Which tests check something of each criterion of RGAA 4.1 that applies here, by its number.
#[must_use]
pub fn covered() -> BTreeMap<&'static str, Vec<&'static str>> {
    let criteria = statement().criterion.iter().filter(|criterion| !criterion.absent);
    criteria
        .map(|criterion| (criterion.number.as_str(), criterion.tests.iter().map(String::as_str).collect()))
        .collect()
}

/// All criteria.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Statement {
    /// The themes, in order.
    pub(crate) theme: Vec<Theme>,
    /// The criteria, in order.
    pub(crate) criterion: Vec<Criterion>,
}

/// A theme of the standard.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Theme {
    /// Its number.
    pub(crate) number: u8,
    fr: String,
    en: String,
}

/// A criterion of the standard, in a few words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Criterion {
    /// Its number, theme first.
    pub(crate) number: String,
    fr: String,
    en: String,
    /// Whether this site has nothing of what it is about.
    #[serde(default)]
    pub(crate) absent: bool,
    /// The tests that check some of it.
    #[serde(default)]
    pub(crate) tests: Vec<String>,
}

impl Theme {
    /// Its name.
    pub(crate) fn label(&self, language: Language) -> &str {
        pick(language, &self.fr, &self.en)
    }
}

impl Criterion {
    /// What it is about.
    pub(crate) fn label(&self, language: Language) -> &str {
        pick(language, &self.fr, &self.en)
    }

    /// Whether it is of this theme.
    pub(crate) fn is_of(&self, theme: &Theme) -> bool {
        self.number.split('.').next() == Some(theme.number.to_string().as_str())
    }
}

fn pick<'a>(language: Language, french: &'a str, english: &'a str) -> &'a str {
    match language {
        Language::French => french,
        Language::English => english,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many criteria each theme of RGAA 4.1 has.
    const CRITERIA: [usize; 13] = [9, 2, 3, 13, 8, 2, 5, 10, 4, 14, 13, 11, 12];

    #[test]
    fn every_criterion_of_the_standard_is_listed_once_and_in_order() {
        let expected: Vec<String> = CRITERIA
            .iter()
            .enumerate()
            .flat_map(|(theme, &most)| (1..=most).map(move |number| format!("{}.{number}", theme + 1)))
            .collect();
        let listed: Vec<&str> =
            statement().criterion.iter().map(|criterion| criterion.number.as_str()).collect();
        assert_eq!(listed, expected);
        assert_eq!(listed.len(), 106);
        assert_eq!(statement().theme.len(), CRITERIA.len());
    }

    #[test]
    fn what_does_not_apply_is_checked_by_no_test() {
        for criterion in statement().criterion.iter().filter(|criterion| criterion.absent) {
            assert!(criterion.tests.is_empty(), "{}", criterion.number);
        }
    }
}
