//! How large a workbook may be, checked before anything is made of it.

use std::io::{Cursor, Read};

use super::Fault;

/// Most bytes of a workbook.
pub const MOST_BYTES: usize = 20 << 20;
/// Most bytes of all its parts, uncompressed: a sheet of text shrinks by a factor of ten, a bomb by a thousand.
const LARGEST_CONTENT: u64 = 64 << 20;
/// Most parts.
const MOST_PARTS: usize = 1_000;
/// Most rows of a sheet.
pub(super) const MOST_ROWS: u32 = 50_000;
/// Most columns of a sheet.
pub(super) const MOST_COLUMNS: u32 = 1_000;
/// Most cells with something in them, over all sheets.
pub(super) const MOST_CELLS: usize = 500_000;

/// How an Excel 97-2003 workbook starts, and any other « compound file » of that time.
const COMPOUND_FILE: [u8; 4] = [0xD0, 0xCF, 0x11, 0xE0];

pub(super) fn fault(message: impl Into<String>) -> Fault {
    Fault { sheet: String::new(), cell: None, message: message.into() }
}

/// Refuses what is not a workbook, or is too large for one. Everything is uncompressed once, into nothing: what the
/// file says of its own size is not believed.
pub(super) fn check(bytes: &[u8], file_name: &str) -> Result<(), Fault> {
    if bytes.starts_with(&COMPOUND_FILE) {
        return Err(fault(format!(
            "`{file_name}` is not an .xlsx workbook, whatever its name: it is a binary file of Excel 97-2003 (.xls), \
             or a workbook locked by a password; open it in Excel or LibreOffice, save it as « Excel workbook \
             (.xlsx) » without a password, and import that"
        )));
    }
    if bytes.len() > MOST_BYTES {
        return Err(fault(format!(
            "`{file_name}` has {} bytes (expected at most {MOST_BYTES})",
            bytes.len()
        )));
    }
    if !bytes.starts_with(b"PK") {
        return Err(fault(format!(
            "`{file_name}` is not an .xlsx workbook: it does not start like one (expected a file saved by Excel or \
             LibreOffice as « Excel workbook (.xlsx) »; a CSV or a web page under another name is none)"
        )));
    }
    let damaged = |error: &dyn std::fmt::Display| {
        fault(format!("`{file_name}` is damaged: {error}; save it again, or send it again"))
    };
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    if archive.len() > MOST_PARTS {
        return Err(fault(format!(
            "`{file_name}` has {} parts (expected at most {MOST_PARTS})",
            archive.len()
        )));
    }
    let mut left = LARGEST_CONTENT;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| damaged(&error))?;
        let mut limited = part.take(left + 1);
        let read = std::io::copy(&mut limited, &mut std::io::sink()).map_err(|error| damaged(&error))?;
        if read > left {
            return Err(fault(format!(
                "`{file_name}` holds more than {LARGEST_CONTENT} bytes once uncompressed: it is not a questionnaire"
            )));
        }
        left -= read;
    }
    Ok(())
}
