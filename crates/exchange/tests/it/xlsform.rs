//! XLSForm both ways.

use crate::respondents::files_rich;
use crate::surveys::{edition, files_2026, files_directory, files_small};
use crate::workbooks::{Sheets, small};
use exchange::Form;
use exchange::xlsform::{export, import};

#[test]
fn every_questionnaire_survives_the_workbook() {
    for files in [files_2026(), files_directory(), files_small(), files_rich()] {
        let form = Form::read(&files).unwrap();
        let workbook = export(&form, &edition(&files)).unwrap();
        let read = import(&workbook, "form.xlsx").unwrap();
        assert_eq!(read.losses, []);
        assert_eq!(read.form, form);
        assert_eq!(
            export(&read.form, &edition(&files)).unwrap(),
            workbook,
            "the same bytes for the same form"
        );
    }
}

fn exported() -> Sheets {
    let files = files_2026();
    Sheets::read(&export(&Form::read(&files).unwrap(), &edition(&files)).unwrap())
}

fn question<'f>(form: &'f Form, code: &str) -> &'f exchange::form::Question {
    form.questions().find(|question| question.code == code).unwrap()
}

#[track_caller]
fn refused(sheets: &Sheets, address: &str, words: &[&str]) {
    let faults = import(&sheets.write(), "form.xlsx").unwrap_err();
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let fault = faults.iter().find(|fault| fault.address() == address);
    let fault = fault.unwrap_or_else(|| panic!("no fault at {address}: {said:#?}"));
    for word in words {
        assert!(fault.message.contains(word), "{address} should say {word:?}: {said:#?}");
    }
}

#[test]
fn a_person_changes_a_label_and_adds_a_question_with_plain_columns_only() {
    let mut sheets = exported();
    sheets.set("survey", "org_nom", "label::Français (fr)", "Le nom de votre organisation");
    sheets.insert(
        "survey",
        Some("org_benevoles"),
        &[
            ("type", "select_one oui_non"),
            ("name", "org_locaux"),
            ("label::Français (fr)", "Avez-vous des locaux ?"),
            ("label::English (en)", "Do you have premises?"),
            ("relevant", "selected(${org_statut}, 'scop') or ${org_statut} = 'scic'"),
            ("required", "yes"),
        ],
    );
    for (code, french, english) in [("oui", "Oui", "Yes"), ("non", "Non", "No")] {
        let cells = [
            ("list_name", "oui_non"),
            ("name", code),
            ("label::Français (fr)", french),
            ("label::English (en)", english),
        ];
        sheets.insert("choices", None, &cells);
    }
    let read = import(&sheets.write(), "form.xlsx").unwrap();
    assert_eq!(read.losses, []);
    let mut expected = Form::read(&files_2026()).unwrap();
    assert_eq!(question(&read.form, "org_nom").text, "Le nom de votre organisation");
    let added = question(&read.form, "org_locaux").clone();
    assert_eq!(added.kind, "single");
    assert_eq!(added.show_if.as_deref(), Some("org_statut in {scop,scic}"));
    assert_eq!(added.dimension, "GEN");
    assert!(added.required);
    assert_eq!(added.options.len(), 2);
    assert_eq!(read.form.translations["en"].get("question.org_locaux.text"), Some("Do you have premises?"));
    assert_eq!(read.form.translations["en"].get("question.org_locaux.options.oui"), Some("Yes"));
    // Nothing else has moved.
    let screen = expected.sections[1].screens.iter_mut().find(|screen| screen.code == "equipe").unwrap();
    screen.questions.insert(1, added);
    expected.dimensions.push(read.form.dimensions.last().unwrap().clone());
    let nom = expected.sections[1].screens.iter_mut().find(|screen| screen.code == "nom").unwrap();
    "Le nom de votre organisation".clone_into(&mut nom.questions[0].text);
    assert_eq!(read.form.sections, expected.sections);
    assert_eq!(read.form.dimensions, expected.dimensions);
}

#[test]
fn the_condition_that_was_edited_wins_whichever_of_the_two_it_is() {
    let mut sheets = exported();
    sheets.set("survey", "eqp_cloud_payant", "relevant", "selected(${eqp_cloud}, 'crm')");
    sheets.set("survey", "usg_outils__rh", "barometre_show_if", "org_salaries >= 5");
    sheets.set("survey", "esn_familles", "relevant", "");
    let read = import(&sheets.write(), "form.xlsx").unwrap();
    assert_eq!(question(&read.form, "eqp_cloud_payant").show_if.as_deref(), Some("eqp_cloud has_any {crm}"));
    assert_eq!(question(&read.form, "esn_familles").show_if, None);
    let rows = &question(&read.form, "usg_outils").rows;
    let row = rows.iter().find(|row| row.code == "rh").unwrap();
    assert_eq!(row.show_if.as_deref(), Some("org_salaries >= 5"));
    assert_eq!(read.losses.len(), 2, "what gave way is named: {:#?}", read.losses);

    let mut sheets = exported();
    sheets.set("survey", "esn_familles", "relevant", "selected(${esn_acteur}, 'non')");
    sheets.set("survey", "esn_familles", "barometre_show_if", "esn_acteur in {coeur}");
    let row = sheets.row("survey", "esn_familles") + 1;
    let faults = import(&sheets.write(), "form.xlsx").unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:#?}");
    assert!(faults[0].address().ends_with(&row.to_string()));
    assert!(faults[0].message.contains("do not say the same"), "{}", faults[0]);
}

#[test]
fn an_edited_calculation_is_named_as_not_carried_over() {
    let files = files_rich();
    let mut sheets = Sheets::read(&export(&Form::read(&files).unwrap(), &edition(&files)).unwrap());
    let rows = sheets.rows("survey").clone();
    let derived = rows.iter().flatten().find(|cell| cell.starts_with("derived__")).unwrap();
    sheets.set("survey", derived, "calculation", "'oui'");
    let read = import(&sheets.write(), "form.xlsx").unwrap();
    assert_eq!(read.losses.len(), 1, "{:#?}", read.losses);
    assert!(read.losses[0].to_string().contains("indicators.toml"), "{}", read.losses[0]);
}

#[test]
fn bounds_and_exclusive_answers_are_read_from_the_constraint() {
    let mut sheets = exported();
    sheets.set("survey", "org_salaries", "constraint", ". > 0 and . < 100");
    let code = "count-selected(.) <= 2 and not(selected(., 'aucune') and count-selected(.) > 1) and \
        not(selected(., 'nsp') and count-selected(.) > 1)";
    sheets.set("survey", "str_priorites", "constraint", code);
    let form = import(&sheets.write(), "form.xlsx").unwrap().form;
    assert_eq!(
        (question(&form, "org_salaries").min, question(&form, "org_salaries").max),
        (Some(1), Some(99))
    );
    assert_eq!(question(&form, "str_priorites").max_choices, Some(2));
    sheets.set("survey", "str_priorites", "constraint", "count-selected(.) <= 2");
    assert!(import(&sheets.write(), "form.xlsx").is_err(), "the two places do not name the same answers");
    sheets.set("survey", "str_priorites", "constraint", "true() or ${org_salaries} > 3");
    assert!(import(&sheets.write(), "form.xlsx").is_err());
}

const SURVEY: &[&str] = &["type", "name", "label::Français (fr)", "relevant", "choice_filter"];
const CHOICES: &[&str] = &["list_name", "name", "label::Français (fr)", "zone"];

#[test]
fn a_condition_outside_our_language_is_refused_with_the_address_of_its_cell() {
    for (relevant, word) in [
        ("regex(${nom}, 'x')", "no equal"),
        ("${age} + 1 > 3", "no equal"),
        ("${jour} > '2020-01-01'", "date"),
        ("${inconnue} = 'a'", "there is no question `inconnue`"),
        ("string(${age}) = 'a'", "no equal"),
        ("pulldata('x', 'y', 'z', ${age}) = 1", "no equal"),
        ("${age} >", "stops too early"),
        ("../age > 3", "not understood"),
    ] {
        let sheets = small(
            &[
                SURVEY,
                &["text", "nom", "Nom"],
                &["integer", "age", "Âge"],
                &["date", "jour", "Jour"],
                &["text", "suite", "Suite", relevant],
            ],
            &[CHOICES],
        );
        refused(&sheets, "survey!D5", &[word, "selected(${question}, 'code')"]);
    }
}

#[test]
fn codes_names_lists_and_groups_that_are_wrong_are_refused_at_their_cells() {
    let sheets = small(
        &[
            SURVEY,
            &["text", "nom.long", "Nom"],
            &["text", "Prénom", "Prénom"],
            &["integer", "age", "Âge"],
            &["integer", "age", "Âge encore"],
            &["select_one absente", "choix", "Choix"],
            &["select_one liste", "autre", "Autre"],
            &["begin_group", "g", "Groupe"],
        ],
        &[CHOICES, &["liste", "a b", "A B"], &["liste", "c", "C"], &["liste", "c", "C encore"]],
    );
    refused(&sheets, "survey!B2", &["`nom.long` is not a code"]);
    refused(&sheets, "survey!B3", &["`Prénom` is not a code"]);
    refused(&sheets, "survey!B5", &["already the name of row 4"]);
    refused(&sheets, "survey!A6", &["no list `absente`"]);
    refused(&sheets, "survey!A8", &["never closed"]);
    refused(&sheets, "choices!B2", &["`a b` is not a code"]);
    refused(&sheets, "choices!B4", &["already an answer", "choices!B3"]);
}

#[test]
fn plain_groups_become_sections_and_screens_and_their_conditions_go_to_their_questions() {
    let sheets = small(
        &[
            &["type", "name", "label::Français (fr)", "relevant", "choice_filter", "appearance"],
            &["select_one liste", "a", "A"],
            &["note", "n", "Une note"],
            &["begin_group", "profil", "Profil", "selected(${a}, 'c')"],
            &["integer", "age", "Âge"],
            &["begin_group", "page", "Une page", "", "", "field-list"],
            &["text", "t", "T", "${age} >= 18 or ${age} = 3"],
            &["select_one liste", "u", "U", "", "zone = ${a}"],
            &["end_group"],
            &["end_group"],
        ],
        &[CHOICES, &["liste", "c", "C", "c"], &["liste", "d", "D", "d"]],
    );
    let read = import(&sheets.write(), "form.xlsx").unwrap();
    let mut shape = Vec::new();
    for section in &read.form.sections {
        for screen in &section.screens {
            let codes: Vec<&str> = screen.questions.iter().map(|question| question.code.as_str()).collect();
            shape.push(format!("{}/{}: {}", section.code, screen.code, codes.join(" ")));
        }
    }
    assert_eq!(shape, ["questions/a: a", "profil/age: age", "profil/page: t u"]);
    assert_eq!(question(&read.form, "age").show_if.as_deref(), Some("a in {c}"));
    assert_eq!(question(&read.form, "t").show_if.as_deref(), Some("a in {c} and (age >= 18 or age = 3)"));
    let options = &question(&read.form, "u").options;
    assert_eq!(options[0].show_if.as_deref(), Some("a in {c}"));
    assert_eq!(options[1].show_if.as_deref(), Some("a in {d}"));
    let said: Vec<String> = read.losses.iter().map(ToString::to_string).collect();
    assert!(said.iter().any(|loss| loss.starts_with("survey!A3: a note")), "{said:#?}");
    assert!(said.iter().any(|loss| loss.contains("0 to 1000000000 was assumed")), "{said:#?}");
}
