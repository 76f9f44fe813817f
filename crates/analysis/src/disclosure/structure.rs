//! How the planned domains hang together: who is a part of whom, and who comes first.

use std::collections::BTreeMap;

use publication::Domain;
use questionnaire::Edition;

use crate::estimation::DomainRows;
use crate::estimation::crossed::apart;

/// A group and the parts that a breakdown makes of it: all of them in one part each, but those without an answer.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub parent: usize,
    pub children: Vec<usize>,
}

/// Two networks of almost the same members.
#[derive(Debug, Clone, Copy)]
pub(super) struct Twins {
    /// The domain of both.
    pub together: usize,
    /// Their own.
    pub apart: [usize; 2],
}

/// The planned domains.
#[derive(Debug, Clone)]
pub(super) struct Structure {
    pub tables: Vec<Table>,
    /// In what turn a domain is offered: the smaller, the earlier.
    pub priority: Vec<u8>,
    /// For a crossing inside a network, the network.
    pub network: Vec<Option<usize>>,
    /// Pairs that may be published together, in order.
    pub twins: Vec<Twins>,
}

impl Structure {
    pub(super) fn of(domains: &[DomainRows], edition: &Edition) -> Self {
        let index: BTreeMap<&Domain, usize> =
            domains.iter().enumerate().map(|(index, found)| (&found.domain, index)).collect();
        let breakdowns = &edition.plan.breakdowns;
        let is_overlapping = |code: &str| {
            breakdowns.iter().any(|breakdown| breakdown.code == code && breakdown.variable.is_overlapping())
        };
        let mut children: BTreeMap<(usize, &str), Vec<usize>> = BTreeMap::new();
        let (mut priority, mut network) = (Vec::new(), Vec::new());
        for (at, found) in domains.iter().enumerate() {
            let mut inside = None;
            priority.push(match &found.domain {
                Domain::All => 0,
                Domain::Of { breakdown, .. } if is_overlapping(breakdown) => 2,
                Domain::Of { breakdown, .. } => {
                    children.entry((0, breakdown)).or_default().push(at);
                    1
                }
                Domain::Crossed { breakdown, category, by, part } => {
                    let parent = |breakdown: &str, category: &str| {
                        index.get(&Domain::of(breakdown, category)).copied()
                    };
                    if let Some(parent) = parent(breakdown, category) {
                        children.entry((parent, by)).or_default().push(at);
                    }
                    if is_overlapping(breakdown) {
                        inside = parent(breakdown, category);
                        4
                    } else {
                        if let Some(parent) = parent(by, part) {
                            children.entry((parent, breakdown)).or_default().push(at);
                        }
                        3
                    }
                }
            });
            network.push(inside);
        }
        let twins = domains.iter().enumerate().filter_map(|(together, found)| {
            let Domain::Of { breakdown, category } = &found.domain else { return None };
            if !is_overlapping(breakdown) {
                return None;
            }
            let [one, other] = apart(category)[..] else { return None };
            let of = |code: &str| index.get(&Domain::of(breakdown, code)).copied();
            Some(Twins { together, apart: [of(one)?, of(other)?] })
        });
        let twins = twins.collect();
        let tables = children.into_iter().map(|((parent, _), children)| Table { parent, children }).collect();
        Self { tables, priority, network, twins }
    }
}
