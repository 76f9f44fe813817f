//! Answers about scales, scores, families of tests and flags.

use serde_json::{Map, Value, json};

use super::CaseError;
use super::answer::{Asked, rows};
use super::data::Table;
use super::read::{Estimate, Names, as_text};
use super::rows::{Row, by, number, optional};
use crate::diagnostics::{WeightSummary, summarise};
use crate::distribution::DegreesOfFreedom;
use crate::interval::Proportion;
use crate::multiplicity::{Adjustment, adjust};
use crate::quality::nchs_2017;
use crate::reliability::cronbach_alpha;
use crate::target::Target;

/// The answers that need no table; `None` for the others.
pub(super) fn without_data(estimate: &Estimate) -> Result<Option<Value>, CaseError> {
    match estimate {
        Estimate::PAdjust { method, p } => {
            let known = match method.as_str() {
                "bonferroni" => Adjustment::Bonferroni,
                "holm" => Adjustment::Holm,
                "hochberg" => Adjustment::Hochberg,
                "BH" => Adjustment::BenjaminiHochberg,
                "BY" => Adjustment::BenjaminiYekutieli,
                other => {
                    return Err(CaseError::unreadable(format!(
                        "`method`: `{other}` (expected bonferroni, holm, hochberg, BH or BY)"
                    )));
                }
            };
            let adjusted: Vec<Value> = adjust(p, known).into_iter().map(optional).collect();
            Ok(Some(rows(vec![json!({ "method": method, "adjusted": adjusted })])))
        }
        Estimate::QualityFlags { rule, inputs } => {
            if rule != "nchs_2017" {
                return Err(CaseError::unreadable(format!("`rule`: `{rule}` (expected nchs_2017)")));
            }
            let each = inputs.iter().map(|input| {
                let proportion = Proportion {
                    p: input.p,
                    variance: input.se * input.se,
                    n: input.n,
                    n_kish: input.n,
                    df: DegreesOfFreedom::Finite(input.df),
                    level: input.level,
                };
                let flags = nchs_2017(&proportion, input.df).ok_or_else(|| {
                    CaseError::unreadable(format!("no interval with df = {} and n = {}", input.df, input.n))
                })?;
                Ok(json!({
                    "n_eff": number(flags.n_effective),
                    "ci_lower": number(flags.interval.0),
                    "ci_upper": number(flags.interval.1),
                    "abs_width": number(flags.interval.1 - flags.interval.0),
                    "rel_width_pct": optional(Some(flags.relative_width).filter(|width| width.is_finite())),
                    "status": flags.presentation.code(),
                    "statistical_review": flags.needs_review,
                    "complement_flag": flags.is_complement_unreliable,
                }))
            });
            Ok(Some(rows(each.collect::<Result<_, CaseError>>()?)))
        }
        _ => Ok(None),
    }
}

/// What is said of a set of weights.
pub(super) fn summary(summary: &WeightSummary) -> Map<String, Value> {
    let mut map = Map::new();
    let pairs = [
        ("n", json!(summary.n)),
        ("sum", number(summary.sum)),
        ("mean", number(summary.mean)),
        ("min", number(summary.min)),
        ("max", number(summary.max)),
        ("n_negative", json!(summary.negative)),
        ("cv", number(summary.cv)),
        ("deff_kish", number(summary.design_effect)),
        ("n_eff_kish", number(summary.n_effective)),
    ];
    map.extend(pairs.map(|(key, value)| (key.to_owned(), value)));
    map
}

pub(super) fn weight_diagnostics(
    table: &Table,
    column: &str,
    groups: Option<&Names>,
) -> Result<Value, CaseError> {
    let weights = table.numbers(column)?;
    let names = groups.map(Names::list).unwrap_or_default();
    let count = weights.iter().filter(|w| w.is_nan()).count();
    if count > 0 {
        return Err(crate::EstimationError::MissingWeight { count }.into());
    }
    let each = by(table, &names, &vec![true; table.rows()])?.into_iter().map(|group| {
        let own: Vec<f64> =
            weights.iter().zip(&group.rows).filter(|(_, is_in)| **is_in).map(|(w, _)| *w).collect();
        let mut row = summary(&summarise(&own));
        row.insert("group".to_owned(), group.name.unwrap_or(Value::Null));
        Value::Object(row)
    });
    Ok(rows(each.collect()))
}

pub(super) fn alpha(
    asked: &Asked<'_>,
    items: &[String],
    reversed: &[String],
    constant: f64,
) -> Result<Value, CaseError> {
    let columns = items
        .iter()
        .map(|item| {
            let values = asked.table.numbers(item)?;
            let is_reversed = reversed.contains(item);
            Ok(values.into_iter().map(|x| if is_reversed { constant - x } else { x }).collect())
        })
        .collect::<Result<Vec<Vec<f64>>, CaseError>>()?;
    let each = asked.groups.iter().map(|group| {
        let complete: Vec<usize> = (0..asked.table.rows())
            .filter(|row| group.rows[*row] && columns.iter().all(|column| !column[*row].is_nan()))
            .collect();
        let data: Vec<Vec<f64>> =
            complete.iter().map(|row| columns.iter().map(|column| column[*row]).collect()).collect();
        let weights: Vec<f64> = complete.iter().map(|row| asked.sample.weights()[*row]).collect();
        let found = cronbach_alpha(&data, &weights).ok_or_else(|| {
            CaseError::unreadable("alpha needs two items or more, and a respondent who answered all of them")
        })?;
        let named = |values: &[f64]| -> Value {
            Value::Object(items.iter().cloned().zip(values.iter().copied().map(number)).collect())
        };
        Ok(Row::new(group)
            .set("alpha", number(found.alpha))
            .set("alpha_standardised", number(found.standardised))
            .set("n", json!(found.n))
            .set("alpha_if_dropped", named(&found.without))
            .set("corrected_item_total_correlation", named(&found.item_total))
            .into_value())
    });
    Ok(rows(each.collect::<Result<_, CaseError>>()?))
}

/// A value per unit, and its level: means first, then the shares of the levels.
struct Scored {
    values: Vec<Option<f64>>,
    levels: Vec<String>,
    level: Vec<Option<usize>>,
}

pub(super) fn score_or_dii(asked: &Asked<'_>, estimate: &Estimate) -> Result<Value, CaseError> {
    let (scored, first, basic) = match estimate {
        Estimate::Dii { items, item_missing } => (dii(asked.table, items, item_missing)?, "points", true),
        _ => (score(asked.table, estimate)?, "score", false),
    };
    let mut all = Vec::new();
    let live = |rows: &[bool]| -> Vec<bool> {
        rows.iter().zip(&scored.values).map(|(is_in, value)| *is_in && value.is_some()).collect()
    };
    for group in &asked.groups {
        let live = live(&group.rows);
        let y: Vec<f64> = scored.values.iter().map(|value| value.unwrap_or(0.0)).collect();
        let (row, _) = asked.row(group, &Target::Mean { live: live.clone(), y: y.clone() })?;
        all.push(row.set("y", json!(first)).into_value());
        if basic {
            let y = y.iter().map(|points| if *points >= 4.0 { 1.0 } else { 0.0 }).collect();
            let (row, _) = asked.row(group, &Target::Mean { live, y })?;
            all.push(row.set("y", json!("at_least_basic")).into_value());
        }
    }
    for group in &asked.groups {
        let is_at = |row: usize, level: usize| scored.level[row] == Some(level);
        all.extend(asked.level_rows(group, &live(&group.rows), ("level", &scored.levels), &is_at)?.0);
    }
    Ok(rows(all))
}

/// 100 times the mean over answered items of (x − min)/(max − min), for units that answered enough of them.
fn score(table: &Table, estimate: &Estimate) -> Result<Scored, CaseError> {
    let Estimate::Score {
        items,
        item_min,
        item_max,
        missing_codes,
        min_answered_share,
        cutoffs,
        level_names,
    } = estimate
    else {
        unreachable!("called for scores");
    };
    if level_names.len() != cutoffs.len() + 1 {
        return Err(CaseError::unreadable(format!(
            "{} cutoffs make {} levels, and {} are named",
            cutoffs.len(),
            cutoffs.len() + 1,
            level_names.len()
        )));
    }
    let codes: Vec<String> = missing_codes.iter().map(as_text).collect();
    let columns = items.iter().map(|item| table.column(item)).collect::<Result<Vec<_>, _>>()?;
    let values: Vec<Option<f64>> = (0..table.rows())
        .map(|row| {
            let answered: Vec<f64> = columns
                .iter()
                .filter(|column| column.text(row).is_some_and(|text| !codes.contains(&text)))
                .filter_map(|column| column.number(row))
                .map(|x| (x - item_min) / (item_max - item_min))
                .collect();
            let is_scored = !answered.is_empty()
                && answered.len() as f64 / items.len() as f64 >= min_answered_share - 1e-12;
            is_scored.then(|| 100.0 * answered.iter().sum::<f64>() / answered.len() as f64)
        })
        .collect();
    let level = values
        .iter()
        .map(|value| value.map(|value| cutoffs.iter().filter(|cutoff| **cutoff <= value).count()))
        .collect();
    Ok(Scored { values, levels: level_names.clone(), level })
}

/// Eurostat's Digital Intensity Index: one point per item, levels 0–3, 4–6, 7–9 and 10–12.
fn dii(table: &Table, items: &[String], item_missing: &str) -> Result<Scored, CaseError> {
    let columns = items.iter().map(|item| table.numbers(item)).collect::<Result<Vec<_>, _>>()?;
    let values = (0..table.rows())
        .map(|row| {
            let missing = columns.iter().filter(|column| column[row].is_nan()).count();
            let is_missing = match item_missing {
                "as_zero" => missing == columns.len(),
                "unit_missing" => missing > 0,
                other => {
                    return Err(CaseError::unreadable(format!(
                        "`item_missing`: `{other}` (expected as_zero or unit_missing)"
                    )));
                }
            };
            let points = columns.iter().filter(|column| (column[row] - 1.0).abs() < f64::EPSILON).count();
            Ok((!is_missing).then_some(points as f64))
        })
        .collect::<Result<Vec<Option<f64>>, _>>()?;
    let level = values
        .iter()
        .map(|value| value.map(|points| [4.0, 7.0, 10.0].iter().filter(|from| points >= **from).count()))
        .collect();
    let levels = ["very_low", "low", "high", "very_high"].map(str::to_owned).to_vec();
    Ok(Scored { values, levels, level })
}
