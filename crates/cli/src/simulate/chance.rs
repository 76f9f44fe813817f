//! Chance, reproducible: every purpose has its own stream of one seeded generator.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A stream of random numbers.
pub(super) struct Chance(ChaCha8Rng);

impl Chance {
    /// The stream for one purpose. Streams of one seed do not overlap.
    pub(super) fn new(seed: u64, purpose: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(purpose);
        Self(generator)
    }

    /// A number strictly between 0 and 1: its logarithm, and that of its complement, are finite.
    pub(super) fn unit(&mut self) -> f64 {
        const STEPS: f64 = (1_u64 << 52) as f64;
        ((self.0.next_u64() >> 12) as f64 + 0.5) / STEPS
    }

    /// An index below `count`.
    pub(super) fn index(&mut self, count: usize) -> usize {
        floor(self.unit() * count as f64).min(count - 1)
    }

    /// A digit from 0 to 9.
    pub(super) fn digit(&mut self) -> u32 {
        u32::try_from(self.index(10)).expect("an index below ten is small")
    }

    /// A standard normal deviate (Box and Muller 1958).
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.unit().ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// A standard exponential deviate.
    pub(super) fn exponential(&mut self) -> f64 {
        -self.unit().ln()
    }

    /// A standard Gumbel deviate: the option with the greatest utility plus Gumbel noise is a draw from the
    /// multinomial logit model (`McFadden` 1974).
    pub(super) fn gumbel(&mut self) -> f64 {
        -self.exponential().ln()
    }

    /// A standard logistic deviate.
    pub(super) fn logistic(&mut self) -> f64 {
        let unit = self.unit();
        (unit / (1.0 - unit)).ln()
    }
}

/// A discrete distribution.
pub(super) struct Distribution(Vec<f64>);

impl Distribution {
    /// The distribution proportional to these weights.
    pub(super) fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let mut sum = 0.0;
        Self(
            weights
                .into_iter()
                .map(|weight| {
                    sum += weight;
                    sum
                })
                .collect(),
        )
    }

    /// Draws an index.
    pub(super) fn draw(&self, chance: &mut Chance) -> usize {
        let point = chance.unit() * self.0.last().copied().unwrap_or(0.0);
        self.0.partition_point(|&bound| bound <= point).min(self.0.len().saturating_sub(1))
    }
}

/// The whole part of a number that is not negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not negative, and far under 2^52"
)]
pub(super) fn floor(number: f64) -> usize {
    number.floor() as usize
}
