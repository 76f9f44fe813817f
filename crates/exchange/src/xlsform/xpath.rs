//! The part of `XPath` that questionnaires speak: its tree, its text, its reader.

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum XPath {
    /// `${name}`: the answer to a question.
    Answer(String),
    /// `name`: a column of the sheet `choices`, in a choice filter.
    Column(String),
    /// `.`: the answer that is being given.
    Here,
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// A function and its arguments.
    Call(String, Vec<XPath>),
    /// Two operands.
    Binary(Operator, Box<XPath>, Box<XPath>),
}

/// An operator, from the loosest to the tightest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    Differs,
    Below,
    AtMost,
    Above,
    AtLeast,
    Plus,
    Minus,
}

use Operator::{Above, And, AtLeast, AtMost, Below, Differs, Equal, Minus, Or, Plus};

/// Symbols, the longer before those they start with.
const SYMBOLS: [(&str, Operator); 10] = [
    ("or", Or),
    ("and", And),
    ("!=", Differs),
    ("<=", AtMost),
    (">=", AtLeast),
    ("=", Equal),
    ("<", Below),
    (">", Above),
    ("+", Plus),
    ("-", Minus),
];

impl Operator {
    fn tightness(self) -> u8 {
        match self {
            Or => 0,
            And => 1,
            Equal | Differs => 2,
            Below | AtMost | Above | AtLeast => 3,
            Plus | Minus => 4,
        }
    }

    pub(super) fn symbol(self) -> &'static str {
        SYMBOLS.iter().find(|(_, operator)| *operator == self).map_or("", |(symbol, _)| symbol)
    }

    /// The operator that says the same with its sides exchanged.
    pub(super) fn mirrored(self) -> Self {
        match self {
            Below => Above,
            Above => Below,
            AtMost => AtLeast,
            AtLeast => AtMost,
            other => other,
        }
    }
}

/// Deeper than this is refused: the reader is recursive.
const DEEPEST: usize = 64;

/// Longer than this is refused: a chain of `or` is as deep as it is long.
const LONGEST: usize = 12_000;

impl XPath {
    pub(super) fn call(name: &str, arguments: impl IntoIterator<Item = Self>) -> Self {
        Self::Call(name.to_owned(), arguments.into_iter().collect())
    }

    pub(super) fn binary(left: Self, operator: Operator, right: Self) -> Self {
        Self::Binary(operator, Box::new(left), Box::new(right))
    }

    pub(super) fn constant(value: bool) -> Self {
        Self::call(if value { "true" } else { "false" }, [])
    }

    pub(super) fn negated(self) -> Self {
        Self::call("not", [self])
    }

    /// All of these; `None` when there are none.
    pub(super) fn all(parts: impl IntoIterator<Item = Self>) -> Option<Self> {
        parts.into_iter().reduce(|left, right| Self::binary(left, And, right))
    }

    /// Any of these; `None` when there are none.
    pub(super) fn any(parts: impl IntoIterator<Item = Self>) -> Option<Self> {
        parts.into_iter().reduce(|left, right| Self::binary(left, Or, right))
    }

    /// Reads an expression.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader { text, at: 0, depth: 0, taken: 0 };
        let read = reader.operation(0)?;
        reader.space();
        if reader.at < text.len() {
            return Err(format!("`{}` is out of place", reader.next_word()));
        }
        Ok(read)
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Answer(name) => {
                out.push_str("${");
                out.push_str(name);
                out.push('}');
            }
            Self::Column(name) => out.push_str(name),
            Self::Here => out.push('.'),
            Self::Text(text) => {
                // XPath 1.0 has no escape in a text: the other quote is used; a code has neither.
                let quote = if text.contains('\'') { '"' } else { '\'' };
                out.push(quote);
                out.push_str(text);
                out.push(quote);
            }
            Self::Number(number) => out.push_str(&number.to_string()),
            Self::Call(name, arguments) => {
                out.push_str(name);
                out.push('(');
                for (index, argument) in arguments.iter().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    argument.write(out);
                }
                out.push(')');
            }
            Self::Binary(operator, left, right) => {
                left.write_operand(out, operator.tightness());
                out.push(' ');
                out.push_str(operator.symbol());
                out.push(' ');
                right.write_operand(out, operator.tightness() + 1);
            }
        }
    }

    fn write_operand(&self, out: &mut String, at_least: u8) {
        let is_loose = matches!(self, Self::Binary(operator, ..) if operator.tightness() < at_least);
        if is_loose {
            out.push('(');
        }
        self.write(out);
        if is_loose {
            out.push(')');
        }
    }
}

impl std::fmt::Display for XPath {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut out = String::new();
        self.write(&mut out);
        formatter.write_str(&out)
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    taken: usize,
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-' || c == '.'
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn next_word(&self) -> String {
        let end = self.rest().find(char::is_whitespace).unwrap_or(self.rest().len());
        self.rest()[..end].chars().take(40).collect()
    }

    fn take(&mut self, symbol: &str) -> bool {
        self.space();
        let found = self.rest().starts_with(symbol);
        self.at += if found { symbol.len() } else { 0 };
        found
    }

    fn operator(&mut self, tightness: u8) -> Option<Operator> {
        self.space();
        for (symbol, operator) in SYMBOLS {
            let rest = self.rest();
            if !rest.starts_with(symbol) {
                continue;
            }
            let is_word = symbol.chars().all(char::is_alphabetic);
            if is_word && rest[symbol.len()..].starts_with(is_name) {
                continue;
            }
            if operator.tightness() != tightness {
                return None;
            }
            self.at += symbol.len();
            return Some(operator);
        }
        None
    }

    fn operation(&mut self, tightness: u8) -> Result<XPath, String> {
        if tightness > 4 {
            return self.operand();
        }
        let mut left = self.operation(tightness + 1)?;
        while let Some(operator) = self.operator(tightness) {
            let right = self.operation(tightness + 1)?;
            left = XPath::binary(left, operator, right);
        }
        Ok(left)
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, String>) -> Result<T, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("it is nested deeper than {DEEPEST} levels"));
        }
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn operand(&mut self) -> Result<XPath, String> {
        self.taken += 1;
        if self.taken > LONGEST {
            return Err(format!("it has more than {LONGEST} parts"));
        }
        if self.take("(") {
            let inner = self.deeper(|reader| reader.operation(0))?;
            return if self.take(")") { Ok(inner) } else { Err("a `)` is missing".to_owned()) };
        }
        if self.take("${") {
            let Some(end) = self.rest().find('}') else { return Err("a `}` is missing".to_owned()) };
            let name = self.rest()[..end].trim().to_owned();
            self.at += end + 1;
            return Ok(XPath::Answer(name));
        }
        for quote in ["'", "\""] {
            if self.take(quote) {
                let Some(end) = self.rest().find(quote) else { return Err("a quote is missing".to_owned()) };
                let text = self.rest()[..end].to_owned();
                self.at += end + 1;
                return Ok(XPath::Text(text));
            }
        }
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Err("it stops too early".to_owned()) };
        if first.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let number = rest[..end].parse().map_err(|_| format!("`{}` is not a number", &rest[..end]))?;
            self.at += end;
            return Ok(XPath::Number(number));
        }
        if first == '.' && !rest.starts_with("..") && !rest.starts_with("./") {
            self.at += 1;
            return Ok(XPath::Here);
        }
        if !first.is_alphabetic() && first != '_' {
            return Err(format!("`{}` is not understood", self.next_word()));
        }
        let name: String = rest.chars().take_while(|c| is_name(*c)).collect();
        self.at += name.len();
        if !self.take("(") {
            return Ok(match name.to_lowercase().as_str() {
                // A cell in which Excel has turned the word into a truth value.
                word @ ("true" | "false") => XPath::constant(word == "true"),
                _ => XPath::Column(name),
            });
        }
        let mut arguments = Vec::new();
        if !self.take(")") {
            loop {
                arguments.push(self.deeper(|reader| reader.operation(0))?);
                if self.take(")") {
                    break;
                }
                if !self.take(",") {
                    return Err("a `,` or a `)` is missing".to_owned());
                }
            }
        }
        Ok(XPath::Call(name, arguments))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for text in [
            "selected(${a}, 'x') or ${b} = 3 and not(${c} != 'y')",
            "(${a} = 1 or ${b} = 2) and ${c} >= 3",
            "count-selected(.) - number(selected(., 'x')) <= 3",
            "selected(${frn_liste}, name) or barometre_always = 'yes'",
            "${a} - (${b} - ${c}) < 2.5",
        ] {
            assert_eq!(XPath::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(XPath::parse("TRUE").unwrap(), XPath::constant(true));
    }

    #[test]
    fn nonsense_and_depth_are_refused_in_words() {
        for text in ["", "(", "${a", "'a", "a b", "../a", "count(", "a,b", "$a", "1.2.3", "é'", "[1]"] {
            assert!(XPath::parse(text).is_err(), "{text}");
        }
        for depth in [100, 100_000] {
            assert!(XPath::parse(&"(".repeat(depth)).unwrap_err().contains("deeper"));
            assert!(XPath::parse(&"not(".repeat(depth)).unwrap_err().contains("deeper"));
        }
        let long = vec!["${a} = 1"; 20_000].join(" or ");
        assert!(XPath::parse(&long).unwrap_err().contains("more than"));
    }
}
