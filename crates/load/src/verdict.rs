//! What was acknowledged against what is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use futures::TryStreamExt as _;
use store::{RecordState, ResponseStore, StoreError};

use crate::measure::Report;

/// The responses of an edition, before or after a load: which records there are, and which of them are sent.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// Hash of the token, and receipt, of the responses sent.
    sent: BTreeMap<String, Option<String>>,
}

impl Ledger {
    /// Reads the edition.
    ///
    /// # Errors
    /// When a row cannot be read.
    pub async fn read(store: &dyn ResponseStore, code: &str) -> Result<Self, StoreError> {
        let sent = store
            .records(code)
            .try_filter_map(async |record| {
                let is_sent = record.state == RecordState::Submitted;
                Ok(is_sent.then_some((record.token.0, record.receipt)))
            })
            .try_collect()
            .await?;
        Ok(Self { sent })
    }

    /// Holds a report against what is kept now and was not before.
    #[must_use]
    pub fn since(&self, before: &Self, report: &Report) -> Verdict {
        let hashes = |tokens: &BTreeSet<String>| -> BTreeSet<String> {
            tokens.iter().map(|token| intake::token_hash(token).0).collect()
        };
        let acknowledged = hashes(&report.acknowledged);
        let in_doubt = hashes(&report.in_doubt);
        let stored: BTreeSet<&String> =
            self.sent.keys().filter(|hash| !before.sent.contains_key(*hash)).collect();
        let receipts: BTreeSet<&String> = self.sent.values().flatten().collect();
        let unknown =
            stored.iter().filter(|hash| !acknowledged.contains(**hash) && !in_doubt.contains(**hash)).count();
        Verdict {
            acknowledged: acknowledged.len(),
            stored: stored.len(),
            lost: acknowledged.iter().filter(|hash| !stored.contains(hash)).count(),
            duplicated: unknown + self.sent.len() - receipts.len(),
            kept_unanswered: in_doubt.iter().filter(|hash| stored.contains(hash)).count(),
        }
    }
}

/// What became of the responses that were acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Responses that the site acknowledged.
    pub acknowledged: usize,
    /// Responses that the store holds and did not before.
    pub stored: usize,
    /// Acknowledged and not stored: there must be none.
    pub lost: usize,
    /// Stored and of nobody who sent, or under a receipt that is another's: there must be none.
    pub duplicated: usize,
    /// Stored although the acknowledgement did not arrive: allowed, and the reason to send again.
    pub kept_unanswered: usize,
}

impl Verdict {
    /// Whether nothing acknowledged is lost and nothing is there twice.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.lost == 0 && self.duplicated == 0
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "store          {:>9} responses for {} acknowledged: {} lost, {} duplicated, {} kept whose acknowledgement \
             did not arrive",
            self.stored, self.acknowledged, self.lost, self.duplicated, self.kept_unanswered
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(tokens: &[(&str, &str)]) -> Ledger {
        let sent =
            tokens.iter().map(|(token, receipt)| (intake::token_hash(token).0, Some((*receipt).to_owned())));
        Ledger { sent: sent.collect() }
    }

    fn tokens(tokens: &[&str]) -> BTreeSet<String> {
        tokens.iter().map(|token| (*token).to_owned()).collect()
    }

    #[test]
    fn lost_duplicated_and_in_doubt_are_told_apart() {
        let before = ledger(&[("old", "1")]);
        let report =
            Report { acknowledged: tokens(&["a", "b"]), in_doubt: tokens(&["c", "d"]), ..Report::default() };
        let fine = ledger(&[("old", "1"), ("a", "2"), ("b", "3"), ("c", "4")]).since(&before, &report);
        let expected = Verdict { acknowledged: 2, stored: 3, lost: 0, duplicated: 0, kept_unanswered: 1 };
        assert_eq!((fine, fine.is_kept()), (expected, true));
        let bad = ledger(&[("old", "1"), ("a", "2"), ("x", "5")]).since(&before, &report);
        assert_eq!((bad.lost, bad.duplicated, bad.is_kept()), (1, 1, false));
        let same = ledger(&[("a", "2"), ("b", "2")]).since(&before, &report);
        assert_eq!(same.duplicated, 1, "two responses under one receipt");
    }
}
