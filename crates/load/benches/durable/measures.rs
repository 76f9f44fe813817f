//! The measures, one after the other on each database, and the goals beside them.

use std::time::Duration;

use intake::Clock as _;
use load::{Crowd, Prepared, Report, Step, prepare};
use questionnaire::{Answers, Edition};
use store::ResponseStore;

use crate::Plan;
use crate::definition::{EDITION, answers, edition, whole};
use crate::process::Server;
use crate::serve;

/// How often the start is measured.
const STARTS: usize = 5;

/// Pages read each second while they are measured.
const READS: f64 = 300.0;

/// Measures what the plan says.
pub(crate) async fn run(plan: &Plan) {
    let body = whole();
    println!(
        "{} rounds of {} s at {} connections; the body has {} bytes",
        plan.rounds,
        plan.seconds.as_secs(),
        plan.connections,
        body.len()
    );
    if plan.is_sqlite {
        // Beside what was built, which is on a disk; the folder for temporary files may be in memory.
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on the disk");
        println!("\nSQLite");
        measure(plan, &folder.path().display().to_string(), &body).await;
    }
    if plan.is_postgres {
        let Ok(url) = std::env::var("DATABASE_URL") else {
            println!("\nPostgreSQL: DATABASE_URL names no server");
            return;
        };
        let is_durable = store_postgres::yardstick::is_durable(&url).await.expect("the server answers");
        println!(
            "\nPostgreSQL{}",
            if is_durable { "" } else { " with fsync OFF: nothing is durable, the figures say nothing" }
        );
        let schema = format!("bench_{}", std::process::id());
        let scratch = store_postgres::yardstick::scratch(&url, &schema).await.expect("a schema");
        measure(plan, &scratch, &body).await;
        store_postgres::yardstick::drop_scratch(&url, &schema).await.expect("our own schema");
    }
}

/// What is needed to make drafts on the side.
struct Site<'a> {
    server: &'a Server,
    store: &'a dyn ResponseStore,
    edition: &'a Edition,
    answers: [Answers; 1],
}

impl Site<'_> {
    async fn prepare(&self, count: usize) -> Vec<Prepared> {
        let at = intake::SystemClock.now();
        prepare(&self.server.door, self.store, EDITION, self.edition, &self.answers, count, at)
            .await
            .expect("drafts can be made")
    }
}

async fn measure(plan: &Plan, database: &str, body: &str) {
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(Server::real(database).await.start.as_secs_f64());
    }
    let (bare, real) = (Server::bare(database).await, Server::real(database).await);
    let (store, edition) = (serve::store(database).await, edition());
    let site = Site { server: &real, store: store.as_ref(), edition: &edition, answers: [answers()] };
    let saturating = Crowd { connections: plan.connections, rate: None, duration: plan.seconds };

    // One turn that is not counted.
    let warm = Crowd { duration: Duration::from_secs(1), ..saturating };
    warm.post(&bare.door, "/", body).await;
    let mut sent = whole_responses(&real, warm, body).await;
    let (mut ratios, mut bares, mut reals, mut costs, mut bare_costs, mut clicks) =
        (vec![], vec![], vec![], vec![], vec![], vec![]);
    for round in 1..=plan.rounds {
        let before = bare.cpu();
        let report = saturating.post(&bare.door, "/", body).await;
        clean(&report);
        let bare_cost = per_response(bare.cpu().saturating_sub(before), &report);
        let bare_rate = report.per_second(Step::Submit);

        let before = real.cpu();
        let report = saturating.submit_whole(&real.door, body).await.expect("random numbers");
        clean(&report);
        let cost = per_response(real.cpu().saturating_sub(before), &report);
        let rate = report.per_second(Step::Submit);
        sent += count(&report);

        let drafts = site.prepare(drafts_for(rate * 1.1, plan.seconds)).await;
        let before = real.cpu();
        let clicked = saturating.submit(&real.door, &drafts).await;
        clean(&clicked);
        let click_cost = per_response(real.cpu().saturating_sub(before), &clicked);
        let click_rate = clicked.per_second(Step::Submit);
        sent += clicked.acknowledged.len();
        println!(
            "  round {round}: bare {bare_rate:.0}/s ({bare_cost:.3} ms), real {rate:.0}/s ({cost:.3} ms), ratio {:.2}, \
             p99 {:.1} ms; last click {click_rate:.0}/s ({click_cost:.3} ms)",
            rate / bare_rate,
            milliseconds(&report, Step::Submit)
        );
        ratios.push(rate / bare_rate);
        bares.push(bare_rate);
        reals.push(rate);
        costs.push(cost);
        bare_costs.push(bare_cost);
        clicks.push((click_rate, click_cost));
    }
    let saturation = median(&mut reals);
    println!(
        "  bare, durable a second        {:>9.0}   {:.3} ms of processor each",
        median(&mut bares),
        median(&mut bare_costs)
    );
    println!("  real, durable a second        {saturation:>9.0}");
    println!("  ratio                         {:>9.2}   goal ≥ 0.80", median(&mut ratios));
    println!("  processor for each, ms        {:>9.3}   goal ≤ 0.250", median(&mut costs));
    let (mut click_rates, mut click_costs): (Vec<f64>, Vec<f64>) = clicks.into_iter().unzip();
    println!(
        "  last click of a draft, a second {:>7.0}   {:.3} ms of processor each",
        median(&mut click_rates),
        median(&mut click_costs)
    );

    let rate = 0.8 * saturation;
    let mut tails = Vec::new();
    for _ in 0..plan.rounds {
        let steady = Crowd { rate: Some(rate), ..saturating };
        let report = steady.submit_whole(&real.door, body).await.expect("random numbers");
        clean(&report);
        sent += count(&report);
        tails.push(milliseconds(&report, Step::Submit));
    }
    println!("  p99 at 80 % of saturation, ms {:>9.1}   goal < 50", median(&mut tails));

    let reading = Crowd { rate: Some(READS), ..saturating };
    let page = format!("/q/{}/recapitulatif", site.prepare(1).await[0].token);
    let first = format!("/q/{}/consentement", site.prepare(1).await[0].token);
    for (what, path) in [("start page", "/"), ("a screen", &first), ("summary", &page)] {
        let mut tails = Vec::new();
        for _ in 0..plan.rounds {
            let report = reading.read(&real.door, path).await;
            clean(&report);
            tails.push(milliseconds(&report, Step::Read));
        }
        println!(
            "  p99 of {what:<12} read, ms   {:>9.1}   goal < 10, at {READS:.0} a second",
            median(&mut tails)
        );
    }
    while sent < plan.responses {
        sent += whole_responses(&real, warm, body).await;
    }
    println!("  memory after {sent} responses, MB {:>6.0}   goal < 100", real.memory());
    println!("  start to first answer, s      {:>9.2}   goal < 0.50", median(&mut starts));
    let counts = store.counts(EDITION).await.expect("counts");
    assert_eq!(counts.submitted, sent as u64, "the store holds what was acknowledged");
}

/// Sends whole responses, and says how many.
async fn whole_responses(server: &Server, crowd: Crowd, body: &str) -> usize {
    let report = crowd.submit_whole(&server.door, body).await.expect("random numbers");
    clean(&report);
    count(&report)
}

/// How many were acknowledged.
fn count(report: &Report) -> usize {
    usize::try_from(report.of(Step::Submit).count()).expect("a count of seconds")
}

/// A measure with errors in it measures something else.
fn clean(report: &Report) {
    assert_eq!(report.error_count(), 0, "{report}");
}

fn per_response(cpu: Duration, report: &Report) -> f64 {
    cpu.as_secs_f64() * 1000.0 / report.of(Step::Submit).count() as f64
}

fn milliseconds(report: &Report, step: Step) -> f64 {
    report.of(step).quantile(0.99).as_secs_f64() * 1000.0
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) }
}

/// How many drafts last for so long at so many a second.
fn drafts_for(rate: f64, time: Duration) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "thousands, and not under zero"
    )]
    let drafts = (rate * time.as_secs_f64()) as usize;
    drafts
}
