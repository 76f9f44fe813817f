//! What another device or another tab answered meanwhile.

use std::collections::BTreeSet;

use maud::{Markup, html};
use questionnaire::QuestionIndex;

use crate::app::App;
use crate::fields::Fields;

/// Name, in an address, of the questions that were answered elsewhere.
const CHANGED: &str = "ailleurs";

/// Name, in an address, of those of which the answer given elsewhere was replaced.
const REPLACED: &str = "remplace";

/// The questions that were answered elsewhere since the page before was opened. An address carries their codes from a
/// save to the page that follows it; never an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct News {
    /// Those that keep the answer given elsewhere.
    pub(crate) changed: BTreeSet<QuestionIndex>,
    /// Those of the screen that was just saved, whose answer is now that of the screen.
    pub(crate) replaced: BTreeSet<QuestionIndex>,
}

impl News {
    /// Reads the address of a page.
    pub(crate) fn read(app: &App, query: &Fields) -> Self {
        let questions = &app.intake.edition.questionnaire.questions;
        let indexes = |name: &str| -> BTreeSet<QuestionIndex> {
            let codes: BTreeSet<&str> = query.all(name).iter().flat_map(|list| list.split(',')).collect();
            let known = questions.iter().enumerate();
            known
                .filter(|(_, question)| codes.contains(question.code.as_str()))
                .map(|(index, _)| index)
                .collect()
        };
        Self { changed: indexes(CHANGED), replaced: indexes(REPLACED) }
    }

    /// Whether there is nothing to say.
    pub(crate) fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.replaced.is_empty()
    }

    /// Puts this into the address of the page that follows.
    pub(crate) fn put(&self, app: &App, address: String) -> String {
        if self.is_empty() {
            return address;
        }
        let sign = if address.contains('?') { '&' } else { '?' };
        format!("{address}{sign}{}", self.query(app))
    }

    /// The same, without the address.
    pub(crate) fn query(&self, app: &App) -> String {
        let questions = &app.intake.edition.questionnaire.questions;
        let lists = [(CHANGED, &self.changed), (REPLACED, &self.replaced)];
        let lists = lists.into_iter().filter(|(_, indexes)| !indexes.is_empty()).map(|(name, indexes)| {
            let codes: Vec<&str> = indexes.iter().map(|&index| questions[index].code.as_str()).collect();
            format!("{name}={}", codes.join(","))
        });
        lists.collect::<Vec<_>>().join("&")
    }

    /// The notice, with a link to each question that may be looked at again.
    pub(crate) fn render(&self, app: &App, token: &str) -> Markup {
        let words = &app.texts().news;
        html! {
            @if !self.is_empty() {
                div.news.warning role="status" {
                    h2 { (words.title) }
                    @if !self.changed.is_empty() { p { (words.changed) } (list(app, token, &self.changed)) }
                    @if !self.replaced.is_empty() { p { (words.replaced) } (list(app, token, &self.replaced)) }
                }
            }
        }
    }

    /// The same as one text, for a script to show.
    pub(crate) fn text(&self, app: &App) -> Option<String> {
        if self.is_empty() {
            return None;
        }
        let words = &app.texts().news;
        let questions = &app.intake.edition.questionnaire.questions;
        let said = [(&words.changed, &self.changed), (&words.replaced, &self.replaced)]
            .into_iter()
            .filter(|(_, indexes)| !indexes.is_empty())
            .map(|(words, indexes)| {
                let texts: Vec<&str> = indexes.iter().map(|&index| questions[index].text.as_str()).collect();
                format!("{words} {}", texts.join(&app.texts().site.semicolon))
            });
        Some(said.collect::<Vec<_>>().join(" "))
    }
}

/// The questions, each a link to its screen.
fn list(app: &App, token: &str, indexes: &BTreeSet<QuestionIndex>) -> Markup {
    let questionnaire = &app.intake.edition.questionnaire;
    let screen = |index: QuestionIndex| {
        questionnaire.screens.iter().find(|screen| screen.items.iter().any(|item| item.question == index))
    };
    html! {
        ul {
            @for &index in indexes {
                @let text = &questionnaire.questions[index].text;
                @match screen(index) {
                    Some(screen) => li { a href=(app.questionnaire(token, &screen.code)) { (text) } },
                    None => li { (text) },
                }
            }
        }
    }
}
