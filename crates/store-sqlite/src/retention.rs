//! What is erased once an edition is over. An archive is erased with its edition.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use store::{Kept, RetentionStore, StoreError, check_over, row};

use crate::reads::instant;
use crate::{SqliteStore, unavailable, writer};

#[async_trait]
impl RetentionStore for SqliteStore {
    async fn kept(&self, edition: &str) -> Result<Kept, StoreError> {
        kept(&self.readers, edition).await
    }

    async fn erase_drafts(&self, edition: &str, at: DateTime<Utc>) -> Result<Kept, StoreError> {
        let edition = edition.to_owned();
        let work = writer::work(move |connection| {
            Box::pin(async move { erase_drafts(connection, &edition, at).await })
        });
        let erased = self.writer.run(work).await?;
        self.database.empty_log().await;
        Ok(erased)
    }

    async fn erase_contacts(&self, edition: &str, at: DateTime<Utc>) -> Result<Kept, StoreError> {
        let edition = edition.to_owned();
        let work = writer::work(move |connection| {
            Box::pin(async move { erase_contacts(connection, &edition, at).await })
        });
        let erased = self.writer.run(work).await?;
        self.database.empty_log().await;
        Ok(erased)
    }
}

async fn kept(readers: &SqlitePool, edition: &str) -> Result<Kept, StoreError> {
    let found = sqlx::query!(
        r#"SELECT count(*) FILTER (WHERE responses.state = 'draft') AS "drafts!: i64",
                  count(corrections.token) AS "corrections!: i64",
                  count(contacts.token) FILTER (WHERE responses.state = 'submitted') AS "contacts!: i64"
           FROM responses
           LEFT JOIN corrections ON corrections.token = responses.token
           LEFT JOIN contacts ON contacts.token = responses.token
           WHERE responses.edition = $1
              OR substr(responses.edition, 1, length($1) + 7) = $1 || '-avant-'"#,
        edition
    )
    .fetch_one(readers)
    .await
    .map_err(|error| unavailable(&error))?;
    Ok(Kept {
        drafts: found.drafts.unsigned_abs(),
        corrections: found.corrections.unsigned_abs(),
        contacts: found.contacts.unsigned_abs(),
    })
}

/// Refuses an edition that takes drafts. The transaction holds the write lock already, so that it stays over.
async fn check(
    connection: &mut SqliteConnection,
    edition: &str,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let found = sqlx::query!("SELECT state, grace_until FROM editions WHERE edition = $1", edition)
        .fetch_optional(connection)
        .await
        .map_err(|error| unavailable(&error))?;
    let state = found.as_ref().map(|found| row::edition_state(edition, &found.state)).transpose()?;
    let grace = found.and_then(|found| found.grace_until);
    let grace = grace.map(|text| instant("editions", "grace_until", edition, &text)).transpose()?;
    check_over(edition, state, grace, at)
}

async fn erase_drafts(
    connection: &mut SqliteConnection,
    edition: &str,
    at: DateTime<Utc>,
) -> Result<Kept, StoreError> {
    check(connection, edition, at).await?;
    sqlx::query!(
        "DELETE FROM correction_contacts
         WHERE token IN (SELECT token
                         FROM responses
                         WHERE edition = $1 OR substr(edition, 1, length($1) + 7) = $1 || '-avant-')",
        edition
    )
    .execute(&mut *connection)
    .await
    .map_err(|error| unavailable(&error))?;
    let corrections = sqlx::query!(
        "DELETE FROM corrections
         WHERE token IN (SELECT token
                         FROM responses
                         WHERE edition = $1 OR substr(edition, 1, length($1) + 7) = $1 || '-avant-')",
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
                           AND (edition = $1 OR substr(edition, 1, length($1) + 7) = $1 || '-avant-'))",
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
                           AND (edition = $1 OR substr(edition, 1, length($1) + 7) = $1 || '-avant-'))",
        edition
    )
    .execute(&mut *connection)
    .await
    .map_err(|error| unavailable(&error))?;
    let drafts = sqlx::query!(
        "DELETE FROM responses
         WHERE state = 'draft'
           AND (edition = $1 OR substr(edition, 1, length($1) + 7) = $1 || '-avant-')",
        edition
    )
    .execute(connection)
    .await
    .map_err(|error| unavailable(&error))?;
    Ok(Kept { drafts: drafts.rows_affected(), corrections: corrections.rows_affected(), contacts: 0 })
}

async fn erase_contacts(
    connection: &mut SqliteConnection,
    edition: &str,
    at: DateTime<Utc>,
) -> Result<Kept, StoreError> {
    check(connection, edition, at).await?;
    let contacts = sqlx::query!(
        "DELETE FROM contacts
         WHERE token IN (SELECT token
                         FROM responses
                         WHERE state = 'submitted'
                           AND (edition = $1 OR substr(edition, 1, length($1) + 7) = $1 || '-avant-'))",
        edition
    )
    .execute(connection)
    .await
    .map_err(|error| unavailable(&error))?;
    Ok(Kept { contacts: contacts.rows_affected(), ..Kept::default() })
}
