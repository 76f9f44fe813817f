//! The respondent's face: fill, save, resume, submit, read one's result, withdraw.
//!
//! What flows in: HTML forms, posted screen by screen without any script; with one, each answer as it is given. What
//! flows out: answers in a [`store::RespondentStore`], and pages in the languages of the questionnaire that have a catalogue in `texts/`. What is
//! promised:
//!
//! - a page says that something is saved only once the store has said so;
//! - what was typed is shown again whenever it could not be kept (an error, a database that is away);
//! - two devices or tabs never overwrite each other silently: each question keeps the answer of the screen saved last, and
//!   both pages say what was answered elsewhere;
//! - answers off the path are never submitted, a response is submitted once, however often it is sent;
//! - what was sent is corrected until the edition closes and withdrawn at any time, by the personal link;
//! - a GET changes nothing; no cookie, no inline script, nothing loaded from elsewhere, and no page needs its one script;
//! - a form counts only with the proof that its personal link opened it ([`form_token`]), and what comes too fast
//!   ([`Limits`]) or without the proof is given back with all that was typed;
//! - programs go the same way in JSON, under `/api/v1` ([`openapi`]): same validation, same calls to the store;
//! - neither the token of a personal link nor an answer is ever written to a log.
//!
//! The questionnaire's own language has the addresses without a language; another has the same ones under its code,
//! for instance `/en/q/{token}/{screen}`, over the same drafts. Changing language saves what the page holds.
//!
//! The names of form fields follow from the question's code, see [`form_fields`].
//!
//! ```no_run
//! # fn example(edition: questionnaire::Edition, store: std::sync::Arc<dyn store::RespondentStore>) -> axum::Router {
//! use std::collections::BTreeMap;
//! use std::sync::Arc;
//! intake::router(intake::Intake {
//!     edition: Arc::new(edition),
//!     earlier: BTreeMap::new(),
//!     store,
//!     clock: Arc::new(intake::SystemClock),
//!     tokens: Arc::new(intake::SystemTokens),
//!     mailbox: None,
//!     attempts: Arc::default(),
//!     settings: intake::Settings {
//!         edition: "2026".to_owned(),
//!         is_simulated: false,
//!         base_url: "https://barometre.example".to_owned(),
//!         publisher: "Social Good Accelerator".to_owned(),
//!         contact: "contact@barometre.example".to_owned(),
//!         words: intake::Words::default(),
//!         limits: intake::Limits::default(),
//!     },
//!     extras: intake::Extras::default(),
//! })
//! # }
//! ```

mod api;
mod app;
mod asked;
mod board;
mod clock;
mod code;
mod draft;
mod english;
mod extras;
mod failure;
mod fields;
mod french;
mod guard;
mod invitation;
mod language;
mod mail;
mod outcome;
mod pages;
mod reading;
mod resources;
mod routes;
mod seen;
mod sheet;
mod statement;
mod texts;
mod token;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use questionnaire::{Answers, Edition};
use store::RespondentStore;

pub use api::openapi;
pub use asked::asked_once;
pub use board::{Board, CountShown, RoundedCount};
pub use clock::{Clock, SystemClock};
pub use code::Code;
pub use extras::{Actor, Benchmark, Extras, PrintError, Printer, Shown};
pub use guard::limits::{Limits, Pace, Paces};
pub use guard::log_panics_by_place;
pub use guard::pace::paced_beside;
pub use guard::proof::form_token;
pub use invitation::{Invitation, invitation};
pub use ipnet::IpNet;
pub use mail::{Attempts, Letter, Mailbox, Postman};
pub use resources::{Resources, ResourcesError};
pub use routes::Route;
pub use sheet::{Bar, Link, Part, Section, Sheet, Step, Verdict};
pub use statement::covered;
pub use token::{SystemTokens, TokenError, Tokens, token, token_hash};
pub use words::{Words, WordsError};

/// What the respondent's pages need.
#[derive(Clone)]
pub struct Intake {
    /// The edition that is filled in.
    pub edition: Arc<Edition>,
    /// Definitions that were asked before, by version: a draft begun under one is shown what it has not seen, and a
    /// response sent under one keeps its result.
    pub earlier: BTreeMap<String, Arc<Edition>>,
    /// Where responses are kept.
    pub store: Arc<dyn RespondentStore>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where unguessable bytes come from.
    pub tokens: Arc<dyn Tokens>,
    /// Who sends letters by e-mail; without one, the pages do not offer to send any.
    pub mailbox: Option<Mailbox>,
    /// Counts the codes that lead nowhere; one for all routers of a site.
    pub attempts: Arc<Attempts>,
    /// The rest.
    pub settings: Settings,
    /// What the individual result can use when it is there.
    pub extras: Extras,
}

/// How this site presents itself.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Code of the edition in the store, for instance `2026`.
    pub edition: String,
    /// Whether responses are simulated; every page then says so.
    pub is_simulated: bool,
    /// Address of the start page as respondents see it, without a final slash. Its path, if any, is put before
    /// every link, so that the router may be nested there.
    pub base_url: String,
    /// Who is responsible for the survey, for the privacy notice.
    pub publisher: String,
    /// Address for questions and rights, for the privacy notice.
    pub contact: String,
    /// What the survey says in its own words, in place of the catalogue's.
    pub words: Words,
    /// How fast requests are taken, and which proxies are believed. Routers that take each other's place share it.
    pub limits: Limits,
}

/// The routes of the respondent's face, in every language offered.
pub fn router(intake: Intake) -> Router {
    routes::router(app::App::faces(intake))
}

/// All routes of [`router`] for an edition, in the order of their addresses.
#[must_use]
pub fn routes(edition: &Edition) -> Vec<Route> {
    routes::all(edition)
}

/// The form fields that a browser would post for these answers on this screen, names and values, without the
/// button pressed (`action` = `suivant`, `precedent`, `plus_tard` or `langue`) and without the field `jeton`, which is
/// [`form_token`] of the personal link.
///
/// | Kind | Fields |
/// |---|---|
/// | single, integer, text, e-mail | `code` |
/// | multiple | `code`, once for each option ticked |
/// | matrix | `code.row` |
/// | identifier | `code.type`, and `code.siret` or `code.rna` |
/// | commune | `code.code_postal`, then `code` for the commune chosen |
/// | networks | `code`, once for each network ticked, and `code.autre` |
///
/// Consistency warnings that have been read are acknowledged by `vu`, once for each check; all checks of the screen
/// are acknowledged here.
#[must_use]
pub fn form_fields(edition: &Edition, screen: usize, answers: &Answers) -> Vec<(String, String)> {
    let path = edition.path(answers);
    let shown = draft::shown(edition, screen, &path);
    let mut fields = reading::write(edition, &shown, answers);
    for check in &edition.questionnaire.checks {
        if shown.iter().any(|item| item.question == check.question) {
            fields.push(fields::SEEN, &check.code);
        }
    }
    fields.into_pairs()
}
