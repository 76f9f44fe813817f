//! The receipt.

use maud::{Markup, html};
use store::Record;

use crate::app::{App, page_route};
use crate::pages::{Elsewhere, frame, sheet};
use crate::sheet::{Part, Section, Sheet};
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
        @if app.intake.extras.printer.is_some() {
            p { a.button href=(app.questionnaire(token, "recu.pdf")) type="application/pdf" { (receipt.pdf) } }
        }
        @if app.has_result() {
            p { a.main href=(app.questionnaire(token, "resultat")) { (receipt.result) } }
        }
    };
    frame(app, &receipt.title, Some(token), Elsewhere::Link(&page_route(token, "merci")), &content)
}

/// The same to keep: that a response was received, and nothing of what it says.
pub(crate) fn sheet(app: &App, record: &Record) -> Sheet {
    let receipt = &app.texts().receipt;
    let mut rows = Vec::new();
    if let Some(number) = &record.receipt {
        rows.push((receipt.number.clone(), number.clone()));
    }
    if let Some(at) = record.submitted_at {
        let (date, time) = (app.language.date(at), app.language.time(at));
        rows.push((receipt.date.clone(), fill(&receipt.date_value, &[("date", &date), ("time", &time)])));
    }
    let parts = vec![Part::Pairs { rows }, Part::Text { text: receipt.proves.clone() }];
    let section = Section { title: receipt.proof.clone(), is_main: true, parts };
    sheet::new(app, "recu", &receipt.title, &receipt.text, vec![section])
}
