//! What makes an estimate impossible.

/// Why nothing was estimated. Each says what was found and what to do.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EstimationError {
    /// A respondent is in a category of which no population total is given.
    #[error(
        "margin `{margin}`: category `{category}` has {count} respondents and no population total; give its total, or merge it with another category"
    )]
    UnknownMarginCategory {
        /// The margin.
        margin: String,
        /// The category.
        category: String,
        /// Respondents in it.
        count: usize,
    },
    /// A population total of a category in which nobody answered.
    #[error(
        "margin `{margin}`: category `{category}` stands for {total} units and has no respondent; merge it with {}",
        .nearest.as_ref().map_or_else(|| "another category".to_owned(), |nearest| format!("`{nearest}`"))
    )]
    EmptyMarginCategory {
        /// The margin.
        margin: String,
        /// The category.
        category: String,
        /// Its population total.
        total: f64,
        /// The smallest category with respondents: what it would be merged with by default.
        nearest: Option<String>,
    },
    /// A respondent without value for a calibration variable.
    #[error(
        "calibration variable `{variable}`: {count} respondents have no value; complete it, or give them a category with its total"
    )]
    MissingCalibrationVariable {
        /// The variable.
        variable: String,
        /// Respondents without a value.
        count: usize,
    },
    /// Margins of one calibration whose totals do not agree.
    #[error(
        "margin `{margin}` sums to {sum}, the first margin to {expected}; margins of one population have one sum"
    )]
    MarginsDiffer {
        /// The margin.
        margin: String,
        /// Its sum.
        sum: f64,
        /// The sum of the first margin.
        expected: f64,
    },
    /// No weights meet the totals within the bounds.
    #[error(
        "no weights meet the totals: `{term}` is {residual} away from {total} at best; widen the bounds, or merge the smallest categories"
    )]
    CalibrationFailed {
        /// What is furthest from its total.
        term: String,
        /// Its distance from it.
        residual: f64,
        /// Its total.
        total: f64,
    },
    /// A respondent without a weight, or with a negative one.
    #[error("{count} respondents have no weight, or a negative one; every respondent needs one, 0 or more")]
    MissingWeight {
        /// How many.
        count: usize,
    },
    /// A missing value where none is accepted.
    #[error(
        "`{variable}` is missing for {count} respondents of the domain; drop them by `\"na\": \"drop\"`, or complete it"
    )]
    MissingValues {
        /// The variable.
        variable: String,
        /// How many.
        count: usize,
    },
    /// A stratum with one primary unit, of which no variance can be computed.
    #[error(
        "stratum `{stratum}` has one primary unit in the sample; merge it with another stratum, or choose another rule than `fail`"
    )]
    LonelyPsu {
        /// The stratum.
        stratum: String,
    },
    /// A population smaller than its sample.
    #[error(
        "stratum `{stratum}` has {sample} primary units in the sample and {population} in the population"
    )]
    FpcBelowSampleSize {
        /// The stratum.
        stratum: String,
        /// Primary units in the sample.
        sample: usize,
        /// In the population.
        population: f64,
    },
    /// Two inputs that belong together have other sizes.
    #[error("{what}: {found} values for {expected} respondents")]
    Size {
        /// What.
        what: String,
        /// Its size.
        found: usize,
        /// The number of respondents.
        expected: usize,
    },
}

impl EstimationError {
    /// Stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownMarginCategory { .. } => "unknown_margin_category",
            Self::EmptyMarginCategory { .. } => "empty_margin_category",
            Self::MissingCalibrationVariable { .. } => "missing_calibration_variable",
            Self::MarginsDiffer { .. } => "margins_differ",
            Self::CalibrationFailed { .. } => "calibration_failed",
            Self::MissingWeight { .. } => "missing_weight",
            Self::MissingValues { .. } => "missing_values",
            Self::LonelyPsu { .. } => "lonely_psu",
            Self::FpcBelowSampleSize { .. } => "fpc_below_sample_size",
            Self::Size { .. } => "size",
        }
    }
}
