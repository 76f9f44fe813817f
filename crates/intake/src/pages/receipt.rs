//! The receipt.

use maud::{Markup, html};
use store::Record;

use crate::app::{App, page_route};
use crate::pages::{Elsewhere, frame};
use crate::texts::fill;

/// Number and date of a response that was sent.
pub(crate) fn page(app: &App, token: &str, record: &Record) -> Markup {
    let receipt = &app.texts().receipt;
    let content = html! {
        h1 { (receipt.title) }
        p.lead { (receipt.text) }
        dl.box {
            @if let Some(number) = &record.receipt {
                dt { (receipt.number) }
                dd.number { (number) }
            }
            @if let Some(at) = record.submitted_at {
                dt { (receipt.date) }
                @let (date, time) = (app.language.date(at), app.language.time(at));
                dd { (fill(&receipt.date_value, &[("date", &date), ("time", &time)])) }
            }
        }
        p { (receipt.keep) }
        @if app.has_result() {
            p { a.main href=(app.questionnaire(token, "resultat")) { (receipt.result) } }
        }
    };
    frame(app, &receipt.title, Some(token), Elsewhere::Link(&page_route(token, "merci")), &content)
}
