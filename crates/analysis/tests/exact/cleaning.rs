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
        let (found, expected) =
            (estimate(&cleaned, &weights, edition).unwrap(), estimate(&whole, &weights, edition).unwrap());
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
