//! Raking against proportional fitting, and by hand.

use estimation::calibration::{Auxiliary, Distance, calibrate};
use proptest::prelude::*;

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

/// Three shares of a thousand.
fn totals() -> impl Strategy<Value = [f64; 3]> {
    prop::array::uniform3(1.0..10.0_f64).prop_map(|parts| {
        let sum: f64 = parts.iter().sum();
        parts.map(|part| 1000.0 * part / sum)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn raking_is_iterative_proportional_fitting_whatever_the_order_of_the_rows(
        drawn in prop::collection::vec((0..3_usize, 0..3_usize, 1.0..6.0_f64), 9..50),
        totals in prop::array::uniform2(totals()),
    ) {
        // Every pair of categories occurs, so that a solution exists.
        let of: Vec<[usize; 2]> = drawn
            .iter()
            .enumerate()
            .map(|(k, (a, b, _))| if k < 9 { [k / 3, k % 3] } else { [*a, *b] })
            .collect();
        let d: Vec<f64> = drawn.iter().map(|(.., d)| *d).collect();
        let raked = |order: &[usize]| {
            let mut x = Auxiliary::new(6);
            for k in order {
                x.push([(of[*k][0], 1.0), (3 + of[*k][1], 1.0)]);
            }
            let d: Vec<f64> = order.iter().map(|k| d[*k]).collect();
            calibrate(&d, &x, &totals.concat(), Distance::Raking).unwrap()
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
    let w = calibrate(&[25.0; 4], &x, &[60.0, 40.0, 70.0, 30.0], Distance::Raking).unwrap();
    for (w, expected) in w.iter().zip([42.0, 18.0, 28.0, 12.0]) {
        assert!((w - expected).abs() < 1e-9, "{w}");
    }
}

#[test]
fn margins_that_contradict_each_other_do_not_converge() {
    let mut x = Auxiliary::new(2);
    x.push([(0, 1.0), (1, 1.0)]);
    let error = calibrate(&[1.0], &x, &[10.0, 20.0], Distance::Raking).unwrap_err();
    assert!(error.residual > 1.0, "{error:?}");
}
