//! Groups of respondents that no planned table tells apart (`disclosure.md`, section 3.3, step 1).

use std::collections::BTreeMap;

use super::elimination::Vector;
use super::prime::{P, add};
use crate::estimation::DomainRows;

/// More atoms than this are projected (see [`InBase::vectors`]).
const MOST: usize = 4096;
/// Dimensions of a projection beyond the number of groups: what is independent stays so but with a chance of one in
/// 2⁶¹ for each.
const MARGIN: usize = 64;

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
        let mut lists: Vec<Vec<u32>> = vec![Vec::new(); respondents];
        for (index, domain) in domains.iter().enumerate() {
            let index = u32::try_from(index).expect("fewer than four thousand million domains");
            for row in &domain.rows {
                lists[*row].push(index);
            }
        }
        let mut known: BTreeMap<(std::cmp::Reverse<usize>, &[u32]), u32> = BTreeMap::new();
        for list in &lists {
            known.insert((std::cmp::Reverse(list.len()), list), 0);
        }
        let mut of_domain = vec![Vec::new(); domains.len()];
        for (atom, ((_, list), place)) in known.iter_mut().enumerate() {
            *place = u32::try_from(atom).expect("no more atoms than respondents");
            for domain in *list {
                of_domain[*domain as usize].push(*place);
            }
        }
        let of_row =
            lists.iter().map(|list| known[&(std::cmp::Reverse(list.len()), list.as_slice())]).collect();
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
    /// Respondents of a domain.
    pub(super) fn number(&self, domain: usize) -> usize {
        self.atoms.of_domain[domain].iter().map(|atom| self.counts[*atom as usize] as usize).sum()
    }

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

    /// Each domain as a vector over the atoms of the base. When there are very many atoms, over a fixed pseudo-random
    /// projection of them into a few more dimensions than there are domains, which keeps ranks.
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
        if present > MOST {
            return self.projected(&place, domains.len() + MARGIN);
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

    fn projected(&self, place: &[Option<usize>], dimensions: usize) -> Vec<Vector> {
        let domains = &self.atoms.of_domain;
        let mut of_atom: Vec<Vec<u32>> = vec![Vec::new(); place.len()];
        for (domain, atoms) in domains.iter().enumerate() {
            for atom in atoms.iter().filter(|atom| place[**atom as usize].is_some()) {
                of_atom[*atom as usize].push(u32::try_from(domain).expect("few domains"));
            }
        }
        let mut vectors = vec![vec![0; dimensions]; domains.len()];
        let mut row = vec![0; dimensions];
        for (atom, members) in of_atom.iter().enumerate().filter(|(_, members)| !members.is_empty()) {
            let mut state = atom as u64;
            for entry in &mut row {
                *entry = scrambled(&mut state) % P;
            }
            for domain in members {
                for (entry, random) in vectors[*domain as usize].iter_mut().zip(&row) {
                    *entry = add(*entry, *random);
                }
            }
        }
        vectors
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
