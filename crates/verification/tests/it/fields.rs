//! What files say besides what they show.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Note};
use verification::{fields, release};

use crate::folder::{CELLS, Published, pdf, png, workbook};

fn claims(published: &Published) -> Vec<String> {
    let release = release(published.path()).expect("it can be read");
    let claims = fields::attack(published.path(), &release).expect("the files can be read");
    claims.into_iter().map(|claim| claim.to_string()).collect()
}

#[test]
fn nothing_is_said_by_files_that_hold_what_they_show() {
    assert_eq!(claims(&Published::new()), Vec::<String>::new());
}

#[test]
fn what_a_file_hides_is_claimed() {
    let hidden = workbook(|book| {
        book.add_worksheet().set_hidden(true).write(0, 0, 7).expect("a number");
    });
    let column = workbook(|book| {
        let sheet = book.worksheet_from_index(0).expect("the first sheet");
        sheet.set_column_hidden(1).expect("a column");
    });
    let note = workbook(|book| {
        let sheet = book.worksheet_from_index(0).expect("the first sheet");
        sheet.insert_note(0, 0, &Note::new("n = 7")).expect("a note");
    });
    let formula = workbook(|book| {
        let sheet = book.worksheet_from_index(0).expect("the first sheet");
        sheet.write_formula(3, 3, "=7/11").expect("a formula");
    });
    let mut attached = lopdf::Document::load_mem(&pdf("62 %")).expect("a document");
    attached.add_object(lopdf::dictionary! { "Type" => "EmbeddedFile" });
    let mut with_file = Vec::new();
    attached.save_to(&mut with_file).expect("a document is written to memory");
    let other_order = {
        let mut lines: Vec<&str> = CELLS.lines().collect();
        let more = [
            "open,all,2026,_T,rgpd,_T,62,1,61.5,62.5,,,,,,,,,0",
            "open,size,2026,s,rgpd,_T,62,1,61.5,62.5,,,,,,,,,0",
        ];
        lines.insert(2, more[0]);
        lines.insert(3, more[1]);
        lines.join("\n")
    };
    let telling = CELLS.replace("nd,,,,,,,,,,,,1", "nd,,,,,,7,7,,,,,1");
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("site/donnees.xlsx", hidden, "hidden sheet"),
        ("site/donnees.xlsx", column, "hidden rows or columns"),
        ("site/donnees.xlsx", note, "comments"),
        ("site/donnees.xlsx", formula, "formulas"),
        ("site/charts/a.png", png(&[(b"tEXt", b"n\x007")]), "chunk `tEXt`"),
        ("site/rapport.pdf", with_file, "attached"),
        ("site/charts/a.svg", b"<svg><rect width='10' data-v='5'/><rect width='21' data-v='10'/><rect width='30' data-v='15'/></svg>".to_vec(), "affine"),
        ("cells.csv", other_order.into_bytes(), "order of their own"),
    ];
    for (file, bytes, words) in cases {
        let published = Published::new();
        published.write(file, &bytes);
        let claims = claims(&published);
        assert!(claims.iter().any(|claim| claim.contains(words)), "{file}, {words}: {claims:?}");
    }
    let published = Published::new();
    published.write("cells.csv", telling.as_bytes());
    let release = release(published.path()).expect("it can be read");
    let claims = audit::attack(&release, None, &audit::Options::default());
    assert!(claims.iter().any(|claim| claim.detail.contains("fills n_hi, n_lo")), "{claims:?}");
}

#[test]
fn workbooks_of_two_dates_are_claimed() {
    let published = Published::new();
    let later = workbook(|book| {
        let date = ExcelDateTime::from_ymd(2026, 1, 2).expect("a date");
        book.set_properties(&DocProperties::new().set_creation_datetime(&date));
    });
    published.write("site/autre.xlsx", &later);
    assert!(claims(&published).iter().any(|claim| claim.contains("different dates")));
}
