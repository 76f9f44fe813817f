//! The definitions in the repository.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use questionnaire::{Edition, Files};

fn surveys() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../surveys")
}

/// The files of an edition and the lists, as the command line reads them.
fn files(edition: &Path, nomenclatures: &Path) -> Files {
    let mut files = BTreeMap::new();
    for (folder, prefix) in [
        (edition.to_path_buf(), ""),
        (edition.join("margins"), "margins/"),
        (edition.join("texts"), "texts/"),
        (edition.join("translations"), "translations/"),
        (nomenclatures.to_path_buf(), "nomenclatures/"),
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

/// The files of the 2026 edition.
pub fn files_2026() -> Files {
    files(&surveys().join("maturite-numerique/2026"), &surveys().join("nomenclatures"))
}

/// The files of the directory.
pub fn files_directory() -> Files {
    files(&surveys().join("annuaire-ess-numerique/2026"), &surveys().join("nomenclatures"))
}

/// The files of a small definition that has something of everything.
pub fn files_small() -> Files {
    files(&surveys().join("invalid/base/edition"), &surveys().join("invalid/base/nomenclatures"))
}

/// The same files with some parts of `questionnaire.toml` replaced.
pub fn edited(files: &Files, replaced: &[(&str, &str)]) -> Files {
    let mut all: BTreeMap<String, String> =
        files.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    let text = all.get_mut("questionnaire.toml").unwrap();
    for (from, to) in replaced {
        assert!(text.contains(from), "{from}");
        *text = text.replacen(from, to, 1);
    }
    Files::new(all)
}

/// The edition that these files define.
pub fn edition(files: &Files) -> Edition {
    Edition::parse("survey", "edition", files).unwrap_or_else(|problems| {
        panic!("{:#?}", problems.iter().map(|problem| (problem.line, &problem.message)).collect::<Vec<_>>())
    })
}
