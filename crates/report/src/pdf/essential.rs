//! The Essentiel: four pages for who has ten minutes.

use serde::Serialize;

use super::annexes::Annexes;
use super::parts::{self, ChartData, KeyData, Meta, Say, catalogue};
use super::{Manuscript, compose};
use crate::chart::Chart;
use crate::content::{self, KeyFigure};
use crate::context::{Context, file_name};
use crate::error::ReportError;

const TEMPLATE: &str = include_str!("../../../../reports/templates/pdf/essentiel.typ");

/// As many charts as two pages hold.
const MOST_CHARTS: usize = 5;

#[derive(Serialize)]
struct Data<'a> {
    #[serde(flatten)]
    meta: Meta<'a>,
    say: Say<'a>,
    keys: Vec<KeyData<'a>>,
    charts: Vec<ChartData<'a>>,
    reading: Vec<&'a str>,
    method: Vec<String>,
    contact: Vec<String>,
}

/// Path of the Essentiel in the language of the context, at the root of the site.
pub(crate) fn file(context: &Context<'_>) -> &'static str {
    if context.words.is_french() { "essentiel.pdf" } else { "essentiel-en.pdf" }
}

/// Composes the Essentiel in the language of the context. Equal publications and annexes give equal bytes.
pub(crate) fn essential(
    context: &Context<'_>,
    drawn: &[Vec<Chart>],
    annexes: &Annexes,
) -> Result<Vec<u8>, ReportError> {
    let own = catalogue(context);
    let charts = charts(context, drawn, annexes);
    let keys: Vec<KeyFigure> = content::key_figures(context);
    let meta = Meta::new(context, "document.essential")?;
    let edition = &context.publication.edition;
    let day = meta.day();
    let mut say = parts::say(context);
    say.extend([
        ("keys", own.get("essential.keys")),
        ("reading", own.get("essential.reading")),
        ("method", own.get("essential.method")),
        ("contact", own.get("essential.contact")),
    ]);
    let n = parts::respondents(context);
    let contact = annexes.contact.as_deref().map_or_else(
        || edition.publisher.clone(),
        |contact| {
            own.fill("essential.contact_text", &[("publisher", &edition.publisher), ("contact", contact)])
        },
    );
    let cite = [("publisher", edition.publisher.as_str()), ("title", &edition.title)]
        .into_iter()
        .chain([("dates", context.dates.as_str()), ("n", &n)])
        .collect::<Vec<_>>();
    let data = Data {
        say,
        keys: parts::keys(context, &keys),
        charts: charts.iter().map(|chart| parts::plain_chart(chart)).collect(),
        reading: vec![
            own.get("essential.reading_base"),
            context.say("confidentiality.precision"),
            own.get("essential.reading_words"),
        ],
        method: vec![context.notice.clone(), own.get("essential.method_not").to_owned()],
        contact: vec![contact, own.get("essential.licence").to_owned(), own.fill("essential.cite", &cite)],
        meta,
    };
    let manuscript = Manuscript {
        identity: format!("{}/{}/essential/{}", edition.survey, edition.edition, context.words.language),
        day,
        data: serde_json::to_vec(&data).expect("words and numbers are JSON"),
        pictures: charts.iter().map(|chart| parts::picture(chart, false)).collect(),
    };
    compose(context, TEMPLATE, manuscript)
}

/// The charts that the annexes name, or the first of each chapter, among those that were drawn.
fn charts<'a>(context: &Context<'_>, drawn: &'a [Vec<Chart>], annexes: &Annexes) -> Vec<&'a Chart> {
    let chapters = &context.publication.chapters;
    let codes: Vec<&String> = if annexes.essential.is_empty() {
        chapters.iter().filter_map(|chapter| chapter.charts.first()).map(|plan| &plan.code).collect()
    } else {
        annexes.essential.iter().collect()
    };
    codes
        .into_iter()
        .filter_map(|code| drawn.iter().flatten().find(|chart| chart.name == file_name(code)))
        .take(MOST_CHARTS)
        .collect()
}
