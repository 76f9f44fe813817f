//! What the store is measured against: a body inserted as it came, many in one statement, and nothing else.

use sqlx::postgres::{PgConnection, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection};
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
    /// Makes a table of its own, empty.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        let pool = PgPoolOptions::new()
            .max_connections(2)
            .connect(url)
            .await
            .map_err(|error| unavailable(&error))?;
        sqlx::raw_sql(
            "DROP TABLE IF EXISTS yardstick;
             CREATE TABLE yardstick (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body TEXT NOT NULL)",
        )
        .execute(&pool)
        .await
        .map_err(|error| unavailable(&error))?;
        let (jobs, mut queue) = mpsc::channel::<Job>(1024);
        tokio::spawn(async move {
            let mut batch = Vec::new();
            while queue.recv_many(&mut batch, 256).await > 0 {
                let is_done = insert(&pool, &batch).await.is_ok();
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

/// A schema of its own in the database of this URL: the URL that leads there.
///
/// # Errors
/// `Unavailable` when it cannot be made.
pub async fn scratch(url: &str, schema: &str) -> Result<String, StoreError> {
    on(url, &format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}")).await?;
    let separator = if url.contains('?') { '&' } else { '?' };
    Ok(format!("{url}{separator}options[search_path]={schema}"))
}

/// Drops what [`scratch`] made.
///
/// # Errors
/// `Unavailable` when it cannot be.
pub async fn drop_scratch(url: &str, schema: &str) -> Result<(), StoreError> {
    on(url, &format!("DROP SCHEMA {schema} CASCADE")).await
}

/// Whether a commit waits for the disk.
///
/// # Errors
/// `Unavailable` when the server does not say.
pub async fn is_durable(url: &str) -> Result<bool, StoreError> {
    let failed = |error| unavailable(&error);
    let mut connection = PgConnection::connect(url).await.map_err(failed)?;
    let fsync: String = sqlx::query_scalar("SELECT current_setting('fsync')")
        .fetch_one(&mut connection)
        .await
        .map_err(failed)?;
    Ok(fsync == "on")
}

async fn on(url: &str, statements: &str) -> Result<(), StoreError> {
    let failed = |error| unavailable(&error);
    let mut connection = PgConnection::connect(url).await.map_err(failed)?;
    sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(&mut connection).await.map_err(failed)?;
    Ok(())
}

async fn insert(pool: &PgPool, batch: &[Job]) -> Result<(), sqlx::Error> {
    let bodies: Vec<&str> = batch.iter().map(|(body, _)| body.as_str()).collect();
    sqlx::query("INSERT INTO yardstick (body) SELECT unnest($1::TEXT[])").bind(bodies).execute(pool).await?;
    Ok(())
}
