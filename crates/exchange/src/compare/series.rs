//! Verdicts on derived variables and indicators: their own changes, and those of all they read.

use std::collections::{BTreeMap, BTreeSet};

use super::outline::{Derived, Indicator, Outline};
use super::questions::{alone, both};
use super::reads::Read;
use super::verdict::{Cause, Change, ChangeKind, Level, Part, Presence, Verdict};
use super::wording::{Distance, distance};

/// The verdicts found so far, by code: what the next ones read.
type Known<'v> = BTreeMap<&'v str, &'v Verdict>;

/// The verdicts on the derived variables of both.
pub(super) fn derived(old: &Outline, new: &Outline, questions: &[Verdict]) -> Vec<Verdict> {
    let known: Known<'_> = questions.iter().map(|verdict| (verdict.code.as_str(), verdict)).collect();
    let rotated = |variable: &Derived| reads_rotated(&variable.reads, &known);
    let before: BTreeMap<&str, &Derived> =
        old.derived.iter().map(|variable| (variable.name.as_str(), variable)).collect();
    let after: BTreeSet<&str> = new.derived.iter().map(|variable| variable.name.as_str()).collect();
    let mut verdicts = Vec::new();
    for variable in &new.derived {
        let code = format!("derived.{}", variable.name);
        let Some(earlier) = before.get(variable.name.as_str()) else {
            verdicts.push(alone(
                &code,
                if rotated(variable) { Presence::Rotated } else { Presence::New },
                None,
            ));
            continue;
        };
        let mut changes = Vec::new();
        if earlier.definition != variable.definition {
            let change = Change::new(ChangeKind::DefinitionChanged);
            changes.push(change.values(Some(&earlier.definition), Some(&variable.definition)));
        }
        label(&mut changes, &earlier.label, &variable.label);
        let mut verdict = both(&code, changes);
        // What another derived variable changed is said there, and once more at the indicator that reads both.
        let reads = earlier.reads.union(&variable.reads).cloned().collect();
        add_causes(&mut verdict, &reads, &known);
        verdicts.push(verdict);
    }
    for variable in old.derived.iter().filter(|variable| !after.contains(variable.name.as_str())) {
        let presence = if rotated(variable) { Presence::Rotated } else { Presence::Gone };
        verdicts.push(alone(&format!("derived.{}", variable.name), presence, None));
    }
    verdicts
}

/// The verdicts on the indicators of both.
pub(super) fn indicators(
    old: &Outline,
    new: &Outline,
    questions: &[Verdict],
    derived: &[Verdict],
) -> Vec<Verdict> {
    let known: Known<'_> =
        questions.iter().chain(derived).map(|verdict| (verdict.code.as_str(), verdict)).collect();
    let rotated = |indicator: &Indicator| reads_rotated(&indicator.reads, &known);
    let mut verdicts = Vec::new();
    for indicator in &new.indicators {
        let Some(earlier) = old.indicator(&indicator.code) else {
            let presence = if rotated(indicator) { Presence::Rotated } else { Presence::New };
            verdicts.push(alone(&indicator.code, presence, None));
            continue;
        };
        let mut changes = Vec::new();
        for (kind, before, after) in [
            (ChangeKind::NumeratorChanged, &earlier.numerator, &indicator.numerator),
            (ChangeKind::BaseChanged, &earlier.base, &indicator.base),
        ] {
            if before != after {
                changes.push(Change::new(kind).values(Some(&before.text), Some(&after.text)));
            }
        }
        if earlier.unit != indicator.unit {
            let change = Change::new(ChangeKind::UnitChanged);
            changes.push(change.values(Some(&earlier.unit), Some(&indicator.unit)));
        }
        label(&mut changes, &earlier.label, &indicator.label);
        if earlier.base_label != indicator.base_label {
            let change = Change::new(ChangeKind::BaseLabelChanged);
            changes.push(change.values(Some(&earlier.base_label), Some(&indicator.base_label)));
        }
        let mut verdict = both(&indicator.code, changes);
        let reads = earlier.reads.union(&indicator.reads).cloned().collect();
        add_causes(&mut verdict, &reads, &known);
        verdicts.push(verdict);
    }
    for indicator in old.indicators.iter().filter(|indicator| new.indicator(&indicator.code).is_none()) {
        let presence = if rotated(indicator) { Presence::Rotated } else { Presence::Gone };
        verdicts.push(alone(&indicator.code, presence, None));
    }
    verdicts
}

fn label(changes: &mut Vec<Change>, old: &str, new: &str) {
    if distance(old, new) != Distance::Identical {
        changes.push(Change::new(ChangeKind::LabelChanged).values(Some(old), Some(new)));
    }
}

/// Whether what is read is missing from the other definition because a rotating question is.
fn reads_rotated(reads: &BTreeSet<Read>, known: &Known<'_>) -> bool {
    reads.iter().any(|read| match read {
        Read::Question(code) => {
            known.get(code.as_str()).is_some_and(|found| found.presence == Presence::Rotated)
        }
        _ => false,
    })
}

/// Adds what changed in what is read, as far as it matters to who reads it.
fn add_causes(verdict: &mut Verdict, reads: &BTreeSet<Read>, known: &Known<'_>) {
    let mut causes: BTreeMap<String, Cause> = BTreeMap::new();
    for read in reads {
        let code = match read {
            Read::Question(code) | Read::Row(code, _) | Read::Rows(code) | Read::Points(code) => code.clone(),
            Read::Derived(name) => format!("derived.{name}"),
        };
        if verdict.reads.last() != Some(&code) {
            verdict.reads.push(code.clone());
        }
        let Some(found) = known.get(code.as_str()) else { continue };
        let kinds: BTreeSet<ChangeKind> =
            found.changes.iter().filter(|change| concerns(change, read)).map(|change| change.kind).collect();
        let level = kinds.iter().map(|kind| kind.level()).max().unwrap_or(Level::Identical);
        let level = level.max(found.presence.level());
        if level == Level::Identical {
            continue;
        }
        let cause = causes.entry(code.clone()).or_insert_with(|| Cause {
            series: code,
            level,
            changes: Vec::new(),
            presence: found.presence,
        });
        cause.level = cause.level.max(level);
        cause.changes.extend(kinds);
        cause.changes.sort_unstable();
        cause.changes.dedup();
    }
    verdict.reads.sort();
    verdict.reads.dedup();
    let mut causes: Vec<Cause> = causes.into_values().collect();
    causes.sort_by(|a, b| (b.level, &a.series).cmp(&(a.level, &b.series)));
    let worst = causes.iter().map(|cause| cause.level).max().unwrap_or(Level::Identical);
    verdict.level = verdict.level.max(worst);
    verdict.causes = causes;
}

/// Whether a change matters to who reads the question so: a row is a series of its own, and points matter to scores
/// alone.
fn concerns(change: &Change, read: &Read) -> bool {
    match read {
        Read::Question(_) => !matches!(change.part, Part::Rows | Part::Score),
        Read::Row(_, row) => change.part == Part::Rows && change.item.as_ref() == Some(row),
        Read::Rows(_) => change.part == Part::Rows,
        Read::Points(_) => change.part == Part::Score,
        Read::Derived(_) => change.part == Part::Definition,
    }
}
