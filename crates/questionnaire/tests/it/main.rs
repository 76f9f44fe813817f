//! The real definition is well-formed, its fixtures behave as they say, and faults are all named at their place.

#![expect(clippy::unwrap_used, reason = "a test that cannot arrange its case must stop")]

mod corpus;
mod definition;
mod faults;
mod fixtures;
mod hidden;
mod hostile;
mod language;
mod small;
mod wording;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use questionnaire::{Edition, Files};

/// The folder of the real edition.
fn edition_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../surveys/maturite-numerique/2026")
}

/// The files of the real edition.
fn files() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let folder = edition_folder();
    read(&folder, "", &mut files);
    read(&folder.join("margins"), "margins/", &mut files);
    read(&folder.join("texts"), "texts/", &mut files);
    read(&folder.join("translations"), "translations/", &mut files);
    read(&folder.join("wording"), "wording/", &mut files);
    read(&folder.join("../../nomenclatures"), "nomenclatures/", &mut files);
    files
}

fn read(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.extension().is_some_and(|extension| extension == "toml" || extension == "csv") {
            files.insert(format!("{prefix}{name}"), std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// The real edition, parsed.
fn edition() -> Edition {
    Edition::parse("maturite-numerique", "2026", &Files::new(files())).unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(|p| format!("{p}\n")).collect::<String>())
    })
}
