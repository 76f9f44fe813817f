//! Saves and submissions that came together: read by one statement, decided by `store`, written row by row.

use std::collections::BTreeMap;

use sqlx::sqlite::SqliteConnection;
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
    for (token, row) in rows {
        write(connection, token, &row).await?;
    }
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

async fn write(
    connection: &mut SqliteConnection,
    token: &TokenHash,
    row: &Row<'_>,
) -> Result<(), StoreError> {
    let (state, updated_at, submitted_at) =
        (row.state.code(), written(row.updated_at), row.submitted_at.map(written));
    let (has_last_screen, last_screen) = (row.last_screen.is_some(), row.last_screen.flatten());
    sqlx::query!(
        "UPDATE responses
         SET state = $2,
             version = $3,
             answers = $4,
             last_screen = CASE WHEN $5 THEN $6 ELSE last_screen END,
             revision = $7,
             receipt = $8,
             updated_at = $9,
             submitted_at = $10
         WHERE token = $1",
        token.0,
        state,
        row.version,
        row.answers,
        has_last_screen,
        last_screen,
        row.revision,
        row.receipt,
        updated_at,
        submitted_at
    )
    .execute(&mut *connection)
    .await
    .map_err(|error| unavailable(&error))?;
    match row.contacts {
        Some(contacts) => {
            sqlx::query!(
                "INSERT INTO contacts (token, answers)
                 VALUES ($1, $2)
                 ON CONFLICT (token) DO UPDATE SET answers = excluded.answers",
                token.0,
                contacts
            )
            .execute(connection)
            .await
            .map_err(|error| unavailable(&error))?;
        }
        None if row.had_contacts => {
            sqlx::query!("DELETE FROM contacts WHERE token = $1", token.0)
                .execute(connection)
                .await
                .map_err(|error| unavailable(&error))?;
        }
        None => {}
    }
    Ok(())
}
