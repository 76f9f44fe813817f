//! What respondents do besides filling in: correct what they sent, come by an invitation or a code.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use store::{
    CodeHash, CorrectionStore, EarlierAnswers, Invitation, InvitationStore, Record, Save, SealedCode,
    StoreError, TokenHash,
};

use crate::{PostgresStore, corrections, invitations};

#[async_trait]
impl CorrectionStore for PostgresStore {
    async fn correct(&self, token: &TokenHash, at: DateTime<Utc>) -> Result<(), StoreError> {
        let token = token.clone();
        self.transaction(move |connection| {
            Box::pin(async move { corrections::correct(connection, &token, at).await })
        })
        .await
    }

    async fn correction(&self, token: &TokenHash) -> Result<Option<Record>, StoreError> {
        corrections::correction(&self.pool, token).await
    }

    async fn save_correction(&self, save: &Save) -> Result<i64, StoreError> {
        let save = save.clone();
        self.transaction(move |connection| {
            Box::pin(async move { corrections::save(connection, &save).await })
        })
        .await
    }

    async fn send_correction(&self, save: &Save) -> Result<i64, StoreError> {
        let save = save.clone();
        self.transaction(move |connection| {
            Box::pin(async move { corrections::send(connection, &save).await })
        })
        .await
    }

    async fn drop_correction(&self, token: &TokenHash, at: DateTime<Utc>) -> Result<(), StoreError> {
        let token = token.clone();
        self.transaction(move |connection| {
            Box::pin(async move { corrections::drop_correction(connection, &token, at).await })
        })
        .await
    }

    async fn earlier_answers(&self, token: &TokenHash) -> Result<Vec<EarlierAnswers>, StoreError> {
        corrections::earlier_answers(&self.pool, token).await
    }
}

#[async_trait]
impl InvitationStore for PostgresStore {
    async fn invite(
        &self,
        edition: &str,
        invitations: &[Invitation],
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let (edition, invitations) = (edition.to_owned(), invitations.to_vec());
        self.transaction(move |connection| {
            Box::pin(async move { invitations::invite(connection, &edition, &invitations, at).await })
        })
        .await
    }

    async fn invited(&self, token: &TokenHash) -> Result<Option<String>, StoreError> {
        invitations::invited(&self.pool, token).await
    }

    async fn give_code(
        &self,
        token: &TokenHash,
        code: &SealedCode,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (token, code) = (token.clone(), code.clone());
        self.transaction(move |connection| {
            Box::pin(async move { invitations::give_code(connection, &token, &code, at).await })
        })
        .await
    }

    async fn code(&self, code: &CodeHash) -> Result<Option<SealedCode>, StoreError> {
        invitations::code(&self.pool, code).await
    }
}
