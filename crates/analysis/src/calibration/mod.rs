//! Step 2, *calculate weights*: from equal weights inside each calibration group to weights that meet its margins.
//!
//! Method and defaults: `design/statistics.md`, sections 0 and 1. Base weights are N/n inside each group. Weights above
//! three times the group's mean are brought back to that bound and the margins are met again, at most ten times.
//!
//! A respondent who left a calibration variable blank counts, for that margin alone, in every category in proportion
//! to the known totals: the margin then neither pulls nor pushes that respondent, and its totals still sum to the
//! population. More than a quarter of such respondents is an error.

use estimation::calibration::{Auxiliary, Distance, NotConverged, TOLERANCE};
use polars::prelude::Expr;
use questionnaire::{CalibrationGroup, Edition, Margin};

use crate::cleaning::Cleaned;
use crate::columns::{Compiler, Table, booleans, categories, evaluate};
use crate::error::AnalysisError;

/// A weight over this many times its group's mean is trimmed.
pub const TRIM_AT: f64 = 3.0;
/// Trimming rounds before the bound is given up.
pub const TRIM_ROUNDS: u32 = 10;
/// Largest share of a group's respondents that may lack a calibration variable.
pub const MOST_MISSING: f64 = 0.25;
/// Largest accepted distance of the sum of a margin's shares from 1.
const MARGIN_SUM_TOLERANCE: f64 = 0.001;

/// Calibrated weights, one per valid response, with what variances need of the calibration.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// Weights before calibration, d.
    pub base: Vec<f64>,
    /// Weights after calibration, w.
    pub calibrated: Vec<f64>,
    /// The auxiliary variables of all groups, side by side.
    pub auxiliary: Auxiliary,
    /// The groups, in the plan's order.
    pub groups: Vec<GroupWeights>,
}

/// What was done in one calibration group.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupWeights {
    /// Positions of its respondents.
    pub rows: Vec<usize>,
    /// Least and greatest g = w/d.
    pub g: (f64, f64),
    /// Trimming rounds that were needed.
    pub trim_rounds: u32,
    /// Whether no weight is above the bound in the end. Margins that need a mean weight above it make it impossible.
    pub is_within_bound: bool,
    /// For each margin, the respondents of each category.
    pub counts: Vec<Vec<usize>>,
    /// For each margin, the respondents who left its variable blank.
    pub blanks: Vec<usize>,
}

impl Weights {
    /// g-weights, w/d.
    #[must_use]
    pub fn g(&self) -> Vec<f64> {
        self.calibrated.iter().zip(&self.base).map(|(w, d)| w / d).collect()
    }
}

/// Calculates weights that meet the margins of the plan in each calibration group.
///
/// # Errors
/// When groups do not cover the valid responses once and only once, when a margin does not fit the sample, or when no
/// weights meet the margins. Each case names the group, the margin and the category.
pub fn calibrate(cleaned: &Cleaned, edition: &Edition) -> Result<Weights, AnalysisError> {
    let groups = &edition.plan.calibration;
    let compiler = Compiler::new(edition);
    let mut expressions: Vec<Expr> = Vec::new();
    for group in groups {
        expressions.push(compiler.condition(&group.when)?);
        for margin in &group.margins {
            expressions.push(compiler.category(margin.variable)?);
        }
    }
    let table = evaluate(&cleaned.frame, expressions)?;
    let mut at = 0;
    let mut members = Vec::with_capacity(groups.len());
    let mut variables = Vec::with_capacity(groups.len());
    for group in groups {
        members.push(booleans(table.column(at))?);
        variables.push(at + 1..at + 1 + group.margins.len());
        at += 1 + group.margins.len();
    }
    let of_row = group_of_each(cleaned.len(), &members, groups)?;

    let mut weights = Weights {
        base: vec![0.0; cleaned.len()],
        calibrated: vec![0.0; cleaned.len()],
        auxiliary: Auxiliary::default(),
        groups: Vec::with_capacity(groups.len()),
    };
    let mut entries: Vec<Vec<(usize, f64)>> = vec![Vec::new(); cleaned.len()];
    let mut columns = 0;
    for (index, group) in groups.iter().enumerate() {
        let rows: Vec<usize> = (0..cleaned.len()).filter(|row| of_row[*row] == index).collect();
        let sample = GroupSample::read(edition, group, rows, &table, variables[index].clone())?;
        let calibrated = sample.calibrate(group)?;
        for (position, row) in sample.rows.iter().enumerate() {
            weights.base[*row] = group.total / sample.rows.len() as f64;
            weights.calibrated[*row] = calibrated.weights[position];
            entries[*row] =
                sample.x.row(position).iter().map(|(column, value)| (columns + column, *value)).collect();
        }
        columns += sample.x.columns();
        weights.groups.push(sample.finish(group, &calibrated));
    }
    weights.auxiliary = Auxiliary::new(columns);
    for row in entries {
        weights.auxiliary.push(row);
    }
    Ok(weights)
}

fn group_of_each(
    rows: usize,
    members: &[Vec<bool>],
    groups: &[CalibrationGroup],
) -> Result<Vec<usize>, AnalysisError> {
    let mut of_row = Vec::with_capacity(rows);
    let mut outside = 0;
    let mut twice: Option<(usize, usize, usize)> = None;
    for row in 0..rows {
        let mut mine =
            members.iter().enumerate().filter(|(_, is_member)| is_member[row]).map(|(group, _)| group);
        match (mine.next(), mine.next()) {
            (None, _) => outside += 1,
            (Some(group), None) => of_row.push(group),
            (Some(one), Some(other)) => {
                let (count, ..) = twice.unwrap_or((0, one, other));
                twice = Some((count + 1, one, other));
            }
        }
    }
    if let Some((count, one, other)) = twice {
        let code = |group: usize| groups[group].code.clone();
        return Err(AnalysisError::SeveralGroups { count, one: code(one), other: code(other) });
    }
    if outside > 0 {
        return Err(AnalysisError::NoGroup { count: outside });
    }
    Ok(of_row)
}

/// The respondents of one group, with their place in each margin.
struct GroupSample {
    rows: Vec<usize>,
    x: Auxiliary,
    totals: Vec<f64>,
    counts: Vec<Vec<usize>>,
    blanks: Vec<usize>,
}

struct Calibrated {
    weights: Vec<f64>,
    trim_rounds: u32,
    is_within_bound: bool,
}

impl GroupSample {
    fn read(
        edition: &Edition,
        group: &CalibrationGroup,
        rows: Vec<usize>,
        table: &Table,
        variables: std::ops::Range<usize>,
    ) -> Result<Self, AnalysisError> {
        if rows.is_empty() {
            return Err(AnalysisError::EmptyGroup { group: group.code.clone() });
        }
        let mut totals = Vec::new();
        let mut entries: Vec<Vec<(usize, f64)>> = vec![Vec::new(); rows.len()];
        let (mut counts, mut blanks) = (Vec::new(), Vec::new());
        for (margin, column) in group.margins.iter().zip(variables) {
            let shares = shares(group, margin)?;
            let codes: Vec<&str> = margin.categories.iter().map(|category| category.code.as_str()).collect();
            let values = categories(table.column(column), &codes)?;
            let first = totals.len();
            let mut count = vec![0; codes.len()];
            let mut blank = 0;
            for (position, row) in rows.iter().enumerate() {
                match &values[*row] {
                    Ok(Some(category)) => {
                        count[*category] += 1;
                        entries[position].push((first + category, 1.0));
                    }
                    Ok(None) => {
                        blank += 1;
                        let everywhere = shares.iter().enumerate().filter(|(_, share)| **share > 0.0);
                        entries[position]
                            .extend(everywhere.map(|(category, share)| (first + category, *share)));
                    }
                    Err(unknown) => {
                        let same = |row: &&usize| values[**row].as_ref().err() == Some(unknown);
                        return Err(AnalysisError::UnknownCategory {
                            group: group.code.clone(),
                            margin: margin.code.clone(),
                            variable: edition.subject_name(margin.variable),
                            category: unknown.clone(),
                            count: rows.iter().filter(same).count(),
                        });
                    }
                }
            }
            check_margin(edition, group, margin, &shares, &count, blank, rows.len())?;
            totals.extend(shares.iter().map(|share| share * group.total));
            counts.push(count);
            blanks.push(blank);
        }
        if group.margins.is_empty() {
            totals.push(group.total);
            for entry in &mut entries {
                entry.push((0, 1.0));
            }
        }
        let mut x = Auxiliary::new(totals.len());
        for entry in entries {
            x.push(entry);
        }
        Ok(Self { rows, x, totals, counts, blanks })
    }

    fn calibrate(&self, group: &CalibrationGroup) -> Result<Calibrated, AnalysisError> {
        let n = self.rows.len();
        let base = vec![group.total / n as f64; n];
        let bound = TRIM_AT * group.total / n as f64;
        let is_beyond = |weights: &[f64]| weights.iter().any(|weight| *weight > bound * (1.0 + TOLERANCE));
        let failed = |error: NotConverged| Self::not_converged(group, error);
        let rake = |from: &[f64]| {
            estimation::calibration::calibrate(from, &self.x, &self.totals, Distance::Raking).map_err(failed)
        };
        let mut weights = rake(&base)?;
        let mut trim_rounds = 0;
        while is_beyond(&weights) && trim_rounds < TRIM_ROUNDS {
            let capped: Vec<f64> = weights.iter().map(|weight| weight.min(bound)).collect();
            weights = rake(&capped)?;
            trim_rounds += 1;
        }
        let is_within_bound = !is_beyond(&weights);
        if !is_within_bound {
            tracing::warn!(
                group = group.code,
                "some weights of calibration group {} stay above {TRIM_AT} times the mean: its margins need them",
                group.code
            );
        }
        Ok(Calibrated { weights, trim_rounds, is_within_bound })
    }

    fn not_converged(group: &CalibrationGroup, error: NotConverged) -> AnalysisError {
        // Columns are the categories of the margins, one margin after the other.
        let mut columns = group
            .margins
            .iter()
            .flat_map(|margin| margin.categories.iter().map(|category| (&margin.code, &category.code)));
        let (margin, category) = columns.nth(error.column).unwrap_or((&group.code, &group.code));
        AnalysisError::NotConverged {
            group: group.code.clone(),
            margin: margin.clone(),
            category: category.clone(),
            residual: error.residual,
        }
    }

    fn finish(self, group: &CalibrationGroup, calibrated: &Calibrated) -> GroupWeights {
        let base = group.total / self.rows.len() as f64;
        let (mut least, mut greatest) = (f64::INFINITY, 0.0_f64);
        for weight in &calibrated.weights {
            least = least.min(weight / base);
            greatest = greatest.max(weight / base);
        }
        GroupWeights {
            rows: self.rows,
            g: (least, greatest),
            trim_rounds: calibrated.trim_rounds,
            is_within_bound: calibrated.is_within_bound,
            counts: self.counts,
            blanks: self.blanks,
        }
    }
}

/// The shares of a margin, made to sum to 1 exactly.
fn shares(group: &CalibrationGroup, margin: &Margin) -> Result<Vec<f64>, AnalysisError> {
    let sum: f64 = margin.categories.iter().map(|category| category.share).sum();
    if sum.is_nan() || (sum - 1.0).abs() > MARGIN_SUM_TOLERANCE {
        return Err(AnalysisError::MarginSum { group: group.code.clone(), margin: margin.code.clone(), sum });
    }
    Ok(margin.categories.iter().map(|category| category.share / sum).collect())
}

fn check_margin(
    edition: &Edition,
    group: &CalibrationGroup,
    margin: &Margin,
    shares: &[f64],
    count: &[usize],
    blank: usize,
    n: usize,
) -> Result<(), AnalysisError> {
    if blank as f64 > MOST_MISSING * n as f64 {
        return Err(AnalysisError::MissingVariable {
            group: group.code.clone(),
            margin: margin.code.clone(),
            variable: edition.subject_name(margin.variable),
            count: blank,
            n,
        });
    }
    for ((category, share), respondents) in margin.categories.iter().zip(shares).zip(count) {
        if *share > 0.0 && *respondents == 0 {
            let others = margin.categories.iter().zip(count).filter(|(_, count)| **count > 0);
            let smallest = others.min_by_key(|(_, count)| **count);
            return Err(AnalysisError::EmptyCategory {
                group: group.code.clone(),
                margin: margin.code.clone(),
                category: category.code.clone(),
                share: 100.0 * share,
                merge: smallest.map_or_else(String::new, |(other, _)| other.code.clone()),
            });
        }
        if *share <= 0.0 && *respondents > 0 {
            return Err(AnalysisError::UnknownCategory {
                group: group.code.clone(),
                margin: margin.code.clone(),
                variable: edition.subject_name(margin.variable),
                category: category.code.clone(),
                count: *respondents,
            });
        }
    }
    Ok(())
}
