//! Invitations and short codes: what leads to a personal link before or beside the link itself.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{CorrectionStore, ResponseStore, StoreError, TokenHash};

/// SHA-256 of a short code: 64 hexadecimal digits in lower case. The code itself is never kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CodeHash(pub String);

/// A short code as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedCode {
    /// Hash of the code.
    pub code: CodeHash,
    /// The token of the personal link, 32 hexadecimal digits that only the code makes readable.
    pub sealed: String,
}

/// An invitation to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Hash of the token of the personal link that is sent.
    pub token: TokenHash,
    /// The short code that leads there too.
    pub code: SealedCode,
}

/// Invitations and short codes.
#[async_trait]
pub trait InvitationStore: Send + Sync {
    /// Invites to an open edition. An invitation made before stays as it is: whoever sends a list again sends the same
    /// links again. Returns how many are new.
    async fn invite(
        &self,
        edition: &str,
        invitations: &[Invitation],
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError>;

    /// The edition that the personal link with this token invites to, whether or not it was started since.
    async fn invited(&self, token: &TokenHash) -> Result<Option<String>, StoreError>;

    /// Gives a draft, a response or an invitation one more code. The oldest ones that were given so are forgotten beyond
    /// [`MOST_CODES`]; that of the invitation is not. What was erased is [`StoreError::Gone`].
    async fn give_code(
        &self,
        token: &TokenHash,
        code: &SealedCode,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// What a code seals.
    async fn code(&self, code: &CodeHash) -> Result<Option<SealedCode>, StoreError>;
}

/// How many codes that respondents asked for lead to one personal link.
pub const MOST_CODES: i64 = 3;

/// A store for respondents: drafts and responses, corrections, invitations.
pub trait RespondentStore: ResponseStore + CorrectionStore + InvitationStore {}

impl<T: ResponseStore + CorrectionStore + InvitationStore> RespondentStore for T {}
