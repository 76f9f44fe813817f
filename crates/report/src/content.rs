//! Content that pages and PDF both show, free of either: sections of paragraphs, lists and tables.

use publication::Domain;
use serde::Serialize;

use crate::chart::Chart;
use crate::context::Context;

/// A titled part of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Section {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) blocks: Vec<Block>,
}

/// A paragraph, a list or a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub(crate) enum Block {
    Text { text: String },
    List { items: Vec<String> },
    Table(Table),
    Confidentiality,
}

/// A table: the first cell of a row is its heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Table {
    pub(crate) caption: String,
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new<const N: usize>(caption: String, columns: [&str; N]) -> Self {
        Self { caption, columns: columns.map(str::to_owned).to_vec(), rows: Vec::new() }
    }
}

impl Block {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }
}

/// A key figure, or a few that are read together.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct KeyFigure {
    pub(crate) parts: Vec<KeyPart>,
    /// « Base : … · n = … · précision … ».
    pub(crate) base: String,
    pub(crate) target: Option<String>,
}

/// One value of a key figure.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct KeyPart {
    pub(crate) code: String,
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) is_fragile: bool,
}

/// Codes that begin so are parts of one question and are read together.
const TOGETHER: &str = "MAT_";

/// The key figures of the edition.
pub(crate) fn key_figures(context: &Context<'_>) -> Vec<KeyFigure> {
    let mut figures: Vec<KeyFigure> = Vec::new();
    for code in &context.publication.headline {
        let Some(indicator) = context.publication.indicator(code) else { continue };
        let (_, figure) = context.figure(&Domain::All, code);
        let part = KeyPart {
            code: code.clone(),
            value: figure.value.clone(),
            label: indicator.label.clone(),
            is_fragile: figure.is_fragile,
        };
        if let Some(last) = figures.last_mut()
            && code.starts_with(TOGETHER)
            && last.parts.iter().all(|known| known.code.starts_with(TOGETHER))
        {
            last.parts.push(part);
            continue;
        }
        let mut base = vec![context.base(indicator)];
        if figure.is_shown {
            base.push(context.n(&figure));
            base.push(context.precision(&figure));
        }
        let target = indicator.target.as_ref().map(|target| {
            context.fill(
                "chart.target",
                &[("year", &target.year.to_string()), ("value", &context.words.percent(target.value))],
            )
        });
        figures.push(KeyFigure { parts: vec![part], base: base.join("\u{a0}· "), target });
    }
    figures
}

/// The table of a chart's figures.
pub(crate) fn chart_table(context: &Context<'_>, chart: &Chart) -> Option<Table> {
    let caption = context.fill("chart.caption", &[("title", &chart.title)]);
    if let Some(profile) = &chart.profile {
        let columns =
            [context.say("column.category"), context.say("profile.sample"), context.say("profile.weighted")];
        let mut table = Table::new(caption, columns);
        table.rows = profile.rows.iter().map(|row| row.to_vec()).collect();
        return Some(table);
    }
    let data = chart.data.as_ref()?;
    let has_items = data.groups.iter().any(|group| group.items.len() > 1);
    let has_labels = data.groups.iter().any(|group| !group.label.is_empty());
    let has_references = data.groups.iter().any(|group| !group.references.is_empty());
    let has_targets = data.groups.iter().any(|group| group.target.is_some());
    let mut columns = Vec::new();
    if has_labels {
        columns.push(context.say("column.label"));
    }
    if has_items {
        columns.push(context.say("column.category"));
    }
    columns.extend(
        ["column.value", "column.n", "column.interval", "column.precision"].map(|key| context.say(key)),
    );
    if has_targets {
        columns.push(context.say("column.target"));
    }
    if has_references {
        columns.push(context.say("column.reference"));
    }
    let mut rows = Vec::new();
    for group in &data.groups {
        for item in &group.items {
            let mut row = Vec::new();
            if has_labels {
                row.push(group.label.clone());
            }
            if has_items {
                row.push(item.label.clone());
            }
            row.push(item.figure.value.clone());
            row.push(item.figure.n.clone());
            row.push(item.figure.interval.clone());
            row.push(item.figure.precision.to_owned());
            if has_targets {
                row.push(group.target.as_ref().map_or_else(String::new, |target| {
                    format!("{} ({})", context.words.percent(target.value), target.year)
                }));
            }
            if has_references {
                let beside: Vec<String> = group
                    .references
                    .iter()
                    .map(|found| format!("{}{}{}", found.place, context.say("chart.colon"), found.value))
                    .collect();
                row.push(beside.join("\u{202f}; "));
            }
            rows.push(row);
        }
    }
    Some(Table { caption, columns: columns.into_iter().map(str::to_owned).collect(), rows })
}
