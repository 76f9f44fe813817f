//! One question of a file, and how it enters a form.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::kinds::{Scale, Shape, is_silent, shape};
use super::reading::{DIMENSION, Reading};
use super::relevance::{Answers, Known, Relevance, Translated, both};
use super::xml::{Row, printable};
use crate::form;

/// A question that was read; it has no screen yet.
pub(super) struct Read {
    question: form::Question,
    known: Known,
    title: String,
    qid: String,
    /// The last screen that a condition of it reads.
    pub last_screen: Option<usize>,
}

/// Answers or rows, and their codes there and here.
#[derive(Default)]
struct Items {
    list: Vec<form::Choice>,
    codes: BTreeMap<String, String>,
    taken: BTreeSet<String>,
    last_screen: Option<usize>,
}

/// A multiple question whose ticked answers alone are shown: its code here, its answers, its screen.
struct Filter {
    code: String,
    codes: Rc<BTreeMap<String, String>>,
    screen: usize,
}

impl Reading<'_> {
    /// Reads a question; `None` when it is left out, which is then listed.
    pub(super) fn question(&mut self, row: &Row, group: &Relevance) -> Option<Read> {
        let (title, qid) = (row.get("title").to_owned(), row.get("qid").to_owned());
        let place = format!("question {}", printable(&title));
        let Some(code) = question_code(&title) else {
            self.leave_out(row.line, &place, "it has no code");
            return None;
        };
        if self.codes.contains(&code) {
            self.leave_out(row.line, &place, "a second question with this code");
            return None;
        }
        if code != title {
            self.leave_out(row.line, &place, format!("its code becomes `{code}`"));
        }
        let (shape, lost) = shape(row.get("type"));
        match shape {
            Shape::Nothing(what) => {
                self.leave_out(row.line, &place, what);
                return None;
            }
            Shape::Unknown(what) => {
                let kind = printable(row.get("type"));
                self.leave_out(row.line, &place, format!("the question: {what} (type `{kind}`)"));
                return None;
            }
            _ => {}
        }
        let attributes: Vec<&Row> = self.index.attributes(&qid);
        let attribute = |name: &str| {
            attributes
                .iter()
                .find(|row| row.get("attribute") == name)
                .map_or("", |row| row.get("value").trim())
        };
        if attribute("hidden") == "1" {
            self.leave_out(row.line, &place, "the question: it is hidden from respondents");
            return None;
        }
        let own = self.relevance(row.get("relevance"), row.line, &place);
        let relevance = both(group.clone(), own);
        if relevance == Relevance::Never {
            self.leave_out(row.line, &place, "the question: its condition holds for nobody");
            return None;
        }
        if let Some(lost) = lost {
            self.leave_out(row.line, &place, lost);
        }
        let texts = self.index.question_texts(&qid);
        let key = format!("question.{code}");
        let text = self.text(&texts, "question", &format!("{key}.text"), &place).unwrap_or_else(|| {
            self.left_out.push(super::LeftOut {
                line: row.line,
                place: place.clone(),
                what: "it has no text: its code stands in, write one".to_owned(),
            });
            code.clone()
        });
        let help = self.text(&texts, "help", &format!("{key}.help"), &place);
        if texts.iter().any(|row| !row.get("script").trim().is_empty()) {
            self.leave_out(row.line, &place, "its script");
        }
        self.listed(row, &place, &attributes, &shape);
        let (when, last_screen) = self.condition(relevance, row.line, &place);
        let mut question = form::Question {
            code: code.clone(),
            dimension: DIMENSION.to_owned(),
            text,
            help,
            show_if: when,
            required: row.get("mandatory") == "Y",
            personal: row.get("encrypted") == "Y",
            ..form::Question::default()
        };
        let (answers, asked_last) = self.answers(row, &place, shape, &attributes, &mut question)?;
        let known = Known { code, answers, is_routed: question.show_if.is_some(), screen: 0 };
        Some(Read { question, known, title, qid, last_screen: last_screen.max(asked_last) })
    }

    /// Puts a question on the screen that was begun last.
    pub(super) fn enter(&mut self, mut read: Read) -> form::Question {
        read.known.screen = self.screens - 1;
        self.routed += usize::from(read.known.is_routed);
        self.codes.insert(read.known.code.clone());
        self.questions.titles.insert(read.qid, read.title.clone());
        self.questions.by_title.insert(read.title, read.known);
        read.question
    }

    /// Lists what a question says that a form does not hold.
    fn listed(&mut self, row: &Row, place: &str, attributes: &[&Row], shape: &Shape) {
        if row.get("mandatory") == "S" {
            self.leave_out(row.line, place, "that an answer is wished for (soft obligation)");
        }
        if !row.get("preg").trim().is_empty() {
            self.leave_out(row.line, place, format!("its validation `{}`", printable(row.get("preg"))));
        }
        for attribute in attributes {
            let (name, value) = (attribute.get("attribute"), attribute.get("value").trim());
            if !is_silent(name, value, shape) {
                let what = format!("its attribute `{}` = `{}`", printable(name), printable(value));
                self.leave_out(attribute.line, place, what);
            }
        }
    }

    /// The kind of answer; what conditions may read of it; the last screen that its answers or rows read.
    fn answers(
        &mut self,
        row: &Row,
        place: &str,
        shape: Shape,
        attributes: &[&Row],
        question: &mut form::Question,
    ) -> Option<(Answers, Option<usize>)> {
        let attribute = |name: &str| {
            attributes
                .iter()
                .find(|row| row.get("attribute") == name)
                .map_or("", |row| row.get("value").trim())
        };
        let number = |name: &str| attribute(name).parse::<i64>().ok();
        let filter = attribute("array_filter").to_owned();
        let kind = match shape {
            Shape::Single | Shape::Fixed(_) => "single",
            Shape::Multiple => "multiple",
            Shape::Matrix | Shape::FixedMatrix(_) => "matrix",
            Shape::Number => "integer",
            Shape::Text(..) | Shape::Nothing(_) | Shape::Unknown(_) => "text",
        };
        kind.clone_into(&mut question.kind);
        match shape {
            Shape::Single | Shape::Fixed(_) => {
                let mut items = self.options(row, place, shape, &question.code);
                self.other(row, place, attributes, &question.code, &mut items);
                self.some(row, place, items.list.is_empty(), "answer")?;
                question.options = items.list;
                Some((Answers::Single(items.codes), None))
            }
            Shape::Multiple => {
                let mut items = self.parts(row, place, "options", &question.code, &filter);
                self.other(row, place, attributes, &question.code, &mut items);
                self.some(row, place, items.list.is_empty(), "answer")?;
                question.options = items.list;
                let exclusive = attribute("exclude_all_others").split(';').map(str::trim);
                for code in exclusive.filter(|code| !code.is_empty()) {
                    match items.codes.get(code) {
                        Some(known) => question.exclusive.push(known.clone()),
                        None => self.leave_out(
                            row.line,
                            place,
                            format!("that `{}` excludes all others: it is no answer here", printable(code)),
                        ),
                    }
                }
                let most =
                    i64::try_from(question.options.len() - question.exclusive.len()).unwrap_or(i64::MAX);
                question.max_choices = number("max_answers").filter(|max| (1..=most).contains(max));
                if question.max_choices.is_none() && !attribute("max_answers").is_empty() {
                    let what = format!("its maximum of answers `{}`", printable(attribute("max_answers")));
                    self.leave_out(row.line, place, what);
                }
                Some((Answers::Multiple(Rc::new(items.codes)), items.last_screen))
            }
            Shape::Matrix | Shape::FixedMatrix(_) => {
                let options = self.options(row, place, shape, &question.code);
                let rows = self.parts(row, place, "rows", &question.code, &filter);
                self.some(row, place, options.list.is_empty(), "answer")?;
                self.some(row, place, rows.list.is_empty(), "row")?;
                question.options = options.list;
                question.rows = rows.list.into_iter().map(as_row).collect();
                Some((Answers::Matrix(rows.codes, options.codes), rows.last_screen))
            }
            Shape::Number => {
                let (min, max) = (number("min_num_value_n"), number("max_num_value_n"));
                if attribute("num_value_int_only") != "1" {
                    self.leave_out(row.line, place, "decimals: a whole number is asked");
                }
                let (low, high) = (min.unwrap_or(0), max.unwrap_or(999_999_999));
                if min.is_none() || max.is_none() || low > high {
                    self.leave_out(row.line, place, format!("it has no whole limits: {low} to {high} here"));
                }
                (question.min, question.max) = (Some(low), Some(high.max(low)));
                Some((Answers::Number, None))
            }
            Shape::Text(default, is_long) => {
                let limit = number("maximum_chars").filter(|limit| *limit > 0);
                if limit.is_none() {
                    self.leave_out(row.line, place, format!("it has no limit: {default} characters here"));
                }
                (question.max_length, question.long) = (limit.or(Some(default)), is_long);
                Some((Answers::Text, None))
            }
            Shape::Nothing(_) | Shape::Unknown(_) => None,
        }
    }

    /// `None`, and a line in the list, when a question has nothing to choose from.
    fn some(&mut self, row: &Row, place: &str, is_empty: bool, what: &str) -> Option<()> {
        if is_empty {
            self.leave_out(row.line, place, format!("the question: it has no {what}"));
        }
        (!is_empty).then_some(())
    }

    /// The answers of the table, or those that LimeSurvey knows by itself.
    fn options(&mut self, row: &Row, place: &str, shape: Shape, code: &str) -> Items {
        let mut items = Items::default();
        if let Shape::Fixed(scale) | Shape::FixedMatrix(scale) = shape {
            for (answer, french, english) in scale.answers() {
                let key = format!("question.{code}.options.{answer}");
                let label = |language: &str| match (language.split('-').next(), scale) {
                    (_, Scale::Points(_)) => answer.clone(),
                    (Some("fr"), _) => french.to_owned(),
                    _ => english.to_owned(),
                };
                for language in self.form.languages.clone().iter().skip(1) {
                    self.translate(language, &key, label(language));
                }
                items.codes.insert(answer.clone(), answer.clone());
                items.list.push(form::Choice {
                    label: label(&self.base),
                    code: answer,
                    ..form::Choice::default()
                });
            }
            return items;
        }
        let mut has_points = false;
        for (answer, texts) in self.index.answers(row.get("qid")) {
            let there = answer.get("code");
            let Some(here) = self.item_code(answer, place, there, &mut items) else { continue };
            has_points |= !matches!(answer.get("assessment_value").trim(), "" | "0");
            let answer_place = format!("{place}, option {}", printable(there));
            let label =
                self.text(&texts, "answer", &format!("question.{code}.options.{here}"), &answer_place);
            items.codes.insert(there.to_owned(), here.clone());
            items.list.push(form::Choice {
                label: label.unwrap_or_else(|| here.clone()),
                code: here,
                ..form::Choice::default()
            });
        }
        if has_points {
            self.leave_out(row.line, place, "the values of its answers for assessments");
        }
        items
    }

    /// The subquestions, as answers or as rows.
    fn parts(&mut self, row: &Row, place: &str, what: &str, code: &str, filter: &str) -> Items {
        let mut items = Items::default();
        let filtering = self.filter(row, place, filter);
        for part in self.index.subquestions(row.get("qid")) {
            let there = part.get("title");
            let Some(here) = self.item_code(part, place, there, &mut items) else { continue };
            let part_place = format!("{place}, {} {}", what.trim_end_matches('s'), printable(there));
            let mut relevance = self.relevance(part.get("relevance"), part.line, &part_place);
            if let Some(Filter { code, codes, screen }) = &filtering {
                match codes.get(there) {
                    Some(answer) => {
                        let filter = Translated {
                            text: format!("{code} has_any {{{answer}}}"),
                            last_screen: Some(*screen),
                        };
                        relevance = both(relevance, Relevance::When(filter));
                    }
                    None => self.leave_out(
                        part.line,
                        &part_place,
                        "its filter: the other question has no such answer",
                    ),
                }
            }
            if relevance == Relevance::Never {
                self.leave_out(part.line, &part_place, "it is shown to nobody");
                continue;
            }
            let texts = self.index.question_texts(part.get("qid"));
            let label = self.text(&texts, "question", &format!("question.{code}.{what}.{here}"), &part_place);
            let (show_if, last_screen) = self.condition(relevance, part.line, &part_place);
            items.last_screen = items.last_screen.max(last_screen);
            items.codes.insert(there.to_owned(), here.clone());
            items.list.push(form::Choice {
                label: label.unwrap_or_else(|| here.clone()),
                code: here,
                show_if,
                ..form::Choice::default()
            });
        }
        items
    }

    /// The condition as it is written, and the last screen it reads; several that are too long together are listed.
    fn condition(
        &mut self,
        relevance: Relevance,
        line: usize,
        place: &str,
    ) -> (Option<String>, Option<usize>) {
        let Relevance::When(Translated { text, last_screen }) = relevance else { return (None, None) };
        match questionnaire::expr::parse(&text) {
            Ok(_) => (Some(text), last_screen),
            Err(error) => {
                let what = format!("its conditions together are not applied: {}", error.message);
                self.leave_out(line, place, what);
                (None, None)
            }
        }
    }

    /// The filter of a question, if it names an earlier multiple question.
    fn filter(&mut self, row: &Row, place: &str, filter: &str) -> Option<Filter> {
        if filter.is_empty() {
            return None;
        }
        if let Some(Known { code, answers: Answers::Multiple(codes), screen, .. }) =
            self.questions.by_title.get(filter)
        {
            return Some(Filter { code: code.clone(), codes: Rc::clone(codes), screen: *screen });
        }
        let what = format!("its filter `{}`: no earlier multiple question", printable(filter));
        self.leave_out(row.line, place, what);
        None
    }

    /// The answer « other », without the text that goes with it.
    fn other(&mut self, row: &Row, place: &str, attributes: &[&Row], code: &str, items: &mut Items) {
        if row.get("other") != "Y" || items.list.iter().any(|item| item.code == "other") {
            return;
        }
        self.leave_out(row.line, place, "the text that goes with the answer « other »");
        let labels: BTreeMap<&str, &str> = attributes
            .iter()
            .filter(|row| row.get("attribute") == "other_replace_text" && !row.get("value").is_empty())
            .map(|row| (row.get("language"), row.get("value")))
            .collect();
        let label = |language: &str| {
            let own = labels.get(language).map(|text| super::markup::plain(text).text);
            own.filter(|text| !text.is_empty())
                .unwrap_or_else(|| if language.starts_with("fr") { "Autre" } else { "Other" }.to_owned())
        };
        for language in self.form.languages.clone().iter().skip(1) {
            self.translate(language, &format!("question.{code}.options.other"), label(language));
        }
        for there in ["-oth-", "other"] {
            items.codes.insert(there.to_owned(), "other".to_owned());
        }
        items.list.push(form::Choice {
            code: "other".to_owned(),
            label: label(&self.base),
            ..form::Choice::default()
        });
    }

    /// The code of an answer or a row here; `None`, and a line in the list, when there is none or it is taken.
    fn item_code(&mut self, item: &Row, place: &str, there: &str, items: &mut Items) -> Option<String> {
        let here = item_code(there);
        match here {
            Some(here) if items.taken.insert(here.clone()) => {
                if here != there {
                    let what = format!("the code `{}` becomes `{here}`", printable(there));
                    self.leave_out(item.line, place, what);
                }
                Some(here)
            }
            Some(_) => {
                self.leave_out(item.line, place, format!("a second answer or row `{}`", printable(there)));
                None
            }
            None => {
                self.leave_out(item.line, place, "an answer or a row without a code");
                None
            }
        }
    }
}

fn as_row(item: form::Choice) -> form::Row {
    form::Row { code: item.code, label: item.label, show_if: item.show_if, group: None }
}

/// A code that is a word of our expressions: letters, digits and `_`.
fn item_code(there: &str) -> Option<String> {
    let word = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let code: String = there.trim().chars().take(64).map(word).collect();
    // In an expression, `1e5` would be read as a number and come back as another word.
    let is_other_number = code.parse::<f64>().is_ok_and(|number| number.to_string() != code)
        && !(code.len() > 1 && code.starts_with('0'));
    match code.as_str() {
        "" => None,
        _ if is_other_number => Some(format!("c{code}")),
        _ => Some(code),
    }
}

/// A code that may start an expression: it begins with a letter and is no word of the language.
fn question_code(there: &str) -> Option<String> {
    const WORDS: [&str; 6] = ["and", "or", "not", "in", "has_any", "has_all"];
    let code = item_code(there)?;
    let is_free = code.starts_with(|c: char| c.is_ascii_alphabetic()) && code != "derived";
    if is_free && !WORDS.contains(&code.as_str()) { Some(code) } else { Some(format!("q_{code}")) }
}
