//! Reading: what comes back is what was sent, in order, and what is spoilt is named.

#![expect(clippy::missing_panics_doc, reason = "a conformance test panics when a promise is broken")]

use chrono::TimeDelta;
use futures::StreamExt;
use questionnaire::{Answer, Answers, Identifier, Networks};

use super::{
    EDITION, Fixture, at, close, draft, found, open, open_and_start, open_and_submit, receipt, records, save,
    submission, token,
};
use crate::{Counts, EditionState, NewDraft, RecordState, Save, StoreError, Submission};

/// Saves these answers and contacts, submits them, and asserts each time that they come back.
async fn assert_kept(fixture: &mut impl Fixture, answers: Answers) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    let save = Save { answers: answers.clone(), contacts: answers.clone(), ..save(1, 0) };
    store.save(&save).await.expect("save");
    let record = found(store, 1).await;
    assert!(record.answers == answers && record.contacts == answers, "saved otherwise");
    let submission = Submission { answers: answers.clone(), contacts: answers.clone(), ..submission(1, 1) };
    store.submit(&submission).await.expect("submit");
    let record = found(store, 1).await;
    assert!(record.answers == answers && record.contacts == answers, "submitted otherwise");
    assert!(records(store, EDITION).await.expect("read") == [record], "streamed otherwise");
    assert_eq!(fixture.kept_answers(&token(1)).await, answers.to_json().into_bytes());
}

/// Ligatures, no-break spaces, emoji, right to left, combining, controls, quotes, and the code of a character spelt out.
pub async fn every_character_comes_back_as_it_was_sent(fixture: &mut impl Fixture) {
    let texts = [
        "Œuvre de l’Île-d’Yeu : « ça va\u{202f}? »\u{a0}!",
        "👩🏽‍💻🇫🇷",
        "שלום مرحبا \u{202e}abc",
        "e\u{301} n’est pas é",
        "\u{1}\t\r\n\u{7f}\u{feff}\u{fffd}\u{10ffff}",
        r#"'; DROP TABLE responses; -- " \ \u0000 \\u0000"#,
        "$1 ?1 :a @b %s {}",
        "",
        "  ",
        "\0 zero",
    ];
    let answers = texts.iter().enumerate().fold(Answers::new(), |answers, (index, text)| {
        answers.with(&format!("q{index:02}"), Answer::text(text)).with(text, Answer::Integer(1))
    });
    assert_kept(fixture, answers).await;
}

/// In one answer, with characters of several bytes.
pub async fn a_megabyte_of_text_comes_back_as_it_was_sent(fixture: &mut impl Fixture) {
    let text = "œ€ « très long » 👍\n".repeat(40_000);
    assert!(text.len() > 1_000_000);
    assert_kept(fixture, Answers::new().with("q61", Answer::Text(text))).await;
}

/// Integers to their limits, choices, identifiers, networks and matrices.
pub async fn every_kind_of_answer_comes_back_as_it_was_sent(fixture: &mut impl Fixture) {
    let siret = Identifier { kind: "siret".to_owned(), value: Some("73282932000074".to_owned()) };
    let nobody = Identifier { kind: "aucun".to_owned(), value: None };
    let other = Some("Réseau d’ici".to_owned());
    let networks = Networks { codes: ["ess_france", "coorace"].map(str::to_owned).into(), other };
    let answers = Answers::new()
        .with("q01", Answer::Integer(i64::MIN))
        .with("q02", Answer::Integer(i64::MAX))
        .with("q03", Answer::text("no"))
        .with("q04", Answer::multiple(["b", "a", "c"]))
        .with("q05", Answer::multiple([]))
        .with("q06", Answer::Identifier(siret))
        .with("q07", Answer::Identifier(nobody))
        .with("q08", Answer::Networks(networks))
        .with("q09", Answer::Networks(Networks::default()))
        .with("q10", Answer::matrix([("row_2", "often"), ("row_1", "never")]));
    assert_kept(fixture, answers).await;
}

/// Keys in order, no space, nothing reordered or rewritten by the database: a hash of what was sent holds.
pub async fn answers_are_kept_as_canonical_json(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_start(store, 1).await;
    let answers = Answers::new()
        .with("q10", Answer::text("é"))
        .with("q2", Answer::Integer(100))
        .with("a", Answer::multiple(["z", "b"]));
    store.save(&Save { answers, ..save(1, 0) }).await.expect("save");
    let kept = fixture.kept_answers(&token(1)).await;
    assert_eq!(String::from_utf8(kept).expect("UTF-8"), r#"{"a":["b","z"],"q10":"é","q2":100}"#);
}

/// A fraction of a second is dropped, not rounded.
pub async fn instants_are_kept_in_whole_seconds(fixture: &mut impl Fixture) {
    let store = fixture.store();
    let late = |seconds| at(seconds) + TimeDelta::nanoseconds(999_999_999);
    store.open_edition(EDITION, false, late(0)).await.expect("open");
    store.start(&NewDraft { at: late(1), ..draft(1) }).await.expect("start");
    store.save(&Save { at: late(2), ..save(1, 0) }).await.expect("save");
    assert_eq!(found(store, 1).await.updated_at, at(2));
    store.submit(&Submission { at: late(3), ..submission(1, 1) }).await.expect("submit");
    let record = found(store, 1).await;
    assert_eq!((record.started_at, record.updated_at, record.submitted_at), (at(1), at(3), Some(at(3))));
    store.withdraw(&token(1), late(4)).await.expect("withdraw");
    assert_eq!(found(store, 1).await.updated_at, at(4));
    store.close_edition(EDITION, late(5)).await.expect("close");
    let edition = store.edition(EDITION).await.expect("read").expect("registered");
    assert_eq!((edition.opened_at, edition.closed_at), (at(0), Some(at(5))));
}

/// Then by token hash, whatever was saved or submitted in between.
pub async fn records_come_in_the_order_they_were_started(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open(store).await;
    // Digits sort before letters by bytes; a language's rules may say otherwise.
    let order = [(0xa, 1), (0x9, 2), (0xa1, 2), (0xb, 2), (0x1, 3)];
    for (number, second) in [order[2], order[4], order[0], order[3], order[1]] {
        store.start(&NewDraft { at: at(second), ..draft(number) }).await.expect("start");
    }
    store.submit(&submission(0xb, 0)).await.expect("submit");
    store.save(&save(0xa1, 0)).await.expect("save");
    let mut expected: Vec<_> = order.iter().map(|&(number, second)| (at(second), token(number))).collect();
    expected.sort();
    let records = records(store, EDITION).await.expect("read");
    let found: Vec<_> = records.into_iter().map(|record| (record.started_at, record.token)).collect();
    assert_eq!(found, expected);
}

/// One of each, two of some.
pub async fn records_are_counted_by_state(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open(store).await;
    for number in 0..7 {
        store.start(&draft(number)).await.expect("start");
    }
    for number in [0, 1, 2] {
        store.submit(&submission(number, 0)).await.expect("submit");
    }
    store.withdraw(&token(2), at(4)).await.expect("withdraw");
    store.withdraw(&token(3), at(4)).await.expect("withdraw");
    store.refuse(&token(4), at(4)).await.expect("refuse");
    let expected = Counts { drafts: 2, submitted: 2, refused: 1, withdrawn: 2, ..Counts::default() };
    assert_eq!(store.counts(EDITION).await.expect("count"), expected);
}

/// Table, column and key, for whoever repairs it at night; what was found may be personal and is not said.
pub async fn a_corrupt_row_is_named_and_quotes_no_answer(fixture: &mut impl Fixture) {
    open_and_submit(fixture.store(), 1).await;
    fixture.corrupt(&token(1)).await;
    let kept = String::from_utf8(fixture.kept_answers(&token(1)).await).expect("UTF-8");
    match fixture.store().find(&token(1)).await {
        Err(error @ StoreError::Corrupt { table: "responses", column: "answers", .. }) => {
            let message = error.to_string();
            assert!(message.contains(&token(1).0), "{message}");
            assert!(!message.contains(&kept), "{message}");
        }
        other => panic!("{other:?}"),
    }
}

/// The stream names it in its place and goes on; it can be withdrawn.
pub async fn a_corrupt_row_does_not_hide_the_others(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open(store).await;
    for number in 0..5 {
        store.start(&draft(number)).await.expect("start");
    }
    fixture.corrupt(&token(2)).await;
    let store = fixture.store();
    let found: Vec<_> = store.records(EDITION).collect().await;
    assert_eq!(found.len(), 5);
    for (number, result) in (0..5).zip(found) {
        match result {
            Ok(record) => assert!(number != 2 && record.token == token(number)),
            Err(StoreError::Corrupt { key, .. }) => assert!(number == 2 && key == token(2).0),
            Err(error) => panic!("{error}"),
        }
    }
    store.withdraw(&token(2), at(4)).await.expect("withdraw");
    assert_eq!(records(store, EDITION).await.expect("read").len(), 5);
}

/// Drafts, responses, refusals, the edition and its closing.
pub async fn what_was_acknowledged_is_there_after_a_restart(fixture: &mut impl Fixture) {
    let store = fixture.store();
    open_and_submit(store, 1).await;
    for number in [2, 3] {
        store.start(&draft(number)).await.expect("start");
    }
    store.save(&save(2, 0)).await.expect("save");
    store.refuse(&token(3), at(4)).await.expect("refuse");
    close(store).await;
    let before = records(store, EDITION).await.expect("read");
    fixture.reopen().await;
    let store = fixture.store();
    assert_eq!(records(store, EDITION).await.expect("read"), before);
    let edition = store.edition(EDITION).await.expect("read").expect("registered");
    assert_eq!((edition.state, edition.closed_at), (EditionState::Closed, Some(at(9))));
    let again = Submission { receipt: receipt(9), ..submission(1, 0) };
    assert_eq!(store.submit(&again).await.expect("replay"), receipt(1));
    assert_eq!(found(store, 3).await.state, RecordState::Refused);
}
