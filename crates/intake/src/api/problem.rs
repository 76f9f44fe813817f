//! What goes wrong, as RFC 9457 says it: a type, a title, a status, and the fields with the rules that they break.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::json;
use super::model::ResponseState;
use crate::failure::Failure;

/// The media type of problems.
const MEDIA_TYPE: &str = "application/problem+json";

/// A kind of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Malformed,
    Unauthorised,
    OtherSite,
    NotFound,
    Method,
    AlreadySubmitted,
    NotSubmitted,
    NotFinished,
    NotOnPath,
    RefusalNeedsWithdrawal,
    Updated,
    Closed,
    Gone,
    SetApart,
    Changed,
    TooLarge,
    MediaType,
    InvalidAnswers,
    TooMany,
    Internal,
    Unavailable,
}

/// Every kind: its name, its status, its title, and what to do.
const KINDS: [(Kind, &str, StatusCode, &str, &str); 21] = [
    (
        Kind::Malformed,
        "malformed-request",
        StatusCode::BAD_REQUEST,
        "The request cannot be read",
        "Send what the description of this operation says.",
    ),
    (
        Kind::Unauthorised,
        "unknown-token",
        StatusCode::UNAUTHORIZED,
        "No response has this token",
        "Send the token that starting a response gave, as `Authorization: Bearer <token>`.",
    ),
    (
        Kind::OtherSite,
        "other-site",
        StatusCode::FORBIDDEN,
        "The request was made by a page of another site",
        "Call from a program, not from another site's page.",
    ),
    (
        Kind::NotFound,
        "not-found",
        StatusCode::NOT_FOUND,
        "There is nothing at this address",
        "Read the addresses in /api/v1/openapi.json, and the codes of screens in /api/v1/questionnaire.",
    ),
    (
        Kind::Method,
        "method-not-allowed",
        StatusCode::METHOD_NOT_ALLOWED,
        "This address does not take this method",
        "Use a method of the header `Allow`.",
    ),
    (
        Kind::AlreadySubmitted,
        "already-submitted",
        StatusCode::CONFLICT,
        "The response was sent already",
        "Nothing was changed; open a correction by POST /api/v1/response/correction, withdraw the response or leave it.",
    ),
    (
        Kind::NotSubmitted,
        "not-submitted",
        StatusCode::CONFLICT,
        "The response was not sent yet",
        "Nothing was changed; save its screens, there is nothing to correct.",
    ),
    (
        Kind::NotFinished,
        "not-finished",
        StatusCode::CONFLICT,
        "Screens of the path were not passed",
        "Save the screen that `current.next` names, and those after it, then send.",
    ),
    (
        Kind::NotOnPath,
        "not-on-path",
        StatusCode::CONFLICT,
        "The screen is not asked, or not yet",
        "Nothing was saved; `current.screens` lists the path, `current.next` says where it goes on.",
    ),
    (
        Kind::RefusalNeedsWithdrawal,
        "refusal-needs-withdrawal",
        StatusCode::CONFLICT,
        "Refusing now would erase the answers given",
        "Nothing was saved; withdraw the response by DELETE if this is what is wanted.",
    ),
    (
        Kind::Updated,
        "questionnaire-updated",
        StatusCode::CONFLICT,
        "The questionnaire was updated meanwhile",
        "Nothing was saved; read the questionnaire and the response again, then save again.",
    ),
    (
        Kind::Closed,
        "closed",
        StatusCode::GONE,
        "The edition takes no answers",
        "A response can still be withdrawn.",
    ),
    (
        Kind::Gone,
        "withdrawn",
        StatusCode::GONE,
        "The response was withdrawn or refused",
        "Nothing is kept of it.",
    ),
    (
        Kind::SetApart,
        "set-apart",
        StatusCode::GONE,
        "The edition was started again, and this response set apart",
        "Withdraw it, or start another one.",
    ),
    (
        Kind::Changed,
        "changed-meanwhile",
        StatusCode::PRECONDITION_FAILED,
        "The response is at another revision than If-Match says",
        "Nothing was saved; merge with `current`, then save again under its revision, or without If-Match.",
    ),
    (
        Kind::TooLarge,
        "too-large",
        StatusCode::PAYLOAD_TOO_LARGE,
        "The body is too large",
        "Nothing was saved; a screen takes 256 kB.",
    ),
    (
        Kind::MediaType,
        "unsupported-media-type",
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "The body is not JSON",
        "Send `Content-Type: application/json`.",
    ),
    (
        Kind::InvalidAnswers,
        "invalid-answers",
        StatusCode::UNPROCESSABLE_ENTITY,
        "Answers break rules of the questionnaire",
        "`errors` names each question and rule. With `current`, all other answers were saved; without it, nothing was.",
    ),
    (
        Kind::TooMany,
        "too-many-requests",
        StatusCode::TOO_MANY_REQUESTS,
        "Requests come too fast",
        "Send it again after the seconds of `Retry-After`.",
    ),
    (
        Kind::Internal,
        "internal",
        StatusCode::INTERNAL_SERVER_ERROR,
        "The fault is ours",
        "What was acknowledged is kept; try again in some minutes.",
    ),
    (
        Kind::Unavailable,
        "unavailable",
        StatusCode::SERVICE_UNAVAILABLE,
        "Answers cannot be read or saved for the moment",
        "What was acknowledged is kept; send it again in some minutes.",
    ),
];

/// A problem, as RFC 9457 writes it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(title = "Problem")]
pub(crate) struct Problem {
    /// Which kind of problem it is; `/api/v1/problems` says what to do about each.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference")]
    kind: String,
    /// The kind in words.
    title: &'static str,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What to do.
    detail: String,
    /// What is wrong with which question.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<Fault>,
    /// The response as it is kept now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    current: Option<Box<ResponseState>>,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Fault {
    /// Code of the question, or of the question and the row: `usa_outils.paie`.
    pub(crate) field: String,
    /// The rule that is broken, or that asks to check.
    pub(crate) rule: String,
    /// The same for a person, in the language asked for.
    pub(crate) message: String,
}

/// A kind of problem, described.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ProblemKind {
    /// As in `type`.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference")]
    kind: String,
    /// The status of the answer.
    status: u16,
    /// The kind in words.
    title: &'static str,
    /// What to do.
    detail: &'static str,
}

/// All kinds of problems.
pub(crate) fn kinds() -> Vec<ProblemKind> {
    let of = |&(_, name, status, title, detail): &(Kind, &str, StatusCode, &'static str, &'static str)| {
        ProblemKind { kind: reference(name), status: status.as_u16(), title, detail }
    };
    KINDS.iter().map(of).collect()
}

/// The type of a problem: where it is described.
fn reference(name: &str) -> String {
    format!("/api/v1/problems#{name}")
}

impl Problem {
    /// A problem of this kind.
    pub(crate) fn of(kind: Kind) -> Self {
        let (_, name, status, title, detail) = KINDS
            .into_iter()
            .find(|(other, ..)| *other == kind)
            .expect("a test finds every kind in the list");
        Self {
            kind: reference(name),
            title,
            status: status.as_u16(),
            detail: detail.to_owned(),
            errors: Vec::new(),
            current: None,
        }
    }

    /// With other words about what to do.
    pub(crate) fn saying(mut self, detail: &str) -> Self {
        detail.clone_into(&mut self.detail);
        self
    }

    /// With what is wrong with which question.
    pub(crate) fn naming(mut self, errors: Vec<Fault>) -> Self {
        self.errors = errors;
        self
    }

    /// With the response as it is now.
    pub(crate) fn beside(mut self, current: ResponseState) -> Self {
        self.current = Some(Box::new(current));
        self
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        if failure.status().is_server_error() {
            tracing::error!(error = %failure, "a request of a program could not be answered");
        }
        Self::of(match failure {
            // Under a token: the same whether it is malformed, unknown, or of another edition.
            Failure::NotFound => Kind::Unauthorised,
            Failure::Method => Kind::Method,
            Failure::Closed | Failure::ClosedDraft { .. } => Kind::Closed,
            Failure::Gone => Kind::Gone,
            Failure::Sent { .. } => Kind::AlreadySubmitted,
            Failure::SetApart { .. } => Kind::SetApart,
            Failure::Updated { .. } => Kind::Updated,
            Failure::OffPath { .. } => Kind::NotOnPath,
            Failure::Form(_) => Kind::Malformed,
            Failure::TooLarge => Kind::TooLarge,
            Failure::CrossSite | Failure::Unproven { .. } => Kind::OtherSite,
            Failure::TooMany { .. } => Kind::TooMany,
            Failure::Unavailable(_) | Failure::NotSent { .. } => Kind::Unavailable,
            Failure::Internal(_) => Kind::Internal,
        })
    }
}

impl From<store::StoreError> for Problem {
    fn from(error: store::StoreError) -> Self {
        Failure::from(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let tag = self.current.as_deref().map(ResponseState::tag);
        let mut response = json(status, &self);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(tag) = tag {
            headers.insert(header::ETAG, tag);
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            // Counted as an address that leads nowhere is.
            response.extensions_mut().insert(Arc::new(Failure::NotFound));
        }
        response
    }
}

/// Gives the failures of what stands around the handlers their problem.
pub(crate) async fn show(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == MEDIA_TYPE) {
        return response;
    }
    let failure = match response.extensions().get::<Arc<Failure>>() {
        Some(failure) => Failure::clone(failure),
        None if response.status() == StatusCode::METHOD_NOT_ALLOWED => Failure::Method,
        None => return response,
    };
    let retry_after =
        if let Failure::TooMany { seconds } = failure { Some(HeaderValue::from(seconds)) } else { None };
    let is_nowhere = matches!(failure, Failure::NotFound);
    let problem = if is_nowhere { Problem::of(Kind::NotFound) } else { Problem::from(failure) };
    let mut shown = problem.into_response();
    if let Some(retry_after) = retry_after {
        shown.headers_mut().insert(header::RETRY_AFTER, retry_after);
    }
    if let Some(allow) = response.headers().get(header::ALLOW) {
        shown.headers_mut().insert(header::ALLOW, allow.clone());
    }
    shown
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_has_a_name_and_words_of_its_own() {
        let names: BTreeSet<String> = kinds().into_iter().map(|kind| kind.kind).collect();
        assert_eq!(names.len(), KINDS.len());
        for (kind, name, ..) in KINDS {
            assert_eq!(Problem::of(kind).kind, format!("/api/v1/problems#{name}"));
        }
        // The last of the enumeration: one added and not described would be missing here.
        assert_eq!(Kind::Unavailable as usize + 1, KINDS.len());
    }
}
