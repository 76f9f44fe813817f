//! Refusing, withdrawing, coming too late.

use axum::http::StatusCode;
use store::{RecordState, ResponseStore as _};

use crate::harness::{EDITION, Site, answers};

#[tokio::test]
async fn a_refusal_keeps_a_count_and_nothing_else() {
    let site = Site::open().await;
    let draft = site.start().await;
    let refused = site.post(&format!("{draft}/consentement"), &[("cst_participation", "non")]).await;
    assert_eq!(refused.location(), draft);
    let thanks = site.get(&draft).await;
    assert!(thanks.status.is_success() && thanks.shows("seul le nombre de refus est compté"));
    let record = site.record(&draft).await;
    assert!(record.state == RecordState::Refused && record.answers.is_empty());
    let again = site.post(&format!("{draft}/consentement"), &[("cst_participation", "non")]).await;
    assert_eq!(again.body, thanks.body);
}

#[tokio::test]
async fn a_refusal_after_other_answers_is_asked_for_again() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "statut").await;
    let late = site.post(&format!("{draft}/consentement"), &[("cst_participation", "non")]).await;
    assert_eq!(late.location(), format!("{draft}/retirer?refus"));
    assert!(site.get(late.location()).await.shows("ne plus vouloir participer"));
    assert_eq!(site.record(&draft).await.state, RecordState::Draft);
}

#[tokio::test]
async fn withdrawing_erases_a_draft_or_a_response_after_a_confirmation() {
    let site = Site::open().await;
    for is_sent in [false, true] {
        let draft = site.start().await;
        site.fill_until(&draft, &answers(), "recapitulatif").await;
        if is_sent {
            site.post(&format!("{draft}/envoyer"), &[]).await;
        }
        assert!(site.get(&format!("{draft}/retirer")).await.shows("C’est définitif"));
        assert!(site.post(&format!("{draft}/retirer"), &[]).await.shows("Il ne reste ni réponse"));
        let record = site.record(&draft).await;
        assert!(
            record.state == RecordState::Withdrawn && record.answers.is_empty() && record.contacts.is_empty()
        );
        assert_eq!(site.get(&draft).await.status, StatusCode::GONE);
        assert_eq!(site.post(&format!("{draft}/retirer"), &[]).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_closed_edition_takes_nothing_but_withdrawals() {
    let site = Site::open().await;
    let (draft, sent) = (site.start().await, site.start().await);
    site.fill_until(&draft, &answers(), "statut").await;
    site.fill_until(&sent, &answers(), "recapitulatif").await;
    site.post(&format!("{sent}/envoyer"), &[]).await;
    let before = site.record(&draft).await;
    site.store.close_edition(EDITION, before.updated_at).await.expect("closed");

    assert!(site.get("/").await.shows("La collecte est terminée"));
    for page in [
        site.post("/commencer", &[]).await,
        site.get(&draft).await,
        site.post(&format!("{draft}/statut"), &[("org_statut", "scop")]).await,
        site.post(&format!("{draft}/envoyer"), &[]).await,
    ] {
        assert_eq!(page.status, StatusCode::GONE);
        assert!(page.shows("La collecte est terminée"));
    }
    // Who comes by the link of what was never sent is led to where it is withdrawn.
    assert!(site.get(&draft).await.shows(&format!("href=\"{draft}/retirer\"")));
    assert!(site.get("/").await.shows("href=\"/reprendre\""));
    assert_eq!(site.record(&draft).await, before);
    assert!(site.get(&format!("{sent}/resultat")).await.status.is_success());
    assert!(site.post(&format!("{draft}/retirer"), &[]).await.status.is_success());
    assert_eq!(site.record(&draft).await.state, RecordState::Withdrawn);
}

#[tokio::test]
async fn in_the_grace_a_draft_started_before_the_closing_is_completed_and_sent_and_the_pages_say_until_when()
{
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "statut").await;
    // The clock has stopped at half past eight in the evening.
    let closed_at = site.record(&draft).await.updated_at;
    let until = closed_at + chrono::TimeDelta::hours(48);
    site.store.close_edition_until(EDITION, closed_at, Some(until)).await.expect("closed");

    let when = "jusqu’au 23\u{a0}novembre 2026 à 20\u{a0}h\u{a0}30";
    let start = site.get("/").await;
    assert!(start.shows("La collecte est terminée") && start.shows(when), "{}", start.body);
    assert!(!start.shows("action=\"/commencer\""));
    assert_eq!(site.post("/commencer", &[]).await.status, StatusCode::GONE);
    let screen = site.get(&format!("{draft}/statut")).await;
    assert_eq!(screen.status, StatusCode::OK);
    assert!(screen.shows("Vous aviez commencé avant la clôture") && screen.shows(when), "{}", screen.body);
    site.fill_until(&draft, &answers(), "recapitulatif").await;
    assert!(site.get(&format!("{draft}/recapitulatif")).await.shows(when));
    site.post(&format!("{draft}/envoyer"), &[]).await;
    assert_eq!(site.record(&draft).await.state, RecordState::Submitted);
}

#[tokio::test]
async fn after_the_grace_a_draft_takes_nothing_more() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "statut").await;
    let before = site.record(&draft).await;
    let (closed_at, until) =
        (before.updated_at - chrono::TimeDelta::hours(2), before.updated_at - chrono::TimeDelta::hours(1));
    site.store.close_edition_until(EDITION, closed_at, Some(until)).await.expect("closed");
    let page = site.post(&format!("{draft}/statut"), &[("org_statut", "scop")]).await;
    assert_eq!(page.status, StatusCode::GONE);
    assert!(!page.shows("jusqu’au"));
    assert_eq!(site.record(&draft).await, before);
}
