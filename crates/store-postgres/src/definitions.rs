//! Definitions: published, listed.

use sqlx::postgres::{PgConnection, PgPool};
use store::{DefinitionRecord, Publish, Publishing, StoreError, row, whole_seconds};

use crate::unavailable;

pub(crate) async fn publish(connection: &mut PgConnection, publish: &Publish) -> Result<(), StoreError> {
    if !publishing(connection, &publish.edition).await?.publish(publish)? {
        return Ok(());
    }
    if let Some(archive) = &publish.archive {
        set_apart(connection, publish, archive).await?;
    }
    let published_at = whole_seconds(publish.at);
    sqlx::query!(
        "INSERT INTO definitions (edition, sequence, version, files, lists, published_at)
         SELECT $1::TEXT, coalesce(max(sequence), 0) + 1, $2::TEXT, $3::TEXT, $4::TEXT, $5::TIMESTAMPTZ
         FROM definitions
         WHERE edition = $1",
        publish.edition,
        publish.version,
        publish.files,
        publish.lists,
        published_at
    )
    .execute(&mut *connection)
    .await
    .map_err(|error| unavailable(&error))?;
    sqlx::query!("UPDATE editions SET version = $2 WHERE edition = $1", publish.edition, publish.version)
        .execute(connection)
        .await
        .map_err(|error| unavailable(&error))?;
    Ok(())
}

/// Where the edition stands, and it stays there until the end of the transaction: every change to a response shares the
/// row that is locked here.
async fn publishing(connection: &mut PgConnection, edition: &str) -> Result<Publishing, StoreError> {
    let found = sqlx::query!("SELECT state, version FROM editions WHERE edition = $1 FOR UPDATE", edition)
        .fetch_optional(&mut *connection)
        .await
        .map_err(|error| unavailable(&error))?;
    let tide = sqlx::query_scalar!(
        r#"SELECT count(*) + coalesce(sum(revision), 0)::BIGINT AS "tide!" FROM responses WHERE edition = $1"#,
        edition
    )
    .fetch_one(connection)
    .await
    .map_err(|error| unavailable(&error))?;
    Ok(match found {
        Some(found) => Publishing {
            state: Some(row::edition_state(edition, &found.state)?),
            version: found.version,
            tide,
        },
        None => Publishing { state: None, version: None, tide },
    })
}

/// Moves all that the edition holds to a closed one, and opens it anew.
async fn set_apart(
    connection: &mut PgConnection,
    publish: &Publish,
    archive: &str,
) -> Result<(), StoreError> {
    let at = whole_seconds(publish.at);
    sqlx::query!(
        "INSERT INTO editions (edition, state, is_simulated, opened_at, closed_at, version)
         SELECT $2::TEXT, 'closed', is_simulated, opened_at, $3::TIMESTAMPTZ, version
         FROM editions
         WHERE edition = $1",
        publish.edition,
        archive,
        at
    )
    .execute(&mut *connection)
    .await
    .map_err(|error| unavailable(&error))?;
    sqlx::query!("UPDATE definitions SET edition = $2 WHERE edition = $1", publish.edition, archive)
        .execute(&mut *connection)
        .await
        .map_err(|error| unavailable(&error))?;
    sqlx::query!("UPDATE responses SET edition = $2 WHERE edition = $1", publish.edition, archive)
        .execute(&mut *connection)
        .await
        .map_err(|error| unavailable(&error))?;
    sqlx::query!("UPDATE editions SET opened_at = $2 WHERE edition = $1", publish.edition, at)
        .execute(connection)
        .await
        .map_err(|error| unavailable(&error))?;
    Ok(())
}

pub(crate) async fn definitions(pool: &PgPool, edition: &str) -> Result<Vec<DefinitionRecord>, StoreError> {
    let found = sqlx::query!(
        "SELECT edition,
                sequence,
                version,
                files,
                lists,
                published_at
         FROM definitions
         WHERE edition = $1
         ORDER BY sequence",
        edition
    )
    .fetch_all(pool)
    .await
    .map_err(|error| unavailable(&error))?;
    Ok(found
        .into_iter()
        .map(|found| DefinitionRecord {
            published_at: found.published_at,
            edition: found.edition,
            sequence: found.sequence,
            version: found.version,
            files: found.files,
            lists: found.lists,
        })
        .collect())
}

pub(crate) async fn tide(pool: &PgPool, edition: &str) -> Result<i64, StoreError> {
    sqlx::query_scalar!(
        r#"SELECT count(*) + coalesce(sum(revision), 0)::BIGINT AS "tide!" FROM responses WHERE edition = $1"#,
        edition
    )
    .fetch_one(pool)
    .await
    .map_err(|error| unavailable(&error))
}
