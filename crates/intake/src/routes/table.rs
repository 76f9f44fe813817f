//! The routes as a table that can be read: what is served is what is listed, and a test holds a role for each of them.

use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodRouter, delete, get, post, put};

/// A method at an address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// The address; what varies is in braces, as in `/q/{token}`.
    pub path: String,
    /// `GET`, `POST`, `PUT` or `DELETE`. What takes a `GET` takes a `HEAD` too.
    pub method: &'static str,
}

/// Routes under construction, and their list.
pub(crate) struct Table<S> {
    router: Router<Arc<S>>,
    routes: Vec<Route>,
}

impl<S: Send + Sync + 'static> Table<S> {
    /// No route.
    pub(crate) fn new() -> Self {
        Self { router: Router::new(), routes: Vec::new() }
    }

    fn at(mut self, method: &'static str, path: &str, handler: MethodRouter<Arc<S>>) -> Self {
        self.router = self.router.route(path, handler);
        self.routes.push(Route { path: path.to_owned(), method });
        self
    }

    /// A page to read.
    pub(crate) fn get<T: 'static>(self, path: &str, handler: impl Handler<T, Arc<S>>) -> Self {
        self.at("GET", path, get(handler))
    }

    /// A form to post.
    pub(crate) fn post<T: 'static>(self, path: &str, handler: impl Handler<T, Arc<S>>) -> Self {
        self.at("POST", path, post(handler))
    }

    /// Something to replace.
    pub(crate) fn put<T: 'static>(self, path: &str, handler: impl Handler<T, Arc<S>>) -> Self {
        self.at("PUT", path, put(handler))
    }

    /// Something to erase.
    pub(crate) fn delete<T: 'static>(self, path: &str, handler: impl Handler<T, Arc<S>>) -> Self {
        self.at("DELETE", path, delete(handler))
    }

    /// The list.
    pub(crate) fn routes(self) -> Vec<Route> {
        self.routes
    }

    /// The router.
    pub(crate) fn router(self) -> Router<Arc<S>> {
        self.router
    }
}
