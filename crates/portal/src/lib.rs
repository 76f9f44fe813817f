//! The public site of published editions.
//!
//! What flows in: the folders that `report` wrote, one for each edition. What flows out: their files, with headers
//! that let nothing be loaded from elsewhere, and rows of their tables for programs. What never passes: an answer; this crate cannot see the store.

mod figures;
mod headers;
mod pages;
mod tags;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path as RoutePath, RawQuery, State};
use axum::http::{Request, StatusCode, Uri, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use tower::ServiceExt;
use tower_http::services::ServeDir;

use crate::figures::Tables;
use crate::tags::Tags;

/// Where published editions are, and where they are served.
#[derive(Debug, Clone)]
pub struct Portal {
    prefix: String,
    publications: PathBuf,
    tags: Tags,
    tables: Tables,
}

impl Portal {
    /// A portal nested under `prefix` (for instance `/barometre`, or nothing), serving `publications/<edition>/site`.
    /// Editions are looked up at each request: one that is published appears without a restart.
    #[must_use]
    pub fn new(prefix: &str, publications: PathBuf) -> Self {
        Self {
            prefix: prefix.trim_end_matches('/').to_owned(),
            publications,
            tags: Tags::default(),
            tables: Tables::default(),
        }
    }

    fn site(&self, edition: &str) -> Option<PathBuf> {
        let is_code =
            !edition.is_empty() && edition.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        let site = self.publications.join(edition).join("site");
        (is_code && site.join("index.html").is_file()).then_some(site)
    }

    /// Codes of the editions that have a site, the latest first.
    fn editions(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.publications).into_iter().flatten().flatten();
        let mut codes: Vec<String> = entries
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|code| self.site(code).is_some())
            .collect();
        codes.sort_unstable_by(|a, b| b.cmp(a));
        codes
    }
}

/// The addresses of the public site, all of them to `GET`. What stands under `embed/` may be framed by other sites.
pub const ROUTES: [&str; 7] = [
    "/",
    "/{edition}",
    "/{edition}/",
    "/{edition}/embed/{*file}",
    "/{edition}/en/embed/{*file}",
    "/{edition}/api/v1/cells",
    "/{edition}/{*file}",
];

/// The routes of the public site.
pub fn router(portal: Portal) -> Router {
    let [of_home, of_edition, of_index, of_embed, of_english_embed, of_cells, of_file] = ROUTES;
    Router::new()
        .route(of_home, get(home))
        .route(of_edition, get(without_slash))
        .route(of_index, get(index))
        .route(of_embed, get(embed))
        .route(of_english_embed, get(english_embed))
        .route(of_cells, get(cells))
        .route(of_file, get(file))
        .fallback(async || not_found())
        .layer(map_response(headers::protect))
        .with_state(Arc::new(portal))
}

/// The latest edition, or the list when there are several, or the word that there is none yet.
async fn home(State(portal): State<Arc<Portal>>) -> Response {
    match portal.editions().as_slice() {
        [only] => Redirect::to(&format!("{}/{only}/", portal.prefix)).into_response(),
        editions => pages::editions(&portal.prefix, editions).into_response(),
    }
}

/// Relative links need the final slash.
async fn without_slash(State(portal): State<Arc<Portal>>, RoutePath(edition): RoutePath<String>) -> Response {
    if portal.site(&edition).is_some() {
        Redirect::permanent(&format!("{}/{edition}/", portal.prefix)).into_response()
    } else {
        not_found()
    }
}

async fn index(
    state: State<Arc<Portal>>,
    RoutePath(edition): RoutePath<String>,
    request: Request<Body>,
) -> Response {
    file(state, RoutePath((edition, String::new())), request).await
}

async fn file(
    State(portal): State<Arc<Portal>>,
    RoutePath((edition, file)): RoutePath<(String, String)>,
    request: Request<Body>,
) -> Response {
    let Some(site) = portal.site(&edition) else { return not_found() };
    if site.join(&file).is_dir() && !file.is_empty() && !file.ends_with('/') && is_inside(&file) {
        return Redirect::permanent(&format!("{}/{edition}/{file}/", portal.prefix)).into_response();
    }
    serve(&portal.tags, &site, (&edition, &file), request).await
}

/// The rows of one group, for programs.
async fn cells(
    State(portal): State<Arc<Portal>>,
    RoutePath(edition): RoutePath<String>,
    RawQuery(query): RawQuery,
) -> Response {
    match portal.site(&edition) {
        Some(site) => {
            figures::response(portal.tables.answer(&site, query.as_deref().unwrap_or_default()).await)
        }
        None => not_found(),
    }
}

/// A page made to be framed.
async fn embed(
    state: State<Arc<Portal>>,
    RoutePath((edition, file)): RoutePath<(String, String)>,
    request: Request<Body>,
) -> Response {
    framed(state, edition, format!("embed/{file}"), request).await
}

async fn english_embed(
    state: State<Arc<Portal>>,
    RoutePath((edition, file)): RoutePath<(String, String)>,
    request: Request<Body>,
) -> Response {
    framed(state, edition, format!("en/embed/{file}"), request).await
}

/// The page, marked when it is one: what is not found may not be framed, nor any other kind of file.
async fn framed(
    state: State<Arc<Portal>>,
    edition: String,
    path: String,
    request: Request<Body>,
) -> Response {
    let is_page = Path::new(&path).extension().is_some_and(|ending| ending == "html");
    let mut response = file(state, RoutePath((edition, path)), request).await;
    if is_page && (response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED) {
        response.extensions_mut().insert(headers::Framed);
    }
    response
}

/// How often a file may be replaced while it is opened, before it is said not to be there.
const REPLACED: usize = 4;

/// A file of the site, with the tag of its content. The site may be replaced at any moment, and a tag must be that of the
/// very bytes that go with it: the file that was opened is the one that was there before and after.
async fn serve(tags: &Tags, site: &Path, (edition, file): (&str, &str), request: Request<Body>) -> Response {
    if !is_inside(file) {
        return not_found();
    }
    let (parts, _) = request.into_parts();
    let path = site.join(file);
    let path = if path.is_dir() { path.join("index.html") } else { path };
    for _ in 0..REPLACED {
        let Some(tag) = tags.of(&path).await else { return not_found() };
        if tag.is_known_to(&parts.headers) {
            return tag.unchanged();
        }
        let mut request = Request::from_parts(parts.clone(), Body::empty());
        tag.take_conditions(request.headers_mut());
        let mut response = opened(site, edition, request).await;
        if tags.is_still(&path, &tag) {
            tag.put(&mut response);
            return response;
        }
    }
    not_found()
}

/// A file of the site as it is now; ranges are the library's.
async fn opened(site: &Path, edition: &str, mut request: Request<Body>) -> Response {
    // The path as it came, still encoded, less what stands before the edition's files.
    let marker = format!("/{edition}/");
    let path = request.uri().path();
    let rest = path.find(&marker).map_or("", |start| &path[start + marker.len()..]).to_owned();
    let Ok(uri) = format!("/{rest}").parse::<Uri>() else { return not_found() };
    *request.uri_mut() = uri;
    match ServeDir::new(site).oneshot(request).await {
        Ok(response) if response.status() == StatusCode::NOT_FOUND => not_found(),
        Ok(response) => {
            let mut response = response.map(Body::new);
            if response.status().is_success()
                && let Some(kind) = kind(rest.rsplit_once('.').map_or("", |(_, ending)| ending))
            {
                response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
            }
            response
        }
        Err(never) => match never {},
    }
}

/// What the library's list of types does not say, or says too little of: tables are UTF-8.
fn kind(ending: &str) -> Option<&'static str> {
    match ending {
        "csv" => Some("text/csv; charset=utf-8"),
        "jsonld" => Some("application/ld+json"),
        "md" => Some("text/markdown; charset=utf-8"),
        "parquet" => Some("application/vnd.apache.parquet"),
        "xlsx" => Some("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        _ => None,
    }
}

fn is_inside(file: &str) -> bool {
    Path::new(file).components().all(|part| matches!(part, std::path::Component::Normal(_)))
}

fn not_found() -> Response {
    (StatusCode::NOT_FOUND, pages::not_found()).into_response()
}
