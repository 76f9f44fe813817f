//! Definitions: published, kept, and the answers that come under another one.

#![expect(clippy::missing_panics_doc, reason = "a conformance test panics when a promise is broken")]

use futures::future::{join, join_all};

use super::{
    EDITION, Fixture, at, close, draft, found, open, open_and_start, records, save, submission, token,
};
use crate::{
    DefinitionRecord, EditionState, NewDraft, Publish, RecordState, Save, StoreError, Submission, TokenHash,
};

/// The definition of this version, in place of the one expected.
fn publish(version: &str, expected: Option<&str>, seconds: i64) -> Publish {
    Publish {
        edition: EDITION.to_owned(),
        version: version.to_owned(),
        files: format!(r#"{{"questionnaire.toml":"title = \"é {version}\"\n"}}"#),
        lists: r#"{"nomenclatures/communes.csv":"00ff"}"#.to_owned(),
        expected: expected.map(str::to_owned),
        tide: None,
        archive: None,
        at: at(seconds),
    }
}

fn recorded(publish: &Publish, sequence: i64) -> DefinitionRecord {
    DefinitionRecord {
        edition: publish.edition.clone(),
        sequence,
        version: publish.version.clone(),
        files: publish.files.clone(),
        lists: publish.lists.clone(),
        published_at: publish.at,
    }
}

/// A save of draft 1 under this version.
fn save_under(version: &str, expected_revision: i64) -> Save {
    Save { version: version.to_owned(), ..save(1, expected_revision) }
}

fn submission_under(version: &str, expected_revision: i64) -> Submission {
    Submission { version: version.to_owned(), ..submission(1, expected_revision) }
}

fn is_outdated<T: std::fmt::Debug>(result: Result<T, StoreError>, wanted: (&str, &str)) {
    match result {
        Err(StoreError::OutdatedVersion { edition, given, current }) => {
            assert_eq!((edition.as_str(), given.as_str(), current.as_str()), (EDITION, wanted.0, wanted.1));
        }
        other => panic!("{other:?}"),
    }
}

/// In the order of publication, byte for byte, and the last one is asked.
pub async fn definitions_are_found_as_they_were_published(fixture: &mut impl Fixture) {
    open(fixture.store()).await;
    let office = fixture.office();
    assert_eq!(office.definitions(EDITION).await.expect("read"), Vec::new());
    let (first, second) = (publish("v1", None, 1), publish("v2", Some("v1"), 2));
    office.publish(&first).await.expect("publish");
    office.publish(&second).await.expect("publish");
    // One that was asked before may be asked again.
    let third = publish("v1", Some("v2"), 3);
    office.publish(&third).await.expect("publish");
    let expected = vec![recorded(&first, 1), recorded(&second, 2), recorded(&third, 3)];
    assert_eq!(office.definitions(EDITION).await.expect("read"), expected);
    fixture.reopen().await;
    assert_eq!(fixture.office().definitions(EDITION).await.expect("read"), expected);
    let edition = fixture.store().edition(EDITION).await.expect("read").expect("registered");
    assert_eq!(edition.version.as_deref(), Some("v1"));
}

/// Nothing is added, whatever else was given.
pub async fn publishing_what_is_asked_already_changes_nothing(fixture: &mut impl Fixture) {
    open(fixture.store()).await;
    let office = fixture.office();
    let first = publish("v1", None, 1);
    office.publish(&first).await.expect("publish");
    office.publish(&publish("v1", None, 5)).await.expect("publish again");
    let archive = Some("2026-avant-x".to_owned());
    office.publish(&Publish { archive, ..publish("v1", Some("v0"), 6) }).await.expect("and again");
    assert_eq!(office.definitions(EDITION).await.expect("read"), vec![recorded(&first, 1)]);
}

/// Of two offices that publish from the same one, the second is told.
pub async fn a_definition_weighed_against_another_one_is_refused(fixture: &mut impl Fixture) {
    open(fixture.store()).await;
    let office = fixture.office();
    office.publish(&publish("v1", None, 1)).await.expect("publish");
    is_outdated(office.publish(&publish("v2", None, 2)).await, ("none", "v1"));
    let rivals: Vec<Publish> = (0..10).map(|rival| publish(&format!("r{rival}"), Some("v1"), 3)).collect();
    let results = join_all(rivals.iter().map(async |rival| office.publish(rival).await)).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    let refused = results.iter().filter(|result| matches!(result, Err(StoreError::OutdatedVersion { .. })));
    assert_eq!(refused.count(), 9, "{results:?}");
    assert_eq!(office.definitions(EDITION).await.expect("read").len(), 2);
}

/// Nothing is asked any more, or yet.
pub async fn a_closed_edition_takes_no_definition(fixture: &mut impl Fixture) {
    let closed = |result| assert!(matches!(result, Err(StoreError::EditionClosed { .. })), "{result:?}");
    closed(fixture.office().publish(&publish("v1", None, 1)).await);
    open(fixture.store()).await;
    fixture.office().publish(&publish("v1", None, 1)).await.expect("publish");
    close(fixture.store()).await;
    closed(fixture.office().publish(&publish("v2", Some("v1"), 10)).await);
    assert_eq!(fixture.office().definitions(EDITION).await.expect("read").len(), 1);
}

/// Start, save and submission alike; nothing is changed, and under the version asked it is done.
pub async fn answers_under_a_version_not_asked_any_more_are_refused(fixture: &mut impl Fixture) {
    open(fixture.store()).await;
    fixture.office().publish(&publish("v1", None, 1)).await.expect("publish");
    let store = fixture.store();
    store.start(&draft(1)).await.expect("start");
    assert_eq!(store.save(&save_under("v1", 0)).await.expect("save"), 1);
    let kept = found(store, 1).await;
    fixture.office().publish(&publish("v2", Some("v1"), 2)).await.expect("publish");
    is_outdated(store.start(&draft(2)).await, ("v1", "v2"));
    is_outdated(store.save(&save_under("v1", 1)).await, ("v1", "v2"));
    is_outdated(store.submit(&submission_under("v1", 1)).await, ("v1", "v2"));
    assert_eq!(found(store, 1).await, kept, "a draft stays under the version of its last save");
    assert_eq!(store.find(&token(2)).await.expect("read"), None);
    store.start(&NewDraft { version: "v2".to_owned(), ..draft(2) }).await.expect("start");
    assert_eq!(store.save(&save_under("v2", 1)).await.expect("save"), 2);
    store.submit(&submission_under("v2", 2)).await.expect("submit");
    let sent = found(store, 1).await;
    assert_eq!((sent.state, sent.version.as_str()), (RecordState::Submitted, "v2"));
}

/// A response stays as it was sent; the second click still gets the first receipt, and it can be withdrawn.
pub async fn a_response_stays_under_the_version_it_was_sent_under(fixture: &mut impl Fixture) {
    open(fixture.store()).await;
    fixture.office().publish(&publish("v1", None, 1)).await.expect("publish");
    let store = fixture.store();
    store.start(&draft(1)).await.expect("start");
    let receipt = store.submit(&submission_under("v1", 0)).await.expect("submit");
    let sent = found(store, 1).await;
    fixture.office().publish(&publish("v2", Some("v1"), 2)).await.expect("publish");
    assert_eq!(found(store, 1).await, sent);
    assert_eq!(store.submit(&submission_under("v1", 0)).await.expect("replay"), receipt);
    store.withdraw(&token(1), at(4)).await.expect("withdraw");
}

/// Every change to a response raises the tide, and a definition weighed at low tide is not published at high tide.
pub async fn a_definition_weighed_before_an_answer_came_is_refused(fixture: &mut impl Fixture) {
    open(fixture.store()).await;
    let (store, office) = (fixture.store(), fixture.office());
    office.publish(&publish("v1", None, 1)).await.expect("publish");
    let mut tide = office.tide(EDITION).await.expect("read");
    let mut has_risen = async |what: &str| {
        let found = office.tide(EDITION).await.expect("read");
        assert!(found > tide, "{what}: {tide}, then {found}");
        tide = found;
    };
    store.start(&draft(1)).await.expect("start");
    has_risen("a start").await;
    let low = office.tide(EDITION).await.expect("read");
    store.save(&save_under("v1", 0)).await.expect("save");
    has_risen("a save").await;
    let weighed = |tide| Publish { tide: Some(tide), ..publish("v2", Some("v1"), 2) };
    let result = office.publish(&weighed(low)).await;
    assert!(matches!(result, Err(StoreError::AnswersCame { .. })), "{result:?}");
    assert_eq!(office.definitions(EDITION).await.expect("read").len(), 1);
    store.submit(&submission_under("v1", 1)).await.expect("submit");
    has_risen("a submission").await;
    store.withdraw(&token(1), at(4)).await.expect("withdraw");
    has_risen("a withdrawal").await;
    office.publish(&weighed(office.tide(EDITION).await.expect("read"))).await.expect("publish");
}

/// Under twenty saves at once every one was done before the publication or is told of it.
pub async fn a_publication_that_races_with_saves_has_one_order_with_them(fixture: &mut impl Fixture) {
    open(fixture.store()).await;
    let (store, office) = (fixture.store(), fixture.office());
    office.publish(&publish("v1", None, 1)).await.expect("publish");
    for number in 1..=20 {
        store.start(&draft(number)).await.expect("start");
    }
    let tide = office.tide(EDITION).await.expect("read");
    let saves = join_all((1..=20).map(async |number| {
        let save = Save { version: "v1".to_owned(), ..save(number, 0) };
        store.save(&save).await
    }));
    let next = Publish { tide: Some(tide), ..publish("v2", Some("v1"), 2) };
    let (saves, published) = join(saves, office.publish(&next)).await;
    let saved = saves.iter().filter(|result| result.is_ok()).count();
    for result in &saves {
        assert!(matches!(result, Ok(1) | Err(StoreError::OutdatedVersion { .. })), "{result:?}");
    }
    match published {
        Ok(()) => {
            assert_eq!(saved, 0, "a definition was published over answers that it was not weighed against");
        }
        Err(StoreError::AnswersCame { .. }) => assert_eq!(saved, 20, "nothing was published"),
        Err(error) => panic!("{error:?}"),
    }
}

/// Everything moves and nothing changes; the edition is empty and open, under the new definition.
pub async fn an_edition_started_again_keeps_what_was_apart(fixture: &mut impl Fixture) {
    open_and_start(fixture.store(), 1).await;
    let first = publish("v1", None, 1);
    fixture.office().publish(&first).await.expect("publish");
    let store = fixture.store();
    store.start(&draft(2)).await.expect("start");
    store.submit(&Submission { version: "v1".to_owned(), ..submission(2, 0) }).await.expect("submit");
    store.open_edition("2027", false, at(0)).await.expect("open");
    let elsewhere = NewDraft { edition: "2027".to_owned(), ..draft(3) };
    store.start(&elsewhere).await.expect("start");
    let before = records(store, EDITION).await.expect("read");

    let archive = "2026-avant-20261118T000000Z";
    let again = Publish { archive: Some(archive.to_owned()), ..publish("v2", Some("v1"), 7) };
    fixture.office().publish(&again).await.expect("start again");

    assert_eq!(records(store, EDITION).await.expect("read"), Vec::new());
    let edition = store.edition(EDITION).await.expect("read").expect("registered");
    assert_eq!((edition.state, edition.opened_at), (EditionState::Open, at(7)));
    assert_eq!(edition.version.as_deref(), Some("v2"));
    let office = fixture.office();
    assert_eq!(office.definitions(EDITION).await.expect("read"), vec![recorded(&again, 1)]);

    let apart = store.edition(archive).await.expect("read").expect("registered");
    assert_eq!((apart.state, apart.opened_at, apart.closed_at), (EditionState::Closed, at(0), Some(at(7))));
    assert_eq!(apart.version.as_deref(), Some("v1"));
    let moved = DefinitionRecord { edition: archive.to_owned(), ..recorded(&first, 1) };
    assert_eq!(office.definitions(archive).await.expect("read"), vec![moved]);
    let mut after = records(store, archive).await.expect("read");
    for record in &mut after {
        assert_eq!(record.edition, archive);
        EDITION.clone_into(&mut record.edition);
    }
    assert_eq!(after, before, "answers, contacts, receipts and instants are as they were");
    assert_eq!(records(store, "2027").await.expect("read").len(), 1, "other editions are left alone");

    // What was set apart takes no answer, and can be withdrawn.
    let late = store.save(&save_under("v1", 0)).await;
    assert!(matches!(late, Err(StoreError::EditionClosed { .. })), "{late:?}");
    store.withdraw(&token(2), at(8)).await.expect("withdraw");
    store.start(&NewDraft { version: "v2".to_owned(), ..draft(4) }).await.expect("start");
    assert_eq!(store.counts(EDITION).await.expect("count").drafts, 1);
}

/// The first archive stays as it is, and so does the edition.
pub async fn an_archive_is_never_overwritten(fixture: &mut impl Fixture) {
    open(fixture.store()).await;
    let archive = Some("2026-avant-x".to_owned());
    fixture.store().open_edition("2026-avant-x", false, at(0)).await.expect("open");
    fixture.office().publish(&publish("v1", None, 1)).await.expect("publish");
    let start = NewDraft { token: TokenHash("a".repeat(64)), ..draft(1) };
    fixture.store().start(&start).await.expect("start");
    let again = Publish { archive, ..publish("v2", Some("v1"), 2) };
    let result = fixture.office().publish(&again).await;
    assert!(matches!(result, Err(StoreError::Duplicate)), "{result:?}");
    assert_eq!(fixture.store().counts(EDITION).await.expect("count").drafts, 1);
    let edition = fixture.store().edition(EDITION).await.expect("read").expect("registered");
    assert_eq!(edition.version.as_deref(), Some("v1"));
}
