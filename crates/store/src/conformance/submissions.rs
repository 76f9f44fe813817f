//! Submissions: once, whatever happens.

#![expect(clippy::missing_panics_doc, reason = "a conformance test panics when a promise is broken")]

use std::collections::BTreeSet;

use futures::future::{join, join_all};
use questionnaire::{Answer, Answers};

use super::{
    EDITION, Fixture, at, close, draft, found, open, open_and_start, open_and_submit, receipt, records, save,
    submission, token,
};
use crate::{Counts, Record, RecordState, Sending, StoreError, Submission, Whole};

/// With its final answers, and the place reached as it was.
pub async fn a_submission_is_found_with_its_receipt(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    store.save(&save(1, 0)).await.expect("save");
    assert_eq!(store.submit(&submission(1, 1)).await.expect("submit"), receipt(1));
    let expected = Record {
        edition: EDITION.to_owned(),
        token: token(1),
        state: RecordState::Submitted,
        version: "v3".to_owned(),
        answers: submission(1, 1).answers,
        contacts: submission(1, 1).contacts,
        last_screen: Some("identity".to_owned()),
        revision: 2,
        receipt: Some(receipt(1)),
        started_at: at(1),
        updated_at: at(3),
        submitted_at: Some(at(3)),
    };
    assert_eq!(found(store, 1).await, expected);
}

fn sending(number: u32, expected_revision: i64) -> Sending {
    let Submission { token, version, receipt, at, .. } = submission(number, expected_revision);
    Sending { token, expected_revision, version, receipt, at }
}

/// Answers and contacts stay as they were saved, byte for byte; the neighbours of the same batch get their own.
pub async fn a_draft_is_sent_as_it_was_saved(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open(store).await;
    for number in 1..=40 {
        store.start(&draft(number)).await.expect("start");
        store.save(&save(number, 0)).await.expect("save");
    }
    let saved = fixture.kept_answers(&token(1)).await;
    let before = found(fixture.store(), 1).await;
    let store = fixture.store();
    let sent = join_all((1..=40).map(async |number| {
        // The third part of them has new answers.
        if number % 3 == 0 {
            store.submit(&submission(number, 1)).await
        } else {
            store.send(&sending(number, 1)).await
        }
    }))
    .await;
    for (number, sent) in (1..=40).zip(sent) {
        assert_eq!(sent.expect("sent"), receipt(number));
        let now = found(store, number).await;
        let (answers, contacts) = if number % 3 == 0 {
            (submission(number, 1).answers, submission(number, 1).contacts)
        } else {
            (save(number, 0).answers, save(number, 0).contacts)
        };
        assert_eq!((now.answers, now.contacts, now.state), (answers, contacts, RecordState::Submitted));
    }
    let expected = Record {
        state: RecordState::Submitted,
        version: "v3".to_owned(),
        revision: 2,
        receipt: Some(receipt(1)),
        updated_at: at(3),
        submitted_at: Some(at(3)),
        ..before
    };
    assert_eq!(found(store, 1).await, expected);
    assert_eq!(fixture.kept_answers(&token(1)).await, saved);
    // A retry, and a submission that comes after it, get the first receipt.
    let store = fixture.store();
    let again = Sending { receipt: receipt(99), ..sending(1, 0) };
    assert_eq!(store.send(&again).await.expect("send again"), receipt(1));
    assert_eq!(store.submit(&submission(1, 0)).await.expect("submit"), receipt(1));
    assert_eq!(found(store, 1).await, expected);
}

/// From a stale revision, after the closing, of an unknown draft, and with a receipt that is none.
pub async fn a_sending_is_refused_as_a_submission_is(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    store.save(&save(1, 0)).await.expect("save");
    let before = found(store, 1).await;
    let stale = store.send(&sending(1, 0)).await;
    assert!(matches!(stale, Err(StoreError::Conflict { expected: 0, found: 1 })), "{stale:?}");
    assert!(matches!(store.send(&sending(2, 0)).await, Err(StoreError::Unknown)));
    let bad = store.send(&Sending { receipt: "7".to_owned(), ..sending(1, 1) }).await;
    assert!(matches!(bad, Err(StoreError::BadReceipt { .. })), "{bad:?}");
    close(store).await;
    assert!(matches!(store.send(&sending(1, 1)).await, Err(StoreError::EditionClosed { .. })));
    assert_eq!(found(store, 1).await, before);
}

fn whole(number: u32) -> Whole {
    let Submission { token, version, answers, contacts, receipt, at, .. } = submission(number, 0);
    let last_screen = Some("end".to_owned());
    Whole { edition: EDITION.to_owned(), token, version, answers, contacts, last_screen, receipt, at }
}

/// Forty at once, beside drafts that are sent: each its own, started and sent in the same instant.
pub async fn a_whole_response_is_found_as_it_came(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open(store).await;
    for number in 41..=60 {
        store.start(&draft(number)).await.expect("start");
    }
    let sent = join_all((1..=60).map(async |number| {
        if number > 40 {
            store.submit(&submission(number, 0)).await
        } else {
            let mut whole = whole(number);
            if number % 4 == 0 {
                whole.contacts = Answers::new();
            }
            store.submit_whole(&whole).await
        }
    }))
    .await;
    for (number, sent) in (1..=60).zip(sent) {
        assert_eq!(sent.expect("sent"), receipt(number));
    }
    let Submission { version, answers, contacts, at, .. } = submission(4, 0);
    assert!(!contacts.is_empty(), "the others have some");
    let expected = Record {
        edition: EDITION.to_owned(),
        token: token(4),
        state: RecordState::Submitted,
        version,
        answers,
        contacts: Answers::new(),
        last_screen: Some("end".to_owned()),
        revision: 1,
        receipt: Some(receipt(4)),
        started_at: at,
        updated_at: at,
        submitted_at: Some(at),
    };
    assert_eq!(found(store, 4).await, expected);
    assert_eq!(found(store, 5).await.contacts, contacts);
    assert_eq!(store.counts(EDITION).await.expect("count"), Counts { submitted: 60, ..Counts::default() });
    // It is corrected as any other.
    store.correct(&token(4), at).await.expect("a correction is opened");
    let correction = store.correction(&token(4)).await.expect("found").expect("a correction");
    assert_eq!(correction.last_screen.as_deref(), Some("end"));
}

/// Twenty at once under one token, each with a receipt of its own, then again after the closing.
pub async fn a_whole_response_that_comes_again_makes_one(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open(store).await;
    let again = |number: u32| Whole { receipt: receipt(100 + number), ..whole(1) };
    let receipts = join_all((0..20).map(async |number| store.submit_whole(&again(number)).await)).await;
    let mut receipts: BTreeSet<_> = receipts.into_iter().map(|receipt| receipt.expect("sent")).collect();
    close(store).await;
    receipts.insert(store.submit_whole(&again(20)).await.expect("a replay"));
    assert_eq!(receipts.len(), 1, "{receipts:?}");
    assert_eq!(found(store, 1).await.receipt, receipts.into_iter().next());
    assert_eq!(store.counts(EDITION).await.expect("count"), Counts { submitted: 1, ..Counts::default() });
}

/// Over a draft, after a withdrawal, with a receipt that is none, and where nothing is open.
pub async fn a_whole_response_is_refused_where_none_may_begin(fixture: &mut impl Fixture) {
    let store = fixture.store();
    let nowhere = store.submit_whole(&whole(1)).await;
    assert!(matches!(nowhere, Err(StoreError::EditionClosed { .. })), "{nowhere:?}");
    open_and_start(store, 1).await;
    assert!(matches!(store.submit_whole(&whole(1)).await, Err(StoreError::Duplicate)));
    assert_eq!(found(store, 1).await.state, RecordState::Draft);
    let bad = store.submit_whole(&Whole { receipt: "7".to_owned(), ..whole(2) }).await;
    assert!(matches!(bad, Err(StoreError::BadReceipt { .. })), "{bad:?}");
    store.submit_whole(&whole(3)).await.expect("sent");
    store.withdraw(&token(3), whole(3).at).await.expect("withdrawn");
    assert!(matches!(store.submit_whole(&whole(3)).await, Err(StoreError::Gone)));
    close(store).await;
    assert!(matches!(store.submit_whole(&whole(4)).await, Err(StoreError::EditionClosed { .. })));
    let refused = store.counts(EDITION).await.expect("count");
    assert_eq!(refused, Counts { drafts: 1, withdrawn: 1, ..Counts::default() });
}

/// A double click, a retry, a replay with other answers: the first response stays.
pub async fn a_second_submission_returns_the_first_receipt(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_submit(store, 1).await;
    let before = found(store, 1).await;
    for revision in [0, 1, 7] {
        let again = Submission { receipt: receipt(2), answers: Answers::new(), ..submission(1, revision) };
        assert_eq!(store.submit(&again).await.expect("submit again"), receipt(1));
    }
    assert_eq!(found(store, 1).await, before);
}

/// Each with a receipt of its own: all are told the same one.
pub async fn twenty_submissions_at_once_make_one_response(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    let submissions: Vec<_> = (0..20)
        .map(|number: u32| Submission {
            receipt: receipt(100 + number),
            answers: Answers::new().with("q02", Answer::Integer(number.into())),
            ..submission(1, 0)
        })
        .collect();
    let receipts = join_all(submissions.iter().map(async |submission| store.submit(submission).await)).await;
    let receipts: BTreeSet<_> = receipts.into_iter().map(|receipt| receipt.expect("submit")).collect();
    assert_eq!(receipts.len(), 1, "{receipts:?}");
    let record = found(store, 1).await;
    assert_eq!(record.receipt, receipts.into_iter().next());
    let first = submissions.iter().find(|submission| Some(&submission.receipt) == record.receipt.as_ref());
    assert_eq!(Some(&record.answers), first.map(|first| &first.answers));
    assert_eq!(store.counts(EDITION).await.expect("count"), Counts { submitted: 1, ..Counts::default() });
}

/// The respondent went on in another tab: nothing is sent that was not looked at.
pub async fn a_submission_from_a_stale_revision_is_a_conflict(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    store.save(&save(1, 0)).await.expect("save");
    let before = found(store, 1).await;
    match store.submit(&submission(1, 0)).await {
        Err(StoreError::Conflict { expected, found }) => assert_eq!((expected, found), (0, 1)),
        other => panic!("{other:?}"),
    }
    assert_eq!(found(store, 1).await, before);
    assert_eq!(store.submit(&submission(1, 1)).await.expect("submit"), receipt(1));
}

/// The draft stays a draft.
pub async fn a_submission_after_closing_is_refused(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    close(store).await;
    match store.submit(&submission(1, 0)).await {
        Err(StoreError::EditionClosed { edition }) => assert_eq!(edition, EDITION),
        other => panic!("{other:?}"),
    }
    assert_eq!(found(store, 1).await.state, RecordState::Draft);
}

/// Who submitted in time and missed the answer still gets the receipt.
pub async fn a_replay_after_closing_returns_the_first_receipt(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_submit(store, 1).await;
    close(store).await;
    let again = Submission { receipt: receipt(2), ..submission(1, 0) };
    assert_eq!(store.submit(&again).await.expect("replay"), receipt(1));
}

/// Two random receipts that are equal never happen; a generator that is broken does.
pub async fn a_receipt_is_given_to_one_response_only(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_submit(store, 1).await;
    store.start(&draft(2)).await.expect("start");
    let before = found(store, 2).await;
    let same = Submission { receipt: receipt(1), ..submission(2, 0) };
    assert!(matches!(store.submit(&same).await, Err(StoreError::Duplicate)));
    assert_eq!(found(store, 2).await, before);
}

/// Both databases keep a receipt in the same form, or not at all.
pub async fn a_receipt_that_is_no_uuid_is_refused(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    for bad in
        [String::new(), "ABC-123".to_owned(), receipt(0xabc).to_uppercase(), receipt(1).replace('-', "")]
    {
        match store.submit(&Submission { receipt: bad.clone(), ..submission(1, 0) }).await {
            Err(StoreError::BadReceipt { receipt }) => assert_eq!(receipt, bad),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(found(store, 1).await.state, RecordState::Draft);
}

/// The last evening of an edition: all are acknowledged, all are kept, each its own.
pub async fn two_hundred_drafts_are_submitted_at_once(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open(store).await;
    let started = join_all((0..200).map(async |number| store.start(&draft(number)).await)).await;
    assert!(started.iter().all(Result::is_ok), "{started:?}");
    let answers = |number: u32| Answers::new().with("q02", Answer::Integer(number.into()));
    let submitted = join_all((0..200).map(async |number| {
        let submission = Submission { answers: answers(number), ..submission(number, 0) };
        store.submit(&submission).await
    }))
    .await;
    for (number, result) in (0..200).zip(submitted) {
        assert_eq!(result.expect("submit"), receipt(number));
    }
    let records = records(store, EDITION).await.expect("read");
    assert_eq!(records.len(), 200);
    for (number, record) in (0..200).zip(records) {
        assert_eq!((record.token, record.answers), (token(number), answers(number)));
        assert_eq!((record.state, record.receipt), (RecordState::Submitted, Some(receipt(number))));
    }
    assert_eq!(store.counts(EDITION).await.expect("count"), Counts { submitted: 200, ..Counts::default() });
}

/// Never acknowledged and absent, never refused and present, and nothing comes after the closing has returned.
pub async fn a_submission_that_races_with_closing_is_kept_or_refused(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open(store).await;
    for number in 0..40 {
        store.start(&draft(number)).await.expect("start");
    }
    let submissions = join_all((0..40).map(async |number| store.submit(&submission(number, 0)).await));
    let closing = async {
        close(store).await;
        store.counts(EDITION).await.expect("count").submitted
    };
    let (submitted, at_closing) = join(submissions, closing).await;
    for (number, result) in (0..40).zip(&submitted) {
        let state = found(store, number).await.state;
        match result {
            Ok(_) => assert_eq!(state, RecordState::Submitted),
            Err(StoreError::EditionClosed { .. }) => assert_eq!(state, RecordState::Draft),
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(store.counts(EDITION).await.expect("count").submitted, at_closing);
}
