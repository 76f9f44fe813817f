//! What the data of every document hold: who and what it is, its texts, key figures and charts.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Serialize;

use super::rows::Piece;
use crate::chart::{Beside, Chart, Drawing};
use crate::content::KeyFigure;
use crate::context::Context;
use crate::error::ReportError;
use crate::language::plain;
use crate::number;
use crate::sentence::Speaker;
use crate::words::Words;

static FRENCH: LazyLock<Words> =
    LazyLock::new(|| Words::parse("fr", include_str!("../../../../reports/templates/pdf/fr.toml")));

static ENGLISH: LazyLock<Words> =
    LazyLock::new(|| Words::parse("en", include_str!("../../../../reports/templates/pdf/en.toml")));

/// The catalogue of texts that documents alone say, in the language of a context.
pub(super) fn catalogue(context: &Context<'_>) -> &'static Words {
    if context.words.is_french() { &FRENCH } else { &ENGLISH }
}

/// Who and what a document is: what `setup` of `shared.typ` reads.
#[derive(Serialize)]
pub(super) struct Meta<'a> {
    language: &'a str,
    region: &'static str,
    title: String,
    /// Name of the document: « L’essentiel ».
    document: &'a str,
    publisher: &'a str,
    description: &'a str,
    date: (i32, u8, u8),
    simulated: bool,
    simulated_banner: &'a str,
    who: String,
    lede: &'a str,
    source: String,
    page_of: &'a str,
    confidentiality: Confidentiality<'a>,
}

impl<'a> Meta<'a> {
    pub(super) fn new(context: &'a Context<'_>, document: &'static str) -> Result<Self, ReportError> {
        let edition = &context.publication.edition;
        let say = catalogue(context);
        Ok(Self {
            language: context.words.language,
            region: if context.words.is_french() { "FR" } else { "GB" },
            title: plain(&edition.title),
            document: say.get(document),
            publisher: &edition.publisher,
            description: context.say("home.lede"),
            date: number::parse_date(&edition.field_end)?,
            simulated: edition.is_simulated,
            simulated_banner: context.say("simulated.banner"),
            who: context.fill("home.who", &[("n", &respondents(context)), ("dates", &context.dates)]),
            lede: context.say("home.lede"),
            source: plain(&context.source),
            page_of: say.get("document.page_of"),
            confidentiality: Confidentiality {
                title: context.say("confidentiality.title"),
                first: context.say("confidentiality.first"),
                extremes: context.say("confidentiality.extremes"),
                nd_term: context.say("confidentiality.nd_term"),
                nd: context.say("confidentiality.nd"),
                common: context.say("confidentiality.common"),
                precision: context.say("confidentiality.precision"),
                heading: say.get("full.confidentiality"),
            },
        })
    }

    /// The last day of the collection.
    pub(super) fn day(&self) -> (i32, u8, u8) {
        self.date
    }
}

/// Valid responses, as shown.
pub(super) fn respondents(context: &Context<'_>) -> String {
    context.words.thousands(context.publication.counts.valid)
}

/// The promise of confidentiality, word for word as it was published.
#[derive(Serialize)]
struct Confidentiality<'a> {
    heading: &'a str,
    title: &'a str,
    first: &'a str,
    extremes: &'a str,
    nd_term: &'a str,
    nd: &'a str,
    common: &'a str,
    precision: &'a str,
}

/// Texts that a template sets by itself, by name.
pub(super) type Say<'a> = BTreeMap<&'static str, &'a str>;

/// The texts of charts and tables.
pub(super) fn say<'a>(context: &'a Context<'_>) -> Say<'a> {
    let own = catalogue(context);
    BTreeMap::from([
        ("figure", own.get("document.figure")),
        ("table", own.get("document.table")),
        ("references", context.say("column.reference")),
    ])
}

/// A key figure, or a few that are read together.
#[derive(Serialize)]
pub(super) struct KeyData<'a> {
    parts: Vec<KeyPart>,
    base: &'a str,
    target: Option<&'a str>,
    fragile: &'a str,
}

#[derive(Serialize)]
struct KeyPart {
    value: String,
    /// What the figure says, or what it is where the definition has no words for it.
    text: String,
    is_fragile: bool,
}

pub(super) fn keys<'a>(context: &'a Context<'_>, keys: &'a [KeyFigure]) -> Vec<KeyData<'a>> {
    let speaker = Speaker::new(context);
    let said = |code: &str| {
        let domain = publication::Domain::All;
        speaker.as_ref().and_then(|speaker| speaker.finding(code, &domain))
    };
    keys.iter()
        .map(|key| KeyData {
            parts: key
                .parts
                .iter()
                .map(|part| KeyPart {
                    value: part.value.clone(),
                    text: said(&part.code).unwrap_or_else(|| part.label.clone()),
                    is_fragile: part.is_fragile,
                })
                .collect(),
            base: &key.base,
            target: key.target.as_deref(),
            fragile: context.say("figure.fragile"),
        })
        .collect()
}

/// A chart in a document.
#[derive(Serialize)]
pub(super) struct ChartData<'a> {
    file: String,
    alt: String,
    /// Its short name; the finding is on it.
    caption: &'a str,
    /// Outside figures to set beside, in words.
    references: Vec<String>,
    width: f64,
    height: f64,
    /// What part of the width it is given it takes.
    scale: f64,
}

/// A chart as wide as the page or as half of it, with what others found.
pub(super) fn chart<'a>(context: &Context<'_>, piece: Piece<'a>) -> ChartData<'a> {
    let Piece { chart, is_half } = piece;
    let drawing = drawing(chart, is_half);
    ChartData {
        file: file(chart, is_half),
        alt: plain(&chart.description),
        caption: &chart.title,
        references: references(context, chart),
        width: drawing.width,
        height: drawing.height,
        scale: piece.scale(),
    }
}

/// A chart as wide as the page, alone.
pub(super) fn plain_chart(chart: &Chart) -> ChartData<'_> {
    ChartData {
        file: file(chart, false),
        alt: plain(&chart.description),
        caption: &chart.title,
        references: Vec::new(),
        width: chart.wide.width,
        height: chart.wide.height,
        scale: 1.0,
    }
}

/// The picture of a chart for the composer's shelf.
pub(super) fn picture(chart: &Chart, is_half: bool) -> (String, Vec<u8>) {
    (file(chart, is_half), drawing(chart, is_half).svg.clone().into_bytes())
}

fn drawing(chart: &Chart, is_half: bool) -> &Drawing {
    if is_half { &chart.narrow } else { &chart.wide }
}

fn file(chart: &Chart, is_half: bool) -> String {
    format!("charts/{}{}.svg", chart.name, if is_half { "-etroit" } else { "" })
}

/// Outside figures of a chart by their source, the latest of each series: « R&S, 2025 (associations) : Site internet 71 %,
/// Visio 60 % ». The table of the method note has the others.
fn references(context: &Context<'_>, chart: &Chart) -> Vec<String> {
    let mut places: Vec<(&str, Vec<String>)> = Vec::new();
    for group in chart.data.iter().flat_map(|data| &data.groups) {
        let year = |beside: &Beside| beside.point.map_or(f64::INFINITY, |(year, _)| year);
        for beside in &group.references {
            let later = |other: &Beside| other.series == beside.series && year(other) > year(beside);
            if group.references.iter().any(later) {
                continue;
            }
            let said = format!("{} {}", group.label, beside.value);
            match places.iter_mut().find(|(place, _)| *place == beside.place) {
                Some((_, values)) => values.push(said),
                None => places.push((&beside.place, vec![said])),
            }
        }
    }
    places
        .iter()
        .map(|(place, values)| format!("{place}{}{}", context.say("chart.colon"), values.join(", ")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_promise_is_that_of_the_publication_word_for_word() {
        let words = Words::french();
        let plain = |text: &str| text.replace(['\u{a0}', '\u{202f}'], " ").replace("**", "");
        let published = plain(publication::CONFIDENTIALITY);
        for key in ["title", "first", "extremes", "nd_term", "nd", "common"] {
            let said = plain(words.get(&format!("confidentiality.{key}")));
            assert!(published.contains(&said), "{key}: {said}");
        }
    }

    #[test]
    fn both_catalogues_have_the_same_texts_with_the_same_blanks() {
        let blanks = |text: &str| -> Vec<String> {
            let mut found: Vec<String> = text
                .split('{')
                .skip(1)
                .filter_map(|rest| rest.split_once('}'))
                .map(|(name, _)| name.to_owned())
                .collect();
            found.sort();
            found
        };
        assert!(FRENCH.keys().eq(ENGLISH.keys()));
        for key in FRENCH.keys() {
            let (french, english) = (FRENCH.get(key), ENGLISH.get(key));
            assert_eq!(blanks(french), blanks(english), "{key}");
            assert_eq!(french.contains(" | "), english.contains(" | "), "{key}");
            assert!(
                !["«", "\u{a0}:", "\u{202f}", " :"].iter().any(|sign| english.contains(sign)),
                "{key}: {english}"
            );
        }
    }

    #[test]
    fn every_text_of_the_catalogue_is_read_by_a_template_or_by_the_program() {
        let sources = [
            include_str!("parts.rs"),
            include_str!("essential.rs"),
            include_str!("full.rs"),
            include_str!("pack.rs"),
            include_str!("tables.rs"),
        ]
        .join("\n");
        for key in FRENCH.keys() {
            // The glossary is read whole.
            let is_read = key.starts_with("glossary.") || sources.contains(&format!("\"{key}\""));
            assert!(is_read, "never read: {key}");
        }
        for text in sources.split('"') {
            let is_key = [
                "document.",
                "essential.",
                "full.",
                "pack.",
                "brief.",
                "table.",
                "recommendations.",
                "questionnaire.",
            ]
            .iter()
            .any(|section| {
                text.strip_prefix(section).is_some_and(|name| {
                    !name.is_empty()
                        && name != "rs"
                        && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
                })
            });
            assert!(!is_key || FRENCH.keys().any(|key| key == text), "not in the catalogue: {text}");
        }
    }
}
