//! What is wrong with a definition, where, and what was expected.

use std::ops::Range;

/// One fault of a definition. [`crate::Edition::parse`] returns all of them at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable code, for instance `unknown-code`.
    pub code: &'static str,
    /// File, relative to the edition's folder.
    pub file: String,
    /// Byte range of the offending text in the file.
    pub span: Range<usize>,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, with the offending value and what was expected.
    pub message: String,
    /// What to do about it, where there is something to say.
    pub help: Option<String>,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}:{}: {} [{}]", self.file, self.line, self.column, self.message, self.code)
    }
}

/// The problems found so far in one file.
#[derive(Debug)]
pub(crate) struct Problems<'a> {
    file: &'a str,
    text: &'a str,
    found: Vec<Problem>,
}

impl<'a> Problems<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, found: Vec::new() }
    }

    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    pub(crate) fn report(&mut self, code: &'static str, span: Range<usize>, message: String) {
        self.report_with(code, span, message, None);
    }

    pub(crate) fn report_with(
        &mut self,
        code: &'static str,
        span: Range<usize>,
        message: String,
        help: Option<String>,
    ) {
        let start = span.start.min(self.text.len());
        let before = &self.text[..floor_boundary(self.text, start)];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        self.found.push(Problem { code, file: self.file.to_owned(), span, line, column, message, help });
    }

    pub(crate) fn into_found(self) -> Vec<Problem> {
        self.found
    }
}

fn floor_boundary(text: &str, mut index: usize) -> usize {
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}

/// The candidate nearest to `word`, when it is near enough to be what was meant.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance * 3 <= candidate.len().max(word.len()))
        .min()
        .map(|(_, candidate)| candidate)
}

/// « did you mean … », when something near exists.
pub(crate) fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

/// Levenshtein's distance, over characters.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let substituted = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_knows_its_line_and_column() {
        let mut problems = Problems::new("f.toml", "a = 1\nbé = 2\n");
        problems.report("x", 10..11, "wrong".to_owned());
        let found = problems.into_found();
        assert_eq!((found[0].line, found[0].column), (2, 4));
    }

    #[test]
    fn a_slip_of_the_pen_is_recognised() {
        assert_eq!(nearest("asociation", ["association", "mutuelle"]), Some("association"));
        assert_eq!(nearest("zzz", ["association"]), None);
    }
}
