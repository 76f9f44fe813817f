//! `barometre publish`

use crate::arguments::PublishArguments;
use crate::commands::{analyse, freeze, report};
use crate::error::CliError;

/// Freezes, analyses and reports.
pub(crate) async fn run(arguments: &PublishArguments) -> Result<(), CliError> {
    let PublishArguments { freeze, since } = arguments;
    freeze::run(freeze).await?;
    analyse::run(&freeze.edition, since.as_deref())?;
    report::run(&freeze.edition)?;
    Ok(())
}
