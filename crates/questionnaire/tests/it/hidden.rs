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

/// The total of the small edition below: four for each of the two answers.
fn total(edition: &questionnaire::Edition, answers: &Answers) -> Option<f64> {
    edition.facts(answers).derived_number(edition.derived_index("total").unwrap())
}

/// The steps of issue 1143 of canada-ca/aia-eia-js: a first question gives four points and reveals a second that gives
/// four more; when the first changes its answer, the second hides and the total is zero, not four.
#[test]
fn points_of_a_question_that_hides_again_go_with_it() {
    let mut files = crate::small::with(
        "questionnaire.toml",
        "[[section.screen]]\ncode = \"fin\"",
        r#"[[section.screen]]
code = "donnees"

[[section.screen.question]]
code = "donnees"
type = "single"
dimension = "PRO"
text = "Des données personnelles entrent-elles dans le système ?"
options = [{ code = "oui", label = "Oui" }, { code = "non", label = "Non" }]

[[section.screen]]
code = "limite"

[[section.screen.question]]
code = "limite"
type = "single"
dimension = "PRO"
text = "Avez-vous vérifié qu'il n'y en a pas d'autre ?"
show_if = "donnees in {oui}"
base_label = "systèmes qui lisent des données personnelles"
options = [{ code = "oui", label = "Oui" }, { code = "non", label = "Non" }]

[[section.screen]]
code = "fin""#,
    );
    for (file, at, text) in [
        (
            "indicators.toml",
            "[score]",
            r#"[[derived]]
name = "lit"
flag = { when = "donnees in {oui}", unmeasured = "not asked(donnees)" }

[[derived]]
name = "deborde"
flag = { when = "limite in {non}", unmeasured = "not asked(limite)" }

[[derived]]
name = "total"
sum = ["lit", "lit", "lit", "lit", "deborde", "deborde", "deborde", "deborde"]

[score]"#,
        ),
        ("questionnaire.toml", "languages = [\"fr\", \"en\"]", "languages = [\"fr\"]"),
    ] {
        let changed = files[file].replacen(at, text, 1);
        files.insert(file.to_owned(), changed);
    }
    files.retain(|name, _| !name.ends_with("/en.toml"));
    let edition = crate::small::parse(files).unwrap();
    let mut answers = Answers::new().with("accord", Answer::text("oui"));
    answers.set("donnees", Some(Answer::text("oui")));
    assert_eq!(total(&edition, &answers), Some(4.0));
    answers.set("limite", Some(Answer::text("non")));
    assert_eq!(total(&edition, &answers), Some(8.0));
    answers.set("donnees", Some(Answer::text("non")));
    assert_eq!(total(&edition, &answers), Some(0.0), "not four");
    assert!(edition.route(&answers).1.get("limite").is_none(), "nor is it in a summary or an extract");
    answers.set("donnees", Some(Answer::text("oui")));
    assert_eq!(total(&edition, &answers), Some(8.0), "and it is back when the question is asked again");
}

/// Everything that is computed from answers.
#[derive(Debug, PartialEq)]
struct Consequences {
    path: questionnaire::Path,
    summary: Answers,
    extract: (Answers, Answers),
    scores: Vec<Option<f64>>,
    derived: Vec<(Option<f64>, Option<String>)>,
    indicators: Vec<(bool, Option<bool>)>,
    warnings: Vec<Vec<String>>,
}

fn consequences(edition: &questionnaire::Edition, answers: &Answers) -> Consequences {
    let facts = edition.facts(answers);
    let (path, summary) = edition.route(answers);
    let indicator = |indicator: &questionnaire::Indicator| {
        let share = match &indicator.numerator {
            questionnaire::Numerator::Share(condition) => Some(facts.holds(condition)),
            questionnaire::Numerator::Mean(number) => facts.number(number).map(|number| number > 50.0),
        };
        (facts.holds(&indicator.base), share)
    };
    Consequences {
        extract: edition.split_personal(&summary),
        scores: (0..edition.questionnaire.questions.len())
            .map(|question| facts.item_score(question))
            .collect(),
        derived: (0..edition.derived.len())
            .map(|index| (facts.derived_number(index), facts.derived_category(index).map(str::to_owned)))
            .collect(),
        indicators: edition.indicators.iter().map(indicator).collect(),
        warnings: path
            .screens
            .iter()
            .map(|screen| edition.warnings(*screen, answers).iter().map(|check| check.code.clone()).collect())
            .collect(),
        path,
        summary,
    }
}

/// A respondent who never changed an answer: asked one question after another, giving what is left of `answers` in
/// the end.
fn fresh(edition: &questionnaire::Edition, answers: &Answers) -> Answers {
    let mut typed = Answers::new();
    for question in &edition.questionnaire.questions {
        let index = edition.questionnaire.question_index(&question.code).unwrap();
        let path = edition.path(&typed);
        if !path.asks(index) {
            continue;
        }
        let answer = answers.get(&question.code).cloned().and_then(|answer| match answer {
            // What is not on the page cannot be ticked.
            Answer::Text(code) if !question.options().is_empty() => {
                edition.is_offered(index, &code, &typed).then_some(Answer::Text(code))
            }
            Answer::Matrix(mut rows) => {
                rows.retain(|row, _| {
                    let row = question.rows().iter().position(|known| known.code == *row).unwrap();
                    path.asks_row(index, row)
                });
                (!rows.is_empty()).then_some(Answer::Matrix(rows))
            }
            other => Some(other),
        });
        typed.set(&question.code, answer);
    }
    typed
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// After any sequence of edits, everything is as for a respondent who typed only the answers that are on the path
    /// in the end: the route, scores, derived variables, indicators, warnings, summary, extract, and the draft that was
    /// put away between two edits and resumed.
    #[test]
    fn hidden_answers_never_count_whatever_was_edited(
        edits in proptest::collection::vec((0_usize..62, any::<u64>(), any::<bool>()), 1..120),
    ) {
        let edition = shared();
        let mut answers = Answers::new().with("cst_participation", Answer::text("oui"));
        for (question, choice, is_resumed) in edits {
            let question = &edition.questionnaire.questions[question];
            answers.set(&question.code, random(question, choice));
            if is_resumed {
                // Put away: answers and contacts apart, as canonical JSON; then taken up again.
                let (common, personal) = edition.split_personal(&answers);
                let read = |answers: &Answers| Answers::from_json(&answers.to_json()).unwrap();
                let resumed = read(&personal)
                    .iter()
                    .fold(read(&common), |whole, (code, answer)| whole.with(code, answer.clone()));
                prop_assert_eq!(&resumed, &answers);
                answers = resumed;
            }
        }
        let typed = fresh(edition, &answers);
        let found = consequences(edition, &answers);
        prop_assert_eq!(&found.summary, &typed);
        prop_assert_eq!(found, consequences(edition, &typed));
        // What was not offered is told; otherwise both are valid, or both are not, for the same reasons.
        let told = |answers: &Answers| -> Vec<(usize, questionnaire::ViolationCode)> {
            let violations = edition.validate(answers).err().unwrap_or_default();
            violations.iter().map(|violation| (violation.question, violation.code)).collect()
        };
        let not_offered = |found: &(usize, questionnaire::ViolationCode)| {
            found.1 == questionnaire::ViolationCode::NotOffered
        };
        let (edited, plain) = (told(&answers), told(&typed));
        if !edited.iter().any(not_offered) {
            prop_assert_eq!(edited, plain);
        }
    }

    /// The same with answers that depend on earlier ones, in the small edition.
    #[test]
    fn answers_that_are_not_offered_never_count(
        edits in proptest::collection::vec((0_usize..12, any::<u64>()), 1..60),
    ) {
        static EDITION: std::sync::LazyLock<questionnaire::Edition> = std::sync::LazyLock::new(crate::small::edition);
        let mut answers = Answers::new().with("accord", Answer::text("oui"));
        for (question, choice) in edits {
            let question = &EDITION.questionnaire.questions[question];
            answers.set(&question.code, random(question, choice));
        }
        let found = consequences(&EDITION, &answers);
        for (code, answer) in found.summary.iter() {
            let index = EDITION.questionnaire.question_index(code).unwrap();
            prop_assert!(found.path.asks(index));
            let ticked: Vec<String> = match answer {
                Answer::Multiple(codes) => codes.iter().cloned().collect(),
                Answer::Networks(networks) => networks.codes.iter().cloned().collect(),
                Answer::Matrix(rows) => rows.values().cloned().collect(),
                Answer::Identifier(identifier) => vec![identifier.kind.clone()],
                Answer::Text(code) if !EDITION.questionnaire.questions[index].options().is_empty() => vec![code.clone()],
                Answer::Text(_) | Answer::Integer(_) => Vec::new(),
            };
            for option in ticked {
                prop_assert!(EDITION.is_offered(index, &option, &answers), "{} in {}", option, code);
            }
        }
        prop_assert_eq!(&found, &consequences(&EDITION, &found.summary));
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
