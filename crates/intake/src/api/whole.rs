//! A whole response in one request, for whoever asked all its questions elsewhere.
//!
//! The rules are those of the pages: what is typed is read alike, what is off the path is not taken, one key makes one
//! response. Nothing is kept of a response that breaks a rule, and nothing of it is left out without a word.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use questionnaire::{Answer, Answers, Edition, Given, Identifier, Kind, Networks, Question, Violation, read};
use serde::Deserialize;
use store::{StoreError, Whole, receipt_from, whole_seconds};
use utoipa::ToSchema;

use super::handlers::{Failed, from_json};
use super::model::{AnswerValue, SentWhole, fault, instant};
use super::problem::{Fault, Kind as Trouble, Problem};
use super::{Faces, json, key};
use crate::app::App;
use crate::failure::Failure;
use crate::guard::pace::{self, Visitor};
use crate::reading::{NUMBERED, is_as_read, text};
use crate::token::{token, token_hash};

/// All answers of a response.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WholeResponse {
    /// Code of the question to its answer, for all questions of the path and no other: what is absent or null is left blank.
    #[schema(value_type = BTreeMap<String, AnswerValue>)]
    answers: Given,
    /// Version of the questionnaire that was asked; the one asked now when absent.
    #[serde(default)]
    #[schema(nullable = false)]
    version: Option<String>,
}

/// Send a whole response: start it, answer it and send it in one request.
///
/// The same key makes one response, however often it is sent and on every server, and gets the first receipt again. The
/// key is as secret as the token that comes back: draw it at random.
#[utoipa::path(
    post,
    path = "/api/v1/submissions",
    tag = "response",
    params(("idempotency-key" = String, Header, min_length = 32, max_length = 128, pattern = "^[A-Za-z0-9_-]{32,128}$", description = "A random key, for instance a UUID of version 4")),
    request_body = WholeResponse,
    responses(
        (status = 201, description = "Sent, now or before under the same key", body = SentWhole),
        (status = 400, description = "Not JSON, or no key", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Called by a page of another site", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The questionnaire was updated meanwhile", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "Withdrawn, or the edition takes no answers", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Larger than 256 kB", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not `application/json`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Answers break rules, are missing or are not asked", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too fast", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store is away", body = Problem, content_type = "application/problem+json")
    )
)]
pub(super) async fn send(
    State(faces): State<Arc<Faces>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failed> {
    let app = faces.for_caller(&headers);
    let Some(key) = key::read(&headers)? else {
        let missing =
            "Idempotency-Key is missing: draw one at random for each response, and send it again with it";
        return Err(Problem::of(Trouble::Malformed).saying(missing).into());
    };
    let given: WholeResponse =
        from_json(&headers, body, "`answers`, an object, and `version` at most").await?;
    pace::count_start(&app, visitor, 1)?;
    let edition = &app.intake.edition;
    let token = token(key::token_bytes(key::WHOLE, &edition_code(&app), &key));
    let sent = match checked(&app, &given) {
        Ok((answers, last_screen)) => put(&app, &token, &answers, last_screen).await,
        Err(problem) => Err(problem.into()),
    };
    // Whatever is wrong now, what was acknowledged before was: the edition may have been revised or closed since.
    let at = match sent {
        Ok(Some(now)) => Ok(now),
        Ok(None) => before(&app, &token).await,
        Err(failed) => before(&app, &token).await.map_err(|_| failed),
    };
    let (receipt, submitted_at) = at?;
    let sent = SentWhole {
        link: app.personal_link(&token),
        edition: edition_code(&app),
        version: edition.questionnaire.version.clone(),
        token,
        receipt,
        submitted_at,
    };
    Ok(json(StatusCode::CREATED, &sent))
}

fn edition_code(app: &App) -> String {
    app.intake.settings.edition.clone()
}

/// The answers as they are kept and the last screen of their path, or all that is wrong with them.
fn checked(app: &App, given: &WholeResponse) -> Result<(Answers, Option<String>), Problem> {
    let edition = &app.intake.edition;
    let version = &edition.questionnaire.version;
    if given.version.as_ref().is_some_and(|asked| asked != version) {
        return Err(Problem::of(Trouble::Updated));
    }
    let invalid = |faults| Problem::of(Trouble::InvalidAnswers).naming(faults);
    let answers = normal(app, &given.answers.0).map_err(invalid)?;
    let (path, kept) = edition.route(&answers);
    let refused = path.ended_by.map(|question| Fault {
        field: edition.questionnaire.questions[question].code.clone(),
        rule: "refused".to_owned(),
        message: "an answer that ends the questionnaire: there is nothing to send".to_owned(),
    });
    if let Some(refused) = refused {
        return Err(invalid(vec![refused]));
    }
    let not_asked: Vec<Fault> = not_asked(edition, &answers, &kept);
    let last_screen = path.screens.last().map(|&screen| edition.questionnaire.screens[screen].code.clone());
    match edition.validate_routed(&answers, path, kept) {
        Ok(_) if not_asked.is_empty() => Ok((answers, last_screen)),
        Ok(_) => Err(invalid(not_asked)),
        Err(violations) => {
            let violations = violations.iter().map(|violation| fault(app, violation));
            Err(invalid(violations.chain(not_asked).collect()))
        }
    }
}

/// What was given and does not count.
fn not_asked(edition: &Edition, answers: &Answers, kept: &Answers) -> Vec<Fault> {
    if answers == kept {
        return Vec::new();
    }
    let is_left_out = |(code, answer): &(&str, &Answer)| kept.get(code) != Some(*answer);
    let fault = |(code, _): (&str, &Answer)| Fault {
        field: code.to_owned(),
        rule: "not_asked_here".to_owned(),
        message: match (edition.questionnaire.question(code), kept.get(code)) {
            (_, None) => "given these answers, this question is not asked".to_owned(),
            (_, Some(_)) => "given these answers, some of its rows or options are not asked".to_owned(),
        },
    };
    answers.iter().filter(is_left_out).map(fault).collect()
}

/// Sends a response; its receipt and instant when it is the first time.
async fn put(
    app: &App,
    token: &str,
    answers: &Answers,
    last_screen: Option<String>,
) -> Result<Option<(String, String)>, Failed> {
    let edition = &app.intake.edition;
    let (answers, contacts) = edition.split_personal(answers);
    let receipt = receipt_from(app.intake.tokens.draw().map_err(Failure::from)?);
    let at = app.intake.clock.now();
    let whole = Whole {
        edition: edition_code(app),
        token: token_hash(token),
        version: edition.questionnaire.version.clone(),
        answers,
        contacts,
        last_screen,
        receipt,
        at,
    };
    let given = app.intake.store.submit_whole(&whole).await?;
    Ok((given == whole.receipt).then(|| (given, instant(whole_seconds(at)))))
}

/// The receipt and the instant of what was sent before under this token.
async fn before(app: &App, token: &str) -> Result<(String, String), Failed> {
    let record = app.record(token).await?;
    match (record.receipt, record.submitted_at) {
        (Some(receipt), Some(at)) if record.state == store::RecordState::Submitted => {
            Ok((receipt, instant(at)))
        }
        _ => Err(StoreError::Gone.into()),
    }
}

/// What is typed as the pages read it, or all that cannot be read.
fn normal(app: &App, given: &Answers) -> Result<Answers, Vec<Fault>> {
    let questionnaire = &app.intake.edition.questionnaire;
    let (mut changed, mut faults) = (Vec::new(), Vec::new());
    for (code, answer) in given.iter() {
        let Some(index) = questionnaire.question_index(code) else {
            // A field that the caller made up is repeated, but not at any length.
            let field = code.chars().take(100).collect();
            let message = "the questionnaire has no such question".to_owned();
            faults.push(Fault { field, rule: "unknown_question".to_owned(), message });
            continue;
        };
        match as_read(&questionnaire.questions[index], answer) {
            Ok(None) => {}
            Ok(Some(read)) => changed.push((code, read)),
            Err((rule, value)) => {
                let parameters = vec![("value", value.chars().take(60).collect())];
                faults.push(fault(app, &Violation { question: index, row: None, code: rule, parameters }));
            }
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut answers = given.clone();
    for (code, read) in changed {
        answers.set(code, read);
    }
    Ok(answers)
}

/// What an answer is read as, when that is another one; a blank is none. What is no answer to this kind of question is
/// left to validation.
type Read = Result<Option<Option<Answer>>, (questionnaire::ViolationCode, String)>;

fn as_read(question: &Question, answer: &Answer) -> Read {
    let blank = |is_blank: bool| Ok(is_blank.then_some(None));
    match (&question.kind, answer) {
        (Kind::Text { is_long, .. }, Answer::Text(typed)) => {
            Ok((!is_as_read(typed, *is_long)).then(|| text(typed, *is_long).map(Answer::Text)))
        }
        (Kind::Email, Answer::Text(typed)) if typed.trim().is_empty() => Ok(Some(None)),
        (Kind::Email, Answer::Text(typed)) => match read::email(typed) {
            Ok(read) => Ok((read != *typed).then_some(Some(Answer::Text(read)))),
            Err(rule) => Err((rule, typed.clone())),
        },
        (Kind::Single { .. } | Kind::Commune, Answer::Text(code)) => blank(code.is_empty()),
        (Kind::Multiple { .. }, Answer::Multiple(codes)) => blank(codes.is_empty()),
        (Kind::Matrix { .. }, Answer::Matrix(rows)) => blank(rows.is_empty()),
        (Kind::Identifier { .. }, Answer::Identifier(Identifier { kind, value: Some(typed) }))
            if NUMBERED.contains(&kind.as_str()) =>
        {
            let read = if kind == "siret" { read::siret(typed) } else { read::rna(typed) };
            let read = read.map_err(|rule| (rule, typed.clone()))?;
            let identifier =
                |value| Answer::Identifier(Identifier { kind: kind.clone(), value: Some(value) });
            Ok((read != *typed).then(|| Some(identifier(read))))
        }
        (Kind::Networks { .. }, Answer::Networks(Networks { codes, other })) => {
            let read = other.as_deref().and_then(|typed| text(typed, false));
            if codes.is_empty() && read.is_none() {
                return Ok(Some(None));
            }
            let networks = |other| Answer::Networks(Networks { codes: codes.clone(), other });
            Ok((read != *other).then(|| Some(networks(read))))
        }
        _ => Ok(None),
    }
}
