//! The definitions in the repository.

use std::collections::BTreeMap;
use std::path::Path;

use questionnaire::Files;

/// The files of the 2026 edition and the lists, as the command line reads them.
pub fn files_2026() -> Files {
    let surveys = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../surveys");
    let edition = surveys.join("maturite-numerique/2026");
    let mut files = BTreeMap::new();
    for (folder, prefix) in [
        (edition.clone(), ""),
        (edition.join("margins"), "margins/"),
        (edition.join("texts"), "texts/"),
        (edition.join("translations"), "translations/"),
        (surveys.join("nomenclatures"), "nomenclatures/"),
    ] {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "toml" || extension == "csv") {
                let name = path.file_name().unwrap().to_str().unwrap();
                files.insert(format!("{prefix}{name}"), std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    Files::new(files)
}
