//! What is kept no longer than promised: erased on both databases alike, and nothing else with it.

#![expect(clippy::missing_panics_doc, reason = "a conformance test panics when a promise is broken")]

use super::{
    EDITION, Fixture, at, close, draft, found, open_and_start, open_and_submit, records, save, submission,
    token,
};
use crate::{CodeHash, Counts, Kept, NewDraft, Publish, RecordState, SealedCode, StoreError};

/// A code that no other number gives.
fn code(number: u32) -> SealedCode {
    SealedCode { code: CodeHash(format!("{number:064x}")), sealed: format!("{number:032x}") }
}

/// Drafts go with their contacts, codes and unfinished corrections; what was sent stays as it was sent.
pub async fn drafts_are_erased_once_the_edition_is_over_and_responses_stay(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_submit(store, 1).await;
    for number in [2, 3] {
        store.start(&draft(number)).await.expect("start");
    }
    store.save(&save(2, 0)).await.expect("save");
    store.give_code(&token(2), &code(2), at(2)).await.expect("give");
    store.give_code(&token(1), &code(1), at(2)).await.expect("give");
    store.refuse(&token(3), at(3)).await.expect("refuse");
    let sent = found(store, 1).await;
    store.correct(&token(1), at(4)).await.expect("correct");
    let correction = store.correction(&token(1)).await.expect("read").expect("open");
    store.save_correction(&save(1, correction.revision)).await.expect("save");
    close(store).await;
    assert!(fixture.everything().await.contains("saved@example.org"), "the trace can be found before");

    let kept = Kept { drafts: 1, corrections: 1, contacts: 1 };
    assert_eq!(fixture.retention().kept(EDITION).await.expect("count"), kept);
    let erased = fixture.retention().erase_drafts(EDITION, at(10)).await.expect("erase");
    assert_eq!(erased, Kept { contacts: 0, ..kept });

    let store = fixture.store();
    assert_eq!(store.find(&token(2)).await.expect("read"), None);
    assert_eq!(store.code(&code(2).code).await.expect("read"), None);
    assert!(store.code(&code(1).code).await.expect("read").is_some());
    assert_eq!(store.correction(&token(1)).await.expect("read"), None);
    assert_eq!(found(store, 1).await, sent, "what was sent is as it was");
    let counts = Counts { submitted: 1, refused: 1, ..Counts::default() };
    assert_eq!(store.counts(EDITION).await.expect("count"), counts);
    let everything = fixture.everything().await;
    assert!(!everything.contains("saved@example.org") && everything.contains("submitted@example.org"));
    let again = fixture.retention().erase_drafts(EDITION, at(11)).await.expect("erase");
    assert_eq!(again, Kept::default(), "there is nothing more to erase");
}

/// The answers that the statistics are made of are not contacts.
pub async fn contacts_are_erased_and_answers_stay(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_submit(store, 1).await;
    let sent = found(store, 1).await;
    close(store).await;
    for expected in [1, 0] {
        let erased = fixture.retention().erase_contacts(EDITION, at(10)).await.expect("erase");
        assert_eq!(erased, Kept { contacts: expected, ..Kept::default() });
    }
    let left = found(fixture.store(), 1).await;
    assert_eq!((&left.answers, left.contacts.len(), left.state), (&sent.answers, 0, RecordState::Submitted));
    assert_eq!((left.receipt, left.revision), (sent.receipt, sent.revision));
    assert!(!fixture.everything().await.contains("submitted@example.org"));
    // What is left can be withdrawn as before.
    fixture.store().withdraw(&token(1), at(11)).await.expect("withdraw");
}

/// An open edition, one in its grace, and one that nobody knows.
pub async fn nothing_is_erased_of_an_edition_that_takes_drafts(fixture: &mut impl Fixture) {
    open_and_start(fixture.store(), 1).await;
    let refused = async |fixture: &dyn crate::RetentionStore, seconds: i64| {
        for done in [
            fixture.erase_drafts(EDITION, at(seconds)).await,
            fixture.erase_contacts(EDITION, at(seconds)).await,
        ] {
            assert!(
                matches!(&done, Err(StoreError::StillOpen { edition }) if edition == EDITION),
                "{done:?}"
            );
        }
    };
    refused(fixture.retention(), 2).await;
    fixture.store().close_edition_until(EDITION, at(9), Some(at(20))).await.expect("close");
    refused(fixture.retention(), 20).await;
    assert_eq!(records(fixture.store(), EDITION).await.expect("read").len(), 1);
    let erased = fixture.retention().erase_drafts(EDITION, at(21)).await.expect("erase");
    assert_eq!(erased.drafts, 1);
    let unknown = fixture.retention().erase_drafts("1999", at(21)).await;
    assert!(matches!(unknown, Err(StoreError::EditionClosed { .. })), "{unknown:?}");
}

/// What an edition collected before it was started again is promised the same; another edition is left alone.
pub async fn what_was_set_apart_is_erased_with_its_edition(fixture: &mut impl Fixture) {
    open_and_start(fixture.store(), 1).await;
    fixture.store().start(&draft(4)).await.expect("start");
    fixture.store().submit(&submission(4, 0)).await.expect("submit");
    for (edition, number) in [("2027", 2), ("2026-avantage", 3)] {
        fixture.store().open_edition(edition, false, at(0)).await.expect("open");
        let elsewhere = NewDraft { edition: edition.to_owned(), ..draft(number) };
        fixture.store().start(&elsewhere).await.expect("start");
    }
    let again = Publish {
        edition: EDITION.to_owned(),
        version: "v2".to_owned(),
        files: "{}".to_owned(),
        lists: "{}".to_owned(),
        expected: None,
        tide: None,
        archive: Some("2026-avant-20261118T000000Z".to_owned()),
        at: at(5),
    };
    fixture.office().publish(&again).await.expect("start again");
    close(fixture.store()).await;
    let erased = fixture.retention().erase_drafts(EDITION, at(10)).await.expect("erase");
    assert_eq!((erased.drafts, fixture.retention().kept(EDITION).await.expect("count").contacts), (1, 1));
    let erased = fixture.retention().erase_contacts(EDITION, at(10)).await.expect("erase");
    assert_eq!(erased.contacts, 1);
    for number in [2, 3] {
        assert_eq!(found(fixture.store(), number).await.state, RecordState::Draft);
    }
}
