//! Drafts: started, found, saved.

#![expect(clippy::missing_panics_doc, reason = "a conformance test panics when a promise is broken")]

use futures::future::join_all;
use questionnaire::{Answer, Answers};

use super::{
    EDITION, Fixture, at, close, draft, found, open, open_and_start, open_and_submit, save, submission, token,
};
use crate::{NewDraft, Record, RecordState, Save, StoreError};

/// Empty, at revision 0, with what was given.
pub async fn a_draft_is_found_as_it_was_started(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    let expected = Record {
        edition: EDITION.to_owned(),
        token: token(1),
        state: RecordState::Draft,
        version: "v1".to_owned(),
        answers: Answers::new(),
        contacts: Answers::new(),
        last_screen: None,
        revision: 0,
        receipt: None,
        started_at: at(1),
        updated_at: at(1),
        submitted_at: None,
    };
    assert_eq!(found(store, 1).await, expected);
}

/// A link that leads nowhere: absent for `find`, an error for every change.
pub async fn an_unknown_token_is_absent_and_takes_nothing(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    assert_eq!(store.find(&token(2)).await.expect("read"), None);
    assert!(matches!(store.save(&save(2, 0)).await, Err(StoreError::Unknown)));
    assert!(matches!(store.submit(&submission(2, 0)).await, Err(StoreError::Unknown)));
    assert!(matches!(store.refuse(&token(2), at(4)).await, Err(StoreError::Unknown)));
    assert!(matches!(store.withdraw(&token(2), at(4)).await, Err(StoreError::Unknown)));
    assert_eq!(store.find(&token(2)).await.expect("read"), None);
}

/// Whatever the edition: the second start is refused and the first draft stays.
pub async fn a_token_starts_one_draft_only(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    store.open_edition("2027", false, at(0)).await.expect("open");
    store.save(&save(1, 0)).await.expect("save");
    assert!(matches!(store.start(&draft(1)).await, Err(StoreError::Duplicate)));
    let elsewhere = NewDraft { edition: "2027".to_owned(), ..draft(1) };
    assert!(matches!(store.start(&elsewhere).await, Err(StoreError::Duplicate)));
    let record = found(store, 1).await;
    assert_eq!((record.edition.as_str(), record.revision), (EDITION, 1));

    let started = join_all((0..20).map(async |_| store.start(&draft(2)).await)).await;
    assert_eq!(started.iter().filter(|result| result.is_ok()).count(), 1);
    assert!(
        started.iter().all(|result| matches!(result, Ok(()) | Err(StoreError::Duplicate))),
        "{started:?}"
    );
}

/// Closed means closed for newcomers.
pub async fn a_draft_is_not_started_after_closing(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open(store).await;
    close(store).await;
    assert!(matches!(store.start(&draft(1)).await, Err(StoreError::EditionClosed { .. })));
    assert_eq!(store.find(&token(1)).await.expect("read"), None);
}

/// What a save does not give is not there any more.
pub async fn a_save_replaces_the_answers_and_raises_the_revision(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    assert_eq!(store.save(&save(1, 0)).await.expect("save"), 1);
    let expected = Record {
        edition: EDITION.to_owned(),
        token: token(1),
        state: RecordState::Draft,
        version: "v2".to_owned(),
        answers: save(1, 0).answers,
        contacts: save(1, 0).contacts,
        last_screen: Some("identity".to_owned()),
        revision: 1,
        receipt: None,
        started_at: at(1),
        updated_at: at(2),
        submitted_at: None,
    };
    assert_eq!(found(store, 1).await, expected);

    let answers = Answers::new().with("q03", Answer::multiple(["b", "a"]));
    let second = Save { answers: answers.clone(), last_screen: None, at: at(5), ..save(1, 1) };
    assert_eq!(store.save(&second).await.expect("save"), 2);
    let record = found(store, 1).await;
    assert_eq!((record.answers, record.last_screen, record.updated_at), (answers, None, at(5)));
}

/// Two tabs: the second to save learns which revision it missed.
pub async fn a_save_from_a_stale_revision_is_a_conflict_and_changes_nothing(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    store.save(&save(1, 0)).await.expect("save");
    let before = found(store, 1).await;
    for stale in [0, 2, -1] {
        let other = Save { answers: Answers::new().with("q01", Answer::text("lost")), ..save(1, stale) };
        match store.save(&other).await {
            Err(StoreError::Conflict { expected, found }) => assert_eq!((expected, found), (stale, 1)),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(found(store, 1).await, before);
}

/// None is lost unseen, none is mixed with another.
pub async fn of_twenty_saves_from_one_revision_one_succeeds(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    let saves: Vec<_> = (0..20)
        .map(|number| Save {
            answers: Answers::new().with("q02", Answer::Integer(number)),
            contacts: Answers::new().with("q62", Answer::Integer(number)),
            ..save(1, 0)
        })
        .collect();
    let results = join_all(saves.iter().map(async |save| store.save(save).await)).await;
    let winners: Vec<_> = results.iter().zip(&saves).filter(|(result, _)| result.is_ok()).collect();
    assert_eq!(winners.len(), 1, "{results:?}");
    assert!(
        results.iter().all(|result| matches!(result, Ok(1) | Err(StoreError::Conflict { found: 1, .. })))
    );
    let record = found(store, 1).await;
    assert_eq!((&record.answers, &record.contacts), (&winners[0].1.answers, &winners[0].1.contacts));
    assert_eq!(record.revision, 1);
}

/// What was saved before stays as it was.
pub async fn a_save_after_closing_is_refused(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    store.save(&save(1, 0)).await.expect("save");
    let before = found(store, 1).await;
    close(store).await;
    match store.save(&save(1, 1)).await {
        Err(StoreError::EditionClosed { edition }) => assert_eq!(edition, EDITION),
        other => panic!("{other:?}"),
    }
    assert_eq!(found(store, 1).await, before);
}

/// A tab left open does not alter what was sent, whichever revision it read.
pub async fn a_save_after_submission_is_refused(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_submit(store, 1).await;
    let before = found(store, 1).await;
    for revision in [0, 1] {
        assert!(matches!(store.save(&save(1, revision)).await, Err(StoreError::AlreadySubmitted)));
    }
    assert_eq!(found(store, 1).await, before);
}

/// A save without contacts leaves none, anywhere.
pub async fn contacts_can_be_taken_back(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    store.save(&save(1, 0)).await.expect("save");
    store.save(&Save { contacts: Answers::new(), ..save(1, 1) }).await.expect("save");
    assert!(found(store, 1).await.contacts.is_empty());
    let everything = fixture.everything().await;
    assert!(!everything.contains("example.org"), "{everything}");
}
