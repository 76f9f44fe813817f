//! Quantiles of Student's t, each computed once.

use std::collections::BTreeMap;

use estimation::distribution::DegreesOfFreedom;

/// The quantiles of one confidence level that were asked for so far.
#[derive(Debug, Clone)]
pub(super) struct Quantiles {
    level: f64,
    by_df: BTreeMap<u32, Option<f64>>,
}

impl Quantiles {
    /// For two-sided intervals of this level, for instance 0.95.
    pub(super) fn new(level: f64) -> Self {
        Self { level, by_df: BTreeMap::new() }
    }

    /// The quantile with `df` degrees of freedom; `None` with none.
    pub(super) fn t(&mut self, df: u32) -> Option<f64> {
        let level = self.level;
        let found = self.by_df.entry(df);
        *found.or_insert_with(|| DegreesOfFreedom::Finite(f64::from(df)).quantile(level))
    }
}
