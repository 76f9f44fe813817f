//! Around the end of a response: the personal link, the summary, sending, the receipt, the result, withdrawing.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use store::{RecordState, StoreError, Submission, receipt_from};

use crate::app::App;
use crate::failure::Failure;
use crate::pages;
use crate::routes::{Address, Found, find, resume_address, see_other};
use crate::token::token_hash;

/// How often sending is tried again when another tab was faster.
const MOST_TRIES: usize = 5;

/// `GET /q/{token}/reprendre`: the personal link, to copy.
pub(super) async fn later_page(State(app): State<Arc<App>>, address: Address) -> Result<Response, Failure> {
    Ok(match find(&app, &address.token).await? {
        Found::Draft(draft) => pages::leave::later(&app, &address.token, &draft.record).into_response(),
        Found::Sent(_) => see_other(&app.questionnaire(&address.token, "merci")),
        Found::End(page) => page,
    })
}

/// `GET /q/{token}/recapitulatif`: all answers, before sending.
pub(super) async fn summary_page(State(app): State<Arc<App>>, address: Address) -> Result<Response, Failure> {
    let edition = &app.intake.edition;
    Ok(match find(&app, &address.token).await? {
        Found::Draft(draft) if draft.first_open(edition).is_some() => {
            see_other(&resume_address(&app, edition, &address.token, &draft))
        }
        Found::Draft(draft) => pages::summary::page(&app, &address.token, &draft, &[]).into_response(),
        Found::Sent(_) => see_other(&app.questionnaire(&address.token, "merci")),
        Found::End(page) => page,
    })
}

/// `POST /q/{token}/envoyer`: makes the draft a response, once.
pub(super) async fn submit(State(app): State<Arc<App>>, address: Address) -> Result<Response, Failure> {
    let Address { token, .. } = address;
    let edition = &app.intake.edition;
    let not_sent = |message: String| Failure::NotSent { token: token.clone(), message };
    for _ in 0..MOST_TRIES {
        let draft = match find(&app, &token).await {
            Ok(Found::Draft(draft)) => draft,
            Ok(Found::Sent(_)) => return Ok(see_other(&app.questionnaire(&token, "merci"))),
            Ok(Found::End(page)) => return Ok(page),
            Err(Failure::Unavailable(message)) => return Err(not_sent(message)),
            Err(failure) => return Err(failure),
        };
        let response = match edition.validate(&draft.answers) {
            Ok(response) => response,
            Err(violations) => {
                let page = pages::summary::page(&app, &token, &draft, &violations);
                return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
            }
        };
        if draft.first_open(edition).is_some() {
            return Ok(see_other(&resume_address(&app, edition, &token, &draft)));
        }
        let (answers, contacts) = edition.split_personal(response.answers());
        let submission = Submission {
            token: token_hash(&token),
            expected_revision: draft.record.revision,
            version: edition.questionnaire.version.clone(),
            answers,
            contacts,
            receipt: receipt_from(app.intake.tokens.draw()?),
            at: app.intake.clock.now(),
        };
        match app.intake.store.submit(&submission).await {
            Ok(_) => return Ok(see_other(&app.questionnaire(&token, "merci"))),
            // Another tab saved, sent or withdrew: the record says which.
            Err(StoreError::Conflict { .. } | StoreError::Gone | StoreError::AlreadySubmitted) => {}
            Err(StoreError::Unavailable(message)) => return Err(not_sent(message)),
            Err(error @ StoreError::OutdatedVersion { .. }) => {
                return Err(Failure::Updated { token: Some(token), message: error.to_string() });
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(not_sent(format!("{MOST_TRIES} attempts in a row met another save")))
}

/// `GET /q/{token}/merci`: the receipt.
pub(super) async fn receipt_page(State(app): State<Arc<App>>, address: Address) -> Result<Response, Failure> {
    Ok(match find(&app, &address.token).await? {
        Found::Draft(draft) => see_other(&resume_address(&app, &app.intake.edition, &address.token, &draft)),
        Found::Sent(record) => pages::receipt::page(&app, &address.token, &record).into_response(),
        Found::End(page) => page,
    })
}

/// `GET /q/{token}/resultat`: the individual page of results.
pub(super) async fn result_page(State(app): State<Arc<App>>, address: Address) -> Result<Response, Failure> {
    let edition = &app.intake.edition;
    Ok(match find(&app, &address.token).await? {
        Found::Draft(draft) => see_other(&resume_address(&app, edition, &address.token, &draft)),
        Found::Sent(_) if !app.has_result() => see_other(&app.questionnaire(&address.token, "merci")),
        Found::Sent(record) => {
            // What was asked is what counts: a question added since is not one left blank.
            let edition = app.earlier(&record).unwrap_or(edition);
            let sheet = pages::result::sheet(&app, edition, &record);
            pages::result::page(&app, &address.token, &sheet).into_response()
        }
        Found::End(page) => page,
    })
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
pub(super) async fn withdraw(State(app): State<Arc<App>>, address: Address) -> Result<Response, Failure> {
    let record = app.record(&address.token).await?;
    if record.state == RecordState::Refused {
        return Ok(pages::leave::refused(&app, &address.token).into_response());
    }
    app.intake.store.withdraw(&record.token, app.intake.clock.now()).await?;
    Ok(pages::leave::withdrawn(&app, &address.token).into_response())
}
