//! Vertical counters.

/// Binary digits of a vertical counter.
const PLANES: usize = 8;
/// What a vertical counter can hold.
const FULL: u8 = u8::MAX;

/// For each place, how many rows were added, and how many of them had each bit.
#[derive(Debug, Clone)]
pub(super) struct Counters {
    words: usize,
    /// For each place: digits by word of bits.
    digits: Vec<[u64; PLANES]>,
    /// For each place: how many rows were added since the digits were last emptied.
    pending: Vec<u8>,
    /// For each place: counts by bit.
    counts: Vec<u32>,
    /// For each place: rows.
    rows: Vec<u32>,
}

impl Counters {
    /// For so many places and bits.
    pub(super) fn new(places: usize, bits: usize) -> Self {
        let words = bits.div_ceil(64);
        Self {
            words,
            digits: vec![[0; PLANES]; places * words],
            pending: vec![0; places],
            counts: vec![0; places * words * 64],
            rows: vec![0; places],
        }
    }

    /// Adds a row to a place.
    pub(super) fn add(&mut self, place: usize, bits: &[u64]) {
        let digits = &mut self.digits[place * self.words..(place + 1) * self.words];
        for (digits, bits) in digits.iter_mut().zip(bits) {
            let mut carry = *bits;
            for digit in digits {
                if carry == 0 {
                    break;
                }
                (*digit, carry) = (*digit ^ carry, *digit & carry);
            }
        }
        self.rows[place] += 1;
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
        self.digits = Vec::new();
        self
    }

    /// What two ended counts of the same places make together.
    pub(super) fn joined(mut self, other: Self) -> Self {
        self.counts.iter_mut().zip(other.counts).for_each(|(count, more)| *count += more);
        self.rows.iter_mut().zip(other.rows).for_each(|(rows, more)| *rows += more);
        self
    }

    /// Rows of a place.
    pub(super) fn rows(&self, place: usize) -> u32 {
        self.rows[place]
    }

    /// Rows of a place that have a bit.
    pub(super) fn count(&self, place: usize, bit: usize) -> u32 {
        self.counts[place * self.words * 64 + bit]
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
    fn counters_count_beyond_their_size_and_join() {
        let count = |rows: std::ops::Range<u64>| {
            let mut counters = Counters::new(4, 70);
            for row in rows {
                counters.add(3, &[u64::from(row % 3 == 0) | 1 << 63, 1 << 5]);
            }
            counters.finish()
        };
        for counters in [count(0..1000), count(0..300).joined(count(300..1000))] {
            assert_eq!((counters.rows(3), counters.rows(0)), (1000, 0));
            let of = |bit| counters.count(3, bit);
            assert_eq!([of(0), of(1), of(63), of(69)], [334, 0, 1000, 1000]);
            assert!((0..70).all(|bit| counters.count(0, bit) == 0));
        }
    }
}
