//! What the script of a page is answered: it saves each answer as it is given, and follows the page's own buttons.
//!
//! A failure is answered by its page and status, as for everybody; the script reads the status.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::app::App;
use crate::draft::Draft;
use crate::pages::news::News;
use crate::routes::screen::Kept;
use crate::seen;
use crate::texts::fill;

/// The type that the script accepts.
const JSON: &str = "application/json";

/// What became of answers that were saved as they were given.
#[derive(Serialize)]
struct Saved {
    /// What the page says: when it was saved, or that something typed waits.
    says: String,
    /// Whether something typed is not saved.
    waits: bool,
    /// What the page shows now, see [`seen`].
    state: String,
    /// What was answered elsewhere meanwhile, to say at once.
    news: Option<String>,
    /// The same for the address of the next page, so that who goes on in that instant is told too.
    query: String,
}

/// Where the script goes next.
#[derive(Serialize)]
struct Next {
    next: String,
}

/// Whether a request was made by the script.
pub(super) fn is_scripted(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).is_some_and(|accepted| accepted.as_bytes() == JSON.as_bytes())
}

/// Tells the script where a browser would be sent; another page is given as it is.
pub(super) fn next(response: Response) -> Response {
    let location = response.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
    match location {
        Some(location) if response.status() == StatusCode::SEE_OTHER => {
            json(&Next { next: location.to_owned() })
        }
        _ => response,
    }
}

/// What was saved of a screen.
pub(super) fn kept(app: &App, kept: &Kept) -> Response {
    let waits = kept.is_typed_lost() || kept.is_choosing;
    answer(app, &kept.draft, waits, &kept.news)
}

/// Nothing was saved: the answer given ends the questionnaire, and waits for a button.
pub(super) fn waiting(app: &App, draft: &Draft) -> Response {
    answer(app, draft, true, &News::default())
}

/// Nothing was saved: the store is away.
pub(super) fn not_saved() -> Response {
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}

fn answer(app: &App, draft: &Draft, waits: bool, news: &News) -> Response {
    let words = &app.texts().screen;
    let time = app.language.time(draft.record.updated_at);
    let says = if waits { words.waiting.clone() } else { fill(&words.saved, &[("time", &time)]) };
    let state = seen::written(&app.intake.edition, &draft.answers);
    json(&Saved { says, waits, state, news: news.text(app), query: news.query(app) })
}

fn json(body: &impl Serialize) -> Response {
    let text = serde_json::to_string(body).expect("texts and flags are JSON");
    ([(header::CONTENT_TYPE, JSON)], text).into_response()
}
