//! Whether every figure that a file shows is one of `cells.csv`, or was declared with it (a target, a figure of another
//! source, a question's own words).
//!
//! A figure is a number that reads as one: before `%` or `/100`, at an end of a range that does, after `n =`, alone in
//! a cell of a workbook or of a table, or drawn by a chart of a workbook. Other numbers (years, sizes of organisations, numbering) are words.

use std::collections::BTreeSet;
use std::path::Path;

use crate::VerificationError;
use crate::folder::{cells, declared, files, read};
use crate::manifest::{MANIFEST, PUBLICATION, SITE};
use crate::texts::shown;

/// Marks a number that stands alone in a cell.
pub(crate) const ALONE: char = '\u{e000}';

/// Names under which a JSON file gives figures.
pub(crate) const NAMES: [&str; 11] =
    ["ci_hi", "ci_lo", "estimate", "hi", "high", "limit", "lo", "low", "n", "step", "value"];

/// Columns of `cells.csv` whose numbers are shown.
const COLUMNS: [&str; 10] = ["estimate", "step", "lo", "hi", "n", "n_lo", "n_hi", "ci_lo", "ci_hi", "pop"];

/// What stands between the two ends of a range.
const BETWEEN: [&str; 9] = ["-", "–", "—", "et", "à", "to", "and", "%–", "% à"];

/// The figures that may be shown.
#[derive(Debug, Default)]
pub struct Figures(BTreeSet<String>);

impl Figures {
    /// The figures of a publication's folder.
    ///
    /// # Errors
    /// When a file cannot be read or is not CSV.
    pub fn of(folder: &Path) -> Result<Self, VerificationError> {
        let text = cells(folder)?;
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let malformed = |error: csv::Error| VerificationError::malformed("cells.csv", error);
        let header = reader.headers().map_err(malformed)?.clone();
        let mut found = Self::default();
        for record in reader.records() {
            let record = record.map_err(malformed)?;
            for (name, value) in header.iter().zip(&record) {
                if COLUMNS.contains(&name) {
                    found.add(value);
                }
            }
        }
        for text in declared(folder)? {
            found.add(&text);
        }
        Ok(found)
    }

    /// The numbers of a text, without those inside words: a digest is full of them.
    fn add(&mut self, text: &str) {
        let is_word = |character: Option<char>| character.is_some_and(char::is_alphabetic);
        for (place, number) in audit::numbers(text) {
            let (before, after) = (text[..place.start].chars().next_back(), text[place.end..].chars().next());
            if !is_word(before) && !is_word(after) {
                self.0.insert(canonical(number));
            }
        }
    }

    /// Whether a number is one of these, with any sign.
    fn holds(&self, number: f64) -> bool {
        self.0.contains(&canonical(number.abs())) || self.0.contains(&canonical(number))
    }

    /// Whether what is written is two of these put end to end: the text of a PDF has no space between the end of one
    /// label and the beginning of the next.
    fn holds_end_to_end(&self, written: &str) -> bool {
        let is_held = |part: &str| part.replace(',', ".").parse().is_ok_and(|number: f64| self.holds(number));
        (1..written.len())
            .filter(|at| written.is_char_boundary(*at))
            .any(|at| is_held(&written[..at]) && is_held(&written[at..]))
    }

    /// The first figure of a text that is none of these, with the words around it.
    #[must_use]
    pub fn stranger(&self, text: &str) -> Option<(String, String)> {
        self.stranger_unless(text, |_| false)
    }

    /// The same, of the text of a PDF.
    fn stranger_in_document(&self, text: &str) -> Option<(String, String)> {
        self.stranger_unless(text, |written| self.holds_end_to_end(written))
    }

    fn stranger_unless(&self, text: &str, is_excused: impl Fn(&str) -> bool) -> Option<(String, String)> {
        let numbers = audit::numbers(text);
        let mut is_figure: Vec<bool> = numbers
            .iter()
            .map(|(place, _)| {
                let after = text[place.end..].trim_start_matches([' ', '\u{a0}', '\u{202f}']);
                let before =
                    text[..place.start].trim_end_matches([' ', '\u{a0}', '\u{202f}', '−', '+', '≤', '≥']);
                after.starts_with(['%', ALONE])
                    || after.starts_with("/100")
                    || before.strip_suffix('=').is_some_and(|before| {
                        let before = before.trim_end_matches([' ', '\u{a0}', '\u{202f}']);
                        before.ends_with('n') && !before[..before.len() - 1].ends_with(char::is_alphanumeric)
                    })
            })
            .collect();
        for end in (1..numbers.len()).rev() {
            let between = text[numbers[end - 1].0.end..numbers[end].0.start].trim();
            if is_figure[end] && BETWEEN.contains(&between) {
                is_figure[end - 1] = true;
            }
        }
        let (place, _) = numbers
            .into_iter()
            .zip(is_figure)
            // « /100 » says of what the figure is one.
            .filter(|((place, _), is_figure)| *is_figure && !text[..place.start].ends_with('/'))
            .map(|(found, _)| found)
            .find(|(place, number)| !self.holds(*number) && !is_excused(&text[place.clone()]))?;
        let context: String = text.replace(ALONE, "");
        Some((text[place].to_owned(), context.trim().chars().take(120).collect()))
    }
}

fn canonical(number: f64) -> String {
    let rounded = (number * 1e6).round() / 1e6;
    if rounded == 0.0 { "0".to_owned() } else { rounded.to_string() }
}

/// Checks every file of a publication's folder and of its site, or of a site. Returns how many texts were read.
///
/// # Errors
/// The first figure that is none of the publication, or a file that cannot be read.
pub fn check(folder: &Path) -> Result<usize, VerificationError> {
    let figures = Figures::of(folder)?;
    let mut read_texts = 0;
    for (name, path) in files(folder)? {
        // The frozen set is what the figures come from.
        let own = name.strip_prefix(SITE).and_then(|name| name.strip_prefix('/')).unwrap_or(&name);
        if [
            PUBLICATION,
            MANIFEST,
            "cells.csv",
            "meta.json",
            "params.json",
            "indicators.csv",
            "domains.csv",
            "datapackage.json",
        ]
        .contains(&own)
        {
            continue;
        }
        for text in shown(&name, &read(&path)?)? {
            read_texts += 1;
            let stranger = if path.extension().is_some_and(|ending| ending == "pdf") {
                figures.stranger_in_document(&text)
            } else {
                figures.stranger(&text)
            };
            if let Some((figure, context)) = stranger {
                return Err(VerificationError::Figure { file: name, figure, context });
            }
        }
    }
    Ok(read_texts)
}
