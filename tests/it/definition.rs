//! The real edition, and a response that shows everything it can ask.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use end_to_end::workspace;
use questionnaire::{Answers, Edition, Files};

/// Code of the edition.
pub(crate) const EDITION: &str = "2026";

/// Folder of the edition.
pub(crate) fn folder() -> PathBuf {
    workspace().join("surveys/maturite-numerique").join(EDITION)
}

/// The edition, parsed.
pub(crate) fn edition() -> Edition {
    let folder = folder();
    let mut files = BTreeMap::new();
    for (path, prefix) in [
        (folder.clone(), ""),
        (folder.join("margins"), "margins/"),
        (folder.join("texts"), "texts/"),
        (folder.join("translations"), "translations/"),
        (workspace().join("surveys/nomenclatures"), "nomenclatures/"),
    ] {
        read(&path, prefix, &mut files);
    }
    Edition::parse("maturite-numerique", EDITION, &Files::new(files)).unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(|problem| format!("{problem}\n")).collect::<String>())
    })
}

fn read(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("the folders of the definition can be read") {
        let path = entry.expect("a folder says what it holds").path();
        let is_definition =
            path.extension().is_some_and(|extension| extension == "toml" || extension == "csv");
        if is_definition && let Some(name) = path.file_name() {
            let text = std::fs::read_to_string(&path).expect("a definition is text");
            files.insert(format!("{prefix}{}", name.to_string_lossy()), text);
        }
    }
}

/// An employer of the digital ESS who is asked everything, but for the name that replaces a missing number.
pub(crate) fn answers() -> Answers {
    Answers::from_json(include_str!("journey.json")).expect("journey.json is answers")
}

#[test]
fn the_response_typed_in_the_journey_answers_every_question_and_every_row_but_the_name() {
    let edition = edition();
    let answers = answers();
    let response = edition.validate(&answers).expect("the response is valid");
    assert_eq!(response.answers(), &answers, "nothing of it is off the path");
    for (index, question) in edition.questionnaire.questions.iter().enumerate() {
        let is_name = question.code == "org_nom";
        assert_eq!(response.path().asks(index), !is_name, "is `{}` asked?", question.code);
        assert_eq!(answers.get(&question.code).is_some(), !is_name, "is `{}` answered?", question.code);
        if let Some(questionnaire::Answer::Matrix(rows)) = answers.get(&question.code) {
            assert_eq!(rows.len(), question.rows().len(), "every row of `{}` is answered", question.code);
        }
    }
}
