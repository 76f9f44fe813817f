//! How far the figures may be trusted, on the real edition.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use analysis::{AnalysisError, Context, analyse_against, calibrate, clean, quality};
use publication::{Denominator, Displayed, Level, Publication};

use crate::definition::edition;
use crate::sample::{Nobody, freeze, records};

/// Not attacked: what is said of quality is said of any publication.
fn published(n: usize, seed: u64) -> Publication {
    let context = Context {
        publisher: "SOGA".to_owned(),
        software: "barometre 0.1.0".to_owned(),
        definition: BTreeMap::new(),
    };
    let extract = freeze(edition(), &records(edition(), n, seed));
    analyse_against(&extract, edition(), &context, &Nobody, &[]).unwrap()
}

/// One of six hundred respondents.
fn large() -> &'static Publication {
    static MADE: OnceLock<Publication> = OnceLock::new();
    MADE.get_or_init(|| published(600, 5))
}

/// One of ninety.
fn small() -> &'static Publication {
    static MADE: OnceLock<Publication> = OnceLock::new();
    MADE.get_or_init(|| published(90, 5))
}

#[test]
fn a_publication_says_how_far_to_trust_it() {
    let publication = large();
    let quality = &publication.quality;
    let reliability = quality.reliability.as_ref().unwrap();
    assert_eq!(reliability.parts.len(), 6, "the dimensions of the index");
    // Made-up answers have nothing in common: nobody may read a scale into them.
    assert!(reliability.alpha.position() < 60.0, "{:?}", reliability.alpha);
    for part in &reliability.parts {
        let without = part.without.as_ref().unwrap();
        assert!((1.0..=99.0).contains(&without.mean.position()), "{}: {without:?}", part.label);
        assert!(!part.items.is_empty() && part.alpha_without.is_some());
    }
    let arithmetic = reliability.mean.position();
    let geometric = reliability.geometric.as_ref().unwrap().mean.position();
    assert!(geometric <= arithmetic, "the geometric mean is the smaller: {geometric} {arithmetic}");

    let g: Vec<f64> = quality.weights.as_ref().unwrap().quantiles.iter().filter_map(|q| q.g).collect();
    assert!(g.len() >= 5 && g.is_sorted(), "{g:?}");
    let tipping = quality.tipping.as_ref().unwrap();
    for row in &tipping.rows {
        if let (Some(down), Some(up)) = (row.down, row.up) {
            assert!((up - down - 10.0).abs() <= 1.0, "nearly nobody answered: {row:?}");
        }
    }
    assert!(quality.influence.as_ref().unwrap().rows.iter().all(|row| {
        publication
            .breakdown(&row.breakdown)
            .unwrap()
            .categories
            .iter()
            .any(|known| known.code == row.category && known.n.is_some())
    }));
    for level in [Level::Ok, Level::Fragile, Level::NotPublished] {
        assert!(publication.cells.values().any(|cell| cell.level() == level), "{level:?}");
    }
}

#[test]
fn too_few_respondents_say_nothing_of_the_index() {
    assert!(small().quality.reliability.is_none());
}

#[test]
fn margins_are_met_and_shown_met() {
    let publication = large();
    for group in &publication.method.calibration {
        for row in group.margins.iter().flat_map(|margin| &margin.rows) {
            if let Some(Displayed::Point { value, step, .. }) = row.after {
                assert!((value - row.target).abs() <= step / 2.0 + 0.05, "{row:?}");
            }
            assert_eq!(row.before.is_some(), row.after.is_some(), "{row:?}");
        }
    }
}

#[test]
fn the_policy_of_an_indicator_is_that_of_its_base() {
    let publication = small();
    let policy = |code: &str| publication.indicator(code).unwrap().denominator;
    assert_eq!(policy("STR_IMPORTANT"), Some(Denominator::Base));
    assert_eq!(policy("DII_BASE"), Some(Denominator::Substantive));
    assert_eq!(policy("INDICE_MATURITE"), Some(Denominator::Substantive));
}

#[test]
fn the_publisher_is_warned_of_small_and_stretched_categories() {
    let extract = freeze(edition(), &records(edition(), 300, 9));
    let cleaned = clean(extract.frame().unwrap(), edition()).unwrap();
    let weights = calibrate(&cleaned, edition()).unwrap();
    let warnings = quality::warnings(&weights, edition());
    let mut expected = 0;
    for (group, found) in edition().plan.calibration.iter().zip(&weights.groups) {
        for (margin, counts) in group.margins.iter().zip(&found.counts) {
            for (category, count) in margin.categories.iter().zip(counts) {
                let ratio = category.share * found.rows.len() as f64 / *count as f64;
                expected += usize::from(*count < 10 || !(1.0 / 3.0..=3.0).contains(&ratio));
            }
        }
    }
    assert!(expected > 0 && warnings.len() == expected, "{expected}: {warnings:?}");
    assert!(warnings.iter().all(|warning| warning.contains("consider merging it, for instance with `")));
}

#[test]
fn an_empty_category_says_what_to_merge_it_with() {
    let mut changed = edition().clone();
    let margin = &mut changed.plan.calibration[0].margins[0];
    let mut absent = margin.categories[0].clone();
    absent.code = "martienne".to_owned();
    absent.share = 0.2;
    for category in &mut margin.categories {
        category.share *= 0.8;
    }
    margin.categories.push(absent);
    let extract = freeze(edition(), &records(edition(), 300, 9));
    let cleaned = clean(extract.frame().unwrap(), edition()).unwrap();
    let weights = calibrate(&cleaned, edition()).unwrap();
    let counts = &weights.groups[0].counts[0];
    let smallest = (0..counts.len()).filter(|at| counts[*at] > 0).min_by_key(|at| counts[*at]).unwrap();
    let smallest = edition().plan.calibration[0].margins[0].categories[smallest].code.clone();
    let error = calibrate(&cleaned, &changed).unwrap_err();
    assert!(matches!(&error, AnalysisError::EmptyCategory { merge, .. } if *merge == smallest));
    assert!(error.to_string().contains(&format!("with `{smallest}`, the smallest")), "{error}");
}
