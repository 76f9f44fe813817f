//! The small edition of `surveys/invalid/base`, which has everything the language knows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use questionnaire::{Edition, Files, Problem};

use crate::read;

/// The folder of the must-fail corpus.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../surveys/invalid")
}

/// Its files.
pub fn files() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let base = folder().join("base");
    read(&base.join("edition"), "", &mut files);
    for part in ["margins", "texts", "translations"] {
        read(&base.join("edition").join(part), &format!("{part}/"), &mut files);
    }
    read(&base.join("nomenclatures"), "nomenclatures/", &mut files);
    files
}

/// The files, with one place changed.
#[track_caller]
pub fn with(file: &str, find: &str, replace: &str) -> BTreeMap<String, String> {
    let mut files = files();
    let text = files.get_mut(file).unwrap_or_else(|| panic!("there is no {file}"));
    assert!(text.contains(find), "{file} has {find:?}");
    *text = text.replacen(find, replace, 1);
    files
}

/// Parses them.
pub fn parse(files: BTreeMap<String, String>) -> Result<Edition, Vec<Problem>> {
    Edition::parse("petite", "base", &Files::new(files))
}

/// The edition without a fault.
pub fn edition() -> Edition {
    parse(files()).unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(|p| format!("{p}\n")).collect::<String>())
    })
}
