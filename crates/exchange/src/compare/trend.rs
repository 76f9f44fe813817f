//! The gate of trends: a figure is set beside its past only when that was shown, or decided, to be right.

use super::decisions::{Decision, Decisions, Ruling};
use super::verdict::{Cause, ChangeKind, Comparison, Level, Presence, Verdict};

/// Two figures that may be set side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Linked {
    /// What changed nevertheless.
    pub level: Level,
    /// The reasons that were given, for the reader of the figures.
    pub notes: Vec<String>,
    /// What the old figure is multiplied by.
    pub factor: Option<f64>,
}

/// Why two figures may not be set side by side.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Neither edition has this indicator.
    #[error("there is no indicator `{0}` in either edition")]
    Unknown(String),
    /// Only one of them has it.
    #[error("`{indicator}` is {}: there is nothing to compare", presence.word())]
    Alone {
        /// The indicator.
        indicator: String,
        /// In which it is.
        presence: Presence,
    },
    /// It changed, and nobody decided.
    #[error("`{indicator}` changed since {with} and nobody decided whether it can be compared: {changes}")]
    Undecided {
        /// The indicator.
        indicator: String,
        /// The earlier edition.
        with: String,
        /// What changed.
        changes: String,
    },
    /// The series was broken, with a reason.
    #[error("the series of `{indicator}` breaks after {with} ({series}): {reason}")]
    Broken {
        /// The indicator.
        indicator: String,
        /// The earlier edition.
        with: String,
        /// The series that was decided about.
        series: String,
        /// Why.
        reason: String,
    },
    /// Several factors were decided for what it reads.
    #[error("`{indicator}` reads several rebased series ({series}): decide about the indicator itself")]
    SeveralFactors {
        /// The indicator.
        indicator: String,
        /// The series.
        series: String,
    },
}

/// Whether an indicator may be set beside its past. A decision about the indicator speaks for all that it reads;
/// without one, each thing that changed needs a decision of its own, and a decision to break anything it reads holds
/// even where nothing changed.
///
/// # Errors
/// The reason why not.
pub fn trend(comparison: &Comparison, decisions: &Decisions, indicator: &str) -> Result<Linked, Refusal> {
    let Some(verdict) = comparison.indicators.iter().find(|verdict| verdict.code == indicator) else {
        return Err(Refusal::Unknown(indicator.to_owned()));
    };
    if verdict.presence != Presence::Both {
        return Err(Refusal::Alone { indicator: indicator.to_owned(), presence: verdict.presence });
    }
    let with = comparison.old.name.as_str();
    let broken = |decision: &Decision| Refusal::Broken {
        indicator: indicator.to_owned(),
        with: with.to_owned(),
        series: decision.series.clone(),
        reason: decision.reason.clone(),
    };
    let mut linked = Linked { level: verdict.level, notes: Vec::new(), factor: None };
    if let Some(decision) = decisions.of(indicator, with) {
        if decision.ruling == Ruling::Break {
            return Err(broken(decision));
        }
        // Nobody can decide that a code with another meaning is the same one.
        if let Some(cause) = verdict.causes.iter().find(|cause| is_reused(cause)) {
            return Err(undecided(comparison, verdict, [cause].into_iter()));
        }
        linked.take(decision);
        return Ok(linked);
    }
    let ruling = |series: &String| decisions.of(series, with).filter(|known| known.ruling == Ruling::Break);
    if let Some(decision) = verdict.reads.iter().find_map(ruling) {
        return Err(broken(decision));
    }
    let mut open: Vec<&Cause> = Vec::new();
    let mut rebased: Vec<&str> = Vec::new();
    for cause in &verdict.causes {
        match decisions.of(&cause.series, with) {
            _ if cause.level <= Level::Harmless => {}
            Some(decision) if !is_reused(cause) => {
                if matches!(decision.ruling, Ruling::Rebase { factor: Some(_), .. }) {
                    rebased.push(&cause.series);
                }
                linked.take(decision);
            }
            _ => open.push(cause),
        }
    }
    let own = verdict.changes.iter().any(|change| change.level > Level::Harmless);
    if own || !open.is_empty() {
        return Err(undecided(comparison, verdict, open.into_iter()));
    }
    if rebased.len() > 1 {
        return Err(Refusal::SeveralFactors { indicator: indicator.to_owned(), series: rebased.join(", ") });
    }
    Ok(linked)
}

/// What nobody decided: the verdicts worse than harmless that no decision speaks of. A decision about an indicator
/// speaks for what it reads, where every other indicator that reads it was decided about too.
#[must_use]
pub fn open<'c>(comparison: &'c Comparison, decisions: &Decisions) -> Vec<&'c Verdict> {
    let with = comparison.old.name.as_str();
    let is_decided = |series: &str| decisions.of(series, with).is_some();
    let mut open = Vec::new();
    for verdict in &comparison.indicators {
        let settled = is_decided(&verdict.code)
            || (verdict.presence == Presence::Both
                && matches!(
                    trend(comparison, decisions, &verdict.code),
                    Ok(_) | Err(Refusal::Broken { .. })
                ));
        if verdict.level > Level::Harmless && !settled {
            open.push(verdict);
        }
    }
    for verdict in comparison.derived.iter().chain(&comparison.questions) {
        let mut readers = comparison.indicators.iter().filter(|reader| reader.reads.contains(&verdict.code));
        let settled = is_decided(&verdict.code)
            || (verdict.presence == Presence::Both
                && readers.clone().next().is_some()
                && readers.all(|reader| is_decided(&reader.code)));
        if verdict.level > Level::Harmless && !settled {
            open.push(verdict);
        }
    }
    open
}

fn is_reused(cause: &Cause) -> bool {
    cause.presence == Presence::Reused
        || cause.changes.iter().any(|kind| matches!(kind, ChangeKind::OptionReused | ChangeKind::RowReused))
}

fn undecided<'c>(
    comparison: &Comparison,
    verdict: &Verdict,
    causes: impl Iterator<Item = &'c Cause>,
) -> Refusal {
    let mut changes: Vec<String> = Vec::new();
    for change in verdict.changes.iter().filter(|change| change.level > Level::Harmless) {
        changes.push(change.kind.word().to_owned());
    }
    for cause in causes {
        let mut words: Vec<&str> = cause
            .changes
            .iter()
            .filter(|kind| kind.level() > Level::Harmless)
            .map(|kind| kind.word())
            .collect();
        if cause.presence != Presence::Both {
            words.insert(0, cause.presence.word());
        }
        changes.push(format!("{} ({})", cause.series, words.join(", ")));
    }
    Refusal::Undecided {
        indicator: verdict.code.clone(),
        with: comparison.old.name.clone(),
        changes: changes.join("; "),
    }
}

impl Linked {
    fn take(&mut self, decision: &Decision) {
        self.notes.push(format!("{} ({}, {})", decision.reason, decision.by, decision.decided_on));
        if let Ruling::Rebase { factor, note } = &decision.ruling {
            self.factor = self.factor.or(*factor);
            self.notes.extend(note.clone());
        }
    }
}
