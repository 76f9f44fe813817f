//! Whole numbers of respondents, where weights are (nearly) equal: a share is then a count over a number.

use crate::frame::{Frame, share_of};
use crate::known::Known;
use crate::program::{Outcome, Program, Row, dot};
use crate::structure::Terms;
use crate::target::{Field, Target};

/// Weights are nearly equal when the mean weights of domains differ by no more than this share.
const NEARLY: f64 = 0.05;

/// A share this near to a count is that count.
const NEAR: f64 = 0.02;

/// Programs solved to settle one count; undecided counts are taken as possible.
const MOST_PROGRAMS: usize = 60;

/// Domains with no more respondents than this are asked to have whole counts.
const FEW: f64 = 40.0;

/// Whether the mean weights of all domains are nearly the same.
pub(crate) fn are_equal(known: &Known, base: &str) -> bool {
    let means: Vec<f64> = known
        .domains(base)
        .filter(|(_, size)| size.n > 0)
        .map(|(_, size)| size.weight / f64::from(size.n))
        .collect();
    let least = means.iter().copied().fold(f64::INFINITY, f64::min);
    let most = means.iter().copied().fold(0.0, f64::max);
    !means.is_empty() && least > 0.0 && most / least <= 1.0 + NEARLY
}

/// The numbers out of `n` whose share is in an interval.
pub(crate) fn counts((low, high): (f64, f64), n: u32) -> impl Iterator<Item = u32> {
    let of = f64::from(n.max(1));
    let slack = NEAR / of;
    (0..=n.min(1000)).filter(move |count| {
        let share = f64::from(*count) / of;
        share >= low - slack && share <= high + slack
    })
}

/// The only count that agrees with everything, if there is one: each candidate is tried with whole counts of the other
/// small domains, by branch and bound.
pub(crate) fn only_count(
    program: &Program,
    frame: &Frame,
    field: &Field<'_>,
    (target, share): (&Target, &Terms),
    interval: (f64, f64),
) -> Option<u32> {
    let n = target.n.1;
    let candidates: Vec<u32> = counts(interval, n).collect();
    if candidates.len() > 3 {
        return None;
    }
    let mean = frame.weights.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let total_n = mean_weight(frame, target, share)?;
    let small: Vec<(Terms, f64)> = (0..frame.weights.len())
        .filter(|domain| !field.is_released[*domain])
        .filter_map(|domain| {
            let count = (frame.weights[domain] / total_n).round();
            ((1.0..=FEW).contains(&count) && mean > 0.0)
                .then(|| share_of(&[(domain, 1.0)], &frame.weights).map(|share| (share, count)))?
        })
        .collect();
    let mut possible = candidates.into_iter().filter(|count| {
        let mut fixed = program.clone();
        fixed.equal.push(Row::new(share.clone(), f64::from(*count) / f64::from(n)));
        let mut left = MOST_PROGRAMS;
        has_whole(&mut fixed, &small, &mut left)
    });
    let only = possible.next()?;
    possible.next().is_none().then_some(only)
}

/// Mean weight of a respondent of the target.
fn mean_weight(frame: &Frame, target: &Target, _share: &Terms) -> Option<f64> {
    let weight = dot(&target.terms, &frame.weights);
    (target.n.1 > 0 && weight > 0.0).then(|| weight / f64::from(target.n.1))
}

fn has_whole(program: &mut Program, small: &[(Terms, f64)], left: &mut usize) -> bool {
    if *left == 0 {
        return true;
    }
    *left -= 1;
    let at = match program.inside() {
        Outcome::Impossible => return false,
        Outcome::Unknown => return true,
        Outcome::Least { at, .. } => at,
    };
    // The point is in the middle of what is possible: branch on the count that is furthest from a whole number.
    let off = |(share, n): &(Terms, f64)| {
        let count = dot(share, &at) * n;
        (count - count.round()).abs()
    };
    let Some((share, n)) =
        small.iter().filter(|found| off(found) > NEAR).max_by(|a, b| off(a).total_cmp(&off(b)))
    else {
        return true;
    };
    let count = dot(share, &at) * n;
    let down: Terms = share.iter().map(|(variable, factor)| (*variable, -factor)).collect();
    for row in
        [Row::new(down, -((count.floor() + NEAR) / n)), Row::new(share.clone(), (count.ceil() - NEAR) / n)]
    {
        program.at_least.push(row);
        let found = has_whole(program, small, left);
        program.at_least.pop();
        if found {
            return true;
        }
    }
    false
}
