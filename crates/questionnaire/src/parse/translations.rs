//! `texts/<language>.toml` and `translations/<language>.toml`: what respondents read, in each language.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::Files;
use super::reader::{self, Located};
use crate::edition::Translation;
use crate::problem::{Problem, Problems, did_you_mean};
use crate::response::ViolationCode;

/// Texts by key.
pub(super) type Texts = BTreeMap<String, String>;

/// Keys are at most this deep: `question.org_nom.options.oui`.
const DEEPEST: usize = 4;

/// Reads what respondents read beside an answer, and the translations, and compares them with what is expected.
///
/// `expected` gives the texts of the definition by key, in the first language; it is `None` when the definition could
/// not be read, and translations are then only read. The first language has no [`Translation::definition`].
pub(super) fn read(
    files: &Files,
    languages: &[Located<String>],
    expected: Option<&Texts>,
    questionnaire: &RefCell<Problems<'_>>,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, Translation> {
    let messages: Texts =
        ViolationCode::ALL.iter().map(|code| (code.key().to_owned(), String::new())).collect();
    let mut translations = BTreeMap::new();
    for (rank, language) in languages.iter().enumerate() {
        let mut texts = |folder: &str, expected: Option<&Texts>, missing: &'static str| {
            let name = format!("{folder}/{}.toml", language.value);
            let Some(text) = files.text(&name) else {
                let message = format!("the file `{name}` is missing (`languages` names {})", language.value);
                questionnaire.borrow_mut().report("missing-file", language.span.clone(), message);
                return Texts::new();
            };
            let catalogue =
                Catalogue { name: &name, text, language: &language.value, free: Some(BTreeSet::new()) };
            catalogue.read(expected, missing, problems)
        };
        let missing = if rank == 0 { "missing-text" } else { "missing-translation" };
        let messages = texts("texts", Some(&messages), missing);
        let definition = if rank == 0 { Texts::new() } else { texts("translations", expected, missing) };
        translations.insert(language.value.clone(), Translation { definition, messages });
    }
    if let Some(first) = languages.first() {
        refuse_unlisted(files, &first.value, &translations, problems);
    }
    translations
}

/// Reads `wording/<language>.toml`, which a language may lack. `free` are keys that it may have or not; all, when they are
/// not known.
pub(super) fn wording(
    files: &Files,
    language: &str,
    expected: &Texts,
    free: Option<&BTreeSet<String>>,
    problems: &mut Vec<Problem>,
) -> Option<Texts> {
    let name = format!("wording/{language}.toml");
    let catalogue = Catalogue { name: &name, text: files.text(&name)?, language, free: free.cloned() };
    Some(catalogue.read(Some(expected), "missing-translation", problems))
}

/// Reports files that nothing reads, once for each language.
fn refuse_unlisted(
    files: &Files,
    first: &str,
    translations: &BTreeMap<String, Translation>,
    problems: &mut Vec<Problem>,
) {
    let mut unread: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, _) in files.iter() {
        let language =
            ["texts/", "translations/", "wording/"].iter().find_map(|folder| name.strip_prefix(folder));
        let Some(language) = language.and_then(|name| name.strip_suffix(".toml")) else { continue };
        let is_first = language == first && !name.starts_with("texts/");
        if is_first || !translations.contains_key(language) {
            unread.entry(language).or_default().push(name);
        }
    }
    for (language, names) in unread {
        let mut found = Problems::new(names[names.len() - 1], "");
        let message = if language == first {
            format!("the texts in `{language}` stand in the definition itself: nothing reads this file")
        } else {
            format!("`languages` does not name `{language}`: nothing reads {}", names.join(" and "))
        };
        found.report("unlisted-language", 0..0, message);
        problems.extend(found.into_found());
    }
}

/// One file of texts.
struct Catalogue<'a> {
    name: &'a str,
    text: &'a str,
    language: &'a str,
    /// Keys that it may have or not; `None` when any may.
    free: Option<BTreeSet<String>>,
}

/// What a catalogue holds.
#[derive(Default)]
struct Entries {
    texts: BTreeMap<String, Located<String>>,
    /// Where tables stand, by key.
    tables: BTreeMap<String, Range<usize>>,
}

impl Catalogue<'_> {
    /// The texts. Each that is expected and missing, and each that belongs to nothing, is a problem.
    fn read(&self, expected: Option<&Texts>, missing: &'static str, problems: &mut Vec<Problem>) -> Texts {
        let cell = RefCell::new(Problems::new(self.name, self.text));
        let document = reader::document(self.text, &cell);
        let mut found = cell.into_inner();
        let mut entries = Entries::default();
        if let Some(document) = &document {
            flatten("", document.get_ref(), 1, &mut entries, &mut found);
            if let Some(expected) = expected {
                self.compare(expected, &entries, missing, &mut found);
            }
            check_placeholders(&entries, &mut found);
        }
        problems.extend(found.into_found());
        entries.texts.into_iter().map(|(key, text)| (key, text.value)).collect()
    }

    fn compare(&self, expected: &Texts, entries: &Entries, missing: &'static str, found: &mut Problems<'_>) {
        let absent: Vec<(&String, &String)> =
            expected.iter().filter(|(key, _)| !entries.texts.contains_key(*key)).collect();
        let is_free = |key: &String| self.free.as_ref().is_none_or(|free| free.contains(key));
        for (key, text) in
            entries.texts.iter().filter(|(key, _)| !expected.contains_key(*key) && !is_free(key))
        {
            let near = absent.iter().map(|(key, _)| key.as_str());
            let help = did_you_mean(key, near.chain(self.free.iter().flatten().map(String::as_str)));
            let message = format!("the text `{key}` belongs to nothing");
            found.report_with("unknown-key", text.span.clone(), message, help);
        }
        for (key, original) in absent {
            let language = self.language;
            let message = format!("the text `{key}` is missing in {language} (`{}`)", self.name);
            let help = (!original.is_empty()).then(|| format!("it translates « {original} »"));
            found.report_with(missing, self.place_for(key, entries), message, help);
        }
    }

    /// Where a missing text would stand: at the nearest table around it, or at the end.
    fn place_for(&self, key: &str, entries: &Entries) -> Range<usize> {
        let mut key = key;
        while let Some((table, _)) = key.rsplit_once('.') {
            let is_written = |place: &&Range<usize>| self.text[(*place).clone()].starts_with(['[', '{']);
            if let Some(place) = entries.tables.get(table).filter(is_written) {
                return place.clone();
            }
            key = table;
        }
        self.text.len()..self.text.len()
    }
}

fn flatten(prefix: &str, table: &DeTable<'_>, depth: usize, entries: &mut Entries, found: &mut Problems<'_>) {
    for (key, value) in table {
        let name =
            if prefix.is_empty() { key.get_ref().to_string() } else { format!("{prefix}.{}", key.get_ref()) };
        match value.get_ref() {
            DeValue::String(text) if text.trim().is_empty() => {
                found.report("empty-text", value.span(), format!("`{name}` is empty"));
                // It is there: that it is empty was said.
                entries.texts.insert(name, Located { value: String::new(), span: value.span() });
            }
            DeValue::String(text) => {
                entries.texts.insert(name, Located { value: text.to_string(), span: key.span() });
            }
            DeValue::Table(inner) if depth < DEEPEST => {
                flatten(&name, inner, depth + 1, entries, found);
                entries.tables.insert(name, value.span());
            }
            other => {
                let message = format!("`{name}` is of type {} (expected a text in quotes)", other.type_str());
                found.report("wrong-type", value.span(), message);
            }
        }
    }
}

/// Reports words in braces that nothing fills in.
fn check_placeholders(entries: &Entries, found: &mut Problems<'_>) {
    for code in ViolationCode::ALL {
        let Some(text) = entries.texts.get(code.key()) else { continue };
        let names =
            text.value.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
        for name in names.filter(|name| !code.placeholders().contains(name)) {
            let known: Vec<String> = code.placeholders().iter().map(|name| format!("`{{{name}}}`")).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            let message = format!("nothing is put in the place of `{{{name}}}` (expected {known})");
            found.report("unknown-placeholder", text.span.clone(), message);
        }
    }
}
