//! How the collection goes.

use maud::{Markup, html};

use crate::app::{App, Part};
use crate::board::{CountShown, Progress, RoundedCount};
use crate::pages::{Elsewhere, frame};
use crate::texts::fill;

/// The route of the page.
pub(crate) const ROUTE: &str = "/avancement";

/// What was sent and begun until the last midnight, and how it is shared out. Drafts are erased once a collection is over:
/// they are not counted any more then.
pub(crate) fn page(app: &App, progress: &Progress, is_over: bool) -> Markup {
    let words = &app.texts().board;
    // The day that had just ended.
    let day = app.language.date(progress.until - chrono::TimeDelta::seconds(1));
    let content = html! {
        h1 { (words.title) }
        p.lead { (words.lead) }
        p { (fill(&words.when, &[("date", &day)])) @if is_over { " " (words.over) } }
        dl.counts {
            (row(app, &words.sent, progress.sent))
            @if !is_over { (row(app, &words.started, progress.started)) }
        }
        @for part in app.parts() {
            h2 { (fill(&words.by, &[("breakdown", &part.label)])) }
            (shared(app, progress, part))
        }
        section.box {
            h2 { (words.why_title) }
            @for paragraph in &words.why { p { (paragraph) } }
            @if !app.parts().is_empty() {
                @let least = app.intake.edition.plan.n_min.to_string();
                @for paragraph in &words.why_parts { p { (fill(paragraph, &[("least", &least)])) } }
            }
        }
        p { a href=(app.href("/")) { (words.back) } }
    };
    frame(app, &words.title, None, Elsewhere::Link(ROUTE), &content)
}

/// The categories of a breakdown; small ones, which are all alike, are named together.
fn shared(app: &App, progress: &Progress, part: &Part) -> Markup {
    let counted = part.categories.iter().map(|(code, label)| (label, progress.part(&part.code, code)));
    let is_few = |(_, count): &(&String, RoundedCount)| matches!(count.shown(), CountShown::FewerThan(_));
    let (few, some): (Vec<_>, Vec<_>) = counted.partition(is_few);
    let is_start = some.is_empty();
    let names: Vec<&str> = few.iter().map(|(label, _)| label.as_str()).collect();
    html! {
        @if !is_start {
            dl.counts { @for (label, count) in some { (row(app, label, count)) } }
        }
        @if let Some(CountShown::FewerThan(limit)) = few.first().map(|(_, count)| count.shown()) {
            @let values = [("count", &*limit.to_string()), ("names", &*names.join(", "))];
            @let words = &app.texts().board;
            p.hint { (fill(if is_start { &words.all_few } else { &words.few }, &values)) }
        }
    }
}

fn row(app: &App, name: &str, count: RoundedCount) -> Markup {
    html! { div { dt { (name) } dd { (said(app, count)) } } }
}

/// « environ 45 », « moins de 15 ».
fn said(app: &App, count: RoundedCount) -> String {
    let words = &app.texts().board;
    let (text, count) = match count.shown() {
        CountShown::About(count) => (&words.about, count),
        CountShown::FewerThan(count) => (&words.fewer, count),
    };
    fill(text, &[("count", &app.language.number(i64::try_from(count).unwrap_or(i64::MAX)))])
}
