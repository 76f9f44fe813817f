//! The whole report: every chart of the plan, tables by breakdown, the method and the questionnaire.

use publication::{Domain, Publication};
use serde::Serialize;

use super::annexes::{Annexes, AskedPart};
use super::parts::{self, ChartData, KeyData, Meta, Say, catalogue};
use super::rows::{Piece, rows};
use super::tables::{FigureTable, is_between, tables};
use super::{Manuscript, compose};
use crate::beside::Beside;
use crate::chart::{self, Chart};
use crate::content::{Block, KeyFigure, Section, Table};
use crate::context::Context;
use crate::error::ReportError;
use crate::network::{self, Network, NetworkTables};
use crate::sentence::Speaker;
use crate::{evolution, note, number, page};

const TEMPLATE: &str = include_str!("../../../../reports/templates/pdf/rapport.typ");

/// As many sentences as the first words of a chapter hold.
const MOST_FINDINGS: usize = 3;

/// Sections of the method note that are one point of it, in order; what stands in none comes after, without a number.
const POINTS: [&[&str]; 13] = [
    &["scope"],
    &["mode"],
    &["counts"],
    &["weighting"],
    &["base"],
    &["intervals", "trust"],
    &["disclosure", "quality"],
    &["index"],
    &["comparison"],
    &["changes"],
    &["questionnaire"],
    &["protection"],
    &["funding"],
];

/// Rows of what comes after the thirteen points: the program, the questionnaire and the answers.
const DIGESTS: usize = 3;

/// What was drawn and gathered for the site, and is shown on paper too.
pub(crate) struct Content<'a> {
    pub(crate) keys: &'a [KeyFigure],
    /// Charts of each chapter.
    pub(crate) charts: &'a [Vec<Chart>],
    /// Charts of who answered.
    pub(crate) profiles: &'a [Chart],
    pub(crate) networks: &'a [(Network<'a>, NetworkTables)],
    pub(crate) beside: &'a Beside<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    #[serde(flatten)]
    meta: Meta<'a>,
    say: Say<'a>,
    notice: &'a str,
    licence: &'a str,
    brief: Vec<Section>,
    keys: Vec<KeyData<'a>>,
    chapters: Vec<ChapterData<'a>>,
    recommendations: Option<Recommendations>,
    parts: Vec<PartData>,
    glossary: Vec<(&'a str, &'a str)>,
    questionnaire: &'a [AskedPart],
    questionnaire_note: &'a str,
}

#[derive(Serialize)]
struct ChapterData<'a> {
    title: String,
    text: Option<&'a str>,
    findings: Vec<String>,
    rows: Vec<Vec<ChartData<'a>>>,
    tables: Vec<FigureTable>,
    blocks: Vec<Block>,
    sections: Vec<Section>,
}

#[derive(Serialize)]
struct Recommendations {
    title: String,
    byline: String,
    warning: String,
    items: Vec<Advice>,
}

#[derive(Serialize)]
struct Advice {
    title: String,
    text: String,
    supported: String,
    value: String,
    finding: String,
    base: String,
}

#[derive(Serialize)]
struct PartData {
    title: String,
    lede: Option<String>,
    sections: Vec<Section>,
}

/// Composes the report. Equal publications and annexes give equal bytes.
pub(crate) fn full(
    context: &Context<'_>,
    content: &Content<'_>,
    annexes: &Annexes,
) -> Result<Vec<u8>, ReportError> {
    let own = catalogue(context);
    let annexes = &annexes.typeset();
    let edition = &context.publication.edition;
    let meta = Meta::new(context, "document.full")?;
    let day = meta.day();
    let mut say = parts::say(context);
    say.extend([
        ("contents", own.get("full.contents")),
        ("brief", own.get("full.brief")),
        ("keys", own.get("full.keys")),
        ("keys_note", context.say("home.keys_note")),
        ("findings", own.get("full.findings")),
        ("glossary", own.get("full.glossary")),
        ("questionnaire", own.get("questionnaire.title")),
    ]);
    // Those of who answered, then those of each chapter.
    let of_paper = |chart: &&Chart| {
        !annexes.site_only.contains(&chart.name) && !is_told_elsewhere(context.publication, chart)
    };
    let charts: Vec<Vec<&Chart>> = std::iter::once(content.profiles)
        .chain(content.charts.iter().map(Vec::as_slice))
        .map(|charts| charts.iter().filter(of_paper).collect())
        .collect();
    let data = Data {
        say,
        notice: &context.notice,
        licence: own.get("full.licence"),
        brief: brief(context),
        keys: parts::keys(context, content.keys),
        chapters: chapters(context, content, &charts),
        recommendations: recommendations(context, annexes),
        parts: closing(context),
        glossary: glossary(context),
        questionnaire: &annexes.questionnaire,
        questionnaire_note: own.get("questionnaire.note"),
        meta,
    };
    let pictures = charts
        .iter()
        .flat_map(|charts| rows(charts).into_iter().flatten())
        .map(|piece| parts::picture(piece.chart, piece.is_half))
        .collect();
    let manuscript = Manuscript {
        identity: format!("{}/{}", edition.survey, edition.edition),
        day,
        data: serde_json::to_vec(&data).expect("words and numbers are JSON"),
        pictures,
    };
    compose(context, TEMPLATE, manuscript)
}

/// Whether a profile says what another one or the table of networks says.
fn is_told_elsewhere(publication: &Publication, chart: &Chart) -> bool {
    chart
        .name
        .strip_prefix(chart::PROFILE)
        .is_some_and(|breakdown| breakdown == network::BREAKDOWN || is_between(publication, breakdown))
}

/// Who answered, how they are weighted, what the barometer is not, how to read.
fn brief(context: &Context<'_>) -> Vec<Section> {
    let own = catalogue(context);
    let section = |title: &str, blocks: Vec<Block>| Section {
        id: String::new(),
        title: own.get(title).to_owned(),
        blocks,
    };
    let text = |key: &str| Block::text(own.get(key));
    let who = own.fill("brief.who_text", &[("n", &parts::respondents(context)), ("dates", &context.dates)]);
    vec![
        section("brief.who", vec![Block::Text { text: who }]),
        section("brief.weighted", vec![Block::text(context.notice.clone())]),
        section("brief.not", vec![text("brief.not_text")]),
        section("brief.how", vec![text("brief.how_text"), text("brief.how_signs")]),
        section("full.confidentiality", vec![Block::Confidentiality]),
    ]
}

fn chapters<'a>(
    context: &'a Context<'_>,
    content: &Content<'_>,
    charts: &[Vec<&'a Chart>],
) -> Vec<ChapterData<'a>> {
    let title = |number: usize, title: &str| {
        let number = number.to_string();
        catalogue(context).fill("full.chapter", &[("number", &number), ("title", title)])
    };
    let drawn = |charts: &[&'a Chart]| -> Vec<Vec<ChartData<'a>>> {
        let row = |row: Vec<Piece<'a>>| row.into_iter().map(|piece| parts::chart(context, piece)).collect();
        rows(charts).into_iter().map(row).collect()
    };
    let (profiles, charts) = charts.split_first().expect("who answered comes first");
    let who = ChapterData {
        title: title(1, context.say("who.title")),
        text: Some(context.say("who.lede")),
        findings: Vec::new(),
        rows: drawn(profiles),
        tables: Vec::new(),
        blocks: network_blocks(context, content.networks),
        sections: Vec::new(),
    };
    let planned =
        context.publication.chapters.iter().zip(charts).enumerate().map(|(index, (chapter, charts))| {
            ChapterData {
                title: title(index + 2, &chapter.title),
                text: chapter.text.as_deref(),
                findings: findings(charts),
                rows: drawn(charts),
                tables: tables(context, chapter),
                blocks: Vec::new(),
                sections: content.beside.sections(context, &chapter.code),
            }
        });
    std::iter::once(who).chain(planned).collect()
}

/// The first different findings of a chapter's charts.
fn findings(charts: &[&Chart]) -> Vec<String> {
    let mut findings: Vec<String> = Vec::new();
    // A chart has a name where its title is a finding.
    for data in charts.iter().filter_map(|chart| chart.data.as_ref()).filter(|data| data.name.is_some()) {
        if findings.len() < MOST_FINDINGS && !findings.contains(&data.title) {
            findings.push(data.title.clone());
        }
    }
    findings
}

fn network_blocks(context: &Context<'_>, networks: &[(Network<'_>, NetworkTables)]) -> Vec<Block> {
    if networks.is_empty() {
        return vec![Block::text(context.say("who.no_network"))];
    }
    let caption = context.say("who.networks").to_owned();
    let mut table = Table::new(caption, [context.say("column.network"), context.say("column.n")]);
    table.rows = networks
        .iter()
        .map(|(network, _)| {
            let n = network.category.n.map_or_else(String::new, |n| number::number_shown(context.words, n));
            vec![network.category.label.clone(), n]
        })
        .collect();
    vec![Block::text(context.say("who.networks_note")), Block::Table(table)]
}

/// What the publisher recommends, each with the figure that supports it; nothing without any.
fn recommendations(context: &Context<'_>, annexes: &Annexes) -> Option<Recommendations> {
    if annexes.recommendations.is_empty() {
        return None;
    }
    let own = catalogue(context);
    let publisher = [("publisher", context.publication.edition.publisher.as_str())];
    let speaker = Speaker::new(context);
    let items = annexes.recommendations.iter().filter_map(|found| {
        let indicator = context.publication.indicator(&found.indicator)?;
        let figure = context.figure(&Domain::All, &found.indicator).1;
        let finding = speaker.as_ref().and_then(|speaker| speaker.finding(&found.indicator, &Domain::All));
        let mut base = vec![context.base(indicator)];
        if figure.is_shown {
            base.extend([context.n(&figure), context.precision(&figure)]);
        }
        Some(Advice {
            title: found.title.clone(),
            text: found.text.clone(),
            supported: own.fill("recommendations.supported", &[("label", &indicator.code)]),
            value: figure.value,
            finding: finding.unwrap_or_else(|| indicator.label.clone()),
            base: base.join("\u{a0}· "),
        })
    });
    let title = own.fill("recommendations.title", &publisher);
    let number = (context.publication.chapters.len() + 2).to_string();
    Some(Recommendations {
        title: own.fill("full.chapter", &[("number", &number), ("title", &title)]),
        byline: own.fill("recommendations.byline", &publisher),
        warning: own.fill("recommendations.warning", &publisher),
        items: items.collect(),
    })
}

/// Comparison, change, and the method note.
fn closing(context: &Context<'_>) -> Vec<PartData> {
    let own = catalogue(context);
    let mut notes = note::sections(context);
    let mut parts = Vec::new();
    let comparison = comparison(context, &mut notes);
    if !comparison.is_empty() {
        parts.push(PartData {
            title: own.get("full.comparison").to_owned(),
            lede: None,
            sections: comparison,
        });
    }
    let changes = evolution::sections_on_paper(context);
    if !changes.is_empty() {
        parts.push(PartData {
            title: own.get("full.evolution").to_owned(),
            lede: Some(evolution::lede(context)),
            sections: changes,
        });
    }
    parts.push(PartData { title: own.get("full.method").to_owned(), lede: None, sections: points(notes) });
    parts
}

/// The figures published for 2022, and the outside series, whose tables leave the method note for this chapter.
fn comparison(context: &Context<'_>, notes: &mut [Section]) -> Vec<Section> {
    let own = catalogue(context);
    let mut sections = Vec::new();
    let table = page::comparison_table(context);
    if !table.rows.is_empty() {
        sections.push(Section {
            id: "2022".to_owned(),
            title: context.say("comparison.title").to_owned(),
            blocks: vec![Block::text(page::comparison_lede(context)), Block::Table(table)],
        });
    }
    let Some(note) = notes.iter_mut().find(|section| section.id == "comparison") else { return sections };
    if note.blocks.iter().any(|block| matches!(block, Block::Table(_))) {
        let chapter = own.get("full.comparison");
        let elsewhere = Block::Text { text: own.fill("full.comparison_where", &[("chapter", chapter)]) };
        let blocks = std::mem::replace(&mut note.blocks, vec![elsewhere]);
        sections.push(Section { id: note.id.clone(), title: own.get("full.outside").to_owned(), blocks });
    }
    sections
}

/// The thirteen points of the method note, and what comes after.
fn points(mut sections: Vec<Section>) -> Vec<Section> {
    let mut points = Vec::new();
    for (index, ids) in POINTS.iter().enumerate() {
        let mut blocks = Vec::new();
        let mut title = None;
        for id in *ids {
            let Some(place) = sections.iter().position(|section| section.id == *id) else { continue };
            let section = sections.remove(place);
            title.get_or_insert(section.title);
            blocks.extend(section.blocks);
        }
        if let Some(title) = title {
            points.push(Section { id: ids[0].to_owned(), title: format!("{}. {title}", index + 1), blocks });
        }
    }
    // On paper the digests of what was computed are enough; all are in the publication's folder.
    for block in sections.iter_mut().flat_map(|section| &mut section.blocks) {
        if let Block::Table(table) = block {
            table.rows.truncate(DIGESTS);
        }
    }
    points.extend(sections);
    points
}

/// Terms with their meanings, in the order of the alphabet.
fn glossary<'a>(context: &Context<'_>) -> Vec<(&'a str, &'a str)> {
    let mut terms: Vec<(&str, &str)> =
        catalogue(context).section("glossary").filter_map(|text| text.split_once(" | ")).collect();
    // An accent does not move a word.
    let folded = |term: &str| term.to_lowercase().replace(['é', 'è', 'ê'], "e");
    terms.sort_by_key(|(term, _)| folded(term));
    terms
}
