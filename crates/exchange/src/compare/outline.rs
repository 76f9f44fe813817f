//! What is compared: a definition reduced to what a series depends on.

use std::collections::{BTreeMap, BTreeSet};

use questionnaire::Edition;

use super::logic::Expression;
use super::reads::{self, Read};
use crate::form::{self, Catalogue, Form};

/// A text by language.
pub type Texts = BTreeMap<String, String>;

/// A definition reduced to what a series depends on, whatever format it came from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outline {
    /// What it is called in messages: the edition's code, or a file.
    pub name: String,
    /// Languages.
    pub languages: Vec<String>,
    /// Questions, in the order of asking.
    pub questions: Vec<Question>,
    /// Derived variables.
    pub derived: Vec<Derived>,
    /// Indicators.
    pub indicators: Vec<Indicator>,
    /// Codes that are never given again, with the reason.
    pub retired: BTreeMap<String, String>,
    /// What the format said that is not compared, with its place.
    pub left_out: Vec<String>,
}

/// A question.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Question {
    /// Code.
    pub code: String,
    /// Kind of answer.
    pub kind: String,
    /// Section.
    pub section: String,
    /// Screen.
    pub screen: String,
    /// Text.
    pub texts: Texts,
    /// Help.
    pub help: Texts,
    /// Who is asked, in words.
    pub base_labels: Texts,
    /// Who is asked.
    pub show_if: Option<Expression>,
    /// Answers.
    pub options: Vec<Item>,
    /// Rows.
    pub rows: Vec<Item>,
    /// Limits by name: `max_choices`, `min`, `max`, `max_length`.
    pub limits: BTreeMap<String, String>,
    /// Where answers come from: a reference list, or an earlier question.
    pub source: Option<String>,
    /// Whether an answer must be given.
    pub is_required: bool,
    /// Whether it is asked in some editions only.
    pub is_rotating: bool,
    /// Rule of its score item.
    pub score: Option<String>,
}

/// An answer, or a row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Item {
    /// Code.
    pub code: String,
    /// Label.
    pub texts: Texts,
    /// Who is offered it.
    pub show_if: Option<Expression>,
    /// Points.
    pub points: Option<f64>,
    /// The group of rows it is shown with.
    pub group: Option<String>,
    /// What choosing it does beside: `exclusive`, `ends`.
    pub rules: BTreeSet<String>,
}

/// A derived variable.
#[derive(Debug, Clone, PartialEq)]
pub struct Derived {
    /// Name, without `derived.`.
    pub name: String,
    /// Label.
    pub label: String,
    /// How it is computed, in a canonical writing.
    pub definition: String,
    /// What it reads, and what those read.
    pub reads: BTreeSet<Read>,
}

/// An indicator.
#[derive(Debug, Clone, PartialEq)]
pub struct Indicator {
    /// Code.
    pub code: String,
    /// Label.
    pub label: String,
    /// Numerator.
    pub numerator: Expression,
    /// Base.
    pub base: Expression,
    /// Base in words.
    pub base_label: String,
    /// Unit.
    pub unit: String,
    /// What it reads, and what those read.
    pub reads: BTreeSet<Read>,
}

impl Outline {
    /// A questionnaire without indicators.
    #[must_use]
    pub fn of_form(name: &str, form: &Form) -> Self {
        let mut questions = Vec::new();
        for section in &form.sections {
            for screen in &section.screens {
                for question in &screen.questions {
                    questions.push(of_question(form, &section.code, &screen.code, question));
                }
            }
        }
        Self {
            name: name.to_owned(),
            languages: form.languages.clone(),
            questions,
            retired: form.retired.iter().map(|code| (code.code.clone(), code.reason.clone())).collect(),
            ..Self::default()
        }
    }

    /// A checked edition: its questionnaire as written, its derived variables and its indicators.
    #[must_use]
    pub fn of_edition(form: &Form, edition: &Edition) -> Self {
        let (derived, indicators) = reads::series(edition);
        Self { derived, indicators, ..Self::of_form(&edition.questionnaire.edition, form) }
    }

    /// The same, with one language only; `None` when it is not one of its languages.
    #[must_use]
    pub fn in_language(&self, language: &str) -> Option<Self> {
        if !self.languages.iter().any(|known| known == language) {
            return None;
        }
        let mut outline = self.clone();
        let keep = |texts: &mut Texts| texts.retain(|known, _| known == language);
        for question in &mut outline.questions {
            keep(&mut question.texts);
            keep(&mut question.help);
            keep(&mut question.base_labels);
            question.options.iter_mut().chain(&mut question.rows).for_each(|item| keep(&mut item.texts));
        }
        outline.languages = vec![language.to_owned()];
        Some(outline)
    }

    /// The same, with the derived variables and indicators of another: what a questionnaire alone does not say is
    /// taken as unchanged, and what it changes in them shows by what they read.
    #[must_use]
    pub fn with_series_of(self, other: &Self) -> Self {
        Self { derived: other.derived.clone(), indicators: other.indicators.clone(), ..self }
    }

    /// The question with this code.
    #[must_use]
    pub fn question(&self, code: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.code == code)
    }

    /// The indicator with this code.
    #[must_use]
    pub fn indicator(&self, code: &str) -> Option<&Indicator> {
        self.indicators.iter().find(|indicator| indicator.code == code)
    }
}

/// A text in every language that has it.
fn texts(form: &Form, key: &str, first: Option<&String>) -> Texts {
    let mut texts = Texts::new();
    if let (Some(language), Some(text)) = (form.languages.first(), first) {
        texts.insert(language.clone(), text.clone());
    }
    for (language, catalogue) in &form.translations {
        if let Some(text) = Catalogue::get(catalogue, key) {
            texts.insert(language.clone(), text.to_owned());
        }
    }
    texts
}

fn of_question(form: &Form, section: &str, screen: &str, question: &form::Question) -> Question {
    let key = format!("question.{}", question.code);
    let options = question.options.iter().map(|option| {
        let mut rules = BTreeSet::new();
        for (rule, codes) in [("exclusive", &question.exclusive), ("ends", &question.ends_on)] {
            if codes.contains(&option.code) {
                rules.insert(rule.to_owned());
            }
        }
        Item {
            code: option.code.clone(),
            texts: texts(form, &format!("{key}.options.{}", option.code), Some(&option.label)),
            show_if: option.show_if.as_deref().map(Expression::ours),
            points: option.points,
            rules,
            group: None,
        }
    });
    let rows = question.rows.iter().map(|row| Item {
        code: row.code.clone(),
        texts: texts(form, &format!("{key}.rows.{}", row.code), Some(&row.label)),
        show_if: row.show_if.as_deref().map(Expression::ours),
        group: row.group.clone(),
        ..Item::default()
    });
    let limits = [
        ("max_choices", question.max_choices),
        ("min", question.min),
        ("max", question.max),
        ("max_length", question.max_length),
    ];
    Question {
        code: question.code.clone(),
        kind: question.kind.clone(),
        section: section.to_owned(),
        screen: screen.to_owned(),
        texts: texts(form, &format!("{key}.text"), Some(&question.text)),
        help: texts(form, &format!("{key}.help"), question.help.as_ref()),
        base_labels: texts(form, &format!("{key}.base_label"), question.base_label.as_ref()),
        show_if: question.show_if.as_deref().map(Expression::ours),
        options: options.collect(),
        rows: rows.collect(),
        limits: limits
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.to_string())))
            .collect(),
        source: question.list.clone().or_else(|| question.options_from.clone()),
        is_required: question.required,
        is_rotating: question.rotating,
        score: question.score.clone(),
    }
}
