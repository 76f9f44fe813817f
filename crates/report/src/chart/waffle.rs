//! A hundred squares, as many of them filled as organisations of a hundred.

use super::data::{ChartData, Item};
use super::frame::{Face, Frame, GROUP, LABEL, VALUE};
use super::scene::Scene;
use super::shown::{Shown, shown};
use crate::palette::{self, Colour};

/// Squares on a side.
const SIDE: u32 = 10;
/// Space between squares.
const GAP: f64 = 3.0;

pub(crate) fn draw(frame: &mut Frame, data: &ChartData) {
    let square = if frame.is_narrow { 17.0 } else { 20.0 };
    let side = (square + GAP) * f64::from(SIDE) - GAP;
    for group in &data.groups {
        let Some(item) = group.items.first() else { continue };
        let top = frame.y;
        squares(&mut frame.scene, item, (frame.left, top), square);
        let beside = frame.left + side + 24.0;
        let width = frame.right - beside;
        // The figure as large as its place allows.
        let words = &item.figure.value;
        let size = (44.0 * width / Face { size: 44.0, ..VALUE }.width(words)).min(44.0).floor();
        let heading = group.heading();
        let lines = LABEL.wrap(&heading, width);
        let needed = size + 10.0 + LABEL.leading() * lines.len() as f64;
        if size >= 16.0 && needed <= side {
            let face = Face { size, ..VALUE };
            let at = top + (side - needed) / 2.0 + size * 0.8;
            frame.write(face, (beside, at), words.clone());
            let first = at + 14.0 + LABEL.leading() / 2.0;
            let middle = first + LABEL.leading() * (lines.len() as f64 - 1.0) / 2.0;
            frame.lines_at(LABEL, beside, middle, &lines);
            frame.y = top + side + 12.0;
        } else {
            frame.y = top + side + 8.0;
            frame.paragraph(Face { size: 22.0, ..VALUE }, words);
            frame.paragraph(GROUP, &heading);
            frame.y += 12.0;
        }
    }
}

fn squares(scene: &mut Scene, item: &Item, (left, top): (f64, f64), size: f64) {
    // From which square on they are hatched, and from which on empty.
    let (sure, perhaps) = match item.value.map(shown) {
        None => (0.0, 0.0),
        Some(Shown::Point(value)) if item.figure.is_fragile => (0.0, value),
        Some(Shown::Point(value)) => (value, value),
        Some(Shown::Band(from, to)) => (from, to),
        Some(Shown::AtMost(limit)) => (0.0, limit),
        Some(Shown::AtLeast(limit)) => (limit, 100.0),
    };
    for index in 0..SIDE * SIDE {
        // Filled from the bottom, row by row, as a glass is.
        let (column, row) = (f64::from(index % SIDE), f64::from(SIDE - 1 - index / SIDE));
        let from = (left + column * (size + GAP), top + row * (size + GAP));
        let to = (from.0 + size, from.1 + size);
        let rank = f64::from(index) + 0.5;
        if rank < sure {
            filled(scene, item, |scene| scene.block(from, to, palette::MAIN));
        } else if rank < perhaps {
            filled(scene, item, |scene| hatched(scene, from, to, palette::MAIN));
        } else {
            scene.block(from, to, palette::REST);
            scene.frame(from, to, palette::GRID);
        }
    }
}

fn filled(scene: &mut Scene, item: &Item, draw: impl FnOnce(&mut Scene)) {
    scene.showing(&item.figure.mark, draw);
}

fn hatched(scene: &mut Scene, from: (f64, f64), to: (f64, f64), colour: Colour) {
    scene.block(from, to, palette::LIGHT);
    scene.hatch(from, to, colour);
    scene.frame(from, to, colour);
}
