//! One page for each indicator: definition, question, result, results by every breakdown; and their list.

use maud::{Markup, html};
use publication::{Domain, Indicator, Reference};

use super::head::{Social, image_path};
use super::{Page, Part, Site, breakdown, embed, history, indicator_path, shell, shell_with, up};
use crate::chart::Chart;
use crate::context::Context;
use crate::sentence::Speaker;
use crate::{note, number, trust};

pub(super) fn pages(site: &Site<'_>) -> Vec<Page> {
    let mut pages = vec![list(site)];
    pages.extend(site.context.publication.indicators.iter().map(|indicator| page(site, indicator)));
    pages
}

fn list(site: &Site<'_>) -> Page {
    let context = site.context;
    let publication = context.publication;
    let title = context.say("indicator.title");
    let known = |indicator: &Indicator| publication.dimensions.iter().any(|d| d.code == indicator.dimension);
    let content = html! {
        h1 { (title) }
        p.lede { (context.say("indicator.lede")) }
        @for dimension in &publication.dimensions {
            (entries(context, &dimension.label, publication.indicators.iter().filter(|i| i.dimension == dimension.code)))
        }
        (entries(context, context.say("indicator.title"), publication.indicators.iter().filter(|i| !known(i))))
    };
    shell(site, Part::Indicators, "indicateurs/index.html", title, &content)
}

fn entries<'a>(
    context: &Context<'_>,
    title: &str,
    indicators: impl Iterator<Item = &'a Indicator>,
) -> Markup {
    let indicators: Vec<&Indicator> = indicators.collect();
    html! {
        @if !indicators.is_empty() {
            section {
                h2 { (title) }
                ul.indicators {
                    @for indicator in indicators {
                        @let figure = context.figure(&Domain::All, &indicator.code).1;
                        li {
                            a href=(format!("../{}", indicator_path(&indicator.code))) { (indicator.label) }
                            " " strong { (figure.value) }
                        }
                    }
                }
            }
        }
    }
}

fn page(site: &Site<'_>, indicator: &Indicator) -> Page {
    let context = site.context;
    let (_, figure) = context.figure(&Domain::All, &indicator.code);
    let all = [(context.say("domain.all").to_owned(), Domain::All)];
    let references: Vec<&Reference> = context
        .publication
        .indicator(&indicator.code)
        .map(|found| context.references(found).collect())
        .unwrap_or_default();
    let path = indicator_path(&indicator.code);
    let finding = Speaker::new(context).and_then(|speaker| speaker.finding(&indicator.code, &Domain::All));
    let chart =
        site.indicators.iter().find(|(known, _)| known.code == indicator.code).map(|(_, chart)| chart);
    let content = html! {
        p.code { (indicator.code) }
        h1 { (indicator.label) }
        p.big { (figure.value) }
        @if let Some(finding) = &finding { p.lede { (finding) "." } }
        section {
            h2 { (context.say("indicator.all")) }
            (breakdown::table(context, context.say("indicator.all"), &all, indicator))
        }
        @if let Some(chart) = chart { (picture(site, indicator, chart, &path)) }
        section {
            h2 { (context.say("indicator.by")) }
            (breakdown::all(context, indicator))
        }
        (history::section(context, indicator))
        (definition(context, indicator))
        @if !references.is_empty() {
            section {
                h2 { (context.say("indicator.references")) }
                ul { @for reference in references { li { (reference_words(context, reference)) } } }
            }
        }
    };
    let social = Social { finding, image_of: Some(indicator.code.clone()) };
    shell_with(site, Part::Indicators, &path, &indicator.label, &content, &social)
}

/// The chart of the indicator, its files, and how to show it elsewhere.
fn picture(site: &Site<'_>, indicator: &Indicator, chart: &Chart, path: &str) -> Markup {
    let context = site.context;
    let file = |ending: &str| format!("{}charts/{}{ending}", up(path), chart.name);
    html! {
        section.chart #graphique {
            h2.hidden { (context.say("indicator.picture")) }
            figure {
                picture {
                    source media="(max-width: 47.99em)" srcset=(file("-etroit.svg"))
                        width=(chart.narrow.width) height=(chart.narrow.height);
                    img src=(file(".svg")) alt=(context.fill("chart.alternative", &[("title", &chart.title)])) loading="lazy"
                        width=(chart.wide.width) height=(chart.wide.height);
                }
                figcaption {
                    p.files {
                        a href=(file(".svg")) download="" { (context.say("chart.download_svg")) }
                        " · "
                        a href=(format!("{}{}", up(path), image_path(&indicator.code))) download="" { (context.say("indicator.share")) }
                    }
                    (embed::snippet(site, indicator, chart))
                }
            }
        }
    }
}

fn definition(context: &Context<'_>, indicator: &Indicator) -> Markup {
    let publication = context.publication;
    let dimension = publication.dimensions.iter().find(|dimension| dimension.code == indicator.dimension);
    let target = indicator.target.as_ref().map(|target| {
        context.fill(
            "indicator.target_value",
            &[
                ("value", &context.words.with_unit(&context.words.plain(target.value), indicator.unit)),
                ("year", &target.year.to_string()),
                ("source", &target.source),
            ],
        )
    });
    html! {
        section {
            h2 { (context.say("indicator.definition")) }
            dl {
                @if let Some(dimension) = dimension { dt { (context.say("indicator.dimension")) } dd { (dimension.label) } }
                @if !indicator.questions.is_empty() {
                    dt { (context.say("indicator.questions")) }
                    @for question in &indicator.questions { dd { (context.fill("page.quoted", &[("text", question)])) } }
                }
                dt { (context.say("indicator.base")) } dd { (indicator.base_label) }
                @if let Some(denominator) = indicator.denominator {
                    dt { (context.say("indicator.denominator")) } dd { (trust::denominator(context, denominator)) }
                }
                dt { (context.say("indicator.numerator")) } dd { code { (indicator.numerator) } }
                dt { (context.say("indicator.base_expression")) } dd { code { (indicator.base) } }
                @if let Some(target) = target { dt { (context.say("indicator.target")) } dd { (target) } }
                @if let Some(share) = indicator.no_answer {
                    dt { (context.say("indicator.no_answer")) }
                    dd { (number::displayed(context.words, share, publication::Unit::Percent)) }
                }
                @if let Some(unweighted) = indicator.unweighted {
                    dt { (context.say("indicator.unweighted")) }
                    dd { (number::displayed(context.words, unweighted, indicator.unit)) }
                }
                @if let Some(note) = &indicator.note { dt { (context.say("indicator.note")) } dd { (note) } }
            }
        }
    }
}

/// A series read at its source is given with its base; another is cited as such.
fn reference_words(context: &Context<'_>, reference: &Reference) -> Markup {
    let key =
        if reference.is_drawable { "indicator.reference_drawable" } else { "indicator.reference_cited" };
    let value = note::reference_value(context, &reference.value, &context.foreign(&reference.unit));
    let text = context.fill(
        key,
        &[
            ("label", &reference.label),
            ("year", &reference.year),
            ("value", &value),
            ("base", &reference.base),
            ("source", &reference.source),
            ("note", &reference.note),
        ],
    );
    // A link only to the web: an address of another kind stays a text.
    let is_web = reference.url.starts_with("https://") && !reference.url.contains(char::is_whitespace);
    html! {
        (text)
        @if is_web { " " a href=(reference.url) rel="noreferrer" { (reference.url) } }
    }
}
