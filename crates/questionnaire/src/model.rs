//! The questionnaire as data: sections, screens, questions, answer options.
//!
//! Everything here is resolved: codes have become indices into [`Questionnaire::questions`], conditions have been
//! parsed and type-checked. A value of these types is well-formed by construction (see [`crate::Edition::parse`]).

use std::collections::BTreeMap;

use crate::expr::Condition;

/// Index of a question in [`Questionnaire::questions`], which is the order in which questions are asked.
pub type QuestionIndex = usize;

/// What is asked in one edition of a survey, in order.
#[derive(Debug, Clone)]
pub struct Questionnaire {
    /// Code of the survey, for instance `maturite-numerique`.
    pub survey: String,
    /// Code of the edition, for instance `2026`.
    pub edition: String,
    /// Title shown to respondents.
    pub title: String,
    /// SHA-256, in hexadecimal, of all that a respondent sees or that decides the path (`questionnaire.toml`,
    /// translations, list of networks, derived variables read by conditions): the version a response is given under.
    pub version: String,
    /// The languages it exists in; the texts of the file `questionnaire.toml` are in the first.
    pub languages: Vec<String>,
    /// Dimensions, in order.
    pub dimensions: Vec<Dimension>,
    /// Sections, in order.
    pub sections: Vec<Section>,
    /// Screens, in order; each holds one or a few questions, or some rows of a matrix.
    pub screens: Vec<Screen>,
    /// Questions, in the order in which they are asked.
    pub questions: Vec<Question>,
    /// Consistency checks across questions.
    pub checks: Vec<Check>,
    /// Codes that were used once and are never given again.
    pub retired: Vec<Retired>,
    /// Index of each question by its code.
    pub(crate) codes: BTreeMap<String, QuestionIndex>,
}

/// A code of an earlier edition that no question, answer or row may take again with another meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retired {
    /// `question`, `question.option` or `question.row`.
    pub code: String,
    /// Why it was retired.
    pub reason: String,
}

/// A theme that questions and indicators belong to.
#[derive(Debug, Clone)]
pub struct Dimension {
    /// Code, for instance `STR`.
    pub code: String,
    /// Label shown to readers.
    pub label: String,
    /// Whether items of this dimension make a score (`derived.score_<code in lower case>`).
    pub is_scored: bool,
    /// Whether that score enters the global index (`derived.indice`).
    pub is_in_index: bool,
}

/// A part of the questionnaire with a title of its own.
#[derive(Debug, Clone)]
pub struct Section {
    /// Code, for instance `A`.
    pub code: String,
    /// Title shown to respondents.
    pub title: String,
}

/// What is shown at once.
#[derive(Debug, Clone)]
pub struct Screen {
    /// Code used in addresses, for instance `usages-communiquer`.
    pub code: String,
    /// Index of the section it belongs to.
    pub section: usize,
    /// Title above the questions, where the questions' own texts do not suffice.
    pub title: Option<String>,
    /// Code of the group of rows it shows, when a matrix is spread over several screens: its title is the group's.
    pub group: Option<String>,
    /// What is shown, in order.
    pub items: Vec<ScreenItem>,
}

/// A question, or some rows of a matrix, on a screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScreenItem {
    /// The question.
    pub question: QuestionIndex,
    /// The rows shown here when a matrix is spread over several screens; `None` means the whole question.
    pub rows: Option<Vec<usize>>,
}

/// One question.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "independent properties, each a key of the definition")]
pub struct Question {
    /// Frozen code, for instance `str_maturite`; never reused with another meaning.
    pub code: String,
    /// Text shown to respondents.
    pub text: String,
    /// Help shown under the text.
    pub help: Option<String>,
    /// What kind of answer it takes.
    pub kind: Kind,
    /// Code of its dimension.
    pub dimension: String,
    /// Index of its section.
    pub section: usize,
    /// Index of the (first) screen that shows it.
    pub screen: usize,
    /// Who is asked; `None` means everyone who gets that far.
    pub show_if: Option<Condition>,
    /// Source text of `show_if`, for paper, codebook and messages.
    pub show_if_text: Option<String>,
    /// Who is asked, in words for a reader, where it is not everyone ("organisations employeuses").
    pub base_label: Option<String>,
    /// Whether a respondent who is asked must answer to go on.
    pub is_required: bool,
    /// Whether it is announced as optional.
    pub is_optional: bool,
    /// Whether the answer may identify someone: it is kept out of the extract.
    pub is_personal: bool,
    /// Whether it is asked in some editions only.
    pub is_rotating: bool,
    /// How its answer makes a score item from 0 to 100, if it does.
    pub score: Option<ScoreRule>,
    /// Outside instruments that ask the same, in words.
    pub comparable: Option<String>,
}

/// The kind of answer a question takes.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Exactly one of the options.
    Single {
        /// The options, in order.
        options: Vec<Choice>,
        /// The multiple-choice question whose ticked options alone are offered here.
        options_from: Option<QuestionIndex>,
    },
    /// Any number of the options, up to a maximum.
    Multiple {
        /// The options, in order.
        options: Vec<Choice>,
        /// The most options that may be ticked.
        max: Option<usize>,
    },
    /// One of the options for each row.
    Matrix {
        /// The rows, in order.
        rows: Vec<Row>,
        /// The options, the same for every row.
        options: Vec<Choice>,
    },
    /// A whole number.
    Integer {
        /// Smallest accepted value.
        min: i64,
        /// Largest accepted value.
        max: i64,
    },
    /// Free text.
    Text {
        /// Most characters (Unicode scalar values) accepted.
        max_length: usize,
        /// Whether several lines are expected.
        is_long: bool,
    },
    /// An e-mail address.
    Email,
    /// An identifier of an organisation: a kind (`siret`, `rna`, …) and, for some kinds, a value.
    Identifier {
        /// The kinds, in order. `siret` and `rna` take a value; the others take none.
        options: Vec<Choice>,
    },
    /// A commune of the official geographical code.
    Commune,
    /// Networks of a reference list, and a free entry for one that is missing from it.
    Networks {
        /// The networks of the list, then the exclusive `aucun`.
        options: Vec<Choice>,
    },
}

/// An answer option.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Frozen code.
    pub code: String,
    /// Label shown to respondents.
    pub label: String,
    /// Points towards the question's score item, from 0 to 100.
    pub points: Option<f64>,
    /// Whether ticking it unticks all others.
    pub is_exclusive: bool,
    /// Whether choosing it ends the questionnaire at once (a refusal of consent).
    pub is_ending: bool,
    /// Who is offered it; `None` means everyone who is asked the question.
    pub show_if: Option<Condition>,
    /// Source text of `show_if`.
    pub show_if_text: Option<String>,
    /// Whether it comes from a reference list rather than from the questionnaire: its label is a proper name.
    pub is_listed: bool,
}

/// A row of a matrix.
#[derive(Debug, Clone)]
pub struct Row {
    /// Frozen code.
    pub code: String,
    /// Label shown to respondents.
    pub label: String,
    /// Who is shown this row; `None` means everyone who is asked the question.
    pub show_if: Option<Condition>,
    /// Source text of `show_if`.
    pub show_if_text: Option<String>,
}

/// How an answer becomes an item score from 0 to 100 (`questionnaire.md`, section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScoreRule {
    /// The points of the answer.
    Single,
    /// The sum of the points ticked, capped at 100.
    MultiCap100,
    /// The highest points ticked.
    MultiMax,
    /// The mean over the measured rows.
    MatrixMean,
}

/// What a consistency check does when it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It is shown once, and the respondent may go on.
    Warning,
    /// The answers are refused until they agree.
    Error,
}

/// A consistency check across questions.
#[derive(Debug, Clone)]
pub struct Check {
    /// Code.
    pub code: String,
    /// When it speaks.
    pub when: Condition,
    /// Source text of `when`.
    pub when_text: String,
    /// Whether it warns or refuses.
    pub severity: Severity,
    /// What it says to the respondent.
    pub message: String,
    /// The last question it reads: the screen on which it speaks.
    pub question: QuestionIndex,
}

impl Questionnaire {
    /// The index of the question with this code.
    #[must_use]
    pub fn question_index(&self, code: &str) -> Option<QuestionIndex> {
        self.codes.get(code).copied()
    }

    /// The question with this code.
    #[must_use]
    pub fn question(&self, code: &str) -> Option<&Question> {
        self.question_index(code).map(|index| &self.questions[index])
    }

    /// The index of the screen with this code.
    #[must_use]
    pub fn screen_index(&self, code: &str) -> Option<usize> {
        self.screens.iter().position(|screen| screen.code == code)
    }
}

impl Question {
    /// The options of the question; empty for kinds that have none.
    #[must_use]
    pub fn options(&self) -> &[Choice] {
        match &self.kind {
            Kind::Single { options, .. }
            | Kind::Multiple { options, .. }
            | Kind::Matrix { options, .. }
            | Kind::Identifier { options }
            | Kind::Networks { options } => options,
            Kind::Integer { .. } | Kind::Text { .. } | Kind::Email | Kind::Commune => &[],
        }
    }

    /// The answer options, to change their texts.
    pub(crate) fn options_mut(&mut self) -> &mut [Choice] {
        match &mut self.kind {
            Kind::Single { options, .. }
            | Kind::Multiple { options, .. }
            | Kind::Matrix { options, .. }
            | Kind::Identifier { options }
            | Kind::Networks { options } => options,
            Kind::Integer { .. } | Kind::Text { .. } | Kind::Email | Kind::Commune => &mut [],
        }
    }

    /// Whether some of the options may not be offered, as the answers to earlier questions have it.
    #[must_use]
    pub fn has_limited_options(&self) -> bool {
        matches!(self.kind, Kind::Single { options_from: Some(_), .. })
            || self.options().iter().any(|option| option.show_if.is_some())
    }

    /// The option with this code.
    #[must_use]
    pub fn option(&self, code: &str) -> Option<&Choice> {
        self.options().iter().find(|choice| choice.code == code)
    }

    /// The rows of a matrix; empty for other kinds.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        match &self.kind {
            Kind::Matrix { rows, .. } => rows,
            _ => &[],
        }
    }
}
