//! One page for each network that may be shown, and their list.

use maud::{Markup, html};

use super::{Page, Part, Site, indicator_path, shell};
use crate::context::{Context, file_name};
use crate::network::{Network, NetworkRow, NetworkTables};
use crate::number;

pub(super) fn pages(site: &Site<'_>) -> Vec<Page> {
    if site.networks.is_empty() {
        return Vec::new();
    }
    let mut pages = vec![index(site)];
    pages.extend(site.networks.iter().map(|(network, tables)| page(site, *network, tables)));
    pages
}

/// Path of a network's CSV.
pub(crate) fn csv_path(network: Network<'_>) -> String {
    format!("reseaux/{}.csv", file_name(&network.category.code))
}

fn index(site: &Site<'_>) -> Page {
    let context = site.context;
    let title = context.say("network.title");
    let content = html! {
        h1 { (title) }
        p.lede { (context.say("network.lede")) }
        (list(site, ""))
    };
    shell(site, Part::Networks, "reseaux/index.html", title, &content)
}

/// The networks shown with their number of respondents; `folder` leads to their pages.
pub(super) fn list(site: &Site<'_>, folder: &str) -> Markup {
    let context = site.context;
    html! {
        @if site.networks.is_empty() {
            p { (context.say("who.no_network")) }
        } @else {
            div.scroll tabindex="0" role="region" aria-label=(context.say("network.list_caption")) {
                table {
                    caption { (context.say("network.list_caption")) }
                    thead { tr { th scope="col" { (context.say("column.network")) } th scope="col" { (context.say("column.n")) } } }
                    tbody {
                        @for (network, _) in site.networks {
                            tr {
                                th scope="row" {
                                    a href=(format!("{folder}{}/index.html", file_name(&network.category.code))) { (network.category.label) }
                                }
                                td { (n(context, *network)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn n(context: &Context<'_>, network: Network<'_>) -> String {
    network.category.n.map_or_else(String::new, |n| number::number_shown(context.words, n))
}

fn page(site: &Site<'_>, network: Network<'_>, tables: &NetworkTables) -> Page {
    let context = site.context;
    let method = &context.publication.method;
    let label = &network.category.label;
    let title = context.fill("network.page_title", &[("label", label)]);
    let is_fragile = network.category.n.is_some_and(|n| n.least() < method.n_fragile);
    let path = format!("reseaux/{}/index.html", file_name(&network.category.code));
    let csv = site.shared(&path, &csv_path(network));
    let content = html! {
        h1 { (title) }
        p.who { (context.fill("network.who", &[("n", &n(context, network))])) }
        @if is_fragile {
            p.warning role="note" { strong { (context.fill("network.fragile", &[("n", &method.n_fragile.to_string())])) } }
        }
        p { (context.say("confidentiality.network")) }
        p { a href=(csv) hreflang="fr" { (context.say("network.csv")) } }
        p { (context.say("network.gap_note")) " " (context.say("network.size_note")) }
        @for table in &tables.tables {
            section {
                h2 { (table.title) }
                (rows(context, &table.title, &tables.columns, &table.rows))
            }
        }
        (sentences(context, tables))
    };
    shell(site, Part::Networks, &path, &title, &content)
}

fn rows(context: &Context<'_>, title: &str, columns: &[String], rows: &[NetworkRow]) -> Markup {
    let caption = context.fill("network.caption", &[("title", title), ("columns", &columns.join(", "))]);
    html! {
        div.scroll tabindex="0" role="region" aria-label=(caption) {
            table {
                caption { (caption) }
                thead {
                    tr {
                        th scope="col" { (context.say("column.indicator")) }
                        @for column in columns { th scope="col" { (column) } }
                    }
                }
                tbody {
                    @for row in rows {
                        tr {
                            th scope="row" { a href=(format!("../../{}", indicator_path(&row.code))) { (row.label) } }
                            @for (index, figure) in row.figures.iter().enumerate() {
                                td {
                                    strong { (figure.value) }
                                    @if figure.is_shown {
                                        br;
                                        small { "n\u{a0}=\u{a0}" (figure.n) ", " (context.precision(figure)) }
                                        @if figure.is_fragile { br; small.fragile { (context.say("figure.fragile")) } }
                                    }
                                    @if index == 0 && let Some(is_up) = row.gap {
                                        br; small { (context.say(if is_up { "network.gap_up" } else { "network.gap_down" })) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Three sentences that the figures support: the clearest gaps first, then the key figures.
fn sentences(context: &Context<'_>, tables: &NetworkTables) -> Markup {
    let shown = || tables.tables.iter().flat_map(|table| &table.rows).filter(|row| row.figures[0].is_shown);
    let mut picked: Vec<&NetworkRow> = shown().filter(|row| row.gap.is_some()).take(3).collect();
    for row in shown() {
        if picked.len() < 3 && !picked.iter().any(|known| known.code == row.code) {
            picked.push(row);
        }
    }
    html! {
        @if !picked.is_empty() {
            section {
                h2 { (context.say("network.say")) }
                ul {
                    @for row in picked {
                        @if let (Some(own), Some(all)) = (row.figures.first(), row.figures.last()) {
                            li {
                                (context.fill("network.sentence", &[
                                    ("label", &row.label),
                                    ("value", &own.value),
                                    ("n", &context.n(own)),
                                    ("all", &all.value),
                                ]))
                            }
                        }
                    }
                }
            }
        }
    }
}
