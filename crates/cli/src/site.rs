//! One site: the questionnaire at its root, the published barometers under `/barometre`.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use intake::{Clock, Extras, Limits, Mailbox, Settings, SystemClock, Words};
use store::OfficeStore;
use tokio::net::TcpListener;

use crate::data::DataDirectory;
use crate::definition::{Definition, Kind};
use crate::error::CliError;
use crate::live::{self, Live};
use crate::published;

/// Path of the published barometers.
pub(crate) const BAROMETER: &str = "/barometre";

/// Listens; the address says the port that was given when it was asked for as 0.
pub(crate) async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), CliError> {
    let listener = TcpListener::bind(address).await.map_err(|source| match source.kind() {
        std::io::ErrorKind::AddrInUse => CliError::input(
            format!("something listens on {address} already"),
            "choose another address by `--listen`, for instance `127.0.0.1:8090`",
        ),
        _ => CliError::io(address)(source),
    })?;
    let address = listener.local_addr().map_err(CliError::io("the listening address"))?;
    Ok((listener, address))
}

/// How the site is served.
pub(crate) struct Face {
    /// Address of the start page as respondents see it.
    pub(crate) base_url: String,
    /// Whether an edition that nobody opened yet collects simulated responses.
    pub(crate) is_simulated: bool,
    /// What the pages can show besides the answers.
    pub(crate) extras: Extras,
    /// Who sends letters, if anybody.
    pub(crate) mailbox: Option<Mailbox>,
    /// How much is taken from whom.
    pub(crate) limits: Limits,
}

/// The routes of the site. Opens the edition in the store if it is not there, and publishes its definition if none is.
pub(crate) async fn router(
    definition: &Definition,
    directory: &DataDirectory,
    store: Arc<dyn OfficeStore>,
    face: Face,
) -> Result<Router, CliError> {
    let Face { base_url, is_simulated, extras, mailbox, limits } = face;
    let code = definition.collection();
    store.open_edition(&code, is_simulated, SystemClock.now()).await?;
    published::publish_first(store.as_ref(), definition, SystemClock.now()).await?;
    // What the store says counts: a real edition never passes for a simulated one, nor the other way round.
    let is_simulated = store.edition(&code).await?.is_some_and(|edition| edition.is_simulated);
    let settings = Settings {
        edition: code,
        is_simulated,
        base_url,
        publisher: definition.survey.publisher.clone(),
        contact: definition.survey.contact.clone(),
        words: words(definition)?,
        limits,
    };
    let portal = portal::router(portal::Portal::new(BAROMETER, directory.publications()));
    let portal = intake::paced_beside(portal, settings.limits.clone(), Arc::new(SystemClock));
    let live = Live::start(definition.clone(), store, settings, extras, mailbox).await?;
    // An address typed with a slash at its end is the same one.
    let slash = get(async || Redirect::permanent(BAROMETER));
    let site = Router::new().route(&format!("{BAROMETER}/"), slash).fallback(live::answer).with_state(live);
    Ok(site.nest(BAROMETER, portal))
}

/// What the survey says in its own words. A directory must: the catalogue's notice promises that no answer is ever
/// shown with a name.
pub(crate) fn words(definition: &Definition) -> Result<Words, CliError> {
    let sources = definition.files.iter().filter_map(|(name, text)| {
        let language = name.strip_prefix("pages/")?.strip_suffix(".toml")?;
        Some((language, text))
    });
    let words = Words::parse(sources).map_err(|error| {
        CliError::input(
            format!("`{}`: {error}", definition.folder.join("pages").display()),
            "expected texts of the respondents' pages, as in crates/intake/texts",
        )
    })?;
    let languages = &definition.edition.questionnaire.languages;
    let silent = languages.iter().find(|language| !words.speaks(language));
    match silent {
        Some(language) if definition.survey.kind == Kind::Directory => Err(CliError::input(
            format!("`{}` has no `pages/{language}.toml`", definition.folder.display()),
            "a directory has a start page and a privacy notice of its own: those of a barometer promise that no answer \
             is shown with a name",
        )),
        _ => Ok(words),
    }
}

/// Serves until the process is asked to stop, then lets running requests end.
pub(crate) async fn serve(listener: TcpListener, router: Router) -> Result<(), CliError> {
    // Requests are counted by where they come from.
    axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(stop_asked())
        .await
        .map_err(CliError::io("the network"))
}

/// Ctrl-C, or the service manager's signal.
async fn stop_asked() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without a way to hear the signal there is nothing to wait for but the end of the process.
    if interrupt.await.is_err() {
        std::future::pending::<()>().await;
    }
}
