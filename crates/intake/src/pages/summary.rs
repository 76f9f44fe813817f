//! All answers on the path, before sending.

use maud::{Markup, html};
use questionnaire::Violation;

use crate::app::{App, page_route};
use crate::draft::{self, Draft};
use crate::fields::SENDING;
use crate::pages::answer::lines;
use crate::pages::news::News;
use crate::pages::resume::correction_notice;
use crate::pages::start::grace_notice;
use crate::pages::{Elsewhere, frame, proof};

/// The summary; `violations` says what prevents sending.
pub(crate) fn page(app: &App, token: &str, draft: &Draft, violations: &[Violation], news: &News) -> Markup {
    let texts = app.texts();
    let summary = &texts.summary;
    let edition = &app.intake.edition;
    let questionnaire = &edition.questionnaire;
    // Relative to this page: fifty whole addresses would weigh more than the answers.
    let back = |screen: usize| format!("{}?puis=recapitulatif", questionnaire.screens[screen].code);
    let sections = questionnaire.sections.iter().enumerate().map(|(index, section)| {
        let screens: Vec<usize> = draft
            .path
            .screens
            .iter()
            .copied()
            .filter(|&screen| questionnaire.screens[screen].section == index)
            .collect();
        (section, screens)
    });
    let content = html! {
        h1 { (summary.title) }
        (grace_notice(app, draft.grace))
        (correction_notice(app, token, draft))
        (news.render(app, token))
        p { (summary.text) }
        @if !violations.is_empty() {
            div.problem role="alert" {
                h2 { (summary.missing_title) }
                ul {
                    @for violation in violations {
                        @let question = &questionnaire.questions[violation.question];
                        li {
                            a href=(back(edition.screen_of(violation, &draft.path))) { (question.text) }
                            " " (violation.message(&edition.texts))
                        }
                    }
                }
            }
        }
        @for (section, screens) in sections.filter(|(_, screens)| !screens.is_empty()) {
            section.answers {
                h2 { (section.title) }
                @for screen in screens {
                    div {
                        dl {
                            @for (rank, shown) in draft::shown(edition, screen, &draft.path).iter().enumerate() {
                                dt id=[(rank == 0).then(|| format!("r{screen}"))] {
                                    (questionnaire.questions[shown.question].text)
                                }
                                @for line in lines(app, shown, &draft.kept) {
                                    dd {
                                        @if let Some(row) = &line.row { (row) (texts.site.colon) }
                                        @match &line.value {
                                            Some(value) => (value),
                                            None => span.hint { (summary.blank) },
                                        }
                                    }
                                }
                            }
                        }
                        a #{"m" (screen)} href=(back(screen)) aria-labelledby={"m" (screen) " r" (screen)} {
                            (summary.edit)
                        }
                    }
                }
            }
        }
        p.hint { (summary.once) }
        form method="post" action=(app.questionnaire(token, "envoyer")) data-offline=(summary.offline) {
            // The number of this sending: heard once, however often it comes.
            input type="hidden" name=(SENDING) value=(draft.sending());
            (proof(token))
            p.hint { (summary.send_hint) }
            p.saved role="status" {}
            div.actions { button.main { (summary.send) } }
        }
    };
    let title = if violations.is_empty() {
        summary.title.clone()
    } else {
        texts.site.error_prefix.clone() + &summary.title
    };
    frame(app, &title, Some(token), Elsewhere::Link(&page_route(token, "recapitulatif")), &content)
}
