//! What a chart shows, before it has a place: groups of displayed figures, in words, and what must be said of them.

use std::collections::BTreeSet;

use publication::{
    Cell, ChartForm, ChartPlan, Direction, Displayed, Domain, Indicator, Interval, Target, Unit, Why,
};

use crate::context::Context;
use crate::number::{self, Figure};
use crate::sentence::Speaker;
use crate::words::Words;

/// A chart's content.
#[derive(Debug, Clone)]
pub(crate) struct ChartData {
    /// The short name, where the title is a finding.
    pub(crate) name: Option<String>,
    /// The finding, or the short name where the figures give none.
    pub(crate) title: String,
    /// Base and exact question.
    pub(crate) subtitle: Vec<String>,
    pub(crate) layout: Layout,
    /// Names of the items of a group, where a group has several or its parts need a legend.
    pub(crate) series: Vec<String>,
    pub(crate) groups: Vec<Group>,
    /// What must be read under the chart: n, dates, source, signs.
    pub(crate) notes: Vec<String>,
    /// Whether intervals are drawn.
    pub(crate) has_intervals: bool,
    /// Indicators drawn.
    pub(crate) codes: Vec<String>,
}

impl Group {
    /// What stands before the group on the chart.
    pub(crate) fn heading(&self) -> String {
        joined(&self.label, &self.n)
    }
}

impl Item {
    /// What stands before the item on the chart.
    pub(crate) fn heading(&self) -> String {
        joined(&self.label, &self.n)
    }
}

fn joined(label: &str, n: &str) -> String {
    if n.is_empty() || label.is_empty() { label.to_owned() } else { format!("{label} {n}") }
}

/// How groups are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Bars; with target marks or not.
    Bars { has_targets: bool },
    /// A bar in parts.
    Stacked,
    /// Points with intervals.
    Dots,
    /// A table of colours.
    Heatmap,
    /// A tile for each region.
    Map,
    /// Columns side by side.
    Histogram,
    /// A hundred squares.
    Waffle,
    /// Two editions.
    Slope,
    /// Editions and outside series over the years.
    Trend,
}

/// One line of a chart, or a few lines under one label.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    /// Code of the indicator or of the category; empty for all.
    pub(crate) code: String,
    pub(crate) label: String,
    /// « (n = 62) », where numbers of respondents differ on the chart.
    pub(crate) n: String,
    pub(crate) items: Vec<Item>,
    pub(crate) target: Option<Target>,
    /// Outside figures to set beside.
    pub(crate) references: Vec<Beside>,
    /// What may be said of the change since the earlier edition.
    pub(crate) change: Option<Direction>,
    /// « + 4 points »
    pub(crate) difference: String,
    /// The earlier edition that a decision cut it from.
    pub(crate) broken_since: Option<String>,
}

/// A figure of an outside series.
#[derive(Debug, Clone)]
pub(crate) struct Beside {
    /// Source, year and base.
    pub(crate) place: String,
    pub(crate) value: String,
    /// Source and base: points of one line share it.
    pub(crate) series: String,
    /// Year and number, where both are numbers.
    pub(crate) point: Option<(f64, f64)>,
}

/// One figure.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) label: String,
    /// « (n = 62) », where numbers of respondents differ in the group.
    pub(crate) n: String,
    pub(crate) value: Option<Displayed>,
    pub(crate) interval: Option<Interval>,
    pub(crate) figure: Figure,
    /// Lowest and highest possible value.
    pub(crate) range: (f64, f64),
    pub(crate) unit: Unit,
}

impl ChartData {
    /// Gathers what a planned chart shows. `None` when none of its indicators is in the publication.
    pub(crate) fn new(context: &Context<'_>, plan: &ChartPlan) -> Option<Self> {
        let indicators: Vec<(&Indicator, String)> = plan
            .indicators
            .iter()
            .enumerate()
            .filter_map(|(index, code)| {
                let indicator = context.publication.indicator(code)?;
                let label =
                    plan.labels.get(index).filter(|label| !label.is_empty()).unwrap_or(&indicator.label);
                Some((indicator, label.clone()))
            })
            .collect();
        if indicators.is_empty() {
            return None;
        }
        let domains = domains(context, plan.breakdown.as_deref());
        let layout = layout(context, plan.form, &indicators, &domains);
        let mut groups = match layout {
            Layout::Bars { .. } | Layout::Waffle => by_indicator(context, &indicators, &domains),
            Layout::Stacked | Layout::Dots | Layout::Heatmap | Layout::Map | Layout::Histogram => {
                by_domain(context, &indicators, &domains)
            }
            Layout::Slope | Layout::Trend => by_edition(context, &indicators),
        };
        let mut left_out = String::new();
        if layout == Layout::Slope {
            let alone: Vec<&str> = groups
                .iter()
                .filter(|group| group.change.is_none())
                .map(|group| group.label.as_str())
                .collect();
            left_out = alone.join(", ");
            groups.retain(|group| group.change.is_some());
            // Without an earlier edition there is nothing to draw.
            if groups.is_empty() {
                return None;
            }
        }
        if plan.form == ChartForm::Ranked {
            // Ranked by what is displayed: equal figures stay in the plan's order.
            groups.sort_by(|one, other| rank(other).total_cmp(&rank(one)));
        }
        state_numbers(context, layout, &mut groups);
        let has_intervals = match layout {
            Layout::Dots => true,
            Layout::Bars { .. } => domains.len() > 1,
            _ => false,
        };
        let series = match layout {
            Layout::Bars { .. } if domains.len() < 2 => Vec::new(),
            Layout::Bars { .. } => domains.iter().map(|domain| context.domain_label(domain)).collect(),
            Layout::Dots if indicators.len() < 2 => Vec::new(),
            Layout::Stacked | Layout::Dots | Layout::Heatmap | Layout::Histogram => {
                indicators.iter().map(|(_, label)| label.clone()).collect()
            }
            Layout::Map | Layout::Waffle | Layout::Slope | Layout::Trend => Vec::new(),
        };
        let mut notes = notes(context, &indicators, &groups, layout, has_intervals);
        if let Some(evolution) = context.publication.evolution.as_ref().filter(|_| !left_out.is_empty()) {
            let values = [("edition", evolution.edition.as_str()), ("list", left_out.as_str())];
            // The source stays the last.
            notes.insert(notes.len() - 1, context.fill("chart.not_compared", &values));
        }
        let mut subtitle = subtitle(context, &indicators, layout);
        // What the chart is called is on it already.
        subtitle.retain(|line| *line != plan.title);
        let codes: Vec<String> = indicators.iter().map(|(indicator, _)| indicator.code.clone()).collect();
        let labels: Vec<String> = indicators.iter().map(|(_, label)| label.clone()).collect();
        let finding = finding(context, plan, layout, &codes, &labels);
        Some(Self {
            name: finding.is_some().then(|| plan.title.clone()),
            title: finding.unwrap_or_else(|| plan.title.clone()),
            subtitle,
            layout,
            series,
            groups,
            notes,
            has_intervals,
            codes,
        })
    }

    /// Everything that the chart says, in words.
    pub(crate) fn description(&self, context: &Context<'_>) -> String {
        let mut sentences: Vec<String> = self.name.iter().chain(&self.subtitle).cloned().collect();
        for group in &self.groups {
            let mut figures: Vec<String> = Vec::new();
            for item in &group.items {
                let value = match &item.figure {
                    figure if !figure.is_shown => context.say("figure.nd_words").to_owned(),
                    figure if self.has_intervals => context.fill(
                        "chart.value_interval",
                        &[("value", &figure.value), ("interval", &figure.interval)],
                    ),
                    figure => figure.value.clone(),
                };
                figures.push(if group.items.len() > 1 && !item.label.is_empty() {
                    format!("{} {value}", item.label)
                } else {
                    value
                });
            }
            let colon = context.say("chart.colon");
            sentences.push(if group.label.is_empty() {
                figures.join(", ")
            } else {
                format!("{}{colon}{}", group.label, figures.join(", "))
            });
        }
        sentences.extend(self.notes.iter().cloned());
        sentences
            .iter()
            .map(|sentence| sentence.trim_end_matches('.'))
            .filter(|sentence| !sentence.is_empty())
            .collect::<Vec<_>>()
            .join(". ")
            + "."
    }
}

/// Puts the numbers of respondents beside the labels when one number does not hold for the whole chart.
pub(super) fn state_numbers(context: &Context<'_>, layout: Layout, groups: &mut [Group]) {
    let shared = |items: &[Item]| {
        let shown = items.iter().filter(|item| item.figure.is_shown && !item.figure.n.is_empty());
        common(shown.map(|item| item.figure.n.as_str())).map(str::to_owned)
    };
    let all: Vec<Item> = groups.iter().flat_map(|group| group.items.clone()).collect();
    if shared(&all).is_some() {
        return;
    }
    let words = |n: &str| context.fill("chart.n_label", &[("n", n)]);
    for group in groups {
        match shared(&group.items) {
            Some(n) => group.n = words(&n),
            None if matches!(layout, Layout::Bars { .. } | Layout::Heatmap) => {
                for item in group.items.iter_mut().filter(|item| item.figure.is_shown) {
                    item.n = words(&item.figure.n);
                }
            }
            None => {}
        }
    }
}

/// All, then each category of the breakdown.
fn domains(context: &Context<'_>, breakdown: Option<&str>) -> Vec<Domain> {
    let categories = breakdown
        .and_then(|code| context.publication.breakdown(code))
        .into_iter()
        .flat_map(|found| found.categories.iter().map(|category| Domain::of(&found.code, &category.code)));
    std::iter::once(Domain::All).chain(categories).collect()
}

fn layout(
    context: &Context<'_>,
    form: ChartForm,
    indicators: &[(&Indicator, String)],
    domains: &[Domain],
) -> Layout {
    let bars = Layout::Bars { has_targets: form == ChartForm::Bullet };
    let are_shares = indicators.iter().all(|(indicator, _)| indicator.unit == Unit::Percent);
    match form {
        ChartForm::Dots if domains.len() > 1 => Layout::Dots,
        ChartForm::Heatmap if domains.len() > 1 && common_range(indicators) => Layout::Heatmap,
        ChartForm::Map if domains.len() > 1 && indicators.len() == 1 => Layout::Map,
        ChartForm::Histogram if domains.len() == 1 && are_shares => Layout::Histogram,
        ChartForm::Waffle if domains.len() == 1 && are_shares => Layout::Waffle,
        ChartForm::Slope => Layout::Slope,
        ChartForm::Trend => Layout::Trend,
        // What has not enough to be drawn in its own form is told by bars.
        ChartForm::Heatmap
        | ChartForm::Map
        | ChartForm::Histogram
        | ChartForm::Waffle
        | ChartForm::Ranked
        | ChartForm::Bars
        | ChartForm::Scores
        | ChartForm::Bullet
        | ChartForm::Dots => bars,
        // Parts that add up to far more than a whole overlap: side by side they are honest, stacked they are not.
        ChartForm::Stacked => {
            let total: f64 = indicators
                .iter()
                .filter_map(|(indicator, _)| {
                    context.publication.cell(&Domain::All, &indicator.code).published()
                })
                .map(|published| published.value().position())
                .sum();
            if are_shares && indicators.len() > 1 && total <= 108.0 { Layout::Stacked } else { bars }
        }
    }
}

fn by_indicator(
    context: &Context<'_>,
    indicators: &[(&Indicator, String)],
    domains: &[Domain],
) -> Vec<Group> {
    indicators
        .iter()
        .map(|(indicator, label)| Group {
            code: indicator.code.clone(),
            label: label.clone(),
            n: String::new(),
            items: domains
                .iter()
                .map(|domain| item(context, domain, indicator, context.domain_label(domain)))
                .collect(),
            target: indicator.target.clone(),
            references: references(context, indicator),
            change: None,
            difference: String::new(),
            broken_since: None,
        })
        .collect()
}

/// Each indicator in the earlier edition, where the two may be compared, and in this one.
fn by_edition(context: &Context<'_>, indicators: &[(&Indicator, String)]) -> Vec<Group> {
    let evolution = context.publication.evolution.as_ref();
    let edition = &context.publication.edition.edition;
    let mut groups = by_indicator(context, indicators, &[Domain::All]);
    for (group, (indicator, _)) in groups.iter_mut().zip(indicators) {
        group.items[0].label.clone_from(edition);
        let Some(evolution) = evolution else { continue };
        let is_broken = |refused: &&publication::Refused| {
            refused.indicator == indicator.code && refused.why == Why::Broken
        };
        group.broken_since = evolution.refused.iter().find(is_broken).map(|_| evolution.edition.clone());
        let series = evolution.series.iter().find(|series| series.indicator == indicator.code);
        let change = series.and_then(|series| series.changes.iter().find(|change| change.category.is_none()));
        let Some(change) = change else { continue };
        let value = number::displayed(context.words, change.before, indicator.unit);
        let past = Item {
            label: evolution.edition.clone(),
            n: String::new(),
            value: Some(change.before),
            interval: None,
            figure: Figure {
                compact: number::compact(context.words, change.before, indicator.unit),
                value,
                mark: number::displayed(Words::french(), change.before, indicator.unit),
                n: String::new(),
                interval: String::new(),
                precision: "",
                is_fragile: false,
                is_shown: true,
            },
            range: indicator.unit.range(),
            unit: indicator.unit,
        };
        group.items.insert(0, past);
        group.change = Some(change.direction);
        group.difference = crate::evolution::difference(context, change.difference, indicator.unit);
    }
    groups
}

/// The title that the figures give.
fn finding(
    context: &Context<'_>,
    plan: &ChartPlan,
    layout: Layout,
    codes: &[String],
    labels: &[String],
) -> Option<String> {
    let speaker = Speaker::new(context)?;
    let by = |code: &str| match &plan.breakdown {
        Some(breakdown) => speaker.by(code, breakdown),
        None => speaker.finding(code, &Domain::All),
    };
    match layout {
        Layout::Bars { .. } if plan.form == ChartForm::Ranked || plan.form == ChartForm::Scores => {
            speaker.ranking(&plan.code, codes, labels)
        }
        Layout::Bars { has_targets: true } => codes.iter().find_map(|code| speaker.target(code)),
        Layout::Bars { .. } if plan.breakdown.is_some() => by(codes.first()?),
        Layout::Dots | Layout::Map => by(codes.first()?),
        Layout::Bars { .. } | Layout::Waffle => speaker.first(codes),
        Layout::Stacked => by(speaker.greatest_code(codes)?),
        Layout::Histogram => speaker.greatest(codes),
        Layout::Heatmap => speaker.ranking(&plan.code, codes, labels),
        Layout::Slope => speaker.changes(codes),
        Layout::Trend => codes.iter().find_map(|code| speaker.since(code)),
    }
}

/// Whether all are on one scale.
fn common_range(indicators: &[(&Indicator, String)]) -> bool {
    indicators.windows(2).all(|pair| pair[0].0.unit == pair[1].0.unit)
}

fn by_domain(context: &Context<'_>, indicators: &[(&Indicator, String)], domains: &[Domain]) -> Vec<Group> {
    let is_single = domains.len() == 1;
    domains
        .iter()
        .map(|domain| Group {
            code: match domain {
                Domain::All => String::new(),
                Domain::Of { category, .. } => category.clone(),
                Domain::Crossed { category, part, .. } => format!("{category}-{part}"),
            },
            label: if is_single { String::new() } else { context.domain_label(domain) },
            n: String::new(),
            items: indicators
                .iter()
                .map(|(indicator, label)| item(context, domain, indicator, label.clone()))
                .collect(),
            target: None,
            references: Vec::new(),
            change: None,
            difference: String::new(),
            broken_since: None,
        })
        .collect()
}

pub(super) fn item(context: &Context<'_>, domain: &Domain, indicator: &Indicator, label: String) -> Item {
    let (cell, figure) = context.figure(domain, &indicator.code);
    let published = match cell {
        Cell::Published(published) => Some(published),
        Cell::Suppressed => None,
    };
    Item {
        label,
        n: String::new(),
        value: published.map(publication::Published::value),
        interval: published.map(publication::Published::interval),
        figure,
        range: indicator.unit.range(),
        unit: indicator.unit,
    }
}

/// The outside figures that may be set beside an indicator.
fn references(context: &Context<'_>, indicator: &Indicator) -> Vec<Beside> {
    let Some(indicator) = context.publication.indicator(&indicator.code) else { return Vec::new() };
    context
        .drawable_references(indicator)
        .map(|reference| {
            let value = match reference.value.parse::<f64>() {
                Ok(number) if reference.unit.starts_with('%') => context.words.percent(number),
                Ok(number) => context.words.plain(number),
                Err(_) => reference.value.clone(),
            };
            let place = context.fill(
                "chart.reference_source",
                &[("source", &reference.source), ("year", &reference.year), ("base", &reference.base)],
            );
            let series =
                context.fill("chart.series", &[("source", &reference.source), ("base", &reference.base)]);
            let year = reference.year.get(..4).and_then(|year| year.parse().ok());
            Beside { place, value, series, point: year.zip(reference.value.parse().ok()) }
        })
        .collect()
}

fn rank(group: &Group) -> f64 {
    group.items.first().and_then(|item| item.value).map_or(f64::NEG_INFINITY, Displayed::position)
}

/// The one value that all share, if they do.
fn common<'a>(mut values: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}

pub(super) fn subtitle(
    context: &Context<'_>,
    indicators: &[(&Indicator, String)],
    layout: Layout,
) -> Vec<String> {
    let mut lines = Vec::new();
    let questions: BTreeSet<&str> =
        indicators.iter().flat_map(|(indicator, _)| indicator.questions.iter().map(String::as_str)).collect();
    if let (1, Some(question)) = (questions.len(), questions.first()) {
        lines.push(context.fill("chart.question", &[("question", question)]));
    }
    match common(indicators.iter().map(|(indicator, _)| indicator.base_label.as_str())) {
        Some(_) => lines.push(context.base(indicators[0].0)),
        None => lines.push(context.say("chart.bases_differ").to_owned()),
    }
    if let Some(Unit::Points) = indicators.first().map(|(indicator, _)| indicator.unit) {
        lines.push(context.say("chart.points").to_owned());
    }
    if layout == Layout::Dots && indicators.len() == 1 {
        lines.push(indicators[0].0.label.clone());
    }
    lines
}

pub(super) fn notes(
    context: &Context<'_>,
    indicators: &[(&Indicator, String)],
    groups: &[Group],
    layout: Layout,
    has_intervals: bool,
) -> Vec<String> {
    let items = || groups.iter().flat_map(|group| &group.items);
    let shown: Vec<&Figure> =
        items().map(|item| &item.figure).filter(|figure| figure.is_shown && !figure.n.is_empty()).collect();
    let numbers = match common(shown.iter().map(|figure| figure.n.as_str())) {
        Some(n) => context.fill("chart.n", &[("n", n)]),
        None if shown.is_empty() => String::new(),
        None if groups
            .iter()
            .all(|group| group.n.is_empty() && group.items.iter().all(|item| item.n.is_empty())) =>
        {
            context.say("chart.n_varies").to_owned()
        }
        None => context.say("chart.n_labelled").to_owned(),
    };
    let dates = context.fill("chart.dates", &[("dates", &context.dates)]);
    let mut first = vec![numbers, dates];
    // A base that asks for more than having been asked leaves some non-responses out: it must not say otherwise.
    let is_all_asked = |base: &str| base.starts_with("asked(") && base.find(')') == Some(base.len() - 1);
    if indicators.iter().all(|(indicator, _)| is_all_asked(indicator.base.trim())) {
        first.push(context.say("chart.no_answer_included").to_owned());
    }
    first.retain(|part| !part.is_empty());
    let mut notes = vec![first.join("\u{a0}· ")];
    if has_intervals && !shown.is_empty() {
        let confidence = context.words.percent(context.publication.method.confidence * 100.0);
        notes.push(context.fill("chart.intervals", &[("confidence", &confidence)]));
    }
    if items().any(|item| item.figure.is_fragile) {
        let least = context.publication.method.n_fragile.to_string();
        let key = if layout == Layout::Dots { "chart.fragile_dots" } else { "chart.fragile" };
        notes.push(context.fill(key, &[("n", &least)]));
    }
    if items().any(|item| !item.figure.is_shown) {
        notes.push(context.say("chart.nd").to_owned());
    }
    let reading = match layout {
        Layout::Heatmap | Layout::Map => Some("chart.shades"),
        Layout::Waffle => Some("chart.squares"),
        Layout::Slope => Some("chart.slopes"),
        Layout::Trend if groups.iter().any(|group| !group.references.is_empty()) => Some("chart.outside"),
        _ => None,
    };
    notes.extend(reading.map(|key| context.say(key).to_owned()));
    notes.push(context.source.clone());
    notes
}
