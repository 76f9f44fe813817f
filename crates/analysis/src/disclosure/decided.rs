//! The whole decision: domains first, then each base, then networks of almost the same members together.

use std::collections::{BTreeMap, BTreeSet};

use publication::{Domain, Publication, Rule};
use questionnaire::Edition;
use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use super::atoms::Atoms;
use super::decision::{Inside, Steps, between_bases};
use super::structure::Structure;
use crate::cleaning::Cleaned;
use crate::estimation::Estimates;
use crate::estimation::inputs::Inputs;

/// So many times as many respondents as before allow finer figures than before.
const GROWN: f64 = 1.2;

/// What is released, and how finely.
#[derive(Debug, Clone)]
pub(super) struct Decision {
    /// Whether a domain is planned: two networks are, apart or together, and a network is crossed when it is shown.
    pub planned: Vec<bool>,
    /// Whether anything is released of a domain.
    pub everyone: Vec<bool>,
    /// For each base, the domains released.
    bases: Vec<Vec<bool>>,
    /// How many tiers coarser than its base alone asks for a domain is shown.
    coarser: Vec<usize>,
    /// For each base and domain, how many more, because an edition before showed it so coarsely.
    held: Vec<Vec<usize>>,
    /// Those that the attacker has made coarser.
    repaired: BTreeSet<usize>,
    /// For each domain, the first with the same respondents.
    same: Vec<usize>,
    /// For each domain inside a network, the network.
    network: Vec<Option<usize>>,
    /// For each base, the first with the same respondents; nothing when that is everyone.
    pub base_class: Vec<Option<usize>>,
}

/// What a decision reads.
pub(super) struct Question<'a> {
    pub cleaned: &'a Cleaned,
    pub edition: &'a Edition,
    pub estimates: &'a Estimates,
    pub inputs: &'a Inputs,
    pub rule: Rule,
    pub steps: Steps,
}

/// Decides.
pub(super) fn decide(question: &Question<'_>) -> Decision {
    let Question { cleaned, edition, estimates, inputs, rule, steps } = *question;
    let domains = &estimates.domains;
    let structure = Structure::of(domains, edition);
    let atoms = Atoms::new(domains, cleaned.len());
    let inside = |bits: &[u64], sizes| Inside {
        domains,
        structure: &structure,
        base: atoms.in_base(bits),
        sizes,
        n_min: rule.n_min,
        steps,
    };
    let all = vec![u64::MAX; cleaned.len().div_ceil(64)];
    let whole = inside(&all, &estimates.everyone);
    let (may_be, everyone) = regroup(&whole, &structure);

    let bits = inputs.base_bits(cleaned);
    let mut seen: BTreeMap<&[u64], usize> = BTreeMap::new();
    let first: Vec<usize> =
        bits.iter().enumerate().map(|(base, bits)| *seen.entry(bits).or_insert(base)).collect();
    let is_everyone = |base: usize| estimates.bases[base][0].base.n == estimates.everyone[0].base.n;
    let base_class: Vec<Option<usize>> =
        (0..bits.len()).map(|base| (!is_everyone(base)).then_some(first[base])).collect();
    // One decision for bases of the same respondents.
    let own: BTreeMap<usize, Vec<bool>> = (0..bits.len())
        .into_par_iter()
        .filter(|base| base_class[*base] == Some(*base))
        .map(|base| (base, inside(&bits[base], &estimates.bases[base]).decide(&everyone)))
        .collect();
    let mut bases: Vec<Vec<bool>> = base_class
        .iter()
        .map(|class| class.and_then(|class| own.get(&class)).unwrap_or(&everyone).clone())
        .collect();
    if steps.differences {
        let related: BTreeSet<(usize, usize)> = related(edition, estimates)
            .into_iter()
            .filter(|(wide, narrow)| first[*wide] != first[*narrow])
            .collect();
        let mut withheld: BTreeMap<(usize, usize), Vec<bool>> = BTreeMap::new();
        for (wide, narrow) in related {
            let released = withheld.entry((first[wide], first[narrow])).or_insert_with(|| {
                let mut released = vec![true; domains.len()];
                between_bases(&atoms, &bits[wide], &bits[narrow], &mut released);
                released
            });
            for (is_released, may_be) in bases[narrow].iter_mut().zip(released) {
                *is_released &= *may_be;
            }
        }
    }
    let same =
        (0..domains.len()).map(|at| (0..at).find(|other| atoms.are_same(*other, at)).unwrap_or(at)).collect();
    // A network whose members are published with another's has a row that says no more than that.
    let mut planned = vec![true; domains.len()];
    for twins in &structure.twins {
        planned[twins.together] = may_be[twins.together];
    }
    let mut decision = Decision {
        planned,
        everyone,
        bases,
        coarser: vec![0; domains.len()],
        held: vec![vec![0; domains.len()]; bits.len()],
        repaired: BTreeSet::new(),
        same,
        network: structure.network,
        base_class,
    };
    decision.unplan();
    decision
}

/// The domains that may be released, and those that are, of everyone: a network that would expose its near twin is
/// published with it, under one name (`disclosure.md`, section 3.1, regrouping).
fn regroup(whole: &Inside<'_>, structure: &Structure) -> (Vec<bool>, Vec<bool>) {
    let mut may_be = vec![true; whole.domains.len()];
    let set = |may_be: &mut Vec<bool>, network: usize, is: bool| {
        may_be[network] = is;
        for (at, inside) in structure.network.iter().enumerate() {
            if *inside == Some(network) {
                may_be[at] = is;
            }
        }
    };
    for twins in &structure.twins {
        set(&mut may_be, twins.together, false);
    }
    if !whole.steps.regroup {
        let released = whole.decide(&may_be);
        return (may_be, released);
    }
    let mut regrouped: BTreeSet<usize> = BTreeSet::new();
    loop {
        let released = whole.decide(&may_be);
        let next = structure.twins.iter().find(|twins| {
            twins.apart.iter().all(|network| !regrouped.contains(network))
                && twins.apart.iter().any(|network| !released[*network])
                && twins.apart.iter().all(|network| whole.sizes[*network].base.n_sdc() >= whole.n_min)
        });
        let Some(twins) = next else { return (may_be, released) };
        regrouped.extend(twins.apart);
        set(&mut may_be, twins.together, true);
        for network in twins.apart {
            set(&mut may_be, network, false);
        }
    }
}

/// Pairs of bases of which indicators read one question: the wider first.
fn related(edition: &Edition, estimates: &Estimates) -> BTreeSet<(usize, usize)> {
    let mut found = BTreeSet::new();
    for (one, first) in edition.indicators.iter().enumerate() {
        for (other, second) in edition.indicators.iter().enumerate().skip(one + 1) {
            let (left, right) = (estimates.base_of[one], estimates.base_of[other]);
            if left == right || !first.questions.iter().any(|read| second.questions.contains(read)) {
                continue;
            }
            let n = |base: usize| estimates.bases[base][0].base.n;
            found.insert(if (n(left), right) >= (n(right), left) { (left, right) } else { (right, left) });
        }
    }
    found
}

impl Decision {
    /// Whether a figure is released.
    pub(super) fn is_released(&self, base: usize, domain: usize) -> bool {
        self.everyone[domain] && self.bases[base][domain]
    }

    /// Shows a domain, and those with the same respondents, one tier coarser; the second time, not at all.
    pub(super) fn repair(&mut self, domain: usize) {
        let same = self.same[domain];
        for at in (0..self.same.len()).filter(|at| self.same[*at] == same) {
            if self.repaired.insert(at) {
                self.coarser[at] += 1;
            } else {
                self.everyone[at] = false;
            }
        }
        for at in 0..self.everyone.len() {
            if self.network[at].is_some_and(|network| !self.everyone[network]) {
                self.everyone[at] = false;
            }
        }
        self.unplan();
    }

    /// Withholds a domain, and those with the same respondents, in a base and those with the same respondents.
    pub(super) fn withhold(&mut self, base: usize, domain: usize) {
        let (same, class) = (self.same[domain], self.base_class[base]);
        for (of, released) in self.base_class.iter().zip(&mut self.bases) {
            if *of == class {
                let all = released.iter_mut().zip(&self.same);
                all.filter(|(_, other)| **other == same).for_each(|(is_released, _)| *is_released = false);
            }
        }
    }

    /// The indicators whose base is everyone.
    pub(super) fn of_everyone(&self, edition: &Edition, estimates: &Estimates) -> Vec<String> {
        let indicators = edition.indicators.iter().zip(&estimates.base_of);
        indicators
            .filter(|(_, base)| self.base_class[**base].is_none())
            .map(|(indicator, _)| indicator.code.clone())
            .collect()
    }

    /// How many tiers coarser than its base alone asks for a domain is shown in a base.
    pub(super) fn coarser(&self, base: usize, domain: usize) -> usize {
        self.coarser[domain] + self.held[base][domain]
    }

    /// A domain that was published stays as coarse as it was, or coarser, unless a fifth more respondents are in it: what
    /// changes from an edition to the next is then not what one more respondent said (`disclosure.md`, section 3.4).
    pub(super) fn follow(
        &mut self,
        previous: &Publication,
        rule: Rule,
        estimates: &Estimates,
        edition: &Edition,
    ) {
        let at: BTreeMap<&Domain, usize> =
            estimates.domains.iter().enumerate().map(|(at, found)| (&found.domain, at)).collect();
        let base_of: BTreeMap<&str, usize> = edition
            .indicators
            .iter()
            .zip(&estimates.base_of)
            .map(|(indicator, base)| (indicator.code.as_str(), *base))
            .collect();
        for (key, cell) in &previous.cells {
            let (Some(shown), Some(before)) = (cell.published(), previous.indicator(&key.indicator)) else {
                continue;
            };
            let (Some(domain), Some(base)) = (at.get(&key.domain), base_of.get(key.indicator.as_str()))
            else {
                continue;
            };
            let size = estimates.bases[*base][*domain].base;
            if f64::from(size.n) >= GROWN * f64::from(shown.n().most()) {
                continue;
            }
            let points = publication::points(shown.value(), before.unit);
            let held = &mut self.held[*base][*domain];
            while rule.step(size, *held).is_some_and(|step| step < points) {
                *held += 1;
            }
        }
    }

    /// A crossing inside a withheld network has no row: that it is planned would tell how many members there are.
    fn unplan(&mut self) {
        for at in 0..self.planned.len() {
            if self.network[at].is_some_and(|network| !self.everyone[network]) {
                self.planned[at] = false;
            }
        }
    }
}
