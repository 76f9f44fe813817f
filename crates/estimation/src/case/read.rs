//! The JSON of a case.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::CaseError;
use super::data::Table;

/// A case. Fields that only inform (`title`, `note`, `expected`…) are passed over.
#[derive(Debug, Clone, Deserialize)]
pub struct Case {
    /// Identification.
    #[serde(default)]
    pub id: String,
    pub(super) data: Option<DataFile>,
    #[serde(default)]
    design: Value,
    #[serde(default)]
    pub(super) adjust: Vec<Adjust>,
    pub(super) replicates: Option<Replicates>,
    #[serde(default)]
    pub(super) domain: Vec<Where>,
    #[serde(default)]
    pub(super) by: Vec<String>,
    #[serde(default)]
    pub(super) overlapping: Vec<String>,
    pub(super) estimate: Estimate,
    #[serde(default)]
    pub(super) ci: Option<Ci>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct DataFile {
    pub file: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DesignFields {
    pub weights: Option<String>,
    pub strata: Option<String>,
    pub psu: Option<String>,
    #[serde(default)]
    pub nest: bool,
    pub fpc: Option<String>,
    pub fpc_kind: Option<String>,
    pub psu2: Option<String>,
    pub fpc2: Option<String>,
    pub lonely_psu: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Adjust {
    Poststratify {
        by: Vec<String>,
        totals: Vec<CellTotal>,
    },
    Ipf {
        margins: Vec<MarginTotals>,
    },
    Calibrate {
        distance: String,
        bounds: Option<(f64, f64)>,
        terms: Vec<Term>,
        #[serde(default)]
        prescale: bool,
    },
    Trim {
        lower: Option<f64>,
        upper: Option<f64>,
        #[serde(default)]
        strict: bool,
    },
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct CellTotal {
    pub levels: BTreeMap<String, Value>,
    pub total: f64,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct MarginTotals {
    pub column: String,
    pub totals: BTreeMap<String, f64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Term {
    Constant { total: f64 },
    Categorical { column: String, totals: BTreeMap<String, f64> },
    Numeric { column: String, total: f64 },
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Replicates {
    pub kind: String,
    pub file: Option<String>,
    pub scale: Option<f64>,
    #[serde(default)]
    pub use_fpc: bool,
    pub centre: Option<String>,
    /// Number of replicates to draw, for kind `rao_wu`.
    #[serde(rename = "replicates")]
    pub count: Option<usize>,
    /// Seed of the draws, for kind `rao_wu`.
    pub seed: Option<u64>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Where {
    column: String,
    op: String,
    #[serde(default)]
    value: Value,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Ci {
    pub level: Option<f64>,
    #[serde(default)]
    pub df: Value,
    #[serde(default)]
    pub methods: Vec<String>,
}

/// One name or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Names {
    One(String),
    Several(Vec<String>),
}

impl Names {
    pub(super) fn list(&self) -> Vec<String> {
        match self {
            Self::One(name) => vec![name.clone()],
            Self::Several(names) => names.clone(),
        }
    }
}

/// What happens to missing values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Missing {
    #[default]
    Fail,
    Drop,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Estimate {
    Mean(Simple),
    Total(Simple),
    Ratio {
        numerator: String,
        denominator: String,
        #[serde(default)]
        na: Missing,
    },
    CategoryShares {
        y: String,
        levels: Vec<Value>,
        #[serde(default)]
        na: Missing,
        #[serde(default)]
        vcov: bool,
    },
    Proportion {
        y: Names,
        #[serde(default)]
        na: Missing,
    },
    Quantile {
        y: String,
        probs: Vec<f64>,
        #[serde(default = "math")]
        rule: String,
        #[serde(default = "wald")]
        interval: String,
        #[serde(default)]
        na: Missing,
    },
    Variance {
        y: String,
        #[serde(default)]
        na: Missing,
    },
    MultiChoice {
        options: Vec<String>,
        none_column: Option<String>,
        dont_know_column: Option<String>,
        denominator: String,
    },
    Difference {
        y: String,
        a: Vec<Where>,
        b: Vec<Where>,
        #[serde(default)]
        na: Missing,
    },
    TtestTwoGroups {
        y: String,
        group: String,
        group_a: Value,
        group_b: Value,
        #[serde(default)]
        na: Missing,
    },
    Chisq {
        row: String,
        col: String,
        #[serde(default)]
        na: Missing,
        #[serde(default)]
        wald: bool,
    },
    Weights,
    WeightDiagnostics {
        weights: String,
        by: Option<Names>,
    },
    CronbachAlpha {
        items: Vec<String>,
        #[serde(default)]
        reversed: Vec<String>,
        #[serde(default)]
        reverse_constant: f64,
    },
    Score {
        items: Vec<String>,
        item_min: f64,
        item_max: f64,
        #[serde(default)]
        missing_codes: Vec<Value>,
        min_answered_share: f64,
        cutoffs: Vec<f64>,
        level_names: Vec<String>,
    },
    Dii {
        items: Vec<String>,
        item_missing: String,
    },
    PAdjust {
        method: String,
        p: Vec<Option<f64>>,
    },
    QualityFlags {
        rule: String,
        inputs: Vec<FlagInput>,
    },
}

fn math() -> String {
    "math".to_owned()
}

fn wald() -> String {
    "mean".to_owned()
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Simple {
    pub y: Names,
    #[serde(default)]
    pub na: Missing,
    #[serde(default)]
    pub joint: bool,
    #[serde(default)]
    pub vcov: bool,
    pub deff: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct FlagInput {
    pub p: f64,
    pub se: f64,
    pub n: f64,
    pub df: f64,
    #[serde(default = "level")]
    pub level: f64,
}

fn level() -> f64 {
    0.95
}

/// A value of a case as text, compared as categories are: whole numbers without decimals.
pub(super) fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => {
            number.as_f64().map_or_else(|| number.to_string(), |number| format!("{number}"))
        }
        other => other.to_string(),
    }
}

impl Case {
    /// The design; an empty list stands for none.
    pub(super) fn design(&self) -> Result<DesignFields, CaseError> {
        match &self.design {
            Value::Null => Ok(DesignFields::default()),
            Value::Array(list) if list.is_empty() => Ok(DesignFields::default()),
            fields => serde_json::from_value(fields.clone())
                .map_err(|error| CaseError::unreadable(format!("`design`: {error}"))),
        }
    }
}

/// The rows where all conditions hold; a missing value fails every one but `missing`.
pub(super) fn holds(table: &Table, conditions: &[Where]) -> Result<Vec<bool>, CaseError> {
    let mut rows = vec![true; table.rows()];
    for condition in conditions {
        let column = table.column(&condition.column)?;
        let wanted: Vec<String> = match &condition.value {
            Value::Array(values) => values.iter().map(as_text).collect(),
            value => vec![as_text(value)],
        };
        let bound = condition.value.as_f64().or_else(|| wanted.first()?.parse().ok());
        for (row, holds) in rows.iter_mut().enumerate() {
            let text = column.text(row);
            let is_listed = text.as_ref().is_some_and(|text| wanted.contains(text));
            let compared = column.number(row).zip(bound).map(|(number, bound)| number.total_cmp(&bound));
            *holds &= match condition.op.as_str() {
                "missing" => text.is_none(),
                "not_missing" => text.is_some(),
                "==" | "in" => is_listed,
                "!=" => text.is_some() && !is_listed,
                ">" => compared.is_some_and(std::cmp::Ordering::is_gt),
                ">=" => compared.is_some_and(std::cmp::Ordering::is_ge),
                "<" => compared.is_some_and(std::cmp::Ordering::is_lt),
                "<=" => compared.is_some_and(std::cmp::Ordering::is_le),
                other => {
                    return Err(CaseError::unreadable(format!(
                        "`{other}` is not an operator (expected == != in > >= < <= missing not_missing)"
                    )));
                }
            };
        }
    }
    Ok(rows)
}
