//! A definition with faults is refused with all of them, each at its place.

use questionnaire::{Edition, Files, Problem};

use crate::files;

/// The problems after replacing `from` by `to` in a file of the real edition.
fn problems(file: &str, from: &str, to: &str) -> Vec<(Problem, String)> {
    let mut files = files();
    let text = files.get_mut(file).unwrap();
    assert!(text.contains(from), "{file} has {from:?}");
    *text = text.replacen(from, to, 1);
    let text = text.clone();
    let problems = Edition::parse("maturite-numerique", "2026", &Files::new(files)).expect_err("refused");
    problems
        .into_iter()
        .map(|problem| {
            let underlined =
                if problem.file == file { text[problem.span.clone()].to_owned() } else { String::new() };
            (problem, underlined)
        })
        .collect()
}

#[track_caller]
fn expect(file: &str, from: &str, to: &str, code: &str, underlined: &str) {
    let found = problems(file, from, to);
    assert!(
        found.iter().any(|(problem, text)| problem.code == code && text == underlined),
        "expected {code} at {underlined:?}, found {:?}",
        found.iter().map(|(problem, text)| format!("{problem} {text:?}")).collect::<Vec<_>>()
    );
}

#[test]
fn an_unknown_answer_in_a_condition_is_underlined() {
    expect(
        "questionnaire.toml",
        "ia_usage in {cadre,informel}",
        "ia_usage in {cadre,informelle}",
        "unknown-code",
        "informelle",
    );
}

#[test]
fn a_condition_that_reads_a_question_asked_later_is_underlined() {
    expect(
        "questionnaire.toml",
        "org_ident.type in {alsace_moselle,aucun}",
        "str_maturite in {peu_initiee}",
        "asked-later",
        "str_maturite",
    );
}

#[test]
fn a_type_error_in_an_expression_is_underlined() {
    expect(
        "questionnaire.toml",
        "count(frn_liste) >= 2",
        "count(ia_usage) >= 2",
        "wrong-type",
        "count(ia_usage)",
    );
    expect(
        "indicators.toml",
        "str_importance in {",
        "str_importance has_any {",
        "wrong-type",
        "str_importance",
    );
}

#[test]
fn a_code_used_twice_is_underlined() {
    expect(
        "questionnaire.toml",
        "code = \"org_commune\"",
        "code = \"org_ident\"",
        "duplicate-code",
        "\"org_ident\"",
    );
}

#[test]
fn an_indicator_on_an_unknown_answer_is_underlined() {
    expect(
        "indicators.toml",
        "str_importance in {indispensable,important}",
        "str_importance in {indispensable,importante}",
        "unknown-code",
        "importante",
    );
}

#[test]
fn a_margin_category_that_no_answer_gives_is_underlined() {
    let found = problems("margins/employeurs_famille.csv", "cooperative,", "scop_scic,");
    let (problem, line) =
        &found.iter().find(|(problem, _)| problem.code == "unknown-category").expect("named");
    assert!(line.starts_with("scop_scic,"), "{line}");
    assert!(problem.message.contains("scop_scic"));
    assert!(found.iter().any(|(problem, _)| problem.code == "missing-category"));
}

#[test]
fn an_unknown_key_and_a_syntax_fault_are_underlined() {
    expect("questionnaire.toml", "dimension = \"PRO\"", "dimention = \"PRO\"", "unknown-key", "dimention");
    expect("indicators.toml", "asked(str_maturite)", "asked(str_maturite", "syntax", "");
}

#[test]
fn all_faults_are_reported_at_once() {
    let mut files = files();
    for (file, from, to) in [
        ("questionnaire.toml", "ia_usage in {cadre,informel}", "ia_usage in {zzz}"),
        ("indicators.toml", "asked(str_importance)", "asked(str_importanse)"),
        ("plan.toml", "\"STR_IMPORTANT\"", "\"STR_IMPORTANTS\""),
    ] {
        let text = files.get_mut(file).unwrap();
        *text = text.replacen(from, to, 1);
    }
    let problems = Edition::parse("maturite-numerique", "2026", &Files::new(files)).expect_err("refused");
    let found: Vec<(&str, &str)> = problems.iter().map(|p| (p.file.as_str(), p.code)).collect();
    for expected in [
        ("questionnaire.toml", "unknown-code"),
        ("indicators.toml", "unknown-question"),
        ("plan.toml", "unknown-indicator"),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
    assert!(problems.iter().any(|problem| problem.help.as_deref() == Some("did you mean `str_importance`?")));
}

#[test]
fn a_file_that_is_not_toml_is_refused_without_a_panic() {
    for text in
        ["", "a = ", "[[section]]\n[[section.screen]]\n[[section.screen.question]]\n", "\u{0}", "section = 3"]
    {
        let mut files = files();
        files.insert("questionnaire.toml".to_owned(), text.to_owned());
        assert!(Edition::parse("s", "e", &Files::new(files)).is_err(), "{text:?}");
    }
}

#[test]
fn what_has_scores_and_figures_still_needs_their_rules_and_a_calibration() {
    expect("indicators.toml", "[score]", "[notes]", "missing-key", "");
    let found = problems("plan.toml", "[[calibration]]", "[[calibrations]]");
    assert!(found.iter().any(|(problem, _)| problem.file == "plan.toml"), "{found:?}");
    let mut files = files();
    let plan = files.get_mut("plan.toml").unwrap();
    let (before, after) = (plan.find("[[calibration]]").unwrap(), plan.find("[[breakdown]]").unwrap());
    plan.replace_range(before..after, "");
    let problems = Edition::parse("maturite-numerique", "2026", &Files::new(files)).expect_err("refused");
    assert!(problems.iter().any(|problem| problem.message.contains("no `[[calibration]]` group")));
}
