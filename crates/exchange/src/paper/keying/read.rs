//! From what was keyed for one question to an answer.

use std::collections::{BTreeMap, BTreeSet};

use questionnaire::{
    Answer, Choice, Commune, Edition, Identifier, Kind, Networks, Question, QuestionIndex, Violation,
    ViolationCode, read,
};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;

use crate::paper::words::Words;

/// Reads what was keyed for questions of an edition.
pub(super) struct Reader<'a> {
    pub(super) edition: &'a Edition,
    pub(super) words: &'a Words,
}

/// Sentences about what cannot be read.
type Faults = Vec<String>;

impl Reader<'_> {
    /// The answer, `None` when the question was left blank.
    pub(super) fn answer(&self, index: QuestionIndex, value: &Value) -> Result<Option<Answer>, Faults> {
        if is_blank(value) {
            return Ok(None);
        }
        let question = &self.edition.questionnaire.questions[index];
        let answer = match &question.kind {
            Kind::Single { options, .. } => Answer::Text(self.option(options, value)?),
            Kind::Multiple { options, .. } => Answer::Multiple(self.options(options, value)?),
            Kind::Matrix { options, .. } => return self.matrix(question, options, value),
            Kind::Integer { .. } => Answer::Integer(self.integer(index, value)?),
            Kind::Text { .. } => Answer::Text(self.text(index, value)?),
            Kind::Email => {
                let text = self.text(index, value)?;
                Answer::Text(read::email(&text).unwrap_or(text))
            }
            Kind::Identifier { options } => Answer::Identifier(self.identifier(index, options, value)?),
            Kind::Commune => Answer::Text(self.commune(index, value)?),
            Kind::Networks { options } => Answer::Networks(self.networks(index, options, value)?),
        };
        Ok(Some(answer))
    }

    fn violation(&self, index: QuestionIndex, code: ViolationCode, value: &str) -> Faults {
        let parameters = vec![("value", value.to_owned())];
        vec![Violation { question: index, row: None, code, parameters }.message(&self.edition.texts)]
    }

    fn wrong_kind(&self, index: QuestionIndex, value: &Value) -> Faults {
        self.violation(index, ViolationCode::WrongKind, &value.to_string())
    }

    fn unknown(&self, value: &Value) -> Faults {
        let value = scalar(value).unwrap_or_else(|| value.to_string());
        vec![self.words.fill("keying.unknown_option", &[("value", &value)])]
    }

    /// The code of an option that was keyed by its code or by its label.
    fn option(&self, options: &[Choice], value: &Value) -> Result<String, Faults> {
        let text = scalar(value).ok_or_else(|| self.unknown(value))?;
        let by_code = options.iter().find(|option| option.code == text.trim());
        let wanted = normal(&text);
        by_code
            .or_else(|| options.iter().find(|option| normal(&option.label) == wanted))
            .map(|option| option.code.clone())
            .ok_or_else(|| self.unknown(value))
    }

    fn options(&self, options: &[Choice], value: &Value) -> Result<BTreeSet<String>, Faults> {
        let values = match value {
            Value::Array(values) => values.as_slice(),
            one => std::slice::from_ref(one),
        };
        let mut codes = BTreeSet::new();
        let mut faults = Faults::new();
        for value in values.iter().filter(|value| !is_blank(value)) {
            match self.option(options, value) {
                Ok(code) => {
                    codes.insert(code);
                }
                Err(found) => faults.extend(found),
            }
        }
        if faults.is_empty() { Ok(codes) } else { Err(faults) }
    }

    fn matrix(
        &self,
        question: &Question,
        options: &[Choice],
        value: &Value,
    ) -> Result<Option<Answer>, Faults> {
        let Value::Object(given) = value else {
            return Err(self.unknown(value));
        };
        let mut rows = BTreeMap::new();
        let mut faults = Faults::new();
        for (key, value) in given.iter().filter(|(_, value)| !is_blank(value)) {
            let wanted = normal(key);
            let known = question.rows().iter();
            let row = known.clone().find(|row| row.code == *key).or_else(|| {
                let mut known = known.clone();
                known.find(|row| normal(&row.label) == wanted)
            });
            match (row, self.option(options, value)) {
                (None, _) => faults.push(self.words.fill("keying.unknown_row", &[("key", key)])),
                (Some(row), Ok(code)) => {
                    if rows.insert(row.code.clone(), code).is_some() {
                        faults.push(self.words.say("keying.twice").to_owned());
                    }
                }
                (Some(row), Err(found)) => {
                    faults
                        .extend(found.iter().map(|text| format!("{} {text}", self.words.quoted(&row.label))));
                }
            }
        }
        match (faults.is_empty(), rows.is_empty()) {
            (false, _) => Err(faults),
            (true, true) => Ok(None),
            (true, false) => Ok(Some(Answer::Matrix(rows))),
        }
    }

    fn integer(&self, index: QuestionIndex, value: &Value) -> Result<i64, Faults> {
        let text = scalar(value).ok_or_else(|| self.wrong_kind(index, value))?;
        read::integer(&text).map_err(|code| self.violation(index, code, &text))
    }

    fn text(&self, index: QuestionIndex, value: &Value) -> Result<String, Faults> {
        let text = scalar(value).ok_or_else(|| self.wrong_kind(index, value))?;
        Ok(text.trim().to_owned())
    }

    /// `{ type, value }`, the name of a kind without number, or a number that says by its first letter what it is.
    fn identifier(
        &self,
        index: QuestionIndex,
        options: &[Choice],
        value: &Value,
    ) -> Result<Identifier, Faults> {
        let known = |code: &str| options.iter().any(|option| option.code == code);
        let normalised = |kind: String, value: Option<String>| {
            let value = value.map(|text| match kind.as_str() {
                "siret" => read::siret(&text).unwrap_or(text),
                "rna" => read::rna(&text).unwrap_or(text),
                _ => text,
            });
            Identifier { kind, value }
        };
        match value {
            Value::Object(table) if table.keys().all(|key| key == "type" || key == "value") => {
                let kind = table.get("type").filter(|kind| !is_blank(kind));
                let kind = self.option(options, kind.ok_or_else(|| self.wrong_kind(index, value))?)?;
                let number = match table.get("value").filter(|value| !is_blank(value)) {
                    Some(number) => Some(scalar(number).ok_or_else(|| self.wrong_kind(index, number))?),
                    None => None,
                };
                Ok(normalised(kind, number))
            }
            other => {
                let text = scalar(other).ok_or_else(|| self.wrong_kind(index, other))?;
                if let Ok(kind) = self.option(options, other) {
                    return Ok(Identifier { kind, value: None });
                }
                let is_rna = text.trim_start().starts_with(['W', 'w']) && known("rna");
                let is_siret = text.trim_start().starts_with(|letter: char| letter.is_ascii_digit());
                match (is_rna, is_siret && known("siret")) {
                    (true, _) => Ok(normalised("rna".to_owned(), Some(text))),
                    (false, true) => Ok(normalised("siret".to_owned(), Some(text))),
                    (false, false) => Err(self.unknown(other)),
                }
            }
        }
    }

    /// The post code and the name as written on the sheet; `{ code }` for the official code. Five digits alone are a
    /// post code where there is one.
    fn commune(&self, index: QuestionIndex, value: &Value) -> Result<String, Faults> {
        let lists = &self.edition.nomenclatures;
        if let Value::Object(table) = value {
            let code = table.get("code").and_then(scalar).filter(|_| table.len() == 1);
            return code.ok_or_else(|| self.wrong_kind(index, value));
        }
        let text = scalar(value).ok_or_else(|| self.wrong_kind(index, value))?;
        let (post_code, name) = text.trim().split_once(char::is_whitespace).unwrap_or((text.trim(), ""));
        let name = place(name);
        let served = lists.communes_by_postcode(post_code);
        if served.is_empty() && name.is_empty() {
            // Either an official code or nothing known: the check of the answer says which.
            return Ok(post_code.to_owned());
        }
        let is = |wanted: &str, commune: &Commune| wanted.is_empty() || place(&commune.name) == wanted;
        let mut fitting: Vec<&Commune> =
            served.iter().copied().filter(|commune| is(&name, commune)).collect();
        if fitting.is_empty() {
            fitting = served.into_iter().filter(|commune| place(&commune.name).starts_with(&name)).collect();
        }
        match fitting.as_slice() {
            [] => Err(self.violation(index, ViolationCode::Commune, text.trim())),
            [commune] => Ok(commune.code.clone()),
            several => {
                let codes: Vec<String> =
                    several.iter().map(|commune| format!("{} {}", commune.code, commune.name)).collect();
                let values = [("value", text.trim()), ("codes", &codes.join(", "))];
                Err(vec![self.words.fill("keying.ambiguous_commune", &values)])
            }
        }
    }

    fn networks(&self, index: QuestionIndex, options: &[Choice], value: &Value) -> Result<Networks, Faults> {
        let Value::Object(table) = value else {
            return Ok(Networks { codes: self.options(options, value)?, other: None });
        };
        if let Some(key) = table.keys().find(|key| !["list", "codes", "other"].contains(&key.as_str())) {
            return Err(vec![self.words.fill("keying.unknown_row", &[("key", key)])]);
        }
        // As they are kept, they are called codes.
        let codes = match table.get("list").or_else(|| table.get("codes")) {
            Some(list) => self.options(options, list)?,
            None => BTreeSet::new(),
        };
        let other = match table.get("other").filter(|other| !is_blank(other)) {
            Some(other) => Some(self.text(index, other)?),
            None => None,
        };
        Ok(Networks { codes, other })
    }
}

/// Whether nothing was keyed.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(values) => values.iter().all(is_blank),
        Value::Object(table) => table.values().all(is_blank),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A text or a number as it was keyed.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A label as one compares it: without case, kind of space and of apostrophe.
fn normal(label: &str) -> String {
    let label = label.replace('’', "'");
    label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A name of a place as one compares it: « St-Étienne » is « Saint Etienne ».
fn place(name: &str) -> String {
    let letters = name.replace(['œ', 'Œ'], "oe").nfkd().filter(char::is_ascii).collect::<String>();
    letters
        .to_lowercase()
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| match word {
            "st" => "saint",
            "ste" => "sainte",
            other => other,
        })
        .collect::<Vec<_>>()
        .join(" ")
}
