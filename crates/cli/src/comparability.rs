//! Editions as they are compared, and the decisions of `comparability.toml`.

use std::path::Path;

use exchange::Form;
use exchange::compare::{Comparison, DECISIONS_FILE, Decisions, Outline, compare};

use crate::arguments::SurveysArguments;
use crate::definition::{self, Definition};
use crate::error::CliError;

/// What is compared of a checked edition.
pub(crate) fn outline(definition: &Definition) -> Result<Outline, CliError> {
    let form = Form::read(&definition.files).map_err(|error| {
        let folder = definition.folder.display();
        CliError::input(error.to_string(), format!("`barometre check {folder}` names every problem"))
    })?;
    Ok(Outline::of_edition(&form, &definition.edition))
}

/// The decisions of an edition about earlier ones.
pub(crate) fn decisions(definition: &Definition) -> Result<Decisions, CliError> {
    let Some(text) = definition.files.text(DECISIONS_FILE) else { return Ok(Decisions::default()) };
    Decisions::parse(text).map_err(|problems| refused(definition, problems))
}

/// Checks the decisions of an edition against each edition they speak of; warns of those that change nothing.
pub(crate) fn check(definition: &Definition, surveys: &SurveysArguments) -> Result<(), CliError> {
    let decisions = decisions(definition)?;
    let mut problems = Vec::new();
    let folder = definition.folder.canonicalize().map_err(CliError::io(definition.folder.display()))?;
    for with in decisions.editions() {
        let earlier = folder.with_file_name(with);
        let is_code = Path::new(with).components().count() == 1;
        if !is_code || with.starts_with('.') || !earlier.join("questionnaire.toml").is_file() {
            problems.extend(decisions.unknown_edition(with));
            continue;
        }
        let earlier = definition::load(Some(&earlier.to_string_lossy()), surveys)?;
        let comparison = compare(&outline(&earlier)?, &outline(definition)?);
        problems.extend(reviewed(definition, &decisions, &comparison));
    }
    problems.sort_by_key(|problem| problem.span.start);
    if problems.is_empty() { Ok(()) } else { Err(refused(definition, problems)) }
}

/// The problems of the decisions about one earlier edition; warnings are said at once.
pub(crate) fn reviewed(
    definition: &Definition,
    decisions: &Decisions,
    comparison: &Comparison,
) -> Vec<questionnaire::Problem> {
    let (problems, warnings) = decisions.check(comparison);
    for warning in warnings {
        eprintln!("warning: {}", definition.folder.join(warning.to_string()).display());
    }
    problems
}

/// The problems of a `comparability.toml`, as those of any other file of the edition.
pub(crate) fn refused(definition: &Definition, problems: Vec<questionnaire::Problem>) -> CliError {
    CliError::Definition { folder: definition.folder.clone(), problems, files: definition.files.clone() }
}
