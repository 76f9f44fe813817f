//! Saves and submissions that came together: read by one statement, decided by `store`, written by a few.

use std::collections::BTreeMap;

use sqlx::QueryBuilder;
use sqlx::sqlite::{Sqlite, SqliteConnection};
use store::{Change, Done, Place, Row, Standing, StoreError, TokenHash, decide, row};

use crate::reads::{instant, tokens_json, written};
use crate::unavailable;

/// Does these changes. The error is one of the database: nothing of them is to be kept.
pub(crate) async fn together(
    connection: &mut SqliteConnection,
    changes: &[Change],
) -> Result<Vec<Result<Done, StoreError>>, StoreError> {
    let mut places = places(connection, changes).await?;
    let (results, rows) = decide(changes, &mut places);
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

/// Writes the rows, some dozens in one statement. Each statement is a visit to the thread of the connection; with one for
/// each row these visits took longer than the work. The sizes are few, so that each statement is prepared once.
async fn write(connection: &mut SqliteConnection, rows: &[(&TokenHash, Row<'_>)]) -> Result<(), StoreError> {
    let mut rest = rows;
    while !rest.is_empty() {
        let size = 1 << rest.len().ilog2().min(LARGEST);
        let (rows, others) = rest.split_at(size);
        update(rows).build().execute(&mut *connection).await.map_err(|error| unavailable(&error))?;
        rest = others;
    }
    let contacts: Vec<(&str, &str)> =
        rows.iter().filter_map(|(token, row)| Some((token.0.as_str(), row.contacts?))).collect();
    let mut rest = contacts.as_slice();
    while !rest.is_empty() {
        let size = 1 << rest.len().ilog2().min(LARGEST);
        let (contacts, others) = rest.split_at(size);
        upsert(contacts).build().execute(&mut *connection).await.map_err(|error| unavailable(&error))?;
        rest = others;
    }
    let without = rows.iter().filter(|(_, row)| row.contacts.is_none() && row.had_contacts);
    let without: Vec<&TokenHash> = without.map(|(token, _)| *token).collect();
    if !without.is_empty() {
        let tokens = tokens_json(without);
        sqlx::query!("DELETE FROM contacts WHERE token IN (SELECT value FROM json_each($1))", tokens)
            .execute(connection)
            .await
            .map_err(|error| unavailable(&error))?;
    }
    Ok(())
}

/// The power of two that is the most rows of a statement: 32, of ten values each.
const LARGEST: u32 = 5;

fn update(rows: &[(&TokenHash, Row<'_>)]) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(
        "WITH given (token, state, version, answers, has_last_screen, last_screen, revision, receipt, updated_at,
                     submitted_at) AS (",
    );
    query.push_values(rows, |mut values, (token, row)| {
        values
            .push_bind(token.0.as_str())
            .push_bind(row.state.code())
            .push_bind(row.version)
            .push_bind(row.answers)
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
