//! The same steps for programs: JSON under `/api/v1`.
//!
//! Every step calls the function that the page of that step calls (`routes::start::begin`, `routes::screen::keep`,
//! `routes::finish::send`, `routes::correct::open`, `routes::finish::erase`): a program and a browser cannot save different things. The token of a
//! response travels in the header `Authorization` alone, so that no address, which ends in logs, ever holds it. What goes
//! wrong is told as a problem (RFC 9457) that names the question and the rule.

mod answers;
mod correction;
mod definition;
mod handlers;
mod key;
mod model;
mod problem;
mod progress;
mod whole;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use serde::Serialize;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::OpenApi as _;
use utoipa::openapi::schema::{Schema, SchemaType, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi, RefOr};

use crate::app::App;
use crate::failure::Failure;
use crate::guard;
use crate::guard::pace::{self, bearer};
use crate::routes::Table;
use problem::{Kind, Problem};

/// Where the description is served.
pub(crate) const DESCRIPTION: &str = "/api/v1/openapi.json";

/// The faces of the questionnaire, the questionnaire's own language first.
pub(crate) struct Faces(Vec<Arc<App>>);

impl Faces {
    /// The face in the language that the caller likes best.
    fn for_caller(&self, headers: &HeaderMap) -> Arc<App> {
        let liked =
            headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut liked: Vec<(f32, &str)> = liked
            .split(',')
            .map(|item| {
                let (range, weight) = item.split_once(';').unwrap_or((item, ""));
                let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse().ok());
                (weight.unwrap_or(1.0), range.trim().split('-').next().unwrap_or_default())
            })
            .collect();
        liked.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let face = |code: &str| self.0.iter().find(|app| app.language.code().eq_ignore_ascii_case(code));
        Arc::clone(liked.into_iter().find_map(|(_, code)| face(code)).unwrap_or(&self.0[0]))
    }

    /// The face in the questionnaire's own language, for what has no language.
    fn first(&self) -> &Arc<App> {
        &self.0[0]
    }
}

/// Who calls, with the token of a response.
struct Caller {
    /// The questionnaire in the caller's language.
    app: Arc<App>,
    /// Of the response; whether there is such a one is for the store to say.
    token: String,
}

impl FromRequestParts<Arc<Faces>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, faces: &Arc<Faces>) -> Result<Self, Problem> {
        let token = bearer(&parts.headers).ok_or(Problem::of(Kind::Unauthorised))?;
        Ok(Self { app: faces.for_caller(&parts.headers), token: token.to_owned() })
    }
}

/// An answer in JSON.
fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let text = serde_json::to_vec(body).expect("structures of ours have string keys and finite numbers");
    (status, [(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// The routes for programs.
pub(crate) fn table() -> Table<Faces> {
    Table::new()
        .get(DESCRIPTION, handlers::description)
        .get("/api/v1/problems", handlers::problems)
        .get("/api/v1/questionnaire", handlers::questionnaire)
        .get("/api/v1/progress", progress::progress)
        .post("/api/v1/responses", handlers::start)
        .post("/api/v1/submissions", whole::send)
        .get("/api/v1/response", handlers::read)
        .delete("/api/v1/response", handlers::withdraw)
        .put("/api/v1/response/screens/{screen}", handlers::save)
        .post("/api/v1/response/submission", handlers::submit)
        .post("/api/v1/response/correction", correction::open)
        .delete("/api/v1/response/correction", correction::give_up)
}

/// The router for programs, with what is done around each request.
pub(crate) fn router(faces: Vec<Arc<App>>) -> Router {
    let first = Arc::clone(&faces[0]);
    table()
        .router()
        .route("/api/v1/{*rest}", any(|| async { Failure::NotFound }))
        .layer(middleware::from_fn_with_state(Arc::clone(&first), pace::programs))
        .layer(middleware::from_fn(guard::refuse_other_sites))
        .layer(CatchPanicLayer::custom(guard::panic))
        .layer(middleware::from_fn(problem::show))
        .layer(middleware::map_response_with_state(Arc::clone(&first), guard::headers))
        .layer(middleware::from_fn_with_state(first, guard::log))
        .with_state(Arc::new(Faces(faces)))
}

/// The description of the interface for programs, generated from its handlers and types.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Baromètre de l'ESS numérique: collection",
        description = "Fill in, read, send, correct and withdraw a response, as on the site: same questions, same checks, same store. \
            A response is known by the token that starting it gives; send it as `Authorization: Bearer <token>`. It is the \
            whole right to the response: keep it secret, and never put it into an address. \
            Texts are in the language of `Accept-Language`, French first. Requests that come too fast get 429 with \
            `Retry-After`. Problems are RFC 9457 documents; `/api/v1/problems` lists them."
    ),
    paths(
        handlers::description,
        handlers::problems,
        handlers::questionnaire,
        progress::progress,
        handlers::start,
        whole::send,
        handlers::read,
        handlers::withdraw,
        handlers::save,
        handlers::submit,
        correction::open,
        correction::give_up
    ),
    components(schemas(model::AnswerValue))
)]
struct Description;

/// The description (OpenAPI 3.1) of the interface for programs.
#[must_use]
pub fn openapi() -> OpenApi {
    let mut description = Description::openapi();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("The token that starting a response gave"))
        .build();
    // A header that may be absent is never null.
    for item in description.paths.paths.values_mut() {
        for operation in
            [&mut item.get, &mut item.put, &mut item.post, &mut item.delete].into_iter().flatten()
        {
            for parameter in operation.parameters.iter_mut().flatten() {
                let RefOr::T(parameter) = parameter else { continue };
                if let Some(RefOr::T(Schema::Object(schema))) = &mut parameter.schema {
                    schema.schema_type = SchemaType::Type(Type::String);
                }
            }
        }
    }
    let components = description.components.get_or_insert_default();
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    description
}
