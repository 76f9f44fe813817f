//! One pass over the respondents: for each domain and each calibration cell, how many satisfy each condition, and the
//! sums of each number.
//!
//! Conditions come as columns of bits. Sixty-four respondents at a time they are turned into rows of bits, and a row is
//! added to the counters of each domain of its respondent: counters are vertical, so that one addition of words counts
//! sixty-four conditions (the carry-save counting of Harley and Seal; Warren, *Hacker's Delight*, section 5-1). Counts
//! are whole numbers, and sums are made in the order of the respondents.

/// Binary digits of a vertical counter.
const PLANES: usize = 8;
/// What a vertical counter can hold.
const FULL: u8 = u8::MAX;

/// The counts of all domains and cells.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    cells: usize,
    words: usize,
    numbers: usize,
    /// For each (domain, cell): digits by word of conditions.
    digits: Vec<[u64; PLANES]>,
    /// How many rows were added since the digits were last emptied.
    pending: Vec<u8>,
    /// For each (domain, cell): counts by condition.
    counts: Vec<u32>,
    /// For each (domain, cell): respondents.
    everyone: Vec<u32>,
    /// For each (domain, cell): Σy and Σy² by number.
    sums: Vec<(f64, f64)>,
}

impl Tally {
    pub(super) fn new(domains: usize, cells: usize, conditions: usize, numbers: usize) -> Self {
        let (places, words) = (domains * cells, conditions.div_ceil(64));
        Self {
            cells,
            words,
            numbers,
            digits: vec![[0; PLANES]; places * words],
            pending: vec![0; places],
            counts: vec![0; places * words * 64],
            everyone: vec![0; places],
            sums: vec![(0.0, 0.0); places * numbers],
        }
    }

    /// Adds a respondent of a cell to a domain: its conditions as bits, its numbers.
    pub(super) fn add(&mut self, domain: usize, cell: usize, conditions: &[u64], numbers: &[f64]) {
        let place = domain * self.cells + cell;
        let digits = &mut self.digits[place * self.words..(place + 1) * self.words];
        for (digits, conditions) in digits.iter_mut().zip(conditions) {
            let mut carry = *conditions;
            for digit in digits {
                if carry == 0 {
                    break;
                }
                (*digit, carry) = (*digit ^ carry, *digit & carry);
            }
        }
        let sums = &mut self.sums[place * self.numbers..(place + 1) * self.numbers];
        for ((sum, squares), y) in sums.iter_mut().zip(numbers) {
            // Zero for those who are out of the base of a mean.
            *sum += y;
            *squares += y * y;
        }
        self.everyone[place] += 1;
        self.pending[place] += 1;
        if self.pending[place] == FULL {
            self.empty(place);
        }
    }

    /// Moves the digits of a place to its counts.
    fn empty(&mut self, place: usize) {
        for word in 0..self.words {
            let at = place * self.words + word;
            for (power, digit) in std::mem::take(&mut self.digits[at]).into_iter().enumerate() {
                let mut left = digit;
                while left != 0 {
                    self.counts[at * 64 + left.trailing_zeros() as usize] += 1 << power;
                    left &= left - 1;
                }
            }
        }
        self.pending[place] = 0;
    }

    /// Ends the count.
    pub(super) fn finish(mut self) -> Self {
        for place in 0..self.pending.len() {
            if self.pending[place] > 0 {
                self.empty(place);
            }
        }
        self
    }

    /// Respondents of a domain, cell by cell.
    pub(super) fn everyone(&self, domain: usize) -> impl Iterator<Item = f64> {
        self.everyone[domain * self.cells..(domain + 1) * self.cells].iter().map(|count| f64::from(*count))
    }

    /// Those of a domain who satisfy a condition, cell by cell.
    pub(super) fn counts(&self, domain: usize, condition: usize) -> impl Iterator<Item = f64> {
        (domain * self.cells..(domain + 1) * self.cells)
            .map(move |place| f64::from(self.counts[place * self.words * 64 + condition]))
    }

    /// Σy and Σy² of a number in a domain, cell by cell.
    pub(super) fn sums(&self, domain: usize, number: usize) -> impl Iterator<Item = (f64, f64)> {
        (domain * self.cells..(domain + 1) * self.cells)
            .map(move |place| self.sums[place * self.numbers + number])
    }
}

/// Turns 64 columns of 64 bits into rows, in place: bit j of word i becomes bit i of word j (Warren, *Hacker's
/// Delight*, section 7-3).
pub(super) fn transpose(words: &mut [u64; 64]) {
    let (mut width, mut mask) = (32, 0x0000_0000_ffff_ffff_u64);
    while width != 0 {
        let mut k = 0;
        while k < 64 {
            let swapped = ((words[k] >> width) ^ words[k | width]) & mask;
            words[k] ^= swapped << width;
            words[k | width] ^= swapped;
            k = ((k | width) + 1) & !width;
        }
        width >>= 1;
        mask ^= mask << width;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_become_rows() {
        let mut words = [0_u64; 64];
        for (i, word) in words.iter_mut().enumerate() {
            *word = (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
        let before = words;
        transpose(&mut words);
        for (i, word) in words.iter().enumerate() {
            for (j, column) in before.iter().enumerate() {
                assert_eq!(word >> j & 1, column >> i & 1, "{i} {j}");
            }
        }
    }

    #[test]
    fn vertical_counters_count_beyond_their_size() {
        let mut tally = Tally::new(2, 2, 70, 1);
        for row in 0..1_000_u64 {
            tally.add(1, 1, &[u64::from(row % 3 == 0) | 1 << 63, 1 << 5], &[row as f64]);
        }
        let tally = tally.finish();
        assert_eq!(tally.everyone(1).collect::<Vec<_>>(), [0.0, 1000.0]);
        let count = |condition| tally.counts(1, condition).collect::<Vec<_>>();
        assert_eq!(
            (count(0), count(63), count(69)),
            (vec![0.0, 334.0], vec![0.0, 1000.0], vec![0.0, 1000.0])
        );
        assert_eq!(tally.sums(1, 0).nth(1), Some((499_500.0, 332_833_500.0)));
        assert!(tally.counts(0, 0).all(|count| count.abs() < 0.5));
    }
}
