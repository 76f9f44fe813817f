//! The individual page of results: one page, printable, no ranking, no name.

use maud::{Markup, html};

use crate::app::{App, page_route};
use crate::outcome::{BASIC, Outcome, Score, SelfRating};
use crate::pages::{Elsewhere, frame};
use crate::texts::{self, fill};

/// The result of one organisation.
pub(crate) fn page(app: &App, token: &str, outcome: &Outcome) -> Markup {
    let words = &app.texts().result;
    let content = html! {
        h1 { (words.title) }
        p.lead { (words.lead) }
        section.box {
            h2 { (words.level_title) }
            @match (outcome.index, &outcome.level) {
                (Some(index), Some((label, text))) => {
                    p.index { (fill(&words.index, &[("value", &points(index))])) }
                    (bar(index))
                    p { strong { (fill(&words.level, &[("label", label)])) } }
                    p { (text) }
                },
                _ => p { (words.no_index) },
            }
        }
        section {
            h2 { (words.scores_title) }
            p.hint { (words.scores_hint) }
            (bars(words, &outcome.scores))
        }
        @if !outcome.beside.is_empty() {
            section {
                h2 { (words.beside_title) }
                p.hint { (words.beside_hint) }
                (bars(words, &outcome.beside))
            }
        }
        (feeling(words, outcome))
        (criteria(words, outcome))
        @if !outcome.strong.is_empty() {
            section {
                h2 { (words.strong_title) }
                p { (words.strong) }
                ul { @for label in &outcome.strong { li { (label) } } }
            }
            section {
                h2 { (words.steps_title) }
                @if outcome.steps.is_empty() { p { (words.steps_none) } }
                @else {
                    p { (words.steps) }
                    ol {
                        @for step in &outcome.steps {
                            li {
                                strong { (step.answer) }
                                br;
                                span.hint { (step.dimension) " – " (step.question) }
                            }
                        }
                    }
                }
            }
        }
        @if !outcome.security.is_empty() {
            section {
                h2 { (words.security_title) }
                p { (words.security) }
                ul.criteria {
                    @for (label, is_done) in &outcome.security {
                        (verdict(label, *is_done, [&words.yes, &words.no, &words.unknown]))
                    }
                }
            }
        }
        section.screen-only {
            h2 { (words.more_title) }
            p { (words.more) }
            p { a href=(app.questionnaire(token, "merci")) { (words.receipt) } }
        }
    };
    frame(app, &words.title, Some(token), Elsewhere::Link(&page_route(token, "resultat")), &content)
}

/// How the organisation sees itself, beside what it does.
fn feeling(words: &texts::Outcome, outcome: &Outcome) -> Markup {
    let level = outcome.level.as_ref().map(|(label, _)| label.as_str());
    let text = match (&outcome.self_rating, level) {
        (SelfRating::Given(rating), Some(level)) => {
            fill(&words.feeling, &[("rating", rating), ("level", level)])
        }
        (SelfRating::Given(rating), None) => fill(&words.feeling_no_level, &[("rating", rating)]),
        (SelfRating::Blank, Some(level)) => fill(&words.feeling_blank, &[("level", level)]),
        (SelfRating::Blank, None) | (SelfRating::NotAsked, _) => return html! {},
    };
    html! { section { h2 { (words.feeling_title) } p { (text) } } }
}

/// The criteria of digital intensity.
fn criteria(words: &texts::Outcome, outcome: &Outcome) -> Markup {
    if outcome.criteria.is_empty() {
        return html! {};
    }
    let met = outcome.criteria.iter().filter(|(_, is_met)| *is_met == Some(true)).count().to_string();
    let total = outcome.criteria.len().to_string();
    let values = [("met", met.as_str()), ("total", total.as_str()), ("basic", &BASIC.to_string())];
    html! {
        section {
            h2 { (words.criteria_title) }
            p { strong { (fill(&words.criteria, &values)) } }
            p.hint { (words.criteria_hint) }
            ul.criteria {
                @for (label, is_met) in &outcome.criteria {
                    (verdict(label, *is_met, [&words.met, &words.not_met, &words.not_measured]))
                }
            }
        }
    }
}

/// A line with its verdict in words; the sign before it only repeats it.
fn verdict(label: &str, verdict: Option<bool>, words: [&str; 3]) -> Markup {
    let (sign, word) = match verdict {
        Some(true) => ("✓", words[0]),
        Some(false) => ("✗", words[1]),
        None => ("–", words[2]),
    };
    html! {
        li class={ @if verdict == Some(true) { "met" } @else { "unmet" } } {
            span.sign aria-hidden="true" { (sign) }
            span { (label) }
            span.verdict { (word) }
        }
    }
}

/// Scores with their bars.
fn bars(words: &texts::Outcome, scores: &[Score]) -> Markup {
    html! {
        ul.bars {
            @for score in scores {
                li {
                    span { (score.label) }
                    @match score.value {
                        Some(value) => {
                            span.verdict { (fill(&words.score, &[("value", &points(value))])) }
                            (bar(value))
                        },
                        None => span.verdict { (words.no_score) },
                    }
                }
            }
        }
    }
}

/// A bar from 0 to 100, for the eye only: the figure is beside it in words.
fn bar(value: f64) -> Markup {
    let width = format!("{:.1}%", value.clamp(0.0, 100.0));
    html! {
        svg.bar width="100%" height="12" aria-hidden="true" focusable="false" {
            rect.ground width="100%" height="12" {}
            rect.level width=(width) height="12" {}
        }
    }
}

/// A score as it is said: a whole number.
fn points(value: f64) -> String {
    format!("{value:.0}")
}
