//! A catalogue of texts in one language: dotted keys in memory, tables in TOML.

use std::collections::BTreeMap;

/// Texts by key (see [`crate::Form::texts`]).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue(BTreeMap<String, String>);

impl Catalogue {
    /// Sets a text.
    pub fn insert(&mut self, key: String, text: String) {
        self.0.insert(key, text);
    }

    /// The text with this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// All texts, in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, text)| (key.as_str(), text.as_str()))
    }

    /// Whether there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads a `translations/<language>.toml`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
        let mut catalogue = Self::default();
        catalogue.flatten("", &table)?;
        Ok(catalogue)
    }

    fn flatten(&mut self, prefix: &str, table: &toml::Table) -> Result<(), String> {
        for (key, value) in table {
            let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
            match value {
                toml::Value::String(text) => self.insert(name, text.clone()),
                toml::Value::Table(inner) => self.flatten(&name, inner)?,
                other => {
                    return Err(format!("`{name}` is of type {} (expected a text)", other.type_str()));
                }
            }
        }
        Ok(())
    }

    /// The catalogue as a TOML file.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut root = toml::Table::new();
        for (key, text) in &self.0 {
            let mut table = &mut root;
            let mut parts = key.split('.').peekable();
            while let Some(part) = parts.next() {
                if parts.peek().is_none() {
                    table.insert(part.to_owned(), toml::Value::String(text.clone()));
                    break;
                }
                let inner = table.entry(part).or_insert_with(|| toml::Value::Table(toml::Table::new()));
                match inner {
                    toml::Value::Table(inner) => table = inner,
                    // A key that is both a text and a table has no place in TOML; codes have no dot, so none exists.
                    _ => break,
                }
            }
        }
        toml::to_string(&root).expect("tables of texts always serialise")
    }
}
