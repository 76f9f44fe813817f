//! What an edition's publication says of an earlier one: the gate of comparability, and the figures it lets through.

use std::collections::BTreeSet;

use exchange::compare::{Comparison, Decisions, Refusal, compare, trend};
use publication::{Evolution, Gate, Link, Publication, Refused, Why};

use crate::commands::trend::published;
use crate::comparability;
use crate::data::DataDirectory;
use crate::definition::Definition;
use crate::error::CliError;

/// What changed between the publication of an earlier edition and this one.
pub(crate) fn evolution(
    old: &Definition,
    new: &Definition,
    publication: &Publication,
    directory: &DataDirectory,
) -> Result<Evolution, CliError> {
    let earlier = published(old, directory)?;
    let (then, now) = (&earlier.edition, &publication.edition);
    if then.survey != now.survey || then.field_end >= now.field_start {
        return Err(CliError::input(
            format!(
                "{}/{} was collected until {}, {}/{} from {}",
                then.survey, then.edition, then.field_end, now.survey, now.edition, now.field_start
            ),
            "`--since` names an earlier edition of the same survey, whose collection had ended",
        ));
    }
    if then.is_simulated != now.is_simulated {
        return Err(CliError::input(
            format!("of editions {} and {} one is simulated and the other is not", then.edition, now.edition),
            "a change from simulated answers to real ones means nothing",
        ));
    }
    let decisions = comparability::decisions(new)?;
    let comparison = compare(&comparability::outline(old)?, &comparability::outline(new)?);
    let problems = comparability::reviewed(new, &decisions, &comparison);
    if !problems.is_empty() {
        return Err(comparability::refused(new, problems));
    }
    Ok(analysis::change(publication, &earlier, &gate(&comparison, &decisions, &earlier, publication)))
}

/// What may be said of each indicator of either edition.
fn gate(comparison: &Comparison, decisions: &Decisions, earlier: &Publication, later: &Publication) -> Gate {
    let mut gate = Gate::default();
    let mut seen = BTreeSet::new();
    for indicator in later.indicators.iter().chain(&earlier.indicators) {
        if !seen.insert(&indicator.code) {
            continue;
        }
        let mut refuse = |why, reason| {
            gate.refused.push(Refused {
                indicator: indicator.code.clone(),
                label: indicator.label.clone(),
                why,
                reason,
            });
        };
        match trend(comparison, decisions, &indicator.code) {
            Ok(linked) => {
                let link = Link { factor: linked.factor, notes: linked.notes };
                gate.linked.insert(indicator.code.clone(), link);
            }
            Err(Refusal::Broken { reason, .. }) => refuse(Why::Broken, Some(reason)),
            Err(Refusal::Alone { .. } | Refusal::Unknown(_)) => refuse(Why::Alone, None),
            Err(Refusal::Undecided { .. } | Refusal::SeveralFactors { .. }) => refuse(Why::Undecided, None),
        }
    }
    gate
}
