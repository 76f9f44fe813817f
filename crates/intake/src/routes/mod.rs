//! The routes, one file for each moment of a response.

mod automatic;
mod board;
pub(crate) mod correct;
pub(crate) mod finish;
mod print;
mod resume;
pub(crate) mod screen;
pub(crate) mod start;
mod table;

pub use table::Route;
pub(crate) use table::Table;

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use questionnaire::Edition;
use store::{Record, RecordState};
use tower_http::catch_panic::CatchPanicLayer;

use crate::app::{App, NO_NETWORK_ROUTE, SERVICE_ROUTE, Taking, script_route, style_route};
use crate::draft::{Draft, Sent};
use crate::failure::{self, Failure};
use crate::guard::pace;
use crate::language::Language;
use crate::{api, guard, pages};

pub(crate) use resume::{ADDRESS, CODE};

/// The routes of every face, and of the programs' interface.
pub(crate) fn router(faces: Vec<App>) -> Router {
    let faces: Vec<Arc<App>> = faces.into_iter().map(Arc::new).collect();
    let pages = faces.iter().cloned().fold(Router::new(), |router, app| router.merge(face(app)));
    pages.merge(api::router(faces))
}

/// All routes of an edition, in the order of their addresses.
pub(crate) fn all(edition: &Edition) -> Vec<Route> {
    let languages = Language::offered(&edition.questionnaire.languages);
    let pages = languages.iter().enumerate().flat_map(|(rank, language)| {
        let beginning = if rank == 0 { String::new() } else { format!("/{}", language.code()) };
        table(&beginning).routes()
    });
    let mut routes: Vec<Route> = pages.chain(api::table().routes()).collect();
    routes.sort();
    routes
}

/// The pages of one face, all under the beginning of its language; the first has none, and the files of all.
fn table(beginning: &str) -> Table<App> {
    let at = |route: &str| format!("{beginning}{route}");
    let table = Table::new()
        .get(&at("/"), start::start_page)
        .post(&at("/commencer"), start::start)
        .get(&at("/confidentialite"), start::privacy_page)
        .get(&at(pages::statement::ROUTE), start::statement_page)
        .get(&at(pages::board::ROUTE), board::board_page)
        .get(&at(NO_NETWORK_ROUTE), start::no_network_page)
        .get(&at("/reprendre"), resume::code_page)
        .post(&at("/reprendre"), resume::by_code)
        .get(&at("/q/{token}"), resume::resume)
        // Links copied from a message often end in a slash.
        .get(&at("/q/{token}/"), resume::resume)
        .post(&at("/q/{token}/commencer"), resume::start_invited)
        .get(&at("/q/{token}/reprendre"), resume::later_page)
        .post(&at("/q/{token}/code"), resume::give_code)
        .post(&at("/q/{token}/courriel"), resume::send_link)
        .get(&at("/q/{token}/recapitulatif"), finish::summary_page)
        .post(&at("/q/{token}/envoyer"), finish::submit)
        .get(&at("/q/{token}/merci"), finish::receipt_page)
        .post(&at("/q/{token}/corriger"), correct::correct)
        .post(&at("/q/{token}/abandonner"), correct::give_up)
        .get(&at("/q/{token}/resultat"), finish::result_page)
        .get(&at("/q/{token}/recu.pdf"), print::receipt)
        .get(&at("/q/{token}/resultat.pdf"), print::result)
        .get(&at("/q/{token}/retirer"), finish::withdraw_page)
        .post(&at("/q/{token}/retirer"), finish::withdraw)
        .get(&at("/q/{token}/{screen}"), screen::show)
        .post(&at("/q/{token}/{screen}"), screen::save);
    if beginning.is_empty() {
        table
            .get("/sante", start::health)
            .get(&style_route(), start::style)
            .get(&script_route(), start::script)
            .get(SERVICE_ROUTE, start::service)
    } else {
        // Under its code a language answers for itself.
        table.get(beginning, start::start_page)
    }
}

/// The routes of one face, with what is done for each request around them.
fn face(app: Arc<App>) -> Router {
    let router = table(&app.route("")).router();
    let router = if app.is_first() {
        router.fallback(|| async { Failure::NotFound })
    } else {
        // Also when there is no such page.
        router.route(&app.route("/{*rest}"), any(|| async { Failure::NotFound }))
    };
    router
        .layer(middleware::from_fn_with_state(Arc::clone(&app), pace::pages))
        .layer(middleware::from_fn(guard::refuse_other_sites))
        .layer(CatchPanicLayer::custom(guard::panic))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), failure::show))
        .layer(middleware::map_response_with_state(Arc::clone(&app), guard::headers))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), guard::log))
        .with_state(app)
}

/// What the address of a questionnaire's page says.
pub(super) struct Address {
    /// The token of the personal link.
    pub(super) token: String,
    /// The code of the screen, on the route of screens.
    pub(super) screen: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Address {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        // A segment that is not UTF-8 is no token of ours.
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| Failure::NotFound)?;
        let value = |wanted: &str| {
            params
                .iter()
                .find(|(name, _)| *name == wanted)
                .map(|(_, value)| value.to_owned())
                .unwrap_or_default()
        };
        Ok(Self { token: value("token"), screen: value("screen") })
    }
}

/// Sends the browser to another page by GET.
pub(super) fn see_other(address: &str) -> Response {
    let location =
        HeaderValue::from_str(address).expect("addresses are made of tokens and codes, which are ASCII");
    (axum::http::StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// What a personal link leads to.
pub(crate) enum Found {
    /// A draft, or the correction of a response, in an open edition.
    Draft(Box<Draft>),
    /// A response that was sent, of which no correction is open.
    Sent(Box<Record>),
    /// A page that closes the matter: a refusal.
    End(Response),
}

impl Found {
    /// The response as it was last sent, also while it is being corrected; `None` when nothing was sent.
    pub(super) fn into_sent(self) -> Option<Box<Record>> {
        match self {
            Self::Sent(record) => Some(record),
            Self::Draft(draft) => draft.sent.map(|sent| sent.record),
            Self::End(_) => None,
        }
    }
}

/// Reads the record behind a personal link and says in what state it is.
pub(crate) async fn find(app: &App, token: &str) -> Result<Found, Failure> {
    // Both are asked at once: one wait instead of two, for almost every request.
    let taking = async { Ok(app.takes_drafts().await?) };
    let (record, taking) = futures::future::try_join(app.record(token), taking).await?;
    match record.state {
        RecordState::Draft | RecordState::Submitted if record.edition != app.intake.settings.edition => {
            Err(Failure::SetApart { token: token.to_owned() })
        }
        RecordState::Submitted => correction(app, record).await,
        RecordState::Withdrawn => Err(Failure::Gone),
        RecordState::Refused => Ok(Found::End(pages::leave::refused(app, token).into_response())),
        RecordState::Draft => {
            let grace = match taking {
                Taking::Open => None,
                Taking::Grace(until) => Some(until),
                Taking::Closed => return Err(Failure::ClosedDraft { token: token.to_owned() }),
            };
            let earlier = app.earlier(&record);
            Ok(Found::Draft(Box::new(Draft::new(&app.intake.edition, earlier, record).until(grace))))
        }
    }
}

/// The correction of a response that was sent, or the response itself.
async fn correction(app: &App, record: Record) -> Result<Found, Failure> {
    let store = &app.intake.store;
    let Some(correction) = store.correction(&record.token).await? else {
        return Ok(Found::Sent(Box::new(record)));
    };
    if !app.is_open().await? {
        return Ok(Found::Sent(Box::new(record)));
    }
    let times = 1 + i64::try_from(store.earlier_answers(&record.token).await?.len()).unwrap_or(i64::MAX - 1);
    let earlier = app.earlier(&correction);
    let draft = Draft::new(&app.intake.edition, earlier, correction);
    Ok(Found::Draft(Box::new(draft.correcting(Some(Sent { record: Box::new(record), times })))))
}

/// Where a draft is taken up again.
pub(super) fn resume_address(app: &App, edition: &Edition, token: &str, draft: &Draft) -> String {
    match draft.first_open(edition) {
        Some(screen) => app.questionnaire(token, &edition.questionnaire.screens[screen].code),
        None => app.questionnaire(token, "recapitulatif"),
    }
}
