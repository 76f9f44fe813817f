//! One page for each indicator: definition, question, result, results by every breakdown; and their list.

use maud::{Markup, html};
use publication::{CellKey, Domain, Indicator, Reference};

use super::{Page, Part, Site, indicator_path, parts, shell};
use crate::context::Context;
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
    let all = parts::breakdown_table(context, context.say("indicator.all").to_owned(), &all, &indicator.code);
    let references: Vec<&Reference> = context
        .publication
        .indicator(&indicator.code)
        .map(|found| context.references(found).collect())
        .unwrap_or_default();
    let content = html! {
        p.code { (indicator.code) }
        h1 { (indicator.label) }
        p.big { (figure.value) }
        (definition(context, indicator))
        section {
            h2 { (context.say("indicator.all")) }
            (parts::table(&all))
        }
        section {
            h2 { (context.say("indicator.by")) }
            (breakdowns(context, indicator))
        }
        @if !references.is_empty() {
            section {
                h2 { (context.say("indicator.references")) }
                ul { @for reference in references { li { (reference_words(context, reference)) } } }
            }
        }
    };
    shell(site, Part::Indicators, &indicator_path(&indicator.code), &indicator.label, &content)
}

fn definition(context: &Context<'_>, indicator: &Indicator) -> Markup {
    let publication = context.publication;
    let dimension = publication.dimensions.iter().find(|dimension| dimension.code == indicator.dimension);
    let target = indicator.target.as_ref().map(|target| {
        context.fill(
            "indicator.target_value",
            &[
                ("value", &number::with_unit(&number::plain(target.value), indicator.unit)),
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
                    @for question in &indicator.questions { dd { "«\u{a0}" (question) "\u{a0}»" } }
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

fn breakdowns(context: &Context<'_>, indicator: &Indicator) -> Markup {
    let publication = context.publication;
    let tables: Vec<_> = publication
        .breakdowns
        .iter()
        .filter_map(|breakdown| {
            let rows: Vec<(String, Domain)> = breakdown
                .categories
                .iter()
                .map(|category| (category.label.clone(), Domain::of(&breakdown.code, &category.code)))
                .filter(|(_, domain)| {
                    let key = CellKey { domain: domain.clone(), indicator: indicator.code.clone() };
                    publication.cells.contains_key(&key)
                })
                .collect();
            let caption = context
                .fill("indicator.caption", &[("label", &indicator.label), ("breakdown", &breakdown.label)]);
            (!rows.is_empty())
                .then(|| (breakdown, parts::breakdown_table(context, caption, &rows, &indicator.code)))
        })
        .collect();
    html! {
        @if tables.is_empty() { p { (context.say("indicator.no_breakdown")) } }
        @for (breakdown, table) in &tables {
            details {
                summary { (breakdown.label) }
                @if breakdown.is_overlapping { p { (context.say("breakdown.overlapping")) } }
                (parts::table(table))
            }
        }
    }
}

/// A series read at its source is given with its base; another is cited as such.
fn reference_words(context: &Context<'_>, reference: &Reference) -> Markup {
    let key =
        if reference.is_drawable { "indicator.reference_drawable" } else { "indicator.reference_cited" };
    let value = note::reference_value(&reference.value, "");
    let text = context.fill(
        key,
        &[
            ("label", &reference.label),
            ("year", &reference.year),
            ("value", &value),
            ("unit", &reference.unit),
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
