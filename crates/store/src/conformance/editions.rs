//! Editions: opened, closed, kept apart.

#![expect(clippy::missing_panics_doc, reason = "a conformance test panics when a promise is broken")]

use super::{EDITION, Fixture, at, close, draft, found, open, open_and_start, records, token};
use crate::{Counts, EditionRecord, EditionState, NewDraft, StoreError};

/// What was given at opening is found again, with the state that follows.
pub async fn an_edition_is_found_as_it_was_opened(fixture: &mut impl Fixture) {
    let store = fixture.store();
    store.open_edition("2026", false, at(0)).await.expect("open");
    store.open_edition("essai", true, at(1)).await.expect("open");
    let expected = |edition: &str, is_simulated, opened_at| EditionRecord {
        edition: edition.to_owned(),
        state: EditionState::Open,
        is_simulated,
        opened_at,
        closed_at: None,
        grace_until: None,
        version: None,
    };
    assert_eq!(store.edition("2026").await.expect("read"), Some(expected("2026", false, at(0))));
    assert_eq!(store.edition("essai").await.expect("read"), Some(expected("essai", true, at(1))));
}

/// Without registration there is nothing to start in, nothing to close and nothing to count.
pub async fn an_edition_never_opened_is_absent_and_takes_nothing(fixture: &mut impl Fixture) {
    let store = fixture.store();
    assert_eq!(store.edition(EDITION).await.expect("read"), None);
    let closed = |result: Result<(), StoreError>| match result {
        Err(StoreError::EditionClosed { edition }) => assert_eq!(edition, EDITION),
        other => panic!("{other:?}"),
    };
    closed(store.start(&draft(1)).await);
    closed(store.close_edition(EDITION, at(1)).await);
    assert_eq!(store.find(&token(1)).await.expect("read"), None);
    assert_eq!(store.counts(EDITION).await.expect("count"), Counts::default());
}

/// The first registration holds.
pub async fn opening_an_edition_twice_changes_nothing(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    store.open_edition(EDITION, true, at(5)).await.expect("open again");
    let edition = store.edition(EDITION).await.expect("read").expect("registered");
    assert!(!edition.is_simulated);
    assert_eq!(edition.opened_at, at(0));
    assert_eq!(found(store, 1).await.token, token(1));
}

/// A server that starts again after the closing does not collect again.
pub async fn opening_a_closed_edition_does_not_reopen_it(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open(store).await;
    close(store).await;
    open(store).await;
    let edition = store.edition(EDITION).await.expect("read").expect("registered");
    assert_eq!((edition.state, edition.closed_at), (EditionState::Closed, Some(at(9))));
}

/// The time of closing is the one of the first time.
pub async fn closing_an_edition_twice_keeps_the_first_time(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open(store).await;
    close(store).await;
    store.close_edition(EDITION, at(100)).await.expect("close again");
    let edition = store.edition(EDITION).await.expect("read").expect("registered");
    assert_eq!(edition.closed_at, Some(at(9)));
}

/// Open, with no draft yet.
pub async fn an_empty_edition_has_no_record(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open(store).await;
    assert_eq!(records(store, EDITION).await.expect("read"), []);
    assert_eq!(store.counts(EDITION).await.expect("count"), Counts::default());
}

/// Records, counts and closing concern one edition.
pub async fn two_editions_are_kept_apart(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    store.open_edition("2027", false, at(0)).await.expect("open");
    let next = |number| NewDraft { edition: "2027".to_owned(), ..draft(number) };
    store.start(&next(2)).await.expect("start");
    store.start(&next(3)).await.expect("start");
    close(store).await;
    store.start(&next(4)).await.expect("the other edition is open");
    assert_eq!(records(store, EDITION).await.expect("read").len(), 1);
    assert_eq!(store.counts(EDITION).await.expect("count"), Counts { drafts: 1, ..Counts::default() });
    let tokens: Vec<_> =
        records(store, "2027").await.expect("read").into_iter().map(|record| record.token).collect();
    assert_eq!(tokens, [token(2), token(3), token(4)]);
    assert_eq!(store.counts("2027").await.expect("count"), Counts { drafts: 3, ..Counts::default() });
}
