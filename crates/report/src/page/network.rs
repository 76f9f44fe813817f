//! One page for each network that may be shown, and their list.

use maud::{Markup, html};

use super::{Page, Part, Site, indicator_path, parts, shell};
use crate::content::Table;
use crate::context::{Context, file_name};
use crate::network::{Network, NetworkTable, NetworkTables, said};
use crate::number::{self, Figure};

pub(super) fn pages(site: &Site<'_>) -> Vec<Page> {
    if site.networks.is_empty() {
        return Vec::new();
    }
    let mut pages = vec![index(site)];
    pages.extend(site.networks.iter().map(|(network, tables)| page(site, *network, tables)));
    pages
}

/// Path of a file of a network, by its ending.
pub(crate) fn network_file(network: Network<'_>, ending: &str) -> String {
    format!("reseaux/{}.{ending}", file_name(&network.category.code))
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
            section.scroll tabindex="0" aria-label=(context.say("network.list_caption")) {
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
    let file = |ending: &str| site.shared(&path, &network_file(network, ending));
    let content = html! {
        h1 { (title) }
        p.who { (context.fill("network.who", &[("n", &n(context, network))])) }
        @if let Some(share) = &tables.share { p { (share) } }
        @if is_fragile {
            p.warning role="note" { strong { (context.fill("network.fragile", &[("n", &method.n_fragile.to_string())])) } }
        }
        p { (context.say("confidentiality.network")) }
        ul.files {
            @if site.has_pdf { li { a href=(file("pdf")) hreflang="fr" { (context.say("network.pdf")) } } }
            li { a href=(file("xlsx")) hreflang="fr" { (context.say("network.workbook")) } }
            li { a href=(file("csv")) hreflang="fr" { (context.say("network.csv")) } }
        }
        p { (context.say("network.gap_note")) " " (context.say(tables.size_note())) " " (context.say("network.add_note")) }
        (say(context, network, tables))
        (profile(context, tables))
        @for table in &tables.tables {
            section {
                h2 { (table.title) }
                (rows(context, table))
            }
        }
    };
    shell(site, Part::Networks, &path, &title, &content)
}

/// Who of the network answered.
fn profile(context: &Context<'_>, tables: &NetworkTables) -> Markup {
    html! {
        @if !tables.profile.is_empty() {
            section {
                h2 { (context.say("network.profile")) }
                @for part in &tables.profile {
                    @let rows = part.rows.iter().map(|(label, n)| vec![label.clone(), n.clone()]).collect();
                    (parts::table(&Table {
                        caption: part.title.clone(),
                        columns: ["column.category", "column.n"].map(|key| context.say(key).to_owned()).to_vec(),
                        rows,
                    }))
                }
            }
        }
    }
}

fn rows(context: &Context<'_>, table: &NetworkTable) -> Markup {
    let names: Vec<&str> = table.columns.iter().map(|column| column.label.as_str()).collect();
    let caption = context.fill("network.caption", &[("title", &table.title), ("columns", &names.join(", "))]);
    html! {
        section.scroll tabindex="0" aria-label=(caption) {
            table {
                caption { (caption) }
                thead {
                    tr {
                        th scope="col" { (context.say("column.indicator")) }
                        @for name in &names { th scope="col" { (name) } }
                    }
                }
                tbody {
                    @for row in &table.rows {
                        tr {
                            th scope="row" { a href=(format!("../../{}", indicator_path(&row.code))) { (row.label) } }
                            @for (index, figure) in row.figures.iter().enumerate() {
                                td { (cell(context, figure, row.gap.filter(|_| index == 0))) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn cell(context: &Context<'_>, figure: &Figure, gap: Option<bool>) -> Markup {
    html! {
        strong { (figure.value) }
        @if figure.is_shown {
            br;
            small { "n\u{a0}=\u{a0}" (figure.n) ", " (context.precision(figure)) }
            @if figure.is_fragile { br; small.fragile { (context.say("figure.fragile")) } }
        }
        @if let Some(is_up) = gap {
            br; small { (context.say(if is_up { "network.gap_up" } else { "network.gap_down" })) }
        }
    }
}

/// Sentences that the figures support.
fn say(context: &Context<'_>, network: Network<'_>, tables: &NetworkTables) -> Markup {
    let sentences = said::sentences(context, network, tables);
    html! {
        @if !sentences.is_empty() {
            section {
                h2 { (context.say("network.say")) }
                ul { @for sentence in sentences { li { (sentence) } } }
            }
        }
    }
}
