//! JSON answers as the fields of the page's form, so that both are read by the same code.
//!
//! Only what a form could not say is judged here: a question that is not asked on the screen, a value of another shape, an
//! option that does not exist. Everything else (numbers, addresses, lengths, consistency) is left to the reading of
//! forms, which normalises what is typed alike for both.

use questionnaire::{Edition, Kind, Question};
use serde_json::{Map, Value};

use super::problem::Fault;
use crate::draft::Shown;
use crate::fields::Fields;
use crate::reading::{NUMBERED, part};

/// The fields of the questions shown, or all that is wrong with the shape of the answers.
pub(crate) fn fields(
    edition: &Edition,
    shown: &[Shown],
    given: &Map<String, Value>,
) -> Result<Fields, Vec<Fault>> {
    let mut reader = Reader { fields: Fields::default(), faults: Vec::new() };
    let questions = &edition.questionnaire.questions;
    for (code, value) in given {
        match shown.iter().find(|item| questions[item.question].code == *code) {
            Some(item) => reader.question(edition, &questions[item.question], &item.rows, value),
            None if edition.questionnaire.question(code).is_some() => {
                reader.fault(code, "not_asked_here", "this screen does not ask this question");
            }
            None => reader.fault(code, "unknown_question", "the questionnaire has no such question"),
        }
    }
    if reader.faults.is_empty() { Ok(reader.fields) } else { Err(reader.faults) }
}

struct Reader {
    fields: Fields,
    faults: Vec<Fault>,
}

impl Reader {
    fn fault(&mut self, field: &str, rule: &str, message: &str) {
        // A field that the caller made up is repeated, but not at any length.
        let field = field.chars().take(100).collect();
        self.faults.push(Fault { field, rule: rule.to_owned(), message: message.to_owned() });
    }

    fn wrong_kind(&mut self, field: &str, expected: &str) {
        self.fault(field, "wrong_kind", &format!("expected {expected}"));
    }

    fn question(&mut self, edition: &Edition, question: &Question, rows: &[usize], value: &Value) {
        if value.is_null() {
            return;
        }
        let code = question.code.as_str();
        match (&question.kind, value) {
            (Kind::Single { .. }, Value::String(option)) => self.option(question, code, code, option),
            (Kind::Multiple { .. }, Value::Array(options)) => self.options(question, code, options),
            (Kind::Matrix { .. }, Value::Object(given)) => self.matrix(question, rows, given),
            (Kind::Integer { .. }, Value::Number(number)) => self.fields.push(code, &number.to_string()),
            (Kind::Integer { .. } | Kind::Text { .. } | Kind::Email, Value::String(text)) => {
                self.fields.push(code, text);
            }
            (Kind::Commune, Value::String(commune)) => {
                if edition.nomenclatures.commune(commune).is_some() {
                    self.fields.push(code, commune);
                } else {
                    self.fault(code, "commune", "no commune has this code (expected one of the COG)");
                }
            }
            (Kind::Identifier { .. }, Value::Object(given)) => self.identifier(question, given),
            (Kind::Networks { .. }, Value::Object(given)) => self.networks(question, given),
            (kind, _) => self.wrong_kind(code, expected(kind)),
        }
    }

    /// An option under the name of a form's field; `said` is how a fault calls that field.
    fn option(&mut self, question: &Question, name: &str, said: &str, option: &str) {
        if question.option(option).is_some() {
            self.fields.push(name, option);
        } else {
            self.fault(said, "unknown_option", "the question has no such option");
        }
    }

    fn options(&mut self, question: &Question, said: &str, options: &[Value]) {
        for option in options {
            match option {
                Value::String(option) if self.fields.has(&question.code, option) => {}
                Value::String(option) => self.option(question, &question.code, said, option),
                _ => self.wrong_kind(said, "an array of codes of options"),
            }
        }
    }

    fn matrix(&mut self, question: &Question, rows: &[usize], given: &Map<String, Value>) {
        for (row, option) in given {
            let field = part(question, row);
            let is_here = rows.iter().any(|&shown| question.rows()[shown].code == *row);
            match option {
                _ if !is_here => self.fault(&field, "not_asked_here", "this screen does not ask this row"),
                Value::Null => {}
                Value::String(option) => self.option(question, &field, &field, option),
                _ => self.wrong_kind(&field, "the code of an option"),
            }
        }
    }

    fn identifier(&mut self, question: &Question, given: &Map<String, Value>) {
        let code = &question.code;
        let is_known = given.keys().all(|key| key == "type" || key == "value");
        match (given.get("type"), given.get("value")) {
            (Some(Value::String(kind)), None | Some(Value::Null)) if is_known => {
                self.option(question, &part(question, "type"), &part(question, "type"), kind);
            }
            (Some(Value::String(kind)), Some(Value::String(value))) if is_known => {
                self.option(question, &part(question, "type"), &part(question, "type"), kind);
                if NUMBERED.contains(&kind.as_str()) {
                    self.fields.push(&part(question, kind), value);
                } else if question.option(kind).is_some() {
                    self.fault(
                        &part(question, "value"),
                        "wrong_kind",
                        "this type of identifier has no value",
                    );
                }
            }
            _ => self.wrong_kind(code, expected(&question.kind)),
        }
    }

    fn networks(&mut self, question: &Question, given: &Map<String, Value>) {
        let is_known = given.keys().all(|key| key == "codes" || key == "other");
        match (given.get("codes"), given.get("other")) {
            (Some(Value::Array(codes)), None | Some(Value::Null)) if is_known => {
                self.options(question, &part(question, "codes"), codes);
            }
            (Some(Value::Array(codes)), Some(Value::String(other))) if is_known => {
                self.options(question, &part(question, "codes"), codes);
                self.fields.push(&part(question, "autre"), other);
            }
            _ => self.wrong_kind(&question.code, expected(&question.kind)),
        }
    }
}

/// The shape of an answer, in words.
fn expected(kind: &Kind) -> &'static str {
    match kind {
        Kind::Single { .. } => "the code of an option, as a string",
        Kind::Multiple { .. } => "an array of codes of options",
        Kind::Matrix { .. } => "an object: code of a row to code of an option",
        Kind::Integer { .. } => "a whole number",
        Kind::Text { .. } => "a string",
        Kind::Email => "an e-mail address, as a string",
        Kind::Identifier { .. } => "an object with `type`, and `value` for `siret` and `rna`",
        Kind::Commune => "the code of a commune, as a string",
        Kind::Networks { .. } => "an object with `codes`, and `other` for a network that the list lacks",
    }
}
