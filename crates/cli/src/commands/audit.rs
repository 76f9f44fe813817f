//! `barometre audit`

use std::path::Path;

use audit::{Claim, Known, Options, Severity};

use crate::arguments::AuditArguments;
use crate::commands::say;
use crate::error::CliError;

/// Attacks a publication and says what was found.
pub(crate) fn run(arguments: &AuditArguments) -> Result<(), CliError> {
    let release = verification::release(&arguments.folder)?;
    let known = arguments.known.as_deref().map(read_known).transpose()?;
    let truth = arguments.truth.as_deref().map(read_known).transpose()?;
    let previous = arguments.previous.as_deref().map(verification::release).transpose()?;
    let before = arguments.previous_known.as_deref().map(read_known).transpose()?;
    let previous: Vec<_> = previous.iter().map(|previous| (previous, before.as_ref())).collect();
    let options = Options {
        width: arguments.width,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        truth: truth.as_ref(),
        previous: &previous,
        ..Options::default()
    };
    let mut claims = audit::attack(&release, known.as_ref(), &options);
    claims.extend(verification::fields::attack(&arguments.folder, &release)?);
    claims.sort_by_key(|claim| claim.severity);
    for claim in claims.iter().filter(|claim| arguments.all || claim.severity != Severity::Harmless) {
        say(claim)?;
    }
    let count = |severity| claims.iter().filter(|claim: &&Claim| claim.severity == severity).count();
    let (serious, possible) = (count(Severity::Serious), count(Severity::Possible));
    let who = if known.is_some() { "an insider" } else { "an outsider" };
    say(format!(
        "{who} attacked {} cells of edition {}: {serious} serious claims, {possible} possible, {} harmless",
        release.cells().len(),
        release.edition,
        count(Severity::Harmless)
    ))?;
    if serious == 0 {
        return Ok(());
    }
    Err(CliError::input(
        format!(
            "`{}` lets {who} find out what it must not: {serious} serious claims",
            arguments.folder.display()
        ),
        "withhold the released groups that the claims name, or display them more coarsely; never publish it like this",
    ))
}

fn read_known(path: &Path) -> Result<Known, CliError> {
    let text = std::fs::read_to_string(path).map_err(CliError::io(path.display()))?;
    Known::read(&text).map_err(|error| {
        CliError::input(
            format!("`{}`: {error}", path.display()),
            "expected the columns d_<dimension>…, n, weight and base (see `barometre audit --help`)",
        )
    })
}
