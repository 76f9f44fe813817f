//! The real edition, read once.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use questionnaire::{Edition, Files};

pub fn edition() -> &'static Edition {
    static EDITION: OnceLock<Edition> = OnceLock::new();
    EDITION.get_or_init(|| edition_with(&[]))
}

/// The edition with passages of its files replaced.
pub fn edition_with(edits: &[(&str, &str, &str)]) -> Edition {
    let mut files = files();
    for (file, from, to) in edits {
        let text = files.get_mut(*file).unwrap();
        assert_eq!(text.matches(from).count(), 1, "`{from}` is once in {file}");
        *text = text.replace(from, to);
    }
    Edition::parse("maturite-numerique", "2026", &Files::new(files)).unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(|p| format!("{p}\n")).collect::<String>())
    })
}

/// The files of the edition and the lists.
fn files() -> BTreeMap<String, String> {
    let surveys = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../surveys");
    let mut files = BTreeMap::new();
    for (folder, prefix) in [
        ("maturite-numerique/2026", ""),
        ("maturite-numerique/2026/margins", "margins/"),
        ("maturite-numerique/2026/texts", "texts/"),
        ("maturite-numerique/2026/translations", "translations/"),
        ("maturite-numerique/2026/wording", "wording/"),
        ("nomenclatures", "nomenclatures/"),
    ] {
        for entry in std::fs::read_dir(surveys.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if path.extension().is_some_and(|extension| extension == "toml" || extension == "csv") {
                files.insert(format!("{prefix}{name}"), std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}
