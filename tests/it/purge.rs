//! What the privacy notice promises to erase is erased, when it says, on both databases; until somebody asks for it,
//! only said.

use chrono::{DateTime, Days, Utc};
use end_to_end::{barometre, workspace};
use questionnaire::{Answer, Answers};
use store::{NewDraft, ResponseStore, Submission, TokenHash};

use crate::crowd::Place;
use crate::definition::EDITION;

fn token(number: u32) -> TokenHash {
    TokenHash(format!("{number:064x}"))
}

/// An edition with a response and a draft, closed then.
async fn collect(store: &dyn ResponseStore, closed_at: DateTime<Utc>) {
    let at = closed_at - Days::new(2);
    store.open_edition(EDITION, true, at).await.expect("open");
    for number in [1, 2] {
        let draft =
            NewDraft { edition: EDITION.to_owned(), token: token(number), version: "v".to_owned(), at };
        store.start(&draft).await.expect("start");
    }
    let submission = Submission {
        token: token(1),
        expected_revision: 0,
        version: "v".to_owned(),
        answers: Answers::new().with("org_salaries", Answer::Integer(7)),
        contacts: Answers::new().with("org_nom", Answer::text("Les Canaris")),
        receipt: store::receipt_from([7; 16]),
        at,
    };
    store.submit(&submission).await.expect("submit");
    store.close_edition(EDITION, closed_at).await.expect("close");
}

/// Runs `purge`: whether it went well, and what it said.
fn purge(place: &Place, more: &[&str]) -> (bool, String) {
    let mut command = barometre();
    command
        .args(["purge", EDITION, "--dir"])
        .arg(place.data())
        .arg("--surveys")
        .arg(workspace().join("surveys"));
    if let Some(schema) = &place.schema {
        command.args(["--database-url", &schema.url(None)]);
    }
    let output = command.args(more).output().expect("the binary can be run");
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (output.status.success(), said.concat())
}

async fn erases_what_was_promised(place: Place) {
    let store = place.store().await;
    let now = intake::Clock::now(&intake::SystemClock);
    let days = |days: u64| now - Days::new(days);
    let drafts = async || store.counts(EDITION).await.expect("count").drafts;
    let contacts = async || store.find(&token(1)).await.expect("read").expect("kept").contacts.len();
    collect(store.as_ref(), days(10)).await;

    let (is_done, said) = purge(&place, &[]);
    assert!(
        is_done && said.contains("drafts never sent: 1") && said.contains("nothing was erased"),
        "{said}"
    );
    let (is_done, said) = purge(&place, &["--apply"]);
    assert!(!is_done && said.contains("was not frozen"), "{said}");
    assert_eq!((drafts().await, contacts().await), (1, 1));

    let (is_done, said) = purge(&place, &["--apply", "--unfrozen"]);
    assert!(is_done && said.contains("erased: 1 drafts") && !said.contains("erased: the contacts"), "{said}");
    assert_eq!((drafts().await, contacts().await), (0, 1), "contacts are not due yet");

    // The next edition was over more than a month ago: they are.
    store.open_edition("2028", true, days(90)).await.expect("open");
    store.close_edition("2028", days(40)).await.expect("close");
    let (is_done, said) = purge(&place, &["--apply", "--unfrozen", "--next", "2028"]);
    assert!(is_done && said.contains("erased: the contacts of 1 responses"), "{said}");
    assert_eq!(contacts().await, 0);
    let kept = store.find(&token(1)).await.expect("read").expect("kept");
    assert_eq!(kept.answers.get("org_salaries"), Some(&Answer::Integer(7)), "what was answered stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_edition_promised_to_erase_is_erased_on_sqlite() {
    erases_what_was_promised(Place::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_edition_promised_to_erase_is_erased_on_postgresql() {
    erases_what_was_promised(Place::postgres("purge")).await;
}
