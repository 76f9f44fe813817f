//! The figures of an indicator by the categories of each breakdown, each with a mark on a scale: all one after another, or
//! one at a time where the script of the site runs.

use maud::{Markup, html};
use publication::{Breakdown, Cell, CellKey, Domain, Indicator, Published};

use crate::chart::{Shown, shown};
use crate::context::{Context, file_name};
use crate::number;
use crate::sentence::Speaker;

/// Width of a scale, in its own units.
const WIDTH: f64 = 200.0;
/// Height of a mark.
const HEIGHT: f64 = 16.0;
/// What is left free at both ends, so that no mark is cut.
const INSET: f64 = 6.0;

/// Every breakdown that the indicator is given by.
pub(super) fn all(context: &Context<'_>, indicator: &Indicator) -> Markup {
    let publication = context.publication;
    let speaker = Speaker::new(context);
    let shown: Vec<(&Breakdown, Vec<(String, Domain)>)> = publication
        .breakdowns
        .iter()
        .map(|breakdown| (breakdown, rows(context, breakdown, indicator)))
        .filter(|(_, rows)| !rows.is_empty())
        .collect();
    let (low, high) = indicator.unit.range();
    let end = |value| context.words.with_unit(&context.words.plain(value), indicator.unit);
    html! {
        @if shown.is_empty() {
            p { (context.say("indicator.no_breakdown")) }
        } @else {
            p { small { (context.fill("indicator.scale", &[("low", &end(low)), ("high", &end(high))])) } }
        }
        div data-picker=(context.say("indicator.picker")) {
            @for (breakdown, rows) in &shown {
                section #(format!("par-{}", file_name(&breakdown.code))) {
                    h3 { (breakdown.label) }
                    @if let Some(finding) = speaker.as_ref().and_then(|it| it.by(&indicator.code, &breakdown.code)) {
                        p { (finding) "." }
                    }
                    @if breakdown.is_overlapping { p { (context.say("breakdown.overlapping")) } }
                    (table(context, &caption(context, indicator, breakdown), rows, indicator))
                }
            }
        }
    }
}

/// The categories that the indicator is given for; those of a breakdown that was not planned for it are none.
fn rows(context: &Context<'_>, breakdown: &Breakdown, indicator: &Indicator) -> Vec<(String, Domain)> {
    let of = |category: &publication::Category| {
        (category.label.clone(), Domain::of(&breakdown.code, &category.code))
    };
    breakdown
        .categories
        .iter()
        .map(of)
        .filter(|(_, domain)| {
            let key = CellKey { domain: domain.clone(), indicator: indicator.code.clone() };
            context.publication.cells.contains_key(&key)
        })
        .collect()
}

fn caption(context: &Context<'_>, indicator: &Indicator, breakdown: &Breakdown) -> String {
    context.fill("indicator.caption", &[("label", &indicator.label), ("breakdown", &breakdown.label)])
}

/// Figures of one indicator, each with its mark.
pub(super) fn table(
    context: &Context<'_>,
    caption: &str,
    rows: &[(String, Domain)],
    indicator: &Indicator,
) -> Markup {
    let has_remarks = rows.iter().any(|(_, domain)| context.figure(domain, &indicator.code).1.is_fragile);
    html! {
        section.scroll tabindex="0" aria-label=(caption) {
            table {
                caption { (caption) }
                thead {
                    tr {
                        @for key in ["column.category", "column.value", "chart.marks", "column.n", "column.interval", "column.precision"] {
                            th scope="col" { (context.say(key)) }
                        }
                        @if has_remarks { th scope="col" { (context.say("column.remark")) } }
                    }
                }
                tbody {
                    @for (label, domain) in rows {
                        @let (cell, figure) = context.figure(domain, &indicator.code);
                        tr {
                            th scope="row" { (label) }
                            td { (figure.value) }
                            td { (mark(cell, indicator)) }
                            td { (figure.n) }
                            td { (figure.interval) }
                            td { (figure.precision) }
                            @if has_remarks { td { @if figure.is_fragile { (context.say("figure.fragile")) } } }
                        }
                    }
                }
            }
        }
    }
}

/// A figure on its scale, which the table says in words.
fn mark(cell: &Cell, indicator: &Indicator) -> Markup {
    let Some(published) = cell.published() else { return html! {} };
    let (low, high) = indicator.unit.range();
    let x = |value: f64| {
        let part = ((value - low) / (high - low)).clamp(0.0, 1.0);
        number::coordinate(INSET + part * (WIDTH - 2.0 * INSET))
    };
    let middle = HEIGHT / 2.0;
    let grid: String =
        [low, f64::midpoint(low, high), high].map(|value| format!("M{} 0V{HEIGHT}", x(value))).concat();
    let interval = published.interval();
    let kind = if published.is_fragile() { "hollow" } else { "solid" };
    html! {
        svg.mark viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) width=(WIDTH) height=(HEIGHT) aria-hidden="true" {
            path.grid d=(grid) {}
            path.span d=(format!("M{} {middle}H{}", x(interval.low), x(interval.high))) {}
            (sign(published, kind, &x))
        }
    }
}

fn sign(published: &Published, kind: &str, x: &impl Fn(f64) -> String) -> Markup {
    match shown(published.value()) {
        Shown::Point(value) => html! { circle class=(kind) cx=(x(value)) cy="8" r="5" {} },
        Shown::Band(from, to) => {
            html! { path class=(kind) d=(format!("M{0} 3H{1}V13H{0}Z", x(from), x(to))) {} }
        }
        // A triangle points to where the figure may be.
        Shown::AtMost(limit) => {
            html! { path class=(kind) d=(format!("M{0} 3V13L{1} 8Z", x(limit), x(0.0))) {} }
        }
        Shown::AtLeast(limit) => {
            html! { path class=(kind) d=(format!("M{0} 3V13L{1} 8Z", x(limit), x(f64::INFINITY))) {} }
        }
    }
}
