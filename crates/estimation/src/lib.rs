//! Design-based estimation from a survey sample, as pure functions on slices.
//!
//! What flows in: answers, base weights and the sampling design, one entry per respondent. What flows out: calibrated
//! weights that carry what variances need of the calibration, estimates with their variances, intervals, tests,
//! reliability and quality flags. Nothing here knows a questionnaire, a file, a clock or chance.
//!
//! Notation, as in the literature: sample s; `d_k` weight before calibration, `w_k = g_k d_k` after; stratum h with
//! `n_h` primary units (PSU) of `N_h`; `x_k` calibration vector, T its population total; D a domain. Estimation takes a
//! domain as an indicator over the whole sample, never as a filtered sample: the variance needs the zeros.

pub mod calibration;
pub mod case;
pub mod design;
pub mod diagnostics;
pub mod distribution;
mod error;
pub mod interval;
pub mod multiplicity;
pub mod quality;
pub mod quantile;
pub mod reliability;
pub mod replication;
pub mod sample;
pub mod table;
pub mod target;

pub use design::{Design, LonelyPsu, PopulationSize};
pub use error::EstimationError;
pub use sample::{Estimated, Sample, Step};
pub use target::Target;
