//! `barometre publish`

use verification::signature::Signer;

use crate::arguments::PublishArguments;
use crate::commands::{analyse, freeze, report, say};
use crate::data::DataDirectory;
use crate::error::CliError;

/// Freezes, analyses and reports; signs when there is a key.
pub(crate) async fn run(arguments: &PublishArguments) -> Result<(), CliError> {
    let PublishArguments { freeze, since, sign, sign_password } = arguments;
    // A key that cannot be used is said before anything is frozen.
    let signer = sign.as_deref().map(|key| Signer::open(key, sign_password.clone())).transpose()?;
    freeze::run(freeze).await?;
    let publication = analyse::run(&freeze.edition, since.as_deref())?;
    report::run(&freeze.edition, None)?;
    if let Some(signer) = signer {
        let directory = DataDirectory::open(&freeze.edition.data.dir)?;
        for path in signer.sign(&directory.publication(&publication.edition.edition))? {
            say(format!("signed {}", path.display()))?;
        }
    }
    Ok(())
}
