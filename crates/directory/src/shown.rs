//! What an answer looks like on a card.

use questionnaire::{Answer, Kind, Question};
use serde::Serialize;

use crate::card::Part;

/// Most links on a card.
const MOST_LINKS: usize = 5;

/// An answer on a card, with the question it answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct ShownAnswer {
    /// Code of the question.
    pub code: String,
    /// Text of the question.
    pub question: String,
    #[serde(flatten)]
    pub value: Shown,
}

/// The value of an answer, by its shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Shown {
    Text(String),
    Number(i64),
    Choices(Vec<Part>),
    Identifier {
        kind: Part,
        #[serde(skip_serializing_if = "Option::is_none")]
        value: Option<String>,
    },
    Links(Vec<String>),
}

impl Shown {
    /// What of this answer may be shown; `None` when nothing of it is fit to be. A network typed by hand is not: it
    /// would have to be moderated first.
    pub(crate) fn of(question: &Question, answer: &Answer) -> Option<Self> {
        let part = |code: &str| {
            question
                .option(code)
                .map(|option| Part { code: option.code.clone(), label: option.label.clone() })
        };
        // In the order of the questionnaire, whatever the order of the codes.
        let choices = |is_chosen: &dyn Fn(&str) -> bool| {
            let chosen = question.options().iter().filter(|option| is_chosen(&option.code));
            let chosen: Vec<Part> = chosen.filter_map(|option| part(&option.code)).collect();
            (!chosen.is_empty()).then_some(Self::Choices(chosen))
        };
        match (&question.kind, answer) {
            (Kind::Single { .. }, Answer::Text(code)) => choices(&|option| option == code),
            (Kind::Multiple { .. }, Answer::Multiple(codes)) => choices(&|option| codes.contains(option)),
            (Kind::Networks { .. }, Answer::Networks(networks)) => {
                choices(&|option| networks.codes.contains(option))
            }
            (Kind::Integer { .. }, Answer::Integer(value)) => Some(Self::Number(*value)),
            (Kind::Text { .. } | Kind::Email, Answer::Text(text)) => one_line(text).map(Self::Text),
            (Kind::Identifier { .. }, Answer::Identifier(identifier)) => {
                Some(Self::Identifier { kind: part(&identifier.kind)?, value: identifier.value.clone() })
            }
            _ => None,
        }
    }

    /// The addresses of a text, one a word: only `https`, and five at most. Anything else is left out.
    pub(crate) fn links(answer: &Answer) -> Option<Self> {
        let Answer::Text(text) = answer else { return None };
        let links: Vec<String> = text
            .split(|c: char| c.is_whitespace() || c == ',' || c == ';')
            .filter(|word| is_link(word))
            .take(MOST_LINKS)
            .map(str::to_owned)
            .collect();
        (!links.is_empty()).then_some(Self::Links(links))
    }

    /// An activity code of the national nomenclature: two digits, two digits, a letter. Anything else is left out.
    pub(crate) fn naf(answer: &Answer) -> Option<Self> {
        let Answer::Text(text) = answer else { return None };
        let code: String = text.chars().filter(|c| !c.is_whitespace() && *c != '.').collect();
        let (digits, letter) = code.split_at_checked(4)?;
        let is_code = digits.bytes().all(|byte| byte.is_ascii_digit())
            && letter.len() == 1
            && letter.bytes().all(|byte| byte.is_ascii_alphabetic());
        is_code
            .then(|| Self::Text(format!("{}.{}{}", &digits[..2], &digits[2..], letter.to_ascii_uppercase())))
    }
}

/// The text on one line, without control characters; `None` when nothing is left.
pub(crate) fn one_line(text: &str) -> Option<String> {
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| word.chars().filter(|c| !c.is_control()).collect::<String>())
        .filter(|word| !word.is_empty())
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn is_link(word: &str) -> bool {
    let Some(rest) = word.strip_prefix("https://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    // `user@host` may hold a password; quotes and brackets have no place in an address.
    host.contains('.')
        && !host.contains('@')
        && !word.contains(|c: char| c.is_control() || "<>\"'`{}|\\^".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_addresses_are_links_and_five_at_most() {
        let links = |text: &str| match Shown::links(&Answer::text(text)) {
            Some(Shown::Links(links)) => links,
            _ => Vec::new(),
        };
        assert_eq!(
            links("https://a.example\nhttp://b.example, https://c.example/x?y=1"),
            ["https://a.example", "https://c.example/x?y=1"]
        );
        for wrong in
            ["javascript:alert(1)", "https://user:secret@a.example", "https://a", "https://a.example/\"><b>"]
        {
            assert!(links(wrong).is_empty(), "{wrong}");
        }
        assert_eq!(links(&"https://a.example ".repeat(9)).len(), 5);
    }

    #[test]
    fn an_activity_code_has_one_form_or_is_left_out() {
        let naf = |text: &str| Shown::naf(&Answer::text(text));
        assert_eq!(naf("6202a"), Some(Shown::Text("62.02A".to_owned())));
        assert_eq!(naf("62.02 A"), Some(Shown::Text("62.02A".to_owned())));
        for wrong in ["informatique", "62.02", "62.02AB", "é202A", ""] {
            assert_eq!(naf(wrong), None, "{wrong}");
        }
    }
}
