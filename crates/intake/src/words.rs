//! What a survey says in its own words, in place of the catalogue's: its start page, its privacy notice, …

use std::collections::BTreeMap;

use questionnaire::curly;

use crate::language::Language;
use crate::texts::Texts;

/// A survey's own words, by language. The catalogue speaks for a barometer; a survey that promises something else says
/// so here, table by table and text by text, in the form of the catalogue.
#[derive(Debug, Clone, Default)]
pub struct Words(BTreeMap<&'static str, Texts>);

/// Words that the pages cannot use.
#[derive(Debug, thiserror::Error)]
pub enum WordsError {
    /// No catalogue is in this language.
    #[error("the pages do not speak `{0}` (expected fr or en)")]
    Language(String),
    /// Not TOML, a text that the catalogue does not have, or one of another form.
    #[error("the words in `{language}` cannot be used: {message}")]
    Malformed {
        /// The language.
        language: String,
        /// What was found and what was expected.
        message: String,
    },
}

impl Words {
    /// Reads the words of each language (code, then TOML) over the catalogue in that language.
    ///
    /// # Errors
    /// [`WordsError`]: every text named must be one of the catalogue's, in its form.
    pub fn parse<'a>(sources: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, WordsError> {
        let mut words = BTreeMap::new();
        for (code, text) in sources {
            let language = Language::of(code).ok_or_else(|| WordsError::Language(code.to_owned()))?;
            let malformed = |error: toml::de::Error| WordsError::Malformed {
                language: code.to_owned(),
                message: error.message().to_owned(),
            };
            let mut own: toml::Table = text.parse().map_err(malformed)?;
            own.iter_mut().for_each(|(_, value)| typeset(value));
            let mut whole: toml::Table =
                language.source().parse().expect("a test reads the embedded catalogue");
            merge(&mut whole, own);
            words.insert(language.code(), Texts::deserialize_from(whole).map_err(malformed)?);
        }
        Ok(Self(words))
    }

    /// Whether the survey has words of its own in this language.
    #[must_use]
    pub fn speaks(&self, language: &str) -> bool {
        self.0.contains_key(language)
    }

    /// The texts in this language.
    pub(crate) fn texts(&self, language: Language) -> &Texts {
        self.0.get(language.code()).unwrap_or_else(|| language.texts())
    }
}

/// Gives every text the apostrophes of print.
fn typeset(value: &mut toml::Value) {
    match value {
        toml::Value::String(text) => *text = curly(text),
        toml::Value::Array(values) => values.iter_mut().for_each(typeset),
        toml::Value::Table(table) => table.iter_mut().for_each(|(_, value)| typeset(value)),
        _ => {}
    }
}

/// Puts the texts of one table over those of another; a list takes the place of a list.
fn merge(whole: &mut toml::Table, own: toml::Table) {
    for (key, value) in own {
        match (whole.get_mut(&key), value) {
            (Some(toml::Value::Table(under)), toml::Value::Table(over)) => merge(under, over),
            (_, value) => {
                whole.insert(key, value);
            }
        }
    }
}
