//! What is erased once an edition is over. An archive is erased with its edition.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::postgres::{PgConnection, PgPool};
use store::{Kept, RetentionStore, StoreError, check_over, row};

use crate::{PostgresStore, unavailable};

#[async_trait]
impl RetentionStore for PostgresStore {
    async fn kept(&self, edition: &str) -> Result<Kept, StoreError> {
        kept(&self.pool, edition).await
    }

    async fn erase_drafts(&self, edition: &str, at: DateTime<Utc>) -> Result<Kept, StoreError> {
        let edition = edition.to_owned();
        self.transaction(move |connection| {
            Box::pin(async move { erase_drafts(connection, &edition, at).await })
        })
        .await
    }

    async fn erase_contacts(&self, edition: &str, at: DateTime<Utc>) -> Result<Kept, StoreError> {
        let edition = edition.to_owned();
        self.transaction(move |connection| {
            Box::pin(async move { erase_contacts(connection, &edition, at).await })
        })
        .await
    }
}

async fn kept(pool: &PgPool, edition: &str) -> Result<Kept, StoreError> {
    let found = sqlx::query!(
        r#"SELECT count(*) FILTER (WHERE responses.state = 'draft') AS "drafts!",
                  count(corrections.token) AS "corrections!",
                  count(contacts.token) FILTER (WHERE responses.state = 'submitted') AS "contacts!"
           FROM responses
           LEFT JOIN corrections ON corrections.token = responses.token
           LEFT JOIN contacts ON contacts.token = responses.token
           WHERE responses.edition = $1
              OR starts_with(responses.edition, $1 || '-avant-')"#,
        edition
    )
    .fetch_one(pool)
    .await
    .map_err(|error| unavailable(&error))?;
    Ok(Kept {
        drafts: found.drafts.unsigned_abs(),
        corrections: found.corrections.unsigned_abs(),
        contacts: found.contacts.unsigned_abs(),
    })
}

/// Refuses an edition that takes drafts. Its row is locked, so that it stays over.
async fn check(connection: &mut PgConnection, edition: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
    let found =
        sqlx::query!("SELECT state, grace_until FROM editions WHERE edition = $1 FOR UPDATE", edition)
            .fetch_optional(connection)
            .await
            .map_err(|error| unavailable(&error))?;
    let state = found.as_ref().map(|found| row::edition_state(edition, &found.state)).transpose()?;
    check_over(edition, state, found.and_then(|found| found.grace_until), at)
}

async fn erase_drafts(
    connection: &mut PgConnection,
    edition: &str,
    at: DateTime<Utc>,
) -> Result<Kept, StoreError> {
    check(connection, edition, at).await?;
    sqlx::query!(
        "DELETE FROM correction_contacts
         WHERE token IN (SELECT token
                         FROM responses
                         WHERE edition = $1 OR starts_with(edition, $1 || '-avant-'))",
        edition
    )
    .execute(&mut *connection)
    .await
    .map_err(|error| unavailable(&error))?;
    let corrections = sqlx::query!(
        "DELETE FROM corrections
         WHERE token IN (SELECT token
                         FROM responses
                         WHERE edition = $1 OR starts_with(edition, $1 || '-avant-'))",
        edition
    )
    .execute(&mut *connection)
    .await
    .map_err(|error| unavailable(&error))?;
    sqlx::query!(
        "DELETE FROM contacts
         WHERE token IN (SELECT token
                         FROM responses
                         WHERE state = 'draft'
                           AND (edition = $1 OR starts_with(edition, $1 || '-avant-')))",
        edition
    )
    .execute(&mut *connection)
    .await
    .map_err(|error| unavailable(&error))?;
    sqlx::query!(
        "DELETE FROM codes
         WHERE token IN (SELECT token
                         FROM responses
                         WHERE state = 'draft'
                           AND (edition = $1 OR starts_with(edition, $1 || '-avant-')))",
        edition
    )
    .execute(&mut *connection)
    .await
    .map_err(|error| unavailable(&error))?;
    let drafts = sqlx::query!(
        "DELETE FROM responses
         WHERE state = 'draft'
           AND (edition = $1 OR starts_with(edition, $1 || '-avant-'))",
        edition
    )
    .execute(connection)
    .await
    .map_err(|error| unavailable(&error))?;
    Ok(Kept { drafts: drafts.rows_affected(), corrections: corrections.rows_affected(), contacts: 0 })
}

async fn erase_contacts(
    connection: &mut PgConnection,
    edition: &str,
    at: DateTime<Utc>,
) -> Result<Kept, StoreError> {
    check(connection, edition, at).await?;
    let contacts = sqlx::query!(
        "DELETE FROM contacts
         WHERE token IN (SELECT token
                         FROM responses
                         WHERE state = 'submitted'
                           AND (edition = $1 OR starts_with(edition, $1 || '-avant-')))",
        edition
    )
    .execute(connection)
    .await
    .map_err(|error| unavailable(&error))?;
    Ok(Kept { contacts: contacts.rows_affected(), ..Kept::default() })
}
