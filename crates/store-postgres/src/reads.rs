//! The questions, and the way from a row to a record.

use chrono::{DateTime, Utc};
use futures::StreamExt;
use futures::stream::BoxStream;
use questionnaire::Answers;
use sqlx::postgres::PgPool;
use sqlx::types::Uuid;
use store::{Counts, EditionRecord, Record, RecordState, StoreError, TokenHash, row};

use crate::unavailable;

pub(crate) async fn edition(pool: &PgPool, edition: &str) -> Result<Option<EditionRecord>, StoreError> {
    let found = sqlx::query!(
        "SELECT edition,
                state,
                is_simulated,
                opened_at,
                closed_at,
                grace_until,
                version
         FROM editions
         WHERE edition = $1",
        edition
    )
    .fetch_optional(pool)
    .await
    .map_err(|error| unavailable(&error))?;
    let Some(found) = found else { return Ok(None) };
    Ok(Some(EditionRecord {
        state: row::edition_state(edition, &found.state)?,
        is_simulated: found.is_simulated,
        opened_at: found.opened_at,
        closed_at: found.closed_at,
        grace_until: found.grace_until,
        version: found.version,
        edition: found.edition,
    }))
}

/// The rows of these records, in any order.
pub(crate) async fn rows(pool: &PgPool, tokens: &[TokenHash]) -> Result<Vec<RecordRow>, StoreError> {
    let tokens: Vec<String> = tokens.iter().map(|token| token.0.clone()).collect();
    sqlx::query_as!(
        RecordRow,
        r#"SELECT responses.token AS "token!",
                  responses.edition AS "edition!",
                  responses.state AS "state!",
                  responses.version AS "version!",
                  responses.answers AS "answers!",
                  contacts.answers AS "contacts?",
                  responses.last_screen,
                  responses.revision AS "revision!",
                  responses.receipt,
                  responses.started_at AS "started_at!",
                  responses.updated_at AS "updated_at!",
                  responses.submitted_at
           FROM responses
           LEFT JOIN contacts ON contacts.token = responses.token
           WHERE responses.token = ANY($1)"#,
        &tokens[..]
    )
    .fetch_all(pool)
    .await
    .map_err(|error| unavailable(&error))
}

pub(crate) fn records<'a>(pool: &'a PgPool, edition: &'a str) -> BoxStream<'a, Result<Record, StoreError>> {
    sqlx::query_as!(
        RecordRow,
        r#"SELECT responses.token,
                  responses.edition,
                  responses.state,
                  responses.version,
                  responses.answers,
                  contacts.answers AS "contacts?",
                  responses.last_screen,
                  responses.revision,
                  responses.receipt,
                  responses.started_at,
                  responses.updated_at,
                  responses.submitted_at
           FROM responses
           LEFT JOIN contacts ON contacts.token = responses.token
           WHERE responses.edition = $1
           ORDER BY responses.started_at, responses.token"#,
        edition
    )
    .fetch(pool)
    .map(|found| found.map_err(|error| unavailable(&error)).and_then(Record::try_from))
    .boxed()
}

pub(crate) async fn counts(pool: &PgPool, edition: &str) -> Result<Counts, StoreError> {
    let found = sqlx::query!(
        r#"SELECT responses.state,
                  count(*) AS "records!",
                  count(*) FILTER (WHERE responses.submitted_at > editions.closed_at) AS "in_grace!"
           FROM responses
           JOIN editions ON editions.edition = responses.edition
           WHERE responses.edition = $1
           GROUP BY responses.state"#,
        edition
    )
    .fetch_all(pool)
    .await
    .map_err(|error| unavailable(&error))?;
    let mut counts = Counts::default();
    for found in found {
        let count = match row::state(edition, &found.state)? {
            RecordState::Draft => &mut counts.drafts,
            RecordState::Submitted => {
                counts.in_grace = found.in_grace.unsigned_abs();
                &mut counts.submitted
            }
            RecordState::Refused => &mut counts.refused,
            RecordState::Withdrawn => &mut counts.withdrawn,
        };
        *count = found.records.unsigned_abs();
    }
    Ok(counts)
}

/// A row of `responses` with its contacts.
#[derive(Clone)]
pub(crate) struct RecordRow {
    pub(crate) token: String,
    pub(crate) edition: String,
    pub(crate) state: String,
    pub(crate) version: String,
    pub(crate) answers: String,
    pub(crate) contacts: Option<String>,
    pub(crate) last_screen: Option<String>,
    pub(crate) revision: i64,
    pub(crate) receipt: Option<Uuid>,
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) submitted_at: Option<DateTime<Utc>>,
}

impl TryFrom<RecordRow> for Record {
    type Error = StoreError;

    fn try_from(found: RecordRow) -> Result<Self, StoreError> {
        let key = &found.token;
        let contacts = match &found.contacts {
            Some(contacts) => row::answers("contacts", key, contacts.as_bytes())?,
            None => Answers::new(),
        };
        Ok(Self {
            state: row::state(key, &found.state)?,
            answers: row::answers("responses", key, found.answers.as_bytes())?,
            contacts,
            started_at: found.started_at,
            updated_at: found.updated_at,
            submitted_at: found.submitted_at,
            edition: found.edition,
            version: found.version,
            last_screen: found.last_screen,
            revision: found.revision,
            receipt: found.receipt.map(|receipt| receipt.to_string()),
            token: TokenHash(found.token),
        })
    }
}
