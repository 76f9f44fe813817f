//! The catalogue of printed sentences, one file a language.

use std::collections::BTreeMap;

use questionnaire::curly;

/// The catalogues, by language.
const CATALOGUES: [(&str, &str); 2] =
    [("fr", include_str!("../../texts/paper.fr.toml")), ("en", include_str!("../../texts/paper.en.toml"))];

/// The printed sentences of one language.
#[derive(Debug, Clone)]
pub struct Words {
    language: String,
    texts: BTreeMap<String, String>,
}

impl Words {
    /// The sentences in this language, when there is a catalogue of it.
    #[must_use]
    pub fn of(language: &str) -> Option<Self> {
        let (_, text) = CATALOGUES.iter().find(|(known, _)| *known == language)?;
        let table: toml::Table = text.parse().expect("a test reads every catalogue");
        let mut texts = BTreeMap::new();
        flatten("", &toml::Value::Table(table), &mut texts);
        Some(Self { language: language.to_owned(), texts })
    }

    /// The languages that have a catalogue.
    pub fn languages() -> impl Iterator<Item = &'static str> {
        CATALOGUES.iter().map(|(language, _)| *language)
    }

    /// The language.
    #[must_use]
    pub fn language(&self) -> &str {
        &self.language
    }

    pub(crate) fn say(&self, key: &str) -> &str {
        self.texts.get(key).map_or_else(|| unreachable!("the catalogue has no `{key}`"), String::as_str)
    }

    /// The sentences `key.0`, `key.1`, …
    pub(crate) fn list(&self, key: &str) -> Vec<String> {
        (0..).map_while(|index| self.texts.get(&format!("{key}.{index}")).cloned()).collect()
    }

    pub(crate) fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut text = self.say(key).to_owned();
        for (name, value) in values {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }

    /// A text between the language's quotation marks.
    pub(crate) fn quoted(&self, text: &str) -> String {
        self.fill("condition.quoted", &[("text", &curly(text))])
    }

    /// « A », « B » ou « C ».
    pub(crate) fn quoted_list(&self, texts: &[&str], last: &str) -> String {
        let quoted: Vec<String> = texts.iter().map(|text| self.quoted(text)).collect();
        match quoted.split_last() {
            Some((end, [])) => end.clone(),
            Some((end, start)) => format!("{}{}{end}", start.join(", "), self.say(last)),
            None => String::new(),
        }
    }

    /// A number with its thousands apart and the language's decimal mark.
    pub(crate) fn number(&self, value: f64) -> String {
        let text = value.to_string();
        let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
        let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("\u{2212}", digits));
        let is_french = self.language == "fr";
        let mut result = sign.to_owned();
        for (position, digit) in digits.chars().enumerate() {
            if position > 0 && (digits.len() - position).is_multiple_of(3) {
                result.push(if is_french { '\u{202f}' } else { ',' });
            }
            result.push(digit);
        }
        if !decimals.is_empty() {
            result.push(if is_french { ',' } else { '.' });
            result.push_str(decimals);
        }
        result
    }
}

fn flatten(key: &str, value: &toml::Value, texts: &mut BTreeMap<String, String>) {
    let below = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
    match value {
        toml::Value::Table(table) => {
            table.iter().for_each(|(name, value)| flatten(&below(name), value, texts));
        }
        toml::Value::Array(values) => values
            .iter()
            .enumerate()
            .for_each(|(index, value)| flatten(&below(&index.to_string()), value, texts)),
        toml::Value::String(text) => {
            texts.insert(key.to_owned(), text.clone());
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
    }

    #[test]
    fn all_languages_say_the_same_things_with_the_same_values() {
        let french = Words::of("fr").unwrap();
        for language in Words::languages() {
            let other = Words::of(language).unwrap();
            assert!(french.texts.keys().eq(other.texts.keys()), "{language} has other sentences");
            for (key, text) in &french.texts {
                assert_eq!(placeholders(text), placeholders(&other.texts[key]), "{language}: {key}");
            }
        }
        assert!(Words::of("xx").is_none());
    }

    #[test]
    fn french_sentences_have_french_spaces_and_apostrophes() {
        for (key, text) in Words::of("fr").unwrap().texts {
            assert!(!text.contains('\''), "{key}: {text}");
            for mark in [" :", " ;", " ?", " !", "« ", " »"] {
                assert!(!text.contains(mark), "{key} breaks before or after {mark}: {text}");
            }
        }
    }

    #[test]
    fn numbers_are_written_as_the_language_writes_them() {
        let (french, english) = (Words::of("fr").unwrap(), Words::of("en").unwrap());
        assert_eq!(french.number(200_000.0), "200\u{202f}000");
        assert_eq!(french.number(-1.5), "\u{2212}1,5");
        assert_eq!(english.number(1_234_567.25), "1,234,567.25");
    }

    #[test]
    fn apostrophes_curl_between_letters_only() {
        assert_eq!(curly("l'ESS d'«ici» 'x' l'an"), "l’ESS d’«ici» 'x' l’an");
    }
}
