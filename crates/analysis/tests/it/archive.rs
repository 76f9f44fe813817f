//! What an archive takes from the analysis.

use analysis::archive::{WEIGHT, archive};
use publication::NumberShown;
use questionnaire::{Answer, Subject};

use crate::definition::edition;
use crate::sample::{freeze, records};

#[test]
fn valid_responses_have_a_weight_and_every_derived_variable() {
    let edition = edition();
    let mut all = records(edition, 600, 5);
    // One that is kept out of the analysis is kept out of this table too.
    all[0].answers.set("org_statut", Some(Answer::text("hors_ess")));
    let archived = archive(&freeze(edition, &all), edition).unwrap();
    assert!(archived.no_weights.is_none());
    assert_eq!(archived.table.height(), 599);
    let names: Vec<&str> = archived.table.columns().iter().map(|column| column.name().as_str()).collect();
    assert_eq!(names[..2], ["id", WEIGHT]);
    let derived = (0..edition.derived.len()).map(|index| edition.subject_name(Subject::Derived(index)));
    assert!(names[2..].iter().copied().eq(derived.collect::<Vec<_>>().iter().map(String::as_str)));
    let weights = archived.table.column(WEIGHT).unwrap().f64().unwrap();
    let total: f64 = edition.plan.calibration.iter().map(|group| group.total).sum();
    assert!((weights.iter().flatten().sum::<f64>() / total - 1.0).abs() < 1e-6);
    let ids: Vec<i64> = archived.table.column("id").unwrap().i64().unwrap().iter().flatten().collect();
    assert!(ids.is_sorted() && ids[0] == 2, "the first record is out of scope");
}

#[test]
fn a_sample_too_small_for_the_margins_is_archived_without_weights() {
    let edition = edition();
    let archived = archive(&freeze(edition, &records(edition, 6, 5)), edition).unwrap();
    assert!(archived.no_weights.is_some());
    assert!(archived.table.column(WEIGHT).is_err());
    assert_eq!(archived.table.height(), 6);
    assert!(archived.frequencies.is_empty(), "six respondents are too few for any figure");
}

#[test]
fn frequencies_count_those_who_were_asked_and_hide_small_groups() {
    let edition = edition();
    let mut all = records(edition, 600, 5);
    // Ten answer one thing, everyone else another: what is left would tell how many.
    for (index, record) in all.iter_mut().enumerate() {
        let code = if index < 10 { "peu_utile" } else { "important" };
        record.answers.set("str_importance", Some(Answer::text(code)));
    }
    let archived = archive(&freeze(edition, &all), edition).unwrap();
    let importance = &archived.frequencies["str_importance"];
    assert!(matches!(importance.asked, NumberShown::Rounded { value: 600, .. }));
    assert!(importance.shares.is_empty() && importance.blank.is_none(), "{importance:?}");
    let maturity = &archived.frequencies["str_maturite"];
    assert!(maturity.shares.len() > 1, "{maturity:?}");
    // Purposes are asked of those who use AI alone.
    let purposes = &archived.frequencies["ia_finalites.communication"];
    assert!(matches!(purposes.asked, NumberShown::Rounded { value, .. } if value < 500), "{purposes:?}");
    for name in ["org_commune", "org_salaries", "id", "path"] {
        assert!(!archived.frequencies.contains_key(name), "{name}");
    }
}
