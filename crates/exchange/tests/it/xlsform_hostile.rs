//! Workbooks made by others, damaged, hostile, or none.

use std::collections::BTreeSet;
use std::io::{Cursor, Write};
use std::path::Path;

use exchange::Form;
use exchange::xlsform::{export, import};
use proptest::prelude::*;
use rust_xlsxwriter::{Format, Formula, Workbook};

use crate::surveys::{edition, files_small};
use crate::workbooks::{Sheets, small};

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/xlsform");
    std::fs::read(folder.join(name)).unwrap()
}

#[track_caller]
fn refused(bytes: &[u8], words: &[&str]) {
    let faults = import(bytes, "form.xlsx").unwrap_err();
    let said = faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    for word in words {
        assert!(said.contains(word), "should say {word:?}: {said}");
    }
}

/// The rows of `survey` that are not empty, from 0, less the header and the ends of groups.
fn rows(bytes: &[u8]) -> Vec<(u32, String)> {
    let mut sheets = Sheets::read(bytes);
    let rows = sheets.rows("survey").iter().enumerate().skip(1);
    let filled = rows.filter(|(_, row)| row.iter().any(|cell| !cell.trim().is_empty()));
    let filled = filled.filter(|(_, row)| !row[0].starts_with("end"));
    filled.map(|(index, row)| (u32::try_from(index).unwrap(), row[1].clone())).collect()
}

#[track_caller]
fn nothing_is_dropped_silently(bytes: &[u8]) -> exchange::xlsform::Imported {
    let read = import(bytes, "form.xlsx").unwrap();
    let kept: BTreeSet<&str> = read
        .form
        .questions()
        .map(|question| question.code.as_str())
        .chain(read.form.sections.iter().map(|section| section.code.as_str()))
        .chain(
            read.form.sections.iter().flat_map(|section| &section.screens).map(|screen| screen.code.as_str()),
        )
        .collect();
    for (row, name) in rows(bytes) {
        let is_lost = read
            .losses
            .iter()
            .any(|loss| loss.sheet == "survey" && loss.cell.is_some_and(|(lost, _)| lost == row));
        assert!(kept.contains(name.as_str()) || is_lost, "row {} ({name}) is nowhere", row + 1);
    }
    read
}

#[test]
fn a_form_with_every_type_of_question_is_read_and_what_it_cannot_hold_is_listed() {
    let read = nothing_is_dropped_silently(&fixture("all-question-types-v2024091201-3.xlsx"));
    let said = read.losses.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    for word in [
        "survey!A2: a note",
        "survey!A17: a question of type `decimal`",
        "survey!A22: a question of type `range`",
        "survey!A50: a question of type `date`",
        "survey!A66: a question of type `geopoint`",
        "survey!A106: a question of type `rank opt_abcd`",
        "select_one_from_file cities.geojson",
        "survey!G74: `minimal` (appearance) is not carried over",
        "the sheet `widgets to deprecate`",
        "`fr` was assumed",
    ] {
        assert!(said.contains(word), "{word}: {said}");
    }
    let kinds: BTreeSet<&str> = read.form.questions().map(|question| question.kind.as_str()).collect();
    assert_eq!(kinds, BTreeSet::from(["integer", "multiple", "single", "text"]));
}

#[test]
fn a_bilingual_form_is_refused_where_its_codes_are_not_ours_and_read_once_they_are() {
    let bytes = fixture("socio-economic-survey-v20240515.xlsx");
    let faults = import(&bytes, "form.xlsx").unwrap_err();
    let addresses: Vec<String> = faults.iter().map(exchange::xlsform::Fault::address).collect();
    assert_eq!(addresses, ["choices!B13", "choices!B15", "choices!B16", "choices!B40"], "{faults:#?}");
    let mut sheets = Sheets::read(&bytes);
    for row in sheets.rows("choices") {
        row[1] = row[1].replace('&', "_").replace(", ", "_").replace(',', "_");
    }
    let read = nothing_is_dropped_silently(&sheets.write());
    assert_eq!(read.form.languages, ["en", "fr"]);
    assert_eq!(read.form.translations["fr"].get("question.region.text"), Some("Région"));
    let district = read.form.questions().find(|question| question.code == "district").unwrap();
    assert_eq!(district.options[0].show_if.as_deref(), Some("region in {Sindh}"));
    let kind = read.form.questions().find(|question| question.code == "internetType").unwrap();
    assert_eq!(kind.show_if.as_deref(), Some("internetHH in {1}"));
    // A form without formulas: those of the fixture are listed, each with the value that was read.
    assert!(read.losses.iter().any(|loss| loss.what.contains("a repeat is not carried over")));
}

#[test]
fn what_is_no_workbook_is_refused_in_words() {
    refused(&fixture("ifrc-distribution-site-assessment-v1.xlsx"), &["Excel 97-2003 (.xls)", "save it as"]);
    refused(b"", &["not an .xlsx workbook"]);
    refused("list_name;name\nr\u{e9}gion;1".as_bytes(), &["not an .xlsx workbook", "CSV"]);
    refused(b"r\xe9gion;\x80", &["not an .xlsx workbook"]);
    refused(b"PK\x03\x04 and nothing else", &["damaged"]);
    let mut other = Sheets::read(&small(&[&["type"]], &[]).write());
    "feuille".clone_into(&mut other.0[0].0);
    refused(&other.write(), &["no sheet `survey`", "feuille"]);
}

#[test]
fn a_file_that_swells_is_refused_before_it_is_read() {
    let mut bomb = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let zeros = vec![b' '; 1 << 20];
    bomb.start_file("xl/workbook.xml", options).unwrap();
    for _ in 0..80 {
        bomb.write_all(&zeros).unwrap();
    }
    let bomb = bomb.finish().unwrap().into_inner();
    assert!(bomb.len() < 1 << 20);
    refused(&bomb, &["once uncompressed"]);

    let mut far = Workbook::new();
    let sheet = far.add_worksheet().set_name("survey").unwrap();
    sheet.write_string(0, 0, "type").unwrap();
    sheet.write_string(1_048_575, 16_383, "x").unwrap();
    refused(&far.save_to_buffer().unwrap(), &["too large at survey!XFD1048576"]);
}

#[test]
fn formulas_are_listed_and_merged_cells_errors_dates_and_hidden_sheets_refused() {
    let mut workbook = Workbook::new();
    let survey = workbook.add_worksheet().set_name("survey").unwrap();
    for (column, header) in (0..).zip(["type", "name", "label::Français (fr)", "hint::Français (fr)"]) {
        survey.write_string(0, column, header).unwrap();
    }
    survey.write_string(1, 0, "text").unwrap();
    survey.write_string(1, 1, "nom").unwrap();
    survey.write_formula(1, 2, Formula::new("=CONCAT(\"a\", \"b\")").set_result("Le nom")).unwrap();
    let read = import(&workbook.save_to_buffer().unwrap(), "form.xlsx").unwrap();
    assert_eq!(read.form.questions().next().unwrap().text, "Le nom");
    assert!(read.losses.iter().any(|loss| loss.to_string().starts_with("survey!C2: a formula")));

    let survey = workbook.worksheet_from_name("survey").unwrap();
    survey.merge_range(2, 0, 3, 1, "text", &Format::new()).unwrap();
    refused(&workbook.save_to_buffer().unwrap(), &["survey!A3: merged", "survey!B4", "unmerge"]);
    let survey = workbook.worksheet_from_name("survey").unwrap();
    survey.write_formula(5, 2, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    let date = Format::new().set_num_format("dd/mm/yyyy");
    survey.write_number_with_format(6, 1, 45_000.0, &date).unwrap();
    refused(&workbook.save_to_buffer().unwrap(), &["survey!B7", "made a date"]);

    let mut sheets = Workbook::new();
    sheets.add_worksheet().set_name("survey").unwrap().write_string(0, 0, "type").unwrap();
    sheets.add_worksheet().set_name("choices").unwrap().set_hidden(true).write_string(0, 0, "name").unwrap();
    refused(&sheets.save_to_buffer().unwrap(), &["the sheet `choices`: it is hidden"]);
}

/// The parts of a workbook.
fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut part = archive.by_index(index).unwrap();
            let mut content = Vec::new();
            std::io::copy(&mut part, &mut content).unwrap();
            (part.name().to_owned(), content)
        })
        .collect()
}

fn archive(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn small_workbook() -> Vec<u8> {
    let files = files_small();
    export(&Form::read(&files).unwrap(), &edition(&files)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = import(&bytes, "form.xlsx");
        let _ = import(&[b"PK\x03\x04", &bytes[..]].concat(), "form.xlsx");
    }

    #[test]
    fn no_damaged_workbook_makes_the_reader_panic(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 1..12),
        is_inside: bool,
    ) {
        let mut bytes = small_workbook();
        if is_inside {
            // Inside the parts, where the checksums of the archive do not stop it.
            let mut parts = parts(&bytes);
            for (part, at, byte) in &changes {
                let content = part.get_mut(&mut parts);
                let at = at.index(content.1.len());
                content.1[at] = *byte;
            }
            bytes = archive(&parts);
        } else {
            for (at, _, byte) in &changes {
                *at.get_mut(&mut bytes) = *byte;
            }
        }
        let _ = import(&bytes, "form.xlsx");
    }

    #[test]
    fn no_text_in_a_cell_makes_the_reader_panic(
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), "[ -~é«\u{a0}]{0,12}|[${}()'a-z_. =<>!-]{0,24}"), 1..8),
    ) {
        let mut sheets = Sheets::read(&small_workbook());
        for (row, column, text) in edits {
            let rows = sheets.rows("survey");
            let at = row.index(rows.len());
            let cell = column.index(rows[at].len());
            rows[at][cell] = text;
        }
        let _ = import(&sheets.write(), "form.xlsx");
    }
}
