//! What the language of definitions can say beyond the first edition: languages, answers that depend on earlier ones,
//! checks that refuse, retired codes, rotating questions.

use questionnaire::{Answer, Answers, Identifier, Networks, Severity, ViolationCode};

use crate::small;

fn codes(problems: &[questionnaire::Problem]) -> Vec<(&str, &str)> {
    problems.iter().map(|problem| (problem.code, problem.file.as_str())).collect()
}

#[test]
fn an_edition_speaks_each_of_its_languages_with_the_same_codes() {
    let french = small::edition();
    let english = french.localised("en").unwrap();
    assert_eq!((french.language.as_str(), english.language.as_str()), ("fr", "en"));
    assert_eq!(english.questionnaire.version, french.questionnaire.version);
    let tools = english.questionnaire.question("outils").unwrap();
    assert_eq!(tools.text, "Which tools do you use?");
    assert_eq!(tools.help.as_deref(), Some("At most three."));
    assert_eq!(tools.option("paie").unwrap().label, "Payroll software");
    assert_eq!(english.questionnaire.question("taches").unwrap().rows()[2].label, "Registrations");
    let titles = |edition: &questionnaire::Edition| -> Vec<Option<String>> {
        edition.questionnaire.screens.iter().map(|screen| screen.title.clone()).collect()
    };
    assert!(titles(&english).contains(&Some("To act".to_owned())), "{:?}", titles(&english));
    assert_eq!(english.questionnaire.checks[1].message, "You cannot spend ten hours without any tool.");
    assert_eq!(english.scoring.levels[1].label, "High");
    let criterion = english.scoring.criteria[0];
    assert_eq!(english.derived[criterion].label, "Has at least one tool");
    let score = english.derived_index("score_usg").unwrap();
    assert_eq!(english.derived[score].label, "Uses");
    assert_eq!(english.text("violation.required"), "Please answer.");
    let networks = english.questionnaire.question("reseaux").unwrap();
    assert_eq!(networks.option("ess_france").unwrap().label, "ESS France", "a proper name");
    assert_eq!(networks.option("aucun").unwrap().label, "No network");
    let back = english.localised("fr").unwrap();
    assert_eq!(format!("{:?}", back.questionnaire), format!("{:?}", french.questionnaire));
    assert_eq!(back.texts, french.texts);
    assert!(french.localised("de").is_none());
    assert_eq!(french.questionnaire.languages, ["fr", "en"]);
}

#[test]
fn a_number_in_a_message_is_written_as_its_language_wants() {
    let french = small::edition();
    let answers = Answers::new()
        .with("accord", Answer::text("oui"))
        .with("famille", Answer::text("association"))
        .with("salaries", Answer::Integer(12_345));
    for (edition, expected) in [(&french, "1\u{202f}000"), (&french.localised("en").unwrap(), "1,000")] {
        let violations = edition.validate(&answers).unwrap_err();
        let message = violations[0].message(&edition.texts);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn the_version_covers_what_is_asked_in_every_language_and_nothing_that_is_computed() {
    let both = small::edition().questionnaire.version;
    let reworded = small::with("translations/en.toml", "Small questionnaire", "Little questionnaire");
    assert_ne!(small::parse(reworded).unwrap().questionnaire.version, both);
    let margin = small::with("margins/famille.csv", "900", "901");
    assert_eq!(small::parse(margin).unwrap().questionnaire.version, both);
    // The codes of the list of networks are answers.
    let mut files = small::files();
    let list = files.get_mut("nomenclatures/reseaux.csv").unwrap();
    *list = list.replacen('\n', "\nreseau_neuf,Un réseau neuf,toutes familles,national,000,\n", 1);
    assert_ne!(small::parse(files).unwrap().questionnaire.version, both);
}

#[test]
fn each_missing_text_is_named_with_its_language_and_file() {
    let files = small::with("translations/en.toml", "site = \"A website\"\n", "");
    let problems = small::parse(files).unwrap_err();
    assert_eq!(codes(&problems), [("missing-translation", "translations/en.toml")]);
    let message = &problems[0].message;
    for part in ["question.outils.options.site", " en ", "translations/en.toml"] {
        assert!(message.contains(part), "{message}");
    }
    assert!(problems[0].help.as_ref().unwrap().contains("Un site"));
    let mut files = small::files();
    files.insert("translations/en.toml".to_owned(), String::new());
    let problems = small::parse(files).unwrap_err();
    assert!(problems.len() > 50 && problems.iter().all(|problem| problem.code == "missing-translation"));
}

#[test]
fn an_answer_that_earlier_answers_exclude_is_not_offered_and_never_counts() {
    let edition = small::edition();
    let tools = edition.questionnaire.question_index("outils").unwrap();
    let base = Answers::new()
        .with("accord", Answer::text("oui"))
        .with("famille", Answer::text("association"))
        .with("outils", Answer::multiple(["visio", "paie"]));
    let employer = base.clone().with("salaries", Answer::Integer(3));
    let alone = base.with("salaries", Answer::Integer(0));
    assert!(edition.is_offered(tools, "paie", &employer) && !edition.is_offered(tools, "paie", &alone));
    assert!(edition.is_offered(tools, "visio", &alone));

    let score = edition.derived_index("score_usg").unwrap();
    assert_eq!(edition.facts(&employer).derived_number(score), Some(75.0));
    assert_eq!(edition.facts(&alone).derived_number(score), Some(50.0), "the hidden 25 points do not count");
    let (path, kept) = edition.route(&alone);
    assert_eq!(kept.get("outils"), Some(&Answer::multiple(["visio"])));
    assert!(!path.asks(edition.questionnaire.question_index("principal").unwrap()), "one tool is left");

    let screen = edition.questionnaire.screen_index("outils").unwrap();
    for violations in [edition.check_screen(screen, &alone), edition.validate(&alone).unwrap_err()] {
        assert_eq!(violations.len(), 1, "{violations:?}");
        assert_eq!(violations[0].code, ViolationCode::NotOffered);
        assert!(violations[0].message(&edition.texts).contains("Un logiciel de paie"));
    }
    assert!(edition.validate(&employer).is_ok());
}

#[test]
fn every_kind_of_question_may_limit_its_answers() {
    let edition = small::edition();
    let rna = |value: &str| {
        Answer::Identifier(Identifier { kind: "rna".to_owned(), value: Some(value.to_owned()) })
    };
    let answers = |family: &str| {
        Answers::new()
            .with("accord", Answer::text("oui"))
            .with("famille", Answer::text(family))
            .with("identifiant", rna("W751243449"))
    };
    assert!(edition.validate(&answers("association")).is_ok());
    let violations = edition.validate(&answers("cooperative")).unwrap_err();
    assert_eq!(violations.iter().map(|v| v.code).collect::<Vec<_>>(), [ViolationCode::NotOffered]);
    assert!(edition.route(&answers("cooperative")).1.get("identifiant").is_none());

    let matrix = small::with(
        "questionnaire.toml",
        "{ code = \"logiciel\", label = \"Un logiciel\", points = 100 }",
        "{ code = \"logiciel\", label = \"Un logiciel\", points = 100, show_if = \"salaries >= 1\" }",
    );
    let edition = small::parse(matrix).unwrap();
    let answers = Answers::new()
        .with("accord", Answer::text("oui"))
        .with("famille", Answer::text("association"))
        .with("taches", Answer::matrix([("comptes", "logiciel"), ("inscriptions", "papier")]));
    assert_eq!(edition.route(&answers).1.get("taches"), Some(&Answer::matrix([("inscriptions", "papier")])));
    let violations = edition.validate(&answers).unwrap_err();
    assert_eq!((violations[0].code, violations[0].row), (ViolationCode::NotOffered, Some(0)));

    let networks = small::with(
        "questionnaire.toml",
        "{ code = \"aucun\", label = \"Aucun réseau\" }",
        "{ code = \"aucun\", label = \"Aucun réseau\", show_if = \"salaries >= 1\" }",
    );
    let edition = small::parse(networks).unwrap();
    let none = Networks { codes: ["aucun".to_owned()].into(), other: None };
    let answers = Answers::new()
        .with("accord", Answer::text("oui"))
        .with("famille", Answer::text("association"))
        .with("reseaux", Answer::Networks(none));
    assert!(edition.route(&answers).1.get("reseaux").is_none());
}

#[test]
fn a_question_of_which_no_answer_is_offered_is_not_asked() {
    let files = small::with(
        "questionnaire.toml",
        "  { code = \"papier\", label = \"Du papier\", points = 0 },\n  { code = \"logiciel\", label = \"Un logiciel\", points = 100 },\n",
        "  { code = \"papier\", label = \"Du papier\", points = 0, show_if = \"salaries >= 1\" },\n  { code = \"logiciel\", label = \"Un logiciel\", points = 100, show_if = \"salaries >= 1\" },\n",
    );
    let edition = small::parse(files).unwrap();
    let answers = Answers::new().with("accord", Answer::text("oui")).with("salaries", Answer::Integer(0));
    assert!(!edition.path(&answers).asks(edition.questionnaire.question_index("taches").unwrap()));
}

#[test]
fn a_check_of_severity_error_refuses_the_screen_and_the_response() {
    let edition = small::edition();
    let wrong = Answers::new()
        .with("accord", Answer::text("oui"))
        .with("famille", Answer::text("association"))
        .with("outils", Answer::multiple(["aucun"]))
        .with("heures", Answer::Integer(12));
    let screen = edition.questionnaire.screen_index("fin").unwrap();
    for violations in [edition.check_screen(screen, &wrong), edition.validate(&wrong).unwrap_err()] {
        assert_eq!(violations.len(), 1, "{violations:?}");
        assert_eq!(violations[0].code, ViolationCode::Inconsistent);
        assert_eq!(violations[0].question, edition.questionnaire.question_index("heures").unwrap());
        let message = violations[0].message(&edition.texts);
        assert_eq!(message, "Vous ne pouvez pas passer dix heures sans aucun outil.");
    }
    assert!(edition.warnings(screen, &wrong).is_empty(), "what refuses does not warn");
    let english = edition.localised("en").unwrap();
    let message = english.validate(&wrong).unwrap_err()[0].message(&english.texts);
    assert_eq!(message, "You cannot spend ten hours without any tool.");
    assert!(edition.validate(&wrong.with("heures", Answer::Integer(9))).is_ok());
}

#[test]
fn a_warning_speaks_on_the_last_screen_that_shows_what_it_reads_and_refuses_nothing() {
    let edition = small::edition();
    let answers = Answers::new()
        .with("accord", Answer::text("oui"))
        .with("famille", Answer::text("association"))
        .with("salaries", Answer::Integer(0))
        .with("taches", Answer::matrix([("comptes", "logiciel")]));
    let spoken: Vec<&str> = (0..edition.questionnaire.screens.len())
        .filter(|screen| !edition.warnings(*screen, &answers).is_empty())
        .map(|screen| edition.questionnaire.screens[screen].code.as_str())
        .collect();
    assert_eq!(spoken, ["taches-agir"], "the matrix ends there");
    assert!(edition.validate(&answers).is_ok());
    assert_eq!(edition.questionnaire.checks[0].severity, Severity::Warning);
}

#[test]
fn a_check_whose_last_question_is_hidden_says_nothing() {
    let files = small::with(
        "questionnaire.toml",
        "optional = true\nrotating = true",
        "optional = true\nrotating = true\nshow_if = \"salaries >= 1\"\nbase_label = \"employeuses\"",
    );
    let mut files = files;
    let translation = files.get_mut("translations/en.toml").unwrap();
    *translation = translation.replace("[question.heures]", "[question.heures]\nbase_label = \"employers\"");
    let edition = small::parse(files).unwrap();
    let answers = Answers::new()
        .with("accord", Answer::text("oui"))
        .with("famille", Answer::text("association"))
        .with("salaries", Answer::Integer(0))
        .with("outils", Answer::multiple(["aucun"]))
        .with("heures", Answer::Integer(12));
    assert!(edition.validate(&answers).is_ok());
}

#[test]
fn a_retired_code_is_not_given_again_and_its_reason_is_told() {
    let files = small::with("questionnaire.toml", "code = \"mot\"", "code = \"telecopie\"");
    let problems = small::parse(files).unwrap_err();
    let problem = problems.iter().find(|problem| problem.code == "retired-code").unwrap();
    assert!(problem.message.contains("posée jusqu'en 2019"), "{problem}");
    assert_eq!(small::edition().questionnaire.retired.len(), 3);
}

#[test]
fn a_rotating_question_says_so() {
    let questionnaire = small::edition().questionnaire;
    let rotating: Vec<&str> =
        questionnaire.questions.iter().filter(|q| q.is_rotating).map(|q| q.code.as_str()).collect();
    assert_eq!(rotating, ["heures"]);
}
