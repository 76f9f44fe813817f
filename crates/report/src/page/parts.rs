//! Pieces of pages: charts with their tables, tables, sections, the box on confidentiality.

use maud::{Markup, html};

use crate::chart::Chart;
use crate::content::{Block, Section, Table, chart_table};
use crate::context::Context;

/// A chart: picture in two widths, its figures in a table, its files.
pub(super) fn chart(context: &Context<'_>, chart: &Chart, root: &str) -> Markup {
    let path = |ending: &str| format!("{root}charts/{}{ending}", chart.name);
    let alternative = context.fill("chart.alternative", &[("title", &chart.title)]);
    html! {
        section.chart #(chart.name) {
            h2.hidden { (chart.title) }
            figure {
                picture {
                    source media="(max-width: 47.99em)" srcset=(path("-etroit.svg"))
                        width=(chart.narrow.width) height=(chart.narrow.height);
                    img src=(path(".svg")) alt=(alternative) loading="lazy"
                        width=(chart.wide.width) height=(chart.wide.height);
                }
                figcaption {
                    @if let Some(rows) = chart_table(context, chart) {
                        details {
                            summary { (context.say("chart.table")) span.hidden { (context.say("chart.colon")) (chart.title) } }
                            (indicator_table(context, chart, &rows, root))
                        }
                    }
                    p.files {
                        a href=(path(".svg")) download="" { (context.say("chart.download_svg")) span.hidden { (context.say("chart.colon")) (chart.title) } }
                        " · "
                        a href=(path(".png")) download="" { (context.say("chart.download_png")) span.hidden { (context.say("chart.colon")) (chart.title) } }
                    }
                }
            }
        }
    }
}

/// The table of a chart, then links to the pages of its indicators.
fn indicator_table(context: &Context<'_>, chart: &Chart, rows: &Table, root: &str) -> Markup {
    let codes = chart.data.as_ref().map_or(&[][..], |data| data.codes.as_slice());
    html! {
        (table(rows))
        @if !codes.is_empty() {
            p.files {
                (context.say("column.indicator")) (context.say("chart.colon"))
                @for (index, code) in codes.iter().enumerate() {
                    @if index > 0 { ", " }
                    a href=(format!("{root}{}", super::indicator_path(code))) { (code) }
                }
            }
        }
    }
}

/// A cell of as many letters is a sentence, and its column is not made as narrow as one of figures.
const LONG: usize = 40;

/// A table whose rows begin with their heading.
pub(super) fn table(table: &Table) -> Markup {
    let is_long = |cell: &String| cell.chars().count() >= LONG;
    html! {
        section.scroll tabindex="0" aria-label=(table.caption) {
            table {
                caption { (table.caption) }
                thead { tr { @for column in &table.columns { th scope="col" { (column) } } } }
                tbody {
                    @for row in &table.rows {
                        tr {
                            @for (index, cell) in row.iter().enumerate() {
                                @if index == 0 { th scope="row" { (cell) } } @else { td class=[is_long(cell).then_some("long")] { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The sections of a page.
pub(super) fn sections(context: &Context<'_>, sections: &[Section]) -> Markup {
    html! {
        @for section in sections {
            section #(section.id) {
                h2 { (section.title) }
                (blocks(context, &section.blocks))
            }
        }
    }
}

pub(super) fn blocks(context: &Context<'_>, blocks: &[Block]) -> Markup {
    html! {
        @for block in blocks {
            @match block {
                Block::Text { text } => p { (text) },
                Block::List { items } => ul { @for item in items { li { (item) } } },
                Block::Table(rows) => (table(rows)),
                Block::Confidentiality => (confidentiality(context)),
            }
        }
    }
}

/// The box on confidentiality.
pub(super) fn confidentiality(context: &Context<'_>) -> Markup {
    html! {
        aside.box aria-label=(context.say("confidentiality.title")) {
            p { strong { (context.say("confidentiality.title")) } " " (context.say("confidentiality.first")) }
            p { (context.say("confidentiality.extremes")) }
            p { strong { (context.say("confidentiality.nd_term")) } " " (context.say("confidentiality.nd")) }
            p { (context.say("confidentiality.common")) }
        }
    }
}
