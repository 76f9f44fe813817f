//! Which domains are released in a base (`disclosure.md`, section 3.3, steps 3 to 5).

use std::cmp::Reverse;

use publication::Base;

use super::atoms::{Atoms, InBase};
use super::elimination::{Elimination, Vector, Verdict, difference};
use super::prime::sub;
use super::structure::Structure;
use crate::estimation::near::{NESTED, is_near};
use crate::estimation::{DomainBase, DomainRows};

/// The parts of the protection. All are on in a publication; tests switch each off to show that it is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one step, on or off, and they do not exclude each other"
)]
pub(crate) struct Steps {
    /// Groups under the least number of respondents are withheld.
    pub primary: bool,
    /// A heavy respondent counts for several.
    pub weights: bool,
    /// What would follow by subtraction is withheld too.
    pub secondary: bool,
    /// So are groups that differ from another by a few respondents.
    pub differences: bool,
    /// And unions of a few withheld respondents.
    pub unions: bool,
    /// Networks of almost the same members are published together.
    pub regroup: bool,
    /// An attacker tries the result, and what it finds is repaired.
    pub audit: bool,
}

impl Default for Steps {
    fn default() -> Self {
        Self {
            primary: true,
            weights: true,
            secondary: true,
            differences: true,
            unions: true,
            regroup: true,
            audit: true,
        }
    }
}

impl Steps {
    /// A base as the rule is told of it.
    pub(super) fn seen(self, base: Base) -> Base {
        if self.weights { base } else { Base { largest_share: f64::from(base.n.max(1)).recip(), ..base } }
    }
}

/// What a decision reads of one base.
pub(super) struct Inside<'a> {
    pub domains: &'a [DomainRows],
    pub structure: &'a Structure,
    pub base: InBase<'a>,
    /// Who is in each domain.
    pub sizes: &'a [DomainBase],
    pub n_min: u32,
    pub steps: Steps,
}

impl Inside<'_> {
    /// The domains that are released, of those that may be. Withheld ones are not told apart.
    pub(super) fn decide(&self, may_be: &[bool]) -> Vec<bool> {
        let primary = self.primary();
        let mut order: Vec<usize> =
            (0..self.domains.len()).filter(|at| may_be[*at] && !primary[*at]).collect();
        order.sort_by_key(|at| {
            (self.structure.priority[*at], Reverse(self.sizes[*at].base.n), &self.domains[*at].domain)
        });
        let mut released = vec![false; self.domains.len()];
        let mut elimination = None;
        if self.steps.secondary {
            let vectors = self.base.vectors();
            elimination = Some((Elimination::new(self.protected(&vectors, &primary, may_be)), vectors));
        }
        for at in order {
            // A part of a network whose own figures are withheld would be all that is known of it.
            if self.structure.network[at].is_some_and(|network| !released[network]) {
                continue;
            }
            released[at] = match &mut elimination {
                Some((elimination, vectors)) => {
                    elimination.offer(std::mem::take(&mut vectors[at])) != Verdict::Exposes
                }
                None => true,
            };
        }
        released
    }

    /// Those with too few respondents, or too heavy a one; nobody at all is one of them, and shows the same.
    fn primary(&self) -> Vec<bool> {
        let least = if self.steps.primary { self.n_min } else { 1 };
        self.sizes.iter().map(|size| self.steps.seen(size.base).n_sdc() < least).collect()
    }

    /// What may not follow from what is released.
    fn protected(&self, vectors: &[Vector], primary: &[bool], may_be: &[bool]) -> Vec<Vector> {
        let mut protected: Vec<Vector> =
            (0..vectors.len()).filter(|at| primary[*at]).map(|at| vectors[at].clone()).collect();
        if self.steps.differences {
            let shown: Vec<usize> = (0..vectors.len()).filter(|at| !primary[*at]).collect();
            for (position, one) in shown.iter().enumerate() {
                for other in &shown[position + 1..] {
                    let apart = self.base.apart(*one, *other, NESTED);
                    if apart.is_some_and(|(left, right)| is_near(left, right)) {
                        protected.push(canonical(difference(&vectors[*one], &vectors[*other])));
                    }
                }
            }
        }
        if self.steps.unions {
            for table in &self.structure.tables {
                // The rest of the group, without an answer to the breakdown, is one more withheld part.
                let mut hidden = vectors[table.parent].clone();
                let mut n = i64::from(self.sizes[table.parent].base.n);
                for child in table.children.iter().filter(|child| !primary[**child] && may_be[**child]) {
                    hidden = difference(&hidden, &vectors[*child]);
                    n -= i64::from(self.sizes[*child].base.n);
                }
                if (1..i64::from(self.n_min)).contains(&n) {
                    protected.push(hidden);
                }
            }
        }
        protected
    }
}

/// The same up to its sign, so that a difference is protected once.
fn canonical(vector: Vector) -> Vector {
    let opposite: Vector = vector.iter().map(|entry| sub(0, *entry)).collect();
    vector.min(opposite)
}

/// Withholds, in the narrower of two bases of one question, the domains where they differ by a few respondents: the two
/// figures would tell about these (`disclosure.md`, section 2.1: two bases are a difference).
pub(super) fn between_bases(atoms: &Atoms, wide: &[u64], narrow: &[u64], released: &mut [bool]) {
    for (is_released, (only_wide, only_narrow)) in released.iter_mut().zip(atoms.between(wide, narrow)) {
        *is_released &= !is_near(only_wide, only_narrow);
    }
}
