//! One screen: shown, saved, and the next.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{RawQuery, Request, State};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use questionnaire::{Answers, Check, Edition, Path, QuestionIndex, Violation};
use store::{Record, Save, StoreError};

use crate::app::App;
use crate::draft::{self, Draft, Shown};
use crate::failure::Failure;
use crate::fields::{ACTION, Fields, SEEN, STATE, THEN};
use crate::guard::{self, MOST_BYTES, proof};
use crate::pages;
use crate::pages::leave::WITHDRAW_REFUSING;
use crate::pages::news::News;
use crate::pages::retry::Cause;
use crate::pages::screen::{Notice, ScreenPage};
use crate::reading::{self, Applied, Unexpected};
use crate::routes::{Address, Found, automatic, find, resume_address, see_other};
use crate::seen::Seen;
use crate::token::token_hash;

/// How often a save is tried again when another tab was faster.
const MOST_TRIES: usize = 5;

/// Names, in an address, a screen that is fetched before its turn.
const AHEAD: &str = "avance";

/// Marks the pages that a browser may show again while there is no network, for `service.js`.
const KEPT: HeaderName = HeaderName::from_static("barometre-screen");

/// The name, among the screens to show next, of the summary.
const SUMMARY: &str = "recapitulatif";

/// `GET /q/{token}/{screen}`.
pub(super) async fn show(
    State(app): State<Arc<App>>,
    address: Address,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let edition = &app.intake.edition;
    let screen = edition.questionnaire.screen_index(&address.screen).ok_or(Failure::NotFound)?;
    let draft = match find(&app, &address.token).await? {
        Found::Draft(draft) => draft,
        Found::Sent(_) => return Ok(see_other(&app.questionnaire(&address.token, "merci"))),
        Found::End(page) => return Ok(page),
    };
    let query = Fields::parse(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    // Fetched ahead: shown while there is no network, and saved in its turn.
    let is_ahead = query.one(AHEAD).is_some() && draft.path.screens.contains(&screen);
    if !is_ahead && !draft.may_show(edition, screen) {
        return Ok(see_other(&resume_address(&app, edition, &address.token, &draft)));
    }
    let shown = draft::shown(edition, screen, &draft.path);
    let fields = reading::write(edition, &shown, &draft.answers);
    let mut page = ScreenPage::new(&app, &address.token, screen, &draft, &shown, &fields);
    page.then = known_screens(&app, query.one(THEN)).join(",");
    page.news = News::read(&app, &query);
    let violations = draft.violations_on(edition, screen);
    page.violations = &violations;
    Ok(([(KEPT, "1")], page.render()).into_response())
}

/// What posting a screen did.
pub(crate) enum Posted {
    /// Nothing: the matter was closed before, as this page says.
    Nothing(Response),
    /// Saved, whole or in part.
    Kept(Kept),
    /// An answer that ends the questionnaire was given; nothing was saved of it.
    Ended {
        /// As it was before.
        draft: Box<Draft>,
        /// What the screen shows.
        shown: Vec<Shown>,
    },
    /// The draft is at another revision than expected; nothing was saved.
    Changed(Box<Draft>),
    /// Another definition was published; nothing was saved.
    Outdated,
    /// The store did not save.
    NotSaved {
        /// As it was before.
        draft: Box<Draft>,
        /// What the screen shows.
        shown: Vec<Shown>,
    },
}

/// A screen that was saved.
pub(crate) struct Kept {
    /// As it is now.
    pub(crate) draft: Box<Draft>,
    /// What was answered elsewhere meanwhile.
    pub(super) news: News,
    /// The path before.
    path_before: Path,
    /// What the screen shows.
    shown: Vec<Shown>,
    /// What is wrong with the rest; it was not saved.
    pub(crate) violations: Vec<Violation>,
    /// Whether a post code waits for its commune to be chosen.
    pub(super) is_choosing: bool,
}

impl Kept {
    /// Whether something that was typed is not kept.
    pub(super) fn is_typed_lost(&self) -> bool {
        self.violations.iter().any(|violation| !reading::is_kept(violation.code))
    }
}

/// `POST /q/{token}/{screen}`: saves what can be saved, then shows what comes next. The script of the page is told where
/// that is.
pub(super) async fn save(
    State(app): State<Arc<App>>,
    address: Address,
    request: Request,
) -> Result<Response, Failure> {
    let is_scripted = automatic::is_scripted(request.headers());
    let response = save_screen(app, address, request).await?;
    Ok(if is_scripted { automatic::next(response) } else { response })
}

async fn save_screen(app: Arc<App>, address: Address, request: Request) -> Result<Response, Failure> {
    let Address { token, screen: code } = address;
    let edition = &app.intake.edition;
    let screen = edition.questionnaire.screen_index(&code).ok_or(Failure::NotFound)?;
    let mut fields = guard::form(request, MOST_BYTES).await?;
    if !proof::take(&token, &mut fields) {
        return unproven(&app, &token, screen, &fields).await;
    }
    let action = Action::read(&fields)?;
    let posted = match keep(&app, &token, screen, &fields, action, None).await {
        Err(Failure::Unavailable(message)) => {
            tracing::error!(error = %message, "a screen was not saved");
            let page = pages::retry::page(&app, &token, screen, &fields, Cause::Away);
            return Ok((StatusCode::SERVICE_UNAVAILABLE, page).into_response());
        }
        posted => posted?,
    };
    match posted {
        Posted::Nothing(page) => Ok(page),
        Posted::Kept(kept) if action == Action::Keep => Ok(automatic::kept(&app, &kept)),
        // Nobody refuses by a click that no button confirmed.
        Posted::Ended { draft, .. } if action == Action::Keep => Ok(automatic::waiting(&app, &draft)),
        Posted::NotSaved { .. } if action == Action::Keep => Ok(automatic::not_saved()),
        // Whoever asks for another language has not refused yet.
        Posted::Ended { draft, shown } if action == Action::Language => {
            let mut page = ScreenPage::new(&app, &token, screen, &draft, &shown, &fields);
            page.then = known_screens(&app, fields.one(THEN)).join(",");
            Ok(page.render().into_response())
        }
        // A late refusal would erase much by one click among others: it is asked for again.
        Posted::Ended { draft, shown } if has_other_answers(&app, &draft, &shown) => {
            Ok(see_other(&app.questionnaire(&token, WITHDRAW_REFUSING)))
        }
        Posted::Ended { .. } => {
            app.intake.store.refuse(&token_hash(&token), app.intake.clock.now()).await?;
            Ok(see_other(&app.href(&format!("/q/{token}"))))
        }
        Posted::Outdated | Posted::Changed(_) => {
            let page = pages::retry::page(&app, &token, screen, &fields, Cause::Updated);
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Posted::NotSaved { draft, shown } => {
            let mut page = ScreenPage::new(&app, &token, screen, &draft, &shown, &fields);
            page.then = known_screens(&app, fields.one(THEN)).join(",");
            page.state = fields.one(STATE).map(str::to_owned);
            page.notice = Notice::NotSaved;
            Ok((StatusCode::SERVICE_UNAVAILABLE, page.render()).into_response())
        }
        Posted::Kept(kept) => Ok(after_saving(&app, &token, screen, &kept, &fields, action)),
    }
}

/// The page of a screen whose form does not prove that the link opened it: nothing is saved, everything typed is kept.
async fn unproven(app: &App, token: &str, screen: usize, fields: &Fields) -> Result<Response, Failure> {
    Ok(match find(app, token).await? {
        Found::Draft(_) => {
            let page = pages::retry::page(app, token, screen, fields, Cause::Unproven);
            (StatusCode::FORBIDDEN, page).into_response()
        }
        Found::Sent(_) => return Err(Failure::Sent { token: token.to_owned() }),
        Found::End(page) => page,
    })
}

/// Reads, merges and saves, again when another tab saved in between: the questions of this screen win, all others
/// stay as the other tab left them. `expected` is the revision that is to be saved over, if it matters.
pub(crate) async fn keep(
    app: &App,
    token: &str,
    screen: usize,
    fields: &Fields,
    action: Action,
    expected: Option<i64>,
) -> Result<Posted, Failure> {
    let edition = &app.intake.edition;
    let seen = fields.one(STATE).and_then(|text| Seen::read(edition, text));
    for _ in 0..MOST_TRIES {
        let draft = match find(app, token).await? {
            Found::Draft(draft) => draft,
            Found::Sent(_) => return Err(Failure::Sent { token: token.to_owned() }),
            Found::End(page) => return Ok(Posted::Nothing(page)),
        };
        if expected.is_some_and(|expected| expected != draft.record.revision) {
            return Ok(Posted::Changed(draft));
        }
        if !draft.may_save(edition, screen) {
            return Err(Failure::OffPath { token: token.to_owned() });
        }
        let shown = draft::shown(edition, screen, &draft.path);
        let mut reading = reading::read(edition, &shown, &draft.answers, fields)
            .map_err(|Unexpected(what)| Failure::Form(what))?;
        let untouched = seen
            .as_ref()
            .map_or_else(BTreeSet::new, |seen| reading.keep_untouched(edition, seen, &draft.answers));
        let is_choosing = !reading.to_choose.is_empty();
        let Applied { answers, violations } = reading.apply(edition, screen, &shown, &draft.answers);
        if edition.path(&answers).ended_by.is_some() {
            return Ok(Posted::Ended { draft, shown });
        }
        let news = seen
            .as_ref()
            .map_or_else(News::default, |seen| news(edition, seen, &draft, &shown, &untouched, &answers));
        let is_passed = violations.is_empty() && !is_choosing && action != Action::Keep;
        let last_screen =
            if is_passed { draft.passed_with(edition, screen) } else { draft.still_passed(edition) };
        match store(app, token, &draft, &answers, last_screen).await {
            Ok(record) => {
                let path_before = draft.path;
                let (grace, sent) = (draft.grace, draft.sent);
                let draft = Draft::new(edition, None, record).until(grace).correcting(sent);
                let draft = Box::new(draft);
                return Ok(Posted::Kept(Kept { draft, news, path_before, shown, violations, is_choosing }));
            }
            // Another tab saved, sent or withdrew: the record says which.
            Err(StoreError::Conflict { .. } | StoreError::Gone | StoreError::AlreadySubmitted) => {}
            Err(StoreError::Unavailable(message)) => {
                tracing::error!(error = %message, "a screen was not saved");
                return Ok(Posted::NotSaved { draft, shown });
            }
            Err(error @ StoreError::OutdatedVersion { .. }) => {
                tracing::warn!(%error, "a screen was not saved: this server asks by an earlier definition");
                return Ok(Posted::Outdated);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(Failure::Unavailable(format!("{MOST_TRIES} saves in a row met another one")))
}

/// What was answered elsewhere since the page was opened, now that its own answers are put in.
fn news(
    edition: &Edition,
    seen: &Seen,
    draft: &Draft,
    shown: &[Shown],
    untouched: &BTreeSet<QuestionIndex>,
    answers: &Answers,
) -> News {
    let mut news = News::default();
    let path = edition.path(answers);
    for question in seen.changed(edition, &draft.answers) {
        let code = &edition.questionnaire.questions[question].code;
        let is_here = shown.iter().any(|item| item.question == question);
        if untouched.contains(&question) || (!is_here && path.questions.contains_key(&question)) {
            news.changed.insert(question);
        } else if is_here && answers.get(code) != draft.answers.get(code) {
            news.replaced.insert(question);
        }
    }
    news
}

/// Whether questions of other screens were answered.
pub(crate) fn has_other_answers(app: &App, draft: &Draft, shown: &[Shown]) -> bool {
    let questions = &app.intake.edition.questionnaire.questions;
    let is_here = |code: &str| shown.iter().any(|item| questions[item.question].code == code);
    draft.answers.iter().any(|(code, _)| !is_here(code))
}

/// Saves, unless there is nothing new, and gives the record as it is now.
async fn store(
    app: &App,
    token: &str,
    draft: &Draft,
    answers: &Answers,
    last_screen: Option<String>,
) -> Result<Record, StoreError> {
    let edition = &app.intake.edition;
    let version = &edition.questionnaire.version;
    let record = &draft.record;
    if *answers == draft.answers && last_screen == record.last_screen && *version == record.version {
        return Ok(record.clone());
    }
    let (answers, contacts) = edition.split_personal(answers);
    let at = app.intake.clock.now();
    let save = Save {
        token: token_hash(token),
        expected_revision: record.revision,
        version: version.clone(),
        answers,
        contacts,
        last_screen,
        at,
    };
    let revision = match &draft.sent {
        None => app.intake.store.save(&save).await?,
        Some(_) => app.intake.store.save_correction(&save).await?,
    };
    Ok(Record {
        version: save.version,
        answers: save.answers,
        contacts: save.contacts,
        last_screen: save.last_screen,
        revision,
        updated_at: at,
        ..record.clone()
    })
}

/// The button pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Next,
    Previous,
    Later,
    /// None: the script saves what is typed as it is typed.
    Keep,
    /// The same screen again. The button posts to the face of the language wanted.
    Language,
}

impl Action {
    fn read(fields: &Fields) -> Result<Self, Failure> {
        match fields.all(ACTION) {
            [] => Ok(Self::Next),
            [action] if action == "suivant" => Ok(Self::Next),
            [action] if action == "precedent" => Ok(Self::Previous),
            [action] if action == "plus_tard" => Ok(Self::Later),
            [action] if action == "garder" => Ok(Self::Keep),
            [action] if action == "langue" => Ok(Self::Language),
            _ => Err(Failure::Form("an unknown action")),
        }
    }
}

/// The page after a save: the same one when something is to be corrected, chosen or confirmed, another otherwise.
fn after_saving(
    app: &App,
    token: &str,
    screen: usize,
    kept: &Kept,
    fields: &Fields,
    action: Action,
) -> Response {
    let edition = &app.intake.edition;
    let then = known_screens(app, fields.one(THEN));
    // To leave is always possible when nothing typed would be lost by it.
    let is_typed_lost = kept.is_typed_lost();
    let left_for = match action {
        Action::Next | Action::Keep => None,
        Action::Previous => {
            let before = draft::before(&kept.draft.path, screen).unwrap_or(screen);
            Some(app.questionnaire(token, &edition.questionnaire.screens[before].code))
        }
        Action::Later => Some(app.questionnaire(token, "reprendre")),
        // A post code that waits for its commune would be lost by leaving: it is shown again at once.
        Action::Language if is_typed_lost || kept.is_choosing => None,
        Action::Language => {
            let query = if then.is_empty() { String::new() } else { format!("?{THEN}={}", then.join(",")) };
            let code = &edition.questionnaire.screens[screen].code;
            return see_other(&kept.news.put(app, app.questionnaire(token, &format!("{code}{query}"))));
        }
    };
    if let Some(address) = left_for.clone().filter(|_| !is_typed_lost) {
        return see_other(&kept.news.put(app, address));
    }
    let mut page = ScreenPage::new(app, token, screen, &kept.draft, &kept.shown, fields);
    page.then = then.join(",");
    page.news = kept.news.clone();
    if !kept.violations.is_empty() {
        page.violations = &kept.violations;
        page.leave = left_for.map(|address| (address, action == Action::Previous));
        return (StatusCode::UNPROCESSABLE_ENTITY, page.render()).into_response();
    }
    if kept.is_choosing {
        page.notice = Notice::Choose;
        return page.render().into_response();
    }
    let warnings: Vec<&Check> = edition.warnings(screen, &kept.draft.answers);
    if warnings.iter().any(|check| !fields.has(SEEN, &check.code)) {
        page.warnings = warnings;
        return page.render().into_response();
    }
    see_other(&kept.news.put(app, next_address(app, token, screen, kept, then)))
}

/// What follows a screen: the next of the path, or, for someone who came from the summary to change an answer, the
/// screens that the change opened and then the summary again.
fn next_address(app: &App, token: &str, screen: usize, kept: &Kept, then: Vec<String>) -> String {
    let screens = &app.intake.edition.questionnaire.screens;
    let path = &kept.draft.path;
    if then.is_empty() {
        let next = draft::after(path, screen).map_or(SUMMARY, |next| screens[next].code.as_str());
        return app.questionnaire(token, next);
    }
    let opened = path
        .screens
        .iter()
        .copied()
        .filter(|&other| other > screen && !kept.path_before.screens.contains(&other));
    let mut coming: Vec<String> = opened.map(|other| screens[other].code.clone()).collect();
    coming.extend(then);
    let is_asked = |code: &str| path.screens.iter().any(|&other| screens[other].code == code);
    let Some(position) = coming.iter().position(|code| code == SUMMARY || is_asked(code)) else {
        return app.questionnaire(token, SUMMARY);
    };
    let rest = coming.split_off(position + 1).join(",");
    match coming.pop().filter(|code| code != SUMMARY) {
        Some(code) => app.questionnaire(token, &format!("{code}?{THEN}={rest}")),
        None => app.questionnaire(token, SUMMARY),
    }
}

/// The codes of a comma-separated list that are screens, or the summary.
fn known_screens(app: &App, list: Option<&str>) -> Vec<String> {
    let is_known =
        |code: &&str| *code == SUMMARY || app.intake.edition.questionnaire.screen_index(code).is_some();
    list.unwrap_or_default().split(',').filter(is_known).map(str::to_owned).collect()
}
