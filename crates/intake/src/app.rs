//! What every route sees: the intake, and the addresses of its own pages.

use sha2::{Digest as _, Sha256};
use store::{EditionState, Record, StoreError};

use crate::Intake;
use crate::failure::Failure;
use crate::token::{is_token, token_hash};

/// The style sheet, the only file besides the pages.
pub(crate) const STYLE: &str = include_str!("../style/style.css");

/// The state of the router.
pub(crate) struct App {
    /// What was given.
    pub(crate) intake: Intake,
    /// Path of the base address, put before every link; empty at the root of a site.
    prefix: String,
    /// Route of the style sheet; its hash changes with its content, so that it may be kept for ever.
    pub(crate) style_route: String,
    /// Whether pages are served over TLS.
    pub(crate) is_secure: bool,
}

impl App {
    /// Prepares the addresses.
    pub(crate) fn new(intake: Intake) -> Self {
        let base = intake.settings.base_url.trim_end_matches('/');
        let after_scheme = base.split_once("://").map_or(base, |(_, rest)| rest);
        let prefix = after_scheme.find('/').map_or("", |start| &after_scheme[start..]).to_owned();
        let hash: String = Sha256::digest(STYLE).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let is_secure = base.starts_with("https://");
        Self { intake, prefix, style_route: format!("/style-{hash}.css"), is_secure }
    }

    /// The address of one of our pages, for a link: `route` starts with `/`.
    pub(crate) fn href(&self, route: &str) -> String {
        format!("{}{route}", self.prefix)
    }

    /// The address of a page of a questionnaire.
    pub(crate) fn questionnaire(&self, token: &str, page: &str) -> String {
        self.href(&format!("/q/{token}/{page}"))
    }

    /// The personal link as it is copied or sent by e-mail.
    pub(crate) fn personal_link(&self, token: &str) -> String {
        format!("{}/q/{token}", self.intake.settings.base_url.trim_end_matches('/'))
    }

    /// The record behind a personal link. A token that is malformed, unknown or of another edition gives the same
    /// failure, so that nothing is learnt by trying.
    pub(crate) async fn record(&self, token: &str) -> Result<Record, Failure> {
        if !is_token(token) {
            return Err(Failure::NotFound);
        }
        let record = self.intake.store.find(&token_hash(token)).await?;
        record.filter(|record| record.edition == self.intake.settings.edition).ok_or(Failure::NotFound)
    }

    /// Whether the edition takes answers.
    pub(crate) async fn is_open(&self) -> Result<bool, StoreError> {
        let edition = self.intake.store.edition(&self.intake.settings.edition).await?;
        Ok(edition.is_some_and(|edition| edition.state == EditionState::Open))
    }
}
