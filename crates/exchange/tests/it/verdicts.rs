//! Verdicts on questions, one change at a time, over a questionnaire of a few lines.

use std::collections::BTreeMap;

use exchange::Form;
use exchange::compare::Level::{Breaking, Harmless, Identical, ToDecide};
use exchange::compare::{ChangeKind, Comparison, Level, Outline, Presence, compare, table};
use proptest::prelude::*;
use questionnaire::Files;

const QUESTIONNAIRE: &str = r#"
title = "Essai"
languages = ["fr", "en"]

[[retired]]
code = "vieux"
reason = "posée en 2019 avec un autre sens"

[[retired]]
code = "outils.fax"
reason = "n'est plus proposé"

[[dimension]]
code = "D"
label = "Dimension"

[[section]]
code = "A"
title = "Première partie"

[[section.screen]]
code = "un"

[[section.screen.question]]
code = "salarie"
type = "single"
dimension = "D"
text = "Avez-vous des salariés ?"
options = [
  { code = "oui", label = "Oui" },
  { code = "non", label = "Non" },
  { code = "nsp", label = "Ne sait pas" },
]

[[section.screen.question]]
code = "nombre"
type = "integer"
dimension = "D"
text = "Combien ?"
show_if = "salarie in {oui}"
base_label = "organisations employeuses"
min = 1
max = 1000

[[section.screen]]
code = "deux"

[[section.screen.question]]
code = "outils"
type = "multiple"
dimension = "D"
text = "Quels outils ?"
help = "Plusieurs réponses possibles."
show_if = "salarie in {oui,non} and not salarie in {nsp}"
options = [
  { code = "site", label = "Un site", points = 50 },
  { code = "mail", label = "Une messagerie" },
  { code = "aucun", label = "Aucun" },
]
exclusive = ["aucun"]
max_choices = 2

[[section.screen.question]]
code = "usages"
type = "matrix"
dimension = "D"
text = "À quelle fréquence ?"
rows = [
  { code = "visio", label = "La visioconférence" },
  { code = "paie", label = "La paie", show_if = "salarie in {oui}" },
]
options = [
  { code = "souvent", label = "Souvent" },
  { code = "jamais", label = "Jamais" },
]

[[section.screen.question]]
code = "detour"
type = "text"
dimension = "D"
text = "Un mot ?"
rotating = true
max_length = 100
"#;

const ENGLISH: &str = r#"
title = "Trial"

[question.salarie]
text = "Do you have employees?"

[question.salarie.options]
oui = "Yes"
non = "No"
nsp = "Does not know"

[question.nombre]
text = "How many?"
"#;

fn outline(questionnaire: &str, english: &str) -> Outline {
    let files = [("questionnaire.toml", questionnaire), ("translations/en.toml", english)];
    let files: BTreeMap<String, String> =
        files.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    Outline::of_form("e", &Form::read(&Files::new(files)).unwrap())
}

/// Compares the questionnaire with itself after replacements, each of which must be found once.
fn changed(replacements: &[(&str, &str)]) -> Comparison {
    let (mut questionnaire, mut english) = (QUESTIONNAIRE.to_owned(), ENGLISH.to_owned());
    for (from, to) in replacements {
        let found = questionnaire.matches(from).count() + english.matches(from).count();
        assert_eq!(found, 1, "`{from}`");
        questionnaire = questionnaire.replace(from, to);
        english = english.replace(from, to);
    }
    compare(&outline(QUESTIONNAIRE, ENGLISH), &outline(&questionnaire, &english))
}

/// What changed, as `question: kind item language`.
fn said(comparison: &Comparison) -> Vec<String> {
    let mut said = Vec::new();
    for verdict in &comparison.questions {
        if verdict.presence != Presence::Both {
            said.push(format!("{}: {}", verdict.code, verdict.presence.word()));
        }
        for change in &verdict.changes {
            let mut words = format!("{}: {}", verdict.code, change.kind.word());
            for part in [&change.item, &change.language].into_iter().flatten() {
                words = format!("{words} {part}");
            }
            said.push(words);
        }
    }
    said
}

#[track_caller]
fn verdict(replacements: &[(&str, &str)], level: Level, expected: &[&str]) {
    let comparison = changed(replacements);
    assert_eq!(said(&comparison), *expected, "{replacements:?}");
    assert_eq!(comparison.level, level, "{replacements:?}");
}

#[test]
fn wordings_are_told_from_typography_in_each_language() {
    let salaries = "Avez-vous des salariés ?";
    verdict(&[], Identical, &[]);
    verdict(&[(salaries, "Avez-vous des salariés\u{a0}?")], Harmless, &["salarie: retouched fr"]);
    verdict(&[(salaries, "Avez-vous une salariée ?")], ToDecide, &["salarie: reworded fr"]);
    let english = ("Do you have employees?", "Do you employ anyone?");
    verdict(&[english], ToDecide, &["salarie: reworded en"]);
    verdict(&[(salaries, "Qui ?"), english], ToDecide, &["salarie: reworded en", "salarie: reworded fr"]);
    let help = "Plusieurs réponses possibles.";
    verdict(&[(help, "Deux réponses au plus.")], Harmless, &["outils: help changed fr"]);
    verdict(&[(&format!("help = \"{help}\"\n"), "")], Harmless, &["outils: help changed fr"]);
    verdict(&[("organisations employeuses", "toutes")], Harmless, &["nombre: words for the base changed fr"]);
}

#[test]
fn a_base_is_compared_by_what_it_means() {
    let outils = "salarie in {oui,non} and not salarie in {nsp}";
    verdict(&[(outils, "not salarie in {nsp} and salarie  in { non, oui }")], Identical, &[]);
    verdict(&[(outils, "salarie in {oui,non}")], Breaking, &["outils: base changed"]);
    let nombre = "show_if = \"salarie in {oui}\"\nbase";
    verdict(&[(nombre, "show_if = \"salarie in {oui,nsp}\"\nbase")], Breaking, &["nombre: base changed"]);
    verdict(&[(nombre, "base")], Breaking, &["nombre: base changed"]);
}

#[test]
fn answers_are_compared_one_by_one() {
    let nsp = "  { code = \"nsp\", label = \"Ne sait pas\" },\n";
    let added = format!("{nsp}  {{ code = \"bientot\", label = \"Bientôt\" }},\n");
    verdict(&[(nsp, &added)], ToDecide, &["salarie: answer added bientot"]);
    verdict(&[(nsp, "")], Breaking, &["salarie: answer removed nsp"]);
    let first = "  { code = \"oui\", label = \"Oui\" },\n";
    let swapped = format!("{nsp}{first}");
    verdict(&[(nsp, ""), (first, &swapped)], ToDecide, &["salarie: answers reordered"]);
    let label = "label = \"Ne sait pas\"";
    verdict(&[(label, "label = \"Je ne sais pas\"")], ToDecide, &["salarie: answer relabelled nsp fr"]);
    verdict(&[(label, "label = \"Ne sait pas.\"")], Harmless, &["salarie: answer retouched nsp fr"]);
    verdict(
        &[("nsp = \"Does not know\"", "nsp = \"Unsure\"")],
        ToDecide,
        &["salarie: answer relabelled nsp en"],
    );
    verdict(&[("points = 50", "points = 40")], ToDecide, &["outils: points changed site"]);
    verdict(
        &[("\"Un site\",", "\"Un site\", show_if = \"salarie in {oui}\",")],
        ToDecide,
        &["outils: answer offered to others site"],
    );
    verdict(&[("exclusive = [\"aucun\"]\n", "")], ToDecide, &["outils: rule of an answer changed aucun"]);
    verdict(
        &[("code = \"mail\"", "code = \"fax\"")],
        Breaking,
        &["outils: answer removed mail", "outils: retired answer code used again fax"],
    );
}

#[test]
fn rows_are_compared_one_by_one() {
    let visio = "  { code = \"visio\", label = \"La visioconférence\" },\n";
    verdict(&[(visio, "")], Breaking, &["usages: row removed visio"]);
    let added = format!("  {{ code = \"banque\", label = \"La banque\" }},\n{visio}");
    verdict(&[(visio, &added)], ToDecide, &["usages: row added banque"]);
    verdict(&[("La paie", "Les salaires")], ToDecide, &["usages: row relabelled paie fr"]);
    verdict(
        &[("\"La paie\", show_if = \"salarie in {oui}\"", "\"La paie\"")],
        Breaking,
        &["usages: base of a row changed paie"],
    );
    verdict(&[("\"La paie\",", "\"La paie\", group = \"g\",")], Harmless, &["usages: moved paie"]);
}

#[test]
fn types_limits_and_rules_are_compared() {
    let kind = "code = \"outils\"\ntype = \"multiple\"";
    verdict(&[(kind, "code = \"outils\"\ntype = \"single\"")], Breaking, &["outils: type changed"]);
    verdict(&[("max_choices = 2", "max_choices = 3")], ToDecide, &["outils: limit changed max_choices"]);
    verdict(&[("max_choices = 2\n", "")], ToDecide, &["outils: limit changed max_choices"]);
    verdict(&[("min = 1\n", "min = 0\n")], ToDecide, &["nombre: limit changed min"]);
    verdict(&[("max = 1000", "max = 2000")], ToDecide, &["nombre: limit changed max"]);
    let text = "text = \"Quels outils ?\"";
    let required = format!("{text}\nrequired = true");
    verdict(&[(text, &required)], ToDecide, &["outils: obligation to answer changed"]);
    let score = format!("{text}\nscore = \"multi_cap100\"");
    verdict(&[(text, &score)], ToDecide, &["outils: score rule changed"]);
    let source = format!("{text}\noptions_from = \"salarie\"");
    verdict(&[(text, &source)], ToDecide, &["outils: source of answers changed"]);
}

#[test]
fn what_comes_goes_moves_or_comes_back_is_named() {
    let screen = "[[section.screen]]\ncode = \"deux\"";
    let section = format!("[[section]]\ncode = \"B\"\ntitle = \"Seconde partie\"\n\n{screen}");
    verdict(&[(screen, &section)], Harmless, &["outils: moved", "usages: moved", "detour: moved"]);
    verdict(&[("code = \"nombre\"", "code = \"effectif\"")], Breaking, &["nombre: gone", "effectif: new"]);
    // A rotating question is expected to come and go.
    verdict(&[("code = \"detour\"", "code = \"autre\"")], Harmless, &["autre: rotated", "detour: rotated"]);
    verdict(&[("rotating = true\n", "")], Harmless, &["detour: rotation changed"]);
    verdict(
        &[("code = \"nombre\"", "code = \"vieux\"")],
        Breaking,
        &["vieux: retired code used again", "nombre: gone"],
    );
}

#[test]
fn a_wording_changed_in_one_language_is_not_seen_in_the_other() {
    let (old, new) = (
        outline(QUESTIONNAIRE, ENGLISH),
        outline(QUESTIONNAIRE, &ENGLISH.replace("How many?", "What number?")),
    );
    assert_eq!(compare(&old, &new).level, Level::ToDecide);
    let in_language =
        |language| compare(&old.in_language(language).unwrap(), &new.in_language(language).unwrap());
    assert_eq!(in_language("fr").level, Level::Identical);
    assert_eq!(in_language("en").counts.reworded, BTreeMap::from([("en".to_owned(), 1)]));
    assert!(old.in_language("de").is_none());
}

#[test]
fn a_question_that_crosses_many_is_the_one_that_moved() {
    let (old, mut new) = (outline(QUESTIONNAIRE, ENGLISH), outline(QUESTIONNAIRE, ENGLISH));
    for question in &mut new.questions {
        "un".clone_into(&mut question.screen);
    }
    let old = Outline { questions: new.questions.clone(), ..old };
    let first = new.questions.remove(0);
    new.questions.push(first);
    assert_eq!(said(&compare(&old, &new)), ["salarie: moved"]);
}

#[test]
fn the_reason_of_the_retirement_is_in_the_alarm() {
    let comparison = changed(&[("code = \"nombre\"", "code = \"vieux\"")]);
    let verdict = comparison.verdict("vieux").unwrap();
    assert_eq!(verdict.retired.as_deref(), Some("posée en 2019 avec un autre sens"));
    assert!(
        table(&comparison)
            .contains("vieux  retired code used again (retired: posée en 2019 avec un autre sens)")
    );
}

#[test]
fn the_table_shows_what_changed_and_nothing_else() {
    let comparison = changed(&[
        ("Avez-vous des salariés ?", "Employez-vous quelqu'un ?"),
        ("Do you have employees?", "Do you have employees"),
        ("  { code = \"mail\", label = \"Une messagerie\" },\n", ""),
        ("max = 1000", "max = 2000"),
        ("code = \"detour\"", "code = \"autre\""),
    ]);
    insta::assert_snapshot!(table(&comparison));
}

#[test]
fn the_json_has_a_stable_shape() {
    let comparison = changed(&[("label = \"Ne sait pas\"", "label = \"Je ne sais pas\"")]);
    let mut value = serde_json::to_value(&comparison).unwrap();
    value["questions"].as_array_mut().unwrap().truncate(2);
    insta::assert_json_snapshot!(value);
}

/// The kind that a change has when the two sides change places.
fn mirrored(kind: ChangeKind) -> ChangeKind {
    match kind {
        ChangeKind::OptionsAdded => ChangeKind::OptionsRemoved,
        ChangeKind::OptionsRemoved => ChangeKind::OptionsAdded,
        ChangeKind::RowsAdded => ChangeKind::RowsRemoved,
        ChangeKind::RowsRemoved => ChangeKind::RowsAdded,
        other => other,
    }
}

/// Sorted facts of a comparison, read from one side or from the other.
fn facts(comparison: &Comparison, is_mirrored: bool) -> Vec<String> {
    let mut facts = Vec::new();
    for verdict in &comparison.questions {
        let presence = match (verdict.presence, is_mirrored) {
            (Presence::New, true) => Presence::Gone,
            (Presence::Gone, true) => Presence::New,
            (presence, _) => presence,
        };
        facts.push(format!("{} {presence:?}", verdict.code));
        for change in &verdict.changes {
            let kind = if is_mirrored { mirrored(change.kind) } else { change.kind };
            let (old, new) =
                if is_mirrored { (&change.new, &change.old) } else { (&change.old, &change.new) };
            let (item, language) = (&change.item, &change.language);
            facts.push(format!("{} {kind:?} {item:?} {language:?} {old:?} {new:?}", verdict.code));
        }
    }
    facts.sort();
    facts
}

/// One edit of an outline.
fn edit(outline: &mut Outline, what: u8, place: usize) {
    let Some(count) = Some(outline.questions.len()).filter(|count| *count > 0) else { return };
    let index = place % count;
    if what == 0 {
        outline.questions.remove(index);
        return;
    }
    if what == 1 {
        let question = outline.questions.remove(index);
        outline.questions.insert((place / 7) % count, question);
        return;
    }
    let question = &mut outline.questions[index];
    let items = if question.rows.is_empty() { &mut question.options } else { &mut question.rows };
    match what {
        2 => question.code.push('2'),
        3 => question.texts.values_mut().for_each(|text| text.push_str(" ici")),
        4 => question.kind.push('2'),
        5 => question.show_if = None,
        6 => question.screen.push('2'),
        7 => question.is_required ^= true,
        8 if !items.is_empty() => {
            items.remove(place % items.len());
        }
        9 if !items.is_empty() => {
            let last = items.len() - 1;
            items.swap(place % (last + 1), last);
        }
        10 if !items.is_empty() => {
            let at = place % items.len();
            items[at].points = Some(f64::from(u8::try_from(place % 100).unwrap()));
        }
        11 if !items.is_empty() => {
            let at = place % items.len();
            items[at].code.push('2');
        }
        _ => {
            question.limits.insert("max".to_owned(), place.to_string());
        }
    }
}

proptest! {
    #[test]
    fn a_definition_is_identical_to_itself_and_two_are_as_far_from_each_side(
        left in prop::collection::vec((0_u8..13, 0_usize..1000), 0..6),
        right in prop::collection::vec((0_u8..13, 0_usize..1000), 0..6),
    ) {
        let base = Outline { retired: BTreeMap::new(), ..outline(QUESTIONNAIRE, ENGLISH) };
        let (mut old, mut new) = (base.clone(), base);
        for (what, place) in left {
            edit(&mut old, what, place);
        }
        for (what, place) in right {
            edit(&mut new, what, place);
        }
        for one in [&old, &new] {
            let same = compare(one, one);
            prop_assert_eq!(same.level, Level::Identical);
            prop_assert!(facts(&same, false).iter().all(|fact| fact.ends_with(" Both")));
        }
        prop_assert_eq!(facts(&compare(&old, &new), false), facts(&compare(&new, &old), true));
    }
}
