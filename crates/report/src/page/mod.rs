//! Pages: plain HTML that needs no script, no cookie and no other site.

mod breakdown;
mod chapter;
mod comparison;
mod data;
mod embed;
mod evolution;
mod head;
mod history;
mod home;
mod indicator;
mod method;
mod network;
mod parts;
mod search;
mod who;

use maud::{DOCTYPE, Markup, html};

pub(crate) use comparison::{lede as comparison_lede, table as comparison_table};
pub(crate) use head::image_path;
pub(crate) use network::network_file;

use head::Social;
use publication::Indicator;

use crate::beside::Beside;
use crate::chart::Chart;
use crate::content::KeyFigure;
use crate::context::{Context, file_name};
use crate::language::{self, Language};
use crate::network::{Network, NetworkTables};
use crate::note;
use crate::place::Place;

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
    pub(crate) language: Language,
    /// The chart of each indicator that has one.
    pub(crate) indicators: &'a [(&'a Indicator, Chart)],
    pub(crate) place: &'a Place,
    pub(crate) beside: &'a Beside<'a>,
}

impl Site<'_> {
    /// Leads from a page, named from the folder of its language, to a file that all languages share.
    fn shared(&self, page: &str, file: &str) -> String {
        format!("{}{}{file}", up(page), self.language.up())
    }
}

/// Leads from a page to the folder of its language.
fn up(page: &str) -> String {
    "../".repeat(page.matches('/').count())
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
    Search,
}

/// All pages.
pub(crate) fn all(site: &Site<'_>) -> Vec<Page> {
    let mut pages = vec![home::page(site), method::page(site)];
    pages.extend(comparison::page(site));
    pages.extend(evolution::page(site));
    pages.push(data::page(site));
    pages.push(who::page(site));
    pages.extend(chapter::pages(site));
    pages.extend(indicator::pages(site));
    pages.extend(network::pages(site));
    pages.push(search::page(site));
    pages.extend(embed::pages(site));
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
    shell_with(site, part, path, title, content, &Social::default())
}

/// The same, with what is said of the page elsewhere.
fn shell_with(
    site: &Site<'_>,
    part: Part,
    path: &str,
    title: &str,
    content: &Markup,
    social: &Social,
) -> Page {
    let context = site.context;
    let edition = &context.publication.edition;
    let root = up(path);
    let other = site.language.other();
    let other_path = site.shared(path, &format!("{}{path}", other.folder()));
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
                (head::tags(site, path, title, social))
                @if edition.is_simulated { meta name="robots" content="noindex"; }
                link rel="stylesheet" href=(site.shared(path, "style.css"));
                link rel="alternate" hreflang=(site.language.code()) href=(file_of(path));
                link rel="alternate" hreflang=(other.code()) href=(other_path);
                link rel="icon" href="data:,";
                // The index and the tables of an indicator are easier with it, and whole without.
                @if part == Part::Search || path.starts_with("indicateurs/") {
                    script src=(site.shared(path, "barometre.js")) defer {}
                }
            }
            body {
                a.skip href="#contenu" { (context.say("nav.skip")) }
                @if edition.is_simulated {
                    aside.simulated aria-label=(context.say("simulated.chart")) { strong { (context.say("simulated.banner")) } }
                }
                @for erratum in note::errata(context) {
                    aside.erratum aria-label=(erratum) { strong { (erratum) } }
                }
                header.site {
                    div.wrap {
                        p.brand { a href=(format!("{root}index.html")) { (edition.title) } }
                        nav.languages aria-label=(context.say("nav.languages")) {
                            a href=(other_path) lang=(other.code()) hreflang=(other.code()) { (context.say("nav.other_language")) }
                        }
                        (editions(site, path))
                        (navigation(site, part, &root))
                    }
                }
                main #contenu tabindex="-1" { div.wrap { (content) } }
                footer.site {
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
    Page { path: format!("{}{path}", site.language.folder()), html: language::spans(&markup.into_string()) }
}

/// The last part of a path.
fn file_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The switch between published editions: to the same page where the other edition has it, to the nearest where not.
fn editions(site: &Site<'_>, path: &str) -> Markup {
    let context = site.context;
    let others = site.place.editions();
    let own = &context.publication.edition.edition;
    let label = |edition: &str| context.fill("nav.edition", &[("edition", edition)]);
    html! {
        @if !others.is_empty() {
            nav.editions aria-label=(context.say("nav.editions")) {
                ul {
                    li { span aria-current="true" { (label(own)) } }
                    @for other in others {
                        @let (page, is_same) = other.page(site.language, path);
                        li {
                            a href=(site.shared(path, &format!("../{}/{page}", other.code))) { (label(&other.code)) }
                            @if !is_same { " " small { (context.say("nav.elsewhere")) } }
                        }
                    }
                }
            }
        }
    }
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
    entries.push((Part::Search, search::PATH, "nav.search"));
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
