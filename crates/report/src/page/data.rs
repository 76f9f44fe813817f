//! The page of downloads: every file with what it is for, the licence, and the data dictionary.

use maud::{Markup, html};

use super::{Page, Part, Site, parts, shell};
use crate::content::Table;
use crate::context::Context;
use crate::downloads::{self, Entry};

/// Path of the page.
pub(super) const PATH: &str = "donnees.html";

pub(super) fn page(site: &Site<'_>) -> Page {
    let context = site.context;
    let edition = &context.publication.edition;
    let title = context.say("offer.title");
    let content = html! {
        h1 { (title) }
        p.lede { (context.say("offer.lede")) }
        section #fichiers {
            h2 { (context.say("offer.files")) }
            ul.files {
                @for (file, says) in files(site) {
                    li { a href=(site.shared(PATH, file)) hreflang="fr" { (file) } (context.say("chart.colon")) (context.say(says)) }
                }
            }
        }
        section #licence {
            h2 { (context.say("book.licence")) }
            p { (context.fill("page.licence", &[("publisher", &edition.publisher)])) }
            p { (context.say("offer.cite")) }
        }
        section #confidentialite {
            h2 { (context.say("offer.confidentiality")) }
            (parts::confidentiality(context))
        }
        section #dictionnaire {
            h2 { (context.say("offer.dictionary")) }
            p { (context.say("offer.dictionary_text")) }
            (dictionary(context, "dictionary.columns", &downloads::columns(context)))
            (dictionary(context, "dictionary.codes", &downloads::codes(context)))
        }
    };
    shell(site, Part::Method, PATH, title, &content)
}

/// The files offered, each with the key of what it is for.
fn files(site: &Site<'_>) -> Vec<(&'static str, &'static str)> {
    let mut files = vec![
        (downloads::WORKBOOK, "catalogue.workbook"),
        (downloads::SPREADSHEET, "catalogue.spreadsheet"),
        (downloads::FIGURES, "catalogue.figures"),
        (downloads::DICTIONARY, "catalogue.dictionary"),
        (downloads::CATALOGUE, "offer.catalogue"),
    ];
    // The frozen tables are there when the report is made beside them.
    let frozen = [
        (publication::CELLS_FILE, "catalogue.cells"),
        (publication::PARQUET_FILE, "catalogue.parquet"),
        (publication::DATA_PACKAGE_FILE, "catalogue.package"),
    ];
    let beside = site.context.workshop.files_beside();
    files.extend(frozen.into_iter().filter(|(name, _)| beside.contains_key(*name)));
    files
}

fn dictionary(context: &Context<'_>, caption: &str, entries: &[Entry]) -> Markup {
    let columns = ["dictionary.of", "dictionary.name", "dictionary.kind", "dictionary.meaning"];
    let rows = entries
        .iter()
        .map(|entry| [&entry.of, &entry.name, &entry.kind, &entry.meaning].map(Clone::clone).to_vec())
        .collect();
    parts::table(&Table {
        caption: context.say(caption).to_owned(),
        columns: columns.map(|key| context.say(key).to_owned()).to_vec(),
        rows,
    })
}
