//! Shares of groups that are in no table, from those that are (procedures a and b).

use std::cell::LazyCell;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::Options;
use crate::agreeing::Agreeing;
use crate::claim::{Claim, Group, Kind, Severity};
use crate::composition;
use crate::frame::{Bounds, Frame, centre, share_of};
use crate::known::Known;
use crate::numbers;
use crate::proof::{Proof, Slice};
use crate::ratio::Ratio;
use crate::release::{Question, Release};
use crate::sheet::Sheet;
use crate::structure::{Structure, Terms};
use crate::target::{Field, Range, Target, groups, size_of};
use crate::whole;

/// Attacks the domains of one base.
pub(crate) fn attack(
    release: &Release,
    (base, sheet, structure): (&str, &Sheet, &Structure),
    known: Option<&Known>,
    options: &Options<'_>,
) -> Vec<Claim> {
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
    let indexes: Vec<usize> = sheet.questions.iter().copied().collect();
    let questions: Vec<&Question> = indexes.iter().map(|question| &release.questions[*question]).collect();
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
        agreeing: options.agreeing,
    };
    if !targets.is_empty() && options.shares {
        let first = indexes.first().copied().zip(questions.first().copied());
        job.slice = job.slice(exact.or_else(|| options.truth.and_then(weights)), first);
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
    agreeing: Option<&'a Agreeing>,
}

impl Job<'_> {
    /// The weights to prove groups open with: those given, or what agrees with the first question.
    fn slice(&self, weights: Option<Vec<f64>>, first: Option<(usize, &Question)>) -> Option<Slice> {
        let (index, first) = first?;
        let category = (0..first.categories.len())
            .find(|category| self.sheet.shown.contains_key(&(index, *category)))?;
        let bounds = self.bounds((index, category), first);
        let ratio = Ratio { field: self.field, sheet: self.sheet };
        let weights = weights.or_else(|| ratio.weights(std::slice::from_ref(&bounds)))?;
        let frame = Frame::new(self.field.structure, weights);
        let shares = self.shares(&frame);
        let known = self.agreeing.and_then(|agreeing| {
            let found = agreeing.found(&first.code, category).centre?;
            let at = found.of(&self.field.structure.domains)?;
            at.get(..frame.weights.len()).map(<[f64]>::to_vec)
        });
        let at = known
            .filter(|at| frame.holds(&bounds, at))
            .or_else(|| centre(&frame.program(&bounds, self.field.is_released)).and_then(Result::ok));
        let ellipsoid = at.and_then(|at| frame.ellipsoid(&frame.room(&bounds, &at)));
        Some(Slice::new(frame, shares, ellipsoid))
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
        let whole = LazyCell::new(|| program(&slice.frame));
        let categories: Vec<usize> = answers.iter().map(|(category, _)| *category).collect();
        let mut proof = self.proof(slice, question, &bounds);
        if let Some(agreeing) = self.agreeing.filter(|_| self.is_exact) {
            proof.recall(agreeing, self.field.structure, question, &categories);
        }
        let other;
        if !proof.is_done() && !proof.has_centre() {
            match centre(&whole) {
                Some(Ok(at)) => proof.take_centre(at),
                Some(Err(())) if self.is_exact => return vec![self.contradiction(question)],
                // The weights of another question need not agree with this one: others are looked for.
                Some(Err(())) => {
                    let Some(weights) = ratio.weights(&bounds) else {
                        return vec![self.contradiction(question)];
                    };
                    let frame = Frame::new(self.field.structure, weights);
                    let shares = self.shares(&frame);
                    let at = centre(&program(&frame));
                    other = Slice::new(frame, shares, None);
                    proof = self.proof(&other, question, &bounds);
                    if let Some(Ok(at)) = at {
                        proof.take_centre(at);
                    }
                }
                // Without a point inside nothing more is proven, and the solver is asked about the rest.
                None => {}
            }
        }
        let mut claims = Vec::new();
        for (answer, (category, _)) in answers.iter().enumerate() {
            let named = (question.code.as_str(), question.categories[*category].as_str(), question.range);
            for (position, target) in self.targets.iter().enumerate() {
                if proof.is_open(answer, position) {
                    continue;
                }
                claims.extend(if self.is_exact {
                    let Some(share) = &slice.shares[position] else { continue };
                    let exact = Exact { job: self, frame: &slice.frame, program: &whole, question };
                    exact.attack((position, target, share), named, (answer, &mut proof))
                } else {
                    ratio.attack(target, named, (answer, &bounds))
                });
            }
        }
        if let Some(agreeing) = self.agreeing.filter(|_| self.is_exact) {
            agreeing.remember(&question.code, categories[0], proof.found(&self.field.structure.domains));
        }
        claims
    }

    /// A group of nobody needs no proof, nor the heaviest respondent where answers are numbers: a mean is no answer that
    /// someone gave or did not give.
    fn proof<'p>(&'p self, slice: &'p Slice, question: &Question, bounds: &'p [Bounds]) -> Proof<'p> {
        let needs_none = |target: &Target, share: Option<&Terms>| {
            (self.is_exact && share.is_none()) || (target.heaviest.is_some() && !question.is_share)
        };
        Proof::new(slice, self.targets, bounds, (self.field.width, self.are_equal), needs_none)
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

/// The programs of an attacker who knows weights.
struct Exact<'a> {
    job: &'a Job<'a>,
    frame: &'a Frame,
    program: &'a crate::program::Program,
    question: &'a Question,
}

impl Exact<'_> {
    /// The quick program of one answer first, then that of all answers, then whole numbers. Where programs end says
    /// something of other groups too.
    fn attack(
        &self,
        (position, target, share): (usize, &Target, &Terms),
        named: (&str, &str, (f64, f64)),
        (answer, proof): (usize, &mut Proof<'_>),
    ) -> Option<Claim> {
        let field = self.job.field;
        let is_joint = proof.bounds.len() > 1;
        let single;
        let quick = if is_joint {
            single = self.frame.program(&proof.bounds[answer], field.is_released);
            &single
        } else {
            self.program
        };
        let is_least_first = proof.is_least_missing(answer, position);
        // Whole numbers are looked at whatever the range.
        let is_counted = target.heaviest.is_none() && self.job.are_equal && self.question.is_share;
        let see = |proof: &mut Proof<'_>, at: &[f64]| {
            proof.take_end(at);
            proof.is_open(answer, position) && !is_counted
        };
        let is_enough = |at: &[f64]| !is_joint && see(proof, at);
        let mut range = field.range_until(quick, share, is_least_first, is_enough)?;
        if let Some(kind) = target.kind_of(range.interval, field.width) {
            return Some(field.claim(target, kind, named, range.interval, range.binding));
        }
        if is_joint {
            let shift = answer * self.frame.weights.len();
            let objective: Terms = share.iter().map(|(domain, factor)| (domain + shift, *factor)).collect();
            let is_enough = |at: &[f64]| see(proof, at);
            if let Some(found) = field.range_until(self.program, &objective, is_least_first, is_enough) {
                range = found;
                if let Some(kind) = target.kind_of(range.interval, field.width) {
                    return Some(field.claim(target, kind, named, range.interval, range.binding));
                }
            }
            if proof.is_open(answer, position) && !is_counted {
                return None;
            }
        }
        let Range { interval, binding } = range;
        if is_counted {
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
