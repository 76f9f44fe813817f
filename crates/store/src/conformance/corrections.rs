//! Corrections: beside what was sent, then in its place.

#![expect(clippy::missing_panics_doc, reason = "a conformance test panics when a promise is broken")]

use futures::future::{join, join_all};
use questionnaire::{Answer, Answers};

use super::{
    EDITION, Fixture, at, close, found, open_and_start, open_and_submit, receipt, records, save, submission,
    token,
};
use crate::{Counts, EarlierAnswers, Record, RespondentStore, Save, StoreError};

/// Opens the correction of what was just submitted.
async fn open_correction(store: &dyn RespondentStore, number: u32) -> Record {
    open_and_submit(store, number).await;
    store.correct(&token(number), at(4)).await.expect("a response can be corrected");
    corrected(store, number).await
}

async fn corrected(store: &dyn RespondentStore, number: u32) -> Record {
    store.correction(&token(number)).await.expect("a correction can be read").expect("a correction is open")
}

/// It begins with the answers that were sent, and what was sent stays as it is.
pub async fn a_correction_begins_with_what_was_sent(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_submit(store, 1).await;
    assert_eq!(store.correction(&token(1)).await.expect("read"), None);
    let sent = found(store, 1).await;
    store.correct(&token(1), at(4)).await.expect("correct");
    assert_eq!(corrected(store, 1).await, Record { updated_at: at(4), ..sent.clone() });
    assert_eq!(found(store, 1).await, sent);
    store.save_correction(&save(1, sent.revision)).await.expect("save");
    let before = corrected(store, 1).await;
    store.correct(&token(1), at(6)).await.expect("opening twice is not an error");
    assert_eq!(corrected(store, 1).await, before);
}

/// A draft is not sent yet, what was erased holds nothing, and a closed edition takes nothing.
pub async fn only_what_was_sent_can_be_corrected(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    assert!(matches!(store.correct(&token(1), at(4)).await, Err(StoreError::NotSubmitted)));
    assert!(matches!(store.correct(&token(2), at(4)).await, Err(StoreError::Unknown)));
    store.refuse(&token(1), at(4)).await.expect("refuse");
    assert!(matches!(store.correct(&token(1), at(4)).await, Err(StoreError::Gone)));
    open_and_submit(store, 3).await;
    assert!(matches!(store.save_correction(&save(3, 1)).await, Err(StoreError::AlreadySubmitted)));
    assert!(matches!(store.send_correction(&save(3, 1)).await, Err(StoreError::AlreadySubmitted)));
    close(store).await;
    assert!(matches!(store.correct(&token(3), at(10)).await, Err(StoreError::EditionClosed { .. })));
    assert_eq!(store.correction(&token(3)).await.expect("read"), None);
}

/// Until it is sent, everybody reads what was sent before: a freeze, a count, a second submission.
pub async fn a_correction_counts_only_once_it_is_sent(fixture: &mut impl Fixture) {
    let store = fixture.store();
    let opened = open_correction(store, 1).await;
    let sent = found(store, 1).await;
    assert_eq!(store.save_correction(&save(1, opened.revision)).await.expect("save"), opened.revision + 1);
    assert_eq!(records(store, EDITION).await.expect("read"), [sent]);
    assert_eq!(store.submit(&submission(1, 0)).await.expect("replay"), receipt(1));
    assert_eq!(corrected(store, 1).await.answers, save(1, 0).answers);

    let last = Save { at: at(7), ..save(1, opened.revision + 1) };
    assert_eq!(store.send_correction(&last).await.expect("send"), 2);
    let record = found(store, 1).await;
    assert_eq!((&record.answers, &record.contacts), (&last.answers, &last.contacts));
    assert_eq!((record.version.as_str(), record.last_screen.as_deref()), ("v2", Some("identity")));
    assert_eq!((record.receipt, record.submitted_at), (Some(receipt(1)), Some(at(7))));
    assert!(record.revision > opened.revision + 1, "{}", record.revision);
    assert_eq!(store.correction(&token(1)).await.expect("read"), None);
    assert_eq!(store.counts(EDITION).await.expect("count"), Counts { submitted: 1, ..Counts::default() });
}

/// In the order in which it was said, without the names and addresses.
pub async fn what_was_said_before_a_correction_is_kept(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_submit(store, 1).await;
    assert_eq!(store.earlier_answers(&token(1)).await.expect("read"), []);
    for number in 2..4 {
        store.correct(&token(1), at(4)).await.expect("correct");
        let answers = Answers::new().with("q02", Answer::Integer(number));
        let revision = corrected(store, 1).await.revision;
        let save = Save { answers, at: at(number), version: format!("v{number}"), ..save(1, revision) };
        assert_eq!(store.send_correction(&save).await.expect("send"), number);
    }
    let expected = [
        EarlierAnswers {
            number: 1,
            version: "v3".to_owned(),
            answers: submission(1, 0).answers,
            submitted_at: at(3),
        },
        EarlierAnswers {
            number: 2,
            version: "v2".to_owned(),
            answers: Answers::new().with("q02", Answer::Integer(2)),
            submitted_at: at(2),
        },
    ];
    assert_eq!(store.earlier_answers(&token(1)).await.expect("read"), expected);
    let everything = fixture.everything().await;
    assert!(!everything.contains("submitted@example.org"), "{everything}");
}

/// Of several tabs that send, or of one whose request is repeated on the way, one is heard.
pub async fn of_twenty_sendings_of_a_correction_one_succeeds(fixture: &mut impl Fixture) {
    let store = fixture.store();
    let revision = open_correction(store, 1).await.revision;
    let sendings: Vec<_> = (0..20)
        .map(|number| Save {
            answers: Answers::new().with("q02", Answer::Integer(number)),
            contacts: Answers::new(),
            ..save(1, revision)
        })
        .collect();
    let results = join_all(sendings.iter().map(async |save| store.send_correction(save).await)).await;
    let winners: Vec<_> = results.iter().zip(&sendings).filter(|(result, _)| result.is_ok()).collect();
    assert_eq!(winners.len(), 1, "{results:?}");
    assert!(results.iter().all(|result| matches!(result, Ok(2) | Err(StoreError::AlreadySubmitted))));
    let record = found(store, 1).await;
    assert_eq!(record.answers, winners[0].1.answers);
    assert!(record.contacts.is_empty());
    assert_eq!(store.earlier_answers(&token(1)).await.expect("read").len(), 1);
}

/// As for drafts; and a page of a correction that was given up does not fit the next one.
pub async fn a_correction_from_a_stale_revision_is_a_conflict(fixture: &mut impl Fixture) {
    let store = fixture.store();
    let first = open_correction(store, 1).await.revision;
    store.save_correction(&save(1, first)).await.expect("save");
    for stale in [first, 0] {
        assert!(matches!(store.save_correction(&save(1, stale)).await, Err(StoreError::Conflict { .. })));
        assert!(matches!(store.send_correction(&save(1, stale)).await, Err(StoreError::Conflict { .. })));
    }
    store.drop_correction(&token(1), at(5)).await.expect("give up");
    store.drop_correction(&token(1), at(5)).await.expect("giving up twice is not an error");
    assert_eq!(found(store, 1).await.answers, submission(1, 0).answers);
    store.correct(&token(1), at(6)).await.expect("correct");
    for stale in [first, first + 1] {
        assert!(matches!(store.save_correction(&save(1, stale)).await, Err(StoreError::Conflict { .. })));
    }
    assert_eq!(corrected(store, 1).await.answers, submission(1, 0).answers);
}

/// The answers of before, the correction under way, the codes: nothing is left of a withdrawn response.
pub async fn a_withdrawal_erases_all_that_was_ever_said(fixture: &mut impl Fixture) {
    let store = fixture.store();
    let revision = open_correction(store, 1).await.revision;
    store.send_correction(&save(1, revision)).await.expect("send");
    store.correct(&token(1), at(8)).await.expect("correct");
    let revision = corrected(store, 1).await.revision;
    store.save_correction(&save(1, revision)).await.expect("save");
    assert!(fixture.everything().await.contains("\"submitted\""), "the trace can be found before");
    close(store).await;
    store.withdraw(&token(1), at(10)).await.expect("withdraw");
    assert_eq!(store.correction(&token(1)).await.expect("read"), None);
    assert_eq!(store.earlier_answers(&token(1)).await.expect("read"), []);
    let everything = fixture.everything().await;
    for trace in ["\"saved", "\"submitted\"", "example.org", "identity"] {
        assert!(!everything.contains(trace), "`{trace}` in {everything}");
    }
}

/// Sent in time or not at all: what counts then is one of the two, whole.
pub async fn a_correction_that_races_with_closing_is_sent_or_refused(fixture: &mut impl Fixture) {
    let store = fixture.store();
    let mut revisions = Vec::new();
    for number in 0..20 {
        revisions.push(open_correction(store, number).await.revision);
    }
    let sendings = join_all(
        (0..20)
            .zip(&revisions)
            .map(async |(number, revision)| store.send_correction(&save(number, *revision)).await),
    );
    let (results, ()) = join(sendings, close(store)).await;
    for (number, result) in (0..20).zip(&results) {
        let record = found(store, number).await;
        match result {
            Ok(2) => assert_eq!(record.answers, save(number, 0).answers),
            Err(StoreError::EditionClosed { .. }) => {
                assert_eq!(record.answers, submission(number, 0).answers);
            }
            other => panic!("{other:?}"),
        }
    }
}
