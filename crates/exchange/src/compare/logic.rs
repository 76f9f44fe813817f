//! Conditions in a canonical form: two that differ by spaces, by the order of a set or of operands are one.

use std::collections::BTreeSet;
use std::fmt;

use questionnaire::expr::{Comparison, Syntax, SyntaxKind, parse};

/// A condition without the accidents of its writing. Operands of `and` and `or` are sets: they commute, and saying a
/// thing twice says it once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Logic {
    /// What is not `and`, `or` or `not`, in a canonical spelling.
    Atom(String),
    /// Negation.
    Not(Box<Logic>),
    /// All.
    And(BTreeSet<Logic>),
    /// At least one.
    Or(BTreeSet<Logic>),
}

/// A condition or a numerator: as it was written, and what counts when two are compared.
#[derive(Debug, Clone)]
pub struct Expression {
    /// As written.
    pub text: String,
    /// Canonical.
    pub logic: Logic,
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.logic == other.logic
    }
}

impl Eq for Expression {}

impl Expression {
    /// An expression of our language; a text that is not one is compared as a text, spaces aside.
    #[must_use]
    pub fn ours(text: &str) -> Self {
        let logic = parse(text).map_or_else(|_| Logic::opaque(text), |syntax| Logic::of(&syntax));
        Self { text: text.to_owned(), logic }
    }
}

impl Logic {
    /// A text that could not be parsed.
    #[must_use]
    pub fn opaque(text: &str) -> Self {
        Self::Atom(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// All of these.
    #[must_use]
    pub fn and(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut all = BTreeSet::new();
        for part in parts {
            match part {
                Self::And(inner) => all.extend(inner),
                other => {
                    all.insert(other);
                }
            }
        }
        Self::lone(all).unwrap_or_else(Self::And)
    }

    /// At least one of these.
    #[must_use]
    pub fn or(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut all = BTreeSet::new();
        for part in parts {
            match part {
                Self::Or(inner) => all.extend(inner),
                other => {
                    all.insert(other);
                }
            }
        }
        Self::lone(all).unwrap_or_else(Self::Or)
    }

    /// The contrary.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    fn lone(mut set: BTreeSet<Self>) -> Result<Self, BTreeSet<Self>> {
        if set.len() == 1 {
            // The length was just read.
            return Ok(set.pop_first().expect("a set of one has a first"));
        }
        Err(set)
    }

    /// `name operator {codes}`. One code ticked is the same said by `has_any` and by `has_all`.
    #[must_use]
    pub fn member(name: &str, operator: &str, codes: &[String]) -> Self {
        let codes: BTreeSet<&str> = codes.iter().map(String::as_str).collect();
        let operator = if operator == "has_all" && codes.len() == 1 { "has_any" } else { operator };
        let codes = codes.into_iter().collect::<Vec<_>>().join(", ");
        Self::Atom(format!("{name} {operator} {{{codes}}}"))
    }

    /// `left operator right`, written with `>`, `>=` or `=` only.
    #[must_use]
    pub fn comparison(left: &str, operator: Comparison, right: &str) -> Self {
        Self::Atom(match operator {
            Comparison::AtLeast => format!("{left} >= {right}"),
            Comparison::AtMost => format!("{right} >= {left}"),
            Comparison::Above => format!("{left} > {right}"),
            Comparison::Below => format!("{right} > {left}"),
            Comparison::Equal => {
                let (first, second) = if left <= right { (left, right) } else { (right, left) };
                format!("{first} = {second}")
            }
        })
    }

    /// The canonical form of a parsed expression.
    #[must_use]
    pub fn of(syntax: &Syntax) -> Self {
        match &syntax.kind {
            SyntaxKind::And(..) => Self::and(chain(syntax, true)),
            SyntaxKind::Or(..) => Self::or(chain(syntax, false)),
            SyntaxKind::Not(inner) => Self::of(inner).negated(),
            SyntaxKind::Member(subject, operator, set) => {
                let codes = match &set.kind {
                    SyntaxKind::Set(codes) => codes.iter().map(|(code, _)| code.clone()).collect(),
                    _ => vec![term(set)],
                };
                Self::member(&term(subject), operator, &codes)
            }
            SyntaxKind::Compare(left, operator, right) => {
                Self::comparison(&term(left), *operator, &term(right))
            }
            _ => Self::Atom(term(syntax)),
        }
    }
}

/// The operands of a chain of `and` (or of `or`). Chains lean to the left and may be thousands long: no recursion.
fn chain(syntax: &Syntax, is_and: bool) -> Vec<Logic> {
    let mut parts = Vec::new();
    let mut rest = syntax;
    loop {
        match &rest.kind {
            SyntaxKind::And(left, right) if is_and => {
                parts.push(Logic::of(right));
                rest = left;
            }
            SyntaxKind::Or(left, right) if !is_and => {
                parts.push(Logic::of(right));
                rest = left;
            }
            _ => {
                parts.push(Logic::of(rest));
                return parts;
            }
        }
    }
}

fn term(syntax: &Syntax) -> String {
    match &syntax.kind {
        SyntaxKind::Name(name) => name.clone(),
        SyntaxKind::Number(number) => number.to_string(),
        SyntaxKind::Set(codes) => {
            let codes: BTreeSet<&str> = codes.iter().map(|(code, _)| code.as_str()).collect();
            format!("{{{}}}", codes.into_iter().collect::<Vec<_>>().join(", "))
        }
        SyntaxKind::Call(function, arguments) => {
            format!("{function}({})", arguments.iter().map(term).collect::<Vec<_>>().join(", "))
        }
        _ => Logic::of(syntax).to_string(),
    }
}

impl fmt::Display for Logic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |formatter: &mut fmt::Formatter<'_>, parts: &BTreeSet<Self>, word: &str| {
            for (index, part) in parts.iter().enumerate() {
                let (open, close) =
                    if matches!(part, Self::Atom(_) | Self::Not(_)) { ("", "") } else { ("(", ")") };
                let separator = if index == 0 { "" } else { word };
                write!(formatter, "{separator}{open}{part}{close}")?;
            }
            Ok(())
        };
        match self {
            Self::Atom(text) => formatter.write_str(text),
            Self::Not(inner) => write!(formatter, "not ({inner})"),
            Self::And(parts) => list(formatter, parts, " and "),
            Self::Or(parts) => list(formatter, parts, " or "),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_and_order_do_not_make_a_difference() {
        for (left, right) in [
            ("a in {x,y}", "a  in { y , x }"),
            ("a in {x} and b in {y}", "b in {y} and (a in {x} and b in {y})"),
            ("not not a in {x}", "a in {x}"),
            ("n >= 3", "3 <= n"),
            ("n == 3", "3 = n"),
            ("m has_all {x}", "m has_any {x}"),
            ("count_in(m, {b,a}) > 2", "2 < count_in(m,{a, b})"),
            ("pas une expression :  x", "pas une expression : x"),
        ] {
            assert_eq!(Expression::ours(left), Expression::ours(right), "{left} / {right}");
        }
    }

    #[test]
    fn another_meaning_is_another_expression() {
        for (left, right) in [
            ("a in {x,y}", "a in {x}"),
            ("a in {x} and b in {y}", "a in {x} or b in {y}"),
            ("a in {x} and b in {y} or c in {z}", "a in {x} and (b in {y} or c in {z})"),
            ("n > 3", "n >= 3"),
            ("n > 3", "3 > n"),
            ("m has_all {x,y}", "m has_any {x,y}"),
            ("asked(a)", "not asked(a)"),
        ] {
            assert_ne!(Expression::ours(left), Expression::ours(right), "{left} / {right}");
        }
    }

    #[test]
    fn a_chain_as_long_as_the_language_allows_is_read() {
        let text = vec!["a"; 1_900].join(" or ");
        assert_eq!(Expression::ours(&text).logic, Logic::Atom("a".to_owned()));
    }
}
