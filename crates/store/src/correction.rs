//! Corrections: a response that was sent is answered again beside itself, and replaced when that is sent.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use questionnaire::Answers;

use crate::{Record, Save, StoreError, TokenHash};

/// What a response said before it was corrected.
#[derive(Debug, Clone, PartialEq)]
pub struct EarlierAnswers {
    /// 1 for what was sent first.
    pub number: i64,
    /// Version (hash) of the questionnaire.
    pub version: String,
    /// Answers that do not identify anyone; the others are not kept.
    pub answers: Answers,
    /// When it was sent.
    pub submitted_at: DateTime<Utc>,
}

/// Corrections of responses that were sent. While one is open, `find` and `records` give the response as it was last
/// sent: it stays valid, also when the edition is closed before the correction is sent. Withdrawing a response erases
/// its correction and everything it said before.
#[async_trait]
pub trait CorrectionStore: Send + Sync {
    /// Opens the correction of a submitted response, with the answers as they were sent; one that is open already stays
    /// as it is. A draft is [`StoreError::NotSubmitted`].
    async fn correct(&self, token: &TokenHash, at: DateTime<Utc>) -> Result<(), StoreError>;

    /// The response as its correction has it (version, answers, contacts, last screen, revision and last save), if one
    /// is open.
    async fn correction(&self, token: &TokenHash) -> Result<Option<Record>, StoreError>;

    /// Replaces the answers of a correction, if its revision is still the expected one. Returns the new revision. A
    /// response of which no correction is open is [`StoreError::AlreadySubmitted`].
    async fn save_correction(&self, save: &Save) -> Result<i64, StoreError>;

    /// Puts a correction, with these final answers, in place of what was sent, under the same receipt. What was sent
    /// before is kept as [`EarlierAnswers`]. Returns the number of the correction among everything sent: 2 for the
    /// first. Whoever sends again what was sent meets [`StoreError::AlreadySubmitted`].
    async fn send_correction(&self, save: &Save) -> Result<i64, StoreError>;

    /// Gives up a correction: the response stays as it was sent. Without one, does nothing.
    async fn drop_correction(&self, token: &TokenHash, at: DateTime<Utc>) -> Result<(), StoreError>;

    /// What a response said before, the first first; empty for one that was never corrected.
    async fn earlier_answers(&self, token: &TokenHash) -> Result<Vec<EarlierAnswers>, StoreError>;
}
