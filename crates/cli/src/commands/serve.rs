//! `barometre serve`

use crate::arguments::ServeArguments;
use crate::commands::say;
use crate::data::DataDirectory;
use crate::error::CliError;
use crate::{definition, site, stores};

/// Serves the questionnaire and the published barometers until asked to stop.
pub(crate) async fn run(arguments: &ServeArguments) -> Result<(), CliError> {
    let definition = definition::load(arguments.edition.as_deref(), &arguments.surveys)?;
    let directory = DataDirectory::open(&arguments.data.dir)?;
    let store = stores::open(&arguments.data, &directory).await?;
    let (listener, address) = site::listen(arguments.listen).await?;
    let base_url = arguments.base_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let router = site::router(&definition, &directory, store, base_url.clone(), false).await?;
    say(format!("questionnaire: http://{address}/"))?;
    say(format!("barometers:    http://{address}{}/", site::BAROMETER))?;
    tracing::info!(edition.id = definition.edition.questionnaire.edition, address = %address, "serving");
    site::serve(listener, router).await
}
