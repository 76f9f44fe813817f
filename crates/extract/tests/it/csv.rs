//! The table as CSV.

use extract::{Extract, csv_file};
use polars::prelude::{Column, DataFrame};

use crate::freeze::{frozen, record};

#[test]
fn texts_numbers_and_booleans_are_written_by_the_standard() {
    let frame = DataFrame::new(
        3,
        vec![
            Column::new("a".into(), [Some("é, \"b\"\nc"), None, Some("x")]),
            Column::new("b".into(), [Some(true), Some(false), None]),
            Column::new("c".into(), [Some(1_i64), None, Some(-7)]),
            Column::new("d".into(), [Some(0.1_f64), Some(3.0), None]),
        ],
    )
    .unwrap();
    let text = String::from_utf8(csv_file(&frame).unwrap()).unwrap();
    assert_eq!(text, "a,b,c,d\r\n\"é, \"\"b\"\"\nc\",1,1,0.1\r\n,0,,3\r\nx,,-7,\r\n");
}

#[test]
fn an_extract_has_one_line_per_record_and_one_field_per_column() {
    let (_dir, extract, frame): (_, Extract, _) = frozen(&[record("b", 1), record("a", 1)]);
    let bytes = extract.csv().unwrap();
    let mut reader = csv::ReaderBuilder::new().from_reader(bytes.as_slice());
    let header = reader.headers().unwrap().clone();
    assert!(header.iter().eq(frame.columns().iter().map(|column| column.name().as_str())));
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    let field = |row: usize, name: &str| {
        let at = header.iter().position(|column| column == name).unwrap();
        rows[row].get(at).unwrap().to_owned()
    };
    assert_eq!(field(0, "organisation"), "a");
    assert_eq!(field(1, "str_importance"), "important");
    assert_eq!((field(1, "eqp_cloud.crm"), field(1, "eqp_cloud.erp")), ("1".to_owned(), "0".to_owned()));
    assert_eq!(field(1, "ia_finalites.communication"), "", "off the path");
}
