//! The store's promises on PostgreSQL, for several servers at once.
//!
//! What flows in and out is said by [`store::ResponseStore`]. How it is held here:
//!
//! - **Durable.** A session that finds `synchronous_commit = off` turns it on: what was acknowledged is in the log.
//! - **One after the other.** A change shares the row of its edition, then locks its own, so that a save, a submission,
//!   a closing and the publication of a definition from four servers have one order, and the last two wait for what was
//!   begun before.
//! - **Together.** Saves and submissions that wait at the same time are one transaction of a handful of statements
//!   (`changes`), and one flush of the log; readers share a statement (`together`).
//! - **Discreet.** The URL holds a password: it is in no error and not in `Debug`.

mod changes;
mod connection;
mod corrections;
mod definitions;
mod invitations;
mod reads;
mod respondents;
mod retention;
mod together;
mod writes;
#[cfg(feature = "yardstick")]
pub mod yardstick;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use sqlx::postgres::{PgConnection, PgPool};
use store::{
    Change, Counts, DefinitionRecord, DefinitionStore, Done, EditionRecord, Group, NewDraft, Publish, Record,
    ResponseStore, Save, Sending, StoreError, Submission, TokenHash, Whole, Withdrawn,
};

use crate::changes::Changes;
use crate::together::{Editions, Found, Records};

/// Responses in a PostgreSQL database.
pub struct PostgresStore {
    pool: PgPool,
    records: Group<TokenHash, Found>,
    editions: Group<String, Result<Option<EditionRecord>, StoreError>>,
    changes: Group<Change, Result<Done, StoreError>>,
}

impl PostgresStore {
    /// Connects to the database of this URL (`postgres://user:password@host:port/database`) and applies the migrations
    /// that it lacks.
    ///
    /// # Errors
    /// `Unavailable` when the URL cannot be read, the server does not answer or refuses, or the database was migrated by
    /// a newer version.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        let pool = connection::open(url).await?;
        Ok(Self {
            records: Group::start(together::MOST, Records(pool.clone())),
            editions: Group::start(together::MOST, Editions(pool.clone())),
            changes: Group::start(changes::MOST, Changes(pool.clone())),
            pool,
        })
    }

    /// Closes the connections, after the work under way.
    pub async fn close(self) {
        self.pool.close().await;
    }

    /// One unit of work: committed when it returns `Ok`, undone when it returns `Err`.
    async fn transaction<T: Send>(
        &self,
        work: impl for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        let mut transaction = self.pool.begin().await.map_err(|error| unavailable(&error))?;
        let done = work(&mut transaction).await?;
        transaction.commit().await.map_err(|error| unavailable(&error))?;
        Ok(done)
    }
}

impl std::fmt::Debug for PostgresStore {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}

#[async_trait]
impl ResponseStore for PostgresStore {
    async fn open_edition(
        &self,
        edition: &str,
        is_simulated: bool,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        writes::open_edition(&self.pool, edition, is_simulated, at).await
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
        writes::close_edition(&self.pool, edition, at, grace_until).await
    }

    async fn start(&self, draft: &NewDraft) -> Result<(), StoreError> {
        let draft = draft.clone();
        self.transaction(move |connection| Box::pin(async move { writes::start(connection, &draft).await }))
            .await
    }

    async fn find(&self, token: &TokenHash) -> Result<Option<Record>, StoreError> {
        self.records.ask(token.clone()).await??.map(Record::try_from).transpose()
    }

    async fn save(&self, save: &Save) -> Result<i64, StoreError> {
        match self.changes.ask(Change::from(save)).await?? {
            Done::Saved(revision) => Ok(revision),
            Done::Submitted(_) => Err(StoreError::AlreadySubmitted),
        }
    }

    async fn submit(&self, submission: &Submission) -> Result<String, StoreError> {
        match self.changes.ask(Change::from(submission)).await?? {
            Done::Submitted(receipt) => Ok(receipt),
            Done::Saved(_) => Err(StoreError::Unknown),
        }
    }

    async fn send(&self, sending: &Sending) -> Result<String, StoreError> {
        match self.changes.ask(Change::from(sending)).await?? {
            Done::Submitted(receipt) => Ok(receipt),
            Done::Saved(_) => Err(StoreError::Unknown),
        }
    }

    async fn submit_whole(&self, whole: &Whole) -> Result<String, StoreError> {
        let change = Change::from(whole);
        let done = match self.changes.ask(change.clone()).await? {
            // Another server wrote it between our look and our writing: now it is there to be seen.
            Err(StoreError::Duplicate) => self.changes.ask(change).await??,
            done => done?,
        };
        match done {
            Done::Submitted(receipt) => Ok(receipt),
            Done::Saved(_) => Err(StoreError::Unknown),
        }
    }

    async fn refuse(&self, token: &TokenHash, at: DateTime<Utc>) -> Result<(), StoreError> {
        let token = token.clone();
        self.transaction(move |connection| {
            Box::pin(async move { writes::refuse(connection, &token, at).await })
        })
        .await
    }

    async fn withdraw(&self, token: &TokenHash, at: DateTime<Utc>) -> Result<Withdrawn, StoreError> {
        let token = token.clone();
        self.transaction(move |connection| {
            Box::pin(async move { writes::withdraw(connection, &token, at).await })
        })
        .await
    }

    fn records<'a>(&'a self, edition: &'a str) -> BoxStream<'a, Result<Record, StoreError>> {
        reads::records(&self.pool, edition)
    }

    async fn counts(&self, edition: &str) -> Result<Counts, StoreError> {
        reads::counts(&self.pool, edition).await
    }
}

#[async_trait]
impl DefinitionStore for PostgresStore {
    async fn publish(&self, publish: &Publish) -> Result<(), StoreError> {
        let publish = publish.clone();
        self.transaction(move |connection| {
            Box::pin(async move { definitions::publish(connection, &publish).await })
        })
        .await
    }

    async fn definitions(&self, edition: &str) -> Result<Vec<DefinitionRecord>, StoreError> {
        definitions::definitions(&self.pool, edition).await
    }

    async fn tide(&self, edition: &str) -> Result<i64, StoreError> {
        definitions::tide(&self.pool, edition).await
    }
}

/// What a caller is told when PostgreSQL refuses. A broken unique constraint is the only refusal that has a name of its
/// own. The message of the server is enough: its detail may quote the row.
fn unavailable(error: &sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Database(error) if error.is_unique_violation() => StoreError::Duplicate,
        sqlx::Error::Configuration(_) => StoreError::Unavailable(connection::BAD_URL.to_owned()),
        error => StoreError::Unavailable(error.to_string()),
    }
}
