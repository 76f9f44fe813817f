//! A symmetric positive matrix, factored by Cholesky's method.

/// Lower triangle, row by row.
#[derive(Debug)]
pub(crate) struct Factored {
    lower: Vec<f64>,
    size: usize,
}

impl Factored {
    /// None when the matrix is not positive.
    pub(crate) fn new(mut matrix: Vec<f64>, size: usize) -> Option<Self> {
        for row in 0..size {
            let (before, rest) = matrix.split_at_mut(row * size);
            let line = &mut rest[..size];
            for column in 0..row {
                let other = &before[column * size..=column * size + column];
                let sum: f64 = line[..column].iter().zip(other).map(|(a, b)| a * b).sum();
                line[column] = (line[column] - sum) / other[column];
            }
            let squares: f64 = line[..row].iter().map(|value| value * value).sum();
            let diagonal = line[row] - squares;
            if !diagonal.is_finite() || diagonal <= 0.0 {
                return None;
            }
            line[row] = diagonal.sqrt();
        }
        Some(Self { lower: matrix, size })
    }

    /// Solves in place.
    pub(crate) fn solve(&self, right: &mut [f64]) {
        let size = self.size;
        for row in 0..size {
            let line = &self.lower[row * size..=row * size + row];
            let sum: f64 = line[..row].iter().zip(right.iter()).map(|(a, b)| a * b).sum();
            right[row] = (right[row] - sum) / line[row];
        }
        for row in (0..size).rev() {
            let value = right[row] / self.lower[row * size + row];
            right[row] = value;
            let line = &self.lower[row * size..row * size + row];
            for (earlier, factor) in right[..row].iter_mut().zip(line) {
                *earlier -= value * factor;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_of_three_is_solved_as_by_hand() {
        // 4·1 + 2·2 = 8, 2·1 + 5·2 + 1·3 = 15, 1·2 + 3·3 = 11.
        let matrix = vec![4.0, 2.0, 0.0, 2.0, 5.0, 1.0, 0.0, 1.0, 3.0];
        let factored = Factored::new(matrix.clone(), 3).expect("it is positive");
        let mut x = vec![8.0, 15.0, 11.0];
        factored.solve(&mut x);
        for (expected, found) in [1.0, 2.0, 3.0].iter().zip(&x) {
            assert!((expected - found).abs() < 1e-12, "{x:?}");
        }
        assert!(Factored::new(vec![1.0, 2.0, 2.0, 1.0], 2).is_none(), "it has a negative eigenvalue");
    }
}
