//! The store is away or full: nothing is acknowledged, nothing typed is lost.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use store::RecordState;

use crate::harness::{Site, answers};

#[tokio::test]
async fn a_screen_that_could_not_be_saved_says_so_and_keeps_what_was_typed() {
    let site = Site::open().await;
    let draft = site.consenting().await;
    let before = site.record(&draft).await;
    let fields = [("org_ident.type", "rna"), ("org_ident.rna", "W751243449"), ("puis", "recapitulatif")];
    let address = format!("{draft}/identifiant");

    site.store.is_full.store(true, Ordering::SeqCst);
    let full = site.post(&address, &fields).await;
    assert_eq!(full.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(full.shows("Cet écran n’a pas été enregistré") && full.shows("Réessayer"));
    assert!(full.shows("value=\"W751243449\"") && full.shows("value=\"rna\" checked"));
    assert!(full.shows("name=\"puis\" value=\"recapitulatif\""));
    assert!(!full.shows("Enregistré à") && !full.shows("disk is full"));

    site.store.is_away.store(true, Ordering::SeqCst);
    let away = site.post(&address, &fields).await;
    assert_eq!(away.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(away.shows("Cet écran n’a pas été enregistré") && away.shows("Réessayer"));
    assert!(away.shows("type=\"hidden\" name=\"org_ident.rna\" value=\"W751243449\""));
    assert!(!away.shows("connection refused"));
    for page in ["/", &draft, &address] {
        assert_eq!(site.get(page).await.status, StatusCode::SERVICE_UNAVAILABLE);
    }
    assert_eq!(site.get("/sante").await.status, StatusCode::SERVICE_UNAVAILABLE);

    site.store.is_away.store(false, Ordering::SeqCst);
    site.store.is_full.store(false, Ordering::SeqCst);
    assert_eq!(site.record(&draft).await, before);
    assert_eq!(site.post(&address, &fields[..2]).await.location(), format!("{draft}/commune"));
}

#[tokio::test]
async fn a_response_that_could_not_be_sent_says_so_and_can_be_sent_again() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "recapitulatif").await;
    for failing in [&site.store.is_full, &site.store.is_away] {
        failing.store(true, Ordering::SeqCst);
        let page = site.post(&format!("{draft}/envoyer"), &[]).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.shows("pas encore envoyée") && page.shows(&format!("{draft}/recapitulatif")));
        failing.store(false, Ordering::SeqCst);
    }
    assert_eq!(site.record(&draft).await.state, RecordState::Draft);
    site.post(&format!("{draft}/envoyer"), &[]).await;
    assert_eq!(site.record(&draft).await.state, RecordState::Submitted);
}

#[tokio::test]
async fn saves_that_never_win_are_not_acknowledged() {
    let site = Site::open().await;
    let draft = site.consenting().await;
    site.store.rivals.store(1000, Ordering::SeqCst);
    let page = site.post(&format!("{draft}/identifiant"), &[("org_ident.type", "aucun")]).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.shows("n’a pas été enregistré"));
}

#[tokio::test]
async fn a_panic_gives_a_page_that_says_nothing_of_it() {
    let site = Site::open().await;
    let draft = site.consenting().await;
    site.store.is_broken.store(true, Ordering::SeqCst);
    let pages = [site.get(&draft).await, site.post(&format!("{draft}/identifiant"), &[]).await];
    for page in pages {
        assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(
            page.shows("Une erreur est survenue") && page.headers.contains_key("content-security-policy")
        );
        assert!(!page.shows("panicked") && !page.shows("secret") && !page.shows("/var/lib"));
    }
}
