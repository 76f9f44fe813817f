//! The audit inside each network (`disclosure.md` 4.2, procedure b): whoever knows the members of a network knows what
//! each group weighs that two of its tables cut out together, though it is in no table: « rural and without employees ».
//!
//! In one program with everything else these groups would cost more than they tell; what bounds them is what is shown of
//! their network. So each network is attacked alone, with its own figures and the groups that they cut out.

use std::collections::{BTreeMap, BTreeSet};

use audit::{Agreeing, Binding, Claim, Known, Release, Size};
use publication::{Cell, CellKey, Domain};

use super::attack::{Attacker, Insider};
use super::candidate::{Candidate, known, named, release};
use super::decided::Decision;
use super::truth::Truth;

/// Members of the largest network that is attacked alone: in a larger one the finest step covers twenty respondents, and
/// nobody weighs as much.
const LARGEST: usize = 2_000;

/// A network that is crossed, and the groups that two of its crossings cut out.
pub(super) struct Within {
    /// The network.
    network: usize,
    /// Its crossings.
    crossings: Vec<usize>,
    groups: Vec<Cut>,
    /// What all of these answered.
    agreeing: Agreeing,
}

/// A network alone, and crossed.
type Found = (Option<usize>, Vec<usize>);

struct Cut {
    crossings: [usize; 2],
    domain: audit::Domain,
    everyone: Size,
    in_bases: Vec<Size>,
}

/// All of them, whatever will be shown.
pub(super) fn within(truth: &Truth<'_>) -> Vec<Within> {
    let domains = &truth.estimates.domains;
    let overlapping: BTreeSet<&str> = truth
        .edition
        .plan
        .breakdowns
        .iter()
        .filter(|breakdown| breakdown.variable.is_overlapping())
        .map(|breakdown| breakdown.code.as_str())
        .collect();
    let mut networks: BTreeMap<(&str, &str), Found> = BTreeMap::new();
    for (at, found) in domains.iter().enumerate() {
        let conditions = found.domain.conditions();
        let network = conditions.iter().find(|(breakdown, _)| overlapping.contains(breakdown));
        let Some(network) = network.copied() else { continue };
        let (alone, crossings) = networks.entry(network).or_default();
        if conditions.len() == 1 { *alone = Some(at) } else { crossings.push(at) }
    }
    let cut = |agreeing: &mut Agreeing, one: usize, other: usize| {
        let (left, right) = (&domains[one], &domains[other]);
        let domain = right
            .domain
            .conditions()
            .into_iter()
            .fold(named(&left.domain), |domain, (breakdown, code)| domain.and(breakdown, code));
        let rows: Vec<usize> =
            left.rows.iter().copied().filter(|row| right.rows.binary_search(row).is_ok()).collect();
        truth.add_group(agreeing, domain.clone(), &rows);
        Cut { crossings: [one, other], domain, everyone: truth.size(&rows), in_bases: truth.in_bases(&rows) }
    };
    let by = |at: usize| -> BTreeSet<&str> {
        domains[at].domain.conditions().into_iter().map(|(breakdown, _)| breakdown).collect()
    };
    networks
        .into_values()
        .filter_map(|(alone, crossings)| {
            let network = alone.filter(|alone| domains[*alone].rows.len() <= LARGEST)?;
            let pairs = crossings.iter().enumerate().flat_map(|(at, one)| {
                crossings[at + 1..].iter().filter(|other| by(*one) != by(**other)).map(|other| (*one, *other))
            });
            let mut agreeing = truth.empty();
            for at in crossings.iter().chain([&network]) {
                truth.add_domain(&mut agreeing, *at);
            }
            let groups = pairs.map(|(one, other)| cut(&mut agreeing, one, other)).collect();
            Some(Within { network, crossings, groups, agreeing })
        })
        .collect()
}

/// Of each network, what nothing was claimed of: a repair elsewhere leaves most networks as they were, and the same
/// attack on the same figures would find nothing again.
#[derive(Default)]
pub(super) struct Clean(BTreeMap<usize, (Release, Known)>);

/// What must be repaired inside networks.
pub(super) fn claims(
    candidate: &Candidate<'_>,
    decision: &Decision,
    attacker: &dyn Attacker,
    cells: &BTreeMap<CellKey, Cell>,
    clean: &mut Clean,
) -> Vec<Claim> {
    let everything = known(candidate, decision);
    let estimates = candidate.estimates;
    let mut claims = Vec::new();
    for network in candidate.within {
        let is_crossed = network.crossings.iter().any(|at| decision.everyone[*at] && decision.planned[*at]);
        if !decision.everyone[network.network] || !is_crossed {
            continue;
        }
        let own: BTreeSet<&Domain> = std::iter::once(&network.network)
            .chain(&network.crossings)
            .filter(|at| decision.planned[**at])
            .map(|at| &estimates.domains[*at].domain)
            .collect();
        // Questions of which no crossing is shown bound no group that two of them cut out.
        let is_told = |base: &usize| network.crossings.iter().any(|at| decision.is_released(*base, *at));
        let told: BTreeSet<&str> = candidate
            .edition
            .indicators
            .iter()
            .zip(&estimates.base_of)
            .filter(|(_, base)| is_told(base))
            .map(|(indicator, _)| indicator.code.as_str())
            .collect();
        let of_own = own.iter().copied().flat_map(|domain| of_domain(cells, domain));
        let of_own = of_own.filter(|(key, _)| told.contains(key.indicator.as_str()));
        let release = release(candidate, decision, of_own);
        let known = network.known(&everything, &own, decision);
        if clean.0.get(&network.network).is_some_and(|(as_was, knew)| *as_was == release && *knew == known) {
            continue;
        }
        let insider = Insider { known: &known, agreeing: &network.agreeing };
        let found: Vec<Claim> =
            attacker.network(&release, &insider).into_iter().filter(Claim::is_serious).collect();
        if found.is_empty() {
            clean.0.insert(network.network, (release, known));
        }
        for mut claim in found {
            if claim.binding.is_empty() {
                let binding = |domain: &&Domain| Binding { domain: named(domain), weight: 1.0 };
                claim.binding = own.iter().map(binding).collect();
            }
            claims.push(claim);
        }
    }
    claims
}

/// The cells of a domain.
fn of_domain<'a>(
    cells: &'a BTreeMap<CellKey, Cell>,
    domain: &'a Domain,
) -> impl Iterator<Item = (&'a CellKey, &'a Cell)> {
    let first = CellKey { domain: domain.clone(), indicator: String::new() };
    cells.range(first..).take_while(move |(key, _)| key.domain == *domain)
}

impl Within {
    /// The sizes of what is planned of the network, and of the groups that its crossings cut out.
    fn known(&self, everything: &Known, own: &BTreeSet<&Domain>, decision: &Decision) -> Known {
        let mut known = Known::new();
        let bases = std::iter::once((None, String::new())).chain(decision.named_bases());
        for (base, name) in bases {
            for domain in own.iter().map(|domain| named(domain)) {
                if let Some(size) = everything.size(&name, &domain) {
                    known.insert(&name, domain, size);
                }
            }
            for group in &self.groups {
                if group.crossings.iter().all(|at| decision.planned[*at]) {
                    let size = base.map_or(group.everyone, |base: usize| group.in_bases[base]);
                    known.insert(&name, group.domain.clone(), size);
                }
            }
        }
        known
    }
}
