//! Complete drafts, of which only the last click is missing.

use chrono::{DateTime, Utc};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use hyper::Method;
use hyper::body::Bytes;
use intake::Tokens as _;
use questionnaire::{Answers, Edition};
use store::{NewDraft, ResponseStore, Save};

use crate::LoadError;
use crate::connection::Connection;
use crate::crowd::Door;
use crate::page::{Forms, encoded};
use crate::visit::SEND;

/// Drafts made at once.
const AT_ONCE: usize = 64;

/// A draft that is ready to be sent.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The token of its personal link.
    pub token: String,
    pub(crate) path: String,
    pub(crate) form: Bytes,
    pub(crate) cookies: Vec<String>,
}

/// Writes so many complete drafts into the store of the site, then reads the summary of each there, as somebody does
/// who is about to send.
///
/// # Errors
/// When the store does not take them, or the site does not show a summary.
pub async fn prepare(
    door: &Door,
    store: &dyn ResponseStore,
    code: &str,
    edition: &Edition,
    answers: &[Answers],
    count: usize,
    at: DateTime<Utc>,
) -> Result<Vec<Prepared>, LoadError> {
    stream::iter(0..if answers.is_empty() { 0 } else { count })
        .map(async |number| {
            let token = draft(store, code, edition, &answers[number % answers.len()], at).await?;
            summary(door, token).await
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await
}

/// Writes a draft that was asked everything.
async fn draft(
    store: &dyn ResponseStore,
    code: &str,
    edition: &Edition,
    answers: &Answers,
    at: DateTime<Utc>,
) -> Result<String, LoadError> {
    // Digits are letters of a token too.
    let random = u128::from_be_bytes(intake::SystemTokens.draw()?);
    let token = format!("{:026}", random % 10_u128.pow(26));
    let hash = intake::token_hash(&token);
    let version = edition.questionnaire.version.clone();
    let draft = NewDraft { edition: code.to_owned(), token: hash.clone(), version: version.clone(), at };
    store.start(&draft).await?;
    let last =
        edition.path(answers).screens.last().map(|&last| edition.questionnaire.screens[last].code.clone());
    let (answers, contacts) = edition.split_personal(answers);
    let save = Save { token: hash, expected_revision: 0, version, answers, contacts, last_screen: last, at };
    store.save(&save).await?;
    Ok(token)
}

/// Reads the summary, for what its form holds.
async fn summary(door: &Door, token: String) -> Result<Prepared, LoadError> {
    let place = door.target.path("/q/…/recapitulatif");
    let page = door.target.path(&format!("/q/{token}/recapitulatif"));
    let mut connection = Connection::new(&door.target, door.is_kept);
    let not_ready = |found: String| LoadError::NotReady { found, place: place.clone() };
    let reply = connection.send(Method::GET, &page, "", None).await.map_err(not_ready)?;
    if reply.status != 200 {
        return Err(not_ready(reply.status.to_string()));
    }
    let path = door.target.path(&format!("/q/{token}/{SEND}"));
    let form = Bytes::from(encoded(&Forms::read(&reply.body).filled(&path, &[])));
    Ok(Prepared { token, path, form, cookies: reply.cookies })
}
