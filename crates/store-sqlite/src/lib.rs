//! The store's promises on SQLite: one file, embedded, the default.
//!
//! What flows in and out is said by [`store::ResponseStore`]. How it is held here:
//!
//! - **Durable.** Write-ahead log with `synchronous = FULL`: what was acknowledged survives a power cut. One task writes,
//!   and commits together all that waits (`writer`), so that many respondents share one flush of the disk. Those who
//!   read at the same time share a statement (`together`).
//! - **Apart from other processes.** Each write begins by `BEGIN IMMEDIATE`, so that `serve` and `freeze` on the same
//!   file wait for each other instead of failing.
//! - **Erased means erased.** Deleted content is overwritten, and the log emptied after a refusal or a withdrawal.
//! - **Private.** The file is created for its owner only.

mod changes;
mod corrections;
mod database;
mod definitions;
mod invitations;
mod reads;
mod respondents;
mod retention;
mod together;
mod writer;
mod writes;
#[cfg(feature = "yardstick")]
pub mod yardstick;

use std::path::Path;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures::stream::BoxStream;
use sqlx::sqlite::SqlitePool;
use store::{
    Change, Counts, DefinitionRecord, DefinitionStore, Done, EditionRecord, Group, NewDraft, Publish, Record,
    ResponseStore, Save, Sending, StoreError, Submission, TokenHash, Whole, Withdrawn,
};

use crate::database::Database;
use crate::together::{Editions, Found, Records};
use crate::writer::Writer;

/// Responses in a SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    database: Database,
    readers: SqlitePool,
    records: Group<TokenHash, Found>,
    editions: Group<String, Result<Option<EditionRecord>, StoreError>>,
    writer: Writer,
}

impl SqliteStore {
    /// Opens the database of this file, after creating it if it does not exist and applying the migrations that it
    /// lacks.
    ///
    /// # Errors
    /// `Unavailable` when the file cannot be created, is not a database, or was migrated by a newer version.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let database = Database::prepare(path).await?;
        Self::on(database).await
    }

    async fn on(database: Database) -> Result<Self, StoreError> {
        let readers = database.readers().await?;
        let writer = Writer::start(database.clone());
        let records = Group::start(together::MOST, Records(readers.clone()));
        let editions = Group::start(together::MOST, Editions(readers.clone()));
        Ok(Self { database, readers, records, editions, writer })
    }

    /// Finishes what was accepted and closes the file. A store that is dropped instead loses nothing that it had
    /// acknowledged.
    pub async fn close(self) {
        self.writer.stop().await;
        self.readers.close().await;
    }
}

#[async_trait]
impl ResponseStore for SqliteStore {
    async fn open_edition(
        &self,
        edition: &str,
        is_simulated: bool,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let edition = edition.to_owned();
        let work = writer::work(move |connection| {
            Box::pin(async move { writes::open_edition(connection, &edition, is_simulated, at).await })
        });
        self.writer.run(work).await
    }

    async fn edition(&self, edition: &str) -> Result<Option<EditionRecord>, StoreError> {
        self.editions.ask(edition.to_owned()).await?
    }

    async fn close_edition_until(
        &self,
        edition: &str,
        at: DateTime<Utc>,
        grace_until: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        let edition = edition.to_owned();
        let work = writer::work(move |connection| {
            Box::pin(async move { writes::close_edition(connection, &edition, at, grace_until).await })
        });
        self.writer.run(work).await
    }

    async fn start(&self, draft: &NewDraft) -> Result<(), StoreError> {
        let draft = draft.clone();
        let work =
            writer::work(move |connection| Box::pin(async move { writes::start(connection, &draft).await }));
        self.writer.run(work).await
    }

    async fn find(&self, token: &TokenHash) -> Result<Option<Record>, StoreError> {
        self.records.ask(token.clone()).await??.map(Record::try_from).transpose()
    }

    async fn save(&self, save: &Save) -> Result<i64, StoreError> {
        match self.writer.change(Change::from(save)).await? {
            Done::Saved(revision) => Ok(revision),
            Done::Submitted(_) => Err(StoreError::AlreadySubmitted),
        }
    }

    async fn submit(&self, submission: &Submission) -> Result<String, StoreError> {
        match self.writer.change(Change::from(submission)).await? {
            Done::Submitted(receipt) => Ok(receipt),
            Done::Saved(_) => Err(StoreError::Unknown),
        }
    }

    async fn send(&self, sending: &Sending) -> Result<String, StoreError> {
        match self.writer.change(Change::from(sending)).await? {
            Done::Submitted(receipt) => Ok(receipt),
            Done::Saved(_) => Err(StoreError::Unknown),
        }
    }

    async fn submit_whole(&self, whole: &Whole) -> Result<String, StoreError> {
        match self.writer.change(Change::from(whole)).await? {
            Done::Submitted(receipt) => Ok(receipt),
            Done::Saved(_) => Err(StoreError::Unknown),
        }
    }

    async fn refuse(&self, token: &TokenHash, at: DateTime<Utc>) -> Result<(), StoreError> {
        let token = token.clone();
        let work = writer::work(move |connection| {
            Box::pin(async move { writes::refuse(connection, &token, at).await })
        });
        self.writer.run(work).await?;
        self.database.empty_log().await;
        Ok(())
    }

    async fn withdraw(&self, token: &TokenHash, at: DateTime<Utc>) -> Result<Withdrawn, StoreError> {
        let token = token.clone();
        let work = writer::work(move |connection| {
            Box::pin(async move { writes::withdraw(connection, &token, at).await })
        });
        let withdrawn = self.writer.run(work).await?;
        self.database.empty_log().await;
        Ok(withdrawn)
    }

    fn records<'a>(&'a self, edition: &'a str) -> BoxStream<'a, Result<Record, StoreError>> {
        reads::records(&self.readers, edition)
    }

    async fn counts(&self, edition: &str) -> Result<Counts, StoreError> {
        reads::counts(&self.readers, edition).await
    }
}

#[async_trait]
impl DefinitionStore for SqliteStore {
    async fn publish(&self, publish: &Publish) -> Result<(), StoreError> {
        let publish = publish.clone();
        let work = writer::work(move |connection| {
            Box::pin(async move { definitions::publish(connection, &publish).await })
        });
        self.writer.run(work).await
    }

    async fn definitions(&self, edition: &str) -> Result<Vec<DefinitionRecord>, StoreError> {
        definitions::definitions(&self.readers, edition).await
    }

    async fn tide(&self, edition: &str) -> Result<i64, StoreError> {
        definitions::tide(&self.readers, edition).await
    }
}

/// What a caller is told when SQLite refuses. A broken unique constraint is the only refusal that has a name of its own.
fn unavailable(error: &sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Database(error) if error.is_unique_violation() => StoreError::Duplicate,
        error => StoreError::Unavailable(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use questionnaire::{Answer, Answers};
    use store::RecordState;

    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000, 0).expect("an instant of 2026")
    }

    fn draft(number: u32) -> NewDraft {
        let token = TokenHash(format!("{number:064x}"));
        NewDraft { edition: "2026".to_owned(), token, version: "v1".to_owned(), at: now() }
    }

    fn submission(number: u32, text: String) -> Submission {
        Submission {
            token: draft(number).token,
            expected_revision: 0,
            version: "v1".to_owned(),
            answers: Answers::new().with("q01", Answer::Text(text)),
            contacts: Answers::new(),
            receipt: store::receipt_from(u128::from(number).to_be_bytes()),
            at: now(),
        }
    }

    #[tokio::test]
    async fn writers_flush_to_the_disk_and_erase() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let database = Database::prepare(&folder.path().join("responses.db")).await.expect("prepare");
        let mut connection = database.writer().await.expect("connect");
        let expected = [
            ("PRAGMA journal_mode", "wal"),
            ("PRAGMA synchronous", "2"),
            ("PRAGMA foreign_keys", "1"),
            ("PRAGMA busy_timeout", "5000"),
            ("PRAGMA secure_delete", "1"),
        ];
        for (pragma, value) in expected {
            let row = sqlx::query(pragma).fetch_one(&mut connection).await.expect(pragma);
            let found = sqlx::Row::try_get_unchecked::<String, _>(&row, 0).expect(pragma);
            assert_eq!(found, value, "{pragma}");
        }
    }

    #[tokio::test]
    async fn readers_cannot_write() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = SqliteStore::open(&folder.path().join("responses.db")).await.expect("open");
        let error = sqlx::query("DELETE FROM editions").execute(&store.readers).await.expect_err("read only");
        assert!(error.to_string().contains("readonly"), "{error}");
    }

    #[tokio::test]
    async fn on_a_full_disk_nothing_is_acknowledged_that_is_not_kept() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let database = Database::prepare(&folder.path().join("responses.db")).await.expect("prepare");
        // A database that may not grow beyond its sixtieth page behaves as on a full disk.
        let store = SqliteStore::on(database.with_pragma("max_page_count", "60")).await.expect("open");
        store.open_edition("2026", false, now()).await.expect("open the edition");
        for number in 0..20 {
            store.start(&draft(number)).await.expect("start");
        }
        let submitted = futures::future::join_all((0..20).map(async |number| {
            // The third part of them is small and would still fit.
            let text = "x".repeat(if number % 3 == 0 { 10 } else { 30_000 });
            store.submit(&submission(number, text)).await
        }))
        .await;
        let mut kept = 0;
        for (number, result) in (0..20).zip(&submitted) {
            let record = store.find(&draft(number).token).await.expect("read").expect("started");
            match result {
                Ok(_) => assert_eq!(record.state, RecordState::Submitted),
                Err(StoreError::Unavailable(message)) => {
                    assert!(message.contains("full"), "{message}");
                    assert_eq!((record.state, record.answers.len()), (RecordState::Draft, 0));
                }
                Err(error) => panic!("{error}"),
            }
            kept += u64::from(result.is_ok());
        }
        assert!(kept < 20, "the disk was not full");
        assert_eq!(store.counts("2026").await.expect("count").submitted, kept);
        // Once there is room, the store goes on by itself.
        store.withdraw(&draft(0).token, now()).await.expect("erase");
        store.submit(&submission(3, "small".to_owned())).await.expect("submit");
    }

    #[tokio::test]
    async fn a_refused_piece_of_work_does_not_undo_its_neighbours() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = SqliteStore::open(&folder.path().join("responses.db")).await.expect("open");
        store.open_edition("2026", false, now()).await.expect("open the edition");
        // The task does not run before the first await: all of these are one batch.
        let mixed = futures::future::join_all((0..100).map(async |number| {
            let draft = if number % 2 == 0 {
                draft(number)
            } else {
                NewDraft { token: TokenHash("x".into()), ..draft(0) }
            };
            store.start(&draft).await
        }))
        .await;
        for (number, result) in (0..100).zip(mixed) {
            assert_eq!(result.is_ok(), number % 2 == 0, "{result:?}");
        }
        assert_eq!(store.counts("2026").await.expect("count").drafts, 50);
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_any_more_is_done() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("responses.db");
        let store = SqliteStore::open(&path).await.expect("open");
        store.open_edition("2026", false, now()).await.expect("open the edition");
        let draft = draft(1);
        let mut start = store.start(&draft);
        assert!(futures::FutureExt::now_or_never(start.as_mut()).is_none());
        drop(start);
        store.close().await;
        let store = SqliteStore::open(&path).await.expect("open");
        assert_eq!(store.counts("2026").await.expect("count").drafts, 1);
    }
}
