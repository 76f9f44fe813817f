//! What programs do in JSON, on both databases: a response that was sent is corrected.

use end_to_end::{Http, Reply};
use questionnaire::Answer;
use serde_json::{Value, json};
use store::RecordState;

use crate::crowd::{Place, door};

/// A program that holds a response.
struct Program {
    http: Http,
    bearer: String,
}

impl Program {
    fn call(&self, method: &str, path: &str, tag: Option<&str>, body: &str) -> Reply {
        let mut headers = vec![("authorization", self.bearer.as_str()), ("content-type", "application/json")];
        headers.extend(tag.map(|tag| ("if-match", tag)));
        let reply = self.http.send(method, &format!("/api/v1/response{path}"), &headers, body.as_bytes());
        assert_eq!(reply.status, 200, "{method} {path}: {}", reply.body);
        reply
    }

    fn state(reply: &Reply) -> String {
        let json: Value = serde_json::from_str(&reply.body).expect("JSON");
        json["state"].as_str().unwrap_or_default().to_owned()
    }
}

/// Sends a response, corrects it, gives another correction up: what is kept is the first correction, and what was sent
/// before it.
async fn corrects_what_it_sent(place: Place) {
    let server = place.server();
    let door = door(&format!("127.0.0.1:{}", place.port)).await;
    let prepared = place.prepare(&door, 1).await;
    let token = prepared[0].token.clone();
    let program = Program { http: server.http(), bearer: format!("Bearer {token}") };
    program.call("POST", "/submission", None, "");
    let equipe = |number: i64| json!({ "answers": { "org_salaries": number } }).to_string();
    for _ in 0..2 {
        assert_eq!(Program::state(&program.call("POST", "/correction", None, "")), "correction");
    }
    let saved = program.call("PUT", "/screens/equipe", None, &equipe(7));
    program.call("POST", "/submission", saved.header("etag"), "");
    program.call("POST", "/correction", None, "");
    program.call("PUT", "/screens/equipe", None, &equipe(8));
    assert_eq!(Program::state(&program.call("DELETE", "/correction", None, "")), "submitted");

    let store = place.store().await;
    let hash = intake::token_hash(&token);
    let kept = store.find(&hash).await.expect("read").expect("kept");
    let kept = (kept.state, kept.answers.get("org_salaries").cloned());
    assert_eq!(kept, (RecordState::Submitted, Some(Answer::Integer(7))));
    let counts = store.counts(crate::definition::EDITION).await.expect("count");
    assert_eq!((counts.submitted, counts.drafts), (1, 0), "one response, however often it is corrected");
    server.assert_log_silent_on(&[&token]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_corrects_what_it_sent_on_sqlite() {
    corrects_what_it_sent(Place::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_corrects_what_it_sent_on_postgresql() {
    corrects_what_it_sent(Place::postgres("programs")).await;
}
