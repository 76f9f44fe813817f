//! The file in which returns are keyed.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// TOML.
    Toml,
    /// JSON.
    Json,
}

/// One sheet as it was keyed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperReturn {
    /// The number written on the sheet.
    pub paper: String,
    /// Numbers or codes of questions, and what was written.
    #[serde(default)]
    pub answers: Entries,
}

/// What was keyed, in the order of the file, with what was keyed twice.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Entries(pub Vec<(String, Value)>);

/// A file that holds no returns.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct KeyingError {
    /// What is wrong, with its line.
    pub message: String,
}

/// The forms a file may have: a list, a table with the list, or one return.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Many {
    #[serde(rename = "return")]
    returns: Vec<PaperReturn>,
}

/// Reads the returns of a file.
///
/// # Errors
/// When the text is not of the format, or holds something else than returns.
pub fn parse(text: &str, format: Format) -> Result<Vec<PaperReturn>, KeyingError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let returns = match format {
        Format::Toml => {
            let error = |error: toml::de::Error| KeyingError { message: error.to_string().trim().to_owned() };
            let table: toml::Table = toml::from_str(text).map_err(error)?;
            if table.contains_key("paper") {
                vec![toml::from_str(text).map_err(error)?]
            } else {
                toml::from_str::<Many>(text).map_err(error)?.returns
            }
        }
        Format::Json => {
            let error = |error: serde_json::Error| KeyingError { message: error.to_string() };
            // Looked at once for its shape, and read from the text: a value forgets what was keyed twice.
            match serde_json::from_str::<Value>(text).map_err(error)? {
                Value::Array(_) => serde_json::from_str(text).map_err(error)?,
                Value::Object(table) if table.contains_key("paper") => {
                    vec![serde_json::from_str(text).map_err(error)?]
                }
                _ => serde_json::from_str::<Many>(text).map_err(error)?.returns,
            }
        }
    };
    if returns.is_empty() {
        return Err(KeyingError { message: "the file holds no return".to_owned() });
    }
    Ok(returns)
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Entries;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("questions and their answers")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_return_several_and_both_formats_are_read_alike() {
        let one = parse("paper = \"P-1\"\n[answers]\n1 = \"oui\"\n7 = 3\n", Format::Toml).unwrap();
        let listed =
            parse("[[return]]\npaper = \"P-1\"\n[return.answers]\n1 = \"oui\"\n7 = 3\n", Format::Toml);
        assert_eq!(listed.unwrap(), one);
        let object = r#"{"paper": "P-1", "answers": {"1": "oui", "7": 3}}"#;
        for text in [object.to_owned(), format!("[{object}]"), format!("\u{feff}{{\"return\": [{object}]}}")]
        {
            assert_eq!(parse(&text, Format::Json).unwrap(), one, "{text}");
        }
    }

    #[test]
    fn what_is_keyed_twice_is_seen_twice() {
        let twice =
            parse(r#"[{"paper": "P-1", "answers": {"1": "oui", "1": "non"}}]"#, Format::Json).unwrap();
        assert_eq!(twice[0].answers.0.len(), 2);
        assert!(parse("paper = \"P-1\"\n[answers]\n1 = 2\n1 = 3\n", Format::Toml).is_err());
    }

    #[test]
    fn what_holds_no_return_is_refused_with_its_place() {
        assert!(parse("[[return]]\nnumber = 1\n", Format::Toml).unwrap_err().message.contains("number"));
        assert!(parse("return = []", Format::Toml).is_err());
        assert!(parse("{\"return\": [", Format::Json).unwrap_err().message.contains("line 1"));
        assert!(parse("paper = \"P-1\"\nanswers = 3\n", Format::Toml).is_err());
    }
}
