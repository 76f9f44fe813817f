//! Texts that differ between two versions, in each language.

use std::collections::BTreeSet;

use super::record::Records;
use super::{Change, Impact, Touched, Version};
use crate::form::Catalogue;

/// Every text that changed, in the order of the languages and of the keys. Texts of what one version alone has are
/// left to the change that says so.
pub(super) fn changes(now: Version<'_>, next: Version<'_>, records: &Records) -> Vec<Impact> {
    let mut impacts = Vec::new();
    let first = |version: Version<'_>| version.form.languages.first().cloned().unwrap_or_default();
    compare(&first(next), &now.form.texts(), &next.form.texts(), now, next, records, &mut impacts);
    let languages: BTreeSet<&String> =
        now.form.translations.keys().chain(next.form.translations.keys()).collect();
    for language in languages {
        match (now.form.translations.get(language), next.form.translations.get(language)) {
            (Some(before), Some(after)) => {
                compare(language, before, after, now, next, records, &mut impacts);
            }
            (before, _) => impacts.push(Impact {
                place: "questionnaire".to_owned(),
                change: Change::Language { language: language.clone(), is_added: before.is_none() },
                touched: Touched::default(),
            }),
        }
    }
    impacts
}

fn compare(
    language: &str,
    before: &Catalogue,
    after: &Catalogue,
    now: Version<'_>,
    next: Version<'_>,
    records: &Records,
    impacts: &mut Vec<Impact>,
) {
    let keys: BTreeSet<&str> = before.iter().chain(after.iter()).map(|(key, _)| key).collect();
    for key in keys {
        let (from, to) = (before.get(key).unwrap_or_default(), after.get(key).unwrap_or_default());
        if from == to || !is_of_both(key, now, next) {
            continue;
        }
        let (place, what) = place(key);
        let question = key.strip_prefix("question.").and_then(|rest| rest.split('.').next());
        let touched = records.count(|seen| question.is_none_or(|question| seen.was_asked(question)));
        let change = Change::Text {
            what: what.to_owned(),
            language: language.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
        };
        impacts.push(Impact { place, change, touched });
    }
}

/// Whether both versions have what the text belongs to.
fn is_of_both(key: &str, now: Version<'_>, next: Version<'_>) -> bool {
    let parts: Vec<&str> = key.split('.').collect();
    [now, next].iter().all(|version| {
        let questionnaire = &version.edition.questionnaire;
        match parts.as_slice() {
            ["question", question, "options", option] => {
                questionnaire.question(question).is_some_and(|found| found.option(option).is_some())
            }
            ["question", question, "rows", row] => questionnaire
                .question(question)
                .is_some_and(|found| found.rows().iter().any(|known| known.code == *row)),
            ["question", question, ..] => questionnaire.question(question).is_some(),
            _ => true,
        }
    })
}

/// Where a text is, and what it is there.
fn place(key: &str) -> (String, &str) {
    let parts: Vec<&str> = key.split('.').collect();
    match parts.as_slice() {
        ["question", question, "options" | "rows" | "groups", part] => {
            (format!("{question}.{part}"), "label")
        }
        ["question", question, what] => ((*question).to_owned(), what),
        ["check", ..] => (key.to_owned(), "message"),
        _ => (key.to_owned(), "title"),
    }
}
