//! Visits that go to the end, stop, refuse, or meet nobody.

use std::time::Duration;

use load::{Crowd, Door, Ledger, Respondent, Step, Target, prepare};
use questionnaire::Answer;
use store::Counts;

use crate::site::{EDITION, Site, answers};

async fn door(url: &str) -> Door {
    let target = Target::resolve(url).await.expect("an address");
    Door { target, pause: Duration::ZERO, tries: 1, is_kept: true }
}

/// So many come at once, each once.
fn crowd(count: usize) -> Crowd {
    let rate = count as f64 * 1000.0;
    Crowd { connections: count, rate: Some(rate), duration: Duration::from_millis(1) }
}

#[tokio::test(flavor = "multi_thread")]
async fn whole_questionnaires_are_filled_and_the_store_holds_what_was_acknowledged() {
    let site = Site::open().await;
    let door = door(&site.url).await;
    let whole = Respondent { answers: answers(), stops_after: None };
    let stops_after = site.edition.questionnaire.screen_index("portage");
    let stopping = Respondent { stops_after, ..whole.clone() };
    let refusal = whole.answers.clone().with("cst_participation", Answer::text("non"));
    let refusing = Respondent { answers: refusal, stops_after: None };
    let before = Ledger::read(site.store.as_ref(), EDITION).await.expect("read");
    let respondents = [whole.clone(), stopping, refusing, whole];
    let report = crowd(4).fill(&door, &site.edition, &respondents).await;
    assert_eq!((report.came, report.dropped, report.refused, report.gave_up), (4, 1, 1, 0), "{report}");
    assert_eq!(report.error_count(), 0, "{report}");
    assert_eq!(report.of(Step::Submit).count(), 2);
    let verdict = Ledger::read(site.store.as_ref(), EDITION).await.expect("read").since(&before, &report);
    assert!(verdict.is_kept() && verdict.stored == 2, "{verdict}");
    let expected = Counts { drafts: 1, submitted: 2, refused: 1, ..Counts::default() };
    assert_eq!(site.store.counts(EDITION).await.expect("count"), expected);
    let kept =
        site.store.find(&intake::token_hash(report.acknowledged.first().expect("two were sent"))).await;
    assert_eq!(kept.expect("read").expect("kept").whole(), answers());
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_that_are_ready_are_sent_once_each() {
    let site = Site::open().await;
    let door = door(&site.url).await;
    let at = intake::Clock::now(&intake::SystemClock);
    let prepared = prepare(&door, site.store.as_ref(), EDITION, &site.edition, &[answers()], 30, at)
        .await
        .expect("prepared");
    let before = Ledger::default();
    let crowd = Crowd { connections: 8, rate: None, duration: Duration::from_mins(10) };
    let report = crowd.submit(&door, &prepared).await;
    assert_eq!((report.acknowledged.len(), report.error_count()), (30, 0), "{report}");
    let verdict = Ledger::read(site.store.as_ref(), EDITION).await.expect("read").since(&before, &report);
    assert!(verdict.is_kept() && verdict.stored == 30, "{verdict}");
}

#[tokio::test]
async fn a_site_that_is_not_there_is_an_error_and_not_a_response() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", taken.local_addr().expect("an address"));
    drop(taken);
    let door = Door { tries: 2, ..door(&url).await };
    let report = crowd(3).read(&door, "/").await;
    assert_eq!((report.came, report.gave_up, report.error_count()), (3, 3, 6), "{report}");
    assert!(report.acknowledged.is_empty());
}
