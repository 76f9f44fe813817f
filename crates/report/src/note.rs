//! The method note: fifteen points, each with what this publication says of it, and its provenance.

use publication::{Count, MarginInfo, Unit};

use crate::content::{Block, Section, Table};
use crate::context::Context;
use crate::{evolution, number, trust};

/// The sections of the note.
pub(crate) fn sections(context: &Context<'_>) -> Vec<Section> {
    let section = |id: &str, blocks: Vec<Block>| Section {
        id: id.to_owned(),
        title: context.say(&format!("method.{id}")).to_owned(),
        blocks,
    };
    let text = |key: &str| Block::text(context.say(key));
    vec![
        section("scope", vec![text("method.scope_text")]),
        section(
            "mode",
            vec![
                Block::Text { text: context.fill("method.mode_text", &[("dates", &context.dates)]) },
                Block::text(context.notice.clone()),
            ],
        ),
        section("counts", counts(context)),
        section("weighting", weighting(context)),
        section("base", trust::denominators(context)),
        section("intervals", intervals(context)),
        section("quality", trust::levels(context)),
        section("disclosure", disclosure(context)),
        section("index", index(context)),
        section("trust", trust::volunteers(context)),
        section("comparison", comparison(context)),
        section("changes", evolution::note(context)),
        section("questionnaire", vec![questionnaire(context)]),
        section(
            "protection",
            vec![Block::Text {
                text: context
                    .fill("method.protection_text", &[("publisher", &context.publication.edition.publisher)]),
            }],
        ),
        section("funding", vec![text("method.funding_text")]),
        section("provenance", provenance(context)),
    ]
}

/// The tables of responses received and kept out.
pub(crate) fn counts(context: &Context<'_>) -> Vec<Block> {
    let counts = &context.publication.counts;
    let mut states = Table::new(
        context.say("who.counts").to_owned(),
        [context.say("who.state"), context.say("who.number")],
    );
    states.rows = counts.states.iter().map(|count| count_row(context, count)).collect();
    states.rows.push(vec![context.say("who.valid").to_owned(), context.words.thousands(counts.valid)]);
    let mut blocks = vec![Block::text(context.say("method.counts_text")), Block::Table(states)];
    if !counts.excluded.is_empty() {
        let mut excluded = Table::new(
            context.say("who.excluded").to_owned(),
            [context.say("who.reason"), context.say("who.number")],
        );
        excluded.rows = counts.excluded.iter().map(|count| count_row(context, count)).collect();
        blocks.push(Block::Table(excluded));
    }
    blocks
}

fn count_row(context: &Context<'_>, count: &Count) -> Vec<String> {
    let shown = count
        .shown
        .map_or_else(|| context.say("figure.nd").to_owned(), |found| context.words.thousands(found));
    vec![count.label.clone(), shown]
}

fn weighting(context: &Context<'_>) -> Vec<Block> {
    let method = &context.publication.method;
    if method.calibration.is_empty() {
        return vec![Block::text(context.say("method.no_weighting"))];
    }
    let mut blocks = vec![Block::Text {
        text: context.fill(
            "method.weighting_text",
            &[
                ("least", &context.words.plain(method.weight_ratio.0)),
                ("most", &context.words.plain(method.weight_ratio.1)),
                ("design_effect", &context.words.plain(method.design_effect)),
                ("n_effective", &context.words.thousands(method.n_effective)),
            ],
        ),
    }];
    for group in &method.calibration {
        let n = group
            .n
            .map_or_else(|| context.say("figure.nd").to_owned(), |n| number::number_shown(context.words, n));
        let total = context.words.plain(group.total.round());
        blocks.push(Block::Text {
            text: context
                .fill("method.weighting_group", &[("label", &group.label), ("total", &total), ("n", &n)]),
        });
        if !group.margins.is_empty() {
            let mut table = Table::new(
                context.fill("method.weighting_caption", &[("label", &group.label)]),
                [
                    context.say("column.category"),
                    context.say("method.before"),
                    context.say("method.target"),
                    context.say("method.after"),
                    context.say("method.margin"),
                    context.say("column.remark"),
                ],
            );
            table.rows = group.margins.iter().flat_map(|margin| margin_rows(context, margin)).collect();
            if table.rows.iter().all(|row| row.last().is_none_or(String::is_empty)) {
                table.columns.pop();
                for row in &mut table.rows {
                    row.pop();
                }
            }
            blocks.push(Block::Table(table));
        }
    }
    blocks.extend(trust::spread(context));
    if !method.not_weighted.is_empty() {
        let list = method.not_weighted.join(", ");
        blocks.push(Block::Text { text: context.fill("method.not_weighted", &[("list", &list)]) });
    }
    if !method.notes.is_empty() {
        blocks.push(Block::List { items: method.notes.clone() });
    }
    blocks
}

fn margin_rows(context: &Context<'_>, margin: &MarginInfo) -> Vec<Vec<String>> {
    let name = context.fill(
        "method.margin_source",
        &[("label", &margin.label), ("source", &margin.source), ("year", &margin.year)],
    );
    margin
        .rows
        .iter()
        .map(|row| {
            vec![
                row.label.clone(),
                number::displayed_or_nd(context.words, row.before, Unit::Percent),
                context.words.percent((row.target * 10.0).round() / 10.0),
                number::displayed_or_nd(context.words, row.after, Unit::Percent),
                name.clone(),
                trust::caution(context, row.caution).to_owned(),
            ]
        })
        .collect()
}

fn intervals(context: &Context<'_>) -> Vec<Block> {
    let confidence = context.words.percent(context.publication.method.confidence * 100.0);
    vec![
        Block::Text { text: context.fill("method.intervals_text", &[("confidence", &confidence)]) },
        Block::text(context.say("confidentiality.precision")),
    ]
}

fn disclosure(context: &Context<'_>) -> Vec<Block> {
    let publication = context.publication;
    let list: Vec<&str> = publication.breakdowns.iter().map(|breakdown| breakdown.label.as_str()).collect();
    let text = context.fill(
        "method.disclosure_text",
        &[
            ("list", &list.join(", ")),
            ("n_min", &publication.method.n_min.to_string()),
            ("n_fragile", &publication.method.n_fragile.to_string()),
        ],
    );
    vec![Block::Text { text }, Block::Confidentiality]
}

fn index(context: &Context<'_>) -> Vec<Block> {
    let labels: Vec<&str> =
        context.publication.dimensions.iter().map(|dimension| dimension.label.as_str()).collect();
    let mut blocks =
        vec![Block::Text { text: context.fill("method.index_text", &[("list", &labels.join(", "))]) }];
    blocks.extend(trust::reliability(context));
    blocks
}

/// The outside series by source, each with its base and how far it was verified.
fn comparison(context: &Context<'_>) -> Vec<Block> {
    let publication = context.publication;
    let mut sources: Vec<(&str, Table)> = Vec::new();
    for reference in &publication.references {
        let is_cited =
            reference.indicator.as_deref().is_some_and(|code| publication.indicator(code).is_some())
                || publication
                    .indicators
                    .iter()
                    .any(|known| known.comparable.as_deref() == Some(&reference.series));
        if !is_cited {
            continue;
        }
        let row = vec![
            reference.label.clone(),
            reference.year.clone(),
            reference_value(context, &reference.value, &context.foreign(&reference.unit)),
            reference.base.clone(),
            verification(context, &reference.verification),
        ];
        if let Some((_, table)) = sources.iter_mut().find(|(source, _)| *source == reference.source) {
            table.rows.push(row);
            continue;
        }
        let mut table = Table::new(
            context.fill("method.comparison_caption", &[("source", &reference.source)]),
            [
                context.say("method.series"),
                context.say("method.year"),
                context.say("method.figure"),
                context.say("column.base"),
                context.say("method.verification"),
            ],
        );
        table.rows.push(row);
        sources.push((&reference.source, table));
    }
    let mut blocks = vec![Block::text(context.say("method.comparison_text"))];
    blocks.extend(sources.into_iter().map(|(_, table)| Block::Table(table)));
    blocks
}

/// How far a figure was verified, in words that a reader knows: « seed » is what the definition files call a figure
/// that SOGA quotes and that was not found at its source.
fn verification(context: &Context<'_>, status: &str) -> String {
    if status.starts_with("seed") {
        context.say("method.unverified").to_owned()
    } else {
        context.foreign(status)
    }
}

/// A value as its source writes it, with the decimal mark of the language when it is a number.
pub(crate) fn reference_value(context: &Context<'_>, value: &str, unit: &str) -> String {
    let words = context.words;
    let value = value.parse::<f64>().map_or_else(|_| value.to_owned(), |found| words.plain(found));
    match unit {
        "" => value,
        "%" => words.with_unit(&value, Unit::Percent),
        unit => format!("{value}\u{202f}{unit}"),
    }
}

fn questionnaire(context: &Context<'_>) -> Block {
    let digest = &context.publication.provenance.questionnaire;
    Block::Text { text: context.fill("method.questionnaire_text", &[("digest", digest)]) }
}

/// Why the versions before this one were replaced, in words.
pub(crate) fn errata(context: &Context<'_>) -> Vec<String> {
    let revisions = context.publication.release.revisions.iter();
    let erratum = |revision: &publication::Revision| {
        let version = revision.version.to_string();
        context.fill(
            "revision.erratum",
            &[("version", &version), ("reason", &context.foreign(&revision.reason))],
        )
    };
    revisions.map(erratum).collect()
}

fn provenance(context: &Context<'_>) -> Vec<Block> {
    let provenance = &context.publication.provenance;
    let mut table = Table::new(
        context.say("method.provenance_caption").to_owned(),
        [context.say("method.element"), context.say("method.digest")],
    );
    let mut row = |name: &str, digest: &str| table.rows.push(vec![name.to_owned(), digest.to_owned()]);
    row(context.say("method.software"), &provenance.software);
    row(context.say("method.form"), &provenance.questionnaire);
    row(context.say("method.extract"), &provenance.extract);
    for (file, digest) in &provenance.definition {
        row(file, digest);
    }
    let mut blocks = vec![Block::text(context.say("method.provenance_text"))];
    let errata = errata(context);
    if !errata.is_empty() {
        blocks.push(Block::text(context.say("revision.note")));
        blocks.extend(errata.into_iter().map(|text| Block::Text { text }));
    }
    blocks.push(Block::Table(table));
    blocks
}
