//! The synthetic population: compact columns of answers, weights, and what can be read from them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use questionnaire::{
    Answer, Answers, Choice, Commune, Edition, Facts, Identifier, Kind, Networks, Numerator, QuestionIndex,
    Subject,
};

use super::SimulateError;
use super::identity::{Identity, identifier};
use super::memory::{Known, Memory, Values};
use super::parameters::{FeatureParameters, Parameters};
use super::reads::Reads;

/// Code of one row's answer for one unit: 0 is blank; a single choice is the option's index plus one; a multiple
/// choice has one bit for each option; an integer is its value plus one; a commune or a text is an index plus one.
pub(super) type Value = u64;

/// What a choice is about: question, row, which of its two draws, and the category whose shares it follows, if any.
pub(super) type Draw = (QuestionIndex, usize, u64, String);

/// The intercepts of every draw, solved on one population and good for others drawn from the same parameters.
pub(super) type Intercepts = BTreeMap<Draw, Vec<f64>>;

/// The synthetic organisations and all their answers.
///
/// Answers are kept as numbers, some hundred bytes a unit, so that tens of thousands of units fit in a few megabytes;
/// [`Population::answers`] turns one unit back into what a volunteer would type.
pub(super) struct Population<'a> {
    pub(super) edition: &'a Edition,
    pub(super) parameters: &'a Parameters,
    /// Communes drawn from, in the order that column values count.
    pub(super) communes: Vec<&'a Commune>,
    /// What makes each unit's identifier.
    pub(super) identities: Vec<Identity>,
    /// How many real organisations each unit stands for.
    pub(super) weights: Vec<f64>,
    /// The latent digital maturity.
    pub(super) latent: Vec<f64>,
    /// Question, then row (a single one unless it is a matrix), then unit; `None` until the question is answered.
    columns: Vec<Option<Vec<Vec<Value>>>>,
    features: BTreeMap<String, Vec<f64>>,
    /// The intercepts found while this population answered.
    pub(super) solved: Intercepts,
    /// Intercepts to use in place of solving them.
    pub(super) given: Option<&'a Intercepts>,
    /// What populations before this one have found.
    pub(super) memory: Arc<Memory>,
}

impl<'a> Population<'a> {
    /// Units without answers.
    pub(super) fn new(edition: &'a Edition, parameters: &'a Parameters, identities: Vec<Identity>) -> Self {
        let units = identities.len();
        Self {
            edition,
            parameters,
            communes: Vec::new(),
            identities,
            weights: vec![1.0; units],
            latent: vec![0.0; units],
            columns: vec![None; edition.questionnaire.questions.len()],
            features: BTreeMap::new(),
            solved: BTreeMap::new(),
            given: None,
            memory: Arc::default(),
        }
    }

    /// These units alone, in this order.
    pub(super) fn subset(&self, units: &[usize]) -> Self {
        fn gather<T: Copy>(values: &[T], units: &[usize]) -> Vec<T> {
            units.iter().map(|&unit| values[unit]).collect()
        }
        let rows = |rows: &Vec<Vec<Value>>| rows.iter().map(|row| gather(row, units)).collect();
        Self {
            edition: self.edition,
            parameters: self.parameters,
            communes: self.communes.clone(),
            identities: gather(&self.identities, units),
            weights: gather(&self.weights, units),
            latent: gather(&self.latent, units),
            columns: self.columns.iter().map(|column| column.as_ref().map(rows)).collect(),
            features: self.features.iter().map(|(name, of)| (name.clone(), gather(of, units))).collect(),
            solved: BTreeMap::new(),
            given: self.given,
            memory: Arc::clone(&self.memory),
        }
    }

    /// The number of units.
    pub(super) fn len(&self) -> usize {
        self.identities.len()
    }

    /// Records the answers of all units to a question.
    pub(super) fn set(&mut self, question: QuestionIndex, rows: Vec<Vec<Value>>) {
        self.columns[question] = Some(rows);
    }

    /// Whether the question has been answered.
    pub(super) fn is_set(&self, question: QuestionIndex) -> bool {
        self.columns[question].is_some()
    }

    /// The answers of all units to a row of a question already answered.
    pub(super) fn column(&self, question: QuestionIndex, row: usize) -> Option<&[Value]> {
        self.columns[question].as_ref().map(|rows| rows[row].as_slice())
    }

    /// What a unit answers to a question; `None` when it is left blank.
    fn answer(&self, question: QuestionIndex, unit: usize) -> Option<Answer> {
        let asked = &self.edition.questionnaire.questions[question];
        let rows = self.columns[question].as_ref()?;
        let value = rows[0][unit];
        let index = usize::try_from(value).ok()?.checked_sub(1);
        match &asked.kind {
            Kind::Matrix { rows: codes, options } => {
                let answered: BTreeMap<String, String> = codes
                    .iter()
                    .zip(rows)
                    .filter(|(_, column)| column[unit] != 0)
                    .map(|(row, column)| (row.code.clone(), options[option_index(column[unit])].code.clone()))
                    .collect();
                if answered.is_empty() { None } else { Some(Answer::Matrix(answered)) }
            }
            Kind::Multiple { options, .. } if value != 0 => Some(Answer::Multiple(ticked(options, value))),
            Kind::Networks { options } if value != 0 => {
                Some(Answer::Networks(Networks { codes: ticked(options, value), other: None }))
            }
            Kind::Single { options, .. } => index.map(|index| Answer::text(&options[index].code)),
            Kind::Integer { .. } => i64::try_from(index?).ok().map(Answer::Integer),
            Kind::Commune => index.map(|index| Answer::text(&self.communes[index].code)),
            Kind::Identifier { options } => index.map(|index| {
                let kind = options[index].code.clone();
                let value =
                    identifier(&kind, self.identities[unit], self.commune(unit), &self.parameters.identity);
                Answer::Identifier(Identifier { kind, value })
            }),
            Kind::Text { .. } => index.map(|index| Answer::text(&self.typed_text(question, index, unit))),
            Kind::Multiple { .. } | Kind::Networks { .. } | Kind::Email => None,
        }
    }

    fn typed_text(&self, question: QuestionIndex, index: usize, unit: usize) -> String {
        let code = &self.edition.questionnaire.questions[question].code;
        match self.parameters.questions.get(code).and_then(|model| model.texts.get(index)) {
            Some(text) => text.clone(),
            None => format!("Organisation simulée n°\u{a0}{}", unit + 1),
        }
    }

    /// The commune where a unit has its seat.
    fn commune(&self, unit: usize) -> &'a Commune {
        self.communes[self.identities[unit].commune]
    }

    /// All that a unit would type, on the path or not.
    pub(super) fn answers(&self, unit: usize) -> Answers {
        self.answers_to(0..self.columns.len(), unit)
    }

    fn answers_to(&self, questions: impl IntoIterator<Item = QuestionIndex>, unit: usize) -> Answers {
        let mut answers = Answers::new();
        for question in questions {
            answers.set(&self.edition.questionnaire.questions[question].code, self.answer(question, unit));
        }
        answers
    }

    /// Evaluates something for each unit, given the questions that settle it: once for each distinct way of
    /// answering these, of which there are far fewer than units.
    fn evaluate<T: Clone>(
        &self,
        reads: Reads<'_>,
        known: &Values<T>,
        of: impl Fn(&Answers) -> T,
    ) -> Result<(Vec<T>, Values<T>), SimulateError> {
        let questions = reads.into_questions();
        for &question in &questions {
            if !self.is_set(question) {
                let code = self.edition.questionnaire.questions[question].code.clone();
                return Err(SimulateError::TooEarly { code });
            }
        }
        let columns: Vec<&[Value]> = questions
            .iter()
            .flat_map(|&question| self.columns[question].iter().flatten().map(Vec::as_slice))
            .collect();
        let mut found: Values<T> = Values::new();
        let mut values = Vec::with_capacity(self.len());
        let mut key: Vec<Value> = Vec::new();
        for unit in 0..self.len() {
            key.clear();
            key.extend(columns.iter().map(|column| column[unit]));
            let value = if let Some(value) = known.get(&key).or_else(|| found.get(&key)) {
                value.clone()
            } else {
                let value = of(&self.answers_to(questions.iter().copied(), unit));
                found.insert(key.clone(), value.clone());
                value
            };
            values.push(value);
        }
        Ok((values, found))
    }

    /// The same of something that the populations of a simulation have in common.
    fn remember<K: Ord + Copy, T: Clone>(
        &self,
        memory: &Known<K, T>,
        name: K,
        reads: Reads<'_>,
        of: impl Fn(&Answers) -> T,
    ) -> Result<Vec<T>, SimulateError> {
        let (values, found) = self.evaluate(reads, &memory.values(name), of)?;
        memory.learn(name, found);
        Ok(values)
    }

    /// Whether each unit is asked each row of a question.
    pub(super) fn asked(&self, question: QuestionIndex) -> Result<Vec<Vec<bool>>, SimulateError> {
        let rows = self.edition.questionnaire.questions[question].rows().len().max(1);
        let reads = Reads::new(self.edition).routing(question);
        self.remember(&self.memory.asked, question, reads, |answers| {
            let path = self.edition.path(answers);
            match path.questions.get(&question) {
                Some(_) if self.edition.questionnaire.questions[question].rows().is_empty() => vec![true],
                Some(asked) => (0..rows).map(|row| asked.contains(&row)).collect(),
                None => vec![false; rows],
            }
        })
    }

    /// Whether each unit is in a calibration group of the plan.
    pub(super) fn in_group(&self, group: usize) -> Result<Vec<bool>, SimulateError> {
        let when = &self.edition.plan.calibration[group].when;
        let reads = Reads::new(self.edition).condition(when);
        self.remember(&self.memory.groups, group, reads, |answers| self.edition.facts(answers).holds(when))
    }

    /// The category of a subject for each unit.
    pub(super) fn categories(&self, subject: Subject) -> Result<Vec<Option<String>>, SimulateError> {
        let reads = Reads::new(self.edition).subject(subject);
        self.remember(&self.memory.categories, subject, reads, |answers| {
            self.edition.facts(answers).category(subject)
        })
    }

    /// Computes the features that some effects refer to, unless they are known.
    pub(super) fn prepare_features<'n>(
        &mut self,
        names: impl IntoIterator<Item = &'n String>,
    ) -> Result<(), SimulateError> {
        for name in names {
            if name == "latent" || self.features.contains_key(name) {
                continue;
            }
            let Some(feature) = self.parameters.features.get(name) else {
                return Err(SimulateError::UnknownFeature { name: name.clone() });
            };
            let values = self.feature_values(feature)?;
            self.features.insert(name.clone(), values);
        }
        Ok(())
    }

    fn feature_values(&self, feature: &FeatureParameters) -> Result<Vec<f64>, SimulateError> {
        let subject = subject(self.edition, &feature.of)?;
        let known: BTreeSet<&str> = match subject {
            Subject::Derived(index) => {
                self.edition.derived[index].categories.iter().map(|c| c.code.as_str()).collect()
            }
            Subject::Question(question) | Subject::Row(question, _) | Subject::IdentifierType(question) => {
                self.edition.questionnaire.questions[question]
                    .options()
                    .iter()
                    .map(|c| c.code.as_str())
                    .collect()
            }
        };
        if let Some(unknown) = feature.values.keys().find(|code| !known.contains(code.as_str())) {
            return Err(SimulateError::UnknownCode { place: feature.of.clone(), code: unknown.clone() });
        }
        let value = |code: &str| feature.values.get(code).copied().unwrap_or(0.0);
        if let Subject::Question(question) = subject {
            let asked = &self.edition.questionnaire.questions[question];
            if matches!(asked.kind, Kind::Multiple { .. } | Kind::Networks { .. }) {
                let Some(column) = self.column(question, 0) else {
                    return Err(SimulateError::TooEarly { code: asked.code.clone() });
                };
                let sum = |&mask: &Value| ticked(asked.options(), mask).iter().map(|code| value(code)).sum();
                return Ok(column.iter().map(sum).collect());
            }
        }
        Ok(self.categories(subject)?.iter().map(|code| code.as_deref().map_or(0.0, value)).collect())
    }

    /// The sum of some effects for a unit. The features must be prepared.
    pub(super) fn effect(&self, effects: &BTreeMap<String, f64>, unit: usize) -> f64 {
        let of = |name: &str| match self.features.get(name) {
            Some(values) => values[unit],
            None => self.latent[unit],
        };
        effects.iter().map(|(name, weight)| weight * of(name)).sum()
    }

    /// The true value of an indicator in the population, in per cent for a share.
    pub(super) fn value_of(
        &self,
        indicator: &questionnaire::Indicator,
    ) -> Result<Option<f64>, SimulateError> {
        let reads = Reads::new(self.edition).condition(&indicator.base).numerator(&indicator.numerator);
        let (values, _) = self.evaluate(reads, &Values::new(), |answers| {
            let facts = self.edition.facts(answers);
            if facts.holds(&indicator.base) { numerator(&facts, &indicator.numerator) } else { None }
        })?;
        let (mut total, mut base) = (0.0, 0.0);
        for (value, weight) in values.iter().zip(&self.weights) {
            if let Some(value) = value {
                total += weight * value;
                base += weight;
            }
        }
        Ok(if base > 0.0 { Some(total / base) } else { None })
    }
}

/// What one response adds to a numerator; shares in per cent.
pub(super) fn numerator(facts: &Facts<'_>, numerator: &Numerator) -> Option<f64> {
    match numerator {
        Numerator::Share(condition) => Some(if facts.holds(condition) { 100.0 } else { 0.0 }),
        Numerator::Mean(number) => facts.number(number),
    }
}

/// The subject with this name.
pub(super) fn subject(edition: &Edition, name: &str) -> Result<Subject, SimulateError> {
    let unknown = || SimulateError::UnknownVariable { name: name.to_owned() };
    if let Some(derived) = name.strip_prefix("derived.") {
        return edition.derived_index(derived).map(Subject::Derived).ok_or_else(unknown);
    }
    let (question, row) = name.split_once('.').map_or((name, None), |(question, row)| (question, Some(row)));
    let index = edition.questionnaire.question_index(question).ok_or_else(unknown)?;
    let Some(row) = row else { return Ok(Subject::Question(index)) };
    let rows = edition.questionnaire.questions[index].rows();
    rows.iter()
        .position(|candidate| candidate.code == row)
        .map(|row| Subject::Row(index, row))
        .ok_or_else(unknown)
}

/// The codes of the options whose bit is set.
fn ticked(options: &[Choice], mask: Value) -> BTreeSet<String> {
    options
        .iter()
        .enumerate()
        .filter(|(bit, _)| mask & (1 << bit) != 0)
        .map(|(_, choice)| choice.code.clone())
        .collect()
}

fn option_index(value: Value) -> usize {
    usize::try_from(value - 1).expect("an option's index is small")
}
