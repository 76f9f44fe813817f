//! Whom a change of the real questionnaire touches, and whether it harms them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use exchange::Form;
use exchange::impact::{Change, Given, Impact, Touched, Version, impact};
use questionnaire::{Answer, Answers, Edition, Files, Identifier};

use crate::surveys::files_2026;

const QUESTIONNAIRE: &str = "questionnaire.toml";

struct Definition {
    edition: Edition,
    form: Form,
}

impl Definition {
    fn version(&self) -> Version<'_> {
        Version { edition: &self.edition, form: &self.form }
    }
}

static ASKED_TEXT: LazyLock<String> = LazyLock::new(|| files_2026().text(QUESTIONNAIRE).unwrap().to_owned());
static ASKED: LazyLock<Definition> = LazyLock::new(|| with(&[]));

/// The definition in French alone, with these passages of a file replaced.
fn with(edits: &[(&str, &str, &str)]) -> Definition {
    let mut files = all_files();
    files.retain(|name, _| !name.starts_with("translations/") && name != "texts/en.toml");
    let text = files.get_mut(QUESTIONNAIRE).unwrap();
    *text = text.replace("languages = [\"fr\", \"en\"]", "languages = [\"fr\"]");
    edited(files, edits)
}

fn all_files() -> BTreeMap<String, String> {
    files_2026().iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
}

fn edited(mut files: BTreeMap<String, String>, edits: &[(&str, &str, &str)]) -> Definition {
    for (file, from, to) in edits {
        let text = files.get_mut(*file).unwrap();
        assert_eq!(text.matches(from).count(), 1, "`{from}` is once in {file}");
        *text = text.replace(from, to);
    }
    let files = Files::new(files);
    let edition = Edition::parse("maturite-numerique", "2026", &files).unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(|p| format!("{p}\n")).collect::<String>())
    });
    Definition { edition, form: Form::read(&files).unwrap() }
}

/// What this edit of the questionnaire does.
fn of(from: &str, to: &str) -> Vec<Impact> {
    with_records(&with(&[(QUESTIONNAIRE, from, to)]))
}

/// An employer who sent, one without employees who sent, and an employer who stopped after the screen `portage`.
fn with_records(next: &Definition) -> Vec<Impact> {
    let early = Answers::new()
        .with("cst_participation", Answer::text("oui"))
        .with("org_ident", Answer::Identifier(Identifier { kind: "aucun".to_owned(), value: None }))
        .with("org_nom", Answer::text("Les Amis de l’été"))
        .with("org_commune", Answer::text("35238"))
        .with("org_statut", Answer::text("asso_1901"))
        .with("org_salaries", Answer::Integer(12))
        .with("str_importance", Answer::text("important"))
        .with("str_portage", Answer::multiple(["benevole"]));
    let sent = early
        .clone()
        .with("usg_outils", Answer::matrix([("compta", "regulier"), ("rh", "non")]))
        .with("frn_liste", Answer::multiple(["temps", "outils", "offre"]))
        .with("frn_principal", Answer::text("outils"));
    let alone = sent.clone().with("org_salaries", Answer::Integer(0)).with("ia_usage", Answer::text("non"));
    let edition = &ASKED.edition;
    let given = [
        Given { edition, is_submitted: true, answers: &sent, last_screen: None },
        Given { edition, is_submitted: true, answers: &alone, last_screen: None },
        Given { edition, is_submitted: false, answers: &early, last_screen: Some("portage") },
    ];
    impact(ASKED.version(), next.version(), &given)
}

fn touched(responses: usize, drafts: usize) -> Touched {
    Touched { drafts, responses }
}

/// The one impact on this place.
fn on<'a>(impacts: &'a [Impact], place: &str) -> &'a Impact {
    let found: Vec<&Impact> = impacts.iter().filter(|impact| impact.place == place).collect();
    assert_eq!(found.len(), 1, "one impact on {place}: {impacts:#?}");
    found[0]
}

const NEW: &str = r#"[[section.screen]]
code = "veille"

[[section.screen.question]]
code = "str_veille"
type = "single"
dimension = "STR"
text = "Suivez-vous l'actualité du numérique ?"
options = [{ code = "oui", label = "Oui" }, { code = "non", label = "Non" }]
"#;

/// Before the screen `apports`, which the draft has not reached.
const BEFORE: &str = "[[section.screen]]\ncode = \"apports\"\n";

#[test]
fn the_same_definition_changes_nothing() {
    let impacts = with_records(&ASKED);
    assert_eq!(impacts.len(), 1);
    assert_eq!((&impacts[0].change, impacts[0].is_harmful()), (&Change::Nothing, false));
}

#[test]
fn a_typing_error_put_right_is_harmless_and_names_both_texts() {
    let impacts = of("Quels sont vos principaux freins", "Quels sont, s'il y en a, vos principaux freins");
    let impact = on(&impacts, "frn_liste");
    assert_eq!((impacts.len(), impact.is_harmful()), (1, false));
    assert_eq!(impact.touched, touched(2, 0), "the draft did not get that far");
    let said = impact.change.to_string();
    assert!(said.starts_with("text (fr): “Quels sont") && said.contains("-> “Quels"), "{said}");
    assert!(!impact.depends_on_answers());
    let label = of("\"Le manque de temps\"", "\"Manquer de temps\"");
    assert!(!on(&label, "frn_liste.temps").is_harmful());
}

#[test]
fn a_new_question_is_harmless_unless_it_is_required_or_scored() {
    let optional = of(BEFORE, &format!("{NEW}optional = true\n\n{BEFORE}"));
    let found = on(&optional, "str_veille");
    assert_eq!(found.change, Change::QuestionAdded { is_required: false, is_scored: false });
    assert_eq!((found.touched, found.is_harmful()), (touched(2, 1), false));
    assert_eq!(optional.len(), 1, "the questions after it have not moved: {optional:#?}");

    let required = of(BEFORE, &format!("{NEW}required = true\n\n{BEFORE}"));
    assert!(on(&required, "str_veille").is_harmful());
    let points = NEW.replace("label = \"Oui\"", "label = \"Oui\", points = 100");
    let points = points.replace("label = \"Non\"", "label = \"Non\", points = 0");
    let scored = of(BEFORE, &format!("{points}score = \"single\"\n\n{BEFORE}"));
    assert!(on(&scored, "str_veille").is_harmful());
}

#[test]
fn a_new_option_is_harmful_to_who_answered_without_it() {
    let impacts = of(
        "{ code = \"publics\", label = \"Des publics éloignés du numérique\" },",
        "{ code = \"publics\", label = \"Des publics éloignés du numérique\" },\n  { code = \"prix\", label = \"Les prix\" },",
    );
    let found = on(&impacts, "frn_liste.prix");
    assert_eq!((found.touched, found.is_harmful()), (touched(2, 0), true));
    assert!(found.depends_on_answers());
}

#[test]
fn an_option_is_missed_by_who_chose_it_alone() {
    // Nobody answered the question, though three were asked it.
    let unchosen = of("code = \"resp_numerique\"", "code = \"referent\"");
    let found = on(&unchosen, "org_repondant.resp_numerique");
    assert_eq!((found.touched, found.is_harmful()), (touched(0, 0), false));
    assert!(found.depends_on_answers(), "an answer that comes meanwhile may choose it");
    assert!(!on(&unchosen, "org_repondant.referent").is_harmful());
    let chosen =
        of("  { code = \"benevole\", label = \"Un·e bénévole (ou quelques-uns)\", points = 20 },\n", "");
    let found = on(&chosen, "str_portage.benevole");
    assert_eq!((found.touched, found.is_harmful()), (touched(2, 1), true));
    // Recoded: gone, and new.
    let recoded =
        of("code = \"benevole\", label = \"Un·e bénévole", "code = \"benevolat\", label = \"Un·e bénévole");
    assert!(on(&recoded, "str_portage.benevole").is_harmful());
    assert!(on(&recoded, "str_portage.benevolat").is_harmful());
    assert!(recoded[0].is_harmful(), "harmful ones come first");
}

#[test]
fn another_type_is_harmful_to_who_was_asked() {
    let type_of = |kind: &str| format!("code = \"org_repondant\"\ntype = \"{kind}\"");
    let impacts = of(&type_of("single"), &type_of("multiple"));
    let found = on(&impacts, "org_repondant");
    assert_eq!(found.change, Change::TypeChanged { from: "single", to: "multiple" });
    assert_eq!((found.touched, found.is_harmful()), (touched(2, 1), true));
}

#[test]
fn a_base_is_narrowed_for_who_answered_and_widened_for_who_was_not_asked() {
    let employers = "group = \"gerer\", show_if = \"org_salaries >= 1\"";
    let narrowed = of(employers, "group = \"gerer\", show_if = \"org_salaries >= 20\"");
    let found = on(&narrowed, "usg_outils.rh");
    assert!(matches!(found.change, Change::BaseNarrowed { .. }));
    assert_eq!((found.touched, found.is_harmful()), (touched(1, 0), true), "twelve employees, and none");
    let widened = of(employers, "group = \"gerer\", show_if = \"org_salaries >= 0\"");
    let found = on(&widened, "usg_outils.rh");
    assert!(matches!(found.change, Change::BaseWidened { .. }));
    assert_eq!((found.touched, found.is_harmful()), (touched(1, 0), false));
    assert!(found.depends_on_answers(), "who answers meanwhile may be asked less");
}

#[test]
fn limits_are_harmful_to_the_answers_beyond_them() {
    let fewer = of(
        "max_choices = 3\ncomparable = \"Contribution SOGA 2025\u{a0}: financement 39",
        "max_choices = 2\ncomparable = \"Contribution SOGA 2025\u{a0}: financement 39",
    );
    let found = on(&fewer, "frn_liste");
    assert_eq!((&found.change, found.touched, found.is_harmful()), (&Change::Limits, touched(2, 0), true));
    let more = of(
        "max_choices = 3\ncomparable = \"Contribution SOGA 2025\u{a0}: financement 39",
        "max_choices = 4\ncomparable = \"Contribution SOGA 2025\u{a0}: financement 39",
    );
    assert!(!on(&more, "frn_liste").is_harmful());
    let lower = of("max = 200000", "max = 10");
    assert_eq!(on(&lower, "org_salaries").touched, touched(1, 1));
}

#[test]
fn a_blank_becomes_harmful_once_an_answer_is_required() {
    let impacts = of("code = \"org_benevoles\"\n", "code = \"org_benevoles\"\nrequired = true\n");
    let found = on(&impacts, "org_benevoles");
    assert_eq!((&found.change, found.touched), (&Change::Required, touched(2, 1)));
    assert!(found.is_harmful());
}

#[test]
fn what_nobody_was_asked_may_go() {
    let next = with(&[(QUESTIONNAIRE, BEFORE, &format!("{NEW}\n{BEFORE}"))]);
    let edition = &next.edition;
    let answers = Answers::new().with("cst_participation", Answer::text("oui"));
    let reached = |last_screen| Given { edition, is_submitted: false, answers: &answers, last_screen };
    let back = |given: &[Given<'_>]| impact(next.version(), ASKED.version(), given);
    let unseen = back(&[reached(Some("portage"))]);
    assert!(!on(&unseen, "str_veille").is_harmful());
    let seen = back(&[reached(Some("veille"))]);
    assert_eq!(on(&seen, "str_veille").touched, touched(0, 1), "seen, and left blank");
    assert!(on(&seen, "str_veille").is_harmful());
}

#[test]
fn another_order_touches_drafts_alone_and_harms_nobody() {
    let first = "{ code = \"b1_9\", label = \"1 à 9\" },\n  { code = \"b10_49\", label = \"10 à 49\" },";
    let second = "{ code = \"b10_49\", label = \"10 à 49\" },\n  { code = \"b1_9\", label = \"1 à 9\" },";
    let options = of(first, second);
    assert_eq!(on(&options, "org_benevoles").change, Change::OptionsReordered);
    assert!(!options[0].is_harmful());
    let text = files_2026().text(QUESTIONNAIRE).unwrap().to_owned();
    let start = text.find("[[section.screen]]\ncode = \"priorites\"").unwrap();
    let end = start + text[start..].find("[[section.screen]]\ncode = \"crise\"").unwrap();
    let priorities = &text[start..end];
    let moved =
        with(&[(QUESTIONNAIRE, priorities, ""), (QUESTIONNAIRE, BEFORE, &format!("{priorities}{BEFORE}"))]);
    let impacts = with_records(&moved);
    let found = on(&impacts, "questionnaire");
    assert_eq!((&found.change, found.touched), (&Change::Reordered, touched(0, 1)));
    assert!(!found.is_harmful());
}

#[test]
fn a_response_is_weighed_by_the_version_it_was_given_under() {
    // A question that is taken away again harms those who were asked it, and not those who had sent before.
    let with_new = with(&[(QUESTIONNAIRE, BEFORE, &format!("{NEW}\n{BEFORE}"))]);
    let answers = Answers::new().with("cst_participation", Answer::text("oui"));
    let sent = |edition| Given { edition, is_submitted: true, answers: &answers, last_screen: None };
    let both = [sent(&ASKED.edition), sent(&with_new.edition)];
    let impacts = impact(with_new.version(), ASKED.version(), &both);
    assert_eq!(on(&impacts, "str_veille").touched, touched(1, 0));
}

#[test]
fn points_are_computed_anew_for_everyone() {
    let impacts = of(
        "{ code = \"benevole\", label = \"Un·e bénévole (ou quelques-uns)\", points = 20",
        "{ code = \"benevoles\", points = 5, label = \"Quelques bénévoles\"",
    );
    let found = on(&impacts, "str_portage");
    assert_eq!((&found.change, found.is_harmful()), (&Change::Scoring, false));
}

#[test]
fn a_text_that_changes_in_one_language_is_named_with_it() {
    let both = edited(all_files(), &[]);
    let edit = ("translations/en.toml", "temps = \"Lack of time\"", "temps = \"Too little time\"");
    let next = edited(all_files(), &[edit]);
    let impacts = impact(both.version(), next.version(), &[]);
    let found = on(&impacts, "frn_liste.temps");
    assert_eq!(found.change.to_string(), "label (en): “Lack of time” -> “Too little time”");
    assert!(!found.is_harmful() && impacts.len() == 1, "{impacts:#?}");
    // A language is one change and not a thousand.
    let translated = impact(ASKED.version(), both.version(), &[]);
    let added = Change::Language { language: "en".to_owned(), is_added: true };
    assert_eq!((translated.len(), &translated[0].change), (1, &added));
}

#[test]
fn an_answer_that_is_not_offered_any_more_is_lost() {
    // « outils » was chosen by somebody with twelve employees, and by somebody with none.
    let impacts = of(
        "{ code = \"outils\", label = \"Outils inadaptés\" }",
        "{ code = \"outils\", label = \"Outils inadaptés\", show_if = \"org_salaries >= 1\" }",
    );
    let found = on(&impacts, "frn_principal");
    assert_eq!((&found.change, found.touched, found.is_harmful()), (&Change::Limits, touched(1, 0), true));
}

#[test]
fn a_check_that_refuses_harms_the_answers_that_it_refuses() {
    let check = |severity: &str| {
        format!(
            "[[check]]\ncode = \"freins_salaries\"\nwhen = \"org_salaries >= 10 and frn_liste has_any {{temps}}\"\n\
             message = \"Est-ce exact\u{a0}?\"\nseverity = \"{severity}\"\n\n"
        )
    };
    let text = ASKED_TEXT.as_str();
    let first = text.find("[[check]]").unwrap();
    let head = &text[first..first + text[first..].find("when").unwrap()];
    let warns = of(head, &format!("{}{head}", check("warning")));
    assert!(warns.iter().all(|impact| !impact.is_harmful()), "{warns:#?}");
    assert!(warns.iter().any(|impact| impact.change == Change::Check && impact.depends_on_answers()));
    let refuses = of(head, &format!("{}{head}", check("error")));
    assert_eq!(on(&refuses, "frn_liste").touched, touched(1, 0), "{refuses:#?}");
    assert!(on(&refuses, "frn_liste").is_harmful());
}
