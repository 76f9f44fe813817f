//! The server: reached, refused, shared; and the schema.

use std::net::TcpListener;
use std::path::Path;

use chrono::{DateTime, Utc};
use futures::future::join_all;
use questionnaire::{Answer, Answers};
use store::conformance::Fixture;
use store::{NewDraft, RecordState, ResponseStore, Save, StoreError, Submission, TokenHash};
use store_postgres::PostgresStore;

use crate::fixture::{PostgresFixture, database_url};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).expect("an instant of 2026")
}

fn draft(number: u32) -> NewDraft {
    let token = TokenHash(format!("{number:064x}"));
    NewDraft { edition: "2026".to_owned(), token, version: "v1".to_owned(), at: now() }
}

/// `store-sqlite` compares its own with the same list.
#[tokio::test]
async fn the_migrations_make_the_columns_that_are_listed() {
    let fixture = PostgresFixture::new().await;
    let found: Vec<String> = sqlx::query_scalar(
        "SELECT table_name || '.' || column_name
         FROM information_schema.columns
         WHERE table_schema = current_schema() AND table_name <> '_sqlx_migrations'
         ORDER BY 1",
    )
    .fetch_all(&mut fixture.connect().await)
    .await
    .expect("the schema can be read");
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/columns.txt");
    let listed = std::fs::read_to_string(list).expect("columns.txt exists");
    assert_eq!(found, listed.lines().collect::<Vec<_>>());
    fixture.dispose().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn four_servers_that_start_at_once_migrate_once_and_share_the_work() {
    let fixture = PostgresFixture::new().await;
    let mut connection = fixture.connect().await;
    sqlx::raw_sql("DROP TABLE codes, invitations, earlier_answers, correction_contacts, corrections, contacts, responses, definitions, editions, _sqlx_migrations")
        .execute(&mut connection)
        .await
        .expect("drop");
    let url = fixture.url();
    let stores = join_all((0..4).map(async |_| PostgresStore::connect(&url).await)).await;
    let stores: Vec<_> = stores.into_iter().map(|store| store.expect("connect")).collect();
    stores[0].open_edition("2026", false, now()).await.expect("open");
    let started =
        join_all((0..100).map(async |number: u32| stores[number as usize % 4].start(&draft(number)).await));
    for result in started.await {
        result.expect("start");
    }
    for store in stores {
        assert_eq!(store.counts("2026").await.expect("count").drafts, 100);
        store.close().await;
    }
    fixture.dispose().await;
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let fixture = PostgresFixture::new().await;
    sqlx::query("INSERT INTO _sqlx_migrations VALUES (9999, 'newer', now(), TRUE, '\\x00', 1)")
        .execute(&mut fixture.connect().await)
        .await
        .expect("insert");
    let error =
        PostgresStore::connect(&fixture.url()).await.expect_err("version 9999 is unknown").to_string();
    assert!(error.contains("9999"), "{error}");
    fixture.dispose().await;
}

#[tokio::test]
async fn the_url_is_in_no_error_and_not_in_debug() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let nobody_there = taken.local_addr().expect("an address").port();
    drop(taken);
    let (_, server) =
        database_url().rsplit_once('@').map(|(who, at)| (who.to_owned(), at.to_owned())).expect("a URL");
    let urls = [
        format!("postgres://astrid:h7unterzwei@127.0.0.1:{nobody_there}/answers"),
        format!("postgres://astrid:h7unterzwei@{server}"),
        "postgres://astrid:h7unterzwei@127.0.0.1:notaport/answers".to_owned(),
        "postgres://astrid@127.0.0.1/answers?sslmode=h7unterzwei".to_owned(),
        "postgres://127.0.0.1/answers?password=h7unterzwei&port=h7unterzwei".to_owned(),
        "h7unterzwei".to_owned(),
    ];
    for url in urls {
        let error = PostgresStore::connect(&url).await.expect_err(&url);
        assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
        for said in [error.to_string(), format!("{error:?}")] {
            assert!(!said.contains("h7unterzwei") && !said.contains("://astrid"), "{said}");
        }
    }
    let fixture = PostgresFixture::new().await;
    let store = PostgresStore::connect(&fixture.url()).await.expect("connect");
    assert_eq!(format!("{store:?}"), "PostgresStore { .. }");
    store.close().await;
    fixture.dispose().await;
}

#[tokio::test]
async fn a_schema_dropped_meanwhile_makes_the_store_unavailable() {
    let fixture = PostgresFixture::new().await;
    fixture.store().open_edition("2026", false, now()).await.expect("open");
    let mut connection = fixture.connect().await;
    sqlx::raw_sql("DROP TABLE contacts, responses CASCADE").execute(&mut connection).await.expect("drop");
    let error = fixture.store().start(&draft(1)).await.expect_err("no table");
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    fixture.dispose().await;
}

#[tokio::test]
async fn connections_cut_by_the_server_are_replaced() {
    let fixture = PostgresFixture::new().await;
    let store = fixture.store();
    store.open_edition("2026", false, now()).await.expect("open");
    let cut = "SELECT pg_terminate_backend(pid)
               FROM pg_stat_activity
               WHERE pid <> pg_backend_pid() AND application_name = $1";
    let url = format!("{}&application_name=to_be_cut", fixture.url());
    let other = PostgresStore::connect(&url).await.expect("connect");
    other.start(&draft(1)).await.expect("start");
    sqlx::query(cut).bind("to_be_cut").execute(&mut fixture.connect().await).await.expect("cut");
    // The pool notices by itself, and what was acknowledged before is there.
    assert!(other.find(&draft(1).token).await.expect("read").is_some());
    other.start(&draft(2)).await.expect("start");
    other.close().await;
    fixture.dispose().await;
}

/// What a server answers whose disk is full, to whatever has to be written down.
const DISK_FULL: &str = "
    CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
    CREATE TRIGGER disk_full BEFORE INSERT OR UPDATE ON responses FOR EACH ROW EXECUTE FUNCTION disk_full()";

#[tokio::test]
async fn on_a_full_disk_nothing_is_acknowledged_and_once_there_is_room_the_store_goes_on() {
    let fixture = PostgresFixture::new().await;
    let store = fixture.store();
    store.open_edition("2026", false, now()).await.expect("open");
    store.start(&draft(1)).await.expect("start");
    let save = Save {
        token: draft(1).token,
        expected_revision: 0,
        version: "v1".to_owned(),
        answers: Answers::new().with("q01", Answer::text("typed on a full disk")),
        contacts: Answers::new(),
        last_screen: None,
        at: now(),
    };
    let submission = Submission {
        token: save.token.clone(),
        expected_revision: 0,
        version: save.version.clone(),
        answers: save.answers.clone(),
        contacts: Answers::new(),
        receipt: store::receipt_from([1; 16]),
        at: now(),
    };
    sqlx::raw_sql(DISK_FULL).execute(&mut fixture.connect().await).await.expect("a disk that is full");
    for refused in [
        store.start(&draft(2)).await.expect_err("no room"),
        store.save(&save).await.expect_err("no room"),
        store.submit(&submission).await.expect_err("no room"),
    ] {
        assert!(
            matches!(&refused, StoreError::Unavailable(why) if why.contains("No space left")),
            "{refused}"
        );
    }
    // What is kept is read as before, and nothing of what was refused is there.
    let record = store.find(&save.token).await.expect("read").expect("started");
    assert_eq!((record.state, record.revision, record.answers.len()), (RecordState::Draft, 0, 0));
    assert!(store.find(&draft(2).token).await.expect("read").is_none());

    let room = sqlx::raw_sql("DROP TRIGGER disk_full ON responses");
    room.execute(&mut fixture.connect().await).await.expect("room");
    assert_eq!(store.submit(&submission).await.expect("submitted"), submission.receipt);
    fixture.dispose().await;
}
