//! For each domain and each calibration cell, how many respondents satisfy each condition, and the sums of each number.
//!
//! Conditions come as columns of bits. Sixty-four respondents at a time they are turned into rows of bits, and a row is
//! added to the counters of each domain of its respondent: counters are vertical, so that one addition of words counts
//! sixty-four conditions (the carry-save counting of Harley and Seal; Warren, *Hacker's Delight*, section 5-1).
//!
//! A breakdown by what calibration knows costs nothing: its categories are unions of cells, so that what was counted of
//! the whole, cell by cell, is what there is to count in them.
//!
//! Counts are whole numbers, and sums are made in the order of the respondents: neither depends on how many threads
//! there are.

use std::collections::BTreeMap;

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use super::domains::Membership;
use super::vertical::{Counters, transpose};
use crate::columns::Chunk;

/// What is counted.
pub(super) struct Counted<'a> {
    /// Conditions and numbers of the respondents.
    pub indicators: &'a [Chunk],
    /// Their domains.
    pub domains: &'a [Chunk],
    pub memberships: &'a [Membership],
    /// For each condition, its column, and the base that it is limited to.
    pub conditions: &'a [(usize, usize)],
    /// For each number, its column, and the base that it is limited to.
    pub numbers: &'a [(usize, usize)],
    /// The cell of each respondent.
    pub cell_of_row: &'a [u32],
    pub cells: usize,
    /// How many domains there are, with the whole, which is the first.
    pub all_domains: usize,
}

/// The counts of all domains and cells.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    cells: usize,
    numbers: usize,
    domains: Vec<Place>,
    counters: Counters,
    /// For each counted domain and cell: Σy and Σy² by number.
    sums: Vec<(f64, f64)>,
}

/// Where what was counted of a domain is.
#[derive(Debug, Clone)]
enum Place {
    /// It was counted, as this one.
    Counted(usize),
    /// In the whole, in the cells for which this is true.
    Cells(Vec<bool>),
}

/// The domains of a chunk's respondents that must be counted.
struct Members<'a> {
    /// For each partition, its codes, and for each code the place of its domain.
    partitions: Vec<(&'a [u16], &'a [Option<usize>])>,
    /// For each respondent, one bit for each of up to sixty-four domains that overlap, and their places: most have few.
    overlapping: Vec<(Vec<u64>, Vec<usize>)>,
    /// Where the list of each respondent of the chunk starts, and ends, and all lists of places.
    listed: Vec<(&'a [usize], &'a [usize])>,
}

/// How the members of counted domains are found: as [`Membership`], with places in the place of domains.
enum Lookup {
    Partition { column: usize, place_of: Vec<Option<usize>> },
    Overlapping { column: usize, place: usize },
    Listed { starts: Vec<usize>, places: Vec<usize> },
}

impl Lookup {
    /// Of a chunk, the first respondent of which has position `start` among all.
    fn members<'a>(lookups: &'a [Self], chunk: &'a Chunk, start: usize) -> Members<'a> {
        let mut members = Members { partitions: Vec::new(), overlapping: Vec::new(), listed: Vec::new() };
        let mut overlapping: Vec<(&[u64], usize)> = Vec::new();
        for lookup in lookups {
            match lookup {
                Self::Partition { column, place_of } => {
                    members.partitions.push((chunk.codes(*column), place_of));
                }
                Self::Overlapping { column, place } => {
                    overlapping.push((chunk.bits(*column).words(), *place));
                }
                Self::Listed { starts, places } => {
                    members.listed.push((&starts[start..=start + chunk.rows()], places));
                }
            }
        }
        for columns in overlapping.chunks(64) {
            let mut of_row = Vec::with_capacity(chunk.rows().next_multiple_of(64));
            for block in 0..chunk.rows().div_ceil(64) {
                let mut rows = [0_u64; 64];
                for (word, (column, _)) in rows.iter_mut().zip(columns) {
                    *word = column[block];
                }
                transpose(&mut rows);
                of_row.extend(rows);
            }
            members.overlapping.push((of_row, columns.iter().map(|(_, place)| *place).collect()));
        }
        members
    }
}

impl Members<'_> {
    /// The places of one respondent, the whole first.
    fn each(&self, row: usize, mut add: impl FnMut(usize)) {
        add(0);
        for (codes, place_of) in &self.partitions {
            if let Some(place) = place_of[usize::from(codes[row])] {
                add(place);
            }
        }
        for (of_row, places) in &self.overlapping {
            let mut left = of_row[row];
            while left != 0 {
                add(places[left.trailing_zeros() as usize]);
                left &= left - 1;
            }
        }
        for (starts, places) in &self.listed {
            for place in &places[starts[row]..starts[row + 1]] {
                add(*place);
            }
        }
    }
}

impl Tally {
    pub(super) fn count(counted: &Counted<'_>) -> Self {
        let (domains, lookups, places) = places(counted);
        // Where the respondents of each chunk begin.
        let mut starts = Vec::with_capacity(counted.indicators.len());
        let mut rows = 0;
        for chunk in counted.indicators {
            starts.push(rows);
            rows += chunk.rows();
        }
        // One set of counters for each thread: which chunks it counts changes nothing in their sum.
        let parts = rayon::current_num_threads().clamp(1, counted.indicators.len().max(1));
        let counters = (0..parts)
            .into_par_iter()
            .map(|part| {
                let mut counters = Counters::new(places * counted.cells, counted.conditions.len());
                for chunk in (part..counted.indicators.len()).step_by(parts) {
                    count_chunk(counted, &lookups, chunk, starts[chunk], &mut counters);
                }
                counters.finish()
            })
            .reduce_with(Counters::joined)
            .unwrap_or_else(|| Counters::new(places * counted.cells, counted.conditions.len()));
        let of_number: Vec<Vec<(f64, f64)>> = (0..counted.numbers.len())
            .into_par_iter()
            .map(|number| sums_of(counted, &lookups, &starts, places, number))
            .collect();
        let numbers = counted.numbers.len();
        let mut sums = vec![(0.0, 0.0); places * counted.cells * numbers];
        for (number, of_place) in of_number.into_iter().enumerate() {
            for (place, sum) in of_place.into_iter().enumerate() {
                sums[place * numbers + number] = sum;
            }
        }
        Self { cells: counted.cells, numbers, domains, counters, sums }
    }

    /// For each cell, a value of the whole's or of a counted domain's, zero outside the domain.
    fn by_cell<T: Copy + Default>(
        &self,
        domain: usize,
        value: impl Fn(usize) -> T + Copy,
    ) -> impl Iterator<Item = T> {
        let (first, inside) = match &self.domains[domain] {
            Place::Counted(place) => (place * self.cells, None),
            Place::Cells(inside) => (0, Some(inside)),
        };
        (0..self.cells).map(move |cell| match inside {
            Some(inside) if !inside[cell] => T::default(),
            _ => value(first + cell),
        })
    }

    /// Respondents of a domain, cell by cell.
    pub(super) fn everyone(&self, domain: usize) -> impl Iterator<Item = f64> {
        self.by_cell(domain, |place| f64::from(self.counters.rows(place)))
    }

    /// Those of a domain who satisfy a condition, cell by cell.
    pub(super) fn counts(&self, domain: usize, condition: usize) -> impl Iterator<Item = f64> {
        self.by_cell(domain, move |place| f64::from(self.counters.count(place, condition)))
    }

    /// Σy and Σy² of a number in a domain, cell by cell.
    pub(super) fn sums(&self, domain: usize, number: usize) -> impl Iterator<Item = (f64, f64)> {
        self.by_cell(domain, move |place| self.sums[place * self.numbers + number])
    }
}

/// Where each domain is counted, how its members are found, and how many places there are.
fn places(counted: &Counted<'_>) -> (Vec<Place>, Vec<Lookup>, usize) {
    // A category that nobody has is in no cell.
    let mut domains = vec![Place::Cells(vec![false; counted.cells]); counted.all_domains];
    domains[0] = Place::Counted(0);
    let mut lookups = Vec::new();
    let mut places = 1;
    let mut next = || {
        places += 1;
        places - 1
    };
    for membership in counted.memberships {
        match membership {
            Membership::Partition { column, domain_of } => {
                let here: Vec<usize> = domain_of.iter().copied().flatten().collect();
                if let Some(domain_of_cell) = by_cells(counted, *column, domain_of) {
                    for domain in here {
                        let inside = domain_of_cell.iter().map(|of_cell| *of_cell == Some(domain));
                        domains[domain] = Place::Cells(inside.collect());
                    }
                } else {
                    let place_of: Vec<Option<usize>> =
                        domain_of.iter().map(|domain| domain.map(|_| next())).collect();
                    for (domain, place) in domain_of.iter().zip(&place_of) {
                        if let (Some(domain), Some(place)) = (domain, place) {
                            domains[*domain] = Place::Counted(*place);
                        }
                    }
                    lookups.push(Lookup::Partition { column: *column, place_of });
                }
            }
            Membership::Overlapping { column, domain } => {
                let place = next();
                domains[*domain] = Place::Counted(place);
                lookups.push(Lookup::Overlapping { column: *column, place });
            }
            Membership::Listed { starts, domains: of_rows, made } => {
                let place_of: BTreeMap<usize, usize> = made.clone().map(|domain| (domain, next())).collect();
                for (domain, place) in &place_of {
                    domains[*domain] = Place::Counted(*place);
                }
                let places = of_rows.iter().map(|domain| place_of[domain]).collect();
                lookups.push(Lookup::Listed { starts: starts.clone(), places });
            }
        }
    }
    (domains, lookups, places)
}

/// The domain of each cell, when all respondents of a cell have the same one.
fn by_cells(counted: &Counted<'_>, column: usize, domain_of: &[Option<usize>]) -> Option<Vec<Option<usize>>> {
    let mut of_cell: Vec<Option<Option<usize>>> = vec![None; counted.cells];
    let mut cells = counted.cell_of_row.iter();
    for chunk in counted.domains {
        for (code, cell) in chunk.codes(column).iter().zip(&mut cells) {
            let domain = domain_of[usize::from(*code)];
            match of_cell[*cell as usize] {
                None => of_cell[*cell as usize] = Some(domain),
                Some(known) if known == domain => {}
                Some(_) => return None,
            }
        }
    }
    Some(of_cell.into_iter().map(Option::flatten).collect())
}

fn count_chunk(
    counted: &Counted<'_>,
    lookups: &[Lookup],
    index: usize,
    start: usize,
    counters: &mut Counters,
) {
    let read = &counted.indicators[index];
    let members = Lookup::members(lookups, &counted.domains[index], start);
    let columns: Vec<(&[u64], &[u64])> = counted
        .conditions
        .iter()
        .map(|(column, base)| (read.bits(*column).words(), read.bits(*base).words()))
        .collect();
    let words = columns.len().div_ceil(64);
    let mut rows = vec![[0_u64; 64]; words];
    let mut conditions = vec![0_u64; words];
    for block in 0..read.rows().div_ceil(64) {
        for (rows, columns) in rows.iter_mut().zip(columns.chunks(64)) {
            *rows = [0; 64];
            for (word, (column, base)) in rows.iter_mut().zip(columns) {
                *word = column[block] & base[block];
            }
            transpose(rows);
        }
        for position in 0..64.min(read.rows() - 64 * block) {
            let row = 64 * block + position;
            for (word, rows) in conditions.iter_mut().zip(&rows) {
                *word = rows[position];
            }
            let cell = counted.cell_of_row[start + row] as usize;
            members.each(row, |place| counters.add(place * counted.cells + cell, &conditions));
        }
    }
}

/// Σy and Σy² of one number for each place and cell, over those of its base who have it.
fn sums_of(
    counted: &Counted<'_>,
    lookups: &[Lookup],
    starts: &[usize],
    places: usize,
    number: usize,
) -> Vec<(f64, f64)> {
    let mut sums = vec![(0.0, 0.0); places * counted.cells];
    let (column, base) = counted.numbers[number];
    for ((read, domains), start) in counted.indicators.iter().zip(counted.domains).zip(starts) {
        let members = Lookup::members(lookups, domains, *start);
        let values = read.numbers(column);
        for row in read.bits(base).ones() {
            let y = values[row];
            if y.is_nan() {
                continue;
            }
            let cell = counted.cell_of_row[start + row] as usize;
            members.each(row, |place| {
                let sum: &mut (f64, f64) = &mut sums[place * counted.cells + cell];
                sum.0 += y;
                sum.1 += y * y;
            });
        }
    }
    sums
}
