//! The polytope of all shares that agree with what is displayed, and cheap proofs that a group is safe in it.
//!
//! Every question of a base has the same lines with other bounds. A group is safe when two points of the polytope lie
//! far enough apart in its direction; such points are found without solving a program, by walking from a point inside
//! along a direction that moves the group and little else (the direction of Dikin's ellipsoid, scaled by the room that
//! each line leaves). Only groups for which the walk is too short are given to the solver, so that what is skipped is
//! proven, not guessed.

use crate::dense::Factored;
use crate::program::{Outcome, Program, Row, dot};
use crate::structure::{Structure, Terms};

/// A value that leaves less room than this to a line is on it.
const ON_THE_LINE: f64 = 1e-7;

/// The lines of the shares of one answer, for known weights. Variables are shares from 0 to 1.
#[derive(Debug)]
pub(crate) struct Frame {
    /// Weights of the domains.
    pub(crate) weights: Vec<f64>,
    pub(crate) equal: Vec<Row>,
    /// Lines that do not depend on what is displayed: shares of groups that are in no table.
    pub(crate) between: Vec<Row>,
}

/// Where the shares of one answer may be, for each domain, from 0 to 1.
pub(crate) type Bounds = Vec<(f64, f64)>;

/// A sum of domains as a sum of shares: the share of a group whose weight is known.
pub(crate) fn share_of(terms: &[(usize, f64)], weights: &[f64]) -> Option<Terms> {
    let total: f64 = dot(terms, weights);
    let scale: f64 = terms.iter().map(|(domain, _)| weights[*domain]).fold(0.0, f64::max);
    (total > scale * 1e-9)
        .then(|| terms.iter().map(|(domain, sign)| (*domain, sign * weights[*domain] / total)).collect())
}

impl Frame {
    pub(crate) fn new(structure: &Structure, weights: Vec<f64>) -> Self {
        let scaled = |terms: &Terms| -> Option<Terms> {
            let most = terms.iter().map(|(domain, _)| weights[*domain]).fold(0.0, f64::max);
            (most > 0.0).then(|| {
                terms.iter().map(|(domain, sign)| (*domain, sign * weights[*domain] / most)).collect()
            })
        };
        let mut equal: Vec<Row> =
            structure.equations.iter().filter_map(scaled).map(|terms| Row::new(terms, 0.0)).collect();
        let mut between = Vec::new();
        for part in structure.parts.iter().filter(|part| part.is_constraint) {
            match share_of(&part.terms, &weights) {
                Some(share) => {
                    between.push(Row::new(share.clone(), 0.0));
                    between.push(Row::new(negative(&share), -1.0));
                }
                // A group of nobody: what is inside is everything.
                None => equal.extend(scaled(&part.terms).map(|terms| Row::new(terms, 0.0))),
            }
        }
        for (domain, weight) in weights.iter().enumerate() {
            if *weight <= 0.0 {
                equal.push(Row::new(vec![(domain, 1.0)], 0.0));
            }
        }
        Self { weights, equal, between }
    }

    /// The lines of numbers of respondents: variables are numbers, and a group in no table has no fewer than nobody.
    pub(crate) fn of_numbers(structure: &Structure) -> Self {
        let row = |terms: &Terms| Row::new(terms.clone(), 0.0);
        Self {
            weights: vec![1.0; structure.domains.len()],
            equal: structure.equations.iter().map(row).collect(),
            between: structure
                .parts
                .iter()
                .filter(|part| part.is_constraint)
                .map(|part| row(&part.terms))
                .collect(),
        }
    }

    /// The program of one answer. Lines that the bounds alone satisfy are left out.
    pub(crate) fn program(&self, bounds: &Bounds, is_released: &[bool]) -> Program {
        let mut program =
            Program { variables: self.weights.len(), equal: self.equal.clone(), at_least: Vec::new() };
        self.add_lines(&mut program, bounds, is_released, 0);
        program
    }

    /// The program of all answers to a question of which everyone gave one: their shares sum to 1.
    pub(crate) fn joint_program(&self, answers: &[Bounds], is_released: &[bool]) -> Program {
        let domains = self.weights.len();
        let mut program =
            Program { variables: domains * answers.len(), equal: Vec::new(), at_least: Vec::new() };
        for (answer, bounds) in answers.iter().enumerate() {
            let shift = answer * domains;
            program.equal.extend(self.equal.iter().map(|row| shifted(row, shift)));
            self.add_lines(&mut program, bounds, is_released, shift);
        }
        for domain in (0..domains).filter(|domain| self.weights[*domain] > 0.0) {
            let terms = (0..answers.len()).map(|answer| (answer * domains + domain, 1.0)).collect();
            program.equal.push(Row::new(terms, 1.0));
        }
        program
    }

    fn add_lines(&self, program: &mut Program, bounds: &Bounds, is_released: &[bool], shift: usize) {
        for (domain, (low, high)) in bounds.iter().enumerate() {
            for (sign, bound) in [(1.0, *low), (-1.0, -*high)] {
                let row = Row::new(vec![(domain + shift, sign)], bound);
                program.at_least.push(if is_released[domain] { row.of(domain) } else { row });
            }
        }
        let is_implied = |row: &Row| {
            let least: f64 = row
                .terms
                .iter()
                .map(|(domain, factor)| {
                    let (low, high) = bounds[*domain];
                    if *factor > 0.0 { factor * low } else { factor * high }
                })
                .sum();
            least >= row.bound
        };
        program
            .at_least
            .extend(self.between.iter().filter(|row| !is_implied(row)).map(|row| shifted(row, shift)));
    }

    /// Room that each line leaves at a point: bounds first, low and high of each domain, then groups in no table.
    pub(crate) fn room(&self, bounds: &Bounds, at: &[f64]) -> Vec<f64> {
        let mut room = Vec::with_capacity(2 * bounds.len() + self.between.len());
        for ((low, high), value) in bounds.iter().zip(at) {
            room.push((value - low).max(0.0));
            room.push((high - value).max(0.0));
        }
        room.extend(self.between.iter().map(|row| (row.value(at) - row.bound).max(0.0)));
        room
    }

    /// How each line's room changes along a direction.
    fn changes(&self, direction: &[f64]) -> Vec<f64> {
        let mut changes = Vec::with_capacity(2 * direction.len() + self.between.len());
        for step in direction {
            changes.push(*step);
            changes.push(-step);
        }
        changes.extend(self.between.iter().map(|row| row.value(direction)));
        changes
    }

    /// For each group (a sum of shares), a direction that moves it by 1 and other lines little for the room they have.
    /// None for a group that cannot move from this point.
    pub(crate) fn walks(&self, room: &[f64], groups: &[Option<Terms>]) -> Vec<Option<Walk>> {
        let variables = self.weights.len();
        let mut hessian = vec![0.0; variables * variables];
        let price = |room: f64| room.max(ON_THE_LINE).powi(-2);
        for domain in 0..variables {
            hessian[domain * variables + domain] += price(room[2 * domain]) + price(room[2 * domain + 1]);
        }
        for (row, room) in self.between.iter().zip(&room[2 * variables..]) {
            let price = price(*room);
            for (a, first) in &row.terms {
                for (b, second) in &row.terms {
                    hessian[a * variables + b] += price * first * second;
                }
            }
        }
        let Some(hessian) = Factored::new(hessian, variables) else { return vec![None; groups.len()] };
        let Some(plane) = Plane::new(&hessian, &self.equal, variables) else {
            return vec![None; groups.len()];
        };
        groups.iter().map(|group| self.walk(&hessian, &plane, group.as_ref()?)).collect()
    }

    fn walk(&self, hessian: &Factored, plane: &Plane, group: &Terms) -> Option<Walk> {
        let mut direction = vec![0.0; self.weights.len()];
        for (domain, factor) in group {
            direction[*domain] += factor;
        }
        hessian.solve(&mut direction);
        plane.project(&self.equal, &mut direction);
        let moved = dot(group, &direction);
        if moved <= 0.0 || !moved.is_finite() {
            return None;
        }
        for step in &mut direction {
            *step /= moved;
        }
        // Equations are kept to the precision of the solver, or the walk proves nothing.
        let slip = self.equal.iter().map(|row| row.value(&direction).abs()).fold(0.0, f64::max);
        (slip < 1e-7).then(|| {
            let most = direction.iter().map(|step| step.abs()).fold(0.0, f64::max);
            Walk { changes: self.changes(&direction), reach: most }
        })
    }
}

/// A direction, by what it does to each line.
#[derive(Debug, Clone)]
pub(crate) struct Walk {
    changes: Vec<f64>,
    /// Greatest change of a single share: more says that the walk is badly scaled.
    reach: f64,
}

impl Walk {
    /// How far one may go forwards or backwards before a line is met.
    pub(crate) fn length(&self, room: &[f64], is_forward: bool) -> f64 {
        if self.reach > 1e6 {
            return 0.0;
        }
        let sign = if is_forward { -1.0 } else { 1.0 };
        let mut length = f64::INFINITY;
        for (change, room) in self.changes.iter().zip(room) {
            let loss = sign * change;
            if loss > 1e-12 {
                length = length.min(room / loss);
            }
        }
        length
    }
}

/// What takes a direction back to the plane of the equations.
struct Plane {
    across: Vec<Vec<f64>>,
    factored: Factored,
}

impl Plane {
    fn new(hessian: &Factored, equal: &[Row], variables: usize) -> Option<Self> {
        let across: Vec<Vec<f64>> = equal
            .iter()
            .map(|row| {
                let mut line = vec![0.0; variables];
                for (variable, factor) in &row.terms {
                    line[*variable] += factor;
                }
                hessian.solve(&mut line);
                line
            })
            .collect();
        let size = equal.len();
        let mut schur = vec![0.0; size * size];
        for (i, row) in equal.iter().enumerate() {
            for (j, line) in across.iter().enumerate() {
                schur[i * size + j] = row.value(line);
            }
        }
        // Equations may repeat each other: a little more on the diagonal keeps them solvable.
        for i in 0..size {
            let diagonal = schur[i * size + i];
            schur[i * size + i] = diagonal * (1.0 + 1e-10) + f64::MIN_POSITIVE;
        }
        Some(Self { across, factored: Factored::new(schur, size)? })
    }

    fn project(&self, equal: &[Row], direction: &mut [f64]) {
        // Twice: the second time removes what the first left by rounding.
        for _ in 0..3 {
            let mut off: Vec<f64> = equal.iter().map(|row| row.value(direction)).collect();
            self.factored.solve(&mut off);
            for (line, factor) in self.across.iter().zip(&off) {
                for (step, part) in direction.iter_mut().zip(line) {
                    *step -= factor * part;
                }
            }
        }
    }
}

fn negative(terms: &[(usize, f64)]) -> Terms {
    terms.iter().map(|(variable, factor)| (*variable, -factor)).collect()
}

fn shifted(row: &Row, shift: usize) -> Row {
    let terms = row.terms.iter().map(|(variable, factor)| (variable + shift, *factor)).collect();
    Row { terms, ..row.clone() }
}

/// A point of a program, if it has one.
pub(crate) fn centre(program: &Program) -> Option<Result<Vec<f64>, ()>> {
    match program.inside() {
        Outcome::Least { at, .. } => Some(Ok(at)),
        Outcome::Impossible => Some(Err(())),
        Outcome::Unknown => None,
    }
}
