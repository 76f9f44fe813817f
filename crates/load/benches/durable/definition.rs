//! The real edition, and a response of 6 kB.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use questionnaire::{Answer, Answers, Edition, Files};

/// Code of the edition.
pub(crate) const EDITION: &str = "2026";

/// How large the body is.
const BODY: usize = 6 * 1024;

/// The question that takes a long text.
const COMMENT: &str = "clo_commentaire";

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The edition of the repository.
pub(crate) fn edition() -> Edition {
    let surveys = workspace().join("surveys");
    let folder = surveys.join("maturite-numerique/2026");
    let mut files = BTreeMap::new();
    for (inside, under) in [
        (folder.clone(), ""),
        (folder.join("margins"), "margins/"),
        (folder.join("texts"), "texts/"),
        (folder.join("translations"), "translations/"),
        (surveys.join("nomenclatures"), "nomenclatures/"),
    ] {
        for entry in std::fs::read_dir(inside).expect("the surveys of the repository") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "toml" || extension == "csv") {
                let name = path.file_name().expect("a name").to_string_lossy().into_owned();
                files.insert(format!("{under}{name}"), std::fs::read_to_string(&path).expect("a text file"));
            }
        }
    }
    Edition::parse("maturite-numerique", EDITION, &Files::new(files)).expect("the edition is well formed")
}

/// The response of the end-to-end journey, less what is hidden again, with a comment as long as the body asks for.
pub(crate) fn answers() -> Answers {
    let journey =
        std::fs::read_to_string(workspace().join("tests/it/journey.json")).expect("the journey's answers");
    let journey = Answers::from_json(&journey).expect("answers").with(COMMENT, Answer::text("e"));
    let answers = edition().route(&journey).1.with(COMMENT, Answer::text(""));
    // Three bytes each; a comment may have a thousand characters.
    let missing = BODY - body(&answers).len();
    answers.with(COMMENT, Answer::text(&format!("{}{}", "€".repeat(missing / 3), "e".repeat(missing % 3))))
}

/// The body of a request that sends the response whole.
pub(crate) fn whole() -> String {
    body(&answers())
}

fn body(answers: &Answers) -> String {
    format!("{{\"answers\":{}}}", answers.to_json())
}
