//! Extracts written batch by batch.

use extract::{Batch, Definitions, Extract, ExtractError, Writer};

use crate::definition::edition;
use crate::freeze::{frozen, input, record};

fn organisations() -> Vec<extract::ExtractRecord> {
    (0..10)
        .flat_map(|organisation| (0..=organisation % 3).map(move |rank| (organisation, rank)))
        .map(|(organisation, rank)| record(&format!("org{organisation}"), rank))
        .collect()
}

#[test]
fn batches_give_the_table_that_one_freeze_gives() {
    let edition = edition();
    let records = organisations();
    let (_dir, _, whole) = frozen(&records);
    for cut in [1, 7, 64] {
        let dir = tempfile::tempdir().unwrap();
        let definitions = Definitions::one(edition, std::collections::BTreeMap::new());
        let mut writer = Writer::create(dir.path(), definitions.clone()).unwrap().with_group(cut);
        let (first, second) = records.split_at(6);
        assert_ne!(first[5].organisation, second[0].organisation);
        for batch in [first, &[], second] {
            writer.push(Batch::new(&definitions, batch).unwrap()).unwrap();
        }
        let manifest = writer.finish(&input()).unwrap();
        assert_eq!(manifest.rows, records.len() as u64);
        let extract = Extract::open(dir.path()).unwrap();
        assert!(extract.frame().unwrap().collect().unwrap().equals_missing(&whole), "groups of {cut}");
        let columns: Vec<String> = whole.get_column_names_owned().iter().map(ToString::to_string).collect();
        let mut rows = 0;
        for index in 0..extract.groups() {
            let group = extract.group(index, &columns).unwrap();
            assert!(group.height() <= cut);
            assert!(
                group.equals_missing(&whole.slice(i64::try_from(rows).unwrap(), group.height())),
                "groups of {cut}"
            );
            rows += group.height();
            let two = extract.group(index, &columns[1..3]).unwrap();
            assert_eq!((two.height(), two.width()), (group.height(), 2));
        }
        let none = extract.none().unwrap();
        assert_eq!((none.height(), none.width()), (0, whole.width()));
        assert_eq!(rows, records.len());
    }
}

#[test]
fn batches_out_of_order_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let definitions = Definitions::one(edition(), std::collections::BTreeMap::new());
    let mut writer = Writer::create(dir.path(), definitions.clone()).unwrap();
    let records = organisations();
    writer.push(Batch::new(&definitions, &records[6..]).unwrap()).unwrap();
    let error = writer.push(Batch::new(&definitions, &records[..6]).unwrap()).unwrap_err();
    assert!(matches!(&error, ExtractError::Unsorted { after, .. } if after == "org0"), "{error}");
    assert!(!dir.path().join("manifest.json").exists(), "an extract that is not whole has no manifest");
}

#[test]
fn an_extract_of_nobody_is_an_extract() {
    let dir = tempfile::tempdir().unwrap();
    let definitions = Definitions::one(edition(), std::collections::BTreeMap::new());
    Writer::create(dir.path(), definitions).unwrap().finish(&input()).unwrap();
    assert_eq!(Extract::open(dir.path()).unwrap().frame().unwrap().collect().unwrap().height(), 0);
}
