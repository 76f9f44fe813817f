//! One screen of the questionnaire.

use maud::{Markup, html};
use questionnaire::{Check, Violation};

use crate::app::{App, page_route};
use crate::draft::{self, Draft, Shown};
use crate::fields::{Fields, SEEN, STATE, THEN};
use crate::pages::field::Field;
use crate::pages::news::News;
use crate::pages::resume::correction_notice;
use crate::pages::start::grace_notice;
use crate::pages::{Elsewhere, FORM, frame, proof};
use crate::seen;
use crate::texts::fill;

/// How many screens the script fetches before their turn where the network is weak, for when it goes away.
const AHEAD: usize = 3;

/// What the page says besides errors and warnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notice {
    /// Nothing, or when the draft was last saved.
    Usual,
    /// A post code was read; a commune is to be chosen.
    Choose,
    /// Nothing of the screen was saved.
    NotSaved,
}

/// A screen and everything it shows.
pub(crate) struct ScreenPage<'a> {
    app: &'a App,
    token: &'a str,
    screen: usize,
    draft: &'a Draft,
    shown: &'a [Shown],
    /// What the fields hold: the answers kept, or what was just posted.
    fields: &'a Fields,
    /// The screens to show next, in place of the next of the path; comma-separated.
    pub(crate) then: String,
    /// What is wrong.
    pub(crate) violations: &'a [Violation],
    /// What looks inconsistent.
    pub(crate) warnings: Vec<&'a Check>,
    /// What else is said.
    pub(crate) notice: Notice,
    /// What was answered elsewhere meanwhile.
    pub(crate) news: News,
    /// What the page showed when it was opened; the answers kept now when nothing else is said.
    pub(crate) state: Option<String>,
    /// Where the button pressed would have led, and whether it was « Précédent ».
    pub(crate) leave: Option<(String, bool)>,
}

impl<'a> ScreenPage<'a> {
    /// A screen with nothing special to say.
    pub(crate) fn new(
        app: &'a App,
        token: &'a str,
        screen: usize,
        draft: &'a Draft,
        shown: &'a [Shown],
        fields: &'a Fields,
    ) -> Self {
        Self {
            app,
            token,
            screen,
            draft,
            shown,
            fields,
            then: String::new(),
            violations: &[],
            warnings: Vec::new(),
            notice: Notice::Usual,
            news: News::default(),
            state: None,
            leave: None,
        }
    }

    /// The page.
    pub(crate) fn render(&self) -> Markup {
        let texts = self.app.texts();
        let words = &texts.screen;
        let edition = &self.app.intake.edition;
        let screen = &edition.questionnaire.screens[self.screen];
        let section = &edition.questionnaire.sections[screen.section].title;
        let steps = self.draft.path.screens.len();
        let position =
            self.draft.path.screens.iter().position(|&other| other == self.screen).unwrap_or(0) + 1;
        let step = fill(&words.step, &[("step", &position.to_string()), ("steps", &steps.to_string())]);
        let only = self.only_question();
        let heading = only.or(screen.title.as_deref()).unwrap_or(section);
        let here = page_route(self.token, &screen.code);
        let is_choosing = self.notice == Notice::Choose;
        let ahead = self.ahead();
        let before = draft::before(&self.draft.path, self.screen);
        let state = self.state.clone().unwrap_or_else(|| seen::written(edition, &self.draft.answers));
        let content = html! {
            div.progress {
                p { span.section { (section) } span.step { (step) } }
                progress max=(steps) value=(position) aria-label=(words.progress) { (step) }
            }
            (grace_notice(self.app, self.draft.grace))
            (correction_notice(self.app, self.token, self.draft))
            (self.messages())
            form id=(FORM) method="post" action=(self.app.href(&here)) novalidate
                data-offline=(words.offline) data-away=(words.away) data-unkept=(words.offline_unkept) data-back=(words.back_online)
                data-refused=(words.offline_refused) data-service=(self.app.service()) data-rank=(self.screen)
                data-ahead=(ahead) data-steers=[self.app.steers(self.screen).then_some("1")]
                data-before=[before.map(|before| edition.questionnaire.screens[before].code.as_str())] {
                @if only.is_none() { h1 { (heading) } }
                @else if let Some(title) = &screen.title { p.group { (title) } }
                @for shown in self.shown {
                    (Field::new(self.app, shown, self.fields, &self.draft.path, self.violations, only.is_some(), is_choosing).render())
                }
                input type="hidden" name=(STATE) value=(state);
                (proof(self.token))
                @if !self.then.is_empty() { input type="hidden" name=(THEN) value=(self.then); }
                @for check in &self.warnings { input type="hidden" name=(SEEN) value=(check.code); }
                div.actions {
                    // First in the page's order: the Enter key in a field presses the first button.
                    button.main name="action" value="suivant" { (self.next_label()) }
                    @if before.is_some() {
                        button name="action" value="precedent" { (words.previous) }
                    }
                    button.plain name="action" value="plus_tard" { (words.later) }
                }
            }
        };
        let is_wrong = !self.violations.is_empty() || self.notice == Notice::NotSaved;
        let prefix = if is_wrong { texts.site.error_prefix.as_str() } else { "" };
        let title = format!("{prefix}{heading} – {section} – {step}");
        frame(self.app, &title, Some(self.token), Elsewhere::Save(&here), &content)
    }

    /// The codes of the screens that follow whatever is answered here, the next first: up to one that decides what follows
    /// it, and no more than [`AHEAD`]. None when this one decides.
    fn ahead(&self) -> String {
        let screens = &self.app.intake.edition.questionnaire.screens;
        let mut codes = Vec::new();
        let mut last = self.screen;
        while codes.len() < AHEAD && !self.app.steers(last) {
            let Some(next) = draft::after(&self.draft.path, last) else { break };
            codes.push(screens[next].code.as_str());
            last = next;
        }
        codes.join(" ")
    }

    /// The text of the only question, which is then the page's heading.
    fn only_question(&self) -> Option<&'a str> {
        match self.shown {
            [only] => Some(self.app.intake.edition.questionnaire.questions[only.question].text.as_str()),
            _ => None,
        }
    }

    fn next_label(&self) -> &str {
        let words = &self.app.texts().screen;
        if self.notice == Notice::NotSaved {
            &words.retry
        } else if self.warnings.is_empty() {
            &words.next
        } else {
            &words.continue_anyway
        }
    }

    /// What is to be said before the question.
    fn messages(&self) -> Markup {
        let words = &self.app.texts().screen;
        html! {
            @match self.notice {
                Notice::NotSaved => div.problem role="alert" {
                    h2 { (words.not_saved_title) }
                    p { (words.not_saved) }
                },
                Notice::Choose => p.status role="status" { (self.app.texts().commune.status) },
                Notice::Usual if self.draft.record.revision > 0 && self.violations.is_empty() => p.saved #enregistre role="status" {
                    (fill(&words.saved, &[("time", &self.app.language.time(self.draft.record.updated_at))]))
                },
                Notice::Usual => p.saved #enregistre role="status" {},
            }
            (self.news.render(self.app, self.token))
            @if !self.violations.is_empty() { (self.errors()) }
            @if !self.warnings.is_empty() {
                div.warning role="alert" {
                    h2 { (words.warning_title) }
                    @for check in &self.warnings { p { (check.message) } }
                    p { (words.warning) }
                }
            }
        }
    }

    /// The summary of errors, each a link to its field.
    fn errors(&self) -> Markup {
        let words = &self.app.texts().screen;
        let edition = &self.app.intake.edition;
        let title = match self.violations.len() {
            1 => words.error_title_one.clone(),
            count => fill(&words.error_title_many, &[("count", &count.to_string())]),
        };
        html! {
            div.problem role="alert" tabindex="-1" autofocus {
                h2 { (title) }
                ul {
                    @for violation in self.violations {
                        @let question = &edition.questionnaire.questions[violation.question];
                        li {
                            a href={"#" (Field::anchor(question, violation))} { (violation.message(&edition.texts)) }
                        }
                    }
                }
                @if let Some((address, is_back)) = &self.leave {
                    p { a href=(address) { @if *is_back { (words.leave_back) } @else { (words.leave_later) } } }
                }
            }
        }
    }
}
