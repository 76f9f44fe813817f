//! `barometre publish`

use publication::Publication;
use verification::signature::Signer;

use crate::arguments::PublishArguments;
use crate::commands::freeze::EditionCommand;
use crate::commands::revision::{self, Asked};
use crate::commands::{analyse, freeze, report, say};
use crate::data::DataDirectory;
use crate::error::CliError;

/// Freezes, analyses and reports; signs when there is a key.
pub(crate) async fn run(arguments: &PublishArguments) -> Result<(), CliError> {
    let PublishArguments { freeze, since, sign, sign_password, revision } = arguments;
    // A key that cannot be used is said before anything is frozen.
    let signer = sign.as_deref().map(|key| Signer::open(key, sign_password.clone())).transpose()?;
    let publication = if let Some(reason) = revision {
        again(arguments, reason).await?
    } else {
        freeze::run(freeze).await?;
        analyse::run(&freeze.edition, since.as_deref(), None)?
    };
    let mut to_sign = report::run(&freeze.edition, None, signer.is_some())?;
    if let Some(signer) = signer {
        let directory = DataDirectory::open(&freeze.edition.data.dir)?;
        to_sign.push(publication.edition.edition);
        for edition in to_sign {
            for path in signer.sign(&directory.publication(&edition))? {
                say(format!("signed {}", path.display()))?;
            }
        }
    }
    Ok(())
}

/// Freezes and analyses once more, in place of what is published. When that is refused everything is as it was.
async fn again(arguments: &PublishArguments, reason: &str) -> Result<Publication, CliError> {
    let PublishArguments { freeze, since, .. } = arguments;
    let command = EditionCommand::open(&freeze.edition)?;
    let aside = revision::set_aside(&command)?;
    let made = match freeze::again(&command, freeze).await {
        Ok(_) => analyse::run(&freeze.edition, since.as_deref(), Some(&Asked { reason, extract: &aside })),
        Err(error) => Err(error),
    };
    if made.is_err() {
        revision::put_back(&command, &aside)?;
    }
    made
}
