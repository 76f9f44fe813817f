//! The first page: what the edition found, at a glance.

use maud::{Markup, html};

use super::{Page, Part, Site, chapter_path, indicator_path, parts, shell, who};
use crate::content::KeyFigure;
use crate::context::Context;
use crate::pdf;

/// Path of the page.
const PATH: &str = "index.html";

pub(super) fn page(site: &Site<'_>) -> Page {
    let context = site.context;
    let publication = context.publication;
    let n = context.words.thousands(publication.counts.valid);
    let content = html! {
        h1 { (publication.edition.title) }
        p.who { (context.fill("home.who", &[("n", &n), ("dates", &context.dates)])) }
        p.lede { (context.say("home.lede")) }
        section #chiffres {
            h2 { (context.say("home.keys")) }
            p { (context.say("home.keys_note")) }
            ul.keys { @for key in site.keys { (key_figure(context, key)) } }
        }
        section #chapitres {
            h2 { (context.say("home.chapters")) }
            ol.chapters {
                li {
                    a href=(who::PATH) { (context.say("who.title")) }
                    (count_words(context, site.profiles.len()))
                }
                @for (chapter, charts) in publication.chapters.iter().zip(site.charts) {
                    li {
                        a href=(chapter_path(&chapter.code)) { (chapter.title) }
                        (count_words(context, charts.len()))
                    }
                }
            }
        }
        section #telechargements {
            h2 { (context.say("home.downloads")) }
            ul {
                @if site.has_pdf {
                    li { a href=(site.shared(PATH, pdf::essential_file(context))) { (context.say("home.essential")) } }
                    li { a href=(site.shared(PATH, "rapport.pdf")) hreflang="fr" { (context.say("home.pdf")) } }
                }
                li { a href=(super::data::PATH) { (context.say("home.data")) } }
                @if !site.networks.is_empty() { li { a href="reseaux/index.html" { (context.say("home.networks")) } } }
                li { a href="indicateurs/index.html" { (context.say("home.indicators")) } }
                li { a href="methode.html" { (context.say("home.method")) } }
            }
        }
        section #methode {
            h2 { (context.say("home.method_short")) }
            p { (context.notice) }
            (parts::confidentiality(context))
            p { (context.say("confidentiality.precision")) }
        }
    };
    shell(site, Part::Home, PATH, &publication.edition.title, &content)
}

fn count_words(context: &Context<'_>, count: usize) -> Markup {
    let words = match count {
        0 => String::new(),
        1 => context.say("home.chart_count").to_owned(),
        _ => context.fill("home.charts_count", &[("n", &count.to_string())]),
    };
    html! { @if !words.is_empty() { " " span.count { (words) } } }
}

fn key_figure(context: &Context<'_>, key: &KeyFigure) -> Markup {
    html! {
        li.key.wide[key.parts.len() > 1] {
            @for part in &key.parts {
                p.figure {
                    span.value.long[part.value.chars().count() > 8] { (part.value) }
                    " "
                    a.label href=(indicator_path(&part.code)) { (part.label) }
                    @if part.is_fragile { " " span.fragile { (context.say("figure.fragile")) } }
                }
            }
            @if let Some(target) = &key.target { p.target { (target) } }
            p.base { (key.base) }
        }
    }
}
