//! Pages: plain HTML that needs no script, no cookie and no other site.

mod chapter;
mod comparison;
mod evolution;
mod home;
mod indicator;
mod method;
mod network;
mod parts;
mod who;

use maud::{DOCTYPE, Markup, html};

pub(crate) use comparison::{lede as comparison_lede, table as comparison_table};
pub(crate) use network::csv_path;

use crate::chart::Chart;
use crate::content::KeyFigure;
use crate::context::{Context, file_name};
use crate::network::{Network, NetworkTables};

/// A page and where it stands, relative to the root of the site.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) path: String,
    pub(crate) html: String,
}

/// Everything that pages show, made once.
pub(crate) struct Site<'a> {
    pub(crate) context: &'a Context<'a>,
    /// Charts of each chapter, in order.
    pub(crate) charts: &'a [Vec<Chart>],
    pub(crate) profiles: &'a [Chart],
    pub(crate) keys: &'a [KeyFigure],
    pub(crate) networks: &'a [(Network<'a>, NetworkTables)],
    /// Whether the PDF is among the files.
    pub(crate) has_pdf: bool,
}

/// A part of the site, as the navigation shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Home,
    Chapters,
    Indicators,
    Networks,
    Comparison,
    Evolution,
    Method,
}

/// All pages.
pub(crate) fn all(site: &Site<'_>) -> Vec<Page> {
    let mut pages = vec![home::page(site), method::page(site)];
    pages.extend(comparison::page(site));
    pages.extend(evolution::page(site));
    pages.push(who::page(site));
    pages.extend(chapter::pages(site));
    pages.extend(indicator::pages(site));
    pages.extend(network::pages(site));
    pages
}

/// Path of a chapter's page.
pub(crate) fn chapter_path(code: &str) -> String {
    format!("chapitres/{}.html", file_name(code))
}

/// Path of an indicator's page.
pub(crate) fn indicator_path(code: &str) -> String {
    format!("indicateurs/{}.html", file_name(code))
}

/// Puts what every page has around its content. `root` leads from the page to the root of the site.
fn shell(site: &Site<'_>, part: Part, path: &str, title: &str, content: &Markup) -> Page {
    let context = site.context;
    let edition = &context.publication.edition;
    let root = "../".repeat(path.matches('/').count());
    let full = if part == Part::Home {
        edition.title.clone()
    } else {
        context.fill("page.title", &[("page", title), ("title", &edition.title)])
    };
    let markup = html! {
        (DOCTYPE)
        html lang=(context.words.language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (full) }
                meta name="description" content=(edition.title);
                @if edition.is_simulated { meta name="robots" content="noindex"; }
                link rel="stylesheet" href=(format!("{root}style.css"));
                link rel="icon" href="data:,";
            }
            body {
                a.skip href="#contenu" { (context.say("nav.skip")) }
                @if edition.is_simulated {
                    p.simulated role="note" { strong { (context.say("simulated.banner")) } }
                }
                header.site role="banner" {
                    div.wrap {
                        p.brand { a href=(format!("{root}index.html")) { (edition.title) } }
                        (navigation(site, part, &root))
                    }
                }
                main #contenu tabindex="-1" { div.wrap { (content) } }
                footer.site role="contentinfo" {
                    div.wrap {
                        h2 { (context.say("page.footer")) }
                        p { (context.notice) }
                        p { (context.source) " " (context.fill("page.licence", &[("publisher", &edition.publisher)])) }
                        p.provenance {
                            (context.fill("page.provenance", &[
                                ("software", &context.publication.provenance.software),
                                ("extract", &context.publication.provenance.extract),
                            ]))
                        }
                    }
                }
            }
        }
    };
    Page { path: path.to_owned(), html: markup.into_string() }
}

fn navigation(site: &Site<'_>, current: Part, root: &str) -> Markup {
    let context = site.context;
    let mut entries = vec![
        (Part::Home, "index.html", "nav.home"),
        (Part::Chapters, "index.html#chapitres", "nav.chapters"),
    ];
    entries.push((Part::Indicators, "indicateurs/index.html", "nav.indicators"));
    if !site.networks.is_empty() {
        entries.push((Part::Networks, "reseaux/index.html", "nav.networks"));
    }
    if comparison::has_any(site) {
        entries.push((Part::Comparison, "comparaison-2022.html", "nav.comparison"));
    }
    if context.publication.evolution.is_some() {
        entries.push((Part::Evolution, evolution::PATH, "nav.evolution"));
    }
    entries.push((Part::Method, "methode.html", "nav.method"));
    html! {
        nav aria-label=(context.say("nav.label")) {
            ul {
                @for (part, path, name) in entries {
                    @let is_current = part == current;
                    li {
                        a href=(format!("{root}{path}")) aria-current=[is_current.then_some("page")] { (context.say(name)) }
                    }
                }
            }
        }
    }
}
