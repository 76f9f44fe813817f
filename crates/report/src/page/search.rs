//! The index: every indicator, every question and the words of the method, with where they are. A page that needs no script;
//! with that of the site, what is typed filters it.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::{Page, Part, Site, chapter_path, indicator_path, shell, who};
use crate::context::file_name;
use crate::language::plain;
use crate::note;

/// Path of the page.
pub(super) const PATH: &str = "recherche.html";

/// A word of the index and where it leads.
struct Entry {
    word: String,
    path: String,
    /// What is said of it besides.
    more: String,
}

pub(super) fn page(site: &Site<'_>) -> Page {
    let context = site.context;
    let title = context.say("search.title");
    let groups = by_letter(indicators(site));
    let digits = context.say("search.digits");
    let letter = |letter: char| if letter == '0' { digits.to_owned() } else { letter.to_string() };
    let content = html! {
        h1 { (title) }
        p.lede { (context.say("search.lede")) }
        div.search role="search" data-search hidden {
            label for="mots" { (context.say("search.field")) }
            input #mots type="search" autocomplete="off" aria-describedby="mots-aide";
            p #mots-aide { small { (context.say("search.hint")) } }
            p role="status" data-one=(context.say("search.one")) data-many=(context.say("search.many"))
                data-none=(context.say("search.none")) {}
        }
        section {
            h2 { (context.say("search.indicators")) }
            nav.letters aria-label=(context.say("search.letters")) data-letters {
                @for found in groups.keys() { a href=(format!("#lettre-{found}")) { (letter(*found)) } " " }
            }
            @for (found, entries) in &groups {
                section #(format!("lettre-{found}")) data-group { h3 { (letter(*found)) } (list(entries)) }
            }
        }
        section data-group { h2 { (context.say("search.questions")) } (questions(site)) }
        section data-group { h2 { (context.say("search.words")) } (list(&sorted(words(site)))) }
    };
    shell(site, Part::Search, PATH, title, &content)
}

fn list(entries: &[Entry]) -> Markup {
    html! {
        ul.indicators {
            @for entry in entries {
                li {
                    a href=(entry.path) { (entry.word) }
                    @if !entry.more.is_empty() { " " small { (entry.more) } }
                }
            }
        }
    }
}

/// Indicators by the short name that charts give them, which begins with what matters; by their label where none does.
fn indicators(site: &Site<'_>) -> Vec<Entry> {
    let publication = site.context.publication;
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    let mut owners: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for chart in publication.chapters.iter().flat_map(|chapter| &chapter.charts) {
        for (code, label) in chart.indicators.iter().zip(&chart.labels) {
            if folded(label).starts_with(char::is_alphanumeric) && !plain(label).starts_with('…') {
                names.entry(code).or_insert(label);
                owners.entry(label).or_default().insert(code);
            }
        }
    }
    publication
        .indicators
        .iter()
        .map(|indicator| {
            let name = names.get(indicator.code.as_str()).filter(|name| owners[*name].len() == 1);
            let path = indicator_path(&indicator.code);
            match name {
                Some(name) => Entry { word: (*name).to_owned(), path, more: indicator.label.clone() },
                None => Entry { word: indicator.label.clone(), path, more: String::new() },
            }
        })
        .collect()
}

/// Each question once, with the indicators that read it.
fn questions(site: &Site<'_>) -> Markup {
    let context = site.context;
    let mut read: BTreeMap<(String, &str), Vec<&str>> = BTreeMap::new();
    for indicator in &context.publication.indicators {
        for question in &indicator.questions {
            read.entry((folded(question), question)).or_default().push(&indicator.code);
        }
    }
    html! {
        ul.indicators {
            @for ((_, question), codes) in &read {
                li {
                    (context.fill("page.quoted", &[("text", question)])) " "
                    small { @for code in codes { a href=(indicator_path(code)) { (code) } " " } }
                }
            }
        }
    }
}

fn words(site: &Site<'_>) -> Vec<Entry> {
    let context = site.context;
    let entry = |word: &str, path: String, more: &str| Entry {
        word: word.to_owned(),
        path,
        more: format!("({})", context.say(more)),
    };
    let mut words = vec![entry(context.say("who.title"), who::PATH.to_owned(), "search.chapter")];
    for (chapter, charts) in context.publication.chapters.iter().zip(site.charts) {
        let path = chapter_path(&chapter.code);
        words.push(entry(&chapter.title, path.clone(), "search.chapter"));
        words.extend(
            charts.iter().map(|chart| entry(&chart.title, format!("{path}#{}", chart.name), "search.chart")),
        );
    }
    words.extend(
        site.profiles
            .iter()
            .map(|chart| entry(&chart.title, format!("{}#{}", who::PATH, chart.name), "search.chart")),
    );
    words.extend(site.networks.iter().map(|(network, _)| {
        let path = format!("reseaux/{}/index.html", file_name(&network.category.code));
        entry(&network.category.label, path, "search.network")
    }));
    words.extend(
        note::sections(context)
            .into_iter()
            .map(|section| entry(&section.title, format!("methode.html#{}", section.id), "search.method")),
    );
    words
}

fn sorted(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_by_cached_key(|entry| (folded(&entry.word), entry.path.clone()));
    entries
}

fn by_letter(entries: Vec<Entry>) -> BTreeMap<char, Vec<Entry>> {
    let mut groups: BTreeMap<char, Vec<Entry>> = BTreeMap::new();
    for entry in sorted(entries) {
        let first = folded(&entry.word).chars().next().unwrap_or('0');
        let letter = if first.is_ascii_alphabetic() { first.to_ascii_uppercase() } else { '0' };
        groups.entry(letter).or_default().push(entry);
    }
    groups
}

/// What words are sorted by: small letters without accents, from the first that is a letter or a digit.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in plain(text).to_lowercase().chars() {
        folded.push_str(match letter {
            'à' | 'â' | 'ä' | 'á' | 'ã' => "a",
            'ç' => "c",
            'é' | 'è' | 'ê' | 'ë' => "e",
            'î' | 'ï' | 'í' => "i",
            'ô' | 'ö' | 'ó' => "o",
            'ù' | 'û' | 'ü' | 'ú' => "u",
            'ÿ' => "y",
            'œ' => "oe",
            'æ' => "ae",
            other => {
                folded.push(other);
                continue;
            }
        });
    }
    folded.trim_start_matches(|letter: char| !letter.is_alphanumeric()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn accents_and_capitals_do_not_count_in_the_order() {
        assert_eq!(folded("Écoresponsabilité"), "ecoresponsabilite");
        assert_eq!(folded("« Œuvre »"), "oeuvre »");
    }
}
