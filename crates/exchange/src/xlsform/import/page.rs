//! A sheet being read: what was taken from it, and what was not.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::super::cells::{Cell, Column, Table, shorten};
use super::super::sheets::Row;
use super::super::{Fault, Loss, languages};

/// A cell's place: row and column.
pub(super) type Place = (u32, u32);

/// A sheet, its columns, and the cells that were taken.
pub(super) struct Page<'a> {
    pub table: &'a Table,
    pub columns: BTreeMap<u32, Column>,
    pub rows: BTreeMap<u32, BTreeMap<u32, &'a Cell>>,
    taken: RefCell<BTreeSet<Place>>,
    lost: RefCell<BTreeSet<u32>>,
}

impl<'a> Page<'a> {
    pub(super) fn new(table: &'a Table, faults: &mut Vec<Fault>, losses: &mut Vec<Loss>) -> Self {
        table.inspect(faults, losses);
        Self {
            table,
            columns: table.columns(faults),
            rows: table.rows(),
            taken: RefCell::default(),
            lost: RefCell::default(),
        }
    }

    fn column(&self, base: &str) -> Option<u32> {
        let is_it = |column: &Column| column.base == base && column.language.is_none();
        self.columns.iter().find(|(_, column)| is_it(column)).map(|(place, _)| *place)
    }

    pub(super) fn has(&self, base: &str) -> bool {
        self.columns.values().any(|column| column.base == base)
    }

    /// The cell of a column, as it stands, without taking it.
    pub(super) fn peek(&self, row: u32, base: &str) -> Option<(&'a str, Place)> {
        let column = self.column(base)?;
        let cell = self.rows.get(&row)?.get(&column)?;
        Some((cell.text.trim(), (row, column)))
    }

    /// The cell of a column, taken.
    pub(super) fn take(&self, row: u32, base: &str) -> Option<(&'a str, Place)> {
        let found = self.peek(row, base)?;
        self.taken.borrow_mut().insert(found.1);
        Some(found)
    }

    pub(super) fn text(&self, row: u32, base: &str) -> Option<String> {
        self.take(row, base).map(|(text, _)| text.to_owned())
    }

    /// Whether the cell says yes; something else than yes or no is left where it is.
    pub(super) fn flag(&self, row: u32, base: &str) -> bool {
        let Some((text, _)) = self.peek(row, base) else { return false };
        let says = |words: &[&str]| words.contains(&text.to_lowercase().as_str());
        let is_yes = says(&["yes", "true", "true()", "1", "oui", "x"]);
        if is_yes || says(&["no", "false", "false()", "0", "non"]) {
            self.take(row, base);
        }
        is_yes
    }

    /// A text in all languages; a column without one is in `default`.
    pub(super) fn texts(&self, row: u32, base: &str, default: &str) -> BTreeMap<String, String> {
        let Some(cells) = self.rows.get(&row) else { return BTreeMap::new() };
        let mut texts = BTreeMap::new();
        for (place, column) in self.columns.iter().filter(|(_, column)| column.base == base) {
            let language = match &column.language {
                Some(name) => languages::code(name),
                None => Some(default.to_owned()),
            };
            if let (Some(language), Some(cell)) = (language, cells.get(place)) {
                self.taken.borrow_mut().insert((row, *place));
                texts.insert(language, cell.text.clone());
            }
        }
        texts
    }

    /// Takes a whole row.
    pub(super) fn take_row(&self, row: u32) {
        let places = self.rows.get(&row).into_iter().flat_map(|cells| cells.keys());
        self.taken.borrow_mut().extend(places.map(|column| (row, *column)));
    }

    /// Says that a row is not carried over, at its first cell.
    pub(super) fn lose_row(&self, row: u32, what: impl Into<String>, losses: &mut Vec<Loss>) {
        let first = self.rows.get(&row).and_then(|cells| cells.keys().next()).copied().unwrap_or(0);
        let place =
            self.column("type").filter(|column| self.rows[&row].contains_key(column)).unwrap_or(first);
        self.lost.borrow_mut().insert(row);
        losses.push(self.table.loss((row, place), what));
    }

    /// The cells that nobody took and that the export of what was read would not write again: they are lost.
    pub(super) fn rest(&self, again: &dyn Fn(u32) -> Option<Row>, losses: &mut Vec<Loss>) {
        let (taken, lost) = (self.taken.borrow(), self.lost.borrow());
        for (row, cells) in self.rows.iter().filter(|(row, _)| !lost.contains(row)) {
            if cells.keys().all(|column| taken.contains(&(*row, *column))) {
                continue;
            }
            let again = again(*row);
            for (place, cell) in cells.iter().filter(|(column, _)| !taken.contains(&(*row, **column))) {
                let column = self.columns.get(place);
                let is_same = column.zip(again.as_ref()).is_some_and(|(column, again)| {
                    let language = column.language.as_deref().and_then(languages::code);
                    let name = match &language {
                        Some(language) => format!("{}::{}", column.base, languages::name(language)),
                        None => column.base.clone(),
                    };
                    again.get(&name).is_some_and(|text| text.trim() == cell.text.trim())
                });
                if !is_same {
                    let header = column.map_or("no header", |column| column.base.as_str());
                    let what = format!("`{}` ({header}) is not carried over", shorten(&cell.text));
                    losses.push(self.table.loss((*row, *place), what));
                }
            }
        }
    }
}
