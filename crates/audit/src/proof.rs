//! Proofs that the shares of groups are open, without a program for each.
//!
//! Every question of a base has the same lines with other bounds. The share of a group is open when two points of the
//! polytope lie far enough apart in its direction, and a point says something about all groups at once: those that an
//! attack found before, those that a program for another group ended in, and those that a walk from a point with room on
//! all sides reaches (see [`crate::frame`]).

use std::sync::{Arc, OnceLock};

use crate::agreeing::{Agreeing, Found, Point};
use crate::frame::{Bounds, Frame};
use crate::program::dot;
use crate::release::Question;
use crate::structure::{Structure, Terms};
use crate::target::{ALL, Target};
use crate::walk::{Ellipsoid, Walk};
use crate::whole;

/// How much wider than a claim an interval must be proven to be, for the solver not to be asked.
const MARGIN: f64 = 0.001;

/// A point on the edge is moved so much of the way to the centre: its lines are then kept although the solver is not exact.
const INWARDS: f64 = 1e-3;

/// Domains up to which directions of a question's own are quicker to find than a program is to solve.
const FEW: usize = 150;

/// Steps of Newton's method that bring a point near enough to the centre.
const STEPS: usize = 5;

/// Weights by which groups are proven open: those that are known, or some that are possible.
pub(crate) struct Slice {
    pub(crate) frame: Frame,
    /// The groups as sums of shares.
    pub(crate) shares: Vec<Option<Terms>>,
    /// Where walks with room to spare in one question start from: most often they have some in others too.
    ellipsoid: Option<Ellipsoid>,
    /// Those that were asked for.
    walks: Vec<OnceLock<Option<Walk>>>,
}

impl Slice {
    pub(crate) fn new(frame: Frame, shares: Vec<Option<Terms>>, ellipsoid: Option<Ellipsoid>) -> Self {
        let walks = shares.iter().map(|_| OnceLock::new()).collect();
        Self { frame, shares, ellipsoid, walks }
    }

    fn walk(&self, position: usize) -> Option<&Walk> {
        let find = || self.frame.walk(self.ellipsoid.as_ref()?, self.shares[position].as_ref()?);
        self.walks[position].get_or_init(find).as_ref()
    }
}

/// What is proven of one question.
pub(crate) struct Proof<'a> {
    pub(crate) slice: &'a Slice,
    pub(crate) targets: &'a [Target],
    pub(crate) bounds: &'a [Bounds],
    /// Least width of a share that is no claim, from 0 to 1.
    pub(crate) width: f64,
    /// Whether weights are equal, so that a share is a whole number of respondents.
    pub(crate) are_equal: bool,
    /// For each answer and target, the shares that were seen.
    seen: Vec<Vec<(f64, f64)>>,
    /// For each answer and target, whether its share was proven to be open.
    is_open: Vec<Vec<bool>>,
    centre: Option<Vec<f64>>,
    others: Vec<Vec<f64>>,
}

impl<'a> Proof<'a> {
    /// Of nothing yet, but what needs no proof.
    pub(crate) fn new(
        slice: &'a Slice,
        targets: &'a [Target],
        bounds: &'a [Bounds],
        (width, are_equal): (f64, bool),
        needs_none: impl Fn(&Target, Option<&Terms>) -> bool,
    ) -> Self {
        let is_open =
            targets.iter().zip(&slice.shares).map(|(target, share)| needs_none(target, share.as_ref()));
        Self {
            slice,
            targets,
            bounds,
            width,
            are_equal,
            seen: vec![vec![(f64::INFINITY, f64::NEG_INFINITY); targets.len()]; bounds.len()],
            is_open: vec![is_open.collect(); bounds.len()],
            centre: None,
            others: Vec::new(),
        }
    }

    /// Whether the share of a target was proven to be open.
    pub(crate) fn is_open(&self, answer: usize, position: usize) -> bool {
        self.is_open[answer][position]
    }

    /// Whether nothing is left to prove.
    pub(crate) fn is_done(&self) -> bool {
        self.is_open.iter().flatten().all(|is_open| *is_open)
    }

    /// Takes up what is known to agree: true answers, and what attacks before this one found.
    pub(crate) fn recall(
        &mut self,
        agreeing: &Agreeing,
        structure: &Structure,
        question: &Question,
        categories: &[usize],
    ) {
        let given = given(agreeing, structure, &self.slice.frame, question, categories);
        let given = given.filter(|at| self.holds(at));
        if let Some(at) = &given {
            self.see(at);
        }
        let found = agreeing.found(&question.code, categories[0]);
        let of_now = |point: &Point| point.of(&structure.domains);
        let before = found.centre.as_ref().and_then(of_now).filter(|at| self.holds(at));
        let Some(centre) = before else {
            if let Some(at) = given.filter(|_| !self.is_done()) {
                let inside = self.off_the_lines(&at);
                self.walk(&inside);
                if !self.is_done()
                    && let Some(centre) = self.nearer_to_the_centre(inside)
                {
                    self.take_centre(centre);
                }
            }
            return;
        };
        self.see(&centre);
        let rooms = self.rooms(&centre);
        for at in found.others.iter().rev().filter_map(of_now) {
            if !self.is_done() {
                // What is displayed may have changed: one goes as far towards the point as is still possible.
                let way: Vec<f64> = at.iter().zip(&centre).map(|(there, here)| there - here).collect();
                let part = self.slice.frame.free_part(&rooms, &way).min(1.0);
                let reached: Vec<f64> =
                    centre.iter().zip(&way).map(|(here, way)| here + part * way).collect();
                if self.holds(&reached) {
                    self.see(&reached);
                }
            }
            self.others.push(at);
        }
        self.take_centre(centre);
    }

    /// What another attack can take up.
    pub(crate) fn found(self, domains: &Arc<Vec<crate::domain::Domain>>) -> Found {
        let point = |shares| Point { domains: Arc::clone(domains), shares };
        Found { centre: self.centre.map(point), others: self.others.into_iter().map(point).collect() }
    }

    /// Whether a point with room on all sides is known.
    pub(crate) fn has_centre(&self) -> bool {
        self.centre.is_some()
    }

    /// Takes up a point with room on all sides, and what can be reached from there.
    pub(crate) fn take_centre(&mut self, at: Vec<f64>) {
        if !self.is_done() {
            self.walk(&at);
            self.climb(&at);
        }
        self.centre = Some(at);
    }

    /// Takes up a point that a program ended in.
    pub(crate) fn take_end(&mut self, at: &[f64]) {
        let Some(centre) = &self.centre else { return };
        let inside: Vec<f64> =
            at.iter().zip(centre).map(|(value, centre)| value + INWARDS * (centre - value)).collect();
        if self.holds(&inside) {
            self.see(&inside);
            self.others.push(inside);
        }
    }

    /// Whether the least value is what is missing of the proof, or the greatest.
    pub(crate) fn is_least_missing(&self, answer: usize, position: usize) -> bool {
        let (low, high) = self.seen[answer][position];
        match self.targets[position].heaviest {
            Some(share) => low > 1.0 - share,
            None => low > 1.0 - high,
        }
    }

    /// Whether a point satisfies all lines.
    fn holds(&self, at: &[f64]) -> bool {
        let points = at.chunks(self.slice.frame.weights.len());
        self.bounds.iter().zip(points).all(|(bounds, at)| self.slice.frame.holds(bounds, at))
    }

    /// What a point says of each share.
    fn see(&mut self, at: &[f64]) {
        let slice = self.slice;
        for (answer, point) in at.chunks(slice.frame.weights.len()).enumerate() {
            for (position, share) in slice.shares.iter().enumerate() {
                let Some(share) = share.as_ref().filter(|_| !self.is_open[answer][position]) else {
                    continue;
                };
                let value = dot(share, point);
                self.reach(answer, position, (value, value));
            }
        }
    }

    /// What walks from a point reach.
    fn walk(&mut self, at: &[f64]) {
        let slice = self.slice;
        self.see(at);
        let rooms = self.rooms(at);
        for (answer, point) in at.chunks(slice.frame.weights.len()).enumerate() {
            for (position, share) in slice.shares.iter().enumerate() {
                let Some(share) = share.as_ref().filter(|_| !self.is_open[answer][position]) else {
                    continue;
                };
                if let Some(walk) = slice.walk(position) {
                    let (back, forth) = reach(walk, &rooms, answer);
                    let value = dot(share, point);
                    self.reach(answer, position, (value - back, value + forth));
                }
            }
        }
    }

    /// What is reached from a point along the lines that are met. When answers sum to 1, another gives way.
    fn climb(&mut self, at: &[f64]) {
        let rooms = self.rooms(at);
        for (answer, point) in at.chunks(self.slice.frame.weights.len()).enumerate() {
            self.climb_answer(answer, point, &rooms);
        }
    }

    fn climb_answer(&mut self, answer: usize, point: &[f64], rooms: &[Vec<f64>]) {
        let slice = self.slice;
        let frame = &slice.frame;
        let doubtful: Vec<usize> =
            (0..self.targets.len()).filter(|position| !self.is_open[answer][*position]).collect();
        // Directions of the point's own are better, and cost more.
        let is_own = !doubtful.is_empty() && frame.weights.len() <= FEW;
        let own = if is_own { frame.ellipsoid(&rooms[answer]) } else { None };
        let Some(ellipsoid) = own.as_ref().or(slice.ellipsoid.as_ref()) else { return };
        let moved: Vec<Vec<(f64, Vec<f64>)>> = if rooms.len() == 1 {
            vec![vec![(1.0, rooms[0].clone())]]
        } else {
            let others = (0..rooms.len()).filter(|other| *other != answer);
            others.map(|other| vec![(1.0, rooms[answer].clone()), (-1.0, rooms[other].clone())]).collect()
        };
        for position in doubtful {
            let Some(share) = &slice.shares[position] else { continue };
            let value = dot(share, point);
            let first = !self.is_least_missing(answer, position);
            for (is_up, rooms) in
                [first, !first].iter().flat_map(|is_up| moved.iter().map(move |moved| (*is_up, moved)))
            {
                let (low, high) = self.seen[answer][position];
                let reached = |moved: f64| {
                    if is_up { (low, high.max(value + moved)) } else { (low.min(value - moved), high) }
                };
                let is_enough = |moved| self.is_wide(&self.targets[position], reached(moved));
                let moved = frame.climb(ellipsoid, rooms.clone(), (share, is_up), is_enough);
                self.reach(answer, position, reached(moved));
                if self.is_open[answer][position] {
                    break;
                }
            }
        }
    }

    /// The room that each line leaves at a point of each answer.
    fn rooms(&self, at: &[f64]) -> Vec<Vec<f64>> {
        let frame = &self.slice.frame;
        let points = at.chunks(frame.weights.len());
        self.bounds.iter().zip(points).map(|(bounds, at)| frame.room(bounds, at)).collect()
    }

    /// A point moved off the lines that it lies on, towards that at which everybody answers alike: it satisfies all
    /// equations.
    fn off_the_lines(&self, at: &[f64]) -> Vec<f64> {
        let frame = &self.slice.frame;
        let alike = 1.0 / crate::count(self.bounds.len().max(2));
        let to: Vec<f64> =
            frame.weights.iter().map(|weight| if *weight > 0.0 { alike } else { 0.0 }).collect();
        let points = at.chunks(to.len());
        let steps = self.bounds.iter().zip(points).map(|(bounds, at)| frame.towards(bounds, at, &to));
        let step = steps.fold(0.5, f64::min);
        at.iter().zip(to.iter().cycle()).map(|(value, to)| value + step * (to - value)).collect()
    }

    /// A few steps towards the centre, where that is quicker than to look for it by a program. Answers that sum to 1 would
    /// have to be moved together.
    fn nearer_to_the_centre(&self, mut at: Vec<f64>) -> Option<Vec<f64>> {
        let [bounds] = self.bounds else { return None };
        if self.slice.frame.weights.len() > FEW {
            return None;
        }
        for _ in 0..STEPS {
            at = self.slice.frame.nearer_to_the_centre(bounds, &at)?;
        }
        Some(at)
    }

    /// The share of a target can be anything between these.
    fn reach(&mut self, answer: usize, position: usize, (low, high): (f64, f64)) {
        let seen = &mut self.seen[answer][position];
        *seen = (seen.0.min(low), seen.1.max(high));
        let seen = *seen;
        self.is_open[answer][position] = self.is_wide(&self.targets[position], seen);
    }

    fn is_wide(&self, target: &Target, (low, high): (f64, f64)) -> bool {
        if target.heaviest.is_some() {
            return target.kind_of((low, high), self.width).is_none();
        }
        let is_wide = if target.true_n.unwrap_or(target.n.1) == 1 {
            low <= ALL && high >= 1.0 - ALL
        } else {
            high - low > self.width + MARGIN && low < 1.0 - ALL - MARGIN && high > ALL + MARGIN
        };
        // Where weights are equal a share is a whole number of respondents: it has to be open among those too.
        is_wide && !(self.are_equal && whole::counts((low, high), target.n.1).count() < 2)
    }
}

/// The answers given as agreeing, if they are those of all domains.
fn given(
    agreeing: &Agreeing,
    structure: &Structure,
    frame: &Frame,
    question: &Question,
    categories: &[usize],
) -> Option<Vec<f64>> {
    let (low, high) = question.range;
    let mut points = Vec::with_capacity(categories.len() * frame.weights.len());
    for category in categories {
        let values = agreeing.of((&question.code, *category), &structure.domains)?;
        for (value, weight) in values.zip(&frame.weights) {
            let share = value.map(|value| (value - low) / (high - low)).filter(|share| share.is_finite());
            points.push(if *weight > 0.0 { share? } else { 0.0 });
        }
    }
    Some(points)
}

/// How far the share of a group can go back and forth. When answers sum to 1, others must give way along the same walk.
fn reach(walk: &Walk, rooms: &[Vec<f64>], answer: usize) -> (f64, f64) {
    let own = (walk.length(&rooms[answer], false), walk.length(&rooms[answer], true));
    if rooms.len() == 1 {
        return own;
    }
    let (mut back, mut forth) = (0.0, 0.0);
    for (other, room) in rooms.iter().enumerate() {
        if other != answer {
            back += walk.length(room, true);
            forth += walk.length(room, false);
        }
    }
    (own.0.min(back), own.1.min(forth))
}
