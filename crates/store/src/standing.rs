//! The state machine of a record, written once for all stores.
//!
//! ```text
//!                    ┌─correct─┐
//! draft ──submit──► submitted ◄┘ ──withdraw──► withdrawn
//!   ├─────────────refuse──► refused                  ▲
//!   └─────────────────────withdraw───────────────────┘
//! ```

use chrono::{DateTime, Utc};

use crate::{EditionState, RecordState, StoreError, Submission, TokenHash, Withdrawn, whole_seconds};

/// Where a record stands when a change is asked for. A store reads it under a lock, asks here whether the change is
/// right, and writes, all in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The edition of the record.
    pub edition: String,
    /// Whether that edition takes answers.
    pub edition_state: EditionState,
    /// The version of the definition that it asks by, if one was published.
    pub edition_version: Option<String>,
    /// State of the record.
    pub state: RecordState,
    /// Revision of the record.
    pub revision: i64,
    /// Its receipt, once submitted.
    pub receipt: Option<String>,
}

/// What there is to erase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erasure {
    /// The answers, the contacts and the place reached: the record takes this state.
    To(RecordState),
    /// Nothing: it was done before.
    Nothing,
}

impl Standing {
    /// The same for a draft that was started before: in the grace of a closed edition it is as if it were open.
    #[must_use]
    pub fn for_drafts(&self, grace_until: Option<DateTime<Utc>>, at: DateTime<Utc>) -> Self {
        let is_in_grace = grace_until.is_some_and(|until| whole_seconds(at) <= until);
        let edition_state = if is_in_grace { EditionState::Open } else { self.edition_state };
        Self { edition_state, ..self.clone() }
    }

    /// Whether answers given under this version may be saved by somebody who read this revision.
    ///
    /// # Errors
    /// `Gone`, `AlreadySubmitted`, `EditionClosed`, `OutdatedVersion` or `Conflict`, the first that holds.
    pub fn save(&self, expected_revision: i64, version: &str) -> Result<(), StoreError> {
        match self.state {
            RecordState::Draft => {}
            RecordState::Submitted => return Err(StoreError::AlreadySubmitted),
            RecordState::Refused | RecordState::Withdrawn => return Err(StoreError::Gone),
        }
        if self.edition_state == EditionState::Closed {
            return Err(StoreError::EditionClosed { edition: self.edition.clone() });
        }
        check_version(&self.edition, self.edition_version.as_deref(), version)?;
        if self.revision != expected_revision {
            return Err(StoreError::Conflict { expected: expected_revision, found: self.revision });
        }
        Ok(())
    }

    /// The receipt given before when the response was submitted already, `None` when it may be submitted now.
    ///
    /// # Errors
    /// `Gone`, `EditionClosed`, `OutdatedVersion`, `Conflict` or `BadReceipt`, the first that holds; `Corrupt` for a submitted response
    /// without receipt.
    pub fn submit(&self, submission: &Submission) -> Result<Option<String>, StoreError> {
        let Submission { token, expected_revision, version, receipt, .. } = submission;
        self.submit_as(token, *expected_revision, version, receipt)
    }

    pub(crate) fn submit_as(
        &self,
        token: &TokenHash,
        expected_revision: i64,
        version: &str,
        receipt: &str,
    ) -> Result<Option<String>, StoreError> {
        if self.state == RecordState::Submitted {
            return match &self.receipt {
                Some(receipt) => Ok(Some(receipt.clone())),
                None => Err(StoreError::Corrupt {
                    table: "responses",
                    column: "receipt",
                    key: token.0.clone(),
                    message: "null (expected the receipt of a submitted response)".to_owned(),
                }),
            };
        }
        self.save(expected_revision, version)?;
        if !is_uuid(receipt) {
            return Err(StoreError::BadReceipt { receipt: receipt.to_owned() });
        }
        Ok(None)
    }

    /// Whether a correction may be opened.
    ///
    /// # Errors
    /// `NotSubmitted`, `Gone` or `EditionClosed`, the first that holds.
    pub fn correct(&self) -> Result<(), StoreError> {
        match self.state {
            RecordState::Submitted => {}
            RecordState::Draft => return Err(StoreError::NotSubmitted),
            RecordState::Refused | RecordState::Withdrawn => return Err(StoreError::Gone),
        }
        if self.edition_state == EditionState::Closed {
            return Err(StoreError::EditionClosed { edition: self.edition.clone() });
        }
        Ok(())
    }

    /// Whether answers given under this version may be saved to, or sent as, the correction that is open at `open` by
    /// somebody who read `expected_revision`.
    ///
    /// # Errors
    /// `NotSubmitted`, `Gone`, `EditionClosed`, `AlreadySubmitted` when none is open, `OutdatedVersion` or `Conflict`, the
    /// first that holds.
    pub fn save_correction(
        &self,
        open: Option<i64>,
        expected_revision: i64,
        version: &str,
    ) -> Result<(), StoreError> {
        self.correct()?;
        let found = open.ok_or(StoreError::AlreadySubmitted)?;
        check_version(&self.edition, self.edition_version.as_deref(), version)?;
        if found == expected_revision {
            Ok(())
        } else {
            Err(StoreError::Conflict { expected: expected_revision, found })
        }
    }

    /// What a refusal erases.
    ///
    /// # Errors
    /// `AlreadySubmitted` for a response, `Gone` for what was withdrawn.
    pub fn refuse(&self) -> Result<Erasure, StoreError> {
        match self.state {
            RecordState::Draft => Ok(Erasure::To(RecordState::Refused)),
            RecordState::Refused => Ok(Erasure::Nothing),
            RecordState::Submitted => Err(StoreError::AlreadySubmitted),
            RecordState::Withdrawn => Err(StoreError::Gone),
        }
    }

    /// What a withdrawal erases.
    #[must_use]
    pub fn withdraw(&self) -> Erasure {
        match self.state {
            RecordState::Draft | RecordState::Submitted => Erasure::To(RecordState::Withdrawn),
            RecordState::Refused | RecordState::Withdrawn => Erasure::Nothing,
        }
    }
}

/// Whether answers may be given under this version.
///
/// # Errors
/// `OutdatedVersion` when another one is asked now.
pub fn check_version(edition: &str, current: Option<&str>, given: &str) -> Result<(), StoreError> {
    match current {
        Some(current) if current != given => Err(StoreError::OutdatedVersion {
            edition: edition.to_owned(),
            given: given.to_owned(),
            current: current.to_owned(),
        }),
        _ => Ok(()),
    }
}

impl From<Erasure> for Withdrawn {
    fn from(erasure: Erasure) -> Self {
        match erasure {
            Erasure::To(_) => Self::Erased,
            Erasure::Nothing => Self::Already,
        }
    }
}

/// Whether this is a UUID in the one form that both databases give back unchanged.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(state: RecordState) -> Standing {
        let edition_state = EditionState::Open;
        let edition_version = Some("v1".to_owned());
        Standing {
            edition: "2026".to_owned(),
            edition_state,
            edition_version,
            state,
            revision: 3,
            receipt: None,
        }
    }

    #[test]
    fn what_was_withdrawn_is_gone_before_it_is_closed_or_stale() {
        let closed = Standing { edition_state: EditionState::Closed, ..standing(RecordState::Withdrawn) };
        assert!(matches!(closed.save(0, "v1"), Err(StoreError::Gone)));
        let closed = Standing { edition_state: EditionState::Closed, ..standing(RecordState::Draft) };
        assert!(matches!(closed.save(0, "v1"), Err(StoreError::EditionClosed { .. })));
    }

    #[test]
    fn a_stale_revision_names_both_revisions() {
        let error = standing(RecordState::Draft).save(2, "v1").expect_err("revision 3 is not 2");
        assert_eq!(error.to_string(), "the record is at revision 3 (expected 2); read it again and merge");
    }

    #[test]
    fn an_outdated_version_is_told_before_a_stale_revision() {
        let error = standing(RecordState::Draft).save(2, "v0").expect_err("v1 is asked");
        let expected = "edition `2026` asks by definition version `v1` now (found `v0`); read it again";
        assert_eq!(error.to_string(), expected);
        let unpublished = Standing { edition_version: None, ..standing(RecordState::Draft) };
        assert!(unpublished.save(3, "v0").is_ok(), "until a definition is published every version is taken");
    }

    #[test]
    fn a_submitted_response_can_be_withdrawn_but_not_refused() {
        let submitted = standing(RecordState::Submitted);
        assert!(matches!(submitted.refuse(), Err(StoreError::AlreadySubmitted)));
        assert_eq!(submitted.withdraw(), Erasure::To(RecordState::Withdrawn));
    }

    #[test]
    fn a_correction_is_for_what_was_sent_in_an_edition_that_is_open() {
        assert!(matches!(standing(RecordState::Draft).correct(), Err(StoreError::NotSubmitted)));
        assert!(matches!(standing(RecordState::Withdrawn).correct(), Err(StoreError::Gone)));
        let sent = standing(RecordState::Submitted);
        assert!(sent.correct().is_ok() && sent.save_correction(Some(4), 4, "v1").is_ok());
        assert!(matches!(sent.save_correction(None, 4, "v1"), Err(StoreError::AlreadySubmitted)));
        assert!(matches!(sent.save_correction(Some(4), 3, "v1"), Err(StoreError::Conflict { found: 4, .. })));
        assert!(matches!(sent.save_correction(Some(4), 4, "v0"), Err(StoreError::OutdatedVersion { .. })));
        let closed = Standing { edition_state: EditionState::Closed, ..sent };
        assert!(matches!(closed.save_correction(Some(4), 4, "v1"), Err(StoreError::EditionClosed { .. })));
    }

    #[test]
    fn only_the_usual_form_of_a_uuid_is_a_receipt() {
        assert!(is_uuid(&crate::receipt_from([7; 16])));
        for text in ["", "7", "07070707070747078707070707070707", "FFFFFFFF-ffff-4fff-bfff-ffffffffffff"] {
            assert!(!is_uuid(text), "{text}");
        }
    }
}
