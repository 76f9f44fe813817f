//! The groups that are attacked: those that may be too small, and are in no table or withheld.

use std::collections::{BTreeMap, BTreeSet};

use crate::claim::{Binding, Claim, Kind, Severity};
use crate::known::Known;
use crate::program::{Outcome, Program, Row};
use crate::structure::{Structure, Terms};

/// A share within so little of 0 or 1 is all or none.
pub(crate) const ALL: f64 = 0.005;

/// A group to attack.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) terms: Terms,
    /// Respondents: exact for an insider, else what the release lets them be.
    pub(crate) n: (u32, u32),
    /// The exact number, for scoring.
    pub(crate) true_n: Option<u32>,
    /// When the claim would be about its heaviest respondent alone: what share of its weight that one holds.
    pub(crate) heaviest: Option<f64>,
}

/// What a sum can be.
#[derive(Debug)]
pub(crate) struct Range {
    /// The least and the greatest value.
    pub(crate) interval: (f64, f64),
    /// The released domains that hold it there.
    pub(crate) binding: Vec<Binding>,
}

/// The base that is attacked, and what is known of its domains.
#[derive(Debug)]
pub(crate) struct Field<'a> {
    pub(crate) base: &'a str,
    pub(crate) n_min: u32,
    /// Least width of a share that is no claim, from 0 to 1.
    pub(crate) width: f64,
    pub(crate) structure: &'a Structure,
    pub(crate) is_released: &'a [bool],
}

/// The signed sum of the sizes of domains, if all are known.
pub(crate) fn size_of(
    structure: &Structure,
    terms: &[(usize, f64)],
    base: &str,
    known: &Known,
) -> Option<(u32, f64)> {
    let (mut n, mut weight) = (0.0, 0.0);
    for (domain, sign) in terms {
        let size = known.size(base, &structure.domains[*domain])?;
        n += sign * f64::from(size.n);
        weight += sign * size.weight;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a sum of counts, not negative"
    )]
    Some((n.round().max(0.0) as u32, weight.max(0.0)))
}

/// Every group that could be attacked, whatever its size: withheld domains, what remains when one is taken from another,
/// withheld siblings together.
pub(crate) fn groups(structure: &Structure, is_released: &[bool]) -> Vec<Terms> {
    let mut found: Vec<Terms> = Vec::new();
    found.extend(
        (0..structure.domains.len()).filter(|domain| !is_released[*domain]).map(|domain| vec![(domain, 1.0)]),
    );
    found.extend(structure.parts.iter().map(|part| part.terms.clone()));
    for (_, children) in &structure.families {
        let hidden: Terms =
            children.iter().filter(|child| !is_released[**child]).map(|child| (*child, 1.0)).collect();
        if hidden.len() > 1 && hidden.len() < children.len() {
            found.push(hidden);
        }
    }
    // The same sum may come from several relations.
    let mut seen: BTreeSet<Vec<(usize, bool)>> = BTreeSet::new();
    found.retain(|terms| {
        let mut key: Vec<(usize, bool)> = terms.iter().map(|(domain, sign)| (*domain, *sign < 0.0)).collect();
        key.sort_unstable();
        seen.insert(key)
    });
    found
}

impl Target {
    /// Whether a claim about it has to be repaired.
    pub(crate) fn severity(&self, n_min: u32, kind: Kind) -> Severity {
        if self.heaviest.is_some() {
            return Severity::Serious;
        }
        let small = 1..n_min;
        if let Some(n) = self.true_n {
            return if small.contains(&n) { Severity::Serious } else { Severity::Harmless };
        }
        let (least, most) = self.n;
        if most == 0 || least >= n_min {
            Severity::Harmless
        } else if most < n_min || kind == Kind::AllOrNone {
            Severity::Serious
        } else {
            Severity::Possible
        }
    }

    /// Whether an interval of its share is narrow enough to claim.
    pub(crate) fn kind_of(&self, (low, high): (f64, f64), width: f64) -> Option<Kind> {
        if let Some(share) = self.heaviest {
            // Its heaviest respondent cannot have said yes if all who did weigh less, nor no if all who did not do.
            let one = share * (1.0 - ALL);
            return (high < one || low > 1.0 - one).then_some(Kind::Heaviest);
        }
        let is_one = self.true_n.unwrap_or(self.n.1) == 1;
        if low >= 1.0 - ALL || high <= ALL || (is_one && (low > ALL || high < 1.0 - ALL)) {
            Some(Kind::AllOrNone)
        } else if high - low <= width {
            Some(Kind::Share)
        } else {
            None
        }
    }
}

impl Field<'_> {
    /// A claim about a share; the interval from 0 to 1.
    pub(crate) fn claim(
        &self,
        target: &Target,
        kind: Kind,
        (question, category, range): (&str, &str, (f64, f64)),
        interval: (f64, f64),
        binding: Vec<Binding>,
    ) -> Claim {
        let unit = |share: f64| range.0 + share.clamp(0.0, 1.0) * (range.1 - range.0);
        Claim {
            kind,
            severity: target.severity(self.n_min, kind),
            group: self.structure.group(&target.terms),
            base: self.base.to_owned(),
            question: Some(question.to_owned()),
            category: Some(category.to_owned()),
            interval: Some((unit(interval.0), unit(interval.1))),
            n: Some(target.true_n.map_or(target.n, |n| (n, n))),
            binding,
            detail: match target.true_n.map_or(target.n, |n| (n, n)) {
                _ if target.heaviest.is_some() => {
                    format!("who holds {:.1} % of its weight", 100.0 * target.heaviest.unwrap_or_default())
                }
                (least, most) if least == most => format!("a group of {least}"),
                (least, most) => format!("a group of {least} to {most}"),
            },
        }
    }

    /// The least and the greatest value of a sum, and the released domains that hold it there.
    pub(crate) fn range_of(&self, program: &Program, objective: &Terms) -> Option<Range> {
        self.range_until(program, objective, true, |_| false)
    }

    /// The same, but nothing when the end that is looked for first, or the other, is enough to know.
    pub(crate) fn range_until(
        &self,
        program: &Program,
        objective: &Terms,
        is_least_first: bool,
        mut is_enough: impl FnMut(&[f64]) -> bool,
    ) -> Option<Range> {
        let opposite: Terms = objective.iter().map(|(variable, factor)| (*variable, -factor)).collect();
        let mut ends = [(objective, None), (&opposite, None)];
        for position in if is_least_first { [0, 1] } else { [1, 0] } {
            let (objective, end) = &mut ends[position];
            let Outcome::Least { value, prices, at } = program.least(objective) else { return None };
            if is_enough(&at) {
                return None;
            }
            *end = Some((value, prices));
        }
        let [(_, Some((low, low_prices))), (_, Some((high, prices)))] = ends else { return None };
        let binding = self.binding(&program.at_least, [&low_prices, &prices]);
        Some(Range { interval: (low, -high), binding })
    }

    fn binding<'p>(&self, rows: &[Row], prices: impl IntoIterator<Item = &'p Vec<f64>>) -> Vec<Binding> {
        let mut weights: BTreeMap<usize, f64> = BTreeMap::new();
        for prices in prices {
            for (row, price) in rows.iter().zip(prices) {
                if let Some(owner) = row.owner {
                    *weights.entry(owner).or_default() += price.abs();
                }
            }
        }
        let total: f64 = weights.values().sum();
        let mut binding: Vec<Binding> = weights
            .into_iter()
            .filter(|(_, weight)| *weight > 0.01 * total)
            .map(|(owner, weight)| Binding {
                domain: self.structure.domains[owner].clone(),
                weight: (weight / total * 1e6).round() / 1e6,
            })
            .collect();
        binding.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.domain.cmp(&b.domain)));
        binding
    }
}
