//! What the store is measured against: a body inserted as it came, many in one transaction, and nothing else.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};
use store::StoreError;
use tokio::sync::{mpsc, oneshot};

use crate::unavailable;

/// A body, and who waits for it to be durable.
type Job = (String, oneshot::Sender<bool>);

/// A table of bodies, as durable as the store.
#[derive(Debug, Clone)]
pub struct Yardstick {
    jobs: mpsc::Sender<Job>,
}

impl Yardstick {
    /// Opens a file of its own.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let mut connection = options.connect().await.map_err(|error| unavailable(&error))?;
        sqlx::query("CREATE TABLE IF NOT EXISTS bodies (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT")
            .execute(&mut connection)
            .await
            .map_err(|error| unavailable(&error))?;
        let (jobs, mut queue) = mpsc::channel::<Job>(1024);
        tokio::spawn(async move {
            let mut batch = Vec::new();
            while queue.recv_many(&mut batch, 256).await > 0 {
                let is_done = commit(&mut connection, &batch).await.is_ok();
                for (_, waiting) in batch.drain(..) {
                    let _ = waiting.send(is_done);
                }
            }
        });
        Ok(Self { jobs })
    }

    /// Inserts a body; whether it is durable.
    pub async fn insert(&self, body: String) -> bool {
        let (reply, answer) = oneshot::channel();
        self.jobs.send((body, reply)).await.is_ok() && answer.await == Ok(true)
    }
}

async fn commit(connection: &mut SqliteConnection, batch: &[Job]) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    for (body, _) in batch {
        sqlx::query("INSERT INTO bodies (body) VALUES ($1)").bind(body).execute(&mut *transaction).await?;
    }
    transaction.commit().await
}
