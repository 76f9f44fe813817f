//! How far a displayed figure may be trusted: a function of what is displayed, so that the mark tells nothing new.
//!
//! The rule for shares is the presentation standard of the National Center for Health Statistics (Parker and others,
//! Series 2, 175, 2017), with Wilson's interval in place of Korn and Graubard's; that for means is Statistics Canada's
//! bands of the coefficient of variation. Both offices withhold what fails; here confidentiality has decided before what
//! is shown, all figures of a group together, and withholding one of them because its value is small would tell that
//! value. What fails is therefore shown as fragile (`design/statistics.md`, section 6; `design/disclosure.md`, 3.1).

use serde::{Deserialize, Serialize};

use crate::cell::Cell;

/// How far a figure may be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// It may be quoted with its base and its interval.
    Ok,
    /// An order of magnitude.
    Fragile,
    /// Withheld.
    NotPublished,
}

impl Cell {
    /// The level of quality.
    #[must_use]
    pub fn level(&self) -> Level {
        match self {
            Self::Suppressed => Level::NotPublished,
            Self::Published(published) if published.is_fragile() => Level::Fragile,
            Self::Published(_) => Level::Ok,
        }
    }
}

/// Least effective number of respondents of a share that is not fragile (NCHS).
const LEAST_EFFECTIVE: f64 = 30.0;
/// An interval of a share up to this width is narrow enough whatever the share (NCHS).
const NARROW: f64 = 0.05;
/// An interval of a share wider than this is fragile: the NCHS has 0.30, where it withholds.
const WIDE: f64 = 0.20;
/// An interval of a share wider than this many times the share is fragile (NCHS).
const RELATIVELY_WIDE: f64 = 1.30;
/// A mean whose coefficient of variation is above this is fragile (Statistics Canada).
const MOST_CV: f64 = 0.165;

/// Whether a share is fragile: `p` from 0 to 1, with its interval.
pub(crate) fn is_fragile_share(p: f64, interval: (f64, f64), n_effective: f64) -> bool {
    let width = interval.1 - interval.0;
    n_effective < LEAST_EFFECTIVE || width > WIDE || (width > NARROW && width > RELATIVELY_WIDE * p)
}

/// Whether a mean is fragile: `m` as a part of its range, from 0 to 1. Values bounded by the range have at most the
/// variance of a share, so the true coefficient of variation is at most this one.
pub(crate) fn is_fragile_mean(m: f64, n_effective: f64) -> bool {
    let cv = ((1.0 - m) / (m * n_effective)).sqrt();
    m <= 0.0 || cv > MOST_CV
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_test_of_a_share_marks_alone() {
        assert!(!is_fragile_share(0.5, (0.42, 0.58), 140.0));
        assert!(is_fragile_share(0.5, (0.42, 0.58), 29.9), "too few");
        assert!(is_fragile_share(0.5, (0.39, 0.60), 140.0), "21 points wide");
        // 8 points on 5 %: 160 % of it; on 7 % it is 114 %.
        assert!(is_fragile_share(0.05, (0.02, 0.10), 140.0));
        assert!(!is_fragile_share(0.07, (0.03, 0.11), 140.0));
        // Under 5 points of width the share may be as small as it likes.
        assert!(!is_fragile_share(0.01, (0.0, 0.04), 140.0));
    }

    #[test]
    fn a_mean_in_the_middle_of_its_range_needs_37_respondents() {
        // By hand: sqrt(1 / n) <= 0.165 from n = 36.7.
        assert!(is_fragile_mean(0.5, 36.0));
        assert!(!is_fragile_mean(0.5, 37.0));
        assert!(is_fragile_mean(0.0, 1e9));
    }
}
