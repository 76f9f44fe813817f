//! How the collection goes, as everyone may see it.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use futures::future::join_all;
use intake::{Board, Clock as _, Extras};
use questionnaire::{Answer, Answers};
use store::{CorrectionStore as _, NewDraft, ResponseStore as _, Save, Submission, TokenHash, receipt_from};

use crate::harness::{EDITION, Site, answers, edition};

/// A site whose board shows three breakdowns.
async fn site() -> Site {
    beside(&Site::open().await)
}

/// Another server of the same store.
fn beside(site: &Site) -> Site {
    site.with_extras(Extras {
        board: Arc::new(Board::by(&["famille", "taille4", "region", "reseau", "inconnu"])),
        ..Extras::default()
    })
}

fn token(number: u32) -> TokenHash {
    TokenHash(format!("{number:064x}"))
}

/// Begins drafts, now.
async fn begin(site: &Site, numbers: Range<u32>) {
    for number in numbers {
        let version = edition().questionnaire.version.clone();
        let draft =
            NewDraft { edition: EDITION.to_owned(), token: token(number), version, at: site.clock.now() };
        site.store.start(&draft).await.expect("a store in memory");
    }
}

/// Sends them, now.
async fn send(site: &Site, numbers: Range<u32>, answers: &Answers) {
    for number in numbers {
        let submission = Submission {
            token: token(number),
            expected_revision: 0,
            version: edition().questionnaire.version.clone(),
            answers: answers.clone(),
            contacts: Answers::new(),
            receipt: receipt_from(u128::from(number).to_be_bytes()),
            at: site.clock.now(),
        };
        site.store.submit(&submission).await.expect("a store in memory");
    }
}

/// Names and counts of the page, in order.
async fn counts(site: &Site, address: &str) -> Vec<(String, String)> {
    let page = site.get(address).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let text = |from: &str, tag: &str| {
        let text = from.split(&format!("</{tag}>")).next().expect("a text");
        text.replace("&#39;", "'").replace('\u{a0}', " ")
    };
    let rows = page.body.split("<dt>").skip(1);
    rows.map(|row| (text(row, "dt"), text(row.split("<dd>").nth(1).expect("a count"), "dd"))).collect()
}

/// What is said of one of them.
async fn count(site: &Site, name: &str) -> String {
    let counts = counts(site, "/avancement").await;
    let found = counts.into_iter().find(|(found, _)| found == name);
    found.unwrap_or_else(|| panic!("no {name}")).1
}

const SENT: &str = "Réponses envoyées";
const STARTED: &str = "Réponses commencées, envoyées ou non";

#[tokio::test]
async fn counts_are_rounded_to_five_and_those_of_the_last_midnight() {
    let site = site().await;
    begin(&site, 0..61).await;
    send(&site, 0..43, &answers()).await;
    // Nothing of the day shows during the day.
    assert_eq!(count(&site, SENT).await, "moins de 15");
    assert_eq!(count(&site, STARTED).await, "moins de 15");
    let start = site.get("/avancement").await;
    assert_eq!(start.body.matches("Moins de 15 dans chaque groupe").count(), 3, "{}", start.body);
    assert!(!start.shows("Mutuelles"));
    site.clock.pass(1);
    assert_eq!(count(&site, SENT).await, "environ 45");
    assert_eq!(count(&site, STARTED).await, "environ 60");
    let page = site.get("/avancement").await;
    assert!(page.shows("fin de la journée du 21\u{a0}novembre 2026"), "{}", page.body);
    // However much comes, and however often it is read, until the next midnight.
    begin(&site, 61..200).await;
    send(&site, 43..200, &answers()).await;
    assert_eq!(site.get("/avancement").await.body, page.body);
    assert_eq!(beside(&site).get("/avancement").await.status, StatusCode::OK);
    site.clock.pass(1);
    assert_eq!(count(&site, SENT).await, "environ 200");
}

#[tokio::test]
async fn small_groups_are_told_neither_from_each_other_nor_from_none() {
    let site = site().await;
    begin(&site, 0..50).await;
    let scop = answers().with("org_statut", Answer::text("scop"));
    send(&site, 0..38, &answers()).await;
    send(&site, 38..50, &scop).await;
    site.clock.pass(1);
    let counts = counts(&site, "/avancement").await;
    let shown: Vec<(&str, &str)> =
        counts.iter().map(|(name, count)| (name.as_str(), count.as_str())).collect();
    let expected = [
        (SENT, "environ 50"),
        (STARTED, "environ 50"),
        ("Associations", "environ 40"),
        ("10 à 49 salariés", "environ 50"),
        ("Bretagne", "environ 50"),
    ];
    assert_eq!(shown, expected);
    // Twelve of the ones, none of the others.
    let page = site.get("/avancement").await;
    let few = "Moins de 15 dans chacun de ces groupes\u{a0}: ";
    assert!(page.shows(&format!("{few}Coopératives, Mutuelles, Fondations, ")), "{}", page.body);
    assert_eq!(page.body.matches(few).count(), 3);
    // Networks, which overlap, and what the plan lacks are not there.
    assert!(!page.shows("Réseau"));
}

#[tokio::test]
async fn the_page_in_english_says_the_same_in_english() {
    let site = site().await;
    begin(&site, 0..43).await;
    send(&site, 0..43, &answers()).await;
    site.clock.pass(1);
    let [french, english] = [counts(&site, "/avancement").await, counts(&site, "/en/avancement").await];
    assert_eq!(french.len(), english.len());
    for ((_, french), (name, english)) in french.iter().zip(&english) {
        assert_eq!(french.replace("environ", "about"), *english, "{name}");
    }
    let page = site.get("/en/avancement").await;
    assert!(page.shows("as they stood at the end of 21\u{a0}November 2026"), "{}", page.body);
    assert!(page.shows("10 to 49 employees") && !page.shows("salariés"), "{}", page.body);
}

#[tokio::test]
async fn what_is_withdrawn_or_corrected_does_not_show() {
    let site = site().await;
    begin(&site, 0..43).await;
    send(&site, 0..43, &answers()).await;
    site.clock.pass(1);
    let before = counts(&site, "/avancement").await;
    for number in 0..3 {
        site.store.withdraw(&token(number), site.clock.now()).await.expect("a store in memory");
    }
    for number in 3..6 {
        site.store.correct(&token(number), site.clock.now()).await.expect("a store in memory");
        let save = Save {
            token: token(number),
            expected_revision: 1,
            version: edition().questionnaire.version.clone(),
            answers: answers().with("org_statut", Answer::text("scop")),
            contacts: Answers::new(),
            last_screen: None,
            at: site.clock.now(),
        };
        site.store.send_correction(&save).await.expect("a store in memory");
    }
    site.clock.pass(1);
    assert_eq!(counts(&site, "/avancement").await, before);
    // A server that never counted before has the same totals, of the same day.
    let other = beside(&site);
    other.clock.pass(1);
    assert_eq!(counts(&other, "/avancement").await[..2], before[..2]);
}

#[tokio::test]
async fn a_hundred_readers_at_once_have_the_records_read_once_a_day() {
    let site = site().await;
    begin(&site, 0..20).await;
    site.clock.pass(1);
    for day in 1..=2 {
        let pages =
            join_all((0..50).flat_map(|_| [site.get("/avancement"), site.get("/en/avancement")])).await;
        assert!(pages.iter().all(|page| page.status == StatusCode::OK));
        assert_eq!(site.store.scans.load(Ordering::SeqCst), day);
        site.clock.pass(1);
    }
}

#[tokio::test]
async fn programs_are_told_what_the_page_says() {
    let site = site().await;
    begin(&site, 0..61).await;
    send(&site, 0..43, &answers()).await;
    site.clock.pass(1);
    let reply = site.get("/api/v1/progress").await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
    let json: serde_json::Value = serde_json::from_str(&reply.body).expect("JSON");
    assert_eq!(json["sent"], serde_json::json!({ "about": 45 }));
    assert_eq!(json["started"], serde_json::json!({ "about": 60 }));
    assert_eq!(json["until"], "2026-11-21T23:00:00Z");
    let parts: Vec<&serde_json::Value> = json["by"]
        .as_array()
        .expect("breakdowns")
        .iter()
        .flat_map(|by| by["categories"].as_array().expect("categories"))
        .collect();
    let (few, some): (Vec<_>, Vec<_>) =
        parts.into_iter().partition(|part| part["sent"] == serde_json::json!({ "fewer_than": 15 }));
    let some = some.iter().map(|part| {
        (part["label"].as_str().expect("a label").to_owned(), format!("environ {}", part["sent"]["about"]))
    });
    assert_eq!(some.collect::<Vec<_>>(), counts(&site, "/avancement").await[2..]);
    assert!(few.iter().any(|part| part["code"] == "mutuelle"), "{few:?}");
}

#[tokio::test]
async fn a_store_that_is_away_leaves_the_board_of_the_day_before() {
    let site = site().await;
    site.store.is_away.store(true, Ordering::SeqCst);
    assert_eq!(site.get("/avancement").await.status, StatusCode::SERVICE_UNAVAILABLE);
    site.store.is_away.store(false, Ordering::SeqCst);
    begin(&site, 0..43).await;
    site.clock.pass(1);
    assert_eq!(count(&site, STARTED).await, "environ 45");
    begin(&site, 43..90).await;
    site.clock.pass(1);
    site.store.is_torn.store(true, Ordering::SeqCst);
    assert_eq!(count(&site, STARTED).await, "environ 45");
    site.store.is_torn.store(false, Ordering::SeqCst);
    assert_eq!(count(&site, STARTED).await, "environ 90");
}

#[tokio::test]
async fn a_collection_that_is_over_shows_what_was_sent_and_no_draft() {
    let site = site().await;
    begin(&site, 0..61).await;
    send(&site, 0..43, &answers()).await;
    site.store.close_edition(EDITION, site.clock.now()).await.expect("a store in memory");
    site.clock.pass(1);
    assert_eq!(count(&site, SENT).await, "environ 45");
    let page = site.get("/avancement").await;
    assert!(page.shows("La collecte est terminée") && !page.shows(STARTED), "{}", page.body);
    assert!(!site.get("/api/v1/progress").await.shows("started"));
    assert!(site.get("/").await.shows("href=\"/avancement\""));
}
