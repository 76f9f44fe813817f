//! Bars in parts: how a whole divides.

use publication::Displayed;

use super::data::{ChartData, Group};
use super::frame::{Face, Frame, GROUP, SMALL, VALUE};
use super::shown::{Shown, shown};
use crate::context::Context;
use crate::palette;

/// Half the height of a bar.
const HALF: f64 = 16.0;

pub(crate) fn draw(context: &Context<'_>, frame: &mut Frame, data: &ChartData) {
    let colours = palette::parts(data.series.len());
    let is_single = data.groups.len() == 1;
    let mut entries: Vec<String> = data
        .series
        .iter()
        .enumerate()
        .map(|(index, label)| match data.groups.first().and_then(|group| group.items.get(index)) {
            Some(item) if is_single => format!("{label}{}{}", context.say("chart.colon"), item.figure.value),
            _ => label.clone(),
        })
        .collect();
    // What is left of the whole has no figure: it would give by subtraction what rounding hides.
    let has_rest = data.groups.iter().any(|group| total(group) < 98.0);
    if has_rest {
        entries.push(context.say("chart.rest").to_owned());
    }
    frame.legend(&entries, |scene, index, (x, y)| {
        let colour = colours.get(index).copied().unwrap_or(palette::REST);
        scene.block((x - 7.0, y - 7.0), (x + 7.0, y + 7.0), colour);
        scene.frame((x - 7.0, y - 7.0), (x + 7.0, y + 7.0), palette::GREY);
    });
    // Rounded parts may exceed the whole: bars are as long as the longest, all on one scale.
    let whole = data.groups.iter().map(total).fold(100.0, f64::max);
    // Empty bars say less than their names: they are told below those that show something.
    let is_withheld = |group: &&Group| group.items.iter().all(|item| item.value.is_none());
    let has_any = !data.groups.iter().all(|group| is_withheld(&group));
    for group in data.groups.iter().filter(|group| !(has_any && is_withheld(group))) {
        if !group.label.is_empty() {
            frame.paragraph(GROUP, &group.heading());
            frame.y += 2.0;
        }
        draw_bar(context, frame, group, &colours, whole);
    }
    let withheld: Vec<&str> =
        data.groups.iter().filter(is_withheld).map(|group| group.label.as_str()).collect();
    if has_any && !withheld.is_empty() {
        frame.paragraph(SMALL, &context.fill("chart.withheld", &[("list", &withheld.join(", "))]));
        frame.y += 10.0;
    }
}

fn total(group: &Group) -> f64 {
    group.items.iter().filter_map(|item| item.value).map(Displayed::position).sum()
}

fn draw_bar(
    context: &Context<'_>,
    frame: &mut Frame,
    group: &Group,
    colours: &[palette::Colour],
    whole: f64,
) {
    let (left, right, top) = (frame.left, frame.right, frame.y);
    let bottom = top + 2.0 * HALF;
    frame.scene.block((left, top), (right, bottom), palette::REST);
    if group.items.iter().all(|item| item.value.is_none()) {
        let text = context.say("figure.nd").to_owned();
        frame.write(SMALL, (left + 8.0, SMALL.centred(top + HALF)), text);
        frame.scene.frame((left, top), (right, bottom), palette::GREY);
        frame.y = bottom + 13.0;
        return;
    }
    let mut untold = Vec::new();
    let mut x = left;
    for (item, colour) in group.items.iter().zip(colours) {
        let Some(value) = item.value else {
            untold.push(format!("{}{}{}", item.label, context.say("chart.colon"), item.figure.value));
            continue;
        };
        let end = x + value.position() / whole * (right - left);
        let is_point = matches!(shown(value), Shown::Point(_));
        let text_colour = palette::text_on(*colour);
        frame.scene.showing(&item.figure.mark, |scene| {
            scene.block((x, top), (end, bottom), *colour);
            if !is_point || item.figure.is_fragile {
                scene.hatch((x, top), (end, bottom), text_colour);
            }
        });
        frame.scene.line((end, top), (end, bottom), palette::PAPER, 2);
        let text = &item.figure.compact;
        let width = VALUE.width(text) + 8.0;
        if is_point && width <= end - x {
            let face = Face { colour: text_colour, ..VALUE };
            let centre = f64::midpoint(x, end);
            frame.scene.block(
                (centre - width / 2.0, top + 6.0),
                (centre + width / 2.0, bottom - 6.0),
                *colour,
            );
            frame.write_centred(face, (f64::midpoint(x, end), face.centred(top + HALF)), text.clone());
        } else {
            untold.push(format!("{}{}{}", item.label, context.say("chart.colon"), item.figure.value));
        }
        x = end;
    }
    frame.scene.frame((left, top), (right, bottom), palette::GREY);
    frame.y = bottom + 3.0;
    let is_in_legend = group.label.is_empty();
    if !untold.is_empty() && !is_in_legend {
        frame.paragraph(SMALL, &untold.join(" · "));
    }
    frame.y += 10.0;
}
