//! What respondents do besides filling in: correct what they sent, come by an invitation or a code.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use store::{
    CodeHash, CorrectionStore, EarlierAnswers, Invitation, InvitationStore, Record, Save, SealedCode,
    StoreError, TokenHash,
};

use crate::{SqliteStore, corrections, invitations, writer};

#[async_trait]
impl CorrectionStore for SqliteStore {
    async fn correct(&self, token: &TokenHash, at: DateTime<Utc>) -> Result<(), StoreError> {
        let token = token.clone();
        let work = writer::work(move |connection| {
            Box::pin(async move { corrections::correct(connection, &token, at).await })
        });
        self.writer.run(work).await
    }

    async fn correction(&self, token: &TokenHash) -> Result<Option<Record>, StoreError> {
        corrections::correction(&self.readers, token).await
    }

    async fn save_correction(&self, save: &Save) -> Result<i64, StoreError> {
        let save = save.clone();
        let work = writer::work(move |connection| {
            Box::pin(async move { corrections::save(connection, &save).await })
        });
        self.writer.run(work).await
    }

    async fn send_correction(&self, save: &Save) -> Result<i64, StoreError> {
        let save = save.clone();
        let work = writer::work(move |connection| {
            Box::pin(async move { corrections::send(connection, &save).await })
        });
        self.writer.run(work).await
    }

    async fn drop_correction(&self, token: &TokenHash, at: DateTime<Utc>) -> Result<(), StoreError> {
        let token = token.clone();
        let work = writer::work(move |connection| {
            Box::pin(async move { corrections::drop_correction(connection, &token, at).await })
        });
        self.writer.run(work).await
    }

    async fn earlier_answers(&self, token: &TokenHash) -> Result<Vec<EarlierAnswers>, StoreError> {
        corrections::earlier_answers(&self.readers, token).await
    }
}

#[async_trait]
impl InvitationStore for SqliteStore {
    async fn invite(
        &self,
        edition: &str,
        invitations: &[Invitation],
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let (edition, invitations) = (edition.to_owned(), invitations.to_vec());
        let work = writer::work(move |connection| {
            Box::pin(async move { invitations::invite(connection, &edition, &invitations, at).await })
        });
        self.writer.run(work).await
    }

    async fn invited(&self, token: &TokenHash) -> Result<Option<String>, StoreError> {
        invitations::invited(&self.readers, token).await
    }

    async fn give_code(
        &self,
        token: &TokenHash,
        code: &SealedCode,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (token, code) = (token.clone(), code.clone());
        let work = writer::work(move |connection| {
            Box::pin(async move { invitations::give_code(connection, &token, &code, at).await })
        });
        self.writer.run(work).await
    }

    async fn code(&self, code: &CodeHash) -> Result<Option<SealedCode>, StoreError> {
        invitations::code(&self.readers, code).await
    }
}
