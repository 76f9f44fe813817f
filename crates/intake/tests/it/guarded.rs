//! What stands before the pages: the proof of forms, the pace, and what is counted by whom.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use intake::{Limits, Pace, Paces, form_token};
use tower::ServiceExt as _;

use crate::harness::{Page, Site, answers, encode, token_in};

/// So many at once, and then nothing for an hour.
fn only(burst: u32) -> Pace {
    Pace { burst, every: Duration::from_hours(1) }
}

async fn site(paces: Paces) -> Site {
    let proxies = vec!["127.0.0.1/32".parse().expect("a network")];
    Site::with(|settings| settings.limits = Limits::new(paces, proxies)).await
}

/// A request from an address.
async fn from(site: &Site, address: &str, request: Request<Body>) -> Page {
    let (mut parts, body) = request.into_parts();
    let address: SocketAddr = format!("{address}:4711").parse().expect("an address");
    parts.extensions.insert(ConnectInfo(address));
    site.send(Request::from_parts(parts, body)).await
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).expect("a request")
}

fn post(path: &str, fields: &[(&str, &str)]) -> Request<Body> {
    let mut fields = fields.to_vec();
    let proof = token_in(path).map(form_token);
    if let Some(proof) = &proof {
        fields.push(("jeton", proof));
    }
    Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(encode(&fields)))
        .expect("a request")
}

/// The button of the start page, a minute after the page was made.
fn start() -> Request<Body> {
    post("/commencer", &[("ouvert", "1795000000000"), ("site_web", "")])
}

#[tokio::test]
async fn every_form_of_a_personal_link_carries_its_proof() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "recapitulatif").await;
    let proof = form_token(token_in(&draft).expect("a token"));
    for page in ["consentement", "equipe", "reprendre", "recapitulatif", "retirer"] {
        let page = site.get(&format!("{draft}/{page}")).await;
        let forms = page.body.matches("<form").count();
        assert!(forms > 0);
        assert_eq!(page.body.matches(&format!("name=\"jeton\" value=\"{proof}\"")).count(), forms);
    }
}

#[tokio::test]
async fn a_screen_without_the_proof_is_given_back_whole_and_its_own_button_saves_it() {
    let site = Site::open().await;
    let draft = site.consenting().await;
    let other = form_token(token_in(&site.start().await).expect("a token"));
    let before = site.record(&draft).await;
    let address = format!("{draft}/identifiant");
    let typed = [("org_ident.type", "rna"), ("org_ident.rna", "W751243449")];
    for wrong in [vec![], vec![("jeton", "")], vec![("jeton", other.as_str())]] {
        let body = encode(&[&typed[..], &wrong].concat());
        let page = site.post_unproven(&address, body.into_bytes()).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(page.shows("n’a pas encore été enregistré") && page.shows("Réessayer"));
        assert!(page.shows("name=\"org_ident.rna\" value=\"W751243449\""));
        assert!(!page.shows(&other));
        assert_eq!(site.record(&draft).await, before);
        let proof = form_token(token_in(&draft).expect("a token"));
        assert!(page.shows(&format!("name=\"jeton\" value=\"{proof}\"")));
    }
    assert_eq!(site.post(&address, &typed).await.location(), format!("{draft}/commune"));
}

#[tokio::test]
async fn nothing_is_sent_or_withdrawn_without_the_proof() {
    let site = Site::open().await;
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "recapitulatif").await;
    let before = site.record(&draft).await;
    for (page, back) in [
        ("envoyer", "recapitulatif"),
        ("retirer", "retirer"),
        ("code", "reprendre"),
        ("courriel", "reprendre"),
        ("corriger", "merci"),
        ("abandonner", "merci"),
    ] {
        let refused = site.post_unproven(&format!("{draft}/{page}"), Vec::new()).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(refused.shows("Envoi à confirmer") && refused.shows(&format!("href=\"{draft}/{back}\"")));
        assert_eq!(site.record(&draft).await, before);
    }
}

#[tokio::test]
async fn a_link_that_leads_nowhere_looks_alike_with_and_without_proof() {
    let site = Site::open().await;
    let unknown = format!("/q/{}", "0".repeat(26));
    let expected = site.get(&unknown).await;
    for link in [unknown.as_str(), "/q/x"] {
        for page in
            ["consentement", "commencer", "code", "courriel", "envoyer", "corriger", "abandonner", "retirer"]
        {
            let address = format!("{link}/{page}");
            for page in [site.post(&address, &[]).await, site.post_unproven(&address, Vec::new()).await] {
                assert_eq!((page.status, &page.body), (expected.status, &expected.body), "{address}");
                assert_eq!(page.headers, expected.headers, "{address}");
            }
        }
    }
}

#[tokio::test]
async fn a_button_takes_no_long_form() {
    let site = Site::open().await;
    let draft = site.start().await;
    for page in ["/commencer".to_owned(), format!("{draft}/envoyer"), format!("{draft}/retirer")] {
        let long = encode(&[("a", &"x".repeat(5000))]);
        assert_eq!(site.post_bytes(&page, long.into_bytes()).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    }
}

#[tokio::test]
async fn nothing_inline_runs_and_nothing_is_loaded_from_elsewhere() {
    let site = Site::with(|settings| settings.base_url = "https://barometre.example".to_owned()).await;
    let draft = site.start().await;
    for address in [
        "/",
        draft.as_str(),
        &format!("{draft}/consentement"),
        "/nowhere",
        "/api/v1/questionnaire",
        "/api/v1/nowhere",
    ] {
        let page = site.get(address).await;
        let policy = page.headers["content-security-policy"].to_str().expect("ASCII");
        for part in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]
        {
            assert!(policy.contains(part), "{address}: {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{address}: {policy}");
        assert!(!page.shows(" style=") && !page.shows("<script>") && !page.shows(" onclick"), "{address}");
        assert_eq!(page.headers["strict-transport-security"], "max-age=31536000; includeSubDomains");
        assert_eq!(page.headers["x-content-type-options"], "nosniff");
        assert_eq!(page.headers["referrer-policy"], "no-referrer");
        assert!(!page.headers.contains_key(header::SET_COOKIE), "{address} needs no cookie");
    }
}

#[tokio::test]
async fn one_network_starts_so_many_drafts_and_then_waits() {
    let site = site(Paces { start: only(2), ..Paces::default() }).await;
    for host in ["192.0.2.1", "192.0.2.77"] {
        assert_eq!(from(&site, host, start()).await.status, StatusCode::SEE_OTHER);
    }
    let late = from(&site, "192.0.2.9", start()).await;
    assert_eq!(late.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(late.headers[header::RETRY_AFTER], "3600");
    assert!(late.shows("Trop de demandes") && late.shows("3600"));
    assert_eq!(from(&site, "198.51.100.1", start()).await.status, StatusCode::SEE_OTHER, "another network");
    assert_eq!(site.send(start()).await.status, StatusCode::SEE_OTHER, "this machine itself");
}

#[tokio::test]
async fn a_forged_header_opens_no_other_budget() {
    let site = site(Paces { start: only(1), ..Paces::default() }).await;
    let forged = |address: &str| {
        let mut request = start();
        request.headers_mut().insert("x-forwarded-for", address.parse().expect("a header"));
        request
    };
    assert_eq!(from(&site, "192.0.2.1", forged("198.51.100.1")).await.status, StatusCode::SEE_OTHER);
    let again = from(&site, "192.0.2.1", forged("198.51.100.2")).await;
    assert_eq!(again.status, StatusCode::TOO_MANY_REQUESTS, "the visitor is no proxy");
    assert_eq!(from(&site, "127.0.0.1", forged("198.51.100.3")).await.status, StatusCode::SEE_OTHER);
    let behind = from(&site, "127.0.0.1", forged("203.0.113.1, 198.51.100.4")).await;
    assert_eq!(
        behind.status,
        StatusCode::TOO_MANY_REQUESTS,
        "the proxy saw 198.51.100.4, whatever stands before"
    );
}

#[tokio::test]
async fn what_looks_like_a_program_is_slowed_down_and_never_refused() {
    let paces = Paces { start: only(20), ..Paces::default() };
    let trapped = || post("/commencer", &[("ouvert", "1795000000000"), ("site_web", "http://spam.example")]);
    let quick = || post("/commencer", &[]);
    for suspect in [trapped, quick] {
        let site = site(paces).await;
        let mut seen = Vec::new();
        for _ in 0..3 {
            seen.push(from(&site, "192.0.2.1", suspect()).await.status.as_u16());
        }
        assert_eq!(seen, [303, 303, 429]);
    }
    let site = site(paces).await;
    let page = site.get("/").await;
    assert!(page.shows("aria-hidden=\"true\"") && page.shows("tabindex=\"-1\""), "nobody meets the trap");
    for _ in 0..20 {
        assert_eq!(from(&site, "192.0.2.1", start()).await.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn what_comes_too_fast_by_a_link_is_given_back_with_all_that_was_typed() {
    let site = site(Paces { link: only(3), ..Paces::default() }).await;
    let draft = site.consenting().await;
    let before = site.record(&draft).await;
    let address = format!("{draft}/identifiant");
    for _ in 0..3 {
        assert_eq!(from(&site, "192.0.2.1", get(&address)).await.status, StatusCode::OK);
    }
    let typed = [("org_ident.type", "rna"), ("org_ident.rna", "W751243449")];
    let page = from(&site, "192.0.2.1", post(&address, &typed)).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(page.headers[header::RETRY_AFTER], "3600");
    assert!(page.shows("Ce que vous avez saisi est conservé") && page.shows("value=\"W751243449\""));
    assert_eq!(site.record(&draft).await, before);
    let english = from(&site, "192.0.2.1", post(&format!("/en{address}"), &typed)).await;
    assert_eq!(english.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(english.shows("One moment, please") && english.shows("value=\"W751243449\""));
}

#[tokio::test]
async fn who_guesses_links_is_stopped_and_keeps_nobody_else_of_the_network_from_saving() {
    let site = site(Paces { miss: only(3), read: only(0), ..Paces::default() }).await;
    let draft = site.consenting().await;
    let mut seen = Vec::new();
    for number in 0..5 {
        let guess = format!("/q/{number:026}");
        seen.push(from(&site, "192.0.2.1", get(&guess)).await.status.as_u16());
    }
    assert_eq!(seen, [404, 404, 404, 429, 429]);
    assert_eq!(from(&site, "192.0.2.1", get("/")).await.status, StatusCode::TOO_MANY_REQUESTS);
    let saved =
        from(&site, "192.0.2.1", post(&format!("{draft}/identifiant"), &[("org_ident.type", "aucun")])).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "a known link is served all the same");
    assert_eq!(from(&site, "192.0.2.1", get("/sante")).await.status, StatusCode::OK, "so is whoever watches");
}

#[tokio::test]
async fn what_a_panic_says_is_not_logged() {
    let site = Site::open().await;
    let draft = site.consenting().await;
    let usual = std::panic::take_hook();
    intake::log_panics_by_place();
    site.store.is_broken.store(true, std::sync::atomic::Ordering::SeqCst);
    let page = site.get(&draft).await;
    std::panic::set_hook(usual);
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    let log = crate::log::so_far();
    assert!(log.contains("a panic: this is a fault of the program") && log.contains("memory.rs"), "{log}");
    assert!(!log.contains("secret") && !log.contains("/var/lib"), "the store panics with these words");
}

#[tokio::test]
async fn what_is_beside_the_questionnaire_is_read_at_a_pace_of_its_own() {
    let pace = Pace { burst: 3, every: Duration::from_secs(10) };
    let limits = Limits::new(Paces { site: pace, ..Paces::default() }, Vec::new());
    let beside = axum::Router::new().fallback(async || "a chart");
    let beside = intake::paced_beside(beside, limits, Arc::new(intake::SystemClock));
    let read = async |address: &str| {
        let mut request = Request::get("/2026/").body(Body::empty()).expect("a request");
        let address: SocketAddr = format!("{address}:1").parse().expect("an address");
        request.extensions_mut().insert(ConnectInfo(address));
        let response = beside.clone().oneshot(request).await.expect("a router never fails");
        let headers = response.headers().clone();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body in memory");
        (headers, String::from_utf8(body.to_vec()).expect("UTF-8"))
    };
    for _ in 0..3 {
        assert_eq!(read("192.0.2.7").await.1, "a chart");
    }
    let (headers, said) = read("192.0.2.8").await;
    let seconds: u64 = headers["retry-after"].to_str().expect("ASCII").parse().expect("seconds");
    assert!(
        (1..=10).contains(&seconds)
            && said.contains("Trop de demandes")
            && said.contains("Too many requests")
    );
    assert_eq!(read("198.51.100.1").await.1, "a chart", "others are served");
    assert_eq!(read("127.0.0.1").await.1, "a chart", "and this machine");
}
