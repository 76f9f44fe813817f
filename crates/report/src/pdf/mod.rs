//! The report on paper: one Typst template, the publication's words as JSON, the charts as vectors.

mod world;

use serde::Serialize;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::chart::Chart;
use crate::content::{Block, KeyFigure, Section};
use crate::context::Context;
use crate::error::ReportError;
use crate::network::{Network, NetworkTables};
use crate::{content, evolution, note, number, page};
use world::{Shelf, explain};

/// What the template reads.
#[derive(Serialize)]
struct Data<'a> {
    language: &'a str,
    title: &'a str,
    publisher: &'a str,
    description: &'a str,
    date: (i32, u8, u8),
    simulated: bool,
    who: String,
    lede: &'a str,
    notice: &'a str,
    source: &'a str,
    words: Words<'a>,
    confidentiality: Confidentiality<'a>,
    keys: &'a [KeyFigure],
    chapters: Vec<ChapterData<'a>>,
    parts: Vec<PartData>,
}

#[derive(Serialize)]
struct Words<'a> {
    contents: &'a str,
    keys: &'a str,
    keys_note: &'a str,
    page_of: &'a str,
    licence: &'a str,
    fragile: &'a str,
    references: &'a str,
    simulated_banner: &'a str,
    simulated_mark: &'a str,
}

#[derive(Serialize)]
struct Confidentiality<'a> {
    title: &'a str,
    first: &'a str,
    extremes: &'a str,
    nd_term: &'a str,
    nd: &'a str,
    common: &'a str,
    precision: &'a str,
}

#[derive(Serialize)]
struct ChapterData<'a> {
    title: String,
    text: Option<&'a str>,
    charts: Vec<ChartData<'a>>,
    blocks: Vec<Block>,
}

#[derive(Serialize)]
struct ChartData<'a> {
    file: String,
    alt: &'a str,
    /// Outside figures to set beside, in words.
    references: Vec<String>,
    width: f64,
    height: f64,
}

#[derive(Serialize)]
struct PartData {
    title: String,
    sections: Vec<Section>,
}

/// Composes the report. Equal publications give equal bytes: the only date is the last day of the collection.
pub(crate) fn compose(
    context: &Context<'_>,
    keys: &[KeyFigure],
    charts: &[Vec<Chart>],
    profiles: &[Chart],
    networks: &[(Network<'_>, NetworkTables)],
) -> Result<Vec<u8>, ReportError> {
    let edition = &context.publication.edition;
    let date = number::parse_date(&edition.field_end)?;
    let data = data(context, date, keys, charts, profiles, networks);
    let json = serde_json::to_vec(&data).expect("words and numbers are JSON");
    let mut shelf = Shelf::new(include_str!("../../../../reports/templates/report.typ"));
    shelf.put("data.json", json);
    for chart in charts.iter().flatten().chain(profiles) {
        shelf.put(&chart_file(chart), chart.wide.svg.clone().into_bytes());
    }
    let document = typst::compile::<PagedDocument>(&shelf).output.map_err(|errors| explain(&errors))?;
    let day = Datetime::from_ymd(date.0, date.1, date.2)
        .ok_or_else(|| ReportError::Date { found: edition.field_end.clone() })?;
    let standards = PdfStandards::new(&[PdfStandard::Ua_1, PdfStandard::A_2a])
        .map_err(|error| ReportError::Pdf { message: error.message().to_string() })?;
    let options = PdfOptions {
        ident: Smart::Custom(format!("{}/{}", edition.survey, edition.edition)),
        timestamp: Some(Timestamp::new_utc(day)),
        standards,
        ..PdfOptions::default()
    };
    let pdf = typst_pdf::pdf(&document, &options).map_err(|errors| explain(&errors));
    // The composer keeps what it computed for a next time that never comes: a server would hold it for ever.
    typst::comemo::evict(0);
    pdf
}

/// The template of a questionnaire to fill in by hand; its data are those of `exchange::paper`.
pub const QUESTIONNAIRE: &str = include_str!("../../../../reports/templates/questionnaire.typ");

/// The template of a page to keep, such as the result of one organisation; its data are those of `intake::Sheet`.
pub const SHEET: &str = include_str!("../../../../reports/templates/sheet.typ");

/// Sets a template with its `data.json` as a tagged PDF (PDF/UA-1) in the embedded typeface.
///
/// `identity` says which document it is, for instance `maturite-numerique/2026/paper`: equal templates, data and
/// identities give equal bytes, and no date is written.
///
/// # Errors
/// [`ReportError::Pdf`] with what the composer says of the template or of the data.
pub fn typeset(template: &str, data_json: Vec<u8>, identity: &str) -> Result<Vec<u8>, ReportError> {
    let mut shelf = Shelf::new(template);
    shelf.put("data.json", data_json);
    let document = typst::compile::<PagedDocument>(&shelf).output.map_err(|errors| explain(&errors))?;
    let standards = PdfStandards::new(&[PdfStandard::Ua_1])
        .map_err(|error| ReportError::Pdf { message: error.message().to_string() })?;
    let options = PdfOptions {
        ident: Smart::Custom(identity.to_owned()),
        timestamp: None,
        standards,
        ..PdfOptions::default()
    };
    let pdf = typst_pdf::pdf(&document, &options).map_err(|errors| explain(&errors));
    typst::comemo::evict(0);
    pdf
}

fn chart_file(chart: &Chart) -> String {
    format!("charts/{}.svg", chart.name)
}

fn data<'a>(
    context: &'a Context<'_>,
    date: (i32, u8, u8),
    keys: &'a [KeyFigure],
    charts: &'a [Vec<Chart>],
    profiles: &'a [Chart],
    networks: &[(Network<'_>, NetworkTables)],
) -> Data<'a> {
    let publication = context.publication;
    let edition = &publication.edition;
    let n = context.words.thousands(publication.counts.valid);
    Data {
        language: context.words.language,
        title: &edition.title,
        publisher: &edition.publisher,
        description: context.say("home.lede"),
        date,
        simulated: edition.is_simulated,
        who: context.fill("home.who", &[("n", &n), ("dates", &context.dates)]),
        lede: context.say("home.lede"),
        notice: &context.notice,
        source: &context.source,
        words: Words {
            contents: context.say("pdf.contents"),
            keys: context.say("pdf.keys"),
            keys_note: context.say("home.keys_note"),
            page_of: context.say("pdf.page_of"),
            licence: context.say("pdf.licence"),
            fragile: context.say("figure.fragile"),
            references: context.say("column.reference"),
            simulated_banner: context.say("simulated.banner"),
            simulated_mark: context.say("simulated.mark"),
        },
        confidentiality: Confidentiality {
            title: context.say("confidentiality.title"),
            first: context.say("confidentiality.first"),
            extremes: context.say("confidentiality.extremes"),
            nd_term: context.say("confidentiality.nd_term"),
            nd: context.say("confidentiality.nd"),
            common: context.say("confidentiality.common"),
            precision: context.say("confidentiality.precision"),
        },
        keys,
        chapters: chapters(context, charts, profiles, networks),
        parts: parts(context),
    }
}

fn chapters<'a>(
    context: &'a Context<'_>,
    charts: &'a [Vec<Chart>],
    profiles: &'a [Chart],
    networks: &[(Network<'_>, NetworkTables)],
) -> Vec<ChapterData<'a>> {
    let draw = |chart: &'a Chart| ChartData {
        file: chart_file(chart),
        alt: &chart.description,
        references: references(context, chart),
        width: chart.wide.width,
        height: chart.wide.height,
    };
    let who = ChapterData {
        title: format!("1. {}", context.say("who.title")),
        text: Some(context.say("who.lede")),
        charts: profiles.iter().map(draw).collect(),
        blocks: network_blocks(context, networks),
    };
    let planned =
        context.publication.chapters.iter().zip(charts).enumerate().map(|(index, (chapter, charts))| {
            ChapterData {
                title: format!("{}. {}", index + 2, chapter.title),
                text: chapter.text.as_deref(),
                charts: charts.iter().map(draw).collect(),
                blocks: Vec::new(),
            }
        });
    std::iter::once(who).chain(planned).collect()
}

/// Outside figures of a chart by their source: « R&S, 2025 (associations) : Site internet 71 %, Visio 60 % ».
fn references(context: &Context<'_>, chart: &Chart) -> Vec<String> {
    let mut places: Vec<(&str, Vec<String>)> = Vec::new();
    for group in chart.data.iter().flat_map(|data| &data.groups) {
        for beside in &group.references {
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

fn network_blocks(context: &Context<'_>, networks: &[(Network<'_>, NetworkTables)]) -> Vec<Block> {
    if networks.is_empty() {
        return vec![Block::text(context.say("who.no_network"))];
    }
    let caption = context.say("who.networks").to_owned();
    let mut table = content::Table::new(caption, [context.say("column.network"), context.say("column.n")]);
    table.rows = networks
        .iter()
        .map(|(network, _)| {
            let n = network.category.n.map_or_else(String::new, |n| number::number_shown(context.words, n));
            vec![network.category.label.clone(), n]
        })
        .collect();
    vec![Block::text(context.say("who.networks_note")), Block::Table(table)]
}

fn parts(context: &Context<'_>) -> Vec<PartData> {
    let mut parts = Vec::new();
    let comparison = page::comparison_table(context);
    if !comparison.rows.is_empty() {
        let blocks = vec![Block::text(page::comparison_lede(context)), Block::Table(comparison)];
        parts.push(PartData {
            title: context.say("comparison.title").to_owned(),
            sections: vec![Section { id: "comparison".to_owned(), title: String::new(), blocks }],
        });
    }
    let mut changes = evolution::sections(context);
    if let Some(first) = changes.first_mut() {
        first.blocks.insert(0, Block::text(evolution::lede(context)));
        parts.push(PartData { title: context.say("evolution.title").to_owned(), sections: changes });
    }
    let mut sections = note::sections(context);
    for (index, section) in sections.iter_mut().enumerate() {
        section.title = format!("{}. {}", index + 1, section.title);
    }
    parts.push(PartData { title: context.say("method.title").to_owned(), sections });
    let annex = note::annex(context);
    let title = annex.title.clone();
    parts.push(PartData { title, sections: vec![Section { title: String::new(), ..annex }] });
    parts
}
