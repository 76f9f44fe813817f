//! Step 1, *process*: which responses are valid, and one per organisation.
//!
//! A response is valid (`questionnaire.md`, section 2) when its last indispensable screen was passed and it is in the
//! plan's scope. Of several valid responses of one organisation, the last one submitted is kept, else the last one
//! interrupted.

use std::collections::BTreeMap;

use extract::columns::{ORGANISATION, REACHED, SEQUENCE, STATE};
use polars::prelude::{BooleanChunked, DataFrame, LazyFrame, NewChunkedArray, SortMultipleOptions, col, lit};
use questionnaire::Edition;

use crate::columns::{Compiler, booleans, derive, evaluate, numbers, polars, strings};
use crate::error::AnalysisError;

/// Valid responses, with derived variables, and what was kept out.
#[derive(Debug, Clone)]
pub struct Cleaned {
    /// One row per organisation, sorted by pseudonym; the columns of the extract and those of
    /// [`crate::columns::derive`].
    pub frame: DataFrame,
    /// Responses kept out, in the order in which the reasons are looked at.
    pub excluded: Vec<Exclusion>,
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
    Ok(Cleaned {
        frame: frame.filter(&mask).map_err(polars)?,
        excluded: Reason::ALL
            .into_iter()
            .map(|reason| Exclusion { reason, count: reasons.iter().filter(|r| **r == Some(reason)).count() })
            .collect(),
    })
}
