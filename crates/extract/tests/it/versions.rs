//! Records given under several versions of the questionnaire.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use extract::{
    Definitions, Extract, ExtractError, ExtractRecord, KeptDefinition, RecordState, columns, write_versions,
};
use polars::prelude::DataFrame;
use questionnaire::{Answer, Answers, Edition};

use crate::definition::{edition, edition_with};
use crate::freeze::{input, record, text};

const BEFORE: &str = "[[section.screen]]\ncode = \"apports\"\n";
const NEW: &str = r#"[[section.screen]]
code = "veille"

[[section.screen.question]]
code = "str_veille"
type = "single"
dimension = "STR"
text = "Suivez-vous l'actualité du numérique ?"
options = [{ code = "oui", label = "Oui" }, { code = "non", label = "Non" }]
optional = true

"#;
const ENGLISH: &str = "[question.str_apports]\n";
const NEW_ENGLISH: &str = r#"[question.str_veille]
text = "Do you follow news about digital technology?"

[question.str_veille.options]
oui = "Yes"
non = "No"

"#;

/// A new question and a new row.
static REVISED: LazyLock<Edition> = LazyLock::new(|| {
    edition_with(&[
        ("questionnaire.toml", BEFORE, &format!("{NEW}{BEFORE}")),
        ("translations/en.toml", ENGLISH, &format!("{NEW_ENGLISH}{ENGLISH}")),
        (
            "translations/en.toml",
            "[question.usg_outils.rows]\n",
            "[question.usg_outils.rows]\ncaisse = \"A till\"\n",
        ),
        (
            "questionnaire.toml",
            "  { code = \"signature\", label",
            "  { code = \"caisse\", label = \"Un logiciel de caisse\", group = \"gerer\" },\n  { code = \"signature\", label",
        ),
    ])
});

fn revised() -> &'static Edition {
    &REVISED
}

fn files(name: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("questionnaire.toml".to_owned(), name.to_owned())])
}

fn definitions() -> Definitions<'static> {
    Definitions::one(revised(), files("new")).with_earlier(edition(), files("old"))
}

fn frozen(records: &[ExtractRecord]) -> (tempfile::TempDir, Extract, DataFrame) {
    let dir = tempfile::tempdir().unwrap();
    write_versions(dir.path(), &definitions(), records, &input()).unwrap();
    let extract = Extract::open(dir.path()).unwrap();
    let frame = extract.frame().unwrap().collect().unwrap();
    (dir, extract, frame)
}

/// One that was given under the revised questionnaire.
fn after(organisation: &str) -> ExtractRecord {
    let record = record(organisation, 1);
    let answers = record.answers.clone().with("str_veille", Answer::text("oui"));
    ExtractRecord { answers, version: revised().questionnaire.version.clone(), ..record }
}

fn asked(frame: &DataFrame, row: usize) -> Vec<String> {
    text(frame, columns::PATH, row).unwrap().split(';').map(str::to_owned).collect()
}

#[test]
fn what_a_version_did_not_have_is_null_and_not_on_its_path() {
    let (_dir, extract, frame) = frozen(&[record("a", 1), after("b")]);
    assert_eq!(text(&frame, "str_veille", 0), None);
    assert_eq!(text(&frame, "str_veille", 1).as_deref(), Some("oui"));
    for place in ["str_veille", "usg_outils.caisse"] {
        assert!(!asked(&frame, 0).contains(&place.to_owned()), "{place} was not asked of the first");
        assert!(asked(&frame, 1).contains(&place.to_owned()), "{place} was asked of the second");
    }
    // All the rest is the same: the answers of both are.
    for column in ["str_importance", "usg_outils.compta", "org_commune"] {
        assert_eq!(text(&frame, column, 0), text(&frame, column, 1), "{column}");
    }
    let reached = frame.column(columns::REACHED).unwrap().i32().unwrap();
    let last = i32::try_from(revised().questionnaire.screens.len()).unwrap() - 1;
    assert_eq!((reached.get(0), reached.get(1)), (Some(last), Some(last)));

    let manifest = extract.manifest();
    let (old, new) = (&edition().questionnaire.version, &revised().questionnaire.version);
    assert_eq!(manifest.questionnaire, *new);
    assert_eq!(manifest.versions, BTreeMap::from([(old.clone(), 1), (new.clone(), 1)]));
    assert!(manifest.definitions.keys().eq(manifest.versions.keys()));
    assert_ne!(manifest.definitions[old], manifest.definitions[new], "the digest is that of the files");
    let mut kept = vec![
        KeptDefinition { version: old.clone(), files: files("old") },
        KeptDefinition { version: new.clone(), files: files("new") },
    ];
    kept.sort_by(|a, b| a.version.cmp(&b.version));
    assert_eq!(extract.definitions(), kept, "the extract can be read again");
}

#[test]
fn a_record_alone_is_frozen_alike_before_and_after_the_revision() {
    // Of everything that its own version had, nothing moves.
    let records = [record("a", 1)];
    let dir = tempfile::tempdir().unwrap();
    extract::write(dir.path(), edition(), &records, &input()).unwrap();
    let before = Extract::open(dir.path()).unwrap().frame().unwrap().collect().unwrap();
    let (_dir, _extract, after) = frozen(&records);
    for column in before.columns().iter().filter(|column| column.name() != columns::REACHED) {
        assert_eq!(after.column(column.name()).unwrap(), column, "{}", column.name());
    }
}

#[test]
fn how_far_a_draft_went_is_told_in_the_screens_of_the_newest_version() {
    let stopped = |screen: &str| ExtractRecord {
        state: RecordState::Partial,
        last_screen: Some(screen.to_owned()),
        ..record("a", 1)
    };
    for screen in ["portage", "apports", "ia-usage"] {
        let (_dir, _extract, frame) = frozen(&[stopped(screen)]);
        let reached = frame.column(columns::REACHED).unwrap().i32().unwrap().get(0).unwrap();
        let passed = |code: &str| {
            i32::try_from(revised().questionnaire.screen_index(code).unwrap()).unwrap() <= reached
        };
        assert!(passed(screen), "{screen} was passed");
        // A new screen is passed with the one before it; the next old one is not.
        assert_eq!(passed("apports"), screen != "portage");
        assert!(!asked(&frame, 0).contains(&"str_veille".to_owned()));
    }
}

#[test]
fn a_record_of_a_version_that_was_never_published_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let unknown = ExtractRecord { version: "0badc0de".to_owned(), ..record("a", 1) };
    let error = write_versions(dir.path(), &definitions(), &[record("b", 1), unknown], &input()).unwrap_err();
    assert!(matches!(&error, ExtractError::UnknownVersion { version, count: 1 } if version == "0badc0de"));
    assert!(error.to_string().contains("`0badc0de`"), "{error}");
    assert!(!dir.path().join("manifest.json").exists());
}

#[test]
fn an_answer_without_a_column_stops_the_freeze() {
    // As if the question and the row had been taken away again.
    let dir = tempfile::tempdir().unwrap();
    let definitions = Definitions::one(edition(), files("new")).with_earlier(revised(), files("old"));
    let error = |record: ExtractRecord| {
        write_versions(dir.path(), &definitions, &[record], &input()).unwrap_err().to_string()
    };
    assert!(error(after("b")).contains("`str_veille`"));
    let mut row = after("b");
    row.answers.set("str_veille", None);
    row.answers.set("usg_outils", Some(Answer::matrix([("compta", "regulier"), ("caisse", "non")])));
    assert!(error(row).contains("`usg_outils.caisse`"));
    let blank = ExtractRecord { answers: Answers::new(), ..after("b") };
    assert!(write_versions(dir.path(), &definitions, &[blank], &input()).is_ok());
}

#[test]
fn an_option_that_was_not_offered_is_null_and_not_left_out() {
    let list = "nomenclatures/reseaux.csv";
    let text = crate::definition::files().remove(list).unwrap();
    let first = text.lines().nth(1).unwrap();
    let added =
        edition_with(&[(list, first, &first.replacen(first.split(',').next().unwrap(), "reseau_neuf", 1))]);
    // The first network was replaced by another one, under another version.
    assert_ne!(added.questionnaire.version, edition().questionnaire.version);
    let dir = tempfile::tempdir().unwrap();
    let definitions = Definitions::one(&added, files("new")).with_earlier(edition(), files("old"));
    let mut old = record("a", 1);
    old.answers.set(
        "org_reseaux",
        Some(Answer::Networks(questionnaire::Networks { codes: ["aucun".to_owned()].into(), other: None })),
    );
    write_versions(dir.path(), &definitions, &[old], &input()).unwrap();
    let frame = Extract::open(dir.path()).unwrap().frame().unwrap().collect().unwrap();
    let ticked = |column: &str| frame.column(column).unwrap().bool().unwrap().get(0);
    assert_eq!(ticked("org_reseaux.aucun"), Some(true));
    assert_eq!(ticked("org_reseaux.reseau_neuf"), None);
}
