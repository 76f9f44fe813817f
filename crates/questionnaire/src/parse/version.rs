//! The version of what is asked: what a response is given under.
//!
//! It changes when anything changes that a respondent sees or that decides the path: the questionnaire, its
//! translations, the list of networks when it is asked, and the derived variables that conditions of the questionnaire
//! read. It stays the same when an indicator, the plan or a reference changes: these are computed from what was asked.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::Files;

const QUESTIONNAIRE: &str = "questionnaire.toml";
const NETWORKS: &str = "nomenclatures/reseaux.csv";

/// The version of these files, in hexadecimal. It is the digest of `questionnaire.toml` when that is all there is.
pub(super) fn version(files: &Files) -> String {
    let text = files.text(QUESTIONNAIRE).unwrap_or_default();
    let mut hasher = Sha256::new();
    hasher.update(text);
    let mut add = |name: &str, text: &str| {
        for part in [name, text] {
            hasher.update([0]);
            hasher.update(part);
        }
    };
    for (name, text) in files.iter().filter(|(name, _)| name.starts_with("translations/")) {
        add(name, text);
    }
    if text.lines().any(|line| line.trim_start().starts_with("list")) {
        add(NETWORKS, files.text(NETWORKS).unwrap_or_default());
    }
    for (name, rule) in routing_variables(text, files.text("indicators.toml").unwrap_or_default()) {
        add(&name, &rule);
    }
    hasher.finalize().iter().fold(String::new(), |mut hexadecimal, byte| {
        write!(hexadecimal, "{byte:02x}").expect("a String takes all that is written");
        hexadecimal
    })
}

/// The derived variables that the questionnaire reads, and those that these read, with the text of their rules.
fn routing_variables(questionnaire: &str, indicators: &str) -> Vec<(String, String)> {
    const PREFIX: &str = "derived.";
    // Nearly every questionnaire is done here, and nothing is parsed twice.
    if !questionnaire.contains(PREFIX) {
        return Vec::new();
    }
    let Ok(table) = indicators.parse::<toml::Table>() else { return Vec::new() };
    let mut rules: Vec<(String, String)> = Vec::new();
    for derived in table.get("derived").and_then(toml::Value::as_array).into_iter().flatten() {
        if let Some(name) = derived.get("name").and_then(toml::Value::as_str) {
            rules.push((name.to_owned(), derived.to_string()));
        }
    }
    // A score is no table of its own: it follows from the rules of all scores.
    let scoring = table.get("score").map(ToString::to_string).unwrap_or_default();
    let words = |text: &str| -> BTreeSet<String> {
        text.split(|letter: char| !is_of_a_name(letter)).map(str::to_owned).collect()
    };
    let mut waiting: BTreeSet<String> = questionnaire
        .match_indices(PREFIX)
        .filter_map(|(at, _)| questionnaire[at + PREFIX.len()..].split(|letter| !is_of_a_name(letter)).next())
        .map(str::to_owned)
        .collect();
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    while let Some(name) = waiting.pop_first() {
        if !seen.insert(name.clone()) {
            continue;
        }
        if let Some((_, rule)) = rules.iter().find(|(code, _)| *code == name) {
            // Any word of a rule that is a variable's name is taken for one: a rule too many changes nothing that is
            // asked, one too few would let the path change without a version.
            waiting.extend(words(rule).into_iter().filter(|word| rules.iter().any(|(code, _)| code == word)));
            found.push((format!("derived.{name}"), rule.clone()));
        } else if name.starts_with("score_") || name == "indice" {
            found.push((format!("derived.{name}"), scoring.clone()));
        }
    }
    found
}

fn is_of_a_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(files: &[(&str, &str)]) -> String {
        version(&Files::new(
            files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(),
        ))
    }

    #[test]
    fn a_questionnaire_alone_is_known_by_its_digest() {
        // printf abc | sha256sum
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(of(&[(QUESTIONNAIRE, "abc"), ("indicators.toml", "x"), ("plan.toml", "y")]), digest);
    }

    #[test]
    fn translations_and_the_list_of_networks_are_part_of_what_is_asked() {
        let asked =
            [(QUESTIONNAIRE, "list = \"reseaux\""), (NETWORKS, "a"), ("translations/en.toml", "x = 1")];
        let with = |name: &str, text: &'static str| {
            let mut files = asked;
            for file in &mut files {
                if file.0 == name {
                    file.1 = text;
                }
            }
            of(&files)
        };
        assert_ne!(of(&asked), with("translations/en.toml", "x = 2"));
        assert_ne!(of(&asked), with(NETWORKS, "b"));
        let without = |list| of(&[(QUESTIONNAIRE, "abc"), (NETWORKS, list)]);
        assert_eq!(without("a"), without("b"), "a list that is not asked is no part of it");
    }

    #[test]
    fn a_derived_variable_counts_when_a_condition_reads_it_however_far() {
        let asked = "show_if = \"derived.a in {x}\"";
        let rules = |a: &str, b: &str, c: &str| {
            let text = format!(
                "[[derived]]\nname = \"a\"\nwhen = \"{a}\"\n[[derived]]\nname = \"b\"\nwhen = \"{b}\"\n\
                 [[derived]]\nname = \"c\"\nwhen = \"{c}\"\n"
            );
            of(&[(QUESTIONNAIRE, asked), ("indicators.toml", &text)])
        };
        let first = rules("derived.b in {x}", "q >= 1", "q >= 1");
        assert_eq!(first, rules("derived.b in {x}", "q >= 1", "q >= 2"), "nobody reads c");
        assert_ne!(first, rules("derived.b in {y}", "q >= 1", "q >= 1"));
        assert_ne!(first, rules("derived.b in {x}", "q >= 2", "q >= 1"), "a reads b");
    }

    #[test]
    fn a_score_that_routes_brings_the_rules_of_scores() {
        let scored = |share: &str| {
            let text = format!("[score]\nleast_items_share = {share}\n");
            of(&[(QUESTIONNAIRE, "show_if = \"derived.indice > 5\""), ("indicators.toml", &text)])
        };
        assert_ne!(scored("0.5"), scored("0.6"));
    }
}
