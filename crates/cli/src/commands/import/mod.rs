//! `barometre import`: questionnaires made with other programs.

mod lss;

use std::io::{Read, Write};
use std::path::Path;

use exchange::Form;

use crate::arguments::ImportCommand;
use crate::error::CliError;

/// Reads what is asked, writes a questionnaire, and lists what is not in it.
pub(crate) fn run(command: &ImportCommand) -> Result<(), CliError> {
    match command {
        ImportCommand::Lss(arguments) => lss::run(arguments),
    }
}

/// Reads a file that may be hostile: never more than `most` bytes and one, which tells that there are more.
fn bytes(path: &Path, most: usize) -> Result<Vec<u8>, CliError> {
    let file = std::fs::File::open(path).map_err(CliError::io(path.display()))?;
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

/// Writes the files of a form into a folder; refuses to write over anything.
fn write(form: &Form, out: &Path) -> Result<Vec<String>, CliError> {
    let files = form.to_files();
    if let Some(name) = files.keys().find(|name| out.join(name).exists()) {
        return Err(CliError::input(
            format!("`{}` is there already", out.join(name).display()),
            "give another folder by `--out`: an import never writes over a definition",
        ));
    }
    for (name, text) in &files {
        let path = out.join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(CliError::io(folder.display()))?;
        }
        let mut file = std::fs::File::create_new(&path).map_err(CliError::io(path.display()))?;
        file.write_all(text.as_bytes()).map_err(CliError::io(path.display()))?;
    }
    Ok(files.into_keys().collect())
}
