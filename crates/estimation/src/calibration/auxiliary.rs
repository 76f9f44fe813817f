//! The auxiliary variables of a calibration, one sparse row per respondent.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

/// The vectors `x_k` of auxiliary variables. A categorical margin gives one column per category; a respondent has one
/// entry per margin, so sums over respondents cost a few additions each.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Auxiliary {
    columns: usize,
    /// Row k is `entries[starts[k]..starts[k + 1]]`.
    starts: Vec<usize>,
    entries: Vec<(usize, f64)>,
}

impl Auxiliary {
    /// No row yet, this many columns.
    #[must_use]
    pub fn new(columns: usize) -> Self {
        Self { columns, starts: vec![0], entries: Vec::new() }
    }

    /// Adds a respondent: (column, value) pairs, zeros left out.
    ///
    /// # Panics
    /// When a column is out of range.
    pub fn push(&mut self, row: impl IntoIterator<Item = (usize, f64)>) {
        self.entries.extend(row);
        assert!(
            self.entries
                .iter()
                .skip(self.starts[self.starts.len() - 1])
                .all(|(column, _)| *column < self.columns)
        );
        self.starts.push(self.entries.len());
    }

    /// Number of columns.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Number of respondents.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// `x_k`.
    #[must_use]
    pub fn row(&self, k: usize) -> &[(usize, f64)] {
        &self.entries[self.starts[k]..self.starts[k + 1]]
    }

    /// `x_k'v`.
    #[must_use]
    pub fn dot(&self, k: usize, v: &DVector<f64>) -> f64 {
        self.row(k).iter().map(|(column, value)| value * v[*column]).sum()
    }

    /// `Σ a_k x_k`.
    #[must_use]
    pub fn totals(&self, a: &[f64]) -> DVector<f64> {
        let mut totals = DVector::zeros(self.columns);
        for (k, a) in a.iter().enumerate() {
            self.add(k, *a, &mut totals);
        }
        totals
    }

    /// Adds `a x_k` to `totals`.
    pub fn add(&self, k: usize, a: f64, totals: &mut DVector<f64>) {
        for (column, value) in self.row(k) {
            totals[*column] += a * value;
        }
    }

    /// `Σ a_k x_k x_k'`.
    #[must_use]
    pub fn gram(&self, a: &[f64]) -> DMatrix<f64> {
        let mut gram = DMatrix::zeros(self.columns, self.columns);
        for (k, a) in a.iter().enumerate() {
            for (i, x_i) in self.row(k) {
                for (j, x_j) in self.row(k) {
                    gram[(*i, *j)] += a * x_i * x_j;
                }
            }
        }
        gram
    }
}

/// A generalised inverse of a symmetric positive semi-definite matrix.
///
/// Two complete sets of categories are collinear, so the matrix is singular by construction. It is scaled to a unit
/// diagonal first, which makes one threshold fit counts in hundreds and in millions; directions under the threshold
/// are those of the collinearity.
#[must_use]
pub fn pseudo_inverse(matrix: &DMatrix<f64>) -> DMatrix<f64> {
    const THRESHOLD: f64 = 1e-10;
    if matrix.is_empty() {
        return matrix.clone();
    }
    let scale = matrix.diagonal().map(|value| if value > 0.0 { value.sqrt().recip() } else { 0.0 });
    let scale = DMatrix::from_diagonal(&scale);
    let eigen = SymmetricEigen::new(&scale * matrix * &scale);
    let largest = eigen.eigenvalues.amax();
    let inverted =
        eigen.eigenvalues.map(|value| if value > THRESHOLD * largest { value.recip() } else { 0.0 });
    let inverse = &eigen.eigenvectors * DMatrix::from_diagonal(&inverted) * eigen.eigenvectors.transpose();
    &scale * inverse * &scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_of_a_singular_matrix_solves_what_can_be_solved() {
        // Two margins of two categories each: ranks 3, not 4.
        let mut x = Auxiliary::new(4);
        for (a, b) in [(0, 2), (0, 3), (1, 2), (1, 3), (1, 3)] {
            x.push([(a, 1.0), (b, 1.0)]);
        }
        let gram = x.gram(&[1.0; 5]);
        let totals = x.totals(&[2.0, 3.0, 1.0, 5.0, 4.0]);
        let solved = &gram * (pseudo_inverse(&gram) * &totals);
        assert!((solved - totals).amax() < 1e-12);
    }
}
