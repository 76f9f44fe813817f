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

impl Problem {
    /// Every code that a problem may have.
    pub const CODES: [&'static str; 41] = [
        "asked-later",
        "bad-code",
        "bad-row",
        "bad-value",
        "crowded-screen",
        "defined-later",
        "duplicate-code",
        "empty-group",
        "empty-questionnaire",
        "empty-score",
        "empty-screen",
        "empty-text",
        "missing-category",
        "missing-file",
        "missing-key",
        "missing-language",
        "missing-text",
        "missing-translation",
        "out-of-range",
        "reserved-code",
        "retired-code",
        "syntax",
        "toml-syntax",
        "too-deep",
        "unknown-breakdown",
        "unknown-category",
        "unknown-code",
        "unknown-dimension",
        "unknown-function",
        "unknown-group",
        "unknown-indicator",
        "unknown-key",
        "unknown-list",
        "unknown-placeholder",
        "unknown-question",
        "unknown-row",
        "unknown-screen",
        "unknown-variable",
        "unlisted-language",
        "unused-text",
        "wrong-type",
    ];
}

/// Among more candidates than this, what was meant is not guessed: it would take longer than all other checks.
const MOST_CANDIDATES: usize = 1_000;

/// The problems found so far in one file.
#[derive(Debug)]
pub(crate) struct Problems<'a> {
    file: &'a str,
    text: &'a str,
    /// Where each line starts; found once, when the first problem is reported.
    lines: Vec<usize>,
    found: Vec<Problem>,
}

impl<'a> Problems<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, lines: Vec::new(), found: Vec::new() }
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
        debug_assert!(Problem::CODES.contains(&code), "{code} is listed");
        if self.lines.is_empty() {
            let breaks = self.text.match_indices('\n').map(|(at, _)| at + 1);
            self.lines = std::iter::once(0).chain(breaks).collect();
        }
        let start = floor_boundary(self.text, span.start.min(self.text.len()));
        let end = floor_boundary(self.text, span.end.clamp(start, self.text.len()));
        let span = start..end;
        let line = self.lines.partition_point(|line| *line <= start);
        let column = self.text[self.lines[line - 1]..start].chars().count() + 1;
        self.found.push(Problem { code, file: self.file.to_owned(), span, line, column, message, help });
    }

    /// Whether any problem was found.
    pub(crate) fn is_any(&self) -> bool {
        !self.found.is_empty()
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
    let candidates: Vec<&str> = candidates.into_iter().take(MOST_CANDIDATES + 1).collect();
    if candidates.len() > MOST_CANDIDATES {
        return None;
    }
    candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(word.len()) * 3 <= candidate.len().max(word.len()))
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
        problems.report("syntax", 10..11, "wrong".to_owned());
        let found = problems.into_found();
        assert_eq!((found[0].line, found[0].column), (2, 4));
    }

    #[test]
    fn a_slip_of_the_pen_is_recognised() {
        assert_eq!(nearest("asociation", ["association", "mutuelle"]), Some("association"));
        assert_eq!(nearest("zzz", ["association"]), None);
    }
}
