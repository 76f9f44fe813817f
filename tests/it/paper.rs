//! The questionnaire on paper: printed, filled in by hand, keyed in by the office, frozen with the others.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use end_to_end::{barometre, poppler, workspace};
use serde_json::{Value, json};

use crate::definition::{EDITION, answers, edition};

fn run(arguments: &[&str], dir: &Path) -> Output {
    barometre().args(arguments).arg("--dir").arg(dir).output().expect("the binary can be run")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[track_caller]
fn done(output: &Output) -> String {
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

#[track_caller]
fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stderr)
}

/// Letters alone: lines are broken and apostrophes curled differently on paper.
fn letters(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).collect()
}

#[test]
fn the_printed_questionnaire_is_tagged_whole_in_order_and_the_same_twice() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let [pdf, again] = ["one.pdf", "two.pdf"].map(|name| folder.path().join(name));
    for path in [&pdf, &again] {
        let mut command = barometre();
        command.args(["export", "paper", EDITION, "--language", "fr", "--out"]).arg(path);
        let printed = done(&command.output().expect("the binary can be run"));
        assert!(printed.contains("62 questions"), "{printed}");
    }
    let bytes = fs::read(&pdf).expect("the PDF is there");
    assert!(bytes == fs::read(&again).expect("the PDF is there"), "two exports differ");

    let about = poppler("pdfinfo", &[], &pdf);
    let has = |name: &str, value: &str| {
        let line = about.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        assert!(line.contains(value), "{name} is not {value}: {about}");
    };
    has("Title:", "Baromètre de l’ESS numérique 2026");
    has("Author:", "Social Good Accelerator");
    has("Tagged:", "yes");
    has("Page size:", "A4");
    assert!(!about.contains("CreationDate"), "a clock was read: {about}");

    let tags = poppler("pdfinfo", &["-struct"], &pdf);
    let count = |tag: &str| tags.lines().filter(|line| line.trim().split(' ').next() == Some(tag)).count();
    let edition = edition();
    let questions = &edition.questionnaire.questions;
    assert_eq!(count("H2"), questions.len(), "each question is a heading");
    assert_eq!(count("H1"), edition.questionnaire.sections.len(), "each section is one, above them");
    let tables = questions.iter().filter(|question| !question.rows().is_empty()).count();
    assert_eq!(count("Table"), tables, "each matrix is a table");
    let columns = questions.iter().filter(|question| !question.rows().is_empty());
    let columns: usize = columns.map(|question| question.options().len() + 1).sum();
    assert!(count("TH") >= columns, "each column has a head: {} of {columns}", count("TH"));
    let raw = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    assert!(raw(b"/Lang") && raw(b"pdfuaid"), "the language is said, and the promise of accessibility made");

    // In the order of the content, which is the order of reading.
    let words = poppler("pdftotext", &["-raw"], &pdf);
    let mut rest = letters(&words);
    for (index, question) in questions.iter().enumerate() {
        let wanted = format!("{}{}", index + 1, letters(&question.text));
        let at =
            rest.find(&wanted).unwrap_or_else(|| panic!("question {} is not where it should be", index + 1));
        rest = rest.split_off(at + wanted.len());
    }
    let pages: Vec<&str> = words.trim_end_matches('\u{c}').split('\u{c}').collect();
    for (index, page) in pages.iter().enumerate() {
        let wanted = letters(&format!("page {} / {}", index + 1, pages.len()));
        assert!(letters(page).contains(&wanted), "page {} has no number: {page}", index + 1);
    }
    for promise in ["ni à votre réseau, ni à vos financeurs", "ne sont pas recalculés"] {
        assert!(letters(pages[0]).contains(&letters(promise)), "the first page promises: {promise}");
    }
}

#[test]
fn the_questionnaire_is_printed_in_english_too() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let pdf = folder.path().join("en.pdf");
    let mut command = barometre();
    command.args(["export", "paper", EDITION, "--language", "en", "--out"]).arg(&pdf);
    done(&command.output().expect("the binary can be run"));
    let words = poppler("pdftotext", &[], &pdf);
    assert!(words.contains("Fill in only if") && !words.contains("remplir seulement"), "{words}");
}

#[test]
fn a_language_that_nothing_is_printed_in_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let mut command = barometre();
    command.args(["export", "paper", EDITION, "--language", "tlh", "--out"]).arg(folder.path().join("x.pdf"));
    let said = refused(&command.output().expect("the binary can be run"));
    assert!(said.contains("`tlh`") && said.contains("fr"), "{said}");
}

/// A whole return, a small one and a refusal.
fn returns() -> Value {
    let whole: Value = serde_json::from_str(&answers().to_json()).expect("answers are JSON");
    let small = json!({
        "1": "Oui, je participe", "2": "aucun", "3": "Les Amis du papier", "4": "35000 Rennes", "7": "0"
    });
    json!([
        { "paper": "P-0001", "answers": whole },
        { "paper": "p-0002", "answers": small },
        { "paper": "P-0003", "answers": { "1": "non" } },
    ])
}

/// The line about a sheet.
#[track_caller]
fn line<'a>(printed: &'a str, paper: &str) -> &'a str {
    let found = printed.lines().find(|line| line.starts_with(paper));
    found.unwrap_or_else(|| panic!("{paper} is not named: {printed}"))
}

#[test]
fn paper_returns_are_keyed_in_once_and_frozen_with_the_others() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let dir = folder.path().join("data");
    let write = |name: &str, returns: &Value| {
        let path = folder.path().join(name);
        fs::write(&path, returns.to_string()).expect("a file can be written");
        path.to_str().expect("the path is text").to_owned()
    };
    let good = write("returns.json", &returns());

    // One return is wrong: nothing is kept, and the fault is named where it is.
    let mut wrong = returns();
    wrong[1]["answers"]["7"] = json!("quelques-uns");
    wrong[1]["answers"]["1"] = json!("");
    let wrong = write("wrong.json", &wrong);
    let said = refused(&run(&["key", EDITION, &wrong], &dir));
    assert!(line(&said, "P-0002, question 1 (cst_participation)").contains("ne peut pas être enregistré"));
    assert!(line(&said, "P-0002, question 7 (org_salaries)").contains("quelques-uns"), "{said}");
    assert!(said.contains("1 of 3 returns") && said.contains("nothing was stored"), "{said}");
    let said = refused(&run(&["freeze", EDITION, "--close"], &dir));
    assert!(said.contains("was never opened"), "{said}");

    // A second keying that differs keeps its sheet out.
    let mut second = returns();
    second[1]["answers"]["7"] = json!("1");
    let second = write("second.json", &second);
    let output = run(&["key", EDITION, &good, "--verify", &second, "--valid-only"], &dir);
    let said = refused(&output);
    assert!(line(&said, "P-0002, question 7").contains("Seconde saisie\u{a0}: 1"), "{said}");
    let first = text(&output.stdout);
    assert!(line(&first, "P-0001").contains("kept, receipt "), "{first}");
    assert!(line(&first, "P-0003").contains("refusal"), "{first}");
    assert!(first.contains("2 of 3 returns"), "{first}");

    // Keyed again, what was kept stays as it is, under the same receipt.
    let receipt = line(&first, "P-0001").rsplit(' ').next().expect("a line has a last word").to_owned();
    let printed = done(&run(&["key", EDITION, &good], &dir));
    assert_eq!(line(&printed, "P-0001"), format!("P-0001: kept before, receipt {receipt}"));
    assert!(line(&printed, "P-0002").starts_with("P-0002: kept, receipt "), "{printed}");
    let said = refused(&run(&["key", EDITION, &second], &dir));
    assert!(line(&said, "P-0002").contains("kept before with other answers"), "{said}");

    let frozen = done(&run(&["freeze", EDITION, "--close"], &dir));
    assert!(frozen.contains("2 rows"), "{frozen}");
    let manifest = dir.join("extracts").join(EDITION).join("manifest.json");
    let manifest: Value =
        serde_json::from_slice(&fs::read(manifest).expect("the manifest is there")).expect("it is JSON");
    assert_eq!(manifest["states"]["submitted"], 2, "{manifest}");
    assert_eq!(manifest["states"]["partial"], 0, "{manifest}");
    assert_eq!(manifest["states"]["refused"], 1, "{manifest}");

    // Closed, the edition takes no paper, and lets answers be withdrawn.
    let said = refused(&run(&["key", EDITION, &good], &dir));
    assert!(said.contains("is closed"), "{said}");
    let printed = done(&run(&["key", EDITION, "--withdraw", "p-0002"], &dir));
    assert!(printed.contains("P-0002: the answers are erased"), "{printed}");
    let said = refused(&run(&["key", EDITION, "--withdraw", "P-0099"], &dir));
    assert!(said.contains("P-0099"), "{said}");
    assert!(done(&run(&["freeze", EDITION], &dir)).contains("1 rows"));
}

#[test]
fn a_sheet_kept_before_a_new_start_is_not_said_to_be_kept_after_it() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let dir = folder.path().join("data");
    let file = folder.path().join("returns.json");
    fs::write(&file, returns().to_string()).expect("a file can be written");
    let file = file.to_str().expect("the path is text");
    assert!(done(&run(&["key", EDITION, file], &dir)).contains("3 of 3 returns"));
    let script = workspace().join("tests/it/sql/started_again.sql");
    let mut sqlite = Command::new("sqlite3");
    sqlite.arg("-bail").arg(dir.join("responses.sqlite")).arg(format!(".read {}", script.display()));
    done(&sqlite.output().expect("sqlite3 can be run (Debian: apt-get install sqlite3)"));
    let said = refused(&run(&["key", EDITION, file], &dir));
    assert_eq!(said.matches("give the sheet another number").count(), 3, "{said}");
}

#[test]
fn an_empty_return_is_printed_and_is_the_file_that_is_read() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let dir = folder.path().join("data");
    let empty = done(&run(&["key", EDITION, "--template"], &dir));
    let filled = empty
        .replace("paper = \"\"", "paper = \"P-7\"")
        .replace("cst_participation = \"\"", "cst_participation = \"oui\"")
        .replace("org_ident.type = \"\"", "org_ident.type = \"siret\"")
        .replace("org_ident.value = \"\"", "org_ident.value = \"839 085 230 00028\"")
        .replace("org_commune = \"\"", "org_commune = \"35000 Rennes\"")
        .replace("org_salaries = \"\"", "org_salaries = 4");
    let path = folder.path().join("return.toml");
    fs::write(&path, filled).expect("a file can be written");
    let printed = done(&run(&["key", EDITION, path.to_str().expect("the path is text")], &dir));
    assert!(printed.contains("1 of 1 returns"), "{printed}");
}
