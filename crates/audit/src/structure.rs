//! How the domains of a plan are made of each other (`disclosure.md` 4.2, procedures a and b).
//!
//! Three relations hold for the number of respondents, for weights and for the weight of any answer alike: a parent is
//! the sum of its children by a partition; who is in a domain and not in a smaller one inside it is a group too, with
//! no fewer than nobody; and networks are inside, or apart from, each other as is publicly known.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::claim::Group;
use crate::domain::Domain;
use crate::release::Release;

/// Positions of domains with their signs.
pub(crate) type Terms = Vec<(usize, f64)>;

/// A group that is in no table and follows from domains that are.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) terms: Terms,
    /// Whether it is needed as a constraint: it follows from no other.
    pub(crate) is_constraint: bool,
}

/// The domains of one base and what is true of them whatever was answered.
#[derive(Debug)]
pub(crate) struct Structure {
    pub(crate) domains: Arc<Vec<Domain>>,
    /// Sums that are nothing.
    pub(crate) equations: Vec<Terms>,
    /// Sums that are groups.
    pub(crate) parts: Vec<Part>,
    /// Children of one parent by one partition, all planned.
    pub(crate) families: Vec<(usize, Vec<usize>)>,
}

impl Structure {
    pub(crate) fn new(release: &Release, domains: BTreeSet<Domain>) -> Self {
        let positions: BTreeMap<Domain, usize> =
            domains.iter().cloned().enumerate().map(|(position, domain)| (domain, position)).collect();
        let mut structure = Self {
            domains: Arc::new(domains.into_iter().collect()),
            equations: Vec::new(),
            parts: Vec::new(),
            families: Vec::new(),
        };
        let covered = structure.add_partitions(release, &positions);
        structure.add_network_sums(release, &positions);
        structure.add_nested(release, &covered);
        structure
    }

    /// The group of signed domains, as a claim names it.
    pub(crate) fn group(&self, terms: &[(usize, f64)]) -> Group {
        let mut signed: Vec<(i8, Domain)> = terms
            .iter()
            .map(|(position, sign)| (if *sign < 0.0 { -1 } else { 1 }, self.domains[*position].clone()))
            .collect();
        // What is added before what is taken away.
        signed.sort_by(|a, b| (-a.0, &a.1).cmp(&(-b.0, &b.1)));
        Group(signed)
    }

    /// Parents and their children by each partition. Returns the pairs whose difference is the sum of other children.
    fn add_partitions(
        &mut self,
        release: &Release,
        positions: &BTreeMap<Domain, usize>,
    ) -> BTreeSet<(usize, usize)> {
        let mut covered = BTreeSet::new();
        for (parent, domain) in self.domains.clone().iter().enumerate() {
            for (dimension, breakdown) in &release.dimensions {
                if !breakdown.is_partition || domain.code(dimension).is_some() {
                    continue;
                }
                // By the values of this dimension, or by those that are part of one value of another.
                for (from, values) in families_of(release, dimension, &breakdown.values, domain) {
                    let children: Vec<Option<usize>> = values
                        .iter()
                        .map(|value| positions.get(&from.clone().and(dimension, value)).copied())
                        .collect();
                    self.add_family(parent, &children, &mut covered);
                }
            }
        }
        covered
    }

    fn add_family(
        &mut self,
        parent: usize,
        children: &[Option<usize>],
        covered: &mut BTreeSet<(usize, usize)>,
    ) {
        let listed: Vec<usize> = children.iter().flatten().copied().collect();
        if listed.is_empty() {
            return;
        }
        let mut terms = vec![(parent, 1.0)];
        terms.extend(listed.iter().map(|child| (*child, -1.0)));
        if listed.len() == children.len() {
            self.equations.push(terms);
            covered.extend(listed.iter().map(|child| (parent, *child)));
            self.families.push((parent, listed));
        } else if listed.len() > 1 {
            self.parts.push(Part { terms, is_constraint: true });
        }
    }

    /// Networks published together, and members of one that are not in another.
    fn add_network_sums(&mut self, release: &Release, positions: &BTreeMap<Domain, usize>) {
        for (dimension, breakdown) in &release.dimensions {
            if breakdown.is_partition {
                continue;
            }
            for (union, domain) in self.domains.clone().iter().enumerate() {
                let Some(code) = domain.code(dimension) else { continue };
                let at = |code: &str| positions.get(&domain.without(dimension).and(dimension, code)).copied();
                if let Some((a, b)) = code.split_once('&').filter(|_| !code.contains('\\')) {
                    for (first, rest) in [(a, format!("{b}\\{a}")), (b, format!("{a}\\{b}"))] {
                        if let (Some(first), Some(rest)) = (at(first), at(&rest)) {
                            self.equations.push(vec![(union, 1.0), (first, -1.0), (rest, -1.0)]);
                        }
                    }
                }
                if let Some((a, b)) = code.split_once('\\').filter(|(a, b)| a < b)
                    && let (Some(first), Some(second), Some(back)) = (at(a), at(b), at(&format!("{b}\\{a}")))
                {
                    // The members of both are what remains of either.
                    self.equations.push(vec![(first, 1.0), (union, -1.0), (second, -1.0), (back, 1.0)]);
                }
            }
        }
    }

    fn add_nested(&mut self, release: &Release, covered: &BTreeSet<(usize, usize)>) {
        let conditions = Conditions::new(release, &self.domains);
        let around: Vec<Vec<usize>> = (0..self.domains.len())
            .map(|inner| {
                let is_around = |outer: &usize| *outer != inner && conditions.is_inside(inner, *outer);
                (0..self.domains.len()).filter(is_around).collect()
            })
            .collect();
        for (inner, outers) in around.iter().enumerate() {
            for outer in outers.iter().copied() {
                if around[outer].contains(&inner) {
                    if inner < outer {
                        self.equations.push(vec![(outer, 1.0), (inner, -1.0)]);
                    }
                    continue;
                }
                let is_direct =
                    !outers.iter().any(|between| *between != outer && around[*between].contains(&outer));
                let is_covered = covered.contains(&(outer, inner));
                // With one brother, the difference is the brother.
                let is_brother = is_covered
                    && self.families.iter().any(|(parent, children)| {
                        *parent == outer && children.len() == 2 && children.contains(&inner)
                    });
                if !is_brother {
                    self.parts.push(Part {
                        terms: vec![(outer, 1.0), (inner, -1.0)],
                        is_constraint: is_direct && !is_covered,
                    });
                }
            }
        }
    }
}

/// The conditions of many domains, each asked once what it implies: pairs of domains are many, conditions few.
struct Conditions {
    /// For each domain, its conditions.
    of: Vec<Vec<usize>>,
    /// For each condition, whether it implies each.
    implied: Vec<Vec<bool>>,
}

impl Conditions {
    fn new(release: &Release, domains: &[Domain]) -> Self {
        let mut known: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        let mut listed: Vec<(&str, &str)> = Vec::new();
        let of = domains
            .iter()
            .map(|domain| {
                let number = |condition| {
                    *known.entry(condition).or_insert_with(|| {
                        listed.push(condition);
                        listed.len() - 1
                    })
                };
                domain.conditions().map(number).collect()
            })
            .collect();
        let implied = listed
            .iter()
            .map(|own| listed.iter().map(|other| implies(release, *own, *other)).collect())
            .collect();
        Self { of, implied }
    }

    /// Whether each respondent of one domain is one of the other.
    fn is_inside(&self, inner: usize, outer: usize) -> bool {
        self.of[outer].iter().all(|other| self.of[inner].iter().any(|own| self.implied[*own][*other]))
    }
}

/// The partitions of a domain by the values of a dimension: all of them, or those inside a code that the domain asks for.
fn families_of(
    release: &Release,
    dimension: &str,
    values: &[String],
    domain: &Domain,
) -> Vec<(Domain, Vec<String>)> {
    let outer_of = |value: &str| release.nested.get(&(dimension.to_owned(), value.to_owned()));
    let mut outer_dimensions: BTreeSet<&str> = BTreeSet::new();
    outer_dimensions
        .extend(values.iter().filter_map(|value| outer_of(value)).map(|(outer, _)| outer.as_str()));
    let within = outer_dimensions.into_iter().find_map(|outer| Some((outer, domain.code(outer)?)));
    match within {
        None => vec![(domain.clone(), values.to_vec())],
        Some((outer, code)) => {
            let is_inside = |value: &&String| {
                outer_of(value).is_some_and(|(dimension, around)| dimension == outer && around == code)
            };
            let inside: Vec<String> = values.iter().filter(is_inside).cloned().collect();
            // The finer code says the coarser one: plans write either alone or both.
            vec![(domain.without(outer), inside.clone()), (domain.clone(), inside)]
        }
    }
}

/// Whether everyone with a condition has the other.
fn implies(release: &Release, (own, own_code): (&str, &str), (dimension, code): (&str, &str)) -> bool {
    if own != dimension {
        let mut at = (own.to_owned(), own_code.to_owned());
        // Nested values form no circle longer than the number of dimensions.
        for _ in 0..release.dimensions.len() {
            let Some(around) = release.nested.get(&at) else { return false };
            if around.0 == dimension && around.1 == code {
                return true;
            }
            at.clone_from(around);
        }
        return false;
    }
    own_code == code
        || (release.dimensions.get(own).is_some_and(|breakdown| !breakdown.is_partition)
            && code_inside(release, own_code, code, release.subsets.len() + 1))
}

/// Whether the members of one network, or combination of two, are members of the other.
fn code_inside(release: &Release, inner: &str, outer: &str, depth: usize) -> bool {
    if inner == outer {
        return true;
    }
    if depth == 0 {
        return false;
    }
    // What is taken away binds least: `A&B\A` is those of either who are not in A.
    if let Some((a, _)) = inner.split_once('\\') {
        return code_inside(release, a, outer, depth - 1);
    }
    if outer.contains('\\') {
        return false;
    }
    if let Some((a, b)) = inner.split_once('&') {
        return code_inside(release, a, outer, depth - 1) && code_inside(release, b, outer, depth - 1);
    }
    if let Some((a, b)) = outer.split_once('&') {
        return code_inside(release, inner, a, depth - 1) || code_inside(release, inner, b, depth - 1);
    }
    release.subsets.iter().any(|(a, b)| a == inner && b != inner && code_inside(release, b, outer, depth - 1))
}
