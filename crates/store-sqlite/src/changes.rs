//! Saves and submissions that came together: read by one statement, decided by `store`, written by a few.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::QueryBuilder;
use sqlx::sqlite::{Sqlite, SqliteConnection};
use store::{Change, Done, Place, Row, Standing, StoreError, Takes, TokenHash, decide, row};

use crate::reads::{instant, tokens_json, written};
use crate::unavailable;

/// Does these changes. The error is one of the database: nothing of them is to be kept.
pub(crate) async fn together(
    connection: &mut SqliteConnection,
    changes: &[Change],
) -> Result<Vec<Result<Done, StoreError>>, StoreError> {
    let mut places = places(connection, changes).await?;
    let editions = editions(connection, changes).await?;
    let (results, rows) = decide(changes, &mut places, &editions);
    let rows: Vec<_> = rows.into_iter().collect();
    write(connection, &rows).await?;
    Ok(results)
}

/// Where the records stand. The transaction holds the write lock already, so that they stay there.
async fn places(
    connection: &mut SqliteConnection,
    changes: &[Change],
) -> Result<BTreeMap<TokenHash, Result<Place, StoreError>>, StoreError> {
    let tokens = tokens_json(changes.iter().map(Change::token));
    let found = sqlx::query!(
        r#"SELECT responses.token,
                  responses.edition,
                  editions.state AS edition_state,
                  editions.version AS edition_version,
                  editions.grace_until,
                  responses.state,
                  responses.revision,
                  responses.receipt,
                  EXISTS (SELECT 1 FROM contacts WHERE contacts.token = responses.token) AS "has_contacts!: bool"
           FROM responses
           JOIN editions ON editions.edition = responses.edition
           WHERE responses.token IN (SELECT value FROM json_each($1))"#,
        tokens
    )
    .fetch_all(connection)
    .await
    .map_err(|error| unavailable(&error))?;
    Ok(found
        .into_iter()
        .map(|found| {
            let place = || {
                let grace = |text: &str| instant("editions", "grace_until", &found.edition, text);
                Ok(Place {
                    grace_until: found.grace_until.as_deref().map(grace).transpose()?,
                    has_contacts: found.has_contacts,
                    standing: Standing {
                        edition_state: row::edition_state(&found.edition, &found.edition_state)?,
                        edition_version: found.edition_version.clone(),
                        edition: found.edition.clone(),
                        state: row::state(&found.token, &found.state)?,
                        revision: found.revision,
                        receipt: found.receipt.clone(),
                    },
                })
            };
            (TokenHash(found.token.clone()), place())
        })
        .collect())
}

/// What the editions take in which records begin.
async fn editions(
    connection: &mut SqliteConnection,
    changes: &[Change],
) -> Result<BTreeMap<String, Result<Takes, StoreError>>, StoreError> {
    let codes: BTreeSet<&str> = changes.iter().filter_map(Change::begins_in).collect();
    let mut editions = BTreeMap::new();
    for code in codes {
        let found = sqlx::query!("SELECT state, version FROM editions WHERE edition = $1", code)
            .fetch_optional(&mut *connection)
            .await
            .map_err(|error| unavailable(&error))?;
        if let Some(found) = found {
            let state = row::edition_state(code, &found.state);
            editions.insert(code.to_owned(), state.map(|state| Takes { state, version: found.version }));
        }
    }
    Ok(editions)
}

/// Writes the rows, some dozens in one statement. Each statement is a visit to the thread of the connection; with one for
/// each row these visits took longer than the work. The sizes are few, so that each statement is prepared once.
async fn write(connection: &mut SqliteConnection, rows: &[(&TokenHash, Row<'_>)]) -> Result<(), StoreError> {
    let mut begun = Vec::new();
    let mut sent = Vec::new();
    let mut changed = Vec::new();
    let mut contacts = Vec::new();
    let mut without = Vec::new();
    for (token, row) in rows {
        let Some(content) = row.content else {
            sent.push((*token, row));
            continue;
        };
        match row.begun_in {
            Some(edition) => begun.push((*token, row, content.answers.as_str(), edition)),
            None => changed.push((*token, row, content.answers.as_str())),
        }
        match content.contacts.as_deref() {
            Some(answers) => contacts.push((token.0.as_str(), answers)),
            None if row.had_contacts => without.push(*token),
            None => {}
        }
    }
    in_powers(connection, &begun, insert).await?;
    in_parts(connection, &sent, send).await?;
    in_parts(connection, &changed, update).await?;
    in_parts(connection, &contacts, upsert).await?;
    if !without.is_empty() {
        let tokens = tokens_json(without);
        sqlx::query!("DELETE FROM contacts WHERE token IN (SELECT value FROM json_each($1))", tokens)
            .execute(connection)
            .await
            .map_err(|error| unavailable(&error))?;
    }
    Ok(())
}

/// The most rows of a statement, of ten values each: a power of two.
const LARGEST: usize = 32;

/// Has all rows written, by statements of few sizes.
async fn in_parts<T: Copy>(
    connection: &mut SqliteConnection,
    rows: &[T],
    statement: impl Fn(&[T]) -> QueryBuilder<Sqlite>,
) -> Result<(), StoreError> {
    for rows in rows.chunks(LARGEST) {
        let mut rows = rows.to_vec();
        // The last one again, up to a size that was prepared before: writing it twice changes nothing.
        if let Some(&last) = rows.last() {
            rows.resize(rows.len().next_power_of_two(), last);
        }
        statement(&rows).build().execute(&mut *connection).await.map_err(|error| unavailable(&error))?;
    }
    Ok(())
}

/// The same for rows that are written once only: by parts whose sizes are powers of two.
async fn in_powers<T>(
    connection: &mut SqliteConnection,
    mut rows: &[T],
    statement: impl Fn(&[T]) -> QueryBuilder<Sqlite>,
) -> Result<(), StoreError> {
    while !rows.is_empty() {
        let most = rows.len().min(LARGEST);
        let size = if most.is_power_of_two() { most } else { most.next_power_of_two() / 2 };
        let (part, rest) = rows.split_at(size);
        statement(part).build().execute(&mut *connection).await.map_err(|error| unavailable(&error))?;
        rows = rest;
    }
    Ok(())
}

/// Rows that are not there yet.
fn insert(rows: &[(&TokenHash, &Row<'_>, &str, &str)]) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(
        "INSERT INTO responses (token, edition, state, version, answers, last_screen, revision, receipt, started_at,
                                updated_at, submitted_at) ",
    );
    query.push_values(rows, |mut values, (token, row, answers, edition)| {
        values
            .push_bind(token.0.as_str())
            .push_bind(*edition)
            .push_bind(row.state.code())
            .push_bind(row.version)
            .push_bind(*answers)
            .push_bind(row.last_screen.flatten())
            .push_bind(row.revision)
            .push_bind(row.receipt)
            .push_bind(written(row.updated_at))
            .push_bind(written(row.updated_at))
            .push_bind(row.submitted_at.map(written));
    });
    query
}

/// Makes responses of drafts whose answers stay as they are.
fn send(rows: &[(&TokenHash, &Row<'_>)]) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new("WITH given (token, state, version, revision, receipt, at) AS (");
    query.push_values(rows, |mut values, (token, row)| {
        values
            .push_bind(token.0.as_str())
            .push_bind(row.state.code())
            .push_bind(row.version)
            .push_bind(row.revision)
            .push_bind(row.receipt)
            .push_bind(written(row.updated_at));
    });
    query.push(
        ")
         UPDATE responses
         SET state = given.state,
             version = given.version,
             revision = given.revision,
             receipt = given.receipt,
             updated_at = given.at,
             submitted_at = given.at
         FROM given
         WHERE responses.token = given.token",
    );
    query
}

fn update(rows: &[(&TokenHash, &Row<'_>, &str)]) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(
        "WITH given (token, state, version, answers, has_last_screen, last_screen, revision, receipt, updated_at,
                     submitted_at) AS (",
    );
    query.push_values(rows, |mut values, (token, row, answers)| {
        values
            .push_bind(token.0.as_str())
            .push_bind(row.state.code())
            .push_bind(row.version)
            .push_bind(*answers)
            .push_bind(row.last_screen.is_some())
            .push_bind(row.last_screen.flatten())
            .push_bind(row.revision)
            .push_bind(row.receipt)
            .push_bind(written(row.updated_at))
            .push_bind(row.submitted_at.map(written));
    });
    query.push(
        ")
         UPDATE responses
         SET state = given.state,
             version = given.version,
             answers = given.answers,
             last_screen = CASE WHEN given.has_last_screen THEN given.last_screen ELSE responses.last_screen END,
             revision = given.revision,
             receipt = given.receipt,
             updated_at = given.updated_at,
             submitted_at = given.submitted_at
         FROM given
         WHERE responses.token = given.token",
    );
    query
}

fn upsert(contacts: &[(&str, &str)]) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new("INSERT INTO contacts (token, answers) ");
    query.push_values(contacts, |mut values, (token, answers)| {
        values.push_bind(*token).push_bind(*answers);
    });
    query.push(" ON CONFLICT (token) DO UPDATE SET answers = excluded.answers");
    query
}
