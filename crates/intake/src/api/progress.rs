//! How the collection goes, for programs: what the page of it shows.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::Faces;
use super::handlers::{Failed, public};
use super::model::instant;
use super::problem::Problem;
use crate::app::{App, Taking};
use crate::board::{self, CountShown, RoundedCount};

/// How far the collection was at a midnight in Paris.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Progress {
    /// Code of the edition.
    edition: String,
    /// Everything before this instant is counted.
    #[schema(format = DateTime)]
    until: String,
    /// Responses sent, those withdrawn since included.
    sent: Count,
    /// Questionnaires begun, whatever became of them; absent once the collection is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    started: Option<Count>,
    /// Responses sent, by each breakdown shown.
    by: Vec<ProgressBy>,
}

/// How many were sent, by the categories of a breakdown.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProgressBy {
    /// Code.
    code: String,
    /// Label.
    label: String,
    /// Its categories.
    categories: Vec<ProgressPart>,
}

/// How many were sent in a category.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProgressPart {
    /// Code.
    code: String,
    /// Label.
    label: String,
    /// Responses sent.
    sent: Count,
}

/// A number of responses as it is shown: one of the two.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Count {
    /// It, rounded to the nearest multiple of 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 15, multiple_of = 5)]
    about: Option<u64>,
    /// It would be rounded to less than this: nothing more is said, not even whether it is zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 15)]
    fewer_than: Option<u64>,
}

impl From<RoundedCount> for Count {
    fn from(count: RoundedCount) -> Self {
        match count.shown() {
            CountShown::About(count) => Self { about: Some(count), fewer_than: None },
            CountShown::FewerThan(limit) => Self { about: None, fewer_than: Some(limit) },
        }
    }
}

/// How the collection goes.
///
/// Counts are rounded to the nearest 5, small ones are not told from zero, and all are those of the last midnight in Paris:
/// asking more often gives nothing more. The parts need not add up to the total.
#[utoipa::path(
    get,
    path = "/api/v1/progress",
    tag = "description",
    params(("accept-language" = Option<String>, Header, description = "Language of the texts, `fr` or `en`")),
    responses(
        (status = 200, description = "Rounded counts", body = Progress),
        (status = 429, description = "Too fast", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store is away", body = Problem, content_type = "application/problem+json")
    )
)]
pub(super) async fn progress(
    State(faces): State<Arc<Faces>>,
    headers: HeaderMap,
) -> Result<Response, Failed> {
    let app = faces.for_caller(&headers);
    let counted = board::progress(&app.intake).await?;
    let is_over = app.takes_drafts().await? == Taking::Closed;
    let mut response = public(&Progress {
        edition: app.intake.settings.edition.clone(),
        until: instant(counted.until),
        sent: counted.sent.into(),
        started: (!is_over).then(|| counted.started.into()),
        by: by(&app, &counted),
    });
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-language"));
    response.headers_mut().insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(app.language.code()));
    Ok(response)
}

fn by(app: &App, counted: &board::Progress) -> Vec<ProgressBy> {
    let parts = app.parts().iter().map(|part| ProgressBy {
        code: part.code.clone(),
        label: part.label.clone(),
        categories: part
            .categories
            .iter()
            .map(|(code, label)| ProgressPart {
                code: code.clone(),
                label: label.clone(),
                sent: counted.part(&part.code, code).into(),
            })
            .collect(),
    });
    parts.collect()
}
