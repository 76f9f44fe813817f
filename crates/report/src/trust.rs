//! How far the figures may be trusted, in words: parts of the method note that read [`publication::Quality`].

use std::collections::BTreeMap;

use publication::{Band, Caution, Denominator, Displayed, Domain, Level, PartReliability, Unit, Variant};

use crate::content::{Block, Table};
use crate::context::Context;
use crate::number;

/// Who is in the base, in words.
pub(crate) fn denominator<'a>(context: &'a Context<'_>, denominator: Denominator) -> &'a str {
    context.say(match denominator {
        Denominator::Base => "denominator.base",
        Denominator::Answered => "denominator.answered",
        Denominator::Substantive => "denominator.substantive",
        Denominator::Citers => "denominator.citers",
    })
}

/// What becomes of those who did not answer, and for how many indicators.
pub(crate) fn denominators(context: &Context<'_>) -> Vec<Block> {
    let mut table = Table::new(
        context.say("method.denominators_caption").to_owned(),
        [context.say("method.rule"), context.say("method.indicators_count")],
    );
    for policy in [Denominator::Base, Denominator::Answered, Denominator::Substantive, Denominator::Citers] {
        let indicators = context.publication.indicators.iter();
        let count = indicators.filter(|indicator| indicator.denominator == Some(policy)).count();
        if count > 0 {
            table.rows.push(vec![denominator(context, policy).to_owned(), count.to_string()]);
        }
    }
    let mut blocks = vec![Block::text(context.say("method.base_text"))];
    blocks.extend((!table.rows.is_empty()).then_some(Block::Table(table)));
    blocks
}

/// A caution about a category of a margin; empty when there is none.
pub(crate) fn caution<'a>(context: &'a Context<'_>, caution: Option<Caution>) -> &'a str {
    match caution {
        None => "",
        Some(Caution::FewRespondents) => context.say("method.caution_few"),
        Some(Caution::FarFromTarget) => context.say("method.caution_far"),
    }
}

/// How many figures there are of each level of quality.
pub(crate) fn levels(context: &Context<'_>) -> Vec<Block> {
    let publication = context.publication;
    let n_fragile = publication.method.n_fragile.to_string();
    let mut counts: BTreeMap<Level, (u32, u32)> = BTreeMap::new();
    for (key, cell) in &publication.cells {
        let (all, parts) = counts.entry(cell.level()).or_default();
        *(if key.domain == Domain::All { all } else { parts }) += 1;
    }
    let mut table = Table::new(
        context.say("method.quality_caption").to_owned(),
        [
            context.say("method.quality_level"),
            context.say("method.quality_all"),
            context.say("method.quality_breakdowns"),
        ],
    );
    for (level, key) in [
        (Level::Ok, "method.quality_ok"),
        (Level::Fragile, "method.quality_fragile"),
        (Level::NotPublished, "method.quality_withheld"),
    ] {
        let (all, parts) = counts.get(&level).copied().unwrap_or_default();
        table.rows.push(vec![
            context.say(key).to_owned(),
            context.words.thousands(all),
            context.words.thousands(parts),
        ]);
    }
    vec![
        Block::Text { text: context.fill("method.quality_text", &[("n_fragile", &n_fragile)]) },
        Block::Table(table),
    ]
}

/// How the weights are spread.
pub(crate) fn spread(context: &Context<'_>) -> Vec<Block> {
    let Some(weights) = &context.publication.quality.weights else { return Vec::new() };
    let mut table = Table::new(
        context.say("method.spread_caption").to_owned(),
        [context.say("method.spread_quantile"), context.say("method.spread_value")],
    );
    // The extremes are someone's own weight: never shown here.
    for quantile in weights.quantiles.iter().filter(|quantile| !matches!(quantile.percent, 0 | 100)) {
        let percent = quantile.percent.to_string();
        let g = quantile
            .g
            .map_or_else(|| context.say("figure.nd").to_owned(), |found| context.words.plain(found));
        table.rows.push(vec![context.fill("method.spread_percent", &[("percent", &percent)]), g]);
    }
    let is_withheld = table.rows.iter().any(|row| row[1] == context.say("figure.nd"));
    let mut blocks = vec![Block::text(context.say("method.spread_text")), Block::Table(table)];
    if is_withheld {
        blocks.push(Block::text(context.say("method.spread_nd")));
    }
    for heaviest in &weights.heaviest {
        let Some(share) = heaviest.share else { continue };
        let share = number::displayed(context.words, share, Unit::Percent);
        let percent = heaviest.percent.to_string();
        let values = [("percent", percent.as_str()), ("share", &share)];
        blocks.push(Block::Text { text: context.fill("method.spread_heaviest", &values) });
    }
    blocks
}

/// Whether the parts of the index agree, and what it owes to each.
pub(crate) fn reliability(context: &Context<'_>) -> Vec<Block> {
    let Some(found) = &context.publication.quality.reliability else { return Vec::new() };
    let points = |value: Displayed| number::displayed(context.words, value, Unit::Points);
    let variant = |variant: Option<&Variant>| {
        let nd = || context.say("figure.nd").to_owned();
        let moved = |found: &Variant| number::displayed(context.words, found.moved, Unit::Percent);
        [variant.map_or_else(nd, |found| points(found.mean)), variant.map_or_else(nd, moved)]
    };
    let mut table = Table::new(
        context.say("method.reliability_caption").to_owned(),
        [
            context.say("method.reliability_part"),
            context.say("method.reliability_own"),
            context.say("method.reliability_without"),
            context.say("method.reliability_mean"),
            context.say("method.reliability_moved"),
        ],
    );
    for part in &found.parts {
        let PartReliability { label, alpha, alpha_without, without, items } = part;
        let own = match items.as_slice() {
            [_] => context.say("method.reliability_one").to_owned(),
            _ => hundredths(context, *alpha),
        };
        let mut row = vec![label.clone(), own, hundredths(context, *alpha_without)];
        row.extend(variant(without.as_ref()));
        table.rows.push(row);
    }
    if let Some(geometric) = &found.geometric {
        let mut row =
            vec![context.say("method.reliability_geometric").to_owned(), String::new(), String::new()];
        row.extend(variant(Some(geometric)));
        table.rows.push(row);
    }
    let mut items = Table::new(
        context.say("method.reliability_items").to_owned(),
        [
            context.say("method.reliability_item"),
            context.say("method.reliability_part"),
            context.say("method.reliability_alpha"),
        ],
    );
    for part in &found.parts {
        for item in part.items.iter().filter(|item| item.alpha_without.is_some()) {
            items.rows.push(vec![
                item.question.clone(),
                part.label.clone(),
                hundredths(context, item.alpha_without),
            ]);
        }
    }
    let alpha = hundredths(context, Some(found.alpha));
    let unweighted = hundredths(context, Some(found.alpha_unweighted));
    let n = number::number_shown(context.words, found.n);
    let mut blocks = vec![
        Block::Text {
            text: context.fill(
                "method.reliability_text",
                &[("label", &found.label), ("alpha", &alpha), ("unweighted", &unweighted), ("n", &n)],
            ),
        },
        Block::text(context.say("method.reliability_caution")),
        Block::Text {
            text: context.fill("method.reliability_sensitivity", &[("mean", &points(found.mean))]),
        },
        Block::Table(table),
    ];
    blocks.extend((!items.rows.is_empty()).then_some(Block::Table(items)));
    blocks
}

/// « 0,73 » for 73 hundredths.
fn hundredths(context: &Context<'_>, value: Option<Displayed>) -> String {
    let Some(value) = value else { return context.say("figure.nd").to_owned() };
    let say = |value: f64| context.words.plain(value / 100.0);
    match value {
        Displayed::Point { value, .. } => say(value),
        Displayed::AtMost { limit, .. } => context.fill("figure.at_most", &[("value", &say(limit))]),
        Displayed::AtLeast { limit, .. } => context.fill("figure.at_least", &[("value", &say(limit))]),
        Displayed::Band { from, to, .. } => {
            context.fill("figure.band", &[("from", &say(from)), ("to", &say(to))])
        }
    }
}

/// What volunteers may hide: those who did not answer, and networks that answer much.
pub(crate) fn volunteers(context: &Context<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::text(context.say("method.trust_text"))];
    blocks.extend(tipping(context));
    blocks.extend(influence(context));
    blocks
}

fn tipping(context: &Context<'_>) -> Vec<Block> {
    let publication = context.publication;
    let Some(tipping) = &publication.quality.tipping else { return Vec::new() };
    let points = context.words.plain(tipping.points);
    let column = |key| context.fill(key, &[("points", &points)]);
    let (down, up) = (column("method.tipping_down"), column("method.tipping_up"));
    let mut table = Table::new(
        context.say("method.tipping_caption").to_owned(),
        [context.say("method.tipping_figure"), context.say("column.value"), &down, &up],
    );
    for row in &tipping.rows {
        let Some(indicator) = publication.indicator(&row.indicator) else { continue };
        let value = |value: Option<f64>| {
            value.map_or_else(
                || context.say("method.tipping_none").to_owned(),
                |value| context.words.with_unit(&context.words.plain(value), indicator.unit),
            )
        };
        table.rows.push(vec![
            indicator.label.clone(),
            context.figure(&Domain::All, &row.indicator).1.value,
            value(row.down),
            value(row.up),
        ]);
    }
    let response = context.words.percent(tipping.response_percent);
    let text = context.fill("method.tipping_text", &[("response", &response), ("points", &points)]);
    vec![Block::Text { text }, Block::Table(table)]
}

fn influence(context: &Context<'_>) -> Vec<Block> {
    let Some(influence) = &context.publication.quality.influence else { return Vec::new() };
    let mut table = Table::new(
        context.say("method.influence_caption").to_owned(),
        [
            context.say("column.network"),
            context.say("method.influence_under"),
            context.say("method.influence_two"),
            context.say("method.influence_more"),
            context.say("method.quality_withheld"),
        ],
    );
    for row in &influence.rows {
        let domain = Domain::of(&row.breakdown, &row.category);
        let count = |band: Option<Band>| row.bands.iter().filter(|found| **found == band).count().to_string();
        let mut cells = vec![context.domain_label(&domain)];
        cells.extend([Some(Band::UnderOne), Some(Band::UpToTwo), Some(Band::MoreThanTwo), None].map(count));
        table.rows.push(cells);
    }
    if table.rows.iter().all(|row| row.last().is_none_or(|count| count == "0")) {
        table.columns.pop();
        for row in &mut table.rows {
            row.pop();
        }
    }
    let count = influence.indicators.len().to_string();
    let text = context.fill("method.influence_text", &[("count", &count)]);
    vec![Block::Text { text }, Block::Table(table)]
}
