//! What may prevent a page, and what the respondent is told.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use store::StoreError;

use crate::app::App;
use crate::extras::PrintError;
use crate::fields::FieldsError;
use crate::pages;
use crate::token::TokenError;

/// The longest path repeated as a link: more than any page of ours has.
const LONGEST_ROUTE: usize = 200;

/// Why a request gets no page of its own.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Failure {
    /// No such page, or no such personal link.
    #[error("no such page")]
    NotFound,
    /// The page exists, the method does not.
    #[error("this address does not take this method")]
    Method,
    /// The edition takes no answers.
    #[error("the edition is closed")]
    Closed,
    /// The edition takes no answers, and this was begun before and never sent: it can still be withdrawn.
    #[error("the edition is closed")]
    ClosedDraft {
        /// Of its personal link.
        token: String,
    },
    /// The response was withdrawn.
    #[error("the response was withdrawn")]
    Gone,
    /// The response was sent already; nothing was saved.
    #[error("the response was sent before")]
    Sent {
        /// Of its personal link.
        token: String,
    },
    /// The edition was started again; this response is kept apart.
    #[error("the response was set apart when the edition was started again")]
    SetApart {
        /// Of its personal link.
        token: String,
    },
    /// Another definition was published meanwhile; nothing was saved.
    #[error("this server asks by an earlier definition: {message}")]
    Updated {
        /// Of the personal link, if there is one yet.
        token: Option<String>,
        /// What the store says.
        message: String,
    },
    /// The screen is not on the path (any more); nothing was saved.
    #[error("the screen is not on the path")]
    OffPath {
        /// Of its personal link.
        token: String,
    },
    /// The body is not what the page's form would post.
    #[error("the body is not a form of this screen: {0}")]
    Form(&'static str),
    /// The body is too large.
    #[error("the body is too large")]
    TooLarge,
    /// The request was made by another site.
    #[error("the request comes from another site")]
    CrossSite,
    /// The form does not prove that it was opened by its personal link.
    #[error("the form does not prove that it was opened by its personal link")]
    Unproven {
        /// Of the personal link.
        token: String,
        /// The page of that form.
        page: &'static str,
    },
    /// Requests come too fast.
    #[error("requests come too fast; one more will be taken in {seconds} s")]
    TooMany {
        /// When one more will be taken.
        seconds: u64,
    },
    /// The store is away.
    #[error("{0}")]
    Unavailable(String),
    /// The store was away when the response was sent.
    #[error("the response was not sent: {message}")]
    NotSent {
        /// Of its personal link.
        token: String,
        /// What the store says.
        message: String,
    },
    /// Our fault.
    #[error("{0}")]
    Internal(String),
}

impl Failure {
    /// Its status.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Closed | Self::ClosedDraft { .. } | Self::Gone | Self::SetApart { .. } => StatusCode::GONE,
            Self::Sent { .. } | Self::OffPath { .. } | Self::Updated { .. } => StatusCode::CONFLICT,
            Self::Form(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::CrossSite | Self::Unproven { .. } => StatusCode::FORBIDDEN,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable(_) | Self::NotSent { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unknown | StoreError::NotSubmitted => Self::NotFound,
            StoreError::EditionClosed { .. } => Self::Closed,
            StoreError::Gone => Self::Gone,
            StoreError::OutdatedVersion { .. } => Self::Updated { token: None, message: error.to_string() },
            StoreError::Unavailable(_) | StoreError::Conflict { .. } => Self::Unavailable(error.to_string()),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<FieldsError> for Failure {
    fn from(error: FieldsError) -> Self {
        Self::Form(match error {
            FieldsError::Encoding => "percent-encoding",
            FieldsError::NotUtf8 => "not UTF-8",
            FieldsError::TooMany => "too many fields",
        })
    }
}

impl From<PrintError> for Failure {
    fn from(error: PrintError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        Self::Internal(error.to_string())
    }
}

/// A failure travels as a bare status; [`show`] gives it its page, which needs the state.
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// Gives failures their page. Those that are our fault are logged here, once.
pub(crate) async fn show(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let route = matches!(*request.method(), Method::GET | Method::HEAD)
        .then(|| app.common_route(request.uri().path()).to_owned())
        .filter(|route| is_plain(route));
    let response = next.run(request).await;
    let failure = match response.extensions().get::<Arc<Failure>>() {
        Some(failure) => Arc::clone(failure),
        None if response.status() == StatusCode::METHOD_NOT_ALLOWED => Arc::new(Failure::Method),
        None => return response,
    };
    if failure.status().is_server_error() {
        tracing::error!(error = %failure, "a page could not be made");
    }
    let mut page = (failure.status(), pages::failure::page(&app, &failure, route.as_deref())).into_response();
    if let Failure::TooMany { seconds } = *failure {
        page.headers_mut().insert(axum::http::header::RETRY_AFTER, seconds.into());
    }
    if let Some(allow) = response.headers().get(axum::http::header::ALLOW) {
        page.headers_mut().insert(axum::http::header::ALLOW, allow.clone());
    }
    page
}

/// Whether a path may be repeated as a link: short, and of one site. Two slashes would begin the name of another.
fn is_plain(route: &str) -> bool {
    route.len() <= LONGEST_ROUTE
        && route.starts_with('/')
        && !route.contains("//")
        && route.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.'))
}
