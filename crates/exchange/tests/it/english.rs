//! The English version of the maturity questionnaire: nothing left out, nothing left in French, well set.

use std::collections::BTreeSet;

use exchange::Form;

use crate::surveys::files_2026;

/// The same word in both languages, or a name.
const SAME: [&str; 6] =
    ["Sport", "Important", "France Num", "IA Booster France 2030", "Cyber PME", "Solidatech"];

/// The keys that `indicators.toml` adds to those of the questionnaire: what an organisation's own page shows.
fn indicator_texts() -> Vec<(String, String)> {
    let files = files_2026();
    let table: toml::Table = files.text("indicators.toml").unwrap().parse().unwrap();
    let text = |table: &toml::Value, key: &str| table[key].as_str().unwrap().to_owned();
    let mut texts = Vec::new();
    for level in table["score"]["levels"].as_array().unwrap() {
        for key in ["label", "text"] {
            texts.push((format!("level.{}.{key}", text(level, "code")), text(level, key)));
        }
    }
    let criteria = table["score"]["criteria"].as_array().unwrap();
    for derived in table["derived"].as_array().unwrap() {
        if criteria.contains(&derived["name"]) {
            texts.push((format!("derived.{}", text(derived, "name")), text(derived, "label")));
        }
    }
    texts
}

/// The names in braces.
fn places(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

#[test]
fn every_text_of_the_questionnaire_is_in_english_and_no_other() {
    let form = Form::read(&files_2026()).unwrap();
    assert_eq!(form.languages, ["fr", "en"]);
    let mut french: Vec<(String, String)> =
        form.texts().iter().map(|(key, text)| (key.to_owned(), text.to_owned())).collect();
    french.extend(indicator_texts());
    let english = &form.translations["en"];
    let wanted: BTreeSet<&str> = french.iter().map(|(key, _)| key.as_str()).collect();
    let found: BTreeSet<&str> = english.iter().map(|(key, _)| key).collect();
    assert_eq!(wanted.symmetric_difference(&found).collect::<Vec<_>>(), Vec::<&&str>::new());
    assert_eq!(wanted.len(), 663);
    for (key, text) in &french {
        let translated = english.get(key).unwrap();
        assert!(!translated.trim().is_empty(), "{key}");
        assert!(translated != text || SAME.contains(&translated), "{key} is still `{text}`");
    }
}

#[test]
fn the_messages_leave_the_same_places_to_fill_in_both_languages() {
    let files = files_2026();
    let [french, english] = ["texts/fr.toml", "texts/en.toml"].map(|name| {
        let table: toml::Table = files.text(name).unwrap().parse().unwrap();
        let messages = table["violation"].as_table().unwrap().clone();
        messages.into_iter().map(|(key, text)| (key, text.as_str().unwrap().to_owned())).collect::<Vec<_>>()
    });
    assert_eq!(french.len(), english.len());
    for ((key, text), (other, translated)) in french.iter().zip(&english) {
        assert_eq!(key, other);
        assert_eq!(places(text), places(translated), "{key}");
    }
}

#[test]
fn english_has_curly_quotes_and_no_space_before_its_punctuation() {
    let form = Form::read(&files_2026()).unwrap();
    let french = form.texts();
    for (key, text) in form.translations["en"].iter() {
        for sign in ["'", "\"", "«", "»", " ?", " !", " :", " ;", " %", " …", "\u{a0}", "\u{202f}", "  "]
        {
            assert!(!text.contains(sign), "{key}: `{sign}` in {text}");
        }
        // A question stays a question.
        if let Some(french) = french.get(key) {
            assert_eq!(french.contains('?'), text.contains('?'), "{key}: {text}");
        }
    }
}

#[test]
fn numbers_of_the_french_texts_are_in_the_english_ones() {
    let form = Form::read(&files_2026()).unwrap();
    let numbers = |text: &str| -> Vec<String> {
        let mut numbers: Vec<String> = text
            .replace(['\u{202f}', ','], "")
            .split(|sign: char| !sign.is_ascii_digit())
            .filter(|digits| !digits.is_empty())
            .map(str::to_owned)
            .collect();
        numbers.sort();
        numbers
    };
    for (key, text) in form.texts().iter() {
        let translated = form.translations["en"].get(key).unwrap();
        assert_eq!(numbers(text), numbers(translated), "{key}: {translated}");
    }
}
