//! What is printed, as plain data: the template reads its JSON.

use serde::Serialize;

/// What the first page says besides the catalogue's own sentences: the same words as the survey's site.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Cover {
    /// Who publishes the survey.
    pub publisher: String,
    /// Where to write to.
    pub contact: String,
    /// What the survey is, in one question.
    pub title: String,
    /// What it is for.
    pub lead: String,
    /// Heading of `whom`.
    pub whom_title: String,
    /// Who is asked to answer.
    pub whom: String,
    /// Heading of `confidentiality`.
    pub confidentiality_title: String,
    /// What is promised, paragraph by paragraph.
    pub confidentiality: Vec<String>,
}

/// A whole questionnaire to print.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sheet {
    /// Language of every text.
    pub language: String,
    /// Title of the document.
    pub document: String,
    /// Title of the questionnaire.
    pub title: String,
    /// Author of the document.
    pub publisher: String,
    /// One sentence about the document.
    pub description: String,
    /// First letters of the questionnaire's version: which text was printed.
    pub version: String,
    /// The first page.
    pub cover: Front,
    /// Sentences of the template.
    pub words: Template,
    /// Sections, in order.
    pub sections: Vec<Part>,
    /// The last words.
    pub thanks: String,
}

impl Sheet {
    /// The data of the template.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts and numbers are JSON")
    }
}

/// The first page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Front {
    /// Words of the survey.
    #[serde(flatten)]
    pub survey: Cover,
    /// « Questionnaire papier, édition 2026 ».
    pub kind: String,
    /// Who publishes.
    pub by: String,
    /// What may be left blank.
    pub ready: String,
    /// How to fill in.
    pub fill: Vec<String>,
    /// How to return.
    pub send: String,
    /// Rights of the respondent.
    pub rights: String,
}

/// Sentences that the template sets by itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Template {
    /// « page 3 / 14 », with braces for both.
    pub page: String,
    /// Before the number of the questionnaire.
    pub number: String,
    /// Heading of `fill`.
    pub fill_title: String,
    /// Heading of `send`.
    pub return_title: String,
    /// Before the day of return.
    pub deadline: String,
    /// Above the address.
    pub address: String,
    /// Heading of `thanks`.
    pub thanks_title: String,
    /// Beside an answer that excludes the others.
    pub exclusive: String,
    /// Before the boxes of a post code.
    pub postcode: String,
    /// Before the name of a commune.
    pub commune: String,
    /// Before the name of a network that the list lacks.
    pub other: String,
    /// In the corner of a table.
    pub rows: String,
}

/// A section.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// Code.
    pub code: String,
    /// Title.
    pub title: String,
    /// Questions, in order.
    pub questions: Vec<Item>,
}

/// A question as printed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Item {
    /// Number, from 1, in the order of asking.
    pub number: usize,
    /// Frozen code.
    pub code: String,
    /// Title above it, when a screen of the site begins here and has one.
    pub heading: Option<String>,
    /// Text.
    pub text: String,
    /// Help.
    pub help: Option<String>,
    /// « obligatoire », « facultatif ».
    pub mark: Option<String>,
    /// Who fills it in, when it is not everyone.
    pub head: Option<String>,
    /// How to answer.
    pub instruction: Option<String>,
    /// Where to answer.
    pub field: Field,
}

/// Where an answer is written.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Field {
    /// Boxes to tick, one below the other.
    Choices {
        /// The answers.
        answers: Vec<Answer>,
    },
    /// A table of boxes.
    Matrix {
        /// The columns.
        answers: Vec<Answer>,
        /// The lines, under their titles.
        groups: Vec<Group>,
    },
    /// A comb of this many boxes for a number.
    Number {
        /// Digits of the largest number.
        digits: usize,
    },
    /// Lines to write on.
    Lines {
        /// How many.
        count: usize,
    },
    /// Boxes to tick, with a comb for those that have a number.
    Identifier {
        /// The kinds.
        answers: Vec<Answer>,
    },
    /// A comb for the post code and a line for the name.
    Commune,
    /// Boxes to tick for a list, and a line for what it lacks.
    Networks {
        /// The networks; when the list is too long to print, only what is not one.
        answers: Vec<Answer>,
        /// Lines to write on.
        lines: usize,
    },
}

/// An answer to tick.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// Frozen code.
    pub code: String,
    /// Label.
    pub label: String,
    /// Whether it excludes the others of a multiple choice.
    pub is_exclusive: bool,
    /// Who may tick it, when it is not everyone.
    pub only_if: Option<String>,
    /// Letters printed before the boxes of a comb, and the sizes of its groups.
    pub comb: Option<Comb>,
    /// Where to go on.
    #[serde(skip)]
    pub go: Option<Go>,
    /// Where to go on, in words.
    pub go_text: Option<String>,
}

/// Boxes for one letter or digit each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comb {
    /// What is printed before.
    pub prefix: String,
    /// Boxes in each group.
    pub groups: Vec<usize>,
}

/// Lines of a table under a title.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// Title.
    pub title: Option<String>,
    /// Lines.
    pub lines: Vec<Line>,
}

/// A line of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// Frozen code.
    pub code: String,
    /// Label.
    pub label: String,
    /// Who fills it in, when it is not everyone.
    pub only_if: Option<String>,
}

/// Where a respondent goes on after an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Go {
    /// At the question with this number.
    To(usize),
    /// Nowhere: the questionnaire ends after the question with this number.
    EndAfter(usize),
}
