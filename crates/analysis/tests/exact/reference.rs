//! The variance as it is written in the papers, row by row and with strata: the tests hold the production code to it.

use std::collections::BTreeMap;

use analysis::Weights;
use estimation::calibration::{Auxiliary, pseudo_inverse};

/// The auxiliary variables of each respondent.
pub fn of_respondents(weights: &Weights) -> Auxiliary {
    let mut auxiliary = Auxiliary::new(weights.auxiliary.columns());
    for cell in &weights.cells {
        auxiliary.push(weights.auxiliary.row(*cell as usize).iter().copied());
    }
    auxiliary
}

/// `V = Σ_h n_h/(n_h - 1) Σ_i (z_hi - z̄_h)²`, `z = w e`, `e = u - x'B`, `B = (Σ d x x')⁻ Σ d x u`, where `u` has one
/// value for every respondent, zero outside the domain.
pub fn variance(base: &[f64], weights: &[f64], x: &Auxiliary, u: &[f64], strata: &[String]) -> f64 {
    let weighted: Vec<f64> = base.iter().zip(u).map(|(d, u)| d * u).collect();
    let slope = pseudo_inverse(&x.gram(base)) * x.totals(&weighted);
    let mut by_stratum: BTreeMap<&String, Vec<f64>> = BTreeMap::new();
    for k in 0..u.len() {
        by_stratum.entry(&strata[k]).or_default().push(weights[k] * (u[k] - x.dot(k, &slope)));
    }
    by_stratum
        .values()
        .map(|residuals| {
            let n = residuals.len() as f64;
            let mean = residuals.iter().sum::<f64>() / n;
            n / (n - 1.0) * residuals.iter().map(|z| (z - mean) * (z - mean)).sum::<f64>()
        })
        .sum()
}
