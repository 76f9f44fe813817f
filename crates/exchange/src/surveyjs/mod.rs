//! Questionnaires made with SurveyJS, read as far as two of their editions must be compared.
//!
//! This is not an import: SurveyJS has no frozen codes, points or dimensions that a [`crate::Form`] could hold. What
//! is read: pages, panels, questions with their texts in every language, choices, rows, `visibleIf` (a page's and a
//! panel's pass to their questions), limits. What is no question (`html`, `image`, `expression`) is listed.

mod visible_if;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::compare::{Expression, Item, Logic, Outline, Question, Texts};

/// Why a file is not a SurveyJS questionnaire.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SurveyJsError {
    /// It is not JSON.
    #[error("`{name}` is not JSON: {source}")]
    Json {
        /// The file.
        name: String,
        /// Where and why.
        source: serde_json::Error,
    },
    /// It is JSON, and no questionnaire.
    #[error(
        "`{name}` is not a SurveyJS questionnaire: it has no `pages` and no `elements` (expected a list of one)"
    )]
    Shape {
        /// The file.
        name: String,
    },
}

/// Types of elements that ask nothing.
const SILENT: [&str; 4] = ["html", "image", "expression", "empty"];

/// Reads a questionnaire. `name` is what messages call it.
///
/// # Errors
/// When it is not JSON, or has neither pages nor elements.
pub fn read(name: &str, json: &[u8]) -> Result<Outline, SurveyJsError> {
    let source = |source| SurveyJsError::Json { name: name.to_owned(), source };
    let root: Map<String, Value> = serde_json::from_slice(json).map_err(source)?;
    let language = root.get("locale").and_then(Value::as_str).unwrap_or("en").to_owned();
    let mut languages = BTreeSet::new();
    collect_languages(&Value::Object(root.clone()), &mut languages);
    languages.remove("default");
    languages.remove(&language);
    let mut reader = Reader {
        languages: std::iter::once(language.clone()).chain(languages).collect(),
        questions: Vec::new(),
        seen: BTreeSet::new(),
        left_out: Vec::new(),
    };
    match (root.get("pages").and_then(Value::as_array), root.get("elements").and_then(Value::as_array)) {
        (Some(pages), _) => {
            for (index, page) in pages.iter().enumerate() {
                let number = format!("page{}", index + 1);
                let page_name = page.get("name").and_then(Value::as_str).unwrap_or(&number);
                reader.elements(page, page_name, &visible(&[], page));
            }
        }
        (None, Some(_)) => reader.elements(&Value::Object(root.clone()), "page1", &[]),
        (None, None) => return Err(SurveyJsError::Shape { name: name.to_owned() }),
    }
    Ok(Outline {
        name: name.to_owned(),
        languages: reader.languages,
        questions: reader.questions,
        left_out: reader.left_out,
        ..Outline::default()
    })
}

/// The languages of every text: objects under `title`, `text`, `description`.
fn collect_languages(value: &Value, languages: &mut BTreeSet<String>) {
    match value {
        Value::Object(entries) => {
            for (key, inner) in entries {
                if let (true, Some(texts)) = (is_text_key(key), inner.as_object()) {
                    let codes = texts.iter().filter(|(_, text)| text.is_string());
                    languages.extend(codes.map(|(code, _)| code.clone()));
                } else {
                    collect_languages(inner, languages);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_languages(item, languages)),
        _ => {}
    }
}

fn is_text_key(key: &str) -> bool {
    matches!(key, "title" | "text" | "description")
}

/// The conditions that hold for what is inside an element.
fn visible(outer: &[String], element: &Value) -> Vec<String> {
    let own = element.get("visibleIf").and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    outer.iter().cloned().chain(own.map(str::to_owned)).collect()
}

struct Reader {
    /// The questionnaire's own language first.
    languages: Vec<String>,
    questions: Vec<Question>,
    seen: BTreeSet<String>,
    left_out: Vec<String>,
}

impl Reader {
    fn elements(&mut self, parent: &Value, page: &str, conditions: &[String]) {
        for key in ["elements", "questions"] {
            for element in parent.get(key).and_then(Value::as_array).into_iter().flatten() {
                self.element(element, page, conditions);
            }
        }
    }

    fn element(&mut self, element: &Value, page: &str, conditions: &[String]) {
        let word = |key: &str| element.get(key).and_then(Value::as_str);
        let (kind, name) = (word("type").unwrap_or("text"), word("name").unwrap_or(""));
        let conditions = visible(conditions, element);
        if kind == "panel" {
            self.elements(element, page, &conditions);
        } else if SILENT.contains(&kind) {
            self.left_out.push(format!("`{name}` on page `{page}`: `{kind}` asks nothing"));
        } else if name.is_empty() {
            self.left_out.push(format!("a `{kind}` without a name on page `{page}`"));
        } else if !self.seen.insert(name.to_owned()) {
            self.left_out.push(format!("a second `{name}`, on page `{page}`"));
        } else {
            let question = self.question(element, kind, name, page, &conditions);
            self.questions.push(question);
        }
    }

    fn question(
        &self,
        element: &Value,
        kind: &str,
        name: &str,
        page: &str,
        conditions: &[String],
    ) -> Question {
        let get = |key: &str| element.get(key);
        let input = get("inputType").and_then(Value::as_str).unwrap_or("text");
        let kind = match (kind, input) {
            // How a list is drawn is not another question.
            ("radiogroup" | "dropdown" | "buttongroup" | "boolean", _) => "single",
            ("checkbox" | "tagbox", _) => "multiple",
            ("comment", _) => "text",
            ("text", "number" | "range") => "number",
            ("text", input) => input,
            (other, _) => other,
        };
        let mut options = self.items(get("choices").or_else(|| get("columns")), &["value", "name"]);
        for (flag, code) in [("hasOther", "other"), ("hasNone", "none"), ("showOtherItem", "other")] {
            if get(flag) == Some(&Value::Bool(true)) && !options.iter().any(|option| option.code == code) {
                let texts = self.texts(get(&format!("{code}Text")), code);
                options.push(Item { code: code.to_owned(), texts, ..Item::default() });
            }
        }
        let limits =
            ["min", "max", "maxLength", "maxSelectedChoices", "minSelectedChoices", "rateMin", "rateMax"];
        let limits: BTreeMap<String, String> = limits
            .into_iter()
            .filter_map(|key| {
                Some((key.to_owned(), get(key).filter(|value| !value.is_object())?.to_string()))
            })
            .collect();
        Question {
            code: name.to_owned(),
            kind: kind.to_owned(),
            section: page.to_owned(),
            screen: page.to_owned(),
            texts: self.texts(get("title"), name),
            help: get("description").map(|text| self.texts(Some(text), "")).unwrap_or_default(),
            show_if: joined(conditions),
            options,
            // Rows of a `comment` are its height.
            rows: self.items(get("rows").filter(|rows| rows.is_array()), &["value", "name"]),
            limits,
            source: get("choicesFromQuestion").and_then(Value::as_str).map(str::to_owned),
            is_required: get("isRequired") == Some(&Value::Bool(true)),
            ..Question::default()
        }
    }

    /// What is read in each language: a text that is not translated is read in the questionnaire's own language, and
    /// one that is missing is its name.
    fn texts(&self, text: Option<&Value>, name: &str) -> Texts {
        let texts = self.languages.iter().map(|language| {
            let read = match text {
                Some(Value::String(text)) => Some(text.as_str()),
                Some(Value::Object(texts)) => {
                    texts.get(language).or_else(|| texts.get("default")).and_then(Value::as_str)
                }
                _ => None,
            };
            (language.clone(), read.unwrap_or(name).to_owned())
        });
        texts.collect()
    }

    fn items(&self, items: Option<&Value>, keys: &[&str]) -> Vec<Item> {
        let mut seen = BTreeSet::new();
        let items = items.and_then(Value::as_array).into_iter().flatten().filter_map(|item| {
            let code = match item {
                Value::Object(_) => scalar(keys.iter().find_map(|key| item.get(key))?)?,
                other => scalar(other)?,
            };
            let show_if = item.get("visibleIf").and_then(Value::as_str).map(visible_if::expression);
            let texts = self.texts(item.get("text").or_else(|| item.get("title")), &code);
            seen.insert(code.clone()).then(|| Item { code, texts, show_if, ..Item::default() })
        });
        items.collect()
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(holds) => Some(holds.to_string()),
        _ => None,
    }
}

/// All of the conditions, as one.
fn joined(conditions: &[String]) -> Option<Expression> {
    let parts: Vec<Expression> = conditions.iter().map(|text| visible_if::expression(text)).collect();
    match parts.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        several => Some(Expression {
            text: several.iter().map(|part| format!("({})", part.text)).collect::<Vec<_>>().join(" and "),
            logic: Logic::and(several.iter().map(|part| part.logic.clone())),
        }),
    }
}
