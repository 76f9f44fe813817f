//! Points with their intervals: one for each category of a breakdown and each indicator.

use super::bars::{Scale, axis, band, widest};
use super::data::{ChartData, Group, Item};
use super::frame::{Frame, GROUP, LABEL, SMALL, VALUE};
use super::scene::Scene;
use super::shown::{Shown, shown};
use crate::palette::{self, Colour};

/// Height of the line of one point.
const LINE: f64 = 21.0;

pub(crate) fn draw(frame: &mut Frame, data: &ChartData) {
    frame.legend(&data.series, |scene, index, at| marker(scene, index, at, false));
    let labels: Vec<String> = data.groups.iter().map(Group::heading).collect();
    let label_width = if frame.is_narrow { 0.0 } else { widest(GROUP, &labels, frame.inner_width() * 0.32) };
    let items = || data.groups.iter().flat_map(|group| &group.items);
    let value_width = items().map(|item| VALUE.width(&item.figure.value)).fold(0.0, f64::max);
    let interval_width = if frame.is_narrow {
        0.0
    } else {
        items().map(|item| SMALL.width(&item.figure.interval)).fold(0.0, f64::max) + 10.0
    };
    let values_at = frame.right - value_width - interval_width;
    let left = frame.left + if label_width > 0.0 { label_width + 16.0 } else { 8.0 };
    let scale = Scale { left, right: (values_at - 18.0).max(left + 40.0), range: (0.0, 100.0) };
    let intervals_at = values_at + value_width + 10.0;
    let top = frame.y;
    let grid_at = frame.scene.marks.len();
    for group in &data.groups {
        // All respondents are no category, and have no code.
        draw_group(frame, group, group.code.is_empty(), label_width, scale, (values_at, intervals_at));
    }
    if let Some(first) = items().next()
        && items().all(|item| item.unit == first.unit)
    {
        axis(frame, scale, first.unit, top, grid_at);
    }
}

fn draw_group(
    frame: &mut Frame,
    group: &Group,
    is_all: bool,
    label_width: f64,
    scale: Scale,
    (values_at, intervals_at): (f64, f64),
) {
    let face = if is_all { GROUP } else { LABEL };
    let lines = if label_width > 0.0 { face.wrap(&group.heading(), label_width) } else { Vec::new() };
    if label_width <= 0.0 {
        frame.paragraph(face, &group.heading());
    }
    let points = LINE * group.items.len() as f64;
    let height = points.max(face.leading() * lines.len() as f64) + 6.0;
    let middle = (frame.y + height / 2.0).round();
    let left = frame.left;
    frame.lines_at(face, left, middle, &lines);
    for (index, item) in group.items.iter().enumerate() {
        let y = middle - points / 2.0 + LINE * (index as f64 + 0.5);
        point(&mut frame.scene, item, index, scale.of(item.range), y);
        let value = if item.figure.is_shown { VALUE } else { SMALL };
        frame.write(value, (values_at, value.centred(y)), item.figure.value.clone());
        if !frame.is_narrow {
            frame.write(SMALL, (intervals_at, SMALL.centred(y)), item.figure.interval.clone());
        }
    }
    frame.y += height;
    let y = frame.y;
    frame.scene.line((left, y), (frame.right, y), palette::GRID, 1);
    frame.y += 3.0;
}

fn point(scene: &mut Scene, item: &Item, index: usize, scale: Scale, y: f64) {
    let (Some(value), Some(interval)) = (item.value, item.interval) else { return };
    let colour = colour(index);
    let (low, high) = (scale.x(interval.low), scale.x(interval.high));
    scene.line((low, y), (high, y), colour, if item.figure.is_fragile { 1 } else { 2 });
    for x in [low, high] {
        scene.line((x, y - 4.0), (x, y + 4.0), colour, 1);
    }
    scene.showing(&item.figure.mark, |scene| match shown(value) {
        Shown::Band(from, to) => {
            band(scene, (scale.x(from), y - 5.0), (scale.x(to), y + 5.0), colour);
        }
        Shown::AtMost(limit) => scene.arrow((scale.x(limit), y), false, colour),
        Shown::AtLeast(limit) => scene.arrow((scale.x(limit), y), true, colour),
        Shown::Point(value) => marker(scene, index, (scale.x(value), y), item.figure.is_fragile),
    });
}

fn colour(index: usize) -> Colour {
    palette::SERIES[index % palette::SERIES.len()]
}

/// Series differ by shape as well as by colour.
fn marker(scene: &mut Scene, index: usize, (x, y): (f64, f64), is_hollow: bool) {
    let colour = colour(index);
    let around = |offsets: &[(f64, f64)]| offsets.iter().map(|(dx, dy)| (x + dx, y + dy)).collect::<Vec<_>>();
    let points = match index % palette::SERIES.len() {
        1 => around(&[(0.0, -5.0), (5.0, -5.0), (5.0, 5.0), (-5.0, 5.0), (-5.0, -5.0)]),
        2 => around(&[(0.0, -7.0), (6.5, 5.0), (-6.5, 5.0)]),
        3 => around(&[(0.0, -7.0), (7.0, 0.0), (0.0, 7.0), (-7.0, 0.0)]),
        _ => {
            scene.disc((x, y), 6.0, colour, is_hollow);
            return;
        }
    };
    scene.polygon(points, colour);
    if is_hollow {
        scene.disc((x, y), 2.0, palette::PAPER, false);
    }
}
