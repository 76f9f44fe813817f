//! A hidden answer never counts, whatever the order of edits that left it behind.

use proptest::prelude::*;
use questionnaire::{Answer, Answers, Kind, Networks};

use crate::edition;

#[test]
fn a_routing_answer_that_changes_takes_the_routed_score_away() {
    let edition = edition();
    let score = edition.derived_index("score_ia").unwrap();
    let base = Answers::new().with("cst_participation", Answer::text("oui"));
    let used =
        base.with("ia_usage", Answer::text("cadre")).with("ia_encadrement", Answer::multiple(["charte"]));
    assert_eq!(edition.facts(&used).derived_number(score), Some(65.0), "mean of 100 and 30");
    let stopped = used.clone().with("ia_usage", Answer::text("non"));
    assert_eq!(edition.facts(&stopped).derived_number(score), Some(0.0), "the hidden 30 points do not count");
    let response = edition.route(&stopped).1;
    assert!(response.get("ia_encadrement").is_none());
}

#[test]
fn a_hidden_answer_hides_what_depends_on_it() {
    let edition = edition();
    let answers = Answers::new()
        .with("cst_participation", Answer::text("non"))
        .with("frn_liste", Answer::multiple(["temps", "financement"]))
        .with("frn_principal", Answer::text("temps"));
    let (path, kept) = edition.route(&answers);
    assert_eq!(kept.len(), 1, "a refusal keeps no answer: {kept:?}");
    assert!(path.ended_by.is_some() && path.screens.len() == 1);
}

#[test]
fn what_says_who_answers_is_kept_apart_and_comes_back_whole() {
    let edition = shared();
    let identifier =
        questionnaire::Identifier { kind: "siret".to_owned(), value: Some("83908523000028".to_owned()) };
    let networks =
        Networks { codes: ["uniopss".to_owned()].into(), other: Some("Réseau des voisins".to_owned()) };
    let answers = Answers::new()
        .with("org_ident", Answer::Identifier(identifier))
        .with("org_reseaux", Answer::Networks(networks))
        .with("clo_email", Answer::text("a@b.fr"))
        .with("str_maturite", Answer::text("en_progres"));
    let (common, personal) = edition.split_personal(&answers);
    for secret in ["83908523000028", "voisins", "a@b.fr"] {
        assert!(!common.to_json().contains(secret), "{secret} is among the answers");
        assert!(personal.to_json().contains(secret), "{secret} is lost");
    }
    assert!(personal.get("str_maturite").is_none() && common.get("org_reseaux").is_some());
    let whole = personal.iter().fold(common, |whole, (code, answer)| whole.with(code, answer.clone()));
    assert_eq!(whole, answers);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// After any sequence of edits, what is kept is exactly what a fresh respondent who gave only the kept answers
    /// would have: routing is a function of visible answers alone.
    #[test]
    fn keeping_is_idempotent_over_random_edits(edits in proptest::collection::vec((0_usize..62, any::<u64>()), 1..80)) {
        let edition = shared();
        let mut answers = Answers::new().with("cst_participation", Answer::text("oui"));
        for (question, choice) in edits {
            let question = &edition.questionnaire.questions[question];
            answers.set(&question.code, random(question, choice));
        }
        let (path, kept) = edition.route(&answers);
        let (again, same) = edition.route(&kept);
        prop_assert_eq!(&kept, &same);
        prop_assert_eq!(path, again);
        let (whole, alone) = (edition.facts(&answers), edition.facts(&kept));
        for index in 0..edition.derived.len() {
            prop_assert_eq!(whole.derived_number(index), alone.derived_number(index));
            prop_assert_eq!(whole.derived_category(index), alone.derived_category(index));
        }
    }
}

/// Parsing takes a moment in an unoptimised build: once for all cases.
fn shared() -> &'static questionnaire::Edition {
    static EDITION: std::sync::OnceLock<questionnaire::Edition> = std::sync::OnceLock::new();
    EDITION.get_or_init(edition)
}

/// An answer of the question's kind drawn from the bits of `choice`; sometimes blank.
fn random(question: &questionnaire::Question, choice: u64) -> Option<Answer> {
    let pick = |n: usize| usize::try_from(choice / 7).unwrap_or(0) % n.max(1);
    if choice.is_multiple_of(7) {
        return None;
    }
    Some(match &question.kind {
        Kind::Single { options, .. } => Answer::text(&options[pick(options.len())].code),
        Kind::Multiple { options, .. } => Answer::multiple(
            options
                .iter()
                .enumerate()
                .filter(|(i, _)| choice >> (i % 60) & 1 == 1)
                .map(|(_, o)| o.code.as_str()),
        ),
        Kind::Matrix { rows, options } => Answer::matrix(
            rows.iter()
                .enumerate()
                .map(|(i, row)| (row.code.as_str(), options[(pick(97) + i) % options.len()].code.as_str())),
        ),
        Kind::Integer { .. } => Answer::Integer(i64::try_from(choice % 60).unwrap_or(0)),
        Kind::Networks { options } => Answer::Networks(Networks {
            codes: [options[pick(options.len())].code.clone()].into(),
            other: None,
        }),
        Kind::Commune => Answer::text("35238"),
        Kind::Identifier { .. } => {
            Answer::Identifier(questionnaire::Identifier { kind: "aucun".to_owned(), value: None })
        }
        Kind::Text { .. } | Kind::Email => Answer::text("a@b.fr"),
    })
}
