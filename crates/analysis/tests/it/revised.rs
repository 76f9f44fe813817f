//! A questionnaire that was revised while it was collected.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use analysis::columns::{Bits, Reader, derive};
use extract::{Definitions, Extract, ExtractRecord, ManifestInput, StateCounts};
use polars::prelude::DataFrame;
use questionnaire::{Answer, Edition, Numerator};

use crate::definition::{edition, edition_with};
use crate::sample::{Dice, answers, record};

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
const INDICATOR: &str = r#"[[indicator]]
code = "VEILLE"
label = "Part des organisations qui suivent l'actualité du numérique"
dimension = "STR"
numerator = "str_veille in {oui}"
base = "asked(str_veille)"
base_label = "ensemble des répondantes"
unit = "%"

"#;
const FIRST: &str = "[[indicator]]\ncode = \"STR_IMPORTANT\"";

/// With a new question and an indicator of it, and a row that everyone is shown instead of employers alone.
static REVISED: LazyLock<Edition> = LazyLock::new(|| {
    edition_with(&[
        ("questionnaire.toml", BEFORE, &format!("{NEW}{BEFORE}")),
        ("translations/en.toml", ENGLISH, &format!("{NEW_ENGLISH}{ENGLISH}")),
        ("questionnaire.toml", "group = \"gerer\", show_if = \"org_salaries >= 1\"", "group = \"gerer\""),
        ("indicators.toml", FIRST, &format!("{INDICATOR}{FIRST}")),
    ])
});

fn input(rows: usize) -> ManifestInput {
    let day = |day| chrono::NaiveDate::from_ymd_opt(2026, 1, day).unwrap();
    ManifestInput {
        software: "barometre 0.1.0".to_owned(),
        is_simulated: true,
        field_start: day(5),
        field_end: day(30),
        states: StateCounts { submitted: rows as u64, partial: 0, refused: 0, withdrawn: 0 },
    }
}

/// Frozen by these definitions, the first of which gives the columns, and with derived variables.
fn frame(newest: &Edition, earlier: &[&Edition], records: &[ExtractRecord]) -> DataFrame {
    let mut definitions = Definitions::one(newest, BTreeMap::new());
    for edition in earlier {
        definitions = definitions.with_earlier(edition, BTreeMap::new());
    }
    let dir = tempfile::tempdir().unwrap();
    extract::write_versions(dir.path(), &definitions, records, &input(records.len())).unwrap();
    derive(Extract::open(dir.path()).unwrap().frame().unwrap(), newest).unwrap()
}

/// 1 or 0.
fn values(bits: &Bits) -> Vec<Option<f64>> {
    (0..bits.rows()).map(|row| Some(f64::from(u8::from(bits.holds(row))))).collect()
}

/// The values of a numerator and whether each response is in the base.
fn indicator(frame: &DataFrame, edition: &Edition, code: &str) -> (Vec<Option<f64>>, Vec<Option<f64>>) {
    let mut reader = Reader::new(edition, frame);
    let indicator = edition.indicator(code).unwrap();
    let numerator = match &indicator.numerator {
        Numerator::Share(condition) => values(&reader.condition(condition).unwrap()),
        Numerator::Mean(number) => {
            let numbers = reader.number(number).unwrap();
            numbers.iter().map(|number| (!number.is_nan()).then_some(*number)).collect()
        }
    };
    (numerator, values(&reader.condition(&indicator.base).unwrap()))
}

/// Fifty who sent before the revision.
fn sent_before() -> Vec<ExtractRecord> {
    let mut dice = Dice(41);
    (0..50).map(|number| record(&format!("a{number:03}"), answers(edition(), &mut dice))).collect()
}

#[test]
fn all_figures_of_a_response_sent_before_the_revision_are_unchanged_by_it() {
    let records = sent_before();
    let (before, after) = (frame(edition(), &[], &records), frame(&REVISED, &[edition()], &records));
    for derived in &edition().derived {
        let name = format!("derived.{}", derived.name);
        assert_eq!(before.column(&name).unwrap(), after.column(&name).unwrap(), "{name}");
    }
    let mut asked = 0.0;
    for known in &edition().indicators {
        let was = indicator(&before, edition(), &known.code);
        assert_eq!(was, indicator(&after, &REVISED, &known.code), "{}", known.code);
        asked += was.1.iter().flatten().sum::<f64>();
    }
    assert!(asked > 1000.0, "the bases are not empty");
}

#[test]
fn the_base_of_a_new_question_is_who_was_asked_it() {
    let mut records = sent_before();
    let mut dice = Dice(42);
    for number in 0..30 {
        let mut given = answers(&REVISED, &mut dice);
        // A third each: yes, no, left blank.
        let veille = [Some("oui"), Some("non"), None][number % 3];
        given.set("str_veille", veille.map(Answer::text));
        let sent = record(&format!("b{number:03}"), given);
        records.push(ExtractRecord { version: REVISED.questionnaire.version.clone(), ..sent });
    }
    let frame = frame(&REVISED, &[edition()], &records);
    let (numerator, base) = indicator(&frame, &REVISED, "VEILLE");
    let sum = |values: &[Option<f64>]| values.iter().flatten().sum::<f64>();
    assert_eq!((sum(&base[..50]), sum(&base[50..])), (0.0, 30.0), "only those after the revision");
    assert_eq!((sum(&numerator[..50]), sum(&numerator[50..])), (0.0, 10.0));
    // A row that everyone is shown now has as base those who were shown it.
    let rh = REVISED.questionnaire.question_index("usg_outils").unwrap();
    let row = REVISED.questionnaire.questions[rh].rows().iter().position(|row| row.code == "rh").unwrap();
    let asked = values(&Reader::new(&REVISED, &frame).asked(rh, Some(row)).unwrap());
    let employers = records[..50].iter().filter(
        |record| matches!(record.answers.get("org_salaries"), Some(Answer::Integer(count)) if *count >= 1),
    );
    assert_eq!((sum(&asked[..50]), sum(&asked[50..])), (employers.count() as f64, 30.0));
}
