//! The dictionary and the scripts of an archive.

use std::collections::{BTreeMap, BTreeSet};

use exchange::archive::{
    Column, Content, DataFile, Definition, Dictionary, Facts, Part, Published, Statistics, ValueKind,
    names_table, r_script, readme, spss_script, stata_script,
};
use questionnaire::{Edition, Kind, Subject};

use crate::surveys::files_2026;

/// The edition in French, and in a made-up language whose texts all begin by `xx `.
pub fn editions() -> Vec<(String, Edition)> {
    let edition = Edition::parse("maturite-numerique", "2026", &files_2026()).unwrap();
    let mut other = edition.clone();
    let translate = |text: &mut String| text.insert_str(0, "xx ");
    translate(&mut other.questionnaire.title);
    for dimension in &mut other.questionnaire.dimensions {
        translate(&mut dimension.label);
    }
    for question in &mut other.questionnaire.questions {
        translate(&mut question.text);
        question.help.iter_mut().for_each(translate);
        question.base_label.iter_mut().for_each(translate);
        if let Kind::Single { options, .. } | Kind::Multiple { options, .. } | Kind::Matrix { options, .. } =
            &mut question.kind
        {
            for option in options {
                translate(&mut option.label);
            }
        }
    }
    vec![("fr".to_owned(), edition), ("en".to_owned(), other)]
}

/// Two data files, as the command line describes them.
pub fn facts(edition: &Edition) -> Facts {
    let column = |name: &str, content: Content| Column { name: name.to_owned(), content };
    let record = |name: &str, is_integer: bool| {
        column(name, Content::Record { label: format!("Libellé de {name}"), is_integer, width: 64 })
    };
    let mut answers = vec![record("id", true), record("organisation", false), record("path", false)];
    for (index, question) in
        edition.questionnaire.questions.iter().enumerate().filter(|(_, q)| !q.is_personal)
    {
        let code = &question.code;
        let mut add = |name: String, part: Part| answers.push(column(&name, Content::Answer(index, part)));
        match &question.kind {
            Kind::Single { .. } | Kind::Commune | Kind::Text { .. } => add(code.clone(), Part::Code),
            Kind::Integer { .. } => add(code.clone(), Part::Integer),
            Kind::Identifier { .. } => add(format!("{code}.type"), Part::IdentifierType),
            Kind::Email => {}
            Kind::Multiple { options, .. } | Kind::Networks { options } => {
                for (at, option) in options.iter().enumerate() {
                    add(format!("{code}.{}", option.code), Part::Option(at));
                }
            }
            Kind::Matrix { rows, .. } => {
                for (at, row) in rows.iter().enumerate() {
                    add(format!("{code}.{}", row.code), Part::Row(at));
                }
            }
        }
    }
    let mut derived = vec![record("id", true), column("weight", Content::Weight)];
    for index in 0..edition.derived.len() {
        derived.push(column(&edition.subject_name(Subject::Derived(index)), Content::Derived(index)));
    }
    let file = |name: &str, rows: Option<u64>, columns: Vec<Column>| DataFile {
        name: name.to_owned(),
        content: "les réponses".to_owned(),
        media_type: "text/csv".to_owned(),
        rows,
        sha256: "ab".repeat(32),
        columns,
    };
    let shares = [("indispensable", "41"), ("important", "≤ 1")];
    Facts {
        publisher: "Éditrice & compagnie <test>".to_owned(),
        contact: "contact@example.org".to_owned(),
        description: "Ce que l’enquête décrit.\u{8}".to_owned(),
        software: "barometre 0.1.0".to_owned(),
        field_start: "2026-01-05".to_owned(),
        field_end: "2026-02-01".to_owned(),
        is_simulated: true,
        versions: vec!["c0ffee".to_owned()],
        published: Some(Published { valid: 2780, weight_ratio: (0.1, 2.9), n_effective: 1240 }),
        files: vec![file("responses.csv", Some(2776), answers), file("derived.csv", None, derived)],
        statistics: BTreeMap::from([(
            "str_importance".to_owned(),
            Statistics {
                asked: "2770".to_owned(),
                shares: shares.map(|(code, share)| (code.to_owned(), share.to_owned())).into(),
                blank: Some("12".to_owned()),
            },
        )]),
    }
}

fn dictionary() -> Dictionary {
    let editions = editions();
    let files = files_2026();
    let definition = Definition { editions: &editions, files: &files };
    Dictionary::new(&definition, &facts(&editions[0].1).files)
}

#[test]
fn every_column_has_a_label_and_what_its_kind_needs() {
    let dictionary = dictionary();
    let variable = |name: &str| {
        let found = dictionary.variables.iter().flatten().find(|variable| variable.name == name);
        found.unwrap_or_else(|| panic!("{name} has no entry")).clone()
    };
    assert!(dictionary.variables.iter().flatten().all(|variable| !variable.label.main().trim().is_empty()));
    let row = variable("usg_outils.visio");
    assert_eq!(row.kind, ValueKind::Category);
    assert!(row.label.main().starts_with("La visioconférence — "), "{:?}", row.label);
    assert_eq!(row.place.as_deref(), Some("usg_outils.visio"));
    let option = variable("ia_finalites.communication");
    assert_eq!((option.kind, option.place.as_deref()), (ValueKind::Flag, Some("ia_finalites")));
    assert!(option.condition.is_some(), "only those who use AI are asked");
    let staff = variable("org_salaries");
    assert_eq!((staff.kind, staff.range.map(|range| range.0)), (ValueKind::Integer, Some(0)));
    let rule = variable("derived.famille").derivation.unwrap().rule.unwrap();
    assert!(rule.contains("org_statut in {scop,scic,cae,coop_autre}") && !rule.contains("label"), "{rule}");
    let region = variable("derived.region");
    assert!(region.categories.iter().any(|category| category.label.main() == "Bretagne"), "{region:?}");
    assert!(variable("weight").is_weight);
}

#[test]
fn a_text_that_has_no_translation_is_said_once() {
    let dictionary = dictionary();
    let texts = |name: &str| {
        let found = dictionary.variables.iter().flatten().find(|variable| variable.name == name).unwrap();
        found.label.iter().map(|(language, text)| (language.to_owned(), text.to_owned())).collect::<Vec<_>>()
    };
    let label = texts("str_importance");
    assert_eq!(label.len(), 2);
    assert_eq!(label[1], ("en".to_owned(), format!("xx {}", label[0].1)));
    assert_eq!(texts("derived.famille").len(), 1);
}

/// What Stata makes of a text in compound quotes: the text, and what follows it.
fn unquoted(text: &str) -> (&str, &str) {
    let rest = text.strip_prefix("`\"").unwrap_or_else(|| panic!("no compound quotes in {text}"));
    let end = rest.find("\"'").unwrap_or_else(|| panic!("the quotes of {text} never close"));
    let inside = &rest[..end];
    assert!(!inside.contains(['`', '"']), "a quote in {text}");
    assert!(inside.match_indices('$').all(|(at, _)| inside[..at].ends_with('\\')), "a macro in {text}");
    (inside, &rest[end + 2..])
}

fn is_stata_name(name: &str) -> bool {
    let is_short = !name.is_empty() && name.chars().count() <= 32;
    is_short
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[test]
fn the_do_file_says_only_what_stata_understands() {
    let script = stata_script(&dictionary());
    let mut made: BTreeSet<String> = BTreeSet::new();
    let mut raw: BTreeSet<String> = BTreeSet::new();
    let mut labelled = BTreeSet::new();
    for line in script.lines().filter(|line| !line.is_empty() && !line.starts_with('*')) {
        let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
        assert!(line.matches('(').count() == line.matches(')').count() || line.contains("`\""), "{line}");
        match command {
            "import" => {
                assert!(rest.contains("stringcols(_all)") && rest.contains("encoding(\"UTF-8\")"), "{line}");
                // Another data set: its columns, and names anew.
                raw.clear();
                made.clear();
            }
            "generate" => {
                let mut words = rest.split_whitespace();
                let mut name = words.next().unwrap();
                if ["byte", "int", "long", "double", "strL"].contains(&name) {
                    name = words.next().unwrap();
                }
                assert!(is_stata_name(name), "{line}");
                assert!(made.insert(name.to_lowercase()), "{name} is made twice");
                assert_eq!(words.next(), Some("="), "{line}");
            }
            "replace" | "assert" => {
                let name = rest.trim_start_matches("missing(").split([' ', ')']).next().unwrap();
                assert!(made.contains(&name.to_lowercase()), "{name} is not made before {line}");
                if let Some((_, code)) = rest.split_once("== `") {
                    assert_eq!(unquoted(&format!("`{code}")).1, "", "{line}");
                }
            }
            "label" => {
                let (kind, rest) = rest.split_once(' ').unwrap();
                let (name, rest) = rest.split_once(' ').unwrap();
                assert!(made.contains(&name.to_lowercase()), "{line}");
                match kind {
                    "variable" => {
                        let (text, after) = unquoted(rest);
                        assert!(text.chars().count() <= 80 && after.is_empty(), "{line}");
                        assert!(!text.is_empty());
                        labelled.insert(name.to_owned());
                    }
                    "define" => {
                        let (value, rest) = rest.split_once(' ').unwrap();
                        assert!(value.parse::<i32>().is_ok() || [".n", ".b"].contains(&value), "{line}");
                        let (text, after) = unquoted(rest);
                        assert!(text.chars().count() <= 32_000 && after == ", modify", "{line}");
                    }
                    "values" => assert_eq!(rest, name),
                    other => panic!("`label {other}` in {line}"),
                }
            }
            "notes" => {
                let (name, text) = rest.split_once(": ").unwrap();
                assert!(made.contains(&name.to_lowercase()) && unquoted(text).1.is_empty(), "{line}");
            }
            "drop" => {
                for name in rest.split(' ') {
                    assert!(is_stata_name(name) && raw.insert(name.to_owned()), "{line}");
                }
            }
            "version" | "clear" | "set" | "tempfile" | "save" | "merge" | "sort" | "compress" => {}
            other => panic!("`{other}` in {line}"),
        }
    }
    assert!(labelled.len() > 300, "{} labels", labelled.len());
    assert_eq!(script.matches("merge 1:1 id using").count(), 1);
}

#[test]
fn the_syntax_for_spss_keeps_within_its_limits() {
    let dictionary = dictionary();
    let script = spss_script(&dictionary);
    for line in script.lines() {
        assert_eq!(line.matches('\'').count() % 2, 0, "an open quote: {line}");
    }
    for line in script.lines().filter(|line| line.starts_with("VARIABLE LABELS")) {
        assert!(line.split_once(" '").unwrap().1.len() <= 255 + 2, "{line}");
    }
    for variable in dictionary.variables.iter().flatten() {
        assert!(script.contains(&format!("VARIABLE LABELS {} ", variable.short)), "{}", variable.name);
    }
}

#[test]
fn the_script_for_r_is_ascii() {
    let script = r_script(&dictionary());
    assert!(script.is_ascii());
    assert!(script.contains("\"La visioconf\\u00e9rence \\u2014 "));
}

#[test]
fn the_table_of_names_gives_each_column_its_other_name() {
    let dictionary = dictionary();
    let table = String::from_utf8(names_table(&dictionary)).unwrap();
    assert!(table.contains("responses.csv,org_ident.type,org_ident_type,\""));
    let columns: usize = dictionary.variables.iter().map(Vec::len).sum();
    assert_eq!(table.matches("\r\n").count(), columns + 1);
    let mut short: Vec<String> =
        dictionary.variables.iter().flatten().map(|v| v.short.to_lowercase()).collect();
    short.sort();
    let all = short.len();
    short.dedup();
    assert_eq!(short.len(), all - 1, "only the key is in both files");
}

#[test]
fn the_readme_says_who_may_read_and_that_responses_are_simulated() {
    let editions = editions();
    let files = files_2026();
    let text = readme(&Definition { editions: &editions, files: &files }, &facts(&editions[0].1));
    for wanted in [
        "QUI PEUT LIRE",
        "Éditrice & compagnie",
        "contact@example.org",
        "moins de 11",
        "simulées",
        "responses.csv",
    ] {
        assert!(text.contains(wanted), "{wanted} is not in {text}");
    }
    assert!(!text.contains(" :") && !text.contains("« "), "spaces before and inside are no-break ones");
}
