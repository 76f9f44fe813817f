//! XLSForm: the workbook in which people who do not program write questionnaires.
//!
//! [`export`] gives a workbook that XLSForm's own tools convert, and that holds everything a [`Form`] holds: what the
//! standard has no word for is in columns and sheets whose names start with `barometre_`. [`import`] reads such a
//! workbook back, whole, or one made by others: what a form cannot hold is listed with the address of its cell, and
//! what would change the meaning of the questionnaire is refused with it.
//!
//! Three texts say who is asked: `relevant`, for other programs; `barometre_show_if`, in our language; and
//! `barometre_relevant`, a copy of the first. The copy tells which of the two was edited.

mod bounds;
mod build;
mod cells;
mod constraint;
mod derived;
mod from_xpath;
mod import;
mod languages;
mod sheets;
mod to_xpath;
mod xpath;

use questionnaire::Edition;

use crate::Form;

pub use bounds::MOST_BYTES;
pub use import::import;

/// A questionnaire read from a workbook, and what of the workbook it does not hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The questionnaire; `barometre check` says whether it is well-formed.
    pub form: Form,
    /// What could not be carried over, or was assumed.
    pub losses: Vec<Loss>,
}

/// Something in the workbook that the form does not hold, or not as it was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{}: {what}", address(sheet, *cell))]
pub struct Loss {
    /// The sheet.
    pub sheet: String,
    /// Row and column of the cell, from 0; `None` for the whole sheet.
    pub cell: Option<(u32, u32)>,
    /// What was there, and what became of it.
    pub what: String,
}

/// Something in the workbook that forbids reading it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{}: {message}", address(sheet, *cell))]
pub struct Fault {
    /// The sheet; empty when the file is not a workbook.
    pub sheet: String,
    /// Row and column of the cell, from 0; `None` for the whole sheet.
    pub cell: Option<(u32, u32)>,
    /// What is there, what was expected, what to do.
    pub message: String,
}

impl Loss {
    /// Where it is, as Excel says it: `survey!D14`.
    #[must_use]
    pub fn address(&self) -> String {
        address(&self.sheet, self.cell)
    }
}

impl Fault {
    /// Where it is, as Excel says it: `survey!D14`.
    #[must_use]
    pub fn address(&self) -> String {
        address(&self.sheet, self.cell)
    }
}

/// A questionnaire that XLSForm cannot say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// A condition, or a derived variable that one reads.
    #[error("the condition of `{place}`, `{expression}`, cannot be written in XLSForm: {message}")]
    Expression {
        /// Question, row, answer or derived variable.
        place: String,
        /// The condition.
        expression: String,
        /// Why, and what to do.
        message: String,
    },
    /// Two things that would have the same name.
    #[error("`{name}` would be the name of two things in XLSForm; give one of them another code")]
    Name {
        /// The name.
        name: String,
    },
    /// The workbook refuses a value.
    #[error("the workbook cannot be written: {0}")]
    Workbook(String),
}

/// Writes a workbook. The edition gives the networks of the list and the derived variables that conditions read.
///
/// # Errors
/// When a condition reads what XLSForm cannot compute, or a text is too long for a cell.
pub fn export(form: &Form, edition: &Edition) -> Result<Vec<u8>, ExportError> {
    let networks = edition
        .nomenclatures
        .networks()
        .iter()
        .map(|network| (network.code.clone(), network.label.clone()))
        .collect();
    let mut book = build::book(form, networks)?;
    derived::add(&mut book, form, edition)?;
    book.check_names()?;
    book.write()
}

/// `survey!D14`, or the sheet alone, or the file.
fn address(sheet: &str, cell: Option<(u32, u32)>) -> String {
    match cell {
        Some((row, column)) => format!("{sheet}!{}{}", letters(column), u64::from(row) + 1),
        None if sheet.is_empty() => "the file".to_owned(),
        None => format!("the sheet `{sheet}`"),
    }
}

/// The letters of a column: `A`, `Z`, `AA`.
fn letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).expect("a remainder of 26 is small")));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn addresses_are_those_that_a_spreadsheet_shows() {
        assert_eq!(address("survey", Some((13, 3))), "survey!D14");
        assert_eq!(address("survey", Some((0, 25))), "survey!Z1");
        assert_eq!(address("survey", Some((0, 26))), "survey!AA1");
        assert_eq!(address("survey", Some((0, 16_383))), "survey!XFD1");
    }
}
