//! What is sent and received, apart from the questionnaire itself.

use std::collections::BTreeSet;

use axum::http::HeaderValue;
use chrono::{DateTime, SecondsFormat, Utc};
use questionnaire::{Answers, Check, Violation};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use store::{Record, RecordState};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{
    AdditionalProperties, AnyOfBuilder, ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type,
};
use utoipa::{PartialSchema, ToSchema};

use super::problem::Fault;
use crate::app::App;
use crate::draft::{self, Draft};

/// A response that was started.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Started {
    /// The whole right to the response: 26 letters and digits, shown this once.
    #[schema(pattern = "^[0-9a-hjkmnp-tv-z]{26}$")]
    pub(crate) token: String,
    /// The personal link by which a person goes on in a browser. It holds the token.
    #[schema(format = "uri")]
    pub(crate) link: String,
    /// Code of the edition.
    pub(crate) edition: String,
    /// Version of the questionnaire.
    pub(crate) version: String,
}

/// A response that was sent whole.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct SentWhole {
    /// The whole right to the response: 26 letters and digits, the same for the same key.
    #[schema(pattern = "^[0-9a-hjkmnp-tv-z]{26}$")]
    pub(crate) token: String,
    /// The personal link to the receipt, the result, a correction or a withdrawal. It holds the token.
    #[schema(format = "uri")]
    pub(crate) link: String,
    /// Code of the edition.
    pub(crate) edition: String,
    /// Version of the questionnaire that is asked now.
    pub(crate) version: String,
    /// Number of the receipt: the same however often it is sent.
    #[schema(format = "uuid")]
    pub(crate) receipt: String,
    /// When it was sent, the first time.
    #[schema(format = DateTime)]
    pub(crate) submitted_at: String,
}

/// The answers of one screen.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScreenAnswers {
    /// Code of the question to its answer. All questions of the screen are replaced: what is absent or null is left blank.
    #[schema(value_type = BTreeMap<String, AnswerValue>)]
    pub(crate) answers: Map<String, Json>,
}

/// An answer: its form follows from the kind of the question.
pub(crate) struct AnswerValue;

impl PartialSchema for AnswerValue {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
        let texts = || ArrayBuilder::new().items(text());
        let rows = ObjectBuilder::new()
            .description(Some("Matrix: code of the row to code of the option"))
            .additional_properties(Some(text()));
        let identifier = ObjectBuilder::new()
            .description(Some("Identifier: its type, and its number for `siret` and `rna`"))
            .property("type", text())
            .property("value", text())
            .required("type")
            .additional_properties(Some(AdditionalProperties::FreeForm(false)));
        let networks = ObjectBuilder::new()
            .description(Some("Networks: codes of the list, and one that it lacks"))
            .property("codes", texts())
            .property("other", text())
            .required("codes")
            .additional_properties(Some(AdditionalProperties::FreeForm(false)));
        let number = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Integer))
            .description(Some("Whole number"));
        AnyOfBuilder::new()
            .description(Some("An answer: its form follows from the kind of the question"))
            .item(text().description(Some("Single choice (code), text, e-mail, commune (code of the COG)")))
            .item(number)
            .item(texts().description(Some("Multiple choice: the codes ticked")))
            .item(rows)
            .item(identifier)
            .item(networks)
            .item(
                ObjectBuilder::new()
                    .schema_type(SchemaType::Type(Type::Null))
                    .description(Some("Left blank, as an absent question")),
            )
            .into()
    }
}

impl ToSchema for AnswerValue {}

/// Where a response stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// Being filled in.
    Draft,
    /// Sent, and being corrected: what was sent stays until the correction is.
    Correction,
    /// Sent.
    Submitted,
    /// Consent was refused; nothing is kept.
    Refused,
}

/// A response as it is kept.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ResponseState {
    /// Code of the edition.
    edition: String,
    /// Where it stands.
    state: State,
    /// Version of the questionnaire under which it was last saved.
    version: String,
    /// Raised by one at each change; the header `ETag` says it too.
    #[schema(minimum = 0)]
    revision: i64,
    /// The answers of a draft. Once sent, answers are shown to nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = BTreeMap<String, AnswerValue>, required = false)]
    answers: Option<Answers>,
    /// The path of a draft: the screens that these answers lead to, in order.
    screens: Vec<ScreenState>,
    /// The screen to save next; absent when all that remains is to send, or nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<String>,
    /// What is wrong on screens that were passed: an answer given since may have made it so.
    errors: Vec<Fault>,
    /// What looks inconsistent on the screen just saved, and may be right.
    warnings: Vec<Fault>,
    /// Number of the receipt, once sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    receipt: Option<String>,
    /// When it was last changed.
    #[schema(format = DateTime)]
    updated_at: String,
    /// When it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, nullable = false)]
    submitted_at: Option<String>,
}

/// A screen of the path.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ScreenState {
    /// Code of the screen.
    code: String,
    /// Whether it was passed, with answers that are right.
    is_passed: bool,
    /// What is asked on it.
    questions: Vec<Asked>,
}

/// A question of the path.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Asked {
    /// Code of the question.
    code: String,
    /// The rows asked on this screen, of a matrix.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    rows: Vec<String>,
    /// The only options offered, where these depend on other answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    offered: Option<Vec<String>>,
}

/// A response that was sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Receipt {
    /// Number of the receipt: the same however often it is sent.
    #[schema(format = "uuid")]
    pub(crate) receipt: String,
    /// When it was sent, the first time.
    #[schema(format = DateTime)]
    pub(crate) submitted_at: String,
}

impl ResponseState {
    /// A draft.
    pub(crate) fn of_draft(app: &App, draft: &Draft) -> Self {
        let edition = &app.intake.edition;
        let questionnaire = &edition.questionnaire;
        let first_open = draft.first_open(edition);
        let state = if draft.sent.is_some() { State::Correction } else { State::Draft };
        let screens = draft.path.screens.iter().map(|&screen| ScreenState {
            code: questionnaire.screens[screen].code.clone(),
            is_passed: first_open.is_none_or(|open| screen < open),
            questions: asked(app, draft, screen),
        });
        let errors = draft.path.screens.iter().flat_map(|&screen| draft.violations_on(edition, screen));
        Self {
            answers: Some(draft.answers.clone()),
            screens: screens.collect(),
            next: first_open.map(|screen| questionnaire.screens[screen].code.clone()),
            errors: errors.map(|violation| fault(app, &violation)).collect(),
            receipt: draft.sent.as_ref().and_then(|sent| sent.record.receipt.clone()),
            submitted_at: draft.sent.as_ref().and_then(|sent| sent.record.submitted_at).map(instant),
            ..Self::of_record(&draft.record, state)
        }
    }

    /// A response that is no draft any more: nothing of its answers.
    pub(crate) fn of_record(record: &Record, state: State) -> Self {
        Self {
            edition: record.edition.clone(),
            state,
            version: record.version.clone(),
            revision: record.revision,
            answers: None,
            screens: Vec::new(),
            next: None,
            errors: Vec::new(),
            warnings: Vec::new(),
            receipt: record.receipt.clone().filter(|_| record.state == RecordState::Submitted),
            updated_at: instant(record.updated_at),
            submitted_at: record.submitted_at.map(instant),
        }
    }

    /// With what looks inconsistent.
    pub(crate) fn warning(mut self, app: &App, checks: &[&Check]) -> Self {
        let questions = &app.intake.edition.questionnaire.questions;
        let of = |check: &&Check| Fault {
            field: questions[check.question].code.clone(),
            rule: check.code.clone(),
            message: check.message.clone(),
        };
        self.warnings = checks.iter().map(of).collect();
        self
    }

    /// The value of `ETag`: the revision.
    pub(crate) fn tag(&self) -> HeaderValue {
        tag(self.revision)
    }
}

/// The value of `ETag` at a revision.
fn tag(revision: i64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{revision}\"")).expect("digits between quotes are a header's value")
}

/// What is asked on a screen.
fn asked(app: &App, draft: &Draft, screen: usize) -> Vec<Asked> {
    let edition = &app.intake.edition;
    let shown = draft::shown(edition, screen, &draft.path);
    let of = |item: draft::Shown| {
        let question = &edition.questionnaire.questions[item.question];
        let offered = draft.path.offered.get(&item.question);
        let codes = |offered: &BTreeSet<usize>| {
            offered.iter().map(|&option| question.options()[option].code.clone()).collect()
        };
        Asked {
            code: question.code.clone(),
            rows: item.rows.iter().map(|&row| question.rows()[row].code.clone()).collect(),
            offered: offered.map(codes),
        }
    };
    shown.into_iter().map(of).collect()
}

/// What is wrong with an answer, in the language of the face.
pub(crate) fn fault(app: &App, violation: &Violation) -> Fault {
    let edition = &app.intake.edition;
    let question = &edition.questionnaire.questions[violation.question];
    let row = violation.row.map(|row| format!(".{}", question.rows()[row].code)).unwrap_or_default();
    let rule = violation.code.key();
    Fault {
        field: format!("{}{row}", question.code),
        rule: rule.strip_prefix("violation.").unwrap_or(rule).to_owned(),
        message: violation.message(&edition.texts),
    }
}

/// An instant as RFC 3339 writes it.
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
