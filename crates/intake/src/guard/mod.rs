//! What is done for every request: headers, the refusal of other sites' forms, the pace, one line in the log.

pub(crate) mod limits;
pub(crate) mod pace;
mod place;
pub(crate) mod proof;

use std::any::Any;
use std::sync::Arc;

use axum::body::{self, Body};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument as _;

use crate::app::App;
use crate::failure::Failure;
use crate::fields::Fields;

/// The largest form of a screen accepted, in bytes.
pub(crate) const MOST_BYTES: usize = 256 * 1024;

/// The largest form that is only a button, in bytes.
pub(crate) const BUTTON_BYTES: usize = 4 * 1024;

/// Nothing but our own style sheet and script, our own forms, and the empty icon of the `data:` address. Nothing inline,
/// whatever a page were made to hold.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; \
                      frame-ancestors 'none'";

/// Sets the security headers on every response, failures included.
pub(crate) async fn headers(State(app): State<Arc<App>>, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if app.is_secure {
        // A year; browsers ignore it over plain HTTP, where it would only mislead whoever reads it.
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    response
}

/// Refuses what another site makes a browser post. Browsers say so in `Sec-Fetch-Site`; a program that does not send
/// it has no respondent's browser to abuse. `Origin` would not do: our referrer policy makes it `null`.
pub(crate) async fn refuse_other_sites(request: Request, next: Next) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let is_ours = request
        .headers()
        .get("sec-fetch-site")
        .is_none_or(|site| matches!(site.as_bytes(), b"same-origin" | b"none"));
    if is_safe || is_ours { next.run(request).await } else { Failure::CrossSite.into_response() }
}

/// Opens a span for each request and writes one line at its end: the route's pattern, never the address, which holds
/// the token.
pub(crate) async fn log(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |matched| matched.as_str().to_owned());
    let edition = &app.intake.settings.edition;
    let span = tracing::info_span!("intake.request", edition.id = %edition, http.method = %method, http.route = %route);
    async {
        let response = next.run(request).await;
        let status = response.status().as_u16();
        tracing::info!(http.status = status, "{method} {route} gave {status}");
        response
    }
    .instrument(span)
    .await
}

/// Answers a panic with the page of an internal failure; what the panic says stays out of it.
pub(crate) fn panic(_: Box<dyn Any + Send + 'static>) -> Response {
    Failure::Internal("a handler panicked".to_owned()).into_response()
}

/// From here on, a panic of this process is logged by its place alone: what it says may quote an answer.
pub fn log_panics_by_place() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a panic: this is a fault of the program");
    }));
}

/// Reads a posted form of at most so many bytes.
pub(crate) async fn form(request: Request<Body>, most: usize) -> Result<Fields, Failure> {
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_none_or(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    if !is_form {
        return Err(Failure::Form("another content type"));
    }
    // A body that breaks off and one that is too long look alike here; the first has nobody left to read the page.
    let bytes = body::to_bytes(request.into_body(), most).await.map_err(|_| Failure::TooLarge)?;
    Ok(Fields::parse(&bytes)?)
}

/// Reads the form of a page that asks nothing, and refuses one that was not opened by its personal link. A link that
/// leads nowhere is told first, so that it looks as it does elsewhere.
pub(crate) async fn button(
    app: &App,
    token: &str,
    page: &'static str,
    request: Request<Body>,
) -> Result<Fields, Failure> {
    let mut fields = form(request, BUTTON_BYTES).await?;
    if proof::take(token, &mut fields) {
        return Ok(fields);
    }
    app.record(token).await?;
    Err(Failure::Unproven { token: token.to_owned(), page })
}
