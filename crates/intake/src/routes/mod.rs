//! The routes, one file for each moment of a response.

mod automatic;
mod correct;
mod finish;
mod print;
mod resume;
mod screen;
mod start;

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use questionnaire::Edition;
use store::{Record, RecordState};
use tower_http::catch_panic::CatchPanicLayer;

use crate::app::{App, Taking};
use crate::draft::{Draft, Sent};
use crate::failure::{self, Failure};
use crate::{guard, pages};

pub(crate) use resume::{ADDRESS, CODE};

/// The routes of every face.
pub(crate) fn router(faces: Vec<App>) -> Router {
    faces.into_iter().fold(Router::new(), |router, app| router.merge(face(Arc::new(app))))
}

/// The routes of one face, with what is done for each request around them.
fn face(app: Arc<App>) -> Router {
    let at = |route: &str| app.route(route);
    let router = Router::new()
        .route(&at("/"), get(start::start_page))
        .route(&at("/commencer"), post(start::start))
        .route(&at("/confidentialite"), get(start::privacy_page))
        .route(&at(pages::statement::ROUTE), get(start::statement_page))
        .route(&at("/reprendre"), get(resume::code_page).post(resume::by_code))
        .route(&at("/q/{token}"), get(resume::resume))
        // Links copied from a message often end in a slash.
        .route(&at("/q/{token}/"), get(resume::resume))
        .route(&at("/q/{token}/commencer"), post(resume::start_invited))
        .route(&at("/q/{token}/reprendre"), get(resume::later_page))
        .route(&at("/q/{token}/code"), post(resume::give_code))
        .route(&at("/q/{token}/courriel"), post(resume::send_link))
        .route(&at("/q/{token}/recapitulatif"), get(finish::summary_page))
        .route(&at("/q/{token}/envoyer"), post(finish::submit))
        .route(&at("/q/{token}/merci"), get(finish::receipt_page))
        .route(&at("/q/{token}/corriger"), post(correct::correct))
        .route(&at("/q/{token}/abandonner"), post(correct::give_up))
        .route(&at("/q/{token}/resultat"), get(finish::result_page))
        .route(&at("/q/{token}/recu.pdf"), get(print::receipt))
        .route(&at("/q/{token}/resultat.pdf"), get(print::result))
        .route(&at("/q/{token}/retirer"), get(finish::withdraw_page).post(finish::withdraw))
        .route(&at("/q/{token}/{screen}"), get(screen::show).post(screen::save));
    let router = if app.is_first() {
        router
            .route("/sante", get(start::health))
            .route(&app.style_route, get(start::style))
            .route(&app.script_route, get(start::script))
            .fallback(|| async { Failure::NotFound })
    } else {
        // Under its code a language answers for itself, also when there is no such page.
        router
            .route(&at(""), get(start::start_page))
            .route(&at("/{*rest}"), any(|| async { Failure::NotFound }))
    };
    router
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
pub(super) enum Found {
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
pub(super) async fn find(app: &App, token: &str) -> Result<Found, Failure> {
    let record = app.record(token).await?;
    match record.state {
        RecordState::Draft | RecordState::Submitted if record.edition != app.intake.settings.edition => {
            Err(Failure::SetApart { token: token.to_owned() })
        }
        RecordState::Submitted => correction(app, record).await,
        RecordState::Withdrawn => Err(Failure::Gone),
        RecordState::Refused => Ok(Found::End(pages::leave::refused(app, token).into_response())),
        RecordState::Draft => {
            let grace = match app.takes_drafts().await? {
                Taking::Open => None,
                Taking::Grace(until) => Some(until),
                Taking::Closed => return Err(Failure::Closed),
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
