//! What was worked out for one population and is true of the next: populations of one simulation are many, and units
//! that answer some questions alike are alike in what these questions settle.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use questionnaire::{QuestionIndex, Subject};

use super::population::Value;

/// Categories that are remembered of a subject: there are 35,000 communes.
const MOST_CATEGORIES: usize = 50_000;
/// Ways of answering that are remembered of what is asked. Where there are many, few come back.
const MOST_ASKED: usize = 4_000;

/// What the populations of one simulation have in common.
pub(super) struct Memory {
    /// The category of each subject.
    pub(super) categories: Known<Subject, Option<String>>,
    /// Which rows of each question are asked.
    pub(super) asked: Known<QuestionIndex, Vec<bool>>,
    /// Who is in each calibration group.
    pub(super) groups: Known<usize, bool>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            categories: Known::up_to(MOST_CATEGORIES),
            asked: Known::up_to(MOST_ASKED),
            groups: Known::up_to(MOST_ASKED),
        }
    }
}

/// A value for each way of answering the questions that settle it.
pub(super) type Values<T> = HashMap<Vec<Value>, T>;

/// Values of things that are named so: at most so many of each.
pub(super) struct Known<K, T> {
    most: usize,
    values: RwLock<BTreeMap<K, Arc<Values<T>>>>,
}

impl<K, T> Known<K, T> {
    fn up_to(most: usize) -> Self {
        Self { most, values: RwLock::default() }
    }
}

impl<K: Ord + Copy, T: Clone> Known<K, T> {
    /// What is known of a thing.
    pub(super) fn values(&self, of: K) -> Arc<Values<T>> {
        let known = self.values.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&of).cloned().unwrap_or_default()
    }

    /// Adds what was found.
    pub(super) fn learn(&self, of: K, found: Values<T>) {
        if found.is_empty() || self.values(of).len() + found.len() > self.most {
            return;
        }
        let mut known = self.values.write().unwrap_or_else(PoisonError::into_inner);
        Arc::make_mut(known.entry(of).or_default()).extend(found);
    }
}
