//! The real definition.

use questionnaire::{DerivedRule, Kind};

use crate::edition;

#[test]
fn the_2026_edition_has_its_62_questions_44_rows_and_193_indicators() {
    let edition = edition();
    let questions = &edition.questionnaire.questions;
    assert_eq!(questions.len(), 62);
    assert_eq!(questions.iter().map(|question| question.rows().len()).sum::<usize>(), 44);
    assert_eq!(edition.indicators.len(), 193);
    assert_eq!(edition.scoring.criteria.len(), 12);
    assert!(edition.nomenclatures.communes().count() > 34_000);
}

#[test]
fn the_dropped_consent_option_is_gone() {
    let edition = edition();
    let consents = edition.questionnaire.question("clo_consentements").unwrap();
    assert!(consents.option("reseau_nominatif").is_none() && consents.option("panel").is_some());
}

#[test]
fn every_dimension_of_the_index_has_a_score_and_the_index_comes_last() {
    let edition = edition();
    let last = edition.derived.last().unwrap();
    assert_eq!(last.name, "indice");
    assert!(matches!(&last.rule, DerivedRule::Index { scores, at_least: 5 } if scores.len() == 6));
}

#[test]
fn every_question_stands_on_a_screen_and_every_row_on_exactly_one() {
    let questionnaire = edition().questionnaire;
    for (index, question) in questionnaire.questions.iter().enumerate() {
        let items: Vec<_> = questionnaire
            .screens
            .iter()
            .flat_map(|screen| &screen.items)
            .filter(|item| item.question == index)
            .collect();
        assert!(!items.is_empty(), "{}", question.code);
        if let Kind::Matrix { rows, .. } = &question.kind
            && items.len() > 1
        {
            let mut shown: Vec<usize> = items.iter().flat_map(|item| item.rows.clone().unwrap()).collect();
            shown.sort_unstable();
            assert_eq!(shown, (0..rows.len()).collect::<Vec<_>>(), "{}", question.code);
        }
    }
}
