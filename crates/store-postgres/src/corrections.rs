//! Corrections: opened, saved, sent, given up, and what was sent before.

use chrono::{DateTime, Utc};
use questionnaire::Answers;
use sqlx::postgres::{PgConnection, PgPool};
use store::{EarlierAnswers, Record, Save, StoreError, TokenHash, row, whole_seconds};

use crate::reads::RecordRow;
use crate::unavailable;
use crate::writes::{keep_contacts, standing};

pub(crate) async fn correct(
    connection: &mut PgConnection,
    token: &TokenHash,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    standing(connection, token).await?.correct()?;
    if open_at(connection, token).await?.is_some() {
        return Ok(());
    }
    let opened_at = whole_seconds(at);
    sqlx::query!(
        "INSERT INTO corrections (token, version, answers, last_screen, revision, updated_at)
         SELECT token, version, answers, last_screen, revision, $2::TIMESTAMPTZ
         FROM responses
         WHERE token = $1",
        token.0,
        opened_at
    )
    .execute(&mut *connection)
    .await
    .map_err(|error| unavailable(&error))?;
    sqlx::query!(
        "INSERT INTO correction_contacts (token, answers)
         SELECT token, answers
         FROM contacts
         WHERE token = $1",
        token.0
    )
    .execute(connection)
    .await
    .map_err(|error| unavailable(&error))?;
    Ok(())
}

pub(crate) async fn correction(pool: &PgPool, token: &TokenHash) -> Result<Option<Record>, StoreError> {
    sqlx::query_as!(
        RecordRow,
        r#"SELECT responses.token,
                  responses.edition,
                  responses.state,
                  corrections.version,
                  corrections.answers,
                  correction_contacts.answers AS "contacts?",
                  corrections.last_screen,
                  corrections.revision,
                  responses.receipt,
                  responses.started_at,
                  corrections.updated_at,
                  responses.submitted_at
           FROM corrections
           JOIN responses ON responses.token = corrections.token
           LEFT JOIN correction_contacts ON correction_contacts.token = corrections.token
           WHERE corrections.token = $1"#,
        token.0
    )
    .fetch_optional(pool)
    .await
    .map_err(|error| unavailable(&error))?
    .map(Record::try_from)
    .transpose()
}

pub(crate) async fn save(connection: &mut PgConnection, save: &Save) -> Result<i64, StoreError> {
    check(connection, save).await?;
    let (answers, updated_at) = (save.answers.to_json(), whole_seconds(save.at));
    let revision = sqlx::query_scalar!(
        "UPDATE corrections
         SET version = $2,
             answers = $3,
             last_screen = $4,
             revision = revision + 1,
             updated_at = $5
         WHERE token = $1
         RETURNING revision",
        save.token.0,
        save.version,
        answers,
        save.last_screen,
        updated_at
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(|error| unavailable(&error))?;
    keep_correction_contacts(connection, &save.token, &save.contacts).await?;
    Ok(revision)
}

pub(crate) async fn send(connection: &mut PgConnection, save: &Save) -> Result<i64, StoreError> {
    check(connection, save).await?;
    let number = sqlx::query_scalar!(
        "INSERT INTO earlier_answers (token, number, version, answers, submitted_at)
         SELECT token,
                1 + (SELECT count(*) FROM earlier_answers WHERE token = $1),
                version,
                answers,
                submitted_at
         FROM responses
         WHERE token = $1
         RETURNING number",
        save.token.0
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(|error| unavailable(&error))?;
    let (answers, sent_at, revision) =
        (save.answers.to_json(), whole_seconds(save.at), save.expected_revision + 1);
    sqlx::query!(
        "UPDATE responses
         SET version = $2,
             answers = $3,
             last_screen = $4,
             revision = $5,
             updated_at = $6,
             submitted_at = $6
         WHERE token = $1",
        save.token.0,
        save.version,
        answers,
        save.last_screen,
        revision,
        sent_at
    )
    .execute(&mut *connection)
    .await
    .map_err(|error| unavailable(&error))?;
    keep_contacts(connection, &save.token, &save.contacts).await?;
    forget_correction(connection, &save.token).await?;
    Ok(number + 1)
}

pub(crate) async fn drop_correction(
    connection: &mut PgConnection,
    token: &TokenHash,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    standing(connection, token).await?;
    let Some(revision) = open_at(connection, token).await? else { return Ok(()) };
    // The next correction must not meet a page of this one at a revision that it knows.
    let (revision, updated_at) = (revision + 1, whole_seconds(at));
    sqlx::query!(
        "UPDATE responses SET revision = $2, updated_at = $3 WHERE token = $1",
        token.0,
        revision,
        updated_at
    )
    .execute(&mut *connection)
    .await
    .map_err(|error| unavailable(&error))?;
    forget_correction(connection, token).await
}

pub(crate) async fn earlier_answers(
    pool: &PgPool,
    token: &TokenHash,
) -> Result<Vec<EarlierAnswers>, StoreError> {
    let found = sqlx::query!(
        "SELECT number,
                version,
                answers,
                submitted_at
         FROM earlier_answers
         WHERE token = $1
         ORDER BY number",
        token.0
    )
    .fetch_all(pool)
    .await
    .map_err(|error| unavailable(&error))?;
    found
        .into_iter()
        .map(|found| {
            Ok(EarlierAnswers {
                number: found.number,
                answers: row::answers("earlier_answers", &token.0, found.answers.as_bytes())?,
                submitted_at: found.submitted_at,
                version: found.version,
            })
        })
        .collect()
}

/// Deletes the correction and all that the response said before.
pub(crate) async fn erase(connection: &mut PgConnection, token: &TokenHash) -> Result<(), StoreError> {
    forget_correction(connection, token).await?;
    sqlx::query!("DELETE FROM earlier_answers WHERE token = $1", token.0)
        .execute(connection)
        .await
        .map_err(|error| unavailable(&error))?;
    Ok(())
}

/// Refuses answers that may not be saved to the correction.
async fn check(connection: &mut PgConnection, save: &Save) -> Result<(), StoreError> {
    let standing = standing(connection, &save.token).await?;
    let open = open_at(connection, &save.token).await?;
    standing.save_correction(open, save.expected_revision, &save.version)
}

/// The revision of the correction that is open.
async fn open_at(connection: &mut PgConnection, token: &TokenHash) -> Result<Option<i64>, StoreError> {
    sqlx::query_scalar!("SELECT revision FROM corrections WHERE token = $1", token.0)
        .fetch_optional(connection)
        .await
        .map_err(|error| unavailable(&error))
}

async fn forget_correction(connection: &mut PgConnection, token: &TokenHash) -> Result<(), StoreError> {
    erase_correction_contacts(connection, token).await?;
    sqlx::query!("DELETE FROM corrections WHERE token = $1", token.0)
        .execute(connection)
        .await
        .map_err(|error| unavailable(&error))?;
    Ok(())
}

/// Replaces the contacts of a correction; none, no row.
async fn keep_correction_contacts(
    connection: &mut PgConnection,
    token: &TokenHash,
    contacts: &Answers,
) -> Result<(), StoreError> {
    if contacts.is_empty() {
        return erase_correction_contacts(connection, token).await;
    }
    let answers = contacts.to_json();
    sqlx::query!(
        "INSERT INTO correction_contacts (token, answers)
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

async fn erase_correction_contacts(
    connection: &mut PgConnection,
    token: &TokenHash,
) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM correction_contacts WHERE token = $1", token.0)
        .execute(connection)
        .await
        .map_err(|error| unavailable(&error))?;
    Ok(())
}
