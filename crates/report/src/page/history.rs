//! An indicator from one edition to the next: what may be said of the change, or why nothing is.

use maud::{Markup, html};
use publication::Indicator;

use super::parts;
use crate::context::Context;
use crate::evolution;

pub(super) fn section(context: &Context<'_>, indicator: &Indicator) -> Markup {
    let publication = context.publication;
    let table = evolution::of_indicator(context, indicator);
    let refused = publication
        .evolution
        .as_ref()
        .and_then(|evolution| evolution.refused.iter().find(|refused| refused.indicator == indicator.code));
    let published = indicator.published_2022.map(|value| {
        let value = context.words.with_unit(&context.words.plain(value), indicator.unit);
        context.fill("indicator.history_published", &[("value", &value)])
    });
    html! {
        section #historique {
            h2 { (context.say("indicator.history")) }
            @if let Some((table, notes)) = &table {
                (parts::table(table))
                @for note in *notes { p { (note) } }
            } @else if let Some(refused) = refused {
                p { (context.fill("indicator.history_absent", &[("why", &evolution::why(context, refused))])) }
            } @else {
                p { (context.say("indicator.history_none")) }
            }
            @if let Some(published) = published { p { (published) } }
        }
    }
}
