//! From the first screen to the result.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use questionnaire::Answer;
use store::{RecordState, ResponseStore as _};

use crate::harness::{EDITION, Site, answers, edition};

#[tokio::test]
async fn every_answer_given_on_the_screens_is_in_the_response() {
    let site = Site::open().await;
    let start = site.get("/").await;
    assert!(start.status.is_success() && start.shows("/commencer"));
    let draft = site.start().await;
    let passed = site.fill_until(&draft, &answers(), "recapitulatif").await;
    let expected = edition().validate(&answers()).expect("valid answers");
    assert_eq!(passed.len(), expected.path().screens.len());

    let summary = site.get(&format!("{draft}/recapitulatif")).await;
    assert!(summary.shows("Rennes (35)") && summary.shows("Réseau des réseaux"));
    let sent = site.post(&format!("{draft}/envoyer"), &[]).await;
    assert_eq!(sent.location(), format!("{draft}/merci"));

    let record = site.record(&draft).await;
    let (common, contacts) = edition().split_personal(expected.answers());
    assert_eq!(record.state, RecordState::Submitted);
    assert_eq!(record.answers, common);
    assert_eq!(record.contacts, contacts);
    assert_eq!(record.version, edition().questionnaire.version);

    let receipt = site.get(&format!("{draft}/merci")).await;
    assert!(receipt.shows(record.receipt.as_deref().expect("a receipt")));
    assert!(receipt.shows("21\u{a0}novembre 2026 à 20\u{a0}h\u{a0}30"));
    let result = site.get(&format!("{draft}/resultat")).await;
    assert!(result.shows("repère, pas un diagnostic"));
    assert!(result.shows("des 12 critères"));
}

#[tokio::test]
async fn sending_twice_makes_one_response_and_one_receipt() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "recapitulatif").await;
    let address = format!("{draft}/envoyer");
    let (first, second) = tokio::join!(site.post(&address, &[]), site.post(&address, &[]));
    assert_eq!(first.location(), second.location());
    let receipt = site.record(&draft).await.receipt;
    assert_eq!(site.post(&address, &[]).await.location(), format!("{draft}/merci"));
    assert_eq!(site.record(&draft).await.receipt, receipt);
    assert_eq!(site.store.counts(EDITION).await.expect("counts").submitted, 1);
}

#[tokio::test]
async fn a_draft_is_resumed_at_the_first_screen_not_passed() {
    let site = Site::open().await;
    let draft = site.start().await;
    assert_eq!(site.get(&draft).await.location(), format!("{draft}/consentement"));
    site.fill_until(&draft, &answers(), "statut").await;
    assert_eq!(site.get(&draft).await.location(), format!("{draft}/statut"));
    let ahead = site.get(&format!("{draft}/priorites")).await;
    assert_eq!(ahead.location(), format!("{draft}/statut"));
    assert_eq!(site.get(&format!("{draft}/recapitulatif")).await.location(), format!("{draft}/statut"));
}

#[tokio::test]
async fn going_back_saves_and_shows_what_was_answered() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "secteur").await;
    let back =
        site.post(&format!("{draft}/secteur"), &[("org_secteur", "sport"), ("action", "precedent")]).await;
    assert_eq!(back.location(), format!("{draft}/statut"));
    let statut = site.get(back.location()).await;
    assert!(statut.shows("value=\"asso_1901\" checked"));
    assert!(statut.shows("Enregistré à 20\u{a0}h\u{a0}30"));
    let secteur = site.get(&format!("{draft}/secteur")).await;
    assert!(secteur.shows("value=\"sport\" checked"));
}

#[tokio::test]
async fn answering_later_gives_the_link_to_come_back_by() {
    let site = Site::open().await;
    let draft = site.consenting().await;
    let fields = [("org_ident.type", "aucun"), ("action", "plus_tard")];
    let later = site.post(&format!("{draft}/identifiant"), &fields).await;
    assert_eq!(later.location(), format!("{draft}/reprendre"));
    let page = site.get(later.location()).await;
    assert!(page.shows(&format!(">http://127.0.0.1:8080{draft}</textarea>")));
    assert_eq!(site.get(&draft).await.location(), format!("{draft}/nom"));
}

#[tokio::test]
async fn an_answer_changed_from_the_summary_leads_through_what_it_opens_and_back() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "recapitulatif").await;
    let identifiant = site.get(&format!("{draft}/identifiant?puis=recapitulatif")).await;
    assert!(identifiant.shows("name=\"puis\" value=\"recapitulatif\""));
    let fields = [("org_ident.type", "aucun"), ("puis", "recapitulatif")];
    let opened = site.post(&format!("{draft}/identifiant"), &fields).await;
    assert_eq!(opened.location(), format!("{draft}/nom?puis=recapitulatif"));
    let summary = site.post(&format!("{draft}/nom"), &[("org_nom", "Amis"), ("puis", "recapitulatif")]).await;
    assert_eq!(summary.location(), format!("{draft}/recapitulatif"));
    let same = site
        .post(&format!("{draft}/repondant"), &[("org_repondant", "autre"), ("puis", "recapitulatif")])
        .await;
    assert_eq!(same.location(), format!("{draft}/recapitulatif"));
}

#[tokio::test]
async fn an_answer_that_a_change_took_off_the_path_is_not_sent() {
    let site = Site::open().await;
    let draft = site.consenting().await;
    site.post(&format!("{draft}/identifiant"), &[("org_ident.type", "aucun")]).await;
    site.post(&format!("{draft}/nom"), &[("org_nom", "Un nom de trop")]).await;
    let identifier = [("org_ident.type", "siret"), ("org_ident.siret", "839 085 230 00028")];
    let next = site.post(&format!("{draft}/identifiant"), &identifier).await;
    assert_eq!(next.location(), format!("{draft}/commune"));
    // Kept while the draft lasts: going back must not lose it.
    assert_eq!(site.record(&draft).await.contacts.get("org_nom"), Some(&Answer::text("Un nom de trop")));
    site.fill_until(&draft, &answers(), "recapitulatif").await;
    site.post(&format!("{draft}/envoyer"), &[]).await;
    assert_eq!(site.record(&draft).await.contacts.get("org_nom"), None);
}

#[tokio::test]
async fn a_get_changes_nothing() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "recapitulatif").await;
    let before = site.store.writes.load(Ordering::SeqCst);
    let pages = ["", "/consentement", "/reprendre", "/recapitulatif", "/merci", "/resultat", "/retirer"];
    for page in pages {
        site.get(&format!("{draft}{page}")).await;
    }
    for page in ["/", "/confidentialite", "/sante", "/envoyer"] {
        site.get(page).await;
    }
    assert_eq!(site.store.writes.load(Ordering::SeqCst), before);
}

#[tokio::test]
async fn a_sent_response_shows_no_answer_and_takes_no_other() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "recapitulatif").await;
    site.post(&format!("{draft}/envoyer"), &[]).await;
    let before = site.record(&draft).await;
    for page in ["", "/consentement", "/commune", "/recapitulatif", "/reprendre"] {
        assert_eq!(site.get(&format!("{draft}{page}")).await.location(), format!("{draft}/merci"));
    }
    let late = site.post(&format!("{draft}/statut"), &[("org_statut", "scop")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.shows("a pas été enregistré"));
    assert_eq!(site.record(&draft).await, before);
}

#[tokio::test]
async fn a_second_tab_loses_nothing_of_the_first() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "secteur").await;
    site.store.rivals.store(2, Ordering::SeqCst);
    let next = site.post(&format!("{draft}/secteur"), &[("org_secteur", "culture")]).await;
    assert_eq!(next.location(), format!("{draft}/equipe"));
    assert_eq!(site.record(&draft).await.answers.get("org_secteur"), Some(&Answer::text("culture")));
}

#[tokio::test]
async fn nothing_can_be_sent_before_every_screen_is_passed() {
    let site = Site::open().await;
    let draft = site.consenting().await;
    let early = site.post(&format!("{draft}/envoyer"), &[]).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    site.fill_until(&draft, &answers(), "statut").await;
    let still_early = site.post(&format!("{draft}/envoyer"), &[]).await;
    assert_ne!(still_early.status, StatusCode::OK);
    assert_eq!(site.record(&draft).await.state, RecordState::Draft);
}
