//! Typing, and typing wrongly.

use axum::http::StatusCode;
use questionnaire::{Answer, Answers, Identifier};

use crate::harness::{Page, Site, answers};

/// Screen, fields posted, message expected, text expected to be shown again.
type Case = (&'static str, &'static [(&'static str, &'static str)], &'static str, &'static str);

/// Posts a screen after everything before it was answered; the draft and the page.
async fn post_at(site: &Site, screen: &str, fields: &[(&str, &str)]) -> (String, Page) {
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), screen).await;
    let page = site.post(&format!("{draft}/{screen}"), fields).await;
    (draft, page)
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_the_field_with_what_was_typed() {
    let cases: [Case; 8] = [
        (
            "identifiant",
            &[("org_ident.type", "siret"), ("org_ident.siret", "8390852300002")],
            "14 chiffres",
            "8390852300002",
        ),
        ("identifiant", &[("org_ident.siret", "83908523000029")], "faute de frappe", "83908523000029"),
        ("identifiant", &[("org_ident.type", "rna"), ("org_ident.rna", "X1")], "lettre W", "X1"),
        ("identifiant", &[], "Merci de répondre", "org_ident.siret"),
        ("commune", &[("org_commune.code_postal", "99999")], "Aucune commune", "99999"),
        ("equipe", &[("org_salaries", "une douzaine")], "nombre entier", "une douzaine"),
        ("equipe", &[("org_salaries", "300000")], "200", "300000"),
        (
            "priorites",
            &[
                ("str_priorites", "ia"),
                ("str_priorites", "libre"),
                ("str_priorites", "donnees"),
                ("str_priorites", "gestion"),
            ],
            "3 réponses au plus",
            "value=\"libre\" checked",
        ),
    ];
    let site = Site::open().await;
    for (screen, fields, message, typed) in cases {
        let (draft, page) = post_at(&site, screen, fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{screen} {fields:?}");
        assert!(page.element("<title>").starts_with("Erreur\u{a0}: "), "{screen} {fields:?}");
        assert!(
            page.element("<div class=\"problem\"").contains(message),
            "{screen} {fields:?}: {}",
            page.body
        );
        assert!(page.element("<div class=\"error\"").contains(message), "{screen} {fields:?}");
        assert!(page.shows(typed), "{screen} {fields:?}");
        assert_eq!(site.get(&draft).await.location(), format!("{draft}/{screen}"), "not passed");
    }
}

#[tokio::test]
async fn the_link_of_an_error_leads_to_its_field() {
    let site = Site::open().await;
    let (_, page) =
        post_at(&site, "identifiant", &[("org_ident.type", "siret"), ("org_ident.siret", "1")]).await;
    let errors = page.element("<div class=\"problem\"");
    let target = errors.split("href=\"#").nth(1).and_then(|rest| rest.split('"').next()).expect("a link");
    assert!(page.shows(&format!("<input id=\"{target}\"")), "{target}");
    assert!(page.shows("aria-invalid=\"true\"") && page.shows("role=\"alert\""));
}

#[tokio::test]
async fn valid_answers_of_a_screen_are_saved_though_another_is_wrong() {
    let site = Site::open().await;
    let (draft, page) =
        post_at(&site, "equipe", &[("org_salaries", "douze"), ("org_benevoles", "b1_9")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let record = site.record(&draft).await;
    assert_eq!(record.answers.get("org_benevoles"), Some(&Answer::text("b1_9")));
    assert_eq!(record.answers.get("org_salaries"), None);
}

#[tokio::test]
async fn going_back_from_a_wrong_answer_offers_to_drop_it() {
    let site = Site::open().await;
    let (draft, page) = post_at(&site, "equipe", &[("org_salaries", "douze"), ("action", "precedent")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.shows("sans garder cette saisie") && page.shows(&format!("href=\"{draft}/secteur\"")));
    assert!(page.shows("value=\"douze\""));
    let blank = site.post(&format!("{draft}/equipe"), &[("org_salaries", ""), ("action", "precedent")]).await;
    assert_eq!(blank.location(), format!("{draft}/secteur"));
}

#[tokio::test]
async fn a_number_is_read_with_its_spaces() {
    let site = Site::open().await;
    let (draft, page) = post_at(&site, "equipe", &[("org_salaries", "1\u{202f}200")]).await;
    assert_eq!(page.location(), format!("{draft}/budget"));
    assert_eq!(site.record(&draft).await.answers.get("org_salaries"), Some(&Answer::Integer(1200)));
    assert!(site.get(&format!("{draft}/equipe")).await.shows("value=\"1200\""));
}

#[tokio::test]
async fn a_post_code_shows_its_communes_and_one_is_chosen() {
    let site = Site::open().await;
    let (draft, page) = post_at(&site, "commune", &[("org_commune.code_postal", "35 150")]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.shows("Choisissez votre commune") && page.shows("value=\"35 150\"") && page.shows("Janzé"));
    let chosen = [("org_commune.code_postal", "35150"), ("org_commune", "35136")];
    let next = site.post(&format!("{draft}/commune"), &chosen).await;
    assert_eq!(next.location(), format!("{draft}/statut"));
    assert_eq!(site.record(&draft).await.answers.get("org_commune"), Some(&Answer::text("35136")));
    assert!(site.get(&format!("{draft}/commune")).await.shows("value=\"35136\" checked"));

    // Another post code: the commune chosen before does not stay.
    let changed = [("org_commune.code_postal", "75011"), ("org_commune", "35136")];
    let only = site.post(&format!("{draft}/commune"), &changed).await;
    assert!(only.shows("Confirmez votre commune") && only.shows("value=\"75056\" checked"));
    assert!(!only.shows("35136"));
}

#[tokio::test]
async fn a_number_typed_without_its_kind_says_which_kind_it_is() {
    let site = Site::open().await;
    let (draft, page) =
        post_at(&site, "identifiant", &[("org_ident.siret", ""), ("org_ident.rna", "w751243449")]).await;
    assert_eq!(page.location(), format!("{draft}/commune"));
    let identifier = Identifier { kind: "rna".to_owned(), value: Some("W751243449".to_owned()) };
    let record = site.record(&draft).await;
    assert_eq!(record.contacts.get("org_ident"), Some(&Answer::Identifier(identifier)));
    let kind = Identifier { kind: "rna".to_owned(), value: None };
    assert_eq!(record.answers.get("org_ident"), Some(&Answer::Identifier(kind)), "the number is kept apart");
}

#[tokio::test]
async fn a_number_typed_in_the_other_field_is_not_lost() {
    let site = Site::open().await;
    let typed = [("org_ident.type", "siret"), ("org_ident.siret", ""), ("org_ident.rna", "W751243449")];
    let (draft, page) = post_at(&site, "identifiant", &typed).await;
    assert_eq!(page.location(), format!("{draft}/commune"));
    let identifier = Identifier { kind: "rna".to_owned(), value: Some("W751243449".to_owned()) };
    assert_eq!(site.record(&draft).await.contacts.get("org_ident"), Some(&Answer::Identifier(identifier)));
}

#[tokio::test]
async fn an_answer_can_be_taken_back() {
    let site = Site::open().await;
    let (draft, page) = post_at(&site, "repondant", &[("org_repondant", "autre")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(site.get(&format!("{draft}/repondant")).await.shows("Sans réponse"));
    site.post(&format!("{draft}/repondant"), &[("org_repondant", "")]).await;
    assert_eq!(site.record(&draft).await.answers.get("org_repondant"), None);
    assert!(!site.get(&format!("{draft}/repondant")).await.shows("Sans réponse"));
}

#[tokio::test]
async fn only_what_was_ticked_is_offered_as_the_main_brake() {
    let site = Site::open().await;
    let answers = answers().with("frn_liste", Answer::multiple(["financement", "temps"]));
    let draft = site.start().await;
    let edition = crate::harness::edition();
    let question = edition.questionnaire.question("frn_principal").expect("the question");
    let screen = &edition.questionnaire.screens[question.screen].code;
    site.fill_until(&draft, &answers, screen).await;
    let page = site.get(&format!("{draft}/{screen}")).await;
    assert!(
        page.shows("value=\"financement\"")
            && page.shows("value=\"temps\"")
            && !page.shows("value=\"competences\"")
    );
    let other = site.post(&format!("{draft}/{screen}"), &[("frn_principal", "competences")]).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn an_inconsistency_is_said_once_and_never_refused() {
    let site = Site::open().await;
    let edition = crate::harness::edition();
    let answers =
        answers().with("org_budget", Answer::text("lt1k")).with("fin_depenses", Answer::text("gt100k"));
    let draft = site.start().await;
    let question = edition.questionnaire.question("fin_depenses").expect("the question");
    let screen = &edition.questionnaire.screens[question.screen].code;
    site.fill_until(&draft, &answers, screen).await;
    let warned = site.post(&format!("{draft}/{screen}"), &[("fin_depenses", "gt100k")]).await;
    assert_eq!(warned.status, StatusCode::OK);
    assert!(warned.shows("À vérifier") && warned.shows("Continuer quand même"));
    assert_eq!(site.record(&draft).await.answers.get("fin_depenses"), Some(&Answer::text("gt100k")));
    let seen = warned
        .body
        .split("name=\"vu\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a check");
    let next = site.post(&format!("{draft}/{screen}"), &[("fin_depenses", "gt100k"), ("vu", seen)]).await;
    assert_eq!(next.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_fields_of_a_screen_are_those_a_browser_posts() {
    let edition = crate::harness::edition();
    let networks = edition.questionnaire.screen_index("reseaux").expect("a screen");
    let fields = intake::form_fields(&edition, networks, &answers());
    assert_eq!(fields.len(), 2);
    assert!(fields.contains(&("org_reseaux.autre".to_owned(), "Réseau des réseaux".to_owned())));
    assert!(intake::form_fields(&edition, 0, &Answers::new()).is_empty());
}
