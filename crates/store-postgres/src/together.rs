//! Readers who came together: one statement for all of them.

use std::collections::BTreeMap;

use async_trait::async_trait;
use sqlx::postgres::PgPool;
use store::{EditionRecord, StoreError, Together, TokenHash};

use crate::reads::{self, RecordRow};

/// Questions that one statement answers at most.
pub(crate) const MOST: usize = 128;

/// What is found of a record, not yet read: whoever asked reads it, not the one task that all wait for.
pub(crate) type Found = Result<Option<RecordRow>, StoreError>;

/// Finds records.
pub(crate) struct Records(pub(crate) PgPool);

#[async_trait]
impl Together<TokenHash, Found> for Records {
    async fn answer(&mut self, tokens: Vec<TokenHash>) -> Vec<Found> {
        let mut rows: BTreeMap<String, RecordRow> = match reads::rows(&self.0, &tokens).await {
            Ok(rows) => rows.into_iter().map(|row| (row.token.clone(), row)).collect(),
            Err(error) => return tokens.iter().map(|_| Err(error.clone())).collect(),
        };
        let last: BTreeMap<String, usize> =
            tokens.iter().enumerate().map(|(position, token)| (token.0.clone(), position)).collect();
        let mut found = Vec::with_capacity(tokens.len());
        for (position, token) in tokens.iter().enumerate() {
            // The same record may be asked for twice.
            let is_last = last.get(&token.0) == Some(&position);
            found.push(Ok(if is_last { rows.remove(&token.0) } else { rows.get(&token.0).cloned() }));
        }
        found
    }
}

/// Reads editions.
pub(crate) struct Editions(pub(crate) PgPool);

#[async_trait]
impl Together<String, Result<Option<EditionRecord>, StoreError>> for Editions {
    async fn answer(&mut self, codes: Vec<String>) -> Vec<Result<Option<EditionRecord>, StoreError>> {
        let mut known: BTreeMap<&str, Result<Option<EditionRecord>, StoreError>> = BTreeMap::new();
        for code in &codes {
            if !known.contains_key(code.as_str()) {
                known.insert(code, reads::edition(&self.0, code).await);
            }
        }
        codes.iter().map(|code| known[code.as_str()].clone()).collect()
    }
}
