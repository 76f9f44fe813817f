//! The operations, each with its description.

use std::sync::Arc;

use axum::Extension;
use axum::body::{self, Body};
use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use store::{RecordState, StoreError};
use utoipa::openapi::server::Server;

use super::definition::Definition;
use super::model::{Receipt, ResponseState, ScreenAnswers, Started, State as Stand, fault, instant};
use super::problem::{Fault, Kind, Problem, ProblemKind, kinds};
use super::{Caller, Faces, answers, json, key, openapi};
use crate::app::App;
use crate::draft;
use crate::failure::Failure;
use crate::guard::MOST_BYTES;
use crate::guard::pace::{self, Visitor};
use crate::routes::finish::{Sending, erase, send};
use crate::routes::screen::{Action, Kept, Posted, has_other_answers, keep};
use crate::routes::start::begin;
use crate::routes::{Found, find};
use crate::token::{token, token_hash};

/// How long the texts that everyone may read are kept by caches: they change with the questionnaire alone.
const FOR_EVERYONE: &str = "public, max-age=60";

/// The description of this interface.
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    tag = "description",
    responses((status = 200, description = "This document", body = serde_json::Value, content_type = "application/json"))
)]
pub(super) async fn description(State(faces): State<Arc<Faces>>) -> Response {
    let mut description = openapi();
    description.servers =
        Some(vec![Server::new(faces.first().intake.settings.base_url.trim_end_matches('/'))]);
    public(&description)
}

/// The problems that may occur, and what to do about each.
#[utoipa::path(
    get,
    path = "/api/v1/problems",
    tag = "description",
    responses((status = 200, description = "All kinds of problems", body = Vec<ProblemKind>))
)]
pub(super) async fn problems() -> Response {
    public(&kinds())
}

/// The questionnaire that is asked now.
#[utoipa::path(
    get,
    path = "/api/v1/questionnaire",
    tag = "description",
    params(("accept-language" = Option<String>, Header, description = "Language of the texts, `fr` or `en`")),
    responses((status = 200, description = "Screens, questions, options, conditions", body = Definition))
)]
pub(super) async fn questionnaire(State(faces): State<Arc<Faces>>, headers: HeaderMap) -> Response {
    let app = faces.for_caller(&headers);
    let mut response = public(&Definition::of(&app));
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-language"));
    response.headers_mut().insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(app.language.code()));
    response
}

/// Start a response.
///
/// With `Idempotency-Key`, the same key starts the same response however often it is sent, on every server, and gives the
/// same token. The key is then as secret as the token: draw it at random.
#[utoipa::path(
    post,
    path = "/api/v1/responses",
    tag = "response",
    params(("idempotency-key" = Option<String>, Header, min_length = 32, max_length = 128, pattern = "^[A-Za-z0-9_-]{32,128}$", description = "A random key, for instance a UUID of version 4")),
    responses(
        (status = 201, description = "Started, now or before under the same key", body = Started),
        (status = 400, description = "The key is not one", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Called by a page of another site", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The questionnaire was updated meanwhile", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "The edition takes no answers", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too fast", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store is away", body = Problem, content_type = "application/problem+json")
    )
)]
pub(super) async fn start(
    State(faces): State<Arc<Faces>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
) -> Result<Response, Failed> {
    let app = faces.for_caller(&headers);
    let key = key::read(&headers)?;
    pace::count_start(&app, visitor, 1)?;
    let token = token(match &key {
        Some(key) => key::token_bytes(key::START, &app.intake.settings.edition, key),
        None => app.intake.tokens.draw().map_err(Failure::from)?,
    });
    match begin(&app, &token).await {
        Ok(()) => {}
        // Sent before under the same key: one response, and the same answer.
        Err(StoreError::Duplicate) if key.is_some() => {}
        Err(error) => return Err(error.into()),
    }
    let started = Started {
        link: app.personal_link(&token),
        edition: app.intake.settings.edition.clone(),
        version: app.intake.edition.questionnaire.version.clone(),
        token,
    };
    let location = app.intake.settings.base_url.trim_end_matches('/').to_owned() + "/api/v1/response";
    Ok(([(header::LOCATION, location)], json(StatusCode::CREATED, &started)).into_response())
}

/// Read a response: its answers while it is a draft, its path, and its receipt once it was sent.
#[utoipa::path(
    get,
    path = "/api/v1/response",
    tag = "response",
    security(("token" = [])),
    responses(
        (status = 200, description = "As it is kept", body = ResponseState, headers(("etag" = String, description = "The revision"))),
        (status = 401, description = "No response has this token", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "Withdrawn, closed or set apart", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too fast", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store is away", body = Problem, content_type = "application/problem+json")
    )
)]
pub(super) async fn read(caller: Caller) -> Result<Response, Failed> {
    Ok(state(&current(&caller).await?))
}

/// Save a screen.
///
/// All questions of the screen are replaced; those of other screens stay as they are, also when another program or person
/// saved them meanwhile. With `If-Match`, nothing is saved unless the response is still at that revision. An answer that
/// breaks a rule is not saved and is named by a 422; the others of the screen are saved.
#[utoipa::path(
    put,
    path = "/api/v1/response/screens/{screen}",
    tag = "response",
    security(("token" = [])),
    params(
        ("screen" = String, Path, description = "Code of the screen"),
        ("if-match" = Option<String>, Header, pattern = "^\"[0-9]{1,18}\"$", description = "The `ETag` that was read")
    ),
    request_body = ScreenAnswers,
    responses(
        (status = 200, description = "Saved", body = ResponseState, headers(("etag" = String, description = "The revision"))),
        (status = 400, description = "Not JSON, or no revision", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No response has this token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Called by a page of another site", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No screen has this code", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Sent already, not on the path, a late refusal, or the questionnaire was updated", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "Withdrawn, closed or set apart", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "At another revision", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "More than 256 kB", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not `application/json`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Answers break rules", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too fast", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store is away", body = Problem, content_type = "application/problem+json")
    )
)]
pub(super) async fn save(State(faces): State<Arc<Faces>>, request: Request) -> Result<Response, Failed> {
    let (mut parts, body) = request.into_parts();
    let caller = Caller::from_request_parts(&mut parts, &faces).await?;
    let Caller { app, token } = &caller;
    let screen = Path::<String>::from_request_parts(&mut parts, &faces).await;
    // Who has no response learns nothing of what else is wrong.
    let draft = draft(&caller).await?;
    let edition = &app.intake.edition;
    let screen = screen.ok().and_then(|Path(code)| edition.questionnaire.screen_index(&code));
    let screen = screen.ok_or(Problem::of(Kind::NotFound))?;
    let expected = expected(&parts.headers)?;
    let given: ScreenAnswers = from_json(&parts.headers, body, "`answers` alone, an object").await?;
    if expected.is_some_and(|expected| expected != draft.record.revision) {
        return Err(Problem::of(Kind::Changed).beside(ResponseState::of_draft(app, &draft)).into());
    }
    if !draft.may_save(edition, screen) {
        return Err(Problem::of(Kind::NotOnPath).beside(ResponseState::of_draft(app, &draft)).into());
    }
    let shown = draft::shown(edition, screen, &draft.path);
    let fields = answers::fields(edition, &shown, &given.answers)
        .map_err(|faults| Problem::of(Kind::InvalidAnswers).naming(faults))?;
    match keep(app, token, screen, &fields, Action::Next, expected).await? {
        Posted::Kept(kept) => saved(app, screen, &kept),
        Posted::Changed(draft) => {
            Err(Problem::of(Kind::Changed).beside(ResponseState::of_draft(app, &draft)).into())
        }
        Posted::Ended { draft, shown } if has_other_answers(app, &draft, &shown) => {
            Err(Problem::of(Kind::RefusalNeedsWithdrawal).into())
        }
        Posted::Ended { .. } => {
            app.intake.store.refuse(&token_hash(token), app.intake.clock.now()).await?;
            Ok(state(&current(&caller).await?))
        }
        Posted::Nothing(_) => Err(Problem::of(Kind::Gone).into()),
        Posted::Outdated => Err(Problem::of(Kind::Updated).into()),
        Posted::NotSaved { .. } => Err(Problem::of(Kind::Unavailable).into()),
    }
}

/// Send the response: once, however often this is called.
///
/// The first receipt is given again to whoever sends again, also under another `Idempotency-Key`. With `If-Match`, nothing
/// is sent unless the response is still at that revision.
#[utoipa::path(
    post,
    path = "/api/v1/response/submission",
    tag = "response",
    security(("token" = [])),
    params(
        ("if-match" = Option<String>, Header, pattern = "^\"[0-9]{1,18}\"$", description = "The `ETag` that was read"),
        ("idempotency-key" = Option<String>, Header, min_length = 32, max_length = 128, pattern = "^[A-Za-z0-9_-]{32,128}$", description = "A random key; sending is idempotent without it too")
    ),
    responses(
        (status = 200, description = "Sent, now or before", body = Receipt),
        (status = 400, description = "The key is not one, or no revision", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No response has this token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Called by a page of another site", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Screens are missing, or the questionnaire was updated", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "Withdrawn, closed or set apart", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "At another revision", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Answers break rules", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too fast", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store is away", body = Problem, content_type = "application/problem+json")
    )
)]
pub(super) async fn submit(caller: Caller, headers: HeaderMap) -> Result<Response, Failed> {
    let Caller { app, token } = &caller;
    // Who has no response learns nothing of what else is wrong.
    app.record(token).await?;
    key::read(&headers)?;
    let expected = expected(&headers)?;
    // A correction may be open: who sends again does not mean it, unless the revision says so.
    let is_meant = |draft: &draft::Draft| match expected {
        Some(expected) => expected == draft.record.revision,
        None => draft.sent.is_none(),
    };
    let problem = match send(app, token, is_meant).await? {
        Sending::NotMeant(draft) if expected.is_some() => {
            Problem::of(Kind::Changed).beside(ResponseState::of_draft(app, &draft))
        }
        Sending::Sent | Sending::NotMeant(_) => {
            let record = app.record(token).await?;
            let (Some(receipt), Some(at)) = (record.receipt, record.submitted_at) else {
                return Err(Failure::Gone.into());
            };
            return Ok(json(StatusCode::OK, &Receipt { receipt, submitted_at: instant(at) }));
        }
        Sending::End(_) => Problem::of(Kind::Gone),
        Sending::Wrong { draft, violations } => {
            let errors = violations.iter().map(|violation| fault(app, violation)).collect();
            Problem::of(Kind::InvalidAnswers).naming(errors).beside(ResponseState::of_draft(app, &draft))
        }
        Sending::Unfinished(draft) => {
            Problem::of(Kind::NotFinished).beside(ResponseState::of_draft(app, &draft))
        }
    };
    Err(problem.into())
}

/// Withdraw the response: everything that it holds is erased. Open or closed, sent or not, and however often.
#[utoipa::path(
    delete,
    path = "/api/v1/response",
    tag = "response",
    security(("token" = [])),
    responses(
        (status = 204, description = "Nothing is kept of it, since now or before"),
        (status = 401, description = "No response has this token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Called by a page of another site", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too fast", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store is away", body = Problem, content_type = "application/problem+json")
    )
)]
pub(super) async fn withdraw(caller: Caller) -> Result<Response, Failed> {
    let record = caller.app.record(&caller.token).await?;
    erase(&caller.app, &record).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Why an operation has no answer of its own: a problem to tell, or a failure that becomes one.
#[derive(Debug)]
pub(super) enum Failed {
    Problem(Box<Problem>),
    Failure(Failure),
}

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Failure(error.into())
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        match self {
            Self::Problem(problem) => problem.into_response(),
            // It needs a header that goes around a problem.
            Self::Failure(failure @ Failure::TooMany { .. }) => failure.into_response(),
            Self::Failure(failure) => Problem::from(failure).into_response(),
        }
    }
}

/// Something that everyone may read.
pub(super) fn public(body: &impl Serialize) -> Response {
    ([(header::CACHE_CONTROL, FOR_EVERYONE)], json(StatusCode::OK, body)).into_response()
}

/// A response, with its revision.
pub(super) fn state(state: &ResponseState) -> Response {
    ([(header::ETAG, state.tag())], json(StatusCode::OK, state)).into_response()
}

/// The response of the caller, as it is now.
pub(super) async fn current(caller: &Caller) -> Result<ResponseState, Failed> {
    let Caller { app, token } = caller;
    let record = app.record(token).await?;
    if record.state == RecordState::Refused {
        return Ok(ResponseState::of_record(&record, Stand::Refused));
    }
    Ok(match find(app, token).await? {
        Found::Draft(draft) => ResponseState::of_draft(app, &draft),
        Found::Sent(record) => ResponseState::of_record(&record, Stand::Submitted),
        Found::End(_) => return Err(Failure::Gone.into()),
    })
}

/// The draft of the caller.
async fn draft(caller: &Caller) -> Result<Box<draft::Draft>, Failed> {
    match find(&caller.app, &caller.token).await? {
        Found::Draft(draft) => Ok(draft),
        Found::Sent(_) => Err(Problem::of(Kind::AlreadySubmitted).into()),
        Found::End(_) => Err(Failure::Gone.into()),
    }
}

/// What saving a screen came to.
fn saved(app: &App, screen: usize, kept: &Kept) -> Result<Response, Failed> {
    let now = ResponseState::of_draft(app, &kept.draft);
    if !kept.violations.is_empty() {
        let errors: Vec<Fault> = kept.violations.iter().map(|violation| fault(app, violation)).collect();
        return Err(Problem::of(Kind::InvalidAnswers).naming(errors).beside(now).into());
    }
    let warnings = app.intake.edition.warnings(screen, &kept.draft.answers);
    Ok(state(&now.warning(app, &warnings)))
}

/// The revision that `If-Match` asks for.
fn expected(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let mut given = headers.get_all(header::IF_MATCH).iter();
    let Some(first) = given.next() else { return Ok(None) };
    let text = first.to_str().unwrap_or_default().trim();
    let digits = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let revision = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    match (revision.and_then(|digits| digits.parse().ok()), given.next()) {
        (Some(revision), None) => Ok(Some(revision)),
        _ => Err(Problem::of(Kind::Malformed).saying(
            "If-Match must be one ETag of this response, a revision between quotes, for instance \"3\"",
        )),
    }
}

/// Reads a body. What is told about JSON that cannot be read names a place and repeats nothing.
pub(super) async fn from_json<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: Body,
    expected: &str,
) -> Result<T, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Problem::of(Kind::MediaType));
    }
    let bytes = body::to_bytes(body, MOST_BYTES).await.map_err(|_| Problem::of(Kind::TooLarge))?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let place = format!("at line {} column {}", error.line(), error.column());
        match error.classify() {
            Category::Data => Problem::of(Kind::InvalidAnswers).naming(vec![Fault {
                field: "answers".to_owned(),
                rule: "wrong_kind".to_owned(),
                message: format!("expected an object with {expected}: {place}"),
            }]),
            Category::Syntax | Category::Eof | Category::Io => {
                Problem::of(Kind::Malformed).saying(&format!("The body is not JSON {place}"))
            }
        }
    })
}
