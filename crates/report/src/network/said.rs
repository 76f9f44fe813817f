//! « Ce que vous pouvez en dire »: three sentences about a network that its figures support, each with its number of
//! respondents and with what all respondents say.

use publication::Domain;

use super::{Network, NetworkRow, NetworkTable, NetworkTables, Subject};
use crate::context::Context;
use crate::sentence::Speaker;

/// How many are said.
const SENTENCES: usize = 3;

/// The sentences: the clearest gaps first, then the key figures; what is fragile only where nothing else can be said.
pub(crate) fn sentences(context: &Context<'_>, network: Network<'_>, tables: &NetworkTables) -> Vec<String> {
    let is_said = |table: &&NetworkTable| {
        !matches!(table.subject, Subject::Scores | Subject::ScoresBySize | Subject::Territory)
    };
    let rows = || tables.tables.iter().filter(is_said).flat_map(|table| &table.rows);
    let shown = || rows().filter(|row| row.figures.first().is_some_and(|own| own.is_shown));
    let speaker = Speaker::new(context);
    let mut picked: Vec<&NetworkRow> = Vec::new();
    let mut sentences = Vec::new();
    let orders: [&dyn Fn(&&NetworkRow) -> bool; 3] =
        [&|row| row.gap.is_some(), &|row| row.figures.first().is_some_and(|own| !own.is_fragile), &|_| true];
    for is_next in orders {
        for row in shown().filter(is_next) {
            let is_new = !picked.iter().any(|known| known.code == row.code);
            if sentences.len() < SENTENCES && is_new {
                picked.push(row);
                sentences.extend(sentence(context, speaker.as_ref(), network, row));
            }
        }
    }
    sentences
}

/// What one row says.
fn sentence(
    context: &Context<'_>,
    speaker: Option<&Speaker<'_>>,
    network: Network<'_>,
    row: &NetworkRow,
) -> Option<String> {
    let (own, all) = (row.figures.first()?, row.figures.last()?);
    let label = &network.category.label;
    let said = speaker.and_then(|speaker| speaker.inside(&row.code, &network.domain()));
    let n = context.n(own);
    let Some(said) = said else {
        // Without words for it, its label and its figures.
        return Some(context.fill(
            "network.sentence",
            &[("label", &row.label), ("value", &own.value), ("n", &n), ("all", &all.value)],
        ));
    };
    let key = match row.gap {
        Some(true) => "network.said_above",
        Some(false) => "network.said_below",
        None if all.is_shown => "network.said_beside",
        None => "network.said_alone",
    };
    let whole = speaker.and_then(|speaker| speaker.figure(&row.code, &Domain::All));
    let whole = whole.as_deref().unwrap_or(&all.value);
    Some(context.fill(key, &[("network", label), ("said", &said), ("n", &n), ("all", whole)]))
}
