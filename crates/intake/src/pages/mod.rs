//! The pages: HTML that needs no script, 360 px first.

pub(crate) mod answer;
pub(crate) mod board;
pub(crate) mod failure;
pub(crate) mod field;
pub(crate) mod leave;
pub(crate) mod news;
pub(crate) mod receipt;
pub(crate) mod result;
pub(crate) mod resume;
pub(crate) mod retry;
pub(crate) mod screen;
pub(crate) mod sheet;
pub(crate) mod start;
pub(crate) mod statement;
pub(crate) mod summary;

use maud::{DOCTYPE, Markup, html};

use crate::app::App;
use crate::fields::ACTION;
use crate::guard::proof::{PROOF, form_token};

/// Identifier of the form that a page's language button posts.
pub(crate) const FORM: &str = "ecran";

/// The field by which a form proves that it was opened by its personal link.
pub(crate) fn proof(token: &str) -> Markup {
    html! { input type="hidden" name=(PROOF) value=(form_token(token)); }
}

/// How a page is had in another language.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Elsewhere<'a> {
    /// By a link to this route: the page holds nothing that was typed.
    Link(&'a str),
    /// By posting the page's form to this route of the other language, which saves it first and shows it again.
    Save(&'a str),
    /// By posting the page's form, whose button was pressed before, to this route of the other language.
    Retry(&'a str),
}

/// The frame of every page. `token` is given on the pages of a questionnaire: they offer to withdraw, and their title
/// is no link, so that a stray click loses nothing typed.
pub(crate) fn frame(
    app: &App,
    title: &str,
    token: Option<&str>,
    elsewhere: Elsewhere<'_>,
    content: &Markup,
) -> Markup {
    let site = &app.texts().site;
    let name = &app.intake.edition.questionnaire.title;
    html! {
        (DOCTYPE)
        html lang=(app.language.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                @if token.is_some() { meta name="robots" content="noindex"; }
                meta name="color-scheme" content="light dark";
                title { (title) " – " (name) }
                link rel="stylesheet" href=(app.style());
                link rel="icon" href="data:,";
                @if token.is_some() { script src=(app.script()) defer {} }
            }
            body {
                a.skip href="#contenu" { (site.skip) }
                @if app.intake.settings.is_simulated { p.simulated role="note" { (site.simulated) } }
                header.top {
                    @if token.is_some() { p { (name) } } @else { p { a href=(app.href("/")) { (name) } } }
                }
                main #contenu { (content) }
                (languages(app, elsewhere))
                footer {
                    ul {
                        li {
                            @if token.is_some() {
                                a href=(app.href("/confidentialite")) target="_blank" rel="noopener" {
                                    (site.privacy) " " span.hint { (site.new_window) }
                                }
                            } @else { a href=(app.href("/confidentialite")) { (site.privacy) } }
                        }
                        li {
                            @if token.is_some() {
                                a href=(app.href(statement::ROUTE)) target="_blank" rel="noopener" {
                                    (site.accessibility) " " span.hint { (site.new_window) }
                                }
                            } @else { a href=(app.href(statement::ROUTE)) { (site.accessibility) } }
                        }
                        li {
                            (site.question) " "
                            @let contact = &app.intake.settings.contact;
                            @if contact.contains('@') { a href={ "mailto:" (contact) } { (contact) } } @else { (contact) }
                        }
                        @if let Some(token) = token {
                            li { a href=(app.questionnaire(token, "retirer")) { (site.withdraw) } }
                        }
                    }
                }
            }
        }
    }
}

/// The other languages. They stand after the page's form, where styles lift them to its top: the Enter key in a field
/// presses the first button of the form, which must not be one of these.
fn languages(app: &App, elsewhere: Elsewhere<'_>) -> Markup {
    if app.other_languages().next().is_none() {
        return html! {};
    }
    html! {
        nav.languages aria-label=(app.texts().site.languages) {
            @for language in app.other_languages() {
                @let code = language.code();
                @match elsewhere {
                    Elsewhere::Link(route) => {
                        a href=(app.href_in(language, route)) lang=(code) hreflang=(code) { (language.name()) }
                    },
                    Elsewhere::Save(route) => {
                        button form=(FORM) formaction=(app.href_in(language, route)) name=(ACTION) value="langue" lang=(code) {
                            (language.name())
                        }
                    },
                    Elsewhere::Retry(route) => {
                        button form=(FORM) formaction=(app.href_in(language, route)) lang=(code) { (language.name()) }
                    },
                }
            }
        }
    }
}
