//! The groups of a case and the rows of its answer.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::CaseError;
use super::data::{Column, Table};
use super::read::{Case, Missing, holds};
use crate::distribution::DegreesOfFreedom;
use crate::error::EstimationError;
use crate::sample::{Estimated, Sample};

/// A group of respondents, and the values that identify it.
pub(super) struct Group {
    pub(super) name: Option<Value>,
    pub(super) rows: Vec<bool>,
}

/// The groups of a case: its domain, or one per combination of `by`, or one per column of `overlapping`.
pub(super) fn groups(case: &Case, table: &Table) -> Result<Vec<Group>, CaseError> {
    let domain = holds(table, &case.domain)?;
    if !case.overlapping.is_empty() {
        return case
            .overlapping
            .iter()
            .map(|name| {
                let column = table.column(name)?;
                let rows = (0..table.rows())
                    .map(|row| domain[row] && column.text(row).as_deref() == Some("1"))
                    .collect();
                Ok(Group { name: Some(json!({ name.as_str(): 1 })), rows })
            })
            .collect();
    }
    by(table, &case.by, &domain)
}

/// One group per combination of the columns that occurs in the domain, sorted by the text of the values.
pub(super) fn by(table: &Table, names: &[String], domain: &[bool]) -> Result<Vec<Group>, CaseError> {
    if names.is_empty() {
        return Ok(vec![Group { name: None, rows: domain.to_vec() }]);
    }
    let columns = names.iter().map(|name| table.column(name)).collect::<Result<Vec<_>, _>>()?;
    // Places of the rows in the order of the texts, each distinct combination once.
    let key = |row: usize| -> Option<Vec<String>> {
        columns.iter().map(|column| column.text(row)).collect::<Option<Vec<_>>>().filter(|_| domain[row])
    };
    let keys: Vec<Option<Vec<String>>> = (0..table.rows()).map(key).collect();
    let mut first: BTreeMap<&Vec<String>, usize> = BTreeMap::new();
    for (row, key) in keys.iter().enumerate() {
        if let Some(key) = key {
            first.entry(key).or_insert(row);
        }
    }
    let value = |column: &Column, row: usize| match column {
        Column::Number(values) => values[row].map_or(Value::Null, number),
        Column::Text(values) => json!(values[row]),
    };
    let groups = first.iter().map(|(wanted, row)| Group {
        name: Some(Value::Object(
            names.iter().zip(&columns).map(|(name, column)| (name.clone(), value(column, *row))).collect(),
        )),
        rows: keys.iter().map(|key| key.as_ref() == Some(*wanted)).collect(),
    });
    Ok(groups.collect())
}

/// Applies the missing-value rule to a group: its live rows.
pub(super) fn live(
    group: &[bool],
    variables: &[(&str, &dyn Fn(usize) -> bool)],
    missing: Missing,
) -> Result<Vec<bool>, EstimationError> {
    let mut rows = group.to_vec();
    for (name, is_missing) in variables {
        let count = (0..rows.len()).filter(|row| group[*row] && is_missing(*row)).count();
        if count > 0 && missing == Missing::Fail {
            return Err(EstimationError::MissingValues { variable: (*name).to_owned(), count });
        }
        for (row, is_live) in rows.iter_mut().enumerate() {
            *is_live &= !is_missing(row);
        }
    }
    Ok(rows)
}

/// A number, `null` when it is none and `"inf"` when it is infinite.
pub(super) fn number(value: f64) -> Value {
    if value.is_nan() {
        Value::Null
    } else if value.is_infinite() {
        json!(if value > 0.0 { "inf" } else { "-inf" })
    } else if value.fract() == 0.0 && value.abs() < 9e15 {
        // Whole numbers without decimals, as counts and degrees of freedom are.
        serde_json::from_str(&format!("{value:.0}")).unwrap_or(Value::Null)
    } else {
        json!(value)
    }
}

/// A number or `null`.
pub(super) fn optional(value: Option<f64>) -> Value {
    value.map_or(Value::Null, number)
}

/// The level and the degrees of freedom that a case asks for.
pub(super) struct Levels {
    pub(super) level: f64,
    /// `None`: those of the design.
    pub(super) df: Option<DegreesOfFreedom>,
}

impl Levels {
    pub(super) fn of(case: &Case) -> Result<Self, CaseError> {
        let ci = case.ci.clone().unwrap_or_default();
        let level = ci.level.unwrap_or(0.95);
        if !(level > 0.0 && level < 1.0) {
            return Err(CaseError::unreadable(format!("`level` is {level} (expected between 0 and 1)")));
        }
        let df = match &ci.df {
            Value::Null => None,
            Value::String(word) if word == "design" => None,
            Value::String(word) if word == "inf" => Some(DegreesOfFreedom::Infinite),
            value => {
                let df = value.as_f64().ok_or_else(|| {
                    CaseError::unreadable(format!(
                        "`df` is {value} (expected \"design\", \"inf\" or a number)"
                    ))
                })?;
                Some(DegreesOfFreedom::Finite(df))
            }
        };
        Ok(Self { level, df })
    }

    pub(super) fn df(&self, design: f64) -> DegreesOfFreedom {
        self.df.unwrap_or(DegreesOfFreedom::Finite(design))
    }

    pub(super) fn df_json(&self, design: f64) -> Value {
        match self.df(design) {
            DegreesOfFreedom::Infinite => json!("inf"),
            DegreesOfFreedom::Finite(df) => number(df),
        }
    }
}

/// A row being made.
pub(super) struct Row(pub(super) Map<String, Value>);

impl Row {
    pub(super) fn new(group: &Group) -> Self {
        let mut row = Map::new();
        if let Some(name) = &group.name {
            row.insert("group".to_owned(), name.clone());
        }
        Self(row)
    }

    pub(super) fn set(mut self, key: &str, value: Value) -> Self {
        self.0.insert(key.to_owned(), value);
        self
    }

    /// Estimate, standard error, interval estimate ∓ t se, degrees of freedom, n and weight.
    pub(super) fn estimate(
        self,
        sample: &Sample,
        estimated: &Estimated,
        index: usize,
        live: &[bool],
        levels: &Levels,
    ) -> Self {
        let (value, se) = (estimated.values[index], estimated.standard_error(index));
        let half = levels.df(estimated.df).quantile(levels.level).map(|t| t * se);
        self.set("estimate", number(value))
            .set("se", if value.is_nan() { Value::Null } else { number(se) })
            .set("ci_lower", optional(half.map(|half| value - half)))
            .set("ci_upper", optional(half.map(|half| value + half)))
            .set("df", levels.df_json(estimated.df))
            .stands_on(sample, live)
    }

    /// n and sum of weights.
    pub(super) fn stands_on(self, sample: &Sample, live: &[bool]) -> Self {
        let weights = live_weights(sample, live);
        self.set("n", json!(weights.len())).set("sum_weights", number(weights.iter().sum()))
    }

    pub(super) fn into_value(self) -> Value {
        Value::Object(self.0)
    }
}

/// The weights of the live rows.
pub(super) fn live_weights(sample: &Sample, live: &[bool]) -> Vec<f64> {
    sample.weights().iter().zip(live).filter(|(_, live)| **live).map(|(w, _)| *w).collect()
}

/// A covariance matrix as lists.
pub(super) fn matrix(estimated: &Estimated) -> Value {
    let v = &estimated.covariance;
    let row = |i: usize| (0..v.ncols()).map(|j| number(v[(i, j)])).collect::<Vec<_>>();
    json!((0..v.nrows()).map(row).collect::<Vec<_>>())
}
