//! `comparability.toml`: what the publisher decided about series that changed, and why.

use std::ops::Range;

use chrono::NaiveDate;
use questionnaire::Problem;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::verdict::{Comparison, Level, Presence};

/// Name of the file in an edition's folder.
pub const DECISIONS_FILE: &str = "comparability.toml";

/// What was decided about a pair of editions.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Ruling {
    /// The figures may be set side by side.
    Comparable,
    /// They may not.
    Break,
    /// They may, once the old one is brought to the new definition.
    Rebase {
        /// What the old figure is multiplied by, if that is how.
        factor: Option<f64>,
        /// How it is done, in words.
        note: Option<String>,
    },
}

/// One decision.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decision {
    /// Code of a question or an indicator, or `derived.<name>`.
    pub series: String,
    /// Code of the earlier edition.
    pub with: String,
    /// What was decided.
    #[serde(flatten)]
    pub ruling: Ruling,
    /// Why.
    pub reason: String,
    /// When.
    pub decided_on: NaiveDate,
    /// By whom.
    pub by: String,
    #[serde(skip)]
    span: Range<usize>,
    #[serde(skip)]
    ruling_span: Range<usize>,
}

/// The decisions of an edition.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decisions {
    text: String,
    found: Vec<Decision>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    decision: Vec<Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    series: Option<Spanned<String>>,
    with: Option<Spanned<String>>,
    verdict: Option<Spanned<String>>,
    reason: Option<Spanned<String>>,
    decided_on: Option<Spanned<String>>,
    by: Option<Spanned<String>>,
    factor: Option<Spanned<f64>>,
    note: Option<Spanned<String>>,
}

impl Ruling {
    /// The word of the file.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Comparable => "comparable",
            Self::Break => "break",
            Self::Rebase { .. } => "rebase",
        }
    }
}

impl Decisions {
    /// Reads a `comparability.toml`.
    ///
    /// # Errors
    /// Every problem found in it, except an unknown key or a value of another type: the first of these hides the rest.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let mut faults = Faults { text, found: Vec::new() };
        let document: Document = match toml::from_str(text) {
            Ok(document) => document,
            Err(error) => {
                let is_toml = text.parse::<toml::Table>().is_ok();
                let code = match error.message() {
                    message if message.starts_with("unknown field") => "unknown-key",
                    _ if is_toml => "wrong-type",
                    _ => "toml-syntax",
                };
                faults.report(code, error.span().unwrap_or(0..0), error.message().to_owned(), None);
                return Err(faults.found);
            }
        };
        let mut found: Vec<Decision> = Vec::new();
        for entry in document.decision {
            let span = entry.span();
            let Some(decision) = faults.decision(entry.into_inner(), span) else { continue };
            let is_double =
                |known: &Decision| (&known.series, &known.with) == (&decision.series, &decision.with);
            if found.iter().any(is_double) {
                let message =
                    format!("`{}` with {} is decided twice (expected once)", decision.series, decision.with);
                faults.report("duplicate-decision", decision.span.clone(), message, None);
            }
            found.push(decision);
        }
        if faults.found.is_empty() {
            Ok(Self { text: text.to_owned(), found })
        } else {
            faults.found.sort_by_key(|problem| problem.span.start);
            Err(faults.found)
        }
    }

    /// The decisions, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Decision> {
        self.found.iter()
    }

    /// The earlier editions that are spoken of, in order.
    #[must_use]
    pub fn editions(&self) -> Vec<&str> {
        let mut editions: Vec<&str> = self.found.iter().map(|decision| decision.with.as_str()).collect();
        editions.sort_unstable();
        editions.dedup();
        editions
    }

    /// The decision about a series and an earlier edition.
    #[must_use]
    pub fn of(&self, series: &str, with: &str) -> Option<&Decision> {
        self.found.iter().find(|decision| decision.series == series && decision.with == with)
    }

    /// That there is no such earlier edition.
    #[must_use]
    pub fn unknown_edition(&self, with: &str) -> Vec<Problem> {
        let mut faults = Faults { text: &self.text, found: Vec::new() };
        for decision in self.found.iter().filter(|decision| decision.with == with) {
            let message =
                format!("there is no edition `{with}` beside this one (expected the code of a folder)");
            faults.report("unknown-edition", decision.span.clone(), message, None);
        }
        faults.found
    }

    /// Checks the decisions about one earlier edition against what is known of it: problems, then warnings about
    /// decisions that change nothing.
    #[must_use]
    pub fn check(&self, comparison: &Comparison) -> (Vec<Problem>, Vec<Problem>) {
        let mut faults = Faults { text: &self.text, found: Vec::new() };
        let mut idle = Faults { text: &self.text, found: Vec::new() };
        for decision in self.found.iter().filter(|decision| decision.with == comparison.old.name) {
            let series = &decision.series;
            let Some(verdict) = comparison.verdict(series) else {
                let help = "expected the code of a question or an indicator, or `derived.` and a name";
                let message = format!("there is no series `{series}` in either edition");
                faults.report("unknown-code", decision.span.clone(), message, Some(help));
                continue;
            };
            match verdict.presence {
                Presence::Both => {}
                // That a series ends is worth a reason, and settles the matter.
                Presence::Reused | Presence::Gone if decision.ruling == Ruling::Break => {}
                Presence::Reused => {
                    let message = format!(
                        "`{series}` is a retired code used again: it cannot be compared (give it a new code)"
                    );
                    faults.report("retired-code", decision.ruling_span.clone(), message, None);
                    continue;
                }
                presence => {
                    let message =
                        format!("`{series}` is {}: there is nothing to compare it with", presence.word());
                    idle.report("useless-decision", decision.span.clone(), message, None);
                    continue;
                }
            }
            if verdict.level <= Level::Harmless && decision.ruling != Ruling::Break {
                let message = format!(
                    "`{series}` is {} since {}: this decision changes nothing",
                    verdict.level.word(),
                    decision.with
                );
                idle.report("useless-decision", decision.span.clone(), message, None);
            }
        }
        (faults.found, idle.found)
    }
}

/// Problems of one file, as `barometre check` shows them.
struct Faults<'t> {
    text: &'t str,
    found: Vec<Problem>,
}

impl Faults<'_> {
    fn report(&mut self, code: &'static str, span: Range<usize>, message: String, help: Option<&str>) {
        let mut start = span.start.min(self.text.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        let before = &self.text[..start];
        self.found.push(Problem {
            code,
            file: DECISIONS_FILE.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before.rsplit('\n').next().unwrap_or("").chars().count() + 1,
            span,
            message,
            help: help.map(str::to_owned),
        });
    }

    /// A text that must be there and say something.
    fn words(
        &mut self,
        key: &str,
        value: Option<Spanned<String>>,
        table: &Range<usize>,
    ) -> Option<Spanned<String>> {
        match value {
            None => {
                let message = format!("this decision lacks the key `{key}`");
                self.report("missing-key", table.clone(), message, None);
                None
            }
            Some(value) if value.get_ref().trim().is_empty() => {
                self.report("empty-text", value.span(), format!("`{key}` is empty"), None);
                None
            }
            value => value,
        }
    }

    fn decision(&mut self, entry: Entry, span: Range<usize>) -> Option<Decision> {
        let series = self.words("series", entry.series, &span);
        let with = self.words("with", entry.with, &span);
        let reason = self.words("reason", entry.reason, &span);
        let by = self.words("by", entry.by, &span);
        let verdict = self.words("verdict", entry.verdict, &span);
        let decided_on = self.words("decided_on", entry.decided_on, &span).and_then(|date| {
            let read = NaiveDate::parse_from_str(date.get_ref(), "%Y-%m-%d");
            if read.is_err() {
                let message = format!("`{}` is not a day (expected for instance 2027-03-01)", date.get_ref());
                self.report("bad-value", date.span(), message, None);
            }
            read.ok()
        });
        let factor = entry.factor;
        if let Some(factor) =
            factor.as_ref().filter(|factor| !(factor.get_ref().is_finite() && *factor.get_ref() > 0.0))
        {
            let message = format!("the factor {} is not a number above 0", factor.get_ref());
            self.report("bad-value", factor.span(), message, None);
        }
        let (factor_span, factor) = (factor.as_ref().map(Spanned::span), factor.map(Spanned::into_inner));
        let note = entry.note.filter(|note| !note.get_ref().trim().is_empty()).map(Spanned::into_inner);
        let ruling_span = verdict.as_ref().map_or_else(|| span.clone(), Spanned::span);
        let ruling = match verdict.as_ref().map(|verdict| verdict.get_ref().as_str()) {
            None => None,
            Some("comparable") => Some(Ruling::Comparable),
            Some("break") => Some(Ruling::Break),
            Some("rebase") => {
                if factor.is_none() && note.is_none() {
                    let message = "a rebase needs a `factor` or a `note` that says how it is done".to_owned();
                    self.report("missing-key", ruling_span.clone(), message, None);
                }
                Some(Ruling::Rebase { factor, note })
            }
            Some(other) => {
                let message = format!("`{other}` is not a verdict (expected comparable, break or rebase)");
                self.report("bad-value", ruling_span.clone(), message, None);
                None
            }
        };
        if let (Some(Ruling::Comparable | Ruling::Break), Some(place)) = (&ruling, factor_span) {
            let message = "a factor goes with the verdict `rebase` only".to_owned();
            self.report("bad-value", place, message, None);
        }
        Some(Decision {
            span: series.as_ref()?.span(),
            series: series?.into_inner(),
            with: with?.into_inner(),
            ruling: ruling?,
            reason: reason?.into_inner(),
            decided_on: decided_on?,
            by: by?.into_inner(),
            ruling_span,
        })
    }
}
