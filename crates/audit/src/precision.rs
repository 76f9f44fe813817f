//! What standard errors and intervals say of numbers of respondents (procedure d): p (1 − p) / se² is their effective
//! number.

use std::collections::BTreeMap;

use crate::claim::{Claim, Kind, Severity};
use crate::digits::claim;
use crate::domain::Domain;
use crate::known::Known;
use crate::release::{Release, Shown};

/// Half-width of an interval of confidence of 95 %, in standard errors.
const NORMAL: f64 = 1.959_964;

/// The most respondents that each rounding step allows (`disclosure.md`, section 3.1).
const MOST_OF_STEPS: [u32; 4] = [19, 39, 99, 199];

/// So few numbers are a recovered number.
const FEW: u32 = 2;

/// What a cell shows, and its standard error as an interval.
type Seen<'a> = (&'a Shown, (f64, f64));

/// Attacks every domain whose number is not shown exactly.
pub(crate) fn attack(release: &Release, truth: Option<&Known>) -> Vec<Claim> {
    let grid = grid(release);
    let mut found: BTreeMap<(&str, &Domain), Vec<Seen<'_>>> = BTreeMap::new();
    for cell in release.cells() {
        let question = release.question_of(cell.question);
        let Some(shown) = cell.shown.as_ref().filter(|_| question.is_share) else { continue };
        if shown.se.is_none() && says_the_display_again(shown, release.design_effect.unwrap_or(1.0), grid) {
            continue;
        }
        let Some(error) = shown.se.or_else(|| from_interval(shown, grid)) else { continue };
        let domain = release.domain_of(cell.domain);
        found.entry((&question.base, domain)).or_default().push((shown, error));
    }
    let mut claims = Vec::new();
    for ((base, domain), cells) in found {
        let class = cells.iter().find_map(|(shown, _)| shown.n);
        if class.is_some_and(|(least, most)| least == most) {
            continue;
        }
        let (least, most) = class.unwrap_or((release.n_min, u32::MAX));
        let mut effects = vec![1.0];
        effects.extend(release.design_effect.filter(|effect| *effect > 1.0));
        for effect in effects {
            let Some((low, high)) = candidates(&cells, effect) else { continue };
            let (low, high) = (low.max(least), high.min(most));
            // What is computed from the lowest number of the class says the class once more.
            let is_of_the_class = low <= least && class.is_some();
            if low > high || high - low >= FEW || is_of_the_class {
                continue;
            }
            let true_n = truth.and_then(|truth| truth.size(base, domain)).map(|size| size.n);
            let is_right = true_n.is_none_or(|n| (low..=high).contains(&n));
            let severity = if is_right { Severity::Serious } else { Severity::Harmless };
            claims.push(claim(Kind::Error, severity, (base, domain), (low, high), "p (1 − p) / se²"));
            break;
        }
    }
    claims
}

/// Numbers that agree with the errors of all cells: n, or n − 1 where the error divides by that.
fn candidates(cells: &[(&Shown, (f64, f64))], effect: f64) -> Option<(u32, u32)> {
    let (mut low, mut high) = (0.0_f64, f64::INFINITY);
    for (shown, (least, most)) in cells {
        let (from, to) = ((shown.lo / 100.0).clamp(0.0, 1.0), (shown.hi / 100.0).clamp(0.0, 1.0));
        let variance = |share: f64| share * (1.0 - share);
        let greatest = if from <= 0.5 && to >= 0.5 { 0.25 } else { variance(from).max(variance(to)) };
        let smallest = variance(from).min(variance(to));
        if *most > 0.0 {
            low = low.max(effect * smallest / (most / 100.0).powi(2));
        }
        if *least > 0.0 {
            high = high.min(effect * greatest / (least / 100.0).powi(2));
        }
    }
    if low > high || !high.is_finite() {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the range of counts"
    )]
    let (low, high) = (low.ceil().clamp(0.0, 4e9) as u32, (high + 1.0).floor().clamp(0.0, 4e9) as u32);
    (low <= high).then_some((low, high))
}

/// The error that an interval shows, with what its rounding leaves open.
fn from_interval(shown: &Shown, grid: f64) -> Option<(f64, f64)> {
    let (low, high) = shown.ci?;
    let half = (high - low) / 2.0;
    // Cut at 0 or 100 an interval is no longer around its value.
    let is_whole = low > 0.0 && high < 100.0;
    is_whole.then(|| (((half - grid).max(0.0)) / NORMAL, (half + grid) / NORMAL))
}

/// Whether an interval follows from what is displayed beside it: Wilson's at the displayed value, for the least number of
/// the class (or what the rounding step allows, where that is fewer) over the design effect, outwards to the grid. It then
/// says nothing of the number of respondents that the class does not.
fn says_the_display_again(shown: &Shown, effect: f64, grid: f64) -> bool {
    let (Some((least, _)), Some((low, high))) = (shown.n, shown.ci) else { return false };
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let displayed = match number(&shown.text) {
        Some(value) => Some((value, value)),
        None => shown.text.split_once('-').and_then(|(from, to)| Some((number(from)?, number(to)?))),
    };
    let Some((from, to)) = displayed else { return false };
    let is_end = |ends: (f64, f64)| (ends.0 - low).abs() < 1e-6 && (ends.1 - high).abs() < 1e-6;
    MOST_OF_STEPS.iter().copied().chain([least]).filter(|most| *most <= least).any(|respondents| {
        let n = f64::from(respondents) / effect.max(1.0);
        let (least, most) = (100.0 * wilson(from / 100.0, n).0, 100.0 * wilson(to / 100.0, n).1);
        is_end(((least / grid + 1e-9).floor() * grid, (most / grid - 1e-9).ceil() * grid))
    })
}

/// Wilson's interval (1927) of a share.
fn wilson(p: f64, n: f64) -> (f64, f64) {
    let square = NORMAL * NORMAL;
    let centre = (p + square / (2.0 * n)) / (1.0 + square / n);
    let half = NORMAL / (1.0 + square / n) * (p * (1.0 - p) / n + square / (4.0 * n * n)).sqrt();
    ((centre - half).max(0.0), (centre + half).min(1.0))
}

/// The coarsest grid on which all ends of the intervals of shares lie: those of numbers have a scale of their own.
fn grid(release: &Release) -> f64 {
    let ends: Vec<f64> = release
        .cells()
        .iter()
        .filter(|cell| release.question_of(cell.question).is_share)
        .filter_map(|cell| cell.shown.as_ref()?.ci)
        .flat_map(|(low, high)| [low, high])
        .collect();
    [5.0, 2.0, 1.0, 0.5, 0.1, 0.01, 0.001]
        .into_iter()
        .find(|grid: &f64| ends.iter().all(|end| (end / grid - (end / grid).round()).abs() < 1e-6))
        .unwrap_or(0.0)
}
