//! The first chapter, which every edition has: who answered.

use maud::html;

use super::{Page, Part, Site, chapter, network, parts, shell};
use crate::note;

/// Its path.
pub(super) const PATH: &str = "chapitres/qui-a-repondu.html";

pub(super) fn page(site: &Site<'_>) -> Page {
    let context = site.context;
    let title = context.say("who.title");
    let content = html! {
        h1 { "1. " (title) }
        p.lede { (context.say("who.lede")) }
        @for profile in site.profiles { (parts::chart(context, profile, "../")) }
        section #reponses { h2 { (context.say("who.counts")) } (parts::blocks(context, &note::counts(context))) }
        section #reseaux {
            h2 { (context.say("who.networks")) }
            p { (context.say("who.networks_note")) }
            (network::list(site, "../reseaux/"))
        }
        (chapter::neighbours(site, 0))
    };
    shell(site, Part::Chapters, PATH, title, &content)
}
