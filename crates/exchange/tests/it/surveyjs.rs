//! Editions of a questionnaire made by others, with their texts in two languages.

use std::collections::BTreeMap;
use std::path::Path;

use exchange::compare::{ChangeKind, Comparison, Level, Outline, Presence, compare, table};
use exchange::surveyjs;

fn read(version: &str) -> Outline {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/surveyjs/aia_{version}.json"));
    surveyjs::read(version, &std::fs::read(path).unwrap()).unwrap()
}

fn wording(comparison: &Comparison, language: &str) -> (usize, usize) {
    let of = |counts: &BTreeMap<String, usize>| counts.get(language).copied().unwrap_or(0);
    (of(&comparison.counts.retouched), of(&comparison.counts.reworded))
}

// The releases v1.0.0 and v1.0.1 are not among the fixtures. Measured with this code on the files of the repository:
// v0.10.0 to v1.0.0 shares 140 questions (143 identifiers with the three `html` elements, which ask nothing); 100
// English texts differ, 4 of them by typography alone; 121 French ones, 2 by typography alone; 36 answer lists. From
// v1.0.0 to v1.0.1, 295 questions are shared and one list of departments has one answer more.
#[test]
fn two_releases_of_a_bilingual_assessment_are_told_apart() {
    let comparison = compare(&read("v0.9.1"), &read("v0.10.0"));
    let questions = &comparison.counts.questions;
    assert_eq!((questions.old, questions.new, questions.shared), (125, 153, 122));
    assert_eq!((questions.added, questions.gone), (31, 3));
    assert_eq!((questions.identical, questions.to_decide, questions.breaking), (105, 15, 2));
    assert_eq!(comparison.counts.answer_lists, 5);
    assert_eq!(wording(&comparison, "en"), (0, 11));
    assert_eq!(wording(&comparison, "fr"), (0, 7));
    assert_eq!(comparison.level, Level::Breaking);
    assert_eq!(comparison.old.left_out.len(), 4, "{:?}", comparison.old.left_out);
}

#[test]
fn a_release_is_identical_to_itself_and_its_verdicts_are_printed() {
    let release = read("v0.10.0");
    assert_eq!(compare(&release, &release).level, Level::Identical);
    let printed = table(&compare(&read("v0.9.1"), &release));
    insta::assert_snapshot!(
        printed.lines().filter(|line| !line.starts_with("    ")).collect::<Vec<_>>().join("\n")
    );
}

/// A questionnaire of one page.
fn page(elements: &str) -> Outline {
    let json = format!(r#"{{ "pages": [ {{ "name": "p", "elements": [ {elements} ] }} ] }}"#);
    surveyjs::read("t", json.as_bytes()).unwrap()
}

#[test]
fn how_a_list_is_drawn_or_a_condition_written_is_no_change() {
    let old = page(
        r#"{ "type": "radiogroup", "name": "a", "choices": ["x", 2, { "value": true, "text": "Yes" }] },
        { "type": "panel", "name": "g", "visibleIf": "{a} = 'x'", "elements": [
            { "type": "comment", "name": "b", "rows": 3, "title": "Why" } ] }"#,
    );
    let new = page(
        r#"{ "type": "dropdown", "name": "a", "choices": ["x", "2", { "value": "true", "text": "Yes" }] },
        { "type": "text", "name": "b", "visibleIf": "( {a}==\"x\" )", "title": { "default": "Why", "fr": "Pourquoi" } }"#,
    );
    let comparison = compare(&old, &new);
    assert!(comparison.questions.iter().all(|verdict| verdict.level == Level::Identical), "{comparison:?}");
    assert_eq!(comparison.level, Level::Harmless, "a language more");
    assert_eq!(comparison.new.languages, ["en", "fr"]);
}

#[test]
fn a_panel_s_condition_and_a_matrix_s_rows_count() {
    let old = page(
        r#"{ "type": "panel", "name": "g", "elements": [ { "type": "text", "name": "b" } ] },
        { "type": "matrix", "name": "m", "rows": ["r", "s"], "columns": ["c", "d"] }"#,
    );
    let new = page(
        r#"{ "type": "panel", "name": "g", "visibleIf": "{m.r} = 'c'", "elements": [
            { "type": "text", "name": "b", "inputType": "number" } ] },
        { "type": "matrix", "name": "m", "rows": ["s"], "columns": ["d", "c", "e"], "isRequired": true }"#,
    );
    let comparison = compare(&old, &new);
    let kinds = |code: &str| -> Vec<ChangeKind> {
        comparison.verdict(code).unwrap().changes.iter().map(|change| change.kind).collect()
    };
    assert_eq!(kinds("b"), [ChangeKind::TypeChanged, ChangeKind::BaseChanged]);
    assert_eq!(
        kinds("m"),
        [
            ChangeKind::RowsRemoved,
            ChangeKind::OptionsAdded,
            ChangeKind::OptionsReordered,
            ChangeKind::RequiredChanged
        ]
    );
    assert!(comparison.questions.iter().all(|verdict| verdict.presence == Presence::Both));
}

#[test]
fn what_is_no_questionnaire_is_refused_in_words() {
    for (bytes, words) in [
        (&b"{"[..], "is not JSON"),
        (b"[1]", "is not JSON"),
        (b"{\"a\": 1}", "has no `pages`"),
        (b"\xff", "is not JSON"),
    ] {
        let said = surveyjs::read("f.json", bytes).unwrap_err().to_string();
        assert!(said.contains(words) && said.contains("f.json"), "{said}");
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(surveyjs::read("f", format!("{{\"pages\":{deep}}}").as_bytes()).is_err());
}
