//! What the script of a page asks: each answer saved as it is given, and where a button leads.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use questionnaire::Answer;
use store::RecordState;

use crate::harness::{Page, Site, answers, edition};

/// A member of the answer, as text.
fn member(page: &Page, name: &str) -> String {
    assert_eq!(page.headers["content-type"], "application/json", "{}", page.body);
    let value: serde_json::Value = serde_json::from_str(&page.body).expect("JSON");
    match &value[name] {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[tokio::test]
async fn an_answer_is_saved_as_it_is_given_without_passing_its_screen() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "statut").await;
    let statut = format!("{draft}/statut");
    let state = site.get(&statut).await.hidden("etat").to_owned();
    let saved =
        site.post_by_script(&statut, &[("org_statut", "scop"), ("etat", &state), ("action", "garder")]).await;
    assert_eq!(saved.status, StatusCode::OK);
    assert_eq!(member(&saved, "says"), "Enregistré à 20\u{a0}h\u{a0}30");
    assert_eq!((member(&saved, "waits"), member(&saved, "news")), ("false".to_owned(), "null".to_owned()));
    assert_eq!(site.record(&draft).await.answers.get("org_statut"), Some(&Answer::text("scop")));
    assert_eq!(site.get(&draft).await.location(), statut, "the screen is passed by its button alone");

    // The page shows now what it just saved: its next save meets nobody.
    let state = member(&saved, "state");
    assert_eq!(state, site.get(&statut).await.hidden("etat"));
    let next = site.post_by_script(&statut, &[("org_statut", "scic"), ("etat", &state)]).await;
    assert_eq!(member(&next, "next"), format!("{draft}/secteur"));
}

#[tokio::test]
async fn another_device_is_told_at_once() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "secteur").await;
    let (statut, secteur) = (format!("{draft}/statut"), format!("{draft}/secteur"));
    let state = site.get(&secteur).await.hidden("etat").to_owned();
    site.post(&statut, &[("org_statut", "scic")]).await;
    let saved = site
        .post_by_script(&secteur, &[("org_secteur", "sport"), ("etat", &state), ("action", "garder")])
        .await;
    assert!(member(&saved, "news").contains("sur un autre appareil"));
    assert_eq!(member(&saved, "query"), "ailleurs=org_statut");
    let again = [("org_secteur", "sport"), ("etat", &member(&saved, "state")), ("action", "garder")];
    assert_eq!(member(&site.post_by_script(&secteur, &again).await, "news"), "null", "it is told once");
}

#[tokio::test]
async fn what_cannot_be_kept_is_not_said_to_be_saved() {
    let site = Site::open().await;
    let draft = site.start().await;
    let refused = [("cst_participation", "non"), ("action", "garder")];
    let waits = site.post_by_script(&format!("{draft}/consentement"), &refused).await;
    assert_eq!(member(&waits, "waits"), "true");
    assert_eq!(site.record(&draft).await.state, RecordState::Draft, "a refusal is confirmed by a button");

    site.fill_until(&draft, &answers(), "equipe").await;
    let equipe = format!("{draft}/equipe");
    let wrong = site.post_by_script(&equipe, &[("org_salaries", "douze"), ("action", "garder")]).await;
    assert_eq!(member(&wrong, "waits"), "true");
    assert!(member(&wrong, "says").contains("pas encore enregistrée"));
    site.store.is_full.store(true, Ordering::SeqCst);
    let full = site.post_by_script(&equipe, &[("org_salaries", "7"), ("action", "garder")]).await;
    assert_eq!(full.status, StatusCode::SERVICE_UNAVAILABLE);
    site.store.is_away.store(true, Ordering::SeqCst);
    let away = site.post_by_script(&equipe, &[("org_salaries", "7"), ("action", "garder")]).await;
    assert_eq!(away.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_button_pressed_by_the_script_does_what_it_does_without() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "secteur").await;
    let secteur = format!("{draft}/secteur");
    for (action, target) in [("suivant", "equipe"), ("precedent", "statut"), ("plus_tard", "reprendre")] {
        let fields = [("org_secteur", "sport"), ("action", action)];
        let next = site.post_by_script(&secteur, &fields).await;
        assert_eq!(member(&next, "next"), format!("{draft}/{target}"));
        assert_eq!(site.post(&secteur, &fields).await.location(), format!("{draft}/{target}"));
    }
    let wrong = site.post_by_script(&format!("{draft}/equipe"), &[("org_salaries", "douze")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.shows("<html"), "what is to be corrected is a page");
    let late = site.post_by_script(&format!("{draft}/equipe?puis=x"), &[("inconnu", "1")]).await;
    assert_eq!(late.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_script_is_served_from_the_site_and_kept_for_ever() {
    let site = Site::open().await;
    let draft = site.start().await;
    let page = site.get(&format!("{draft}/consentement")).await;
    let start = page.body.find("<script src=\"").expect("a script") + "<script src=\"".len();
    let address = page.body[start..].split('"').next().expect("an address").to_owned();
    let script = site.get(&address).await;
    assert_eq!(script.headers["content-type"], "text/javascript; charset=utf-8");
    assert!(script.headers["cache-control"].to_str().expect("ASCII").contains("immutable"));
    assert!(
        script.body.contains("addEventListener")
            && !script.body.contains("\n//")
            && script.body.len() < 11_000
    );
    assert!(site.weight(&address).await < 3_800);
    for page in ["/", "/confidentialite", "/reprendre"] {
        assert!(!site.get(page).await.shows("<script"), "{page} needs none");
    }
}

#[tokio::test]
async fn a_screen_says_which_ones_follow_whatever_is_answered_and_these_may_be_fetched_ahead() {
    let site = Site::open().await;
    let draft = site.start().await;
    let screen = |code: &str| edition().questionnaire.screen_index(code).expect("a screen of the edition");
    // Who refuses is asked nothing more: what follows is not known before.
    let consent = site.get(&format!("{draft}/consentement")).await;
    assert!(consent.shows("data-steers=\"1\"") && consent.shows("data-ahead=\"\""));
    assert!(!consent.shows("data-before="), "nothing is before the first");
    site.fill_until(&draft, &answers(), "identifiant").await;
    site.post(&format!("{draft}/identifiant"), &[("org_ident.type", "aucun")]).await;
    let name = site.get(&format!("{draft}/nom")).await;
    assert!(name.shows("data-before=\"identifiant\"") && !name.shows("data-steers"));
    assert!(name.shows(&format!("data-rank=\"{}\"", screen("nom"))));
    let ahead = name.body.split("data-ahead=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("");
    let ahead: Vec<&str> = ahead.split(' ').collect();
    assert_eq!(ahead[0], "commune");
    for code in ahead {
        let address = format!("{draft}/{code}");
        assert_eq!(site.get(&address).await.location(), format!("{draft}/nom"), "it is not its turn");
        let fetched = site.get(&format!("{address}?avance")).await;
        assert_eq!(fetched.status, StatusCode::OK);
        assert_eq!(fetched.headers["barometre-screen"], "1");
    }
    // Nothing is saved before its turn, and what is not on the path is not shown at all.
    let early = site.post(&format!("{draft}/commune"), &[("org_commune.code_postal", "35000")]).await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    let off = site.get(&format!("{draft}/recapitulatif?avance")).await;
    assert!(!off.headers.contains_key("barometre-screen"));
}

#[tokio::test]
async fn what_shows_screens_without_a_network_is_of_the_site_and_asked_for_anew_each_day() {
    let site = Site::open().await;
    let service = site.get("/service.js").await;
    assert_eq!(service.headers["content-type"], "text/javascript; charset=utf-8");
    assert_eq!(service.headers["cache-control"], "public, max-age=86400");
    assert!(service.body.contains("barometre-screen") && !service.body.contains("\n//"));
    for (page, says) in [("/hors-ligne", "Pas de réseau"), ("/en/hors-ligne", "No network")] {
        let page = site.get(page).await;
        assert!(page.shows(says) && page.shows("<script src=") && !page.shows("barometre-screen"));
    }
    let draft = site.consenting().await;
    for page in ["retirer", "reprendre", "recapitulatif"] {
        let page = site.get(&format!("{draft}/{page}")).await;
        assert!(!page.headers.contains_key("barometre-screen"), "only screens are kept");
    }
    assert!(site.get(&format!("{draft}/reprendre")).await.shows("Effacer de cet appareil"));
    let withdrawn = site.post(&format!("{draft}/retirer"), &[]).await;
    assert!(withdrawn.shows("data-erase"), "the browser erases what it keeps");
}
