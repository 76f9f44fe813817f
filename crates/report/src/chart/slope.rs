//! Two editions: a line for each figure, thick where its change is established.

use publication::{Direction, Displayed};

use super::data::{ChartData, Group};
use super::frame::{Face, Frame, GROUP, LABEL, SMALL, VALUE};
use crate::context::Context;
use crate::palette;

/// Space between labels.
const GAP: f64 = 5.0;

/// What is written at the right of a line.
struct Label {
    lines: Vec<(Face, String)>,
    height: f64,
    /// Where its line ends.
    at: f64,
    /// Top of the label once none covers another.
    top: f64,
}

pub(crate) fn draw(context: &Context<'_>, frame: &mut Frame, data: &ChartData) {
    // One unit, one scale: scores and shares both run from 0 to 100, a number of things does not.
    let mut ranges: Vec<(f64, f64)> = Vec::new();
    for range in data.groups.iter().flat_map(|group| &group.items).map(|item| item.range) {
        if !ranges.contains(&range) {
            ranges.push(range);
        }
    }
    for range in ranges {
        let groups: Vec<&Group> = data
            .groups
            .iter()
            .filter(|group| group.items.len() == 2 && group.items[0].range == range)
            .collect();
        if !groups.is_empty() {
            panel(context, frame, &groups, range);
        }
    }
}

fn panel(context: &Context<'_>, frame: &mut Frame, groups: &[&Group], range: (f64, f64)) {
    let past_width =
        groups.iter().map(|group| VALUE.width(&group.items[0].figure.compact)).fold(40.0, f64::max);
    let x_past = frame.left + past_width + 12.0;
    let x_now = x_past + (frame.right - x_past) * if frame.is_narrow { 0.3 } else { 0.42 };
    let label_at = x_now + 26.0;
    frame.write_before(GROUP, (x_past + 6.0, frame.y + GROUP.size), groups[0].items[0].label.clone());
    let edition_at = (x_now - 6.0, frame.y + GROUP.size);
    frame.y += GROUP.leading() + 8.0;
    let top = frame.y;
    let mut labels: Vec<Label> =
        groups.iter().map(|group| label(context, group, frame.right - label_at)).collect();
    let needed: f64 = labels.iter().map(|label| label.height + GAP).sum();
    let height = needed.max(if frame.is_narrow { 260.0 } else { 300.0 });
    // The scale holds what is displayed, to a round number on each side.
    let values: Vec<f64> = groups
        .iter()
        .flat_map(|group| &group.items)
        .filter_map(|item| item.value)
        .map(Displayed::position)
        .collect();
    let step = (range.1 - range.0) / 10.0;
    let low = (values.iter().copied().fold(range.1, f64::min) / step).floor() * step;
    let high = ((values.iter().copied().fold(range.0, f64::max) / step).ceil() * step).max(low + step);
    let y = |value: f64| top + 10.0 + (high - value) / (high - low) * (height - 20.0);
    frame.scene.line((x_past, top), (x_past, top + height), palette::GRID, 1);
    frame.scene.line((x_now, top), (x_now, top + height), palette::GRID, 1);
    let mut past: Vec<(f64, String)> = Vec::new();
    for (group, label) in groups.iter().zip(&mut labels) {
        let (Some(before), Some(after)) = (group.items[0].value, group.items[1].value) else {
            label.at = top + height;
            continue;
        };
        let (before, after) = (y(before.position()), y(after.position()));
        let is_sure = matches!(group.change, Some(Direction::Up | Direction::Down));
        let (colour, thickness) = match group.change {
            Some(Direction::Up) => (palette::MAIN, 4),
            Some(Direction::Down) => (palette::SECOND, 4),
            _ => (palette::NEUTRAL, 1),
        };
        let radius = if is_sure { 5.0 } else { 3.0 };
        frame.scene.line((x_past, before), (x_now, after), colour, thickness);
        let figure = &group.items[0].figure;
        frame.scene.showing(&figure.mark, |scene| scene.disc((x_past, before), radius, colour, false));
        let now = &group.items[1].figure;
        let is_hollow = now.is_fragile;
        frame.scene.showing(&now.mark, |scene| scene.disc((x_now, after), radius, colour, is_hollow));
        past.push((before, figure.compact.clone()));
        label.at = after;
    }
    write_past(frame, past, x_past - 10.0);
    spread(&mut labels, top, top + height);
    for label in &labels {
        let middle = label.top + label.height / 2.0;
        frame.scene.line((x_now + 8.0, label.at), (label_at - 5.0, middle), palette::GRID, 1);
        let mut baseline = label.top;
        for (face, line) in &label.lines {
            frame.write(*face, (label_at, baseline + face.size), line.clone());
            baseline += face.leading();
        }
    }
    // Last: read in the order in which they are written, the years of two editions would stand together as one number.
    frame.write(GROUP, edition_at, groups[0].items[1].label.clone());
    frame.y = labels.iter().map(|label| label.top + label.height).fold(top + height, f64::max) + 8.0;
}

fn label(context: &Context<'_>, group: &Group, width: f64) -> Label {
    let item = &group.items[1];
    let verdict = match group.change {
        Some(Direction::Up) => "evolution.up",
        Some(Direction::Down) => "evolution.down",
        Some(Direction::Stable) => "evolution.stable",
        Some(Direction::Unclear) | None => "evolution.unclear",
    };
    let said = match group.change {
        Some(Direction::Up | Direction::Down) => format!("{} ({})", context.say(verdict), group.difference),
        _ => context.say(verdict).to_owned(),
    };
    let mut lines: Vec<(Face, String)> = Vec::new();
    for (face, text) in [(VALUE, item.figure.value.clone()), (LABEL, group.heading()), (SMALL, said)] {
        lines.extend(face.wrap(&text, width).into_iter().map(|line| (face, line)));
    }
    let height = lines.iter().map(|(face, _)| face.leading()).sum();
    Label { lines, height, at: 0.0, top: 0.0 }
}

/// Values of the earlier edition, none over another; equal ones are written once.
fn write_past(frame: &mut Frame, mut past: Vec<(f64, String)>, x: f64) {
    past.sort_by(|one, other| one.0.total_cmp(&other.0));
    past.dedup_by(|one, other| one.1 == other.1 && (one.0 - other.0).abs() < 1.0);
    let mut labels: Vec<Label> = past
        .into_iter()
        .map(|(at, text)| Label { lines: vec![(VALUE, text)], height: VALUE.leading(), at, top: 0.0 })
        .collect();
    let top = frame.y - VALUE.leading() / 2.0;
    spread(&mut labels, top, f64::INFINITY);
    for label in &labels {
        for (face, line) in &label.lines {
            frame.write_before(*face, (x, label.top + face.size), line.clone());
        }
    }
}

/// Puts each label as near its line's end as those above it allow, and lifts them where they pass the bottom.
fn spread(labels: &mut [Label], top: f64, bottom: f64) {
    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.sort_by(|one, other| labels[*one].at.total_cmp(&labels[*other].at));
    let mut free = top;
    for index in &order {
        let label = &mut labels[*index];
        label.top = (label.at - label.height / 2.0).max(free);
        free = label.top + label.height + GAP;
    }
    let mut limit = bottom;
    for index in order.iter().rev() {
        let label = &mut labels[*index];
        label.top = label.top.min(limit - label.height);
        limit = label.top - GAP;
    }
}
