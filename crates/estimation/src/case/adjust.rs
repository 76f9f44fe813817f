//! From a case's design, adjustments and replicates to a sample.

use std::collections::BTreeMap;

use super::data::Table;
use super::read::{Adjust, Case, MarginTotals, Replicates, Term, as_text};
use super::{CaseError, Tables};
use crate::calibration::{Auxiliary, Distance};
use crate::design::{Design, LonelyPsu, PopulationSize};
use crate::error::EstimationError;
use crate::replication::{Centre, Replication};
use crate::sample::{Sample, Step};

/// The sample of a case.
pub(super) fn sample(case: &Case, table: &Table, tables: &dyn Tables) -> Result<Sample, CaseError> {
    let fields = case.design()?;
    let n = table.rows();
    let texts = |name: &Option<String>| -> Result<Option<Vec<String>>, CaseError> {
        let Some(name) = name else { return Ok(None) };
        Ok(Some(table.texts(name)?.into_iter().map(Option::unwrap_or_default).collect()))
    };
    let (strata, psu) = (texts(&fields.strata)?, texts(&fields.psu)?);
    let population = match (&fields.fpc, fields.fpc_kind.as_deref()) {
        (None, _) => PopulationSize::Unknown,
        (Some(column), Some("sampling_fraction")) => PopulationSize::Fraction(table.numbers(column)?),
        (Some(column), _) => PopulationSize::Units(table.numbers(column)?),
    };
    let lonely = match fields.lonely_psu.as_deref() {
        None | Some("fail") => LonelyPsu::Fail,
        Some("remove" | "certainty") => LonelyPsu::Remove,
        Some("adjust") => LonelyPsu::Adjust,
        Some("average") => LonelyPsu::Average,
        Some(other) => {
            return Err(CaseError::unreadable(format!(
                "`lonely_psu`: `{other}` (expected fail, remove, certainty, adjust or average)"
            )));
        }
    };
    let mut design = Design::new(n, strata.as_deref(), psu.as_deref(), fields.nest, &population, lonely)?;
    if let (Some(units), Some(population)) = (texts(&fields.psu2)?, &fields.fpc2) {
        design = design.with_second_stage(&units, &table.numbers(population)?)?;
    }
    let base = match &fields.weights {
        Some(column) => table.numbers(column)?,
        None => vec![1.0; n],
    };
    let steps = case.adjust.iter().map(|step| read_step(step, table)).collect::<Result<Vec<_>, _>>()?;
    let replication =
        case.replicates.as_ref().map(|replicates| replication(replicates, &design, tables)).transpose()?;
    Ok(Sample::new(design, base, &steps, replication.as_ref())?)
}

fn replication(
    replicates: &Replicates,
    design: &Design,
    tables: &dyn Tables,
) -> Result<Replication, CaseError> {
    let centre = match replicates.centre.as_deref() {
        None | Some("full_sample") => Centre::FullSample,
        Some("replicate_mean") => Centre::ReplicateMean,
        Some(other) => {
            return Err(CaseError::unreadable(format!(
                "`centre`: `{other}` (expected full_sample or replicate_mean)"
            )));
        }
    };
    let columns = || -> Result<(Vec<Vec<f64>>, f64), CaseError> {
        let file = replicates.file.as_deref();
        let file = file.ok_or_else(|| CaseError::unreadable("`replicates` names no `file`"))?;
        let table = tables.table(file).map_err(CaseError::Unreadable)?;
        let rows = table.numbers("row")?;
        let mut names: Vec<&str> = table.names().filter(|name| *name != "row").collect();
        names.sort_by_key(|name| (name.len(), *name));
        let mut all = Vec::with_capacity(names.len());
        for name in names {
            let values = table.numbers(name)?;
            let mut column = vec![0.0; design.len()];
            for (row, value) in rows.iter().zip(values) {
                let at = (1..=design.len()).find(|at| (*at as f64 - row).abs() < 0.5);
                let at = at.ok_or_else(|| CaseError::unreadable(format!("`{file}` names row {row}")))?;
                column[at - 1] = value;
            }
            all.push(column);
        }
        let scale = replicates.scale.unwrap_or((all.len() as f64).recip());
        Ok((all, scale))
    };
    Ok(match replicates.kind.as_str() {
        "jk1" => Replication::jk1(design, centre),
        "jkn" => Replication::jkn(design, centre),
        "file" => {
            let (multipliers, scale) = columns()?;
            Replication::given(multipliers, scale, centre)
        }
        "rao_wu_counts" => {
            let (counts, scale) = columns()?;
            Replication::rao_wu(design, &counts, replicates.use_fpc, scale, centre)
        }
        "rao_wu" => Replication::draw_rao_wu(
            design,
            replicates.count.unwrap_or(500),
            replicates.seed.unwrap_or(1),
            replicates.use_fpc,
        ),
        other => {
            return Err(CaseError::unreadable(format!(
                "`replicates`: `{other}` (expected jk1, jkn, file, rao_wu_counts or rao_wu)"
            )));
        }
    })
}

fn read_step(step: &Adjust, table: &Table) -> Result<Step, CaseError> {
    match step {
        Adjust::Trim { lower, upper, strict } => {
            // A limit that is not given is none.
            let (lower, upper) = (lower.unwrap_or(f64::NEG_INFINITY), upper.unwrap_or(f64::INFINITY));
            Ok(Step::Trim { lower, upper, is_strict: *strict })
        }
        Adjust::Poststratify { by, totals } => {
            let name = by.join(" × ");
            let label = |parts: &[String]| parts.join(" × ");
            let mut cells = BTreeMap::new();
            for cell in totals {
                let parts: Option<Vec<String>> =
                    by.iter().map(|column| cell.levels.get(column).map(as_text)).collect();
                let parts = parts.ok_or_else(|| {
                    CaseError::unreadable(format!("a post-stratum does not name all of {}", by.join(", ")))
                })?;
                cells.insert(label(&parts), cell.total);
            }
            let columns = by.iter().map(|column| table.texts(column)).collect::<Result<Vec<_>, _>>()?;
            let values: Vec<Option<String>> = (0..table.rows())
                .map(|row| {
                    let parts: Option<Vec<String>> =
                        columns.iter().map(|column| column[row].clone()).collect();
                    parts.map(|parts| label(&parts))
                })
                .collect();
            let mut builder = Builder::new(table.rows());
            builder.categorical(&name, &values, &cells)?;
            Ok(builder.step(Distance::Linear, None))
        }
        Adjust::Ipf { margins } => {
            let mut builder = Builder::new(table.rows());
            let mut first: Option<f64> = None;
            for MarginTotals { column, totals } in margins {
                let sum: f64 = totals.values().sum();
                let expected = *first.get_or_insert(sum);
                if (sum - expected).abs() > 1e-6 * expected.abs().max(1.0) {
                    return Err(
                        EstimationError::MarginsDiffer { margin: column.clone(), sum, expected }.into()
                    );
                }
                builder.categorical(column, &table.texts(column)?, totals)?;
            }
            // The fixed point of proportional fitting is that of the exponential distance.
            Ok(builder.step(Distance::Raking, first))
        }
        Adjust::Calibrate { distance, bounds, terms, prescale } => {
            let mut builder = Builder::new(table.rows());
            let mut size = None;
            for term in terms {
                match term {
                    Term::Constant { total } => {
                        size = Some(*total);
                        builder.quantity("constant", &vec![1.0; table.rows()], *total)?;
                    }
                    Term::Numeric { column, total } => {
                        builder.quantity(column, &table.numbers(column)?, *total)?;
                    }
                    Term::Categorical { column, totals } => {
                        if size.is_none() {
                            size = Some(totals.values().sum());
                        }
                        builder.categorical(column, &table.texts(column)?, totals)?;
                    }
                }
            }
            let constant = terms.iter().find_map(|term| match term {
                Term::Constant { total } => Some(*total),
                _ => None,
            });
            let bounds = || {
                bounds.filter(|(lower, upper)| *lower < 1.0 && 1.0 < *upper).ok_or_else(|| {
                    CaseError::unreadable(format!(
                        "distance `{distance}` needs `bounds` [L, U] with L < 1 < U"
                    ))
                })
            };
            let distance = match distance.as_str() {
                "linear" => Distance::Linear,
                "raking" => Distance::Raking,
                "logit" => {
                    let (lower, upper) = bounds()?;
                    Distance::Logit { lower, upper }
                }
                "truncated_linear" => {
                    let (lower, upper) = bounds()?;
                    Distance::TruncatedLinear { lower, upper }
                }
                other => {
                    return Err(CaseError::unreadable(format!(
                        "`{other}` is not a distance (expected linear, raking, logit or truncated_linear)"
                    )));
                }
            };
            Ok(builder.step(distance, if *prescale { constant.or(size) } else { None }))
        }
    }
}

/// Calibration variables being gathered.
struct Builder {
    entries: Vec<Vec<(usize, f64)>>,
    totals: Vec<f64>,
    names: Vec<String>,
}

impl Builder {
    fn new(rows: usize) -> Self {
        Self { entries: vec![Vec::new(); rows], totals: Vec::new(), names: Vec::new() }
    }

    fn quantity(&mut self, name: &str, values: &[f64], total: f64) -> Result<(), EstimationError> {
        let count = values.iter().filter(|value| value.is_nan()).count();
        if count > 0 {
            return Err(EstimationError::MissingCalibrationVariable { variable: name.to_owned(), count });
        }
        for (entry, value) in self.entries.iter_mut().zip(values) {
            entry.push((self.totals.len(), *value));
        }
        self.totals.push(total);
        self.names.push(name.to_owned());
        Ok(())
    }

    fn categorical(
        &mut self,
        name: &str,
        values: &[Option<String>],
        totals: &BTreeMap<String, f64>,
    ) -> Result<(), EstimationError> {
        let count = values.iter().filter(|value| value.is_none()).count();
        if count > 0 {
            return Err(EstimationError::MissingCalibrationVariable { variable: name.to_owned(), count });
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for value in values.iter().flatten() {
            *counts.entry(value).or_insert(0) += 1;
        }
        if let Some((category, count)) = counts.iter().find(|(category, _)| !totals.contains_key(**category))
        {
            return Err(EstimationError::UnknownMarginCategory {
                margin: name.to_owned(),
                category: (*category).to_owned(),
                count: *count,
            });
        }
        if let Some((category, total)) =
            totals.iter().find(|(category, total)| **total > 0.0 && !counts.contains_key(category.as_str()))
        {
            let smallest = counts.iter().min_by_key(|(category, count)| (**count, **category));
            return Err(EstimationError::EmptyMarginCategory {
                margin: name.to_owned(),
                category: category.clone(),
                total: *total,
                nearest: smallest.map(|(category, _)| (*category).to_owned()),
            });
        }
        let first = self.totals.len();
        let place: BTreeMap<&String, usize> = totals.keys().zip(first..).collect();
        for (entry, value) in self.entries.iter_mut().zip(values.iter().flatten()) {
            entry.push((place[value], 1.0));
        }
        self.totals.extend(totals.values());
        self.names.extend(totals.keys().map(|category| format!("{name} = {category}")));
        Ok(())
    }

    fn step(self, distance: Distance, prescale: Option<f64>) -> Step {
        let mut x = Auxiliary::new(self.totals.len());
        for entry in self.entries {
            x.push(entry);
        }
        Step::Calibrate { x, totals: self.totals, names: self.names, distance, prescale }
    }
}
