//! What every route sees: the intake in one language, and the addresses of its own pages.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};
use questionnaire::{Breakdown, Edition, QuestionIndex, curly};
use sha2::{Digest as _, Sha256};
use store::{EditionRecord, EditionState, Record, StoreError, is_archive_of};

use crate::Intake;
use crate::asked;
use crate::failure::Failure;
use crate::language::Language;
use crate::texts::Texts;
use crate::token::{is_token, token_hash};

/// The script, which no page needs, as it is served: without its comments and its indentation, for slow networks.
pub(crate) static SCRIPT: LazyLock<String> = LazyLock::new(|| bare(include_str!("../script/form.js")));

/// The script that shows screens while there is no network, likewise.
pub(crate) static SERVICE: LazyLock<String> = LazyLock::new(|| bare(include_str!("../script/service.js")));

/// A script without what only its readers need.
fn bare(script: &str) -> String {
    let lines = script.lines().map(str::trim_start);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .fold(String::new(), |script, line| script + line + "\n")
}

/// The style sheet, the only file besides the pages and the script.
pub(crate) const STYLE: &str = include_str!("../style/style.css");

/// The state of a router: the questionnaire's face in one language.
pub(crate) struct App {
    /// What was given; its edition is in this face's language.
    pub(crate) intake: Intake,
    /// The language of this face.
    pub(crate) language: Language,
    /// All languages offered, the questionnaire's own first.
    languages: Vec<Language>,
    /// Path of the base address, put before every link; empty at the root of a site.
    base: String,
    /// Whether pages are served over TLS.
    pub(crate) is_secure: bool,
    /// The questions that decide what follows them.
    steering: BTreeSet<QuestionIndex>,
    /// The breakdowns of the board, in this face's language.
    parts: Vec<Part>,
}

/// A breakdown of the board.
pub(crate) struct Part {
    /// Code.
    pub(crate) code: String,
    /// Label.
    pub(crate) label: String,
    /// Codes and labels of its categories.
    pub(crate) categories: Vec<(String, String)>,
}

impl App {
    /// The faces of an intake: the first has the addresses without a language, and each other language of the
    /// questionnaire that the pages speak has its own under its code.
    pub(crate) fn faces(intake: Intake) -> Vec<Self> {
        let languages = Language::offered(&intake.edition.questionnaire.languages);
        let others: Vec<Self> = languages[1..]
            .iter()
            .filter_map(|&language| {
                let edition = Arc::new(intake.edition.localised(language.code())?);
                // An earlier definition may lack this language; its texts are then those of its own.
                let earlier = intake.earlier.iter().map(|(version, earlier)| {
                    let localised =
                        earlier.localised(language.code()).map_or_else(|| Arc::clone(earlier), Arc::new);
                    (version.clone(), localised)
                });
                let earlier = earlier.collect();
                Some(Self::new(Intake { edition, earlier, ..intake.clone() }, language, languages.clone()))
            })
            .collect();
        let first = languages[0];
        std::iter::once(Self::new(intake, first, languages)).chain(others).collect()
    }

    fn new(intake: Intake, language: Language, languages: Vec<Language>) -> Self {
        let base = intake.settings.base_url.trim_end_matches('/');
        let after_scheme = base.split_once("://").map_or(base, |(_, rest)| rest);
        let path = after_scheme.find('/').map_or("", |start| &after_scheme[start..]).to_owned();
        let is_secure = base.starts_with("https://");
        let typeset = |edition: &Arc<Edition>| Arc::new(edition.typeset());
        let edition = typeset(&intake.edition);
        let earlier = intake.earlier.iter().map(|(version, earlier)| (version.clone(), typeset(earlier)));
        let intake = Intake { earlier: earlier.collect(), edition, ..intake };
        let steering = intake.edition.steering();
        let parts = parts(&intake, language);
        Self { intake, language, languages, base: path, is_secure, steering, parts }
    }

    /// Whether this is the face in the questionnaire's own language.
    pub(crate) fn is_first(&self) -> bool {
        self.languages.first() == Some(&self.language)
    }

    /// What the routes of a face begin with: nothing, or its code.
    fn beginning(&self, language: Language) -> String {
        if self.languages.first() == Some(&language) {
            String::new()
        } else {
            format!("/{}", language.code())
        }
    }

    /// A route of this face, as the router knows it.
    pub(crate) fn route(&self, route: &str) -> String {
        format!("{}{route}", self.beginning(self.language))
    }

    /// The route that a path of this face has in every language.
    pub(crate) fn common_route<'a>(&self, path: &'a str) -> &'a str {
        path.strip_prefix(&self.beginning(self.language)).unwrap_or(path)
    }

    /// The breakdowns of the board.
    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Whether there is an individual result to read: what has no score has none.
    pub(crate) fn has_result(&self) -> bool {
        self.intake.edition.questionnaire.dimensions.iter().any(|dimension| dimension.is_scored)
    }

    /// The texts: the survey's own words, and the catalogue for the rest.
    pub(crate) fn texts(&self) -> &Texts {
        self.intake.settings.words.texts(self.language)
    }

    /// The address of one of our pages, for a link: `route` starts with `/`.
    pub(crate) fn href(&self, route: &str) -> String {
        self.href_in(self.language, route)
    }

    /// The same in another language.
    pub(crate) fn href_in(&self, language: Language, route: &str) -> String {
        format!("{}{}{route}", self.base, self.beginning(language))
    }

    /// The address of the style sheet, which has no language.
    pub(crate) fn style(&self) -> String {
        format!("{}{}", self.base, style_route())
    }

    /// The address of the script, which has no language.
    pub(crate) fn script(&self) -> String {
        format!("{}{}", self.base, script_route())
    }

    /// The address of the script that shows screens while there is no network.
    pub(crate) fn service(&self) -> String {
        format!("{}{SERVICE_ROUTE}", self.base)
    }

    /// Whether what is answered on a screen decides what follows it.
    pub(crate) fn steers(&self, screen: usize) -> bool {
        let items = &self.intake.edition.questionnaire.screens[screen].items;
        items.iter().any(|item| self.steering.contains(&item.question))
    }

    /// The languages to change to.
    pub(crate) fn other_languages(&self) -> impl Iterator<Item = Language> {
        self.languages.iter().copied().filter(|&language| language != self.language)
    }

    /// The address of a page of a questionnaire.
    pub(crate) fn questionnaire(&self, token: &str, page: &str) -> String {
        self.href(&page_route(token, page))
    }

    /// The personal link as it is copied or sent by e-mail.
    pub(crate) fn personal_link(&self, token: &str) -> String {
        let base = self.intake.settings.base_url.trim_end_matches('/');
        format!("{base}{}/q/{token}", self.beginning(self.language))
    }

    /// The record behind a personal link, also when it was set apart because the edition was started again. A token that
    /// is malformed, unknown or of another edition gives the same failure, so that nothing is learnt by trying.
    pub(crate) async fn record(&self, token: &str) -> Result<Record, Failure> {
        if !is_token(token) {
            return Err(Failure::NotFound);
        }
        let record = self.intake.store.find(&token_hash(token)).await?;
        let edition = &self.intake.settings.edition;
        let is_ours = |record: &Record| record.edition == *edition || is_archive_of(edition, &record.edition);
        record.filter(is_ours).ok_or(Failure::NotFound)
    }

    /// Whether a personal link was sent as an invitation to this edition.
    pub(crate) async fn is_invited(&self, token: &str) -> Result<bool, StoreError> {
        if !is_token(token) {
            return Ok(false);
        }
        let invited = self.intake.store.invited(&token_hash(token)).await?;
        Ok(invited.is_some_and(|edition| edition == self.intake.settings.edition))
    }

    /// The definition that a record was last saved under, when it is an earlier one and known.
    pub(crate) fn earlier(&self, record: &Record) -> Option<&Edition> {
        let is_current = record.version == self.intake.edition.questionnaire.version;
        self.intake.earlier.get(&record.version).filter(|_| !is_current).map(Arc::as_ref)
    }

    /// Whether a draft that was started before can still be saved and sent, and until when if the edition is in its
    /// grace: the store decides, by the same rule.
    pub(crate) async fn takes_drafts(&self) -> Result<Taking, StoreError> {
        let now = self.intake.clock.now();
        let edition = self.edition().await?;
        Ok(match edition {
            Some(edition) if edition.state == EditionState::Open => Taking::Open,
            Some(edition) => edition.grace_at(now).map_or(Taking::Closed, Taking::Grace),
            None => Taking::Closed,
        })
    }

    /// The edition, as it was read when the request came in, or now.
    async fn edition(&self) -> Result<Option<EditionRecord>, StoreError> {
        let code = &self.intake.settings.edition;
        match asked::edition(code) {
            Some(edition) => Ok(Some(edition)),
            None => self.intake.store.edition(code).await,
        }
    }

    /// Whether the edition takes answers.
    pub(crate) async fn is_open(&self) -> Result<bool, StoreError> {
        let edition = self.edition().await?;
        Ok(edition.is_some_and(|edition| edition.state == EditionState::Open))
    }
}

/// The breakdowns of the board, labelled in a language: labels of the plan are translated for publications.
fn parts(intake: &Intake, language: Language) -> Vec<Part> {
    let breakdowns = intake.extras.board.breakdowns(&intake.edition);
    if breakdowns.is_empty() {
        return Vec::new();
    }
    let texts = intake.edition.published_texts(language.code());
    let said = |text: &String| curly(texts.get(text).unwrap_or(text));
    let part = |(place, _)| {
        let breakdown: &Breakdown = &intake.edition.plan.breakdowns[place];
        let categories = breakdown.categories.iter();
        Part {
            code: breakdown.code.clone(),
            label: said(&breakdown.label),
            categories: categories.map(|category| (category.code.clone(), said(&category.label))).collect(),
        }
    };
    breakdowns.into_iter().map(part).collect()
}

/// What an edition takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taking {
    /// Everything.
    Open,
    /// Drafts that were started before it was closed, until then.
    Grace(DateTime<Utc>),
    /// Nothing.
    Closed,
}

/// Route of the style sheet; its hash changes with its content, so that it may be kept for ever.
pub(crate) fn style_route() -> String {
    static ROUTE: LazyLock<String> = LazyLock::new(|| format!("/style-{}.css", hash(STYLE)));
    ROUTE.clone()
}

/// Route of the script that shows screens while there is no network. Browsers know it by its address, which stays.
pub(crate) const SERVICE_ROUTE: &str = "/service.js";

/// Route of the page that it shows in place of a screen that it does not have.
pub(crate) const NO_NETWORK_ROUTE: &str = "/hors-ligne";

/// Route of the script, likewise.
pub(crate) fn script_route() -> String {
    static ROUTE: LazyLock<String> = LazyLock::new(|| format!("/script-{}.js", hash(&SCRIPT)));
    ROUTE.clone()
}

fn hash(content: &str) -> String {
    Sha256::digest(content).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// The route of a page of a questionnaire.
pub(crate) fn page_route(token: &str, page: &str) -> String {
    format!("/q/{token}/{page}")
}
