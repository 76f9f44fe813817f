//! The changes, each on a connection that holds the write lock.

use chrono::{DateTime, Utc};
use questionnaire::Answers;
use sqlx::sqlite::SqliteConnection;
use store::{
    EditionState, Erasure, NewDraft, RecordState, Standing, StoreError, TokenHash, Withdrawn, check_version,
    row,
};

use crate::reads::written;
use crate::{corrections, invitations, unavailable};

pub(crate) async fn open_edition(
    connection: &mut SqliteConnection,
    edition: &str,
    is_simulated: bool,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let opened_at = written(at);
    sqlx::query!(
        "INSERT INTO editions (edition, state, is_simulated, opened_at)
         VALUES ($1, 'open', $2, $3)
         ON CONFLICT (edition) DO NOTHING",
        edition,
        is_simulated,
        opened_at
    )
    .execute(connection)
    .await
    .map_err(|error| unavailable(&error))?;
    Ok(())
}

pub(crate) async fn close_edition(
    connection: &mut SqliteConnection,
    edition: &str,
    at: DateTime<Utc>,
    grace_until: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    let (closed_at, grace_until) = (written(at), grace_until.map(written));
    let closed = sqlx::query!(
        "UPDATE editions
         SET state = 'closed',
             closed_at = coalesce(closed_at, $2),
             grace_until = $3
         WHERE edition = $1",
        edition,
        closed_at,
        grace_until
    )
    .execute(connection)
    .await
    .map_err(|error| unavailable(&error))?;
    if closed.rows_affected() == 0 {
        return Err(StoreError::EditionClosed { edition: edition.to_owned() });
    }
    Ok(())
}

pub(crate) async fn start(connection: &mut SqliteConnection, draft: &NewDraft) -> Result<(), StoreError> {
    let found = sqlx::query!("SELECT state, version FROM editions WHERE edition = $1", draft.edition)
        .fetch_optional(&mut *connection)
        .await
        .map_err(|error| unavailable(&error))?;
    let closed = || StoreError::EditionClosed { edition: draft.edition.clone() };
    let found = found.ok_or_else(closed)?;
    if row::edition_state(&draft.edition, &found.state)? == EditionState::Closed {
        return Err(closed());
    }
    check_version(&draft.edition, found.version.as_deref(), &draft.version)?;
    let started_at = written(draft.at);
    sqlx::query!(
        "INSERT INTO responses (token, edition, state, version, answers, revision, started_at, updated_at)
         VALUES ($1, $2, 'draft', $3, '{}', 0, $4, $4)",
        draft.token.0,
        draft.edition,
        draft.version,
        started_at
    )
    .execute(connection)
    .await
    .map_err(|error| unavailable(&error))?;
    Ok(())
}

pub(crate) async fn refuse(
    connection: &mut SqliteConnection,
    token: &TokenHash,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    match standing(connection, token).await?.refuse()? {
        Erasure::To(state) => erase(connection, token, state, at).await,
        Erasure::Nothing => Ok(()),
    }
}

pub(crate) async fn withdraw(
    connection: &mut SqliteConnection,
    token: &TokenHash,
    at: DateTime<Utc>,
) -> Result<Withdrawn, StoreError> {
    let erasure = standing(connection, token).await?.withdraw();
    if let Erasure::To(state) = erasure {
        erase(connection, token, state, at).await?;
    }
    Ok(erasure.into())
}

/// Where the record stands. The transaction holds the write lock already, so that it stays there.
pub(crate) async fn standing(
    connection: &mut SqliteConnection,
    token: &TokenHash,
) -> Result<Standing, StoreError> {
    let found = sqlx::query!(
        "SELECT responses.edition,
                editions.state AS edition_state,
                editions.version AS edition_version,
                responses.state,
                responses.revision,
                responses.receipt
         FROM responses
         JOIN editions ON editions.edition = responses.edition
         WHERE responses.token = $1",
        token.0
    )
    .fetch_optional(connection)
    .await
    .map_err(|error| unavailable(&error))?
    .ok_or(StoreError::Unknown)?;
    Ok(Standing {
        edition_state: row::edition_state(&found.edition, &found.edition_state)?,
        edition_version: found.edition_version,
        edition: found.edition,
        state: row::state(&token.0, &found.state)?,
        revision: found.revision,
        receipt: found.receipt,
    })
}

/// Replaces the contacts; none, no row.
pub(crate) async fn keep_contacts(
    connection: &mut SqliteConnection,
    token: &TokenHash,
    contacts: &Answers,
) -> Result<(), StoreError> {
    if contacts.is_empty() {
        return erase_contacts(connection, token).await;
    }
    let answers = contacts.to_json();
    sqlx::query!(
        "INSERT INTO contacts (token, answers)
         VALUES ($1, $2)
         ON CONFLICT (token) DO UPDATE SET answers = excluded.answers",
        token.0,
        answers
    )
    .execute(connection)
    .await
    .map_err(|error| unavailable(&error))?;
    Ok(())
}

async fn erase_contacts(connection: &mut SqliteConnection, token: &TokenHash) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM contacts WHERE token = $1", token.0)
        .execute(connection)
        .await
        .map_err(|error| unavailable(&error))?;
    Ok(())
}

/// Leaves of a record only what is counted.
async fn erase(
    connection: &mut SqliteConnection,
    token: &TokenHash,
    state: RecordState,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (state, updated_at) = (state.code(), written(at));
    sqlx::query!(
        "UPDATE responses
         SET state = $2,
             answers = '{}',
             last_screen = NULL,
             revision = revision + 1,
             updated_at = $3
         WHERE token = $1",
        token.0,
        state,
        updated_at
    )
    .execute(&mut *connection)
    .await
    .map_err(|error| unavailable(&error))?;
    corrections::erase(connection, token).await?;
    invitations::forget_codes(connection, token).await?;
    erase_contacts(connection, token).await
}
