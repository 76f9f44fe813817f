//! The receipt.

use maud::{Markup, html};
use store::{EarlierAnswers, Record};

use crate::app::{App, page_route};
use crate::pages::{Elsewhere, frame, proof, sheet};
use crate::sheet::{Part, Section, Sheet};
use crate::texts::fill;

/// A response that was sent.
pub(crate) struct Receipt<'a> {
    /// As it was last sent.
    pub(crate) record: &'a Record,
    /// What was sent and corrected since.
    pub(crate) earlier: &'a [EarlierAnswers],
    /// Whether it may still be corrected.
    pub(crate) is_open: bool,
    /// Whether a correction is being filled in.
    pub(crate) is_corrected: bool,
}

/// Number and date of a response that was sent, and the ways to correct it.
pub(crate) fn page(app: &App, token: &str, sent: &Receipt<'_>) -> Markup {
    let receipt = &app.texts().receipt;
    let date = |at| {
        let (date, time) = (app.language.date(at), app.language.time(at));
        fill(&receipt.date_value, &[("date", &date), ("time", &time)])
    };
    let content = html! {
        h1 { (receipt.title) }
        p.lead { (receipt.text) }
        @if sent.is_corrected {
            div.warning role="status" {
                h2 { (receipt.correcting_title) }
                p { (receipt.correcting) }
                p { a.main href=(app.questionnaire(token, "recapitulatif")) { (receipt.correcting_resume) } }
                form method="post" action=(app.questionnaire(token, "abandonner")) {
                    (proof(token))
                    button.plain { (receipt.correcting_give_up) }
                }
            }
        }
        dl.box {
            @if let Some(number) = &sent.record.receipt {
                dt { (receipt.number) }
                dd.number { (number) }
            }
            @if let Some(at) = sent.record.submitted_at {
                dt { @if sent.earlier.is_empty() { (receipt.date) } @else { (receipt.last_date) } }
                dd { (date(at)) }
            }
            @if !sent.earlier.is_empty() {
                dt { (receipt.earlier_dates) }
                @for earlier in sent.earlier { dd { (date(earlier.submitted_at)) } }
            }
        }
        p { (receipt.keep) }
        p { (receipt.once) }
        @if app.has_result() {
            p { a.main href=(app.questionnaire(token, "resultat")) { (receipt.result) } }
        }
        @if app.intake.extras.printer.is_some() {
            p { a.button href=(app.questionnaire(token, "recu.pdf")) type="application/pdf" { (receipt.pdf) } }
        }
        h2 { (receipt.change_title) }
        @if sent.is_open {
            p { (receipt.change) }
            @if !sent.is_corrected {
                form method="post" action=(app.questionnaire(token, "corriger")) { (proof(token)) button { (receipt.correct) } }
            }
        } @else { p { (receipt.closed) } }
        p { a href=(app.questionnaire(token, "retirer")) { (app.texts().site.withdraw) } }
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
