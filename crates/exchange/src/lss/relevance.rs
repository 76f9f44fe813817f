//! The conditions of LimeSurvey (its `ExpressionScript`) in our language, as far as they say the same there.
//!
//! What is understood: answers compared with codes and numbers, `is_empty`, `and`, `or`, `not`, parentheses. A variable
//! written without `.NAOK` makes the whole condition false when its question was not asked; so does the translation.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What a condition may read: a question that was carried over.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// Its code in the form.
    pub code: String,
    pub answers: Answers,
    /// Whether it is not asked of everyone.
    pub is_routed: bool,
    /// The screen it is on.
    pub screen: usize,
}

/// What its answers are, by the codes of the file.
#[derive(Debug, Clone)]
pub(super) enum Answers {
    /// One of these: code there, code here.
    Single(BTreeMap<String, String>),
    /// Any of these: subquestion there, answer here.
    Multiple(Rc<BTreeMap<String, String>>),
    /// One of these for each of those: subquestions, then answers.
    Matrix(BTreeMap<String, String>, BTreeMap<String, String>),
    /// A number.
    Number,
    /// A text.
    Text,
}

/// The questions met so far: by title (`Q1`), and titles by number (`qid`), for variables such as `1X2X3`.
#[derive(Debug, Default)]
pub(super) struct Questions {
    pub by_title: BTreeMap<String, Known>,
    pub titles: BTreeMap<String, String>,
}

/// A condition in our language, and the last screen it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Translated {
    pub text: String,
    pub last_screen: Option<usize>,
}

/// What a relevance equation says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Relevance {
    /// Everyone.
    Always,
    /// Nobody.
    Never,
    /// Who satisfies this.
    When(Translated),
}

/// Nested deeper than this, it is not translated.
const DEEPEST: usize = 32;
/// Longer than this, in bytes, it is not translated.
const LONGEST: usize = 8_000;

/// Translates a relevance equation.
///
/// # Errors
/// What in it has no equal in our language.
pub(super) fn translate(text: &str, questions: &Questions) -> Result<Relevance, String> {
    // An equation may be wrapped in the braces of a text.
    let trimmed = text.trim();
    let inner = trimmed.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(trimmed).trim();
    match inner {
        "" | "1" | "true" => return Ok(Relevance::Always),
        "0" | "false" => return Ok(Relevance::Never),
        _ if inner.len() > LONGEST => return Err(format!("it is longer than {LONGEST} bytes")),
        _ => {}
    }
    let tokens = lex(inner)?;
    let mut parser =
        Parser { tokens: &tokens, at: 0, depth: 0, questions, asked: BTreeSet::new(), last: None };
    let ours = parser.either()?;
    if let Some(token) = tokens.get(parser.at) {
        return Err(format!("`{}` is out of place", token.shown()));
    }
    let mut parts: Vec<String> = parser.asked.iter().map(|code| format!("asked({code})")).collect();
    parts.push(if parts.is_empty() { ours.text.clone() } else { ours.within_and() });
    let text = parts.join(" and ");
    questionnaire::expr::parse(&text).map_err(|error| error.message)?;
    Ok(Relevance::When(Translated { text, last_screen: parser.last }))
}

/// Both conditions.
pub(super) fn both(left: Relevance, right: Relevance) -> Relevance {
    match (left, right) {
        (Relevance::Never, _) | (_, Relevance::Never) => Relevance::Never,
        (Relevance::Always, other) | (other, Relevance::Always) => other,
        (Relevance::When(left), Relevance::When(right)) => Relevance::When(Translated {
            text: format!("({}) and ({})", left.text, right.text),
            last_screen: left.last_screen.max(right.last_screen),
        }),
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Name(String),
    Number(String),
    Text(String),
    Symbol(&'static str),
}

impl Token {
    fn shown(&self) -> &str {
        match self {
            Self::Name(text) | Self::Number(text) | Self::Text(text) => text,
            Self::Symbol(symbol) => symbol,
        }
    }
}

const SYMBOLS: [&str; 14] = ["==", "!=", "<>", ">=", "<=", "&&", "||", "=", ">", "<", "(", ")", "!", ","];

/// Words that are operators.
const WORDS: [(&str, &str); 9] = [
    ("eq", "=="),
    ("ne", "!="),
    ("ge", ">="),
    ("le", "<="),
    ("gt", ">"),
    ("lt", "<"),
    ("and", "&&"),
    ("or", "||"),
    ("not", "!"),
];

fn lex(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(c) = rest.chars().next() {
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':');
        let used = if c == '"' || c == '\'' {
            let end = rest[1..].find(c).ok_or("a quotation mark is not closed")? + 1;
            if rest[1..end].contains('\\') {
                return Err("a backslash has no equal".to_owned());
            }
            tokens.push(Token::Text(rest[1..end].to_owned()));
            end + 1
        } else if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            tokens.push(Token::Symbol(symbol));
            symbol.len()
        } else if is_name(c) {
            let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
            let word = &rest[..end];
            let operator = WORDS.iter().find(|(known, _)| word.eq_ignore_ascii_case(known));
            tokens.push(match operator {
                Some((_, symbol)) => Token::Symbol(symbol),
                None if word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => {
                    Token::Number(word.to_owned())
                }
                None => Token::Name(word.to_owned()),
            });
            end
        } else {
            return Err(format!("`{}` has no equal", super::xml::printable(&c.to_string())));
        };
        rest = rest[used..].trim_start();
    }
    Ok(tokens)
}

/// A part of the translation; `binds` says which words may stand beside it without parentheses.
struct Ours {
    text: String,
    binds: Binds,
    /// What this denies, so that two negations cancel.
    denies: Option<Box<Ours>>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
enum Binds {
    Or,
    And,
    Whole,
}

impl Ours {
    fn whole(text: String) -> Self {
        Self { text, binds: Binds::Whole, denies: None }
    }

    fn within_and(&self) -> String {
        if self.binds == Binds::Or { format!("({})", self.text) } else { self.text.clone() }
    }

    fn negated(self) -> Self {
        if let Some(denied) = self.denies {
            return *denied;
        }
        let text = format!("not ({})", self.text);
        Self { text, binds: Binds::Whole, denies: Some(Box::new(self)) }
    }

    fn joined(mut parts: Vec<Self>, word: &str, binds: Binds) -> Self {
        if parts.len() == 1 {
            return parts.remove(0);
        }
        let parts: Vec<String> = parts
            .iter()
            .map(|part| if part.binds < binds { format!("({})", part.text) } else { part.text.clone() })
            .collect();
        Self { text: parts.join(word), binds, denies: None }
    }
}

/// A side of a comparison.
enum Operand<'p> {
    /// A literal, as it is written.
    Literal(String),
    Variable(Variable<'p>),
}

/// A variable of a carried question.
struct Variable<'p> {
    name: String,
    known: &'p Known,
    /// The part of it that is named: an answer of a multiple question, a row of a matrix.
    part: Option<String>,
}

struct Parser<'p> {
    tokens: &'p [Token],
    at: usize,
    depth: usize,
    questions: &'p Questions,
    /// Routed questions read without `.NAOK`.
    asked: BTreeSet<String>,
    last: Option<usize>,
}

impl<'p> Parser<'p> {
    fn take(&mut self, symbols: &[&'static str]) -> Option<&'static str> {
        let Some(Token::Symbol(found)) = self.tokens.get(self.at) else { return None };
        let found = symbols.iter().find(|symbol| *symbol == found)?;
        self.at += 1;
        Some(found)
    }

    fn deeper(&mut self, inner: impl FnOnce(&mut Self) -> Result<Ours, String>) -> Result<Ours, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("it is nested deeper than {DEEPEST} levels"));
        }
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn either(&mut self) -> Result<Ours, String> {
        let mut parts = vec![self.all()?];
        while self.take(&["||"]).is_some() {
            parts.push(self.all()?);
        }
        Ok(Ours::joined(parts, " or ", Binds::Or))
    }

    fn all(&mut self) -> Result<Ours, String> {
        let mut parts = vec![self.negated()?];
        while self.take(&["&&"]).is_some() {
            parts.push(self.negated()?);
        }
        Ok(Ours::joined(parts, " and ", Binds::And))
    }

    fn negated(&mut self) -> Result<Ours, String> {
        if self.take(&["!"]).is_some() {
            return Ok(self.deeper(Self::negated)?.negated());
        }
        if self.take(&["("]).is_some() {
            let inner = self.deeper(Self::either)?;
            self.take(&[")"]).ok_or("a parenthesis is not closed")?;
            // What follows a parenthesis would compare a truth with something.
            return match self.tokens.get(self.at) {
                None | Some(Token::Symbol("&&" | "||" | ")")) => Ok(inner),
                Some(token) => Err(format!("`{}` after a parenthesis has no equal", token.shown())),
            };
        }
        self.predicate()
    }

    fn predicate(&mut self) -> Result<Ours, String> {
        if let [Token::Name(function), Token::Symbol("("), ..] = &self.tokens[self.at..] {
            let function = function.clone();
            self.at += 2;
            if !function.eq_ignore_ascii_case("is_empty") {
                return Err(format!("the function `{function}` has no equal"));
            }
            let Operand::Variable(variable) = self.operand()? else {
                return Err("`is_empty` of a value has no equal".to_owned());
            };
            self.take(&[")"]).ok_or("a parenthesis is not closed")?;
            return Ok(measured(&variable)?.negated());
        }
        let left = self.operand()?;
        let Some(operator) = self.take(&["==", "!=", "<>", ">=", "<=", "=", ">", "<"]) else {
            return Err("a condition compares nothing".to_owned());
        };
        let right = self.operand()?;
        match (left, right) {
            (Operand::Variable(variable), Operand::Literal(value)) => compared(&variable, operator, &value),
            (Operand::Literal(value), Operand::Variable(variable)) => {
                let mirrored = match operator {
                    ">=" => "<=",
                    "<=" => ">=",
                    ">" => "<",
                    "<" => ">",
                    same => same,
                };
                compared(&variable, mirrored, &value)
            }
            (Operand::Variable(left), Operand::Variable(right)) => numbers(&left, operator, &right),
            (Operand::Literal(_), Operand::Literal(_)) => Err("it compares two values".to_owned()),
        }
    }

    fn operand(&mut self) -> Result<Operand<'p>, String> {
        let token = self.tokens.get(self.at).ok_or("it stops too early")?;
        self.at += 1;
        match token {
            Token::Number(value) | Token::Text(value) => Ok(Operand::Literal(value.clone())),
            Token::Symbol(symbol) => Err(format!("`{symbol}` is out of place")),
            Token::Name(name) => {
                let (base, suffix) =
                    name.split_once('.').map_or((name.as_str(), ""), |(base, suffix)| (base, suffix));
                let is_naok = matches!(suffix, "NAOK" | "valueNAOK");
                if !is_naok && !matches!(suffix, "" | "code" | "value") {
                    return Err(format!("`{name}` has no equal"));
                }
                let variable = self.variable(base)?;
                if variable.known.is_routed && !is_naok {
                    self.asked.insert(variable.known.code.clone());
                }
                self.last = self.last.max(Some(variable.known.screen));
                Ok(Operand::Variable(variable))
            }
        }
    }

    /// The question, and its part, that a name stands for: `Q1`, `Q1_SQ001`, `12X3X45`, `12X3X45SQ001`.
    fn variable(&self, name: &str) -> Result<Variable<'p>, String> {
        let questions = self.questions;
        let found = |title: &str, part: &str| {
            let known = questions.by_title.get(title)?;
            let part = Some(part.to_owned()).filter(|part| !part.is_empty());
            Some(Variable { name: name.to_owned(), known, part })
        };
        if let Some(variable) = found(name, "") {
            return Ok(variable);
        }
        for (at, _) in name.match_indices('_') {
            if let Some(variable) = found(&name[..at], &name[at + 1..]) {
                return Ok(variable);
            }
        }
        let mut numbers = name.splitn(3, 'X');
        if let (Some(survey), Some(group), Some(rest)) = (numbers.next(), numbers.next(), numbers.next())
            && [survey, group].iter().all(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
        {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            for length in (1..=digits).rev() {
                let title = questions.titles.get(&rest[..length]);
                if let Some(variable) = title.and_then(|title| found(title, &rest[length..])) {
                    return Ok(variable);
                }
            }
        }
        Err(format!("`{name}` is no earlier question that is carried over"))
    }
}

/// That a variable has a value.
fn measured(variable: &Variable<'_>) -> Result<Ours, String> {
    let code = &variable.known.code;
    match (&variable.known.answers, &variable.part) {
        (Answers::Multiple(parts), Some(part)) => {
            let part = parts.get(part).ok_or_else(|| unknown(variable))?;
            Ok(Ours::whole(format!("{code} has_any {{{part}}}")))
        }
        (Answers::Matrix(rows, _), Some(part)) => {
            let row = rows.get(part).ok_or_else(|| unknown(variable))?;
            Ok(Ours::whole(format!("measured({code}.{row})")))
        }
        (Answers::Single(_) | Answers::Number | Answers::Text, None) => {
            Ok(Ours::whole(format!("measured({code})")))
        }
        _ => Err(unknown(variable)),
    }
}

fn unknown(variable: &Variable<'_>) -> String {
    format!("`{}` names no answer or row that is carried over", variable.name)
}

/// A variable compared with a value.
fn compared(variable: &Variable<'_>, operator: &str, value: &str) -> Result<Ours, String> {
    let code = &variable.known.code;
    let is_equality = matches!(operator, "==" | "=");
    let is_difference = matches!(operator, "!=" | "<>");
    if value.is_empty() && (is_equality || is_difference) {
        let measured = measured(variable)?;
        return Ok(if is_equality { measured.negated() } else { measured });
    }
    let said = match (&variable.known.answers, &variable.part) {
        (Answers::Number, None) => {
            if value.parse::<f64>().is_err() {
                return Err(format!("`{value}` is no number"));
            }
            let operator = if is_equality || is_difference { "=" } else { operator };
            Ours::whole(format!("{code} {operator} {value}"))
        }
        _ if !is_equality && !is_difference => {
            return Err(format!("`{}` is no number, and `{operator}` compares numbers", variable.name));
        }
        (Answers::Single(codes), None) => {
            let answer = codes.get(value).ok_or_else(|| no_answer(variable, value))?;
            Ours::whole(format!("{code} in {{{answer}}}"))
        }
        (Answers::Matrix(rows, codes), Some(part)) => {
            let row = rows.get(part).ok_or_else(|| unknown(variable))?;
            let answer = codes.get(value).ok_or_else(|| no_answer(variable, value))?;
            Ours::whole(format!("{code}.{row} in {{{answer}}}"))
        }
        (Answers::Multiple(parts), Some(part)) => {
            let answer = parts.get(part).ok_or_else(|| unknown(variable))?;
            if value != "Y" {
                return Err(format!("`{}` is `Y` or empty, never `{value}`", variable.name));
            }
            Ours::whole(format!("{code} has_any {{{answer}}}"))
        }
        (Answers::Text, None) => {
            return Err(format!("the text `{}` is compared with a value", variable.name));
        }
        _ => return Err(unknown(variable)),
    };
    Ok(if is_difference { said.negated() } else { said })
}

fn no_answer(variable: &Variable<'_>, value: &str) -> String {
    format!("`{}` has no answer `{value}`", variable.name)
}

fn numbers(left: &Variable<'_>, operator: &str, right: &Variable<'_>) -> Result<Ours, String> {
    match (&left.known.answers, &right.known.answers) {
        (Answers::Number, Answers::Number) if left.part.is_none() && right.part.is_none() => {
            let operator = match operator {
                "==" => "=",
                "!=" | "<>" => return Err("two numbers that differ have no equal".to_owned()),
                other => other,
            };
            Ok(Ours::whole(format!("{} {operator} {}", left.known.code, right.known.code)))
        }
        _ => Err(format!("`{}` and `{}` are not both numbers", left.name, right.name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn questions() -> Questions {
        let codes =
            |codes: &[&str]| codes.iter().map(|code| ((*code).to_owned(), (*code).to_owned())).collect();
        let known = |code: &str, answers, is_routed, screen| {
            let code = code.to_owned();
            (code.clone(), Known { code, answers, is_routed, screen })
        };
        Questions {
            by_title: BTreeMap::from([
                known("Q1", Answers::Single(codes(&["A1", "A2", "1"])), false, 0),
                known("Q2", Answers::Multiple(Rc::new(codes(&["SQ001", "SQ002"]))), false, 1),
                known("Q3", Answers::Matrix(codes(&["R1"]), codes(&["A1"])), true, 2),
                known("N", Answers::Number, false, 3),
                known("T", Answers::Text, true, 4),
            ]),
            titles: BTreeMap::from([("45".to_owned(), "Q1".to_owned()), ("4".to_owned(), "Q2".to_owned())]),
        }
    }

    fn when(text: &str) -> String {
        match translate(text, &questions()) {
            Ok(Relevance::When(translated)) => translated.text,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn what_says_the_same_is_translated() {
        for (theirs, ours) in [
            ("Q1.NAOK == \"A1\"", "Q1 in {A1}"),
            ("Q1 eq 'A2'", "Q1 in {A2}"),
            ("1 == Q1", "Q1 in {1}"),
            ("((Q1.NAOK == \"A1\"))", "Q1 in {A1}"),
            ("{Q1 != \"A1\"}", "not (Q1 in {A1})"),
            ("!is_empty(Q1.NAOK)", "measured(Q1)"),
            ("Q1 == ''", "not (measured(Q1))"),
            ("Q1 != ''", "measured(Q1)"),
            ("Q2_SQ001.NAOK == \"Y\" or Q2_SQ002 == 'Y'", "Q2 has_any {SQ001} or Q2 has_any {SQ002}"),
            ("is_empty(Q2_SQ001)", "not (Q2 has_any {SQ001})"),
            ("Q3_R1.NAOK == 'A1'", "Q3.R1 in {A1}"),
            // Without NAOK, a question that was not asked makes the whole condition false.
            ("Q3_R1 == 'A1' or N >= 3", "asked(Q3) and (Q3.R1 in {A1} or N >= 3)"),
            ("N.NAOK > 3 and 10 >= N", "N > 3 and N <= 10"),
            ("N == 3", "N = 3"),
            ("is_empty(T.NAOK)", "not (measured(T))"),
            ("1X2X45 == 'A1'", "Q1 in {A1}"),
            ("1X2X4SQ001 == 'Y'", "Q2 has_any {SQ001}"),
            ("Q1=='A1' and (N<2 or N>5)", "Q1 in {A1} and (N < 2 or N > 5)"),
        ] {
            assert_eq!(when(theirs), ours, "{theirs}");
        }
        assert_eq!(translate(" 1 ", &questions()), Ok(Relevance::Always));
        assert_eq!(translate("", &questions()), Ok(Relevance::Always));
        assert_eq!(translate("0", &questions()), Ok(Relevance::Never));
    }

    #[test]
    fn the_last_screen_that_is_read_is_known() {
        let Ok(Relevance::When(translated)) = translate("Q1 == 'A1' and N > 2", &questions()) else {
            panic!()
        };
        assert_eq!(translated.last_screen, Some(3));
    }

    #[test]
    fn what_has_no_equal_is_refused_in_words() {
        for (theirs, words) in [
            ("Q1 == 'A9'", "no answer `A9`"),
            ("Q9 == 'A1'", "`Q9` is no earlier question"),
            ("Q2_SQ009 == 'Y'", "names no answer or row"),
            ("Q2_SQ001 == 'N'", "never `N`"),
            ("Q2 == 'Y'", "names no answer or row"),
            ("count(Q2_SQ001) > 1", "the function `count`"),
            ("Q1.shown == 'x'", "`Q1.shown` has no equal"),
            ("TOKEN:EMAIL == 'x'", "`TOKEN:EMAIL`"),
            ("T == 'abc'", "the text `T`"),
            ("N > 'abc'", "no number"),
            ("Q1 > 'A1'", "compares numbers"),
            ("Q1", "compares nothing"),
            ("(Q1 == 'A1') == 1", "after a parenthesis"),
            ("Q1 == 'A1", "not closed"),
            ("(Q1 == 'A1'", "not closed"),
            ("Q1 == 'A1' Q1", "out of place"),
            ("N + 1 > 2", "`+` has no equal"),
            ("1 == 1", "two values"),
            ("if(Q1 == 'A1', 1, 0)", "the function `if`"),
        ] {
            let refusal = translate(theirs, &questions()).unwrap_err();
            assert!(refusal.contains(words), "{theirs}: {refusal}");
        }
        for deep in ["(", "!", "is_empty("] {
            assert!(translate(&deep.repeat(7_000), &questions()).is_err());
            assert!(translate(&deep.repeat(100_000), &questions()).is_err());
        }
    }
}
