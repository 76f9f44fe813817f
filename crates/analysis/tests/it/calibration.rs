//! Margins hold, and each misfit has its name.

use analysis::calibration::{Auxiliary, TRIM_AT, rake};
use analysis::{AnalysisError, Cleaned, Weights, calibrate, clean};
use proptest::prelude::*;
use questionnaire::{Answer, Edition};

use crate::definition::edition;
use crate::sample::{Dice, freeze, records};

fn cleaned(n: usize, seed: u64) -> Cleaned {
    clean(freeze(edition(), &records(edition(), n, seed)).frame(), edition()).unwrap()
}

/// Σ w over the respondents with this value of a text column, blanks apart.
fn total(cleaned: &Cleaned, weights: &Weights, column: &str, value: Option<&str>, rows: &[usize]) -> f64 {
    let texts = cleaned.frame.column(column).unwrap().str().unwrap();
    rows.iter().filter(|row| texts.get(**row) == value).map(|row| weights.calibrated[*row]).sum()
}

#[test]
fn calibrated_weights_meet_every_margin_of_the_plan() {
    let edition = edition();
    let cleaned = cleaned(500, 11);
    let weights = calibrate(&cleaned, edition).unwrap();
    for (group, made) in edition.plan.calibration.iter().zip(&weights.groups) {
        let sum: f64 = made.rows.iter().map(|row| weights.calibrated[*row]).sum();
        assert!((sum / group.total - 1.0).abs() < 1e-8, "{}: {sum}", group.code);
        for margin in &group.margins {
            let variable = edition.subject_name(margin.variable);
            // Those who left the variable blank count in proportion to the totals.
            let blank = total(&cleaned, &weights, &variable, None, &made.rows);
            for category in &margin.categories {
                let found = total(&cleaned, &weights, &variable, Some(&category.code), &made.rows);
                let expected = category.share * (group.total - blank);
                assert!((found / expected - 1.0).abs() < 1e-8, "{}.{}: {found}", margin.code, category.code);
            }
        }
    }
}

#[test]
fn weights_stay_under_the_bound_where_margins_allow_it() {
    let cleaned = cleaned(500, 12);
    let weights = calibrate(&cleaned, edition()).unwrap();
    for (group, made) in edition().plan.calibration.iter().zip(&weights.groups) {
        let mean = group.total / made.rows.len() as f64;
        let greatest = made.rows.iter().map(|row| weights.calibrated[*row]).fold(0.0, f64::max);
        assert_eq!(made.is_within_bound, greatest <= TRIM_AT * mean * (1.0 + 1e-8), "{}", group.code);
    }
}

/// Two margins by hand: iterative proportional fitting, a cycle at a time.
fn proportional_fitting(d: &[f64], of: &[[usize; 2]], totals: &[[f64; 3]; 2]) -> Vec<f64> {
    let mut w = d.to_vec();
    for _ in 0..5000 {
        for margin in 0..2 {
            let mut sums = [0.0; 3];
            for (w, of) in w.iter().zip(of) {
                sums[of[margin]] += w;
            }
            for (w, of) in w.iter_mut().zip(of) {
                *w *= totals[margin][of[margin]] / sums[of[margin]];
            }
        }
    }
    w
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn raking_is_iterative_proportional_fitting_whatever_the_order_of_the_rows(seed: u64) {
        let mut dice = Dice(seed);
        // Every pair of categories occurs, so that a solution exists.
        let mut of: Vec<[usize; 2]> = (0..9).map(|pair| [pair / 3, pair % 3]).collect();
        of.extend((0..40).map(|_| [dice.under(3), dice.under(3)]));
        let d: Vec<f64> = of.iter().map(|_| 1.0 + dice.under(50) as f64 / 10.0).collect();
        let shares = |dice: &mut Dice| {
            let parts = [1, 2, 3].map(|_| 1.0 + dice.under(9) as f64);
            let sum: f64 = parts.iter().sum();
            parts.map(|part| 1000.0 * part / sum)
        };
        let totals = [shares(&mut dice), shares(&mut dice)];
        let raked = |order: &[usize]| {
            let mut x = Auxiliary::new(6);
            for k in order {
                x.push([(of[*k][0], 1.0), (3 + of[*k][1], 1.0)]);
            }
            let d: Vec<f64> = order.iter().map(|k| d[*k]).collect();
            rake(&d, &x, &totals.concat()).unwrap()
        };
        let order: Vec<usize> = (0..of.len()).collect();
        let reversed: Vec<usize> = order.iter().rev().copied().collect();
        let (w, backwards) = (raked(&order), raked(&reversed));
        for (k, fitted) in proportional_fitting(&d, &of, &totals).into_iter().enumerate() {
            prop_assert!((w[k] / fitted - 1.0).abs() < 1e-8, "{k}: {} and {fitted}", w[k]);
            prop_assert!((w[k] / backwards[of.len() - 1 - k] - 1.0).abs() < 1e-8);
        }
    }
}

#[test]
fn a_two_by_two_table_is_raked_as_by_hand() {
    // Deming and Stephan's method on one respondent per cell, rows 60/40 and columns 70/30: independence is kept, so
    // w = row × column / total.
    let mut x = Auxiliary::new(4);
    for (row, column) in [(0, 2), (0, 3), (1, 2), (1, 3)] {
        x.push([(row, 1.0), (column, 1.0)]);
    }
    let w = rake(&[25.0; 4], &x, &[60.0, 40.0, 70.0, 30.0]).unwrap();
    for (w, expected) in w.iter().zip([42.0, 18.0, 28.0, 12.0]) {
        assert!((w - expected).abs() < 1e-9, "{w}");
    }
}

#[test]
fn margins_that_contradict_each_other_do_not_converge() {
    let mut x = Auxiliary::new(2);
    x.push([(0, 1.0), (1, 1.0)]);
    let error = rake(&[1.0], &x, &[10.0, 20.0]).unwrap_err();
    assert!(error.residual > 1.0, "{error:?}");
}

fn refused(change: impl Fn(&mut Edition)) -> AnalysisError {
    let mut changed = edition().clone();
    change(&mut changed);
    calibrate(&cleaned(200, 13), &changed).unwrap_err()
}

#[test]
fn a_category_of_the_sample_that_the_margin_lacks_is_named() {
    let error = refused(|edition| {
        let margin = &mut edition.plan.calibration[0].margins[0];
        margin.categories.remove(0);
        let rest: f64 = margin.categories.iter().map(|category| category.share).sum();
        margin.categories.iter_mut().for_each(|category| category.share /= rest);
    });
    let AnalysisError::UnknownCategory { category, count, .. } = &error else { panic!("{error}") };
    assert!(category == "association" && *count > 0, "{error}");
    assert!(error.to_string().contains("merge it into another"), "{error}");
}

#[test]
fn a_category_of_the_population_without_respondents_is_named() {
    let error = refused(|edition| {
        let margin = &mut edition.plan.calibration[0].margins[0];
        margin.categories.iter_mut().for_each(|category| category.share *= 0.9);
        let mut martian = margin.categories[0].clone();
        (martian.code, martian.share) = ("martienne".to_owned(), 0.1);
        margin.categories.push(martian);
    });
    assert!(
        matches!(&error, AnalysisError::EmptyCategory { category, .. } if category == "martienne"),
        "{error}"
    );
    assert!(error.to_string().contains("stands for 10.0 %"), "{error}");
}

#[test]
fn a_margin_that_does_not_sum_to_the_population_is_named() {
    let error = refused(|edition| edition.plan.calibration[0].margins[0].categories[0].share += 0.1);
    assert!(matches!(&error, AnalysisError::MarginSum { sum, .. } if (sum - 1.1).abs() < 1e-9), "{error}");
}

#[test]
fn groups_must_cover_every_respondent_once() {
    let error = refused(|edition| {
        edition.plan.calibration.truncate(1);
    });
    assert!(matches!(error, AnalysisError::NoGroup { count } if count > 0), "{error}");
    let error = refused(|edition| {
        let again = edition.plan.calibration[0].clone();
        edition.plan.calibration.push(again);
    });
    assert!(matches!(error, AnalysisError::SeveralGroups { .. }), "{error}");
}

#[test]
fn too_many_respondents_without_a_calibration_variable_are_an_error() {
    let edition = edition();
    let mut records = records(edition, 200, 14);
    for record in &mut records {
        record.answers.set("org_secteur", None);
        record.answers.set("org_salaries", Some(Answer::Integer(0)));
    }
    let cleaned = clean(freeze(edition, &records).frame(), edition).unwrap();
    let mut changed = edition.clone();
    changed.plan.calibration.remove(0);
    let error = calibrate(&cleaned, &changed).unwrap_err();
    assert!(matches!(&error, AnalysisError::MissingVariable { count: 200, n: 200, .. }), "{error}");
}
