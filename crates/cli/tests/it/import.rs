//! Questionnaires made with other programs.

use std::fs;

use crate::{barometre, refused};

const FIXTURE: &str = "crates/exchange/tests/fixtures/lss/associations_v6.lss";

#[test]
fn a_limesurvey_survey_is_written_and_what_is_lost_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("2022");
    let arguments = ["import", "lss", FIXTURE, "--out", out.to_str().unwrap()];
    let output = barometre(&arguments);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("11 questions in"), "{said}");
    assert!(said.contains("question rang: the question: a ranking (type `R`)"), "{said}");
    let questionnaire = fs::read_to_string(out.join("questionnaire.toml")).unwrap();
    assert!(questionnaire.contains("show_if = \"statut in {A1}\""), "{questionnaire}");
    let translation = fs::read_to_string(out.join("translations/en.toml")).unwrap();
    assert!(translation.contains("How many employees?"), "{translation}");
    // A definition that is there is never written over.
    refused(&arguments, &["already there", "--force"]);
    assert_eq!(fs::read_to_string(out.join("questionnaire.toml")).unwrap(), questionnaire);
}

#[test]
fn a_file_that_is_too_large_or_no_survey_is_refused_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("large.lss");
    fs::File::create(&file).unwrap().set_len(100 * 1024 * 1024).unwrap();
    let out = folder.path().join("out");
    let import = |file: &str, words: &[&str]| {
        refused(&["import", "lss", file, "--out", out.to_str().unwrap()], words);
        assert!(!out.exists());
    };
    import(file.to_str().unwrap(), &["has 104857600 bytes (expected at most 16777216)"]);
    import("README.md", &["README.md", "hint:"]);
    fs::write(&file, "<!DOCTYPE a [<!ENTITY b \"c\">]><document>&b;</document>").unwrap();
    import(file.to_str().unwrap(), &["declares a document type"]);
}
