//! The published figures for programs: the rows of `cells.csv`, as they stand there.
//!
//! `GET /{edition}/api/v1/cells?indicator=STR_IMPORTANT&taille=t0`: an indicator, and a code for each breakdown that the group is
//! of. There is no list, no filter and no sum (`disclosure.md`, 5.2, control 22): a question names one group, and its answer
//! is that group's rows. Rows that are withheld are not even kept in memory: what is withheld, what is of nobody, what was not
//! planned and what does not exist are one and the same answer, but for the codes asked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::tags::Stamp;

/// The table of a site.
pub(crate) const CELLS: &str = "cells.csv";
/// A breakdown that a group is not of.
const TOTAL: &str = "_T";
/// What begins the columns that are breakdowns.
const DIMENSION: &str = "d_";
/// What a row that is withheld shows.
const WITHHELD: &str = "nd";
/// The name of the indicator, in the table and in a question.
const INDICATOR: &str = "indicator";
/// The longest code that is looked up, in characters.
const LONGEST: usize = 100;

/// The tables that were read, as long as their files are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tables(Arc<Mutex<BTreeMap<PathBuf, Arc<Table>>>>);

/// What a table shows.
#[derive(Debug)]
struct Table {
    stamp: Stamp,
    edition: String,
    /// Codes of the breakdowns, in the order of the columns.
    dimensions: Vec<String>,
    /// By indicator, then a code for each breakdown.
    shown: BTreeMap<Vec<String>, Vec<Row>>,
}

/// What a row shows, in the words of the table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
struct Row {
    category: String,
    estimate: String,
    step: String,
    lo: String,
    hi: String,
    n: String,
    n_step: String,
    n_lo: String,
    n_hi: String,
    ci_lo: String,
    ci_hi: String,
    pop: String,
    suppressed: String,
}

/// The rows of a group.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    edition: &'a str,
    indicator: &'a str,
    domain: BTreeMap<&'a str, &'a str>,
    rows: &'a [Row],
}

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum QuestionError {
    /// The table is not there, or not one.
    #[error("this edition has no table of figures")]
    NoTable,
    /// No indicator.
    #[error("no indicator was named; add `indicator=` and a code of indicators.csv")]
    NoIndicator,
    /// Not a breakdown.
    #[error("`{found}` is no breakdown of this edition (expected {expected})")]
    Breakdown {
        /// What was found.
        found: String,
        /// What is known.
        expected: String,
    },
    /// Named twice.
    #[error("`{0}` was given twice; a group has one code in each breakdown")]
    Twice(String),
    /// No code is as long.
    #[error("the code of `{0}` is longer than any")]
    Long(String),
}

impl Tables {
    /// Answers a question about the table of a site.
    pub(crate) async fn answer(&self, site: &Path, query: &str) -> Result<Vec<u8>, QuestionError> {
        let table = self.table(&site.join(CELLS)).await.ok_or(QuestionError::NoTable)?;
        table.answer(query)
    }

    async fn table(&self, path: &Path) -> Option<Arc<Table>> {
        let stamp = Stamp::of(path)?;
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(table) = known().get(path).filter(|table| table.stamp == stamp) {
            return Some(Arc::clone(table));
        }
        let read = path.to_owned();
        let table = tokio::task::spawn_blocking(move || Table::read(&read, stamp)).await.ok()??;
        let table = Arc::new(table);
        known().insert(path.to_owned(), Arc::clone(&table));
        Some(table)
    }
}

impl Table {
    /// Reads a table; `None` when it is not one of ours.
    fn read(path: &Path, stamp: Stamp) -> Option<Self> {
        let mut reader = csv::Reader::from_path(path).ok()?;
        let header = reader.headers().ok()?.clone();
        let place = |name: &str| header.iter().position(|column| column == name);
        let (of_edition, of_indicator) = (place("edition")?, place(INDICATOR)?);
        let columns: Vec<(usize, String)> = header
            .iter()
            .enumerate()
            .filter_map(|(at, column)| Some((at, column.strip_prefix(DIMENSION)?.to_owned())))
            .collect();
        let mut edition = String::new();
        let mut shown: BTreeMap<Vec<String>, Vec<Row>> = BTreeMap::new();
        for record in reader.records() {
            let record = record.ok()?;
            let row: Row = record.deserialize(Some(&header)).ok()?;
            record.get(of_edition)?.clone_into(&mut edition);
            if row.suppressed == "0" {
                let codes = columns.iter().map(|(at, _)| *at);
                let key =
                    std::iter::once(of_indicator).chain(codes).map(|at| record[at].to_owned()).collect();
                shown.entry(key).or_default().push(row);
            }
        }
        let dimensions = columns.into_iter().map(|(_, code)| code).collect();
        Some(Self { stamp, edition, dimensions, shown })
    }

    fn answer(&self, query: &str) -> Result<Vec<u8>, QuestionError> {
        let mut asked: BTreeMap<String, String> = BTreeMap::new();
        for (name, code) in form_urlencoded::parse(query.as_bytes()) {
            if name != INDICATOR && !self.dimensions.iter().any(|known| *known == name) {
                let expected = self.dimensions.join(", ");
                return Err(QuestionError::Breakdown {
                    found: name.chars().take(LONGEST).collect(),
                    expected,
                });
            }
            if code.chars().count() > LONGEST {
                return Err(QuestionError::Long(name.into_owned()));
            }
            if asked.insert(name.to_string(), code.into_owned()).is_some() {
                return Err(QuestionError::Twice(name.into_owned()));
            }
        }
        let indicator = asked.remove(INDICATOR).ok_or(QuestionError::NoIndicator)?;
        let code = |dimension: &String| asked.get(dimension).map_or(TOTAL, String::as_str).to_owned();
        let key: Vec<String> =
            std::iter::once(indicator.clone()).chain(self.dimensions.iter().map(code)).collect();
        let withheld = Row {
            category: TOTAL.to_owned(),
            estimate: WITHHELD.to_owned(),
            suppressed: "1".to_owned(),
            ..Row::default()
        };
        let withheld = [withheld];
        let rows = self.shown.get(&key).map_or(&withheld[..], Vec::as_slice);
        let domain = asked.iter().map(|(name, code)| (name.as_str(), code.as_str())).collect();
        let answer = Answer { edition: &self.edition, indicator: &indicator, domain, rows };
        Ok(serde_json::to_vec(&answer).expect("texts by texts always serialise"))
    }
}

/// The response to a question.
pub(crate) fn response(answer: Result<Vec<u8>, QuestionError>) -> Response {
    let (status, kind, body) = match answer {
        Ok(body) => (StatusCode::OK, "application/json", body),
        Err(error) => {
            let status = match error {
                QuestionError::NoTable => StatusCode::NOT_FOUND,
                _ => StatusCode::BAD_REQUEST,
            };
            let title = status.canonical_reason().unwrap_or_default();
            let problem = serde_json::json!({
                "type": "about:blank", "title": title, "status": status.as_u16(), "detail": error.to_string(),
            });
            (status, "application/problem+json", problem.to_string().into_bytes())
        }
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        // What is published may be read by any page.
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    ];
    (status, headers, body).into_response()
}
