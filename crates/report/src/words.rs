//! The catalogue of texts: what a reader reads stands in `reports/templates/<language>.toml`, not in the code.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::typography::typeset;

static FRENCH: LazyLock<Words> =
    LazyLock::new(|| Words::parse("fr", include_str!("../../../reports/templates/fr.toml")));

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

    /// Reads a catalogue: sections of texts.
    pub(crate) fn parse(language: &'static str, source: &str) -> Self {
        let sections: BTreeMap<String, BTreeMap<String, String>> =
            toml::from_str(source).expect("the embedded catalogue is sections of texts");
        let texts = sections
            .into_iter()
            .flat_map(|(section, texts)| {
                texts.into_iter().map(move |(name, text)| (format!("{section}.{name}"), typeset(&text)))
            })
            .collect();
        Self { language, texts }
    }

    /// A text. A test holds that every key of the code is in the catalogue.
    pub(crate) fn get<'a>(&'a self, key: &'a str) -> &'a str {
        self.texts.get(key).map_or(key, String::as_str)
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
