//! What the organisations answer: every question of the definition, in order, by its model in the parameters.

use std::cell::RefCell;
use std::collections::BTreeMap;

use questionnaire::{Choice, Kind, QuestionIndex};

use super::SimulateError;
use super::chance::Chance;
use super::choice::{Fitted, Utilities};
use super::parameters::{Numbers, QuestionModel};
use super::population::{Intercepts, Population, Value, subject};
use super::profile::FIRST_FREE;

/// Streams kept for each question: more than it has rows.
const STREAMS: u64 = 64;
/// A share farther than this from its target means that the parameters ask for the impossible.
const FARTHEST: f64 = 0.02;
/// The intercept of an option chosen whenever it is offered.
const ALWAYS: f64 = 1.0e3;

/// Answers every question that the profile left open.
pub(super) fn answer_all(population: &mut Population<'_>) -> Result<(), SimulateError> {
    let questions = &population.edition.questionnaire.questions;
    if let Some(code) =
        population.parameters.questions.keys().find(|code| questions.iter().all(|q| q.code != **code))
    {
        return Err(SimulateError::UnknownVariable { name: code.clone() });
    }
    for question in 0..questions.len() {
        if !population.is_set(question) {
            let answering = Answering::new(population, question)?;
            let rows = answering.rows()?;
            let solved = answering.solved.into_inner();
            population.set(question, rows);
            population.solved.extend(solved);
        }
    }
    Ok(())
}

/// One question being answered.
struct Answering<'p, 'a> {
    population: &'p mut Population<'a>,
    question: QuestionIndex,
    code: &'a str,
    model: &'a QuestionModel,
    asked: Vec<Vec<bool>>,
    /// Intercepts found so far.
    solved: RefCell<Intercepts>,
}

impl<'p, 'a> Answering<'p, 'a> {
    fn new(population: &'p mut Population<'a>, question: QuestionIndex) -> Result<Self, SimulateError> {
        let asked = population.asked(question)?;
        let definition = &population.edition.questionnaire.questions[question];
        let model = population.parameters.questions.get(&definition.code);
        let model = model.ok_or_else(|| SimulateError::MissingQuestion { code: definition.code.clone() })?;
        let solved = RefCell::default();
        let answering = Self { population, question, code: &definition.code, model, asked, solved };
        answering.check_codes()?;
        let features = model.effects.keys().chain(model.option_effects.values().flat_map(Numbers::keys));
        let of_rows = model.rows.values().filter_map(|row| row.effects.as_ref()).flat_map(Numbers::keys);
        answering.population.prepare_features(features.chain(of_rows))?;
        Ok(answering)
    }

    /// Refuses codes that the question does not have.
    fn check_codes(&self) -> Result<(), SimulateError> {
        let definition = &self.population.edition.questionnaire.questions[self.question];
        let by = self.model.by.iter().flat_map(|by| by.shares.values()).flat_map(Numbers::keys);
        let in_rows = self.model.rows.values().flat_map(|row| row.shares.keys());
        let options = (self.model.shares.keys().chain(self.model.directions.keys()))
            .chain(self.model.option_effects.keys())
            .chain(&self.model.always)
            .chain(by)
            .chain(in_rows);
        let unknown_option = options.into_iter().find(|code| definition.option(code).is_none());
        let known_row = |code: &String| definition.rows().iter().any(|row| row.code == *code);
        let unknown_row = self.model.rows.keys().find(|code| !known_row(code));
        match unknown_option.or(unknown_row) {
            Some(code) => Err(SimulateError::UnknownCode { place: self.code.to_owned(), code: code.clone() }),
            None => Ok(()),
        }
    }

    fn rows(&self) -> Result<Vec<Vec<Value>>, SimulateError> {
        let definition = &self.population.edition.questionnaire.questions[self.question];
        match &definition.kind {
            Kind::Single { options, options_from: None } => Ok(vec![self.single(options)?]),
            Kind::Single { options, options_from: Some(from) } => Ok(vec![self.offered(options, *from)?]),
            Kind::Multiple { options, max } => Ok(vec![self.several(options, max.unwrap_or(options.len()))?]),
            Kind::Networks { options } => Ok(vec![self.several(options, options.len())?]),
            Kind::Matrix { rows, options } => {
                let answer = |(index, row): (usize, &questionnaire::Row)| {
                    let Some(model) = self.model.rows.get(&row.code) else {
                        return Err(SimulateError::MissingQuestion {
                            code: format!("{}.{}", self.code, row.code),
                        });
                    };
                    let effects = model.effects.as_ref().unwrap_or(&self.model.effects);
                    self.choose(options, index, "", &self.units(index), &model.shares, effects)
                };
                rows.iter().enumerate().map(answer).collect()
            }
            Kind::Text { .. } => Ok(vec![self.typed()]),
            // Nothing that could reach someone is ever invented.
            Kind::Email => Ok(vec![vec![0; self.population.len()]]),
            Kind::Integer { .. } | Kind::Commune | Kind::Identifier { .. } => {
                Err(SimulateError::NoProfileQuestion { code: self.code.to_owned() })
            }
        }
    }

    /// The units asked a row.
    fn units(&self, row: usize) -> Vec<usize> {
        (0..self.population.len()).filter(|&unit| self.asked[unit][row]).collect()
    }

    fn chance(&self, row: usize, purpose: u64) -> Chance {
        let stream = (self.question as u64 * STREAMS + row as u64) * 2 + purpose;
        Chance::new(self.population.parameters.population.seed, FIRST_FREE + stream)
    }

    fn single(&self, options: &[Choice]) -> Result<Vec<Value>, SimulateError> {
        let units = self.units(0);
        let Some(by) = &self.model.by else {
            return self.choose(options, 0, "", &units, &self.model.shares, &self.model.effects);
        };
        let categories = self.population.categories(subject(self.population.edition, &by.variable)?)?;
        let mut column = vec![0; self.population.len()];
        for (category, shares) in &by.shares {
            let inside = |unit: &&usize| categories[**unit].as_ref() == Some(category);
            let units: Vec<usize> = units.iter().filter(inside).copied().collect();
            let chosen = self.choose(options, 0, category, &units, shares, &self.model.effects)?;
            for unit in units {
                column[unit] = chosen[unit];
            }
        }
        Ok(column)
    }

    /// One option, or none, for each of these units.
    fn choose(
        &self,
        options: &[Choice],
        row: usize,
        category: &str,
        units: &[usize],
        shares: &Numbers,
        effects: &Numbers,
    ) -> Result<Vec<Value>, SimulateError> {
        let mut targets: Vec<f64> = options.iter().map(|option| share(shares, option)).collect();
        targets.push(self.rest(targets.iter().sum())?);
        let utilities =
            self.utilities(units, options, targets.len(), effects, self.chance(row, 0), Chance::gumbel);
        let choices = self.choose_one(&utilities, &targets, (row, category), Some(options))?;
        let blank = options.len() as Value + 1;
        let mut column = vec![0; self.population.len()];
        for (&unit, choice) in units.iter().zip(choices) {
            column[unit] = if choice == blank { 0 } else { choice };
        }
        Ok(column)
    }

    /// One option among those ticked in another question.
    fn offered(&self, options: &[Choice], from: QuestionIndex) -> Result<Vec<Value>, SimulateError> {
        let source = &self.population.edition.questionnaire.questions[from];
        let Some(ticked) = self.population.column(from, 0) else {
            return Err(SimulateError::TooEarly { code: source.code.clone() });
        };
        let same = |option: &Choice| source.options().iter().position(|other| other.code == option.code);
        let bits: Vec<Option<usize>> = options.iter().map(same).collect();
        let units = self.units(0);
        let offered = units.iter().map(|&unit| {
            let is_offered = |bit: &Option<usize>| bit.is_some_and(|bit| ticked[unit] & (1 << bit) != 0);
            bits.iter()
                .enumerate()
                .filter(|(_, bit)| is_offered(bit))
                .fold(0, |mask, (option, _)| mask | (1 << option))
        });
        let intercepts: Vec<f64> = options
            .iter()
            .map(|option| {
                if self.model.always.contains(&option.code) {
                    ALWAYS
                } else {
                    share(&self.model.shares, option).ln()
                }
            })
            .collect();
        let offered: Vec<Value> = offered.collect();
        let chance = self.chance(0, 0);
        let utilities =
            self.utilities(&units, options, options.len(), &self.model.effects, chance, Chance::gumbel);
        let mut column = vec![0; self.population.len()];
        for (unit, choice) in units.into_iter().zip(utilities.prefer(&intercepts, &offered)) {
            column[unit] = choice;
        }
        Ok(column)
    }

    /// Several options, an exclusive one or none for each unit asked.
    fn several(&self, options: &[Choice], max: usize) -> Result<Vec<Value>, SimulateError> {
        if options.len() > Value::BITS as usize {
            return Err(SimulateError::BadShares { place: format!("{} (more than 64 options)", self.code) });
        }
        let units = self.units(0);
        let (exclusive, plain): (Vec<&Choice>, Vec<&Choice>) =
            options.iter().partition(|option| option.is_exclusive);
        let exclusive: Vec<Choice> = exclusive.into_iter().cloned().collect();
        let plain: Vec<Choice> = plain.into_iter().cloned().collect();
        let mut gate: Vec<f64> = exclusive.iter().map(|option| share(&self.model.shares, option)).collect();
        gate.push(self.model.blank);
        let ticking = self.rest(gate.iter().sum())?;
        gate.push(ticking);
        let effects = &self.model.effects;
        let utilities =
            self.utilities(&units, &exclusive, gate.len(), effects, self.chance(0, 0), Chance::gumbel);
        let gated = self.choose_one(&utilities, &gate, (0, ""), None)?;
        let mut column = vec![0; self.population.len()];
        let mut tickers = Vec::new();
        for (&unit, &choice) in units.iter().zip(&gated) {
            match usize::try_from(choice - 1).ok().and_then(|index| exclusive.get(index)) {
                Some(option) => column[unit] = 1 << position(options, &option.code),
                None if choice == gate.len() as Value => tickers.push(unit),
                None => {}
            }
        }
        if tickers.is_empty() {
            return Ok(column);
        }
        let targets: Vec<f64> =
            plain.iter().map(|option| share(&self.model.shares, option) / ticking).collect();
        if targets.iter().any(|&target| target > 1.0) || targets.iter().sum::<f64>() > max as f64 {
            return Err(SimulateError::BadShares { place: self.code.to_owned() });
        }
        let utilities =
            self.utilities(&tickers, &plain, plain.len(), effects, self.chance(0, 1), Chance::logistic);
        let choices = self.choose_several(&utilities, &targets, max, &plain)?;
        let bits: Vec<usize> = plain.iter().map(|option| position(options, &option.code)).collect();
        for (&unit, mask) in tickers.iter().zip(choices) {
            let ticked = bits.iter().enumerate().filter(|(plain, _)| mask & (1 << plain) != 0);
            column[unit] = ticked.fold(0, |mask, (_, bit)| mask | (1 << bit));
        }
        Ok(column)
    }

    /// One option for each unit: with the intercepts given, else with those that reach the targets.
    fn choose_one(
        &self,
        utilities: &Utilities,
        targets: &[f64],
        (row, category): (usize, &str),
        checked: Option<&[Choice]>,
    ) -> Result<Vec<Value>, SimulateError> {
        let draw = (self.question, row, 0, category.to_owned());
        if let Some(intercepts) = self.population.given.and_then(|given| given.get(&draw)) {
            return Ok(utilities.choose_one_by(intercepts));
        }
        let fitted = utilities.choose_one(targets);
        if let Some(options) = checked {
            self.check(&fitted, options)?;
        }
        self.solved.borrow_mut().insert(draw, fitted.intercepts);
        Ok(fitted.choices)
    }

    /// Several options for each unit, likewise.
    fn choose_several(
        &self,
        utilities: &Utilities,
        targets: &[f64],
        max: usize,
        options: &[Choice],
    ) -> Result<Vec<Value>, SimulateError> {
        let draw = (self.question, 0, 1, String::new());
        if let Some(intercepts) = self.population.given.and_then(|given| given.get(&draw)) {
            return Ok(utilities.choose_several_by(intercepts, max));
        }
        let fitted = utilities.choose_several(targets, max);
        self.check(&fitted, options)?;
        self.solved.borrow_mut().insert(draw, fitted.intercepts);
        Ok(fitted.choices)
    }

    /// A text for some of those asked.
    fn typed(&self) -> Vec<Value> {
        let mut chance = self.chance(0, 0);
        let texts = self.model.texts.len();
        (0..self.population.len())
            .map(|unit| {
                let types = chance.unit() < self.model.text_share && texts > 0 && self.asked[unit][0];
                if types { chance.index(texts) as Value + 1 } else { 0 }
            })
            .collect()
    }

    /// Effects and noise of the options for each unit. Options beyond those given (a blank) have noise alone.
    fn utilities(
        &self,
        units: &[usize],
        options: &[Choice],
        count: usize,
        effects: &Numbers,
        mut chance: Chance,
        noise: impl Fn(&mut Chance) -> f64,
    ) -> Utilities {
        let is_multiple = matches!(
            self.population.edition.questionnaire.questions[self.question].kind,
            Kind::Multiple { .. } | Kind::Networks { .. }
        );
        let directions: Vec<f64> = options
            .iter()
            .map(|option| {
                let default = if is_multiple && !option.is_exclusive { 1.0 } else { 0.0 };
                self.model.directions.get(&option.code).copied().unwrap_or(default)
            })
            .collect();
        let none = BTreeMap::new();
        let own: Vec<&Numbers> = options
            .iter()
            .map(|option| self.model.option_effects.get(&option.code).unwrap_or(&none))
            .collect();
        let mut values = Vec::with_capacity(units.len() * count);
        for &unit in units {
            let effect = self.population.effect(effects, unit);
            for (direction, own) in directions.iter().zip(&own) {
                values.push(direction * effect + self.population.effect(own, unit) + noise(&mut chance));
            }
            for _ in options.len()..count {
                values.push(noise(&mut chance));
            }
        }
        let weights = units.iter().map(|&unit| self.population.weights[unit]).collect();
        Utilities { weights, options: count, values }
    }

    /// What is missing to 1.
    fn rest(&self, sum: f64) -> Result<f64, SimulateError> {
        if sum > 1.0 + 1.0e-9 {
            return Err(SimulateError::BadShares { place: self.code.to_owned() });
        }
        // Sums of decimal fractions are off by some 1e-16.
        Ok(if sum > 1.0 - 1.0e-9 { 0.0 } else { 1.0 - sum })
    }

    fn check(&self, fitted: &Fitted, options: &[Choice]) -> Result<(), SimulateError> {
        let (option, share, target) = fitted.worst;
        if fitted.choices.is_empty() || (share - target).abs() < FARTHEST {
            return Ok(());
        }
        let option = options.get(option).map_or("(blank)", |option| option.code.as_str());
        Err(SimulateError::Unreachable { place: format!("{}: {option}", self.code), share, target })
    }
}

fn share(shares: &Numbers, option: &Choice) -> f64 {
    shares.get(&option.code).copied().unwrap_or(0.0)
}

fn position(options: &[Choice], code: &str) -> usize {
    options.iter().position(|option| option.code == code).expect("the option is one of them")
}
