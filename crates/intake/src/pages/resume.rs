//! Leaving for a while, and coming back: the personal link, a short code, a letter; a correction under way.

use maud::{Markup, html};

use crate::app::{App, page_route};
use crate::code::Code;
use crate::draft::Draft;
use crate::pages::news::News;
use crate::pages::{Elsewhere, frame, proof};
use crate::routes::{ADDRESS, CODE};
use crate::texts::fill;

/// What became of a letter that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// None was.
    Nothing,
    /// It will be sent.
    Taken,
    /// It will not.
    Refused,
    /// This is no address.
    Wrong(String),
}

/// The page of the personal link and of the other ways to come back.
pub(crate) struct LaterPage<'a> {
    app: &'a App,
    token: &'a str,
    /// The draft; `None` for a response that was sent.
    draft: Option<&'a Draft>,
    /// What was answered elsewhere meanwhile.
    pub(crate) news: News,
    /// A short code that was just given.
    pub(crate) code: Option<Code>,
    /// What became of a letter.
    pub(crate) asked: Asked,
}

impl<'a> LaterPage<'a> {
    /// The page with nothing special to say.
    pub(crate) fn new(app: &'a App, token: &'a str, draft: Option<&'a Draft>) -> Self {
        Self { app, token, draft, news: News::default(), code: None, asked: Asked::Nothing }
    }

    /// The page.
    pub(crate) fn render(&self) -> Markup {
        let (app, token) = (self.app, self.token);
        let later = &app.texts().later;
        let link = app.personal_link(token);
        let subject = fill(&later.mail_subject, &[("title", &app.intake.edition.questionnaire.title)]);
        let mail = format!("mailto:?subject={}&body={}", percent(&subject), percent(&link));
        let content = html! {
            h1 { (later.title) }
            @if let Some(draft) = self.draft.filter(|draft| draft.record.revision > 0) {
                @let time = app.language.time(draft.record.updated_at);
                p.hint { (fill(&app.texts().screen.saved, &[("time", &time)])) }
            }
            (self.news.render(app, token))
            (self.code())
            p { (later.text) }
            p { label for="lien" { (later.link) } }
            p.hint #aide-lien { (later.link_hint) }
            textarea #lien rows="2" readonly aria-describedby="aide-lien" { (link) }
            p { (later.shared) }
            p { a href=(mail) { (later.mail) } }
            (self.letter())
            @if self.code.is_none() {
                h2 { (later.code_title) }
                p { (later.code_text) }
                form method="post" action=(app.questionnaire(token, "code")) { (proof(token)) button { (later.code_button) } }
            }
            div.actions { a.main href=(app.href(&format!("/q/{token}"))) { (later.r#continue) } }
            (self.device())
        };
        let title = match self.asked {
            Asked::Wrong(_) | Asked::Refused => format!("{}{}", app.texts().site.error_prefix, later.title),
            Asked::Nothing | Asked::Taken => later.title.clone(),
        };
        frame(app, &title, Some(token), Elsewhere::Link(&page_route(token, "reprendre")), &content)
    }

    /// The code that was just given.
    fn code(&self) -> Markup {
        let later = &self.app.texts().later;
        html! {
            @if let Some(code) = &self.code {
                div.box role="status" {
                    h2 { (later.code_given) }
                    p.number { strong { (code.written()) } }
                    p { (later.code_hint) }
                }
            }
        }
    }

    /// What this browser keeps, and the button that erases it. The script shows it; without the script nothing is kept.
    fn device(&self) -> Markup {
        let later = &self.app.texts().later;
        html! {
            section #appareil hidden data-waiting=(later.device_waiting) data-erased=(later.device_erased) {
                h2 { (later.device_title) }
                p { (later.device_text) }
                button type="button" { (later.device_erase) }
                p.status role="status" {}
            }
        }
    }

    /// The form that asks for a letter, when somebody sends letters.
    fn letter(&self) -> Markup {
        let (app, later) = (self.app, &self.app.texts().later);
        if app.intake.mailbox.is_none() {
            return html! {};
        }
        let typed = if let Asked::Wrong(typed) = &self.asked { typed.as_str() } else { "" };
        html! {
            h2 { (later.letter_title) }
            @match &self.asked {
                Asked::Taken => p.status role="status" tabindex="-1" autofocus { (later.letter_taken) },
                Asked::Refused => div.problem role="alert" tabindex="-1" autofocus { p { (later.letter_refused) } },
                Asked::Wrong(_) => div.problem #probleme role="alert" tabindex="-1" autofocus {
                    p { a href="#adresse" { (later.letter_wrong) } }
                },
                Asked::Nothing => {},
            }
            form method="post" action=(app.questionnaire(self.token, "courriel")) novalidate {
                (proof(self.token))
                p { label for="adresse" { (later.letter_label) } }
                p.hint #aide-adresse { (later.letter_hint) }
                @let wrong = matches!(self.asked, Asked::Wrong(_)).then_some("true");
                input.wide #adresse type="email" name=(ADDRESS) value=(typed) autocomplete="email"
                    aria-describedby={ "aide-adresse" @if wrong.is_some() { " probleme" } } aria-invalid=[wrong] required;
                div.actions { button { (later.letter_button) } }
            }
        }
    }
}

/// Where a short code is typed; `problem` says why the last one led nowhere. What was typed is not repeated: it may be
/// somebody else's code but for one letter.
pub(crate) fn code(app: &App, problem: Option<&str>) -> Markup {
    let code = &app.texts().code;
    let content = html! {
        h1 { (code.title) }
        @if let Some(problem) = problem {
            div.problem #probleme role="alert" tabindex="-1" autofocus { p { a href="#code" { (problem) } } }
        }
        p { (code.text) }
        form method="post" action=(app.href("/reprendre")) novalidate {
            p { label for="code" { (code.label) } }
            p.hint #aide-code { (code.hint) }
            input #code type="text" name=(CODE) autocomplete="off" autocapitalize="none" spellcheck="false"
                aria-describedby={ "aide-code" @if problem.is_some() { " probleme" } }
                aria-invalid=[problem.map(|_| "true")] required;
            div.actions { button.main { (code.button) } }
        }
        p { (code.lost) }
        p { a href=(app.href("/")) { (app.texts().privacy.back) } }
    };
    let prefix = if problem.is_some() { app.texts().site.error_prefix.as_str() } else { "" };
    frame(app, &format!("{prefix}{}", code.title), None, Elsewhere::Link("/reprendre"), &content)
}

/// Says, on the pages of a correction, that what was sent stays valid until the correction is.
pub(crate) fn correction_notice(app: &App, token: &str, draft: &Draft) -> Markup {
    let words = &app.texts().correction;
    html! {
        @if let Some(at) = draft.sent.as_ref().and_then(|sent| sent.record.submitted_at) {
            @let (date, time) = (app.language.date(at), app.language.time(at));
            p.status {
                (fill(&words.notice, &[("date", &date), ("time", &time)])) " "
                a href=(app.questionnaire(token, "merci")) { (words.receipt) }
            }
        }
    }
}

/// Percent-encodes everything but letters and digits, for an address.
fn percent(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            },
        )
        .collect()
}
