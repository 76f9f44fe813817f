//! The page of a screen that could neither be saved nor read: what was typed travels with it.

use maud::{Markup, html};

use crate::app::{App, page_route};
use crate::fields::{ACTION, Fields, SEEN, STATE, THEN};
use crate::pages::answer::label;
use crate::pages::{Elsewhere, FORM, frame, proof};
use crate::texts::fill;

/// Why a screen was not saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The store is away.
    Away,
    /// The questionnaire was updated meanwhile.
    Updated,
    /// The form does not prove that it was opened by its personal link.
    Unproven,
    /// Too much comes under this link.
    TooMany {
        /// When one more will be taken.
        seconds: u64,
    },
}

/// Says that nothing was saved, repeats what was typed, and keeps it in the form behind « Réessayer ».
pub(crate) fn page(app: &App, token: &str, screen: usize, fields: &Fields, cause: Cause) -> Markup {
    let texts = &app.texts().screen;
    let (title, text, button) = match cause {
        Cause::Away => (&texts.not_saved_title, &texts.not_saved, &texts.retry),
        Cause::Updated => (&texts.updated_title, &texts.updated, &texts.next),
        Cause::Unproven => (&texts.unproven_title, &texts.unproven, &texts.retry),
        Cause::TooMany { .. } => (&texts.slow_title, &texts.slow, &texts.retry),
    };
    let seconds = if let Cause::TooMany { seconds } = cause { seconds.to_string() } else { String::new() };
    let text = fill(text, &[("seconds", &seconds)]);
    let code = &app.intake.edition.questionnaire.screens[screen].code;
    let typed: Vec<String> = fields.iter().filter_map(|(name, value)| words(app, name, value)).collect();
    let content = html! {
        form id=(FORM) method="post" action=(app.questionnaire(token, code)) {
            div.problem role="alert" {
                h1 { (title) }
                p { (text) }
            }
            h2 { (texts.not_saved_typed) }
            @if typed.is_empty() { p { (texts.nothing_typed) } }
            @else { ul { @for value in &typed { li { (value) } } } }
            (proof(token))
            @for (name, value) in fields.iter() { input type="hidden" name=(name) value=(value); }
            div.actions { button.main { (button) } }
        }
    };
    let here = page_route(token, code);
    frame(app, title, Some(token), Elsewhere::Retry(&here), &content)
}

/// A field's value in words; nothing for the fields that are ours.
fn words(app: &App, name: &str, value: &str) -> Option<String> {
    if [ACTION, SEEN, STATE, THEN].contains(&name) || value.is_empty() {
        return None;
    }
    let (code, part) = name.split_once('.').map_or((name, None), |(code, part)| (code, Some(part)));
    let question = app.intake.edition.questionnaire.question(code)?;
    if let Some(commune) = app.intake.edition.nomenclatures.commune(value)
        && matches!(question.kind, questionnaire::Kind::Commune)
    {
        return Some(questionnaire::curly(&commune.name));
    }
    let words = label(question, value);
    let row = part.and_then(|part| question.rows().iter().find(|row| row.code == part));
    Some(row.map_or(words.clone(), |row| format!("{}{}{words}", row.label, app.texts().site.colon)))
}
