//! One connection to the site, opened again when it breaks.

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use hyper::http::request::Builder;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::target::Target;

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// The path that a redirection leads to.
    pub(crate) location: Option<String>,
    /// `name=value` of each cookie set.
    pub(crate) cookies: Vec<String>,
    pub(crate) body: Bytes,
}

/// A browser's connection.
pub(crate) struct Connection<'a> {
    target: &'a Target,
    sender: Option<SendRequest<Full<Bytes>>>,
    is_kept: bool,
}

impl<'a> Connection<'a> {
    /// Opened at the first request; one that is not kept is opened for each.
    pub(crate) fn new(target: &'a Target, is_kept: bool) -> Self {
        Self { target, sender: None, is_kept }
    }

    /// Sends a request and reads the whole answer. The error is a few words that name no address.
    pub(crate) async fn send(
        &mut self,
        method: Method,
        path: &str,
        cookies: &str,
        form: Option<Bytes>,
    ) -> Result<Reply, String> {
        let mut request = Request::builder().method(method).uri(path).header(HOST, &self.target.authority);
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies);
        }
        if form.is_some() {
            request = request
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header("sec-fetch-site", "same-origin");
        }
        self.exchange(request, form.unwrap_or_default()).await
    }

    /// Sends JSON under a key, as a program does.
    pub(crate) async fn send_json(&mut self, path: &str, key: &str, body: Bytes) -> Result<Reply, String> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(HOST, &self.target.authority)
            .header(CONTENT_TYPE, "application/json")
            .header("idempotency-key", key);
        self.exchange(request, body).await
    }

    async fn exchange(&mut self, request: Builder, body: Bytes) -> Result<Reply, String> {
        let request = request.body(Full::new(body)).map_err(|error| error.to_string())?;
        // Whatever goes wrong, the next request has a fresh connection.
        let mut sender = match self.sender.take() {
            Some(sender) if !sender.is_closed() => sender,
            _ => self.open().await?,
        };
        let broke = |error: hyper::Error| format!("the connection broke: {}", root(&error));
        sender.ready().await.map_err(broke)?;
        let response = sender.send_request(request).await.map_err(broke)?;
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(broke)?.to_bytes();
        if self.is_kept {
            self.sender = Some(sender);
        }
        let text = |value: &hyper::header::HeaderValue| value.to_str().ok().map(str::to_owned);
        let cookie = |value| Some(text(value)?.split(';').next().unwrap_or_default().to_owned());
        Ok(Reply {
            status: head.status.as_u16(),
            location: head.headers.get(LOCATION).and_then(text).map(path_of),
            cookies: head.headers.get_all(SET_COOKIE).iter().filter_map(cookie).collect(),
            body,
        })
    }

    async fn open(&self) -> Result<SendRequest<Full<Bytes>>, String> {
        let no_connection = |error: &dyn std::fmt::Display| format!("no connection: {error}");
        let stream = TcpStream::connect(self.target.address).await.map_err(|error| no_connection(&error))?;
        stream.set_nodelay(true).map_err(|error| no_connection(&error))?;
        let (sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| no_connection(&error))?;
        tokio::spawn(async move {
            // What breaks is told to whoever waits for an answer.
            let _ = connection.await;
        });
        Ok(sender)
    }
}

/// The cause at the bottom: what is above it repeats itself.
fn root(error: &hyper::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

/// The path of a location, which may hold a scheme and a host.
fn path_of(location: String) -> String {
    let Some((_, rest)) = location.split_once("://") else { return location };
    rest.find('/').map_or_else(|| "/".to_owned(), |start| rest[start..].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_followed_by_its_path() {
        for (location, path) in [
            ("/q/abc/identifiant", "/q/abc/identifiant"),
            ("https://barometre.example/q/abc", "/q/abc"),
            ("http://barometre.example", "/"),
        ] {
            assert_eq!(path_of(location.to_owned()), path);
        }
    }
}
