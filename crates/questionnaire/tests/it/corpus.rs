//! `surveys/invalid`: small definitions with one fault each, which must be named, at its place, and alone.

use std::collections::BTreeSet;

use questionnaire::Problem;
use serde::Deserialize;

use crate::small;

/// One file of `surveys/invalid/cases`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The file that is changed.
    file: String,
    /// What is taken out of it …
    #[serde(default)]
    find: Option<String>,
    /// … and put in its place.
    #[serde(default)]
    replace: String,
    /// The file is cut where this text first stands.
    #[serde(default)]
    cut_from: Option<String>,
    /// The file is taken away.
    #[serde(default)]
    remove: bool,
    expect: Expected,
}

/// The one problem.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    code: String,
    /// Where it is reported, when that is another file.
    #[serde(default)]
    file: Option<String>,
    line: usize,
    underlined: String,
}

/// The cases, by name.
fn cases() -> Vec<(String, Case)> {
    let mut cases: Vec<(String, Case)> = std::fs::read_dir(small::folder().join("cases"))
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let case = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path.file_name().unwrap().to_str().unwrap().to_owned(), case)
        })
        .collect();
    cases.sort_by(|(a, _), (b, _)| a.cmp(b));
    cases
}

/// What is found in a case: the problems, and the text that each underlines.
fn found(case: &Case) -> Vec<(Problem, String)> {
    let mut files = small::files();
    let text = files.get_mut(&case.file).unwrap_or_else(|| panic!("there is no {}", case.file));
    if let Some(find) = &case.find {
        assert!(text.contains(find.as_str()), "{} has {find:?}", case.file);
        *text = text.replacen(find.as_str(), &case.replace, 1);
    }
    if let Some(end) = &case.cut_from {
        let end = text.find(end.as_str()).unwrap();
        text.truncate(end);
    }
    if case.remove {
        files.remove(&case.file);
    }
    let problems = small::parse(files.clone()).err().unwrap_or_default();
    let underlined = |problem: &Problem| {
        files.get(&problem.file).map_or(String::new(), |text| text[problem.span.clone()].to_owned())
    };
    problems.into_iter().map(|problem| (problem.clone(), underlined(&problem))).collect()
}

#[test]
fn the_definition_that_cases_start_from_has_no_fault() {
    small::edition();
}

#[test]
fn every_fault_is_named_at_its_place_and_alone() {
    let cases = cases();
    assert!(cases.len() >= 85, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for (name, case) in &cases {
        let found = found(case);
        let place = case.expect.file.as_ref().unwrap_or(&case.file);
        let is_right = match found.as_slice() {
            [(problem, underlined)] => {
                problem.code == case.expect.code
                    && problem.file == *place
                    && problem.line == case.expect.line
                    && *underlined == case.expect.underlined
            }
            _ => false,
        };
        if !is_right {
            let found: Vec<String> =
                found.iter().map(|(problem, text)| format!("    {problem} {text:?}")).collect();
            let Expected { code, line, underlined, .. } = &case.expect;
            wrong.push(format!(
                "{name}: expected {code} at {place}:{line} {underlined:?}\n{}",
                found.join("\n")
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn every_problem_has_a_case() {
    let covered: BTreeSet<String> = cases().into_iter().map(|(_, case)| case.expect.code).collect();
    let all: BTreeSet<String> = Problem::CODES.iter().map(|code| (*code).to_owned()).collect();
    assert_eq!(covered, all);
}

#[test]
fn every_problem_says_in_words_what_was_found() {
    for (name, case) in cases() {
        for (problem, _) in found(&case) {
            assert!(problem.message.len() >= 15, "{name}: {problem}");
            assert!(problem.column >= 1 && problem.line >= 1, "{name}: {problem}");
        }
    }
}
