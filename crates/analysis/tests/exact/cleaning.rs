//! Exact estimates of an extract read in groups.

use analysis::{calibrate, clean, clean_extract, estimate};

use super::definition::edition;
use super::sample::{freeze, records};

#[test]
fn an_extract_read_group_by_group_gives_the_publication_of_the_whole() {
    let edition = edition();
    let mut all = records(edition, 260, 35);
    // Two records of every fifth organisation, on both sides of the borders of groups.
    for index in (0..260).step_by(5) {
        let mut again = all[index].clone();
        again.sequence = 2;
        all.push(again);
    }
    all.sort_by(|a, b| (&a.organisation, a.sequence).cmp(&(&b.organisation, b.sequence)));
    let whole = clean(freeze(edition, &all).frame().unwrap(), edition).unwrap();
    let day = |day| chrono::NaiveDate::from_ymd_opt(2026, 1, day).unwrap();
    for group in [97, 1000] {
        let dir = tempfile::tempdir().unwrap();
        let definitions = extract::Definitions::one(edition, std::collections::BTreeMap::new());
        let mut writer = extract::Writer::create(dir.path(), definitions.clone()).unwrap().with_group(group);
        writer.push(extract::Batch::new(&definitions, &all).unwrap()).unwrap();
        let input = extract::ManifestInput {
            software: "barometre 0.1.0".to_owned(),
            is_simulated: true,
            field_start: day(5),
            field_end: day(30),
            states: extract::StateCounts::default(),
        };
        writer.finish(&input).unwrap();
        let cleaned = clean_extract(&extract::Extract::open(dir.path()).unwrap(), edition).unwrap();
        assert_eq!((cleaned.len(), &cleaned.excluded), (whole.len(), &whole.excluded), "groups of {group}");
        let weights = calibrate(&cleaned, edition).unwrap();
        assert_eq!(weights, calibrate(&whole, edition).unwrap());
        let (found, expected) = (estimate(&cleaned, &weights, edition), estimate(&whole, &weights, edition));
        assert!(found.domains == expected.domains && found.bases == expected.bases);
        let pairs = found.estimates.iter().flatten().zip(expected.estimates.iter().flatten());
        for (one, other) in pairs.filter(|(one, _)| !one.value.is_nan()) {
            assert!(
                (one.value - other.value).abs() < 1e-9
                    && (one.n_effective / other.n_effective - 1.0).abs() < 1e-9
            );
        }
    }
}

#[test]
fn the_number_of_threads_changes_no_digit() {
    let edition = edition();
    let mut all = records(edition, 260, 36);
    all.sort_by(|one, other| one.organisation.cmp(&other.organisation));
    let dir = tempfile::tempdir().unwrap();
    let definitions = extract::Definitions::one(edition, std::collections::BTreeMap::new());
    let mut writer = extract::Writer::create(dir.path(), definitions.clone()).unwrap().with_group(50);
    writer.push(extract::Batch::new(&definitions, &all).unwrap()).unwrap();
    let day = |day| chrono::NaiveDate::from_ymd_opt(2026, 1, day).unwrap();
    let input = extract::ManifestInput {
        software: "barometre 0.1.0".to_owned(),
        is_simulated: true,
        field_start: day(5),
        field_end: day(30),
        states: extract::StateCounts::default(),
    };
    writer.finish(&input).unwrap();
    let extract = extract::Extract::open(dir.path()).unwrap();
    assert_eq!(extract.groups(), 6);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let cleaned = analysis::clean_extract(&extract, edition).unwrap();
            let weights = analysis::calibrate(&cleaned, edition).unwrap();
            let estimates = analysis::estimate(&cleaned, &weights, edition);
            // Not a number is like itself here.
            let digits = |estimate: &analysis::Estimate| {
                [estimate.value, estimate.unweighted, estimate.standard_error, estimate.n_effective]
                    .map(f64::to_bits)
            };
            let digits: Vec<_> = estimates.estimates.iter().flatten().map(digits).collect();
            (weights, digits)
        })
    };
    let alone = on(1);
    assert!(alone == on(2) && alone == on(5));
}
