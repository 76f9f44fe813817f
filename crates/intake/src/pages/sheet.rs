//! A sheet as HTML: what is drawn is also said in words beside it.

use maud::{Markup, html};

use crate::app::App;
use crate::sheet::{Bar, Link, Part, Section, Sheet, Step, Verdict};

/// A sheet of this site.
pub(crate) fn new(app: &App, what: &str, title: &str, lead: &str, sections: Vec<Section>) -> Sheet {
    let questionnaire = &app.intake.edition.questionnaire;
    let site = &app.texts().site;
    let language = app.language.code();
    Sheet {
        language,
        identity: format!("{}/{}/{what}/{language}", questionnaire.survey, questionnaire.edition),
        title: title.to_owned(),
        survey: questionnaire.title.clone(),
        publisher: app.intake.settings.publisher.clone(),
        banner: app.intake.settings.is_simulated.then(|| site.simulated.clone()),
        page_of: site.page_of.clone(),
        lead: lead.to_owned(),
        sections,
    }
}

/// The content of a page that shows a sheet.
pub(crate) fn render(app: &App, sheet: &Sheet) -> Markup {
    html! {
        h1 { (sheet.title) }
        p.lead { (sheet.lead) }
        @for section in &sheet.sections {
            section.box[section.is_main] {
                h2 { (section.title) }
                @for part in &section.parts { (self::part(app, part)) }
            }
        }
    }
}

fn part(app: &App, part: &Part) -> Markup {
    match part {
        Part::Text { text } => html! { p { (text) } },
        Part::Strong { text } => html! { p { strong { (text) } } },
        Part::Hint { text } => html! { p.hint { (text) } },
        Part::Scale { bar, levels } => scale(bar, levels),
        Part::Bars { rows } => html! { ul.bars { @for row in rows { li { (bar(row)) } } } },
        Part::Verdicts { rows } => html! { ul.criteria { @for row in rows { (verdict(row)) } } },
        Part::List { items } => html! { ul { @for item in items { li { (item) } } } },
        Part::Steps { items } => html! { ol.steps { @for item in items { (step(app, item)) } } },
        Part::Pairs { rows } => html! { dl { @for (name, value) in rows { dt { (name) } dd { (value) } } } },
        Part::Links { items } => html! {
            ul.links { @for item in items { li { (link(item)) br; (item.about) } } }
        },
    }
}

/// The index, first in large, then on its scale.
fn scale(bar: &Bar, levels: &[(String, bool)]) -> Markup {
    html! {
        p.index { (bar.words) }
        p.level { strong { (bar.label) } }
        @if let Some(value) = bar.value { (drawing(value, bar.others)) }
        @if let Some(words) = &bar.others_words { p.others { (words) } }
        ol.levels {
            @for (label, is_here) in levels {
                li aria-current=[is_here.then_some("true")] { (label) }
            }
        }
    }
}

/// A score with its bar.
fn bar(row: &Bar) -> Markup {
    html! {
        span { (row.label) }
        span.verdict { (row.words) }
        @if let Some(value) = row.value { (drawing(value, row.others)) }
        @if let Some(words) = &row.others_words { span.others { (words) } }
    }
}

/// A bar from 0 to 100, for the eye only: the figures are beside it in words.
fn drawing(value: f64, others: Option<(f64, f64)>) -> Markup {
    let percent = |value: f64| format!("{:.1}%", value.clamp(0.0, 100.0));
    html! {
        svg.bar width="100%" height="14" aria-hidden="true" focusable="false" {
            rect.ground y="2" width="100%" height="10" {}
            rect.level y="2" width=(percent(value)) height="10" {}
            @if let Some((from, to)) = others {
                // Three points at least, so that a single value is seen.
                @let from = from.min(97.0);
                rect.mark x=(percent(from)) width=(percent((to - from).max(1.0))) height="14" {}
            }
        }
    }
}

/// A line with its verdict in words; the sign before it only repeats it.
fn verdict(row: &Verdict) -> Markup {
    let sign = match row.is_so {
        Some(true) => "✓",
        Some(false) => "✗",
        None => "–",
    };
    html! {
        li class={ @if row.is_so == Some(true) { "met" } @else { "unmet" } } {
            span.sign aria-hidden="true" { (sign) }
            span { (row.label) }
            span.verdict { (row.word) }
        }
    }
}

fn step(app: &App, step: &Step) -> Markup {
    html! {
        li {
            strong { (step.title) }
            p.hint { (step.detail) }
            @if let Some(found) = &step.link {
                p { (step.begin) (app.texts().site.colon) (link(found)) br; (found.about) }
            }
        }
    }
}

fn link(link: &Link) -> Markup {
    html! {
        @match &link.url {
            Some(url) => a href=(url) rel="noopener" { (link.name) },
            None => (link.name),
        }
    }
}
