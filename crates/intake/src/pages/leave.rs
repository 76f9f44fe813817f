//! Leaving: for a while with a link, or for good.

use maud::{Markup, html};
use store::Record;

use crate::app::{App, page_route};
use crate::pages::{Elsewhere, frame};
use crate::texts::fill;

/// The page that asks whether to erase everything, for someone who refused on the screen of consent.
pub(crate) const WITHDRAW_REFUSING: &str = "retirer?refus";

/// The personal link, to copy or to send oneself.
pub(crate) fn later(app: &App, token: &str, record: &Record) -> Markup {
    let later = &app.texts().later;
    let link = app.personal_link(token);
    let subject = fill(&later.mail_subject, &[("title", &app.intake.edition.questionnaire.title)]);
    let mail = format!("mailto:?subject={}&body={}", percent(&subject), percent(&link));
    let content = html! {
        h1 { (later.title) }
        @if record.revision > 0 {
            p.hint { (fill(&app.texts().screen.saved, &[("time", &app.language.time(record.updated_at))])) }
        }
        p { (later.text) }
        p { label for="lien" { (later.link) } }
        p.hint #aide-lien { (later.link_hint) }
        textarea #lien rows="2" readonly aria-describedby="aide-lien" { (link) }
        p { a href=(mail) { (later.mail) } }
        p { a.main href=(app.href(&format!("/q/{token}"))) { (later.r#continue) } }
    };
    let here = page_route(token, "reprendre");
    frame(app, &later.title, Some(token), Elsewhere::Link(&here), &content)
}

/// Thanks for a refusal.
pub(crate) fn refused(app: &App, token: &str) -> Markup {
    let refused = &app.texts().refused;
    let content = html! { h1 { (refused.title) } p.lead { (refused.text) } };
    frame(app, &refused.title, None, Elsewhere::Link(&format!("/q/{token}")), &content)
}

/// Asks whether to erase everything; `is_refusal` when consent was withdrawn on its own screen.
pub(crate) fn withdraw(app: &App, token: &str, is_refusal: bool) -> Markup {
    let withdraw = &app.texts().withdraw;
    let content = html! {
        h1 { (withdraw.title) }
        @if is_refusal { p.lead { (withdraw.refusal) } }
        p { (withdraw.text) }
        p { (withdraw.published) }
        form method="post" action=(app.questionnaire(token, "retirer")) {
            button.danger { (withdraw.confirm) }
        }
        p { a href=(app.href(&format!("/q/{token}"))) { (withdraw.cancel) } }
    };
    let here = page_route(token, if is_refusal { WITHDRAW_REFUSING } else { "retirer" });
    frame(app, &withdraw.title, Some(token), Elsewhere::Link(&here), &content)
}

/// Says that everything was erased.
pub(crate) fn withdrawn(app: &App, token: &str) -> Markup {
    let withdrawn = &app.texts().withdrawn;
    let content = html! { h1 { (withdrawn.title) } p.lead { (withdrawn.text) } };
    frame(app, &withdrawn.title, None, Elsewhere::Link(&format!("/q/{token}")), &content)
}

/// Percent-encodes everything but letters and digits, for an address.
fn percent(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            },
        )
        .collect()
}
