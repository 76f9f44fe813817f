//! Numbers of respondents as displayed: what everything beside the cells is made from.

use std::collections::BTreeMap;

use publication::{Cell, CellKey, Domain, NumberShown, Rule};

use super::decided::Decision;
use crate::estimation::Estimates;

/// The displayed number of respondents of each domain that is shown.
#[derive(Debug, Clone)]
pub(super) struct Numbers {
    pub rule: Rule,
    shown: BTreeMap<Domain, NumberShown>,
}

impl Numbers {
    /// A domain of which every figure is withheld has no number either: one file would show what another withholds.
    pub(super) fn of(
        rule: Rule,
        estimates: &Estimates,
        decision: &Decision,
        cells: &BTreeMap<CellKey, Cell>,
    ) -> Self {
        let is_told = |domain: &Domain| {
            let first = CellKey { domain: domain.clone(), indicator: String::new() };
            let mut own = cells.range(first..).take_while(|(key, _)| key.domain == *domain);
            own.any(|(_, cell)| cell.published().is_some())
        };
        let domains = estimates.domains.iter().zip(&estimates.everyone).enumerate();
        let shown = domains
            .filter(|(at, (found, _))| {
                decision.everyone[*at] && decision.planned[*at] && is_told(&found.domain)
            })
            .filter_map(|(_, (found, everyone))| Some((found.domain.clone(), rule.number(everyone.base)?)))
            .collect();
        Self { rule, shown }
    }

    /// Of a domain; nothing when it is withheld or not planned.
    pub(super) fn of_domain(&self, domain: &Domain) -> Option<NumberShown> {
        self.shown.get(domain).copied()
    }

    /// The domains shown.
    pub(super) fn domains(&self) -> impl Iterator<Item = (&Domain, NumberShown)> {
        self.shown.iter().map(|(domain, n)| (domain, *n))
    }
}
