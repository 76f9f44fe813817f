//! The pages: HTML that needs no script, 360 px first.

pub(crate) mod answer;
pub(crate) mod failure;
pub(crate) mod field;
pub(crate) mod leave;
pub(crate) mod receipt;
pub(crate) mod result;
pub(crate) mod retry;
pub(crate) mod screen;
pub(crate) mod start;
pub(crate) mod summary;

use maud::{DOCTYPE, Markup, html};

use crate::app::App;
use crate::texts::texts;

/// The frame of every page. `token` is given on the pages of a questionnaire: they offer to withdraw, and their title
/// is no link, so that a stray click loses nothing typed.
pub(crate) fn frame(app: &App, title: &str, token: Option<&str>, content: &Markup) -> Markup {
    let site = &texts().site;
    let name = &app.intake.edition.questionnaire.title;
    html! {
        (DOCTYPE)
        html lang="fr" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                @if token.is_some() { meta name="robots" content="noindex"; }
                meta name="color-scheme" content="light dark";
                title { (title) " – " (name) }
                link rel="stylesheet" href=(app.href(&app.style_route));
                link rel="icon" href="data:,";
            }
            body {
                a.skip href="#contenu" { (site.skip) }
                @if app.intake.settings.is_simulated { p.simulated role="note" { (site.simulated) } }
                header.top {
                    @if token.is_some() { p { (name) } } @else { p { a href=(app.href("/")) { (name) } } }
                }
                main #contenu { (content) }
                footer {
                    ul {
                        li {
                            @if token.is_some() {
                                a href=(app.href("/confidentialite")) target="_blank" rel="noopener" {
                                    (site.privacy) " " span.hint { (site.new_window) }
                                }
                            } @else { a href=(app.href("/confidentialite")) { (site.privacy) } }
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
