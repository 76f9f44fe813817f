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
                let sum = product(&line[..column], &other[..column]);
                line[column] = (line[column] - sum) / other[column];
            }
            let squares = product(&line[..row], &line[..row]);
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
            let sum = product(&line[..row], &right[..row]);
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

/// A sum of products, in so many partial sums that a processor makes at once. The order does not depend on the machine.
fn product(a: &[f64], b: &[f64]) -> f64 {
    const LANES: usize = 8;
    let mut sums = [0.0; LANES];
    let (left, right) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f64 = left.remainder().iter().zip(right.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in left.zip(right) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f64>() + rest
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
