//! What the store holds, read beside the running server.

use std::path::Path;

use futures::TryStreamExt;
use questionnaire::Answers;
use store::{Record, ResponseStore};
use store_sqlite::SqliteStore;

use crate::definition::EDITION;

/// Every draft and response of the edition, in the order they were started.
pub(crate) async fn records(database: &Path) -> Vec<Record> {
    let store = SqliteStore::open(database).await.expect("the file of responses opens");
    let records = store.records(EDITION).try_collect().await.expect("every row can be read");
    store.close().await;
    records
}

/// The record behind a personal link.
pub(crate) async fn record(database: &Path, token: &str) -> Record {
    let hash = intake::token_hash(token);
    let found = records(database).await.into_iter().find(|record| record.token == hash);
    found.expect("the personal link has a record")
}

/// Answers and personal answers together, as they were typed.
pub(crate) fn everything(record: &Record) -> Answers {
    record
        .contacts
        .iter()
        .fold(record.answers.clone(), |answers, (code, answer)| answers.with(code, answer.clone()))
}
