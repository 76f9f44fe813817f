//! `cells.csv` and `meta.json`, as a publication folder has them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Breakdown, Cell, Question, Release, Shown};
use crate::domain::Domain;
use crate::error::AuditError;

const CELLS: &str = "cells.csv";
const META: &str = "meta.json";
const TOTAL: &str = "_T";
const SUPPRESSED: &str = "nd";

/// Columns that name a cell; every other one says something about it.
const NAMES: [&str; 5] = ["channel", "table_id", "edition", "indicator", "category"];

/// Least number of respondents when `meta.json` does not say (`disclosure.md`, 3.1).
const N_MIN: u32 = 11;

impl Release {
    /// Reads a release from its two files. Tolerant of what does not matter: a column that is missing displays nothing, a
    /// question that `meta.json` does not know is a share without completeness.
    ///
    /// # Errors
    /// When a file is not CSV or JSON, a column that names cells is missing, or a displayed value is not one.
    pub fn read(cells: &str, meta: &str) -> Result<Self, AuditError> {
        let meta: Value =
            serde_json::from_str(meta).map_err(|error| AuditError::malformed(META, error.to_string()))?;
        let mut release = Self::new("", N_MIN);
        release.read_meta(&meta)?;
        release.read_cells(cells)?;
        Ok(release)
    }

    fn read_meta(&mut self, meta: &Value) -> Result<(), AuditError> {
        if let Some(n_min) = meta.get("n_min").and_then(Value::as_u64) {
            self.n_min = u32::try_from(n_min).map_err(|_| {
                AuditError::malformed(META, format!("`n_min` is {n_min} (expected a small number)"))
            })?;
        }
        self.design_effect = meta.get("design_effect").and_then(Value::as_f64);
        for (code, dimension) in entries(meta.get("dims")) {
            let values = texts(dimension.get("values").unwrap_or(dimension));
            let is_partition = dimension.get("type").and_then(Value::as_str) != Some("overlap");
            self.dimensions.insert(code, Breakdown { is_partition, values });
        }
        for (code, indicator) in entries(meta.get("indicators")) {
            let mut question = Question::yes_or_no(&code);
            question.categories = texts(indicator.get("categories").unwrap_or(&Value::Null));
            if question.categories.is_empty() {
                question.categories.push(TOTAL.to_owned());
            }
            let is_true = |key: &str| indicator.get(key).and_then(Value::as_bool) == Some(true);
            question.is_complete =
                (is_true("complete") || is_true("completeness")) && question.categories.len() > 1;
            if let Some(base) = indicator.get("base").and_then(Value::as_str) {
                base.clone_into(&mut question.base);
            }
            let unit = indicator.get("unit").or_else(|| indicator.get("type")).and_then(Value::as_str);
            question.is_share = unit.is_none_or(|unit| matches!(unit, "percent" | "share"));
            let number = |key: &str| indicator.get(key).and_then(Value::as_f64);
            question.range = (number("min").unwrap_or(0.0), number("max").unwrap_or(100.0));
            self.question(question);
        }
        self.subsets = pairs(meta.get("subsets"));
        for (dimension, values) in entries(meta.get("nested")) {
            for (code, around) in entries(Some(values)) {
                if let (Some(outer), Some(value)) =
                    (around.get("dim").and_then(Value::as_str), around.get("value").and_then(Value::as_str))
                {
                    self.nested.insert((dimension.clone(), code), (outer.to_owned(), value.to_owned()));
                }
            }
        }
        Ok(())
    }

    fn read_cells(&mut self, text: &str) -> Result<(), AuditError> {
        let malformed = |message: String| AuditError::malformed(CELLS, message);
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let header = reader.headers().map_err(|error| malformed(error.to_string()))?.clone();
        for name in ["indicator", "estimate"] {
            if !header.iter().any(|found| found == name) {
                return Err(malformed(format!("there is no column `{name}`")));
            }
        }
        for (number, record) in reader.records().enumerate() {
            let record = record.map_err(|error| malformed(error.to_string()))?;
            let row: BTreeMap<&str, &str> = header.iter().zip(record.iter().map(str::trim)).collect();
            let line = number + 2;
            self.read_row(&row, line).map_err(|message| malformed(format!("line {line}: {message}")))?;
        }
        self.merge_bases();
        Ok(())
    }

    /// Two questions that show the same numbers, and withhold the same domains, everywhere are asked of the same
    /// respondents, whatever their bases are called; those with the most are asked of everybody.
    fn merge_bases(&mut self) {
        type Numbers = BTreeMap<usize, Option<(u32, u32)>>;
        let mut numbers: BTreeMap<usize, Numbers> = BTreeMap::new();
        for cell in self.cells.iter().filter(|cell| cell.category == 0) {
            let shown = cell.shown.as_ref().and_then(|shown| shown.n);
            numbers.entry(cell.question.0).or_default().insert(cell.domain.0, shown);
        }
        let mut bases: BTreeMap<Numbers, String> = BTreeMap::new();
        for (question, numbers) in &numbers {
            if numbers.values().any(Option::is_some) {
                bases.entry(numbers.clone()).or_insert_with(|| self.questions[*question].base.clone());
            }
        }
        let most =
            |numbers: &Numbers| numbers.values().flatten().map(|(_, most)| u64::from(*most)).sum::<u64>();
        let everybody = bases.keys().max_by_key(|numbers| most(numbers)).cloned();
        for (question, numbers) in numbers {
            if let Some(base) = bases.get(&numbers) {
                self.questions[question].base =
                    if Some(&numbers) == everybody.as_ref() { String::new() } else { base.clone() };
            }
        }
    }

    fn read_row(&mut self, row: &BTreeMap<&str, &str>, line: usize) -> Result<(), String> {
        let get = |name: &str| row.get(name).copied().unwrap_or_default();
        let mut domain = Domain::all();
        for (name, code) in row {
            if let Some(dimension) = name.strip_prefix("d_").filter(|_| *code != TOTAL && !code.is_empty()) {
                domain = domain.and(dimension, code);
                let known = self
                    .dimensions
                    .entry(dimension.to_owned())
                    .or_insert_with(|| Breakdown { is_partition: false, values: Vec::new() });
                if !known.values.iter().any(|value| value == code) {
                    known.values.push((*code).to_owned());
                }
            }
        }
        if self.edition.is_empty() {
            get("edition").clone_into(&mut self.edition);
        }
        let category = if get("category").is_empty() { TOTAL } else { get("category") };
        let code = get("indicator");
        let question = self.question_id(code).unwrap_or_else(|| {
            let categories = vec![category.to_owned()];
            self.question(Question { categories, ..Question::yes_or_no(code) })
        });
        let categories = &mut self.questions[question.0].categories;
        let category = categories.iter().position(|known| known == category).unwrap_or_else(|| {
            categories.push(category.to_owned());
            categories.len() - 1
        });
        let is_suppressed = get("suppressed") == "1" || matches!(get("estimate"), SUPPRESSED | "");
        let domain = self.domain(domain);
        if is_suppressed {
            let telling: Vec<&str> = row
                .iter()
                .filter(|(name, _)| {
                    !name.starts_with("d_") && !NAMES.contains(name) && **name != "suppressed"
                })
                .filter(|(name, value)| !(value.is_empty() || **name == "estimate" && **value == SUPPRESSED))
                .map(|(name, _)| *name)
                .collect();
            if !telling.is_empty() {
                self.telling.push((
                    domain,
                    question,
                    format!("line {line} of {CELLS} fills {}", telling.join(", ")),
                ));
            }
        }
        let range = self.questions[question.0].range;
        let shown = if is_suppressed { None } else { Some(read_shown(&get, range)?) };
        self.push(Cell {
            channel: get("channel").to_owned(),
            table: get("table_id").to_owned(),
            domain,
            question,
            category,
            shown,
        });
        Ok(())
    }
}

fn read_shown<'a>(get: &impl Fn(&str) -> &'a str, range: (f64, f64)) -> Result<Shown, String> {
    let number = |name: &str| -> Result<Option<f64>, String> {
        let text = get(name);
        if text.is_empty() {
            return Ok(None);
        }
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Some(value)),
            _ => Err(format!("`{name}` is `{text}` (expected a number)")),
        }
    };
    let count = |name: &str| -> Result<Option<u32>, String> {
        number(name)?
            .map(|value| {
                let rounded = value.round();
                if (rounded - value).abs() > 1e-9 || !(0.0..=f64::from(u32::MAX)).contains(&rounded) {
                    return Err(format!("`{name}` is {value} (expected a whole number)"));
                }
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "checked just above"
                )]
                let count = rounded as u32;
                Ok(count)
            })
            .transpose()
    };
    let text = get("estimate").to_owned();
    let step = number("step")?;
    let (lo, hi) = match (number("lo")?, number("hi")?) {
        (Some(lo), Some(hi)) => (lo, hi),
        _ => read_estimate(&text, step, range)?,
    };
    if lo > hi {
        return Err(format!("`lo` is {lo} and `hi` is {hi} (expected `lo` under `hi`)"));
    }
    let n = match (count("n_lo")?, count("n_hi")?) {
        (Some(least), Some(most)) => Some((least, most)),
        _ => read_n(get("n"), number("n_step")?)?,
    };
    let se = number("se")?.map(|se| {
        let half = digit(get("se")) / 2.0;
        ((se - half).max(0.0), se + half)
    });
    let ci = number("ci_lo")?.zip(number("ci_hi")?);
    Ok(Shown { text, lo, hi, step, n, se, ci, pop: number("pop")? })
}

/// Value of the last digit written.
pub(super) fn digit(text: &str) -> f64 {
    let decimals = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    10_f64.powi(-i32::try_from(decimals).unwrap_or(9))
}

/// The interval that a written estimate stands for, where the file does not say it.
fn read_estimate(text: &str, step: Option<f64>, range: (f64, f64)) -> Result<(f64, f64), String> {
    let unknown =
        || format!("`estimate` is `{text}` (expected a number, `au plus N`, `au moins N`, `N-M` or `nd`)");
    let parse = |part: &str| part.trim().replace(',', ".").parse::<f64>().map_err(|_| unknown());
    let most = ["au plus ", "≤", "<="].into_iter().find_map(|word| text.strip_prefix(word));
    let least = ["au moins ", "≥", ">="].into_iter().find_map(|word| text.strip_prefix(word));
    if let Some(limit) = most {
        let limit = parse(limit)?;
        return Ok((range.0, limit + step.unwrap_or_default() / 2.0));
    }
    if let Some(limit) = least {
        let limit = parse(limit)?;
        return Ok((limit - step.unwrap_or_default() / 2.0, range.1));
    }
    if let Some((low, high)) = text.split_once('-').filter(|(low, _)| !low.is_empty()) {
        return Ok((parse(low)?, parse(high)?));
    }
    let value = parse(text)?;
    let half = step.unwrap_or_else(|| digit(text)) / 2.0;
    Ok((value - half, value + half))
}

fn read_n(text: &str, step: Option<f64>) -> Result<Option<(u32, u32)>, String> {
    let unknown = || format!("`n` is `{text}` (expected a number or a class such as `11-19`)");
    if text.is_empty() {
        return Ok(None);
    }
    if let Some((least, most)) = text.split_once(['-', '–']) {
        let parse = |part: &str| part.trim().parse::<u32>().map_err(|_| unknown());
        return Ok(Some((parse(least)?, parse(most)?)));
    }
    let n = text.parse::<u32>().map_err(|_| unknown())?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "half of a small rounding step"
    )]
    let half = (step.unwrap_or_default() / 2.0).max(0.0) as u32;
    Ok(Some((n.saturating_sub(half).max(1), n + half)))
}

/// The entries of an object, or of a list whose items have a `code`.
fn entries(value: Option<&Value>) -> Vec<(String, &Value)> {
    match value {
        Some(Value::Object(map)) => map.iter().map(|(code, value)| (code.clone(), value)).collect(),
        Some(Value::Array(list)) => list
            .iter()
            .filter_map(|item| {
                Some((item.get("code").or_else(|| item.get("name"))?.as_str()?.to_owned(), item))
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn texts(value: &Value) -> Vec<String> {
    let code = |item: &Value| item.as_str().or_else(|| item.get("code")?.as_str()).map(str::to_owned);
    value.as_array().into_iter().flatten().filter_map(code).collect()
}

/// Pairs inner, outer: as lists of two, as objects, or as an object from inner to outer.
fn pairs(value: Option<&Value>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    match value {
        Some(Value::Array(list)) => {
            for item in list {
                let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
                let pair = match item {
                    Value::Array(pair) => text(pair.first()).zip(text(pair.get(1))),
                    item => text(item.get("inner").or_else(|| item.get("subset")))
                        .zip(text(item.get("outer").or_else(|| item.get("superset")))),
                };
                found.extend(pair);
            }
        }
        Some(Value::Object(map)) => {
            for (inner, outer) in map {
                match outer {
                    Value::String(outer) => found.push((inner.clone(), outer.clone())),
                    outer => found.extend(texts(outer).into_iter().map(|outer| (inner.clone(), outer))),
                }
            }
        }
        _ => {}
    }
    found.sort();
    found
}
