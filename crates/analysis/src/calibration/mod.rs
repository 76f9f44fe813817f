//! Step 2, *calculate weights*: from equal weights inside each calibration group to weights that meet its margins.
//!
//! Method and defaults: `design/statistics.md`, sections 0 and 1. Base weights are N/n inside each group. Weights above
//! three times the group's mean are brought back to that bound and the margins are met again, at most ten times.
//!
//! A respondent who left a calibration variable blank counts, for that margin alone, in every category in proportion
//! to the known totals: the margin then neither pulls nor pushes that respondent, and its totals still sum to the
//! population. More than a quarter of such respondents is an error.

use std::ops::Range;

use estimation::calibration::{Auxiliary, Distance, NotConverged, TOLERANCE};
use questionnaire::{CalibrationGroup, Edition, Margin};

use crate::cleaning::Cleaned;
use crate::columns::{Readout, Value};
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
    /// The calibration cell of each response: those of one cell have the same category, or a blank, in every margin.
    pub cells: Vec<u32>,
    /// The auxiliary variables of each cell; those of all groups are side by side.
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
    let read = &cleaned.answers.calibration;
    let mut at = 0;
    let mut columns_of = Vec::with_capacity(groups.len());
    for group in groups {
        columns_of.push((at, at + 1..at + 1 + group.margins.len()));
        at += 1 + group.margins.len();
    }
    let of_row = group_of_each(read, &columns_of, groups)?;
    let margins: Vec<Range<usize>> = columns_of.into_iter().map(|(_, margins)| margins).collect();
    let cells = Cells::find(read, &margins, &of_row);

    let mut weights = Weights {
        base: Vec::with_capacity(cleaned.len()),
        calibrated: Vec::with_capacity(cleaned.len()),
        cells: Vec::new(),
        auxiliary: Auxiliary::default(),
        groups: Vec::with_capacity(groups.len()),
    };
    let mut samples = Vec::with_capacity(groups.len());
    // Of each cell, d and w.
    let mut of_cell = vec![(0.0, 0.0); cells.codes.len()];
    let mut rows = rows_of_groups(&of_row, groups.len());
    for (index, (group, margins)) in groups.iter().zip(&margins).enumerate() {
        let rows = std::mem::take(&mut rows[index]);
        let sample =
            GroupSample::read(edition, group, cells.of_group(index, rows.len()), read, margins.clone())?;
        let calibrated = sample.calibrate(group)?;
        let base = group.total / rows.len() as f64;
        for (cell, weight) in sample.cells.cells.iter().zip(&calibrated.weights) {
            of_cell[*cell] = (base, *weight);
        }
        weights.groups.push(sample.finish(group, &calibrated, rows));
        samples.push(sample);
    }
    for cell in &cells.of_row {
        let (base, calibrated) = of_cell[*cell as usize];
        weights.base.push(base);
        weights.calibrated.push(calibrated);
    }
    weights.auxiliary = auxiliary(&samples, cells.codes.len());
    weights.cells = cells.of_row;
    Ok(weights)
}

/// What calibration reads: for each group, who belongs to it, and the variable of each of its margins.
pub(crate) fn values(edition: &Edition) -> Vec<Value> {
    let mut values = Vec::new();
    for group in &edition.plan.calibration {
        values.push(Value::Condition(group.when.clone()));
        values.extend(group.margins.iter().map(|margin| Value::Category(margin.variable)));
    }
    values
}

/// The auxiliary variables of all groups, side by side, cell by cell.
fn auxiliary(samples: &[GroupSample], cells: usize) -> Auxiliary {
    let mut columns = 0;
    let mut of_cell: Vec<Vec<(usize, f64)>> = vec![Vec::new(); cells];
    for sample in samples {
        for (position, cell) in sample.cells.cells.iter().enumerate() {
            let entries = sample.x.row(position).iter();
            of_cell[*cell] = entries.map(|(column, value)| (columns + column, *value)).collect();
        }
        columns += sample.x.columns();
    }
    let mut auxiliary = Auxiliary::new(columns);
    for entries in of_cell {
        auxiliary.push(entries);
    }
    auxiliary
}

/// The positions of the respondents of each group.
fn rows_of_groups(of_row: &[usize], groups: usize) -> Vec<Vec<usize>> {
    let mut rows = vec![Vec::new(); groups];
    for (row, group) in of_row.iter().enumerate() {
        rows[*group].push(row);
    }
    rows
}

fn group_of_each(
    read: &Readout,
    columns_of: &[(usize, Range<usize>)],
    groups: &[CalibrationGroup],
) -> Result<Vec<usize>, AnalysisError> {
    let mut of_row = Vec::new();
    let mut outside = 0;
    let mut twice: Option<(usize, usize, usize)> = None;
    for (chunk, row) in read.chunks().iter().flat_map(|chunk| (0..chunk.rows()).map(move |row| (chunk, row)))
    {
        let mut mine = columns_of
            .iter()
            .enumerate()
            .filter(|(_, (column, _))| chunk.bits(*column).holds(row))
            .map(|(group, _)| group);
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

/// The respondents by calibration cell: those of one cell are of one group, and have the same category, or a blank, in
/// every margin. Calibration cannot tell them apart, so it is done on cells that count for as many as they hold.
struct Cells {
    /// The cell of each respondent.
    of_row: Vec<u32>,
    /// For each cell, in the order of their first respondents, its group and the code of each margin.
    codes: Vec<(usize, Vec<u16>)>,
    /// For each cell, how many respondents it has.
    counts: Vec<usize>,
}

/// The cells of one group.
struct GroupCells {
    /// Which of all cells they are, in the order of their first respondents.
    cells: Vec<usize>,
    /// For each, the code of each margin.
    codes: Vec<Vec<u16>>,
    /// For each, how many respondents it has.
    counts: Vec<usize>,
    /// How many respondents the group has.
    respondents: usize,
}

impl Cells {
    fn find(read: &Readout, margins: &[Range<usize>], of_row: &[usize]) -> Self {
        const NEW: u32 = u32::MAX;
        let mut cells =
            Self { of_row: Vec::with_capacity(of_row.len()), codes: Vec::new(), counts: Vec::new() };
        // A tree whose branches are the codes of one margin after the other: the first nodes are those of the groups,
        // and the leaves are cells.
        let branches = |group: usize, depth: usize| match margins[group].clone().nth(depth) {
            Some(column) => vec![NEW; read.names(column).len() + 1],
            None => vec![NEW],
        };
        let mut nodes: Vec<Vec<u32>> = (0..margins.len()).map(|group| branches(group, 0)).collect();
        let index = |count: usize| u32::try_from(count).expect("fewer cells than respondents");
        let mut groups = of_row.iter();
        for chunk in read.chunks() {
            let columns: Vec<Vec<&[u16]>> = margins
                .iter()
                .map(|margins| margins.clone().map(|column| chunk.codes(column)).collect())
                .collect();
            for (row, group) in (0..chunk.rows()).zip(&mut groups) {
                let (mut node, mut depth) = (*group, 0);
                // A group without margins is one cell.
                let last = columns[*group].len().saturating_sub(1);
                let cell = loop {
                    let branch = columns[*group].get(depth).map_or(0, |codes| usize::from(codes[row]));
                    let next = nodes[node][branch];
                    if next != NEW && depth == last {
                        break next;
                    } else if next != NEW {
                        node = next as usize;
                    } else if depth == last {
                        let cell = index(cells.codes.len());
                        nodes[node][branch] = cell;
                        cells.codes.push((*group, columns[*group].iter().map(|codes| codes[row]).collect()));
                        cells.counts.push(0);
                        break cell;
                    } else {
                        let child = nodes.len();
                        nodes[node][branch] = index(child);
                        nodes.push(branches(*group, depth + 1));
                        node = child;
                    }
                    depth += 1;
                };
                cells.of_row.push(cell);
                cells.counts[cell as usize] += 1;
            }
        }
        cells
    }

    fn of_group(&self, group: usize, respondents: usize) -> GroupCells {
        let cells: Vec<usize> = (0..self.codes.len()).filter(|cell| self.codes[*cell].0 == group).collect();
        GroupCells {
            codes: cells.iter().map(|cell| self.codes[*cell].1.clone()).collect(),
            counts: cells.iter().map(|cell| self.counts[*cell]).collect(),
            cells,
            respondents,
        }
    }
}

/// The respondents of one group, with their place in each margin.
struct GroupSample {
    cells: GroupCells,
    /// Of each cell.
    x: Auxiliary,
    totals: Vec<f64>,
    counts: Vec<Vec<usize>>,
    blanks: Vec<usize>,
}

struct Calibrated {
    /// The weight of one respondent of each cell.
    weights: Vec<f64>,
    trim_rounds: u32,
    is_within_bound: bool,
}

impl GroupSample {
    fn read(
        edition: &Edition,
        group: &CalibrationGroup,
        cells: GroupCells,
        read: &Readout,
        variables: Range<usize>,
    ) -> Result<Self, AnalysisError> {
        let n = cells.respondents;
        if n == 0 {
            return Err(AnalysisError::EmptyGroup { group: group.code.clone() });
        }
        let mut totals = Vec::new();
        let mut entries: Vec<Vec<(usize, f64)>> = vec![Vec::new(); cells.codes.len()];
        let (mut counts, mut blanks) = (Vec::new(), Vec::new());
        for (index, (margin, column)) in group.margins.iter().zip(variables).enumerate() {
            let shares = shares(group, margin)?;
            let codes: Vec<&str> = margin.categories.iter().map(|category| category.code.as_str()).collect();
            let positions = read.positions(column, &codes);
            let first = totals.len();
            let mut count = vec![0; codes.len()];
            let mut blank = 0;
            for (cell, respondents) in cells.counts.iter().enumerate() {
                let code = usize::from(cells.codes[cell][index]);
                match positions[code] {
                    Some(category) => {
                        count[category] += respondents;
                        entries[cell].push((first + category, 1.0));
                    }
                    None if code == 0 => {
                        blank += respondents;
                        let everywhere = shares.iter().enumerate().filter(|(_, share)| **share > 0.0);
                        entries[cell].extend(everywhere.map(|(category, share)| (first + category, *share)));
                    }
                    None => {
                        let same = |cell: &usize| usize::from(cells.codes[*cell][index]) == code;
                        return Err(AnalysisError::UnknownCategory {
                            group: group.code.clone(),
                            margin: margin.code.clone(),
                            variable: edition.subject_name(margin.variable),
                            category: read.names(column)[code - 1].clone(),
                            count: (0..cells.counts.len()).filter(same).map(|cell| cells.counts[cell]).sum(),
                        });
                    }
                }
            }
            check_margin(edition, group, margin, &shares, &count, blank, n)?;
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
        Ok(Self { cells, x, totals, counts, blanks })
    }

    fn calibrate(&self, group: &CalibrationGroup) -> Result<Calibrated, AnalysisError> {
        let n = self.cells.respondents;
        let base = vec![group.total / n as f64; self.cells.counts.len()];
        let bound = TRIM_AT * group.total / n as f64;
        let is_beyond = |weights: &[f64]| weights.iter().any(|weight| *weight > bound * (1.0 + TOLERANCE));
        let failed = |error: NotConverged| Self::not_converged(group, error);
        // A cell counts for as many respondents as it has.
        let rake = |from: &[f64]| -> Result<Vec<f64>, AnalysisError> {
            let counts = || self.cells.counts.iter().map(|count| *count as f64);
            let from: Vec<f64> = from.iter().zip(counts()).map(|(weight, count)| weight * count).collect();
            let raked = estimation::calibration::calibrate(&from, &self.x, &self.totals, Distance::Raking)
                .map_err(failed)?;
            Ok(raked.into_iter().zip(counts()).map(|(weight, count)| weight / count).collect())
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

    fn finish(&self, group: &CalibrationGroup, calibrated: &Calibrated, rows: Vec<usize>) -> GroupWeights {
        let base = group.total / rows.len() as f64;
        let (mut least, mut greatest) = (f64::INFINITY, 0.0_f64);
        for weight in &calibrated.weights {
            least = least.min(weight / base);
            greatest = greatest.max(weight / base);
        }
        GroupWeights {
            rows,
            g: (least, greatest),
            trim_rounds: calibrated.trim_rounds,
            is_within_bound: calibrated.is_within_bound,
            counts: self.counts.clone(),
            blanks: self.blanks.clone(),
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
