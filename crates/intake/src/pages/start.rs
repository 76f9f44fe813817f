//! Pages that everyone may read.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use crate::app::{App, NO_NETWORK_ROUTE};
use crate::guard::pace::{MADE, TRAP};
use crate::pages::{Elsewhere, board, frame, proof};
use crate::texts::fill;

/// What the survey is about, and the button that starts it.
pub(crate) fn start(app: &App) -> Markup {
    let start = &app.texts().start;
    let content = html! {
        h1 { (start.title) }
        p.lead { (start.lead) }
        (form(app, "haut"))
        p.hint { (start.resume) " " a href=(app.href("/reprendre")) { (start.code) } }
        (about(app))
        (form(app, "bas"))
    };
    frame(app, &start.title, None, Elsewhere::Link("/"), &content)
}

/// The start page of an invitation: the same promise, and the button of its personal link.
pub(crate) fn invited(app: &App, token: &str) -> Markup {
    let start = &app.texts().start;
    let begin = app.questionnaire(token, "commencer");
    let content = html! {
        h1 { (start.title) }
        p.lead { (start.lead) }
        p { (start.invited) }
        form method="post" action=(begin) { (proof(token)) button.main { (start.button) } }
        (about(app))
        form method="post" action=(begin) { (proof(token)) button.main { (start.button) } }
    };
    frame(app, &start.title, None, Elsewhere::Link(&format!("/q/{token}")), &content)
}

/// What someone wants to know before they begin, invited or not.
fn about(app: &App) -> Markup {
    let start = &app.texts().start;
    html! {
        h2 { (start.time_title) }
        p { (start.time) }
        h2 { (start.whom_title) }
        p { (start.whom) }
        h2 { (start.ready_title) }
        p { (start.ready) }
        h2 { (start.get_title) }
        p { (start.get) }
        section.box {
            h2 { (start.confidentiality_title) }
            @for paragraph in &start.confidentiality { p { (paragraph) } }
            p { a href=(app.href("/confidentialite")) { (start.privacy) } }
        }
        (board(app))
    }
}

/// The way to how the collection goes.
fn board(app: &App) -> Markup {
    html! { p { a href=(app.href(board::ROUTE)) { (app.texts().board.link) } } }
}

/// The button that starts. Programs fill in the field that nobody sees, and are quicker than anybody reads: what they
/// start counts for more, see [`crate::guard::pace::start`].
fn form(app: &App, place: &str) -> Markup {
    let start = &app.texts().start;
    let trap = format!("{TRAP}-{place}");
    html! {
        form method="post" action=(app.href("/commencer")) {
            input type="hidden" name=(MADE) value=(app.intake.clock.now().timestamp_millis());
            div.trap aria-hidden="true" {
                label for=(trap) { (start.trap) }
                input #(trap) type="text" name=(TRAP) tabindex="-1" autocomplete="off";
            }
            button.main { (start.button) }
        }
    }
}

/// The start page of an edition that takes no answers.
pub(crate) fn closed(app: &App, grace: Option<DateTime<Utc>>) -> Markup {
    let closed = &app.texts().closed;
    let content = html! {
        h1 { (closed.title) }
        p.lead { (closed.text) }
        p { (closed.receipt) }
        @if let Some(until) = grace { p { (until_when(app, &closed.grace, until)) } }
        // What was begun or sent is found again as before: to be completed in the grace, read or withdrawn at any time.
        p { a href=(app.href("/reprendre")) { (app.texts().start.code) } }
        (board(app))
    };
    frame(app, &closed.title, None, Elsewhere::Link("/"), &content)
}

/// What is said on the pages of a draft that was started before the closing, in the grace.
pub(crate) fn grace_notice(app: &App, grace: Option<DateTime<Utc>>) -> Markup {
    let text = &app.texts().closed.grace_draft;
    html! { @if let Some(until) = grace { p.status role="status" { (until_when(app, text, until)) } } }
}

fn until_when(app: &App, text: &str, until: DateTime<Utc>) -> String {
    fill(text, &[("date", &app.language.date(until)), ("time", &app.language.time(until))])
}

/// What is shown in place of a screen while there is no network. It is the same for everyone, and names no link.
pub(crate) fn no_network(app: &App) -> Markup {
    let words = &app.texts().no_network;
    let content = html! {
        h1 { (words.title) }
        p.lead { (words.text) }
        p { (words.kept) }
        p { (words.back) }
        // Beside the screen in the place of which this is shown: where the personal link goes on.
        p { a.main href="." { (words.retry) } }
        script src=(app.script()) defer {}
    };
    frame(app, &words.title, None, Elsewhere::Link(NO_NETWORK_ROUTE), &content)
}

/// The privacy notice.
pub(crate) fn privacy(app: &App) -> Markup {
    let privacy = &app.texts().privacy;
    let settings = &app.intake.settings;
    let values = [("publisher", settings.publisher.as_str()), ("contact", settings.contact.as_str())];
    let content = html! {
        h1 { (privacy.title) }
        @for section in &privacy.sections {
            h2 { (section.title) }
            @for paragraph in &section.text { p { (fill(paragraph, &values)) } }
        }
        p { a href=(app.href("/")) { (privacy.back) } }
    };
    frame(app, &privacy.title, None, Elsewhere::Link("/confidentialite"), &content)
}
