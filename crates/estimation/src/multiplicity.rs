//! p-values of a family of tests, adjusted together.

/// A method of adjustment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adjustment {
    /// Bonferroni: p m.
    Bonferroni,
    /// Holm, *A simple sequentially rejective multiple test procedure*, Scandinavian Journal of Statistics 6 (1979).
    Holm,
    /// Hochberg, *A sharper Bonferroni procedure for multiple tests of significance*, Biometrika 75 (1988).
    Hochberg,
    /// Benjamini and Hochberg, *Controlling the false discovery rate*, JRSS B 57 (1995).
    BenjaminiHochberg,
    /// Benjamini and Yekutieli, *The control of the false discovery rate under dependency*, Annals of Statistics 29
    /// (2001).
    BenjaminiYekutieli,
}

/// Adjusts p-values. A `None` is not a test: it stays `None` and is not counted.
#[must_use]
pub fn adjust(p: &[Option<f64>], method: Adjustment) -> Vec<Option<f64>> {
    let mut order: Vec<(usize, f64)> = p.iter().enumerate().filter_map(|(i, p)| Some((i, (*p)?))).collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    let m = order.len() as f64;
    let harmonic: f64 = (1..=order.len()).map(|i| (i as f64).recip()).sum();
    let mut adjusted = vec![None; p.len()];
    // Steps down keep the largest so far, steps up the smallest so far: adjusted values are in the order of the raw.
    let mut bound = match method {
        Adjustment::Holm | Adjustment::Bonferroni => 0.0_f64,
        _ => 1.0,
    };
    let is_up = !matches!(method, Adjustment::Holm | Adjustment::Bonferroni);
    let ranks: Vec<usize> = if is_up { (0..order.len()).rev().collect() } else { (0..order.len()).collect() };
    for rank in ranks {
        let (index, p) = order[rank];
        let place = rank as f64 + 1.0;
        let scaled = match method {
            Adjustment::Bonferroni => p * m,
            Adjustment::Holm | Adjustment::Hochberg => p * (m - place + 1.0),
            Adjustment::BenjaminiHochberg => p * m / place,
            Adjustment::BenjaminiYekutieli => p * m * harmonic / place,
        };
        bound = if is_up { bound.min(scaled) } else { bound.max(scaled) };
        adjusted[index] = Some(bound.min(1.0));
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_tests_by_hand() {
        let p = [Some(0.01), None, Some(0.04), Some(0.03)];
        let near = |method, expected: [f64; 3]| {
            let found: Vec<f64> = adjust(&p, method).into_iter().flatten().collect();
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}");
        };
        near(Adjustment::Bonferroni, [0.03, 0.12, 0.09]);
        near(Adjustment::Holm, [0.03, 0.06, 0.06]);
        near(Adjustment::Hochberg, [0.03, 0.04, 0.04]);
        near(Adjustment::BenjaminiHochberg, [0.03, 0.04, 0.04]);
        assert_eq!(adjust(&p, Adjustment::Holm)[1], None);
    }
}
