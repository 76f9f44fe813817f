//! The pace of requests: what comes too fast is asked to wait, and what it had typed is given back.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use ipnet::IpNet;

use crate::app::App;
use crate::clock::Clock;
use crate::failure::Failure;
use crate::guard;
use crate::guard::limits::{Kind, Limits, TooMany};
use crate::guard::{place, proof};
use crate::pages;
use crate::pages::retry::Cause;
use crate::texts::{english, fill, french};
use crate::token::is_token;

/// The form field that nobody sees, and that programs fill in.
pub(crate) const TRAP: &str = "site_web";
/// The form field that says when the start page was made.
pub(crate) const MADE: &str = "ouvert";

/// Nobody reads the start page and presses its button in less, in milliseconds.
const QUICKEST: i64 = 1_000;
/// How many starts one counts for that looks like a program's. It is slowed down, never refused: a quick hand and a
/// form filled in by a browser look like that too.
const SUSPECT: u32 = 10;

/// The network that a request comes from, for the handlers that count by themselves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Visitor(pub(crate) Option<IpNet>);

/// Counts the requests of the pages.
pub(crate) async fn pages(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let pattern = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let pattern = pattern.as_deref().map(|pattern| app.common_route(pattern)).unwrap_or_default();
    let token = pattern.starts_with("/q/{token}").then(|| segment(request.uri().path(), &app, 2));
    let is_health = pattern == "/sante";
    match paced(&app, token.as_deref(), is_health, request, next).await {
        Ok(response) => response,
        Err((TooMany { seconds }, request)) => match request {
            Some(request) if pattern == "/q/{token}/{screen}" => give_back(&app, request, seconds).await,
            _ => Failure::TooMany { seconds }.into_response(),
        },
    }
}

/// Counts the requests of the programs' interface.
pub(crate) async fn programs(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let is_personal =
        request.uri().path().contains("/response/") || request.uri().path().ends_with("/response");
    let token = is_personal.then(|| bearer(request.headers()).unwrap_or_default().to_owned());
    match paced(&app, token.as_deref(), false, request, next).await {
        Ok(response) => response,
        Err((TooMany { seconds }, _)) => Failure::TooMany { seconds }.into_response(),
    }
}

/// What is served beside the questionnaire, at a pace of its own: who reads it too fast is asked to wait, and respondents
/// are served all the same.
pub fn paced_beside(beside: Router, limits: Limits, clock: Arc<dyn Clock>) -> Router {
    let count =
        async |State((limits, clock)): State<(Limits, Arc<dyn Clock>)>, request: Request, next: Next| {
            let network = place::network(&request, &limits);
            let counted = network.map_or(Ok(()), |network| limits.take(Kind::Site, network, 1, clock.now()));
            match counted {
                Ok(()) => next.run(request).await,
                Err(TooMany { seconds }) => {
                    let said = [french(), english()].map(|texts| {
                        let seconds = seconds.to_string();
                        fill(&texts.failure.slow, &[("seconds", &seconds)])
                    });
                    let about = [
                        (header::RETRY_AFTER, HeaderValue::from(seconds)),
                        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
                        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
                    ];
                    (StatusCode::TOO_MANY_REQUESTS, about, said.join("\n\n")).into_response()
                }
            }
        };
    beside.layer(middleware::from_fn_with_state((limits, clock), count))
}

/// Lets a request pass at its pace. `token` is that of the personal link that it comes under, if any; a request that
/// was not read yet is given back.
async fn paced(
    app: &App,
    token: Option<&str>,
    is_free: bool,
    mut request: Request,
    next: Next,
) -> Result<Response, (TooMany, Option<Request>)> {
    let limits = &app.intake.settings.limits;
    let network = place::network(&request, limits);
    request.extensions_mut().insert(Visitor(network));
    let (Some(network), false) = (network, is_free) else { return Ok(next.run(request).await) };
    let now = app.intake.clock.now();
    let may_pass = match token {
        // What has not the form of a token is counted as a miss once it was answered.
        Some(token) if is_token(token) => limits.take_link(token, now),
        Some(_) => Ok(()),
        // Starts are counted where their form is read.
        None if *request.method() == Method::POST => Ok(()),
        None => limits.take(Kind::Read, network, 1, now),
    };
    if let Err(too_many) = may_pass {
        return Err((too_many, Some(request)));
    }
    let response = next.run(request).await;
    // A link that is known is served however many unknown ones its network tries.
    if is_miss(&response) {
        limits.take(Kind::Miss, network, 1, now).map_err(|too_many| (too_many, None))?;
    }
    Ok(response)
}

/// Whether a request led nowhere.
fn is_miss(response: &Response) -> bool {
    response.extensions().get::<Arc<Failure>>().is_some_and(|failure| matches!(**failure, Failure::NotFound))
}

/// Counts a start; one that looks like a program's counts for several.
pub(crate) fn start(app: &App, visitor: Visitor, form: &crate::fields::Fields) -> Result<(), Failure> {
    let now = app.intake.clock.now();
    let is_trapped = form.all(TRAP).iter().any(|value| !value.trim().is_empty());
    let made = form.one(MADE).and_then(|made| made.parse::<i64>().ok());
    let is_quick = made.is_none_or(|made| now.timestamp_millis().saturating_sub(made) < QUICKEST);
    let weight = if is_trapped || is_quick { SUSPECT } else { 1 };
    count_start(app, visitor, weight)
}

/// Counts a start.
pub(crate) fn count_start(app: &App, visitor: Visitor, weight: u32) -> Result<(), Failure> {
    let Some(network) = visitor.0 else { return Ok(()) };
    let counted = app.intake.settings.limits.take(Kind::Start, network, weight, app.intake.clock.now());
    counted.map_err(|TooMany { seconds }| Failure::TooMany { seconds })
}

/// Counts a code that leads nowhere.
pub(crate) fn count_miss(app: &App, visitor: Visitor) -> Result<(), Failure> {
    let Some(network) = visitor.0 else { return Ok(()) };
    let counted = app.intake.settings.limits.take(Kind::Miss, network, 1, app.intake.clock.now());
    counted.map_err(|TooMany { seconds }| Failure::TooMany { seconds })
}

/// The page of a screen that came too fast, with everything typed in its form.
async fn give_back(app: &App, request: Request<Body>, seconds: u64) -> Response {
    if *request.method() != Method::POST {
        return Failure::TooMany { seconds }.into_response();
    }
    let path = request.uri().path().to_owned();
    let (token, code) = (segment(&path, app, 2), segment(&path, app, 3));
    let screen = app.intake.edition.questionnaire.screen_index(&code);
    let (Some(screen), Ok(mut fields)) = (screen, guard::form(request, guard::MOST_BYTES).await) else {
        return Failure::TooMany { seconds }.into_response();
    };
    // The page says nothing of the link: it is the same whether there is one.
    proof::take(&token, &mut fields);
    let page = pages::retry::page(app, &token, screen, &fields, Cause::TooMany { seconds });
    let retry = [(header::RETRY_AFTER, HeaderValue::from(seconds))];
    (StatusCode::TOO_MANY_REQUESTS, retry, page).into_response()
}

/// A segment of the path of a page, in whatever language.
fn segment(path: &str, app: &App, position: usize) -> String {
    app.common_route(path).split('/').nth(position).unwrap_or_default().to_owned()
}

/// The token of the header `Authorization`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(only), None) = (given.next(), given.next()) else { return None };
    let (scheme, token) = only.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
