//! Which columns an edition's answers make. The writer and the analysis both read it here.

use questionnaire::{Edition, Kind, Question, QuestionIndex};

/// A column of answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerColumn {
    /// Name in the extract.
    pub name: String,
    /// The question.
    pub question: QuestionIndex,
    /// The part of the answer that it holds.
    pub part: Part,
}

/// The part of an answer that a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The code answered.
    Code,
    /// The number answered.
    Integer,
    /// Whether this option is ticked.
    Option(usize),
    /// The code answered in this row.
    Row(usize),
    /// The kind of an identifier.
    IdentifierType,
}

/// The columns of an edition's answers, in the questionnaire's order. Personal questions, free texts and e-mail addresses
/// have none, whatever the definition says of them, and an identifier has one for its kind alone.
#[must_use]
pub fn answer_columns(edition: &Edition) -> Vec<AnswerColumn> {
    let mut columns = Vec::new();
    for (index, question) in edition.questionnaire.questions.iter().enumerate() {
        if !question.is_personal {
            columns.extend(parts(question).into_iter().map(|(name, part)| AnswerColumn {
                name,
                question: index,
                part,
            }));
        }
    }
    columns
}

fn parts(question: &Question) -> Vec<(String, Part)> {
    let code = &question.code;
    match &question.kind {
        Kind::Single { .. } | Kind::Commune => vec![(code.clone(), Part::Code)],
        Kind::Integer { .. } => vec![(code.clone(), Part::Integer)],
        Kind::Multiple { options, .. } | Kind::Networks { options } => options
            .iter()
            .enumerate()
            .map(|(index, option)| (format!("{code}.{}", option.code), Part::Option(index)))
            .collect(),
        Kind::Matrix { rows, .. } => rows
            .iter()
            .enumerate()
            .map(|(index, row)| (format!("{code}.{}", row.code), Part::Row(index)))
            .collect(),
        Kind::Identifier { .. } => vec![(format!("{code}.type"), Part::IdentifierType)],
        Kind::Text { .. } | Kind::Email => Vec::new(),
    }
}

/// The screen that shows a question, or one row of a matrix that is spread over several screens.
#[must_use]
pub fn screen_of(edition: &Edition, question: QuestionIndex, row: Option<usize>) -> usize {
    let shows = |screen: &questionnaire::Screen| {
        screen.items.iter().any(|item| {
            item.question == question
                && match (row, &item.rows) {
                    (Some(row), Some(rows)) => rows.contains(&row),
                    _ => true,
                }
        })
    };
    let questionnaire = &edition.questionnaire;
    questionnaire.screens.iter().position(shows).unwrap_or(questionnaire.questions[question].screen)
}
