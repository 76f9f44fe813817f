//! Who answers, and how: volunteers are not the population.

use std::collections::BTreeSet;

use questionnaire::{Answer, Answers, Edition, Kind, QuestionIndex};

use super::chance::{Chance, floor};
use super::population::Population;
use super::{Behaviour, SimulateError, Simulated};

/// Streams of chance of the volunteers.
const WHO: u64 = 0;
const HOW: u64 = 1;

/// Draws so many volunteers: what each does and would type. The features of their propensity must be prepared.
pub(super) fn draw(
    population: &Population<'_>,
    responses: usize,
    seed: u64,
) -> Result<Vec<Simulated>, SimulateError> {
    behave(population, &draw_units(population, responses, seed), responses, seed)
}

/// What these units do and type, in this order, until there are so many responses.
pub(super) fn behave(
    population: &Population<'_>,
    units: &[usize],
    responses: usize,
    seed: u64,
) -> Result<Vec<Simulated>, SimulateError> {
    let rates = &population.parameters.behaviour;
    let edition = population.edition;
    let consent = consent(edition);
    let mut chance = Chance::new(seed, HOW);
    let mut simulated: Vec<Simulated> = Vec::with_capacity(responses);
    let mut repeated: BTreeSet<usize> = BTreeSet::new();
    let mut next = units.iter();
    while simulated.len() < responses {
        let draw = chance.unit();
        if draw < rates.duplicates {
            let of = if simulated.is_empty() { 0 } else { chance.index(simulated.len()) };
            let is_complete = simulated.get(of).is_some_and(|first| first.behaviour == Behaviour::Complete);
            if is_complete && repeated.insert(of) {
                let answers = simulated[of].answers.clone();
                simulated.push(Simulated { answers, behaviour: Behaviour::Duplicate { of } });
            }
            continue;
        }
        let Some(&unit) = next.next() else { break };
        let mut typed = population.answers(unit);
        let refuses = draw < rates.duplicates + rates.refuses;
        if let Some((question, [accepting, refusing])) = &consent {
            let answer = if refuses { refusing } else { accepting };
            typed.set(&edition.questionnaire.questions[*question].code, Some(Answer::text(answer)));
        }
        let out_of_scope = !refuses && draw < rates.duplicates + rates.refuses + rates.out_of_scope;
        if out_of_scope {
            typed.set(super::profile::STATUS, Some(Answer::text(&rates.out_of_scope_status)));
        }
        let answers = validated(edition, &typed)?;
        let drops = draw < rates.duplicates + rates.refuses + rates.out_of_scope + rates.drops;
        let behaviour = if refuses {
            Behaviour::Refuses
        } else if out_of_scope {
            Behaviour::OutOfScope
        } else if drops {
            Behaviour::Drops { after: last_screen(edition, &answers, rates.drops_early, &mut chance) }
        } else {
            Behaviour::Complete
        };
        simulated.push(Simulated { answers, behaviour });
    }
    Ok(simulated)
}

/// The units that answer, in the order in which they start: without replacement, each with a chance proportional to
/// what it stands for and to its propensity to answer (exponential races, Efraimidis and Spirakis 2006).
pub(super) fn draw_units(population: &Population<'_>, count: usize, seed: u64) -> Vec<usize> {
    let effects = &population.parameters.volunteering;
    let mut chance = Chance::new(seed, WHO);
    let mut race: Vec<(f64, usize)> = (0..population.len())
        .map(|unit| {
            let rate = population.weights[unit] * population.effect(effects, unit).exp();
            (chance.exponential() / rate, unit)
        })
        .collect();
    race.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut first: Vec<(f64, usize)> =
        race.into_iter().take(count).map(|(_, unit)| (chance.unit(), unit)).collect();
    // Organisations do not start in the order of their propensity.
    first.sort_by(|a, b| a.0.total_cmp(&b.0));
    first.into_iter().map(|(_, unit)| unit).collect()
}

/// The question that may end the questionnaire at once: its first option that goes on, and its first that ends.
fn consent(edition: &Edition) -> Option<(QuestionIndex, [String; 2])> {
    let questions = edition.questionnaire.questions.iter().enumerate();
    questions.filter(|(_, question)| matches!(question.kind, Kind::Single { .. })).find_map(
        |(index, question)| {
            let find = |ending: bool| question.options().iter().find(|option| option.is_ending == ending);
            Some((index, [find(false)?.code.clone(), find(true)?.code.clone()]))
        },
    )
}

/// The answers on the path, all valid.
fn validated(edition: &Edition, typed: &Answers) -> Result<Answers, SimulateError> {
    match edition.validate(typed) {
        Ok(response) => Ok(response.answers().clone()),
        Err(violations) => {
            let messages: Vec<String> = violations
                .iter()
                .map(|violation| {
                    let code = &edition.questionnaire.questions[violation.question].code;
                    format!("{code}: {}", violation.message(&edition.texts))
                })
                .collect();
            Err(SimulateError::Invalid { messages })
        }
    }
}

/// The last screen sent by someone who drops: neither the first, which is consent, nor the last.
fn last_screen(edition: &Edition, answers: &Answers, early: f64, chance: &mut Chance) -> usize {
    let screens = edition.path(answers).screens;
    let inner = screens.len().saturating_sub(2).max(1);
    let position = 1 + floor(chance.unit().powf(early) * inner as f64).min(inner - 1);
    screens.get(position).or(screens.last()).copied().unwrap_or(0)
}
