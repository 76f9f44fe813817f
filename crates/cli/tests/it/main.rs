//! The commands on the real binary: what they refuse, in which words, with which exit code.
#![expect(clippy::unwrap_used, reason = "a test that cannot arrange its case must stop")]

mod archive;
mod comparability;
mod directory;
mod import;
mod invite;
mod revision;
mod sample;
mod simulate;
mod xlsform;

use std::path::Path;
use std::process::{Command, Output};

/// Runs `barometre` from the root of the workspace.
fn barometre(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_barometre"))
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .env_remove("BAROMETRE_DATABASE_URL")
        .env_remove("BAROMETRE_DIR")
        .output()
        .unwrap()
}

#[track_caller]
fn refused(arguments: &[&str], words: &[&str]) -> String {
    let output = barometre(arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
    for word in words {
        assert!(said.contains(word), "{arguments:?} should say {word:?}: {said}");
    }
    said
}

#[test]
fn the_edition_is_checked_and_counted() {
    let output = barometre(&["check", "2026"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    assert!(
        said.contains("62 questions, 44 rows")
            && said.contains("193 indicators")
            && said.contains("no problem")
    );
}

#[test]
fn an_edition_that_is_not_there_is_named() {
    refused(&["check", "1999"], &["there is no edition `1999`", "hint:"]);
}

#[test]
fn an_unknown_command_is_a_fault_of_the_input() {
    refused(&["depublish"], &["depublish"]);
    assert_eq!(barometre(&["--help"]).status.code(), Some(0));
}

#[test]
fn each_station_says_which_one_comes_before() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().to_str().unwrap();
    refused(&["freeze", "2026", "--dir", dir], &["was never opened", "barometre serve"]);
    refused(&["analyse", "2026", "--dir", dir], &["there is no extract", "barometre freeze"]);
    refused(&["report", "2026", "--dir", dir], &["there is no publication", "barometre analyse"]);
}

#[test]
fn a_database_address_is_never_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().to_str().unwrap();
    let address = "mysql://somebody:hunter2@127.0.0.1/x";
    let said = refused(&["close", "2026", "--dir", dir, "--database-url", address], &["PostgreSQL"]);
    assert!(!said.contains("hunter2") && !said.contains("somebody"), "{said}");
}

#[test]
fn a_demonstration_never_empties_a_folder_that_is_not_one() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("responses.sqlite");
    std::fs::write(&kept, "real responses").unwrap();
    let dir = folder.path().to_str().unwrap();
    refused(&["demo", "--no-serve", "--dir", dir], &["is not an earlier demonstration", "--dir"]);
    assert_eq!(std::fs::read_to_string(kept).unwrap(), "real responses");
}

#[test]
fn cases_are_answered_one_line_each_in_order() {
    let oracle = "crates/estimation/tests/oracle/cases";
    let case = |name: &str| format!("{oracle}/{name}.json");
    let (mean, refused) = (case("pub-001-mean-strat-fpc"), case("pub-107-ess-empty-margin"));
    let output = barometre(&["estimate", &mean, &refused]);
    assert!(output.status.success());
    let said = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<serde_json::Value> =
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    let estimate = lines[0]["rows"][0]["estimate"].as_f64().unwrap();
    assert!((estimate - 662.287_363_159_321).abs() < 1e-6, "{estimate}");
    assert_eq!(lines[1]["error"], "empty_margin_category");
    assert!(lines[1]["message"].as_str().unwrap().contains("merge it with"), "{}", lines[1]);
}

#[test]
fn a_case_that_cannot_be_read_is_named_after_the_others_were_answered() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    write("t.csv", "y,w\n1,2\n,1\n4,1\n");
    let wrong =
        write("wrong.json", r#"{"data": {"file": "t.csv"}, "estimate": {"type": "mean", "y": ["z"]}}"#);
    let right = write(
        "right.json",
        r#"{"data": {"file": "t.csv"}, "design": {"weights": "w"},
            "estimate": {"type": "mean", "y": ["y"], "na": "drop"}}"#,
    );
    let output = barometre(&["estimate", &wrong, &right]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<serde_json::Value> =
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines[0]["message"].as_str().unwrap().contains("no column `z` (columns: w, y)"), "{}", lines[0]);
    assert_eq!(lines[1]["rows"][0]["estimate"], 2.0);
    assert_eq!(lines[1]["rows"][0]["n"], 2);
    assert!(String::from_utf8(output.stderr).unwrap().contains("1 of 2 cases could not be read"));
}

/// The small edition of `surveys/invalid/base`, alone in a folder of surveys.
fn small_edition() -> (tempfile::TempDir, std::path::PathBuf) {
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../surveys/invalid/base");
    let folder = tempfile::tempdir().unwrap();
    let edition = folder.path().join("petite/2026");
    for (from, to) in [
        (base.join("edition"), edition.clone()),
        (base.join("edition/margins"), edition.join("margins")),
        (base.join("edition/texts"), edition.join("texts")),
        (base.join("edition/translations"), edition.join("translations")),
        (base.join("nomenclatures"), folder.path().join("nomenclatures")),
    ] {
        std::fs::create_dir_all(&to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
            }
        }
    }
    let survey = "code = \"petite\"\ntitle = \"Petite\"\npublisher = \"P\"\ncontact = \"a@b.fr\"\ndescription = \"D\"\n";
    std::fs::write(folder.path().join("petite/survey.toml"), survey).unwrap();
    (folder, edition)
}

#[test]
fn a_file_saved_in_another_encoding_is_refused_with_its_line_and_the_letter_that_was_meant() {
    let (_folder, edition) = small_edition();
    let path = edition.to_str().unwrap();
    assert!(barometre(&["check", path]).status.success(), "the base has no fault");
    let file = edition.join("questionnaire.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let windows: Vec<u8> =
        text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?')).collect();
    std::fs::write(&file, windows).unwrap();
    let line = text.lines().position(|line| !line.is_ascii()).unwrap() + 1;
    refused(
        &["check", path],
        &["questionnaire.toml", &format!("line {line}"), "Windows-1252", "save the file as UTF-8"],
    );
}

#[test]
fn a_text_that_lacks_a_translation_is_named_and_underlined() {
    let (_folder, edition) = small_edition();
    let file = edition.join("translations/en.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("site = \"A website\"\n", "")).unwrap();
    refused(
        &["check", edition.to_str().unwrap()],
        &[
            "question.outils.options.site",
            "missing in en",
            "translations/en.toml",
            "missing-translation",
            "Un site",
        ],
    );
}
