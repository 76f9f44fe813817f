//! `responses/{valid,invalid}/*.json`: a fixture per rule.

use std::collections::BTreeSet;
use std::path::PathBuf;

use questionnaire::{Answers, ViolationCode};
use serde_json::Value;

use crate::{edition, edition_folder};

fn fixtures(kind: &str) -> Vec<(PathBuf, Value)> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(edition_folder().join("responses").join(kind))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    assert!(paths.len() >= 12, "{} fixtures in {kind}", paths.len());
    paths
        .into_iter()
        .map(|path| (path.clone(), serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()))
        .collect()
}

#[test]
fn every_valid_fixture_is_valid_and_asks_what_it_says() {
    let edition = edition();
    for (path, fixture) in fixtures("valid") {
        let answers: Answers = serde_json::from_value(fixture["answers"].clone()).unwrap();
        let response =
            edition.validate(&answers).unwrap_or_else(|violations| panic!("{path:?}: {violations:?}"));
        for (code, answer) in response.answers().iter() {
            let question = edition.questionnaire.question_index(code).unwrap();
            assert!(response.path().asks(question), "{path:?}: {code} is kept off the path");
            assert_eq!(Some(answer), answers.get(code), "{path:?}");
        }
        let asked: Vec<&str> = response
            .path()
            .questions
            .keys()
            .map(|question| edition.questionnaire.questions[*question].code.as_str())
            .collect();
        let expected: Vec<&str> =
            fixture["asked"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
        assert_eq!(asked, expected, "{path:?}");
        let copy = Answers::from_json(&answers.to_json()).unwrap();
        assert_eq!(copy, answers, "{path:?}: the canonical form comes back");
    }
}

#[test]
fn every_invalid_fixture_is_refused_for_its_reason_in_words() {
    let edition = edition();
    let mut seen = BTreeSet::new();
    for (path, fixture) in fixtures("invalid") {
        let answers: Answers = serde_json::from_value(fixture["answers"].clone()).unwrap();
        let violations = edition.validate(&answers).expect_err(&format!("{path:?}"));
        let found: BTreeSet<(String, String)> = violations
            .iter()
            .map(|violation| {
                let message = violation.message(&edition.texts);
                assert!(!message.contains('{') && !message.starts_with("violation."), "{path:?}: {message}");
                let question = &edition.questionnaire.questions[violation.question];
                (question.code.clone(), violation.code.key().to_owned())
            })
            .collect();
        let expected: BTreeSet<(String, String)> = fixture["violations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| (pair[0].as_str().unwrap().to_owned(), pair[1].as_str().unwrap().to_owned()))
            .collect();
        assert_eq!(found, expected, "{path:?}");
        seen.extend(violations.iter().map(|violation| violation.code));
    }
    // `not_integer` is about typed text, which never becomes an answer: the reader of typed text has its own test.
    for code in ViolationCode::ALL.into_iter().filter(|code| *code != ViolationCode::NotInteger) {
        assert!(seen.contains(&code), "no fixture for {}", code.key());
    }
}
