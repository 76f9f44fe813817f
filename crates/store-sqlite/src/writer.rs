//! The one task that writes.
//!
//! It takes all the work that waits, does each piece in a savepoint of one transaction, commits, and only then answers:
//! forty screens saved in the same instant cost one flush of the disk, not forty. What a piece of work refuses (a stale
//! revision, a closed edition) undoes that piece alone. When the database itself fails, nothing of the batch was
//! written and every caller is told so. Saves and submissions that follow each other are decided together (`changes`);
//! should the database refuse one of them, each is done again by itself.

use async_trait::async_trait;
use futures::future::BoxFuture;
use sqlx::sqlite::{Sqlite, SqliteConnection};
use sqlx::{Connection, Transaction};
use store::{Change, Done, StoreError};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::database::Database;
use crate::{changes, unavailable};

/// Pieces of work that one transaction takes at most: it bounds the wait of the first.
const BATCH: usize = 256;

/// Pieces of work that may wait before callers do.
const QUEUE: usize = 1024;

/// The way to the writing task. The task ends after the last piece of work once this is dropped.
#[derive(Debug)]
pub(crate) struct Writer {
    jobs: mpsc::Sender<Piece>,
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
        self.jobs.send(Piece::Other(Box::new(job))).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }

    /// The same for a save or a submission.
    pub(crate) async fn change(&self, change: Change) -> Result<Done, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Piece::Change(change, reply)).await.map_err(|_| stopped())?;
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

/// What waits.
enum Piece {
    /// A save or a submission.
    Change(Change, oneshot::Sender<Result<Done, StoreError>>),
    /// Anything else.
    Other(Box<dyn Job>),
}

/// What was done, held back until it is durable.
enum Finished {
    /// Saves and submissions.
    Change(oneshot::Sender<Result<Done, StoreError>>, Result<Done, StoreError>),
    /// Anything else.
    Other(Box<dyn Job>),
}

impl Finished {
    /// Tells the caller the result, or this failure, if there was one.
    fn answer(self, failure: Option<&str>) {
        match self {
            Self::Other(job) => job.answer(failure),
            Self::Change(reply, result) => {
                let failed = failure.map(|failure| Err(StoreError::Unavailable(failure.to_owned())));
                // A caller that went away does not need the answer.
                let _ = reply.send(failed.unwrap_or(result));
            }
        }
    }
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
            (failure, _) => failure
                .map_or_else(|| Err(undone()), |failure| Err(StoreError::Unavailable(failure.to_owned()))),
        };
        // A caller that went away does not need the answer.
        let _ = self.reply.send(result);
    }
}

async fn serve(mut queue: mpsc::Receiver<Piece>, database: Database) {
    let mut connection = None;
    let mut batch = Vec::new();
    while queue.recv_many(&mut batch, BATCH).await > 0 {
        let mut finished = Vec::with_capacity(batch.len());
        let failure = commit(&mut connection, &database, batch.drain(..), &mut finished).await.err();
        let failure = failure.map(|error| cause(&error));
        if failure.is_some() {
            // Its transaction may be half open: the next batch takes a fresh one.
            connection = None;
        }
        for piece in finished {
            piece.answer(failure.as_deref());
        }
    }
    if let Some(connection) = connection
        && let Err(error) = connection.close().await
    {
        tracing::warn!(%error, "the database of responses was not closed well");
    }
}

/// Does a batch in one transaction; all of it is in `finished` afterwards. On error nothing of it is in the database.
async fn commit(
    connection: &mut Option<SqliteConnection>,
    database: &Database,
    batch: impl Iterator<Item = Piece>,
    finished: &mut Vec<Finished>,
) -> Result<(), StoreError> {
    let mut waiting = batch.peekable();
    let done = async {
        let connection = match connection {
            Some(connection) => connection,
            None => connection.insert(database.writer().await.map_err(|error| unavailable(&error))?),
        };
        let mut transaction =
            connection.begin_with("BEGIN IMMEDIATE").await.map_err(|error| unavailable(&error))?;
        while let Some(piece) = waiting.next() {
            match piece {
                Piece::Other(mut job) => {
                    let mut savepoint = transaction.begin().await.map_err(|error| unavailable(&error))?;
                    let performed = job.perform(&mut savepoint).await;
                    finished.push(Finished::Other(job));
                    end(savepoint, performed.err()).await?;
                }
                Piece::Change(change, reply) => {
                    let (mut changes, mut replies) = (vec![change], vec![reply]);
                    while let Some(Piece::Change(change, reply)) =
                        waiting.next_if(|piece| matches!(piece, Piece::Change(..)))
                    {
                        changes.push(change);
                        replies.push(reply);
                    }
                    let results = together_or_each(&mut transaction, &changes).await;
                    let failed = results.as_ref().err().cloned();
                    let results =
                        results.unwrap_or_default().into_iter().map(Some).chain(std::iter::repeat(None));
                    for (reply, result) in replies.into_iter().zip(results) {
                        finished.push(Finished::Change(reply, result.unwrap_or_else(|| Err(undone()))));
                    }
                    failed.map_or(Ok(()), Err)?;
                }
            }
        }
        transaction.commit().await.map_err(|error| unavailable(&error))?;
        database.check_still_there()
    }
    .await;
    // What was not begun is told of the failure too.
    finished.extend(waiting.map(|piece| match piece {
        Piece::Other(job) => Finished::Other(job),
        Piece::Change(_, reply) => Finished::Change(reply, Err(undone())),
    }));
    done
}

/// Does saves and submissions together, or one by one when the database refuses one of them: a receipt that another
/// response has, answers that a check does not take.
async fn together_or_each(
    transaction: &mut SqliteConnection,
    given: &[Change],
) -> Result<Vec<Result<Done, StoreError>>, StoreError> {
    let mut savepoint = transaction.begin().await.map_err(|error| unavailable(&error))?;
    match changes::together(&mut savepoint, given).await {
        Ok(results) => {
            end(savepoint, None).await?;
            return Ok(results);
        }
        Err(error) => end(savepoint, Some(cause(&error))).await?,
    }
    let mut results = Vec::with_capacity(given.len());
    for change in given {
        let mut savepoint = transaction.begin().await.map_err(|error| unavailable(&error))?;
        let result = changes::together(&mut savepoint, std::slice::from_ref(change)).await;
        end(savepoint, result.as_ref().err().map(cause)).await?;
        results.push(result.and_then(|mut results| results.pop().unwrap_or_else(|| Err(undone()))));
    }
    Ok(results)
}

/// Ends a savepoint: undone when there is a cause.
async fn end(savepoint: Transaction<'_, Sqlite>, cause: Option<String>) -> Result<(), StoreError> {
    match cause {
        None => savepoint.commit().await.map_err(|error| unavailable(&error)),
        // SQLite undoes the whole transaction by itself when the disk is full or fails. The savepoint is then unknown,
        // and the batch fails for the same cause: no earlier piece is acknowledged.
        Some(cause) => savepoint.rollback().await.map_err(|_| StoreError::Unavailable(cause)),
    }
}

fn undone() -> StoreError {
    StoreError::Unavailable("the work was not done".to_owned())
}

/// What the message of `Unavailable` says after its first words.
fn cause(error: &StoreError) -> String {
    match error {
        StoreError::Unavailable(cause) => cause.clone(),
        error => error.to_string(),
    }
}
