//! A table of colours: a row for each domain, a column for each indicator.

use publication::Unit;

use super::bars::widest;
use super::data::{ChartData, Group, Item};
use super::frame::{Face, Frame, GROUP, LABEL, SMALL, VALUE};
use super::shade::Classes;
use crate::context::Context;
use crate::palette;

/// Space inside a cell, on each side.
const PAD: f64 = 4.0;
/// The numbers of respondents inside cells.
const TINY: Face = Face { size: 11.0, ..SMALL };
/// Least width of a column.
const LEAST: f64 = 56.0;

pub(crate) fn draw(context: &Context<'_>, frame: &mut Frame, data: &ChartData) {
    let items = || data.groups.iter().flat_map(|group| &group.items);
    let classes = Classes::new(items());
    classes.legend(context, frame, items().next().map_or(Unit::Percent, |item| item.unit));
    let headings: Vec<String> = data.groups.iter().map(Group::heading).collect();
    let label_width = widest(GROUP, &headings, frame.inner_width() * 0.24);
    let column = (frame.inner_width() - label_width - 12.0) / data.series.len().max(1) as f64;
    let word = data.series.iter().flat_map(|label| label.split(' ')).map(|word| SMALL.width(word));
    let widest_text = items().map(|item| VALUE.width(&item.figure.compact).max(TINY.width(&item.n)));
    let needed = word.chain(widest_text).fold(0.0, f64::max) + 2.0 * PAD;
    if column >= needed.max(LEAST) {
        grid(frame, data, &classes, label_width, column);
    } else {
        list(frame, data, &classes);
    }
}

fn grid(frame: &mut Frame, data: &ChartData, classes: &Classes, label_width: f64, column: f64) {
    let face = Face { colour: palette::INK, ..SMALL };
    let heads: Vec<Vec<String>> =
        data.series.iter().map(|label| face.wrap(label, column - 2.0 * PAD)).collect();
    let first = frame.left + label_width + 12.0;
    let tallest = heads.iter().map(Vec::len).max().unwrap_or(0) as f64 * face.leading();
    for (index, lines) in heads.iter().enumerate() {
        let top = frame.y + tallest - lines.len() as f64 * face.leading();
        frame.lines_under(face, first + column * (index as f64 + 0.5), top, lines);
    }
    frame.y += tallest + 6.0;
    for (rank, group) in data.groups.iter().enumerate() {
        let face = if rank == 0 { GROUP } else { LABEL };
        let lines = face.wrap(&group.heading(), label_width);
        let has_n = group.items.iter().any(|item| !item.n.is_empty());
        let cell = if has_n { 42.0 } else { 30.0 };
        let height = (face.leading() * lines.len() as f64 + 6.0).max(cell);
        let middle = frame.y + height / 2.0;
        frame.lines_at(face, frame.left, middle, &lines);
        for (index, item) in group.items.iter().enumerate() {
            let left = first + column * index as f64 + 1.0;
            let (from, to) = ((left, frame.y + 1.0), (left + column - 2.0, frame.y + height - 1.0));
            let face = classes.fill(&mut frame.scene, item, from, to);
            let x = f64::midpoint(from.0, to.0);
            let at = if item.n.is_empty() { middle } else { middle - 8.0 };
            let width = face.width(&item.figure.compact).max(TINY.width(&item.n)) / 2.0 + 3.0;
            let half = if item.n.is_empty() { 10.0 } else { 18.0 };
            classes.clear(&mut frame.scene, item, (x - width, middle - half), (x + width, middle + half));
            frame.write_centred(face, (x, face.centred(at)), item.figure.compact.clone());
            if !item.n.is_empty() {
                let small = Face { colour: face.colour, ..TINY };
                frame.write_centred(small, (x, small.centred(middle + 10.0)), item.n.clone());
            }
        }
        // All is set apart from its parts.
        frame.y += height + if rank == 0 { 6.0 } else { 0.0 };
    }
}

/// The same where columns have no room: each figure on its line.
fn list(frame: &mut Frame, data: &ChartData, classes: &Classes) {
    let items = || data.groups.iter().flat_map(|group| &group.items);
    let width = items().map(|item| VALUE.width(&item.figure.compact)).fold(40.0, f64::max) + 4.0 * PAD;
    for group in &data.groups {
        if !group.label.is_empty() {
            frame.paragraph(GROUP, &group.heading());
            frame.y += 2.0;
        }
        for item in &group.items {
            line(frame, item, classes, width);
        }
        frame.y += 8.0;
    }
}

fn line(frame: &mut Frame, item: &Item, classes: &Classes, width: f64) {
    let lines = LABEL.wrap(&item.heading(), frame.inner_width() - width - 10.0);
    let height = (LABEL.leading() * lines.len() as f64 + 6.0).max(28.0);
    let middle = frame.y + height / 2.0;
    let left = frame.left;
    frame.lines_at(LABEL, left, middle, &lines);
    let (from, to) = ((frame.right - width, middle - 12.0), (frame.right, middle + 12.0));
    let face = classes.fill(&mut frame.scene, item, from, to);
    let x = f64::midpoint(from.0, to.0);
    let half = face.width(&item.figure.compact) / 2.0 + 3.0;
    classes.clear(&mut frame.scene, item, (x - half, from.1 + 3.0), (x + half, to.1 - 3.0));
    frame.write_centred(face, (x, face.centred(middle)), item.figure.compact.clone());
    frame.y += height;
}
