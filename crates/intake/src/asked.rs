//! What the store said of the edition when a request came in, so that it is asked once for each.

use store::EditionRecord;

tokio::task_local! {
    static ASKED: EditionRecord;
}

/// Answers a request by what its server has just read of the edition: the pages do not read it again. Whatever is
/// changed is decided by the store all the same.
pub async fn asked_once<T>(edition: EditionRecord, answer: impl Future<Output = T>) -> T {
    ASKED.scope(edition, answer).await
}

/// What was read of this edition for the request under way.
pub(crate) fn edition(code: &str) -> Option<EditionRecord> {
    ASKED.try_with(|edition| (edition.edition == code).then(|| edition.clone())).ok().flatten()
}
