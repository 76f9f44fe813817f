//! Every text of an edition that a respondent reads, by key.

use std::collections::{BTreeMap, BTreeSet};

use crate::edition::{Derived, Edition, Indicator, Plan, Reference, Scoring, Translation, Wording};
use crate::model::{Kind, Question, Questionnaire};

/// Calls `visit` with the key and the text of everything in the definition that has a translation.
///
/// Networks of the reference list and communes have proper names, which are the same in every language.
pub(crate) fn each(
    questionnaire: &mut Questionnaire,
    scoring: &mut Scoring,
    derived: &mut [Derived],
    visit: &mut dyn FnMut(&str, &mut String),
) {
    visit("title", &mut questionnaire.title);
    for dimension in &mut questionnaire.dimensions {
        visit(&format!("dimension.{}", dimension.code), &mut dimension.label);
    }
    for section in &mut questionnaire.sections {
        visit(&format!("section.{}", section.code), &mut section.title);
    }
    for screen in &mut questionnaire.screens {
        let Some(title) = &mut screen.title else { continue };
        match (&screen.group, screen.items.first()) {
            (Some(group), Some(item)) => {
                let question = &questionnaire.questions[item.question].code;
                visit(&format!("question.{question}.groups.{group}"), title);
            }
            _ => visit(&format!("screen.{}", screen.code), title),
        }
    }
    for question in &mut questionnaire.questions {
        each_of_question(question, visit);
    }
    for check in &mut questionnaire.checks {
        visit(&format!("check.{}", check.code), &mut check.message);
    }
    for level in &mut scoring.levels {
        visit(&format!("level.{}.label", level.code), &mut level.label);
        visit(&format!("level.{}.text", level.code), &mut level.text);
    }
    for criterion in &scoring.criteria {
        let derived = &mut derived[*criterion];
        visit(&format!("derived.{}", derived.name), &mut derived.label);
    }
    for dimension in questionnaire.dimensions.iter().filter(|dimension| dimension.is_scored) {
        let name = score_name(&dimension.code);
        if let Some(score) = derived.iter_mut().find(|derived| derived.name == name) {
            score.label.clone_from(&dimension.label);
        }
    }
}

/// The name of the derived variable that is a dimension's score.
pub(crate) fn score_name(dimension: &str) -> String {
    format!("score_{}", dimension.to_ascii_lowercase())
}

fn each_of_question(question: &mut Question, visit: &mut dyn FnMut(&str, &mut String)) {
    let key = format!("question.{}", question.code);
    visit(&format!("{key}.text"), &mut question.text);
    for (name, text) in [("help", &mut question.help), ("base_label", &mut question.base_label)] {
        if let Some(text) = text {
            visit(&format!("{key}.{name}"), text);
        }
    }
    for option in question.options_mut().iter_mut().filter(|option| !option.is_listed) {
        visit(&format!("{key}.options.{}", option.code), &mut option.label);
    }
    if let Kind::Matrix { rows, .. } = &mut question.kind {
        for row in rows {
            visit(&format!("{key}.rows.{}", row.code), &mut row.label);
        }
    }
}

/// Every text of the indicators and of the plan that a publication repeats.
pub(crate) fn published(plan: &Plan, indicators: &[Indicator], references: &[Reference]) -> BTreeSet<String> {
    let mut texts = BTreeSet::from([plan.title.clone()]);
    for indicator in indicators {
        texts.extend([indicator.label.clone(), indicator.base_label.clone()]);
        texts.extend(indicator.note.clone());
        texts.extend(indicator.target.as_ref().map(|target| target.source.clone()));
    }
    for group in &plan.calibration {
        texts.insert(group.label.clone());
        for margin in &group.margins {
            texts.extend([margin.label.clone(), margin.source.clone()]);
            texts.extend(margin.categories.iter().map(|category| category.label.clone()));
        }
    }
    for breakdown in &plan.breakdowns {
        texts.insert(breakdown.label.clone());
        texts.extend(breakdown.categories.iter().map(|category| category.label.clone()));
    }
    for chapter in &plan.chapters {
        texts.insert(chapter.title.clone());
        texts.extend(chapter.text.clone());
        for chart in &chapter.charts {
            texts.insert(chart.title.clone());
            texts.extend(chart.labels.iter().cloned());
        }
    }
    for reference in references {
        let Reference { label, base, unit, source, verification, note, .. } = reference;
        texts.extend([label, base, unit, source, verification, note].map(Clone::clone));
    }
    texts
}

impl Wording {
    /// Calls `visit` with the key and the text of everything that has a translation in `wording/<language>.toml`.
    pub(crate) fn each(&mut self, visit: &mut dyn FnMut(String, &mut String)) {
        for (code, subject) in &mut self.subjects {
            visit(format!("subject.{code}.singular"), &mut subject.singular);
            visit(format!("subject.{code}.plural"), &mut subject.plural);
        }
        for (code, finding) in &mut self.findings {
            visit(format!("indicator.{code}.finding"), &mut finding.text);
            if let Some(topic) = &mut finding.topic {
                visit(format!("indicator.{code}.topic"), topic);
            }
        }
        for (code, words) in &mut self.breakdowns {
            visit(format!("breakdown.{code}.by"), &mut words.by);
            if let Some(rising) = &mut words.rising {
                visit(format!("breakdown.{code}.rising"), rising);
            }
        }
        for (code, ranking) in &mut self.rankings {
            visit(format!("chart.{code}.ranking"), ranking);
        }
    }
}

impl Edition {
    /// Every text that is published and that the edition has in another of its languages, by the text of the first.
    #[must_use]
    pub fn published_texts(&self, language: &str) -> BTreeMap<String, String> {
        let mut texts = BTreeMap::new();
        if let Some(translation) = self.translations.get(language) {
            let (mut questionnaire, mut scoring) = (self.questionnaire.clone(), self.scoring.clone());
            each(&mut questionnaire, &mut scoring, &mut self.derived.clone(), &mut |key, text| {
                if let Some(given) = translation.definition.get(key) {
                    texts.insert(text.clone(), given.clone());
                }
            });
        }
        // What the words of the publication say goes before what the form says: a label may be a question's too.
        texts.extend(self.labels.get(language).cloned().unwrap_or_default());
        texts
    }

    /// The same edition, same codes and indices, with the texts that respondents read in another of its languages;
    /// `None` when it does not exist in that language. What is published stays in the first language.
    #[must_use]
    pub fn localised(&self, language: &str) -> Option<Self> {
        let mut edition = self.clone();
        if language == self.language {
            return Some(edition);
        }
        let translation = edition.translations.remove(language)?;
        let mut before = Translation { messages: edition.texts, ..Translation::default() };
        each(&mut edition.questionnaire, &mut edition.scoring, &mut edition.derived, &mut |key, text| {
            let given = translation.definition.get(key).cloned().unwrap_or_else(|| text.clone());
            before.definition.insert(key.to_owned(), std::mem::replace(text, given));
        });
        edition.texts = translation.messages;
        edition.translations.insert(std::mem::replace(&mut edition.language, language.to_owned()), before);
        Some(edition)
    }
}
