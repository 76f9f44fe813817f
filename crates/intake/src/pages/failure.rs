//! Pages of what went wrong. They say what was not saved, and never how our program is made.

use maud::{Markup, html};

use crate::app::{App, page_route};
use crate::failure::Failure;
use crate::pages::{Elsewhere, frame};
use crate::texts::fill;

/// The page of a failure. `route` is that of a page that may be asked for in another language. The page for links that
/// lead nowhere is always the same, so that nothing is learnt by trying: it repeats no address.
pub(crate) fn page(app: &App, failure: &Failure, route: Option<&str>) -> Markup {
    let texts = app.texts();
    let words = &texts.failure;
    let (title, text) = match failure {
        Failure::NotFound => (&words.not_found_title, &words.not_found),
        Failure::Method => (&words.method_title, &words.method),
        Failure::Closed | Failure::ClosedDraft { .. } => (&texts.closed.title, &texts.closed.text),
        Failure::Gone => (&words.gone_title, &words.gone),
        Failure::Sent { .. } => (&words.sent_title, &words.sent),
        Failure::SetApart { .. } => (&words.apart_title, &words.apart),
        Failure::Updated { .. } => (&words.updated_title, &words.updated),
        Failure::OffPath { .. } => (&words.off_path_title, &words.off_path),
        Failure::Form(_) => (&words.form_title, &words.form),
        Failure::TooLarge => (&words.large_title, &words.large),
        Failure::CrossSite => (&words.cross_title, &words.cross),
        Failure::Unproven { .. } => (&words.unproven_title, &words.unproven),
        Failure::TooMany { .. } => (&words.slow_title, &words.slow),
        Failure::Unavailable(_) => (&words.unavailable_title, &words.unavailable),
        Failure::NotSent { .. } => (&words.not_sent_title, &words.not_sent),
        Failure::Internal(_) => (&words.internal_title, &words.internal),
    };
    let seconds =
        if let Failure::TooMany { seconds } = failure { seconds.to_string() } else { String::new() };
    let text = fill(text, &[("seconds", &seconds)]);
    let (next, label) = match failure {
        Failure::Sent { token } => (page_route(token, "merci"), &words.receipt),
        Failure::Unproven { token, page } => (page_route(token, page), &words.back),
        Failure::SetApart { token } | Failure::ClosedDraft { token } => {
            (page_route(token, "retirer"), &texts.site.withdraw)
        }
        Failure::OffPath { token } | Failure::Updated { token: Some(token), .. } => {
            (format!("/q/{token}"), &words.resume)
        }
        Failure::NotSent { token, .. } => (page_route(token, "recapitulatif"), &words.summary),
        _ => ("/".to_owned(), &words.home),
    };
    let elsewhere = route.filter(|_| !matches!(failure, Failure::NotFound)).unwrap_or(&next);
    let content = html! {
        h1 { (title) }
        p.lead { (text) }
        p { a href=(app.href(&next)) { (label) } }
        @if matches!(failure, Failure::SetApart { .. } | Failure::ClosedDraft { .. }) { p { a href=(app.href("/")) { (words.home) } } }
    };
    frame(app, title, None, Elsewhere::Link(elsewhere), &content)
}
