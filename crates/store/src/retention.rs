//! What is kept no longer than promised: drafts that were never sent, and contacts.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{EditionRecord, EditionState, StoreError};

/// How much of an edition, its archives included, may be erased once it is over, or was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kept {
    /// Drafts that were never sent, with their contacts and their codes.
    pub drafts: u64,
    /// Corrections that were never sent; the responses that they would have corrected stay.
    pub corrections: u64,
    /// Responses that have contacts: names, identifiers, addresses, free text.
    pub contacts: u64,
}

/// Erases what an edition that is over keeps no longer. Nothing is erased of one that still takes drafts
/// ([`StoreError::StillOpen`]), and nothing of a response but its contacts.
#[async_trait]
pub trait RetentionStore: Send + Sync {
    /// How much there is.
    async fn kept(&self, edition: &str) -> Result<Kept, StoreError>;

    /// Erases drafts and unfinished corrections. Gives how many there were.
    async fn erase_drafts(&self, edition: &str, at: DateTime<Utc>) -> Result<Kept, StoreError>;

    /// Erases the contacts of responses. Gives how many had some.
    async fn erase_contacts(&self, edition: &str, at: DateTime<Utc>) -> Result<Kept, StoreError>;
}

/// Whether an edition is over at this instant: closed, and its grace ended. A store asks under a lock.
///
/// # Errors
/// `StillOpen`, or `EditionClosed` for one that was never registered.
pub fn check_over(
    edition: &str,
    state: Option<EditionState>,
    grace_until: Option<DateTime<Utc>>,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let state = state.ok_or_else(|| StoreError::EditionClosed { edition: edition.to_owned() })?;
    let record = EditionRecord {
        edition: edition.to_owned(),
        state,
        is_simulated: false,
        opened_at: at,
        closed_at: None,
        grace_until,
        version: None,
    };
    if record.takes_drafts(at) { Err(StoreError::StillOpen { edition: record.edition }) } else { Ok(()) }
}
