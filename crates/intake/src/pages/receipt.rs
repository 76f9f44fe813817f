//! The receipt.

use maud::{Markup, html};
use store::Record;

use crate::app::App;
use crate::french;
use crate::pages::frame;
use crate::texts::{fill, texts};

/// Number and date of a response that was sent.
pub(crate) fn page(app: &App, token: &str, record: &Record) -> Markup {
    let receipt = &texts().receipt;
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
                dd { (fill(&receipt.date_value, &[("date", &french::date(at)), ("time", &french::time(at))])) }
            }
        }
        p { (receipt.keep) }
        p { a.main href=(app.questionnaire(token, "resultat")) { (receipt.result) } }
    };
    frame(app, &receipt.title, Some(token), &content)
}
