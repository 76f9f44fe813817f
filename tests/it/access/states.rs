//! States of pages that come about when something was asked for, is wrong or comes too fast.

use end_to_end::{Browser, Server, form};
use intake::{Clock as _, Code, SystemClock, token, token_hash};
use questionnaire::Edition;
use serde_json::json;
use store::{Invitation, InvitationStore as _};
use store_sqlite::SqliteStore;

use super::tour::Stop;
use super::walk::Walk;
use crate::definition;

/// A server with these offers letters, which nobody takes at the other end, and believes what is said of who asks.
pub(super) const OPTIONS: [&str; 6] = [
    "--smtp",
    "127.0.0.1:9",
    "--mail-from",
    "Baromètre <barometre@asso.example>",
    "--trusted-proxy",
    "127.0.0.1",
];

/// Posts the form of a screen as no button of it does.
const POST: &str = "HTMLFormElement.prototype.submit.call(document.getElementById('ecran'))";

/// The states.
pub(super) async fn stops(server: &Server, edition: &Edition) -> Vec<Stop> {
    let mut walk = Walk::start(server, edition, "");
    walk.until(&definition::answers(), "recapitulatif");
    let begun = Walk::start(server, edition, "");
    let invitation = invited(server).await;
    let later = walk.at("reprendre");
    vec![
        Stop::at("invitation", &invitation),
        Stop::at("en-invitation", &format!("/en{invitation}")),
        Stop::posting("letter-wrong", &later, &[("adresse", "une adresse")]),
        Stop::posting("letter-taken", &later, &[("adresse", "amis@asso.example")]),
        // What was typed is given back by a page of its own.
        Stop::doing(
            "not-proven",
            &walk.at("reseaux"),
            &format!("document.querySelector('#ecran [name=jeton]').remove(); {POST}"),
        ),
        Stop::doing(
            "not-understood",
            &walk.at("statut"),
            &format!(
                "document.querySelector('#ecran [name=org_statut]').value = 'canari';
                document.querySelector('#ecran [name=org_statut]').checked = true; {POST}"
            ),
        ),
        Stop::doing(
            "summary-incomplete",
            &begun.at("consentement"),
            &format!("document.getElementById('ecran').setAttribute('action', 'envoyer'); {POST}"),
        ),
    ]
}

/// Invites an organisation, and gives its personal link.
async fn invited(server: &Server) -> String {
    let store = SqliteStore::open(&server.database()).await.expect("the file of responses opens");
    let (token, code) = (token([7; 16]), Code::of([7; 16]));
    let invitation = Invitation { token: token_hash(&token), code: code.seal(&token).expect("a token") };
    store.invite(definition::EDITION, &[invitation], SystemClock.now()).await.expect("invited");
    store.close().await;
    format!("/q/{token}")
}

/// Where the browser comes from, when somebody there has begun too much.
const NETWORK: &str = "198.51.100.7";

/// Uses up what one network may begin, as programs do, and lets the browser come from there.
pub(super) async fn come_too_fast(server: &Server, browser: &Browser) {
    let fields = form([("site_web", "https://programme.example")]);
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("x-forwarded-for", NETWORK)];
    let begin = || server.http().send("POST", "/commencer", &headers, &fields).status;
    assert!((0..60).any(|_| begin() == 429), "whoever begins so much is asked to wait");
    come_from(browser, json!({ "X-Forwarded-For": NETWORK })).await;
}

/// Lets the browser come from this machine again.
pub(super) async fn come_at_leisure(browser: &Browser) {
    come_from(browser, json!({})).await;
}

async fn come_from(browser: &Browser, headers: serde_json::Value) {
    browser.command("Network.enable", &json!({})).await;
    browser.command("Network.setExtraHTTPHeaders", &json!({ "headers": headers })).await;
}
