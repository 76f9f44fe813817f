//! `barometre compare`

use std::path::Path;

use exchange::compare::{Decisions, Outline, Ruling, compare, json, open, table};

use crate::arguments::{CompareArguments, SurveysArguments};
use crate::commands::say;
use crate::comparability;
use crate::definition;
use crate::error::CliError;

/// Compares and says what changed; with `--strict`, what nobody decided about is the error.
pub(crate) fn run(arguments: &CompareArguments) -> Result<(), CliError> {
    let old = read(&arguments.old, &arguments.surveys)?;
    let new = read(&arguments.new, &arguments.surveys)?;
    let comparison = match &arguments.language {
        None => compare(&old.outline, &new.outline),
        Some(language) => compare(&in_language(&old, language)?, &in_language(&new, language)?),
    };
    if let Some(definition) = &new.definition {
        let problems = comparability::reviewed(definition, &new.decisions, &comparison);
        if !problems.is_empty() {
            return Err(comparability::refused(definition, problems));
        }
    }
    let open = open(&comparison, &new.decisions);
    if arguments.json {
        say(json(&comparison, &new.decisions))?;
    } else {
        say(table(&comparison).trim_end())?;
        say_decisions(&new.decisions, &comparison.old.name)?;
    }
    match open.as_slice() {
        [first, ..] if arguments.strict => Err(CliError::input(
            format!("{} series changed and nobody decided about them, `{}` first", open.len(), first.code),
            "write the decision and its reason in the later edition's `comparability.toml`",
        )),
        _ => Ok(()),
    }
}

/// One side of the comparison.
struct Side {
    outline: Outline,
    decisions: Decisions,
    definition: Option<definition::Definition>,
}

/// Reads an edition of ours, or a file of another format: a further format is one more arm.
fn read(name: &str, surveys: &SurveysArguments) -> Result<Side, CliError> {
    let path = Path::new(name);
    let extension = path.extension().and_then(|extension| extension.to_str()).filter(|_| path.is_file());
    match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("json") => {
            let bytes = std::fs::read(path).map_err(CliError::io(path.display()))?;
            let outline = exchange::surveyjs::read(name, &bytes).map_err(|error| {
                CliError::input(error.to_string(), "give the JSON that SurveyJS Creator saves")
            })?;
            Ok(Side { outline, decisions: Decisions::default(), definition: None })
        }
        Some(other) => Err(CliError::input(
            format!("`{name}` is a `.{other}` file, which cannot be compared"),
            "give the folder or the code of an edition, or the `.json` of a SurveyJS questionnaire",
        )),
        None => {
            let definition = definition::load(Some(name), surveys)?;
            let (outline, decisions) =
                (comparability::outline(&definition)?, comparability::decisions(&definition)?);
            Ok(Side { outline, decisions, definition: Some(definition) })
        }
    }
}

fn in_language(side: &Side, language: &str) -> Result<Outline, CliError> {
    side.outline.in_language(language).ok_or_else(|| {
        CliError::input(
            format!("`{}` has no language `{language}`", side.outline.name),
            format!("expected one of {}", side.outline.languages.join(", ")),
        )
    })
}

/// What was decided, under the table.
fn say_decisions(decisions: &Decisions, with: &str) -> Result<(), CliError> {
    let mut is_first = true;
    for decision in decisions.iter().filter(|decision| decision.with == with) {
        if is_first {
            say("\nDecisions")?;
            is_first = false;
        }
        let how = match &decision.ruling {
            Ruling::Rebase { factor: Some(factor), .. } => format!(" by {factor}"),
            _ => String::new(),
        };
        say(format!(
            "  {:<10} {}{how}: {} ({}, {})",
            decision.ruling.word(),
            decision.series,
            decision.reason,
            decision.by,
            decision.decided_on
        ))?;
    }
    Ok(())
}
