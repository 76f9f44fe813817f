//! The same steps for programs, in JSON.

mod correction;
mod whole;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use intake::{Limits, Pace, Paces};
use questionnaire::Answers;
use serde_json::{Map, Value, json};
use store::RecordState;

use crate::harness::{Site, answers, edition};

const RESPONSE: &str = "/api/v1/response";
const SUBMISSION: &str = "/api/v1/response/submission";
const KEY: &str = "8e03978e-40d5-43e8-bc93-6894a57f9324";

/// What came back.
struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    json: Value,
}

impl Reply {
    fn text(&self, pointer: &str) -> &str {
        self.json
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("{pointer} in {}", self.json))
    }

    fn tag(&self) -> &str {
        self.headers[header::ETAG].to_str().expect("ASCII")
    }

    /// The field and the rule of every error.
    fn faults(&self) -> Vec<(&str, &str)> {
        let errors = self.json["errors"].as_array().unwrap_or_else(|| panic!("errors in {}", self.json));
        let text = |error: &'_ Value, name: &str| error[name].as_str().map(str::len);
        assert!(errors.iter().all(|error| text(error, "message").is_some_and(|length| length > 0)));
        errors
            .iter()
            .map(|error| (error["field"].as_str().expect("a field"), error["rule"].as_str().expect("a rule")))
            .collect()
    }

    /// Whether this is a problem of this status and type, as RFC 9457 writes it.
    fn assert_problem(&self, status: u16, name: &str) {
        assert_eq!(self.status, status, "{}", self.json);
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(self.text("/type"), format!("/api/v1/problems#{name}"));
        assert_eq!(self.json["status"], status);
        assert!(!self.text("/title").is_empty() && !self.text("/detail").is_empty());
    }
}

async fn call(
    site: &Site,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> Reply {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = match body {
        Some(body) => {
            request = request.header(header::CONTENT_TYPE, "application/json");
            Body::from(body.to_string())
        }
        None => Body::empty(),
    };
    let page = site.send(request.body(body).expect("a request")).await;
    let json =
        if page.body.is_empty() { Value::Null } else { serde_json::from_str(&page.body).expect("JSON") };
    Reply { status: page.status, headers: page.headers, json }
}

/// A program with a response.
struct Program<'a> {
    site: &'a Site,
    token: String,
}

impl<'a> Program<'a> {
    async fn start(site: &'a Site) -> Self {
        let started = call(site, Method::POST, "/api/v1/responses", &[], None).await;
        assert_eq!(started.status, StatusCode::CREATED);
        Self { site, token: started.text("/token").to_owned() }
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Reply {
        let bearer = format!("Bearer {}", self.token);
        let headers = [headers, &[("authorization", bearer.as_str())]].concat();
        call(self.site, method, path, &headers, body).await
    }

    async fn read(&self) -> Reply {
        self.call(Method::GET, RESPONSE, &[], None).await
    }

    async fn save(&self, screen: &str, answers: &Value) -> Reply {
        self.save_over(screen, answers, &[]).await
    }

    async fn save_over(&self, screen: &str, answers: &Value, headers: &[(&str, &str)]) -> Reply {
        let path = format!("/api/v1/response/screens/{screen}");
        self.call(Method::PUT, &path, headers, Some(&json!({ "answers": answers }))).await
    }

    /// Saves one screen after the other, as the response says, up to this one; all when it is none.
    async fn fill_until(&self, answers: &Answers, until: &str) -> Reply {
        let whole: Value = serde_json::from_str(&answers.to_json()).expect("JSON");
        let mut state = self.read().await;
        while let Some(screen) =
            state.json["next"].as_str().filter(|screen| *screen != until).map(str::to_owned)
        {
            let screens = state.json["screens"].as_array().expect("screens");
            let here = screens
                .iter()
                .find(|other| other["code"] == screen.as_str())
                .expect("the next is among them");
            let given = given(here, &whole);
            state = self.save(&screen, &given).await;
            assert_eq!(state.status, StatusCode::OK, "{screen}: {given}: {}", state.json);
        }
        state
    }

    async fn record(&self) -> store::Record {
        self.site.record(&format!("/q/{}", self.token)).await
    }
}

/// The answers to what a screen asks.
fn given(screen: &Value, whole: &Value) -> Value {
    let mut given = Map::new();
    for asked in screen["questions"].as_array().expect("questions") {
        let code = asked["code"].as_str().expect("a code");
        let answer = match (whole.get(code), asked.get("rows")) {
            (Some(Value::Object(rows)), Some(Value::Array(here))) => rows
                .iter()
                .filter(|(row, _)| here.iter().any(|code| code == row.as_str()))
                .map(|(row, code)| (row.clone(), code.clone()))
                .collect(),
            (Some(answer), _) => answer.clone(),
            (None, _) => continue,
        };
        given.insert(code.to_owned(), answer);
    }
    given.into()
}

#[tokio::test]
async fn a_program_and_a_browser_save_the_same() {
    let site = Site::open().await;
    let program = Program::start(&site).await;
    let full = program.fill_until(&answers(), "").await;
    assert_eq!(full.json["errors"], json!([]));
    let draft = site.start().await;
    site.fill_until(&draft, &answers(), "recapitulatif").await;
    let (by_program, by_browser) = (program.record().await, site.record(&draft).await);
    assert_eq!((&by_program.answers, &by_program.contacts), (&by_browser.answers, &by_browser.contacts));
    assert_eq!(
        (&by_program.last_screen, by_program.revision),
        (&by_browser.last_screen, by_browser.revision)
    );
    assert_eq!(
        full.json["answers"],
        serde_json::from_str::<Value>(&by_program.whole().to_json()).expect("JSON")
    );

    let sent = program
        .call(Method::POST, SUBMISSION, &[("if-match", full.tag()), ("idempotency-key", KEY)], None)
        .await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.json);
    site.post(&format!("{draft}/envoyer"), &[]).await;
    let (by_program, by_browser) = (program.record().await, site.record(&draft).await);
    assert_eq!((by_program.state, &by_program.answers), (by_browser.state, &by_browser.answers));
    assert_eq!(Some(sent.text("/receipt")), by_program.receipt.as_deref());
}

#[tokio::test]
async fn sending_again_gives_the_first_receipt_and_no_answer_is_shown_any_more() {
    let site = Site::open().await;
    let program = Program::start(&site).await;
    program.fill_until(&answers(), "").await;
    let first = program.call(Method::POST, SUBMISSION, &[], None).await;
    let kept = program.record().await;
    for headers in [vec![], vec![("idempotency-key", KEY)], vec![("if-match", "\"0\"")]] {
        let again = program.call(Method::POST, SUBMISSION, &headers, None).await;
        assert_eq!((again.status, &again.json), (StatusCode::OK, &first.json));
    }
    assert_eq!(program.record().await, kept);
    let read = program.read().await;
    assert_eq!((read.text("/state"), read.text("/receipt")), ("submitted", first.text("/receipt")));
    assert!(read.json.get("answers").is_none() && read.json["screens"] == json!([]));
    program.save("equipe", &json!({})).await.assert_problem(409, "already-submitted");
    assert_eq!(site.store.all().len(), 1);
}

#[tokio::test]
async fn what_was_withdrawn_is_gone_and_may_be_withdrawn_again() {
    let site = Site::open().await;
    let program = Program::start(&site).await;
    program.fill_until(&answers(), "equipe").await;
    for _ in 0..2 {
        let reply = program.call(Method::DELETE, RESPONSE, &[], None).await;
        assert_eq!((reply.status, reply.json), (StatusCode::NO_CONTENT, Value::Null));
    }
    let record = program.record().await;
    assert_eq!((record.state, record.whole().len()), (RecordState::Withdrawn, 0));
    program.read().await.assert_problem(410, "withdrawn");
    program.save("equipe", &json!({})).await.assert_problem(410, "withdrawn");
    program.call(Method::POST, SUBMISSION, &[], None).await.assert_problem(410, "withdrawn");
}

#[tokio::test]
async fn a_problem_names_each_field_and_rule_and_what_is_right_is_saved() {
    let site = Site::open().await;
    let program = Program::start(&site).await;
    program.fill_until(&answers(), "equipe").await;
    let before = program.record().await;
    // What no form could say: nothing is saved.
    let cases = [
        (json!({ "inconnue": 1 }), vec![("inconnue", "unknown_question")]),
        (json!({ "org_statut": "scop" }), vec![("org_statut", "not_asked_here")]),
        (json!({ "org_salaries": ["12"] }), vec![("org_salaries", "wrong_kind")]),
        (
            json!({ "org_salaries": true, "inconnue": {} }),
            vec![("inconnue", "unknown_question"), ("org_salaries", "wrong_kind")],
        ),
    ];
    for (answers, faults) in cases {
        let reply = program.save("equipe", &answers).await;
        reply.assert_problem(422, "invalid-answers");
        assert_eq!(reply.faults(), faults);
        assert!(reply.json.get("current").is_none());
        assert_eq!(program.record().await, before);
    }
    let option = program.save("statut", &json!({ "org_statut": "licorne" })).await;
    assert_eq!(option.faults(), [("org_statut", "unknown_option")]);
    // What anybody may type: the rest is saved.
    let wrong = program.save("equipe", &json!({ "org_salaries": "beaucoup" })).await;
    wrong.assert_problem(422, "invalid-answers");
    assert!(wrong.faults().contains(&("org_salaries", "not_integer")), "{:?}", wrong.faults());
    assert_eq!(wrong.json["current"]["revision"], program.record().await.revision);
    let range = program.save("equipe", &json!({ "org_salaries": -3 })).await;
    assert!(range.faults().iter().any(|(field, _)| *field == "org_salaries"), "{:?}", range.faults());
    let fraction = program.save("equipe", &json!({ "org_salaries": 1.5 })).await;
    assert!(fraction.faults().contains(&("org_salaries", "not_integer")), "{:?}", fraction.faults());
    let missing = program.call(Method::POST, SUBMISSION, &[], None).await;
    missing.assert_problem(422, "invalid-answers");
    assert!(missing.faults().iter().any(|(_, rule)| *rule == "required"), "{:?}", missing.faults());
    assert_eq!(program.record().await.state, RecordState::Draft);
}

#[tokio::test]
async fn faults_are_told_in_the_language_asked_for() {
    let site = Site::open().await;
    let program = Program::start(&site).await;
    let message = async |languages: &str| {
        let reply = program.save_over("consentement", &json!({}), &[("accept-language", languages)]).await;
        assert_eq!(reply.faults(), [("cst_participation", "required")]);
        reply.text("/errors/0/message").to_owned()
    };
    let (french, english) = (message("fr").await, message("de;q=0.9, en-GB;q=0.8, fr;q=0.1").await);
    assert_ne!(french, english);
    assert_eq!(message("xx").await, french);
    let questionnaire =
        call(&site, Method::GET, "/api/v1/questionnaire", &[("accept-language", "en")], None).await;
    assert_eq!(questionnaire.text("/language"), "en");
}

#[tokio::test]
async fn a_stale_revision_is_refused_when_asked_for_and_merged_when_not() {
    let site = Site::open().await;
    let program = Program::start(&site).await;
    let first = program.fill_until(&answers(), "equipe").await;
    let stale = first.tag().to_owned();
    let other = program.save("equipe", &json!({ "org_salaries": 7 })).await;
    assert_ne!(other.tag(), stale);
    let refused = program.save_over("equipe", &json!({ "org_salaries": 9 }), &[("if-match", &stale)]).await;
    refused.assert_problem(412, "changed-meanwhile");
    assert_eq!(refused.json["current"]["answers"]["org_salaries"], 7);
    assert_eq!(refused.tag(), other.tag(), "the tag to save over is told");
    program
        .call(Method::POST, SUBMISSION, &[("if-match", &stale)], None)
        .await
        .assert_problem(412, "changed-meanwhile");
    let saved =
        program.save_over("equipe", &json!({ "org_salaries": 9 }), &[("if-match", refused.tag())]).await;
    assert_eq!(saved.status, StatusCode::OK);
    // Without a revision the questions of the screen win and all others stay, as between two tabs.
    let consent = program.save("consentement", &json!({ "cst_participation": "oui" })).await;
    assert_eq!((consent.status, &consent.json["answers"]["org_salaries"]), (StatusCode::OK, &json!(9)));
    for wrong in ["3", "\"x\"", "*", "\"-1\"", "\"1\", \"2\""] {
        program
            .save_over("equipe", &json!({}), &[("if-match", wrong)])
            .await
            .assert_problem(400, "malformed-request");
    }
}

#[tokio::test]
async fn a_refusal_ends_the_response_and_a_late_one_asks_for_a_withdrawal() {
    let site = Site::open().await;
    let refusing = Program::start(&site).await;
    let refusal = json!({ "cst_participation": "non" });
    let reply = refusing.save("consentement", &refusal).await;
    assert_eq!((reply.status, reply.text("/state")), (StatusCode::OK, "refused"));
    assert_eq!(refusing.record().await.state, RecordState::Refused);
    assert_eq!(refusing.read().await.text("/state"), "refused");
    let late = Program::start(&site).await;
    late.fill_until(&answers(), "equipe").await;
    let before = late.record().await;
    late.save("consentement", &refusal).await.assert_problem(409, "refusal-needs-withdrawal");
    assert_eq!(late.record().await, before);
}

#[tokio::test]
async fn one_key_starts_one_response() {
    let site = Site::open().await;
    let start = async |key: &str| {
        call(&site, Method::POST, "/api/v1/responses", &[("idempotency-key", key)], None).await
    };
    let first = start(KEY).await;
    let again = start(&format!("\"{KEY}\"")).await;
    assert_eq!((again.status, &again.json), (first.status, &first.json));
    assert_ne!(start(&KEY.replace('8', "9")).await.text("/token"), first.text("/token"));
    assert_eq!(site.store.all().len(), 2);
    assert_eq!(first.text("/link"), format!("http://127.0.0.1:8080/q/{}", first.text("/token")));
    for wrong in ["", "1", "sixteen letters!", "an address@example.org with more than 32"] {
        start(wrong).await.assert_problem(400, "malformed-request");
    }
    site.get(&format!("/q/{}", first.text("/token"))).await.location();
}

#[tokio::test]
async fn what_is_no_token_of_ours_is_always_the_same_answer() {
    let site = Site::open().await;
    Program::start(&site).await;
    let unknown = format!("Bearer {}", "0".repeat(26));
    let body = json!({ "answers": {} });
    for (method, path, body) in [
        (Method::GET, RESPONSE, None),
        (Method::DELETE, RESPONSE, None),
        (Method::PUT, "/api/v1/response/screens/equipe", Some(&body)),
        (Method::PUT, "/api/v1/response/screens/no-such-screen", Some(&body)),
        (Method::POST, SUBMISSION, None),
    ] {
        let expected = call(&site, method.clone(), path, &[("authorization", &unknown)], body).await;
        expected.assert_problem(401, "unknown-token");
        assert_eq!(expected.headers[header::WWW_AUTHENTICATE], "Bearer");
        for other in ["Bearer x", "Bearer ", "bearer 0", "Basic YTpi", "", "0"] {
            let reply =
                call(&site, method.clone(), path, &[("authorization", other), ("if-match", "x")], body).await;
            assert_eq!(
                (reply.status, &reply.json, &reply.headers),
                (expected.status, &expected.json, &expected.headers),
                "{other}"
            );
        }
        let without = call(&site, method, path, &[], body).await;
        assert_eq!(
            (without.status, &without.json, &without.headers),
            (expected.status, &expected.json, &expected.headers)
        );
    }
}

#[tokio::test]
async fn what_is_no_request_of_ours_is_a_problem_too() {
    let site = Site::open().await;
    let program = Program::start(&site).await;
    let path = "/api/v1/response/screens/consentement";
    let bearer = format!("Bearer {}", program.token);
    let send = async |kind: &str, body: &str| {
        let request = Request::put(path).header("authorization", &bearer).header("content-type", kind);
        let page = site.send(request.body(Body::from(body.to_owned())).expect("a request")).await;
        let json = serde_json::from_str(&page.body).expect("JSON");
        Reply { status: page.status, headers: page.headers, json }
    };
    send("text/plain", "{}").await.assert_problem(415, "unsupported-media-type");
    send("application/x-www-form-urlencoded", "cst_participation=oui")
        .await
        .assert_problem(415, "unsupported-media-type");
    send("application/json", "{").await.assert_problem(400, "malformed-request");
    send("application/json; charset=utf-8", "[]").await.assert_problem(422, "invalid-answers");
    send("application/json", "{\"answers\": {}, \"autre\": \"canari-json\"}")
        .await
        .assert_problem(422, "invalid-answers");
    let long = format!("{{\"answers\": {{\"org_nom\": \"{}\"}}}}", "x".repeat(300_000));
    send("application/json", &long).await.assert_problem(413, "too-large");
    program.save("no-such-screen", &json!({})).await.assert_problem(404, "not-found");
    program.save("equipe", &json!({})).await.assert_problem(409, "not-on-path");
    program.call(Method::PATCH, RESPONSE, &[], None).await.assert_problem(405, "method-not-allowed");
    call(&site, Method::GET, "/api/v1/nowhere", &[], None).await.assert_problem(404, "not-found");
    program
        .call(Method::DELETE, RESPONSE, &[("sec-fetch-site", "cross-site")], None)
        .await
        .assert_problem(403, "other-site");
    site.store.is_away.store(true, std::sync::atomic::Ordering::SeqCst);
    program.read().await.assert_problem(503, "unavailable");
    call(&site, Method::POST, "/api/v1/responses", &[], None).await.assert_problem(503, "unavailable");
    site.store.is_away.store(false, std::sync::atomic::Ordering::SeqCst);
    site.store.is_broken.store(true, std::sync::atomic::Ordering::SeqCst);
    program.read().await.assert_problem(500, "internal");
}

#[tokio::test]
async fn the_questionnaire_for_programs_is_whole() {
    let site = Site::open().await;
    let found = call(&site, Method::GET, "/api/v1/questionnaire", &[], None).await;
    let edition = edition();
    let codes = |list: &str| -> Vec<String> {
        let items = found.json[list].as_array().expect("a list");
        items.iter().map(|item| item["code"].as_str().expect("a code").to_owned()).collect()
    };
    let questionnaire = &edition.questionnaire;
    assert_eq!(
        codes("questions"),
        questionnaire.questions.iter().map(|it| it.code.clone()).collect::<Vec<_>>()
    );
    assert_eq!(codes("screens"), questionnaire.screens.iter().map(|it| it.code.clone()).collect::<Vec<_>>());
    assert_eq!(found.text("/version"), questionnaire.version);
    for (question, json) in
        questionnaire.questions.iter().zip(found.json["questions"].as_array().expect("a list"))
    {
        assert_eq!(json["options"].as_array().map(Vec::len), Some(question.options().len()));
        assert_eq!(json["rows"].as_array().map(Vec::len), Some(question.rows().len()));
        assert_eq!(json["show_if"].as_str(), question.show_if_text.as_deref());
    }
}

#[tokio::test]
async fn programs_that_come_too_fast_are_told_when_to_come_back() {
    let only = |burst| Pace { burst, every: Duration::from_hours(1) };
    let paces = Paces { link: only(1), start: only(1), read: only(1), ..Paces::default() };
    let site = Site::with(|settings| settings.limits = Limits::new(paces, Vec::new())).await;
    let program = Program::start(&site).await;
    for (method, path) in
        [(Method::POST, "/api/v1/responses"), (Method::GET, RESPONSE), (Method::GET, "/api/v1/problems")]
    {
        let mut replies = Vec::new();
        for _ in 0..2 {
            let request = Request::builder().method(method.clone()).uri(path);
            let request = request.header("authorization", format!("Bearer {}", program.token));
            let mut request = request.body(Body::empty()).expect("a request");
            request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 4711))));
            replies.push(site.send(request).await);
        }
        assert!(replies[0].status.is_success(), "{path}");
        assert_eq!(replies[1].status, StatusCode::TOO_MANY_REQUESTS, "{path}");
        assert_eq!(replies[1].headers[header::RETRY_AFTER], "3600");
        assert_eq!(replies[1].headers[header::CONTENT_TYPE], "application/problem+json");
    }
}

#[tokio::test]
async fn the_description_is_that_of_the_repository_and_has_every_route() {
    insta::assert_json_snapshot!("openapi", intake::openapi());
    let site = Site::open().await;
    let mut served = call(&site, Method::GET, "/api/v1/openapi.json", &[], None).await.json;
    assert_eq!(served["servers"][0]["url"], "http://127.0.0.1:8080");
    served.as_object_mut().expect("an object").remove("servers");
    assert_eq!(served, serde_json::to_value(intake::openapi()).expect("JSON"));
    assert_eq!(served["openapi"], "3.1.0");
    let described: BTreeSet<(String, String)> = served["paths"]
        .as_object()
        .expect("paths")
        .iter()
        .flat_map(|(path, operations)| {
            let methods = operations.as_object().expect("operations").keys();
            methods.map(|method| (path.clone(), method.to_uppercase()))
        })
        .collect();
    let routed: BTreeSet<(String, String)> = intake::routes(&edition())
        .into_iter()
        .filter(|route| route.path.starts_with("/api/"))
        .map(|route| (route.path, route.method.to_owned()))
        .collect();
    assert_eq!(described, routed);
    assert!(routed.iter().all(|(path, _)| !path.contains("token")), "no address holds a token");
}

#[tokio::test]
async fn neither_tokens_nor_answers_of_programs_reach_the_log() {
    let site = Site::open().await;
    let program = Program::start(&site).await;
    let canaries = ["canari-api-nom", "canari-api-faux", "canari-api-cle-0123456789abcdef01234567"];
    program.call(Method::POST, SUBMISSION, &[("idempotency-key", canaries[2])], None).await;
    program.fill_until(&answers(), "equipe").await;
    program.save("equipe", &json!({ "org_salaries": "canari-api-faux" })).await;
    program.save("equipe", &json!({ "canari-api-faux": "canari-api-faux" })).await;
    program.save("canari-api-faux", &json!({})).await;
    program.save("nom", &json!({ "org_nom": "canari-api-nom" })).await;
    site.store.is_away.store(true, std::sync::atomic::Ordering::SeqCst);
    program.save("equipe", &json!({ "org_salaries": "canari-api-faux" })).await;
    let log = crate::log::so_far();
    assert!(log.contains("/api/v1/response/screens/{screen}"), "{log}");
    for secret in canaries.into_iter().chain([program.token.as_str(), &intake::token_hash(&program.token).0])
    {
        assert!(!log.contains(secret), "{secret}");
    }
}
