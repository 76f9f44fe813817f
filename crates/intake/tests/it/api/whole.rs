//! A whole response in one request.

use axum::http::{Method, StatusCode};
use questionnaire::Answers;
use serde_json::{Value, json};
use store::{RecordState, ResponseStore as _};

use super::{KEY, Reply, call};
use crate::harness::{Site, edition};

const SUBMISSIONS: &str = "/api/v1/submissions";

/// What the pages ask of the journey's answers: the journey types more, which is hidden again.
fn answers() -> Answers {
    edition().route(&crate::harness::answers()).1
}

fn whole(answers: &Answers) -> Value {
    json!({ "answers": serde_json::from_str::<Value>(&answers.to_json()).expect("JSON") })
}

async fn send(site: &Site, key: &str, body: &Value) -> Reply {
    call(site, Method::POST, SUBMISSIONS, &[("idempotency-key", key)], Some(body)).await
}

#[tokio::test]
async fn a_whole_response_is_what_a_browser_sends_screen_by_screen() {
    let site = Site::open().await;
    let sent = send(&site, KEY, &whole(&answers())).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.json);
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "recapitulatif").await;
    site.post(&format!("{draft}/envoyer"), &[]).await;
    let link = format!("/q/{}", sent.text("/token"));
    let (whole, by_browser) = (site.record(&link).await, site.record(&draft).await);
    assert_eq!((whole.state, by_browser.state), (RecordState::Submitted, RecordState::Submitted));
    assert_eq!((&whole.answers, &whole.contacts), (&by_browser.answers, &by_browser.contacts));
    assert_eq!((&whole.last_screen, &whole.version), (&by_browser.last_screen, &by_browser.version));
    assert_eq!(whole.receipt.as_deref(), Some(sent.text("/receipt")));
    assert_eq!(sent.text("/link"), format!("http://127.0.0.1:8080{link}"));
    // The link leads to the receipt and the result, to a correction and a withdrawal.
    assert!(site.get(&format!("{link}/merci")).await.shows(sent.text("/receipt")));
    assert_eq!(site.get(&format!("{link}/resultat")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn one_key_makes_one_response_whatever_happened_since() {
    let site = Site::open().await;
    let first = send(&site, KEY, &whole(&answers())).await;
    assert_eq!(send(&site, KEY, &whole(&answers())).await.json, first.json);
    // It was acknowledged: what is sent again under its key is not weighed any more.
    assert_eq!(send(&site, KEY, &json!({ "answers": {} })).await.json, first.json);
    assert_ne!(send(&site, &KEY.replace('8', "9"), &whole(&answers())).await.json, first.json);
    assert_eq!(site.store.all().len(), 2);
    let edition = &site.store.all()[0].edition;
    site.store.close_edition(edition, site.store.all()[0].updated_at).await.expect("closed");
    let again = send(&site, KEY, &whole(&answers())).await;
    assert_eq!((again.status, &again.json), (StatusCode::CREATED, &first.json));
    send(&site, &KEY.replace('8', "7"), &whole(&answers())).await.assert_problem(410, "closed");
    let bearer = format!("Bearer {}", first.text("/token"));
    call(&site, Method::DELETE, "/api/v1/response", &[("authorization", &bearer)], None).await;
    assert_eq!(send(&site, KEY, &whole(&answers())).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn what_is_typed_is_read_as_on_a_page() {
    let site = Site::open().await;
    let mut body = whole(&answers());
    let typed = &mut body["answers"];
    typed["org_ident"]["value"] = json!("839 085 230 00028");
    typed["clo_email"] = json!("  journal.canari@exemple.org ");
    typed["clo_commentaire"] = json!("  \u{7}ligne\r\nautre\t ");
    typed["esn_familles"] = Value::Null;
    let sent = send(&site, KEY, &body).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.json);
    let kept = site.record(&format!("/q/{}", sent.text("/token"))).await.whole();
    let text = |code: &str| serde_json::to_value(kept.get(code)).expect("JSON");
    assert_eq!(text("org_ident")["value"], "83908523000028");
    assert_eq!(text("clo_email"), "journal.canari@exemple.org");
    assert_eq!(text("clo_commentaire"), "ligne\nautre");
    assert_eq!(text("esn_familles"), Value::Null);
}

#[tokio::test]
async fn what_breaks_a_rule_is_named_and_nothing_is_kept() {
    let site = Site::open().await;
    let broken = async |change: &dyn Fn(&mut Value)| {
        let mut body = whole(&answers());
        change(&mut body["answers"]);
        let reply = send(&site, KEY, &body).await;
        reply.assert_problem(422, "invalid-answers");
        reply
    };
    let reply = broken(&|given| given["org_ident"]["value"] = json!("123")).await;
    assert_eq!(reply.faults(), [("org_ident", "siret_length")]);
    let reply = broken(&|given| given["quoi"] = json!("x")).await;
    assert_eq!(reply.faults(), [("quoi", "unknown_question")]);
    let reply = broken(&|given| given["org_secteur"] = json!("pirates")).await;
    assert!(reply.faults().contains(&("org_secteur", "unknown_option")), "{}", reply.json);
    let reply = broken(&|given| given["org_commune"] = Value::Null).await;
    assert!(reply.faults().contains(&("org_commune", "required")), "{}", reply.json);
    let reply = broken(&|given| given["org_salaries"] = json!("beaucoup")).await;
    assert!(reply.faults().contains(&("org_salaries", "wrong_kind")), "{}", reply.json);
    // Its condition does not hold any more: it is said, not dropped.
    let reply = broken(&|given| given["esn_acteur"] = json!("non")).await;
    assert!(reply.faults().contains(&("esn_familles", "not_asked_here")), "{}", reply.json);
    let reply = broken(&|given| given["cst_participation"] = json!("non")).await;
    assert_eq!(reply.faults(), [("cst_participation", "refused")]);
    let other = json!({ "answers": whole(&answers())["answers"], "version": "0" });
    send(&site, KEY, &other).await.assert_problem(409, "questionnaire-updated");
    send(&site, KEY, &json!({ "answers": {}, "more": 1 })).await.assert_problem(422, "invalid-answers");
    send(&site, "1", &whole(&answers())).await.assert_problem(400, "malformed-request");
    let without = call(&site, Method::POST, SUBMISSIONS, &[], Some(&whole(&answers()))).await;
    without.assert_problem(400, "malformed-request");
    assert!(site.store.all().is_empty());
}
