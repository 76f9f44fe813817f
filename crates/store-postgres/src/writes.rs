//! The changes, each on a connection that is in a transaction.

use chrono::{DateTime, Utc};
use questionnaire::Answers;
use sqlx::postgres::{PgConnection, PgPool};
use store::{
    EditionState, Erasure, NewDraft, RecordState, Standing, StoreError, TokenHash, Withdrawn, check_version,
    row, whole_seconds,
};

use crate::{corrections, invitations, unavailable};

pub(crate) async fn open_edition(
    pool: &PgPool,
    edition: &str,
    is_simulated: bool,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let opened_at = whole_seconds(at);
    sqlx::query!(
        "INSERT INTO editions (edition, state, is_simulated, opened_at)
         VALUES ($1, 'open', $2, $3)
         ON CONFLICT (edition) DO NOTHING",
        edition,
        is_simulated,
        opened_at
    )
    .execute(pool)
    .await
    .map_err(|error| unavailable(&error))?;
    Ok(())
}

pub(crate) async fn close_edition(
    pool: &PgPool,
    edition: &str,
    at: DateTime<Utc>,
    grace_until: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    let (closed_at, grace_until) = (whole_seconds(at), grace_until.map(whole_seconds));
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
    .execute(pool)
    .await
    .map_err(|error| unavailable(&error))?;
    if closed.rows_affected() == 0 {
        return Err(StoreError::EditionClosed { edition: edition.to_owned() });
    }
    Ok(())
}

pub(crate) async fn start(connection: &mut PgConnection, draft: &NewDraft) -> Result<(), StoreError> {
    let found = shared(connection, &draft.edition).await?;
    if found.state == EditionState::Closed {
        return Err(StoreError::EditionClosed { edition: draft.edition.clone() });
    }
    check_version(&draft.edition, found.version.as_deref(), &draft.version)?;
    let started_at = whole_seconds(draft.at);
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
    connection: &mut PgConnection,
    token: &TokenHash,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    match standing(connection, token).await?.refuse()? {
        Erasure::To(state) => erase(connection, token, state, at).await,
        Erasure::Nothing => Ok(()),
    }
}

pub(crate) async fn withdraw(
    connection: &mut PgConnection,
    token: &TokenHash,
    at: DateTime<Utc>,
) -> Result<Withdrawn, StoreError> {
    let erasure = standing(connection, token).await?.withdraw();
    if let Erasure::To(state) = erasure {
        erase(connection, token, state, at).await?;
    }
    Ok(erasure.into())
}

/// Where the record stands, and it stays there until the end of the transaction: its edition can be neither closed nor
/// given another definition meanwhile, and its row is locked. The edition comes first in every change, so that no two
/// of them wait for each other.
pub(crate) async fn standing(
    connection: &mut PgConnection,
    token: &TokenHash,
) -> Result<Standing, StoreError> {
    let edition = sqlx::query_scalar!("SELECT edition FROM responses WHERE token = $1", token.0)
        .fetch_optional(&mut *connection)
        .await
        .map_err(|error| unavailable(&error))?
        .ok_or(StoreError::Unknown)?;
    let mut shared_edition = shared(connection, &edition).await?;
    let found = sqlx::query!(
        "SELECT edition,
                state,
                revision,
                receipt
         FROM responses
         WHERE token = $1
         FOR UPDATE",
        token.0
    )
    .fetch_optional(&mut *connection)
    .await
    .map_err(|error| unavailable(&error))?
    .ok_or(StoreError::Unknown)?;
    // The edition was started again while we waited for it: the response is in an archive, which never changes again.
    if found.edition != edition {
        shared_edition = shared(connection, &found.edition).await?;
    }
    Ok(Standing {
        edition_state: shared_edition.state,
        edition_version: shared_edition.version,
        edition: found.edition,
        state: row::state(&token.0, &found.state)?,
        revision: found.revision,
        receipt: found.receipt.map(|receipt| receipt.to_string()),
    })
}

/// An edition that stays as it is until the end of the transaction.
struct SharedEdition {
    state: EditionState,
    version: Option<String>,
}

/// Shares the row of an edition with other changes to its responses; one that is unknown takes no answers.
async fn shared(connection: &mut PgConnection, edition: &str) -> Result<SharedEdition, StoreError> {
    let found = sqlx::query!("SELECT state, version FROM editions WHERE edition = $1 FOR SHARE", edition)
        .fetch_optional(connection)
        .await
        .map_err(|error| unavailable(&error))?;
    Ok(match found {
        Some(found) => {
            SharedEdition { state: row::edition_state(edition, &found.state)?, version: found.version }
        }
        None => SharedEdition { state: EditionState::Closed, version: None },
    })
}

/// Replaces the contacts; none, no row.
pub(crate) async fn keep_contacts(
    connection: &mut PgConnection,
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

async fn erase_contacts(connection: &mut PgConnection, token: &TokenHash) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM contacts WHERE token = $1", token.0)
        .execute(connection)
        .await
        .map_err(|error| unavailable(&error))?;
    Ok(())
}

/// Leaves of a record only what is counted.
async fn erase(
    connection: &mut PgConnection,
    token: &TokenHash,
    state: RecordState,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (state, updated_at) = (state.code(), whole_seconds(at));
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
