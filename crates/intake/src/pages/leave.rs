//! Leaving for good.

use maud::{Markup, html};

use crate::app::{App, page_route};
use crate::pages::{Elsewhere, frame, proof};

/// The page that asks whether to erase everything, for someone who refused on the screen of consent.
pub(crate) const WITHDRAW_REFUSING: &str = "retirer?refus";

/// Thanks for a refusal.
pub(crate) fn refused(app: &App, token: &str) -> Markup {
    let refused = &app.texts().refused;
    let content = html! { h1 { (refused.title) } p.lead { (refused.text) } (erased_here(app)) };
    frame(app, &refused.title, None, Elsewhere::Link(&format!("/q/{token}")), &content)
}

/// Has the script erase what this browser keeps of the link.
fn erased_here(app: &App) -> Markup {
    html! { script src=(app.script()) defer data-erase {} }
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
            (proof(token))
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
    let content = html! { h1 { (withdrawn.title) } p.lead { (withdrawn.text) } (erased_here(app)) };
    frame(app, &withdrawn.title, None, Elsewhere::Link(&format!("/q/{token}")), &content)
}
