//! Counting, and the one way from a count to what may be shown of it.

/// Counts are shown to the nearest multiple of this.
const STEP: u64 = 5;

/// What would be shown as less than this is not told from zero. Thirteen is the smallest number that is: more than the
/// eleven from which figures of a group are published.
const LEAST: u64 = 15;

/// A number of responses as it is counted. It can be neither written nor compared: all that can be had of it is rounded.
#[derive(Default)]
pub(crate) struct Tally(u64);

impl Tally {
    /// One more.
    pub(crate) fn add(&mut self) {
        self.0 += 1;
    }

    /// What may be shown.
    pub(crate) fn rounded(&self) -> RoundedCount {
        let nearest = (self.0 + STEP / 2) / STEP * STEP;
        RoundedCount(if nearest < LEAST { 0 } else { nearest })
    }
}

/// A number of responses, rounded to the nearest 5, or « fewer than 15 »: the exact one is not in it, and none is made but by
/// rounding.
///
/// ```compile_fail
/// let exact = intake::RoundedCount(43);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct RoundedCount(u64);

impl RoundedCount {
    /// The words for it.
    #[must_use]
    pub fn shown(self) -> CountShown {
        if self.0 < LEAST { CountShown::FewerThan(LEAST) } else { CountShown::About(self.0) }
    }
}

/// What is said of a number of responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountShown {
    /// Rounded to the nearest multiple of 5.
    About(u64),
    /// It would be rounded to less than this: nothing more is said, not even whether it is zero.
    FewerThan(u64),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(count: u64) -> CountShown {
        Tally(count).rounded().shown()
    }

    #[test]
    fn a_count_is_shown_to_the_nearest_five() {
        for (count, expected) in [(13, 15), (17, 15), (18, 20), (42, 40), (43, 45), (1_502, 1_500)] {
            assert_eq!(shown(count), CountShown::About(expected), "{count}");
        }
    }

    #[test]
    fn small_numbers_are_all_shown_alike() {
        for count in 0..=12 {
            assert_eq!(shown(count), CountShown::FewerThan(15), "{count}");
        }
    }

    #[test]
    fn what_is_shown_never_goes_down_as_the_count_goes_up_and_always_stands_for_five_numbers_or_more() {
        let shown: Vec<RoundedCount> = (0..2_000).map(|count| Tally(count).rounded()).collect();
        assert!(shown.is_sorted());
        let groups = shown.chunk_by(|one, other| one == other);
        assert!(groups.take(390).all(|group| group.len() >= 5));
    }
}
