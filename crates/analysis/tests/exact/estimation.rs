//! Estimates and their precision.

use analysis::estimation::TaylorVariance;
use analysis::{Cleaned, Estimates, Weights, calibrate, clean, estimate};
use publication::Domain;
use questionnaire::Numerator;

use super::definition::edition;
use super::reference::{of_respondents, variance};
use super::sample::{Dice, freeze, records};

fn made(n: usize, seed: u64) -> (Cleaned, Weights) {
    let edition = edition();
    let cleaned = clean(freeze(edition, &records(edition, n, seed)).frame().unwrap(), edition).unwrap();
    let weights = calibrate(&cleaned, edition).unwrap();
    (cleaned, weights)
}

fn domain(estimates: &Estimates, domain: &Domain) -> usize {
    estimates.domains.iter().position(|candidate| candidate.domain == *domain).unwrap()
}

fn indicator(code: &str) -> usize {
    edition().indicators.iter().position(|indicator| indicator.code == code).unwrap()
}

#[test]
fn the_variance_by_sums_is_the_variance_row_by_row() {
    let (_, weights) = made(300, 21);
    let mut dice = Dice(5);
    let production = TaylorVariance::new(&weights);
    let strata = vec![String::new(); weights.base.len()];
    for size in [2, 30, 299] {
        let rows: Vec<usize> = (0..size).collect();
        let u: Vec<f64> = rows.iter().map(|_| dice.under(1000) as f64 / 1e6).collect();
        let mut everywhere = vec![0.0; weights.base.len()];
        everywhere[..size].copy_from_slice(&u);
        let auxiliary = of_respondents(&weights);
        let expected = variance(&weights.base, &weights.calibrated, &auxiliary, &everywhere, &strata);
        let found = production.of(&rows, &u);
        assert!((found / expected - 1.0).abs() < 1e-9, "{size}: {found} and {expected}");
    }
}

#[test]
fn a_calibrated_total_has_no_variance() {
    let (_, weights) = made(300, 22);
    let production = TaylorVariance::new(&weights);
    let rows = &weights.groups[0].rows;
    let variance = production.of(rows, &vec![1.0; rows.len()]);
    let total: f64 = rows.iter().map(|row| weights.calibrated[*row]).sum();
    assert!(variance.sqrt() < 1e-5 * total, "{}", variance.sqrt());
}

#[test]
fn a_share_is_the_ratio_of_two_weighted_totals() {
    let edition = edition();
    let (cleaned, weights) = made(300, 23);
    let estimates = estimate(&cleaned, &weights, edition);
    let index = indicator("STR_IMPORTANT");
    let answers = cleaned.frame.column("str_importance").unwrap().str().unwrap();
    let zones = cleaned.frame.column("derived.zone").unwrap().str().unwrap();
    for (name, place) in [("ensemble", Domain::All), ("rural", Domain::of("zone", "rural"))] {
        let (mut y, mut base, mut n) = (0.0, 0.0, 0);
        for row in 0..cleaned.len() {
            if name == "ensemble" || zones.get(row) == Some(name) {
                let is_cited = matches!(answers.get(row), Some("indispensable" | "important"));
                y += if is_cited { weights.calibrated[row] } else { 0.0 };
                base += weights.calibrated[row];
                n += 1;
            }
        }
        let at = domain(&estimates, &place);
        assert!((estimates.estimates[index][at].value - y / base).abs() < 1e-12, "{name}");
        assert_eq!(estimates.bases[estimates.base_of[index]][at].base.n, n);
    }
}

#[test]
fn equal_weights_give_the_unweighted_estimate() {
    let edition = edition();
    let (cleaned, mut weights) = made(300, 24);
    weights.calibrated = vec![7.0; cleaned.len()];
    let estimates = estimate(&cleaned, &weights, edition);
    for (row, definition) in estimates.estimates.iter().zip(&edition.indicators) {
        for estimate in row.iter().filter(|estimate| !estimate.value.is_nan()) {
            assert!((estimate.value - estimate.unweighted).abs() < 1e-9, "{}", definition.code);
        }
    }
}

#[test]
fn a_member_of_three_networks_counts_in_each() {
    let edition = edition();
    let (cleaned, weights) = made(300, 25);
    let estimates = estimate(&cleaned, &weights, edition);
    let networks = edition.questionnaire.question("org_reseaux").unwrap();
    for option in networks.options().iter().filter(|option| !option.is_exclusive) {
        let column = format!("org_reseaux.{}", option.code);
        let ticked = cleaned.frame.column(&column).unwrap().bool().unwrap();
        let members: Vec<usize> = (0..cleaned.len()).filter(|row| ticked.get(*row) == Some(true)).collect();
        if let Some(found) = estimates.domains.iter().find(|d| d.domain == Domain::of("reseau", &option.code))
        {
            assert_eq!(found.rows, members, "{column}");
        }
    }
    let memberships: usize = estimates
        .domains
        .iter()
        .filter(|d| matches!(&d.domain, Domain::Of { breakdown, .. } if breakdown == "reseau"))
        .map(|d| d.rows.len())
        .sum();
    assert!(memberships > cleaned.len(), "several each");
}

#[test]
fn intervals_hold_the_estimate_and_stay_in_range() {
    let edition = edition();
    let (cleaned, weights) = made(300, 26);
    let estimates = estimate(&cleaned, &weights, edition);
    let mut seen = 0;
    for (row, definition) in estimates.estimates.iter().zip(&edition.indicators) {
        for estimate in row {
            let Some((low, high)) = estimate.interval else { continue };
            if estimate.value.is_nan() {
                continue;
            }
            seen += 1;
            let slack = 1e-9;
            assert!(low <= estimate.value + slack && estimate.value <= high + slack, "{}", definition.code);
            if matches!(definition.numerator, Numerator::Share(_)) {
                assert!((0.0..=1.0).contains(&low) && (0.0..=1.0).contains(&high), "{}", definition.code);
            }
        }
    }
    assert!(seen > 1000, "{seen}");
}

#[test]
fn every_estimate_is_that_of_the_papers_row_by_row() {
    let edition = edition();
    let (cleaned, weights) = made(400, 27);
    let estimates = estimate(&cleaned, &weights, edition);
    let mut reader = analysis::columns::Reader::new(edition, &cleaned.frame);
    let truths = |bits: analysis::columns::Bits| -> Vec<f64> {
        (0..bits.rows()).map(|row| f64::from(u8::from(bits.holds(row)))).collect()
    };
    let auxiliary = of_respondents(&weights);
    let strata = vec![String::new(); weights.base.len()];
    let w = &weights.calibrated;
    let (mut shares, mut means) = (0, 0);
    for (index, indicator) in edition.indicators.iter().enumerate().step_by(5) {
        let base = truths(reader.condition(&indicator.base).unwrap());
        let y = match &indicator.numerator {
            Numerator::Share(condition) => truths(reader.condition(condition).unwrap()),
            Numerator::Mean(number) => reader.number(number).unwrap().to_vec(),
        };
        for (domain, found) in estimates.domains.iter().zip(&estimates.estimates[index]) {
            let rows: Vec<usize> =
                domain.rows.iter().copied().filter(|row| base[*row] > 0.5 && !y[*row].is_nan()).collect();
            let behind = estimates.bases[estimates.base_of[index]]
                [estimates.domains.iter().position(|other| other.domain == domain.domain).unwrap()];
            assert_eq!(behind.base.n as usize, rows.len(), "{} {:?}", indicator.code, domain.domain);
            if rows.is_empty() {
                assert!(found.value.is_nan());
                continue;
            }
            let total: f64 = rows.iter().map(|row| w[*row]).sum();
            let largest = rows.iter().map(|row| w[*row]).fold(0.0, f64::max) / total;
            assert!((behind.base.largest_share / largest - 1.0).abs() < 1e-12);
            let p = rows.iter().map(|row| w[*row] * y[*row]).sum::<f64>() / total;
            let mut u = vec![0.0; w.len()];
            for row in &rows {
                u[*row] = (y[*row] - p) / total;
            }
            let expected = variance(&weights.base, w, &auxiliary, &u, &strata).sqrt();
            let plain = rows.iter().map(|row| y[*row]).sum::<f64>() / rows.len() as f64;
            let place = format!("{} {:?}", indicator.code, domain.domain);
            assert!((found.value - p).abs() < 1e-9 * (1.0 + p.abs()), "{place}: {} and {p}", found.value);
            assert!((found.unweighted - plain).abs() < 1e-9 * (1.0 + plain.abs()), "{place}");
            // A variance of nothing (a domain that the margins decide) is found to the rounding of its terms, 1e-13, whose
            // root is under 1e-6.
            let is_same = (found.standard_error - expected).abs() < 1e-6 + 1e-7 * expected;
            assert!(is_same, "{place}: {} and {expected}", found.standard_error);
            match indicator.numerator {
                Numerator::Share(_) => shares += 1,
                Numerator::Mean(_) => means += 1,
            }
        }
    }
    assert!(shares > 500 && means > 20, "{shares} shares, {means} means");
}
