//! The catalogues, `texts/<language>.toml`, read once.

use std::sync::LazyLock;

use serde::Deserialize;

/// The source of the French catalogue.
pub(crate) const FRENCH_SOURCE: &str = include_str!("../texts/fr.toml");
/// The source of the English catalogue.
pub(crate) const ENGLISH_SOURCE: &str = include_str!("../texts/en.toml");

static FRENCH: LazyLock<Texts> =
    LazyLock::new(|| toml::from_str(FRENCH_SOURCE).expect("a test reads the embedded catalogue"));

static ENGLISH: LazyLock<Texts> =
    LazyLock::new(|| toml::from_str(ENGLISH_SOURCE).expect("a test reads the embedded catalogue"));

/// The French catalogue.
pub(crate) fn french() -> &'static Texts {
    &FRENCH
}

/// The English catalogue.
pub(crate) fn english() -> &'static Texts {
    &ENGLISH
}

/// Puts values in the place of `{name}`.
pub(crate) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = text.to_owned();
    for (name, value) in values {
        filled = filled.replace(&format!("{{{name}}}"), value);
    }
    filled
}

/// One struct for each table of the catalogue, so that a missing or an unused text does not compile or does not load.
macro_rules! catalogue {
    ($($name:ident { $($field:ident: $kind:ty),+ $(,)? })+) => {
        $(
            #[derive(Debug, Clone, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub(crate) struct $name { $(pub(crate) $field: $kind),+ }
        )+
    };
}

catalogue! {
    Texts {
        site: Site, start: Start, closed: Closed, screen: Screen, commune: Commune, identifier: Identifier,
        networks: Networks, news: News, code: Code, correction: Correction, later: Later, summary: Summary,
        receipt: Receipt, result: Outcome, refused: Message, withdraw: Withdraw, withdrawn: Message, privacy: Privacy,
        statement: Statement, failure: Failure, no_network: NoNetwork, board: Board,
    }
    Site {
        skip: String, simulated: String, privacy: String, new_window: String, withdraw: String, error_prefix: String,
        colon: String, semicolon: String, languages: String, accessibility: String, question: String, page_of: String,
    }
    Start {
        title: String, lead: String, whom_title: String, whom: String, time_title: String, time: String, ready_title: String,
        ready: String, get_title: String, get: String, confidentiality_title: String, confidentiality: Vec<String>,
        privacy: String, button: String, resume: String, trap: String,
        code: String, invited: String,
    }
    Closed { title: String, text: String, receipt: String, grace: String, grace_draft: String, }
    Screen {
        step: String, progress: String, saved: String, next: String, retry: String, continue_anyway: String,
        previous: String, later: String, optional: String, required: String, several: String, at_most: String,
        no_answer: String, error_title_one: String, error_title_many: String, leave_back: String, leave_later: String,
        warning_title: String, warning: String, not_saved_title: String, not_saved: String, not_saved_typed: String,
        nothing_typed: String, updated_title: String, updated: String, unproven_title: String, unproven: String,
        slow_title: String, slow: String, out_of: String, characters: String,
        waiting: String, offline: String, away: String, offline_unkept: String, back_online: String, offline_refused: String,
    }
    Commune {
        postcode: String, postcode_hint: String, choose: String, choose_hint: String, confirm: String, status: String,
    }
    Identifier {
        kind: String, siret: String, siret_hint: String, rna: String, rna_hint: String, value: String,
    }
    News { title: String, changed: String, replaced: String }
    Code { title: String, text: String, label: String, hint: String, button: String, unknown: String, too_many: String, lost: String }
    Correction { notice: String, receipt: String }
    Networks { other: String, other_hint: String, other_short: String }
    Later {
        title: String, text: String, link: String, link_hint: String, mail: String, mail_subject: String,
        r#continue: String,
        shared: String, mail_body: String, letter_title: String, letter_label: String, letter_hint: String, letter_button: String, letter_taken: String, letter_refused: String, letter_wrong: String, code_title: String, code_text: String, code_button: String, code_given: String, code_hint: String,
        device_title: String, device_text: String, device_erase: String, device_erased: String, device_waiting: String,
    }
    Summary {
        title: String, text: String, edit: String, blank: String, missing_title: String, send: String,
        send_hint: String,
        once: String, offline: String,
    }
    Receipt {
        title: String, text: String, number: String, date: String, date_value: String, keep: String, result: String,
        pdf: String, proof: String, proves: String,
        last_date: String, earlier_dates: String, once: String, change_title: String, change: String, closed: String, correct: String, correcting_title: String, correcting: String, correcting_resume: String, correcting_give_up: String,
    }
    Outcome {
        title: String, lead: String, level_title: String, index: String, level: String, no_index: String,
        scores_title: String, scores_hint: String, beside_title: String, beside_hint: String, score: String,
        no_score: String, feeling_title: String, feeling: String, feeling_no_level: String, feeling_blank: String,
        criteria_title: String, criteria: String, criteria_hint: String, met: String, not_met: String,
        not_measured: String, strong_title: String, strong: String, steps_title: String, steps: String,
        steps_none: String, security_title: String, security: String, yes: String, no: String, unknown: String,
        more_title: String, more: String, more_open: String, receipt: String, pdf: String, begin: String, others: String,
        comparison: String, band: String, at_most: String, at_least: String, help_title: String, help_department: String,
        help_region: String, help_networks: String, help_actors: String,
    }
    NoNetwork { title: String, text: String, kept: String, back: String, retry: String }
    Message { title: String, text: String }
    Board {
        title: String, link: String, lead: String, when: String, over: String, sent: String, started: String, about: String,
        fewer: String, few: String, all_few: String, by: String, why_title: String, why: Vec<String>, why_parts: Vec<String>, back: String,
    }
    Withdraw {
        title: String, text: String, published: String, refusal: String, confirm: String, cancel: String,
    }
    Privacy { title: String, back: String, sections: Vec<Section> }
    Section { title: String, text: Vec<String> }
    Statement {
        title: String, lead: String, state_title: String, state: Vec<String>, counts: String, tested_title: String,
        tested_hint: String, checks: String, untested_title: String, untested: String, absent_title: String, absent: String, tests_title: String,
        tests: String, tools_title: String, tools: Vec<String>, states: String, report_title: String, report: Vec<String>, remedy_title: String, remedy: Vec<String>, back: String,
    }
    Failure {
        not_found_title: String, not_found: String, method_title: String, method: String, gone_title: String,
        gone: String, apart_title: String, apart: String, updated_title: String, updated: String, sent_title: String, sent: String, off_path_title: String, off_path: String, form_title: String,
        form: String, large_title: String, large: String, cross_title: String, cross: String,
        unproven_title: String, unproven: String, slow_title: String, slow: String, back: String,
        unavailable_title: String, unavailable: String, not_sent_title: String, not_sent: String, internal_title: String, internal: String, home: String,
        resume: String, receipt: String, summary: String,
    }
}

impl Texts {
    /// Reads a whole catalogue; every text must be there, and no other.
    pub(crate) fn deserialize_from(table: toml::Table) -> Result<Self, toml::de::Error> {
        table.try_into()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    const SOURCES: [&str; 2] = [include_str!("../texts/fr.toml"), include_str!("../texts/en.toml")];

    /// Every text by its place.
    fn flat(source: &str) -> BTreeMap<String, String> {
        fn visit(name: &str, value: &toml::Value, into: &mut BTreeMap<String, String>) {
            match value {
                toml::Value::String(text) => drop(into.insert(name.to_owned(), text.clone())),
                toml::Value::Table(table) => {
                    table.iter().for_each(|(key, value)| visit(&format!("{name}.{key}"), value, into));
                }
                toml::Value::Array(items) => {
                    items
                        .iter()
                        .enumerate()
                        .for_each(|(at, item)| visit(&format!("{name}.{at}"), item, into));
                }
                other => panic!("{name} is {other}"),
            }
        }
        let mut texts = BTreeMap::new();
        visit("", &source.parse::<toml::Table>().expect("TOML").into(), &mut texts);
        texts
    }

    /// The names in braces.
    fn places(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
    }

    #[test]
    fn the_embedded_catalogues_are_complete() {
        assert_eq!(french().privacy.sections.len(), 6);
        assert_eq!(english().privacy.sections.len(), 6);
    }

    #[test]
    fn both_languages_say_as_much_and_leave_the_same_places_to_fill() {
        let [french, english] = SOURCES.map(flat);
        assert_eq!(french.keys().collect::<Vec<_>>(), english.keys().collect::<Vec<_>>());
        for (key, text) in &french {
            assert_eq!(places(text), places(&english[key]), "{key}");
        }
    }

    #[test]
    fn french_has_curly_apostrophes_and_spaces_that_do_not_break_before_its_punctuation() {
        for (number, line) in SOURCES[0].lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
            for sign in [" ;", " :", " !", " ?", " »", "« ", " %", "'"] {
                assert!(!line.contains(sign), "line {}: `{sign}` in {line}", number + 1);
            }
        }
    }

    #[test]
    fn english_has_curly_quotes_and_no_space_before_its_punctuation() {
        for (key, text) in flat(SOURCES[1]) {
            for sign in ["'", "\"", "«", "»", " ?", " !", " :", " ;", " %", "\u{a0}", "\u{202f}"] {
                assert!(!text.contains(sign), "{key}: `{sign}` in {text}");
            }
        }
    }

    #[test]
    fn values_take_the_place_of_names() {
        assert_eq!(fill("Étape {step} sur {steps}", &[("step", "5"), ("steps", "48")]), "Étape 5 sur 48");
    }
}
