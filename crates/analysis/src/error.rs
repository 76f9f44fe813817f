//! What can go wrong in an analysis.

/// What can go wrong in an analysis. No message holds an answer, and none is shown outside the publisher's team.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnalysisError {
    /// The extract is of another survey, edition or version.
    #[error(
        "the extract is of `{found}` (expected `{expected}`); freeze the edition again, or analyse with the definition \
         it was frozen with"
    )]
    OtherEdition {
        /// What the manifest says.
        found: String,
        /// What the definition says.
        expected: String,
    },
    /// An expression reads something that extracts leave out.
    #[error("`{name}` is kept out of the extract and cannot be analysed; use another variable")]
    NotInExtract {
        /// The variable.
        name: String,
    },
    /// Reading or computing a column failed: the frame is not an extract of this edition.
    #[error("the responses cannot be read with this definition: {0}; freeze the edition again")]
    Frame(String),
    /// The extract's file cannot be decoded.
    #[error(transparent)]
    Extract(#[from] extract::ExtractError),
    /// There is nothing to publish.
    #[error("{valid} valid response(s) (expected at least {n_min}); collect more before publishing")]
    TooFew {
        /// Valid responses.
        valid: usize,
        /// Smallest publishable group.
        n_min: u32,
    },
    /// An indicator's unit is unknown, or does not fit what it computes.
    #[error(
        "indicator `{indicator}` has unit `{unit}` (expected `%` or `points` for a share or a score, `nombre` for a \
         mean)"
    )]
    Unit {
        /// Indicator.
        indicator: String,
        /// Its unit.
        unit: String,
    },
    /// Calibration groups do not cover the valid responses.
    #[error("{count} valid response(s) are in no calibration group; widen a group's `when` in plan.toml")]
    NoGroup {
        /// How many.
        count: usize,
    },
    /// Calibration groups overlap.
    #[error(
        "{count} valid response(s) are in calibration groups `{one}` and `{other}`; make their `when` exclude each \
         other"
    )]
    SeveralGroups {
        /// How many.
        count: usize,
        /// A group.
        one: String,
        /// Another.
        other: String,
    },
    /// A calibration group has no respondent.
    #[error("calibration group `{group}` has no respondent; merge it with another group in plan.toml")]
    EmptyGroup {
        /// The group.
        group: String,
    },
    /// A margin does not sum to the group's total.
    #[error("margin `{margin}` of group `{group}` sums to {sum} of the population (expected 1 ± 0.001)")]
    MarginSum {
        /// The group.
        group: String,
        /// The margin.
        margin: String,
        /// Sum of its shares.
        sum: f64,
    },
    /// The sample has a category that the margin lacks.
    #[error(
        "{count} respondent(s) of group `{group}` have `{category}` for `{variable}`, which margin `{margin}` lacks; add \
         the category to its file, or merge it into another in a derived variable"
    )]
    UnknownCategory {
        /// The group.
        group: String,
        /// The margin.
        margin: String,
        /// The variable.
        variable: String,
        /// The category.
        category: String,
        /// How many respondents.
        count: usize,
    },
    /// A category of the population has no respondent.
    #[error(
        "category `{category}` of margin `{margin}` stands for {share:.1} % of group `{group}` and has no respondent; \
         merge it in a derived variable with {}",
        if merge.is_empty() { "a neighbouring category".to_owned() } else { format!("`{merge}`, the smallest that has some, or with its neighbour") }
    )]
    EmptyCategory {
        /// The group.
        group: String,
        /// The margin.
        margin: String,
        /// The category.
        category: String,
        /// Its share, percent.
        share: f64,
        /// The smallest category with respondents: what it would be merged with by default.
        merge: String,
    },
    /// Too many respondents lack a calibration variable.
    #[error(
        "{count} of {n} respondents of group `{group}` have no value for `{variable}` (at most a quarter may); make the \
         question required, or take margin `{margin}` out of plan.toml"
    )]
    MissingVariable {
        /// The group.
        group: String,
        /// The margin.
        margin: String,
        /// The variable.
        variable: String,
        /// How many lack it.
        count: usize,
        /// Respondents of the group.
        n: usize,
    },
    /// The attacker finds something out that no repair prevents.
    #[error(
        "the publication cannot be protected: {claim}; take a breakdown, a crossing or an indicator out of plan.toml"
    )]
    Unprotected {
        /// What it claims.
        claim: String,
    },
    /// A revision in which so few changed that the two versions would tell their answers.
    #[error(
        "the revision changes the figures of a shown group by the answers of fewer than {n_min} respondents; publish an \
         erratum in words, and correct the figures in the next edition"
    )]
    FewChanged {
        /// Smallest publishable group.
        n_min: u32,
    },
    /// No weights meet the margins.
    #[error(
        "calibration of group `{group}` does not converge: category `{category}` of margin `{margin}` stays {residual:.1} \
         organisations away from its total; merge categories or take a margin out"
    )]
    NotConverged {
        /// The group.
        group: String,
        /// The margin with the largest residual.
        margin: String,
        /// Its category.
        category: String,
        /// Distance from the total.
        residual: f64,
    },
}
