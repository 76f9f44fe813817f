//! A page for each indicator that other sites may show in a frame: its chart, where it comes from, and nothing that runs.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use publication::Indicator;

use super::{Page, Site, indicator_path, up};
use crate::chart::{Chart, Drawing};
use crate::context::{Context, file_name};
use crate::language;

/// Room for what stands under the chart, in pixels.
const FOOT: f64 = 90.0;

/// Path of the page of an indicator.
pub(super) fn path(code: &str) -> String {
    format!("embed/{}.html", file_name(code))
}

pub(super) fn pages(site: &Site<'_>) -> Vec<Page> {
    site.indicators.iter().map(|(indicator, chart)| page(site, indicator, chart)).collect()
}

fn page(site: &Site<'_>, indicator: &Indicator, chart: &Chart) -> Page {
    let context = site.context;
    let edition = &context.publication.edition;
    let path = path(&indicator.code);
    let title = context.fill("page.title", &[("page", &indicator.label), ("title", &edition.title)]);
    let markup = html! {
        (DOCTYPE)
        html lang=(context.words.language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                meta name="robots" content="noindex";
                link rel="stylesheet" href=(site.shared(&path, "style.css"));
                link rel="icon" href="data:,";
            }
            body.embed {
                main {
                    h1.hidden { (indicator.label) }
                    (picture(&chart.wide, "wide"))
                    (picture(&chart.narrow, "narrow"))
                    p {
                        a href=(format!("{}{}", up(&path), indicator_path(&indicator.code))) target="_top" {
                            (context.say("indicator.embed_more"))
                        }
                        br;
                        small { (context.source) " " (context.fill("page.licence", &[("publisher", &edition.publisher)])) }
                    }
                }
            }
        }
    };
    let html = language::spans(&markup.into_string());
    Page { path: format!("{}{path}", site.language.folder()), html }
}

/// The picture itself. A page's policy refuses rules of its own: those of the dark stand in the style sheet.
fn picture(drawing: &Drawing, width: &str) -> Markup {
    let svg = match (drawing.svg.split_once("<style>"), drawing.svg.split_once("</style>")) {
        (Some((before, _)), Some((_, after))) => format!("{before}{}", after.trim_start()),
        _ => drawing.svg.clone(),
    };
    html! { div class=(width) { (PreEscaped(svg)) } }
}

/// What others copy.
pub(super) fn snippet(site: &Site<'_>, indicator: &Indicator, chart: &Chart) -> Markup {
    let context: &Context<'_> = site.context;
    let path = format!("{}{}", site.language.folder(), path(&indicator.code));
    let address = site
        .place
        .address(&path)
        .unwrap_or_else(|| format!("{}/{path}", context.say("indicator.embed_site")));
    let frame = html! {
        iframe src=(address) title=(language::plain(&chart.title)) width="100%" height=(chart.wide.height + FOOT)
            loading="lazy" {}
    };
    html! {
        details {
            summary { (context.say("indicator.embed")) }
            p { (context.say("indicator.embed_text")) }
            pre { code { (frame.into_string()) } }
        }
    }
}
