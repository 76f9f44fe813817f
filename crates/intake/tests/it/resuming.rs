//! Coming back by a short code or a letter, and coming first by an invitation.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use intake::{Code, token, token_hash};
use store::{Invitation, InvitationStore as _, RecordState, ResponseStore as _};

use crate::harness::{EDITION, Page, Site, answers};
use crate::log;

fn code_of(page: &Page) -> String {
    page.element("<strong").to_owned()
}

#[tokio::test]
async fn a_code_written_down_leads_back_to_the_draft() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "secteur").await;
    let later = site.get(&format!("{draft}/reprendre")).await;
    assert!(later.shows("Obtenir un code à noter") && later.shows("remplir le questionnaire à plusieurs"));
    let given = site.post(&format!("{draft}/code"), &[]).await;
    let code = code_of(&given);
    assert!(given.status.is_success() && code.len() == 14, "{code}");
    assert!(!site.get(&format!("{draft}/reprendre")).await.shows(&code), "it is shown once");

    assert!(site.get("/").await.shows("/reprendre\">"));
    assert!(site.get("/reprendre").await.shows("Reprendre avec mon code"));
    for typed in [code.clone(), code.to_uppercase(), code.replace('-', " ")] {
        let found = site.post("/reprendre", &[("code", &typed)]).await;
        assert_eq!(found.location(), draft);
    }
    assert_eq!(site.get(&draft).await.location(), format!("{draft}/secteur"));
}

#[tokio::test]
async fn a_wrong_code_is_told_the_same_way_whatever_is_wrong_with_it() {
    let site = Site::open().await;
    let draft = site.consenting().await;
    site.post(&format!("{draft}/code"), &[]).await;
    let mut bodies = Vec::new();
    for typed in ["", "k7m2-9qrt-x4wd", "trop court", "é", "0000-0000-0000", &"0".repeat(10_000)] {
        let page = site.post("/reprendre", &[("code", typed)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        bodies.push(page.body);
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]));
}

#[tokio::test]
async fn codes_cannot_be_tried_for_ever() {
    let site = Site::open().await;
    let mut statuses = Vec::new();
    for _ in 0..601 {
        statuses.push(site.post("/reprendre", &[("code", "k7m2-9qrt-x4wd")]).await.status);
    }
    assert_eq!(statuses[599], StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(statuses[600], StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_code_leads_nowhere_once_everything_was_erased() {
    let site = Site::open().await;
    let draft = site.consenting().await;
    let code = code_of(&site.post(&format!("{draft}/code"), &[]).await);
    site.post(&format!("{draft}/retirer"), &[]).await;
    let page = site.post("/reprendre", &[("code", &code)]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_link_is_sent_by_e_mail_to_whoever_asks_and_the_address_is_kept_nowhere() {
    let site = Site::open().await;
    let draft = site.consenting().await;
    let courriel = format!("{draft}/courriel");
    let taken = site.post(&courriel, &[("adresse", " canari-adresse@asso.example ")]).await;
    assert!(taken.status.is_success() && taken.shows("part dans quelques instants"));
    let letters = site.letters.all();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].to, "canari-adresse@asso.example");
    assert!(letters[0].body.contains(&format!("http://127.0.0.1:8080{draft}\n")), "the link of the settings");
    assert!(!letters[0].subject.contains('\n'));

    for wrong in ["", "pas une adresse", "a@b", "a@asso.example\r\nBcc: b@asso.example"] {
        let page = site.post(&courriel, &[("adresse", wrong)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(page.shows("aria-invalid=\"true\""));
    }
    // A fourth letter in a quarter of an hour is not sent, and nobody is told.
    let bodies = [
        site.post(&courriel, &[("adresse", "canari-adresse@asso.example")]).await.body,
        site.post(&courriel, &[("adresse", "canari-adresse@asso.example")]).await.body,
        site.post(&courriel, &[("adresse", "canari-adresse@asso.example")]).await.body,
    ];
    assert!(bodies.iter().all(|body| *body == taken.body));
    assert_eq!(site.letters.all().len(), 3);
    assert!(!log::so_far().contains("canari-adresse"));
    let kept = format!("{:?}", site.record(&draft).await);
    assert!(!kept.contains("canari-adresse"), "{kept}");
}

#[tokio::test]
async fn a_letter_that_cannot_be_sent_is_not_promised() {
    let site = Site::open().await;
    let draft = site.consenting().await;
    site.letters.is_away.store(true, Ordering::SeqCst);
    let page = site.post(&format!("{draft}/courriel"), &[("adresse", "a@asso.example")]).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.shows("Nous ne pouvons pas envoyer de message"));
}

/// An organisation invited by this number.
async fn invited(site: &Site, number: u8) -> (String, Code) {
    let (token, code) = (token([number; 16]), Code::of([number; 16]));
    let invitation = Invitation { token: token_hash(&token), code: code.seal(&token).expect("a token") };
    let at = "2026-11-01T08:00:00Z".parse().expect("an instant");
    site.store.invite(EDITION, &[invitation], at).await.expect("invite");
    (format!("/q/{token}"), code)
}

#[tokio::test]
async fn an_invitation_starts_one_draft_however_many_people_open_it() {
    let site = Site::open().await;
    let (link, code) = invited(&site, 7).await;
    for _ in 0..3 {
        let page = site.get(&link).await;
        assert!(page.shows("a été envoyé à votre organisation") && page.shows(&format!("{link}/commencer")));
    }
    assert_eq!(site.store.all().len(), 0, "opening a link starts nothing: scanners of mail do it too");
    assert_eq!(site.post("/reprendre", &[("code", &code.written())]).await.location(), link);
    let commencer = format!("{link}/commencer");
    let (one, two) = tokio::join!(site.post(&commencer, &[]), site.post(&commencer, &[]));
    assert_eq!((one.location(), two.location()), (link.as_str(), link.as_str()));
    site.fill_until(&link, &answers(), "recapitulatif").await;
    // A reminder, and the same link again.
    assert_eq!(site.post(&commencer, &[]).await.location(), link);
    assert_eq!(site.get(&link).await.location(), format!("{link}/recapitulatif"));
    site.post(&format!("{link}/envoyer"), &[("envoi", "1")]).await;
    assert_eq!(site.post(&commencer, &[]).await.location(), link);
    assert_eq!(site.get(&link).await.location(), format!("{link}/merci"));
    let counts = site.store.counts(EDITION).await.expect("count");
    assert_eq!((counts.submitted, counts.drafts, site.store.all().len()), (1, 0, 1));
}

#[tokio::test]
async fn a_link_that_was_never_sent_starts_nothing() {
    let site = Site::open().await;
    invited(&site, 7).await;
    for link in [format!("/q/{}", token([8; 16])), "/q/x".to_owned()] {
        assert_eq!(site.get(&link).await.status, StatusCode::NOT_FOUND);
        assert_eq!(site.post(&format!("{link}/commencer"), &[]).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(site.store.all().len(), 0);
}

#[tokio::test]
async fn an_invitation_to_a_closed_edition_says_so_and_an_erased_one_too() {
    let site = Site::open().await;
    let ((erased, _), (late, _)) = (invited(&site, 1).await, invited(&site, 2).await);
    site.post(&format!("{erased}/commencer"), &[]).await;
    site.post(&format!("{erased}/retirer"), &[]).await;
    assert_eq!(site.record(&erased).await.state, RecordState::Withdrawn);
    assert_eq!(site.get(&erased).await.status, StatusCode::GONE);
    site.post(&format!("{erased}/commencer"), &[]).await;
    assert_eq!(site.record(&erased).await.state, RecordState::Withdrawn, "erased once and for all");
    let at = "2026-12-01T08:00:00Z".parse().expect("an instant");
    site.store.close_edition(EDITION, at).await.expect("close");
    assert!(site.get(&late).await.shows("La collecte est terminée"));
    assert_eq!(site.post(&format!("{late}/commencer"), &[]).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn a_page_left_open_for_a_month_is_saved_as_if_it_were_new() {
    let site = Site::open().await;
    let draft = site.consenting().await;
    let page = site.get(&format!("{draft}/identifiant")).await;
    let state = page.hidden("etat").to_owned();
    site.clock.pass(31);
    let fields = [("org_ident.type", "rna"), ("org_ident.rna", "W751243449"), ("etat", &state)];
    assert_eq!(
        site.post(&format!("{draft}/identifiant"), &fields).await.location(),
        format!("{draft}/commune")
    );
    let kept = site.record(&draft).await;
    assert!(kept.contacts.get("org_ident").is_some(), "nothing runs out while somebody thinks");
    site.clock.pass(365);
    assert_eq!(site.get(&draft).await.location(), format!("{draft}/commune"), "nor while nobody comes");
}
