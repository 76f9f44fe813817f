//! What programs that show a link read of a page: name, description, picture.

use maud::{Markup, html};

use super::{Site, file_of};
use crate::context::file_name;
use crate::language::plain;

/// Path of the image of an indicator, in the folder of its language.
pub(crate) fn image_path(code: &str) -> String {
    format!("images/{}.png", file_name(code))
}

/// What is said of a page elsewhere.
#[derive(Debug, Clone, Default)]
pub(super) struct Social {
    /// What it found, in a sentence.
    pub(super) finding: Option<String>,
    /// The indicator whose picture it has.
    pub(super) image_of: Option<String>,
}

pub(super) fn tags(site: &Site<'_>, path: &str, title: &str, social: &Social) -> Markup {
    let context = site.context;
    let edition = &context.publication.edition;
    let description = plain(social.finding.as_ref().unwrap_or(&edition.title));
    let code = social.image_of.as_ref().or_else(|| context.publication.headline.first());
    let of_language = |path: &str| format!("{}{path}", site.language.folder());
    // Programs want full addresses; without any, a relative one still leads there for those that follow it.
    let image = code.filter(|code| context.publication.indicator(code).is_some()).map(|code| {
        let image = of_language(&image_path(code));
        site.place.address(&image).unwrap_or_else(|| site.shared(path, &image))
    });
    let address = site.place.address(&of_language(path));
    let locale = if context.words.is_french() { "fr_FR" } else { "en_GB" };
    html! {
        meta name="description" content=(description);
        @if let Some(address) = &address { link rel="canonical" href=(address); }
        meta property="og:type" content="article";
        meta property="og:title" content=(plain(title));
        meta property="og:description" content=(description);
        meta property="og:locale" content=(locale);
        meta property="og:site_name" content=(plain(&edition.title));
        meta property="og:url" content=(address.unwrap_or_else(|| file_of(path).to_owned()));
        @if let Some(image) = &image {
            meta property="og:image" content=(image);
            meta property="og:image:width" content="1200";
            meta property="og:image:height" content="630";
            meta property="og:image:alt" content=(description);
            meta name="twitter:image" content=(image);
        }
        meta name="twitter:card" content=(if image.is_some() { "summary_large_image" } else { "summary" });
        meta name="twitter:title" content=(plain(title));
        meta name="twitter:description" content=(description);
    }
}
