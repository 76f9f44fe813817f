//! Groups of respondents that no planned table tells apart (`disclosure.md`, section 3.3, step 1).

use std::collections::BTreeMap;

use super::elimination::Vector;
use super::prime::{P, add};
use crate::estimation::DomainRows;

/// Dimensions of a projection beyond twice the number of groups, and the least number of atoms that is worth one.
const MARGIN: usize = 64;
/// Dimensions that each atom is spread over. Groups that only a few atoms tell apart stay apart unless these few meet in
/// all of them.
const SPREAD: usize = 8;

/// The atoms: respondents who are in the same domains.
#[derive(Debug, Clone)]
pub(super) struct Atoms {
    /// The atom of each respondent.
    of_row: Vec<u32>,
    /// For each domain, its atoms, ascending.
    of_domain: Vec<Vec<u32>>,
    len: usize,
}

impl Atoms {
    /// Of so many respondents. Atoms are in the order of the lists of their domains, atoms of few domains last, whatever
    /// the order of the respondents.
    pub(super) fn new(domains: &[DomainRows], respondents: usize) -> Self {
        // The domains of each respondent, one list after the other.
        let mut starts = vec![0_usize; respondents + 1];
        for row in domains.iter().flat_map(|domain| &domain.rows) {
            starts[row + 1] += 1;
        }
        for row in 0..respondents {
            starts[row + 1] += starts[row];
        }
        let mut next = starts.clone();
        let mut lists = vec![0_u32; starts[respondents]];
        for (index, domain) in domains.iter().enumerate() {
            let index = u32::try_from(index).expect("fewer than four thousand million domains");
            for row in &domain.rows {
                lists[next[*row]] = index;
                next[*row] += 1;
            }
        }
        let mut known: BTreeMap<(std::cmp::Reverse<usize>, &[u32]), u32> = BTreeMap::new();
        let mut of_row: Vec<u32> = (0..respondents)
            .map(|row| {
                let list = &lists[starts[row]..starts[row + 1]];
                let next = u32::try_from(known.len()).expect("no more atoms than respondents");
                *known.entry((std::cmp::Reverse(list.len()), list)).or_insert(next)
            })
            .collect();
        let mut of_domain = vec![Vec::new(); domains.len()];
        let mut place = vec![0_u32; known.len()];
        for (atom, ((_, list), first)) in (0..).zip(&known) {
            place[*first as usize] = atom;
            for domain in *list {
                of_domain[*domain as usize].push(atom);
            }
        }
        for atom in &mut of_row {
            *atom = place[*atom as usize];
        }
        let len = known.len();
        Self { of_row, of_domain, len }
    }

    /// Those of them that have respondents in a base, given as one bit per respondent.
    pub(super) fn in_base(&self, base: &[u64]) -> InBase<'_> {
        let mut counts = vec![0; self.len];
        for (row, atom) in self.of_row.iter().enumerate() {
            counts[*atom as usize] += u32::try_from(base[row / 64] >> (row % 64) & 1).unwrap_or_default();
        }
        InBase { atoms: self, counts }
    }

    /// How many respondents of each domain are in one base and not in the other, and the other way round.
    pub(super) fn between(&self, one: &[u64], other: &[u64]) -> Vec<(usize, usize)> {
        let mut counts = vec![[0_u32; 2]; self.len];
        for (word, (one, other)) in one.iter().zip(other).enumerate() {
            let mut left = one ^ other;
            while left != 0 {
                let bit = left.trailing_zeros() as usize;
                left &= left - 1;
                if let Some(atom) = self.of_row.get(64 * word + bit) {
                    counts[*atom as usize][usize::from(other >> bit & 1 == 1)] += 1;
                }
            }
        }
        let sum = |atoms: &Vec<u32>, side: usize| {
            atoms.iter().map(|atom| counts[*atom as usize][side] as usize).sum()
        };
        self.of_domain.iter().map(|atoms| (sum(atoms, 0), sum(atoms, 1))).collect()
    }

    /// Whether two domains have the same respondents.
    pub(super) fn are_same(&self, one: usize, other: usize) -> bool {
        self.of_domain[one] == self.of_domain[other]
    }
}

/// Atoms with their numbers of respondents in a base.
#[derive(Debug, Clone)]
pub(super) struct InBase<'a> {
    atoms: &'a Atoms,
    counts: Vec<u32>,
}

impl InBase<'_> {
    /// Respondents of one domain who are not in the other, and the other way round; stops above `most`.
    pub(super) fn apart(&self, one: usize, other: usize, most: usize) -> Option<(usize, usize)> {
        let (left, right) = (&self.atoms.of_domain[one], &self.atoms.of_domain[other]);
        let (mut i, mut j, mut only) = (0, 0, [0_usize; 2]);
        while i < left.len() || j < right.len() {
            let (l, r) = (left.get(i), right.get(j));
            match (l, r) {
                (Some(l), Some(r)) if l == r => {
                    i += 1;
                    j += 1;
                }
                (Some(l), r) if r.is_none_or(|r| l < r) => {
                    only[0] += self.counts[*l as usize] as usize;
                    i += 1;
                }
                (_, Some(r)) => {
                    only[1] += self.counts[*r as usize] as usize;
                    j += 1;
                }
                (_, None) => break,
            }
            if only[0] + only[1] > most {
                return None;
            }
        }
        Some((only[0], only[1]))
    }

    /// Each domain as a vector over the atoms of the base. When there are more atoms than that is worth, over a fixed
    /// pseudo-random projection of them into twice as many dimensions as there are domains: what is independent stays so
    /// but with a chance of the order of one in 2⁶¹ for each, and of that of few atoms that meet wherever they are spread.
    pub(super) fn vectors(&self) -> Vec<Vector> {
        let mut place = vec![None; self.counts.len()];
        let mut present = 0;
        for (atom, count) in self.counts.iter().enumerate() {
            if *count > 0 {
                place[atom] = Some(present);
                present += 1;
            }
        }
        let domains = &self.atoms.of_domain;
        let dimensions = 2 * domains.len() + MARGIN;
        if present > dimensions {
            return self.projected(dimensions);
        }
        domains
            .iter()
            .map(|atoms| {
                let mut vector = vec![0; present];
                for place in atoms.iter().filter_map(|atom| place[*atom as usize]) {
                    vector[place] = 1;
                }
                vector
            })
            .collect()
    }

    /// Each atom is spread over a few dimensions, with factors of its own.
    fn projected(&self, dimensions: usize) -> Vec<Vector> {
        let wide = dimensions as u64;
        let of_domain = |atoms: &Vec<u32>| {
            let mut vector = vec![0; dimensions];
            for atom in atoms.iter().filter(|atom| self.counts[**atom as usize] > 0) {
                let mut state = u64::from(*atom) << 32;
                for _ in 0..SPREAD {
                    let at = usize::try_from(scrambled(&mut state) % wide).expect("few dimensions");
                    vector[at] = add(vector[at], scrambled(&mut state) % P);
                }
            }
            vector
        };
        self.atoms.of_domain.iter().map(of_domain).collect()
    }
}

/// `SplitMix64` (Steele, Lea and Flood, OOPSLA 2014): numbers that look random and are always the same.
fn scrambled(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_mul(0xd134_2543_de82_ef95);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
