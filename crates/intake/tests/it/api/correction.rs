//! What was sent, corrected by a program.

use axum::http::{Method, StatusCode};
use questionnaire::Answer;
use serde_json::json;
use store::{CorrectionStore as _, ResponseStore as _};

use super::{Program, Reply, SUBMISSION};
use crate::harness::{EDITION, Site, answers};

const CORRECTION: &str = "/api/v1/response/correction";

/// A response that was sent, and the answer to its sending.
async fn sent(site: &Site) -> (Program<'_>, Reply) {
    let program = Program::start(site).await;
    program.fill_until(&answers(), "").await;
    let first = program.call(Method::POST, SUBMISSION, &[], None).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.json);
    (program, first)
}

async fn employees(program: &Program<'_>) -> Option<Answer> {
    program.record().await.answers.get("org_salaries").cloned()
}

#[tokio::test]
async fn a_correction_opened_by_a_page_is_sent_by_its_revision_alone() {
    let site = Site::open().await;
    let program = Program::start(&site).await;
    program.fill_until(&answers(), "").await;
    let first = program.call(Method::POST, SUBMISSION, &[], None).await;
    site.post(&format!("/q/{}/corriger", program.token), &[]).await.location();
    let opened = program.read().await;
    assert_eq!((opened.text("/state"), opened.text("/receipt")), ("correction", first.text("/receipt")));
    let saved = program.save("equipe", &json!({ "org_salaries": 7 })).await;
    // A proxy that repeats the first sending does not send what is being corrected.
    let repeated = program.call(Method::POST, SUBMISSION, &[], None).await;
    assert_eq!((repeated.status, &repeated.json), (StatusCode::OK, &first.json));
    assert_ne!(program.record().await.answers.get("org_salaries"), Some(&questionnaire::Answer::Integer(7)));
    let sent = program.call(Method::POST, SUBMISSION, &[("if-match", saved.tag())], None).await;
    assert_eq!(
        (sent.status, sent.text("/receipt")),
        (StatusCode::OK, first.text("/receipt")),
        "{}",
        sent.json
    );
    assert_eq!(program.record().await.answers.get("org_salaries"), Some(&questionnaire::Answer::Integer(7)));
    assert_eq!(program.read().await.text("/state"), "submitted");
}

#[tokio::test]
async fn a_program_opens_a_correction_as_the_receipt_does_and_sends_it_once() {
    let site = Site::open().await;
    let (program, first) = sent(&site).await;
    let before = program.record().await;
    let opened = program.call(Method::POST, CORRECTION, &[], None).await;
    assert_eq!((opened.status, opened.text("/state")), (StatusCode::OK, "correction"), "{}", opened.json);
    assert_eq!(opened.text("/receipt"), first.text("/receipt"));
    let whole: serde_json::Value = serde_json::from_str(&before.whole().to_json()).expect("JSON");
    assert_eq!(opened.json["answers"], whole, "what was sent is there to be changed");
    // A repetition finds it open, with what was saved since.
    let saved = program.save("equipe", &json!({ "org_salaries": 7 })).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.json);
    let again = program.call(Method::POST, CORRECTION, &[], None).await;
    assert_eq!((again.tag(), &again.json["answers"]["org_salaries"]), (saved.tag(), &json!(7)));
    assert_eq!(program.record().await, before, "what was sent counts until the correction is sent");
    for _ in 0..2 {
        program.call(Method::POST, SUBMISSION, &[("if-match", saved.tag())], None).await;
    }
    assert_eq!(employees(&program).await, Some(Answer::Integer(7)));
    assert_eq!(
        site.store.earlier_answers(&before.token).await.expect("read").len(),
        1,
        "the history is kept"
    );
    assert_eq!(site.store.counts(EDITION).await.expect("count").submitted, 1);
}

#[tokio::test]
async fn a_correction_given_up_by_a_program_leaves_what_was_sent() {
    let site = Site::open().await;
    let (program, first) = sent(&site).await;
    let before = program.record().await;
    program.call(Method::POST, CORRECTION, &[], None).await;
    program.save("equipe", &json!({ "org_salaries": 7 })).await;
    for _ in 0..2 {
        let left = program.call(Method::DELETE, CORRECTION, &[], None).await;
        assert_eq!((left.status, left.text("/state")), (StatusCode::OK, "submitted"), "{}", left.json);
        assert_eq!(left.text("/receipt"), first.text("/receipt"));
    }
    assert_eq!(program.record().await.answers, before.answers);
    program.save("equipe", &json!({})).await.assert_problem(409, "already-submitted");
}

#[tokio::test]
async fn only_what_was_sent_in_an_open_edition_is_corrected() {
    let site = Site::open().await;
    let draft = Program::start(&site).await;
    let (program, _) = sent(&site).await;
    for method in [Method::POST, Method::DELETE] {
        draft.call(method.clone(), CORRECTION, &[], None).await.assert_problem(409, "not-submitted");
        let stranger = Program { site: &site, token: "0".repeat(26) };
        stranger.call(method, CORRECTION, &[], None).await.assert_problem(401, "unknown-token");
    }
    site.store.close_edition(EDITION, program.record().await.updated_at).await.expect("closed");
    program.call(Method::POST, CORRECTION, &[], None).await.assert_problem(410, "closed");
    assert_eq!(program.read().await.text("/state"), "submitted");
    program.call(Method::DELETE, super::RESPONSE, &[], None).await;
    program.call(Method::POST, CORRECTION, &[], None).await.assert_problem(410, "withdrawn");
}
