//! Refusals and withdrawals: what is erased is nowhere.

#![expect(clippy::missing_panics_doc, reason = "a conformance test panics when a promise is broken")]

use super::{
    EDITION, Fixture, at, close, draft, found, open_and_start, open_and_submit, receipt, records, save,
    submission, token,
};
use crate::{Counts, Record, RecordState, StoreError, Withdrawn};

/// Asserts that the record holds no answer, no contact and no place reached, and the database no trace of them.
async fn assert_erased(fixture: &impl Fixture, number: u32, state: RecordState) -> Record {
    let record = found(fixture.store(), number).await;
    assert_eq!(record.state, state);
    assert!(record.answers.is_empty() && record.contacts.is_empty() && record.last_screen.is_none());
    let everything = fixture.everything().await;
    for trace in ["saved", "submitted@", "example.org", "identity"] {
        assert!(!everything.contains(trace), "`{trace}` in {everything}");
    }
    record
}

/// Only the count remains.
pub async fn a_refusal_erases_the_draft(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    store.save(&save(1, 0)).await.expect("save");
    assert!(fixture.everything().await.contains("saved@example.org"), "the trace can be found before");
    store.refuse(&token(1), at(4)).await.expect("refuse");
    let record = assert_erased(fixture, 1, RecordState::Refused).await;
    assert_eq!((record.updated_at, record.submitted_at, record.receipt), (at(4), None, None));
    let counts = fixture.store().counts(EDITION).await.expect("count");
    assert_eq!(counts, Counts { refused: 1, ..Counts::default() });
}

/// A double click changes nothing.
pub async fn refusing_twice_is_not_an_error(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    store.refuse(&token(1), at(4)).await.expect("refuse");
    let before = found(store, 1).await;
    store.refuse(&token(1), at(5)).await.expect("refuse again");
    assert_eq!(found(store, 1).await, before);
}

/// What was sent is withdrawn, not refused.
pub async fn a_submitted_response_cannot_be_refused(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_submit(store, 1).await;
    let before = found(store, 1).await;
    assert!(matches!(store.refuse(&token(1), at(4)).await, Err(StoreError::AlreadySubmitted)));
    assert_eq!(found(store, 1).await, before);
}

/// Before it was sent.
pub async fn a_withdrawal_erases_a_draft(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    store.save(&save(1, 0)).await.expect("save");
    assert_eq!(store.withdraw(&token(1), at(4)).await.expect("withdraw"), Withdrawn::Erased);
    let record = assert_erased(fixture, 1, RecordState::Withdrawn).await;
    assert_eq!((record.updated_at, record.receipt), (at(4), None));
}

/// After it was sent; the receipt stays, and the neighbours too.
pub async fn a_withdrawal_erases_a_response(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    store.save(&save(1, 0)).await.expect("save");
    store.submit(&submission(1, 1)).await.expect("submit");
    store.start(&draft(2)).await.expect("start");
    assert_eq!(store.withdraw(&token(1), at(4)).await.expect("withdraw"), Withdrawn::Erased);
    let record = assert_erased(fixture, 1, RecordState::Withdrawn).await;
    assert_eq!((record.receipt, record.submitted_at), (Some(receipt(1)), Some(at(3))));
    let store = fixture.store();
    assert_eq!(
        store.counts(EDITION).await.expect("count"),
        Counts { drafts: 1, withdrawn: 1, ..Counts::default() }
    );
    assert_eq!(records(store, EDITION).await.expect("read").len(), 2);
}

/// The second time says that it was done.
pub async fn withdrawing_twice_is_not_an_error(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_submit(store, 1).await;
    assert_eq!(store.withdraw(&token(1), at(4)).await.expect("withdraw"), Withdrawn::Erased);
    let before = found(store, 1).await;
    assert_eq!(store.withdraw(&token(1), at(5)).await.expect("withdraw again"), Withdrawn::Already);
    assert_eq!(found(store, 1).await, before);
}

/// It holds nothing and stays a refusal.
pub async fn a_refusal_is_withdrawn_already(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    store.refuse(&token(1), at(4)).await.expect("refuse");
    assert_eq!(store.withdraw(&token(1), at(5)).await.expect("withdraw"), Withdrawn::Already);
    assert_eq!(found(store, 1).await.state, RecordState::Refused);
}

/// The right to withdraw does not end with the edition.
pub async fn erasing_is_possible_after_closing(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_submit(store, 1).await;
    store.start(&draft(2)).await.expect("start");
    close(store).await;
    assert_eq!(store.withdraw(&token(1), at(10)).await.expect("withdraw"), Withdrawn::Erased);
    store.refuse(&token(2), at(10)).await.expect("refuse");
    let counts = store.counts(EDITION).await.expect("count");
    assert_eq!(counts, Counts { refused: 1, withdrawn: 1, ..Counts::default() });
}

/// Nor a submission sent again, nor a save from an old tab.
pub async fn what_was_erased_takes_no_answer(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_submit(store, 1).await;
    store.withdraw(&token(1), at(4)).await.expect("withdraw");
    store.start(&draft(2)).await.expect("start");
    store.refuse(&token(2), at(4)).await.expect("refuse");
    for number in [1, 2] {
        let before = found(store, number).await;
        for revision in [0, before.revision] {
            assert!(matches!(store.save(&save(number, revision)).await, Err(StoreError::Gone)));
            assert!(matches!(store.submit(&submission(number, revision)).await, Err(StoreError::Gone)));
        }
        assert_eq!(found(store, number).await, before);
    }
    assert!(matches!(store.refuse(&token(1), at(5)).await, Err(StoreError::Gone)));
}
