//! Reliability of a scale.

use nalgebra::DMatrix;

/// Cronbach's alpha and what it is made of (Cronbach, *Coefficient alpha and the internal structure of tests*,
/// Psychometrika 16, 1951).
#[derive(Debug, Clone, PartialEq)]
pub struct Alpha {
    /// k/(k−1) (1 − Σ `var_j` / `var_total`).
    pub alpha: f64,
    /// The same on standardised items: k r̄ / (1 + (k−1) r̄).
    pub standardised: f64,
    /// Respondents with an answer to every item.
    pub n: usize,
    /// Alpha without each item.
    pub without: Vec<f64>,
    /// Correlation of each item with the sum of the others.
    pub item_total: Vec<f64>,
}

/// Alpha of complete rows of items (`rows[i][j]` is item j of respondent i), with weights. Covariances have divisor
/// Σw. `None` with fewer than two items or no respondent.
#[must_use]
pub fn cronbach_alpha(rows: &[Vec<f64>], weights: &[f64]) -> Option<Alpha> {
    let k = rows.first()?.len();
    if k < 2 {
        return None;
    }
    let total: f64 = weights.iter().sum();
    let mean: Vec<f64> =
        (0..k).map(|j| rows.iter().zip(weights).map(|(row, w)| w * row[j]).sum::<f64>() / total).collect();
    let mut covariance = DMatrix::<f64>::zeros(k, k);
    for (row, w) in rows.iter().zip(weights) {
        for i in 0..k {
            for j in 0..k {
                covariance[(i, j)] += w * (row[i] - mean[i]) * (row[j] - mean[j]) / total;
            }
        }
    }
    alpha_of_covariances(&covariance, rows.len())
}

/// Alpha of items with these covariances, of so many respondents. `None` with fewer than two items or no respondent.
#[must_use]
pub fn alpha_of_covariances(covariance: &DMatrix<f64>, n: usize) -> Option<Alpha> {
    let k = covariance.nrows();
    if k < 2 || n == 0 {
        return None;
    }
    let all: Vec<usize> = (0..k).collect();
    let mut correlations = 0.0;
    for i in 0..k {
        for j in 0..i {
            correlations += covariance[(i, j)] / (covariance[(i, i)] * covariance[(j, j)]).sqrt();
        }
    }
    let k_real = k as f64;
    let mean_correlation = correlations / (k_real * (k_real - 1.0) / 2.0);
    let others = |item: usize| all.iter().copied().filter(move |j| *j != item);
    let item_total = all.iter().map(|item| {
        let with: f64 = others(*item).map(|j| covariance[(*item, j)]).sum();
        let rest: f64 =
            others(*item).flat_map(|i| others(*item).map(move |j| (i, j))).map(|at| covariance[at]).sum();
        with / (covariance[(*item, *item)] * rest).sqrt()
    });
    Some(Alpha {
        alpha: alpha_of(covariance, &all),
        standardised: k_real * mean_correlation / (1.0 + (k_real - 1.0) * mean_correlation),
        n,
        without: all.iter().map(|item| alpha_of(covariance, &others(*item).collect::<Vec<_>>())).collect(),
        item_total: item_total.collect(),
    })
}

fn alpha_of(covariance: &DMatrix<f64>, items: &[usize]) -> f64 {
    let k = items.len() as f64;
    let own: f64 = items.iter().map(|j| covariance[(*j, *j)]).sum();
    let sum: f64 =
        items.iter().flat_map(|i| items.iter().map(move |j| (*i, *j))).map(|at| covariance[at]).sum();
    k / (k - 1.0) * (1.0 - own / sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_equal_items_are_perfectly_reliable_and_two_unrelated_ones_are_not_at_all() {
        let equal: Vec<Vec<f64>> = [1.0, 2.0, 5.0].iter().map(|x| vec![*x, *x]).collect();
        let alpha = cronbach_alpha(&equal, &[1.0; 3]).expect("two items");
        assert!((alpha.alpha - 1.0).abs() < 1e-12 && (alpha.item_total[0] - 1.0).abs() < 1e-12);
        let unrelated = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]].map(|row| row.to_vec());
        let alpha = cronbach_alpha(&unrelated, &[1.0; 4]).expect("two items");
        assert!(alpha.alpha.abs() < 1e-12 && alpha.standardised.abs() < 1e-12);
        assert_eq!(cronbach_alpha(&[vec![1.0]], &[1.0]), None);
    }
}
