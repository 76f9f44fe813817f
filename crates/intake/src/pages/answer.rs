//! Answers in words.

use questionnaire::{Answer, Answers, Kind, Question, curly};

use crate::app::App;
use crate::draft::Shown;
use crate::texts::fill;

/// An answer, or the answer to a row, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// The row, for a matrix.
    pub(crate) row: Option<String>,
    /// `None` when left blank.
    pub(crate) value: Option<String>,
}

/// What was answered to a question, one line for each row shown.
pub(crate) fn lines(app: &App, shown: &Shown, answers: &Answers) -> Vec<Line> {
    let question = &app.intake.edition.questionnaire.questions[shown.question];
    let answer = answers.get(&question.code);
    if let Kind::Matrix { rows, .. } = &question.kind {
        let answered = match answer {
            Some(Answer::Matrix(answered)) => Some(answered),
            _ => None,
        };
        return shown
            .rows
            .iter()
            .map(|&row| Line {
                row: Some(rows[row].label.clone()),
                value: answered
                    .and_then(|answered| answered.get(&rows[row].code))
                    .map(|code| label(question, code)),
            })
            .collect();
    }
    vec![Line { row: None, value: answer.map(|answer| words(app, question, answer)) }]
}

/// The label of an option; the code itself when an older questionnaire had it.
pub(crate) fn label(question: &Question, code: &str) -> String {
    question.option(code).map_or(code, |option| option.label.as_str()).to_owned()
}

fn words(app: &App, question: &Question, answer: &Answer) -> String {
    match answer {
        Answer::Integer(number) => app.language.number(*number),
        Answer::Text(code) => match &question.kind {
            Kind::Single { .. } => label(question, code),
            Kind::Commune => app.intake.edition.nomenclatures.commune(code).map_or_else(
                || code.clone(),
                |commune| format!("{} ({})", curly(&commune.name), commune.department),
            ),
            _ => code.clone(),
        },
        Answer::Multiple(codes) => joined(app, question, codes.iter().map(String::as_str), None),
        Answer::Networks(networks) => {
            let short = &app.texts().networks.other_short;
            let other = networks.other.as_ref().map(|name| fill(short, &[("name", name)]));
            joined(app, question, networks.codes.iter().map(String::as_str), other)
        }
        Answer::Identifier(identifier) => {
            let kind = label(question, &identifier.kind);
            let colon = &app.texts().site.colon;
            identifier.value.as_ref().map_or(kind.clone(), |value| format!("{kind}{colon}{value}"))
        }
        Answer::Matrix(_) => String::new(),
    }
}

/// Labels in the order of the options.
fn joined<'a>(
    app: &App,
    question: &Question,
    codes: impl Iterator<Item = &'a str>,
    other: Option<String>,
) -> String {
    let codes: Vec<&str> = codes.collect();
    let options = question.options().iter().filter(|option| codes.contains(&option.code.as_str()));
    let mut labels: Vec<String> = options.map(|option| option.label.clone()).collect();
    labels.extend(other);
    // One below the other, as they were ticked.
    labels.join(&format!("{}\n", app.texts().site.semicolon.trim_end_matches(' ')))
}
