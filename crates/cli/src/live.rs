//! The questionnaire that is asked now: a server takes up a definition that another process publishes.
//!
//! Each request reads the version that the store asks by, as it reads whether the edition is open. When it is another
//! than the one served, the definition is read from the store and takes its place, without a restart. When it cannot
//! be read, the server goes on with what it has: the store refuses what would be saved under it, and the respondent's
//! page keeps what was typed.

use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use intake::{Attempts, Extras, Intake, Mailbox, Settings, SystemClock, SystemTokens};
use store::{EditionRecord, OfficeStore, StoreError};
use tower::ServiceExt as _;

use crate::definition::Definition;
use crate::error::CliError;
use crate::published::{self, Published, short};

/// What is served, and what is needed to serve another definition of the same edition.
pub(crate) struct Live {
    store: Arc<dyn OfficeStore>,
    definition: Definition,
    settings: Settings,
    extras: Extras,
    post: Post,
    served: RwLock<Served>,
    /// Held while a definition is read, so that requests that come together read it once.
    reading: tokio::sync::Mutex<()>,
}

/// What all definitions of a site share: who sends letters, and what is counted.
#[derive(Clone)]
pub(crate) struct Post {
    pub(crate) mailbox: Option<Mailbox>,
    pub(crate) attempts: Arc<Attempts>,
}

/// The routes of one definition.
#[derive(Clone)]
struct Served {
    /// The version that was found in the store; the routes may be of an earlier one, when it could not be read.
    version: String,
    router: Router,
}

impl Live {
    /// Serves the definition of this folder, until another is published.
    pub(crate) async fn start(
        definition: Definition,
        store: Arc<dyn OfficeStore>,
        settings: Settings,
        extras: Extras,
        mailbox: Option<Mailbox>,
    ) -> Result<Arc<Self>, CliError> {
        let post = Post { mailbox, attempts: Arc::default() };
        let published = published::read(store.as_ref(), &definition).await?;
        let version = definition.edition.questionnaire.version.clone();
        let router =
            router(Arc::new(definition.edition.clone()), &published, &store, &settings, &extras, &post);
        let served = RwLock::new(Served { version, router });
        Ok(Arc::new(Self {
            store,
            definition,
            settings,
            extras,
            post,
            served,
            reading: tokio::sync::Mutex::default(),
        }))
    }

    /// The routes of the definition that is asked now.
    async fn router(&self, edition: Option<&EditionRecord>) -> Router {
        let asked = edition.and_then(|edition| edition.version.clone());
        let Some(asked) = asked.filter(|asked| *asked != self.served().version) else {
            return self.served().router;
        };
        let _reading = self.reading.lock().await;
        if self.served().version != asked {
            let served = match self.read(&asked).await {
                Ok(router) => {
                    tracing::info!(version = short(&asked), "the questionnaire was updated");
                    Served { version: asked, router }
                }
                // The next request tries again.
                Err(CliError::Store(error @ StoreError::Unavailable(_))) => {
                    tracing::warn!(%error, version = short(&asked), "the updated questionnaire was not read");
                    return self.served().router;
                }
                Err(error) => {
                    let version = short(&asked);
                    tracing::error!(%error, version, "the questionnaire was updated and cannot be read: restart");
                    Served { version: asked, ..self.served() }
                }
            };
            *self.served.write().unwrap_or_else(PoisonError::into_inner) = served;
        }
        self.served().router
    }

    async fn read(&self, version: &str) -> Result<Router, CliError> {
        let published = published::read(self.store.as_ref(), &self.definition).await?;
        let asked = published.iter().find(|published| published.version == version).ok_or_else(|| {
            CliError::Fault(format!("the store asks by version {version}, which it does not have"))
        })?;
        let edition = Arc::clone(&asked.edition);
        Ok(router(edition, &published, &self.store, &self.settings, &self.extras, &self.post))
    }

    fn served(&self) -> Served {
        self.served.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Answers a request by the definition that is asked now.
pub(crate) async fn answer(State(live): State<Arc<Live>>, request: Request) -> Response {
    // When the store is away, the pages say so better than we could here.
    let edition = live.store.edition(&live.settings.edition).await.ok().flatten();
    let answer = live.router(edition.as_ref()).await.oneshot(request);
    let answered = match edition {
        Some(edition) => intake::asked_once(edition, answer).await,
        None => answer.await,
    };
    match answered {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

fn router(
    edition: Arc<questionnaire::Edition>,
    published: &[Published],
    store: &Arc<dyn OfficeStore>,
    settings: &Settings,
    extras: &Extras,
    post: &Post,
) -> Router {
    let earlier = published
        .iter()
        .filter(|published| published.version != edition.questionnaire.version)
        .map(|published| (published.version.clone(), Arc::clone(&published.edition)))
        .collect();
    intake::router(Intake {
        edition,
        earlier,
        store: Arc::clone(store) as _,
        clock: Arc::new(SystemClock),
        tokens: Arc::new(SystemTokens),
        mailbox: post.mailbox.clone(),
        attempts: Arc::clone(&post.attempts),
        settings: settings.clone(),
        extras: extras.clone(),
    })
}
