//! The figures published for 2022 beside those of the edition.

use maud::html;
use publication::Domain;

use super::{Page, Part, Site, parts, shell};
use crate::content::Table;
use crate::context::Context;
use crate::number;

/// Whether an indicator of the edition was published for 2022.
pub(super) fn has_any(site: &Site<'_>) -> bool {
    site.context.publication.indicators.iter().any(|indicator| indicator.published_2022.is_some())
}

pub(super) fn page(site: &Site<'_>) -> Option<Page> {
    if !has_any(site) {
        return None;
    }
    let context = site.context;
    let title = context.say("comparison.title");
    let content = html! {
        h1 { (title) }
        p.lede { (lede(context)) }
        (parts::table(&table(context)))
    };
    Some(shell(site, Part::Comparison, "comparaison-2022.html", title, &content))
}

/// What the table is for.
pub(crate) fn lede<'a>(context: &'a Context<'_>) -> &'a str {
    let is_simulated = context.publication.edition.is_simulated;
    context.say(if is_simulated { "comparison.lede_simulated" } else { "comparison.lede" })
}

/// Indicator, figure for 2022, weighted, unweighted, interval.
pub(crate) fn table(context: &Context<'_>) -> Table {
    let mut table = Table::new(
        context.say("comparison.caption").to_owned(),
        [
            context.say("column.indicator"),
            context.say("comparison.published"),
            context.say("comparison.weighted"),
            context.say("comparison.unweighted"),
            context.say("column.interval"),
            context.say("comparison.inside"),
            context.say("column.n"),
        ],
    );
    for indicator in &context.publication.indicators {
        let Some(published) = indicator.published_2022 else { continue };
        let (cell, figure) = context.figure(&Domain::All, &indicator.code);
        let inside = cell.published().map_or("", |shown| {
            let interval = shown.interval();
            let is_inside = (interval.low..=interval.high).contains(&published);
            context.say(if is_inside { "comparison.yes" } else { "comparison.no" })
        });
        table.rows.push(vec![
            indicator.label.clone(),
            context.words.with_unit(&context.words.plain(published), indicator.unit),
            figure.value,
            number::displayed_or_nd(context.words, indicator.unweighted, indicator.unit),
            figure.interval,
            inside.to_owned(),
            figure.n,
        ]);
    }
    table
}
