//! A process killed right after it acknowledged a submission.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use chrono::{DateTime, Utc};
use questionnaire::{Answer, Answers};
use store::{NewDraft, RecordState, ResponseStore, Submission, TokenHash, receipt_from};
use store_sqlite::SqliteStore;

/// Names the database to the process that is to be killed; only the test below sets it.
const DATABASE: &str = "STORE_SQLITE_TEST_DATABASE";

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).expect("an instant of 2026")
}

fn token() -> TokenHash {
    TokenHash("a".repeat(64))
}

fn answers() -> Answers {
    Answers::new().with("q01", Answer::text("kept"))
}

/// The life of the process that is to be killed: submits, says so, and waits for its end. Does nothing as a test of the
/// suite, where no database is named.
#[tokio::test]
async fn submits_and_waits_to_be_killed() {
    let Some(path) = std::env::var_os(DATABASE).map(PathBuf::from) else { return };
    let store = SqliteStore::open(&path).await.expect("open");
    store.open_edition("2026", false, now()).await.expect("open the edition");
    let draft = NewDraft { edition: "2026".to_owned(), token: token(), version: "v1".to_owned(), at: now() };
    store.start(&draft).await.expect("start");
    let submission = Submission {
        token: token(),
        expected_revision: 0,
        version: "v1".to_owned(),
        answers: answers(),
        contacts: Answers::new(),
        receipt: receipt_from([1; 16]),
        at: now(),
    };
    let receipt = store.submit(&submission).await.expect("submit");
    eprintln!("acknowledged {receipt}");
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_response_acknowledged_before_the_process_was_killed_is_kept() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("responses.db");
    let mut child = Command::new(std::env::current_exe().expect("this test is a program"))
        .args(["--exact", "durability::submits_and_waits_to_be_killed", "--nocapture"])
        .env(DATABASE, &path)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("this test can be run again");
    let lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    let acknowledged = lines.map_while(Result::ok).find(|line| line.starts_with("acknowledged "));
    child.kill().expect("kill");
    child.wait().expect("wait");
    assert_eq!(acknowledged, Some(format!("acknowledged {}", receipt_from([1; 16]))));

    let store = SqliteStore::open(&path).await.expect("open after the kill");
    let record = store.find(&token()).await.expect("read").expect("the response is kept");
    assert_eq!((record.state, record.receipt), (RecordState::Submitted, Some(receipt_from([1; 16]))));
    assert_eq!(record.answers, answers());
}
