//! `barometre export xlsform`

use std::path::PathBuf;

use exchange::Form;

use super::save;
use crate::arguments::ExportXlsformArguments;
use crate::commands::say;
use crate::definition;
use crate::error::CliError;

/// Writes the questionnaire as a workbook and says where.
pub(crate) fn run(arguments: &ExportXlsformArguments) -> Result<(), CliError> {
    let definition = definition::load(Some(&arguments.edition), &arguments.surveys)?;
    let form = Form::read(&definition.files).map_err(|error| {
        CliError::Fault(format!("a definition without a problem cannot be read: {error}"))
    })?;
    let workbook = exchange::xlsform::export(&form, &definition.edition).map_err(|error| {
        CliError::input(error.to_string(), "XLSForm has no word for it; the questionnaire itself is right")
    })?;
    let questionnaire = &definition.edition.questionnaire;
    let path = arguments
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from(format!("questionnaire-{}.xlsx", questionnaire.edition)));
    save(&path, &workbook)?;
    say(format!(
        "questionnaire of edition {}: {} questions in {}, in {}",
        questionnaire.edition,
        questionnaire.questions.len(),
        path.display(),
        questionnaire.languages.join(", ")
    ))
}
