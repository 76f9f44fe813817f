//! Verdicts between two editions: what changed, in what, and whether a figure may still be set beside its past.
//!
//! Two [`Outline`]s go in, a [`Comparison`] comes out: a verdict on each question (its wording in each language, its
//! answers, its rows, its base, its type, its place), each derived variable and each indicator. The verdict on an
//! indicator takes in those of everything its numerator and base read, down to the bases of the questions: a figure
//! whose definition did not move is not identical when an answer of its question is gone. What the two definitions
//! cannot say, someone decides, with a reason ([`Decisions`]); [`trend`] opens or shuts the gate.

mod decisions;
mod logic;
mod outline;
mod questions;
mod reads;
mod series;
mod table;
mod trend;
mod verdict;
mod wording;

use std::collections::BTreeSet;

use serde::Serialize;

pub use decisions::{DECISIONS_FILE, Decision, Decisions, Ruling};
pub use logic::{Expression, Logic};
pub use outline::{Derived, Indicator, Item, Outline, Question, Texts};
pub use reads::Read;
pub use table::table;
pub use trend::{Linked, Refusal, open, trend};
pub use verdict::{
    Cause, Change, ChangeKind, Comparison, Counts, Level, Part, Presence, SCHEMA_VERSION, Side, Tally,
    Verdict,
};
pub use wording::{Distance, distance};

/// Compares two definitions.
#[must_use]
pub fn compare(old: &Outline, new: &Outline) -> Comparison {
    let mut questions = questions::verdicts(old, new);
    let mut derived = series::derived(old, new, &questions);
    let mut indicators = series::indicators(old, new, &questions, &derived);
    let mut counts = Counts {
        questions: tally(&questions, old.questions.len(), new.questions.len()),
        derived: tally(&derived, old.derived.len(), new.derived.len()),
        indicators: tally(&indicators, old.indicators.len(), new.indicators.len()),
        ..Counts::default()
    };
    for verdict in &questions {
        let kinds: BTreeSet<ChangeKind> = verdict.changes.iter().map(|change| change.kind).collect();
        counts.answer_lists += usize::from(kinds.iter().any(|kind| {
            use ChangeKind::{OptionReused, OptionsAdded, OptionsRemoved, OptionsReordered};
            matches!(kind, OptionsAdded | OptionsRemoved | OptionsReordered | OptionReused)
        }));
        for kind in kinds {
            *counts.changes.entry(kind).or_default() += 1;
        }
        for change in &verdict.changes {
            let Some(language) = &change.language else { continue };
            let words = match change.kind {
                ChangeKind::Reworded => &mut counts.reworded,
                ChangeKind::Retouched => &mut counts.retouched,
                _ => continue,
            };
            *words.entry(language.clone()).or_default() += 1;
        }
    }
    for verdicts in [&mut questions, &mut derived, &mut indicators] {
        verdicts.sort_by_key(|verdict| std::cmp::Reverse(verdict.level));
    }
    let verdicts = questions.iter().chain(&derived).chain(&indicators);
    let mut level = verdicts.map(|verdict| verdict.level).max().unwrap_or(Level::Identical);
    if level == Level::Identical && old.languages != new.languages {
        level = Level::Harmless;
    }
    let side = |outline: &Outline| Side {
        name: outline.name.clone(),
        languages: outline.languages.clone(),
        left_out: outline.left_out.clone(),
    };
    Comparison {
        schema_version: SCHEMA_VERSION,
        old: side(old),
        new: side(new),
        level,
        counts,
        questions,
        derived,
        indicators,
    }
}

/// The comparison and what was decided about it, as JSON: the fields of [`Comparison`], then `decisions` and `open`,
/// the codes that nobody decided about.
#[must_use]
pub fn json(comparison: &Comparison, decisions: &Decisions) -> String {
    #[derive(Serialize)]
    struct Whole<'c> {
        #[serde(flatten)]
        comparison: &'c Comparison,
        decisions: Vec<&'c Decision>,
        open: Vec<&'c str>,
    }
    let whole = Whole {
        comparison,
        decisions: decisions.iter().filter(|decision| decision.with == comparison.old.name).collect(),
        open: open(comparison, decisions).into_iter().map(|verdict| verdict.code.as_str()).collect(),
    };
    serde_json::to_string_pretty(&whole).expect("texts, numbers and lists always serialise")
}

fn tally(verdicts: &[Verdict], old: usize, new: usize) -> Tally {
    let mut tally = Tally { old, new, ..Tally::default() };
    for verdict in verdicts {
        let place = match (verdict.presence, verdict.level) {
            (Presence::New, _) => &mut tally.added,
            (Presence::Gone, _) => &mut tally.gone,
            (Presence::Rotated, _) => &mut tally.rotated,
            (Presence::Reused, _) => &mut tally.reused,
            (Presence::Both, level) => {
                tally.shared += 1;
                match level {
                    Level::Identical => &mut tally.identical,
                    Level::Harmless => &mut tally.harmless,
                    Level::ToDecide => &mut tally.to_decide,
                    Level::Breaking => &mut tally.breaking,
                }
            }
        };
        *place += 1;
    }
    tally
}
