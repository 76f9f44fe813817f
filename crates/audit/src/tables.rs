//! Shares of groups that are in no table, from those that are (procedures a and b).

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::claim::{Claim, Group, Kind, Severity};
use crate::composition;
use crate::frame::{Bounds, Frame, Walk, centre, share_of};
use crate::known::Known;
use crate::numbers;
use crate::ratio::Ratio;
use crate::release::{Question, Release};
use crate::sheet::Sheet;
use crate::structure::{Structure, Terms};
use crate::target::{ALL, Field, Target, groups, size_of};
use crate::whole;
use crate::{Options, domain::Domain};

/// How much wider than a claim an interval must be proven to be, for the solver not to be asked.
const MARGIN: f64 = 0.001;

/// Attacks the domains of one base.
pub(crate) fn attack(
    release: &Release,
    (base, sheet): (&str, &Sheet),
    known: Option<&Known>,
    options: &Options<'_>,
) -> Vec<Claim> {
    let mut domains: BTreeSet<Domain> = sheet.domains.clone();
    domains.extend(known.into_iter().flat_map(|known| known.domains(base)).map(|(domain, _)| domain.clone()));
    let structure = &Structure::new(release, domains);
    let is_released: Vec<bool> =
        structure.domains.iter().map(|domain| sheet.released.contains(domain)).collect();
    let field = Field {
        base,
        n_min: release.n_min,
        width: options.width / 100.0,
        structure,
        is_released: &is_released,
    };
    let weights = |known: &Known| -> Option<Vec<f64>> {
        let sizes = structure.domains.iter().map(|domain| known.size(base, domain));
        sizes.map(|size| size.map(|size| size.weight)).collect()
    };
    let exact = known.and_then(weights);
    let scoring = options.truth.or(known);
    let mut claims = match known {
        Some(known) if options.digits => composition::attack(release, &field, sheet, known),
        _ => Vec::new(),
    };
    let all: Vec<Target> = groups(structure, &is_released)
        .into_iter()
        .map(|terms| {
            let true_n = scoring.and_then(|truth| size_of(structure, &terms, base, truth)).map(|(n, _)| n);
            let n = known.and_then(|known| size_of(structure, &terms, base, known)).map(|(n, _)| (n, n));
            Target { terms, n: n.unwrap_or((0, u32::MAX)), true_n, heaviest: None }
        })
        .filter(|target| target.true_n.is_none_or(|n| (1..release.n_min).contains(&n)))
        .collect();
    let targets = match known.filter(|_| exact.is_some()) {
        Some(known) => all.into_iter().chain(heaviest(structure, base, known)).collect(),
        None => numbers::attack(&field, sheet, all, &mut claims),
    };
    let questions: Vec<&Question> =
        sheet.questions.iter().map(|question| &release.questions[*question]).collect();
    let mut job = Job {
        field: &field,
        sheet,
        targets: &targets,
        is_exact: exact.is_some(),
        slice: None,
        are_equal: exact.is_some()
            && options.integers
            && known.is_some_and(|known| whole::are_equal(known, base)),
        is_joint: options.joint,
    };
    if !targets.is_empty() && options.shares {
        job.slice = job.slice(exact.or_else(|| options.truth.and_then(weights)), &questions);
        let indexes: Vec<usize> = sheet.questions.iter().copied().collect();
        claims.extend(in_parallel(options.threads, &questions, |position, question| {
            job.question(indexes[position], question)
        }));
    }
    claims
}

/// The heaviest respondent of each domain, of whatever size it is. One who weighs as much as several others may be alone in
/// what a domain can hold of an answer, although the domain is large: an insider who knows weights then knows that answer.
fn heaviest<'a>(
    structure: &'a Structure,
    base: &'a str,
    known: &'a Known,
) -> impl Iterator<Item = Target> + 'a {
    structure.domains.iter().enumerate().filter_map(move |(domain, named)| {
        let size = known.size(base, named).filter(|size| size.n > 1 && size.heaviest > 0.0)?;
        let share = (size.heaviest / size.weight).min(1.0);
        let n = (size.n, size.n);
        Some(Target { terms: vec![(domain, 1.0)], n, true_n: Some(size.n), heaviest: Some(share) })
    })
}

/// The results in the order of the items, whoever computed them.
pub(crate) fn in_parallel<T: Sync>(
    threads: usize,
    items: &[T],
    work: impl Fn(usize, &T) -> Vec<Claim> + Sync,
) -> Vec<Claim> {
    let next = AtomicUsize::new(0);
    let run = || {
        let mut done: Vec<(usize, Vec<Claim>)> = Vec::new();
        loop {
            let position = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(position) else { return done };
            done.push((position, work(position, item)));
        }
    };
    let mut done = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(items.len())).map(|_| scope.spawn(run)).collect();
        let mut done = run();
        for other in others {
            done.extend(other.join().expect("the attack on a question does not panic"));
        }
        done
    });
    done.sort_by_key(|(position, _)| *position);
    done.into_iter().flat_map(|(_, claims)| claims).collect()
}

/// Weights by which groups are proven safe: those that are known, or some that are possible.
struct Slice {
    frame: Frame,
    /// The groups as sums of shares.
    shares: Vec<Option<Terms>>,
    /// Directions in which they move with room to spare in one question: most often in others too.
    walks: Vec<Option<Walk>>,
}

/// What is the same for all questions of a base.
struct Job<'a> {
    field: &'a Field<'a>,
    sheet: &'a Sheet,
    targets: &'a [Target],
    /// Whether the weights are known to the attacker, and not to the score alone.
    is_exact: bool,
    slice: Option<Slice>,
    are_equal: bool,
    is_joint: bool,
}

impl Job<'_> {
    /// The weights to prove groups safe with: those given, or what agrees with the first question.
    fn slice(&self, weights: Option<Vec<f64>>, questions: &[&Question]) -> Option<Slice> {
        let first = *self.sheet.questions.first()?;
        let category = (0..questions[0].categories.len())
            .find(|category| self.sheet.shown.contains_key(&(first, *category)))?;
        let bounds = self.bounds((first, category), questions[0]);
        let ratio = Ratio { field: self.field, sheet: self.sheet };
        let weights = weights.or_else(|| ratio.weights(std::slice::from_ref(&bounds)))?;
        let frame = Frame::new(self.field.structure, weights);
        let shares = self.shares(&frame);
        let program = frame.program(&bounds, self.field.is_released);
        let walks = match centre(&program) {
            Some(Ok(at)) => frame.walks(&frame.room(&bounds, &at), &shares),
            _ => vec![None; shares.len()],
        };
        Some(Slice { frame, shares, walks })
    }

    fn shares(&self, frame: &Frame) -> Vec<Option<Terms>> {
        self.targets.iter().map(|target| share_of(&target.terms, &frame.weights)).collect()
    }

    /// Where the share of each domain may be, from 0 to 1.
    fn bounds(&self, answer: (usize, usize), question: &Question) -> Bounds {
        let shown = self.sheet.shown.get(&answer);
        let domains = self.field.structure.domains.iter();
        domains
            .map(|domain| {
                let interval = shown.and_then(|shown| shown.get(domain));
                interval.map_or((0.0, 1.0), |interval| unit(*interval, question.range))
            })
            .collect()
    }

    fn question(&self, index: usize, question: &Question) -> Vec<Claim> {
        let is_joint = self.is_joint && question.is_complete && question.categories.len() > 1;
        let answers: Vec<(usize, Bounds)> = (0..question.categories.len())
            .filter(|category| is_joint || self.sheet.shown.contains_key(&(index, *category)))
            .map(|category| (category, self.bounds((index, category), question)))
            .collect();
        if is_joint {
            return self.answers(question, &answers);
        }
        answers.chunks(1).flat_map(|answer| self.answers(question, answer)).collect()
    }

    /// One answer, or all the answers to a complete question together.
    fn answers(&self, question: &Question, answers: &[(usize, Bounds)]) -> Vec<Claim> {
        let bounds: Vec<Bounds> = answers.iter().map(|(_, bounds)| bounds.clone()).collect();
        let ratio = Ratio { field: self.field, sheet: self.sheet };
        let program = |frame: &Frame| match bounds.as_slice() {
            [one] => frame.program(one, self.field.is_released),
            several => frame.joint_program(several, self.field.is_released),
        };
        let Some(slice) = &self.slice else { return vec![self.contradiction(question)] };
        let whole = program(&slice.frame);
        let is_safe = match centre(&whole) {
            Some(Ok(at)) => self.safe(slice, &bounds, &at),
            Some(Err(())) if self.is_exact => return vec![self.contradiction(question)],
            // The weights of another question need not agree with this one: others are looked for.
            Some(Err(())) => {
                let Some(weights) = ratio.weights(&bounds) else { return vec![self.contradiction(question)] };
                let frame = Frame::new(self.field.structure, weights);
                let shares = self.shares(&frame);
                let slice = Slice { walks: vec![None; shares.len()], frame, shares };
                match centre(&program(&slice.frame)) {
                    Some(Ok(at)) => self.safe(&slice, &bounds, &at),
                    _ => self.none_safe(&bounds),
                }
            }
            // Without a point inside nothing is proven safe, and the solver is asked about everything.
            None => self.none_safe(&bounds),
        };
        let mut claims = Vec::new();
        for (answer, (category, _)) in answers.iter().enumerate() {
            let named = (question.code.as_str(), question.categories[*category].as_str(), question.range);
            for (position, target) in self.targets.iter().enumerate() {
                // A mean is no answer that someone gave or did not give.
                if is_safe[answer][position] || (target.heaviest.is_some() && !question.is_share) {
                    continue;
                }
                claims.extend(if self.is_exact {
                    let Some(share) = &slice.shares[position] else { continue };
                    let exact = Exact { job: self, frame: &slice.frame, program: &whole, question };
                    exact.attack(target, share, named, (answer, &bounds))
                } else {
                    ratio.attack(target, named, (answer, &bounds))
                });
            }
        }
        claims
    }

    fn none_safe(&self, bounds: &[Bounds]) -> Vec<Vec<bool>> {
        vec![vec![false; self.targets.len()]; bounds.len()]
    }

    /// For each answer and target, whether its share was proven to be open.
    fn safe(&self, slice: &Slice, bounds: &[Bounds], at: &[f64]) -> Vec<Vec<bool>> {
        let Slice { frame, shares, walks } = slice;
        let points: Vec<&[f64]> = at.chunks(frame.weights.len()).collect();
        let rooms: Vec<Vec<f64>> =
            bounds.iter().zip(&points).map(|(bounds, at)| frame.room(bounds, at)).collect();
        let mut safe = self.none_safe(bounds);
        for (answer, point) in points.iter().enumerate() {
            let is_open = |position: usize, walk: Option<&Walk>| {
                let Some(share) = &shares[position] else { return false };
                let value = crate::program::dot(share, point);
                let target = &self.targets[position];
                let Some(walk) = walk else { return self.is_open(target, (value, value)) };
                let (back, forth) = reach(walk, &rooms, answer);
                self.is_open(target, (value - back, value + forth))
            };
            let safe = &mut safe[answer];
            for (position, walk) in walks.iter().enumerate() {
                safe[position] = is_open(position, walk.as_ref());
            }
            let doubtful: Vec<usize> = (0..safe.len()).filter(|position| !safe[*position]).collect();
            if doubtful.is_empty() {
                continue;
            }
            // Directions of this question's own, for those that need them.
            let groups: Vec<Option<Terms>> =
                doubtful.iter().map(|position| shares[*position].clone()).collect();
            for (position, walk) in doubtful.into_iter().zip(frame.walks(&rooms[answer], &groups)) {
                safe[position] = is_open(position, walk.as_ref());
            }
        }
        safe
    }

    fn is_open(&self, target: &Target, (low, high): (f64, f64)) -> bool {
        if target.heaviest.is_some() {
            return target.kind_of((low, high), self.field.width).is_none();
        }
        let is_wide = if target.true_n.unwrap_or(target.n.1) == 1 {
            low <= ALL && high >= 1.0 - ALL
        } else {
            high - low > self.field.width + MARGIN && low < 1.0 - ALL - MARGIN && high > ALL + MARGIN
        };
        is_wide && !self.are_equal_in_doubt(target, low, high)
    }

    /// Where weights are equal a share is a whole number of respondents: it has to be open among those too.
    fn are_equal_in_doubt(&self, target: &Target, low: f64, high: f64) -> bool {
        self.are_equal && whole::counts((low, high), target.n.1).count() < 2
    }

    fn contradiction(&self, question: &Question) -> Claim {
        Claim {
            kind: Kind::Contradiction,
            severity: Severity::Serious,
            group: Group::default(),
            base: self.field.base.to_owned(),
            question: Some(question.code.clone()),
            category: None,
            interval: None,
            n: None,
            binding: Vec::new(),
            detail: "no answers of any respondents give what is displayed in all tables at once".to_owned(),
        }
    }
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

/// The programs of an attacker who knows weights.
struct Exact<'a> {
    job: &'a Job<'a>,
    frame: &'a Frame,
    program: &'a crate::program::Program,
    question: &'a Question,
}

impl Exact<'_> {
    /// The quick program of one answer first, then that of all answers, then whole numbers.
    fn attack(
        &self,
        target: &Target,
        share: &Terms,
        named: (&str, &str, (f64, f64)),
        (answer, bounds): (usize, &[Bounds]),
    ) -> Option<Claim> {
        let field = self.job.field;
        let single;
        let quick = if bounds.len() == 1 {
            self.program
        } else {
            single = self.frame.program(&bounds[answer], field.is_released);
            &single
        };
        let (mut interval, mut binding) = field.range_of(quick, share)?;
        if let Some(kind) = target.kind_of(interval, field.width) {
            return Some(field.claim(target, kind, named, interval, binding));
        }
        if bounds.len() > 1 {
            let shift = answer * self.frame.weights.len();
            let objective: Terms = share.iter().map(|(domain, factor)| (domain + shift, *factor)).collect();
            if let Some((found, by)) = field.range_of(self.program, &objective) {
                (interval, binding) = (found, by);
                if let Some(kind) = target.kind_of(interval, field.width) {
                    return Some(field.claim(target, kind, named, interval, binding));
                }
            }
        }
        if target.heaviest.is_none() && self.job.are_equal && self.question.is_share {
            let count = whole::only_count(quick, self.frame, field, (target, share), interval)?;
            let n = f64::from(target.n.1);
            let share = f64::from(count) / n;
            let mut claim = field.claim(target, Kind::Count, named, (share, share), binding);
            claim.n = Some((count, count));
            return Some(claim);
        }
        None
    }
}

/// An interval in the unit of an indicator as one from 0 to 1.
fn unit((low, high): (f64, f64), range: (f64, f64)) -> (f64, f64) {
    let scale = |value: f64| ((value - range.0) / (range.1 - range.0)).clamp(0.0, 1.0);
    (scale(low), scale(high))
}
