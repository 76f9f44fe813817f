//! Saves and submissions that came together: a handful of statements for all of them.
//!
//! Several servers do this at once on one database. Each takes its locks in the same order, editions and then records
//! by their tokens, so that no two wait for each other.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::postgres::{PgConnection, PgPool};
use sqlx::types::Uuid;
use store::{
    Change, Done, EditionState, Place, Row, Standing, StoreError, Takes, Together, TokenHash, decide, row,
};

use crate::unavailable;

/// Changes that one transaction takes at most.
pub(crate) const MOST: usize = 256;

/// The one task of this process that writes saves and submissions.
pub(crate) struct Changes(pub(crate) PgPool);

#[async_trait]
impl Together<Change, Result<Done, StoreError>> for Changes {
    async fn answer(&mut self, changes: Vec<Change>) -> Vec<Result<Done, StoreError>> {
        match transaction(&self.0, &changes).await {
            Ok(results) => results,
            // One of them may be refused by the database itself, a receipt that another response has for instance: each
            // is done by itself, and the others are kept.
            Err(Failed::Refused(error)) if changes.len() > 1 => {
                let mut results = Vec::with_capacity(changes.len());
                for change in &changes {
                    let alone = transaction(&self.0, std::slice::from_ref(change)).await;
                    let alone = alone.map(|mut results| results.pop().unwrap_or_else(|| Err(error.clone())));
                    results.push(alone.unwrap_or_else(|failed| Err(failed.into())));
                }
                results
            }
            Err(failed) => {
                let error = StoreError::from(failed);
                changes.iter().map(|_| Err(error.clone())).collect()
            }
        }
    }
}

/// Why nothing of a transaction was kept.
enum Failed {
    /// The server refused a statement.
    Refused(StoreError),
    /// It is away.
    Away(StoreError),
}

impl From<sqlx::Error> for Failed {
    fn from(error: sqlx::Error) -> Self {
        let told = unavailable(&error);
        // Class 23: a constraint does not hold. Class 22: a value cannot be.
        let is_about_a_row = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .is_some_and(|code| code.starts_with("23") || code.starts_with("22"));
        if is_about_a_row { Self::Refused(told) } else { Self::Away(told) }
    }
}

impl From<Failed> for StoreError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Refused(error) | Failed::Away(error) => error,
        }
    }
}

/// Does these changes in one transaction.
async fn transaction(pool: &PgPool, changes: &[Change]) -> Result<Vec<Result<Done, StoreError>>, Failed> {
    let mut transaction = pool.begin().await?;
    let editions = editions(&mut transaction, changes).await?;
    let mut places = places(&mut transaction, changes).await?;
    let (results, rows) = decide(changes, &mut places, &editions);
    if !rows.is_empty() {
        insert(&mut transaction, &rows).await?;
        send(&mut transaction, &rows).await?;
        write(&mut transaction, &rows).await?;
        keep_contacts(&mut transaction, &rows).await?;
    }
    transaction.commit().await?;
    Ok(results)
}

/// Where the records stand, and they stay there until the end of the transaction.
async fn places(
    connection: &mut PgConnection,
    changes: &[Change],
) -> Result<BTreeMap<TokenHash, Result<Place, StoreError>>, Failed> {
    let tokens: Vec<String> = changes.iter().map(|change| change.token().0.clone()).collect();
    let editions =
        sqlx::query_scalar!("SELECT DISTINCT edition FROM responses WHERE token = ANY($1)", &tokens[..])
            .fetch_all(&mut *connection)
            .await?;
    let mut shared = shared(connection, &editions).await?;
    let found = sqlx::query!(
        r#"SELECT token,
                  edition,
                  state,
                  revision,
                  receipt,
                  EXISTS (SELECT FROM contacts WHERE contacts.token = responses.token) AS "has_contacts!"
           FROM responses
           WHERE token = ANY($1)
           ORDER BY token
           FOR UPDATE OF responses"#,
        &tokens[..]
    )
    .fetch_all(&mut *connection)
    .await?;
    // An edition was started again while we waited for it: its responses are in an archive, which never changes again.
    let moved: Vec<String> = found
        .iter()
        .map(|found| found.edition.clone())
        .filter(|edition| !shared.contains_key(edition))
        .collect();
    if !moved.is_empty() {
        shared.extend(self::shared(connection, &moved).await?);
    }
    Ok(found
        .into_iter()
        .map(|found| {
            let place = || {
                let edition = shared.get(&found.edition);
                let edition_state = match edition {
                    Some(edition) => row::edition_state(&found.edition, &edition.state)?,
                    None => EditionState::Closed,
                };
                Ok(Place {
                    grace_until: edition.and_then(|edition| edition.grace_until),
                    has_contacts: found.has_contacts,
                    standing: Standing {
                        edition_state,
                        edition_version: edition.and_then(|edition| edition.version.clone()),
                        edition: found.edition.clone(),
                        state: row::state(&found.token, &found.state)?,
                        revision: found.revision,
                        receipt: found.receipt.map(|receipt| receipt.to_string()),
                    },
                })
            };
            let place = place();
            (TokenHash(found.token), place)
        })
        .collect())
}

/// What the editions take in which records begin; they stay as they are until the end of the transaction.
async fn editions(
    connection: &mut PgConnection,
    changes: &[Change],
) -> Result<BTreeMap<String, Result<Takes, StoreError>>, Failed> {
    let codes: BTreeSet<&str> = changes.iter().filter_map(Change::begins_in).collect();
    if codes.is_empty() {
        return Ok(BTreeMap::new());
    }
    let codes: Vec<String> = codes.into_iter().map(str::to_owned).collect();
    let found = shared(connection, &codes).await?.into_iter().map(|(code, found)| {
        let state = row::edition_state(&code, &found.state);
        (code, state.map(|state| Takes { state, version: found.version }))
    });
    Ok(found.collect())
}

/// An edition that stays as it is until the end of the transaction.
struct Shared {
    state: String,
    version: Option<String>,
    grace_until: Option<DateTime<Utc>>,
}

/// Shares the rows of these editions with other changes to their responses.
async fn shared(
    connection: &mut PgConnection,
    editions: &[String],
) -> Result<BTreeMap<String, Shared>, Failed> {
    let found = sqlx::query!(
        "SELECT edition,
                state,
                version,
                grace_until
         FROM editions
         WHERE edition = ANY($1)
         ORDER BY edition
         FOR SHARE",
        editions
    )
    .fetch_all(connection)
    .await?;
    let shared = found.into_iter().map(|found| {
        let shared = Shared { state: found.state, version: found.version, grace_until: found.grace_until };
        (found.edition, shared)
    });
    Ok(shared.collect())
}

/// Writes the rows that are not there yet, in one statement.
async fn insert(connection: &mut PgConnection, rows: &BTreeMap<&TokenHash, Row<'_>>) -> Result<(), Failed> {
    let (mut columns, mut editions) = (Columns::default(), Vec::new());
    for (token, row) in rows {
        if let (Some(edition), Some(content)) = (row.begun_in, row.content) {
            columns.push(token, row);
            columns.answers.push(&content.answers);
            editions.push(edition);
        }
    }
    if columns.tokens.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO responses (token, edition, state, version, answers, last_screen, revision, receipt, started_at,
                                updated_at, submitted_at)
         SELECT given.token,
                given.edition,
                given.state,
                given.version,
                given.answers,
                given.last_screen,
                given.revision,
                given.receipt,
                given.updated_at,
                given.updated_at,
                given.submitted_at
         FROM unnest($1::TEXT[], $2::TEXT[], $3::TEXT[], $4::TEXT[], $5::TEXT[], $6::TEXT[], $7::BIGINT[], $8::UUID[],
                     $9::TIMESTAMPTZ[], $10::TIMESTAMPTZ[])
             AS given (token, edition, state, version, answers, last_screen, revision, receipt, updated_at,
                       submitted_at)",
        &columns.tokens[..] as &[&str],
        &editions[..] as &[&str],
        &columns.states[..] as &[&str],
        &columns.versions[..] as &[&str],
        &columns.answers[..] as &[&str],
        &columns.last_screens[..] as &[Option<&str>],
        &columns.revisions[..],
        &columns.receipts[..] as &[Option<Uuid>],
        &columns.updated_at[..],
        &columns.submitted_at[..] as &[Option<DateTime<Utc>>]
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Makes responses of the drafts whose answers stay as they are, in one statement.
async fn send(connection: &mut PgConnection, rows: &BTreeMap<&TokenHash, Row<'_>>) -> Result<(), Failed> {
    let mut columns = Columns::default();
    for (token, row) in rows.iter().filter(|(_, row)| row.content.is_none()) {
        columns.push(token, row);
    }
    if columns.tokens.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "UPDATE responses
         SET state = given.state,
             version = given.version,
             revision = given.revision,
             receipt = given.receipt,
             updated_at = given.updated_at,
             submitted_at = given.submitted_at
         FROM unnest($1::TEXT[], $2::TEXT[], $3::TEXT[], $4::BIGINT[], $5::UUID[], $6::TIMESTAMPTZ[],
                     $7::TIMESTAMPTZ[])
             AS given (token, state, version, revision, receipt, updated_at, submitted_at)
         WHERE responses.token = given.token",
        &columns.tokens[..] as &[&str],
        &columns.states[..] as &[&str],
        &columns.versions[..] as &[&str],
        &columns.revisions[..],
        &columns.receipts[..] as &[Option<Uuid>],
        &columns.updated_at[..],
        &columns.submitted_at[..] as &[Option<DateTime<Utc>>]
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes the rows that have new answers, in one statement.
async fn write(connection: &mut PgConnection, rows: &BTreeMap<&TokenHash, Row<'_>>) -> Result<(), Failed> {
    let mut columns = Columns::default();
    for (token, row) in rows {
        if let (None, Some(content)) = (row.begun_in, row.content) {
            columns.push(token, row);
            columns.answers.push(&content.answers);
        }
    }
    if columns.tokens.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "UPDATE responses
         SET state = given.state,
             version = given.version,
             answers = given.answers,
             last_screen = CASE WHEN given.has_last_screen THEN given.last_screen ELSE responses.last_screen END,
             revision = given.revision,
             receipt = given.receipt,
             updated_at = given.updated_at,
             submitted_at = given.submitted_at
         FROM unnest($1::TEXT[], $2::TEXT[], $3::TEXT[], $4::TEXT[], $5::BOOLEAN[], $6::TEXT[], $7::BIGINT[],
                     $8::UUID[], $9::TIMESTAMPTZ[], $10::TIMESTAMPTZ[])
             AS given (token, state, version, answers, has_last_screen, last_screen, revision,
                       receipt, updated_at, submitted_at)
         WHERE responses.token = given.token",
        &columns.tokens[..] as &[&str],
        &columns.states[..] as &[&str],
        &columns.versions[..] as &[&str],
        &columns.answers[..] as &[&str],
        &columns.has_last_screen[..],
        &columns.last_screens[..] as &[Option<&str>],
        &columns.revisions[..],
        &columns.receipts[..] as &[Option<Uuid>],
        &columns.updated_at[..],
        &columns.submitted_at[..] as &[Option<DateTime<Utc>>]
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The rows, column by column.
#[derive(Default)]
struct Columns<'a> {
    tokens: Vec<&'a str>,
    states: Vec<&'a str>,
    versions: Vec<&'a str>,
    answers: Vec<&'a str>,
    has_last_screen: Vec<bool>,
    last_screens: Vec<Option<&'a str>>,
    revisions: Vec<i64>,
    receipts: Vec<Option<Uuid>>,
    updated_at: Vec<DateTime<Utc>>,
    submitted_at: Vec<Option<DateTime<Utc>>>,
}

impl<'a> Columns<'a> {
    fn push(&mut self, token: &'a TokenHash, row: &Row<'a>) {
        self.tokens.push(&token.0);
        self.states.push(row.state.code());
        self.versions.push(row.version);
        self.has_last_screen.push(row.last_screen.is_some());
        self.last_screens.push(row.last_screen.flatten());
        self.revisions.push(row.revision);
        // `Standing` has found it to be one.
        self.receipts.push(row.receipt.and_then(|receipt| Uuid::parse_str(receipt).ok()));
        self.updated_at.push(row.updated_at);
        self.submitted_at.push(row.submitted_at);
    }
}

/// Replaces the contacts; none, no row.
async fn keep_contacts(
    connection: &mut PgConnection,
    rows: &BTreeMap<&TokenHash, Row<'_>>,
) -> Result<(), Failed> {
    let (mut tokens, mut contacts, mut without) = (Vec::new(), Vec::new(), Vec::new());
    for (token, row) in rows {
        let Some(content) = row.content else { continue };
        match content.contacts.as_deref() {
            Some(answers) => {
                tokens.push(token.0.as_str());
                contacts.push(answers);
            }
            None if row.had_contacts => without.push(token.0.as_str()),
            None => {}
        }
    }
    if !tokens.is_empty() {
        sqlx::query!(
            "INSERT INTO contacts (token, answers)
             SELECT given.token, given.answers
             FROM unnest($1::TEXT[], $2::TEXT[]) AS given (token, answers)
             ON CONFLICT (token) DO UPDATE SET answers = excluded.answers",
            &tokens[..] as &[&str],
            &contacts[..] as &[&str]
        )
        .execute(&mut *connection)
        .await?;
    }
    if !without.is_empty() {
        sqlx::query!("DELETE FROM contacts WHERE token = ANY($1)", &without[..] as &[&str])
            .execute(connection)
            .await?;
    }
    Ok(())
}
