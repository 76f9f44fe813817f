//! Shares that agree with everything that is displayed, known otherwise than by solving or found before.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::domain::Domain;

/// Points kept of each question, but for its centre: those found first are seldom asked again.
const KEPT: usize = 16;

/// Possible answers of all domains, from which groups are proven open without a program being solved: what can be reached
/// from a possible point is possible, whichever point it was. A claim is made only when the solver makes it, so that claims
/// are the same with it and without it. That is why whoever protects may give the true answers here; they cannot be read
/// back. It remembers the points that an attack found, for the next attack on almost the same release.
#[derive(Default)]
pub struct Agreeing {
    /// Position of the value of each question and category.
    positions: BTreeMap<String, Vec<usize>>,
    values: BTreeMap<Domain, Vec<f64>>,
    found: Mutex<BTreeMap<Asked, Found>>,
}

/// A question, and the first of the categories that are attacked together.
type Asked = (String, usize);

/// Shares from 0 to 1 of some domains, in their order: those of one category after those of another.
#[derive(Debug, Clone)]
pub(crate) struct Point {
    pub(crate) domains: std::sync::Arc<Vec<Domain>>,
    pub(crate) shares: Vec<f64>,
}

/// What was found of a question.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    /// A point with room on all sides.
    pub(crate) centre: Option<Point>,
    /// Points far from it, the last found last.
    pub(crate) others: Vec<Point>,
}

impl Agreeing {
    /// For these questions and categories, by position, in this order.
    pub fn new<'a>(answers: impl IntoIterator<Item = (&'a str, usize)>) -> Self {
        let mut positions: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (position, (question, category)) in answers.into_iter().enumerate() {
            let of = positions.entry(question.to_owned()).or_default();
            if of.len() <= category {
                of.resize(category + 1, usize::MAX);
            }
            of[category] = position;
        }
        Self { positions, ..Self::default() }
    }

    /// The values of a domain in the order of the answers, each in the unit of its question; not a number where nobody
    /// of the domain is asked.
    pub fn insert(&mut self, domain: Domain, values: Vec<f64>) {
        self.values.insert(domain, values);
    }

    /// The values of these domains for an answer.
    pub(crate) fn of<'a>(
        &'a self,
        (question, category): (&str, usize),
        domains: &'a [Domain],
    ) -> Option<impl Iterator<Item = Option<f64>> + 'a> {
        let position = *self.positions.get(question)?.get(category)?;
        Some(domains.iter().map(move |domain| self.values.get(domain)?.get(position).copied()))
    }

    /// What an attack before found of a question.
    pub(crate) fn found(&self, question: &str, category: usize) -> Found {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.get(&(question.to_owned(), category)).cloned().unwrap_or_default()
    }

    /// Remembers what was found of a question.
    pub(crate) fn remember(&self, question: &str, category: usize, mut found: Found) {
        let first = found.others.len().saturating_sub(KEPT);
        found.others.drain(..first);
        let mut all = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert((question.to_owned(), category), found);
    }
}

impl Point {
    /// The shares of these domains, if all were among its own. Both are in order.
    pub(crate) fn of(&self, domains: &std::sync::Arc<Vec<Domain>>) -> Option<Vec<f64>> {
        if std::sync::Arc::ptr_eq(&self.domains, domains) || self.domains == *domains {
            return Some(self.shares.clone());
        }
        let mut places = Vec::with_capacity(domains.len());
        let mut own = self.domains.iter().enumerate();
        for domain in domains.iter() {
            places.push(own.find(|(_, known)| *known == domain)?.0);
        }
        let of_one = self.shares.chunks(self.domains.len());
        Some(of_one.flat_map(|shares| places.iter().map(|place| shares[*place])).collect())
    }
}

impl std::fmt::Debug for Agreeing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Agreeing").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_point_is_read_for_fewer_domains_and_not_for_others() {
        let of =
            |codes: &[&str]| Arc::new(codes.iter().map(|code| Domain::of("size", code)).collect::<Vec<_>>());
        let point = Point { domains: of(&["a", "b", "c"]), shares: vec![0.1, 0.2, 0.3, 0.9, 0.8, 0.7] };
        assert_eq!(point.of(&of(&["a", "c"])), Some(vec![0.1, 0.3, 0.9, 0.7]));
        assert_eq!(point.of(&of(&["a", "d"])), None);
    }
}
