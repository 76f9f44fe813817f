//! The one task that writes.
//!
//! It takes all the work that waits, does each piece in a savepoint of one transaction, commits, and only then answers:
//! forty screens saved in the same instant cost one flush of the disk, not forty. What a piece of work refuses (a stale
//! revision, a closed edition) undoes that piece alone. When the database itself fails, nothing of the batch was
//! written and every caller is told so.

use async_trait::async_trait;
use futures::future::BoxFuture;
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;
use store::StoreError;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::database::Database;
use crate::unavailable;

/// Pieces of work that one transaction takes at most: it bounds the wait of the first.
const BATCH: usize = 256;

/// Pieces of work that may wait before callers do.
const QUEUE: usize = 1024;

/// The way to the writing task. The task ends after the last piece of work once this is dropped.
#[derive(Debug)]
pub(crate) struct Writer {
    jobs: mpsc::Sender<Box<dyn Job>>,
    task: JoinHandle<()>,
}

/// A piece of work: done in a savepoint, undone when it returns an error.
pub(crate) type Work<T> =
    Box<dyn for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, StoreError>> + Send>;

/// Makes a piece of work of a closure.
pub(crate) fn work<T>(
    work: impl for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, StoreError>> + Send + 'static,
) -> Work<T> {
    Box::new(work)
}

impl Writer {
    /// Starts the writing task.
    pub(crate) fn start(database: Database) -> Self {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let task = tokio::spawn(serve(queue, database));
        Self { jobs, task }
    }

    /// Has this work done. When it returns `Ok`, the work is on the disk. The work is done even if the caller does not
    /// wait for its end.
    pub(crate) async fn run<T: Send + 'static>(&self, work: Work<T>) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let job = Task { work: Some(work), result: None, reply };
        self.jobs.send(Box::new(job)).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }

    /// Waits for the end of the work accepted so far.
    pub(crate) async fn stop(self) {
        drop(self.jobs);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the task that writes responses had stopped");
        }
    }
}

fn stopped() -> StoreError {
    StoreError::Unavailable("the task that writes responses has stopped".to_owned())
}

/// A piece of work with its caller, whatever type the caller waits for.
#[async_trait]
trait Job: Send {
    /// Does the work and holds the result back. An error says why the work is to be undone.
    async fn perform(&mut self, connection: &mut SqliteConnection) -> Result<(), String>;

    /// Tells the caller the result, now that it is durable; or this failure, if there was one.
    fn answer(self: Box<Self>, failure: Option<&str>);
}

struct Task<T> {
    work: Option<Work<T>>,
    result: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

#[async_trait]
impl<T: Send> Job for Task<T> {
    async fn perform(&mut self, connection: &mut SqliteConnection) -> Result<(), String> {
        let Some(work) = self.work.take() else { return Ok(()) };
        let result = work(connection).await;
        let outcome = result.as_ref().map(drop).map_err(cause);
        self.result = Some(result);
        outcome
    }

    fn answer(self: Box<Self>, failure: Option<&str>) {
        let result = match (failure, self.result) {
            (None, Some(result)) => result,
            (failure, _) => {
                Err(StoreError::Unavailable(failure.unwrap_or("the work was not done").to_owned()))
            }
        };
        // A caller that went away does not need the answer.
        let _ = self.reply.send(result);
    }
}

async fn serve(mut queue: mpsc::Receiver<Box<dyn Job>>, database: Database) {
    let mut connection = None;
    let mut batch = Vec::new();
    while queue.recv_many(&mut batch, BATCH).await > 0 {
        let failure = commit(&mut connection, &database, &mut batch).await.err().map(|error| cause(&error));
        if failure.is_some() {
            // Its transaction may be half open: the next batch takes a fresh one.
            connection = None;
        }
        for job in batch.drain(..) {
            job.answer(failure.as_deref());
        }
    }
    if let Some(connection) = connection
        && let Err(error) = connection.close().await
    {
        tracing::warn!(%error, "the database of responses was not closed well");
    }
}

/// Does a batch in one transaction. On error nothing of it is in the database.
async fn commit(
    connection: &mut Option<SqliteConnection>,
    database: &Database,
    batch: &mut [Box<dyn Job>],
) -> Result<(), StoreError> {
    let connection = match connection {
        Some(connection) => connection,
        None => connection.insert(database.writer().await.map_err(|error| unavailable(&error))?),
    };
    let mut transaction =
        connection.begin_with("BEGIN IMMEDIATE").await.map_err(|error| unavailable(&error))?;
    for job in batch {
        let mut savepoint = transaction.begin().await.map_err(|error| unavailable(&error))?;
        match job.perform(&mut savepoint).await {
            Ok(()) => savepoint.commit().await.map_err(|error| unavailable(&error))?,
            // SQLite undoes the whole transaction by itself when the disk is full or fails. The savepoint is then
            // unknown, and the batch fails for the same cause: no earlier piece is acknowledged.
            Err(cause) => savepoint.rollback().await.map_err(|_| StoreError::Unavailable(cause))?,
        }
    }
    transaction.commit().await.map_err(|error| unavailable(&error))?;
    database.check_still_there()
}

/// What the message of `Unavailable` says after its first words.
fn cause(error: &StoreError) -> String {
    match error {
        StoreError::Unavailable(cause) => cause.clone(),
        error => error.to_string(),
    }
}
