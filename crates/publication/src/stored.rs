//! Displayed values as files hold them. What no rule could have written is refused: a file is not a way in.

use serde::Deserialize;

use crate::cell::{Displayed, LEAST_ROUNDED, NumberShown};

/// Why something read is not a displayed value.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{found} is not a displayed value (expected {expected})")]
pub struct Malformed {
    /// What was found.
    found: String,
    /// What was expected.
    expected: &'static str,
}

impl Malformed {
    fn new(found: impl std::fmt::Display, expected: &'static str) -> Self {
        Self { found: found.to_string(), expected }
    }
}

/// [`Displayed`] before it is checked.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub(crate) enum StoredDisplay {
    AtMost { limit: f64, step: f64 },
    AtLeast { limit: f64, step: f64 },
    Band { from: f64, to: f64 },
    Point { value: f64, step: f64 },
}

/// [`NumberShown`] before it is checked.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub(crate) enum StoredNumber {
    Class { from: u32, to: u32 },
    Rounded { value: u32 },
}

/// Binary dust of steps like 0.2, in steps.
const DUST: f64 = 1e-6;

impl TryFrom<StoredDisplay> for Displayed {
    type Error = Malformed;

    fn try_from(stored: StoredDisplay) -> Result<Self, Malformed> {
        match stored {
            StoredDisplay::AtMost { limit, step } => {
                checked_step(step)?;
                // The lowest value of every unit is zero.
                if (limit - step).abs() > DUST * step {
                    return Err(Malformed::new(format!("at most {limit} by steps of {step}"), "one step"));
                }
                Ok(Self::AtMost { limit, step })
            }
            StoredDisplay::AtLeast { limit, step } => {
                checked_step(step)?;
                if !limit.is_finite() || limit < step - DUST {
                    return Err(Malformed::new(
                        format!("at least {limit} by steps of {step}"),
                        "more than a step",
                    ));
                }
                Ok(Self::AtLeast { limit, step })
            }
            StoredDisplay::Band { from, to } => {
                let width = to - from;
                let index = from / width;
                let is_quarter = width > 0.0
                    && width.is_finite()
                    && (index - index.round()).abs() < DUST
                    && (-DUST..3.0 + DUST).contains(&index);
                if !is_quarter {
                    return Err(Malformed::new(format!("from {from} to {to}"), "a quarter of the range"));
                }
                Ok(Self::Band { from, to })
            }
            StoredDisplay::Point { value, step } => {
                checked_step(step)?;
                let steps = value / step;
                if !value.is_finite() || (steps - steps.round()).abs() > DUST || steps < 1.0 - DUST {
                    return Err(Malformed::new(
                        format!("{value} by steps of {step}"),
                        "a multiple of the step",
                    ));
                }
                Ok(Self::Point { value, step })
            }
        }
    }
}

/// A step is 1, 2 or 5 times a power of ten.
fn checked_step(step: f64) -> Result<(), Malformed> {
    let is_step = step.is_finite()
        && step > 0.0
        && [1.0, 2.0, 5.0].into_iter().any(|digit| {
            let power = (step / digit).log10();
            (power - power.round()).abs() < DUST
        });
    if is_step {
        Ok(())
    } else {
        Err(Malformed::new(format!("a step of {step}"), "1, 2 or 5 times a power of ten"))
    }
}

impl TryFrom<StoredNumber> for NumberShown {
    type Error = Malformed;

    fn try_from(stored: StoredNumber) -> Result<Self, Malformed> {
        match stored {
            StoredNumber::Class { from, to } if [(11, 19), (20, 39)].contains(&(from, to)) => {
                Ok(Self::Class { from, to })
            }
            StoredNumber::Rounded { value } if value >= LEAST_ROUNDED && value % 10 == 0 => {
                Ok(Self::Rounded { value })
            }
            StoredNumber::Class { from, to } => {
                Err(Malformed::new(format!("{from} to {to} respondents"), "11 to 19 or 20 to 39"))
            }
            StoredNumber::Rounded { value } => {
                Err(Malformed::new(format!("{value} respondents"), "a multiple of ten, 40 or more"))
            }
        }
    }
}

/// The coarsest step, in points of the range, that a number of respondents of this class may not be finer than.
pub(crate) fn finest_step(n: NumberShown) -> f64 {
    match n.most() {
        0..=19 => 25.0,
        20..=39 => 10.0,
        40..=99 => 5.0,
        100..=199 => 2.0,
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn displayed(json: &str) -> Result<Displayed, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn what_a_rule_wrote_is_read_and_what_it_could_not_have_written_is_refused() {
        assert!(displayed(r#"{"kind":"point","value":34.0,"step":2.0}"#).is_ok());
        assert!(displayed(r#"{"kind":"point","value":7.4,"step":0.2}"#).is_ok());
        assert!(displayed(r#"{"kind":"band","from":25.0,"to":50.0}"#).is_ok());
        assert!(displayed(r#"{"kind":"at_most","limit":5.0,"step":5.0}"#).is_ok());
        for refused in [
            r#"{"kind":"point","value":33.4,"step":1.0}"#,
            r#"{"kind":"point","value":33.4,"step":0.1234}"#,
            r#"{"kind":"point","value":0.0,"step":1.0}"#,
            r#"{"kind":"band","from":20.0,"to":50.0}"#,
            r#"{"kind":"at_most","limit":3.0,"step":5.0}"#,
        ] {
            assert!(displayed(refused).is_err(), "{refused}");
        }
        let number = |json: &str| serde_json::from_str::<NumberShown>(json).is_ok();
        assert!(
            number(r#"{"kind":"class","from":11,"to":19}"#) && number(r#"{"kind":"rounded","value":40}"#)
        );
        assert!(
            !number(r#"{"kind":"class","from":12,"to":12}"#) && !number(r#"{"kind":"rounded","value":43}"#)
        );
    }
}
