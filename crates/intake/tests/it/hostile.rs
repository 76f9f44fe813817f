//! Requests that no page of ours sends.

use axum::http::StatusCode;

use crate::harness::{Site, answers, encode};

#[tokio::test]
async fn a_form_made_by_hand_is_refused_and_nothing_of_it_is_stored() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "priorites").await;
    let before = site.record(&draft).await;
    let long = "a".repeat(1_000_000);
    let many = encode(&vec![("str_priorites", "ia"); 2000]);
    let cases: Vec<(&str, Vec<u8>, StatusCode)> = vec![
        ("priorites", encode(&[("str_priorites", "inconnue")]).into_bytes(), StatusCode::BAD_REQUEST),
        (
            "priorites",
            encode(&[("str_priorites", "ia"), ("str_priorites", "' OR 1=1")]).into_bytes(),
            StatusCode::BAD_REQUEST,
        ),
        ("priorites", encode(&[("inconnu", "1")]).into_bytes(), StatusCode::BAD_REQUEST),
        (
            "priorites",
            encode(&[("str_priorites", "ia"), ("org_nom", "hors chemin")]).into_bytes(),
            StatusCode::BAD_REQUEST,
        ),
        ("priorites", encode(&[("action", "detruire")]).into_bytes(), StatusCode::BAD_REQUEST),
        ("priorites", many.into_bytes(), StatusCode::BAD_REQUEST),
        ("priorites", b"str_priorites=%ff%fe".to_vec(), StatusCode::BAD_REQUEST),
        ("priorites", b"str_priorites=\xff".to_vec(), StatusCode::BAD_REQUEST),
        ("priorites", b"str_priorites=%4".to_vec(), StatusCode::BAD_REQUEST),
        ("priorites", b"\0\0\0".to_vec(), StatusCode::BAD_REQUEST),
        ("priorites", encode(&[("str_priorites", &long)]).into_bytes(), StatusCode::PAYLOAD_TOO_LARGE),
        (
            "statut",
            encode(&[("org_statut", "scop"), ("org_statut", "scic")]).into_bytes(),
            StatusCode::BAD_REQUEST,
        ),
        (
            "commune",
            encode(&[("org_commune", "00000"), ("org_commune.code_postal", "35000")]).into_bytes(),
            StatusCode::BAD_REQUEST,
        ),
        ("identifiant", encode(&[("org_ident.type", "licorne")]).into_bytes(), StatusCode::BAD_REQUEST),
        ("nom", encode(&[("org_nom", "écran hors chemin")]).into_bytes(), StatusCode::CONFLICT),
        ("usages", encode(&[]).into_bytes(), StatusCode::CONFLICT),
        ("aucun-ecran", encode(&[("a", "b")]).into_bytes(), StatusCode::NOT_FOUND),
    ];
    for (screen, body, status) in cases {
        let shown: String = String::from_utf8_lossy(&body).chars().take(80).collect();
        let page = site.post_bytes(&format!("{draft}/{screen}"), body).await;
        assert!(
            page.status == status || (screen == "usages" && page.status.is_client_error()),
            "{screen} {shown}: {}",
            page.status
        );
        assert!(page.shows("<html lang=\"fr\">"), "{screen} {shown}");
        assert_eq!(site.record(&draft).await, before, "{screen} {shown}");
    }
}

#[tokio::test]
async fn a_text_too_long_is_shown_again_whole_and_not_stored() {
    let site = Site::open().await;
    let draft = site.consenting().await;
    site.post(&format!("{draft}/identifiant"), &[("org_ident.type", "aucun")]).await;
    let before = site.record(&draft).await;
    let long = "é".repeat(20_000);
    let page = site.post(&format!("{draft}/nom"), &[("org_nom", &long)]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.shows(&long));
    assert_eq!(site.record(&draft).await, before);
}

#[tokio::test]
async fn links_that_lead_nowhere_look_alike() {
    let site = Site::open().await;
    let draft = site.start().await;
    let unknown = format!("/q/{}", "0".repeat(26));
    let expected = site.get(&unknown).await;
    assert_eq!(expected.status, StatusCode::NOT_FOUND);
    let others = [
        "/q/x".to_owned(),
        "/q/%ff".to_owned(),
        "/q/'%20OR%201=1".to_owned(),
        format!("{unknown}/consentement"),
        format!("{unknown}/merci"),
        format!("{unknown}/retirer"),
        format!("{}x", &draft[..draft.len() - 1]).replace('x', "u"),
        "/aucune/page".to_owned(),
        "/q".to_owned(),
    ];
    for address in others {
        let page = site.get(&address).await;
        assert_eq!((page.status, page.body), (expected.status, expected.body.clone()), "{address}");
    }
    let posted = site.post(&format!("{unknown}/consentement"), &[("cst_participation", "oui")]).await;
    assert_eq!((posted.status, posted.body), (expected.status, expected.body.clone()));
    assert_eq!(site.post(&format!("{unknown}/envoyer"), &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.post(&format!("{unknown}/retirer"), &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_another_site_posts_is_refused() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "recapitulatif").await;
    let before = site.record(&draft).await;
    let pages = [
        "/commencer".to_owned(),
        format!("{draft}/consentement"),
        format!("{draft}/envoyer"),
        format!("{draft}/retirer"),
    ];
    for address in pages {
        for elsewhere in ["cross-site", "same-site", "unheard-of"] {
            let page = site.post_from_elsewhere(&address, elsewhere).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{address} {elsewhere}");
            assert!(page.shows("vient d’un autre site"));
        }
    }
    assert_eq!(site.record(&draft).await, before);
    assert_eq!(site.store.all().len(), 1);
}

#[tokio::test]
async fn what_was_typed_is_never_markup() {
    let site = Site::open().await;
    let draft = site.consenting().await;
    site.post(&format!("{draft}/identifiant"), &[("org_ident.type", "aucun")]).await;
    let hostile = "</textarea><script>alert(1)</script>\"' onfocus=alert(2) x=\"<img src=x onerror=alert(3)>";
    let wrong = site.post(&format!("{draft}/equipe"), &[("org_salaries", hostile)]).await;
    assert!(wrong.status.is_client_error());
    site.post(&format!("{draft}/nom"), &[("org_nom", hostile)]).await;
    site.fill_until(&draft, &answers(), "equipe").await;
    let typed = site.post(&format!("{draft}/equipe"), &[("org_salaries", hostile)]).await;
    let kept = site.get(&format!("{draft}/nom")).await;
    site.fill_until(
        &draft,
        &answers().with("org_nom", questionnaire::Answer::text(hostile)),
        "recapitulatif",
    )
    .await;
    let summary = site.get(&format!("{draft}/recapitulatif")).await;
    let query =
        site.get(&format!("{draft}/consentement?puis=%22%3E%3Cscript%3Erecapitulatif,recapitulatif")).await;
    for page in [typed, kept, summary, query] {
        // The page's own script is a file, before anything that was typed.
        let body = page.body.replacen("<script src=\"/script-", "", 1);
        assert!(
            !body.contains("<script") && !page.shows("<img") && !page.shows("\" onfocus"),
            "{}",
            page.body
        );
    }
}

#[tokio::test]
async fn a_method_that_a_page_does_not_take_is_said_in_french() {
    let site = Site::open().await;
    let draft = site.start().await;
    for address in ["/commencer".to_owned(), format!("{draft}/envoyer")] {
        let page = site.get(&address).await;
        assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
        assert!(page.shows("ne s’utilise pas ainsi"));
    }
}
