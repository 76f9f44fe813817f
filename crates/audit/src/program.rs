//! Linear programs, by the interior-point solver Clarabel.
//!
//! Clarabel is kept by its authors at Oxford, is pure Rust (no C++ to build, as `HiGHS` would need), tells why there is no
//! solution, and gives the dual values by which a claim names what made it possible; the simplex crate `microlp` does
//! not.

use clarabel::algebra::CscMatrix;
use clarabel::solver::{DefaultSettings, DefaultSolver, IPSolver, NonnegativeConeT, SolverStatus, ZeroConeT};

/// One line: a sum of variables and what it is compared with.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) terms: Vec<(usize, f64)>,
    pub(crate) bound: f64,
    /// The domain whose displayed value is the reason of the line.
    pub(crate) owner: Option<usize>,
}

/// Equations, and sums that are at least their bound.
#[derive(Debug, Clone, Default)]
pub(crate) struct Program {
    pub(crate) variables: usize,
    pub(crate) equal: Vec<Row>,
    pub(crate) at_least: Vec<Row>,
}

/// What a solver found.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Least value, where, and the price of each line of `at_least`.
    Least { value: f64, at: Vec<f64>, prices: Vec<f64> },
    /// Nothing satisfies all lines.
    Impossible,
    /// There is no least value, or it could not be found.
    Unknown,
}

impl Row {
    pub(crate) fn new(terms: Vec<(usize, f64)>, bound: f64) -> Self {
        Self { terms, bound, owner: None }
    }

    pub(crate) fn of(self, owner: usize) -> Self {
        Self { owner: Some(owner), ..self }
    }

    pub(crate) fn value(&self, at: &[f64]) -> f64 {
        dot(&self.terms, at)
    }
}

/// A sparse sum.
pub(crate) fn dot(terms: &[(usize, f64)], at: &[f64]) -> f64 {
    terms.iter().map(|(variable, factor)| factor * at[*variable]).sum()
}

impl Program {
    /// A point inside, away from the lines as far as the solver keeps.
    pub(crate) fn inside(&self) -> Outcome {
        self.least(&[])
    }

    /// The least value of a sum.
    pub(crate) fn least(&self, objective: &[(usize, f64)]) -> Outcome {
        // A second try for the few systems that are too badly scaled for the first. That nothing is possible is believed
        // when it is said twice: it is said of a whole publication.
        match self.solve(objective, 1e-8) {
            Outcome::Unknown => match self.solve(objective, 1e-6) {
                Outcome::Unknown => self.relaxed().solve(objective, 1e-7),
                found => found,
            },
            Outcome::Impossible => match self.solve(objective, 1e-6) {
                Outcome::Least { .. } => Outcome::Unknown,
                found => found,
            },
            found @ Outcome::Least { .. } => found,
        }
    }

    /// With a little room at every line, where what is possible has none: bounds come out a little wider.
    fn relaxed(&self) -> Self {
        let mut relaxed = self.clone();
        for row in &mut relaxed.at_least {
            row.bound -= 1e-6;
        }
        relaxed
    }

    fn solve(&self, objective: &[(usize, f64)], regularisation: f64) -> Outcome {
        let lines = self.equal.len() + self.at_least.len();
        let (mut rows, mut columns, mut values) = (Vec::new(), Vec::new(), Vec::new());
        let mut bounds = Vec::with_capacity(lines);
        let equal = self.equal.iter().map(|row| (row, 1.0));
        for (line, (row, sign)) in equal.chain(self.at_least.iter().map(|row| (row, -1.0))).enumerate() {
            for (variable, factor) in &row.terms {
                rows.push(line);
                columns.push(*variable);
                values.push(sign * factor);
            }
            bounds.push(sign * row.bound);
        }
        let matrix = CscMatrix::new_from_triplets(lines, self.variables, rows, columns, values);
        let mut price = vec![0.0; self.variables];
        for (variable, factor) in objective {
            price[*variable] += factor;
        }
        let quadratic = CscMatrix::zeros((self.variables, self.variables));
        let cones = [ZeroConeT(self.equal.len()), NonnegativeConeT(self.at_least.len())];
        let settings = DefaultSettings {
            verbose: false,
            presolve_enable: false,
            max_iter: 100,
            static_regularization_constant: regularisation,
            ..DefaultSettings::default()
        };
        let mut solver = DefaultSolver::new(&quadratic, &price, &matrix, &bounds, &cones, settings);
        solver.solve();
        match solver.solution.status {
            SolverStatus::Solved | SolverStatus::AlmostSolved => Outcome::Least {
                value: solver.solution.obj_val,
                at: solver.solution.x.clone(),
                prices: solver.solution.z[self.equal.len()..].to_vec(),
            },
            SolverStatus::PrimalInfeasible => Outcome::Impossible,
            _ => Outcome::Unknown,
        }
    }
}
