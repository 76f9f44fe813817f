//! `barometre import lss`

use exchange::lss::{MOST_BYTES, read};

use crate::arguments::ImportArguments;
use crate::commands::say;
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
    let files = super::write(&imported.form, &arguments.out)?;
    let questions = imported.form.questions().count();
    say(format!("{}: {questions} questions, {}", arguments.out.display(), files.join(", ")))?;
    if imported.left_out.is_empty() {
        return say("everything was carried over");
    }
    say(format!("not carried over, or to complete ({}):", imported.left_out.len()))?;
    imported.left_out.iter().try_for_each(|left_out| say(format!("  {left_out}")))
}
