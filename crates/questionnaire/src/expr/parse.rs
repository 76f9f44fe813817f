//! Text to syntax tree, with the place of every node.

use std::ops::Range;

/// A node of the syntax tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Syntax {
    /// What it is.
    pub kind: SyntaxKind,
    /// Byte range in the expression's text.
    pub span: Range<usize>,
}

/// Kinds of nodes.
#[derive(Debug, Clone, PartialEq)]
pub enum SyntaxKind {
    /// A name: `str_maturite`, `usg_outils.compta`, `derived.famille`.
    Name(String),
    /// A number.
    Number(f64),
    /// A function: its name and arguments.
    Call(String, Vec<Syntax>),
    /// A set of codes.
    Set(Vec<(String, Range<usize>)>),
    /// `subject operator set`, with `in`, `has_any`, `has_all`.
    Member(Box<Syntax>, &'static str, Box<Syntax>),
    /// `number operator number`.
    Compare(Box<Syntax>, super::Comparison, Box<Syntax>),
    /// Negation.
    Not(Box<Syntax>),
    /// Both.
    And(Box<Syntax>, Box<Syntax>),
    /// Either.
    Or(Box<Syntax>, Box<Syntax>),
}

/// Why a text is not an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Byte range of the offending text.
    pub span: Range<usize>,
    /// What was found and what was expected.
    pub message: String,
}

/// Parentheses and `not` nested deeper than this are refused: no one can read them, and the parser is recursive.
const DEEPEST: usize = 64;

/// Expressions longer than this are refused: no one can read them.
const LONGEST: usize = 4_000;

/// Parses an expression.
///
/// # Errors
/// The first [`SyntaxError`].
pub fn parse(text: &str) -> Result<Syntax, SyntaxError> {
    let tokens = lex(text)?;
    if let Some((_, span)) = tokens.get(LONGEST) {
        let message = format!("longer than {LONGEST} words; split it into derived variables");
        return Err(SyntaxError { span: span.clone(), message });
    }
    let mut parser = Parser { tokens, at: 0, depth: 0, end: text.len() };
    let syntax = parser.either()?;
    match parser.peek() {
        None => Ok(syntax),
        Some(_) => Err(parser.unexpected("the end, `and` or `or`")),
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Number(f64),
    Symbol(&'static str),
}

struct Parser {
    tokens: Vec<(Token, Range<usize>)>,
    at: usize,
    depth: usize,
    end: usize,
}

const SYMBOLS: [&str; 11] = [">=", "<=", "==", ">", "<", "=", "(", ")", "{", "}", ","];

fn lex(text: &str) -> Result<Vec<(Token, Range<usize>)>, SyntaxError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let start = at;
        if c.is_whitespace() {
            at += c.len_utf8();
        } else if c.is_ascii_alphabetic() || c == '_' {
            at += span_of(&text[at..], |c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
            tokens.push((Token::Word(text[start..at].to_owned()), start..at));
        } else if c.is_ascii_digit() {
            // A code may start with a digit (a region's `01`): a run of letters and digits that is not a number is
            // a word.
            at += span_of(&text[at..], |c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
            let run = &text[start..at];
            let token = match run.parse::<f64>() {
                Ok(number) if !(run.len() > 1 && run.starts_with('0') && !run.contains('.')) => {
                    Token::Number(number)
                }
                _ => Token::Word(run.to_owned()),
            };
            tokens.push((token, start..at));
        } else if let Some(symbol) = SYMBOLS.iter().find(|symbol| text[at..].starts_with(**symbol)) {
            at += symbol.len();
            tokens.push((Token::Symbol(symbol), start..at));
        } else {
            return Err(SyntaxError {
                span: start..start + c.len_utf8(),
                message: format!("`{c}` has no meaning in an expression"),
            });
        }
    }
    Ok(tokens)
}

fn span_of(text: &str, accept: impl Fn(char) -> bool) -> usize {
    text.find(|c| !accept(c)).unwrap_or(text.len())
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    fn span(&self) -> Range<usize> {
        self.tokens.get(self.at).map_or(self.end..self.end, |(_, span)| span.clone())
    }

    fn take(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Symbol(s)) if *s == symbol);
        self.at += usize::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(w)) if w == word);
        self.at += usize::from(found);
        found
    }

    fn unexpected(&self, expected: &str) -> SyntaxError {
        let message = match self.peek() {
            None => format!("the expression stops here (expected {expected})"),
            Some(Token::Word(word)) => format!("`{word}` is out of place (expected {expected})"),
            Some(Token::Number(number)) => format!("`{number}` is out of place (expected {expected})"),
            Some(Token::Symbol(symbol)) => format!("`{symbol}` is out of place (expected {expected})"),
        };
        SyntaxError { span: self.span(), message }
    }

    fn deeper<T>(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<T, SyntaxError>,
    ) -> Result<T, SyntaxError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(SyntaxError {
                span: self.span(),
                message: format!("nested deeper than {DEEPEST} levels; split it into derived variables"),
            });
        }
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn either(&mut self) -> Result<Syntax, SyntaxError> {
        let mut operands = vec![self.both()?];
        while self.take_word("or") {
            operands.push(self.both()?);
        }
        Ok(balanced(operands, SyntaxKind::Or))
    }

    fn both(&mut self) -> Result<Syntax, SyntaxError> {
        let mut operands = vec![self.negated()?];
        while self.take_word("and") {
            operands.push(self.negated()?);
        }
        Ok(balanced(operands, SyntaxKind::And))
    }

    fn negated(&mut self) -> Result<Syntax, SyntaxError> {
        let start = self.span().start;
        if self.take_word("not") {
            let inner = self.deeper(Self::negated)?;
            let span = start..inner.span.end;
            return Ok(Syntax { kind: SyntaxKind::Not(Box::new(inner)), span });
        }
        if self.take("(") {
            let inner = self.deeper(Self::either)?;
            if !self.take(")") {
                return Err(self.unexpected("`)`"));
            }
            return Ok(inner);
        }
        self.predicate()
    }

    fn predicate(&mut self) -> Result<Syntax, SyntaxError> {
        let left = self.term()?;
        for operator in ["in", "has_any", "has_all"] {
            if self.take_word(operator) {
                let set = self.set()?;
                let span = left.span.start..set.span.end;
                return Ok(Syntax {
                    kind: SyntaxKind::Member(Box::new(left), operator, Box::new(set)),
                    span,
                });
            }
        }
        for (symbol, comparison) in [
            (">=", super::Comparison::AtLeast),
            ("<=", super::Comparison::AtMost),
            (">", super::Comparison::Above),
            ("<", super::Comparison::Below),
            ("==", super::Comparison::Equal),
            ("=", super::Comparison::Equal),
        ] {
            if self.take(symbol) {
                let right = self.term()?;
                let span = left.span.start..right.span.end;
                return Ok(Syntax {
                    kind: SyntaxKind::Compare(Box::new(left), comparison, Box::new(right)),
                    span,
                });
            }
        }
        Ok(left)
    }

    fn term(&mut self) -> Result<Syntax, SyntaxError> {
        let span = self.span();
        match self.peek().cloned() {
            Some(Token::Number(number)) => {
                self.at += 1;
                Ok(Syntax { kind: SyntaxKind::Number(number), span })
            }
            Some(Token::Word(word))
                if !["and", "or", "not", "in", "has_any", "has_all"].contains(&word.as_str()) =>
            {
                self.at += 1;
                if !self.take("(") {
                    return Ok(Syntax { kind: SyntaxKind::Name(word), span });
                }
                let mut arguments = Vec::new();
                loop {
                    let argument = if matches!(self.peek(), Some(Token::Symbol("{"))) {
                        self.set()?
                    } else {
                        self.deeper(Self::term)?
                    };
                    arguments.push(argument);
                    if !self.take(",") {
                        break;
                    }
                }
                let end = self.span().end;
                if !self.take(")") {
                    return Err(self.unexpected("`)` or `,`"));
                }
                Ok(Syntax { kind: SyntaxKind::Call(word, arguments), span: span.start..end })
            }
            _ => Err(self.unexpected("a question, a number or a function")),
        }
    }

    fn set(&mut self) -> Result<Syntax, SyntaxError> {
        let start = self.span().start;
        if !self.take("{") {
            return Err(self.unexpected("`{` and answer codes"));
        }
        let mut codes = Vec::new();
        loop {
            let span = self.span();
            match self.peek().cloned() {
                Some(Token::Word(code)) => codes.push((code, span)),
                Some(Token::Number(number)) => codes.push((number.to_string(), span)),
                _ => return Err(self.unexpected("an answer code")),
            }
            self.at += 1;
            if !self.take(",") {
                break;
            }
        }
        let end = self.span().end;
        if !self.take("}") {
            return Err(self.unexpected("`}` or `,`"));
        }
        Ok(Syntax { kind: SyntaxKind::Set(codes), span: start..end })
    }
}

/// A chain of operands as a tree of least depth: what reads the tree is recursive, and a chain may be long.
fn balanced(mut operands: Vec<Syntax>, join: fn(Box<Syntax>, Box<Syntax>) -> SyntaxKind) -> Syntax {
    if operands.len() == 1 {
        return operands.remove(0);
    }
    let right = operands.split_off(operands.len().div_ceil(2));
    let (left, right) = (balanced(operands, join), balanced(right, join));
    let span = left.span.start..right.span.end;
    Syntax { kind: join(Box::new(left), Box::new(right)), span }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn and_binds_tighter_than_or() {
        let syntax = parse("a in {x} or b in {y} and not c in {z}").unwrap();
        let SyntaxKind::Or(_, right) = syntax.kind else { panic!("{syntax:?}") };
        let SyntaxKind::And(_, negation) = right.kind else { panic!() };
        assert!(matches!(negation.kind, SyntaxKind::Not(_)));
    }

    #[test]
    fn an_error_points_at_the_word_that_is_out_of_place() {
        let error = parse("a in {x} b").unwrap_err();
        assert_eq!(error.span, 9..10);
        let error = parse("count(a >= 2").unwrap_err();
        assert_eq!(error.span, 8..10);
        assert!(parse("a in {").unwrap_err().message.contains("stops here"));
        assert!(parse("a in {é}").unwrap_err().message.contains('é'));
        assert!(parse("").is_err());
    }

    #[test]
    fn nesting_ten_thousand_deep_is_refused_in_words() {
        for depth in [1_500, 10_000, 100_000] {
            for (open, close) in [("(", ")"), ("not ", ""), ("f(", ")"), ("", " or a in {x}")] {
                let text = format!("{}a{}", open.repeat(depth), close.repeat(depth));
                let message = parse(&text).unwrap_err().message;
                assert!(message.contains("split it into derived variables"), "{message}");
            }
        }
    }

    #[test]
    fn a_code_may_be_digits() {
        let syntax = parse("derived.region in {11, 01, 2A}").unwrap();
        let SyntaxKind::Member(_, "in", set) = syntax.kind else { panic!() };
        let SyntaxKind::Set(codes) = set.kind else { panic!() };
        assert_eq!(codes.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>(), ["11", "01", "2A"]);
    }
}
