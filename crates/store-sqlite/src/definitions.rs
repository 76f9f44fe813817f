//! Definitions: published, listed.

use sqlx::sqlite::{SqliteConnection, SqlitePool};
use store::{DefinitionRecord, Publish, Publishing, StoreError, row};

use crate::reads::{instant, written};
use crate::unavailable;

pub(crate) async fn publish(connection: &mut SqliteConnection, publish: &Publish) -> Result<(), StoreError> {
    if !publishing(connection, &publish.edition).await?.publish(publish)? {
        return Ok(());
    }
    if let Some(archive) = &publish.archive {
        set_apart(connection, publish, archive).await?;
    }
    let published_at = written(publish.at);
    sqlx::query!(
        "INSERT INTO definitions (edition, sequence, version, files, lists, published_at)
         SELECT $1, coalesce(max(sequence), 0) + 1, $2, $3, $4, $5
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

/// Where the edition stands. The transaction holds the write lock already, so that it stays there.
async fn publishing(connection: &mut SqliteConnection, edition: &str) -> Result<Publishing, StoreError> {
    let found = sqlx::query!("SELECT state, version FROM editions WHERE edition = $1", edition)
        .fetch_optional(&mut *connection)
        .await
        .map_err(|error| unavailable(&error))?;
    let tide = sqlx::query_scalar!(
        r#"SELECT count(*) + coalesce(sum(revision), 0) AS "tide!: i64" FROM responses WHERE edition = $1"#,
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
    connection: &mut SqliteConnection,
    publish: &Publish,
    archive: &str,
) -> Result<(), StoreError> {
    let at = written(publish.at);
    sqlx::query!(
        "INSERT INTO editions (edition, state, is_simulated, opened_at, closed_at, version)
         SELECT $2, 'closed', is_simulated, opened_at, $3, version
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

pub(crate) async fn definitions(
    readers: &SqlitePool,
    edition: &str,
) -> Result<Vec<DefinitionRecord>, StoreError> {
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
    .fetch_all(readers)
    .await
    .map_err(|error| unavailable(&error))?;
    found
        .into_iter()
        .map(|found| {
            let key = format!("{edition} {}", found.sequence);
            Ok(DefinitionRecord {
                published_at: instant("definitions", "published_at", &key, &found.published_at)?,
                edition: found.edition,
                sequence: found.sequence,
                version: found.version,
                files: found.files,
                lists: found.lists,
            })
        })
        .collect()
}

pub(crate) async fn tide(readers: &SqlitePool, edition: &str) -> Result<i64, StoreError> {
    sqlx::query_scalar!(
        r#"SELECT count(*) + coalesce(sum(revision), 0) AS "tide!: i64" FROM responses WHERE edition = $1"#,
        edition
    )
    .fetch_one(readers)
    .await
    .map_err(|error| unavailable(&error))
}
