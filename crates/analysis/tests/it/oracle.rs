//! Cases of the survey-estimation oracle (`tests/oracle/README.md`).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use analysis::calibration::{Auxiliary, kish_design_effect, kish_n, rake};
use analysis::estimation::{Quantiles, effective_n, wilson};
use serde_json::Value;

use crate::reference::variance;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle")
}

fn case(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(folder().join("cases").join(format!("{name}.json"))).unwrap())
        .unwrap()
}

/// A data file: column to texts.
fn data(file: &str) -> BTreeMap<String, Vec<String>> {
    let mut reader = csv::Reader::from_path(folder().join(file)).unwrap();
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let mut columns: BTreeMap<String, Vec<String>> =
        names.iter().map(|name| (name.clone(), Vec::new())).collect();
    for record in reader.records() {
        for (name, value) in names.iter().zip(record.unwrap().iter()) {
            columns.get_mut(name).unwrap().push(value.to_owned());
        }
    }
    columns
}

fn numbers(texts: &[String]) -> Vec<f64> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn near(found: f64, expected: f64, case: &Value, what: &str) {
    let tolerance = |name: &str| case["tolerance"][name].as_f64().unwrap();
    let accepted = tolerance("abs").max(tolerance("rel") * expected.abs());
    assert!((found - expected).abs() <= accepted, "{what}: {found} (expected {expected} ± {accepted})");
}

/// Auxiliary variables and totals of a case's calibration, constant first.
fn auxiliary(case: &Value, data: &BTreeMap<String, Vec<String>>) -> (Auxiliary, Vec<f64>) {
    let rows = data.values().next().unwrap().len();
    let mut entries: Vec<Vec<(usize, f64)>> = vec![Vec::new(); rows];
    let mut totals = Vec::new();
    let mut categorical = |totals: &mut Vec<f64>, column: &str, of: &Value| {
        for (category, total) in of.as_object().unwrap() {
            for (row, value) in data[column].iter().enumerate() {
                if value == category {
                    entries[row].push((totals.len(), 1.0));
                }
            }
            totals.push(total.as_f64().unwrap());
        }
    };
    let mut quantities = Vec::new();
    for step in case["adjust"].as_array().into_iter().flatten() {
        for margin in step["margins"].as_array().into_iter().flatten() {
            categorical(&mut totals, margin["column"].as_str().unwrap(), &margin["totals"]);
        }
        for term in step["terms"].as_array().into_iter().flatten() {
            match term["kind"].as_str().unwrap() {
                "categorical" => categorical(&mut totals, term["column"].as_str().unwrap(), &term["totals"]),
                "constant" => {
                    quantities.push((totals.len(), vec![1.0; rows]));
                    totals.push(term["total"].as_f64().unwrap());
                }
                _ => {
                    quantities.push((totals.len(), numbers(&data[term["column"].as_str().unwrap()])));
                    totals.push(term["total"].as_f64().unwrap());
                }
            }
        }
    }
    for (column, values) in quantities {
        for (row, value) in values.into_iter().enumerate() {
            entries[row].push((column, value));
        }
    }
    let mut x = Auxiliary::new(totals.len());
    for row in entries {
        x.push(row);
    }
    (x, totals)
}

fn weights_are_those_of_r(name: &str) {
    let case = case(name);
    let data = data(case["data"]["file"].as_str().unwrap());
    let d = numbers(&data[case["design"]["weights"].as_str().unwrap()]);
    let (x, totals) = auxiliary(&case, &data);
    let w = rake(&d, &x, &totals).unwrap();
    let file = case["expected"]["weights_file"].as_str().unwrap();
    let expected = numbers(&self::data(file)["weight"]);
    assert_eq!(w.len(), expected.len());
    for (row, (w, expected)) in w.iter().zip(&expected).enumerate() {
        near(*w, *expected, &case, &format!("{name}, row {row}"));
    }
    near(kish_design_effect(&w), case["expected"]["deff_kish"].as_f64().unwrap(), &case, "design effect");
    near(kish_n(&w), case["expected"]["n_eff_kish"].as_f64().unwrap(), &case, "effective n");
}

#[test]
fn raking_on_a_category_and_a_quantity_gives_the_weights_of_r() {
    weights_are_those_of_r("pub-081-cal-raking-weights");
}

#[test]
fn raking_on_five_margins_gives_the_weights_that_r_finds_by_proportional_fitting() {
    weights_are_those_of_r("pub-100-ess-ipf");
}

#[test]
fn calibrated_means_are_those_of_r() {
    let case = case("pub-085-cal-raking-mean");
    let data = data("data/apiclus1.csv");
    let (x, totals) = auxiliary(&case, &data);
    let w = rake(&numbers(&data["pw"]), &x, &totals).unwrap();
    for row in case["expected"]["rows"].as_array().unwrap() {
        let name = row["y"].as_str().unwrap();
        let y = numbers(&data[name]);
        let mean = w.iter().zip(&y).map(|(w, y)| w * y).sum::<f64>() / w.iter().sum::<f64>();
        near(mean, row["estimate"].as_f64().unwrap(), &case, name);
    }
}

/// Proportions by domain: estimate, standard error, effective n and the interval `wilson_kish`.
fn proportions_are_those_of_the_oracle(name: &str) {
    let case = case(name);
    let data = data("data/ess_a.csv");
    let base = numbers(&data["w_nr"]);
    let (x, totals) = auxiliary(&case, &data);
    let calibrated = if totals.is_empty() { base.clone() } else { rake(&base, &x, &totals).unwrap() };
    let answers = &data[case["estimate"]["y"][0].as_str().unwrap()];
    let mut quantiles = Quantiles::new(0.95);
    for row in case["expected"]["rows"].as_array().unwrap() {
        let what = format!("{name} {}", row["group"]);
        let is_live: Vec<bool> = (0..base.len())
            .map(|k| {
                !answers[k].is_empty()
                    && row["group"]
                        .as_object()
                        .unwrap()
                        .iter()
                        .all(|(column, v)| data[column][k] == v.as_str().unwrap())
            })
            .collect();
        let live: Vec<usize> = (0..base.len()).filter(|k| is_live[*k]).collect();
        assert_eq!(live.len() as u64, row["n"].as_u64().unwrap(), "{what}");
        let weights: Vec<f64> = live.iter().map(|k| calibrated[*k]).collect();
        let total: f64 = weights.iter().sum();
        let p =
            live.iter().map(|k| calibrated[*k] * answers[*k].parse::<f64>().unwrap()).sum::<f64>() / total;
        near(p, row["estimate"].as_f64().unwrap(), &case, &what);

        let u: Vec<f64> = (0..base.len())
            .map(|k| if is_live[k] { (answers[k].parse::<f64>().unwrap() - p) / total } else { 0.0 })
            .collect();
        let v = variance(&base, &calibrated, &x, &u, &data["stratum"]);
        near(v.sqrt(), row["se"].as_f64().unwrap(), &case, &format!("{what}, standard error"));
        near(kish_n(&weights), row["n_eff_kish"].as_f64().unwrap(), &case, &format!("{what}, n of Kish"));

        let df = u32::try_from(row["df"].as_u64().unwrap()).unwrap();
        let expected = &row["ci"]["wilson_kish"];
        match quantiles.t(df) {
            None => assert!(expected["lower"].is_null(), "{what}: {expected}"),
            Some(quantile) => {
                let (low, high) = wilson(p, effective_n(p, v, kish_n(&weights)), quantile);
                near(low, expected["lower"].as_f64().unwrap(), &case, &format!("{what}, lower limit"));
                near(high, expected["upper"].as_f64().unwrap(), &case, &format!("{what}, upper limit"));
            }
        }
    }
}

#[test]
fn raked_proportions_and_their_intervals_are_those_of_the_oracle() {
    proportions_are_those_of_the_oracle("pub-104-ess-raked-props");
}

#[test]
fn rare_proportions_have_the_intervals_of_the_oracle() {
    proportions_are_those_of_the_oracle("pub-025-ess-small-p");
}

#[test]
fn nobody_and_everybody_have_the_intervals_of_the_oracle() {
    proportions_are_those_of_the_oracle("pub-026-ess-degenerate");
}

#[test]
fn a_margin_category_without_respondents_does_not_converge() {
    let case = case("pub-107-ess-empty-margin");
    let data = data("data/ess_a.csv");
    let (x, totals) = auxiliary(&case, &data);
    assert!(rake(&numbers(&data["w_nr"]), &x, &totals).is_err());
}
