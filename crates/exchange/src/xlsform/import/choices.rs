//! The lists of answers.

use std::collections::{BTreeMap, BTreeSet};

use super::Making;
use super::page::{Page, Place};
use crate::form::Choice;

/// A row of the sheet `choices`.
pub(super) struct Entry {
    pub row: u32,
    pub code: String,
    pub place: Place,
}

/// The lists, by name.
pub(super) struct Lists(BTreeMap<String, Vec<Entry>>);

/// The answers of a question, and what the sheet marks them with.
#[derive(Default)]
pub(super) struct Answers {
    pub options: Vec<Choice>,
    pub exclusive: Vec<String>,
    pub ends_on: Vec<String>,
}

impl Lists {
    pub(super) fn read(page: Option<&Page<'_>>, making: &mut Making) -> Self {
        let mut lists: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        let Some(page) = page else { return Self(lists) };
        for row in page.rows.keys() {
            let (list, code) = (page.take(*row, "list_name"), page.take(*row, "name"));
            let (Some((list, _)), Some((code, place))) = (list, code) else {
                page.lose_row(*row, "a row without list_name or name is not an answer", &mut making.losses);
                continue;
            };
            let entries = lists.entry(list.to_owned()).or_default();
            if page.peek(*row, "barometre_list").is_some() {
                // An entry of a reference list: the list itself is elsewhere.
                page.take_row(*row);
                continue;
            }
            if let Some(before) = entries.iter().find(|before| before.code == code) {
                let other = crate::xlsform::address(&page.table.name, Some(before.place));
                let message = format!("`{code}` is already an answer of the list `{list}`, at {other}");
                making.faults.push(page.table.fault(place, message));
                continue;
            }
            entries.push(Entry { row: *row, code: code.to_owned(), place });
        }
        Self(lists)
    }

    pub(super) fn entries(&self, list: &str) -> Option<&[Entry]> {
        self.0.get(list).map(Vec::as_slice)
    }

    /// The answers of a question.
    pub(super) fn answers(
        &self,
        making: &mut Making,
        page: &Page<'_>,
        list: &str,
        question: &str,
    ) -> Answers {
        let mut answers = Answers::default();
        let mut marks: [BTreeSet<(u32, String)>; 2] = [BTreeSet::new(), BTreeSet::new()];
        for entry in self.entries(list).unwrap_or_default() {
            making.check_code(page, entry.place, &entry.code);
            let texts = page.texts(entry.row, "label", &making.first);
            let key = format!("question.{question}.options.{}", entry.code);
            let label = making.texts(&key, texts).unwrap_or_else(|| {
                let what = format!("no label in `{}`: the code was taken", making.first);
                making.losses.push(page.table.loss(entry.place, what));
                entry.code.clone()
            });
            let points = page.take(entry.row, "barometre_points").and_then(|(text, place)| {
                let points = text.replace(',', ".").parse::<f64>().ok();
                if points.is_none() {
                    let message = format!("`{text}` is not a number of points (expected 0 to 100)");
                    making.faults.push(page.table.fault(place, message));
                }
                points
            });
            let show_if = page.text(entry.row, "barometre_show_if");
            for (marked, column) in marks.iter_mut().zip(["barometre_exclusive", "barometre_ends_on"]) {
                let Some((text, _)) = page.peek(entry.row, column) else { continue };
                // `yes`, or a place when the list was written in an order of its own.
                if page.flag(entry.row, column) {
                    let order = text.parse().unwrap_or(0);
                    marked.insert((order, entry.code.clone()));
                } else if let Ok(order) = text.parse() {
                    page.take(entry.row, column);
                    marked.insert((order, entry.code.clone()));
                }
            }
            answers.options.push(Choice { code: entry.code.clone(), label, points, show_if });
        }
        let in_order = |marked: &BTreeSet<(u32, String)>| {
            let place = |code: &String| answers.options.iter().position(|option| option.code == *code);
            let mut codes: Vec<(u32, Option<usize>, &String)> =
                marked.iter().map(|(order, code)| (*order, place(code), code)).collect();
            codes.sort();
            codes.into_iter().map(|(_, _, code)| code.clone()).collect()
        };
        let (exclusive, ends_on) = (in_order(&marks[0]), in_order(&marks[1]));
        answers.exclusive = exclusive;
        answers.ends_on = ends_on;
        answers
    }
}
