//! What no page of ours would send, and what no respondent would wish for: nothing is kept half, nothing is kept
//! twice, nothing acknowledged is lost.

use std::collections::BTreeSet;
use std::thread;

use end_to_end::{Http, Reply, Server, form};
use questionnaire::{Answer, Answers, Edition};
use store::RecordState;

use crate::definition;
use crate::kept;

/// A text that may stand in the answers and nowhere else.
const CANARY: &str = "CANARI-7b1f";

/// How many connections send the same response at once.
const CLICKS: usize = 20;

/// Somebody with a personal link and no browser.
struct Respondent {
    http: Http,
    token: String,
}

impl Respondent {
    fn new(server: &Server) -> Self {
        let http = server.http();
        let started = http.post("/commencer", b"");
        let token = started.location().split('/').nth(2).expect("the address holds the personal link");
        Self { http, token: token.to_owned() }
    }

    fn path(&self, page: &str) -> String {
        format!("/q/{}/{page}", self.token)
    }

    fn post(&self, screen: &str, fields: &[(&str, &str)]) -> Reply {
        self.http.post(&self.path(screen), &form(fields.iter().copied()))
    }

    /// Gives these answers, screen by screen, up to the screen before `stop`, or to the end.
    fn answer_until(&self, edition: &Edition, answers: &Answers, stop: Option<&str>) {
        for screen in edition.path(answers).screens {
            let code = edition.questionnaire.screens[screen].code.as_str();
            if Some(code) == stop {
                return;
            }
            let fields = intake::form_fields(edition, screen, answers);
            let fields = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let reply = self.http.post(&self.path(code), &form(fields));
            assert_eq!(reply.status, 303, "{code} was not passed: {}", reply.body);
        }
    }
}

/// A refusal that a person can read: a page in French, of ours, that says nothing of how the program is made.
fn assert_is_clear(reply: &Reply, status: u16) {
    assert_eq!(reply.status, status, "{}", reply.body);
    assert!(
        reply.header("content-type").is_some_and(|kind| kind.starts_with("text/html")),
        "{:?}",
        reply.headers
    );
    assert!(reply.body.contains("<html lang=\"fr\""), "{}", reply.body);
    assert!(reply.body.contains("<h1"), "{}", reply.body);
    for inner in ["panicked", "sqlx", "axum", "StoreError", "Rejection", "src/"] {
        assert!(!reply.body.contains(inner), "the page speaks of `{inner}`: {}", reply.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_that_no_page_of_ours_posts_are_refused_by_a_clear_page_and_change_nothing() {
    let server = Server::start();
    let edition = definition::edition();
    let respondent = Respondent::new(&server);
    respondent.answer_until(&edition, &definition::answers(), Some("portage"));
    let before = kept::records(&server.database()).await;

    let long = "x".repeat(1_000_000);
    let megabyte = form([("str_portage", long.as_str())]);
    let twice = "str_strategie=aucune&str_strategie=en_cours";
    let many = "str_portage=direction&".repeat(501);
    let cases: [(&str, &str, &[u8], u16); 15] = [
        ("an unknown option", "portage", b"str_portage=CANARI-7b1f", 400),
        ("an unknown option among others", "portage", b"str_portage=direction&str_portage=CANARI-7b1f", 400),
        ("an unknown field", "portage", b"CANARI-7b1f=1", 400),
        ("a field of another screen", "portage", b"str_portage=direction&str_importance=utile", 400),
        ("an unknown button", "portage", b"action=CANARI-7b1f", 400),
        ("two values of one choice", "strategie", twice.as_bytes(), 400),
        ("more fields than any page", "portage", many.as_bytes(), 400),
        ("bytes that are not UTF-8", "portage", b"str_portage=\xff\xfe", 400),
        ("encoded bytes that are not UTF-8", "portage", b"str_portage=%C3%28", 400),
        ("half an encoding", "portage", b"str_portage=%4", 400),
        ("a megabyte", "portage", &megabyte, 413),
        ("a screen not reached", "besoins", b"acc_besoins=financement", 409),
        ("a screen that is not asked", "nom", b"org_nom=CANARI-7b1f", 409),
        ("a screen that does not exist", "CANARI-7b1f", b"", 404),
        ("a response that is not finished", "merci", b"", 405),
    ];
    for (what, screen, body, status) in cases {
        let reply = respondent.http.post(&respondent.path(screen), body);
        assert_eq!(reply.status, status, "{what}: {}", reply.body);
        assert_is_clear(&reply, status);
    }
    let json = [("content-type", "application/json")];
    let reply = respondent.http.send(
        "POST",
        &respondent.path("portage"),
        &json,
        b"{\"str_portage\":[\"direction\"]}",
    );
    assert_is_clear(&reply, 400);
    let other = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "cross-site")];
    let reply = respondent.http.send("POST", &respondent.path("portage"), &other, b"str_portage=direction");
    assert_is_clear(&reply, 403);
    // Sending before the end leads back to what is missing.
    let early = respondent.post("envoyer", &[]);
    assert!(matches!(early.status, 303 | 422), "{}", early.body);
    let nobody = respondent.http.post(&format!("/q/{}/portage", "0".repeat(26)), b"str_portage=direction");
    assert_is_clear(&nobody, 404);

    assert_eq!(kept::records(&server.database()).await, before, "something was kept");
    server.assert_log_silent_on(&[CANARY, &respondent.token]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_for_a_question_is_said_beside_it_and_the_answer_kept_before_stays() {
    let server = Server::start();
    let edition = definition::edition();
    let answers = definition::answers();
    let respondent = Respondent::new(&server);
    respondent.answer_until(&edition, &answers, Some("depenses"));
    let before = kept::everything(&kept::record(&server.database(), &respondent.token).await);
    assert!(before.get("frn_liste").is_some());

    let four = ["temps", "outils", "offre", "publics"].map(|code| ("frn_liste", code));
    let reply = respondent.post("freins", &four);
    assert_is_clear(&reply, 422);
    assert!(reply.body.contains("id=\"e-frn_liste\""), "the error is beside the field: {}", reply.body);
    for (_, code) in four {
        let ticked = format!("value=\"{code}\" checked");
        assert!(reply.body.contains(&ticked), "what was ticked is shown again: {code} in {}", reply.body);
    }
    let both = respondent.post("freins", &[("frn_liste", "aucun"), ("frn_liste", "temps")]);
    assert_is_clear(&both, 422);
    let number = respondent.post("equipe", &[("org_salaries", "-3"), ("org_benevoles", "b0")]);
    assert_is_clear(&number, 422);

    let after = kept::everything(&kept::record(&server.database(), &respondent.token).await);
    assert_eq!(after.get("frn_liste"), before.get("frn_liste"));
    assert_eq!(after.get("org_salaries"), before.get("org_salaries"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_is_too_long_is_refused_with_its_length_and_not_kept() {
    let server = Server::start();
    let edition = definition::edition();
    let respondent = Respondent::new(&server);
    respondent.answer_until(&edition, &definition::answers(), Some("commentaire"));
    let long = CANARY.repeat(200);
    let reply = respondent.post("commentaire", &[("clo_commentaire", &long)]);
    assert_is_clear(&reply, 422);
    assert!(reply.body.contains(&long), "what was typed is shown again");
    let kept = kept::everything(&kept::record(&server.database(), &respondent.token).await);
    assert_eq!(kept.get("clo_commentaire"), None);
    server.assert_log_silent_on(&[CANARY]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_get_changes_nothing() {
    let server = Server::start();
    let edition = definition::edition();
    let respondent = Respondent::new(&server);
    respondent.answer_until(&edition, &definition::answers(), Some("portage"));
    let before = kept::records(&server.database()).await;

    for (page, status) in [
        ("portage?str_portage=direction&action=suivant", 200),
        ("strategie?str_strategie=en_cours", 200),
        ("recapitulatif", 303),
        ("reprendre", 200),
        ("retirer", 200),
        ("retirer?refus", 200),
        ("merci", 303),
        ("resultat", 303),
        ("envoyer", 405),
        ("besoins", 303),
    ] {
        let reply = respondent.http.get(&respondent.path(page));
        assert_eq!(reply.status, status, "{page}: {}", reply.body);
    }
    for page in ["/", "/confidentialite", "/sante"] {
        assert_eq!(respondent.http.get(page).status, 200, "{page}");
    }
    assert_is_clear(&respondent.http.get("/commencer"), 405);
    assert_is_clear(&respondent.http.get("/q/inconnu/consentement"), 404);
    assert_eq!(kept::records(&server.database()).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_left_the_path_is_not_in_the_response() {
    let server = Server::start();
    let edition = definition::edition();
    let answers = definition::answers();
    let respondent = Respondent::new(&server);
    respondent.answer_until(&edition, &answers, None);
    // « Non » : the questions on how artificial intelligence is used are not asked any more.
    assert_eq!(respondent.post("ia-usage", &[("ia_usage", "non")]).status, 303);
    let off_path = respondent.post("ia-finalites", &[("ia_finalites", "traduction")]);
    assert_is_clear(&off_path, 409);
    assert_eq!(respondent.post("envoyer", &[]).location(), respondent.path("merci"));

    let record = kept::record(&server.database(), &respondent.token).await;
    assert_eq!(record.state, RecordState::Submitted);
    let mut expected = answers.with("ia_usage", Answer::text("non"));
    expected.set("ia_finalites", None);
    expected.set("ia_encadrement", None);
    assert_eq!(kept::everything(&record), expected);
    // Nothing is taken after the response was sent.
    assert_is_clear(&respondent.post("ia-usage", &[("ia_usage", "cadre")]), 409);
    assert_eq!(kept::record(&server.database(), &respondent.token).await, record);
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_connections_that_send_at_once_make_one_response_with_one_receipt() {
    let server = Server::start();
    let edition = definition::edition();
    let answers = definition::answers();
    let respondent = Respondent::new(&server);
    respondent.answer_until(&edition, &answers, None);

    let replies: Vec<Reply> = thread::scope(|scope| {
        let clicks: Vec<_> = (0..CLICKS).map(|_| scope.spawn(|| respondent.post("envoyer", &[]))).collect();
        clicks.into_iter().map(|click| click.join().expect("a click gets an answer")).collect()
    });
    for reply in &replies {
        assert_eq!(reply.location(), respondent.path("merci"));
    }
    let records = kept::records(&server.database()).await;
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].state, RecordState::Submitted);
    assert_eq!(kept::everything(&records[0]), answers);
    let receipt = records[0].receipt.clone().expect("a response has a receipt");
    let pages: BTreeSet<bool> =
        (0..2).map(|_| respondent.http.get(&respondent.path("merci")).body.contains(&receipt)).collect();
    assert_eq!(pages, BTreeSet::from([true]), "the receipt shown is the one kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledged_screen_survives_a_server_that_is_killed() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let edition = definition::edition();
    let answers = definition::answers();
    let mut server = Server::start_in(folder.path());
    let respondent = Respondent::new(&server);
    respondent.answer_until(&edition, &answers, Some("apports"));
    server.kill();

    let server = Server::start_in(folder.path());
    let respondent = Respondent { http: server.http(), ..respondent };
    let resumed = respondent.http.get(&format!("/q/{}", respondent.token));
    assert_eq!(resumed.location(), respondent.path("apports"), "the questionnaire goes on where it stopped");
    let page = respondent.http.get(&respondent.path("strategie")).body;
    assert!(page.contains("value=\"aucune\" checked"), "the last answers are shown: {page}");
    let kept = kept::everything(&kept::record(&server.database(), &respondent.token).await);
    for code in ["org_ident", "org_commune", "org_salaries", "org_reseaux", "str_strategie", "str_portage"] {
        assert_eq!(kept.get(code), answers.get(code), "{code}");
    }
    respondent.answer_until(&edition, &answers, None);
    assert_eq!(respondent.post("envoyer", &[]).location(), respondent.path("merci"));
    drop(server);

    let server = Server::start_in(folder.path());
    let record = kept::record(&server.database(), &respondent.token).await;
    assert_eq!((record.state, kept::everything(&record)), (RecordState::Submitted, answers));
}
