//! Walking a TOML document by hand: every fault is reported with its place, and the walk goes on.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::expr::{Syntax, parse as parse_expression};
use crate::problem::{Problems, did_you_mean};

/// A table being read; unknown keys are reported by [`Table::finish`].
pub(super) struct Table<'t, 'p, 'f> {
    entries: &'t DeTable<'t>,
    span: Range<usize>,
    name: String,
    read: RefCell<BTreeSet<&'static str>>,
    is_left: Cell<bool>,
    problems: &'p RefCell<Problems<'f>>,
}

/// A value with its place in the file.
#[derive(Debug, Clone)]
pub(super) struct Located<T> {
    pub value: T,
    pub span: Range<usize>,
}

/// An expression: its text, its tree, and where its text starts in the file.
#[derive(Debug, Clone)]
pub(super) struct Expression {
    pub text: String,
    pub syntax: Syntax,
    pub span: Range<usize>,
    offset: Option<usize>,
}

impl Expression {
    /// The place in the file of a range of the expression's text.
    pub(super) fn place(&self, range: &Range<usize>) -> Range<usize> {
        match self.offset {
            Some(offset) => offset + range.start..offset + range.end,
            None => self.span.clone(),
        }
    }
}

impl<'t, 'p, 'f> Table<'t, 'p, 'f> {
    pub(super) fn root(table: &'t Spanned<DeTable<'t>>, problems: &'p RefCell<Problems<'f>>) -> Self {
        Self::new(table.get_ref(), table.span(), "this file".to_owned(), problems)
    }

    fn new(
        table: &'t DeTable<'t>,
        span: Range<usize>,
        name: String,
        problems: &'p RefCell<Problems<'f>>,
    ) -> Self {
        Self { entries: table, span, name, read: RefCell::default(), is_left: Cell::new(false), problems }
    }

    pub(super) fn report(&self, code: &'static str, span: Range<usize>, message: String) {
        self.problems.borrow_mut().report(code, span, message);
    }

    pub(super) fn report_with(
        &self,
        code: &'static str,
        span: Range<usize>,
        message: String,
        help: Option<String>,
    ) {
        self.problems.borrow_mut().report_with(code, span, message, help);
    }

    /// Where the table stands: its header, or its braces.
    pub(super) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    fn value(&self, key: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.read.borrow_mut().insert(key);
        self.entries.iter().find(|(found, _)| found.get_ref() == key).map(|(_, value)| value)
    }

    /// Whether the key is there, right or wrong.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(found, _)| found.get_ref() == key)
    }

    /// A text, before it is read.
    pub(super) fn peek(&self, key: &str) -> Option<String> {
        let (_, value) = self.entries.iter().find(|(found, _)| found.get_ref() == key)?;
        value.get_ref().as_str().map(str::to_owned)
    }

    /// Whether the key is there with an empty list.
    pub(super) fn has_empty(&self, key: &'static str) -> bool {
        self.value(key).and_then(|value| value.get_ref().as_array()).is_some_and(|array| array.is_empty())
    }

    /// Gives up the table: keys that nothing has read are no fault of theirs.
    pub(super) fn leave(&self) {
        self.is_left.set(true);
    }

    /// Reports a list that is absent or empty.
    pub(super) fn not_empty(&self, key: &'static str, message: &str) {
        if !self.has(key) || self.has_empty(key) {
            self.report("missing-key", self.span(), message.to_owned());
        }
    }

    fn missing(&self, key: &'static str) {
        self.report("missing-key", self.span.clone(), format!("{} lacks the key `{key}`", self.name));
    }

    fn wrong(&self, key: &str, value: &Spanned<DeValue<'_>>, expected: &str) {
        let found = value.get_ref().type_str();
        self.report("wrong-type", value.span(), format!("`{key}` is of type {found} (expected {expected})"));
    }

    pub(super) fn optional_string(&self, key: &'static str) -> Option<Located<String>> {
        let value = self.value(key)?;
        let Some(text) = value.get_ref().as_str() else {
            self.wrong(key, value, "a text in quotes");
            return None;
        };
        Some(Located { value: text.to_owned(), span: value.span() })
    }

    pub(super) fn string(&self, key: &'static str) -> Option<Located<String>> {
        if self.value(key).is_none() {
            self.missing(key);
            return None;
        }
        self.optional_text(key)
    }

    /// A text that may be absent but not empty.
    pub(super) fn optional_text(&self, key: &'static str) -> Option<Located<String>> {
        let found = self.optional_string(key)?;
        if found.value.trim().is_empty() {
            self.report("empty-text", found.span, format!("`{key}` is empty"));
            return None;
        }
        Some(found)
    }

    /// A code: lower or upper case letters, digits, `_` and `-`.
    pub(super) fn code(&self, key: &'static str) -> Option<Located<String>> {
        let found = self.string(key)?;
        if is_code(&found.value) {
            return Some(found);
        }
        let message =
            format!("`{}` is not a code (expected at most 64 letters, digits, `_` or `-`)", found.value);
        self.report("bad-code", found.span, message);
        None
    }

    pub(super) fn flag(&self, key: &'static str) -> bool {
        let Some(value) = self.value(key) else { return false };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.wrong(key, value, "true or false");
            false
        })
    }

    pub(super) fn optional_number(&self, key: &'static str) -> Option<Located<f64>> {
        let value = self.value(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(integer) => {
                i64::from_str_radix(integer.as_str(), integer.radix()).ok().map(|n| n as f64)
            }
            DeValue::Float(float) => float.as_str().replace('_', "").parse().ok(),
            _ => None,
        };
        let Some(number) = number.filter(|number| number.is_finite()) else {
            self.wrong(key, value, "a number");
            return None;
        };
        Some(Located { value: number, span: value.span() })
    }

    pub(super) fn number(&self, key: &'static str) -> Option<Located<f64>> {
        if self.value(key).is_none() {
            self.missing(key);
        }
        self.optional_number(key)
    }

    /// A number that must be there and stand between bounds; one that does not is reported and read all the same, so
    /// that nothing else is said about it.
    pub(super) fn number_within(&self, key: &'static str, bounds: &Range<f64>) -> Option<f64> {
        let found = self.number(key)?;
        if !bounds.contains(&found.value) {
            let (value, Range { start, end }) = (found.value, bounds);
            let message = format!("`{key}` is {value} (expected {start} or more, less than {end})");
            self.report("out-of-range", found.span, message);
        }
        Some(found.value)
    }

    pub(super) fn optional_integer(&self, key: &'static str) -> Option<Located<i64>> {
        let value = self.value(key)?;
        let DeValue::Integer(integer) = value.get_ref() else {
            self.wrong(key, value, "a whole number");
            return None;
        };
        let Ok(number) = i64::from_str_radix(integer.as_str(), integer.radix()) else {
            self.wrong(key, value, "a whole number of at most 18 digits");
            return None;
        };
        Some(Located { value: number, span: value.span() })
    }

    /// A whole number that must be there.
    pub(super) fn integer(&self, key: &'static str) -> Option<Located<i64>> {
        if self.value(key).is_none() {
            self.missing(key);
        }
        self.optional_integer(key)
    }

    /// A whole number that must be there and not negative.
    pub(super) fn count(&self, key: &'static str) -> Option<Located<u32>> {
        let found = self.integer(key)?;
        let Ok(count) = u32::try_from(found.value) else {
            self.report(
                "out-of-range",
                found.span,
                format!("`{key}` is {} (expected 0 or more)", found.value),
            );
            return None;
        };
        Some(Located { value: count, span: found.span })
    }

    pub(super) fn strings(&self, key: &'static str) -> Vec<Located<String>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let Some(array) = value.get_ref().as_array() else {
            self.wrong(key, value, "a list of texts");
            return Vec::new();
        };
        let mut strings = Vec::new();
        for item in array {
            match item.get_ref().as_str() {
                Some(text) => strings.push(Located { value: text.to_owned(), span: item.span() }),
                None => self.wrong(key, item, "a text in quotes"),
            }
        }
        strings
    }

    /// A table that may be absent.
    pub(super) fn optional_table(&self, key: &'static str) -> Option<Table<'t, 'p, 'f>> {
        let value = self.value(key)?;
        let Some(table) = value.get_ref().as_table() else {
            self.wrong(key, value, "a table");
            return None;
        };
        Some(Table::new(table, value.span(), format!("`{key}`"), self.problems))
    }

    pub(super) fn table(&self, key: &'static str) -> Option<Table<'t, 'p, 'f>> {
        if self.value(key).is_none() {
            self.missing(key);
        }
        self.optional_table(key)
    }

    /// A list of tables (`[[key]]`, or inline); absent reads as empty.
    pub(super) fn tables(&self, key: &'static str) -> Vec<Table<'t, 'p, 'f>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let Some(array) = value.get_ref().as_array() else {
            self.wrong(key, value, "a list of tables");
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in array {
            match item.get_ref().as_table() {
                Some(table) => {
                    tables.push(Table::new(table, item.span(), format!("this `{key}`"), self.problems));
                }
                None => self.wrong(key, item, "a table"),
            }
        }
        tables
    }

    /// An expression; a syntax fault is reported at its place inside the text.
    pub(super) fn optional_expression(&self, key: &'static str) -> Option<Expression> {
        let found = self.optional_string(key)?;
        let source = self.problems.borrow().text();
        let raw = source.get(found.span.clone()).unwrap_or("");
        // The text stands in the file as it is, unless it has escapes: then only the whole can be underlined.
        let offset = raw.find(found.value.as_str()).map(|start| found.span.start + start);
        match parse_expression(&found.value) {
            Ok(syntax) => Some(Expression { text: found.value, syntax, span: found.span, offset }),
            Err(error) => {
                let span = match offset {
                    Some(offset) => offset + error.span.start..offset + error.span.end,
                    None => found.span,
                };
                self.report("syntax", span, error.message);
                None
            }
        }
    }

    pub(super) fn expression(&self, key: &'static str) -> Option<Expression> {
        if self.value(key).is_none() {
            self.missing(key);
        }
        self.optional_expression(key)
    }

    /// Reports the faults of an expression at their places.
    pub(super) fn report_faults(
        &self,
        expression: &Expression,
        faults: Vec<(&'static str, Range<usize>, String, Option<String>)>,
    ) {
        for (code, range, message, help) in faults {
            self.report_with(code, expression.place(&range), message, help);
        }
    }

    /// Reports every key that nothing has read.
    pub(super) fn finish(&self) {
        if self.is_left.get() {
            return;
        }
        let read = self.read.borrow();
        for (key, _) in self.entries {
            if !read.contains(key.get_ref().as_ref()) {
                let help = did_you_mean(key.get_ref(), read.iter().copied());
                let message = format!("{} has no key `{}`", self.name, key.get_ref());
                self.report_with("unknown-key", key.span(), message, help);
            }
        }
    }
}

/// Whether a text may be a code: at most 64 letters without accent, digits, `_` or `-`.
pub(super) fn is_code(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (1..=64).contains(&text.len()) && text.chars().all(is_part)
}

/// Codes already seen, to refuse the second use of one.
#[derive(Debug, Default)]
pub(super) struct Seen(BTreeSet<String>);

impl Seen {
    /// Registers a code; reports it when it was seen before. Whether it is new.
    pub(super) fn add(&mut self, table: &Table<'_, '_, '_>, what: &str, code: &Located<String>) -> bool {
        let is_new = self.0.insert(code.value.clone());
        if !is_new {
            let message = format!("{what} `{}` is defined twice", code.value);
            table.report("duplicate-code", code.span.clone(), message);
        }
        is_new
    }
}

/// Parses a file into a root table. The first fault of TOML's own syntax is reported, and nothing else is then said of
/// the file: what follows a lost quote is not what its author wrote.
pub(super) fn document<'f>(text: &'f str, problems: &RefCell<Problems<'f>>) -> Option<Spanned<DeTable<'f>>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let first = errors.into_iter().min_by_key(|error| error.span().map_or(0, |span| span.start));
    let Some(error) = first else { return Some(table) };
    let span = error.span().unwrap_or(0..0);
    problems.borrow_mut().report("toml-syntax", span, format!("this is not TOML: {}", error.message()));
    None
}
