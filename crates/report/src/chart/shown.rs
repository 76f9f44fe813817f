//! A displayed value, taken apart: the one place where charts and sentences look inside it.

use publication::Displayed;

/// What is shown of a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Shown {
    /// « au plus 5 % »
    AtMost(f64),
    /// « au moins 95 % »
    AtLeast(f64),
    /// « entre 25 et 50 % »
    Band(f64, f64),
    /// « 32 % »
    Point(f64),
}

/// What is shown of a displayed value.
pub(crate) fn shown(value: Displayed) -> Shown {
    match value {
        Displayed::AtMost { limit, .. } => Shown::AtMost(limit),
        Displayed::AtLeast { limit, .. } => Shown::AtLeast(limit),
        Displayed::Band { from, to, .. } => Shown::Band(from, to),
        Displayed::Point { value, .. } => Shown::Point(value),
    }
}
