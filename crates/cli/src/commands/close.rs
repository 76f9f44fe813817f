//! `barometre close`

use intake::Clock;

use crate::arguments::EditionArguments;
use crate::commands::say;
use crate::data::DataDirectory;
use crate::error::CliError;
use crate::{definition, stores};

/// Closes the edition.
pub(crate) async fn run(arguments: &EditionArguments) -> Result<(), CliError> {
    let definition = definition::load(arguments.edition.as_deref(), &arguments.surveys)?;
    let directory = DataDirectory::open(&arguments.data.dir)?;
    let store = stores::open(&arguments.data, &directory).await?;
    let code = &definition.collection();
    if store.edition(code).await?.is_none() {
        return Err(never_opened(code));
    }
    store.close_edition(code, intake::SystemClock.now()).await?;
    let counts = store.counts(code).await?;
    say(format!("edition {code} is closed: {} responses, {} drafts", counts.submitted, counts.drafts))
}

/// The edition of which nothing was ever collected.
pub(crate) fn never_opened(code: &str) -> CliError {
    CliError::input(
        format!("edition {code} was never opened in this data directory"),
        "`barometre serve` opens it; `--dir` and `--database-url` say where responses are",
    )
}
