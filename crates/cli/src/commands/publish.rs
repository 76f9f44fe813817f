//! `barometre publish`

use crate::arguments::FreezeArguments;
use crate::commands::{analyse, freeze, report};
use crate::error::CliError;

/// Freezes, analyses and reports.
pub(crate) async fn run(arguments: &FreezeArguments) -> Result<(), CliError> {
    freeze::run(arguments).await?;
    analyse::run(&arguments.edition)?;
    report::run(&arguments.edition)?;
    Ok(())
}
