//! What must hold whatever the numbers are.

use estimation::calibration::{Auxiliary, Distance};
use estimation::replication::{Centre, Replication};
use estimation::{Design, LonelyPsu, PopulationSize, Sample, Step, Target};
use proptest::prelude::*;

/// Respondents in two strata, four cells, with a value: stratum, cell, weight, y.
fn respondents() -> impl Strategy<Value = Vec<(usize, usize, f64, f64)>> {
    prop::collection::vec((0..2_usize, 0..2_usize, 0.5..20.0_f64, -50.0..50.0_f64), 12..60).prop_map(|rows| {
        // Every cell of every stratum has somebody, three times.
        rows.into_iter()
            .enumerate()
            .map(|(k, (h, c, w, y))| if k < 12 { (k % 2, (k / 2) % 2, w, y) } else { (h, c, w, y) })
            .collect()
    })
}

fn design(rows: &[(usize, usize, f64, f64)]) -> Design {
    let strata: Vec<String> = rows.iter().map(|row| row.0.to_string()).collect();
    Design::new(rows.len(), Some(&strata), None, false, &PopulationSize::Unknown, LonelyPsu::Fail).unwrap()
}

fn raked(rows: &[(usize, usize, f64, f64)], distance: Distance) -> Sample {
    let mut x = Auxiliary::new(2);
    for row in rows {
        x.push([(row.1, 1.0)]);
    }
    let step = Step::Calibrate {
        x,
        totals: vec![700.0, 300.0],
        names: vec!["a".to_owned(), "b".to_owned()],
        distance,
        prescale: Some(1000.0),
    };
    let base = rows.iter().map(|row| row.2).collect();
    Sample::new(design(rows), base, &[step], None).unwrap()
}

fn everyone(rows: &[(usize, usize, f64, f64)]) -> Vec<bool> {
    vec![true; rows.len()]
}

fn y(rows: &[(usize, usize, f64, f64)]) -> Vec<f64> {
    rows.iter().map(|row| row.3).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_calibrated_total_is_the_known_one_and_has_no_variance(rows in respondents()) {
        for distance in [Distance::Linear, Distance::Raking] {
            let sample = raked(&rows, distance);
            let inside = rows.iter().map(|row| if row.1 == 0 { 1.0 } else { 0.0 }).collect();
            let total = sample.estimate(&[Target::Total { live: everyone(&rows), y: inside }]).unwrap();
            prop_assert!((total.values[0] - 700.0).abs() < 1e-6);
            prop_assert!(total.standard_error(0) < 1e-6, "{}", total.standard_error(0));
        }
    }

    #[test]
    fn a_mean_is_the_total_over_the_size_and_both_have_the_coefficient_of_variation_of_a_known_size(
        rows in respondents()
    ) {
        let sample = raked(&rows, Distance::Raking);
        let found = sample
            .estimate(&[
                Target::Total { live: everyone(&rows), y: y(&rows) },
                Target::Mean { live: everyone(&rows), y: y(&rows) },
                Target::Ratio {
                    live: everyone(&rows),
                    numerator: y(&rows),
                    denominator: vec![1.0; rows.len()],
                },
            ])
            .unwrap();
        prop_assert!((found.values[0] / 1000.0 - found.values[1]).abs() < 1e-9);
        prop_assert!((found.values[1] - found.values[2]).abs() < 1e-12);
        // The size is calibrated, so it adds nothing to the variance.
        prop_assert!((found.standard_error(0) / 1000.0 - found.standard_error(1)).abs() < 1e-7);
        prop_assert!((found.standard_error(1) - found.standard_error(2)).abs() < 1e-10);
    }

    #[test]
    fn moving_and_scaling_the_answers_moves_and_scales_the_mean(rows in respondents(), a in -5.0..5.0_f64) {
        let sample = raked(&rows, Distance::Raking);
        let moved = rows.iter().map(|row| 10.0 + a * row.3).collect();
        let found = sample
            .estimate(&[
                Target::Mean { live: everyone(&rows), y: y(&rows) },
                Target::Mean { live: everyone(&rows), y: moved },
            ])
            .unwrap();
        prop_assert!((found.values[1] - (10.0 + a * found.values[0])).abs() < 1e-8);
        prop_assert!((found.standard_error(1) - a.abs() * found.standard_error(0)).abs() < 1e-8);
    }

    #[test]
    fn a_domain_and_the_rest_make_the_whole(rows in respondents()) {
        let sample = raked(&rows, Distance::Raking);
        let inside: Vec<bool> = rows.iter().map(|row| row.3 > 0.0).collect();
        let outside = inside.iter().map(|is_in| !is_in).collect();
        let found = sample
            .estimate(&[
                Target::Total { live: inside, y: y(&rows) },
                Target::Total { live: outside, y: y(&rows) },
                Target::Total { live: everyone(&rows), y: y(&rows) },
            ])
            .unwrap();
        let v = &found.covariance;
        prop_assert!((found.values[0] + found.values[1] - found.values[2]).abs() < 1e-7);
        let sum = v[(0, 0)] + v[(1, 1)] + 2.0 * v[(0, 1)];
        prop_assert!((sum - v[(2, 2)]).abs() <= 1e-7 * (1.0 + v[(2, 2)]), "{sum} {}", v[(2, 2)]);
    }

    #[test]
    fn the_order_of_respondents_does_not_matter(rows in respondents()) {
        let mut other = rows.clone();
        other.reverse();
        let mean = |rows: &[(usize, usize, f64, f64)]| {
            let sample = raked(rows, Distance::Logit { lower: 0.01, upper: 60.0 });
            let found = sample.estimate(&[Target::Mean { live: everyone(rows), y: y(rows) }]).unwrap();
            (found.values[0], found.standard_error(0), found.df)
        };
        let (a, b) = (mean(&rows), mean(&other));
        prop_assert!((a.0 - b.0).abs() < 1e-8 && (a.1 - b.1).abs() < 1e-8 && (a.2 - b.2).abs() < 1e-12);
    }

    #[test]
    fn the_jackknife_of_a_total_is_its_linearised_variance(rows in respondents()) {
        let base: Vec<f64> = rows.iter().map(|row| row.2).collect();
        let target = Target::Total { live: everyone(&rows), y: y(&rows) };
        let jackknife = Replication::jkn(&design(&rows), Centre::FullSample);
        let by = |replication| {
            let sample = Sample::new(design(&rows), base.clone(), &[], replication).unwrap();
            sample.estimate(std::slice::from_ref(&target)).unwrap().standard_error(0)
        };
        let (taylor, replicated) = (by(None), by(Some(&jackknife)));
        prop_assert!((taylor / replicated - 1.0).abs() < 1e-8, "{taylor} {replicated}");
    }
}

/// Two strata of five and three units, as in the textbook file of the oracle.
fn textbook() -> (Design, Vec<f64>, Vec<f64>) {
    let strata: Vec<String> = ["1", "1", "1", "1", "1", "2", "2", "2"].map(str::to_owned).to_vec();
    let design =
        Design::new(8, Some(&strata), None, false, &PopulationSize::Unknown, LonelyPsu::Fail).unwrap();
    (design, vec![3.0, 3.0, 3.0, 3.0, 3.0, 4.0, 4.0, 4.0], vec![2.8, 4.1, 6.8, 6.8, 9.2, 3.7, 6.6, 4.2])
}

#[test]
fn two_thousand_bootstrap_replicates_come_within_a_tenth_of_the_linearised_standard_error() {
    let (design, weights, y) = textbook();
    let target = Target::Total { live: vec![true; 8], y };
    let taylor = Sample::new(design.clone(), weights.clone(), &[], None).unwrap();
    let expected = taylor.estimate(std::slice::from_ref(&target)).unwrap().standard_error(0);
    let draws = Replication::draw_rao_wu(&design, 2000, 20_260_101, false);
    let bootstrap = Sample::new(design, weights, &[], Some(&draws)).unwrap();
    let found = bootstrap.estimate(std::slice::from_ref(&target)).unwrap().standard_error(0);
    assert!((found / expected - 1.0).abs() < 0.1, "{found} {expected}");
}

#[test]
fn bootstrap_draws_follow_from_the_seed_alone_and_never_make_a_negative_weight() {
    let (design, ..) = textbook();
    let draws = Replication::draw_rao_wu(&design, 50, 7, false);
    assert_eq!(draws, Replication::draw_rao_wu(&design, 50, 7, false));
    assert_ne!(draws, Replication::draw_rao_wu(&design, 50, 8, false));
    // The first replicates of a longer run are those of a shorter one: any machine may draw any of them.
    assert_eq!(draws.multipliers[..20], Replication::draw_rao_wu(&design, 20, 7, false).multipliers[..]);
    assert!(draws.multipliers.iter().flatten().all(|m| *m >= 0.0));
    for multipliers in &draws.multipliers {
        // Draws of n − 1 units, each rescaled: a stratum keeps its number of units.
        assert!((multipliers[..5].iter().sum::<f64>() - 5.0).abs() < 1e-12);
        assert!((multipliers[5..].iter().sum::<f64>() - 3.0).abs() < 1e-12);
    }
}

#[test]
fn a_replicate_that_cannot_be_calibrated_is_an_error_and_not_a_wrong_variance() {
    let rows: Vec<(usize, usize, f64, f64)> = vec![(0, 0, 1.0, 1.0), (0, 1, 1.0, 2.0), (0, 1, 1.0, 4.0)];
    let mut x = Auxiliary::new(2);
    for row in &rows {
        x.push([(row.1, 1.0)]);
    }
    let names = vec!["cell = 0".to_owned(), "cell = 1".to_owned()];
    let step =
        Step::Calibrate { x, totals: vec![3.0, 5.0], names, distance: Distance::Raking, prescale: None };
    let jackknife = Replication::jk1(&Design::simple(3), Centre::FullSample);
    let refused = Sample::new(Design::simple(3), vec![1.0; 3], &[step], Some(&jackknife));
    let error = refused.expect_err("without its only respondent the first cell is empty");
    assert_eq!(error.code(), "calibration_failed");
    assert!(error.to_string().contains("cell = 0"), "{error}");
}
