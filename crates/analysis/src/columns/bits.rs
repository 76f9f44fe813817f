//! One bit for each response.

/// A condition on many responses: the first response in the lowest bit of the first word.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bits {
    rows: usize,
    /// Bits beyond the last response are zero.
    words: Vec<u64>,
}

impl Bits {
    /// The same for so many responses.
    #[must_use]
    pub fn constant(rows: usize, value: bool) -> Self {
        Self::from_words(rows, vec![if value { u64::MAX } else { 0 }; rows.div_ceil(64)])
    }

    /// One bit for each value.
    #[must_use]
    pub fn of<T>(values: &[T], holds: impl Fn(&T) -> bool) -> Self {
        let word = |values: &[T]| {
            values.iter().enumerate().fold(0, |word, (bit, value)| word | u64::from(holds(value)) << bit)
        };
        Self { rows: values.len(), words: values.chunks(64).map(word).collect() }
    }

    /// Words as they are; bits beyond the last response are cleared.
    pub(super) fn from_words(rows: usize, mut words: Vec<u64>) -> Self {
        debug_assert_eq!(words.len(), rows.div_ceil(64), "a word for every sixty-four responses");
        if let Some(last) = words.last_mut().filter(|_| !rows.is_multiple_of(64)) {
            *last &= u64::MAX >> (64 - rows % 64);
        }
        Self { rows, words }
    }

    /// How many responses.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The words.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// Whether it holds for the response at `row`.
    #[must_use]
    pub fn holds(&self, row: usize) -> bool {
        self.words[row / 64] >> (row % 64) & 1 == 1
    }

    /// For how many responses it holds.
    #[must_use]
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The responses for which it holds, in order.
    pub fn ones(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(index, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
                left &= left - 1;
                Some(64 * index + bit)
            })
        })
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        self.zip(other, |one, other| one & other)
    }

    /// Either.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        self.zip(other, |one, other| one | other)
    }

    /// This, and not the other.
    #[must_use]
    pub fn and_not(self, other: &Self) -> Self {
        self.zip(other, |one, other| one & !other)
    }

    /// The opposite.
    #[must_use]
    pub fn negated(mut self) -> Self {
        for word in &mut self.words {
            *word = !*word;
        }
        Self::from_words(self.rows, self.words)
    }

    /// Clears one response.
    pub(crate) fn clear(&mut self, row: usize) {
        self.words[row / 64] &= !(1 << (row % 64));
    }

    fn zip(mut self, other: &Self, join: impl Fn(u64, u64) -> u64) -> Self {
        debug_assert_eq!(self.rows, other.rows, "both are on the same responses");
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word = join(*word, *other);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logic_never_reaches_beyond_the_last_response() {
        let thirds = Bits::of(&(0..70).collect::<Vec<_>>(), |row| row % 3 == 0);
        assert_eq!((thirds.rows(), thirds.count()), (70, 24));
        assert_eq!(thirds.clone().negated().count(), 46);
        assert_eq!(thirds.clone().or(&Bits::constant(70, true)), Bits::constant(70, true));
        assert_eq!(thirds.clone().and_not(&thirds).count(), 0);
        assert!(thirds.ones().eq((0..70).step_by(3)));
        assert!(thirds.holds(69) && !thirds.holds(68));
    }
}
