//! Free resources and people who help: `resources.toml` of an edition, checked against its questionnaire.

use std::collections::{BTreeMap, BTreeSet};

use questionnaire::{Edition, Kind, Question, curly};
use serde::Deserialize;

use crate::language::Language;

/// What is in the place of names in the text of a helper.
const PLACES: [&str; 2] = ["{department}", "{region}"];

/// The place of the answer in an action.
const ANSWER: &str = "{answer}";

/// The resources of an edition.
#[derive(Debug, Clone)]
pub struct Resources {
    by_item: BTreeMap<String, usize>,
    free: Vec<Resource>,
    helpers: Vec<Helper>,
    actions: BTreeMap<String, BTreeMap<String, String>>,
}

/// Resources that cannot be used: every fault at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", problems.join("; "))]
pub struct ResourcesError {
    /// What was found, and what was expected.
    pub problems: Vec<String>,
}

/// Something free that helps with a step.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resource {
    /// Its name, which is the same in every language.
    pub(crate) name: String,
    /// Its address.
    pub(crate) url: String,
    /// What is found there, by language.
    pub(crate) about: BTreeMap<String, String>,
    /// The steps that it helps with: a question, `question.option` or `question.row`.
    items: Vec<String>,
}

/// Somebody who helps, found by department or region.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Helper {
    /// Its name.
    pub(crate) name: String,
    /// Its address.
    pub(crate) url: String,
    /// What it does and for whom, by language; `{department}` and `{region}` are filled in.
    pub(crate) about: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    resource: Vec<Resource>,
    helper: Vec<Helper>,
    #[serde(default)]
    action: Vec<Action>,
}

/// What a step is called when the answer alone would not say it.
#[derive(Deserialize)]
struct Action {
    /// The step, or the question of several.
    item: String,
    /// By language; `{answer}` is the option or the row.
    #[serde(flatten)]
    texts: BTreeMap<String, String>,
}

impl Resources {
    /// Reads the resources of an edition. Every step that a result may propose must have one.
    ///
    /// # Errors
    /// [`ResourcesError`] with every fault found.
    pub fn parse(edition: &Edition, text: &str) -> Result<Self, ResourcesError> {
        let mut file: File = toml::from_str(text)
            .map_err(|error| ResourcesError { problems: vec![error.to_string().trim().to_owned()] })?;
        let mut problems = Vec::new();
        let mut by_item = BTreeMap::new();
        let known = items(edition);
        for (index, resource) in file.resource.iter().enumerate() {
            check(edition, &resource.name, &resource.url, &resource.about, &mut problems);
            for item in &resource.items {
                if !known.contains(item) {
                    problems.push(format!(
                        "`{}` helps with `{item}`, which no step is about (expected a scored question, \
                         `question.option` or `question.row`)",
                        resource.name
                    ));
                }
                if let Some(other) = by_item.insert(item.clone(), index) {
                    let other: &Resource = &file.resource[other];
                    problems.push(format!(
                        "`{item}` has two resources, `{}` and `{}`: keep one",
                        other.name, resource.name
                    ));
                }
            }
        }
        for helper in &file.helper {
            let mut about = helper.about.clone();
            for text in about.values_mut() {
                for place in PLACES {
                    *text = text.replace(place, "");
                }
            }
            check(edition, &helper.name, &helper.url, &about, &mut problems);
        }
        let mut actions = BTreeMap::new();
        for Action { item, texts } in file.action {
            let bare = texts.iter().map(|(language, text)| (language.clone(), text.replace(ANSWER, "")));
            said(edition, &item, &bare.collect(), &mut problems);
            if !known.contains(&item) {
                problems.push(format!(
                    "the action `{item}` is of no step (expected a scored question or its part)"
                ));
            }
            if actions.insert(item.clone(), texts).is_some() {
                problems.push(format!("`{item}` has two actions: keep one"));
            }
        }
        for step in steps(edition) {
            if !step.contains('.') && !actions.contains_key(&step) {
                problems.push(format!(
                    "no action says what to do about `{step}`: its best answer is not a sentence"
                ));
            }
            let question = step.split('.').next().unwrap_or(&step);
            if !by_item.contains_key(&step) && !by_item.contains_key(question) {
                problems.push(format!("no resource helps with `{step}`: add it to the `items` of one"));
            }
        }
        if problems.is_empty() {
            let named = file.resource.iter_mut().map(|resource| (&mut resource.name, &mut resource.about));
            let named =
                named.chain(file.helper.iter_mut().map(|helper| (&mut helper.name, &mut helper.about)));
            for (name, about) in named {
                for text in std::iter::once(name).chain(about.values_mut()) {
                    *text = curly(text);
                }
            }
            for text in actions.values_mut().flat_map(BTreeMap::values_mut) {
                *text = curly(text);
            }
            Ok(Self { by_item, free: file.resource, helpers: file.helper, actions })
        } else {
            Err(ResourcesError { problems })
        }
    }

    /// How many resources there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.free.len()
    }

    /// The resource for a step: its own, or that of its question.
    pub(crate) fn of(&self, item: &str) -> Option<&Resource> {
        let question = item.split('.').next().unwrap_or(item);
        let index = self.by_item.get(item).or_else(|| self.by_item.get(question))?;
        self.free.get(*index)
    }

    /// What to do, in words: the action of a step or of its question, or the answer itself.
    pub(crate) fn action(&self, item: &str, answer: &str, language: Language) -> String {
        let question = item.split('.').next().unwrap_or(item);
        let texts = self.actions.get(item).or_else(|| self.actions.get(question));
        texts.map_or_else(
            || answer.to_owned(),
            |texts| about(texts, language).replace(ANSWER, &in_a_sentence(answer)),
        )
    }

    /// Who helps.
    pub(crate) fn helpers(&self) -> &[Helper] {
        &self.helpers
    }
}

/// What is said in a language, or else in the first one that is there.
pub(crate) fn about(texts: &BTreeMap<String, String>, language: Language) -> &str {
    texts.get(language.code()).or_else(|| texts.values().next()).map_or("", String::as_str)
}

/// A label inside a sentence: its first letter is small, unless it begins an acronym.
fn in_a_sentence(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.next()) {
        (Some(first), second) if second.is_none_or(|second| !second.is_uppercase()) => {
            first.to_lowercase().chain(second).chain(letters).collect()
        }
        _ => label.to_owned(),
    }
}

fn check(
    edition: &Edition,
    name: &str,
    url: &str,
    about: &BTreeMap<String, String>,
    problems: &mut Vec<String>,
) {
    if !url.starts_with("https://") || url.contains(char::is_whitespace) {
        problems.push(format!("the address of `{name}` is `{url}` (expected `https://…`)"));
    }
    said(edition, name, about, problems);
}

/// Whether something is said in every language that the pages speak, and in no other.
fn said(edition: &Edition, name: &str, about: &BTreeMap<String, String>, problems: &mut Vec<String>) {
    for language in &edition.questionnaire.languages {
        if Language::of(language).is_some() && !about.contains_key(language) {
            problems.push(format!("`{name}` does not say in `{language}` what it is about"));
        }
    }
    for (language, text) in about {
        if !edition.questionnaire.languages.contains(language) {
            problems.push(format!("`{name}` speaks `{language}`, which the questionnaire does not"));
        }
        if text.trim().is_empty() || text.contains(['{', '}']) {
            problems.push(format!(
                "what `{name}` says in `{language}` is empty or has a place that nothing fills: `{text}`"
            ));
        }
    }
}

/// The questions that scores of this kind are made of.
fn scored(edition: &Edition, is_wanted: impl Fn(bool) -> bool) -> Vec<&Question> {
    let questionnaire = &edition.questionnaire;
    let wanted = |question: &&Question| {
        let mut dimensions = questionnaire.dimensions.iter();
        let dimension = dimensions.find(|dimension| dimension.code == question.dimension);
        dimension.is_some_and(|dimension| dimension.is_scored && is_wanted(dimension.is_in_index))
            && question.score.is_some()
    };
    questionnaire.questions.iter().filter(wanted).collect()
}

/// The parts of a question that may be a step by themselves.
fn parts(question: &Question) -> Vec<String> {
    let code = &question.code;
    match &question.kind {
        Kind::Multiple { .. } => question
            .options()
            .iter()
            .filter(|option| option.points.is_some_and(|points| points > 0.0))
            .map(|option| format!("{code}.{}", option.code))
            .collect(),
        Kind::Matrix { rows, .. } => rows.iter().map(|row| format!("{code}.{}", row.code)).collect(),
        _ => vec![code.clone()],
    }
}

/// Everything that a resource may help with.
fn items(edition: &Edition) -> BTreeSet<String> {
    let questions = scored(edition, |_| true);
    let whole = questions.iter().map(|question| question.code.clone());
    whole.chain(questions.iter().flat_map(|question| parts(question))).collect()
}

/// Every step that a result may propose: they come from the scores of the index.
fn steps(edition: &Edition) -> Vec<String> {
    scored(edition, |is_in_index| is_in_index).into_iter().flat_map(parts).collect()
}
