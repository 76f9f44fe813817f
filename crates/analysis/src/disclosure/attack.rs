//! The audit loop (`disclosure.md`, section 3.3, step 8): the candidate is attacked as an insider would, who knows the
//! exact number and weight of respondents of every domain, and what is found is repaired until nothing is.

use std::collections::{BTreeMap, BTreeSet};

use audit::{Agreeing, Claim, Known, Release};
use publication::{Cell, CellKey};

use super::candidate::{Candidate, known, named, release};
use super::decided::Decision;
use super::within;
use crate::error::AnalysisError;

/// Rounds of attack and repair before giving up: each repair makes something coarser or withholds it, so that there are
/// twice as many at most as there are domains; a handful is usual.
const ROUNDS: usize = 60;

/// What an insider has.
#[derive(Debug, Clone, Copy)]
pub struct Insider<'a> {
    /// The sizes that are known.
    pub known: &'a Known,
    /// Answers from which groups are proven open. Nothing is claimed because of them.
    pub agreeing: &'a Agreeing,
}

/// Someone who tries to find out what is withheld. The claims are those that must be repaired.
pub trait Attacker: Sync {
    /// Attacks what is displayed as an insider would, who knows these sizes, and what was displayed before.
    fn inside(&self, release: &Release, insider: &Insider<'_>, previous: &[Release]) -> Vec<Claim>;

    /// Attacks what is displayed of one network as an insider would, who knows its members and what they weigh.
    fn network(&self, release: &Release, insider: &Insider<'_>) -> Vec<Claim>;

    /// Attacks as an outsider would, who finds out numbers of respondents. The true ones tell what is harmless.
    fn outside(&self, release: &Release, truth: &Known, previous: &[Release]) -> Vec<Claim>;
}

/// The attacker of the project: linear programs over everything displayed.
#[derive(Debug, Clone, Copy, Default)]
pub struct LinearPrograms;

impl Attacker for LinearPrograms {
    fn inside(&self, release: &Release, insider: &Insider<'_>, previous: &[Release]) -> Vec<Claim> {
        let previous = with_nothing(previous);
        let options = audit::Options {
            previous: &previous,
            agreeing: Some(insider.agreeing),
            ..audit::Options::default()
        };
        audit::attack(release, Some(insider.known), &options)
    }

    fn network(&self, release: &Release, insider: &Insider<'_>) -> Vec<Claim> {
        // Digits were read with everything else.
        let options =
            audit::Options { digits: false, agreeing: Some(insider.agreeing), ..audit::Options::default() };
        audit::attack(release, Some(insider.known), &options)
    }

    fn outside(&self, release: &Release, truth: &Known, previous: &[Release]) -> Vec<Claim> {
        let previous = with_nothing(previous);
        // Shares were tried with more knowledge.
        let options = audit::Options {
            truth: Some(truth),
            previous: &previous,
            shares: false,
            ..audit::Options::default()
        };
        audit::attack(release, None, &options)
    }
}

/// Nothing is known of the sizes of earlier editions but what they display.
fn with_nothing(previous: &[Release]) -> Vec<(&Release, Option<&Known>)> {
    previous.iter().map(|previous| (previous, None)).collect()
}

/// Attacks and repairs until nothing serious is claimed; gives the cells.
pub(super) fn repair(
    candidate: &Candidate<'_>,
    decision: &mut Decision,
    attacker: &dyn Attacker,
    cells: &dyn Fn(&Decision) -> BTreeMap<CellKey, Cell>,
) -> Result<BTreeMap<CellKey, Cell>, AnalysisError> {
    let index: BTreeMap<audit::Domain, usize> = candidate
        .estimates
        .domains
        .iter()
        .enumerate()
        .map(|(at, found)| (named(&found.domain), at))
        .collect();
    let mut clean = within::Clean::default();
    for round in 0..ROUNDS {
        let mut made = cells(decision);
        if !candidate.steps.audit {
            return Ok(made);
        }
        while candidate.sent.withhold(decision, &made) {
            made = cells(decision);
        }
        let serious = claims(candidate, decision, attacker, &made, &mut clean);
        if serious.is_empty() {
            return Ok(made);
        }
        tracing::info!(round, claims = serious.len(), "the attacker claims; repairing");
        for domain in to_repair(&serious, decision, &index)? {
            decision.repair(domain);
        }
    }
    Err(AnalysisError::Unprotected { claim: "it finds something new after every repair".to_owned() })
}

/// What must be repaired, as an insider, in each network alone when that is nothing, and then as an outsider.
pub(super) fn claims(
    candidate: &Candidate<'_>,
    decision: &Decision,
    attacker: &dyn Attacker,
    cells: &BTreeMap<CellKey, Cell>,
    clean: &mut within::Clean,
) -> Vec<Claim> {
    let release = release(candidate, decision, cells.iter());
    let known = known(candidate, decision);
    let previous = candidate.previous.as_slice();
    let serious = |claims: Vec<Claim>| claims.into_iter().filter(Claim::is_serious).collect::<Vec<_>>();
    let insider = Insider { known: &known, agreeing: candidate.agreeing };
    let found = serious(attacker.inside(&release, &insider, previous));
    let found =
        if found.is_empty() { within::claims(candidate, decision, attacker, cells, clean) } else { found };
    if found.is_empty() { serious(attacker.outside(&release, &known, previous)) } else { found }
}

/// For each claim, one of the released domains that make it possible: the one that serves most claims, then the least
/// important. The national figures are the last to go.
fn to_repair(
    claims: &[Claim],
    decision: &Decision,
    index: &BTreeMap<audit::Domain, usize>,
) -> Result<BTreeSet<usize>, AnalysisError> {
    let is_shown = |at: &usize| decision.everyone[*at];
    let mut open: Vec<BTreeSet<usize>> = Vec::new();
    for claim in claims {
        let binding = claim.binding.iter().filter_map(|bound| index.get(&bound.domain).copied());
        let about = claim.group.0.iter().filter_map(|(_, domain)| index.get(domain).copied());
        let mut found: BTreeSet<usize> = binding.filter(is_shown).collect();
        if found.is_empty() {
            found = about.filter(is_shown).collect();
        }
        if found.is_empty() {
            return Err(AnalysisError::Unprotected { claim: claim.to_string() });
        }
        open.push(found);
    }
    let mut repaired = BTreeSet::new();
    while !open.is_empty() {
        let mut votes: BTreeMap<usize, usize> = BTreeMap::new();
        for domain in open.iter().flatten() {
            *votes.entry(*domain).or_default() += 1;
        }
        // All respondents, then domains in the plan's order: of equal votes the last goes.
        let Some((domain, _)) =
            votes.into_iter().max_by_key(|(domain, votes)| (*domain > 0, *votes, *domain))
        else {
            break;
        };
        open.retain(|found| !found.contains(&domain));
        repaired.insert(domain);
    }
    Ok(repaired)
}
