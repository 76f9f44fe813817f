//! After sending: corrected until the closing, under one receipt, and withdrawn whole.

use axum::http::StatusCode;
use questionnaire::Answer;
use store::{CorrectionStore as _, RecordState, ResponseStore as _};

use crate::harness::{EDITION, Site, answers, token_in};

/// A response that was sent.
async fn sent(site: &Site) -> String {
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "recapitulatif").await;
    site.post(&format!("{draft}/envoyer"), &[("envoi", "1")]).await;
    draft
}

fn statut(site_answers: &questionnaire::Answers) -> Option<&Answer> {
    site_answers.get("org_statut")
}

#[tokio::test]
async fn a_response_is_corrected_under_the_same_receipt_and_its_history_is_kept() {
    let site = Site::open().await;
    let draft = sent(&site).await;
    let before = site.record(&draft).await;
    let receipt = site.get(&format!("{draft}/merci")).await;
    assert!(receipt.shows("Corriger ma réponse") && receipt.shows("jusqu’à la clôture"));

    let opened = site.post(&format!("{draft}/corriger"), &[]).await;
    assert_eq!(opened.location(), format!("{draft}/recapitulatif"));
    let summary = site.get(opened.location()).await;
    assert!(summary.shows("Rennes (35)") && summary.shows("reste valable tant que"));
    assert_eq!(summary.hidden("envoi"), "2");
    let changed =
        site.post(&format!("{draft}/statut"), &[("org_statut", "scop"), ("puis", "recapitulatif")]).await;
    assert_eq!(changed.location(), format!("{draft}/recapitulatif"));

    // Until it is sent, what was sent counts, and the receipt says so.
    assert_eq!(site.record(&draft).await, before);
    let receipt = site.get(&format!("{draft}/merci")).await;
    assert!(receipt.shows("Une correction n’est pas encore envoyée"));
    assert!(receipt.shows(before.receipt.as_deref().expect("a receipt")));

    let resent = site.post(&format!("{draft}/envoyer"), &[("envoi", "2")]).await;
    assert_eq!(resent.location(), format!("{draft}/merci"));
    let record = site.record(&draft).await;
    assert_eq!(statut(&record.answers), Some(&Answer::text("scop")));
    assert_eq!((record.state, &record.receipt), (RecordState::Submitted, &before.receipt));
    let earlier = site.store.earlier_answers(&record.token).await.expect("read");
    assert_eq!(earlier.len(), 1);
    assert_eq!((earlier[0].number, &earlier[0].answers), (1, &before.answers));
    assert!(site.get(&format!("{draft}/merci")).await.shows("Envois précédents"));
    assert_eq!(site.store.counts(EDITION).await.expect("count").submitted, 1);
}

#[tokio::test]
async fn a_replay_a_double_click_and_a_page_gone_back_to_send_nothing_more() {
    let site = Site::open().await;
    let draft = sent(&site).await;
    let envoyer = format!("{draft}/envoyer");
    site.post(&format!("{draft}/corriger"), &[]).await;
    site.post(&format!("{draft}/statut"), &[("org_statut", "scop")]).await;
    let before = site.record(&draft).await;
    // A proxy repeats the first sending, or its page is still in the history of the browser.
    for fields in [vec![], vec![("envoi", "1")]] {
        assert_eq!(site.post(&envoyer, &fields).await.location(), format!("{draft}/merci"));
        assert_eq!(site.record(&draft).await, before, "an unfinished correction is not sent");
    }
    let (one, two) =
        tokio::join!(site.post(&envoyer, &[("envoi", "2")]), site.post(&envoyer, &[("envoi", "2")]));
    assert_eq!(one.location(), two.location());
    site.post(&format!("{draft}/corriger"), &[]).await;
    site.post(&format!("{draft}/statut"), &[("org_statut", "scic")]).await;
    site.post(&envoyer, &[("envoi", "2")]).await;
    let record = site.record(&draft).await;
    assert_eq!(statut(&record.answers), Some(&Answer::text("scop")));
    assert_eq!(site.store.earlier_answers(&record.token).await.expect("read").len(), 1);
    assert_eq!(site.store.counts(EDITION).await.expect("count").submitted, 1);
}

#[tokio::test]
async fn a_correction_given_up_changes_nothing() {
    let site = Site::open().await;
    let draft = sent(&site).await;
    let before = site.record(&draft).await;
    site.post(&format!("{draft}/corriger"), &[]).await;
    site.post(&format!("{draft}/statut"), &[("org_statut", "scop")]).await;
    assert_eq!(site.post(&format!("{draft}/abandonner"), &[]).await.location(), format!("{draft}/merci"));
    let after = site.record(&draft).await;
    assert_eq!(
        (after.answers, after.contacts, after.submitted_at),
        (before.answers, before.contacts, before.submitted_at)
    );
    assert_eq!(site.get(&format!("{draft}/statut")).await.location(), format!("{draft}/merci"));
    // Of a draft there is nothing to give up nor to correct.
    let other = site.start().await;
    site.post(&format!("{other}/abandonner"), &[]).await;
    site.post(&format!("{other}/corriger"), &[]).await;
    assert_eq!(site.record(&other).await.state, RecordState::Draft);
}

#[tokio::test]
async fn closing_ends_corrections_and_keeps_what_was_sent() {
    let site = Site::open().await;
    let (draft, other) = (sent(&site).await, sent(&site).await);
    site.post(&format!("{draft}/corriger"), &[]).await;
    site.post(&format!("{draft}/statut"), &[("org_statut", "scop")]).await;
    let before = site.record(&draft).await;
    site.store.close_edition(EDITION, before.updated_at).await.expect("closed");
    for page in ["statut", "recapitulatif", ""] {
        let page = site.get(&format!("{draft}/{page}")).await;
        assert_eq!(page.location(), format!("{draft}/merci"));
    }
    let receipt = site.get(&format!("{draft}/merci")).await;
    assert!(receipt.shows("ne peut plus être corrigée") && !receipt.shows("/corriger"));
    assert_eq!(site.post(&format!("{other}/corriger"), &[]).await.status, StatusCode::GONE);
    assert_eq!(
        site.post(&format!("{draft}/envoyer"), &[("envoi", "2")]).await.location(),
        format!("{draft}/merci")
    );
    assert_eq!(site.record(&draft).await, before);
    assert_eq!(statut(&before.answers), statut(&answers()));
}

#[tokio::test]
async fn withdrawing_erases_the_correction_and_what_was_said_before() {
    let site = Site::open().await;
    let draft = sent(&site).await;
    site.post(&format!("{draft}/corriger"), &[]).await;
    site.post(&format!("{draft}/envoyer"), &[("envoi", "2")]).await;
    site.post(&format!("{draft}/corriger"), &[]).await;
    assert!(site.post(&format!("{draft}/retirer"), &[]).await.shows("Il ne reste ni réponse"));
    let token = site.record(&draft).await.token;
    assert_eq!(site.store.earlier_answers(&token).await.expect("read"), []);
    assert_eq!(site.store.correction(&token).await.expect("read"), None);
    assert_eq!(site.get(&draft).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn a_late_refusal_in_a_correction_is_asked_for_again() {
    let site = Site::open().await;
    let draft = sent(&site).await;
    site.post(&format!("{draft}/corriger"), &[]).await;
    let late = site.post(&format!("{draft}/consentement"), &[("cst_participation", "non")]).await;
    assert_eq!(late.location(), format!("{draft}/retirer?refus"));
    assert_eq!(site.record(&draft).await.state, RecordState::Submitted);
}

#[tokio::test]
async fn nobody_learns_whether_an_organisation_has_answered() {
    let (alone, second) = (Site::open().await, Site::open().await);
    sent(&second).await;
    let mut pages: Vec<Vec<String>> = Vec::new();
    for site in [&alone, &second] {
        let draft = site.start().await;
        let proof = intake::form_token(token_in(&draft).expect("a token"));
        let unlinked = |body: &str| body.replace(&draft, "/q/x").replace(&proof, "proof");
        let mut seen = Vec::new();
        for screen in site.fill_until(&draft, &answers(), "recapitulatif").await {
            seen.push(unlinked(&site.get(&screen).await.body));
        }
        for page in ["recapitulatif", "merci"] {
            if page == "merci" {
                site.post(&format!("{draft}/envoyer"), &[("envoi", "1")]).await;
            }
            let body = unlinked(&site.get(&format!("{draft}/{page}")).await.body);
            let receipt = site.record(&draft).await.receipt.unwrap_or_default();
            assert!(body.contains("la dernière réponse complète sera retenue"), "{page} warns everyone");
            seen.push(if receipt.is_empty() { body } else { body.replace(&receipt, "receipt") });
        }
        pages.push(seen);
    }
    assert_eq!(pages[0], pages[1], "the first and the second response of one SIREN see the same pages");
}
