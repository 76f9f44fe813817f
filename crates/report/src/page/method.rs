//! The page of the method note.

use maud::html;

use super::{Page, Part, Site, parts, shell};
use crate::note;

pub(super) fn page(site: &Site<'_>) -> Page {
    let context = site.context;
    let title = context.say("method.title");
    let sections = note::sections(context);
    let content = html! {
        h1 { (title) }
        nav.contents aria-label=(title) {
            ol { @for section in &sections { li { a href=(format!("#{}", section.id)) { (section.title) } } } }
        }
        (parts::sections(context, &sections))
    };
    shell(site, Part::Method, "methode.html", title, &content)
}
