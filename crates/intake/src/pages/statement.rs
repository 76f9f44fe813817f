//! The accessibility statement, made from what the tests check.

use std::collections::BTreeSet;

use maud::{Markup, html};

use crate::app::App;
use crate::pages::{Elsewhere, frame};
use crate::statement::{Criterion, statement};
use crate::texts::fill;

/// The route of the page.
pub(crate) const ROUTE: &str = "/accessibilite";

/// What is checked, what is not, what does not apply; whom to write to.
pub(crate) fn page(app: &App) -> Markup {
    let words = &app.texts().statement;
    let settings = &app.intake.settings;
    let criteria = &statement().criterion;
    let is_tested = |criterion: &&Criterion| !criterion.tests.is_empty();
    let (tested, rest): (Vec<&Criterion>, Vec<&Criterion>) = criteria.iter().partition(is_tested);
    let (absent, untested): (Vec<&Criterion>, Vec<&Criterion>) =
        rest.into_iter().partition(|criterion| criterion.absent);
    let applicable = tested.len() + untested.len();
    let counts = [
        ("tested", tested.len().to_string()),
        ("applicable", applicable.to_string()),
        // Rounded down: only all of them is 100.
        ("rate", (100 * tested.len() / applicable.max(1)).to_string()),
        ("absent", absent.len().to_string()),
        ("untested", untested.len().to_string()),
    ];
    let counts = counts.each_ref().map(|(name, count)| (*name, count.as_str()));
    let tests: BTreeSet<&str> =
        criteria.iter().flat_map(|criterion| criterion.tests.iter().map(String::as_str)).collect();
    let paragraphs = |texts: &[String]| {
        html! { @for text in texts { p { (fill(text, &[("contact", &settings.contact)])) } } }
    };
    let content = html! {
        h1 { (words.title) }
        p.lead { (words.lead) }
        h2 { (words.report_title) }
        (paragraphs(&words.report))
        h2 { (words.state_title) }
        (paragraphs(&words.state))
        p { strong { (fill(&words.counts, &counts)) } }
        h2 { (words.tested_title) }
        p.hint { (words.tested_hint) }
        @for theme in &statement().theme {
            @let of_theme: Vec<&&Criterion> = tested.iter().filter(|criterion| criterion.is_of(theme)).collect();
            @if !of_theme.is_empty() {
                h3 { (theme.label(app.language)) }
                ul { @for criterion in of_theme {
                    @let count = fill(&words.checks, &[("count", &criterion.tests.len().to_string())]);
                    li { (named(app, criterion)) " (" (count) ")" }
                } }
            }
        }
        @if !untested.is_empty() {
            h2 { (words.untested_title) }
            p { (words.untested) }
            ul { @for criterion in &untested { li { (named(app, criterion)) } } }
        }
        h2 { (words.absent_title) }
        p { (words.absent) }
        @for theme in &statement().theme {
            @let of_theme: Vec<String> =
                absent.iter().filter(|criterion| criterion.is_of(theme)).map(|criterion| named(app, criterion)).collect();
            @if !of_theme.is_empty() {
                p { (theme.label(app.language)) (app.texts().site.colon) (of_theme.join(&app.texts().site.semicolon)) "." }
            }
        }
        h2 { (words.tests_title) }
        p { (words.states) }
        p { (words.tests) }
        ul lang="en" { @for test in tests { li { (test.replace('_', " ")) } } }
        h2 { (words.tools_title) }
        (paragraphs(&words.tools))
        h2 { (words.remedy_title) }
        (paragraphs(&words.remedy))
        p { a href=(app.href("/")) { (words.back) } }
    };
    frame(app, &words.title, None, Elsewhere::Link(ROUTE), &content)
}

/// Number and subject.
fn named(app: &App, criterion: &Criterion) -> String {
    format!("{} {}", criterion.number, criterion.label(app.language))
}
