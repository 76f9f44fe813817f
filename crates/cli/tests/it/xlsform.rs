//! `barometre export xlsform` and `barometre import xlsform`: an edition through a spreadsheet and back.

use std::path::Path;

use crate::{barometre, refused};

/// A copy of the surveys, to write in.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            std::fs::copy(&path, &to).unwrap();
        }
    }
}

fn said(arguments: &[&str]) -> String {
    let output = barometre(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn an_edition_goes_through_a_workbook_and_is_still_without_a_problem() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../surveys"), &folder.path().join("surveys"));
    let edition = path("surveys/maturite-numerique/2026");
    let workbook = path("questionnaire.xlsx");
    assert!(said(&["export", "xlsform", &edition, "--out", &workbook]).contains("62 questions"));

    refused(&["import", "xlsform", &workbook, "--out", &edition], &["already there", "--force"]);
    let before =
        std::fs::read_to_string(folder.path().join("surveys/maturite-numerique/2026/questionnaire.toml"));
    let said_of_import = said(&["import", "xlsform", &workbook, "--out", &edition, "--force"]);
    assert!(said_of_import.contains("everything was carried over"), "{said_of_import}");
    assert!(said_of_import.contains("no problem"), "{said_of_import}");
    // The comments of the file are gone, its content is not.
    let after =
        std::fs::read_to_string(folder.path().join("surveys/maturite-numerique/2026/questionnaire.toml"));
    assert_ne!(before.unwrap(), after.unwrap());
    assert!(said(&["check", &edition]).contains("62 questions, 44 rows"));

    let elsewhere = path("new");
    let said_of_import = said(&["import", "xlsform", &workbook, "--out", &elsewhere]);
    assert!(said_of_import.contains("is not an edition"), "{said_of_import}");
    assert!(Path::new(&elsewhere).join("translations/en.toml").is_file());
}

#[test]
fn a_file_that_is_no_workbook_writes_nothing_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let workbook = folder.path().join("old.xlsx");
    std::fs::write(&workbook, [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]).unwrap();
    let out = folder.path().join("out");
    let (workbook, out_name) = (workbook.to_str().unwrap(), out.to_str().unwrap());
    refused(
        &["import", "xlsform", workbook, "--out", out_name],
        &["Excel 97-2003 (.xls)", "nothing was written"],
    );
    assert!(!out.exists());
    refused(&["import", "xlsform", "nowhere.xlsx", "--out", out_name], &["nowhere.xlsx"]);
}
