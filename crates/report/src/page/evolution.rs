//! The page on what changed since an earlier edition.

use maud::html;

use super::{Page, Part, Site, parts, shell};
use crate::evolution;

/// Path of the page.
pub(super) const PATH: &str = "evolutions.html";

pub(super) fn page(site: &Site<'_>) -> Option<Page> {
    let context = site.context;
    context.publication.evolution.as_ref()?;
    let title = context.say("evolution.title");
    let content = html! {
        h1 { (title) }
        p.lede { (evolution::lede(context)) }
        (parts::sections(context, &evolution::sections(context)))
    };
    Some(shell(site, Part::Evolution, PATH, title, &content))
}
