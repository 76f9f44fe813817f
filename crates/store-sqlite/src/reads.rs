//! The questions, and the way from a row to a record.

use chrono::{DateTime, NaiveDateTime, Utc};
use futures::StreamExt;
use futures::stream::BoxStream;
use questionnaire::Answers;
use sqlx::sqlite::SqlitePool;
use store::{Counts, EditionRecord, Record, RecordState, StoreError, TokenHash, row, whole_seconds};

use crate::unavailable;

/// The one form of an instant in the database; its width is fixed, so that text order is time order.
const INSTANT: &str = "%Y-%m-%dT%H:%M:%SZ";

/// An instant as it is written.
pub(crate) fn written(at: DateTime<Utc>) -> String {
    whole_seconds(at).format(INSTANT).to_string()
}

pub(crate) async fn edition(
    readers: &SqlitePool,
    edition: &str,
) -> Result<Option<EditionRecord>, StoreError> {
    let found = sqlx::query!(
        r#"SELECT edition,
                  state,
                  is_simulated AS "is_simulated: bool",
                  opened_at,
                  closed_at,
                  grace_until,
                  version
           FROM editions
           WHERE edition = $1"#,
        edition
    )
    .fetch_optional(readers)
    .await
    .map_err(|error| unavailable(&error))?;
    let Some(found) = found else { return Ok(None) };
    let instant = |column, text: &str| instant("editions", column, edition, text);
    Ok(Some(EditionRecord {
        state: row::edition_state(edition, &found.state)?,
        is_simulated: found.is_simulated,
        opened_at: instant("opened_at", &found.opened_at)?,
        closed_at: found.closed_at.map(|text| instant("closed_at", &text)).transpose()?,
        grace_until: found.grace_until.map(|text| instant("grace_until", &text)).transpose()?,
        version: found.version,
        edition: found.edition,
    }))
}

/// Tokens as a JSON array, for one statement about all of them. What is not of letters and digits is no token that a
/// row could have.
pub(crate) fn tokens_json<'a>(tokens: impl IntoIterator<Item = &'a TokenHash>) -> String {
    let is_plain = |token: &&TokenHash| token.0.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let quoted: Vec<String> =
        tokens.into_iter().filter(is_plain).map(|token| format!("\"{}\"", token.0)).collect();
    format!("[{}]", quoted.join(","))
}

/// The rows of these records, in any order.
pub(crate) async fn rows(readers: &SqlitePool, tokens: &[TokenHash]) -> Result<Vec<RecordRow>, StoreError> {
    let tokens = tokens_json(tokens);
    sqlx::query_as!(
        RecordRow,
        r#"SELECT responses.token,
                  responses.edition,
                  responses.state,
                  responses.version,
                  responses.answers AS "answers: Vec<u8>",
                  contacts.answers AS "contacts?: Vec<u8>",
                  responses.last_screen,
                  responses.revision,
                  responses.receipt,
                  responses.started_at,
                  responses.updated_at,
                  responses.submitted_at
           FROM responses
           LEFT JOIN contacts ON contacts.token = responses.token
           WHERE responses.token IN (SELECT value FROM json_each($1))"#,
        tokens
    )
    .fetch_all(readers)
    .await
    .map_err(|error| unavailable(&error))
}

pub(crate) fn records<'a>(
    readers: &'a SqlitePool,
    edition: &'a str,
) -> BoxStream<'a, Result<Record, StoreError>> {
    sqlx::query_as!(
        RecordRow,
        r#"SELECT responses.token,
                  responses.edition,
                  responses.state,
                  responses.version,
                  responses.answers AS "answers: Vec<u8>",
                  contacts.answers AS "contacts?: Vec<u8>",
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
    .fetch(readers)
    .map(|found| found.map_err(|error| unavailable(&error)).and_then(Record::try_from))
    .boxed()
}

pub(crate) async fn counts(readers: &SqlitePool, edition: &str) -> Result<Counts, StoreError> {
    let found = sqlx::query!(
        r#"SELECT responses.state,
                  count(*) AS "records!: i64",
                  count(*) FILTER (WHERE responses.submitted_at > editions.closed_at) AS "in_grace!: i64"
           FROM responses
           JOIN editions ON editions.edition = responses.edition
           WHERE responses.edition = $1
           GROUP BY responses.state"#,
        edition
    )
    .fetch_all(readers)
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

/// A row of `responses` with its contacts. Answers are bytes here, so that text that is not UTF-8 is found with its key.
#[derive(Clone)]
pub(crate) struct RecordRow {
    pub(crate) token: String,
    pub(crate) edition: String,
    pub(crate) state: String,
    pub(crate) version: String,
    pub(crate) answers: Vec<u8>,
    pub(crate) contacts: Option<Vec<u8>>,
    pub(crate) last_screen: Option<String>,
    pub(crate) revision: i64,
    pub(crate) receipt: Option<String>,
    pub(crate) started_at: String,
    pub(crate) updated_at: String,
    pub(crate) submitted_at: Option<String>,
}

impl TryFrom<RecordRow> for Record {
    type Error = StoreError;

    fn try_from(found: RecordRow) -> Result<Self, StoreError> {
        let key = &found.token;
        let instant = |column, text: &str| instant("responses", column, key, text);
        let contacts = match &found.contacts {
            Some(contacts) => row::answers("contacts", key, contacts)?,
            None => Answers::new(),
        };
        Ok(Self {
            state: row::state(key, &found.state)?,
            answers: row::answers("responses", key, &found.answers)?,
            contacts,
            started_at: instant("started_at", &found.started_at)?,
            updated_at: instant("updated_at", &found.updated_at)?,
            submitted_at: found.submitted_at.map(|text| instant("submitted_at", &text)).transpose()?,
            edition: found.edition,
            version: found.version,
            last_screen: found.last_screen,
            revision: found.revision,
            receipt: found.receipt,
            token: TokenHash(found.token),
        })
    }
}

/// Reads what [`written`] wrote.
pub(crate) fn instant(
    table: &'static str,
    column: &'static str,
    key: &str,
    text: &str,
) -> Result<DateTime<Utc>, StoreError> {
    NaiveDateTime::parse_from_str(text, INSTANT).map(|instant| instant.and_utc()).map_err(|_| {
        let message = format!("`{text}` (expected an instant like 2026-11-21T08:30:00Z)");
        StoreError::Corrupt { table, column, key: key.to_owned(), message }
    })
}
