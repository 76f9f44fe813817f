//! The two pages that are not part of an edition's site. Their texts are in `texts/fr.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use maud::{DOCTYPE, Markup, html};

static TEXTS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    toml::from_str(include_str!("../texts/fr.toml")).expect("the catalogue is read by a test")
});

fn text(code: &str) -> &'static str {
    TEXTS.get(code).map_or("", String::as_str)
}

/// The list of published editions.
pub(crate) fn editions(prefix: &str, codes: &[String]) -> Markup {
    page(
        text("title"),
        &html! {
            @if codes.is_empty() {
                p { (text("none")) }
            } @else {
                ul { @for code in codes { li { a href=(format!("{prefix}/{code}/")) { (text("edition")) " " (code) } } } }
            }
        },
    )
}

/// Nothing here.
pub(crate) fn not_found() -> Markup {
    page(text("not_found_title"), &html! { p { (text("not_found")) } })
}

fn page(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="fr" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
            }
            body { main { h1 { (title) } (body) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_in_the_catalogue() {
        for code in ["title", "none", "edition", "not_found_title", "not_found"] {
            assert!(!text(code).is_empty(), "{code}");
        }
    }
}
