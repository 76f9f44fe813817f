//! What an organisation's own answers say: index, scores, criteria, strong points, next steps.

use std::collections::BTreeMap;

use questionnaire::expr::DerivedIndex;
use questionnaire::{
    Answer, Answers, Condition, DerivedRule, Edition, Facts, Kind, Level, Numerator, Question, ScoreRule,
    Subject,
};

/// The indicator whose numerator reads the question on how the organisation sees itself.
const SELF_RATING: &str = "MAT_EXPERIMENTEE";

/// The indicator whose numerator lists the measures of the security base.
const SECURITY: &str = "CYB_SOCLE";

/// The derived variable of the index.
pub(crate) const INDEX: &str = "indice";

/// How many best and weakest scores are spoken of.
const ENDS: usize = 2;

/// How many next steps are shown.
const STEPS: usize = 3;

/// The individual result.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outcome {
    /// The index, when enough scores have a value.
    pub(crate) index: Option<f64>,
    /// Its level: label and sentence.
    pub(crate) level: Option<(String, String)>,
    /// The levels from the lowest, and whether each is the one reached.
    pub(crate) levels: Vec<(String, bool)>,
    /// The scores of the index.
    pub(crate) scores: Vec<Score>,
    /// The scores beside it.
    pub(crate) beside: Vec<Score>,
    /// How the organisation sees itself.
    pub(crate) self_rating: SelfRating,
    /// The criteria of digital intensity: label, and whether it is met (`None`: not measured).
    pub(crate) criteria: Vec<(String, Option<bool>)>,
    /// Labels of the best scores.
    pub(crate) strong: Vec<String>,
    /// What would raise the weakest scores most.
    pub(crate) steps: Vec<Step>,
    /// The measures of the security base, and whether each is in place; `None` when the question was left blank.
    pub(crate) security: Vec<(String, Option<bool>)>,
}

/// The answer to the question on how the organisation sees itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SelfRating {
    /// This edition does not ask.
    NotAsked,
    /// Left blank.
    Blank,
    /// The label of the answer.
    Given(String),
}

/// A score.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Score {
    /// Name of the derived variable that it is, for instance `score_str`.
    pub(crate) name: String,
    /// Label of the dimension.
    pub(crate) label: String,
    /// From 0 to 100, when measured.
    pub(crate) value: Option<f64>,
}

/// Something that is not done yet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step {
    /// Label of the dimension.
    pub(crate) dimension: String,
    /// The question.
    pub(crate) question: String,
    /// The answer that would raise the score.
    pub(crate) answer: String,
    /// What it is in the definition: a question, `question.option` or `question.row`.
    pub(crate) item: String,
}

impl Outcome {
    /// The result of these answers.
    pub(crate) fn of(edition: &Edition, answers: &Answers) -> Self {
        let facts = edition.facts(answers);
        let mut scores = Vec::new();
        let mut beside = Vec::new();
        for dimension in edition.questionnaire.dimensions.iter().filter(|dimension| dimension.is_scored) {
            let name = format!("score_{}", dimension.code.to_lowercase());
            let derived = edition.derived_index(&name);
            let value = derived.and_then(|derived| facts.derived_number(derived));
            let score = (derived, Score { name, label: dimension.label.clone(), value });
            if dimension.is_in_index { scores.push(score) } else { beside.push(score) }
        }
        let index = edition.derived_index(INDEX).and_then(|derived| facts.derived_number(derived));
        let ranked = ranked(&scores);
        let strong = ranked.iter().take(ENDS).map(|(score, _)| score.label.clone()).collect();
        let weakest: Vec<_> = ranked.iter().rev().take(ENDS).copied().collect();
        let reached = index.and_then(|index| level(edition, index));
        let levels = edition.scoring.levels.iter();
        Self {
            level: reached.map(|level| (level.label.clone(), level.text.clone())),
            levels: levels
                .map(|level| (level.label.clone(), reached.is_some_and(|reached| reached.code == level.code)))
                .collect(),
            index,
            self_rating: self_rating(edition, &facts),
            criteria: criteria(edition, &facts),
            strong,
            steps: steps(edition, &facts, &weakest),
            security: security(edition, &facts),
            scores: scores.into_iter().map(|(_, score)| score).collect(),
            beside: beside.into_iter().map(|(_, score)| score).collect(),
        }
    }
}

/// Measured scores, best first; equal ones in the order of the dimensions.
fn ranked(scores: &[(Option<DerivedIndex>, Score)]) -> Vec<(&Score, DerivedIndex)> {
    let mut ranked: Vec<(&Score, DerivedIndex)> = scores
        .iter()
        .filter_map(|(derived, score)| derived.map(|derived| (score, derived)))
        .filter(|(score, _)| score.value.is_some())
        .collect();
    ranked.sort_by(|(a, _), (b, _)| b.value.unwrap_or(0.0).total_cmp(&a.value.unwrap_or(0.0)));
    ranked
}

/// The highest level whose lower bound is reached.
fn level(edition: &Edition, index: f64) -> Option<&Level> {
    edition.scoring.levels.iter().rfind(|level| index >= level.from)
}

/// How many criteria the basic level asks for.
pub(crate) const BASIC: usize = 4;

fn criteria(edition: &Edition, facts: &Facts<'_>) -> Vec<(String, Option<bool>)> {
    let derived = edition.scoring.criteria.iter();
    derived
        .map(|&index| {
            (edition.derived[index].label.clone(), facts.derived_number(index).map(|value| value >= 0.5))
        })
        .collect()
}

fn self_rating(edition: &Edition, facts: &Facts<'_>) -> SelfRating {
    let numerator = edition.indicator(SELF_RATING).map(|indicator| &indicator.numerator);
    let Some(Numerator::Share(Condition::In(Subject::Question(question), _))) = numerator else {
        return SelfRating::NotAsked;
    };
    let question = &edition.questionnaire.questions[*question];
    match facts.answers().get(&question.code) {
        Some(Answer::Text(code)) => {
            question.option(code).map_or(SelfRating::Blank, |option| SelfRating::Given(option.label.clone()))
        }
        _ => SelfRating::Blank,
    }
}

fn security(edition: &Edition, facts: &Facts<'_>) -> Vec<(String, Option<bool>)> {
    let numerator = edition.indicator(SECURITY).map(|indicator| &indicator.numerator);
    let Some(Numerator::Share(Condition::HasAll(question, codes))) = numerator else {
        return Vec::new();
    };
    let question = &edition.questionnaire.questions[*question];
    let ticked = match facts.answers().get(&question.code) {
        Some(Answer::Multiple(ticked)) => Some(ticked),
        _ => None,
    };
    let options = question.options().iter().filter(|option| codes.contains(&option.code));
    options.map(|option| (option.label.clone(), ticked.map(|ticked| ticked.contains(&option.code)))).collect()
}

/// The steps that would add most points to these scores.
fn steps(edition: &Edition, facts: &Facts<'_>, weakest: &[(&Score, DerivedIndex)]) -> Vec<Step> {
    let mut steps: Vec<(f64, Step)> = Vec::new();
    for (score, derived) in weakest {
        let DerivedRule::Score { items } = &edition.derived[*derived].rule else { continue };
        for &item in items {
            let question = &edition.questionnaire.questions[item];
            // « Ne sait pas » is unmeasured: nothing is known to be missing.
            let answer = facts.answers().get(&question.code).filter(|_| facts.item_score(item).is_some());
            let unmet = answer.map_or_else(Vec::new, |answer| unmet(question, answer));
            steps.extend(unmet.into_iter().map(|Unmet { gain, part, label }| {
                let item =
                    part.map_or_else(|| question.code.clone(), |part| format!("{}.{part}", question.code));
                let dimension = score.label.clone();
                (gain, Step { dimension, question: question.text.clone(), answer: label.to_owned(), item })
            }));
        }
    }
    // A stable sort: equal gains stay in the order of the questionnaire, the weakest dimension first.
    steps.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    steps.into_iter().take(STEPS).map(|(_, step)| step).collect()
}

/// A better answer, and the points that it would add to its item.
struct Unmet<'a> {
    gain: f64,
    /// The option or the row, where the question has several that add up.
    part: Option<&'a str>,
    label: &'a str,
}

/// The better answers to a question whose item is measured.
fn unmet<'a>(question: &'a Question, answer: &Answer) -> Vec<Unmet<'a>> {
    let points: BTreeMap<&str, f64> = question
        .options()
        .iter()
        .filter_map(|option| option.points.map(|points| (option.code.as_str(), points)))
        .collect();
    let most = points.values().copied().fold(0.0, f64::max);
    let mut unmet: Vec<Unmet<'a>> = match (&question.kind, answer) {
        (Kind::Single { .. }, Answer::Text(code)) => {
            let best = question.options().iter().find(|option| option.points == Some(most));
            let gain = points.get(code.as_str()).map_or(0.0, |got| most - got);
            best.map(|best| Unmet { gain, part: None, label: &best.label }).into_iter().collect()
        }
        (Kind::Multiple { .. }, Answer::Multiple(ticked)) => {
            // Where the highest tick counts, a lower one adds nothing.
            let floor = match question.score {
                Some(ScoreRule::MultiMax) => {
                    ticked.iter().filter_map(|code| points.get(code.as_str())).copied().fold(0.0, f64::max)
                }
                _ => 0.0,
            };
            let unticked = question.options().iter().filter(|option| !ticked.contains(&option.code));
            unticked
                .filter_map(|option| {
                    let gain = option.points? - floor;
                    Some(Unmet { gain, part: Some(&option.code), label: &option.label })
                })
                .collect()
        }
        (Kind::Matrix { rows, .. }, Answer::Matrix(answered)) => {
            let measured =
                answered.values().filter(|code| points.contains_key(code.as_str())).count().max(1) as f64;
            rows.iter()
                .filter_map(|row| {
                    let got = points.get(answered.get(&row.code)?.as_str())?;
                    let gain = (most - got) / measured;
                    Some(Unmet { gain, part: Some(&row.code), label: &row.label })
                })
                .collect()
        }
        _ => Vec::new(),
    };
    unmet.retain(|unmet| unmet.gain > 0.0);
    unmet
}
