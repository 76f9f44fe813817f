//! Any bytes as a workbook, or any cells in one: a form that can be written and read again, or a refusal in words.
//!
//! The first byte says which. Cells are lines of texts between tabs, `choices` after a line `===`; the archive around
//! them is made here, since no fuzzer finds its checksums.

#![no_main]

use exchange::Form;
use exchange::xlsform::import;
use libfuzzer_sys::fuzz_target;
use questionnaire::Files;
use rust_xlsxwriter::Workbook;

fn workbook(text: &str) -> Option<Vec<u8>> {
    let mut workbook = Workbook::new();
    let (survey, choices) = text.split_once("===\n").unwrap_or((text, ""));
    for (name, cells) in [("survey", survey), ("choices", choices)] {
        let sheet = workbook.add_worksheet();
        sheet.set_name(name).ok()?;
        for (row, line) in (0_u32..).zip(cells.lines()) {
            for (column, cell) in (0_u16..).zip(line.split('\t')) {
                if let Some(formula) = cell.strip_prefix('=') {
                    sheet.write_formula(row, column, formula).ok()?;
                } else {
                    sheet.write_string(row, column, cell).ok()?;
                }
            }
        }
    }
    workbook.save_to_buffer().ok()
}

fuzz_target!(|bytes: &[u8]| {
    let file = match bytes.split_first() {
        Some((b'C', cells)) => {
            let Ok(text) = std::str::from_utf8(cells) else { return };
            let Some(file) = workbook(text) else { return };
            file
        }
        _ => bytes.to_vec(),
    };
    match import(&file, "form.xlsx") {
        Ok(imported) => {
            let again = Form::read(&Files::new(imported.form.to_files())).expect("what was written can be read");
            assert_eq!(again, imported.form);
        }
        Err(faults) => assert!(!faults.is_empty() && faults.iter().all(|fault| !fault.message.is_empty())),
    }
});
