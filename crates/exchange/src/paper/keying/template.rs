//! An empty return, to fill in while reading a sheet.

use std::fmt::Write as _;

use questionnaire::{Choice, Edition, Kind, Question, curly};

use crate::paper::words::Words;

/// An empty return as TOML: every question with its number, its text and the codes of its answers.
#[must_use]
pub fn template(edition: &Edition, words: &Words) -> String {
    let questionnaire = &edition.questionnaire;
    let mut text = String::new();
    let mut add = |line: &str| writeln!(text, "{line}").expect("a string takes every line");
    let about = [("title", questionnaire.title.as_str()), ("edition", questionnaire.edition.as_str())];
    add(&comment(&words.fill("document.title", &about)));
    add("");
    add("[[return]]");
    add("paper = \"\"");
    add("");
    add("[return.answers]");
    for (index, question) in questionnaire.questions.iter().enumerate() {
        add("");
        add(&comment(&format!("{}. {}", index + 1, curly(&question.text))));
        let options = codes(question);
        if !options.is_empty() {
            add(&comment(&options));
        }
        for line in blanks(question) {
            add(&line);
        }
    }
    text
}

/// Codes and labels: `oui (Oui, je participe) | non (Non)`.
fn codes(question: &Question) -> String {
    let named = |option: &Choice| format!("{} ({})", option.code, curly(&option.label));
    question.options().iter().map(named).collect::<Vec<_>>().join(" | ")
}

fn blanks(question: &Question) -> Vec<String> {
    let code = &question.code;
    match &question.kind {
        Kind::Multiple { .. } => vec![format!("{code} = []")],
        Kind::Identifier { .. } => vec![format!("{code}.type = \"\""), format!("{code}.value = \"\"")],
        Kind::Networks { .. } => vec![format!("{code}.list = []"), format!("{code}.other = \"\"")],
        Kind::Matrix { rows, .. } => rows
            .iter()
            .map(|row| format!("{code}.{} = \"\"  {}", row.code, comment(&curly(&row.label))))
            .collect(),
        Kind::Single { .. } | Kind::Integer { .. } | Kind::Text { .. } | Kind::Email | Kind::Commune => {
            vec![format!("{code} = \"\"")]
        }
    }
}

/// One line of comment, whatever the text holds.
fn comment(text: &str) -> String {
    let line: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    format!("# {line}")
}
