//! What must never be found in what the server prints: a whole journey, by page and by program, with planted values.

use end_to_end::{Server, form, workspace};
use serde_json::{Value, json};

use crate::definition;

/// The visitor's address, as the proxy gives it.
const ADDRESS: &str = "203.0.113.77";

#[test]
#[expect(clippy::too_many_lines, reason = "one journey, each step of which plants something")]
fn no_answer_token_address_or_header_is_ever_printed() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let data = folder.path().join("data");
    let surveys = workspace().join("surveys");
    let server = Server::start_with(&data, &surveys, &["--trusted-proxy", "127.0.0.0/8,::1"]);
    let http = server.http();
    let mut canaries: Vec<String> = [
        "canari-nom",
        "canari-courriel",
        "canari-texte",
        "canari-faux",
        "canari-requete",
        "canari-agent",
        "canari-cle",
        "canari-json",
        ADDRESS,
        "83908523000028",
    ]
    .map(str::to_owned)
    .into();
    let from_outside = [
        ("x-forwarded-for", ADDRESS),
        ("user-agent", "canari-agent"),
        ("referer", "https://canari-requete/"),
    ];

    // By page, wrong turns included.
    let posted = |path: &str, token: &str, fields: &[(&str, &str)]| {
        let proof = intake::form_token(token);
        let fields = fields.iter().copied().chain([("jeton", proof.as_str())]);
        let headers = [&from_outside[..], &[("content-type", "application/x-www-form-urlencoded")]].concat();
        http.send("POST", path, &headers, &form(fields))
    };
    let started = posted("/commencer", "", &[("site_web", "canari-faux")]);
    let token = started.location().split('/').nth(2).expect("the address holds the personal link").to_owned();
    let edition = definition::edition();
    let answers = definition::answers();
    for (place, screen) in edition.path(&answers).screens.into_iter().enumerate() {
        let code = &edition.questionnaire.screens[screen].code;
        let page = format!("/q/{token}/{code}");
        let mut fields = intake::form_fields(&edition, screen, &answers);
        for (name, value) in &mut fields {
            match name.as_str() {
                "clo_email" => "canari-courriel@asso.example".clone_into(value),
                "clo_commentaire" => "canari-texte".clone_into(value),
                _ => {}
            }
        }
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        // Not at every screen: a link that asks faster than anybody types is slowed down, on a quick machine.
        if place % 5 == 0 {
            let refused = http.send("POST", &page, &from_outside, b"canari-faux=canari-faux");
            assert_ne!(refused.status, 303, "{code}: a form of no kind");
            posted(&page, "", &fields);
            posted(&page, &token, &[("canari-faux", "canari-faux")]);
        }
        let reply = posted(&page, &token, &fields);
        assert_eq!(reply.status, 303, "{code}: {}", reply.body);
    }
    let asked = format!("/q/{token}/recapitulatif?canari-requete=canari-requete");
    assert_eq!(http.send("GET", &asked, &from_outside, b"").status, 200);
    assert_eq!(posted(&format!("/q/{token}/envoyer"), &token, &[]).status, 303);
    for page in ["merci", "resultat", "retirer", "equipe", "canari-faux"] {
        let reply = http.send("GET", &format!("/q/{token}/{page}?canari-requete"), &from_outside, b"");
        assert!(reply.status < 500, "{page}");
    }

    // By program.
    let key = "canari-cle-0123456789abcdef0123456789abcdef";
    let called = |method: &str, path: &str, token: &str, body: &Value| {
        let bearer = format!("Bearer {token}");
        let more = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", key),
        ];
        http.send(method, path, &[&from_outside[..], &more[..]].concat(), body.to_string().as_bytes())
    };
    let started: Value =
        serde_json::from_str(&called("POST", "/api/v1/responses", "", &json!({})).body).expect("JSON");
    let second = started["token"].as_str().expect("a token").to_owned();
    for (screen, answers) in [
        ("consentement", json!({ "cst_participation": "oui" })),
        ("identifiant", json!({ "org_ident": { "type": "siret", "value": "83908523000028" } })),
        ("identifiant", json!({ "org_ident": { "type": "aucun" } })),
        ("nom", json!({ "org_nom": "canari-nom" })),
        ("nom", json!({ "canari-json": ["canari-json"] })),
        ("canari-json", json!({})),
    ] {
        called("PUT", &format!("/api/v1/response/screens/{screen}"), &second, &json!({ "answers": answers }));
    }
    called("PUT", "/api/v1/response/screens/nom", &second, &json!("canari-json"));
    called("POST", "/api/v1/response/submission", &second, &json!({}));
    called("GET", "/api/v1/response?canari-requete", "canari-cle", &json!({}));

    // Until the network has asked too much.
    let mut guess = 0;
    while http.send("GET", &format!("/q/{guess:026}"), &from_outside, b"").status != 429 {
        guess += 1;
        assert!(guess < 1000, "who guesses links is stopped");
    }
    assert_eq!(
        http.send("GET", &format!("/q/{token}/merci"), &from_outside, b"").status,
        200,
        "a known link is served"
    );

    for token in [&token, &second] {
        canaries.extend([token.clone(), intake::token_hash(token).0, intake::form_token(token)]);
    }
    let log = server.log();
    assert!(
        log.contains("/q/{token}/{screen}") && log.contains("/api/v1/response/screens/{screen}"),
        "{log}"
    );
    let canaries: Vec<&str> = canaries.iter().map(String::as_str).collect();
    server.assert_log_silent_on(&canaries);
    // Nor does the database know a token.
    for file in
        std::fs::read_dir(&data).expect("the data directory").map(|entry| entry.expect("an entry").path())
    {
        let bytes = std::fs::read(&file).unwrap_or_default();
        for token in [&token, &second] {
            let is_there = bytes.windows(token.len()).any(|window| window == token.as_bytes());
            assert!(!is_there, "{} holds a token", file.display());
        }
    }
}
