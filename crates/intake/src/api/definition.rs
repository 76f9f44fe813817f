//! The questionnaire for programs: what a form shows, and the conditions as they were written.

use questionnaire::{Choice, Kind, Question, Questionnaire, Row, Screen};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;

/// What is asked.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(title = "Questionnaire")]
pub(crate) struct Definition {
    /// Code of the survey.
    survey: String,
    /// Code of the edition.
    edition: String,
    /// Answers are given under this version.
    version: String,
    /// Language of the texts.
    language: &'static str,
    /// Title.
    title: String,
    /// Parts, in order.
    sections: Vec<DefinedSection>,
    /// Screens, in order: what is saved at once.
    screens: Vec<DefinedScreen>,
    /// Questions, in the order of asking.
    questions: Vec<DefinedQuestion>,
}

/// A part.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DefinedSection {
    /// Code.
    code: String,
    /// Title.
    title: String,
}

/// A screen.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DefinedScreen {
    /// Code, under which it is saved.
    code: String,
    /// Code of its part.
    section: String,
    /// Title above the questions.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    title: Option<String>,
    /// What it may ask.
    questions: Vec<DefinedItem>,
}

/// A question, or some rows of a matrix, on a screen.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DefinedItem {
    /// Code of the question.
    code: String,
    /// The rows on this screen, of a matrix that is spread over several.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    rows: Option<Vec<String>>,
}

/// The kind of a question.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DefinedKind {
    /// The code of one option.
    Single,
    /// An array of codes of options.
    Multiple,
    /// Code of a row to code of an option.
    Matrix,
    /// A whole number.
    Integer,
    /// A text.
    Text,
    /// An e-mail address.
    Email,
    /// `type`, and `value` for `siret` and `rna`.
    Identifier,
    /// The code of a commune (COG).
    Commune,
    /// `codes`, and `other`.
    Networks,
}

/// A question.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DefinedQuestion {
    /// Code.
    code: String,
    /// Kind of answer.
    kind: DefinedKind,
    /// Text.
    text: String,
    /// Help under the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    help: Option<String>,
    /// When it is asked, as it was written; absent for everyone. The path of a response says it for that response.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    show_if: Option<String>,
    /// Whether it must be answered to go on.
    is_required: bool,
    /// Whether its answer may identify someone; it never enters the statistics' file.
    is_personal: bool,
    /// Options, in order.
    options: Vec<DefinedOption>,
    /// Rows of a matrix, in order.
    rows: Vec<DefinedRow>,
    /// The question whose ticked options alone are offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    options_from: Option<String>,
    /// The most options that may be ticked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    most: Option<usize>,
    /// The smallest whole number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    minimum: Option<i64>,
    /// The largest whole number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    maximum: Option<i64>,
    /// The most characters of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    max_length: Option<usize>,
}

/// An option.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DefinedOption {
    /// Code.
    code: String,
    /// Label.
    label: String,
    /// Whether ticking it unticks all others.
    is_exclusive: bool,
    /// Whether choosing it ends the questionnaire: a refusal.
    is_ending: bool,
    /// When it is offered; absent for everyone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    show_if: Option<String>,
}

/// A row of a matrix.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DefinedRow {
    /// Code.
    code: String,
    /// Label.
    label: String,
    /// When it is asked; absent for everyone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    show_if: Option<String>,
}

impl Definition {
    /// The questionnaire of a face.
    pub(crate) fn of(app: &App) -> Self {
        let questionnaire = &app.intake.edition.questionnaire;
        let section = |section: &questionnaire::Section| DefinedSection {
            code: section.code.clone(),
            title: section.title.clone(),
        };
        Self {
            survey: questionnaire.survey.clone(),
            edition: app.intake.settings.edition.clone(),
            version: questionnaire.version.clone(),
            language: app.language.code(),
            title: questionnaire.title.clone(),
            sections: questionnaire.sections.iter().map(section).collect(),
            screens: questionnaire
                .screens
                .iter()
                .map(|screen| defined_screen(questionnaire, screen))
                .collect(),
            questions: questionnaire.questions.iter().map(|asked| question(questionnaire, asked)).collect(),
        }
    }
}

fn defined_screen(questionnaire: &Questionnaire, screen: &Screen) -> DefinedScreen {
    let item = |item: &questionnaire::ScreenItem| {
        let question = &questionnaire.questions[item.question];
        let codes = |rows: &Vec<usize>| rows.iter().map(|&row| question.rows()[row].code.clone()).collect();
        DefinedItem { code: question.code.clone(), rows: item.rows.as_ref().map(codes) }
    };
    DefinedScreen {
        code: screen.code.clone(),
        section: questionnaire.sections[screen.section].code.clone(),
        title: screen.title.clone(),
        questions: screen.items.iter().map(item).collect(),
    }
}

fn question(questionnaire: &Questionnaire, question: &Question) -> DefinedQuestion {
    let mut defined = DefinedQuestion {
        code: question.code.clone(),
        kind: DefinedKind::Text,
        text: question.text.clone(),
        help: question.help.clone(),
        show_if: question.show_if_text.clone(),
        is_required: question.is_required,
        is_personal: question.is_personal,
        options: question.options().iter().map(option).collect(),
        rows: question.rows().iter().map(row).collect(),
        options_from: None,
        most: None,
        minimum: None,
        maximum: None,
        max_length: None,
    };
    defined.kind = match &question.kind {
        Kind::Single { options_from, .. } => {
            defined.options_from = options_from.map(|from| questionnaire.questions[from].code.clone());
            DefinedKind::Single
        }
        Kind::Multiple { max, .. } => {
            defined.most = *max;
            DefinedKind::Multiple
        }
        Kind::Matrix { .. } => DefinedKind::Matrix,
        Kind::Integer { min, max } => {
            (defined.minimum, defined.maximum) = (Some(*min), Some(*max));
            DefinedKind::Integer
        }
        Kind::Text { max_length, .. } => {
            defined.max_length = Some(*max_length);
            DefinedKind::Text
        }
        Kind::Email => DefinedKind::Email,
        Kind::Identifier { .. } => DefinedKind::Identifier,
        Kind::Commune => DefinedKind::Commune,
        Kind::Networks { .. } => DefinedKind::Networks,
    };
    defined
}

fn option(option: &Choice) -> DefinedOption {
    DefinedOption {
        code: option.code.clone(),
        label: option.label.clone(),
        is_exclusive: option.is_exclusive,
        is_ending: option.is_ending,
        show_if: option.show_if_text.clone(),
    }
}

fn row(row: &Row) -> DefinedRow {
    DefinedRow { code: row.code.clone(), label: row.label.clone(), show_if: row.show_if_text.clone() }
}
