//! The catalogue of texts: what a reader reads stands in `reports/templates/<language>.toml`, not in the code.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::language::Language;
use crate::typography::typeset;

static FRENCH: LazyLock<Words> =
    LazyLock::new(|| Words::parse("fr", include_str!("../../../reports/templates/fr.toml")));

static ENGLISH: LazyLock<Words> =
    LazyLock::new(|| Words::parse("en", include_str!("../../../reports/templates/en.toml")));

/// Texts of one language, by key: `section.name`.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) language: &'static str,
    texts: BTreeMap<String, String>,
}

impl Words {
    /// The French catalogue.
    pub(crate) fn french() -> &'static Self {
        &FRENCH
    }

    /// The catalogue of a language.
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::French => &FRENCH,
            Language::English => &ENGLISH,
        }
    }

    /// Whether figures are written as in French: a decimal comma, a space before `%`.
    pub(crate) fn is_french(&self) -> bool {
        self.language == "fr"
    }

    /// Reads a catalogue: sections of texts. French texts are typed with plain spaces.
    pub(crate) fn parse(language: &'static str, source: &str) -> Self {
        let sections: BTreeMap<String, BTreeMap<String, String>> =
            toml::from_str(source).expect("the embedded catalogue is sections of texts");
        let set = |text: String| if language == "fr" { typeset(&text) } else { text };
        let texts = sections
            .into_iter()
            .flat_map(|(section, texts)| {
                texts.into_iter().map(move |(name, text)| (format!("{section}.{name}"), set(text)))
            })
            .collect();
        Self { language, texts }
    }

    /// A text. A test holds that every key of the code is in the catalogue.
    pub(crate) fn get<'a>(&'a self, key: &'a str) -> &'a str {
        self.texts.get(key).map_or(key, String::as_str)
    }

    /// The texts of a section, in the order of their names.
    pub(crate) fn section<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let prefix = format!("{name}.");
        self.texts.iter().filter(move |(key, _)| key.starts_with(&prefix)).map(|(_, text)| text.as_str())
    }

    /// Every key.
    #[cfg(test)]
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }

    /// A text whose `{names}` are replaced.
    pub(crate) fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut filled = String::new();
        let mut rest = self.get(key);
        // One pass, so that a value that looks like a `{name}` stays as it is.
        while let Some(start) = rest.find('{') {
            let Some(length) = rest[start..].find('}') else { break };
            let name = &rest[start + 1..start + length];
            filled.push_str(&rest[..start]);
            match values.iter().find(|(known, _)| *known == name) {
                Some((_, value)) => filled.push_str(value),
                None => filled.push_str(&rest[start..=start + length]),
            }
            rest = &rest[start + length + 1..];
        }
        filled.push_str(rest);
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_looks_like_a_name_is_left_alone() {
        let words = Words::parse("fr", "[a]\nb = \"{x} et {y} et {z}\"\n");
        assert_eq!(words.fill("a.b", &[("x", "{y}"), ("y", "2")]), "{y} et 2 et {z}");
    }

    /// The names in braces of a text, in order of the alphabet.
    fn names(text: &str) -> Vec<&str> {
        let mut names: Vec<&str> =
            text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn both_catalogues_say_the_same_things_with_the_same_values() {
        let (french, english) = (Words::of(Language::French), Words::of(Language::English));
        let keys = |words: &Words| words.texts.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(french), keys(english));
        for (key, text) in &french.texts {
            let other = english.get(key);
            assert_eq!(names(text), names(other), "{key}");
            assert!(!other.trim().is_empty(), "{key}");
            assert_eq!(text.starts_with(' '), other.starts_with(' '), "{key}");
            // What the catalogue itself states: thresholds, levels, years.
            let figures = |text: &str| -> Vec<String> {
                let text = text.replace("1er", "1");
                let mut found: Vec<String> = text
                    .split(|letter: char| !letter.is_ascii_digit() && !",.".contains(letter))
                    .map(|number| number.trim_matches([',', '.']).replace(',', "."))
                    .filter(|number| !number.is_empty())
                    .collect();
                found.sort();
                found
            };
            assert_eq!(figures(text), figures(other), "{key}");
        }
    }

    #[test]
    fn english_has_no_french_typography() {
        for (key, text) in &Words::of(Language::English).texts {
            let is_french =
                ["«", "»", " :", " ;", " ?", " !", " %", "'"].iter().any(|sign| text.contains(sign));
            assert!(!is_french, "{key}: {text}");
        }
    }

    #[test]
    fn every_key_of_the_code_is_in_the_catalogue_and_every_text_is_read() {
        let words = Words::french();
        let sections: Vec<&str> = words.texts.keys().filter_map(|key| key.split('.').next()).collect();
        let mut unread: Vec<&String> = words.texts.keys().collect();
        let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("the sources are there") {
                let path = entry.expect("a readable folder").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let source = std::fs::read_to_string(&path).expect("a source is text");
                for text in source.split('"') {
                    let is_key = text.split_once('.').is_some_and(|(section, name)| {
                        sections.contains(&section)
                            && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
                    });
                    if is_key {
                        assert!(words.texts.contains_key(text), "{text} in {}", path.display());
                        unread.retain(|key| *key != text);
                    }
                }
                if !path.ends_with("note.rs") {
                    continue;
                }
                // Titles of the method note are made from its sections' names.
                for rest in
                    source.split("section(").skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'))
                {
                    let name = rest.split('"').next().unwrap_or_default();
                    unread.retain(|key| *key != &format!("method.{name}"));
                    assert!(words.texts.contains_key(&format!("method.{name}")), "method.{name}");
                }
            }
        }
        assert!(unread.is_empty(), "never read: {unread:?}");
    }
}
