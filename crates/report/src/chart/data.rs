//! What a chart shows, before it has a place: groups of displayed figures, in words, and what must be said of them.

use std::collections::BTreeSet;

use publication::{Cell, ChartForm, ChartPlan, Displayed, Domain, Indicator, Interval, Target, Unit};

use crate::context::Context;
use crate::number::{self, Figure};

/// A chart's content.
#[derive(Debug, Clone)]
pub(crate) struct ChartData {
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
}

/// One line of a chart, or a few lines under one label.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) label: String,
    /// « (n = 62) », where numbers of respondents differ on the chart.
    pub(crate) n: String,
    pub(crate) items: Vec<Item>,
    pub(crate) target: Option<Target>,
    /// Outside figures to set beside.
    pub(crate) references: Vec<Beside>,
}

/// A figure of an outside series.
#[derive(Debug, Clone)]
pub(crate) struct Beside {
    /// Source, year and base.
    pub(crate) place: String,
    pub(crate) value: String,
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
            Layout::Bars { .. } => by_indicator(context, &indicators, &domains),
            Layout::Stacked | Layout::Dots => by_domain(context, &indicators, &domains),
        };
        if plan.form == ChartForm::Ranked {
            // Ranked by what is displayed: equal figures stay in the plan's order.
            groups.sort_by(|one, other| rank(other).total_cmp(&rank(one)));
        }
        state_numbers(context, layout, &mut groups);
        let has_intervals = layout == Layout::Dots || (domains.len() > 1 && layout != Layout::Stacked);
        let series = match layout {
            Layout::Bars { .. } if domains.len() < 2 => Vec::new(),
            Layout::Bars { .. } => domains.iter().map(|domain| context.domain_label(domain)).collect(),
            Layout::Dots if indicators.len() < 2 => Vec::new(),
            Layout::Stacked | Layout::Dots => indicators.iter().map(|(_, label)| label.clone()).collect(),
        };
        let notes = notes(context, &indicators, &groups, layout, has_intervals);
        let subtitle = subtitle(context, &indicators, layout);
        let codes = indicators.iter().map(|(indicator, _)| indicator.code.clone()).collect();
        Some(Self {
            title: plan.title.clone(),
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
        let mut sentences = self.subtitle.clone();
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
fn state_numbers(context: &Context<'_>, layout: Layout, groups: &mut [Group]) {
    let shared = |items: &[Item]| {
        common(items.iter().filter(|item| item.figure.is_shown).map(|item| item.figure.n.as_str()))
            .map(str::to_owned)
    };
    let all: Vec<Item> = groups.iter().flat_map(|group| group.items.clone()).collect();
    if shared(&all).is_some() {
        return;
    }
    let words = |n: &str| context.fill("chart.n_label", &[("n", n)]);
    for group in groups {
        match shared(&group.items) {
            Some(n) => group.n = words(&n),
            None if matches!(layout, Layout::Bars { .. }) => {
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
    match form {
        ChartForm::Dots if domains.len() > 1 => Layout::Dots,
        ChartForm::Ranked | ChartForm::Bars | ChartForm::Scores | ChartForm::Bullet | ChartForm::Dots => bars,
        // Parts that add up to far more than a whole overlap: side by side they are honest, stacked they are not.
        ChartForm::Stacked => {
            let total: f64 = indicators
                .iter()
                .filter_map(|(indicator, _)| {
                    context.publication.cell(&Domain::All, &indicator.code).published()
                })
                .map(|published| published.value().position())
                .sum();
            let is_share = indicators.iter().all(|(indicator, _)| indicator.unit == Unit::Percent);
            if is_share && indicators.len() > 1 && total <= 108.0 { Layout::Stacked } else { bars }
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
            label: label.clone(),
            n: String::new(),
            items: domains
                .iter()
                .map(|domain| item(context, domain, indicator, context.domain_label(domain)))
                .collect(),
            target: indicator.target.clone(),
            references: references(context, indicator),
        })
        .collect()
}

fn by_domain(context: &Context<'_>, indicators: &[(&Indicator, String)], domains: &[Domain]) -> Vec<Group> {
    let is_single = domains.len() == 1;
    domains
        .iter()
        .map(|domain| Group {
            label: if is_single { String::new() } else { context.domain_label(domain) },
            n: String::new(),
            items: indicators
                .iter()
                .map(|(indicator, label)| item(context, domain, indicator, label.clone()))
                .collect(),
            target: None,
            references: Vec::new(),
        })
        .collect()
}

fn item(context: &Context<'_>, domain: &Domain, indicator: &Indicator, label: String) -> Item {
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
                Ok(number) if reference.unit.starts_with('%') => number::percent(number),
                Ok(number) => number::plain(number),
                Err(_) => reference.value.clone(),
            };
            let place = context.fill(
                "chart.reference_source",
                &[("source", &reference.source), ("year", &reference.year), ("base", &reference.base)],
            );
            Beside { place, value }
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

fn subtitle(context: &Context<'_>, indicators: &[(&Indicator, String)], layout: Layout) -> Vec<String> {
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

fn notes(
    context: &Context<'_>,
    indicators: &[(&Indicator, String)],
    groups: &[Group],
    layout: Layout,
    has_intervals: bool,
) -> Vec<String> {
    let items = || groups.iter().flat_map(|group| &group.items);
    let shown: Vec<&Figure> = items().map(|item| &item.figure).filter(|figure| figure.is_shown).collect();
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
        let confidence = number::percent(context.publication.method.confidence * 100.0);
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
    notes.push(context.source.clone());
    notes
}
