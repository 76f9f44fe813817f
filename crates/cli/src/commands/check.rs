//! `barometre check`

use crate::arguments::CheckArguments;
use crate::commands::say;
use crate::comparability;
use crate::definition::{self, Kind};
use crate::error::CliError;

/// Reads the definition and the decisions about earlier editions; their problems, if any, are the error.
pub(crate) fn run(arguments: &CheckArguments) -> Result<(), CliError> {
    let definition = definition::load(Some(&arguments.edition), &arguments.surveys)?;
    comparability::check(&definition, &arguments.surveys)?;
    let edition = &definition.edition;
    if definition.survey.kind == Kind::Directory {
        super::directory::grid(&definition)?;
    }
    crate::site::words(&definition)?;
    crate::extras::resources(&definition)?;
    let rows: usize = edition.questionnaire.questions.iter().map(|question| question.rows().len()).sum();
    say(format!(
        "{}: {} questions, {rows} rows, {} screens, {} derived variables, {} indicators, {} breakdowns: no problem",
        definition.folder.display(),
        edition.questionnaire.questions.len(),
        edition.questionnaire.screens.len(),
        edition.derived.len(),
        edition.indicators.len(),
        edition.plan.breakdowns.len(),
    ))
}
