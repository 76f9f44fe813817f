//! How long it takes to check a definition and to validate a response, over the files of the 2026 edition.
//!
//! Aims: the whole definition under 10 ms, one response under 50 µs. Reading files from disk is not measured, nor is the
//! command line; the official lists (35 000 communes) are, both with the definition and alone.

#![expect(clippy::unwrap_used, reason = "a measure that cannot be arranged must stop")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{Criterion, criterion_group, criterion_main};
use questionnaire::{Answers, Edition, Files};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../surveys/maturite-numerique/2026")
}

fn files() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for (inside, prefix) in [
        ("", ""),
        ("margins", "margins/"),
        ("texts", "texts/"),
        ("translations", "translations/"),
        ("../../nomenclatures", "nomenclatures/"),
    ] {
        for entry in std::fs::read_dir(folder().join(inside)).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.extension().is_some_and(|extension| extension == "toml" || extension == "csv") {
                files.insert(format!("{prefix}{name}"), std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

fn parse(files: &Files) -> Edition {
    Edition::parse("maturite-numerique", "2026", files).unwrap()
}

/// Answers of an example that is asked most questions.
fn answers() -> Answers {
    let path = folder().join("responses/valid/association_employeuse.json");
    let example: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    serde_json::from_value(example["answers"].clone()).unwrap()
}

fn check(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("check");
    let whole = files();
    let mut alone = whole.clone();
    let communes = alone.get_mut("nomenclatures/communes.csv").unwrap();
    *communes = communes.lines().take(1).map(|line| format!("{line}\n")).collect();
    let (whole, alone) = (Files::new(whole), Files::new(alone));
    group.bench_function("definition and 35 000 communes", |bencher| {
        bencher.iter(|| parse(black_box(&whole)));
    });
    group.bench_function("definition alone", |bencher| bencher.iter(|| parse(black_box(&alone))));
    group.finish();
}

fn validate(criterion: &mut Criterion) {
    let edition = parse(&Files::new(files()));
    let answers = answers();
    assert!(edition.validate(&answers).is_ok());
    let mut group = criterion.benchmark_group("response");
    group.bench_function("validate", |bencher| bencher.iter(|| edition.validate(black_box(&answers))));
    group.bench_function("route", |bencher| bencher.iter(|| edition.route(black_box(&answers))));
    group.bench_function("facts", |bencher| {
        bencher.iter(|| edition.facts(black_box(&answers)).derived_number(0));
    });
    let screen = edition.questionnaire.screens.len() / 2;
    group.bench_function("check one screen", |bencher| {
        bencher.iter(|| edition.check_screen(screen, black_box(&answers)));
    });
    group.finish();
}

criterion_group!(benches, check, validate);
criterion_main!(benches);
