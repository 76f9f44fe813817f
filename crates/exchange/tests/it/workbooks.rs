//! Workbooks in tests: read, edited cell by cell, written again.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use rust_xlsxwriter::Workbook;

/// Sheets of texts: name and rows.
pub struct Sheets(pub Vec<(String, Vec<Vec<String>>)>);

impl Sheets {
    pub fn read(bytes: &[u8]) -> Self {
        let mut workbook = Xlsx::new(Cursor::new(bytes)).unwrap();
        let names = workbook.sheet_names();
        let sheets = names.into_iter().map(|name| {
            let range = workbook.worksheet_range(&name).unwrap();
            let (height, width) = range.end().map_or((0, 0), |(row, column)| (row + 1, column + 1));
            let text = |row, column| match range.get_value((row, column)) {
                None | Some(Data::Empty) => String::new(),
                Some(value) => value.to_string(),
            };
            let rows = (0..height).map(|row| (0..width).map(|column| text(row, column)).collect());
            (name.clone(), rows.collect())
        });
        Self(sheets.collect())
    }

    pub fn rows(&mut self, sheet: &str) -> &mut Vec<Vec<String>> {
        &mut self.0.iter_mut().find(|(name, _)| name == sheet).unwrap().1
    }

    fn column(&mut self, sheet: &str, header: &str) -> usize {
        self.rows(sheet)[0].iter().position(|cell| cell == header).unwrap()
    }

    /// The row whose column `name` says so.
    pub fn row(&mut self, sheet: &str, name: &str) -> usize {
        let column = self.column(sheet, "name");
        self.rows(sheet).iter().position(|row| row[column] == name).unwrap()
    }

    /// Sets a cell of a named row.
    pub fn set(&mut self, sheet: &str, name: &str, header: &str, text: &str) {
        let (row, column) = (self.row(sheet, name), self.column(sheet, header));
        text.clone_into(&mut self.rows(sheet)[row][column]);
    }

    /// Inserts a row before a named one, or at the end, with only these cells.
    pub fn insert(&mut self, sheet: &str, before: Option<&str>, cells: &[(&str, &str)]) {
        let width = self.rows(sheet)[0].len();
        let mut row = vec![String::new(); width];
        for (header, text) in cells {
            (*text).clone_into(&mut row[self.column(sheet, header)]);
        }
        let at = before.map(|name| self.row(sheet, name));
        let rows = self.rows(sheet);
        rows.insert(at.unwrap_or(rows.len()), row);
    }

    pub fn write(&self) -> Vec<u8> {
        let mut workbook = Workbook::new();
        for (name, rows) in &self.0 {
            let sheet = workbook.add_worksheet().set_name(name).unwrap();
            for (row, cells) in (0..).zip(rows) {
                for (column, text) in (0..).zip(cells) {
                    if !text.is_empty() {
                        sheet.write_string(row, column, text).unwrap();
                    }
                }
            }
        }
        workbook.save_to_buffer().unwrap()
    }
}

/// A small form: `survey` and `choices` by rows of cells.
pub fn small(survey: &[&[&str]], choices: &[&[&str]]) -> Sheets {
    let rows = |rows: &[&[&str]]| {
        rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
    };
    Sheets(vec![("survey".to_owned(), rows(survey)), ("choices".to_owned(), rows(choices))])
}
