//! Every public case, under its own tolerance.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use estimation::case::{Column, Table, Tables, line};
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle")
}

struct Files;

impl Tables for Files {
    fn table(&self, file: &str) -> Result<Table, String> {
        let mut reader = csv::Reader::from_path(folder().join(file)).map_err(|error| error.to_string())?;
        let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let mut columns = vec![Vec::new(); names.len()];
        for record in reader.records() {
            for (column, value) in columns.iter_mut().zip(record.unwrap().iter()) {
                column.push(value.to_owned());
            }
        }
        Table::new(names.into_iter().zip(columns.into_iter().map(Column::parse)).collect())
    }
}

/// Every difference between what was found and what was expected.
fn compare(found: &Value, expected: &Value, tolerance: (f64, f64), at: &str, faults: &mut Vec<String>) {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            for (key, expected) in expected {
                let at = format!("{at}.{key}");
                match (key.as_str(), found.get(key)) {
                    ("weights_file", _) => {
                        let table = weights(expected.as_str().unwrap());
                        compare(&found["weights"], &table, tolerance, &at, faults);
                    }
                    ("r_message", _) => {}
                    (_, None) => faults.push(format!("{at} is missing")),
                    (_, Some(found)) => compare(found, expected, tolerance, &at, faults),
                }
            }
        }
        (Value::Array(found), Value::Array(expected)) => {
            if found.len() != expected.len() {
                faults.push(format!("{at}: {} entries (expected {})", found.len(), expected.len()));
            }
            for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
                compare(found, expected, tolerance, &format!("{at}[{index}]"), faults);
            }
        }
        (Value::Number(found), Value::Number(expected)) => {
            let (found, expected) = (found.as_f64().unwrap(), expected.as_f64().unwrap());
            if (found - expected).abs() > tolerance.1.max(tolerance.0 * expected.abs()) {
                faults.push(format!("{at}: {found} (expected {expected})"));
            }
        }
        (found, expected) if found == expected => {}
        (found, expected) => faults.push(format!("{at}: {found} (expected {expected})")),
    }
}

fn weights(file: &str) -> Value {
    let mut reader = csv::Reader::from_path(folder().join(file)).unwrap();
    let rows: BTreeMap<usize, f64> = reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            (record[0].parse().unwrap(), record[1].parse().unwrap())
        })
        .collect();
    rows.into_values().collect()
}

#[test]
fn every_public_case_gives_the_numbers_of_r() {
    let index: Value =
        serde_json::from_str(&fs::read_to_string(folder().join("index.json")).unwrap()).unwrap();
    let mut faults = Vec::new();
    let mut cases = 0;
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder().join("cases")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in &paths {
        let text = fs::read_to_string(path).unwrap();
        let case: Value = serde_json::from_str(&text).unwrap();
        let (found, _) = line(&text, &Files);
        let tolerance = |name: &str| case["tolerance"][name].as_f64().unwrap();
        let name = case["id"].as_str().unwrap();
        compare(&found, &case["expected"], (tolerance("rel"), tolerance("abs")), name, &mut faults);
        cases += 1;
    }
    let listed = index.as_array().or_else(|| index["cases"].as_array()).unwrap().len();
    assert_eq!(cases, listed, "every case of the index is here");
    assert!(faults.is_empty(), "{} of {cases} cases differ:\n{}", faults.len(), faults.join("\n"));
}
