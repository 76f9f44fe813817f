//! The conditions of SurveyJS (`visibleIf`) in canonical form, as far as two of them must be compared.

use std::collections::BTreeSet;

use crate::compare::{Expression, Logic};

/// Nested deeper than this, a condition is compared as a text.
const DEEPEST: usize = 64;

/// A condition as it was written and as it is compared. What this grammar does not know is compared as a text.
pub(super) fn expression(text: &str) -> Expression {
    let logic = lex(text).and_then(|tokens| {
        let mut parser = Parser { tokens: &tokens, at: 0, depth: 0 };
        let logic = parser.either()?;
        (parser.at == tokens.len()).then_some(logic)
    });
    Expression { text: text.to_owned(), logic: logic.unwrap_or_else(|| Logic::opaque(text)) }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    /// `{name}`
    Name(String),
    /// `"text"` or `'text'`, without the quotes, or a bare word or number.
    Word(String),
    Quoted(String),
    Symbol(&'static str),
}

const SYMBOLS: [&str; 16] =
    ["<>", "!=", "==", ">=", "<=", "&&", "||", "=", ">", "<", "(", ")", "[", "]", ",", "!"];

fn lex(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(c) = rest.chars().next() {
        let used = if c == '{' {
            let end = rest.find('}')?;
            tokens.push(Token::Name(rest[1..end].trim().to_owned()));
            end + 1
        } else if c == '"' || c == '\'' {
            let end = rest[1..].find(c)? + 1;
            tokens.push(Token::Quoted(rest[1..end].to_owned()));
            end + 1
        } else if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            tokens.push(Token::Symbol(symbol));
            symbol.len()
        } else {
            let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            if end == 0 {
                return None;
            }
            tokens.push(Token::Word(rest[..end].to_owned()));
            end
        };
        rest = rest[used..].trim_start();
    }
    Some(tokens)
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn take(&mut self, symbol: &str, word: &str) -> bool {
        let found = match self.tokens.get(self.at) {
            Some(Token::Symbol(found)) => *found == symbol,
            Some(Token::Word(found)) => !word.is_empty() && found.eq_ignore_ascii_case(word),
            _ => false,
        };
        self.at += usize::from(found);
        found
    }

    fn deeper(&mut self, inner: impl FnOnce(&mut Self) -> Option<Logic>) -> Option<Logic> {
        self.depth += 1;
        let result = if self.depth > DEEPEST { None } else { inner(self) };
        self.depth -= 1;
        result
    }

    fn either(&mut self) -> Option<Logic> {
        let mut parts = vec![self.both()?];
        while self.take("||", "or") {
            parts.push(self.both()?);
        }
        Some(Logic::or(parts))
    }

    fn both(&mut self) -> Option<Logic> {
        let mut parts = vec![self.negated()?];
        while self.take("&&", "and") {
            parts.push(self.negated()?);
        }
        Some(Logic::and(parts))
    }

    fn negated(&mut self) -> Option<Logic> {
        if self.take("!", "not") {
            return self.deeper(Self::negated).map(Logic::negated);
        }
        if self.take("(", "") {
            let inner = self.deeper(Self::either)?;
            return self.take(")", "").then_some(inner);
        }
        self.predicate()
    }

    fn predicate(&mut self) -> Option<Logic> {
        let (left, _) = self.operand()?;
        for (words, is_negated, canonical) in [
            (&["=", "==", "equal"][..], false, "="),
            (&["<>", "!=", "notequal"], true, "="),
            (&[">=", "greaterorequal"], false, ">="),
            (&["<=", "lessorequal"], false, "<="),
            (&[">", "greater"], false, ">"),
            (&["<", "less"], false, "<"),
            (&["contains", "contain", "*=", "allof"], false, "allof"),
            (&["notcontains", "notcontain"], true, "allof"),
            (&["anyof"], false, "anyof"),
            (&["noneof"], true, "anyof"),
        ] {
            if words.iter().any(|word| self.take(word, word)) {
                let (right, codes) = self.operand()?;
                let logic = if canonical.ends_with("of") {
                    let operator = if codes.len() == 1 { "anyof" } else { canonical };
                    Logic::member(&left, operator, &codes.into_iter().collect::<Vec<_>>())
                } else {
                    Logic::Atom(format!("{left} {canonical} {right}"))
                };
                return Some(if is_negated { logic.negated() } else { logic });
            }
        }
        if self.take("", "notempty") {
            return Some(Logic::Atom(format!("{left} empty")).negated());
        }
        if self.take("", "empty") {
            return Some(Logic::Atom(format!("{left} empty")));
        }
        Some(Logic::Atom(left))
    }

    /// A name, a value or a list of values: how it is written, and the values.
    fn operand(&mut self) -> Option<(String, BTreeSet<String>)> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        match token {
            Token::Name(name) => Some((format!("{{{name}}}"), BTreeSet::from([format!("{{{name}}}")]))),
            Token::Quoted(text) => Some((format!("\"{text}\""), BTreeSet::from([format!("\"{text}\"")]))),
            Token::Word(word) if self.tokens.get(self.at) == Some(&Token::Symbol("(")) => {
                // A function: its arguments are operands.
                self.at += 1;
                let arguments = self.list(")")?;
                let text = format!("{word}({})", arguments.join(", "));
                Some((text.clone(), BTreeSet::from([text])))
            }
            Token::Word(word) => Some((word.clone(), BTreeSet::from([format!("\"{word}\"")]))),
            Token::Symbol("[") => {
                let items: BTreeSet<String> = self.list("]")?.into_iter().collect();
                let text = format!("[{}]", items.iter().cloned().collect::<Vec<_>>().join(", "));
                Some((text, items))
            }
            Token::Symbol(_) => None,
        }
    }

    fn list(&mut self, end: &str) -> Option<Vec<String>> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut items = Vec::new();
        while !self.take(end, "") {
            items.push(self.operand()?.0);
            if !self.take(",", "") {
                self.depth -= 1;
                return self.take(end, "").then_some(items);
            }
        }
        self.depth -= 1;
        Some(items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_writings_of_one_condition_are_one() {
        for (left, right) in [
            ("{a} = \"x\"", "{ a }=='x'"),
            ("{a} contains [\"x\"]", "{a} contains 'x'"),
            ("{a} contains ['x', 'y']", "{a} allof ['y','x']"),
            ("{a} <> 1", "!({a} = 1)"),
            ("{a} notempty", "not ({a} empty)"),
            ("{a} = 1 and ({b} = 2 or {c} = 3)", "({c} = 3 || {b} = 2) && {a} = 1"),
        ] {
            assert_eq!(expression(left), expression(right), "{left} / {right}");
        }
    }

    #[test]
    fn another_condition_is_another() {
        for (left, right) in [
            ("{a} = \"x\"", "{a} = \"y\""),
            ("{a} = 1 and {b} = 2", "{a} = 1 or {b} = 2"),
            ("{a} contains 'x'", "{a} = 'x'"),
            ("{a} anyof ['x','y']", "{a} allof ['x','y']"),
            ("f({a}) > 1", "g({a}) > 1"),
            ("{a", "{b"),
        ] {
            assert_ne!(expression(left), expression(right), "{left} / {right}");
        }
    }

    #[test]
    fn hostile_nesting_is_compared_as_a_text() {
        for deep in ["(", "!", "f(", "["] {
            let text = deep.repeat(100_000);
            assert!(matches!(expression(&text).logic, Logic::Atom(_)));
        }
    }
}
