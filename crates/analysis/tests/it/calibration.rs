//! Margins hold, and each misfit has its name.

use analysis::calibration::TRIM_AT;
use analysis::{AnalysisError, Cleaned, Weights, calibrate, clean};
use questionnaire::{Answer, Edition};

use crate::definition::edition;
use crate::sample::{freeze, records};

fn cleaned(n: usize, seed: u64) -> Cleaned {
    cleaned_for(edition(), n, seed)
}

fn cleaned_for(plan: &Edition, n: usize, seed: u64) -> Cleaned {
    clean(freeze(edition(), &records(edition(), n, seed)).frame().unwrap(), plan).unwrap()
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

fn refused(change: impl Fn(&mut Edition)) -> AnalysisError {
    let mut changed = edition().clone();
    change(&mut changed);
    calibrate(&cleaned_for(&changed, 200, 13), &changed).unwrap_err()
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
    let mut changed = edition.clone();
    changed.plan.calibration.remove(0);
    let cleaned = clean(freeze(edition, &records).frame().unwrap(), &changed).unwrap();
    let error = calibrate(&cleaned, &changed).unwrap_err();
    assert!(matches!(&error, AnalysisError::MissingVariable { count: 200, n: 200, .. }), "{error}");
}
