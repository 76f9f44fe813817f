//! `barometre import xlsform`

use exchange::xlsform::{MOST_BYTES, import};

use crate::arguments::ImportArguments;
use crate::error::CliError;

/// Reads a workbook, writes the questionnaire, and says what of the workbook it does not hold.
pub(crate) fn run(arguments: &ImportArguments) -> Result<(), CliError> {
    let name = arguments.file.display().to_string();
    let imported = import(&super::bytes(&arguments.file, MOST_BYTES)?, &name).map_err(|faults| {
        let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
        CliError::input(
            format!("`{name}` cannot be imported:\n{}", said.join("\n")),
            "nothing was written; correct the cells that are named and import again",
        )
    })?;
    super::keep(arguments, &imported.form, &imported.losses)
}
