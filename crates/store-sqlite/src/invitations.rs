//! Invitations and short codes.

use chrono::{DateTime, Utc};
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use store::{
    CodeHash, EditionState, Invitation, MOST_CODES, RecordState, SealedCode, StoreError, TokenHash, row,
};

use crate::reads::written;
use crate::unavailable;
use crate::writes::standing;

pub(crate) async fn invite(
    connection: &mut SqliteConnection,
    edition: &str,
    invitations: &[Invitation],
    at: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let found = sqlx::query_scalar!("SELECT state FROM editions WHERE edition = $1", edition)
        .fetch_optional(&mut *connection)
        .await
        .map_err(|error| unavailable(&error))?;
    let state = found.map(|state| row::edition_state(edition, &state)).transpose()?;
    if state != Some(EditionState::Open) {
        return Err(StoreError::EditionClosed { edition: edition.to_owned() });
    }
    let invited_at = written(at);
    let mut new = 0;
    for invitation in invitations {
        let made = sqlx::query!(
            "INSERT INTO invitations (token, edition, invited_at)
             VALUES ($1, $2, $3)
             ON CONFLICT (token) DO NOTHING",
            invitation.token.0,
            edition,
            invited_at
        )
        .execute(&mut *connection)
        .await
        .map_err(|error| unavailable(&error))?;
        new += made.rows_affected();
        sqlx::query!(
            "INSERT INTO codes (code, token, sealed, is_invitation, given_at)
             VALUES ($1, $2, $3, TRUE, $4)
             ON CONFLICT (code) DO NOTHING",
            invitation.code.code.0,
            invitation.token.0,
            invitation.code.sealed,
            invited_at
        )
        .execute(&mut *connection)
        .await
        .map_err(|error| unavailable(&error))?;
    }
    Ok(new)
}

pub(crate) async fn invited(readers: &SqlitePool, token: &TokenHash) -> Result<Option<String>, StoreError> {
    sqlx::query_scalar!("SELECT edition FROM invitations WHERE token = $1", token.0)
        .fetch_optional(readers)
        .await
        .map_err(|error| unavailable(&error))
}

pub(crate) async fn give_code(
    connection: &mut SqliteConnection,
    token: &TokenHash,
    code: &SealedCode,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    match standing(connection, token).await {
        Ok(standing) if matches!(standing.state, RecordState::Draft | RecordState::Submitted) => {}
        Ok(_) => return Err(StoreError::Gone),
        Err(StoreError::Unknown) => {
            sqlx::query_scalar!("SELECT edition FROM invitations WHERE token = $1", token.0)
                .fetch_optional(&mut *connection)
                .await
                .map_err(|error| unavailable(&error))?
                .ok_or(StoreError::Unknown)?;
        }
        Err(error) => return Err(error),
    }
    let given_at = written(at);
    let kept = MOST_CODES - 1;
    sqlx::query!(
        "DELETE FROM codes
         WHERE token = $1
           AND NOT is_invitation
           AND code NOT IN (
               SELECT code
               FROM codes
               WHERE token = $1 AND NOT is_invitation
               ORDER BY given_at DESC, code
               LIMIT $2)",
        token.0,
        kept
    )
    .execute(&mut *connection)
    .await
    .map_err(|error| unavailable(&error))?;
    sqlx::query!(
        "INSERT INTO codes (code, token, sealed, is_invitation, given_at)
         VALUES ($1, $2, $3, FALSE, $4)",
        code.code.0,
        token.0,
        code.sealed,
        given_at
    )
    .execute(connection)
    .await
    .map_err(|error| unavailable(&error))?;
    Ok(())
}

pub(crate) async fn code(readers: &SqlitePool, code: &CodeHash) -> Result<Option<SealedCode>, StoreError> {
    let found = sqlx::query_scalar!("SELECT sealed FROM codes WHERE code = $1", code.0)
        .fetch_optional(readers)
        .await
        .map_err(|error| unavailable(&error))?;
    Ok(found.map(|sealed| SealedCode { code: code.clone(), sealed }))
}

/// Deletes the codes that lead to a response.
pub(crate) async fn forget_codes(
    connection: &mut SqliteConnection,
    token: &TokenHash,
) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM codes WHERE token = $1", token.0)
        .execute(connection)
        .await
        .map_err(|error| unavailable(&error))?;
    Ok(())
}
