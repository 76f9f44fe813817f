//! Columns side by side: the classes of one scale.

use super::bars::{self, Scale, fill};
use super::data::{ChartData, Item};
use super::frame::{Face, Frame, LABEL, SMALL, VALUE};
use super::scene::Scene;
use super::shown::{Shown, shown};
use crate::palette;

/// Height of the tallest column.
const HEIGHT: f64 = 190.0;

pub(crate) fn draw(frame: &mut Frame, data: &ChartData) {
    let items: Vec<&Item> = data.groups.iter().flat_map(|group| &group.items).collect();
    let column = frame.inner_width() / items.len().max(1) as f64;
    let face = Face { colour: palette::INK, ..SMALL };
    let words = items.iter().flat_map(|item| item.label.split(' ')).map(|word| face.width(word));
    let values = items.iter().map(|item| VALUE.width(&item.figure.value));
    if column < words.chain(values).fold(0.0, f64::max) + 6.0 {
        return narrow(frame, data);
    }
    // The tallest column is as tall as its figure, on a scale that ends at a round number.
    let most = items.iter().filter_map(|item| item.value).map(|value| match shown(value) {
        Shown::Band(_, to) => to,
        Shown::AtMost(value) | Shown::AtLeast(value) | Shown::Point(value) => value,
    });
    let top_value = (most.fold(10.0, f64::max) / 10.0).ceil() * 10.0;
    let top = frame.y + VALUE.leading() + 10.0;
    let bottom = top + HEIGHT;
    let y = |value: f64| bottom - value / top_value * HEIGHT;
    let mut low = bottom;
    for (index, item) in items.iter().enumerate() {
        let left = frame.left + column * index as f64;
        let right = left + column - 2.0;
        let tip = bar(&mut frame.scene, item, (left, right), bottom, &y);
        let x = f64::midpoint(left, right);
        let face_of = if item.figure.is_shown { VALUE } else { SMALL };
        frame.write_centred(face_of, (x, tip - 6.0), item.figure.value.clone());
        low = low.max(frame.lines_under(face, x, bottom + 5.0, &face.wrap(&item.label, column - 6.0)));
    }
    frame.scene.line((frame.left, bottom), (frame.right, bottom), palette::GREY, 1);
    frame.y = low + 6.0;
}

/// Draws a column as fine as its figure is known, and gives its top.
fn bar(
    scene: &mut Scene,
    item: &Item,
    (left, right): (f64, f64),
    bottom: f64,
    y: &impl Fn(f64) -> f64,
) -> f64 {
    let Some(value) = item.value else { return bottom };
    let colour = palette::MAIN;
    let (mut tip, mut beyond) = (bottom, None);
    scene.showing(&item.figure.mark, |scene| {
        tip = match shown(value) {
            Shown::Point(value) => {
                fill(scene, (left, y(value)), (right, bottom), colour, item.figure.is_fragile);
                y(value)
            }
            Shown::Band(from, to) => {
                // Its first point stands at the middle of the band, on the left.
                let (high, low) = (y(to), y(from));
                let middle = f64::midpoint(low, high);
                let points = vec![(left, middle), (left, high), (right, high), (right, low), (left, low)];
                scene.polygon(points, palette::LIGHT);
                scene.hatch((left, high), (right, low), colour);
                scene.frame((left, high), (right, low), colour);
                high
            }
            Shown::AtMost(limit) => {
                scene.block((left, y(limit)), (right, bottom), palette::LIGHT);
                y(limit)
            }
            Shown::AtLeast(limit) => {
                fill(scene, (left, y(limit)), (right, bottom), colour, item.figure.is_fragile);
                let x = f64::midpoint(left, right);
                let tip = y(limit) - 9.0;
                beyond = Some((x, tip));
                tip
            }
        };
    });
    if let Some((x, tip)) = beyond {
        scene.polygon(vec![(x, tip), (x - 6.0, tip + 8.0), (x + 6.0, tip + 8.0)], colour);
    }
    tip
}

/// Bars where columns have no room.
fn narrow(frame: &mut Frame, data: &ChartData) {
    let items: Vec<&Item> = data.groups.iter().flat_map(|group| &group.items).collect();
    let width = items.iter().map(|item| VALUE.width(&item.figure.value)).fold(0.0, f64::max);
    let scale = Scale {
        left: frame.left,
        right: (frame.right - width - 14.0).max(frame.left + 40.0),
        range: (0.0, 100.0),
    };
    let (top, grid_at) = (frame.y, frame.scene.marks.len());
    for item in &items {
        bars::heading(frame, LABEL, &item.label);
        frame.y += 2.0;
        let middle = frame.y + 10.0;
        let end = bars::bar(&mut frame.scene, item, scale, middle, 9.0, palette::MAIN);
        let face = if item.figure.is_shown { VALUE } else { SMALL };
        frame.write(face, (end + 8.0, face.centred(middle)), item.figure.value.clone());
        frame.y += 26.0;
    }
    if let Some(item) = items.first() {
        bars::axis(frame, scale, item.unit, top, grid_at);
    }
}
