//! `barometre export`: an edition in the formats of other programs.

mod archive;
mod facts;
mod paper;
mod xlsform;

use std::path::Path;

use crate::arguments::ExportCommand;
use crate::error::CliError;

/// Writes what is asked and says where.
pub(crate) fn run(command: &ExportCommand) -> Result<(), CliError> {
    match command {
        ExportCommand::Paper(arguments) => paper::run(arguments),
        ExportCommand::Ddi(arguments) => archive::ddi(arguments),
        ExportCommand::Archive(arguments) => archive::run(arguments),
        ExportCommand::Xlsform(arguments) => xlsform::run(arguments),
    }
}

/// Writes a file whole: beside first, then under its name.
fn save(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    std::fs::write(&beside, bytes)
        .and_then(|()| std::fs::rename(&beside, path))
        .map_err(CliError::io(path.display()))
}
