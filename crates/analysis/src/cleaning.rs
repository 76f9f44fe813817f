//! Step 1, *process*: which responses are valid, and one per organisation.
//!
//! A response is valid (`questionnaire.md`, section 2) when its last indispensable screen was passed and it is in the
//! plan's scope. Of several valid responses of one organisation, the last one submitted is kept, else the last one
//! interrupted.

use std::collections::{BTreeMap, BTreeSet};

use extract::Extract;
use extract::columns::{ID, ORGANISATION, REACHED, SEQUENCE, STATE};
use polars::prelude::{
    BooleanChunked, Column, DataFrame, IntoLazy, LazyFrame, NewChunkedArray, SortMultipleOptions, col, lit,
};
use questionnaire::{Derived, DerivedRule, Edition, Subject};

use crate::columns::{Compiler, Readout, Value, booleans, derive, evaluate, numbers, polars, strings};
use crate::error::AnalysisError;

/// Valid responses, with derived variables, and what was kept out.
#[derive(Debug, Clone)]
pub struct Cleaned {
    /// One row per organisation, sorted by pseudonym; the columns of the extract and those of
    /// [`crate::columns::derive`].
    pub frame: DataFrame,
    /// Responses kept out, in the order in which the reasons are looked at.
    pub excluded: Vec<Exclusion>,
    /// What the steps that follow read of the valid responses.
    pub(crate) answers: Answers,
}

/// What calibration, domains and indicators read, packed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answers {
    pub calibration: Readout,
    pub domains: Readout,
    pub indicators: Readout,
}

/// The expressions of [`Answers`].
struct Wanted {
    calibration: Vec<Value>,
    domains: Vec<Value>,
    indicators: Vec<Value>,
}

impl Wanted {
    fn of(edition: &Edition) -> Result<Self, AnalysisError> {
        Ok(Self {
            calibration: crate::calibration::values(edition)?,
            domains: crate::estimation::domains::values(edition)?,
            indicators: crate::estimation::inputs::values(edition)?.0,
        })
    }
}

impl Answers {
    fn add(&mut self, frame: &DataFrame, wanted: &Wanted) -> Result<(), AnalysisError> {
        self.calibration.add(frame, &wanted.calibration)?;
        self.domains.add(frame, &wanted.domains)?;
        self.indicators.add(frame, &wanted.indicators)
    }
}

/// Responses kept out for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// Why.
    pub reason: Reason,
    /// How many.
    pub count: usize,
}

/// Why a response is kept out. The first reason that applies is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// It stopped before the last indispensable screen.
    Incomplete,
    /// It is not in the plan's scope.
    OutOfScope,
    /// Another response of the same organisation is kept.
    Duplicate,
}

impl Reason {
    /// Every reason, in the order in which they are looked at.
    pub const ALL: [Self; 3] = [Self::Incomplete, Self::OutOfScope, Self::Duplicate];

    /// Code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Incomplete => "incomplete",
            Self::OutOfScope => "hors_champ",
            Self::Duplicate => "doublon",
        }
    }

    /// Label for readers.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Incomplete => "Réponses interrompues avant les questions indispensables",
            Self::OutOfScope => "Réponses d’organisations hors du champ de l’enquête",
            Self::Duplicate => {
                "Réponses en double (la dernière réponse complète de l’organisation est gardée)"
            }
        }
    }
}

impl Cleaned {
    /// The number of valid responses.
    #[must_use]
    pub fn len(&self) -> usize {
        self.frame.height()
    }

    /// Whether there is no valid response.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Keeps one valid response per organisation and adds derived variables. The order of the rows of `frame` does not
/// matter.
///
/// # Errors
/// When the frame is not an extract of this edition.
pub fn clean(frame: LazyFrame, edition: &Edition) -> Result<Cleaned, AnalysisError> {
    let (frame, excluded) = valid(frame, edition)?;
    let mut answers = Answers::default();
    answers.add(&frame, &Wanted::of(edition)?)?;
    Ok(Cleaned { frame, excluded, answers })
}

/// The same for an extract of any size, one group of rows after the other. Of the table, only [`ID`], and the items,
/// scores and index that [`derive`](fn@crate::columns::derive) adds, are kept (the reliability of the score reads them): the whole of it would not
/// fit in memory.
///
/// # Errors
/// When the extract is not of this edition.
pub fn clean_extract(extract: &Extract, edition: &Edition) -> Result<Cleaned, AnalysisError> {
    let wanted = Wanted::of(edition)?;
    let is_score =
        |derived: &Derived| matches!(derived.rule, DerivedRule::Score { .. } | DerivedRule::Index { .. });
    let scores: BTreeSet<String> = edition
        .derived
        .iter()
        .enumerate()
        .filter(|(_, derived)| is_score(derived))
        .map(|(index, _)| edition.subject_name(Subject::Derived(index)))
        .collect();
    let mut answers = Answers::default();
    let mut excluded: Vec<Exclusion> = Vec::new();
    let mut kept: Option<DataFrame> = None;
    let mut add = |batch: DataFrame| -> Result<(), AnalysisError> {
        let (frame, kept_out) = valid(batch.lazy(), edition)?;
        answers.add(&frame, &wanted)?;
        if excluded.is_empty() {
            excluded = kept_out;
        } else {
            excluded.iter_mut().zip(kept_out).for_each(|(all, more)| all.count += more.count);
        }
        let is_kept = |column: &&Column| {
            let name = column.name().as_str();
            name == ID || name.starts_with("item.") || scores.contains(name)
        };
        let numbers: Vec<Column> = frame.columns().iter().filter(is_kept).cloned().collect();
        let numbers = DataFrame::new(frame.height(), numbers).map_err(polars)?;
        match &mut kept {
            Some(kept) => {
                kept.vstack_mut(&numbers).map_err(polars)?;
            }
            None => kept = Some(numbers),
        }
        Ok(())
    };
    // The records of one organisation may be on both sides of a border: the last ones wait for the next batch.
    let mut waiting: Option<DataFrame> = None;
    for batch in extract.batches() {
        let mut batch = batch?;
        if let Some(first) = waiting.take() {
            batch = first.vstack(&batch).map_err(polars)?;
        }
        let border = last_organisation(&batch)?;
        let (ready, last) = batch.split_at(border.cast_signed() as i64);
        waiting = Some(last);
        if ready.height() > 0 {
            add(ready)?;
        }
    }
    if let Some(last) = waiting {
        add(last)?;
    }
    Ok(Cleaned { frame: kept.unwrap_or_default(), excluded, answers })
}

/// Where the records of the last organisation begin.
fn last_organisation(frame: &DataFrame) -> Result<usize, AnalysisError> {
    let organisations = frame.column(ORGANISATION).map_err(polars)?.str().map_err(polars)?;
    let Some(last) = frame.height().checked_sub(1) else { return Ok(0) };
    let other = (0..last).rev().find(|row| organisations.get(*row) != organisations.get(last));
    Ok(other.map_or(0, |row| row + 1))
}

/// The valid responses of a table that holds all records of its organisations, and what was kept out.
fn valid(frame: LazyFrame, edition: &Edition) -> Result<(DataFrame, Vec<Exclusion>), AnalysisError> {
    let frame = frame.sort([ORGANISATION, SEQUENCE], SortMultipleOptions::default());
    let frame = derive(frame, edition)?;
    let scope = Compiler::new(edition).condition(&edition.plan.scope)?;
    let table =
        evaluate(&frame, vec![scope, col(REACHED), col(STATE).eq(lit("submitted")), col(ORGANISATION)])?;
    let is_in_scope = booleans(table.column(0))?;
    let reached = numbers(table.column(1))?;
    let is_submitted = booleans(table.column(2))?;
    let organisation = strings(table.column(3))?;

    let valid_screen = edition.plan.valid_screen as f64;
    let mut reasons: Vec<Option<Reason>> = (0..frame.height())
        .map(|row| {
            if reached[row].is_none_or(|reached| reached < valid_screen) {
                Some(Reason::Incomplete)
            } else if is_in_scope[row] {
                None
            } else {
                Some(Reason::OutOfScope)
            }
        })
        .collect();
    // Rows come in order of saving: the last of the best rank wins.
    let mut kept: BTreeMap<&Option<String>, usize> = BTreeMap::new();
    for row in 0..frame.height() {
        if reasons[row].is_some() {
            continue;
        }
        match kept.get(&organisation[row]) {
            Some(other) if is_submitted[*other] && !is_submitted[row] => {
                reasons[row] = Some(Reason::Duplicate);
            }
            other => {
                if let Some(other) = other {
                    reasons[*other] = Some(Reason::Duplicate);
                }
                kept.insert(&organisation[row], row);
            }
        }
    }
    let mask =
        BooleanChunked::from_slice("valid".into(), &reasons.iter().map(Option::is_none).collect::<Vec<_>>());
    let count = |reason| reasons.iter().filter(|found| **found == Some(reason)).count();
    let excluded = Reason::ALL.into_iter().map(|reason| Exclusion { reason, count: count(reason) }).collect();
    Ok((frame.filter(&mask).map_err(polars)?, excluded))
}
