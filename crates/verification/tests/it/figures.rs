//! Every figure of every file.

use std::io::{Cursor, Read as _, Write as _};

use verification::VerificationError;
use verification::figures::{Figures, check};

use crate::folder::{Published, pdf, workbook};

fn stranger(published: &Published) -> (String, String) {
    match check(published.path()).expect_err("a figure is none of the publication") {
        VerificationError::Figure { file, figure, .. } => (file, figure),
        other => panic!("{other}"),
    }
}

#[test]
fn figures_of_the_publication_may_stand_in_any_file() {
    let published = Published::new();
    assert!(check(published.path()).expect("all figures are published") > 15);
}

#[test]
fn a_figure_of_nobody_is_found_in_every_kind_of_file() {
    let page = |figure: &str| format!("<table><tr><td><b>{figure}</b></td></tr></table>");
    let chart = |figure: &str| format!("<svg><rect width=\"3\" data-v=\"{figure}\"/></svg>");
    let title = |figure: &str| format!("<svg><title>Un site : {figure}</title></svg>");
    let book = |figure: f64| {
        workbook(|book| {
            let sheet = book.worksheet_from_index(0).expect("the first sheet");
            sheet.write(5, 5, figure).expect("a number");
        })
    };
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("site/index.html", page("63 %").into_bytes(), "63"),
        ("site/index.html", page("de 55 à 64,5 %").into_bytes(), "64,5"),
        ("site/index.html", page("de 54 à 65 %").into_bytes(), "54"),
        ("site/index.html", page("n = 1\u{202f}251").into_bytes(), "1\u{202f}251"),
        ("site/index.html", page("63,4/100").into_bytes(), "63,4"),
        ("site/charts/a.svg", chart("62,4 %").into_bytes(), "62,4"),
        ("site/charts/a.svg", title("61 %").into_bytes(), "61"),
        ("site/rapport.pdf", pdf("61 % ont un site"), "61"),
        ("site/donnees.xlsx", book(61.7), "61.7"),
        ("site/donnees.csv", "Mesure;Valeur\r\nsite;63\u{202f}%\r\n".as_bytes().to_vec(), "63"),
        ("site/donnees-excel.csv", b"Mesure;nombre\r\nsite;63\r\n".to_vec(), "63"),
        ("site/donnees-excel.csv", "Mesure;nombre\r\nsite;61,7\r\n".as_bytes().to_vec(), "61,7"),
        ("site/dcat.jsonld", r#"{"dct:description": {"@value": "61 %"}}"#.as_bytes().to_vec(), "61"),
        ("site/figures.json", br#"{"site": {"value": 61.98}}"#.to_vec(), "61.98"),
        ("site/figures.json", br#"{"text": "61 %"}"#.to_vec(), "61"),
    ];
    for (file, bytes, figure) in cases {
        let published = Published::new();
        published.write(file, &bytes);
        assert_eq!(stranger(&published), (file.to_owned(), figure.to_owned()));
    }
}

#[test]
fn what_a_chart_of_a_workbook_draws_is_read_apart_from_its_cells() {
    let charted = workbook(|book| {
        let sheet = book.worksheet_from_index(0).expect("the first sheet");
        sheet.write(5, 5, 62).expect("a number of the publication");
        let mut chart = rust_xlsxwriter::Chart::new_bar();
        chart.add_series().set_values((sheet.name().as_str(), 5, 5, 5, 5));
        sheet.insert_chart(7, 0, &chart).expect("a chart");
    });
    let published = Published::new();
    published.write("site/donnees.xlsx", &charted);
    check(published.path()).expect("it draws what is published");
    published.write("site/donnees.xlsx", &rewritten(&charted, "<c:v>62</c:v>", "<c:v>61.7</c:v>"));
    assert_eq!(stranger(&published), ("site/donnees.xlsx".to_owned(), "61.7".to_owned()));
}

/// An archive in which a text was replaced.
fn rewritten(archive: &[u8], from: &str, to: &str) -> Vec<u8> {
    let mut read = zip::ZipArchive::new(Cursor::new(archive)).expect("an archive");
    let mut written = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut replaced = 0;
    for index in 0..read.len() {
        let mut part = read.by_index(index).expect("a part");
        let mut text = String::new();
        part.read_to_string(&mut text).expect("every part is a text");
        replaced += text.matches(from).count();
        written.start_file(part.name(), zip::write::SimpleFileOptions::default()).expect("a part");
        written.write_all(text.replace(from, to).as_bytes()).expect("memory is never full");
    }
    assert_eq!(replaced, 1, "{from}");
    written.finish().expect("memory is never full").into_inner()
}

#[test]
fn codes_of_a_table_are_no_figures() {
    let published = Published::new();
    published.write("site/dictionnaire.csv", b"fichier;nom ou code;type\r\nd_region;84;code\r\n");
    check(published.path()).expect("a code is a word");
}

#[test]
fn other_numbers_are_words() {
    let published = Published::new();
    let figures = Figures::of(published.path()).expect("it can be read");
    for text in ["Édition 2031", "de 10 à 49 salariés", "Question 77", "RGAA 4.1", "le 3 mars"] {
        assert_eq!(figures.stranger(text), None, "{text}");
    }
    assert_eq!(figures.stranger("cible : 90 %"), None, "it was declared with the indicator");
    assert_eq!(figures.stranger("−5 points, 62\u{202f}%"), None);
}
