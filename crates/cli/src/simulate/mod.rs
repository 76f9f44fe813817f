//! Simulated organisations for the demonstration.
//!
//! What flows in: an edition and the parameters of `simulation.toml`. What flows out: what each volunteer types, and
//! how each behaves; always the same for the same seed.
//!
//! 1. A synthetic **population** is drawn from strata and weighed so that the margins of the plan hold. Each unit has
//!    a latent digital maturity that follows its size and its territory.
//! 2. Every question is answered by a **logit model**: the effects of features and of the latent maturity are given,
//!    the noise is fixed, and the intercepts are solved so that the shares in the population are those of the
//!    parameters. The truth of the demonstration is therefore known exactly: see [`truth`].
//! 3. **Volunteers** are drawn with chances that depend on what the calibration knows (employers, family, sector),
//!    which weighting corrects, and a little on latent maturity and territory, which it cannot.
//!
//! Nothing simulated can be mistaken for someone: no e-mail address, names that say what they are.

mod answering;
mod blocks;
mod chance;
mod choice;
pub mod fill;
mod identity;
mod memory;
mod parameters;
mod population;
mod profile;
mod reads;
#[cfg(test)]
mod tests;
mod traps;
mod volunteers;

use std::collections::BTreeMap;
use std::sync::Arc;

use questionnaire::{Answers, Edition};

pub use blocks::Blocks;
pub use parameters::Parameters;
use population::Population;

/// One volunteer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulated {
    /// What is typed, all of it valid and on the path. Someone who drops sends only the first screens of it.
    pub answers: Answers,
    /// What the volunteer does.
    pub behaviour: Behaviour,
}

/// What a volunteer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Fills everything and sends.
    Complete,
    /// Sends the screens up to this one (an index into the questionnaire's screens) and never comes back.
    Drops {
        /// The last screen sent.
        after: usize,
    },
    /// Answers for an organisation that has already answered.
    Duplicate {
        /// The index of the first answer.
        of: usize,
    },
    /// Refuses to take part.
    Refuses,
    /// Says that the organisation does not belong to the field of the survey.
    OutOfScope,
}

/// Why nothing can be simulated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SimulateError {
    /// The parameters are not readable.
    #[error("the parameters of the simulation cannot be read: {message}")]
    Syntax {
        /// What the reader says.
        message: String,
    },
    /// A code that the edition does not have.
    #[error(
        "`{place}` has no code `{code}` (the parameters of the simulation name it; use a code of the questionnaire)"
    )]
    UnknownCode {
        /// Question or variable.
        place: String,
        /// The code.
        code: String,
    },
    /// A question, row or variable that the edition does not have.
    #[error(
        "`{name}` is neither a question nor a derived variable of the edition (the parameters of the simulation name it)"
    )]
    UnknownVariable {
        /// The name.
        name: String,
    },
    /// An effect of nothing known.
    #[error("the effect `{name}` refers to no feature of the parameters (declare it under [feature.{name}])")]
    UnknownFeature {
        /// The name.
        name: String,
    },
    /// A question without a model.
    #[error("the parameters of the simulation do not say how `{code}` is answered (add [question.{code}])")]
    MissingQuestion {
        /// The question or row.
        code: String,
    },
    /// A question that a profile needs and the edition lacks, or one that only a profile could answer.
    #[error(
        "the simulation cannot answer `{code}`: it is not one of the profile questions it knows, of the kind it expects"
    )]
    NoProfileQuestion {
        /// The question.
        code: String,
    },
    /// Something reads a question that is asked later.
    #[error("`{code}` is read before it is answered (use features of earlier questions only)")]
    TooEarly {
        /// The question.
        code: String,
    },
    /// Shares that no population can have.
    #[error(
        "the shares of {place} are impossible (expected something to draw from, and a sum of at most 1, or of at most the maximum number of choices)"
    )]
    BadShares {
        /// Question or stratum.
        place: String,
    },
    /// Shares that the rules of the question exclude.
    #[error(
        "`{place}`: the share {share:.3} is as near as the effects allow to {target:.3} (weaken them or change the share)"
    )]
    Unreachable {
        /// Question and option.
        place: String,
        /// What was reached.
        share: f64,
        /// What was asked for.
        target: f64,
    },
    /// A unit that a margin of the plan does not know.
    #[error(
        "a simulated organisation has `{category}` for `{variable}`, which is not in the margin (change the strata)"
    )]
    OutsideMargin {
        /// The variable.
        variable: String,
        /// Its category.
        category: String,
    },
    /// Answers that the questionnaire refuses.
    #[error("simulated answers are not valid: {}", messages.join("; "))]
    Invalid {
        /// What the questionnaire says.
        messages: Vec<String>,
    },
}

/// What `responses` volunteers type and do, always the same for a seed.
///
/// # Errors
/// When the parameters do not fit the edition.
pub fn population(
    edition: &Edition,
    parameters: &Parameters,
    responses: usize,
    seed: u64,
) -> Result<Vec<Simulated>, SimulateError> {
    let mut simulated = volunteers::draw(&answered(edition, parameters, responses)?, responses, seed)?;
    if let Some(traps) = &parameters.traps {
        traps::plant(edition, traps, &mut simulated);
    }
    Ok(simulated)
}

/// The true value, in the synthetic population, of every indicator that has a figure published for 2022.
///
/// # Errors
/// When the parameters do not fit the edition.
pub fn truth(edition: &Edition, parameters: &Parameters) -> Result<BTreeMap<String, f64>, SimulateError> {
    true_values(&answered(edition, parameters, 0)?)
}

fn true_values(population: &Population<'_>) -> Result<BTreeMap<String, f64>, SimulateError> {
    let mut values = BTreeMap::new();
    for indicator in
        population.edition.indicators.iter().filter(|indicator| indicator.published_2022.is_some())
    {
        if let Some(value) = population.value_of(indicator)? {
            values.insert(indicator.code.clone(), value);
        }
    }
    Ok(values)
}

/// A population large enough for so many responses, with all its answers.
fn answered<'a>(
    edition: &'a Edition,
    parameters: &'a Parameters,
    responses: usize,
) -> Result<Population<'a>, SimulateError> {
    let size = parameters.population.size.max(responses * parameters.population.per_response);
    let mut population = profile::draw(edition, parameters, size, &Arc::default())?;
    answering::answer_all(&mut population)?;
    population.prepare_features(parameters.volunteering.keys())?;
    Ok(population)
}
