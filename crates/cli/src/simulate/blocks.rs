//! Simulated organisations by the million: block after block, each in bounded memory.
//!
//! The intercepts that give the shares of the parameters are solved once, on a population of the parameters' own size.
//! Each block then draws its own population, picks its volunteers among it, and lets these alone answer.

use std::sync::Arc;

use questionnaire::Edition;

use super::memory::Memory;
use super::parameters::Parameters;
use super::population::{Intercepts, Population};
use super::{SimulateError, Simulated, answering, profile, volunteers};

/// Volunteers of a block.
const BLOCK: usize = 4_000;

/// What all blocks share.
pub struct Blocks<'a> {
    edition: &'a Edition,
    parameters: &'a Parameters,
    intercepts: Intercepts,
    memory: Arc<Memory>,
    responses: usize,
    seed: u64,
}

impl<'a> Blocks<'a> {
    /// Prepares so many volunteers, always the same for a seed.
    ///
    /// # Errors
    /// When the parameters do not fit the edition.
    pub fn new(
        edition: &'a Edition,
        parameters: &'a Parameters,
        responses: usize,
        seed: u64,
    ) -> Result<Self, SimulateError> {
        let memory = Arc::default();
        let mut population = profile::draw(edition, parameters, parameters.population.size, &memory)?;
        answering::answer_all(&mut population)?;
        Ok(Self { edition, parameters, intercepts: population.solved, memory, responses, seed })
    }

    /// How many blocks there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.responses.div_ceil(BLOCK)
    }

    /// The position of the first volunteer of a block among all.
    #[must_use]
    pub fn first(block: usize) -> usize {
        block * BLOCK
    }

    /// What the volunteers of one block type and do. Blocks do not depend on each other.
    ///
    /// # Errors
    /// When the parameters do not fit the edition.
    pub fn block(&self, block: usize) -> Result<Vec<Simulated>, SimulateError> {
        let count = BLOCK.min(self.responses - Self::first(block));
        let seed = mixed(self.seed, block as u64);
        let mut parameters = self.parameters.clone();
        parameters.population.seed = mixed(seed, parameters.population.seed);
        // Even a small last block is drawn from a whole population, which has all the margins' categories.
        let size = parameters.population.size.max(count * parameters.population.per_response);
        let mut everyone = profile::draw(self.edition, &parameters, size, &self.memory)?;
        everyone.prepare_features(parameters.volunteering.keys())?;
        let units = volunteers::draw_units(&everyone, count, seed);
        let mut volunteers: Population<'_> = everyone.subset(&units);
        drop(everyone);
        volunteers.given = Some(&self.intercepts);
        answering::answer_all(&mut volunteers)?;
        let all: Vec<usize> = (0..units.len()).collect();
        let mut simulated = volunteers::behave(&volunteers, &all, count, seed)?;
        if let Some(traps) = self.parameters.traps.as_ref().filter(|_| block == 0) {
            super::traps::plant(self.edition, traps, &mut simulated);
        }
        Ok(simulated)
    }
}

/// A seed made of two numbers (the finaliser of `SplitMix64`; Steele, Lea and Flood, OOPSLA 2014).
fn mixed(seed: u64, number: u64) -> u64 {
    let mut z = seed ^ number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
