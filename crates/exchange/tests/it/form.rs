//! The questionnaire as text.

use std::collections::BTreeMap;

use exchange::Form;
use questionnaire::{Edition, Files};

use crate::surveys::files_2026;

#[test]
fn a_form_that_is_written_and_read_again_is_the_same() {
    let form = Form::read(&files_2026()).unwrap();
    let again = Form::read(&Files::new(form.to_files())).unwrap();
    assert_eq!(again, form);
    assert_eq!(form.questions().count(), 62);
}

#[test]
fn a_form_that_is_written_is_checked_like_the_one_it_was_read_from() {
    let files = files_2026();
    let written = Form::read(&files).unwrap().to_files();
    let mut all: BTreeMap<String, String> =
        files.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    all.extend(written);
    let before = Edition::parse("s", "e", &files).unwrap();
    let after = Edition::parse("s", "e", &Files::new(all)).unwrap();
    assert_eq!(
        format!("{:?}", before.questionnaire.questions),
        format!("{:?}", after.questionnaire.questions)
    );
    assert_eq!(format!("{:?}", before.questionnaire.screens), format!("{:?}", after.questionnaire.screens));
}

#[test]
fn quotes_line_breaks_and_brackets_survive() {
    let mut form = Form::read(&files_2026()).unwrap();
    form.title = "« A \"b\" » \\ ]]\n''' c\t\u{a0}".to_owned();
    form.sections[1].screens[0].questions[0].help = Some("'a' \"\"\" b\r\n".to_owned());
    assert_eq!(Form::read(&Files::new(form.to_files())).unwrap(), form);
}

#[test]
fn every_text_has_a_key_and_a_catalogue_survives_its_file() {
    let mut form = Form::read(&files_2026()).unwrap();
    let texts = form.texts();
    assert_eq!(texts.get("question.usg_outils.rows.visio"), Some("La visioconférence"));
    form.translations.insert("xx".to_owned(), texts);
    assert_eq!(Form::read(&Files::new(form.to_files())).unwrap(), form);
}
