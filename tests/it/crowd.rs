//! What a crowd needs: a site on either database, drafts that are complete, and the ledger of what is kept.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use end_to_end::{Schema, Server, barometre, workspace};
use load::{Crowd, Door, Ledger, Prepared, Report, Respondent, Step, Target, Verdict};
use questionnaire::Edition;
use store::ResponseStore;
use store_postgres::PostgresStore;
use store_sqlite::SqliteStore;
use tempfile::TempDir;

use crate::definition::{self, EDITION};

/// More tries than a server takes to start again.
const TRIES: u32 = 60;

/// A place for responses, and a port that a server has again after it was killed.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
    pub(crate) schema: Option<Schema>,
    pub(crate) port: u16,
    pub(crate) edition: Arc<Edition>,
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        Self::new(None)
    }

    pub(crate) fn postgres(name: &str) -> Self {
        Self::new(Some(Schema::new(name)))
    }

    fn new(schema: Option<Schema>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        Self { folder, schema, port: free_port(), edition: Arc::new(definition::edition()) }
    }

    pub(crate) fn data(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn server(&self) -> Server {
        let url = self.schema.as_ref().map(|schema| schema.url(None));
        Server::start_at(self.data(), self.port, url.as_deref())
    }

    /// The store, beside the server.
    pub(crate) async fn store(&self) -> Arc<dyn ResponseStore> {
        if let Some(schema) = &self.schema {
            let store = PostgresStore::connect(&schema.url(None)).await;
            return Arc::new(store.expect("the server of the tests answers"));
        }
        let file = self.data().join("responses.sqlite");
        Arc::new(SqliteStore::open(&file).await.expect("the file of responses opens"))
    }

    /// Holds a report against the store.
    pub(crate) async fn verdict(&self, report: &Report) -> Verdict {
        let ledger = Ledger::read(self.store().await.as_ref(), EDITION).await.expect("every row can be read");
        ledger.since(&Ledger::default(), report)
    }

    /// Complete drafts, ready to be sent.
    pub(crate) async fn prepare(&self, door: &Door, count: usize) -> Vec<Prepared> {
        let store = self.store().await;
        let answers = [definition::answers()];
        let now = intake::Clock::now(&intake::SystemClock);
        load::prepare(door, store.as_ref(), EDITION, &self.edition, &answers, count, now)
            .await
            .expect("complete drafts can be made")
    }
}

/// The way to a site.
pub(crate) async fn door(place: &str) -> Door {
    let target = Target::resolve(&format!("http://{place}")).await.expect("an address");
    Door { target, pause: Duration::ZERO, tries: TRIES, is_kept: true }
}

/// A port that nobody has now.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// So many at once, until all that is prepared is sent.
pub(crate) fn at_once(connections: usize) -> Crowd {
    Crowd { connections, rate: None, duration: Duration::from_hours(1) }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_load_fills_a_simulated_edition_and_holds_it_against_the_store() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let data = folder.path().display().to_string();
    let run = |arguments: &[&str]| {
        let output = barometre().args(arguments).output().expect("the binary can be run");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let server = Server::start_in(folder.path());
    let url = server.url("");
    let load = ["load", "--edition", EDITION, "--duration", "1s", "--dir", &data, "--url"];
    let (code, _, error) = run(&[&load[..], &[&url]].concat());
    assert!(code == Some(1) && error.contains("collects real responses"), "{error}");
    let (code, _, error) = run(&[&load[..], &["http://192.0.2.1:80"]].concat());
    assert!(code == Some(1) && error.contains("is not on this machine"), "{error}");
    drop(server);

    let other = tempfile::tempdir().expect("a temporary folder can be made");
    let data = other.path().display().to_string();
    let surveys = workspace().join("surveys");
    let server = Server::start_simulated(other.path(), &surveys);
    let url = server.url("");
    let load = ["load", "--edition", EDITION, "--duration", "1s", "--dir", &data, "--url", &url];
    let (code, said, error) = run(&[&load[..], &["--rate", "3", "--tries", "3"]].concat());
    assert_eq!(code, Some(0), "{said}{error}");
    assert!(said.starts_with("3 respondents in ") && said.contains("pages read"), "{said}");
    assert!(said.contains(" 0 lost, 0 duplicated"), "{said}");
    let (code, said, error) = run(&[&load[..], &["--rate", "20", "--submit-only"]].concat());
    assert_eq!(code, Some(0), "{said}{error}");
    assert!(said.contains("20 responses for 20 acknowledged: 0 lost, 0 duplicated"), "{said}");
}

/// Whole visits by somebody who answers everything, and the last click of others, at the same time.
pub(crate) async fn fill_and_send(
    door: &Door,
    place: &Place,
    visitors: usize,
    prepared: &[Prepared],
) -> Report {
    let respondents = [Respondent { answers: definition::answers(), stops_after: None }];
    // So many come in the first instant, each once.
    let visits = Crowd {
        connections: visitors,
        rate: Some(visitors as f64 * 1000.0),
        duration: Duration::from_millis(1),
    };
    let sending = at_once(8);
    let (mut filled, sent) =
        tokio::join!(visits.fill(door, &place.edition, &respondents), sending.submit(door, prepared));
    assert_eq!((filled.gave_up, sent.gave_up), (0, 0), "{filled}\n{sent}");
    assert_eq!(filled.of(Step::Submit).count(), visitors as u64, "{filled}");
    filled.acknowledged.extend(sent.acknowledged);
    filled.in_doubt.extend(sent.in_doubt);
    filled
}
