//! The promises: keep a draft, a response, an edition's state.
//!
//! What flows in: answers found valid by `questionnaire`. What flows out: the same answers, byte for byte, in the
//! order in which they were started. What is promised: what was acknowledged is durable; a response is submitted
//! once, however often it is sent; a correction replaces it only once it is sent; a withdrawn response keeps no answer. Two implementations hold these promises,
//! `store-sqlite` and `store-postgres`, and one suite, `conformance_tests!` (feature `conformance`), proves that they
//! are the same ones. What both must decide alike is decided here, in [`Standing`].

mod change;
#[cfg(feature = "conformance")]
pub mod conformance;
mod correction;
mod definition;
mod group;
mod invitation;
mod record;
mod retention;
pub mod row;
mod standing;

pub use change::{Change, Content, Done, Place, Row, Takes, decide};
pub use correction::{CorrectionStore, EarlierAnswers};
pub use definition::{
    DefinitionRecord, DefinitionStore, OfficeStore, Publish, Publishing, archive_code, is_archive_of,
};
pub use group::{Group, Together};
pub use invitation::{CodeHash, Invitation, InvitationStore, MOST_CODES, RespondentStore, SealedCode};
pub use record::{
    Counts, EditionRecord, EditionState, NewDraft, Record, RecordState, Save, Sending, Submission, TokenHash,
    Whole, Withdrawn, receipt_from, whole_seconds,
};
pub use retention::{Kept, RetentionStore, check_over};
pub use standing::{Erasure, Standing, check_version};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures::stream::BoxStream;

/// What can go wrong, as callers see it.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A draft with this token, or a response with this receipt, exists already.
    #[error(
        "a draft with this token, or a response with this receipt, exists already; draw another at random"
    )]
    Duplicate,
    /// No draft or response has this token.
    #[error("no draft or response has this token")]
    Unknown,
    /// Somebody saved in between: read the record again, merge and save again.
    #[error("the record is at revision {found} (expected {expected}); read it again and merge")]
    Conflict {
        /// The revision that the caller had read.
        expected: i64,
        /// The revision now.
        found: i64,
    },
    /// The edition does not take answers (any more), or was never registered.
    #[error("edition `{edition}` is not open")]
    EditionClosed {
        /// The edition.
        edition: String,
    },
    /// The edition still takes drafts: nothing of it is erased for good.
    #[error("edition `{edition}` still takes drafts; close it, and wait for the end of its grace")]
    StillOpen {
        /// The edition.
        edition: String,
    },
    /// The answers were given under a definition that is not the one asked any more, or a definition was to be
    /// published in place of one that is not the one asked.
    #[error(
        "edition `{edition}` asks by definition version `{current}` now (found `{given}`); read it again"
    )]
    OutdatedVersion {
        /// The edition.
        edition: String,
        /// The version that the caller knew.
        given: String,
        /// The version asked now.
        current: String,
    },
    /// Somebody answered while a new definition was weighed against the answers: weigh it again.
    #[error("answers came to edition `{edition}` meanwhile; read them again")]
    AnswersCame {
        /// The edition.
        edition: String,
    },
    /// The response was withdrawn or refused; it takes no answers.
    #[error("this response was withdrawn")]
    Gone,
    /// The response was submitted; it takes no other answers.
    #[error("this response was submitted already; withdraw it or leave it")]
    AlreadySubmitted,
    /// The draft was not submitted yet; there is nothing to correct.
    #[error("this draft was not submitted yet; save it and submit it")]
    NotSubmitted,
    /// The receipt of a submission is not a UUID.
    #[error(
        "receipt `{receipt}` is not a UUID in lower case with hyphens; make it with `store::receipt_from`"
    )]
    BadReceipt {
        /// The receipt.
        receipt: String,
    },
    /// The database cannot be reached, is full, or refused to write. Nothing was acknowledged.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// A row does not hold what it should.
    #[error("table `{table}`, column `{column}`, key {key}: {message}")]
    Corrupt {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// Key of the row (never an answer).
        key: String,
        /// What was found and what was expected.
        message: String,
    },
}

/// Where responses are kept. Every method is one unit of work: it is done and durable when it returns `Ok`, and has
/// changed nothing when it returns `Err`. Times are given by the caller and kept in whole seconds, UTC.
#[async_trait]
pub trait ResponseStore: Send + Sync {
    /// Registers an edition as open; does nothing when it is registered already (whatever its state).
    async fn open_edition(
        &self,
        edition: &str,
        is_simulated: bool,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// The edition, if registered.
    async fn edition(&self, edition: &str) -> Result<Option<EditionRecord>, StoreError>;

    /// Closes the edition: nothing is started, saved or submitted any more, while refusing and withdrawing stay
    /// possible. Closing twice keeps the first time and ends a grace; an edition never registered is [`StoreError::EditionClosed`].
    async fn close_edition(&self, edition: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.close_edition_until(edition, at, None).await
    }

    /// The same, with a grace for the drafts that were started before: they can be saved and submitted until then, its
    /// second included. Closing again keeps the time of closing and sets the grace anew; without one it ends at once.
    async fn close_edition_until(
        &self,
        edition: &str,
        at: DateTime<Utc>,
        grace_until: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError>;

    /// Starts a draft, empty, at revision 0. A version other than the one asked now is
    /// [`StoreError::OutdatedVersion`], here as in `save` and `submit`; until a definition is published every version
    /// is taken.
    async fn start(&self, draft: &NewDraft) -> Result<(), StoreError>;

    /// The draft or response with this token.
    async fn find(&self, token: &TokenHash) -> Result<Option<Record>, StoreError>;

    /// Replaces the answers of a draft, if its revision is still the expected one. Returns the new revision. A
    /// response that was submitted is [`StoreError::AlreadySubmitted`], whatever the revision.
    async fn save(&self, save: &Save) -> Result<i64, StoreError>;

    /// Submits a draft with its final answers. When it was submitted already, changes nothing and returns the
    /// receipt of the first time, whatever the revision and even when the edition was closed since: a double click,
    /// a retry or a replay makes one response.
    async fn submit(&self, submission: &Submission) -> Result<String, StoreError>;

    /// The same for a draft whose final answers are those that it holds at the expected revision: nothing of them is
    /// written again.
    async fn send(&self, sending: &Sending) -> Result<String, StoreError>;

    /// Starts a draft and submits it, in one change. When it was done before under this token, changes nothing and returns
    /// the receipt of the first time, as `submit` does. A draft under this token that was not submitted is
    /// [`StoreError::Duplicate`]; only an open edition takes what was not started before.
    async fn submit_whole(&self, whole: &Whole) -> Result<String, StoreError>;

    /// Turns a draft into a refusal: answers and contacts are erased, only the count remains. Refusing twice is not
    /// an error.
    async fn refuse(&self, token: &TokenHash, at: DateTime<Utc>) -> Result<(), StoreError>;

    /// Withdraws a draft or a response: answers and contacts are erased. Withdrawing twice, or a refusal, is not an
    /// error. The receipt stays, to answer who asks whether it was done.
    async fn withdraw(&self, token: &TokenHash, at: DateTime<Utc>) -> Result<Withdrawn, StoreError>;

    /// All drafts and responses of an edition, in the order they were started (then by token hash). A row that cannot
    /// be read is one [`StoreError::Corrupt`] in the stream, and the next rows follow.
    fn records<'a>(&'a self, edition: &'a str) -> BoxStream<'a, Result<Record, StoreError>>;

    /// How many records there are by state.
    async fn counts(&self, edition: &str) -> Result<Counts, StoreError>;
}
