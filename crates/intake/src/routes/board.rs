//! How the collection goes, for everyone.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::app::{App, Taking};
use crate::board;
use crate::failure::Failure;
use crate::pages;

/// `GET /avancement`: counts, rounded, of the last midnight.
pub(super) async fn board_page(State(app): State<Arc<App>>) -> Result<Response, Failure> {
    let progress = board::progress(&app.intake).await?;
    let is_over = app.takes_drafts().await? == Taking::Closed;
    Ok(pages::board::page(&app, &progress, is_over).into_response())
}
