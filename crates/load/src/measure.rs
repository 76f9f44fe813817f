//! What is measured: latencies by kind of request, errors by their words, and who was acknowledged.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use hdrhistogram::Histogram;

/// What a request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Reads a page.
    Read,
    /// Starts a draft or saves a screen.
    Save,
    /// Sends the response.
    Submit,
}

/// The longest latency told apart from longer ones, in microseconds: ten minutes.
const LONGEST: u64 = 600_000_000;

/// Latencies of one kind of request.
#[derive(Debug, Clone)]
pub struct Latencies(Histogram<u64>);

impl Latencies {
    /// How many requests were answered.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// The latency that this share of the requests did not exceed, within 0.1 %.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Duration {
        Duration::from_micros(self.0.value_at_quantile(share))
    }

    /// The longest.
    #[must_use]
    pub fn max(&self) -> Duration {
        Duration::from_micros(self.0.max())
    }

    fn record(&mut self, latency: Duration) {
        self.0.saturating_record(u64::try_from(latency.as_micros()).unwrap_or(LONGEST));
    }
}

impl Default for Latencies {
    fn default() -> Self {
        Self(
            Histogram::new_with_bounds(1, LONGEST, 3)
                .expect("the bounds are in order and 3 digits are allowed"),
        )
    }
}

/// What came of a load.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// How long it took.
    pub elapsed: Duration,
    /// Respondents who came.
    pub came: u64,
    /// Those who stopped on the way, as simulated.
    pub dropped: u64,
    /// Those who refused, as simulated.
    pub refused: u64,
    /// Those who gave up because of an error.
    pub gave_up: u64,
    /// Latencies of the requests that were answered as they should.
    pub latencies: BTreeMap<Step, Latencies>,
    /// What went wrong, and how often. A request that was tried again counts each time.
    pub errors: BTreeMap<String, u64>,
    /// Tokens of the responses that the site acknowledged.
    pub acknowledged: BTreeSet<String>,
    /// Tokens of the responses that were sent without ever an answer: they may be kept or not.
    pub in_doubt: BTreeSet<String>,
}

impl Report {
    pub(crate) fn answered(&mut self, step: Step, latency: Duration) {
        self.latencies.entry(step).or_default().record(latency);
    }

    pub(crate) fn failed(&mut self, what: String) {
        *self.errors.entry(what).or_insert(0) += 1;
    }

    /// Latencies of one kind of request; empty when there was none.
    #[must_use]
    pub fn of(&self, step: Step) -> Latencies {
        self.latencies.get(&step).cloned().unwrap_or_default()
    }

    /// Requests of one kind answered each second.
    #[must_use]
    pub fn per_second(&self, step: Step) -> f64 {
        self.of(step).count() as f64 / self.elapsed.as_secs_f64()
    }

    /// All errors together.
    #[must_use]
    pub fn error_count(&self) -> u64 {
        self.errors.values().sum()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sent = self.acknowledged.len();
        let seconds = self.elapsed.as_secs_f64();
        writeln!(
            formatter,
            "{} respondents in {seconds:.1} s: {sent} acknowledged ({:.1}/s), {} stopped on the way, {} refused, \
             {} gave up, {} without an answer",
            self.came,
            sent as f64 / seconds,
            self.dropped,
            self.refused,
            self.gave_up,
            self.in_doubt.len()
        )?;
        for (step, latencies) in &self.latencies {
            let name = match step {
                Step::Read => "pages read",
                Step::Save => "screens saved",
                Step::Submit => "responses sent",
            };
            let of = |share| latencies.quantile(share).as_secs_f64() * 1000.0;
            writeln!(
                formatter,
                "{name:<15}{:>9} ({:.1}/s)  p50 {:.2} ms  p90 {:.2} ms  p99 {:.2} ms  p99.9 {:.2} ms  max {:.2} ms",
                latencies.count(),
                latencies.count() as f64 / seconds,
                of(0.5),
                of(0.9),
                of(0.99),
                of(0.999),
                latencies.max().as_secs_f64() * 1000.0
            )?;
        }
        write!(formatter, "errors         {:>9}", self.error_count())?;
        for (what, count) in &self.errors {
            write!(formatter, "\n  {count:>6} × {what}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_what_was_recorded() {
        let mut report = Report { elapsed: Duration::from_secs(2), ..Report::default() };
        for millisecond in 1..=100 {
            report.answered(Step::Save, Duration::from_millis(millisecond));
        }
        let saved = report.of(Step::Save);
        let near = |share: f64, expected: f64| {
            let found = saved.quantile(share).as_secs_f64() * 1000.0;
            assert!((found - expected).abs() < expected * 0.002, "{share}: {found}");
        };
        near(0.5, 50.0);
        near(0.99, 99.0);
        assert_eq!((saved.count(), report.of(Step::Read).count()), (100, 0));
        assert!((report.per_second(Step::Save) - 50.0).abs() < 1e-9);
    }

    #[test]
    fn the_report_counts_an_error_by_its_words() {
        let mut report = Report { elapsed: Duration::from_secs(1), ..Report::default() };
        for _ in 0..3 {
            report.failed("503 to `envoyer`".to_owned());
        }
        report.failed("no connection".to_owned());
        let text = report.to_string();
        assert!(text.contains("3 × 503 to `envoyer`") && text.contains("1 × no connection"), "{text}");
        assert_eq!(report.error_count(), 4);
    }
}
