//! From our language to `XPath`, by the expression's syntax tree.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use questionnaire::expr::{Comparison, Syntax, SyntaxKind, parse};

use super::build::is_always_offered;
use super::xpath::{Operator, XPath};
use crate::form::{Form, Question};

/// Most answers that one expression may read, once everything is written out.
const LARGEST: usize = 5_000;

/// What conditions may name, and what ends the questionnaire.
pub(super) struct Translator<'a> {
    questions: BTreeMap<&'a str, (usize, &'a Question)>,
    /// For each answer that ends the questionnaire: index of its section and of its screen, and « it was not given ».
    endings: Vec<(usize, usize, XPath)>,
    /// The questions being written out, base or answers: they may not turn in a circle.
    within: RefCell<Vec<String>>,
    /// How many answers the expression reads so far.
    size: Cell<usize>,
}

/// The name in XLSForm of the row of a matrix.
pub(super) fn row_name(question: &str, row: &str) -> String {
    format!("{question}__{row}")
}

/// The name in XLSForm of a derived variable.
pub(super) fn derived_name(variable: &str) -> String {
    format!("derived__{variable}")
}

pub(super) fn answer(name: &str) -> XPath {
    XPath::Answer(name.to_owned())
}

pub(super) fn text(text: &str) -> XPath {
    XPath::Text(text.to_owned())
}

pub(super) fn selected(from: XPath, code: &str) -> XPath {
    XPath::call("selected", [from, text(code)])
}

fn is_given(from: XPath) -> XPath {
    XPath::binary(from, Operator::Differs, text(""))
}

/// A name, resolved.
enum Named<'a> {
    /// One answer, chosen in a list: under which name, and of which question.
    Choice(String, &'a Question),
    /// Several answers.
    Several(&'a Question),
    /// A commune or a derived variable: compared as a text or a number.
    Value(String),
    /// A number.
    Number(String),
    /// A text: present or not.
    Text(String),
    /// A whole matrix.
    Matrix(&'a Question),
}

impl<'a> Translator<'a> {
    pub(super) fn new(form: &'a Form) -> Self {
        let mut questions = BTreeMap::new();
        let mut endings = Vec::new();
        let mut screen_index = 0;
        for (section_index, section) in form.sections.iter().enumerate() {
            for screen in &section.screens {
                for question in &screen.questions {
                    questions.insert(question.code.as_str(), (screen_index, question));
                    let given = question.ends_on.iter().map(|code| selected(answer(&question.code), code));
                    if let Some(given) = XPath::any(given) {
                        endings.push((section_index, screen_index, given.negated()));
                    }
                }
                screen_index += 1;
            }
        }
        Self { questions, endings, within: RefCell::new(Vec::new()), size: Cell::new(0) }
    }

    /// What must hold for a section to be reached: no answer of an earlier section ended the questionnaire.
    pub(super) fn section_reached(&self, section: usize) -> Option<XPath> {
        XPath::all(self.endings.iter().filter(|(of, ..)| *of < section).map(|(.., not)| not.clone()))
    }

    /// What must hold for a screen to be reached, once its section is.
    pub(super) fn screen_reached(&self, section: usize, screen: usize) -> Option<XPath> {
        let here = self.endings.iter().filter(|(of, at, _)| *of == section && *at < screen);
        XPath::all(here.map(|(.., not)| not.clone()))
    }

    /// A condition, from its text.
    pub(super) fn condition_text(&self, expression: &str) -> Result<XPath, String> {
        if self.within.borrow().is_empty() {
            self.size.set(0);
        }
        let syntax = parse(expression).map_err(|error| error.message)?;
        self.condition(&syntax)
    }

    /// A condition.
    pub(super) fn condition(&self, syntax: &Syntax) -> Result<XPath, String> {
        match &syntax.kind {
            SyntaxKind::Not(inner) => Ok(self.condition(inner)?.negated()),
            SyntaxKind::And(left, right) => {
                Ok(XPath::binary(self.condition(left)?, Operator::And, self.condition(right)?))
            }
            SyntaxKind::Or(left, right) => {
                Ok(XPath::binary(self.condition(left)?, Operator::Or, self.condition(right)?))
            }
            SyntaxKind::Member(subject, operator, set) => self.member(subject, operator, set),
            SyntaxKind::Compare(left, comparison, right) => self.comparison(left, *comparison, right),
            SyntaxKind::Name(name) if name == "true" || name == "false" => {
                Ok(XPath::constant(name == "true"))
            }
            SyntaxKind::Call(name, arguments) => match (name.as_str(), arguments.as_slice()) {
                ("asked", [Syntax { kind: SyntaxKind::Name(name), .. }]) => self.asked(name),
                ("measured", [Syntax { kind: SyntaxKind::Name(name), .. }]) => self.measured(name),
                _ => Err(format!("`{name}(…)` is not a condition")),
            },
            SyntaxKind::Name(name) => Err(format!("`{name}` alone is not a condition")),
            SyntaxKind::Number(_) | SyntaxKind::Set(_) => Err("this is not a condition".to_owned()),
        }
    }

    fn named(&self, name: &str) -> Result<Named<'a>, String> {
        let (head, tail) = name.split_once('.').map_or((name, None), |(head, tail)| (head, Some(tail)));
        if let ("derived", Some(variable)) = (head, tail) {
            return Ok(Named::Value(derived_name(variable)));
        }
        let Some((_, question)) = self.questions.get(head).copied() else {
            return Err(format!("there is no question `{head}`"));
        };
        Ok(match (question.kind.as_str(), tail) {
            ("single", None) | ("identifier", Some("type")) => Named::Choice(head.to_owned(), question),
            ("multiple" | "networks", None) => Named::Several(question),
            ("matrix", None) => Named::Matrix(question),
            ("matrix", Some(row)) if question.rows.iter().any(|known| known.code == row) => {
                Named::Choice(row_name(head, row), question)
            }
            ("commune", None) => Named::Value(head.to_owned()),
            ("integer", None) => Named::Number(head.to_owned()),
            (_, None) => Named::Text(head.to_owned()),
            (_, Some(tail)) => return Err(format!("`{head}` has no part `{tail}`")),
        })
    }

    fn member(&self, subject: &Syntax, operator: &str, set: &Syntax) -> Result<XPath, String> {
        let (SyntaxKind::Name(name), SyntaxKind::Set(codes)) = (&subject.kind, &set.kind) else {
            return Err(format!("`{operator}` needs the name of a question before it"));
        };
        let codes = codes.iter().map(|(code, _)| code.as_str());
        let empty = || "an empty set".to_owned();
        match (self.named(name)?, operator) {
            (Named::Choice(name, question), "in") => {
                let chosen = codes.map(|code| self.chosen(&name, question, code));
                XPath::any(chosen.collect::<Result<Vec<_>, _>>()?).ok_or_else(empty)
            }
            (Named::Value(name), "in") => {
                let equal = |code| XPath::binary(answer(&name), Operator::Equal, text(code));
                XPath::any(codes.map(equal)).ok_or_else(empty)
            }
            (Named::Several(question), "has_any" | "has_all") => {
                let chosen = codes.map(|code| self.chosen(&question.code, question, code));
                let chosen = chosen.collect::<Result<Vec<_>, _>>()?;
                if operator == "has_any" { XPath::any(chosen) } else { XPath::all(chosen) }.ok_or_else(empty)
            }
            _ => Err(format!("`{name} {operator}` does not fit the type of the question")),
        }
    }

    fn comparison(&self, left: &Syntax, comparison: Comparison, right: &Syntax) -> Result<XPath, String> {
        let operator = match comparison {
            Comparison::AtLeast => Operator::AtLeast,
            Comparison::AtMost => Operator::AtMost,
            Comparison::Above => Operator::Above,
            Comparison::Below => Operator::Below,
            Comparison::Equal => Operator::Equal,
        };
        let (left, right) = (self.number(left)?, self.number(right)?);
        let compared = XPath::binary(left.clone(), operator, right.clone());
        // Two blanks are equal in XPath; with us, what is missing equals nothing.
        match (&left, &right) {
            (XPath::Answer(_), XPath::Answer(_)) if operator == Operator::Equal => {
                XPath::all([is_given(left), is_given(right), compared]).ok_or_else(String::new)
            }
            _ => Ok(compared),
        }
    }

    /// A number.
    pub(super) fn number(&self, syntax: &Syntax) -> Result<XPath, String> {
        match &syntax.kind {
            SyntaxKind::Number(number) => Ok(XPath::Number(*number)),
            SyntaxKind::Name(name) => match self.named(name)? {
                Named::Number(name) | Named::Value(name) => Ok(answer(&name)),
                _ => Err(format!("`{name}` is not a number")),
            },
            SyntaxKind::Call(function, arguments) => match (function.as_str(), arguments.as_slice()) {
                ("count", [Syntax { kind: SyntaxKind::Name(name), .. }]) => match self.named(name)? {
                    Named::Several(question) => self.count(question),
                    _ => Err(format!("`{name}` does not take several answers")),
                },
                (
                    "count_in",
                    [
                        Syntax { kind: SyntaxKind::Name(name), .. },
                        Syntax { kind: SyntaxKind::Set(codes), .. },
                    ],
                ) => match self.named(name)? {
                    Named::Matrix(question) => {
                        let codes: Vec<&str> = codes.iter().map(|(code, _)| code.as_str()).collect();
                        self.count_in(question, &codes)
                    }
                    _ => Err(format!("`{name}` is not a matrix")),
                },
                _ => Err(format!("`{function}` is not a number")),
            },
            _ => Err("this is not a number".to_owned()),
        }
    }

    fn measured(&self, name: &str) -> Result<XPath, String> {
        Ok(match self.named(name)? {
            Named::Value(name) | Named::Number(name) | Named::Text(name) => is_given(answer(&name)),
            Named::Choice(name, question) => self.given(&name, question)?,
            Named::Several(question) if question.kind == "networks" => XPath::binary(
                self.given(&question.code, question)?,
                Operator::Or,
                is_given(answer(&row_name(&question.code, "other"))),
            ),
            Named::Several(question) => self.given(&question.code, question)?,
            Named::Matrix(_) => return Err(format!("`{name}` has rows; name one")),
        })
    }

    /// Who is asked, written out: `XPath` cannot ask whether a question is shown.
    fn asked(&self, name: &str) -> Result<XPath, String> {
        let (head, row) = name.split_once('.').map_or((name, None), |(head, row)| (head, Some(row)));
        let Some((screen, question)) = self.questions.get(head).copied() else {
            return Err(format!("there is no question `{head}`"));
        };
        let parts = self.within(head, || self.asked_parts(screen, question, row))?;
        Ok(XPath::all(parts).unwrap_or_else(|| XPath::constant(true)))
    }

    /// Writes something of a question out, unless that is what is being done already.
    fn within<T>(&self, code: &str, write: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
        if self.within.borrow().iter().any(|outer| outer == code) || self.within.borrow().len() > 16 {
            return Err(format!("what is asked in `{code}` depends on itself, or on too many others"));
        }
        self.within.borrow_mut().push(code.to_owned());
        let written = write();
        self.within.borrow_mut().pop();
        written
    }

    /// An answer was chosen and is offered. Other engines keep an answer that is offered no more, and read it.
    fn chosen(&self, name: &str, question: &Question, code: &str) -> Result<XPath, String> {
        self.size.set(self.size.get() + 1);
        if self.size.get() > LARGEST {
            return Err(format!("written out, it reads more than {LARGEST} answers"));
        }
        let parts = std::iter::once(selected(answer(name), code)).chain(self.offered(question, code)?);
        XPath::all(parts).ok_or_else(String::new)
    }

    /// What must hold for an answer to be offered.
    fn offered(&self, question: &Question, code: &str) -> Result<Option<XPath>, String> {
        let Some(option) = question.options.iter().find(|option| option.code == code) else {
            return Ok(None);
        };
        let limiting = question.options_from.as_ref().and_then(|from| self.questions.get(from.as_str()));
        let limiting = limiting.filter(|(_, limiting)| !is_always_offered(limiting, option));
        if limiting.is_none() && option.show_if.is_none() {
            return Ok(None);
        }
        self.within(&question.code, || {
            let mut parts = Vec::new();
            if let Some((_, limiting)) = limiting {
                parts.push(self.chosen(&limiting.code, limiting, code)?);
            }
            if let Some(show_if) = &option.show_if {
                parts.push(self.condition_text(show_if)?);
            }
            Ok(XPath::all(parts))
        })
    }

    /// Whether something that is offered was chosen.
    fn given(&self, name: &str, question: &Question) -> Result<XPath, String> {
        let is_limited =
            question.options_from.is_some() || question.options.iter().any(|option| option.show_if.is_some());
        if !is_limited {
            return Ok(is_given(answer(name)));
        }
        let chosen = question.options.iter().map(|option| self.chosen(name, question, &option.code));
        let chosen = chosen.collect::<Result<Vec<_>, _>>()?;
        Ok(XPath::any(chosen).unwrap_or_else(|| XPath::constant(false)))
    }

    /// How many answers are ticked: exclusive ones and those that are not offered are left out.
    fn count(&self, question: &Question) -> Result<XPath, String> {
        let mut count = XPath::call("count-selected", [answer(&question.code)]);
        for option in &question.options {
            let ticked = selected(answer(&question.code), &option.code);
            let left_out = if question.exclusive.contains(&option.code) {
                ticked
            } else if let Some(offered) = self.offered(question, &option.code)? {
                XPath::binary(ticked, Operator::And, offered.negated())
            } else {
                continue;
            };
            count = XPath::binary(count, Operator::Minus, XPath::call("number", [left_out]));
        }
        Ok(count)
    }

    fn count_in(&self, question: &Question, codes: &[&str]) -> Result<XPath, String> {
        let mut sum: Option<XPath> = None;
        for row in &question.rows {
            let name = row_name(&question.code, &row.code);
            let chosen = codes.iter().map(|code| self.chosen(&name, question, code));
            let Some(any) = XPath::any(chosen.collect::<Result<Vec<_>, _>>()?) else { continue };
            let one = XPath::call("number", [any]);
            sum = Some(match sum {
                None => one,
                Some(sum) => XPath::binary(sum, Operator::Plus, one),
            });
        }
        sum.ok_or_else(|| format!("`{}` has no rows", question.code))
    }

    fn asked_parts(
        &self,
        screen: usize,
        question: &Question,
        row: Option<&str>,
    ) -> Result<Vec<XPath>, String> {
        let mut parts: Vec<XPath> =
            self.endings.iter().filter(|(_, at, _)| *at < screen).map(|(.., not)| not.clone()).collect();
        if let Some(show_if) = &question.show_if {
            parts.push(self.condition_text(show_if)?);
        }
        if question.kind == "matrix" {
            let rows = question.rows.iter().filter(|known| row.is_none_or(|row| row == known.code));
            let conditions: Option<Vec<&str>> = rows.map(|row| row.show_if.as_deref()).collect();
            // One row that everyone sees is enough.
            let mut shown = Vec::new();
            for condition in conditions.unwrap_or_default() {
                shown.push(self.condition_text(condition)?);
            }
            parts.extend(XPath::any(shown));
        }
        Ok(parts)
    }
}
