//! Every case that R computed, under its own tolerance.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use estimation::case::{Column, Table, Tables, line};
use serde_json::Value;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// The tables of a folder of cases.
struct Files(PathBuf);

impl Tables for Files {
    fn table(&self, file: &str) -> Result<Table, String> {
        let mut reader = csv::Reader::from_path(self.0.join(file)).map_err(|error| error.to_string())?;
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
fn compare(
    found: &Value,
    expected: &Value,
    (tolerance, folder): ((f64, f64), &Path),
    at: &str,
    faults: &mut Vec<String>,
) {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            for (key, expected) in expected {
                let at = format!("{at}.{key}");
                match (key.as_str(), found.get(key)) {
                    ("weights_file", _) => {
                        let table = weights(&folder.join(expected.as_str().unwrap()));
                        compare(&found["weights"], &table, (tolerance, folder), &at, faults);
                    }
                    ("r_message", _) => {}
                    (_, None) => faults.push(format!("{at} is missing")),
                    (_, Some(found)) => compare(found, expected, (tolerance, folder), &at, faults),
                }
            }
        }
        (Value::Array(found), Value::Array(expected)) => {
            if found.len() != expected.len() {
                faults.push(format!("{at}: {} entries (expected {})", found.len(), expected.len()));
            }
            for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
                compare(found, expected, (tolerance, folder), &format!("{at}[{index}]"), faults);
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

fn weights(file: &Path) -> Value {
    let mut reader = csv::Reader::from_path(file).unwrap();
    let rows: BTreeMap<usize, f64> = reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            (record[0].parse().unwrap(), record[1].parse().unwrap())
        })
        .collect();
    rows.into_values().collect()
}

/// How many cases there are in a folder, each of which gives the numbers of R.
fn held_to_r(name: &str) -> usize {
    let folder = folder(name);
    let mut faults = Vec::new();
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder.join("cases")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let files = Files(folder.clone());
    for path in &paths {
        let case: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let (found, _) = line(&case.to_string(), &files);
        let tolerance = |name: &str| case["tolerance"][name].as_f64().unwrap();
        let name = case["id"].as_str().unwrap();
        let tolerance = (tolerance("rel"), tolerance("abs"));
        compare(&found, &case["expected"], (tolerance, &folder), name, &mut faults);
    }
    assert!(
        faults.is_empty(),
        "{} figures of {} cases differ:\n{}",
        faults.len(),
        paths.len(),
        faults.join("\n")
    );
    paths.len()
}

#[test]
fn every_public_case_gives_the_numbers_of_r() {
    let index = fs::read_to_string(folder("oracle").join("index.json")).unwrap();
    let index: Value = serde_json::from_str(&index).unwrap();
    let listed = index.as_array().or_else(|| index["cases"].as_array()).unwrap().len();
    assert_eq!(held_to_r("oracle"), listed, "every case of the index is here");
}

#[test]
fn other_data_and_other_combinations_give_the_numbers_of_r() {
    assert_eq!(held_to_r("oracle/more"), 283);
}
