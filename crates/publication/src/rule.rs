//! The rule that turns an exact estimate into what may be shown. It is the only door.

use crate::cell::{Cell, Displayed, Interval, NumberShown, Precision, Published};
use crate::level::{is_fragile_mean, is_fragile_share};
use crate::model::Unit;

/// What stands behind an estimate: known inside the analysis, never shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Base {
    /// Respondents in the base, unweighted.
    pub n: u32,
    /// Share of the base's weight held by its heaviest respondent, from 0 to 1.
    pub largest_share: f64,
}

/// The rule of one edition (`design/disclosure.md`, section 3.1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// Smallest publishable number of respondents.
    pub n_min: u32,
    /// Under this number a figure is fragile.
    pub n_fragile: u32,
    /// Design effect of the edition's weights, rounded; it widens intervals.
    pub design_effect: f64,
    /// Normal quantile of the confidence level, 1.96 for 95 %.
    pub quantile: f64,
}

/// How finely a base may be shown.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Tier {
    /// Quarters of the range.
    Bands,
    /// A rounding step in points of the range.
    Step(f64),
}

/// A hair above a half, so that a share that is a tie in exact arithmetic rounds the same way whatever the order in
/// which its terms were summed.
const TIE: f64 = 1e-9;

/// From the finest to the coarsest way of showing (`disclosure.md`, section 3.1).
const TIERS: [Tier; 5] = [Tier::Step(1.0), Tier::Step(2.0), Tier::Step(5.0), Tier::Step(10.0), Tier::Bands];

impl Tier {
    /// The step in points of the range.
    fn points(self) -> f64 {
        match self {
            Self::Bands => 25.0,
            Self::Step(step) => step,
        }
    }

    /// The most respondents (in the sense of [`Base::n_sdc`]) that this way of showing allows.
    fn most(self) -> u32 {
        match self {
            Self::Bands => 19,
            Self::Step(step) if step >= 10.0 => 39,
            Self::Step(step) if step >= 5.0 => 99,
            Self::Step(step) if step >= 2.0 => 199,
            Self::Step(_) => u32::MAX,
        }
    }
}

impl Base {
    /// The number of respondents that counts for confidentiality: `min(n, floor(2 / h1))`. A respondent who holds a
    /// large share of the weight makes the base as small as it would be if all weighed like that one.
    #[must_use]
    pub fn n_sdc(self) -> u32 {
        if self.n == 0 || self.largest_share <= 0.0 {
            return 0;
        }
        let by_weight = (2.0 / self.largest_share + TIE).floor();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "bounded by n just before"
        )]
        let by_weight = by_weight.min(f64::from(self.n)) as u32;
        by_weight
    }
}

impl Rule {
    /// The one constructor of a published cell: rounds `value` as finely as its base allows, or refuses.
    ///
    /// `value` is in the unit's own scale. A value that is not finite is refused.
    #[must_use]
    pub fn publish(&self, value: f64, unit: Unit, base: Base) -> Cell {
        self.publish_coarser(value, unit, base, 0)
    }

    /// The same, so many tiers coarser than the base alone would allow; beyond the coarsest, nothing.
    #[must_use]
    pub fn publish_coarser(&self, value: f64, unit: Unit, base: Base, coarser: usize) -> Cell {
        let displayed = self.tier(base, coarser).and_then(|tier| show(value, unit, tier));
        displayed.map_or(Cell::Suppressed, |displayed| {
            Cell::Published(self.describe(displayed, unit, NumberShown::of(base.n)))
        })
    }

    /// Everything that is said of a displayed value: a function of what is displayed, so that a reader of files can
    /// do it again.
    pub(crate) fn describe(&self, value: Displayed, unit: Unit, n: NumberShown) -> Published {
        // What the display itself says of the base: its class, and the most that its rounding step allows. A group
        // where a few weigh much is shown coarsely, and must not pass for precise by its number of respondents.
        let respondents = n.least().min(most_of(value, unit));
        let n_effective = f64::from(respondents) / self.design_effect.max(1.0);
        Published {
            value,
            n,
            interval: self.interval(value, unit, n_effective),
            precision: self.precision(n_effective),
            is_fragile: respondents < self.n_fragile || self.is_fragile(value, unit, n_effective),
        }
    }

    /// The displayed value alone, for figures whose number of respondents stands elsewhere.
    #[must_use]
    pub fn display(&self, value: f64, unit: Unit, base: Base) -> Option<Displayed> {
        show(value, unit, self.tier(base, 0)?)
    }

    /// The number of respondents as shown, or `None` when the base is too small to be spoken of.
    #[must_use]
    pub fn number(&self, base: Base) -> Option<NumberShown> {
        self.tier(base, 0).map(|_| NumberShown::of(base.n))
    }

    /// The share that one displayed number is of another: a function of displayed values. A class is too wide to say
    /// more of.
    #[must_use]
    pub fn share(&self, part: NumberShown, whole: NumberShown) -> Option<Displayed> {
        let (NumberShown::Rounded { value: part }, NumberShown::Rounded { value: whole }) = (part, whole)
        else {
            return None;
        };
        let share = 100.0 * f64::from(part.min(whole)) / f64::from(whole);
        self.display(share, Unit::Percent, Base { n: whole, largest_share: f64::from(whole).recip() })
    }

    /// The rounding step that a base asks for, in points of the range: 25 for quarters.
    #[must_use]
    pub fn step(&self, base: Base, coarser: usize) -> Option<f64> {
        self.tier(base, coarser).map(Tier::points)
    }

    fn tier(&self, base: Base, coarser: usize) -> Option<Tier> {
        let n = base.n_sdc();
        if n < self.n_min {
            return None;
        }
        let finest = match n {
            0..=19 => 4,
            20..=39 => 3,
            40..=99 => 2,
            100..=199 => 1,
            _ => 0,
        };
        TIERS.get(finest + coarser).copied()
    }

    /// Wilson's interval at the ends of what is displayed, with the effective number of respondents that the
    /// display allows, rounded outwards to 5 points. A mean of values bounded by the range has at most the
    /// variance of a share, so the same interval holds for scores.
    fn interval(&self, displayed: Displayed, unit: Unit, n_effective: f64) -> Interval {
        let (low, high) = unit.range();
        let range = high - low;
        let (least, most) = self.unrounded(displayed, unit, n_effective);
        let (least, most) = (least * 100.0, most * 100.0);
        let least = ((least + TIE) / 5.0).floor() * 5.0;
        let most = (((most - TIE) / 5.0).ceil() * 5.0).min(100.0);
        Interval { low: low + least * range / 100.0, high: low + most * range / 100.0 }
    }

    /// The same before it is rounded, as parts of the range.
    fn unrounded(&self, displayed: Displayed, unit: Unit, n_effective: f64) -> (f64, f64) {
        let (low, high) = unit.range();
        let (from, to) = match displayed {
            Displayed::AtMost { limit, .. } => (low, limit),
            Displayed::AtLeast { limit, .. } => (limit, high),
            Displayed::Band { from, to } => (from, to),
            Displayed::Point { value, .. } => (value, value),
        };
        let part = |value: f64| (value - low) / (high - low);
        (self.wilson(part(from), n_effective).0, self.wilson(part(to), n_effective).1)
    }

    /// Whether what is displayed is fragile by its interval or its coefficient of variation.
    fn is_fragile(&self, displayed: Displayed, unit: Unit, n_effective: f64) -> bool {
        let (low, high) = unit.range();
        let part = (displayed.position() - low) / (high - low);
        match unit {
            Unit::Percent => {
                is_fragile_share(part, self.unrounded(displayed, unit, n_effective), n_effective)
            }
            Unit::Points | Unit::Number { .. } => is_fragile_mean(part, n_effective),
        }
    }

    /// Wilson (1927), equation for the score interval of a proportion.
    fn wilson(&self, p: f64, n: f64) -> (f64, f64) {
        let z2 = self.quantile * self.quantile;
        let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
        let half = self.quantile / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
        ((centre - half).max(0.0), (centre + half).min(1.0))
    }

    /// Letter of precision: the half-width at 50 %, which depends on what is displayed alone.
    fn precision(&self, n_effective: f64) -> Precision {
        let half_width = 100.0 * self.quantile * (0.25 / n_effective).sqrt();
        match half_width {
            w if w <= 5.0 => Precision::A,
            w if w <= 10.0 => Precision::B,
            w if w <= 15.0 => Precision::C,
            w if w <= 20.0 => Precision::D,
            _ => Precision::E,
        }
    }
}

/// The rounding step of a displayed value in points of its range; 25 for quarters. Where the scale of a number makes two
/// steps one, the finer.
#[must_use]
pub fn points(value: Displayed, unit: Unit) -> f64 {
    TIERS.iter().find(|tier| has_step(value, unit, tier)).map_or(25.0, |tier| tier.points())
}

/// Whether a displayed value is as fine as a tier asks for.
fn has_step(value: Displayed, unit: Unit, tier: &Tier) -> bool {
    let (low, high) = unit.range();
    match *tier {
        Tier::Bands => matches!(value, Displayed::Band { .. }),
        Tier::Step(points) => {
            let step = step_in(unit, points);
            !matches!(value, Displayed::Band { .. }) && (value.step() - step).abs() < TIE * (high - low)
        }
    }
}

/// The most respondents that the step of a displayed value allows; where two tiers have one step, the fewer.
fn most_of(value: Displayed, unit: Unit) -> u32 {
    TIERS.iter().rfind(|tier| has_step(value, unit, tier)).map_or(Tier::Bands.most(), |tier| tier.most())
}

/// A step in the unit's own scale.
fn step_in(unit: Unit, points: f64) -> f64 {
    match unit {
        Unit::Percent | Unit::Points => points,
        Unit::Number { most } => nice_step(points * most / 100.0),
    }
}

/// What is shown of a value, so finely.
fn show(value: f64, unit: Unit, tier: Tier) -> Option<Displayed> {
    if !value.is_finite() {
        return None;
    }
    let (low, high) = unit.range();
    let value = value.clamp(low, high);
    let range = high - low;
    Some(match tier {
        Tier::Bands => {
            let quarter = range / 4.0;
            let index = ((value - low) / quarter + TIE).floor().clamp(0.0, 3.0);
            Displayed::Band { from: low + index * quarter, to: low + (index + 1.0) * quarter }
        }
        Tier::Step(points) => {
            let step = step_in(unit, points);
            let rounded = ((value / step) + 0.5 + TIE).floor() * step;
            if rounded <= low + step + TIE {
                Displayed::AtMost { limit: low + step, step }
            } else if rounded >= high - step - TIE {
                Displayed::AtLeast { limit: high - step, step }
            } else {
                Displayed::Point { value: round_to_tenth_of(step, rounded), step }
            }
        }
    })
}

/// The smallest of 1, 2, 5 times a power of ten that is not under `step`.
fn nice_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|s| *s >= step - TIE).unwrap_or(10.0 * power)
}

/// Multiples of steps like 0.2 carry binary dust (0.6000000000000001); a tenth of the step is far finer than any
/// displayed digit.
fn round_to_tenth_of(step: f64, value: f64) -> f64 {
    let unit = 10.0 / step;
    (value * unit).round() / unit
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::Level;

    const RULE: Rule = Rule { n_min: 11, n_fragile: 30, design_effect: 1.0, quantile: 1.96 };

    fn equal(n: u32) -> Base {
        Base { n, largest_share: if n == 0 { 0.0 } else { 1.0 / f64::from(n) } }
    }

    fn shown(value: f64, n: u32) -> Option<Displayed> {
        RULE.display(value, Unit::Percent, equal(n))
    }

    #[test]
    fn ten_respondents_are_withheld_and_eleven_are_shown_by_quarters() {
        assert_eq!(RULE.publish(50.0, Unit::Percent, equal(10)), Cell::Suppressed);
        assert_eq!(RULE.publish(50.0, Unit::Percent, equal(0)), Cell::Suppressed);
        assert_eq!(shown(30.0, 11), Some(Displayed::Band { from: 25.0, to: 50.0 }));
        assert_eq!(shown(100.0, 19), Some(Displayed::Band { from: 75.0, to: 100.0 }));
    }

    #[test]
    fn the_step_narrows_as_the_base_grows() {
        assert_eq!(shown(33.4, 39), Some(Displayed::Point { value: 30.0, step: 10.0 }));
        assert_eq!(shown(33.4, 99), Some(Displayed::Point { value: 35.0, step: 5.0 }));
        assert_eq!(shown(33.4, 199), Some(Displayed::Point { value: 34.0, step: 2.0 }));
        assert_eq!(shown(33.4, 200), Some(Displayed::Point { value: 33.0, step: 1.0 }));
    }

    #[test]
    fn nobody_and_everybody_are_never_shown() {
        for n in [11, 20, 40, 100, 200, 5000] {
            for value in [0.0, 0.4, 99.7, 100.0] {
                let displayed = shown(value, n).expect("large enough");
                assert!(!matches!(displayed, Displayed::Point { .. }), "{value} on {n}: {displayed:?}");
            }
        }
        assert_eq!(shown(0.0, 250), Some(Displayed::AtMost { limit: 1.0, step: 1.0 }));
        assert_eq!(shown(96.0, 50), Some(Displayed::AtLeast { limit: 95.0, step: 5.0 }));
    }

    #[test]
    fn a_coarser_figure_is_shown_as_a_smaller_base_would_be() {
        let shown = |n, coarser| {
            RULE.publish_coarser(33.4, Unit::Percent, equal(n), coarser).published().map(Published::value)
        };
        assert_eq!(shown(300, 1), Some(Displayed::Point { value: 34.0, step: 2.0 }));
        assert_eq!(shown(30, 1), Some(Displayed::Band { from: 25.0, to: 50.0 }));
        assert_eq!(shown(12, 1), None, "nothing is coarser than quarters");
    }

    #[test]
    fn a_share_of_numbers_shown_is_a_function_of_them() {
        let number = |n| RULE.number(equal(n)).expect("large enough");
        assert_eq!(RULE.share(number(151), number(600)), RULE.share(number(148), number(604)));
        assert_eq!(RULE.share(number(150), number(600)), Some(Displayed::Point { value: 25.0, step: 1.0 }));
        assert_eq!(RULE.share(number(25), number(600)), None);
    }

    #[test]
    fn a_heavy_respondent_makes_the_base_smaller() {
        assert_eq!(Base { n: 300, largest_share: 0.1 }.n_sdc(), 20);
        assert_eq!(Base { n: 300, largest_share: 0.19 }.n_sdc(), 10);
        assert_eq!(RULE.publish(50.0, Unit::Percent, Base { n: 300, largest_share: 0.19 }), Cell::Suppressed);
        // Equal weights never reduce it.
        assert_eq!(equal(300).n_sdc(), 300);
    }

    #[test]
    fn the_number_of_respondents_is_a_class_or_a_multiple_of_ten() {
        assert_eq!(RULE.number(equal(12)), Some(NumberShown::Class { from: 11, to: 19 }));
        assert_eq!(RULE.number(equal(20)), Some(NumberShown::Class { from: 20, to: 39 }));
        assert_eq!(RULE.number(equal(44)), Some(NumberShown::Rounded { value: 40 }));
        assert_eq!(RULE.number(equal(2776)), Some(NumberShown::Rounded { value: 2780 }));
    }

    #[test]
    fn two_bases_of_one_class_show_the_same_interval_and_letter() {
        let one = RULE.publish(42.0, Unit::Percent, equal(96));
        let other = RULE.publish(42.4, Unit::Percent, equal(98));
        assert_eq!(one, other);
    }

    #[test]
    fn a_group_where_a_few_weigh_much_is_not_called_precise() {
        let even = RULE.publish(50.0, Unit::Percent, equal(300));
        let uneven = RULE.publish(50.0, Unit::Percent, Base { n: 300, largest_share: 0.06 });
        let (even, uneven) = (even.published().unwrap(), uneven.published().unwrap());
        // n_sdc = floor(2 / 0.06) = 33: shown by tens, as 20 to 39 respondents are.
        assert_eq!(uneven.value(), Displayed::Point { value: 50.0, step: 10.0 });
        assert!(uneven.precision() > even.precision());
        assert!(uneven.interval().low < even.interval().low && uneven.interval().high > even.interval().high);
    }

    #[test]
    fn the_level_of_quality_is_that_of_what_is_displayed() {
        let level = |value, unit, n| RULE.publish(value, unit, equal(n)).level();
        assert_eq!(level(50.0, Unit::Percent, 10), Level::NotPublished);
        assert_eq!(level(50.0, Unit::Percent, 29), Level::Fragile, "fewer than n_fragile");
        // Wilson's interval of a half is 20 points wide at n = 92.2.
        assert_eq!(level(50.0, Unit::Percent, 84), Level::Fragile, "shown as 80");
        assert_eq!(level(50.0, Unit::Percent, 100), Level::Ok);
        // 5 of 100: the interval is as wide as 8.9 points, more than 130 % of the share.
        assert_eq!(level(6.0, Unit::Percent, 100), Level::Fragile);
        assert_eq!(level(6.0, Unit::Percent, 2000), Level::Ok);
        assert_eq!(level(50.0, Unit::Points, 60), Level::Ok, "a mean is judged by its variation");
        for (one, other) in [(84, 80), (96, 98), (131, 134)] {
            let shown = |n| RULE.publish(50.0, Unit::Percent, equal(n)).level();
            assert_eq!(shown(one), shown(other), "one class, one level");
        }
    }

    #[test]
    fn a_mean_number_has_a_step_of_its_own_scale() {
        let unit = Unit::Number { most: 18.0 };
        assert_eq!(RULE.display(7.31, unit, equal(500)), Some(Displayed::Point { value: 7.4, step: 0.2 }));
        assert_eq!(RULE.display(7.31, unit, equal(50)), Some(Displayed::Point { value: 7.0, step: 1.0 }));
    }
}
