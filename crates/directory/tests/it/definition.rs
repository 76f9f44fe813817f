//! The definition of the 2026 edition.

use std::collections::BTreeMap;

use directory::Directory;
use questionnaire::{Answer, Edition, Files, Kind, ViolationCode};

use crate::{EDITION, REAL, SURVEY, actor, directory, files};

#[test]
fn the_questionnaire_asks_thirty_five_questions_of_which_eight_are_criteria_of_a_family() {
    let questions = &REAL.questionnaire.questions;
    assert_eq!(questions.len(), 35);
    assert_eq!(questions.iter().filter(|question| question.code.starts_with("crt_")).count(), 8);
    assert_eq!(directory().public().count(), 19);
    for private in
        ["ann_consentement", "pil_utilite", "crt_educ", "act_commande_publique", "pub_contact_prive"]
    {
        assert!(!directory().is_public(private), "{private}");
    }
    // The families of the question are those of the list.
    let lists = directory();
    let codes: Vec<&str> = lists.lists().families().iter().map(|family| family.code.as_str()).collect();
    let options = REAL.questionnaire.question("fam_choix").unwrap().options();
    assert_eq!(
        options.iter().map(|option| option.code.as_str()).collect::<Vec<_>>(),
        [codes, vec!["aucune"]].concat()
    );
}

#[test]
fn whoever_does_not_consent_is_asked_nothing_more() {
    let answers = actor("Exemple", &["communs"]).with("ann_consentement", Answer::text("non"));
    let (path, kept) = REAL.route(&answers);
    assert_eq!((path.questions.len(), kept.len()), (1, 1));
}

#[test]
fn criteria_are_asked_of_the_families_ticked_and_the_main_one_of_those_who_have_two() {
    let asked = |families: &[&str]| -> Vec<String> {
        let path = REAL.path(&actor("Exemple", families));
        let codes = path.questions.keys().map(|index| REAL.questionnaire.questions[*index].code.clone());
        codes.filter(|code| code.starts_with("crt_") || code == "fam_principale").collect()
    };
    assert_eq!(asked(&["aucune"]), Vec::<String>::new());
    assert_eq!(asked(&["communs"]), ["crt_communs"]);
    assert_eq!(asked(&["telecoms", "editeurs"]), ["fam_principale", "crt_editeurs", "crt_telecoms"]);
    let all: Vec<&str> = crate::CRITERIA.iter().map(|(family, _, _)| *family).collect();
    assert_eq!(REAL.path(&actor("Exemple", &all)).questions.len(), 35);
    assert_eq!(REAL.path(&actor("Exemple", &["communs"])).questions.len(), 27);
}

#[test]
fn the_main_family_is_one_of_those_ticked_or_none() {
    let answers =
        |main: &str| actor("Exemple", &["editeurs", "communs"]).with("fam_principale", Answer::text(main));
    assert!(REAL.validate(&answers("communs")).is_ok());
    assert!(REAL.validate(&answers("sans")).is_ok(), "none dominates");
    let violations = REAL.validate(&answers("telecoms")).unwrap_err();
    assert_eq!(violations.iter().map(|found| found.code).collect::<Vec<_>>(), [ViolationCode::NotOffered]);
    assert!(!violations[0].message(&REAL.texts).contains("violation"));
}

#[test]
fn what_is_needed_for_the_grid_must_be_answered_and_the_rest_may_stay_blank() {
    let required = REAL.questionnaire.questions.iter().filter(|question| question.is_required);
    for question in required.filter(|question| question.code != "ann_consentement") {
        let mut answers = actor("Exemple", &crate::CRITERIA.map(|(family, _, _)| family));
        answers.set(&question.code, None);
        if question.code != "fam_choix" {
            assert!(REAL.validate(&answers).is_err(), "{}", question.code);
        }
    }
    let mut blank = actor("Exemple", &["communs"]);
    for code in ["ann_commune", "pil_capital", "moy_annee", "pub_accord"] {
        blank.set(code, None);
    }
    assert!(REAL.validate(&blank).is_ok());
    assert!(matches!(
        REAL.questionnaire.question("moy_annee").unwrap().kind,
        Kind::Integer { min: 1850, max: 2026 }
    ));
}

fn problems(change: impl FnOnce(&mut BTreeMap<String, String>)) -> Vec<String> {
    let mut files = files();
    change(&mut files);
    let edition = Edition::parse(SURVEY, EDITION, &Files::new(files.clone()));
    match edition {
        Ok(edition) => match Directory::new(&edition, &Files::new(files)) {
            Ok(_) => Vec::new(),
            Err(problems) => problems.iter().map(ToString::to_string).collect(),
        },
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

fn replace(file: &str, from: &str, to: &str) -> Vec<String> {
    problems(|files| {
        let text = files.get_mut(file).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        *text = text.replacen(from, to, 1);
    })
}

#[test]
fn a_definition_that_a_card_cannot_rely_on_is_refused_at_its_place() {
    assert_eq!(problems(|_| {}), Vec::<String>::new());
    let missing = problems(|files| {
        files.remove("directory.toml");
    });
    assert!(missing[0].contains("directory.toml") && missing[0].contains("missing"), "{missing:?}");
    for (from, to, expected) in [
        ("name = \"ann_nom\"", "name = \"ann_nome\"", "there is no question `ann_nome`"),
        ("commune = \"ann_commune\"", "commune = \"ann_nom\"", "`ann_nom` is not a commune"),
        ("card = \"fiche\"", "card = \"fiches\"", "`pub_accord` has no answer `fiches`"),
        ("  \"ann_nom\", ", "  ", "`ann_nom` is a part of the card but is not in `public`"),
        ("[parts]", "[parts]\ncolour = \"x\"", "unknown field `colour`"),
    ] {
        let found = replace("directory.toml", from, to);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("directory.toml:") && found[0].contains(expected), "{found:?}");
    }
    let found = replace("indicators.toml", "name = \"famille_communs\"", "name = \"famille_commun\"");
    assert!(!found.is_empty());
    let found = replace("indicators.toml", "code = \"hors_ess\"", "code = \"dehors\"");
    assert!(!found.is_empty());
}

#[test]
fn an_edition_without_a_grid_is_no_directory() {
    let mut bare = files();
    let text = bare.get_mut("indicators.toml").unwrap();
    *text = String::new();
    let edition =
        Edition::parse(SURVEY, EDITION, &Files::new(bare.clone())).expect("no derived variable is needed");
    let problems = Directory::new(&edition, &Files::new(bare)).unwrap_err();
    // Three pillars, belonging, outcome, eight families: all are named at once.
    assert_eq!(problems.len(), 13);
}
