//! How a collection goes, as everyone may see it: counts, rounded, once a day.
//!
//! Who answered is as confidential as what was answered (`disclosure.md`, 3.2 and 5.1). A rounded count by itself does not
//! keep it so: whoever looks every minute sees when 42 becomes 43, and knows whom they had just called. Hence:
//!
//! - **One instant a day.** The figures are those of the last midnight in Paris. Whatever comes during the day shows
//!   together, the day after; between two midnights nothing moves, however often and from whichever server it is read.
//! - **Counted from what does not change.** What was sent before an instant was sent before it for ever: a withdrawal, a
//!   correction or a restart changes no total, and shows in none.
//! - **Never back.** The parts come from answers, which may be corrected or withdrawn. While a server runs, a part is shown
//!   no smaller than the day before: nobody sees that somebody left.
//! - **The same step for all.** Totals and parts are rounded by one rule ([`RoundedCount`]), whose inverse is five numbers or
//!   more; small ones are not told from zero. Parts are shown by one breakdown at a time, never crossed, and no remainder is.
//!
//! The records are read once a day, by the first who asks, off their request: a page is made of what was kept.

mod count;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use futures::StreamExt as _;
use questionnaire::{BreakdownVariable, Edition, Subject};
use store::{Record, RecordState, StoreError};
use tokio::sync::Mutex;

use crate::Intake;
use crate::failure::Failure;
use crate::language::midnight;

pub(crate) use count::Tally;
pub use count::{CountShown, RoundedCount};

/// After how many records others get their turn: counting is never urgent.
const TURN: usize = 32;

/// The board of a collection, shared by all faces and definitions of a site.
#[derive(Default)]
pub struct Board {
    /// Codes of the breakdowns shown.
    by: Vec<String>,
    latest: RwLock<Option<Arc<Progress>>>,
    /// Held by whoever counts.
    counting: Arc<Mutex<()>>,
}

impl fmt::Debug for Board {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Board").field("by", &self.by).finish_non_exhaustive()
    }
}

/// How far a collection was at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Everything before this instant.
    pub(crate) until: DateTime<Utc>,
    /// Questionnaires begun, whatever became of them.
    pub(crate) started: RoundedCount,
    /// Responses sent, those withdrawn since included.
    pub(crate) sent: RoundedCount,
    /// Responses sent, by code of the breakdown, then of the category.
    parts: BTreeMap<String, BTreeMap<String, RoundedCount>>,
}

impl Progress {
    /// How many were sent in a category.
    pub(crate) fn part(&self, breakdown: &str, category: &str) -> RoundedCount {
        let parts = self.parts.get(breakdown);
        parts.and_then(|parts| parts.get(category)).copied().unwrap_or_default()
    }

    /// The same, with no part smaller than it was shown before. Totals that are smaller are of another collection: one that
    /// was started again.
    fn not_less_than(mut self, before: Option<&Self>) -> Self {
        let before = before.filter(|before| before.sent <= self.sent && before.started <= self.started);
        for (breakdown, parts) in before.iter().flat_map(|before| &before.parts) {
            let now = self.parts.entry(breakdown.clone()).or_default();
            for (category, &shown) in parts {
                let part = now.entry(category.clone()).or_default();
                *part = shown.max(*part);
            }
        }
        self
    }
}

impl Board {
    /// A board that shows totals and these breakdowns of the plan, by their codes; those that the plan lacks, or that are of
    /// networks, are left out.
    #[must_use]
    pub fn by(codes: &[&str]) -> Self {
        Self { by: codes.iter().map(|&code| code.to_owned()).collect(), ..Self::default() }
    }

    /// The breakdowns shown of an edition: place in its plan, and variable.
    pub(crate) fn breakdowns(&self, edition: &Edition) -> Vec<(usize, Subject)> {
        let place = |code: &String| {
            let breakdowns = &edition.plan.breakdowns;
            let place = breakdowns.iter().position(|breakdown| breakdown.code == *code)?;
            match breakdowns[place].variable {
                BreakdownVariable::Partition(subject) => Some((place, subject)),
                BreakdownVariable::Networks(_) => None,
            }
        };
        self.by.iter().filter_map(place).collect()
    }

    fn latest(&self) -> Option<Arc<Progress>> {
        self.latest.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// How far the collection was at the last midnight. Who asks first on a day waits until it is counted; until then everyone
/// else reads what was shown before, if anything was. Counting goes on when nobody waits for it any more.
pub(crate) async fn progress(intake: &Intake) -> Result<Arc<Progress>, Failure> {
    let board = &intake.extras.board;
    let until = midnight(intake.clock.now());
    let is_of_today = |progress: &Arc<Progress>| progress.until >= until;
    let before = board.latest();
    if let Some(latest) = before.clone().filter(is_of_today) {
        return Ok(latest);
    }
    let turn = Arc::clone(&board.counting);
    let turn = match (&before, Arc::clone(&turn).try_lock_owned()) {
        (_, Ok(turn)) => turn,
        (Some(before), Err(_)) => return Ok(Arc::clone(before)),
        (None, Err(_)) => turn.lock_owned().await,
    };
    // Somebody may have counted while this one waited.
    if let Some(latest) = board.latest().filter(is_of_today) {
        return Ok(latest);
    }
    let task = intake.clone();
    let counting = tokio::spawn(async move {
        let _turn = turn;
        let board = &task.extras.board;
        let counted = count(&task, until).await?.not_less_than(board.latest().as_deref());
        let counted = Arc::new(counted);
        *board.latest.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&counted));
        Ok::<_, StoreError>(counted)
    });
    match counting.await {
        Ok(Ok(counted)) => Ok(counted),
        Ok(Err(error)) => match before {
            Some(before) => {
                tracing::warn!(%error, "the board is that of an earlier day");
                Ok(before)
            }
            None => Err(error.into()),
        },
        Err(error) => Err(Failure::Internal(format!("the board was not counted: {error}"))),
    }
}

/// Reads all records that were begun before an instant.
async fn count(intake: &Intake, until: DateTime<Utc>) -> Result<Progress, StoreError> {
    let board = &intake.extras.board;
    let (mut started, mut sent) = (Tally::default(), Tally::default());
    let mut parts: BTreeMap<String, BTreeMap<String, Tally>> = BTreeMap::new();
    let mut records = intake.store.records(&intake.settings.edition);
    let mut read = 0;
    while let Some(record) = records.next().await {
        read += 1;
        if read % TURN == 0 {
            tokio::task::yield_now().await;
        }
        let record = match record {
            // It is reported where it is needed; one response more or less is not seen here.
            Err(StoreError::Corrupt { .. }) => continue,
            record => record?,
        };
        // They come in the order in which they were begun.
        if record.started_at >= until {
            break;
        }
        started.add();
        if !was_sent(intake, &record, until).await? {
            continue;
        }
        sent.add();
        if record.state == RecordState::Submitted {
            let edition = intake.earlier.get(&record.version).unwrap_or(&intake.edition);
            let facts = edition.facts(&record.whole());
            for (place, subject) in board.breakdowns(edition) {
                let Some(category) = facts.category(subject) else { continue };
                let parts = parts.entry(edition.plan.breakdowns[place].code.clone()).or_default();
                parts.entry(category).or_default().add();
            }
        }
    }
    let rounded = |parts: BTreeMap<String, Tally>| {
        parts.into_iter().map(|(category, tally)| (category, tally.rounded())).collect()
    };
    let parts = parts.into_iter().map(|(breakdown, parts)| (breakdown, rounded(parts))).collect();
    Ok(Progress { until, started: started.rounded(), sent: sent.rounded(), parts })
}

/// Whether a response was sent before an instant, the first time if it was corrected since.
async fn was_sent(intake: &Intake, record: &Record, until: DateTime<Utc>) -> Result<bool, StoreError> {
    match record.submitted_at {
        None => Ok(false),
        Some(at) if at < until => Ok(true),
        Some(_) => {
            let earlier = intake.store.earlier_answers(&record.token).await?;
            Ok(earlier.first().is_some_and(|first| first.submitted_at < until))
        }
    }
}
