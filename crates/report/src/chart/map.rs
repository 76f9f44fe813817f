//! A map in tiles: every region has the same place on paper, however few people or square kilometres it has. It is not
//! drawn from a geometry: a tile stands roughly where its region is, and its name is written on it.

use publication::Unit;

use super::data::{ChartData, Group};
use super::frame::{Face, Frame, GROUP, SMALL, VALUE};
use super::shade::Classes;
use crate::context::Context;

/// Column and row of each region, by Insee's code; overseas regions have a column of their own.
const PLACES: [(&str, usize, usize); 18] = [
    ("32", 2, 0),
    ("53", 0, 1),
    ("28", 1, 1),
    ("11", 2, 1),
    ("44", 3, 1),
    ("52", 1, 2),
    ("24", 2, 2),
    ("27", 3, 2),
    ("75", 1, 3),
    ("84", 2, 3),
    ("76", 1, 4),
    ("93", 2, 4),
    ("94", 3, 4),
    ("01", 4, 0),
    ("02", 4, 1),
    ("03", 4, 2),
    ("04", 4, 3),
    ("06", 4, 4),
];

/// Columns of the mainland.
const MAINLAND: usize = 4;
/// Space between tiles, and inside them.
const GAP: f64 = 4.0;
const PAD: f64 = 5.0;

pub(crate) fn draw(context: &Context<'_>, frame: &mut Frame, data: &ChartData) {
    let Some((all, tiles)) = data.groups.split_first() else { return };
    let items = || data.groups.iter().flat_map(|group| &group.items);
    let classes = Classes::new(items());
    if let Some(item) = all.items.first() {
        let text = format!("{}{}{}", all.heading(), context.say("chart.colon"), item.figure.value);
        frame.paragraph(GROUP, &text);
        frame.y += 6.0;
    }
    classes.legend(context, frame, items().next().map_or(Unit::Percent, |item| item.unit));
    let columns = if frame.is_narrow { MAINLAND } else { MAINLAND + 1 };
    // What has no place on the map and no figure is counted: tiles of nothing would make most of the picture.
    let has_place = |group: &&Group| PLACES.iter().any(|(code, ..)| *code == group.code);
    let is_shown = |group: &&Group| group.items.iter().any(|item| item.value.is_some());
    let (drawn, left_out): (Vec<&Group>, Vec<&Group>) =
        tiles.iter().partition(|group| has_place(group) || is_shown(group));
    for row in rows(&drawn, columns) {
        draw_row(frame, &row, columns, &classes);
    }
    if !left_out.is_empty() {
        frame.paragraph(SMALL, &context.fill("profile.withheld", &[("count", &left_out.len().to_string())]));
    }
}

/// Tiles by row and column: those of the map, then those that have no place on it.
fn rows<'a>(tiles: &[&'a Group], columns: usize) -> Vec<Vec<(usize, &'a Group)>> {
    let place = |group: &Group| {
        let (_, column, row) = PLACES.iter().find(|(code, ..)| *code == group.code)?;
        Some((*column, *row))
    };
    let mut rows: Vec<Vec<(usize, &'a Group)>> = Vec::new();
    let mut others: Vec<&'a Group> = Vec::new();
    for group in tiles {
        match place(group).filter(|(column, _)| *column < columns) {
            Some((column, row)) => {
                rows.resize_with(rows.len().max(row + 1), Vec::new);
                rows[row].push((column, *group));
            }
            None => others.push(*group),
        }
    }
    rows.retain(|row| !row.is_empty());
    rows.extend(others.chunks(columns).map(|row| row.iter().copied().enumerate().collect::<Vec<_>>()));
    rows
}

fn draw_row(frame: &mut Frame, row: &[(usize, &Group)], columns: usize, classes: &Classes) {
    let size = if frame.is_narrow { 11.0 } else { SMALL.size };
    let width = (frame.inner_width() + GAP) / columns as f64;
    let named: Vec<Vec<String>> = row
        .iter()
        .map(|(_, group)| names(Face { size, ..SMALL }, &group.label, width - GAP - 2.0 * PAD))
        .collect();
    let leading = Face { size, ..SMALL }.leading();
    let most = named.iter().map(Vec::len).max().unwrap_or(0) as f64;
    let height = most * leading + VALUE.leading() * 2.0 + 2.0 * PAD + 6.0;
    let top = frame.y;
    for ((column, group), lines) in row.iter().zip(&named) {
        let Some(item) = group.items.first() else { continue };
        let left = frame.left + width * *column as f64;
        let right = left + width - GAP;
        let face = classes.fill(&mut frame.scene, item, (left, top), (right, top + height));
        let x = f64::midpoint(left, right);
        let names = Face { size, colour: face.colour, ..SMALL };
        let value = fitted(face, &item.figure.compact, right - left - 2.0 * PAD);
        let n = fitted(Face { size: 11.0, ..names }, &group.n, right - left - 2.0 * PAD);
        let clear = (left + 2.0, top + PAD - 2.0);
        classes.clear(&mut frame.scene, item, clear, (right - 2.0, top + height - PAD + 2.0));
        let bottom = frame.lines_under(names, x, top + PAD, lines);
        frame.write_centred(value, (x, bottom + value.size + 2.0), item.figure.compact.clone());
        if !group.n.is_empty() {
            frame.write_centred(n, (x, bottom + value.size + 4.0 + VALUE.leading()), group.n.clone());
        }
    }
    frame.y = top + height + GAP;
}

/// The same face, smaller if the text is wider than its place.
fn fitted(face: Face, text: &str, limit: f64) -> Face {
    let width = face.width(text);
    if width <= limit {
        face
    } else {
        Face { size: (face.size * limit / width * 10.0).floor() / 10.0, ..face }
    }
}

/// Lines of a name, which may break after a hyphen too: « Bourgogne- Franche-Comté ».
fn names(face: Face, label: &str, limit: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in label.split(' ') {
        let mut is_start = true;
        for part in word.split_inclusive('-') {
            let glue = if is_start { " " } else { "" };
            is_start = false;
            match lines.last_mut() {
                Some(line) if face.width(&format!("{line}{glue}{part}")) <= limit => {
                    line.push_str(glue);
                    line.push_str(part);
                }
                _ => lines.extend(face.wrap(part, limit)),
            }
        }
    }
    lines
}
