//! Closing while people are filling in, and many of them at once.

#![expect(clippy::missing_panics_doc, reason = "a conformance test panics when a promise is broken")]

use futures::future::{join, join_all};
use questionnaire::{Answer, Answers};

use super::{
    EDITION, Fixture, at, close, draft, found, open, open_and_start, open_and_submit, receipt, records, save,
    submission, token,
};
use crate::{Counts, RecordState, ResponseStore, Save, StoreError, Submission};

/// Closed at 9 seconds, with a grace until 60.
async fn close_with_grace(store: &dyn ResponseStore) {
    store.close_edition_until(EDITION, at(9), Some(at(60))).await.expect("close");
}

fn is_closed<T: std::fmt::Debug>(result: Result<T, StoreError>) {
    match result {
        Err(StoreError::EditionClosed { edition }) => assert_eq!(edition, EDITION),
        other => panic!("{other:?}"),
    }
}

/// Until the last second, and counted apart from what came before the closing.
pub async fn in_the_grace_a_draft_started_before_is_saved_and_sent_and_counted(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_submit(store, 1).await;
    store.start(&draft(2)).await.expect("start");
    store.start(&draft(3)).await.expect("start");
    close_with_grace(store).await;
    let edition = store.edition(EDITION).await.expect("read").expect("registered");
    assert_eq!((edition.closed_at, edition.grace_until), (Some(at(9)), Some(at(60))));
    assert_eq!((edition.grace_at(at(60)), edition.grace_at(at(61))), (Some(at(60)), None));
    assert!(edition.takes_drafts(at(60)) && !edition.takes_drafts(at(61)));
    assert_eq!(store.save(&Save { at: at(30), ..save(2, 0) }).await.expect("save"), 1);
    let last = Submission { version: "v2".to_owned(), at: at(60), ..submission(2, 1) };
    assert_eq!(store.submit(&last).await.expect("submit"), receipt(2));
    let expected = Counts { drafts: 1, submitted: 2, in_grace: 1, ..Counts::default() };
    assert_eq!(store.counts(EDITION).await.expect("count"), expected);
}

/// The grace is for what was begun.
pub async fn in_the_grace_nothing_is_started_and_nothing_is_corrected(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_submit(store, 1).await;
    close_with_grace(store).await;
    is_closed(store.start(&draft(2)).await);
    assert_eq!(store.find(&token(2)).await.expect("read"), None);
    // What was sent can be sent again, and refusing and withdrawing stay possible.
    assert_eq!(
        store.submit(&Submission { at: at(30), ..submission(1, 0) }).await.expect("replay"),
        receipt(1)
    );
    store.withdraw(&token(1), at(30)).await.expect("withdraw");
}

/// Neither a screen nor a response, one second later.
pub async fn after_the_grace_nothing_is_taken(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    close_with_grace(store).await;
    is_closed(store.save(&Save { at: at(61), ..save(1, 0) }).await);
    is_closed(store.submit(&Submission { at: at(61), ..submission(1, 0) }).await);
    let record = found(store, 1).await;
    assert_eq!((record.state, record.revision), (RecordState::Draft, 0));
}

/// The office may give more time, or none.
pub async fn closing_again_sets_the_grace_anew_and_keeps_the_time_of_closing(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    close_with_grace(store).await;
    store.close_edition_until(EDITION, at(61), Some(at(120))).await.expect("close again");
    assert_eq!(store.save(&Save { at: at(100), ..save(1, 0) }).await.expect("save"), 1);
    close(store).await;
    is_closed(store.save(&Save { at: at(101), ..save(1, 1) }).await);
    let edition = store.edition(EDITION).await.expect("read").expect("registered");
    assert_eq!((edition.closed_at, edition.grace_until), (Some(at(9)), None));
}

/// Each saves and sends text of its own, in many scripts, while others read.
pub async fn two_hundred_writers_at_once_keep_their_own_unicode(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open(store).await;
    let scripts = [
        "œuvre d’été",
        "Ελληνικά",
        "日本語",
        "עברית",
        "🇫🇷👩🏽‍💻",
        "e\u{301}\u{200b}\u{202e}x",
        "\u{0}\u{1f}\"\\",
    ];
    let text = |number: u32| format!("{} {number}", scripts[number as usize % scripts.len()]);
    let answers = |number: u32| Answers::new().with("q01", Answer::Text(text(number)));
    let contacts = |number: u32| Answers::new().with("q62", Answer::Text(format!("{}@", text(number))));
    let write = join_all((0..200).map(async |number: u32| {
        store.start(&draft(number)).await?;
        let save = Save { answers: answers(number), contacts: contacts(number), ..save(number, 0) };
        let revision = store.save(&save).await?;
        let version = save.version.clone();
        let sent = Submission {
            version,
            answers: answers(number),
            contacts: contacts(number),
            ..submission(number, revision)
        };
        store.submit(&sent).await
    }));
    let read = join_all((0..200).map(async |number| store.find(&token(number)).await));
    let (written, read) = join(write, read).await;
    for (number, result) in (0..200).zip(written) {
        assert_eq!(result.expect("written"), receipt(number));
    }
    for (number, result) in (0..200).zip(read) {
        // Whoever reads meanwhile finds nothing, or what one of the steps left, never another's.
        if let Some(record) = result.expect("read") {
            assert_eq!(record.token, token(number));
            assert!(record.answers.is_empty() || record.answers == answers(number));
        }
    }
    let records = records(store, EDITION).await.expect("read");
    assert_eq!(records.len(), 200);
    for (number, record) in (0..200).zip(records) {
        assert_eq!((record.answers, record.contacts), (answers(number), contacts(number)));
    }
}

/// Whichever is first: a save before the sending is in the response's past, one after it is refused.
pub async fn saves_and_submissions_of_one_draft_at_once_have_one_order(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    let saves = join_all((0..10).map(async |_| store.save(&save(1, 0)).await));
    let submissions = join_all(
        (0..10)
            .map(async |_| store.submit(&Submission { version: "v2".to_owned(), ..submission(1, 1) }).await),
    );
    let (saved, submitted) = join(saves, submissions).await;
    assert_eq!(saved.iter().filter(|result| result.is_ok()).count(), 1, "{saved:?}");
    let record = found(store, 1).await;
    let is_sent = submitted.iter().any(Result::is_ok);
    let expected = if is_sent { (RecordState::Submitted, 2) } else { (RecordState::Draft, 1) };
    assert_eq!((record.state, record.revision), expected, "{submitted:?}");
    assert_eq!(record.last_screen.as_deref(), Some("identity"));
    for result in saved {
        let is_refused =
            matches!(result, Ok(1) | Err(StoreError::Conflict { .. } | StoreError::AlreadySubmitted));
        assert!(is_refused, "{result:?}");
    }
}

/// Forty at once, of which some bring a receipt that another has, a revision that is past, or no record.
pub async fn a_change_that_is_refused_does_not_undo_those_that_came_with_it(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_submit(store, 100).await;
    for number in 0..30 {
        store.start(&draft(number)).await.expect("start");
    }
    let results = join_all((0..40).map(async |number: u32| {
        let submission = match number % 3 {
            0 => submission(number, 0),
            1 => Submission { receipt: receipt(100), ..submission(number, 0) },
            _ => submission(number, 7),
        };
        store.submit(&submission).await
    }))
    .await;
    for (number, result) in (0..40).zip(results) {
        let as_expected = match number {
            30.. => matches!(result, Err(StoreError::Unknown)),
            _ if number % 3 == 0 => matches!(&result, Ok(given) if *given == receipt(number)),
            _ if number % 3 == 1 => matches!(result, Err(StoreError::Duplicate)),
            _ => matches!(result, Err(StoreError::Conflict { expected: 7, found: 0 })),
        };
        assert!(as_expected, "{number}: {result:?}");
    }
    let expected = Counts { drafts: 20, submitted: 11, ..Counts::default() };
    assert_eq!(store.counts(EDITION).await.expect("count"), expected);
}
