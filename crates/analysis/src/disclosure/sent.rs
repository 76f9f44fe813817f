//! What the number of those whom an answer sent to a question says of that answer.
//!
//! Bases are attacked apart, but the number of respondents to a question that only some were asked counts, in a group,
//! those who gave the answer that sent them there. An insider who knows what everyone weighs sets that count beside the
//! weighted share of the same answer: eleven among thirty-three who are at most a quarter of the weight leave no room for
//! the one who holds a sixth of it. Where the count leaves a respondent one answer, the question's figures are withheld.

use std::collections::BTreeMap;

use publication::{Cell, CellKey, Domain};
use questionnaire::{Edition, Numerator};

use super::decided::Decision;
use crate::estimation::Estimates;
use crate::estimation::inputs::OfRows;

/// Weights are sums of rounded numbers.
const DUST: f64 = 1e-9;

/// A base, and an answer that all of it gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Route {
    base: usize,
    indicator: usize,
    /// Whether the answer is that of the indicator's share, or the other.
    is_yes: bool,
    /// Whether all who gave it are in the base.
    is_all: bool,
}

/// The answers that sent respondents to questions, and what all respondents weigh.
pub(super) struct Sent<'a> {
    edition: &'a Edition,
    estimates: &'a Estimates,
    of_rows: &'a OfRows,
    routes: Vec<Route>,
}

impl<'a> Sent<'a> {
    /// Finds them in the answers: an answer that all of a base gave sent them there, whatever the routing says.
    pub(super) fn new(edition: &'a Edition, estimates: &'a Estimates, of_rows: &'a OfRows) -> Self {
        let mut routes = Vec::new();
        for (indicator, definition) in edition.indicators.iter().enumerate() {
            if !matches!(definition.numerator, Numerator::Share(_)) {
                continue;
            }
            let wide = estimates.base_of[indicator];
            for base in (0..estimates.bases.len()).filter(|base| *base != wide) {
                for is_yes in [true, false] {
                    let gave = of_rows.gave(indicator, is_yes);
                    let asked = of_rows.bases[base].iter().copied();
                    let (mut common, mut more, mut fewer) = (0, 0, 0);
                    for (asked, gave) in asked.zip(gave) {
                        common |= asked & gave;
                        more |= asked & !gave;
                        fewer |= gave & !asked;
                    }
                    if common != 0 && more == 0 {
                        routes.push(Route { base, indicator, is_yes, is_all: fewer == 0 });
                    }
                }
            }
        }
        Self { edition, estimates, of_rows, routes }
    }

    /// Withholds what leaves someone one answer, with these cells displayed; whether there was anything.
    pub(super) fn withhold(&self, decision: &mut Decision, cells: &BTreeMap<CellKey, Cell>) -> bool {
        let exposed: Vec<(usize, usize)> = self
            .routes
            .iter()
            .flat_map(|route| (0..self.estimates.domains.len()).map(move |domain| (route, domain)))
            .filter(|(route, domain)| !self.is_open(**route, *domain, decision, cells))
            .map(|(route, domain)| (route.base, domain))
            .collect();
        for (base, domain) in &exposed {
            decision.withhold(*base, *domain);
        }
        !exposed.is_empty()
    }

    /// Whether each respondent of a domain could have given either answer.
    fn is_open(
        &self,
        route: Route,
        domain: usize,
        decision: &Decision,
        cells: &BTreeMap<CellKey, Cell>,
    ) -> bool {
        let wide = self.estimates.base_of[route.indicator];
        if !(decision.planned[domain]
            && decision.is_released(wide, domain)
            && decision.is_released(route.base, domain))
        {
            return true;
        }
        let found = &self.estimates.domains[domain];
        let shown = |indicator: usize| {
            let code = &self.edition.indicators[indicator].code;
            cells.get(&key(&found.domain, code)).and_then(Cell::published)
        };
        let asked = (0..self.estimates.base_of.len()).find(|at| self.estimates.base_of[*at] == route.base);
        let (Some(share), Some(asked)) = (shown(route.indicator), asked.and_then(shown)) else { return true };
        let (low, high) = share.value().bounds((0.0, 100.0));
        let (low, high) = if route.is_yes { (low, high) } else { (100.0 - high, 100.0 - low) };
        let members = found.rows.iter().filter(|row| self.of_rows.is_in(wide, **row));
        let mut weights: Vec<f64> = members.map(|row| self.estimates.weights[*row]).collect();
        weights.sort_by(f64::total_cmp);
        let total: f64 = weights.iter().sum();
        let most = if route.is_all { asked.n().most() as usize } else { weights.len() };
        leaves_open(&weights, (asked.n().least() as usize, most), (low / 100.0 * total, high / 100.0 * total))
    }
}

fn key(domain: &Domain, indicator: &str) -> CellKey {
    CellKey { domain: domain.clone(), indicator: indicator.to_owned() }
}

/// Whether the heaviest and the lightest of these weights, ascending, can be in a set of them and out of it, when it has
/// so many elements and weighs so much. Those between are freer.
fn leaves_open(weights: &[f64], count: (usize, usize), weight: (f64, f64)) -> bool {
    let (Some((lightest, heavier)), Some((heaviest, lighter))) =
        (weights.split_first(), weights.split_last())
    else {
        return true;
    };
    let with = |one: f64, others: &[f64]| {
        let count = (count.0.saturating_sub(1), count.1.saturating_sub(1));
        is_possible(others, count, (weight.0 - one, weight.1 - one))
    };
    count.1 > 0
        && with(*heaviest, lighter)
        && with(*lightest, heavier)
        && is_possible(lighter, count, weight)
        && is_possible(heavier, count, weight)
}

/// Whether some of these weights, ascending, can be so many and weigh so much: the lightest that are enough must not weigh
/// too much, and the heaviest that are not too many must weigh enough. In between one is exchanged for the next, as if
/// weights could be divided.
fn is_possible(weights: &[f64], count: (usize, usize), weight: (f64, f64)) -> bool {
    let dust = DUST * weights.iter().sum::<f64>();
    let enough = {
        let mut sum = 0.0;
        let fits = weights.iter().take_while(|next| {
            sum += **next;
            sum <= weight.1 + dust
        });
        fits.count()
    };
    let few = {
        let mut sum = 0.0;
        let short = weights.iter().rev().take_while(|next| {
            let is_short = sum + dust < weight.0;
            sum += **next;
            is_short
        });
        short.count()
    };
    let reached: f64 = weights.iter().rev().take(few).sum();
    let (least, most) = (count.0.max(few), count.1.min(enough));
    weight.1 >= -dust && reached + dust >= weight.0 && least <= most
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether each of the weights can be in and out, by all sets.
    fn by_hand(weights: &[f64], count: (usize, usize), weight: (f64, f64)) -> bool {
        let mut seen = vec![[false; 2]; weights.len()];
        for set in 0_u32..1 << weights.len() {
            let is_in = |at: usize| set >> at & 1 == 1;
            let sum: f64 = (0..weights.len()).filter(|at| is_in(*at)).map(|at| weights[at]).sum();
            let n = set.count_ones() as usize;
            if (count.0..=count.1).contains(&n) && (weight.0..=weight.1).contains(&sum) {
                (0..weights.len()).for_each(|at| seen[at][usize::from(is_in(at))] = true);
            }
        }
        seen.iter().all(|both| *both == [true; 2])
    }

    #[test]
    fn eleven_who_are_a_quarter_of_the_weight_leave_no_room_for_one_who_is_a_sixth() {
        let mut weights = vec![1.0; 32];
        weights.push(6.1);
        let quarter = 0.25 * 38.1;
        // With the heavy one, the others would be at most three.
        assert!(!leaves_open(&weights, (11, 19), (0.0, quarter)));
        assert!(leaves_open(&weights, (4, 19), (0.0, quarter)));
        assert!(leaves_open(&weights, (11, 19), (0.0, 0.5 * 38.1)));
        // So many light ones cannot weigh more than half: the heavy one must be among them.
        assert!(!leaves_open(&weights, (1, 15), (0.5 * 38.1, 38.1)));
        // All, or nobody.
        assert!(!leaves_open(&weights, (33, 33), (0.0, 38.1)));
        assert!(!leaves_open(&weights, (0, 0), (0.0, 38.1)));
    }

    #[test]
    fn what_is_possible_is_never_said_to_be_closed() {
        let mut state = 7_u64;
        let mut next = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap_or_default() % below
        };
        let number = |n: usize| f64::from(u32::try_from(n).unwrap_or_default());
        let (mut open, mut closed) = (0, 0);
        for _ in 0..3000 {
            let mut whole: Vec<usize> = (0..2 + next(7)).map(|_| 1 + next(9)).collect();
            whole.sort_unstable();
            let (n, total) = (whole.len(), whole.iter().sum::<usize>());
            let weights: Vec<f64> = whole.into_iter().map(number).collect();
            let least = next(n + 1);
            let count = (least, least + next(n - least + 1));
            let low = next(total + 1);
            let weight = (number(low), number(low + next(total - low + 1)));
            let (found, all_sets) = (leaves_open(&weights, count, weight), by_hand(&weights, count, weight));
            assert!(found || !all_sets, "{weights:?} {count:?} {weight:?}");
            open += usize::from(all_sets);
            closed += usize::from(!found);
        }
        assert!(open > 300 && closed > 300, "{open} open, {closed} closed");
    }
}
