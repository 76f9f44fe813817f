//! `barometre compare`

use std::path::Path;

use exchange::compare::{Decisions, Outline, Ruling, compare, json, open, table};

use crate::arguments::{CompareArguments, SurveysArguments};
use crate::commands::import::bytes;
use crate::commands::say;
use crate::comparability;
use crate::definition;
use crate::error::CliError;

/// Compares and says what changed; with `--strict`, what nobody decided about is the error.
pub(crate) fn run(arguments: &CompareArguments) -> Result<(), CliError> {
    let mut old = read(&arguments.old, &arguments.surveys)?;
    let mut new = read(&arguments.new, &arguments.surveys)?;
    // A questionnaire alone has no indicators: those of the edition beside it are judged by what they read in both.
    match (&old.definition, &new.definition) {
        (Some(_), None) => new.outline = new.outline.with_series_of(&old.outline),
        (None, Some(_)) => old.outline = old.outline.with_series_of(&new.outline),
        _ => {}
    }
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

/// Larger files of other programs are not read.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// Reads an edition of ours, or a file of another format: a further format is one more arm.
fn read(name: &str, surveys: &SurveysArguments) -> Result<Side, CliError> {
    let path = Path::new(name);
    let extension = path.extension().and_then(|extension| extension.to_str()).filter(|_| path.is_file());
    let refused = |error: String| {
        CliError::input(
            format!("`{name}`: {error}"),
            "`barometre import` says what can be read of such a file",
        )
    };
    let outline = match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("json") => exchange::surveyjs::read(name, &bytes(path, MOST_BYTES)?).map_err(|error| {
            CliError::input(error.to_string(), "give the JSON that SurveyJS Creator saves")
        })?,
        Some("xlsx") => {
            let bytes = bytes(path, exchange::xlsform::MOST_BYTES)?;
            let imported = exchange::xlsform::import(&bytes, name).map_err(|faults| {
                refused(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
            })?;
            let left_out = imported.losses.iter().map(ToString::to_string).collect();
            Outline { left_out, ..Outline::of_form(name, &imported.form) }
        }
        Some("lss") => {
            let bytes = bytes(path, exchange::lss::MOST_BYTES)?;
            let imported = exchange::lss::read(&bytes).map_err(|error| refused(error.to_string()))?;
            let left_out = imported.left_out.iter().map(ToString::to_string).collect();
            Outline { left_out, ..Outline::of_form(name, &imported.form) }
        }
        Some(other) => {
            return Err(CliError::input(
                format!("`{name}` is a `.{other}` file, which cannot be compared"),
                "give the folder or the code of an edition, a workbook (.xlsx), a LimeSurvey structure (.lss) \
                 or the `.json` of a SurveyJS questionnaire",
            ));
        }
        None => {
            let definition = definition::load(Some(name), surveys)?;
            let (outline, decisions) =
                (comparability::outline(&definition)?, comparability::decisions(&definition)?);
            return Ok(Side { outline, decisions, definition: Some(definition) });
        }
    };
    Ok(Side { outline, decisions: Decisions::default(), definition: None })
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
