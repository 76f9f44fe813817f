//! What each type of estimate answers.

use serde_json::{Value, json};

use super::adjust::sample;
use super::data::{Column, Table};
use super::read::{Case, Estimate, Missing, Simple, Where, as_text, holds};
use super::reliability;
use super::rows::{Group, Levels, Row, groups, live, live_weights, matrix, number, optional};
use super::{CaseError, Tables};
use crate::diagnostics::{kish_n, quantile7, summarise};
use crate::distribution::DegreesOfFreedom;
use crate::interval::{Method, Proportion};
use crate::quantile::{Rule, quantile};
use crate::sample::{Estimated, Sample};
use crate::table::{FTest, independence};
use crate::target::Target;

pub(super) fn answer(case: &Case, tables: &dyn Tables) -> Result<Value, CaseError> {
    if let Some(answer) = reliability::without_data(&case.estimate)? {
        return Ok(answer);
    }
    let file = &case.data.as_ref().ok_or_else(|| CaseError::unreadable("the case names no `data`"))?.file;
    let table = tables.table(file).map_err(CaseError::Unreadable)?;
    if let Estimate::WeightDiagnostics { weights, by } = &case.estimate {
        return reliability::weight_diagnostics(&table, weights, by.as_ref());
    }
    let sample = sample(case, &table, tables)?;
    if matches!(case.estimate, Estimate::Weights) {
        return Ok(weights(&sample));
    }
    let asked =
        Asked { sample: &sample, table: &table, levels: Levels::of(case)?, groups: groups(case, &table)? };
    match &case.estimate {
        Estimate::Mean(simple) => asked.simple(simple, false),
        Estimate::Total(simple) => asked.simple(simple, true),
        Estimate::Ratio { numerator, denominator, na } => asked.ratio(numerator, denominator, *na),
        Estimate::CategoryShares { y, levels, na, vcov } => asked.shares(y, levels, *na, *vcov),
        Estimate::Proportion { y, na } => asked.proportion(&y.list(), *na, case),
        Estimate::Quantile { y, probs, rule, interval, na } => {
            asked.quantile(y, probs, (rule, interval), *na)
        }
        Estimate::Variance { y, na } => asked.variance(y, *na),
        Estimate::MultiChoice { options, none_column, dont_know_column, denominator } => {
            asked.multi_choice(options, [none_column.as_deref(), dont_know_column.as_deref()], denominator)
        }
        Estimate::Difference { y, a, b, na } => asked.difference(y, a, b, *na),
        Estimate::TtestTwoGroups { y, group, group_a, group_b, na } => {
            asked.ttest(y, group, &[as_text(group_a), as_text(group_b)], *na)
        }
        Estimate::Chisq { row, col, na, wald } => asked.chisq(row, col, *na, *wald),
        Estimate::CronbachAlpha { items, reversed, reverse_constant } => {
            reliability::alpha(&asked, items, reversed, *reverse_constant)
        }
        Estimate::Score { .. } | Estimate::Dii { .. } => reliability::score_or_dii(&asked, &case.estimate),
        Estimate::Weights
        | Estimate::WeightDiagnostics { .. }
        | Estimate::PAdjust { .. }
        | Estimate::QualityFlags { .. } => unreachable!("answered above"),
    }
}

fn weights(sample: &Sample) -> Value {
    let w = sample.weights();
    let summary = summarise(w);
    let mut g: Vec<f64> =
        w.iter().zip(sample.base()).filter(|(_, d)| **d > 0.0).map(|(w, d)| w / d).collect();
    g.sort_by(f64::total_cmp);
    let quantiles: serde_json::Map<String, Value> = [0.0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1.0]
        .into_iter()
        .map(|p| (format!("{p}"), number(quantile7(&g, p))))
        .collect();
    let mut answer = reliability::summary(&summary);
    answer.insert("weights".to_owned(), w.iter().copied().map(number).collect());
    answer.insert("ratio_quantiles_type7".to_owned(), Value::Object(quantiles));
    answer.insert("ratio_mean".to_owned(), number(g.iter().sum::<f64>() / g.len() as f64));
    Value::Object(answer)
}

/// A case ready to be answered.
pub(super) struct Asked<'a> {
    pub(super) sample: &'a Sample,
    pub(super) table: &'a Table,
    pub(super) levels: Levels,
    pub(super) groups: Vec<Group>,
}

/// The rows of an answer.
pub(super) fn rows(rows: Vec<Value>) -> Value {
    Value::Object([("rows".to_owned(), Value::Array(rows))].into_iter().collect())
}

impl Asked<'_> {
    /// A mean or a total, one row.
    pub(super) fn row(&self, group: &Group, target: &Target) -> Result<(Row, Estimated), CaseError> {
        let estimated = self.sample.estimate(std::slice::from_ref(target))?;
        let row = Row::new(group).estimate(self.sample, &estimated, 0, target.live(), &self.levels);
        Ok((row, estimated))
    }

    fn numbers_of(&self, names: &[String]) -> Result<Vec<Vec<f64>>, CaseError> {
        names.iter().map(|name| self.table.numbers(name)).collect()
    }

    fn simple(&self, simple: &Simple, is_total: bool) -> Result<Value, CaseError> {
        let names = simple.y.list();
        let columns = self.numbers_of(&names)?;
        let target = |live: &[bool], y: &[f64]| {
            let (live, y) = (live.to_vec(), y.to_vec());
            if is_total { Target::Total { live, y } } else { Target::Mean { live, y } }
        };
        let (mut all, mut matrices) = (Vec::new(), Vec::new());
        for group in &self.groups {
            let complete = |rows: &[bool]| -> Result<Vec<bool>, CaseError> {
                columns.iter().zip(&names).try_fold(rows.to_vec(), |rows, (y, name)| {
                    Ok(live(&rows, &[(name, &|row| y[row].is_nan())], simple.na)?)
                })
            };
            let lives: Vec<Vec<bool>> = if simple.joint {
                vec![complete(&group.rows)?; names.len()]
            } else {
                columns
                    .iter()
                    .zip(&names)
                    .map(|(y, name)| live(&group.rows, &[(name, &|row| y[row].is_nan())], simple.na))
                    .collect::<Result<_, _>>()?
            };
            let targets: Vec<Target> = lives.iter().zip(&columns).map(|(live, y)| target(live, y)).collect();
            let together =
                if simple.joint || simple.vcov { Some(self.sample.estimate(&targets)?) } else { None };
            if simple.vcov {
                matrices.extend(together.as_ref().map(matrix));
            }
            for (index, (target, name)) in targets.iter().zip(&names).enumerate() {
                let (mut row, estimated) = self.row(group, target)?;
                row = row.set("y", json!(name));
                if let Some(kind) = &simple.deff {
                    let v = estimated.covariance[(0, 0)];
                    row = row.set("deff", number(self.deff(target, &columns[index], v, kind, is_total)?));
                }
                all.push(row.into_value());
            }
        }
        let mut answer = rows(all);
        if simple.vcov {
            answer["vcov"] = json!(matrices);
        }
        Ok(answer)
    }

    /// V over the variance of a simple random sample of the same size.
    fn deff(&self, target: &Target, y: &[f64], v: f64, kind: &str, is_total: bool) -> Result<f64, CaseError> {
        let w = self.sample.weights();
        let live: Vec<usize> = (0..y.len()).filter(|row| target.live()[*row]).collect();
        let n = live.len() as f64;
        let size: f64 = live.iter().map(|row| w[*row]).sum();
        let mean = live.iter().map(|row| w[*row] * y[*row]).sum::<f64>() / size;
        let s2 =
            n / (n - 1.0) * live.iter().map(|row| w[*row] * (y[*row] - mean).powi(2)).sum::<f64>() / size;
        let simple = match kind {
            "wor" => s2 * (size - n) / (size * n),
            "wr" => s2 / n,
            other => {
                return Err(CaseError::unreadable(format!("`deff`: `{other}` (expected wor or wr)")));
            }
        };
        Ok(v / if is_total { simple * size * size } else { simple })
    }

    fn ratio(&self, numerator: &str, denominator: &str, na: Missing) -> Result<Value, CaseError> {
        let (top, bottom) = (self.table.numbers(numerator)?, self.table.numbers(denominator)?);
        let name = format!("{numerator}/{denominator}");
        let each = self.groups.iter().map(|group| {
            let live = live(
                &group.rows,
                &[(numerator, &|row| top[row].is_nan()), (denominator, &|row| bottom[row].is_nan())],
                na,
            )?;
            let target = Target::Ratio { live, numerator: top.clone(), denominator: bottom.clone() };
            Ok(self.row(group, &target)?.0.set("y", json!(name)).into_value())
        });
        Ok(rows(each.collect::<Result<_, CaseError>>()?))
    }

    /// The share of each level, with the covariances of the shares.
    pub(super) fn level_rows(
        &self,
        group: &Group,
        live: &[bool],
        (name, levels): (&str, &[String]),
        is_at: &dyn Fn(usize, usize) -> bool,
    ) -> Result<(Vec<Value>, Estimated), CaseError> {
        let targets: Vec<Target> = (0..levels.len())
            .map(|level| Target::Mean {
                live: live.to_vec(),
                y: (0..live.len()).map(|row| if is_at(row, level) { 1.0 } else { 0.0 }).collect(),
            })
            .collect();
        let estimated = self.sample.estimate(&targets)?;
        let row = |(index, level): (usize, &String)| {
            Row::new(group)
                .estimate(self.sample, &estimated, index, live, &self.levels)
                .set("y", json!(name))
                .set("level", json!(level))
                .into_value()
        };
        Ok((levels.iter().enumerate().map(row).collect(), estimated))
    }

    fn shares(&self, y: &str, levels: &[Value], na: Missing, vcov: bool) -> Result<Value, CaseError> {
        let texts = self.table.texts(y)?;
        let levels: Vec<String> = levels.iter().map(as_text).collect();
        let (mut all, mut matrices) = (Vec::new(), Vec::new());
        for group in &self.groups {
            let live = live(&group.rows, &[(y, &|row| texts[row].is_none())], na)?;
            let is_at = |row: usize, level: usize| texts[row].as_ref() == Some(&levels[level]);
            let (found, estimated) = self.level_rows(group, &live, (y, &levels), &is_at)?;
            all.extend(found);
            matrices.push(matrix(&estimated));
        }
        let mut answer = rows(all);
        if vcov {
            answer["vcov"] = json!(matrices);
        }
        Ok(answer)
    }

    fn proportion(&self, names: &[String], na: Missing, case: &Case) -> Result<Value, CaseError> {
        let methods = case.ci.clone().unwrap_or_default().methods;
        let methods = if methods.is_empty() { vec!["wilson_kish".to_owned()] } else { methods };
        let columns = self.numbers_of(names)?;
        let mut all = Vec::new();
        for group in &self.groups {
            for (y, name) in columns.iter().zip(names) {
                let live = live(&group.rows, &[(name, &|row| y[row].is_nan())], na)?;
                let estimated = self.sample.estimate(&[Target::Mean { live: live.clone(), y: y.clone() }])?;
                let weights = live_weights(self.sample, &live);
                let is_constant = {
                    let mut values = (0..y.len()).filter(|row| live[*row]).map(|row| y[row]);
                    let first = values.next();
                    values.all(|value| Some(value) == first)
                };
                // When all answers are equal, rounding must not make of the share something else than 0 or 1.
                let p = if is_constant { estimated.values[0].round() } else { estimated.values[0] };
                let proportion = Proportion {
                    p,
                    variance: if is_constant { 0.0 } else { estimated.covariance[(0, 0)].max(0.0) },
                    n: weights.len() as f64,
                    n_kish: kish_n(&weights),
                    df: self.levels.df(estimated.df),
                    level: self.levels.level,
                };
                let mut intervals = serde_json::Map::new();
                for name in &methods {
                    let known = Method::NAMES.iter().find(|(known, _)| known == name);
                    let (_, method) = known.ok_or_else(|| {
                        CaseError::unreadable(format!(
                            "`{name}` is not a method of intervals for proportions"
                        ))
                    })?;
                    let found = proportion.interval(*method).filter(|_| !weights.is_empty());
                    // A method that stays defined when all answers are equal says so even where it has no limits.
                    let none = match method {
                        Method::BetaNchs | Method::WilsonKish => json!({ "lower": null, "upper": null }),
                        _ => Value::Null,
                    };
                    let limits = found.map_or(
                        none,
                        |(lower, upper)| json!({ "lower": number(lower), "upper": number(upper) }),
                    );
                    intervals.insert(name.clone(), limits);
                }
                let row = Row::new(group)
                    .set("y", json!(name))
                    .set("estimate", number(p))
                    .set("se", if p.is_nan() { Value::Null } else { number(proportion.variance.sqrt()) })
                    .set("df", self.levels.df_json(estimated.df))
                    .set("n_eff", optional(proportion.n_effective()))
                    .set("n_eff_kish", number(proportion.n_kish))
                    .set("ci", Value::Object(intervals))
                    .stands_on(self.sample, &live);
                all.push(row.into_value());
            }
        }
        Ok(rows(all))
    }

    fn quantile(
        &self,
        name: &str,
        probs: &[f64],
        (rule, interval): (&str, &str),
        na: Missing,
    ) -> Result<Value, CaseError> {
        let rule = match rule {
            "math" => Rule::Math,
            "school" => Rule::School,
            "hf7" => Rule::Hf7,
            other => {
                return Err(CaseError::unreadable(format!(
                    "`rule`: `{other}` (expected math, school or hf7)"
                )));
            }
        };
        let method = match interval {
            "mean" => Method::Wald,
            "xlogit" => Method::Logit,
            "beta" => Method::Beta,
            other => {
                return Err(CaseError::unreadable(format!(
                    "`interval`: `{other}` (expected mean, xlogit or beta)"
                )));
            }
        };
        let y = self.table.numbers(name)?;
        let mut all = Vec::new();
        for group in &self.groups {
            let live = live(&group.rows, &[(name, &|row| y[row].is_nan())], na)?;
            for p in probs {
                let found =
                    quantile(self.sample, &live, &y, *p, rule, method, (self.levels.df, self.levels.level))?;
                let row = Row::new(group)
                    .set("y", json!(name))
                    .set("prob", number(*p))
                    .set("estimate", number(found.value))
                    .set("ci_lower", optional(found.interval.0))
                    .set("ci_upper", optional(found.interval.1))
                    .set("se", optional(found.standard_error))
                    .set("df", self.levels.df_json(found.df))
                    .set("n", json!(live.iter().filter(|live| **live).count()));
                all.push(row.into_value());
            }
        }
        Ok(rows(all))
    }

    /// n/(n−1) times the weighted mean of (y − ȳ)², ȳ taken as fixed.
    fn variance(&self, name: &str, na: Missing) -> Result<Value, CaseError> {
        let y = self.table.numbers(name)?;
        let each = self.groups.iter().map(|group| {
            let live = live(&group.rows, &[(name, &|row| y[row].is_nan())], na)?;
            let n = live.iter().filter(|live| **live).count() as f64;
            let mean = Target::Mean { live: live.clone(), y: y.clone() }.value(self.sample.weights());
            let squares = y.iter().map(|y| n / (n - 1.0) * (y - mean).powi(2)).collect();
            let (row, _) = self.row(group, &Target::Mean { live, y: squares })?;
            Ok(row.set("y", json!(name)).into_value())
        });
        Ok(rows(each.collect::<Result<_, CaseError>>()?))
    }

    fn multi_choice(
        &self,
        options: &[String],
        [none, dont_know]: [Option<&str>; 2],
        denominator: &str,
    ) -> Result<Value, CaseError> {
        let columns = self.numbers_of(options)?;
        let others = [none, dont_know].map(|name| name.map(|name| self.table.numbers(name)).transpose());
        let [none, dont_know] = others;
        let (none, dont_know) = (none?, dont_know?);
        let is_one = |column: &[f64], row: usize| (column[row] - 1.0).abs() < f64::EPSILON;
        let answered = |row: usize| {
            columns.iter().chain(none.iter()).chain(dont_know.iter()).any(|column| !column[row].is_nan())
        };
        let cited: Vec<Vec<f64>> = columns
            .iter()
            .map(|column| (0..column.len()).map(|row| if is_one(column, row) { 1.0 } else { 0.0 }).collect())
            .collect();
        let count: Vec<f64> =
            (0..self.table.rows()).map(|row| cited.iter().map(|column| column[row]).sum()).collect();
        let is_in = |row: usize| match denominator {
            "base" => Ok(true),
            "answered" => Ok(answered(row)),
            "substantive" => {
                Ok(answered(row) && !dont_know.as_ref().is_some_and(|column| is_one(column, row)))
            }
            "citers" => Ok(count[row] > 0.0),
            other => Err(CaseError::unreadable(format!(
                "`denominator`: `{other}` (expected base, answered, substantive or citers)"
            ))),
        };
        let inside = (0..self.table.rows()).map(is_in).collect::<Result<Vec<bool>, _>>()?;
        let mut all = Vec::new();
        for group in &self.groups {
            let live: Vec<bool> = group.rows.iter().zip(&inside).map(|(a, b)| *a && *b).collect();
            let mut push = |name: &str, measure: &str, target: &Target| -> Result<(), CaseError> {
                let (row, _) = self.row(group, target)?;
                all.push(row.set("y", json!(name)).set("measure", json!(measure)).into_value());
                Ok(())
            };
            for (name, y) in options.iter().zip(&cited) {
                push(name, "share_of_units", &Target::Mean { live: live.clone(), y: y.clone() })?;
            }
            for (name, y) in options.iter().zip(&cited) {
                let target =
                    Target::Ratio { live: live.clone(), numerator: y.clone(), denominator: count.clone() };
                push(name, "share_of_citations", &target)?;
            }
            push("", "mean_number_cited", &Target::Mean { live, y: count.clone() })?;
        }
        Ok(rows(all))
    }

    fn difference(&self, name: &str, a: &[Where], b: &[Where], na: Missing) -> Result<Value, CaseError> {
        let y = self.table.numbers(name)?;
        let sets = [holds(self.table, a)?, holds(self.table, b)?];
        let mut all = Vec::new();
        for group in &self.groups {
            let side = |set: &[bool]| {
                let rows: Vec<bool> = set.iter().zip(&group.rows).map(|(a, b)| *a && *b).collect();
                live(&rows, &[(name, &|row| y[row].is_nan())], na)
            };
            let (a, b) = (side(&sets[0])?, side(&sets[1])?);
            let estimated = self.sample.estimate(&[
                Target::Mean { live: a.clone(), y: y.clone() },
                Target::Mean { live: b.clone(), y: y.clone() },
            ])?;
            let v = &estimated.covariance;
            let se = (v[(0, 0)] + v[(1, 1)] - 2.0 * v[(0, 1)]).max(0.0).sqrt();
            let difference = estimated.values[0] - estimated.values[1];
            let df = self.levels.df(estimated.df);
            let half = df.quantile(self.levels.level).map(|t| t * se);
            let count = |live: &[bool]| json!(live.iter().filter(|live| **live).count());
            let row = Row::new(group)
                .set("y", json!(name))
                .set("estimate_a", number(estimated.values[0]))
                .set("estimate_b", number(estimated.values[1]))
                .set("estimate", number(difference))
                .set("var_a", number(v[(0, 0)]))
                .set("var_b", number(v[(1, 1)]))
                .set("cov_ab", number(v[(0, 1)]))
                .set("se", number(se))
                .set("df", self.levels.df_json(estimated.df))
                .set("t", number(difference / se))
                .set("p_value", optional(df.p_value(difference / se)))
                .set("ci_lower", optional(half.map(|half| difference - half)))
                .set("ci_upper", optional(half.map(|half| difference + half)))
                .set("n_a", count(&a))
                .set("n_b", count(&b));
            all.push(row.into_value());
        }
        Ok(rows(all))
    }

    /// Mean of the second group less that of the first, with one degree of freedom less than the design has.
    fn ttest(&self, name: &str, group: &str, sides: &[String; 2], na: Missing) -> Result<Value, CaseError> {
        let y = self.table.numbers(name)?;
        let texts = self.table.texts(group)?;
        let mut all = Vec::new();
        for place in &self.groups {
            let side = |wanted: &String| {
                let rows: Vec<bool> =
                    (0..y.len()).map(|row| place.rows[row] && texts[row].as_ref() == Some(wanted)).collect();
                live(&rows, &[(name, &|row| y[row].is_nan())], na)
            };
            let (one, other) = (side(&sides[0])?, side(&sides[1])?);
            let count = one.iter().zip(&other).filter(|(one, other)| **one || **other).count();
            let estimated = self.sample.estimate(&[
                Target::Mean { live: other, y: y.clone() },
                Target::Mean { live: one, y: y.clone() },
            ])?;
            let covariance = &estimated.covariance;
            let se = (covariance[(0, 0)] + covariance[(1, 1)] - 2.0 * covariance[(0, 1)]).max(0.0).sqrt();
            let difference = estimated.values[0] - estimated.values[1];
            let df = DegreesOfFreedom::Finite(estimated.df - 1.0);
            let half = df.quantile(self.levels.level).map(|t| t * se);
            let row = Row::new(place)
                .set("y", json!(name))
                .set("estimate", number(difference))
                .set("se", number(se))
                .set("t", number(difference / se))
                .set("df", number(estimated.df - 1.0))
                .set("p_value", optional(df.p_value(difference / se)))
                .set("ci_lower", optional(half.map(|half| difference - half)))
                .set("ci_upper", optional(half.map(|half| difference + half)))
                .set("n", json!(count));
            all.push(row.into_value());
        }
        Ok(rows(all))
    }

    fn chisq(&self, row: &str, column: &str, na: Missing, with_wald: bool) -> Result<Value, CaseError> {
        let (first, second) = (self.table.column(row)?, self.table.column(column)?);
        let mut all = Vec::new();
        for group in &self.groups {
            let live = live(
                &group.rows,
                &[(row, &|at| first.text(at).is_none()), (column, &|at| second.text(at).is_none())],
                na,
            )?;
            let numbered = |column: &Column| {
                let mut levels: Vec<String> =
                    (0..live.len()).filter(|at| live[*at]).filter_map(|at| column.text(at)).collect();
                levels.sort();
                levels.dedup();
                let places: Vec<Option<usize>> = (0..live.len())
                    .map(|at| {
                        column.text(at).filter(|_| live[at]).and_then(|text| levels.binary_search(&text).ok())
                    })
                    .collect();
                (places, levels.len())
            };
            let ((rows_of, r), (columns_of, c)) = (numbered(first), numbered(second));
            if r < 2 || c < 2 {
                return Err(CaseError::unreadable(format!(
                    "`{row}` has {r} categories and `{column}` {c} in the domain (expected two or more of each)"
                )));
            }
            let found = independence(self.sample, &rows_of, &columns_of, (r, c))?;
            let f = |test: &FTest| {
                json!({
                    "statistic": number(test.statistic),
                    "ndf": number(test.ndf),
                    "ddf": number(test.ddf),
                    "p_value": optional(test.p_value),
                })
            };
            let mut answer = Row::new(group)
                .set("pearson_x2", number(found.pearson))
                .set("n", json!(found.n))
                .set("f", f(&found.second_order))
                .set(
                    "chisq_first_order",
                    // The mean of the eigenvalues is not part of the answer's format, which has it `null`.
                    json!({
                        "statistic": number(found.pearson),
                        "mean_delta": Value::Null,
                        "df": number(found.df),
                        "p_value": optional(found.first_order_p),
                    }),
                );
            if with_wald {
                answer = answer.set("wald", f(&found.wald)).set("adj_wald", f(&found.adjusted_wald));
            }
            all.push(answer.into_value());
        }
        Ok(rows(all))
    }
}
