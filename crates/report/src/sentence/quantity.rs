//! How much, as finely as it is known: from a displayed share to the words that are true of it.

use publication::Published;

use crate::chart::{Shown, shown};

/// A simple fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fraction {
    pub(crate) top: u8,
    pub(crate) bottom: u8,
}

impl Fraction {
    /// In percent.
    pub(crate) fn percent(self) -> f64 {
        100.0 * f64::from(self.top) / f64::from(self.bottom)
    }

    pub(crate) fn is_half(self) -> bool {
        (self.top, self.bottom) == (1, 2)
    }
}

/// The fractions that have a name, the simplest first.
const FRACTIONS: [Fraction; 13] = [
    Fraction { top: 1, bottom: 2 },
    Fraction { top: 1, bottom: 4 },
    Fraction { top: 3, bottom: 4 },
    Fraction { top: 1, bottom: 3 },
    Fraction { top: 2, bottom: 3 },
    Fraction { top: 1, bottom: 5 },
    Fraction { top: 4, bottom: 5 },
    Fraction { top: 1, bottom: 10 },
    Fraction { top: 9, bottom: 10 },
    Fraction { top: 4, bottom: 10 },
    Fraction { top: 6, bottom: 10 },
    Fraction { top: 3, bottom: 10 },
    Fraction { top: 7, bottom: 10 },
];

/// A share in words to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Quantity {
    /// « au plus 5 % des organisations »
    AtMost(f64),
    /// « au moins 95 % des organisations »
    AtLeast(f64),
    /// « entre 25 et 50 % des organisations »
    Between(f64, f64),
    /// « une organisation sur cinq »: the figure shown is that fraction, once rounded.
    Just(Fraction),
    /// « près d'une organisation sur cinq »: up to three points under.
    Nearly(Fraction),
    /// « environ une organisation sur cinq »: up to two points over.
    About(Fraction),
    /// « plus de la moitié des organisations (57 %) »: the whole interval is above a half.
    MoreThanHalf(f64),
    /// « 43 % des organisations »
    Figure(f64),
    /// « de l'ordre de 30 % des organisations »: an order of magnitude.
    Order(f64),
}

impl Quantity {
    /// The words that are true of a displayed share. A fraction is named only where the displayed interval holds it, and
    /// « plus de la moitié » only where the whole interval is above.
    pub(crate) fn new(published: &Published, may_name_fractions: bool) -> Self {
        let (displayed, interval) = (published.value(), published.interval());
        let value = match shown(displayed) {
            Shown::AtMost(limit) => return Self::AtMost(limit),
            Shown::AtLeast(limit) => return Self::AtLeast(limit),
            Shown::Band(from, to) => return Self::Between(from, to),
            Shown::Point(point) => point,
        };
        if published.is_fragile() {
            return Self::Order(value);
        }
        if may_name_fractions && displayed.step() <= 2.0 {
            let near = |fraction: &Fraction| {
                let percent = fraction.percent();
                let gap = value - percent;
                (-3.0..=2.0).contains(&gap) && interval.low <= percent && percent <= interval.high
            };
            let distance = |fraction: &Fraction| (value - fraction.percent()).abs();
            let nearest =
                FRACTIONS.into_iter().filter(near).min_by(|a, b| distance(a).total_cmp(&distance(b)));
            if let Some(fraction) = nearest {
                let gap = value - fraction.percent();
                return if gap.abs() <= 0.5 {
                    Self::Just(fraction)
                } else if gap < 0.0 {
                    Self::Nearly(fraction)
                } else {
                    Self::About(fraction)
                };
            }
        }
        if interval.low >= 50.0 && value < 60.0 { Self::MoreThanHalf(value) } else { Self::Figure(value) }
    }

    /// Whether its verb is in the singular: « une organisation sur cinq juge ».
    pub(crate) fn is_singular(self) -> bool {
        match self {
            Self::Just(fraction) | Self::Nearly(fraction) | Self::About(fraction) => {
                fraction.top == 1 && !fraction.is_half()
            }
            _ => false,
        }
    }
}

/// A predicate in the singular or the plural: « [juge|jugent] important ».
pub(crate) fn agree(predicate: &str, is_singular: bool) -> String {
    let mut agreed = String::with_capacity(predicate.len());
    let mut rest = predicate;
    while let Some((before, mark)) = rest.split_once('[') {
        agreed.push_str(before);
        let Some((forms, after)) = mark.split_once(']') else {
            rest = mark;
            break;
        };
        let (singular, plural) = forms.split_once('|').unwrap_or((forms, forms));
        agreed.push_str(if is_singular { singular } else { plural });
        rest = after;
    }
    agreed + rest
}

/// With its first letter in upper case.
pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
