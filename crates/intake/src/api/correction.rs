//! The correction of a response that was sent: opened and given up, as by the buttons of the receipt.

use axum::response::Response;

use super::Caller;
use super::handlers::{Failed, current, state};
use super::problem::{Kind, Problem};
use crate::routes::correct;
use crate::routes::{Found, find};

/// Open the correction of a response that was sent.
///
/// What was sent stays, and counts, until the correction is sent in its place: save the screens to change, then send with
/// `If-Match`, so that a repetition of the first sending is not mistaken for it. An edition takes corrections until it
/// closes. Opening one that is open changes nothing.
#[utoipa::path(
    post,
    path = "/api/v1/response/correction",
    tag = "response",
    security(("token" = [])),
    responses(
        (status = 200, description = "Open, since now or before", body = super::model::ResponseState, headers(("etag" = String, description = "The revision"))),
        (status = 401, description = "No response has this token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Called by a page of another site", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Nothing was sent yet", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "Withdrawn, closed or set apart", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too fast", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store is away", body = Problem, content_type = "application/problem+json")
    )
)]
pub(super) async fn open(caller: Caller) -> Result<Response, Failed> {
    correct::open(&caller.app, &caller.token).await?;
    of_what_was_sent(&caller).await
}

/// Give a correction up: the response stays as it was sent. Giving up where none is open changes nothing.
#[utoipa::path(
    delete,
    path = "/api/v1/response/correction",
    tag = "response",
    security(("token" = [])),
    responses(
        (status = 200, description = "None is open, since now or before", body = super::model::ResponseState, headers(("etag" = String, description = "The revision"))),
        (status = 401, description = "No response has this token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Called by a page of another site", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Nothing was sent yet", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "Withdrawn, closed or set apart", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too fast", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store is away", body = Problem, content_type = "application/problem+json")
    )
)]
pub(super) async fn give_up(caller: Caller) -> Result<Response, Failed> {
    correct::drop_open(&caller.app, &caller.token).await?;
    of_what_was_sent(&caller).await
}

/// The response as it is now, unless nothing was sent.
async fn of_what_was_sent(caller: &Caller) -> Result<Response, Failed> {
    match find(&caller.app, &caller.token).await? {
        Found::Draft(draft) if draft.sent.is_none() => Err(Problem::of(Kind::NotSubmitted).into()),
        Found::End(_) => Err(Problem::of(Kind::Gone).into()),
        Found::Draft(_) | Found::Sent(_) => Ok(state(&current(caller).await?)),
    }
}
