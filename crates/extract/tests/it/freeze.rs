use std::fs;

use chrono::NaiveDate;
use extract::{
    Extract, ExtractError, ExtractRecord, ManifestInput, RESPONSES_FILE, RecordState, StateCounts, columns,
    write,
};
use polars::prelude::DataFrame;
use questionnaire::{Answer, Answers, Identifier, Networks};

use crate::definition::edition;

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, day).unwrap()
}

pub fn input() -> ManifestInput {
    ManifestInput {
        software: "barometre 0.1.0".to_owned(),
        is_simulated: true,
        field_start: day(5),
        field_end: day(30),
        states: StateCounts { submitted: 2, partial: 1, refused: 1, withdrawn: 0 },
    }
}

fn answers() -> Answers {
    Answers::new()
        .with("cst_participation", Answer::text("oui"))
        .with(
            "org_ident",
            Answer::Identifier(Identifier {
                kind: "siret".to_owned(),
                value: Some("83908523000028".to_owned()),
            }),
        )
        .with("org_nom", Answer::text("Les Amis du secret"))
        .with("org_commune", Answer::text("35238"))
        .with("org_statut", Answer::text("asso_1901"))
        .with("org_salaries", Answer::Integer(3))
        .with(
            "org_reseaux",
            Answer::Networks(Networks {
                codes: [network()].into(),
                other: Some("Réseau saisi à la main".to_owned()),
            }),
        )
        .with("str_importance", Answer::text("important"))
        .with("eqp_cloud", Answer::multiple(["stockage", "crm"]))
        .with("usg_outils", Answer::matrix([("compta", "regulier"), ("rh", "non")]))
        .with("usg_part_ligne", Answer::text("p0"))
        .with("ia_usage", Answer::text("non"))
        // Off the path: AI is not used.
        .with("ia_finalites", Answer::multiple(["communication"]))
        .with("clo_commentaire", Answer::text("Un commentaire à ne pas garder"))
}

/// A code of the reference list of networks.
fn network() -> String {
    let question = edition().questionnaire.question("org_reseaux").unwrap();
    question.options().iter().find(|option| !option.is_exclusive).unwrap().code.clone()
}

pub fn record(organisation: &str, sequence: i64) -> ExtractRecord {
    ExtractRecord {
        organisation: organisation.to_owned(),
        answers: answers(),
        state: RecordState::Submitted,
        last_screen: None,
        version: edition().questionnaire.version.clone(),
        started_on: day(6),
        submitted_on: Some(day(7)),
        sequence,
    }
}

pub fn frozen(records: &[ExtractRecord]) -> (tempfile::TempDir, Extract, DataFrame) {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), edition(), records, &input()).unwrap();
    let extract = Extract::open(dir.path()).unwrap();
    let frame = extract.frame().unwrap().collect().unwrap();
    (dir, extract, frame)
}

pub fn text(frame: &DataFrame, column: &str, row: usize) -> Option<String> {
    frame.column(column).unwrap().str().unwrap().get(row).map(str::to_owned)
}

fn boolean(frame: &DataFrame, column: &str, row: usize) -> Option<bool> {
    frame.column(column).unwrap().bool().unwrap().get(row)
}

#[test]
fn each_kind_of_answer_has_its_column() {
    let (_dir, extract, frame) = frozen(&[record("b", 1)]);
    assert_eq!(text(&frame, "str_importance", 0).as_deref(), Some("important"));
    assert_eq!(text(&frame, "org_commune", 0).as_deref(), Some("35238"));
    assert_eq!(text(&frame, "org_ident.type", 0).as_deref(), Some("siret"));
    assert_eq!(text(&frame, "usg_outils.compta", 0).as_deref(), Some("regulier"));
    assert_eq!(text(&frame, "usg_outils.site_web", 0), None, "left blank");
    assert_eq!(frame.column("org_salaries").unwrap().i64().unwrap().get(0), Some(3));
    assert_eq!(boolean(&frame, "eqp_cloud.crm", 0), Some(true));
    assert_eq!(boolean(&frame, "eqp_cloud.erp", 0), Some(false), "asked, answered and not ticked");
    assert_eq!(boolean(&frame, "ia_finalites.communication", 0), None, "off the path");
    assert_eq!(boolean(&frame, &format!("org_reseaux.{}", network()), 0), Some(true));
    assert_eq!(extract.manifest().rows, 1);
    assert_eq!(extract.codebook().variables.len(), frame.width());
}

#[test]
fn a_free_text_has_no_column_even_when_the_definition_does_not_call_it_personal() {
    let mut edition = edition().clone();
    let texts =
        |question: &questionnaire::Question| matches!(question.kind, questionnaire::Kind::Text { .. });
    for question in edition.questionnaire.questions.iter_mut().filter(|question| texts(question)) {
        question.is_personal = false;
    }
    let columns = extract::answer_columns(&edition);
    assert!(edition.questionnaire.questions.iter().any(texts) && !columns.is_empty());
    let of_text = |column: &&extract::AnswerColumn| texts(&edition.questionnaire.questions[column.question]);
    assert_eq!(columns.iter().find(of_text), None);
}

#[test]
fn nothing_that_identifies_anyone_is_in_the_files() {
    let (dir, _extract, frame) = frozen(&[record("b", 1)]);
    let codebook = fs::read_to_string(dir.path().join("codebook.json")).unwrap();
    for secret in ["83908523000028", "Amis du secret", "commentaire à ne pas garder", "saisi à la main"] {
        assert!(!codebook.contains(secret));
        for column in frame.columns() {
            if let Ok(texts) = column.str() {
                assert!(
                    texts.iter().flatten().all(|text| !text.contains(secret)),
                    "{secret} in {}",
                    column.name()
                );
            }
        }
    }
    for name in ["org_nom", "clo_commentaire", "clo_email", "org_ident"] {
        assert!(frame.column(name).is_err(), "{name} has a column");
    }
}

#[test]
fn the_same_records_in_another_order_give_the_same_bytes() {
    let mut records = vec![record("b", 1), record("a", 9), record("a", 2), record("c", 5)];
    records[3].answers.set("str_importance", None);
    let (first, extract, frame) = frozen(&records);
    records.reverse();
    let (second, ..) = frozen(&records);
    for file in ["responses.parquet", "codebook.json", "definitions.json", "manifest.json"] {
        let bytes = |dir: &tempfile::TempDir| fs::read(dir.path().join(file)).unwrap();
        assert!(bytes(&first) == bytes(&second), "{file} differs");
    }
    let organisations: Vec<_> = (0..4).map(|row| text(&frame, columns::ORGANISATION, row).unwrap()).collect();
    assert_eq!(organisations, ["a", "a", "b", "c"]);
    let ranks: Vec<_> = frame.column(columns::SEQUENCE).unwrap().i64().unwrap().iter().flatten().collect();
    assert_eq!(ranks, [1, 2, 1, 1], "the rank of a save, not its hour");
    assert_eq!(extract.manifest().states.total(), 4);
}

#[test]
fn the_path_tells_a_blank_from_a_question_that_was_not_asked() {
    let (_dir, _extract, frame) = frozen(&[record("b", 1)]);
    let path = text(&frame, columns::PATH, 0).unwrap();
    let asked: Vec<&str> = path.split(';').collect();
    assert!(asked.contains(&"str_maturite"), "asked and left blank");
    assert!(asked.contains(&"usg_outils.rh"), "an employer is asked about human resources");
    assert!(!asked.contains(&"ia_finalites"), "AI is not used");
}

#[test]
fn what_comes_after_the_last_screen_passed_was_not_asked() {
    let questionnaire = &edition().questionnaire;
    let screen = questionnaire.question("str_importance").unwrap().screen;
    let partial = ExtractRecord {
        state: RecordState::Partial,
        last_screen: Some(questionnaire.screens[screen].code.clone()),
        submitted_on: None,
        ..record("b", 1)
    };
    let (_dir, _extract, frame) = frozen(&[partial]);
    assert_eq!(text(&frame, "str_importance", 0).as_deref(), Some("important"));
    assert_eq!(text(&frame, "usg_outils.compta", 0), None);
    let path = text(&frame, columns::PATH, 0).unwrap();
    let asked: Vec<&str> = path.split(';').collect();
    assert!(asked.contains(&"str_importance") && !asked.contains(&"usg_part_ligne"), "{path}");
    assert_eq!(text(&frame, columns::SUBMITTED_ON, 0), None);
}

#[test]
fn a_screen_that_the_routing_hides_is_passed_with_the_one_before_it() {
    let questionnaire = &edition().questionnaire;
    let last = questionnaire.question("usg_part_ligne").unwrap().screen;
    let partial = ExtractRecord {
        state: RecordState::Partial,
        last_screen: Some(questionnaire.screens[last].code.clone()),
        ..record("b", 1)
    };
    let (_dir, _extract, frame) = frozen(&[partial]);
    let reached = frame.column(columns::REACHED).unwrap().i32().unwrap().get(0).unwrap();
    // Nothing is collected online, so the next question, on who pays online, is not for them.
    assert!(usize::try_from(reached).unwrap() >= edition().plan.valid_screen, "{reached}");
}

#[test]
fn a_changed_file_is_refused() {
    let (dir, ..) = frozen(&[record("b", 1)]);
    let path = dir.path().join(RESPONSES_FILE);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert!(matches!(Extract::open(dir.path()), Err(ExtractError::Tampered { .. })));
}

#[test]
fn an_extract_of_another_version_of_the_format_is_refused() {
    let (dir, ..) = frozen(&[record("b", 1)]);
    let path = dir.path().join("manifest.json");
    let manifest = fs::read_to_string(&path).unwrap();
    fs::write(&path, manifest.replace("\"schema_version\": 2", "\"schema_version\": 7")).unwrap();
    assert!(matches!(Extract::open(dir.path()), Err(ExtractError::Version { found: 7, .. })));
}

#[test]
fn an_answer_that_the_definition_cannot_read_stops_the_freeze() {
    let dir = tempfile::tempdir().unwrap();
    let mut unknown = record("b", 1);
    unknown.answers.set("str_importance", Some(Answer::text("bof")));
    let error = write(dir.path(), edition(), &[unknown], &input()).unwrap_err();
    let message = error.to_string();
    assert!(message.contains("str_importance") && !message.contains("bof"), "{message}");
    assert!(!dir.path().join("manifest.json").exists());
}

#[test]
fn an_empty_edition_freezes_too() {
    let (_dir, extract, frame) = frozen(&[]);
    assert_eq!((extract.manifest().rows, frame.height()), (0, 0));
}
