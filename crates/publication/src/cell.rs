//! What a reader may see of a figure.
//!
//! Nothing outside this crate can make one of these values from a number: [`crate::Rule`] does, and so do the readers of
//! files, which refuse what no rule could have written (see [`crate::Malformed`]). That is the firewall of
//! `disclosure.md`, section 3.3.

use serde::{Deserialize, Serialize};

use crate::stored::{StoredDisplay, StoredNumber};

/// A figure of a publication, or its absence. A suppressed cell carries no value and, in every output, one symbol:
/// `nd`; saying why would help to recover it.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Shown.
    Published(Published),
    /// Withheld.
    Suppressed,
}

/// A shown figure: everything in it is a function of displayed values.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    pub(crate) value: Displayed,
    pub(crate) n: NumberShown,
    pub(crate) interval: Interval,
    pub(crate) precision: Precision,
    pub(crate) is_fragile: bool,
}

/// A displayed value, in the indicator's unit (percent, points or number). Made by [`crate::Rule`] alone: the variants
/// can be looked into and not made elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", try_from = "StoredDisplay")]
pub enum Displayed {
    /// « au plus 5 % »
    #[non_exhaustive]
    AtMost {
        /// The limit shown.
        limit: f64,
        /// Rounding step.
        step: f64,
    },
    /// « au moins 95 % »
    #[non_exhaustive]
    AtLeast {
        /// The limit shown.
        limit: f64,
        /// Rounding step.
        step: f64,
    },
    /// « entre 25 et 50 % »
    #[non_exhaustive]
    Band {
        /// Lower end.
        from: f64,
        /// Upper end.
        to: f64,
    },
    /// A rounded value.
    #[non_exhaustive]
    Point {
        /// The value, a multiple of the step.
        value: f64,
        /// Rounding step.
        step: f64,
    },
}

/// The number of respondents behind a figure, as shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", try_from = "StoredNumber")]
pub enum NumberShown {
    /// A class: 11 to 19, 20 to 39.
    #[non_exhaustive]
    Class {
        /// Least.
        from: u32,
        /// Most.
        to: u32,
    },
    /// Rounded to the nearest ten.
    #[non_exhaustive]
    Rounded {
        /// The rounded number.
        value: u32,
    },
}

/// An interval of precision, rounded outwards, from displayed values only.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Interval {
    /// Lower end, in the indicator's unit.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Letter of precision, from the class of n and the edition's design effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// ± 5 points or better.
    A,
    /// ± 10 points.
    B,
    /// ± 15 points.
    C,
    /// ± 20 points.
    D,
    /// An order of magnitude.
    E,
}

impl Cell {
    /// The shown figure, if there is one.
    #[must_use]
    pub fn published(&self) -> Option<&Published> {
        match self {
            Self::Published(published) => Some(published),
            Self::Suppressed => None,
        }
    }
}

impl Published {
    /// The displayed value.
    #[must_use]
    pub fn value(&self) -> Displayed {
        self.value
    }

    /// The number of respondents, as shown.
    #[must_use]
    pub fn n(&self) -> NumberShown {
        self.n
    }

    /// The interval of precision.
    #[must_use]
    pub fn interval(&self) -> Interval {
        self.interval
    }

    /// The letter of precision.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// Whether it is an order of magnitude only, judged on what is displayed (see [`crate::Level`]).
    #[must_use]
    pub fn is_fragile(&self) -> bool {
        self.is_fragile
    }
}

impl Displayed {
    /// The rounding step: how far apart two displayed values of this group are.
    #[must_use]
    pub fn step(self) -> f64 {
        match self {
            Self::AtMost { step, .. } | Self::AtLeast { step, .. } | Self::Point { step, .. } => step,
            Self::Band { from, to } => to - from,
        }
    }

    /// The values that this display is compatible with, as (low, high); `range` is the unit's full range.
    #[must_use]
    pub fn bounds(self, range: (f64, f64)) -> (f64, f64) {
        match self {
            // A value shown as "at most r" was rounded to 0 or r: the true one is under r + r/2.
            Self::AtMost { limit, step } => (range.0, limit + step / 2.0),
            Self::AtLeast { limit, step } => (limit - step / 2.0, range.1),
            Self::Band { from, to } => (from, to),
            Self::Point { value, step } => {
                ((value - step / 2.0).max(range.0), (value + step / 2.0).min(range.1))
            }
        }
    }

    /// The same figure rebased, rounded to its own step again: nothing but a displayed value goes in.
    #[must_use]
    pub fn rebased(self, factor: f64) -> Self {
        match self {
            Self::Point { value, step } => {
                Self::Point { value: (value * factor / step).round() * step, step }
            }
            other => other,
        }
    }

    /// One number to place a mark or sort by: the value, the limit, or the middle of the band.
    #[must_use]
    pub fn position(self) -> f64 {
        match self {
            Self::AtMost { limit, .. } | Self::AtLeast { limit, .. } => limit,
            Self::Band { from, to } => f64::midpoint(from, to),
            Self::Point { value, .. } => value,
        }
    }
}

/// From this number of respondents on, the number is rounded; under it, it is a class.
pub(crate) const LEAST_ROUNDED: u32 = 40;

impl NumberShown {
    /// The number of respondents as shown; under eleven nothing is, and this must not be asked.
    pub(crate) fn of(n: u32) -> Self {
        match n {
            0..=19 => Self::Class { from: 11, to: 19 },
            20..=39 => Self::Class { from: 20, to: 39 },
            _ => Self::Rounded { value: (n + 5) / 10 * 10 },
        }
    }

    /// The least number of respondents this display is compatible with.
    #[must_use]
    pub fn least(self) -> u32 {
        match self {
            Self::Class { from, .. } => from,
            // Under forty it would be a class.
            Self::Rounded { value } => value.saturating_sub(5).max(LEAST_ROUNDED),
        }
    }

    /// The greatest number of respondents this display is compatible with.
    #[must_use]
    pub fn most(self) -> u32 {
        match self {
            Self::Class { to, .. } => to,
            // Halves are rounded up.
            Self::Rounded { value } => value + 4,
        }
    }
}
