//! Leaving: for a while with a link, or for good.

use maud::{Markup, html};
use store::Record;

use crate::app::App;
use crate::french;
use crate::pages::frame;
use crate::texts::{fill, texts};

/// The personal link, to copy or to send oneself.
pub(crate) fn later(app: &App, token: &str, record: &Record) -> Markup {
    let later = &texts().later;
    let link = app.personal_link(token);
    let subject = fill(&later.mail_subject, &[("title", &app.intake.edition.questionnaire.title)]);
    let mail = format!("mailto:?subject={}&body={}", percent(&subject), percent(&link));
    let content = html! {
        h1 { (later.title) }
        @if record.revision > 0 {
            p.hint { (fill(&texts().screen.saved, &[("time", &french::time(record.updated_at))])) }
        }
        p { (later.text) }
        p { label for="lien" { (later.link) } }
        p.hint #aide-lien { (later.link_hint) }
        textarea #lien rows="2" readonly aria-describedby="aide-lien" { (link) }
        p { a href=(mail) { (later.mail) } }
        p { a.main href=(app.href(&format!("/q/{token}"))) { (later.r#continue) } }
    };
    frame(app, &later.title, Some(token), &content)
}

/// Thanks for a refusal.
pub(crate) fn refused(app: &App) -> Markup {
    let refused = &texts().refused;
    let content = html! { h1 { (refused.title) } p.lead { (refused.text) } };
    frame(app, &refused.title, None, &content)
}

/// Asks whether to erase everything; `is_refusal` when consent was withdrawn on its own screen.
pub(crate) fn withdraw(app: &App, token: &str, is_refusal: bool) -> Markup {
    let withdraw = &texts().withdraw;
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
    frame(app, &withdraw.title, Some(token), &content)
}

/// Says that everything was erased.
pub(crate) fn withdrawn(app: &App) -> Markup {
    let withdrawn = &texts().withdrawn;
    let content = html! { h1 { (withdrawn.title) } p.lead { (withdrawn.text) } };
    frame(app, &withdrawn.title, None, &content)
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
