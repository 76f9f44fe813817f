//! A case for each rule of the double grid.

use directory::{Belonging, Classification, Classified, Outcome, Pillar, Verdict, classify};
use questionnaire::{Answer, Answers};

use crate::{CRITERIA, actor, directory};

fn classified(answers: &Answers) -> Classified {
    classify(&directory(), answers).classified().cloned().expect("the actor agreed to a card")
}

const BY_RIGHT: [&str; 12] = [
    "asso_1901",
    "asso_rup",
    "asso_alsace_moselle",
    "scop",
    "scic",
    "cae",
    "sce",
    "coop_autre",
    "mutuelle",
    "fondation",
    "fonds_dotation",
    "sc_esus",
];

/// An actor of this status, with these answers about the pillars: utility, governance, finance, capital.
fn of_status(status: &str, pillars: (&str, &str, &[&str], Option<&str>)) -> Answers {
    let (utility, governance, finance, capital) = pillars;
    let mut answers = actor("Exemple", &["communs"])
        .with("ann_statut", Answer::text(status))
        .with("pil_utilite", Answer::text(utility))
        .with("pil_gouvernance", Answer::text(governance))
        .with("pil_gestion", Answer::multiple(finance.iter().copied()));
    answers.set("pil_capital", capital.map(Answer::text));
    answers
}

#[test]
fn each_answer_about_a_pillar_says_how_far_it_is_met() {
    for (answer, expected) in [
        ("statuts", Pillar::Met),
        ("agrement", Pillar::Met),
        ("pratique", Pillar::Partial),
        ("non", Pillar::NotMet),
        ("nsp", Pillar::Partial),
    ] {
        let answers = of_status("asso_1901", (answer, "une_voix", &["non_lucratif"], None));
        assert_eq!(classified(&answers).pillars().utility, expected, "{answer}");
    }
    for (answer, expected) in [
        ("une_voix", Pillar::Met),
        ("colleges", Pillar::Met),
        ("participation", Pillar::Partial),
        ("capital", Pillar::NotMet),
        ("nsp", Pillar::Partial),
    ] {
        let answers = of_status("asso_1901", ("statuts", answer, &["non_lucratif"], None));
        assert_eq!(classified(&answers).pillars().governance, expected, "{answer}");
    }
    let finance: [(&[&str], Pillar); 8] = [
        (&["non_lucratif"], Pillar::Met),
        (&["reserves"], Pillar::Met),
        (&["reinvestis"], Pillar::Met),
        (&["limites"], Pillar::Met),
        (&["reserves", "limites"], Pillar::Met),
        (&["nsp"], Pillar::Partial),
        (&["libre"], Pillar::NotMet),
        (&["reserves", "libre"], Pillar::NotMet),
    ];
    for (answer, expected) in finance {
        let answers = of_status("asso_1901", ("statuts", "une_voix", answer, None));
        assert_eq!(classified(&answers).pillars().finance, expected, "{answer:?}");
    }
}

#[test]
fn belonging_follows_the_status_the_pillars_and_the_capital() {
    type Pillars = (&'static str, &'static str, &'static [&'static str], Option<&'static str>);
    const MET: Pillars = ("statuts", "une_voix", &["reserves"], Some("non"));
    const UTILITY_PARTIAL: Pillars = ("pratique", "une_voix", &["reserves"], None);
    const FINANCE_PARTIAL: Pillars = ("statuts", "colleges", &["nsp"], None);
    const GOVERNANCE_NOT_MET: Pillars = ("statuts", "capital", &["reserves"], None);
    const TWO_NOT_MET: Pillars = ("non", "capital", &["reserves"], None);
    const TWO_NOT_MET_ONE_PARTIAL: Pillars = ("pratique", "capital", &["libre"], None);
    const THREE_NOT_MET: Pillars = ("non", "capital", &["libre"], Some("oui"));
    const BOUGHT: Pillars = ("statuts", "une_voix", &["reserves"], Some("oui"));
    const CAPITAL_UNKNOWN: Pillars = ("statuts", "une_voix", &["reserves"], Some("nsp"));

    for status in BY_RIGHT {
        for (pillars, expected) in [
            (MET, Belonging::ByRight),
            (CAPITAL_UNKNOWN, Belonging::ByRight),
            // By right, but with a doubt.
            (GOVERNANCE_NOT_MET, Belonging::ToExamine),
            (UTILITY_PARTIAL, Belonging::ToExamine),
            (BOUGHT, Belonging::ToExamine),
            // Never outside: the law says so.
            (TWO_NOT_MET, Belonging::ToExamine),
            (THREE_NOT_MET, Belonging::ToExamine),
        ] {
            let answers = of_status(status, pillars);
            assert_eq!(classified(&answers).belonging(), expected, "{status} {pillars:?}");
        }
    }
    for status in ["sc_ess", "collectif", "autre"] {
        for (pillars, expected) in [
            (MET, Belonging::ByCriteria),
            (CAPITAL_UNKNOWN, Belonging::ByCriteria),
            (UTILITY_PARTIAL, Belonging::ToExamine),
            (FINANCE_PARTIAL, Belonging::ToExamine),
            (GOVERNANCE_NOT_MET, Belonging::ToExamine),
            (BOUGHT, Belonging::ToExamine),
            (TWO_NOT_MET, Belonging::Outside),
            (TWO_NOT_MET_ONE_PARTIAL, Belonging::Outside),
            (THREE_NOT_MET, Belonging::Outside),
        ] {
            let answers = of_status(status, pillars);
            assert_eq!(classified(&answers).belonging(), expected, "{status} {pillars:?}");
        }
    }
    for status in ["sarl_sas", "public"] {
        for (pillars, expected) in [
            (MET, Belonging::ToExamine),
            (GOVERNANCE_NOT_MET, Belonging::ToExamine),
            (TWO_NOT_MET, Belonging::Outside),
        ] {
            let answers = of_status(status, pillars);
            assert_eq!(classified(&answers).belonging(), expected, "{status} {pillars:?}");
        }
    }
    // Every status of the questionnaire has been through one of the three tables.
    assert_eq!(
        BY_RIGHT.len() + 3 + 2,
        crate::REAL.questionnaire.question("ann_statut").unwrap().options().len()
    );
}

#[test]
fn each_family_has_its_inclusion_and_exclusion_criteria() {
    use Verdict::{Excluded, ToVerify, Valid};
    let cases: [(&str, &str, &[&str], Verdict); 55] = [
        ("educ_mediation", "crt_educ", &["educative", "citoyenne"], Valid),
        ("educ_mediation", "crt_educ", &["mediation"], Valid),
        ("educ_mediation", "crt_educ", &["educative"], ToVerify),
        ("educ_mediation", "crt_educ", &["citoyenne"], ToVerify),
        ("educ_mediation", "crt_educ", &["technique"], Excluded),
        ("educ_mediation", "crt_educ", &["service_public"], Excluded),
        ("educ_mediation", "crt_educ", &["technique", "service_public"], Excluded),
        ("educ_mediation", "crt_educ", &["mediation", "service_public"], ToVerify),
        ("educ_mediation", "crt_educ", &[], ToVerify),
        ("democratie_droits", "crt_democratie", &["participation"], Valid),
        ("democratie_droits", "crt_democratie", &["libertes"], Valid),
        ("democratie_droits", "crt_democratie", &["critique"], Valid),
        ("democratie_droits", "crt_democratie", &["data_solidaire"], Valid),
        ("democratie_droits", "crt_democratie", &["communs"], Valid),
        ("democratie_droits", "crt_democratie", &["govtech"], Excluded),
        ("democratie_droits", "crt_democratie", &["generaliste"], Excluded),
        ("democratie_droits", "crt_democratie", &["libertes", "generaliste"], ToVerify),
        ("services", "crt_services", &["cahier_charges"], Valid),
        ("services", "crt_services", &["cahier_charges", "clients_ess"], Valid),
        // The actor is an association.
        ("services", "crt_services", &["opsn"], Valid),
        ("services", "crt_services", &["conseil"], ToVerify),
        ("services", "crt_services", &["integration"], ToVerify),
        ("services", "crt_services", &["communication"], ToVerify),
        ("services", "crt_services", &["cahier_charges", "communication"], ToVerify),
        ("editeurs", "crt_editeurs", &["edition", "libre"], Valid),
        ("editeurs", "crt_editeurs", &["edition", "proprietaire"], Valid),
        ("editeurs", "crt_editeurs", &["integration_brique", "saas"], Valid),
        ("editeurs", "crt_editeurs", &["edition", "jeu"], Valid),
        ("editeurs", "crt_editeurs", &["jeu"], ToVerify),
        ("editeurs", "crt_editeurs", &["libre"], ToVerify),
        ("plateformes", "crt_plateformes", &["gouvernance_usagers"], Valid),
        ("plateformes", "crt_plateformes", &["propriete_collective"], Valid),
        ("plateformes", "crt_plateformes", &["communs"], Valid),
        ("plateformes", "crt_plateformes", &["anti_extractif"], Valid),
        ("plateformes", "crt_plateformes", &["partage_valeur"], ToVerify),
        ("plateformes", "crt_plateformes", &["sans_gouvernance"], Excluded),
        ("plateformes", "crt_plateformes", &["individuelle"], Excluded),
        ("plateformes", "crt_plateformes", &["communs", "sans_gouvernance"], ToVerify),
        ("circulaire", "crt_circulaire", &["activite_principale", "finalite_sociale"], Valid),
        ("circulaire", "crt_circulaire", &["activite_principale"], ToVerify),
        ("circulaire", "crt_circulaire", &["finalite_sociale", "collecte"], ToVerify),
        ("circulaire", "crt_circulaire", &["recyclage_seul"], Excluded),
        ("circulaire", "crt_circulaire", &["eco_organisme"], Excluded),
        ("circulaire", "crt_circulaire", &["neuf"], Excluded),
        ("circulaire", "crt_circulaire", &["activite_principale", "finalite_sociale", "neuf"], ToVerify),
        ("telecoms", "crt_telecoms", &["fai"], Valid),
        ("telecoms", "crt_telecoms", &["vpn", "neutralite"], Valid),
        ("telecoms", "crt_telecoms", &["neutralite"], ToVerify),
        ("telecoms", "crt_telecoms", &["proprietaire"], Excluded),
        ("telecoms", "crt_telecoms", &["cloud", "proprietaire"], ToVerify),
        ("communs", "crt_communs", &["donnees", "gouvernance", "licence_ouverte"], Valid),
        ("communs", "crt_communs", &["donnees", "gouvernance"], ToVerify),
        ("communs", "crt_communs", &["gouvernance", "licence_ouverte"], ToVerify),
        ("communs", "crt_communs", &["barriere"], Excluded),
        ("communs", "crt_communs", &["logiciel", "gouvernance", "licence_ouverte", "barriere"], ToVerify),
    ];
    for (family, question, ticked, expected) in cases {
        let mut answers = actor("Exemple", &[family]);
        answers.set(question, (!ticked.is_empty()).then(|| Answer::multiple(ticked.iter().copied())));
        let classified = classified(&answers);
        assert_eq!(classified.families().get(family), Some(&expected), "{family} {ticked:?}");
        assert_eq!(classified.families().len(), 1, "a family that was not ticked has no verdict");
    }
    for service in ["fai", "hebergement", "cloud", "vpn", "infra", "domaines"] {
        let answers = actor("Exemple", &["telecoms"]).with("crt_telecoms", Answer::multiple([service]));
        assert_eq!(classified(&answers).families()["telecoms"], Valid, "{service}");
    }
    for commons in ["connaissance", "donnees", "logiciel"] {
        let ticked = Answer::multiple([commons, "gouvernance", "licence_ouverte"]);
        let answers = actor("Exemple", &["communs"]).with("crt_communs", ticked);
        assert_eq!(classified(&answers).families()["communs"], Valid, "{commons}");
    }
    // An operator of digital services counts when it is an association.
    for (status, expected) in
        [("asso_rup", Valid), ("asso_alsace_moselle", Valid), ("scic", ToVerify), ("public", ToVerify)]
    {
        let answers = actor("Exemple", &["services"])
            .with("ann_statut", Answer::text(status))
            .with("crt_services", Answer::multiple(["opsn"]));
        assert_eq!(classified(&answers).families()["services"], expected, "{status}");
    }
}

#[test]
fn the_outcome_needs_a_valid_family_and_the_ess_and_else_an_editor() {
    let outcome = |answers: &Answers| classify(&directory(), answers).classified().map(Classified::outcome);
    for (family, _, _) in CRITERIA {
        assert_eq!(outcome(&actor("Exemple", &[family])), Some(Outcome::Publishable), "{family}");
    }
    let publishable = actor("Exemple", &["communs"]);
    let with = |code: &str, answer: Answer| publishable.clone().with(code, answer);
    assert_eq!(outcome(&with("crt_communs", Answer::multiple(["donnees"]))), Some(Outcome::ToReview));
    assert_eq!(outcome(&with("crt_communs", Answer::multiple(["barriere"]))), Some(Outcome::ToReview));
    assert_eq!(outcome(&with("fam_choix", Answer::multiple(["aucune"]))), Some(Outcome::ToReview));
    assert_eq!(outcome(&with("ann_statut", Answer::text("sarl_sas"))), Some(Outcome::ToReview));
    assert_eq!(outcome(&with("pil_capital", Answer::text("oui"))), Some(Outcome::ToReview));
    assert_eq!(outcome(&with("act_coeur", Answer::text("secondaire"))), Some(Outcome::Publishable));
    assert_eq!(outcome(&with("act_coeur", Answer::text("non"))), Some(Outcome::OutOfScope));
    let outside = of_status("autre", ("non", "capital", &["libre"], None));
    assert_eq!(outcome(&outside), Some(Outcome::ToReview), "an editor sees it");
    // The grid does not look at those who did not agree.
    assert_eq!(outcome(&with("pub_accord", Answer::multiple(["carte", "opendata", "logo"]))), None);
    let mut silent = publishable.clone();
    silent.set("pub_accord", None);
    assert_eq!(classify(&directory(), &silent), Classification::Refused, "nothing is agreed to by default");
    assert_eq!(
        classify(&directory(), &with("ann_consentement", Answer::text("non"))),
        Classification::Refused
    );
    assert_eq!(classify(&directory(), &Answers::new()), Classification::Refused);
}

#[test]
fn a_transversal_actor_has_two_valid_families_and_a_family_to_verify_does_not_count() {
    let two = actor("Exemple", &["editeurs", "communs"]);
    assert!(classified(&two).is_transversal());
    assert!(!classified(&actor("Exemple", &["communs"])).is_transversal());
    let doubtful = two.clone().with("crt_editeurs", Answer::multiple(["libre"]));
    assert!(!classified(&doubtful).is_transversal());
    assert_eq!(classified(&doubtful).outcome(), Outcome::Publishable, "the other one is valid");
    // The derived variable of the definition says the same.
    let edition = &*crate::REAL;
    let transversal = edition.derived_index("transversal").unwrap();
    assert_eq!(edition.facts(&two).derived_category(transversal), Some("oui"));
    assert_eq!(edition.facts(&doubtful).derived_category(transversal), Some("non"));
}

#[test]
fn the_actors_that_the_typology_names_in_several_families_are_transversal_in_these() {
    let directory = directory();
    let named = directory.lists().cited_as_transversal();
    let names: Vec<&str> = named.iter().map(|(name, _)| *name).collect();
    for name in ["Framasoft", "Emmaüs Connect", "CHATONS", "Open Source Politics"] {
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }
    for (name, families) in named {
        let answers = actor(name, &families);
        assert!(crate::REAL.validate(&answers).is_ok(), "{name}");
        let classified = classified(&answers);
        let valid: Vec<&str> = classified.families_with(Verdict::Valid).collect();
        assert_eq!(valid, families, "{name}");
        assert!(classified.is_transversal(), "{name}");
    }
    // Open Source Politics is a company: its families stand, its belonging to the ESS is for an editor.
    let company = actor("Open Source Politics", &["democratie_droits", "communs"])
        .with("ann_statut", Answer::text("sarl_sas"));
    let classified = classified(&company);
    assert!(classified.is_transversal());
    assert_eq!((classified.belonging(), classified.outcome()), (Belonging::ToExamine, Outcome::ToReview));
}

#[test]
fn criteria_of_a_family_that_was_unticked_do_not_count() {
    let mut answers = actor("Exemple", &["editeurs", "communs"]);
    answers.set("fam_choix", Some(Answer::multiple(["communs"])));
    let classified = classified(&answers);
    assert_eq!(classified.families().keys().collect::<Vec<_>>(), ["communs"]);
    assert!(!classified.is_transversal());
}
