//! Numbers of respondents of groups that are in no table, from those that are shown (procedure a).

use crate::claim::{Claim, Kind};
use crate::frame::{Bounds, Frame, centre};
use crate::sheet::Sheet;
use crate::target::{Field, Target};

/// Where the number of all respondents is not shown, they may be so many times the most that is.
const UNKNOWN: f64 = 10.0;

/// A number shown as a class under this tells a small group.
const CLASS: u32 = 40;

/// Two whole numbers lie in any interval of this length.
const TWO: f64 = 2.0;

/// Finds the numbers that each group can have; returns the groups that can be too small.
pub(crate) fn attack(
    field: &Field<'_>,
    sheet: &Sheet,
    targets: Vec<Target>,
    claims: &mut Vec<Claim>,
) -> Vec<Target> {
    let structure = field.structure;
    let frame = Frame::of_numbers(structure);
    // Numbers are counted in parts of the most: the solver is precise to a share of the greatest number it sees.
    let shown_most = sheet.numbers.values().map(|(_, most)| *most).max().unwrap_or(field.n_min);
    let is_all_shown = sheet.numbers.contains_key(&crate::Domain::all());
    let unit = f64::from(shown_most.max(1)) * if is_all_shown { 1.0 } else { UNKNOWN };
    let mut bounds: Bounds = structure
        .domains
        .iter()
        .map(|domain| {
            let shown = sheet
                .numbers
                .get(domain)
                .map(|(least, most)| (f64::from(*least) / unit, f64::from(*most) / unit));
            let least = if sheet.released.contains(domain) { f64::from(field.n_min) / unit } else { 0.0 };
            shown.unwrap_or((least, 1.0))
        })
        .collect();
    tighten(&frame, &mut bounds);
    let program = frame.program(&bounds, field.is_released);
    let inside = centre(&program).and_then(Result::ok);
    let classes: Vec<Target> = (structure.domains.iter().enumerate())
        .filter(|(_, domain)| {
            sheet.numbers.get(domain).is_some_and(|(least, most)| least < most && *least < CLASS)
        })
        .map(|(domain, _)| Target {
            terms: vec![(domain, 1.0)],
            n: (0, u32::MAX),
            true_n: None,
            heaviest: None,
        })
        .collect();
    let first_class = targets.len();
    let all: Vec<Target> = targets.into_iter().chain(classes).collect();
    let room = inside.as_ref().map(|at| frame.room(&bounds, at));
    let ellipsoid = room.as_ref().and_then(|room| frame.ellipsoid(room));
    let mut small = Vec::new();
    for (position, target) in all.into_iter().enumerate() {
        let walk = ellipsoid.as_ref().and_then(|found| frame.walk(found, &target.terms));
        let mut interval = quick(&target, &bounds);
        let mut binding = Vec::new();
        let is_open = walk.zip(room.as_ref()).is_some_and(|(walk, room)| {
            walk.length(room, true) + walk.length(room, false) > (TWO + 0.01) / unit
        });
        if !is_open && let Some(found) = field.range_of(&program, &target.terms) {
            let (low, high) = found.interval;
            (interval, binding) = ((low.max(interval.0), high.min(interval.1)), found.binding);
        }
        let n = whole((interval.0 * unit, interval.1 * unit), unit);
        let target = Target { n, ..target };
        let is_class = position >= first_class;
        if n.0 == n.1 && (is_class || n.0 < field.n_min) {
            let mut claim = number(field, &target, binding);
            if is_class {
                "its number is shown as a class".clone_into(&mut claim.detail);
                claim.severity = crate::Severity::Serious;
            }
            claims.push(claim);
        }
        if !is_class && n.0 < field.n_min && n.1 > 0 {
            small.push(target);
        }
    }
    small
}

fn number(field: &Field<'_>, target: &Target, binding: Vec<crate::Binding>) -> Claim {
    Claim {
        kind: Kind::Number,
        severity: target.severity(field.n_min, Kind::Number),
        group: field.structure.group(&target.terms),
        base: field.base.to_owned(),
        question: None,
        category: None,
        interval: None,
        n: Some(target.n),
        binding,
        detail: "from the numbers of respondents shown".to_owned(),
    }
}

/// The interval of a sum from those of its parts.
fn quick(target: &Target, bounds: &Bounds) -> (f64, f64) {
    let (mut low, mut high) = (0.0, 0.0);
    for (domain, sign) in &target.terms {
        let (least, most) = bounds[*domain];
        if *sign > 0.0 {
            low += least;
            high += most;
        } else {
            low -= most;
            high -= least;
        }
    }
    (low.max(0.0), high.max(0.0))
}

/// Takes from each line what it says about its domains, until nothing more is learnt or enough was.
fn tighten(frame: &Frame, bounds: &mut Bounds) {
    for _ in 0..8 {
        let before = bounds.clone();
        for (row, is_equal) in
            frame.equal.iter().map(|row| (row, true)).chain(frame.between.iter().map(|row| (row, false)))
        {
            for (variable, factor) in &row.terms {
                let (mut least, mut most) = (0.0, 0.0);
                for (other, factor) in row.terms.iter().filter(|(other, _)| other != variable) {
                    let (low, high) = bounds[*other];
                    let (low, high) = if *factor > 0.0 {
                        (factor * low, factor * high)
                    } else {
                        (factor * high, factor * low)
                    };
                    least += low;
                    most += high;
                }
                // factor · x + others ≥ 0, and ≤ 0 too in an equation.
                let bound = &mut bounds[*variable];
                if *factor > 0.0 {
                    bound.0 = bound.0.max(-most / factor);
                    if is_equal {
                        bound.1 = bound.1.min(-least / factor);
                    }
                } else {
                    bound.1 = bound.1.min(most / -factor);
                    if is_equal {
                        bound.0 = bound.0.max(least / -factor);
                    }
                }
            }
        }
        if before == *bounds {
            return;
        }
    }
}

/// The whole numbers of an interval, with a little for the solver's rounding; at least one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the range of counts")]
fn whole((low, high): (f64, f64), unit: f64) -> (u32, u32) {
    let dust = (unit * 1e-7).clamp(1e-4, 0.4);
    let least = (low - dust).ceil().clamp(0.0, f64::from(u32::MAX)) as u32;
    let most = (high + dust).floor().clamp(0.0, f64::from(u32::MAX)) as u32;
    (least, most.max(least))
}
