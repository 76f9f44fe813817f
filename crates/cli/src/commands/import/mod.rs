//! `barometre import`: questionnaires made with other programs.

mod lss;
mod xlsform;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use exchange::Form;

use crate::arguments::{ImportArguments, ImportCommand};
use crate::commands::say;
use crate::definition;
use crate::error::CliError;

/// Reads what is given and says where it was written.
pub(crate) fn run(command: &ImportCommand) -> Result<(), CliError> {
    match command {
        ImportCommand::Xlsform(arguments) => xlsform::run(arguments),
        ImportCommand::Lss(arguments) => lss::run(arguments),
    }
}

/// Writes a questionnaire that was read, says what of the file is not in it, and whether `check` accepts it.
fn keep(
    arguments: &ImportArguments,
    form: &Form,
    left_out: &[impl std::fmt::Display],
) -> Result<(), CliError> {
    save_all(&arguments.out, &form.to_files(), arguments.force)?;
    let questions = form.questions().count();
    say(format!("{}: {questions} questions in {}", arguments.file.display(), arguments.out.display()))?;
    if left_out.is_empty() {
        say("everything was carried over")?;
    } else {
        say(format!("not carried over, or not as it was ({}):", left_out.len()))?;
        left_out.iter().try_for_each(|left_out| say(format!("  {left_out}")))?;
    }
    say_checked(&arguments.out, &arguments.surveys)
}

/// Reads a file that may be hostile: never more than `most` bytes and one, which tells that there are more.
pub(super) fn bytes(path: &Path, most: usize) -> Result<Vec<u8>, CliError> {
    let file = std::fs::File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => CliError::input(
            format!("there is no file `{}`", path.display()),
            "give the file that the other program wrote",
        ),
        _ => CliError::io(path.display())(error),
    })?;
    let length = file.metadata().map_err(CliError::io(path.display()))?.len();
    if length > most as u64 {
        return Err(CliError::input(
            format!("`{}` has {length} bytes (expected at most {most})", path.display()),
            "a questionnaire is never that large: is it the right file?",
        ));
    }
    let mut bytes = Vec::new();
    file.take(most as u64 + 1).read_to_end(&mut bytes).map_err(CliError::io(path.display()))?;
    Ok(bytes)
}

/// Writes files into a folder, all of them or none: first beside, then each under its name.
fn save_all(folder: &Path, files: &BTreeMap<String, String>, force: bool) -> Result<(), CliError> {
    let there: Vec<String> = files
        .keys()
        .map(|name| folder.join(name))
        .filter(|path| path.exists())
        .map(|path| path.display().to_string())
        .collect();
    if !there.is_empty() && !force {
        return Err(CliError::input(
            format!("already there: {}", there.join(", ")),
            "give another folder, or `--force` to replace them",
        ));
    }
    let mut written: Vec<(PathBuf, PathBuf)> = Vec::new();
    let result = files.iter().try_for_each(|(name, text)| {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(CliError::io(parent.display()))?;
        }
        let mut beside = path.clone().into_os_string();
        beside.push(".new");
        let beside = PathBuf::from(beside);
        written.push((beside.clone(), path));
        std::fs::write(&beside, text).map_err(CliError::io(beside.display()))
    });
    if let Err(error) = result {
        for (beside, _) in &written {
            // What could not be written may not be there to be removed.
            let _ = std::fs::remove_file(beside);
        }
        return Err(error);
    }
    for (beside, path) in &written {
        std::fs::rename(beside, path).map_err(CliError::io(path.display()))?;
    }
    Ok(())
}

/// Whether the folder is that of an edition: a survey above it, and more than a questionnaire in it.
fn is_edition(folder: &Path) -> bool {
    let survey =
        folder.canonicalize().ok().and_then(|folder| folder.parent().map(|above| above.join("survey.toml")));
    folder.join("indicators.toml").is_file() && survey.is_some_and(|survey| survey.is_file())
}

/// Says whether `check` accepts what the folder now holds, when it is an edition.
fn say_checked(folder: &Path, surveys: &crate::arguments::SurveysArguments) -> Result<(), CliError> {
    if !is_edition(folder) {
        return say(format!(
            "{} is not an edition: `barometre check` needs its other files (indicators.toml, plan.toml, texts)",
            folder.display()
        ));
    }
    definition::load(Some(&folder.display().to_string()), surveys)?;
    say(format!("{}: no problem", folder.display()))
}
