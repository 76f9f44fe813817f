//! Around the end of a response: the summary, sending, the receipt, the result, withdrawing.

use std::sync::Arc;

use axum::extract::{RawQuery, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use questionnaire::{Answers, Violation};
use store::{Record, RecordState, Save, StoreError, Submission, receipt_from};

use crate::app::App;
use crate::draft::Draft;
use crate::failure::Failure;
use crate::fields::{Fields, SENDING};
use crate::guard;
use crate::pages;
use crate::pages::news::News;
use crate::pages::receipt::Receipt;
use crate::routes::{Address, Found, find, resume_address, see_other};
use crate::token::token_hash;

/// How often sending is tried again when another tab was faster.
const MOST_TRIES: usize = 5;

/// `GET /q/{token}/recapitulatif`: all answers, before sending.
pub(super) async fn summary_page(
    State(app): State<Arc<App>>,
    address: Address,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let edition = &app.intake.edition;
    let query = Fields::parse(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let news = News::read(&app, &query);
    Ok(match find(&app, &address.token).await? {
        Found::Draft(draft) if draft.first_open(edition).is_some() => {
            see_other(&news.put(&app, resume_address(&app, edition, &address.token, &draft)))
        }
        Found::Draft(draft) => pages::summary::page(&app, &address.token, &draft, &[], &news).into_response(),
        Found::Sent(_) => see_other(&app.questionnaire(&address.token, "merci")),
        Found::End(page) => page,
    })
}

/// `POST /q/{token}/envoyer`: makes the draft a response, once, or puts a correction in its place, once. The page says
/// which sending it is: one that was heard already, on a retry, a replay or a page gone back to, sends nothing more.
pub(super) async fn submit(
    State(app): State<Arc<App>>,
    address: Address,
    request: Request,
) -> Result<Response, Failure> {
    let Address { token, .. } = address;
    let fields = guard::button(&app, &token, "recapitulatif", request).await?;
    let number = fields.one(SENDING).unwrap_or("1");
    let is_meant = |draft: &Draft| draft.sent.is_none() || number == draft.sending().to_string();
    Ok(match send(&app, &token, is_meant).await? {
        Sending::Sent | Sending::NotMeant(_) => see_other(&app.questionnaire(&token, "merci")),
        Sending::End(page) => page,
        Sending::Wrong { draft, violations } => {
            let page = pages::summary::page(&app, &token, &draft, &violations, &News::default());
            (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
        }
        Sending::Unfinished(draft) => see_other(&resume_address(&app, &app.intake.edition, &token, &draft)),
    })
}

/// What sending came to.
pub(crate) enum Sending {
    /// There is one response, of now or of before.
    Sent,
    /// Nothing: the draft, or the correction, is not the one that was to be sent.
    NotMeant(Box<Draft>),
    /// Nothing: the matter was closed before, as this page says.
    End(Response),
    /// Nothing: answers are missing or wrong.
    Wrong {
        /// As it is.
        draft: Box<Draft>,
        /// What is wrong.
        violations: Vec<Violation>,
    },
    /// Nothing: screens were not passed.
    Unfinished(Box<Draft>),
}

/// Makes the draft a response, once, or puts the correction in its place, if it is the one meant.
pub(crate) async fn send(
    app: &App,
    token: &str,
    is_meant: impl Fn(&Draft) -> bool,
) -> Result<Sending, Failure> {
    let edition = &app.intake.edition;
    let not_sent = |message: String| Failure::NotSent { token: token.to_owned(), message };
    for _ in 0..MOST_TRIES {
        let mut draft = match find(app, token).await {
            Ok(Found::Draft(draft)) if !is_meant(&draft) => return Ok(Sending::NotMeant(draft)),
            Ok(Found::Draft(draft)) => draft,
            Ok(Found::Sent(_)) => return Ok(Sending::Sent),
            Ok(Found::End(page)) => return Ok(Sending::End(page)),
            Err(Failure::Unavailable(message)) => return Err(not_sent(message)),
            Err(failure) => return Err(failure),
        };
        // Whatever is wrong is told first: this counts only when nothing is.
        let is_unfinished = draft.not_passed(edition).is_some();
        let routed = (std::mem::take(&mut draft.path), draft.kept.clone());
        let response = match edition.validate_routed(&draft.answers, routed.0, routed.1) {
            Ok(response) => response,
            Err(violations) => {
                return Ok(Sending::Wrong { draft: Box::new(draft.routed_again(edition)), violations });
            }
        };
        if is_unfinished {
            return Ok(Sending::Unfinished(Box::new(draft.routed_again(edition))));
        }
        match put(app, token, &draft, response.answers()).await? {
            Ok(()) => return Ok(Sending::Sent),
            // Another tab saved, sent or withdrew: the record says which.
            Err(StoreError::Conflict { .. } | StoreError::Gone | StoreError::AlreadySubmitted) => {}
            Err(StoreError::Unavailable(message)) => return Err(not_sent(message)),
            Err(error @ StoreError::OutdatedVersion { .. }) => {
                return Err(Failure::Updated { token: Some(token.to_owned()), message: error.to_string() });
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(not_sent(format!("{MOST_TRIES} attempts in a row met another save")))
}

/// Sends the answers of a draft for the first time, or those of a correction in place of what was sent.
async fn put(
    app: &App,
    token: &str,
    draft: &Draft,
    answers: &Answers,
) -> Result<Result<(), StoreError>, Failure> {
    let edition = &app.intake.edition;
    let (token, version) = (token_hash(token), edition.questionnaire.version.clone());
    let (expected_revision, at) = (draft.record.revision, app.intake.clock.now());
    let store = &app.intake.store;
    // Almost always: nothing of what was saved is off the path, and it was saved under this definition.
    let is_as_saved = *answers == draft.answers && version == draft.record.version;
    Ok(if draft.sent.is_some() {
        let (answers, contacts) = edition.split_personal(answers);
        let last_screen = draft.record.last_screen.clone();
        let save = Save { token, expected_revision, version, answers, contacts, last_screen, at };
        store.send_correction(&save).await.map(drop)
    } else if is_as_saved {
        let receipt = receipt_from(app.intake.tokens.draw()?);
        store.send(&store::Sending { token, expected_revision, version, receipt, at }).await.map(drop)
    } else {
        let (answers, contacts) = edition.split_personal(answers);
        let receipt = receipt_from(app.intake.tokens.draw()?);
        let submission = Submission { token, expected_revision, version, answers, contacts, receipt, at };
        store.submit(&submission).await.map(drop)
    })
}

/// `GET /q/{token}/merci`: the receipt, also while a correction is filled in.
pub(super) async fn receipt_page(State(app): State<Arc<App>>, address: Address) -> Result<Response, Failure> {
    let (record, is_corrected) = match find(&app, &address.token).await? {
        Found::Draft(draft) => match &draft.sent {
            Some(sent) => (sent.record.clone(), true),
            None => {
                return Ok(see_other(&resume_address(&app, &app.intake.edition, &address.token, &draft)));
            }
        },
        Found::Sent(record) => (record, false),
        Found::End(page) => return Ok(page),
    };
    let earlier = app.intake.store.earlier_answers(&record.token).await?;
    let receipt = Receipt { record: &record, earlier: &earlier, is_open: app.is_open().await?, is_corrected };
    Ok(pages::receipt::page(&app, &address.token, &receipt).into_response())
}

/// `GET /q/{token}/resultat`: the individual page of results.
pub(super) async fn result_page(State(app): State<Arc<App>>, address: Address) -> Result<Response, Failure> {
    let edition = &app.intake.edition;
    Ok(match find(&app, &address.token).await? {
        Found::Draft(draft) => match &draft.sent {
            // A correction that was begun is taken up from the receipt.
            Some(sent) => result_of(&app, &address.token, &sent.record, false),
            None => see_other(&resume_address(&app, edition, &address.token, &draft)),
        },
        Found::Sent(record) => result_of(&app, &address.token, &record, app.is_open().await?),
        Found::End(page) => page,
    })
}

fn result_of(app: &App, token: &str, record: &Record, is_open: bool) -> Response {
    if !app.has_result() {
        return see_other(&app.questionnaire(token, "merci"));
    }
    // What was asked is what counts: a question added since is not one left blank.
    let edition = app.earlier(record).unwrap_or(&app.intake.edition);
    let sheet = pages::result::sheet(app, edition, record);
    pages::result::page(app, token, &sheet, is_open).into_response()
}

/// `GET /q/{token}/retirer`: asks for a confirmation. Open or closed, an edition lets answers be withdrawn.
pub(super) async fn withdraw_page(
    State(app): State<Arc<App>>,
    address: Address,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let record = app.record(&address.token).await?;
    match record.state {
        RecordState::Draft | RecordState::Submitted => {
            let is_refusal = query.as_deref() == Some("refus");
            Ok(pages::leave::withdraw(&app, &address.token, is_refusal).into_response())
        }
        RecordState::Refused => Ok(pages::leave::refused(&app, &address.token).into_response()),
        RecordState::Withdrawn => Err(Failure::Gone),
    }
}

/// `POST /q/{token}/retirer`: erases everything.
pub(super) async fn withdraw(
    State(app): State<Arc<App>>,
    address: Address,
    request: Request,
) -> Result<Response, Failure> {
    guard::button(&app, &address.token, "retirer", request).await?;
    let record = app.record(&address.token).await?;
    if record.state == RecordState::Refused {
        return Ok(pages::leave::refused(&app, &address.token).into_response());
    }
    erase(&app, &record).await?;
    Ok(pages::leave::withdrawn(&app, &address.token).into_response())
}

/// Erases everything that a record holds.
pub(crate) async fn erase(app: &App, record: &Record) -> Result<(), Failure> {
    app.intake.store.withdraw(&record.token, app.intake.clock.now()).await?;
    Ok(())
}
