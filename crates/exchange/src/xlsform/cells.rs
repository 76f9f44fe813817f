//! The bytes of a workbook as tables of cells.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx};

use super::bounds::{self, MOST_CELLS, MOST_COLUMNS, MOST_ROWS, fault};
use super::{Fault, Loss, address};

/// A workbook.
#[derive(Debug, Clone, Default)]
pub(super) struct Workbook {
    /// Its sheets, in order.
    pub sheets: Vec<Table>,
}

/// A sheet.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    /// Its name.
    pub name: String,
    /// Whether it is shown.
    pub is_hidden: bool,
    /// Its cells by row and column, those that are not empty.
    pub cells: BTreeMap<(u32, u32), Cell>,
    /// Merged cells: first and last.
    pub merged: Vec<((u32, u32), (u32, u32))>,
}

/// A cell.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Cell {
    /// What it shows, as text.
    pub text: String,
    /// Whether a formula computes it.
    pub is_formula: bool,
    /// Why its text cannot be relied on.
    pub trouble: Option<String>,
}

impl Workbook {
    /// Reads a workbook within bounds.
    pub(super) fn read(bytes: &[u8], file_name: &str) -> Result<Self, Vec<Fault>> {
        bounds::check(bytes, file_name).map_err(|fault| vec![fault])?;
        // The library computes with places that the file gives and does not bound them all: a sum that overflows
        // stops it, and must not stop us.
        std::panic::catch_unwind(|| Self::read_bounded(bytes, file_name)).unwrap_or_else(|_| {
            Err(vec![fault(format!("`{file_name}` is damaged: it places cells where no sheet has any"))])
        })
    }

    fn read_bounded(bytes: &[u8], file_name: &str) -> Result<Self, Vec<Fault>> {
        let unreadable = |error: &dyn std::fmt::Display| {
            vec![fault(format!(
                "`{file_name}` cannot be read as a workbook: {error}; open it in Excel or LibreOffice and save it \
                 again as « Excel workbook (.xlsx) »"
            ))]
        };
        let mut source = Xlsx::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
        let mut workbook = Self::default();
        let mut count = 0;
        for sheet in source.sheets_metadata().to_vec() {
            let mut table = Table {
                is_hidden: sheet.visible != SheetVisible::Visible,
                name: sheet.name,
                ..Table::default()
            };
            if sheet.typ != SheetType::WorkSheet {
                workbook.sheets.push(table);
                continue;
            }
            let name = table.name.clone();
            let of_sheet = |message: String| vec![Fault { sheet: name.clone(), cell: None, message }];
            let merged = source.merge_cells_by_sheet_name(&name).map_err(|error| unreadable(&error))?;
            table.merged = merged.iter().map(|range| (range.start, range.end)).collect();
            let mut reader = source.worksheet_cells_reader(&name).map_err(|error| unreadable(&error))?;
            while let Some(found) =
                reader.next_cell_with_formula_metadata().map_err(|error| unreadable(&error))?
            {
                let (row, column) = found.pos;
                let Some(cell) = read_cell(&found.value, found.formula.is_some()) else { continue };
                count += 1;
                if row >= MOST_ROWS || column >= MOST_COLUMNS || count > MOST_CELLS {
                    return Err(of_sheet(format!(
                        "too large at {} (expected at most {MOST_ROWS} rows and {MOST_COLUMNS} columns a sheet, and \
                         {MOST_CELLS} cells in all); delete what is not part of the questionnaire",
                        address(&name, Some((row, column)))
                    )));
                }
                table.cells.insert((row, column), cell);
            }
            workbook.sheets.push(table);
        }
        Ok(workbook)
    }

    /// The sheet with this name, however it is capitalised.
    pub(super) fn sheet(&self, name: &str) -> Option<&Table> {
        self.sheets.iter().find(|sheet| sheet.name.trim().eq_ignore_ascii_case(name))
    }
}

fn read_cell(value: &DataRef<'_>, is_formula: bool) -> Option<Cell> {
    let mut trouble = None;
    let text = match value {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(date) => {
            trouble =
                Some("Excel has made a date of it; format the cell as text and type it again".to_owned());
            date.as_f64().to_string()
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            trouble =
                Some("Excel has made a date of it; format the cell as text and type it again".to_owned());
            text.clone()
        }
        DataRef::Error(error) => {
            trouble = Some("a formula failed here; type the value in its place".to_owned());
            error.to_string()
        }
    };
    if text.is_empty() && is_formula {
        trouble = Some("the file holds a formula without its value; type the value in its place".to_owned());
        return Some(Cell { text, is_formula, trouble });
    }
    (!text.trim().is_empty()).then_some(Cell { text, is_formula, trouble })
}

/// A header: what the column holds, and for which language.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Column {
    /// What it holds, in lower case with `_`.
    pub base: String,
    /// Its language, as written.
    pub language: Option<String>,
}

impl Column {
    fn read(header: &str) -> Self {
        let (base, language) = match header.split_once("::") {
            Some((base, language)) => (base, Some(language.trim().to_owned())),
            None => (header, None),
        };
        let base = base.trim().to_lowercase().replace([' ', '-'], "_");
        let base = match base.as_str() {
            "relevance" => "relevant",
            "caption" => "label",
            "calculate" => "calculation",
            "list" => "list_name",
            "form_title" | "title" | "set_form_title" => "form_title",
            other => other,
        };
        Self { base: base.to_owned(), language }
    }
}

impl Table {
    /// The header row: the first that is not empty.
    pub(super) fn header_row(&self) -> Option<u32> {
        self.cells.keys().next().map(|(row, _)| *row)
    }

    /// The columns by their place; two that say the same are faults.
    pub(super) fn columns(&self, faults: &mut Vec<Fault>) -> BTreeMap<u32, Column> {
        let Some(header) = self.header_row() else { return BTreeMap::new() };
        let mut columns = BTreeMap::new();
        let mut seen: BTreeMap<Column, u32> = BTreeMap::new();
        for ((row, place), cell) in self.cells.range((header, 0)..=(header, u32::MAX)) {
            let column = Column::read(&cell.text);
            if let Some(before) = seen.insert(column.clone(), *place) {
                let other = address(&self.name, Some((*row, before)));
                faults.push(self.fault(
                    (*row, *place),
                    format!("`{}` is already the header of {other}; keep one of them", cell.text.trim()),
                ));
            }
            columns.insert(*place, column);
        }
        columns
    }

    /// The rows below the header: their cells by column, empty ones left out.
    pub(super) fn rows(&self) -> BTreeMap<u32, BTreeMap<u32, &Cell>> {
        let mut rows: BTreeMap<u32, BTreeMap<u32, &Cell>> = BTreeMap::new();
        let header = self.header_row().unwrap_or(0);
        for ((row, column), cell) in &self.cells {
            if *row > header {
                rows.entry(*row).or_default().insert(*column, cell);
            }
        }
        rows
    }

    pub(super) fn fault(&self, cell: (u32, u32), message: impl Into<String>) -> Fault {
        Fault { sheet: self.name.clone(), cell: Some(cell), message: message.into() }
    }

    pub(super) fn loss(&self, cell: (u32, u32), what: impl Into<String>) -> Loss {
        Loss { sheet: self.name.clone(), cell: Some(cell), what: what.into() }
    }

    /// What no reading of a sheet survives, and the formulas whose last value is read.
    pub(super) fn inspect(&self, faults: &mut Vec<Fault>, losses: &mut Vec<Loss>) {
        if self.is_hidden {
            faults.push(Fault {
                sheet: self.name.clone(),
                cell: None,
                message: "it is hidden: what nobody sees must not be asked; show it or delete it".to_owned(),
            });
        }
        for (first, last) in &self.merged {
            let last = address(&self.name, Some(*last));
            faults.push(self.fault(
                *first,
                format!("merged with others, up to {last}: only the first would be read; unmerge them"),
            ));
        }
        for (place, cell) in &self.cells {
            if let Some(trouble) = &cell.trouble {
                faults.push(self.fault(*place, format!("`{}`: {trouble}", cell.text)));
            } else if cell.is_formula {
                losses.push(
                    self.loss(
                        *place,
                        format!("a formula; its last value, `{}`, was read", shorten(&cell.text)),
                    ),
                );
            }
        }
    }
}

/// A text short enough for a message.
pub(super) fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short.replace(['\n', '\r'], " ")
}
