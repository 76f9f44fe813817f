//! `barometre import lss`

use exchange::lss::{MOST_BYTES, read};

use crate::arguments::ImportArguments;
use crate::error::CliError;

/// Reads a `.lss` file, writes the questionnaire, and lists what was not carried over.
pub(crate) fn run(arguments: &ImportArguments) -> Result<(), CliError> {
    let path = &arguments.file;
    let imported = read(&super::bytes(path, MOST_BYTES)?).map_err(|error| {
        CliError::input(
            format!("`{}`: {error}", path.display()),
            "in LimeSurvey, export the survey's structure: Display/Export, Survey structure (.lss)",
        )
    })?;
    super::keep(arguments, &imported.form, &imported.left_out)
}
