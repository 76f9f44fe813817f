//! After sending: the answers are taken up again, or the correction is given up.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;

use crate::app::App;
use crate::failure::Failure;
use crate::guard;
use crate::routes::{Address, Found, find, resume_address, see_other};
use crate::token::token_hash;

/// `POST /q/{token}/corriger`: opens the correction of a response, and shows its summary. The response stays as it was
/// sent until the correction is.
pub(super) async fn correct(
    State(app): State<Arc<App>>,
    address: Address,
    request: Request,
) -> Result<Response, Failure> {
    let token = &address.token;
    guard::button(&app, token, "merci", request).await?;
    open(&app, token).await?;
    Ok(match find(&app, token).await? {
        Found::Draft(draft) => see_other(&resume_address(&app, &app.intake.edition, token, &draft)),
        Found::Sent(_) => see_other(&app.questionnaire(token, "merci")),
        Found::End(page) => page,
    })
}

/// `POST /q/{token}/abandonner`: gives a correction up; the response stays as it was sent.
pub(super) async fn give_up(
    State(app): State<Arc<App>>,
    address: Address,
    request: Request,
) -> Result<Response, Failure> {
    guard::button(&app, &address.token, "merci", request).await?;
    Ok(match drop_open(&app, &address.token).await? {
        Found::End(page) => page,
        Found::Draft(_) | Found::Sent(_) => see_other(&app.questionnaire(&address.token, "merci")),
    })
}

/// Opens the correction of what was sent; what was not sent, or is open already, stays as it is.
pub(crate) async fn open(app: &App, token: &str) -> Result<(), Failure> {
    if let Found::Sent(record) = find(app, token).await? {
        app.intake.store.correct(&record.token, app.intake.clock.now()).await?;
    }
    Ok(())
}

/// Gives the open correction up, if there is one. Gives what was found before.
pub(crate) async fn drop_open(app: &App, token: &str) -> Result<Found, Failure> {
    let found = find(app, token).await?;
    if matches!(&found, Found::Draft(draft) if draft.sent.is_some()) {
        app.intake.store.drop_correction(&token_hash(token), app.intake.clock.now()).await?;
    }
    Ok(found)
}
