//! A group of respondents beside others: one line of points for each indicator, one point for each group.

use publication::{ChartForm, Indicator};

use super::data::{self, ChartData, Group, Layout};
use super::frame::Frame;
use super::{Chart, NARROW, WIDE, dots, drawing};
use crate::context::{Context, file_name};
use crate::error::ReportError;
use crate::network::{Compared, NetworkRow};

/// Draws rows of a network beside those that it is compared with. `None` where nothing is displayed of it.
pub(crate) fn compared(
    context: &Context<'_>,
    name: &str,
    title: &str,
    rows: &[&NetworkRow],
    columns: &[Compared],
) -> Result<Option<Chart>, ReportError> {
    let shown: Vec<(&Indicator, String, &NetworkRow)> = rows
        .iter()
        .filter(|row| row.figures.first().is_some_and(|own| own.is_shown))
        .filter_map(|row| {
            let indicator = context.publication.indicator(&row.code)?;
            Some((indicator, short_label(context, indicator), *row))
        })
        .collect();
    if shown.is_empty() {
        return Ok(None);
    }
    let count = |gap: Option<bool>| shown.iter().filter(|(_, _, row)| row.gap == gap).count().to_string();
    let values = [
        ("title", title),
        ("up", &count(Some(true))),
        ("down", &count(Some(false))),
        ("other", &count(None)),
    ];
    // Nothing is found where nothing is set beside.
    let finding = if columns.len() > 1 { context.fill("network.finding", &values) } else { title.to_owned() };
    let mut groups: Vec<Group> = shown
        .iter()
        .map(|(indicator, label, _)| Group {
            code: indicator.code.clone(),
            label: label.clone(),
            n: String::new(),
            items: columns
                .iter()
                .map(|column| data::item(context, &column.domain, indicator, column.label.clone()))
                .collect(),
            target: None,
            references: Vec::new(),
            change: None,
            difference: String::new(),
            broken_since: None,
        })
        .collect();
    let layout = Layout::Dots;
    data::state_numbers(context, layout, &mut groups);
    let indicators: Vec<(&Indicator, String)> =
        shown.iter().map(|(indicator, label, _)| (*indicator, label.clone())).collect();
    let data = ChartData {
        name: None,
        title: finding,
        // Of one indicator the layout of points would say the label, which stands beside its points.
        subtitle: data::subtitle(context, &indicators, Layout::Heatmap),
        layout,
        series: columns.iter().map(|column| column.label.clone()).collect(),
        notes: data::notes(context, &indicators, &groups, layout, true),
        groups,
        has_intervals: true,
        codes: indicators.iter().map(|(indicator, _)| indicator.code.clone()).collect(),
    };
    let description = data.description(context);
    let draw = |width: f64| {
        let mut frame = Frame::open(context, width, None, &data.title, &data.subtitle);
        dots::draw(&mut frame, &data);
        frame.close(&data.notes)
    };
    let name = file_name(name);
    let wide = drawing(context, &name, &draw(WIDE), &data.title, &description)?;
    let narrow = drawing(context, &name, &draw(NARROW), &data.title, &description)?;
    Ok(Some(Chart {
        name,
        title: title.to_owned(),
        description,
        wide,
        narrow,
        data: Some(data),
        profile: None,
    }))
}

/// The label that a list of like things gives an indicator; elsewhere short labels lean on the title of their chart.
fn short_label(context: &Context<'_>, indicator: &Indicator) -> String {
    let plans = context.publication.chapters.iter().flat_map(|chapter| &chapter.charts);
    plans
        .filter(|plan| matches!(plan.form, ChartForm::Ranked | ChartForm::Scores))
        .find_map(|plan| {
            let place = plan.indicators.iter().position(|code| *code == indicator.code)?;
            plan.labels.get(place).filter(|label| !label.is_empty()).cloned()
        })
        .unwrap_or_else(|| indicator.label.clone())
}
