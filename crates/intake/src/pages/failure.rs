//! Pages of what went wrong. They say what was not saved, and never how our program is made.

use maud::{Markup, html};

use crate::app::App;
use crate::failure::Failure;
use crate::pages::frame;
use crate::texts::texts;

/// The page of a failure.
pub(crate) fn page(app: &App, failure: &Failure) -> Markup {
    let texts = texts();
    let words = &texts.failure;
    let (title, text) = match failure {
        Failure::NotFound => (&words.not_found_title, &words.not_found),
        Failure::Method => (&words.method_title, &words.method),
        Failure::Closed => (&texts.closed.title, &texts.closed.text),
        Failure::Gone => (&words.gone_title, &words.gone),
        Failure::Sent { .. } => (&words.sent_title, &words.sent),
        Failure::OffPath { .. } => (&words.off_path_title, &words.off_path),
        Failure::Form(_) => (&words.form_title, &words.form),
        Failure::TooLarge => (&words.large_title, &words.large),
        Failure::CrossSite => (&words.cross_title, &words.cross),
        Failure::Unavailable(_) => (&words.unavailable_title, &words.unavailable),
        Failure::NotSent { .. } => (&words.not_sent_title, &words.not_sent),
        Failure::Internal(_) => (&words.internal_title, &words.internal),
    };
    let (address, label) = match failure {
        Failure::Sent { token } => (app.questionnaire(token, "merci"), &words.receipt),
        Failure::OffPath { token } => (app.href(&format!("/q/{token}")), &words.resume),
        Failure::NotSent { token, .. } => (app.questionnaire(token, "recapitulatif"), &words.summary),
        _ => (app.href("/"), &words.home),
    };
    let content = html! {
        h1 { (title) }
        p.lead { (text) }
        p { a href=(address) { (label) } }
    };
    frame(app, title, None, &content)
}
