//! `barometre serve`

use std::sync::Arc;

use intake::{Limits, Paces};

use crate::arguments::ServeArguments;
use crate::commands::say;
use crate::data::DataDirectory;
use crate::definition::Definition;
use crate::error::CliError;
use crate::{definition, extras, postman, site, stores};

/// Serves the questionnaire and the published barometers until asked to stop.
pub(crate) async fn run(arguments: &ServeArguments) -> Result<(), CliError> {
    let definition = definition::load(arguments.edition.as_deref(), &arguments.surveys)?;
    let directory = DataDirectory::open(&arguments.data.dir)?;
    let store = stores::open(&arguments.data, &directory).await?;
    let mailbox = postman::mailbox(&arguments.mail)?;
    let (listener, address) = site::listen(arguments.listen).await?;
    let base_url = arguments.base_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let face = site::Face {
        base_url,
        is_simulated: arguments.simulated,
        extras: extras(arguments, &definition)?,
        mailbox,
        limits: Limits::new(Paces::default(), arguments.trusted_proxy.clone()),
    };
    intake::log_panics_by_place();
    let router = site::router(&definition, &directory, store, face).await?;
    say(format!("questionnaire: http://{address}/"))?;
    say(format!("barometers:    http://{address}{}/", site::BAROMETER))?;
    tracing::info!(edition.id = definition.edition.questionnaire.edition, address = %address, "serving");
    site::serve(listener, router).await
}

/// What the pages can show besides the answers.
fn extras(arguments: &ServeArguments, definition: &Definition) -> Result<intake::Extras, CliError> {
    let mut extras = extras::load(definition)?;
    if let Some(folder) = &arguments.benchmark {
        extras.benchmark = Some(Arc::new(extras::benchmark(folder, false)?));
    }
    if let Some(file) = &arguments.actors {
        extras.actors = extras::actors(file)?;
    }
    Ok(extras)
}
