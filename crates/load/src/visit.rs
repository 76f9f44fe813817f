//! One respondent's visit, as a browser without script makes it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hyper::Method;
use hyper::body::Bytes;
use questionnaire::{Answers, Edition};
use tokio::time::Instant;

use crate::connection::{Connection, Reply};
use crate::crowd::Door;
use crate::measure::{Report, Step};
use crate::page::{Forms, encoded};

/// The route that starts a response.
const START: &str = "/commencer";
/// The page that ends the screens.
const SUMMARY: &str = "recapitulatif";
/// Where the summary is sent.
pub(crate) const SEND: &str = "envoyer";
/// The page that acknowledges a response sent.
const RECEIPT: &str = "merci";

/// What is waited before a request is tried again, times the number of the try.
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// What somebody would type, and how far they go.
#[derive(Debug, Clone)]
pub struct Respondent {
    /// The answers.
    pub answers: Answers,
    /// The screen after which they stop; `None` for who goes to the end.
    pub stops_after: Option<usize>,
}

/// How a visit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The response was sent and acknowledged.
    Sent,
    /// The visit stopped where it should.
    Dropped,
    /// Consent was refused, and nothing more was asked.
    Refused,
    /// Something went wrong, and the tries were used up.
    GaveUp,
}

/// A visitor, on a connection of their own.
pub(crate) struct Visitor<'a> {
    pub(crate) door: &'a Door,
    pub(crate) connection: Connection<'a>,
    pub(crate) report: &'a Mutex<Report>,
    pub(crate) cookies: Vec<String>,
    /// When the next request was to begin.
    pub(crate) due: Instant,
}

impl Visitor<'_> {
    /// Fills the questionnaire.
    pub(crate) async fn fill(&mut self, edition: &Edition, respondent: &Respondent) -> End {
        self.try_to_fill(edition, respondent).await.unwrap_or(End::GaveUp)
    }

    async fn try_to_fill(&mut self, edition: &Edition, respondent: &Respondent) -> Option<End> {
        let root = self.door.target.path("/");
        let forms = Forms::read(&self.read(&root).await?.body);
        let mut at = self.post(&self.door.target.path(START), &forms, &[], Step::Save).await?;
        let mut furthest = None;
        loop {
            let token = token_of(&self.door.target.base, &at)?;
            let page = last(&at).to_owned();
            let screen = edition.questionnaire.screen_index(&page);
            if page != SUMMARY && screen.is_none() {
                // A refusal leads back to the personal link, which names no screen.
                if furthest.is_some() && page == token {
                    return Some(End::Refused);
                }
                return self.astray(&at);
            }
            let forms = Forms::read(&self.read(&at).await?.body);
            let Some(screen) = screen else {
                let path = beside(&at, SEND);
                return self.send(&token, &path, &forms).await;
            };
            if furthest.is_some_and(|furthest| screen <= furthest) {
                return self.astray(&at);
            }
            furthest = Some(screen);
            tokio::time::sleep(self.door.pause).await;
            self.due = Instant::now();
            let fields = intake::form_fields(edition, screen, &respondent.answers);
            at = self.post(&at.clone(), &forms, &fields, Step::Save).await?;
            if respondent.stops_after == Some(screen) {
                return Some(End::Dropped);
            }
        }
    }

    /// Sends the response and reads the receipt.
    async fn send(&mut self, token: &str, path: &str, forms: &Forms) -> Option<End> {
        let form = Bytes::from(encoded(&forms.filled(path, &[])));
        let receipt = self.submit(token, path, form).await?;
        self.read(&receipt).await?;
        Some(End::Sent)
    }

    /// Posts the summary; gives the address of the receipt once the site has acknowledged.
    pub(crate) async fn submit(&mut self, token: &str, path: &str, form: Bytes) -> Option<String> {
        self.keep(|report| report.in_doubt.insert(token.to_owned()));
        let leads =
            |reply: &Reply| reply.status == 303 && reply.location.as_deref().map(last) == Some(RECEIPT);
        let reply = self.ask(Method::POST, path, Some(form), Step::Submit, leads).await?;
        self.keep(|report| {
            report.in_doubt.remove(token);
            report.acknowledged.insert(token.to_owned());
        });
        reply.location
    }

    /// Reads a page.
    pub(crate) async fn read(&mut self, path: &str) -> Option<Reply> {
        self.ask(Method::GET, path, None, Step::Read, |reply| reply.status == 200).await
    }

    /// Posts a form and gives the page that the site leads to.
    async fn post(
        &mut self,
        path: &str,
        forms: &Forms,
        fields: &[(String, String)],
        step: Step,
    ) -> Option<String> {
        let form = Bytes::from(encoded(&forms.filled(path, fields)));
        let leads = |reply: &Reply| reply.status == 303 && reply.location.is_some();
        self.ask(Method::POST, path, Some(form), step, leads).await?.location
    }

    /// Sends a request until the answer is the one expected, or the tries are used up.
    async fn ask(
        &mut self,
        method: Method,
        path: &str,
        form: Option<Bytes>,
        step: Step,
        is_expected: impl Fn(&Reply) -> bool,
    ) -> Option<Reply> {
        for again in 1..=self.door.tries {
            let cookies = self.cookies.join("; ");
            match self.connection.send(method.clone(), path, &cookies, form.clone()).await {
                Ok(reply) if is_expected(&reply) => {
                    let now = Instant::now();
                    let latency = now - self.due;
                    self.due = now;
                    self.keep(|report| report.answered(step, latency));
                    self.remember(&reply);
                    return Some(reply);
                }
                Ok(reply) => {
                    let status = reply.status;
                    self.fail(format!("{status} to {method} {}", name(&self.door.target.base, path)));
                    // What is not our fault may be better in a moment; the rest stays as it is.
                    if !matches!(status, 429 | 502..=504) {
                        return None;
                    }
                }
                Err(what) => self.fail(what),
            }
            if again < self.door.tries {
                tokio::time::sleep(BETWEEN_TRIES * again).await;
            }
        }
        None
    }

    fn remember(&mut self, reply: &Reply) {
        for cookie in &reply.cookies {
            let name = |cookie: &str| cookie.split('=').next().unwrap_or_default().to_owned();
            self.cookies.retain(|other| name(other) != name(cookie));
            self.cookies.push(cookie.clone());
        }
    }

    fn astray(&self, at: &str) -> Option<End> {
        self.fail(format!("led to {}, which is no further screen", name(&self.door.target.base, at)));
        None
    }

    fn fail(&self, what: String) {
        self.keep(|report| report.failed(what));
    }

    pub(crate) fn keep<T>(&self, note: impl FnOnce(&mut Report) -> T) {
        note(&mut self.report.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// The token in the address of a questionnaire's page.
fn token_of(base: &str, path: &str) -> Option<String> {
    path.strip_prefix(base)?.strip_prefix("/q/")?.split('/').next().map(str::to_owned)
}

/// The last part of an address: the code of a screen, or the name of a page.
fn last(path: &str) -> &str {
    path.split('?').next().unwrap_or_default().rsplit('/').next().unwrap_or_default()
}

/// The address of a page beside this one.
fn beside(path: &str, page: &str) -> String {
    path.rsplit_once('/').map_or_else(|| page.to_owned(), |(before, _)| format!("{before}/{page}"))
}

/// A path as it may be shown: without the token of a personal link.
fn name(base: &str, path: &str) -> String {
    match token_of(base, path) {
        Some(token) => path.replace(&token, "…"),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_personal_link_is_never_in_an_error() {
        assert_eq!(name("/enquete", "/enquete/q/0123456789/envoyer"), "/enquete/q/…/envoyer");
        assert_eq!(name("", "/commencer"), "/commencer");
    }

    #[test]
    fn pages_are_told_by_the_end_of_their_address() {
        assert_eq!(last("/q/abc/nom?puis=recapitulatif"), "nom");
        assert_eq!(beside("/q/abc/recapitulatif", SEND), "/q/abc/envoyer");
        assert_eq!(token_of("", "/q/abc"), Some("abc".to_owned()));
        assert_eq!(token_of("", "/commencer"), None);
    }
}
