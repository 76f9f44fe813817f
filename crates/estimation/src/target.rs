//! What is estimated: a total, a mean or a ratio in a domain, its value for given weights and its linearised values.

/// An estimator, with one entry per respondent of the whole sample. `live` are the respondents of the domain with a
/// value; entries elsewhere are never read.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// `Σ_D w y`.
    Total {
        /// Who counts.
        live: Vec<bool>,
        /// y.
        y: Vec<f64>,
    },
    /// `Σ_D w y / Σ_D w`.
    Mean {
        /// Who counts.
        live: Vec<bool>,
        /// y.
        y: Vec<f64>,
    },
    /// `Σ_D w y / Σ_D w z`.
    Ratio {
        /// Who counts.
        live: Vec<bool>,
        /// y.
        numerator: Vec<f64>,
        /// z.
        denominator: Vec<f64>,
    },
}

impl Target {
    /// Who counts.
    #[must_use]
    pub fn live(&self) -> &[bool] {
        match self {
            Self::Total { live, .. } | Self::Mean { live, .. } | Self::Ratio { live, .. } => live,
        }
    }

    fn sums(&self, w: &[f64]) -> (f64, f64) {
        let (mut top, mut bottom) = (0.0, 0.0);
        for k in (0..w.len()).filter(|k| self.live()[*k]) {
            match self {
                Self::Total { y, .. } | Self::Mean { y, .. } => {
                    top += w[k] * y[k];
                    bottom += w[k];
                }
                Self::Ratio { numerator, denominator, .. } => {
                    top += w[k] * numerator[k];
                    bottom += w[k] * denominator[k];
                }
            }
        }
        (top, bottom)
    }

    /// The estimate with these weights; not a number when its base is empty.
    #[must_use]
    pub fn value(&self, w: &[f64]) -> f64 {
        let (top, bottom) = self.sums(w);
        match self {
            Self::Total { .. } => top,
            Self::Mean { .. } | Self::Ratio { .. } => top / bottom,
        }
    }

    /// Linearised values `u_k`, zero outside the domain (Deville, *Variance estimation for complex statistics and
    /// estimators: linearization and residual techniques*, Survey Methodology 25, 1999): y for a total,
    /// `(y − ȳ)/N̂` for a mean, `(y − R z)/Ẑ` for a ratio.
    #[must_use]
    pub fn linearised(&self, w: &[f64]) -> Vec<f64> {
        let (top, bottom) = self.sums(w);
        let value = top / bottom;
        (0..w.len())
            .map(|k| {
                if !self.live()[k] {
                    return 0.0;
                }
                match self {
                    Self::Total { y, .. } => y[k],
                    Self::Mean { y, .. } => (y[k] - value) / bottom,
                    Self::Ratio { numerator, denominator, .. } => {
                        (numerator[k] - value * denominator[k]) / bottom
                    }
                }
            })
            .collect()
    }
}
