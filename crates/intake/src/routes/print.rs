//! The result and the receipt as PDFs that assistive software can read.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::failure::Failure;
use crate::pages;
use crate::routes::{Address, find};
use crate::sheet::Sheet;

/// `GET /q/{token}/recu.pdf`: the receipt.
pub(super) async fn receipt(State(app): State<Arc<App>>, address: Address) -> Result<Response, Failure> {
    let record = find(&app, &address.token).await?.into_sent().ok_or(Failure::NotFound)?;
    print(&app, pages::receipt::sheet(&app, &record), "recu.pdf").await
}

/// `GET /q/{token}/resultat.pdf`: the individual result.
pub(super) async fn result(State(app): State<Arc<App>>, address: Address) -> Result<Response, Failure> {
    let record = find(&app, &address.token).await?.into_sent();
    let record = record.filter(|_| app.has_result()).ok_or(Failure::NotFound)?;
    let edition = app.earlier(&record).unwrap_or(&app.intake.edition);
    print(&app, pages::result::sheet(&app, edition, &record), "resultat.pdf").await
}

async fn print(app: &App, sheet: Sheet, name: &'static str) -> Result<Response, Failure> {
    let printer = app.intake.extras.printer.as_ref().ok_or(Failure::NotFound)?;
    let pdf = printer.print(sheet).await?;
    let disposition = format!("inline; filename=\"{name}\"");
    let headers =
        [(header::CONTENT_TYPE, "application/pdf"), (header::CONTENT_DISPOSITION, disposition.as_str())];
    Ok((headers, pdf).into_response())
}
