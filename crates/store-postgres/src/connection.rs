//! The connections: opened, set up, and the schema brought up to date.

use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection};
use store::StoreError;

use crate::unavailable;

/// The migrations that this version knows.
static MIGRATOR: Migrator = sqlx::migrate!("../../migrations/postgres");

/// Connections of one process. A statement takes about a millisecond, so that eight serve thousands of screens a second,
/// and are opened quickly when everybody comes at once; PostgreSQL allows 100 in all unless told otherwise.
const CONNECTIONS: u32 = 8;

/// How long a request waits for a connection before it is told that the store is unavailable. Those that come together
/// share one, so that only a server that is away makes anybody wait: whoever typed something is told soon.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);

/// Said in place of the reader's own message, which may quote a piece of the URL.
pub(crate) const BAD_URL: &str =
    "the database URL cannot be read (expected `postgres://user:password@host:port/database`)";

/// Connects and migrates. Several servers that start at once wait for each other: the migrator takes a lock.
pub(crate) async fn open(url: &str) -> Result<PgPool, StoreError> {
    let options = PgConnectOptions::from_str(url).map_err(|_| StoreError::Unavailable(BAD_URL.to_owned()))?;
    // Outside of the pool, which would try again and again and then only say that it timed out.
    let mut connection = options.connect().await.map_err(|error| unavailable(&error))?;
    // Not `run`: its future cannot be sent between threads.
    MIGRATOR.run_direct(None, &mut connection, false).await.map_err(|error| {
        StoreError::Unavailable(format!("cannot bring the schema of the database up to date: {error}"))
    })?;
    connection.close().await.map_err(|error| unavailable(&error))?;
    Ok(pool(options))
}

fn pool(options: PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .after_connect(|connection, _| {
            Box::pin(async move {
                // A stricter setting than `on` (`remote_apply`) is the administrator's wish and stays.
                sqlx::query!(
                    "SELECT set_config('synchronous_commit', 'on', false)
                     WHERE current_setting('synchronous_commit') = 'off'"
                )
                .fetch_optional(connection)
                .await?;
                Ok(())
            })
        })
        .connect_lazy_with(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "the environment is how a test run names its server")]
    async fn a_session_without_synchronous_commit_turns_it_on_and_a_stricter_one_stays() {
        let url = std::env::var("DATABASE_URL").expect(
            "DATABASE_URL names the PostgreSQL server of the tests; start one by: eval \"$(tests/postgres start)\"",
        );
        for (given, expected) in
            [("off", "on"), ("on", "on"), ("local", "local"), ("remote_apply", "remote_apply")]
        {
            let options = PgConnectOptions::from_str(&url).expect("a URL");
            let pool = pool(options.options([("synchronous_commit", given)]));
            let found = sqlx::query_scalar::<_, String>("SELECT current_setting('synchronous_commit')");
            assert_eq!(found.fetch_one(&pool).await.expect("the server answers"), expected);
            pool.close().await;
        }
    }
}
