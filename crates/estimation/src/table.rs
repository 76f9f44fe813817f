//! Tests of independence of two variables in a weighted table.

use nalgebra::{DMatrix, DVector};

use crate::calibration::pseudo_inverse;
use crate::distribution::{chi_squared_tail, f_tail};
use crate::error::EstimationError;
use crate::sample::Sample;
use crate::target::Target;

/// A statistic referred to F.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FTest {
    /// Statistic.
    pub statistic: f64,
    /// Numerator degrees of freedom.
    pub ndf: f64,
    /// Denominator degrees of freedom.
    pub ddf: f64,
    /// p-value.
    pub p_value: Option<f64>,
}

/// Tests of independence.
#[derive(Debug, Clone, PartialEq)]
pub struct Independence {
    /// Pearson's X² of the weighted table scaled to n respondents.
    pub pearson: f64,
    /// Respondents.
    pub n: usize,
    /// Second-order correction (Rao and Scott, *On chi-squared tests for multiway contingency tables with cell
    /// proportions estimated from survey data*, Annals of Statistics 12, 1984; as F, Thomas and Rao 1987).
    pub second_order: FTest,
    /// Mean of the eigenvalues of Δ.
    pub mean_delta: f64,
    /// Degrees of freedom of the table, (r − 1)(c − 1).
    pub df: f64,
    /// p-value of the first-order correction: X² referred to the mean eigenvalue times chi-squared (Rao and Scott,
    /// JASA 76, 1981).
    pub first_order_p: Option<f64>,
    /// Wald's test of the table less that of independence.
    pub wald: FTest,
    /// The same with its denominator corrected for the estimated covariance.
    pub adjusted_wald: FTest,
}

/// Tests the independence of `row` and `column`, category numbers of each respondent (`None` outside the table), of
/// `rows` and `columns` categories.
///
/// # Errors
/// As [`Sample::estimate`].
pub fn independence(
    sample: &Sample,
    row: &[Option<usize>],
    column: &[Option<usize>],
    (rows, columns): (usize, usize),
) -> Result<Independence, EstimationError> {
    let live: Vec<bool> = row.iter().zip(column).map(|(r, c)| r.is_some() && c.is_some()).collect();
    let n = live.iter().filter(|live| **live).count();
    let cells: Vec<(usize, usize)> = (0..rows).flat_map(|r| (0..columns).map(move |c| (r, c))).collect();
    let targets: Vec<Target> = cells
        .iter()
        .map(|(r, c)| Target::Mean {
            live: live.clone(),
            y: row
                .iter()
                .zip(column)
                .map(|(a, b)| if *a == Some(*r) && *b == Some(*c) { 1.0 } else { 0.0 })
                .collect(),
        })
        .collect();
    let estimated = sample.estimate(&targets)?;
    let p = DVector::from_column_slice(&estimated.values);
    let v = &estimated.covariance;
    let nu = estimated.df;
    let n_real = n as f64;

    let margin_row: Vec<f64> = (0..rows)
        .map(|r| cells.iter().zip(p.iter()).filter(|((a, _), _)| *a == r).map(|(_, p)| p).sum())
        .collect();
    let margin_column: Vec<f64> = (0..columns)
        .map(|c| cells.iter().zip(p.iter()).filter(|((_, b), _)| *b == c).map(|(_, p)| p).sum())
        .collect();
    let expected: Vec<f64> = cells.iter().map(|(r, c)| margin_row[*r] * margin_column[*c]).collect();
    let pearson = n_real
        * p.iter().zip(&expected).map(|(p, e)| if *e > 0.0 { (p - e).powi(2) / e } else { 0.0 }).sum::<f64>();

    // Δ = (C'D⁻¹C/n)⁻¹ C'D⁻¹ V D⁻¹ C, C the interaction contrasts orthogonal to the main effects.
    let contrasts = interaction(&cells, rows, columns);
    let inverse = DMatrix::from_diagonal(&p.map(|p| if p > 0.0 { p.recip() } else { 0.0 }));
    let denominator = contrasts.transpose() * &inverse * &contrasts / n_real;
    let numerator = contrasts.transpose() * &inverse * v * &inverse * &contrasts;
    let delta = pseudo_inverse(&denominator) * numerator;
    let trace = delta.trace();
    let d0 = trace * trace / (&delta * &delta).trace();
    let df = ((rows - 1) * (columns - 1)) as f64;
    let statistic = pearson / trace;
    let second_order = FTest { statistic, ndf: d0, ddf: d0 * nu, p_value: f_tail(statistic, d0, d0 * nu) };
    let mean_delta = trace / df;

    let w = wald_distance(sample, &targets, &cells, (rows, columns))?;
    let wald = FTest { statistic: w / df, ndf: df, ddf: nu, p_value: f_tail(w / df, df, nu) };
    let ddf = nu - df + 1.0;
    let adjusted = w * ddf / (nu * df);
    let adjusted_wald = FTest { statistic: adjusted, ndf: df, ddf, p_value: f_tail(adjusted, df, ddf) };
    Ok(Independence {
        pearson,
        n,
        second_order,
        mean_delta,
        df,
        first_order_p: chi_squared_tail(pearson / mean_delta, df),
        wald,
        adjusted_wald,
    })
}

/// Wald's distance of the table of totals from that of independence, `T_ij − T_i. T_.j / T_..`, its covariance by
/// linearisation. The last row and column follow from the others.
fn wald_distance(
    sample: &Sample,
    means: &[Target],
    cells: &[(usize, usize)],
    (rows, columns): (usize, usize),
) -> Result<f64, EstimationError> {
    let totals: Vec<Target> = means
        .iter()
        .filter_map(|target| match target {
            Target::Mean { live, y } => Some(Target::Total { live: live.clone(), y: y.clone() }),
            _ => None,
        })
        .collect();
    let estimated = sample.estimate(&totals)?;
    let table = &estimated.values;
    let sum = |is_in: &dyn Fn(&(usize, usize)) -> bool| -> f64 {
        cells.iter().zip(table).filter(|(cell, _)| is_in(cell)).map(|(_, total)| total).sum()
    };
    let all = sum(&|_| true);
    let row: Vec<f64> = (0..rows).map(|r| sum(&|cell| cell.0 == r)).collect();
    let column: Vec<f64> = (0..columns).map(|c| sum(&|cell| cell.1 == c)).collect();
    let kept: Vec<usize> =
        (0..cells.len()).filter(|i| cells[*i].0 + 1 < rows && cells[*i].1 + 1 < columns).collect();
    let jacobian = DMatrix::from_fn(kept.len(), cells.len(), |i, j| {
        let (r, c) = cells[kept[i]];
        let same = if kept[i] == j { 1.0 } else { 0.0 };
        let by_row = if cells[j].0 == r { column[c] / all } else { 0.0 };
        let by_column = if cells[j].1 == c { row[r] / all } else { 0.0 };
        same - by_row - by_column + row[r] * column[c] / (all * all)
    });
    let distance = DVector::from_iterator(
        kept.len(),
        kept.iter().map(|i| table[*i] - row[cells[*i].0] * column[cells[*i].1] / all),
    );
    let spread = &jacobian * &estimated.covariance * jacobian.transpose();
    Ok((distance.transpose() * pseudo_inverse(&spread) * &distance)[(0, 0)])
}

/// Contrasts of the interaction, orthogonal to the constant and the main effects.
fn interaction(cells: &[(usize, usize)], rows: usize, columns: usize) -> DMatrix<f64> {
    let is = |condition: bool| if condition { 1.0 } else { 0.0 };
    let main = DMatrix::from_fn(cells.len(), rows + columns - 1, |i, j| match j {
        0 => 1.0,
        j if j < rows => is(cells[i].0 == j),
        j => is(cells[i].1 == j - rows + 1),
    });
    let products = DMatrix::from_fn(cells.len(), (rows - 1) * (columns - 1), |i, j| {
        is(cells[i].0 == j / (columns - 1) + 1 && cells[i].1 == j % (columns - 1) + 1)
    });
    let projection = &main * pseudo_inverse(&(main.transpose() * &main)) * main.transpose();
    &products - projection * &products
}
