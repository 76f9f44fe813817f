//! A workbook being written: sheets of named columns.

use std::collections::{BTreeMap, BTreeSet};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook};

use super::ExportError;

/// A row: column to text.
pub(super) type Row = BTreeMap<String, String>;

/// A sheet.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Sheet {
    pub name: &'static str,
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
}

/// The sheets of a workbook.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Book {
    pub survey: Sheet,
    pub choices: Sheet,
    pub settings: Sheet,
    /// Sheets of our own.
    pub others: Vec<Sheet>,
}

/// The column whose texts are numbers for a spreadsheet.
const NUMBERS: [&str; 1] = ["barometre_points"];

impl Book {
    /// Refuses two things of one name: XLSForm's references are to names alone.
    pub(super) fn check_names(&self) -> Result<(), ExportError> {
        let mut seen = BTreeSet::new();
        for name in self.survey.rows.iter().filter_map(|row| row.get("name")) {
            if !seen.insert(name.to_lowercase()) {
                return Err(ExportError::Name { name: name.clone() });
            }
        }
        Ok(())
    }

    /// The workbook as bytes, the same for the same sheets.
    pub(super) fn write(&self) -> Result<Vec<u8>, ExportError> {
        self.try_write().map_err(|error| ExportError::Workbook(error.to_string()))
    }

    fn try_write(&self) -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
        let mut workbook = Workbook::new();
        let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
        let header = Format::new().set_bold();
        let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        let filled = |sheet: &&Sheet| !sheet.rows.is_empty();
        let ours = self.others.iter().filter(filled);
        for sheet in [&self.survey, &self.choices, &self.settings].into_iter().chain(ours) {
            let written = workbook.add_worksheet().set_name(sheet.name)?;
            written.set_freeze_panes(1, 0)?;
            for (column, name) in (0_u16..).zip(&sheet.columns) {
                written.write_string_with_format(0, column, name, &header)?;
                written.set_column_width(column, if name.contains("::") { 48 } else { 16 })?;
                for (row, cells) in (1_u32..).zip(&sheet.rows) {
                    let Some(text) = cells.get(name).filter(|text| !text.is_empty()) else { continue };
                    match text.parse::<f64>() {
                        Ok(number) if NUMBERS.contains(&name.as_str()) => {
                            written.write_number_with_format(row, column, number, &wrapped)?
                        }
                        _ => written.write_string_with_format(row, column, text, &wrapped)?,
                    };
                }
            }
        }
        workbook.save_to_buffer()
    }
}
