//! Which responses are valid.

use analysis::{Reason, clean};
use extract::{ExtractRecord, RecordState, columns};
use polars::prelude::{IntoLazy, SortMultipleOptions};
use questionnaire::Answer;

use crate::definition::edition;
use crate::sample::{freeze, records};

fn count(cleaned: &analysis::Cleaned, reason: Reason) -> usize {
    cleaned.excluded.iter().find(|excluded| excluded.reason == reason).unwrap().count
}

fn partial(record: &ExtractRecord, screen: usize) -> ExtractRecord {
    ExtractRecord {
        state: RecordState::Partial,
        last_screen: Some(edition().questionnaire.screens[screen].code.clone()),
        submitted_on: None,
        ..record.clone()
    }
}

#[test]
fn a_response_is_valid_when_it_is_in_scope_and_passed_the_indispensable_screens() {
    let edition = edition();
    let mut records = records(edition, 6, 1);
    records[0].answers.set("org_statut", Some(Answer::text("hors_ess")));
    records[1].answers.set("org_statut", None);
    records[2] = partial(&records[2], 3);
    records[3] = partial(&records[3], edition.plan.valid_screen);
    let cleaned = clean(freeze(edition, &records).frame().unwrap(), edition).unwrap();
    assert_eq!(cleaned.len(), 3);
    assert_eq!(count(&cleaned, Reason::OutOfScope), 2);
    assert_eq!(count(&cleaned, Reason::Incomplete), 1);
    assert_eq!(count(&cleaned, Reason::Duplicate), 0);
}

#[test]
fn of_several_responses_of_one_organisation_the_last_submitted_one_is_kept() {
    let edition = edition();
    let made = records(edition, 3, 2);
    let same = |index: usize, sequence: i64| ExtractRecord {
        organisation: "one".to_owned(),
        sequence,
        ..made[index].clone()
    };
    let mut submitted = [same(0, 1), same(1, 2)];
    submitted[0].answers.set("str_importance", Some(Answer::text("important")));
    submitted[1].answers.set("str_importance", Some(Answer::text("indispensable")));
    let all = [submitted[0].clone(), submitted[1].clone(), partial(&same(2, 3), edition.plan.valid_screen)];
    let cleaned = clean(freeze(edition, &all).frame().unwrap(), edition).unwrap();
    assert_eq!(cleaned.len(), 1);
    assert_eq!(count(&cleaned, Reason::Duplicate), 2);
    let kept = cleaned.frame.column("str_importance").unwrap().str().unwrap().get(0);
    assert_eq!(kept, Some("indispensable"), "the last one that was sent");
}

#[test]
fn without_a_submitted_response_the_last_interrupted_one_is_kept() {
    let edition = edition();
    let made = records(edition, 2, 3);
    let all: Vec<_> = made
        .iter()
        .zip([8, 4])
        .map(|(record, sequence)| ExtractRecord {
            organisation: "one".to_owned(),
            sequence,
            ..partial(record, edition.plan.valid_screen)
        })
        .collect();
    let cleaned = clean(freeze(edition, &all).frame().unwrap(), edition).unwrap();
    let ranks: Vec<_> =
        cleaned.frame.column(columns::SEQUENCE).unwrap().i64().unwrap().iter().flatten().collect();
    assert_eq!(ranks, [2]);
}

#[test]
fn the_order_of_the_rows_does_not_matter() {
    let edition = edition();
    let extract = freeze(edition, &records(edition, 40, 4));
    let shuffled = extract
        .frame()
        .unwrap()
        .sort(["str_importance", "org_salaries"], SortMultipleOptions::default())
        .collect()
        .unwrap()
        .lazy();
    let (plain, shuffled) =
        (clean(extract.frame().unwrap(), edition).unwrap(), clean(shuffled, edition).unwrap());
    assert!(plain.frame.equals_missing(&shuffled.frame));
    assert_eq!(plain.excluded, shuffled.excluded);
}
