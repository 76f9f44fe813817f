//! The languages of a report. A publication is written in the first; in another its texts are those that its definition
//! was translated with, and what was not translated stays French and says so (`lang="fr"`).

use std::collections::BTreeMap;

use publication::Publication;

use crate::typography;
use crate::words::Words;

/// A language that the report is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    French,
    English,
}

impl Language {
    /// All, the publication's own first.
    pub(crate) const ALL: [Self; 2] = [Self::French, Self::English];

    /// As in `lang`.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::French => "fr",
            Self::English => "en",
        }
    }

    /// The folder of its pages, from the root of the site.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::French => "",
            Self::English => "en/",
        }
    }

    /// Leads from that folder to the root of the site.
    pub(crate) fn up(self) -> &'static str {
        match self {
            Self::French => "",
            Self::English => "../",
        }
    }

    /// The one that its pages switch to.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::French => Self::English,
            Self::English => Self::French,
        }
    }
}

/// Around a text that is still French. No text holds these: they are taken out of what is read.
const OPEN: char = '\u{e010}';
const CLOSE: char = '\u{e011}';

/// What the program names in a publication, and not a definition: codes of counts, with the text that says them.
const NAMED: [(&str, &str); 8] = [
    ("commence", "published.commence"),
    ("refuse", "published.refuse"),
    ("interrompu", "published.interrompu"),
    ("envoye", "published.envoye"),
    ("retire", "published.retire"),
    ("incomplete", "published.incomplete"),
    ("hors_champ", "published.hors_champ"),
    ("doublon", "published.doublon"),
];

/// The publication as it reads in a language.
pub(crate) fn localised(publication: &Publication, language: Language) -> Publication {
    let mut local = publication.clone();
    typography::each_text(&mut local, &mut |text| *text = plain(text));
    if language == Language::French {
        return typography::typeset_publication(&local);
    }
    let words = Words::of(language);
    let none = BTreeMap::new();
    let texts = publication.translations.get(language.code()).unwrap_or(&none);
    let counts = &mut local.counts;
    for count in counts.states.iter_mut().chain(&mut counts.excluded) {
        if let Some((_, key)) = NAMED.iter().find(|(code, _)| *code == count.code) {
            count.label = format!("{CLOSE}{}", words.get(key));
        }
    }
    let joint = joint(Words::french());
    typography::each_text(&mut local, &mut |text| {
        if let Some(said) = text.strip_prefix(CLOSE) {
            *text = said.to_owned();
        } else if let Some(translated) = texts.get(text.as_str()) {
            text.clone_from(translated);
        } else if let Some(networks) = text.strip_prefix(&joint) {
            *text = words.fill("published.common", &[("networks", &foreign(networks))]);
        } else if !text.is_empty() {
            *text = foreign(text);
        }
    });
    local.edition.publisher.clone_from(&publication.edition.publisher);
    local
}

/// What stands before the names of networks that are published together.
fn joint(words: &Words) -> String {
    words.get("published.common").split('{').next().unwrap_or_default().to_owned()
}

/// A French text among others.
pub(crate) fn foreign(text: &str) -> String {
    format!("{OPEN}{}{CLOSE}", typography::typeset(text))
}

/// Without marks of language.
pub(crate) fn plain(text: &str) -> String {
    text.replace([OPEN, CLOSE], "")
}

/// Whether a character is a mark of language, which takes no room.
pub(crate) fn is_mark(letter: char) -> bool {
    matches!(letter, OPEN | CLOSE)
}

/// A page whose French texts say that they are: in an element where they stand in a text, without a word where nothing
/// can say it (attributes, the title, options).
pub(crate) fn spans(html: &str) -> String {
    let mut said = String::with_capacity(html.len());
    let mut is_tag = false;
    let mut is_bare = false;
    let mut rest = html;
    while let Some(at) = rest.find(['<', '>', OPEN, CLOSE]) {
        said.push_str(&rest[..at]);
        let sign = rest[at..].chars().next().unwrap_or_default();
        let after = &rest[at + sign.len_utf8()..];
        match sign {
            '<' => {
                is_tag = true;
                for name in ["title", "option"] {
                    if let Some(end) =
                        after.strip_prefix(name).or_else(|| after.strip_prefix('/')?.strip_prefix(name))
                    {
                        let is_whole = end.starts_with(['>', ' ']);
                        is_bare = if is_whole { !after.starts_with('/') } else { is_bare };
                    }
                }
                said.push('<');
            }
            '>' => {
                is_tag = false;
                said.push('>');
            }
            OPEN if !is_tag && !is_bare => said.push_str("<span lang=\"fr\">"),
            CLOSE if !is_tag && !is_bare => said.push_str("</span>"),
            _ => {}
        }
        rest = after;
    }
    said.push_str(rest);
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_french_text_says_so_where_it_can() {
        let label = foreign("l'outil");
        let html = format!(
            "<title>{label}</title><p title=\"{label}\">A {label}</p><option value=\"1\">{label}</option>"
        );
        assert_eq!(
            spans(&html),
            "<title>l’outil</title><p title=\"l’outil\">A <span lang=\"fr\">l’outil</span></p>\
             <option value=\"1\">l’outil</option>"
        );
        assert_eq!(plain(&label), "l’outil");
    }
}
