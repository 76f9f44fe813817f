//! Headers of every response: nothing is loaded from elsewhere, nothing runs but the site's own script, and nothing is
//! framed but what is made to be.

use axum::http::StatusCode;
use axum::http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::response::Response;

/// Marks a response that any site may show in a frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Framed;

/// Adds the protective headers.
pub(crate) async fn protect(mut response: Response) -> Response {
    // It has no type, by which pages are told from other files, and its headers replace those that the reader has kept:
    // the page keeps the ones it came with.
    if response.status() == StatusCode::NOT_MODIFIED {
        return response;
    }
    let is_framed = response.extensions().get::<Framed>().is_some();
    let headers = response.headers_mut();
    let is_page = headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    // What is framed runs nothing at all, nor does a picture that is opened by itself.
    let policy = if is_framed {
        "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors *"
    } else if !is_page {
        "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'"
    } else {
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    };
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !is_framed {
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
