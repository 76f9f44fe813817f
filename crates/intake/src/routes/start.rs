//! Before a response: what it is about, and its beginning.

use std::io::Write as _;
use std::sync::{Arc, LazyLock};

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use store::{NewDraft, StoreError};

use crate::app::{App, SCRIPT, SERVICE, STYLE, Taking};
use crate::failure::Failure;
use crate::guard::pace::{self, Visitor};
use crate::guard::{self, BUTTON_BYTES};
use crate::pages;
use crate::routes::see_other;
use crate::token::{token, token_hash};

/// `GET /`: what, for whom, how long, under which promise.
pub(super) async fn start_page(State(app): State<Arc<App>>) -> Result<Response, Failure> {
    Ok(match app.takes_drafts().await? {
        Taking::Open => pages::start::start(&app).into_response(),
        Taking::Grace(until) => pages::start::closed(&app, Some(until)).into_response(),
        Taking::Closed => pages::start::closed(&app, None).into_response(),
    })
}

/// `POST /commencer`: starts a draft and shows its first screen.
pub(super) async fn start(
    State(app): State<Arc<App>>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Result<Response, Failure> {
    let form = guard::form(request, BUTTON_BYTES).await?;
    pace::start(&app, visitor, &form)?;
    let token = token(app.intake.tokens.draw()?);
    begin(&app, &token).await?;
    let first = &app.intake.edition.questionnaire.screens[0].code;
    Ok(see_other(&app.questionnaire(&token, first)))
}

/// Starts a draft under a token.
pub(crate) async fn begin(app: &App, token: &str) -> Result<(), StoreError> {
    let draft = NewDraft {
        edition: app.intake.settings.edition.clone(),
        token: token_hash(token),
        version: app.intake.edition.questionnaire.version.clone(),
        at: app.intake.clock.now(),
    };
    app.intake.store.start(&draft).await
}

/// `GET /confidentialite`: the notice.
pub(super) async fn privacy_page(State(app): State<Arc<App>>) -> Response {
    pages::start::privacy(&app).into_response()
}

/// `GET /accessibilite`: what is checked of accessibility, and whom to write to.
pub(super) async fn statement_page(State(app): State<Arc<App>>) -> Response {
    pages::statement::page(&app).into_response()
}

/// `GET /hors-ligne`: what is shown in place of a screen while there is no network.
pub(super) async fn no_network_page(State(app): State<Arc<App>>) -> Response {
    pages::start::no_network(&app).into_response()
}

/// `GET /sante`: 200 when the store answers, 503 when it does not.
pub(super) async fn health(State(app): State<Arc<App>>) -> Response {
    match app.is_open().await {
        Ok(_) => (StatusCode::OK, "ok\n").into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable\n").into_response(),
    }
}

/// `GET /style-<hash>.css`.
pub(super) async fn style(headers: HeaderMap) -> Response {
    static PACKED: LazyLock<Vec<u8>> = LazyLock::new(|| packed(STYLE));
    file("text/css; charset=utf-8", FOR_EVER, STYLE, &PACKED, &headers)
}

/// `GET /script-<hash>.js`.
pub(super) async fn script(headers: HeaderMap) -> Response {
    static PACKED: LazyLock<Vec<u8>> = LazyLock::new(|| packed(&SCRIPT));
    file("text/javascript; charset=utf-8", FOR_EVER, &SCRIPT, &PACKED, &headers)
}

/// `GET /service.js`.
pub(super) async fn service(headers: HeaderMap) -> Response {
    static PACKED: LazyLock<Vec<u8>> = LazyLock::new(|| packed(&SERVICE));
    file("text/javascript; charset=utf-8", FOR_A_DAY, &SERVICE, &PACKED, &headers)
}

/// How long browsers keep what has another address when it has another content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// And what keeps its address.
const FOR_A_DAY: &str = "public, max-age=86400";

/// A file, packed for those that say they can unpack it, which is all of them.
fn file(
    kind: &'static str,
    kept: &'static str,
    content: &'static str,
    packed: &'static [u8],
    headers: &HeaderMap,
) -> Response {
    let about =
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, kept), (header::VARY, "accept-encoding")];
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|accepted| accepted.to_str().ok());
    let unpacks = accepted.is_some_and(|accepted| {
        accepted
            .split(',')
            .any(|encoding| encoding.trim() == "gzip" || encoding.trim().starts_with("gzip;q=1"))
    });
    if unpacks {
        (about, [(header::CONTENT_ENCODING, "gzip")], packed).into_response()
    } else {
        (about, content).into_response()
    }
}

fn packed(content: &str) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    let packed = packer.write_all(content.as_bytes()).and_then(|()| packer.finish());
    packed.expect("writing into memory does not fail")
}
