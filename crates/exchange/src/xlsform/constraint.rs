//! What an answer must be, to and from `XPath`.

use std::collections::BTreeSet;

use super::to_xpath::selected;
use super::xpath::{Operator, XPath};
use crate::form::Question;

fn compare(left: XPath, operator: Operator, right: i64) -> XPath {
    #[expect(clippy::cast_precision_loss, reason = "bounds of a questionnaire are far under 2^52")]
    XPath::binary(left, operator, XPath::Number(right as f64))
}

fn regex(pattern: &str) -> XPath {
    XPath::call("regex", [XPath::Here, XPath::Text(pattern.to_owned())])
}

fn only_one() -> XPath {
    compare(XPath::call("count-selected", [XPath::Here]), Operator::Above, 1)
}

/// The constraint of a question, if it has one.
pub(super) fn write(question: &Question) -> Option<XPath> {
    let mut parts = Vec::new();
    match question.kind.as_str() {
        "integer" => {
            parts.extend(question.min.map(|min| compare(XPath::Here, Operator::AtLeast, min)));
            parts.extend(question.max.map(|max| compare(XPath::Here, Operator::AtMost, max)));
        }
        "text" => {
            let length = XPath::call("string-length", [XPath::Here]);
            parts.extend(question.max_length.map(|max| compare(length, Operator::AtMost, max)));
        }
        "multiple" | "networks" => {
            let count = XPath::call("count-selected", [XPath::Here]);
            parts.extend(question.max_choices.map(|max| compare(count, Operator::AtMost, max)));
            for code in &question.exclusive {
                let with_others = XPath::binary(selected(XPath::Here, code), Operator::And, only_one());
                parts.push(with_others.negated());
            }
        }
        "email" => parts.push(regex("^[^ @<>,;]+@[^ @<>,;.]+([.][^ @<>,;.]+)+$")),
        // The official code: a department (also 2A, 2B, 971) and a number; the list itself is not carried.
        "commune" => parts.push(regex("^([0-9]{5}|2[AB][0-9]{3})$")),
        _ => {}
    }
    XPath::all(parts)
}

/// The constraint of an identifier's number, by the kind that was chosen.
pub(super) fn write_identifier(question: &Question) -> Option<XPath> {
    let kind = super::to_xpath::answer(&question.code);
    let patterns = [("siret", "^[0-9]{14}$"), ("rna", "^W[0-9][0-9A-Z][0-9]{7}$")];
    let known =
        patterns.iter().filter(|(code, _)| question.options.iter().any(|option| option.code == *code));
    XPath::any(
        known.map(|(code, pattern)| {
            XPath::binary(selected(kind.clone(), code), Operator::And, regex(pattern))
        }),
    )
}

/// What a constraint says, in our words.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Constraint {
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub max_length: Option<i64>,
    pub max_choices: Option<i64>,
    pub exclusive: BTreeSet<String>,
}

impl Constraint {
    /// Reads a constraint: conditions joined by `and`, each a bound or an answer that excludes the others.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut read = Self::default();
        read.all(&XPath::parse(text).ok()?)?;
        Some(read)
    }

    fn all(&mut self, xpath: &XPath) -> Option<()> {
        if let XPath::Binary(Operator::And, left, right) = xpath {
            self.all(left)?;
            return self.all(right);
        }
        self.one(xpath)
    }

    fn one(&mut self, xpath: &XPath) -> Option<()> {
        if let XPath::Call(name, arguments) = xpath
            && let ("not", [XPath::Binary(Operator::And, one, others)]) = (name.as_str(), &arguments[..])
        {
            let XPath::Call(function, arguments) = &**one else { return None };
            let ("selected", [XPath::Here, XPath::Text(code)]) = (function.as_str(), &arguments[..]) else {
                return None;
            };
            if **others != only_one() {
                return None;
            }
            self.exclusive.insert(code.clone());
            return Some(());
        }
        let XPath::Binary(operator, left, right) = xpath else { return None };
        let (operator, subject, number) = match (&**left, &**right) {
            (subject, XPath::Number(number)) => (*operator, subject, *number),
            (XPath::Number(number), subject) => (operator.mirrored(), subject, *number),
            _ => return None,
        };
        if number.fract() != 0.0 || number.abs() > 1e15 {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "a whole number under 10^15")]
        let number = number as i64;
        let (lower, upper) = match operator {
            Operator::AtLeast => (Some(number), None),
            Operator::Above => (Some(number + 1), None),
            Operator::AtMost => (None, Some(number)),
            Operator::Below => (None, Some(number - 1)),
            Operator::Equal => (Some(number), Some(number)),
            _ => return None,
        };
        let set = |field: &mut Option<i64>, value: Option<i64>| match (&field, value) {
            (Some(_), Some(_)) => None,
            (_, None) => Some(()),
            (None, value) => {
                *field = value;
                Some(())
            }
        };
        match subject {
            XPath::Here => {
                set(&mut self.min, lower)?;
                set(&mut self.max, upper)
            }
            XPath::Call(name, arguments) if *arguments == [XPath::Here] && lower.is_none() => {
                match name.as_str() {
                    "string-length" => set(&mut self.max_length, upper),
                    "count-selected" => set(&mut self.max_choices, upper),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constraint_that_is_written_is_read_again() {
        let question = Question {
            kind: "multiple".to_owned(),
            max_choices: Some(3),
            exclusive: vec!["aucun".to_owned(), "nsp".to_owned()],
            ..Question::default()
        };
        let read = Constraint::read(&write(&question).unwrap().to_string()).unwrap();
        assert_eq!(read.max_choices, Some(3));
        assert_eq!(read.exclusive, BTreeSet::from(["aucun".to_owned(), "nsp".to_owned()]));
        let read = Constraint::read("0 <= . and . < 100").unwrap();
        assert_eq!((read.min, read.max), (Some(0), Some(99)));
    }

    #[test]
    fn what_we_cannot_say_is_not_guessed() {
        for text in
            [". > ${a}", ". >= 1 or . = 0", ". >= 1 and . >= 2", "regex(., 'x')", ". = 'a'", ". >= 1.5"]
        {
            assert_eq!(Constraint::read(text), None, "{text}");
        }
    }
}
