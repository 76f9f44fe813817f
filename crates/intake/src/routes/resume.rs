//! Coming back: by the personal link, by a short code, by a letter; and for the first time, by an invitation.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{RawQuery, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use questionnaire::read;
use store::StoreError;

use crate::app::App;
use crate::code::Code;
use crate::failure::Failure;
use crate::fields::Fields;
use crate::guard::pace::{self, Visitor};
use crate::guard::{self, BUTTON_BYTES, MOST_BYTES, proof};
use crate::mail::Letter;
use crate::pages;
use crate::pages::news::News;
use crate::pages::resume::{Asked, LaterPage};
use crate::routes::start::begin;
use crate::routes::{Address, Found, find, resume_address, see_other};
use crate::texts::fill;
use crate::token::token_hash;

/// The field of a short code.
pub(crate) const CODE: &str = "code";

/// The field of an e-mail address.
pub(crate) const ADDRESS: &str = "adresse";

/// The longest address taken, as RFC 5321 has it.
const LONGEST_ADDRESS: usize = 254;

/// `GET /q/{token}`: where it was left; for an invitation, the button that starts.
pub(super) async fn resume(State(app): State<Arc<App>>, address: Address) -> Result<Response, Failure> {
    let token = &address.token;
    Ok(match find(&app, token).await {
        Ok(Found::Draft(draft)) => see_other(&resume_address(&app, &app.intake.edition, token, &draft)),
        Ok(Found::Sent(_)) => see_other(&app.questionnaire(token, "merci")),
        Ok(Found::End(page)) => page,
        Err(Failure::NotFound) if app.is_invited(token).await? => {
            if !app.is_open().await? {
                return Err(Failure::Closed);
            }
            pages::start::invited(&app, token).into_response()
        }
        Err(failure) => return Err(failure),
    })
}

/// `POST /q/{token}/commencer`: starts the draft of an invitation, once, whoever presses the button and however often.
pub(super) async fn start_invited(
    State(app): State<Arc<App>>,
    address: Address,
    request: Request,
) -> Result<Response, Failure> {
    let token = &address.token;
    let mut fields = guard::form(request, BUTTON_BYTES).await?;
    if !app.is_invited(token).await? {
        return Err(Failure::NotFound);
    }
    if !proof::take(token, &mut fields) {
        return Err(Failure::Unproven { token: token.clone(), page: "" });
    }
    match begin(&app, token).await {
        // Started before, by this hand or another.
        Ok(()) | Err(StoreError::Duplicate) => Ok(see_other(&app.href(&format!("/q/{token}")))),
        Err(error) => Err(error.into()),
    }
}

/// `GET /q/{token}/reprendre`: the personal link, to copy.
pub(super) async fn later_page(
    State(app): State<Arc<App>>,
    address: Address,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let news = News::read(&app, &query);
    Ok(match find(&app, &address.token).await? {
        Found::Draft(draft) => {
            let mut page = LaterPage::new(&app, &address.token, Some(&draft));
            page.news = news;
            page.render().into_response()
        }
        Found::Sent(_) => see_other(&app.questionnaire(&address.token, "merci")),
        Found::End(page) => page,
    })
}

/// `POST /q/{token}/code`: gives a short code, shown once.
pub(super) async fn give_code(
    State(app): State<Arc<App>>,
    address: Address,
    request: Request,
) -> Result<Response, Failure> {
    let token = &address.token;
    guard::button(&app, token, "reprendre", request).await?;
    let draft = match find(&app, token).await? {
        Found::Draft(draft) => Some(draft),
        Found::Sent(_) => None,
        Found::End(page) => return Ok(page),
    };
    let code = Code::of(app.intake.tokens.draw()?);
    let sealed = code.seal(token).ok_or(Failure::NotFound)?;
    app.intake.store.give_code(&token_hash(token), &sealed, app.intake.clock.now()).await?;
    let mut page = LaterPage::new(&app, token, draft.as_deref());
    page.code = Some(code);
    Ok(page.render().into_response())
}

/// `POST /q/{token}/courriel`: sends the personal link to an address, which is kept nowhere.
pub(super) async fn send_link(
    State(app): State<Arc<App>>,
    address: Address,
    request: Request,
) -> Result<Response, Failure> {
    let token = &address.token;
    let fields = guard::button(&app, token, "reprendre", request).await?;
    let draft = match find(&app, token).await? {
        Found::Draft(draft) => Some(draft),
        Found::Sent(_) => None,
        Found::End(page) => return Ok(page),
    };
    let mailbox = app.intake.mailbox.as_ref().ok_or(Failure::NotFound)?;
    let typed = fields.one(ADDRESS).unwrap_or_default().trim();
    let mut page = LaterPage::new(&app, token, draft.as_deref());
    let Some(to) = read::email(typed).ok().filter(|address| address.len() <= LONGEST_ADDRESS) else {
        page.asked = Asked::Wrong(typed.to_owned());
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page.render()).into_response());
    };
    let title = &app.intake.edition.questionnaire.title;
    let later = &app.texts().later;
    let link = app.personal_link(token);
    let letter = Letter {
        to,
        subject: fill(&later.mail_subject, &[("title", title)]),
        body: fill(
            &later.mail_body,
            &[("title", title), ("link", &link), ("contact", &app.intake.settings.contact)],
        ),
    };
    let is_taken = mailbox.take(letter, app.intake.clock.now());
    page.asked = if is_taken { Asked::Taken } else { Asked::Refused };
    let status = if is_taken { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    Ok((status, page.render()).into_response())
}

/// `GET /reprendre`: where a short code is typed.
pub(super) async fn code_page(State(app): State<Arc<App>>) -> Response {
    pages::resume::code(&app, None).into_response()
}

/// `POST /reprendre`: opens what a short code leads to. A code that is mistyped, unknown or forgotten gives the same
/// page, so that nothing is learnt by trying.
pub(super) async fn by_code(
    State(app): State<Arc<App>>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Result<Response, Failure> {
    let fields = guard::form(request, MOST_BYTES).await?;
    let now = app.intake.clock.now();
    if !app.intake.attempts.may_try(now) {
        let page = pages::resume::code(&app, Some(&app.texts().code.too_many));
        return Ok((StatusCode::TOO_MANY_REQUESTS, page).into_response());
    }
    let token = match fields.one(CODE).and_then(Code::read) {
        Some(code) => {
            let sealed = app.intake.store.code(&code.hash()).await?;
            sealed.and_then(|sealed| code.open(&sealed))
        }
        None => None,
    };
    if let Some(token) = token {
        return Ok(see_other(&app.href(&format!("/q/{token}"))));
    }
    pace::count_miss(&app, visitor)?;
    app.intake.attempts.count(now);
    let page = pages::resume::code(&app, Some(&app.texts().code.unknown));
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
