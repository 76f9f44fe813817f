//! Directions in the polytope of a [`Frame`]: how far the share of a group can go from a point with room on all sides.
//!
//! A direction moves the group and little else: it is that of Dikin's ellipsoid, scaled by the room that each line leaves,
//! in the plane of the equations.

use crate::dense::Factored;
use crate::frame::{Bounds, EQUAL, Frame};
use crate::program::{Row, dot};
use crate::structure::Terms;

/// A value that leaves less room than this to a line is on it.
const ON_THE_LINE: f64 = 1e-7;

/// What rounding leaves of a sum, beside its greatest term.
const ROUNDING: f64 = 1e-14;

/// Lines along which the share of a group is moved on.
const MET: usize = 16;

impl Frame {
    /// Dikin's ellipsoid at a point that leaves this room, in the plane of the equations.
    pub(crate) fn ellipsoid(&self, room: &[f64]) -> Option<Ellipsoid> {
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
        let hessian = Factored::new(hessian, variables)?;
        let plane = Plane::new(&hessian, &self.equal, variables)?;
        Some(Ellipsoid { hessian, plane })
    }

    /// A point nearer to the analytic centre: one step of Newton's method for the logarithms of the room (Boyd and
    /// Vandenberghe, *Convex Optimization*, 2004, section 10.2), shortened where a line is near.
    pub(crate) fn nearer_to_the_centre(&self, bounds: &Bounds, at: &[f64]) -> Option<Vec<f64>> {
        let variables = self.weights.len();
        let room = self.room(bounds, at);
        let Ellipsoid { hessian, plane } = self.ellipsoid(&room)?;
        let push = |room: f64| 1.0 / room.max(ON_THE_LINE);
        let mut way: Vec<f64> =
            (0..variables).map(|domain| push(room[2 * domain]) - push(room[2 * domain + 1])).collect();
        for (row, room) in self.between.iter().zip(&room[2 * variables..]) {
            for (domain, factor) in &row.terms {
                way[*domain] += factor * push(*room);
            }
        }
        hessian.solve(&mut way);
        plane.project(&self.equal, &mut way);
        let step = (0.7 * length(&self.changes(&way), &room, 1.0)).min(1.0);
        let moved: Vec<f64> = at.iter().zip(&way).map(|(value, way)| value + step * way).collect();
        (moved.iter().all(|value| value.is_finite()) && self.holds(bounds, &moved)).then_some(moved)
    }

    /// How far the share of a group can be moved from a point, up or down, until that is enough: along the direction that
    /// moves it best, and along the lines that are met, one after the other (the gradient projection method; Rosen, 1960).
    /// No more than a bound from within of what a program would find. `rooms` are those of the answers that are moved,
    /// each with 1 when it is moved with the group, and -1 when it gives way.
    pub(crate) fn climb(
        &self,
        Ellipsoid { hessian, plane }: &Ellipsoid,
        mut rooms: Vec<(f64, Vec<f64>)>,
        (group, is_up): (&Terms, bool),
        is_enough: impl Fn(f64) -> bool,
    ) -> f64 {
        let towards = |terms: &[(usize, f64)], sign: f64| {
            let mut way = vec![0.0; self.weights.len()];
            for (domain, factor) in terms {
                way[*domain] += sign * factor;
            }
            hessian.solve(&mut way);
            plane.project(&self.equal, &mut way);
            way
        };
        let sign = if is_up { 1.0 } else { -1.0 };
        let mut way = towards(group, sign);
        // Directions that would leave the lines met so far, each of length 1 and across the others, and what says how
        // much of them a direction holds.
        let mut across: Vec<(Vec<f64>, Terms)> = Vec::new();
        let mut moved = 0.0;
        for _ in 0..MET {
            let speed = sign * dot(group, &way);
            let slip = self.equal.iter().map(|row| row.value(&way).abs()).fold(0.0, f64::max);
            let fastest = way.iter().map(|change| change.abs()).fold(0.0, f64::max);
            if !(speed.is_finite() && speed > 1e-9 * fastest && slip < EQUAL * speed) {
                break;
            }
            let changes = self.changes(&way);
            let lengths = rooms.iter().map(|(with, room)| length(&changes, room, *with));
            let length = lengths.fold(f64::INFINITY, f64::min);
            if !length.is_finite() {
                break;
            }
            moved += length * speed;
            if is_enough(moved) {
                break;
            }
            let mut met = None;
            for (with, room) in &mut rooms {
                for (line, (room, change)) in room.iter_mut().zip(&changes).enumerate() {
                    let left = *room + length * *with * change;
                    if *with * change < -1e-12 && left <= 1e-9 * room.max(1e-6) {
                        met = Some((*with, line));
                    }
                    *room = left.max(0.0);
                }
            }
            let Some((with, line)) = met else { break };
            let mut says = self.line(line);
            for (_, factor) in &mut says {
                *factor *= with;
            }
            let mut out = towards(&says, 1.0);
            for (other, of_other) in &across {
                let part = dot(of_other, &out);
                out.iter_mut().zip(other).for_each(|(out, other)| *out -= part * other);
                says.extend(of_other.iter().map(|(domain, factor)| (*domain, -part * factor)));
            }
            let square = dot(&says, &out);
            if square <= 1e-18 {
                break;
            }
            let scale = square.sqrt().recip();
            for out in &mut out {
                *out *= scale;
            }
            for (_, factor) in &mut says {
                *factor *= scale;
            }
            let part = dot(&says, &way);
            way.iter_mut().zip(&out).for_each(|(way, out)| *way -= part * out);
            across.push((out, says));
        }
        moved
    }

    /// A line in the order of the room that it leaves.
    fn line(&self, position: usize) -> Terms {
        let of_bounds = 2 * self.weights.len();
        if position < of_bounds {
            vec![(position / 2, if position.is_multiple_of(2) { 1.0 } else { -1.0 })]
        } else {
            self.between[position - of_bounds].terms.clone()
        }
    }

    /// For a group (a sum of shares), a direction that moves it by 1 and other lines little for the room they have.
    /// None for a group that cannot move.
    pub(crate) fn walk(&self, Ellipsoid { hessian, plane }: &Ellipsoid, group: &Terms) -> Option<Walk> {
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
        (slip < EQUAL).then(|| {
            let most = direction.iter().map(|step| step.abs()).fold(0.0, f64::max);
            Walk { changes: self.changes(&direction), reach: most }
        })
    }
}

/// What directions are found with.
#[derive(Debug)]
pub(crate) struct Ellipsoid {
    hessian: Factored,
    plane: Plane,
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
        length(&self.changes, room, if is_forward { 1.0 } else { -1.0 })
    }
}

/// How far a change of each line may go until the room of one is used up.
pub(crate) fn length(changes: &[f64], room: &[f64], sign: f64) -> f64 {
    let mut length = f64::INFINITY;
    for (change, room) in changes.iter().zip(room) {
        let loss = -sign * change;
        if loss > 1e-12 {
            length = length.min(room / loss);
        }
    }
    length
}

/// What takes a direction back to the plane of the equations.
#[derive(Debug)]
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
        // The second time removes what the first left by rounding.
        for _ in 0..3 {
            let mut off: Vec<f64> = equal.iter().map(|row| row.value(direction)).collect();
            let most = direction.iter().map(|step| step.abs()).fold(0.0, f64::max);
            if off.iter().all(|off| off.abs() <= ROUNDING * most) {
                break;
            }
            self.factored.solve(&mut off);
            for (line, factor) in self.across.iter().zip(&off) {
                for (step, part) in direction.iter_mut().zip(line) {
                    *step -= factor * part;
                }
            }
        }
    }
}
