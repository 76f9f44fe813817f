//! Quality flags.

use crate::interval::Proportion;

/// What the rule of the NCHS says of a proportion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presentation {
    /// Show it.
    Present,
    /// Fewer than 30 effective respondents.
    SuppressSampleSize,
    /// Its interval is 30 points wide or more.
    SuppressAbsoluteWidth,
    /// Its interval is wider than 130 % of it.
    SuppressRelativeWidth,
}

impl Presentation {
    /// The code in cases.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::SuppressSampleSize => "suppress_sample_size",
            Self::SuppressAbsoluteWidth => "suppress_absolute_width",
            Self::SuppressRelativeWidth => "suppress_relative_width",
        }
    }
}

/// The flags of a proportion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NchsFlags {
    /// Effective number of respondents.
    pub n_effective: f64,
    /// Interval.
    pub interval: (f64, f64),
    /// Width over p, in percent.
    pub relative_width: f64,
    /// Whether to show it.
    pub presentation: Presentation,
    /// Shown, but a statistician should look: few degrees of freedom, or everybody gave one answer.
    pub needs_review: bool,
    /// Shown, but its complement should not be said without a footnote.
    pub is_complement_unreliable: bool,
}

/// The presentation standard for proportions of the National Center for Health Statistics (Parker and others, Series
/// 2, 175, 2017), in the order of its published program. `df`: degrees of freedom of the design.
#[must_use]
pub fn nchs_2017(proportion: &Proportion, df: f64) -> Option<NchsFlags> {
    let (n_effective, interval) = proportion.nchs()?;
    let p = proportion.p;
    let width = interval.1 - interval.0;
    let is_extreme = proportion.is_degenerate();
    let presentation = if n_effective < 30.0 {
        Presentation::SuppressSampleSize
    } else if width <= 0.05 || is_extreme {
        Presentation::Present
    } else if width >= 0.30 {
        Presentation::SuppressAbsoluteWidth
    } else if width / p > 1.30 {
        Presentation::SuppressRelativeWidth
    } else {
        Presentation::Present
    };
    let is_shown = presentation == Presentation::Present;
    Some(NchsFlags {
        n_effective,
        interval,
        relative_width: 100.0 * width / p,
        presentation,
        needs_review: is_shown && (df < 8.0 || is_extreme),
        is_complement_unreliable: is_shown && width > 0.05 && width / (1.0 - p) > 1.30,
    })
}

/// Reliability of a mean or a total by its coefficient of variation (Statistics Canada's release bands).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reliability {
    /// At most 16.5 %.
    Good,
    /// Up to 33.3 %: with caution.
    Fragile,
    /// Above: not released.
    Poor,
}

/// The band of an estimate with this standard error.
#[must_use]
pub fn cv_band(estimate: f64, standard_error: f64) -> Reliability {
    let cv = standard_error / estimate.abs();
    if cv <= 0.165 {
        Reliability::Good
    } else if cv <= 0.333 {
        Reliability::Fragile
    } else {
        Reliability::Poor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_are_closed_on_the_left_hand_figure() {
        assert_eq!(cv_band(100.0, 16.5), Reliability::Good);
        assert_eq!(cv_band(-100.0, 16.6), Reliability::Fragile);
        assert_eq!(cv_band(100.0, 33.4), Reliability::Poor);
        assert_eq!(cv_band(0.0, 1.0), Reliability::Poor);
    }
}
