//! Leaving responses out of packed columns.

use super::bits::Bits;

/// Which responses are kept: prepared once, then applied to every column.
#[derive(Debug, Clone)]
pub(crate) struct Gather {
    rows: usize,
    /// The responses kept, in order.
    positions: Vec<u32>,
    /// For each word, the bits kept, and which of them move by 1, 2, 4, … 32 places.
    words: Vec<(u64, [u64; 6])>,
}

impl Gather {
    /// Keeps these responses.
    pub(crate) fn new(kept: &Bits) -> Self {
        let position = |row| u32::try_from(row).expect("a group of rows has far fewer than 2^32");
        Self {
            rows: kept.rows(),
            positions: kept.ones().map(position).collect(),
            words: kept.words().iter().map(|mask| (*mask, moves(*mask))).collect(),
        }
    }

    /// How many responses are kept.
    pub(crate) fn len(&self) -> usize {
        self.positions.len()
    }

    /// Where a response is among those kept, if it is.
    pub(crate) fn position(&self, row: usize) -> Option<usize> {
        let row = u32::try_from(row).ok()?;
        self.positions.binary_search(&row).ok()
    }

    /// The bits of those kept.
    pub(crate) fn bits(&self, bits: &Bits) -> Bits {
        if self.is_whole() {
            return bits.clone();
        }
        let mut words = vec![0_u64; self.len().div_ceil(64)];
        let mut at = 0;
        for (word, (mask, moves)) in bits.words().iter().zip(&self.words) {
            let (kept, count) = (compress(*word & mask, moves), mask.count_ones() as usize);
            if count == 0 {
                continue;
            }
            let (index, shift) = (at / 64, at % 64);
            words[index] |= kept << shift;
            if shift + count > 64 {
                words[index + 1] |= kept >> (64 - shift);
            }
            at += count;
        }
        Bits::from_words(self.len(), words)
    }

    /// The values of those kept.
    pub(crate) fn values<T: Copy>(&self, values: &[T]) -> Vec<T> {
        if self.is_whole() {
            return values.to_vec();
        }
        self.positions.iter().map(|position| values[*position as usize]).collect()
    }

    fn is_whole(&self) -> bool {
        self.len() == self.rows
    }
}

/// Which bits of a mask move by each power of two when they are brought together (Warren, *Hacker's Delight*, section
/// 7-4): worked out once for a mask, then good for every column.
fn moves(mut mask: u64) -> [u64; 6] {
    let mut moves = [0; 6];
    // Bits with an odd number of unkept ones to their right, at each power.
    let mut unkept = !mask << 1;
    for (power, moved) in moves.iter_mut().enumerate() {
        let mut parity = unkept;
        for shift in [1, 2, 4, 8, 16, 32] {
            parity ^= parity << shift;
        }
        *moved = parity & mask;
        mask = (mask ^ *moved) | (*moved >> (1 << power));
        unkept &= !parity;
    }
    moves
}

/// Brings the bits of a masked word together.
fn compress(mut word: u64, moves: &[u64; 6]) -> u64 {
    for (power, moved) in moves.iter().enumerate() {
        let moving = word & moved;
        word = (word ^ moving) | (moving >> (1 << power));
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_those_kept_are_theirs() {
        let mix = |row: usize| row.wrapping_add(7).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        let rows: Vec<usize> = (0..1000).collect();
        let column = Bits::of(&rows, |row| mix(*row) % 5 < 2);
        for sparse in [2, 3, 17, 64, 999, 2000] {
            for kept in [
                Bits::of(&rows, |row| mix(*row) % sparse != 0),
                Bits::of(&rows, |row| mix(*row) % sparse == 0),
            ] {
                let gather = Gather::new(&kept);
                let expected: Vec<usize> = rows.iter().copied().filter(|row| kept.holds(*row)).collect();
                assert_eq!(gather.values(&rows), expected);
                assert_eq!(gather.bits(&column), Bits::of(&expected, |row| column.holds(*row)));
                for (position, row) in expected.iter().enumerate() {
                    assert_eq!(gather.position(*row), Some(position));
                }
            }
        }
    }
}
