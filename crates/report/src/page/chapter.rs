//! One page for each planned chapter, with its charts. The first chapter, on who answered, is a page of its own.

use maud::{Markup, html};

use super::{Page, Part, Site, chapter_path, parts, shell, who};

pub(super) fn pages(site: &Site<'_>) -> Vec<Page> {
    (0..site.context.publication.chapters.len()).map(|index| page(site, index)).collect()
}

fn page(site: &Site<'_>, index: usize) -> Page {
    let context = site.context;
    let chapter = &context.publication.chapters[index];
    let content = html! {
        h1 { (index + 2) ". " (chapter.title) }
        @if let Some(text) = &chapter.text { p.lede { (text) } }
        @for chart in &site.charts[index] { (parts::chart(context, chart, "../")) }
        (parts::sections(context, &site.beside.sections(context, &chapter.code)))
        (neighbours(site, index + 1))
    };
    shell(site, Part::Chapters, &chapter_path(&chapter.code), &chapter.title, &content)
}

/// Links from the chapter at `position`, who answered being at 0, to those before and after.
pub(super) fn neighbours(site: &Site<'_>, position: usize) -> Markup {
    let context = site.context;
    let chapters = &context.publication.chapters;
    let link = |key: &str, position: usize| {
        let (path, title) = match position.checked_sub(1) {
            None => (who::PATH.to_owned(), context.say("who.title")),
            Some(index) => (chapter_path(&chapters[index].code), chapters[index].title.as_str()),
        };
        html! { a href=(format!("../{path}")) { (context.fill(key, &[("title", title)])) } }
    };
    html! {
        nav.neighbours aria-label=(context.say("nav.neighbours")) {
            @if let Some(previous) = position.checked_sub(1) { (link("nav.previous", previous)) }
            @if position < chapters.len() { (link("nav.next", position + 1)) }
        }
    }
}
