//! What changed since an earlier edition, in words: for the page, the PDF and the method note.

use publication::{Change, Direction, Domain, Evolution, Indicator, Refused, Series, Unit, Why};

use crate::content::{Block, Section, Table};
use crate::context::Context;
use crate::{number, pdf};

/// The sections of the page on change; none without an earlier edition.
pub(crate) fn sections(context: &Context<'_>) -> Vec<Section> {
    gathered(context, false)
}

/// The same on paper, where a table of hundreds of rows says less than what rose and fell: the site has the others.
pub(crate) fn sections_on_paper(context: &Context<'_>) -> Vec<Section> {
    gathered(context, true)
}

fn gathered(context: &Context<'_>, is_paper: bool) -> Vec<Section> {
    let Some(evolution) = &context.publication.evolution else { return Vec::new() };
    let whole = |is_headline: bool| {
        let series = evolution.series.iter().filter(move |series| series.is_headline == is_headline);
        series.filter_map(|series| {
            let change = series.changes.iter().find(|change| change.category.is_none())?;
            Some((series, change))
        })
    };
    let mut sections = Vec::new();
    let mut push = |id: &str, title: &str, blocks: Vec<Block>| {
        if !blocks.is_empty() {
            sections.push(Section { id: id.to_owned(), title: title.to_owned(), blocks });
        }
    };
    let keys: Vec<_> = whole(true).collect();
    push("cles", context.say("evolution.keys"), table(context, evolution, "evolution.keys", &keys));
    let others: Vec<_> = whole(false).collect();
    let moved: Vec<_> = others.iter().copied().filter(|(_, change)| is_established(change)).collect();
    let mut blocks = Vec::new();
    if is_paper && !others.is_empty() {
        let text = "evolution.others_paper";
        blocks.push(Block::Text { text: counted(context, text, others.len(), moved.len()) });
    }
    let shown = if is_paper { &moved } else { &others };
    blocks.extend(table(context, evolution, "evolution.others", shown));
    push("autres", context.say("evolution.others"), blocks);
    push("croisements", context.say("evolution.breakdowns"), by_breakdown(context, evolution, is_paper));
    push("lecture", context.say("evolution.reading"), reading(context, evolution));
    push("refus", context.say("evolution.refused"), refused(context, evolution));
    sections
}

/// An indicator in both editions: all, then what rose or fell by category; and the notes on it.
pub(crate) fn of_indicator<'a>(
    context: &Context<'a>,
    indicator: &Indicator,
) -> Option<(Table, &'a [String])> {
    let evolution = context.publication.evolution.as_ref()?;
    let series = evolution.series.iter().find(|series| series.indicator == indicator.code)?;
    let mut table = Table::new(
        context.fill("indicator.history_caption", &[("label", &indicator.label)]),
        [
            context.say("column.category"),
            &evolution.edition,
            &context.publication.edition.edition,
            context.say("evolution.difference"),
            context.say("evolution.verdict"),
        ],
    );
    for change in &series.changes {
        let is_whole = change.category.is_none();
        if !is_whole && !is_established(change) {
            continue;
        }
        let mut row = vec![place(context, &change.domain())];
        row.extend(figures(context, series, change, indicator.unit));
        table.rows.push(row);
    }
    Some((table, &series.notes))
}

/// Why an indicator is not compared.
pub(crate) fn why(context: &Context<'_>, refused: &Refused) -> String {
    match refused.why {
        Why::Alone => context.say("evolution.alone").to_owned(),
        Why::Undecided => context.say("evolution.undecided").to_owned(),
        Why::Broken => {
            context.fill("evolution.broken", &[("reason", refused.reason.as_deref().unwrap_or_default())])
        }
    }
}

/// What the page says first.
pub(crate) fn lede(context: &Context<'_>) -> String {
    let evolution = context.publication.evolution.as_ref();
    let title = evolution.map_or("", |evolution| evolution.title.as_str());
    context.fill("evolution.lede", &[("title", title)])
}

/// What the method note says of change.
pub(crate) fn note(context: &Context<'_>) -> Vec<Block> {
    let Some(evolution) = &context.publication.evolution else {
        return vec![Block::text(context.say("method.changes_text"))];
    };
    let linked = evolution.series.len().to_string();
    let refused = evolution.refused.len().to_string();
    let values =
        [("title", evolution.title.as_str()), ("linked", linked.as_str()), ("refused", refused.as_str())];
    vec![Block::Text { text: context.fill("method.changes_linked", &values) }]
        .into_iter()
        .chain(reading(context, evolution))
        .collect()
}

fn table(
    context: &Context<'_>,
    evolution: &Evolution,
    caption: &str,
    rows: &[(&Series, &Change)],
) -> Vec<Block> {
    if rows.is_empty() {
        return Vec::new();
    }
    let mut table = Table::new(
        context.say(caption).to_owned(),
        [
            context.say("column.indicator"),
            &evolution.edition,
            &context.publication.edition.edition,
            context.say("evolution.difference"),
            context.say("evolution.verdict"),
        ],
    );
    for (series, change) in rows {
        let Some(indicator) = context.publication.indicator(&series.indicator) else { continue };
        let mut row = vec![indicator.label.clone()];
        row.extend(figures(context, series, change, indicator.unit));
        table.rows.push(row);
    }
    vec![Block::Table(table)]
}

fn figures(context: &Context<'_>, series: &Series, change: &Change, unit: Unit) -> [String; 4] {
    let before = number::displayed(context.words, change.before, unit);
    let before = match series.factor {
        Some(_) => context.fill("evolution.rebased", &[("value", &before)]),
        None => before,
    };
    [
        before,
        number::displayed(context.words, change.after, unit),
        difference(context, change.difference, unit),
        context
            .say(match change.direction {
                Direction::Up => "evolution.up",
                Direction::Down => "evolution.down",
                Direction::Stable => "evolution.stable",
                Direction::Unclear => "evolution.unclear",
            })
            .to_owned(),
    ]
}

/// « + 4 points », « − 0,4 ».
pub(crate) fn difference(context: &Context<'_>, difference: f64, unit: Unit) -> String {
    let space = if context.words.is_french() { "\u{a0}" } else { "" };
    let sign = if difference > 0.0 {
        "+"
    } else if difference < 0.0 {
        "−"
    } else {
        ""
    };
    let space = if sign.is_empty() { "" } else { space };
    let size = format!("{sign}{space}{}", context.words.plain(difference.abs()));
    match unit {
        Unit::Number { .. } => size,
        Unit::Percent | Unit::Points => {
            let key = if context.is_singular(difference) { "evolution.point" } else { "evolution.points" };
            context.fill(key, &[("value", &size)])
        }
    }
}

/// Rises and falls of categories: what is stable or unclear there is left to the data. On paper those of the key figures,
/// by breakdowns that have no finer and no coarser one beside them.
fn by_breakdown(context: &Context<'_>, evolution: &Evolution, is_paper: bool) -> Vec<Block> {
    let mut table = Table::new(
        context.say("evolution.breakdowns").to_owned(),
        [
            context.say("column.indicator"),
            context.say("column.category"),
            &evolution.edition,
            &context.publication.edition.edition,
            context.say("evolution.difference"),
            context.say("evolution.verdict"),
        ],
    );
    let is_told_twice = |domain: &Domain| {
        let Domain::Of { breakdown, .. } = domain else { return false };
        pdf::is_between(context.publication, breakdown)
    };
    let (mut compared, mut marked) = (0, 0);
    for series in &evolution.series {
        let Some(indicator) = context.publication.indicator(&series.indicator) else { continue };
        for change in series.changes.iter().filter(|change| change.category.is_some()) {
            compared += 1;
            if !is_established(change) {
                continue;
            }
            marked += 1;
            if is_paper && (!series.is_headline || is_told_twice(&change.domain())) {
                continue;
            }
            let mut row = vec![indicator.label.clone(), place(context, &change.domain())];
            row.extend(figures(context, series, change, indicator.unit));
            table.rows.push(row);
        }
    }
    if compared == 0 {
        return Vec::new();
    }
    let text = if is_paper { "evolution.breakdowns_paper" } else { "evolution.breakdowns_text" };
    let mut blocks = vec![Block::Text { text: counted(context, text, compared, marked) }];
    blocks.extend((!table.rows.is_empty()).then_some(Block::Table(table)));
    blocks
}

fn is_established(change: &Change) -> bool {
    matches!(change.direction, Direction::Up | Direction::Down)
}

/// How many were compared, and how many of them rose or fell.
fn counted(context: &Context<'_>, text: &str, compared: usize, marked: usize) -> String {
    let number = |count: usize| context.words.thousands(u32::try_from(count).unwrap_or(u32::MAX));
    context.fill(text, &[("compared", &number(compared)), ("marked", &number(marked))])
}

fn place(context: &Context<'_>, domain: &Domain) -> String {
    let category = context.domain_label(domain);
    let breakdown = match domain {
        Domain::All => None,
        Domain::Of { breakdown, .. } | Domain::Crossed { breakdown, .. } => {
            context.publication.breakdown(breakdown)
        }
    };
    breakdown.map_or_else(
        || category.clone(),
        |known| format!("{}{}{category}", known.label, context.say("chart.colon")),
    )
}

/// How to read a change.
fn reading(context: &Context<'_>, evolution: &Evolution) -> Vec<Block> {
    let mut blocks = vec![
        Block::text(context.say("evolution.reading_text")),
        Block::text(context.say("evolution.test_text")),
    ];
    if !evolution.has_same_margins {
        blocks.push(Block::text(context.say("evolution.margins")));
    }
    let mut notes: Vec<String> = Vec::new();
    for series in &evolution.series {
        let label = context.publication.indicator(&series.indicator).map_or("", |known| known.label.as_str());
        let said = series.notes.iter().map(|note| format!("{label}{}{note}", context.say("chart.colon")));
        notes.extend(said);
    }
    if !notes.is_empty() {
        blocks.push(Block::List { items: notes });
    }
    blocks
}

fn refused(context: &Context<'_>, evolution: &Evolution) -> Vec<Block> {
    if evolution.refused.is_empty() {
        return Vec::new();
    }
    let mut table = Table::new(
        context.say("evolution.refused").to_owned(),
        [context.say("column.indicator"), context.say("evolution.why")],
    );
    for refused in &evolution.refused {
        table.rows.push(vec![refused.label.clone(), why(context, refused)]);
    }
    vec![Block::Table(table)]
}
