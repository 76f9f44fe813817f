//! What was worked out for one population and is true of the next: populations of one simulation are many, and units
//! that answer some questions alike are alike in what these questions settle.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use questionnaire::{QuestionIndex, Subject};

use super::population::Value;

/// Ways of answering that are remembered for one thing: more are worked out each time.
const MOST: usize = 200_000;

/// What the populations of one simulation have in common.
#[derive(Default)]
pub(super) struct Memory {
    /// The category of each subject.
    pub(super) categories: Known<Subject, Option<String>>,
    /// Which rows of each question are asked.
    pub(super) asked: Known<QuestionIndex, Vec<bool>>,
    /// Who is in each calibration group.
    pub(super) groups: Known<usize, bool>,
}

/// A value for each way of answering the questions that settle it.
pub(super) type Values<T> = HashMap<Vec<Value>, T>;

/// Values of things that are named so.
pub(super) struct Known<K, T>(RwLock<BTreeMap<K, Arc<Values<T>>>>);

impl<K, T> Default for Known<K, T> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<K: Ord + Copy, T: Clone> Known<K, T> {
    /// What is known of a thing.
    pub(super) fn values(&self, of: K) -> Arc<Values<T>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&of).cloned().unwrap_or_default()
    }

    /// Adds what was found.
    pub(super) fn learn(&self, of: K, found: Values<T>) {
        if found.is_empty() {
            return;
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let values = known.entry(of).or_default();
        if values.len() + found.len() <= MOST {
            Arc::make_mut(values).extend(found);
        }
    }
}
