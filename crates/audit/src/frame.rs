//! The polytope of all shares that agree with what is displayed: every question of a base has the same lines with other
//! bounds.

use crate::program::{Outcome, Program, Row, dot};
use crate::structure::{Structure, Terms};
use crate::walk::length;

/// A bound is kept when it is missed by no more: what rounding leaves of a point that keeps it.
const KEPT: f64 = 1e-9;

/// The same for an equation: the precision of the solver.
pub(crate) const EQUAL: f64 = 1e-7;

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
    pub(crate) fn changes(&self, direction: &[f64]) -> Vec<f64> {
        let mut changes = Vec::with_capacity(2 * direction.len() + self.between.len());
        for step in direction {
            changes.push(*step);
            changes.push(-step);
        }
        changes.extend(self.between.iter().map(|row| row.value(direction)));
        changes
    }

    /// Whether a point satisfies all lines.
    pub(crate) fn holds(&self, bounds: &Bounds, at: &[f64]) -> bool {
        let is_near = |row: &Row| row.value(at).abs() < EQUAL;
        bounds.iter().zip(at).all(|((low, high), value)| value - low > -KEPT && high - value > -KEPT)
            && self.equal.iter().all(is_near)
            && self.between.iter().all(|row| row.value(at) - row.bound > -KEPT)
    }

    /// How far a point may be moved towards another that satisfies the equations, so that no line loses more than half
    /// of its room, nor the point more than half of the way.
    pub(crate) fn towards(&self, bounds: &Bounds, at: &[f64], to: &[f64]) -> f64 {
        let lost = |room: f64, there: f64| {
            if there < 0.5 * room { 0.5 * room / (room - there) } else { f64::INFINITY }
        };
        let of_bounds = bounds.iter().zip(at).zip(to).flat_map(|(((low, high), at), to)| {
            [lost((at - low).max(0.0), to - low), lost((high - at).max(0.0), high - to)]
        });
        let of_lines = self
            .between
            .iter()
            .map(|row| lost((row.value(at) - row.bound).max(0.0), row.value(to) - row.bound));
        of_bounds.chain(of_lines).fold(0.5, f64::min)
    }

    /// How many times a way can be gone from a point of each answer that leaves this room.
    pub(crate) fn free_part(&self, rooms: &[Vec<f64>], way: &[f64]) -> f64 {
        let of_answer = |(room, way): (&Vec<f64>, &[f64])| length(&self.changes(way), room, 1.0);
        rooms.iter().zip(way.chunks(self.weights.len())).map(of_answer).fold(f64::INFINITY, f64::min)
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
