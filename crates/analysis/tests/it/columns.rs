//! One response and a column say the same.

use analysis::columns::{Bits, Reader, Texts, derive};
use extract::ExtractRecord;
use extract::RecordState;
use proptest::prelude::*;
use questionnaire::{Answer, Answers, Edition, Identifier, Networks, Numerator, Subject};

use crate::definition::edition;
use crate::sample::{Dice, answers, freeze, record, records};

/// Each value as text, `None` when it is missing.
type Values = Vec<Option<String>>;

fn truths(bits: &Bits) -> Values {
    (0..bits.rows()).map(|row| Some(bits.holds(row).to_string())).collect()
}

fn numbers(values: &[f64]) -> Values {
    values.iter().map(|value| (!value.is_nan()).then(|| number(*value))).collect()
}

fn texts(values: &Texts) -> Values {
    (0..values.rows()).map(|row| values.get(row).map(str::to_owned)).collect()
}

/// Twelve decimals: sums taken in the same order agree to the last digit, and this leaves room for one that does not.
fn number(value: f64) -> String {
    format!("{:.12}", value + 0.0)
}

/// Everything that expressions give, by facts and by columns, for these responses.
fn compare(edition: &Edition, all: &[Answers]) {
    let records: Vec<_> = all
        .iter()
        .enumerate()
        .map(|(index, answers)| record(&format!("{index:05}"), answers.clone()))
        .collect();
    let frame = derive(freeze(edition, &records).frame().unwrap(), edition).unwrap();
    let mut reader = Reader::new(edition, &frame);
    let facts: Vec<_> = all.iter().map(|answers| edition.facts(answers)).collect();

    for (index, derived) in edition.derived.iter().enumerate() {
        let name = format!("derived.{}", derived.name);
        // The columns of the frame are those of an archive.
        let column = frame.column(&name).unwrap();
        let read: Values = match column.str() {
            Ok(column) => column.iter().map(|value| value.map(str::to_owned)).collect(),
            Err(_) => column.f64().unwrap().iter().map(|value| value.map(number)).collect(),
        };
        let evaluated: Vec<_> = facts
            .iter()
            .map(|facts| {
                facts
                    .derived_category(index)
                    .map(str::to_owned)
                    .or_else(|| facts.derived_number(index).map(number))
            })
            .collect();
        assert_eq!(read, evaluated, "{name}");
        if !derived.categories.is_empty() {
            assert_eq!(texts(&reader.category(Subject::Derived(index)).unwrap()), evaluated, "{name}");
        }
    }
    for indicator in &edition.indicators {
        let base = truths(&reader.condition(&indicator.base).unwrap());
        let expected: Vec<_> =
            facts.iter().map(|facts| Some(facts.holds(&indicator.base).to_string())).collect();
        assert_eq!(base, expected, "base of {}", indicator.code);
        let (numerator, expected): (Values, Values) = match &indicator.numerator {
            Numerator::Share(condition) => (
                truths(&reader.condition(condition).unwrap()),
                facts.iter().map(|facts| Some(facts.holds(condition).to_string())).collect(),
            ),
            Numerator::Mean(mean) => (
                numbers(&reader.number(mean).unwrap()),
                facts.iter().map(|facts| facts.number(mean).map(number)).collect(),
            ),
        };
        assert_eq!(numerator, expected, "numerator of {}", indicator.code);
    }
    for (index, question) in edition.questionnaire.questions.iter().enumerate() {
        let expected: Vec<_> = facts.iter().map(|facts| Some(facts.path().asks(index).to_string())).collect();
        let asked = reader.asked(index, None).unwrap();
        assert_eq!(truths(&asked), expected, "asked({})", question.code);
        for row in 0..question.rows().len() {
            let expected: Vec<_> =
                facts.iter().map(|facts| Some(facts.path().asks_row(index, row).to_string())).collect();
            let asked = reader.asked(index, Some(row)).unwrap();
            assert_eq!(truths(&asked), expected, "asked({}.{row})", question.code);
        }
        if !question.is_personal && !matches!(question.kind, questionnaire::Kind::Email) {
            let subject = Subject::Question(index);
            let expected: Vec<_> =
                facts.iter().map(|facts| Some(facts.is_measured(subject).to_string())).collect();
            let measured = reader.measured(subject).unwrap();
            assert_eq!(truths(&measured), expected, "measured({})", question.code);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_derived_variable_and_every_indicator_is_the_same_by_facts_and_by_columns(seed: u64) {
        let edition = edition();
        let mut dice = Dice(seed);
        let all: Vec<_> = (0..120).map(|_| answers(edition, &mut dice)).collect();
        compare(edition, &all);
    }
}

#[test]
fn refusals_and_blanks_are_the_same_by_facts_and_by_columns() {
    let edition = edition();
    let network = edition.questionnaire.question("org_reseaux").unwrap().options()[0].code.clone();
    let networks = |codes: &[&str], other: Option<&str>| {
        Answer::Networks(Networks {
            codes: codes.iter().map(|code| (*code).to_owned()).collect(),
            other: other.map(str::to_owned),
        })
    };
    let consent = Answers::new().with("cst_participation", Answer::text("oui"));
    let all = vec![
        Answers::new(),
        Answers::new().with("cst_participation", Answer::text("non")),
        consent.clone(),
        consent
            .clone()
            .with("org_ident", Answer::Identifier(Identifier { kind: "aucun".to_owned(), value: None })),
        consent.clone().with("org_reseaux", networks(&[], Some("Un autre réseau"))),
        consent.clone().with("org_reseaux", networks(&["aucun"], None)),
        consent.clone().with("org_reseaux", networks(&[network.as_str()], None)),
        consent.clone().with("org_commune", Answer::text("00000")),
        consent.with("eqp_cloud", Answer::multiple(["nsp"])),
    ];
    compare(edition, &all);
}

#[test]
fn asked_is_what_the_path_column_says_also_for_those_who_stopped() {
    let edition = edition();
    let questionnaire = &edition.questionnaire;
    let records: Vec<ExtractRecord> = records(edition, questionnaire.screens.len(), 7)
        .into_iter()
        .zip(&questionnaire.screens)
        .map(|(record, screen)| ExtractRecord {
            state: RecordState::Partial,
            last_screen: Some(screen.code.clone()),
            ..record
        })
        .collect();
    let frame = freeze(edition, &records).frame().unwrap().collect().unwrap();
    let mut reader = Reader::new(edition, &frame);
    let paths = frame.column(extract::columns::PATH).unwrap().str().unwrap();
    let compare = |name: String, asked: Bits| {
        let expected: Values = paths
            .iter()
            .map(|path| Some(path.unwrap().split(';').any(|asked| asked == name).to_string()))
            .collect();
        assert_eq!(truths(&asked), expected, "asked({name})");
    };
    for (index, question) in questionnaire.questions.iter().enumerate() {
        compare(question.code.clone(), reader.asked(index, None).unwrap());
        for (row, definition) in question.rows().iter().enumerate() {
            let name = format!("{}.{}", question.code, definition.code);
            compare(name, reader.asked(index, Some(row)).unwrap());
        }
    }
}

#[test]
fn a_personal_question_cannot_be_analysed() {
    let edition = edition();
    let name = edition.questionnaire.question_index("org_nom").unwrap();
    let frame = freeze(edition, &records(edition, 1, 7)).frame().unwrap().collect().unwrap();
    let error = Reader::new(edition, &frame).measured(Subject::Question(name)).unwrap_err();
    assert!(error.to_string().contains("`org_nom` is kept out of the extract"), "{error}");
}
