//! Secondary suppression by Gauss elimination (`disclosure.md`, section 3.3, step 5).
//!
//! After `GaussSuppression` of Statistics Norway (Langsrud, *Secondary Cell Suppression by Gaussian Elimination*,
//! Privacy in Statistical Databases 2024): what is released spans a space, and what is protected may not be in it. A
//! group is a vector over atoms of respondents, and released groups are combined freely, so that linked, nested and
//! overlapping tables are one problem.

use std::collections::BTreeSet;

use super::prime::{inverse, mul, sub};

/// A vector over atoms, or over a projection of them.
pub(super) type Vector = Vec<u64>;

/// What becomes of a group when it is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Released: it makes something new known, and nothing protected.
    New,
    /// Released: it follows from what is released already.
    Implied,
    /// Withheld: with it, something protected would follow.
    Exposes,
}

/// What is released and what is protected so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Elimination {
    /// Pivot, and the vector that is 1 there and 0 at the pivots before it.
    released: Vec<(usize, Vector)>,
    /// Residuals after elimination by what is released; never zero.
    protected: Vec<Vector>,
}

impl Elimination {
    /// Protects these vectors, but for zero ones: nobody is in them.
    pub(super) fn new(protected: impl IntoIterator<Item = Vector>) -> Self {
        let protected: BTreeSet<Vector> =
            protected.into_iter().filter(|vector| vector.iter().any(|entry| *entry != 0)).collect();
        Self { released: Vec::new(), protected: protected.into_iter().collect() }
    }

    /// Offers a group in its turn.
    pub(super) fn offer(&mut self, mut vector: Vector) -> Verdict {
        for (pivot, row) in &self.released {
            let factor = vector[*pivot];
            if factor != 0 {
                take(&mut vector, factor, row);
            }
        }
        // Atoms of few groups come last: eliminating there changes few vectors.
        let Some(pivot) = vector.iter().rposition(|entry| *entry != 0) else { return Verdict::Implied };
        let scale = inverse(vector[pivot]);
        for entry in &mut vector {
            *entry = mul(*entry, scale);
        }
        if self.protected.iter().any(|protected| is_multiple(protected, &vector, pivot)) {
            return Verdict::Exposes;
        }
        for protected in &mut self.protected {
            let factor = protected[pivot];
            if factor != 0 {
                take(protected, factor, &vector);
            }
        }
        self.released.push((pivot, vector));
        Verdict::New
    }
}

/// v - f r.
fn take(vector: &mut [u64], factor: u64, row: &[u64]) {
    for (entry, other) in vector.iter_mut().zip(row) {
        if *other != 0 {
            *entry = sub(*entry, mul(factor, *other));
        }
    }
}

/// Whether a vector is a multiple of one that is 1 at its pivot.
fn is_multiple(vector: &[u64], of: &[u64], pivot: usize) -> bool {
    let factor = vector[pivot];
    factor != 0 && vector.iter().zip(of).all(|(entry, other)| *entry == mul(factor, *other))
}

/// a - b.
pub(super) fn difference(a: &[u64], b: &[u64]) -> Vector {
    a.iter().zip(b).map(|(a, b)| sub(*a, *b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_and_all_parts_but_one_give_the_last_away() {
        // Three parts of a total; the third is protected.
        let mut elimination = Elimination::new([vec![0, 0, 1]]);
        assert_eq!(elimination.offer(vec![1, 1, 1]), Verdict::New);
        assert_eq!(elimination.offer(vec![1, 0, 0]), Verdict::New);
        assert_eq!(elimination.offer(vec![0, 1, 0]), Verdict::Exposes);
        assert_eq!(elimination.offer(vec![0, 1, 1]), Verdict::Implied, "the total without the first");
    }

    #[test]
    fn protected_groups_stay_so_through_every_combination() {
        // Four atoms; a protected pair follows from two overlapping groups and the whole.
        let mut elimination = Elimination::new([vec![1, 0, 0, 1]]);
        assert_eq!(elimination.offer(vec![1, 1, 1, 1]), Verdict::New);
        assert_eq!(elimination.offer(vec![0, 1, 0, 0]), Verdict::New);
        assert_eq!(elimination.offer(vec![0, 0, 1, 0]), Verdict::Exposes);
        let mut twice = Elimination::new([vec![2, 0]]);
        assert_eq!(twice.offer(vec![1, 0]), Verdict::Exposes, "a multiple tells as much");
    }

    #[test]
    fn nobody_cannot_be_protected() {
        let mut elimination = Elimination::new([vec![0, 0]]);
        assert_eq!(elimination.offer(vec![1, 0]), Verdict::New);
        assert_eq!(elimination.offer(vec![0, 1]), Verdict::New);
    }
}
