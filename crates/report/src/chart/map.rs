//! A map: regions by their outlines, with the list of their figures beside it, since the smallest have no room for theirs.
//! Where most of the categories are no French regions, tiles instead, each roughly where its region is.

use publication::Unit;

use super::data::{ChartData, Group};
use super::frame::{Face, Frame, GROUP, LABEL, SMALL, VALUE};
use super::regions;
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

/// What stands in the list of regions.
const NAME: Face = Face { size: 12.0, ..LABEL };
const BOLD: Face = Face { size: 12.0, ..VALUE };

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
    let has_outline = |group: &&&Group| regions::region(&group.code).is_some();
    if 2 * drawn.iter().filter(has_outline).count() > drawn.len() {
        draw_outlines(context, frame, &drawn, &classes);
    } else {
        for row in rows(&drawn, columns) {
            draw_row(frame, &row, columns, &classes);
        }
    }
    if !left_out.is_empty() {
        frame.paragraph(SMALL, &context.fill("profile.withheld", &[("count", &left_out.len().to_string())]));
    }
}

/// The regions by their outlines, and the list of all that is drawn: beside them, under them where there is no room.
fn draw_outlines(context: &Context<'_>, frame: &mut Frame, groups: &[&Group], classes: &Classes) {
    let top = frame.y;
    let width = if frame.is_narrow { frame.inner_width() } else { (frame.inner_width() * 0.52).round() };
    let scale = width / regions::PLANE.0;
    let far = width / regions::FAR.len() as f64;
    let far_scale = (far - 14.0) / regions::OVERSEAS;
    let mainland = scale * regions::PLANE.1;
    for group in groups {
        let (Some(region), Some(item)) = (regions::region(&group.code), group.items.first()) else {
            continue;
        };
        let place = regions::FAR.iter().position(|code| *code == group.code);
        let (origin, scale) = match place {
            Some(rank) => ((frame.left + far * rank as f64 + 7.0, top + mainland + 12.0), far_scale),
            None => ((frame.left, top), scale),
        };
        let at = |(x, y): regions::Point| (origin.0 + x * scale, origin.1 + y * scale);
        let parts: Vec<Vec<regions::Point>> =
            region.parts.iter().map(|part| part.iter().copied().map(at).collect()).collect();
        let face = classes.fill_shape(&mut frame.scene, item, &parts);
        let face = Face { size: if frame.is_narrow { 11.0 } else { 12.0 }, ..face };
        let half = face.width(&item.figure.compact) / 2.0;
        if item.value.is_some() && half + 3.0 <= region.radius * scale {
            let (x, y) = at(region.middle);
            classes.clear(&mut frame.scene, item, (x - half - 2.0, y - 8.0), (x + half + 2.0, y + 8.0));
            frame.write_centred(face, (x, face.centred(y)), item.figure.compact.clone());
        }
    }
    let bottom = top + mainland + far + 12.0;
    let left = if frame.is_narrow { frame.left } else { frame.left + width + 22.0 };
    frame.y = if frame.is_narrow { bottom } else { top };
    list(frame, groups, classes, left);
    frame.y = frame.y.max(bottom);
    frame.y += 6.0;
    frame.paragraph(SMALL, context.say("chart.outlines"));
}

/// A line for each region: its shade, its name with its number of respondents, its figure.
fn list(frame: &mut Frame, groups: &[&Group], classes: &Classes, left: f64) {
    const SWATCH: f64 = 12.0;
    let value_width = groups
        .iter()
        .filter_map(|group| group.items.first())
        .map(|item| BOLD.width(&item.figure.compact))
        .fold(0.0, f64::max);
    let name_width = frame.right - left - SWATCH - 8.0 - value_width - 10.0;
    for group in groups {
        let Some(item) = group.items.first() else { continue };
        let lines = NAME.wrap(&group.heading(), name_width);
        let height = (NAME.leading() * lines.len() as f64).max(SWATCH) + 4.0;
        let middle = frame.y + height / 2.0;
        let (from, to) = ((left, middle - SWATCH / 2.0), (left + SWATCH, middle + SWATCH / 2.0));
        classes.fill(&mut frame.scene, item, from, to);
        frame.lines_at(NAME, left + SWATCH + 8.0, middle, &lines);
        let face = if item.value.is_some() { BOLD } else { NAME };
        frame.write_before(face, (frame.right, face.centred(middle)), item.figure.compact.clone());
        frame.y += height;
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
