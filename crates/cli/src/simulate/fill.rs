//! Fills the questionnaire as a browser without script does: one form after the other, following the addresses that
//! the site gives.

use questionnaire::Edition;
use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};

use super::{Behaviour, Simulated};

/// The address that starts a response, under the site's own.
const START: &str = "commencer";
/// The page that ends the screens.
const SUMMARY: &str = "recapitulatif";
/// Where the summary is sent.
const SEND: &str = "envoyer";
/// The page that acknowledges a response sent.
const RECEIPT: &str = "merci";

/// How a volunteer's visit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filled {
    /// The response was sent and acknowledged.
    Sent,
    /// The visit stopped after a screen, as simulated.
    Dropped,
    /// Consent was refused, and nothing more was asked.
    Refused,
}

/// Why a visit did not go as simulated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FillError {
    /// The site cannot be spoken to.
    #[error("the site does not answer: {0}")]
    Http(#[from] reqwest::Error),
    /// The site's address is none.
    #[error("`{address}` is not the address of a site (expected http://host:port)")]
    Address {
        /// The address.
        address: String,
    },
    /// A page instead of the way to the next one.
    #[error("the site answered {status} to `{page}` (expected 303 and the next page)")]
    Refused {
        /// What was posted.
        page: String,
        /// The status.
        status: StatusCode,
    },
    /// The way to a page that was not expected.
    #[error("after `{page}` the site leads to `{next}`, which is no further screen")]
    Astray {
        /// What was posted.
        page: String,
        /// Where it leads.
        next: String,
    },
}

/// A client fit for [`fill`]: it reads redirections instead of following them, and uses no proxy.
///
/// # Errors
/// When the client cannot be set up.
pub fn client() -> Result<Client, FillError> {
    Ok(Client::builder().redirect(Policy::none()).no_proxy().tcp_nodelay(true).build()?)
}

/// Visits the site at this address as the volunteer would. To visit with several volunteers at once, call it from as
/// many tasks with clones of one client.
///
/// # Errors
/// When the site is away, or does anything else than lead from screen to screen to the receipt.
pub async fn fill(
    client: &Client,
    base_url: &str,
    edition: &Edition,
    simulated: &Simulated,
) -> Result<Filled, FillError> {
    let bad_address = |_| FillError::Address { address: base_url.to_owned() };
    // Without the final slash, `join` would replace the last part of a site's path.
    let base = Url::parse(&format!("{}/", base_url.trim_end_matches('/'))).map_err(bad_address)?;
    let mut visit = Visit { client, at: base };
    visit.post(START, &[]).await?;
    let mut furthest = None;
    loop {
        let page = visit.page();
        if page == SUMMARY {
            visit.post(SEND, &[]).await?;
            return if visit.page() == RECEIPT { Ok(Filled::Sent) } else { Err(visit.astray(SEND)) };
        }
        let Some(screen) = edition.questionnaire.screen_index(&page) else {
            // A refusal leads back to the personal link, which names no screen.
            let is_refusal = simulated.behaviour == Behaviour::Refuses && furthest.is_some();
            return if is_refusal { Ok(Filled::Refused) } else { Err(visit.astray("")) };
        };
        if furthest.is_some_and(|furthest| screen <= furthest) {
            return Err(visit.astray(""));
        }
        furthest = Some(screen);
        visit.post(&page, &intake::form_fields(edition, screen, &simulated.answers)).await?;
        if simulated.behaviour == (Behaviour::Drops { after: screen }) {
            return Ok(Filled::Dropped);
        }
    }
}

/// Where a visitor is.
struct Visit<'a> {
    client: &'a Client,
    at: Url,
}

impl Visit<'_> {
    /// The last part of the address: the code of a screen, or the name of a page.
    fn page(&self) -> String {
        self.at.path().rsplit('/').next().unwrap_or_default().to_owned()
    }

    /// Posts a form to a page beside this one, and goes where the site leads.
    async fn post(&mut self, page: &str, fields: &[(String, String)]) -> Result<(), FillError> {
        let bad_address = |_| FillError::Address { address: page.to_owned() };
        let target = self.at.join(page).map_err(bad_address)?;
        let mut fields = fields.to_vec();
        if let Some(token) = token_in(target.path()) {
            fields.push(("jeton".to_owned(), intake::form_token(token)));
        }
        let response = self.client.post(target).form(&fields).send().await?;
        let status = response.status();
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let (StatusCode::SEE_OTHER, Some(location)) = (status, location) else {
            return Err(FillError::Refused { page: page.to_owned(), status });
        };
        let astray = |_| FillError::Astray { page: page.to_owned(), next: location.to_owned() };
        self.at = self.at.join(location).map_err(astray)?;
        // The connection serves the next screen only once this body is read.
        response.bytes().await?;
        Ok(())
    }

    fn astray(&self, page: &str) -> FillError {
        FillError::Astray { page: page.to_owned(), next: self.page() }
    }
}

/// The token of the personal link in the path of a page.
fn token_in(path: &str) -> Option<&str> {
    path.split_once("/q/").and_then(|(_, rest)| rest.split('/').next())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures::StreamExt;
    use questionnaire::Answers;
    use store::{Record, RecordState};

    use super::super::tests::{EDITION, VOLUNTEERS};
    use super::*;

    /// Fills a site of its own, and gives what its store then holds.
    async fn visit(simulated: &Simulated, number: usize) -> (Filled, Record) {
        let folder = std::env::temp_dir().join(format!("barometre-fill-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let store = store_sqlite::SqliteStore::open(&folder.join("responses.sqlite")).await.expect("a store");
        let store: Arc<dyn store::RespondentStore> = Arc::new(store);
        let clock = intake::SystemClock;
        store.open_edition("2026", true, intake::Clock::now(&clock)).await.expect("an edition");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base_url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = intake::router(intake::Intake {
            edition: Arc::new(EDITION.clone()),
            earlier: std::collections::BTreeMap::new(),
            store: Arc::clone(&store),
            clock: Arc::new(clock),
            tokens: Arc::new(intake::SystemTokens),
            mailbox: None,
            attempts: Arc::default(),
            settings: intake::Settings {
                edition: "2026".to_owned(),
                is_simulated: true,
                base_url: base_url.clone(),
                publisher: "SOGA".to_owned(),
                contact: "contact@example.org".to_owned(),
                words: intake::Words::default(),
                limits: intake::Limits::default(),
            },
            extras: intake::Extras::default(),
        });
        let server = tokio::spawn(axum::serve(listener, router).into_future());
        let filled =
            fill(&client().expect("a client"), &base_url, &EDITION, simulated).await.expect("a visit");
        server.abort();
        let mut records: Vec<_> = store.records("2026").collect().await;
        assert_eq!(records.len(), 1);
        let record = records.remove(0).expect("a readable record");
        std::fs::remove_dir_all(&folder).expect("our own folder");
        (filled, record)
    }

    fn kept(record: &Record) -> Answers {
        record
            .contacts
            .iter()
            .fold(record.answers.clone(), |kept, (code, answer)| kept.with(code, answer.clone()))
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_the_store_holds_is_what_each_volunteer_typed() {
        let is_first_of =
            |wanted: fn(&Simulated) -> bool| VOLUNTEERS.iter().find(|simulated| wanted(simulated));
        let named = is_first_of(|s| s.behaviour == Behaviour::Complete && s.answers.get("org_nom").is_some());
        let talkative = is_first_of(|s| s.behaviour == Behaviour::Complete && s.answers.len() > 58);
        let out_of_scope = is_first_of(|s| s.behaviour == Behaviour::OutOfScope);
        for (number, simulated) in [named, talkative, out_of_scope].into_iter().flatten().enumerate() {
            let (filled, record) = visit(simulated, number).await;
            assert_eq!((filled, record.state), (Filled::Sent, RecordState::Submitted));
            assert_eq!(kept(&record), simulated.answers);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn who_stops_leaves_a_draft_and_who_refuses_leaves_nothing() {
        for (number, simulated) in VOLUNTEERS.iter().enumerate() {
            let Behaviour::Drops { after } = simulated.behaviour else { continue };
            let (filled, record) = visit(simulated, 100 + number).await;
            assert_eq!((filled, record.state), (Filled::Dropped, RecordState::Draft));
            assert_eq!(record.last_screen, Some(EDITION.questionnaire.screens[after].code.clone()));
            break;
        }
        let refusing = VOLUNTEERS.iter().find(|simulated| simulated.behaviour == Behaviour::Refuses);
        let (filled, record) = visit(refusing.expect("one in a hundred refuses"), 99).await;
        assert_eq!((filled, record.state), (Filled::Refused, RecordState::Refused));
        assert!(kept(&record).is_empty());
    }
}
