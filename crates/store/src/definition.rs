//! The definitions that were published for an edition, and the change from one to the next.
//!
//! Apart from [`crate::ResponseStore`]: who collects answers publishes nothing.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{EditionState, RespondentStore, RetentionStore, StoreError, check_version};

/// A definition as it was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinitionRecord {
    /// The edition.
    pub edition: String,
    /// Rank among the edition's definitions, from 1.
    pub sequence: i64,
    /// Version (hash) that responses name.
    pub version: String,
    /// Its files: a JSON object, path to text.
    pub files: String,
    /// The lists that it reads and that are not among its files: a JSON object, path to SHA-256.
    pub lists: String,
    /// When it was published.
    pub published_at: DateTime<Utc>,
}

/// A definition to publish.
#[derive(Debug, Clone)]
pub struct Publish {
    /// The edition.
    pub edition: String,
    /// Version (hash) that responses will name.
    pub version: String,
    /// Its files: a JSON object, path to text.
    pub files: String,
    /// The lists that it reads and that are not among its files: a JSON object, path to SHA-256.
    pub lists: String,
    /// The version that was asked when this one was weighed against it; `None` for the first.
    pub expected: Option<String>,
    /// The [`DefinitionStore::tide`] read before the answers that it was weighed against, when they matter.
    pub tide: Option<i64>,
    /// Starts the edition again: all that it holds moves to a closed edition of this code (see [`archive_code`]).
    pub archive: Option<String>,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Publishing definitions, for the office.
#[async_trait]
pub trait DefinitionStore: Send + Sync {
    /// Publishes a definition of an open edition: from then on answers are taken under its version alone. Publishing
    /// the one that is asked already changes nothing. Everything in one unit of work, moving responses included.
    ///
    /// A closed or unknown edition is [`StoreError::EditionClosed`], another version asked than the expected one
    /// [`StoreError::OutdatedVersion`], another tide [`StoreError::AnswersCame`], an archive that exists already
    /// [`StoreError::Duplicate`].
    async fn publish(&self, publish: &Publish) -> Result<(), StoreError>;

    /// The definitions of an edition, in the order of publication.
    async fn definitions(&self, edition: &str) -> Result<Vec<DefinitionRecord>, StoreError>;

    /// A number that rises with every change to a draft or a response of the edition.
    async fn tide(&self, edition: &str) -> Result<i64, StoreError>;
}

/// A store for the office: collecting, publishing definitions, and erasing what is kept no longer.
pub trait OfficeStore: RespondentStore + DefinitionStore + RetentionStore {}

impl<T: RespondentStore + DefinitionStore + RetentionStore> OfficeStore for T {}

/// Where an edition stands when a definition is to be published. A store reads it under a lock, asks here, and writes,
/// all in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publishing {
    /// Whether it takes answers; `None` when it is unknown.
    pub state: Option<EditionState>,
    /// The version asked now.
    pub version: Option<String>,
    /// See [`DefinitionStore::tide`].
    pub tide: i64,
}

impl Publishing {
    /// Whether there is something to write; `false` when this version is asked already.
    ///
    /// # Errors
    /// `EditionClosed`, `OutdatedVersion` or `AnswersCame`, the first that holds.
    pub fn publish(&self, publish: &Publish) -> Result<bool, StoreError> {
        let edition = &publish.edition;
        if self.state != Some(EditionState::Open) {
            return Err(StoreError::EditionClosed { edition: edition.clone() });
        }
        if self.version.as_ref() == Some(&publish.version) {
            return Ok(false);
        }
        check_version(edition, self.version.as_deref(), publish.expected.as_deref().unwrap_or("none"))?;
        if publish.tide.is_some_and(|tide| tide != self.tide) {
            return Err(StoreError::AnswersCame { edition: edition.clone() });
        }
        Ok(true)
    }
}

/// What stands between the code of an edition and the instant until which its archive was collected.
const ARCHIVE: &str = "-avant-";

/// The code of the edition that keeps what was collected before an edition was started again.
///
/// ```
/// let at = "2026-11-22T09:30:05Z".parse().expect("an instant");
/// assert_eq!(store::archive_code("2026", at), "2026-avant-20261122T093005Z");
/// assert!(store::is_archive_of("2026", "2026-avant-20261122T093005Z"));
/// assert!(!store::is_archive_of("2026", "2026") && !store::is_archive_of("2026", "2027-avant-20271122T093005Z"));
/// ```
#[must_use]
pub fn archive_code(edition: &str, at: DateTime<Utc>) -> String {
    format!("{edition}{ARCHIVE}{}", at.format("%Y%m%dT%H%M%SZ"))
}

/// Whether `code` is an archive of the edition.
#[must_use]
pub fn is_archive_of(edition: &str, code: &str) -> bool {
    code.strip_prefix(edition).is_some_and(|rest| rest.starts_with(ARCHIVE))
}
