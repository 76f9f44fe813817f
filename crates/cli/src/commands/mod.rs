//! One file per command.

pub(crate) mod analyse;
pub(crate) mod audit;
pub(crate) mod beside;
pub(crate) mod check;
pub(crate) mod close;
pub(crate) mod compare;
pub(crate) mod demo;
pub(crate) mod directory;
pub(crate) mod estimate;
pub(crate) mod export;
pub(crate) mod freeze;
pub(crate) mod import;
pub(crate) mod invite;
pub(crate) mod key;
pub(crate) mod load;
pub(crate) mod publish;
pub(crate) mod purge;
pub(crate) mod report;
pub(crate) mod revise;
pub(crate) mod revision;
pub(crate) mod serve;
pub(crate) mod simulate;
pub(crate) mod trend;
pub(crate) mod verify;

use std::io::Write;

use crate::error::CliError;

/// Writes a line of data to standard output; a closed pipe is not a fault.
pub(crate) fn say(line: impl std::fmt::Display) -> Result<(), CliError> {
    match writeln!(std::io::stdout(), "{line}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(CliError::io("standard output")(error))
        }
        _ => Ok(()),
    }
}
