//! A site over SQLite on a port of its own.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use intake::Clock as _;
use questionnaire::{Answers, Edition, Files};
use store::RespondentStore;
use store_sqlite::SqliteStore;

/// Code of the edition.
pub const EDITION: &str = "2026";

/// A running site.
pub struct Site {
    pub url: String,
    pub edition: Arc<Edition>,
    pub store: Arc<dyn RespondentStore>,
    server: tokio::task::JoinHandle<std::io::Result<()>>,
    _folder: tempfile::TempDir,
}

impl Site {
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = SqliteStore::open(&folder.path().join("responses.sqlite")).await.expect("a store");
        let store: Arc<dyn RespondentStore> = Arc::new(store);
        store.open_edition(EDITION, true, intake::SystemClock.now()).await.expect("open");
        let edition = Arc::new(edition());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = intake::router(intake::Intake {
            edition: Arc::clone(&edition),
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
        let server = tokio::spawn(axum::serve(listener, router).into_future());
        Self { url, edition, store, server, _folder: folder }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn surveys() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../surveys")
}

fn edition() -> Edition {
    let mut files = BTreeMap::new();
    let folder = surveys().join("maturite-numerique/2026");
    for (inside, under) in [
        (folder.clone(), ""),
        (folder.join("margins"), "margins/"),
        (folder.join("texts"), "texts/"),
        (folder.join("translations"), "translations/"),
        (surveys().join("nomenclatures"), "nomenclatures/"),
    ] {
        for entry in std::fs::read_dir(inside).expect("the surveys of the repository") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "toml" || extension == "csv") {
                let name = path.file_name().expect("a name").to_string_lossy().into_owned();
                files.insert(format!("{under}{name}"), std::fs::read_to_string(&path).expect("a text file"));
            }
        }
    }
    Edition::parse("maturite-numerique", EDITION, &Files::new(files)).expect("the edition is well formed")
}

/// A response that answers every question but the name, which replaces a missing number.
pub fn answers() -> Answers {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/it/journey.json");
    Answers::from_json(&std::fs::read_to_string(path).expect("the journey's answers")).expect("answers")
}
