//! The two servers.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use intake::Clock as _;
use store::RespondentStore;
use store_postgres::PostgresStore;
use store_sqlite::SqliteStore;
use tokio::net::TcpListener;
use tower::ServiceExt as _;

use crate::definition::{EDITION, edition};

/// The store of a folder or an address.
pub(crate) async fn store(database: &str) -> Arc<dyn RespondentStore> {
    if database.starts_with("postgres") {
        Arc::new(PostgresStore::connect(database).await.expect("the server answers"))
    } else {
        let file = Path::new(database).join("responses.sqlite");
        Arc::new(SqliteStore::open(&file).await.expect("the file can be made"))
    }
}

/// The questionnaire, as `barometre serve` serves it: each request first asks the store which definition is asked.
pub(crate) async fn real(database: &str) {
    let store = store(database).await;
    store.open_edition(EDITION, true, intake::SystemClock.now()).await.expect("the edition opens");
    let (listener, url) = listen().await;
    let router = intake::router(intake::Intake {
        edition: Arc::new(edition()),
        earlier: BTreeMap::new(),
        store: Arc::clone(&store),
        clock: Arc::new(intake::SystemClock),
        tokens: Arc::new(intake::SystemTokens),
        mailbox: None,
        attempts: Arc::default(),
        settings: intake::Settings {
            edition: EDITION.to_owned(),
            is_simulated: true,
            base_url: url.clone(),
            publisher: "SOGA".to_owned(),
            contact: "contact@example.org".to_owned(),
            words: intake::Words::default(),
            limits: intake::Limits::default(),
        },
        extras: intake::Extras::default(),
    });
    let live = Router::new().fallback(answer).with_state((store, router));
    println!("questionnaire: {url}/");
    axum::serve(listener, live).await.expect("the network");
}

async fn answer(
    State((store, router)): State<(Arc<dyn RespondentStore>, Router)>,
    request: Request,
) -> axum::response::Response {
    // What it says is read as the program reads it, and there is one definition here.
    let edition = store.edition(EDITION).await.expect("the store answers").expect("the edition is open");
    let Ok(response) = intake::asked_once(edition, router.oneshot(request)).await;
    response
}

/// Inserts what comes.
pub(crate) async fn bare(database: &str) {
    let router = if database.starts_with("postgres") {
        let yardstick =
            store_postgres::yardstick::Yardstick::connect(database).await.expect("the server answers");
        let insert = async |State(yardstick): State<store_postgres::yardstick::Yardstick>, body: String| {
            status(yardstick.insert(body).await)
        };
        Router::new().route("/", post(insert)).with_state(yardstick)
    } else {
        let file = Path::new(database).join("bare.sqlite");
        let yardstick = store_sqlite::yardstick::Yardstick::open(&file).await.expect("the file can be made");
        let insert = async |State(yardstick): State<store_sqlite::yardstick::Yardstick>, body: String| {
            status(yardstick.insert(body).await)
        };
        Router::new().route("/", post(insert)).with_state(yardstick)
    };
    let (listener, url) = listen().await;
    println!("bare: {url}/");
    axum::serve(listener, router.route("/sante", get(async || "ok\n"))).await.expect("the network");
}

fn status(is_durable: bool) -> StatusCode {
    if is_durable { StatusCode::NO_CONTENT } else { StatusCode::SERVICE_UNAVAILABLE }
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    (listener, url)
}
