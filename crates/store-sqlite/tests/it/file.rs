//! The file: created, shared, damaged, deleted, erased from.

use std::os::unix::fs::PermissionsExt;

use chrono::{DateTime, Utc};
use futures::StreamExt;
use futures::future::join_all;
use questionnaire::{Answer, Answers};
use sqlx::Connection;
use store::conformance::Fixture;
use store::{NewDraft, ResponseStore, Save, StoreError, TokenHash, Withdrawn};
use store_sqlite::SqliteStore;

use crate::fixture::SqliteFixture;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).expect("an instant of 2026")
}

fn draft(number: u32) -> NewDraft {
    let token = TokenHash(format!("{number:064x}"));
    NewDraft { edition: "2026".to_owned(), token, version: "v1".to_owned(), at: now() }
}

fn save(number: u32, text: &str) -> Save {
    Save {
        token: draft(number).token,
        expected_revision: 0,
        version: "v1".to_owned(),
        answers: Answers::new().with("q01", Answer::text(text)),
        contacts: Answers::new().with("q62", Answer::text(text)),
        last_screen: None,
        at: now(),
    }
}

async fn with_a_draft() -> SqliteFixture {
    let fixture = SqliteFixture::new().await;
    fixture.store().open_edition("2026", false, now()).await.expect("open");
    fixture.store().start(&draft(1)).await.expect("start");
    fixture
}

#[tokio::test]
async fn a_new_file_is_for_its_owner_only() {
    let fixture = with_a_draft().await;
    for suffix in ["", "-wal", "-shm"] {
        let file = format!("{}{suffix}", fixture.path().display());
        let mode = std::fs::metadata(&file).expect(&file).permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("absent/responses.db");
    let error = SqliteStore::open(&path).await.expect_err("the folder is absent").to_string();
    assert!(error.contains("absent/responses.db") && error.contains("cannot create"), "{error}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("letter.odt");
    let letter = "Madame, Monsieur, ".repeat(100);
    std::fs::write(&path, &letter).expect("write");
    let error = SqliteStore::open(&path).await.expect_err("a letter is no database");
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    assert_eq!(std::fs::read_to_string(&path).expect("read"), letter);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let fixture = SqliteFixture::new().await;
    sqlx::query("INSERT INTO _sqlx_migrations VALUES (9999, 'newer', '2030-01-01', TRUE, x'00', 1)")
        .execute(&mut fixture.connect().await)
        .await
        .expect("insert");
    let error = SqliteStore::open(&fixture.path()).await.expect_err("version 9999 is unknown").to_string();
    assert!(error.contains("9999"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_file_opened_eight_times_at_once_is_migrated_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("responses.db");
    let stores = join_all((0..8).map(async |_| SqliteStore::open(&path).await)).await;
    for (number, store) in (0..).zip(stores) {
        let store = store.expect("open");
        store.open_edition("2026", false, now()).await.expect("open the edition");
        store.start(&draft(number)).await.expect("start");
        store.close().await;
    }
    let store = SqliteStore::open(&path).await.expect("open");
    assert_eq!(store.counts("2026").await.expect("count").drafts, 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_stores_on_one_file_write_by_turns() {
    let fixture = with_a_draft().await;
    let other = SqliteStore::open(&fixture.path()).await.expect("open");
    let stores: [&dyn ResponseStore; 2] = [fixture.store(), &other];
    let started =
        join_all((2..202).map(async |number: u32| stores[number as usize % 2].start(&draft(number)).await));
    for result in started.await {
        result.expect("start");
    }
    assert_eq!(other.counts("2026").await.expect("count").drafts, 201);
}

#[tokio::test]
async fn erased_answers_are_in_no_byte_of_the_files() {
    let fixture = with_a_draft().await;
    // Larger than a page, so that it spills into pages of its own.
    let planted = "Zanzibar ".repeat(2_000);
    fixture.store().save(&save(1, &planted)).await.expect("save");
    let holds = |bytes: &[u8]| bytes.windows(8).any(|window| window == b"Zanzibar");
    assert!(holds(&fixture.bytes()), "the trace can be found before");
    assert_eq!(fixture.store().withdraw(&draft(1).token, now()).await.expect("withdraw"), Withdrawn::Erased);
    assert!(!holds(&fixture.bytes()));
}

#[tokio::test]
async fn nothing_is_acknowledged_once_the_file_is_deleted() {
    let fixture = with_a_draft().await;
    std::fs::remove_file(fixture.path()).expect("delete");
    let error = fixture.store().save(&save(1, "lost")).await.expect_err("the file is gone").to_string();
    assert!(error.contains("responses.db") && error.contains("gone"), "{error}");
}

#[tokio::test]
async fn nothing_is_acknowledged_once_another_file_took_its_place() {
    let fixture = with_a_draft().await;
    let copy = fixture.path().with_extension("copy");
    std::fs::copy(fixture.path(), &copy).expect("copy");
    std::fs::rename(&copy, fixture.path()).expect("replace");
    let error =
        fixture.store().save(&save(1, "lost")).await.expect_err("the file is another one").to_string();
    assert!(error.contains("another file took its place"), "{error}");
}

#[tokio::test]
async fn every_column_that_can_be_spoilt_is_named() {
    let spoilt = [
        ("responses", "state", "'sleeping'", "`sleeping` (expected `draft`"),
        ("responses", "answers", "'{'", "not a JSON object of answers"),
        ("responses", "answers", "CAST(x'7bff7d' AS TEXT)", "not UTF-8 at byte 1"),
        ("responses", "started_at", "'yesterday'", "`yesterday` (expected an instant like"),
        ("responses", "updated_at", "'2026-11-21'", "`2026-11-21` (expected an instant like"),
        (
            "responses",
            "submitted_at",
            "'2026-13-21T08:30:00Z'",
            "`2026-13-21T08:30:00Z` (expected an instant like",
        ),
        ("contacts", "answers", "'[]'", "not a JSON object of answers"),
    ];
    for (table, column, value, expected) in spoilt {
        let fixture = with_a_draft().await;
        fixture.store().save(&save(1, "x")).await.expect("save");
        let update = format!("UPDATE {table} SET {column} = {value}");
        let mut connection = fixture.connect().await;
        sqlx::query(sqlx::AssertSqlSafe(update)).execute(&mut connection).await.expect("spoil");
        connection.close().await.expect("close");
        let found = fixture.store().find(&draft(1).token).await;
        let streamed: Vec<_> = fixture.store().records("2026").collect().await;
        assert_eq!(streamed.len(), 1);
        for error in [found.expect_err(value), streamed.into_iter().next().expect("one").expect_err(value)] {
            let error = error.to_string();
            let place = format!("table `{table}`, column `{column}`, key {}: ", draft(1).token.0);
            assert!(error.starts_with(&place) && error.contains(expected), "{error}");
        }
    }
}

#[tokio::test]
async fn an_edition_in_no_known_state_takes_nothing() {
    let fixture = with_a_draft().await;
    sqlx::query("UPDATE editions SET state = 'ajar'")
        .execute(&mut fixture.connect().await)
        .await
        .expect("spoil");
    for error in [
        fixture.store().edition("2026").await.expect_err("ajar"),
        fixture.store().start(&draft(2)).await.expect_err("ajar"),
        fixture.store().save(&save(1, "x")).await.expect_err("ajar"),
    ] {
        assert_eq!(
            error.to_string(),
            "table `editions`, column `state`, key 2026: `ajar` (expected `open` or `closed`)"
        );
    }
}
