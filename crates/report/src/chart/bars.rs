//! Horizontal bars: ranked or in order, against a target or not, for all or by the categories of a breakdown.

use publication::{Interval, Unit};

use super::data::{ChartData, Group, Item};
use super::frame::{Face, Frame, GROUP, LABEL, SMALL, VALUE};
use super::scene::Scene;
use super::shown::{Shown, shown};
use crate::context::Context;
use crate::palette::{self, Colour};

/// Where values are on a chart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) range: (f64, f64),
}

impl Scale {
    pub(crate) fn x(&self, value: f64) -> f64 {
        let (low, high) = self.range;
        self.left + ((value - low) / (high - low)).clamp(0.0, 1.0) * (self.right - self.left)
    }

    pub(crate) fn of(self, range: (f64, f64)) -> Self {
        Self { range, ..self }
    }
}

/// Columns of the chart.
struct Columns {
    /// Whether labels stand over their bars rather than beside.
    has_headings: bool,
    /// Width for labels beside bars.
    label_width: f64,
    scale: Scale,
    /// Half the height of a bar.
    half: f64,
}

pub(crate) fn draw(context: &Context<'_>, frame: &mut Frame, data: &ChartData, has_targets: bool) {
    if has_targets && data.groups.iter().any(|group| group.target.is_some()) {
        let entry = context.say("chart.target_sign").to_owned();
        frame.legend(&[entry], |scene, _, (x, y)| target(scene, x, y, 7.0));
    }
    let columns = columns(context, frame, data, has_targets);
    let top = frame.y;
    let grid_at = frame.scene.marks.len();
    for group in &data.groups {
        draw_group(context, frame, data, group, &columns, has_targets);
    }
    if let Some(unit) = common_unit(data) {
        axis(frame, columns.scale, unit, top, grid_at);
    }
}

fn columns(context: &Context<'_>, frame: &Frame, data: &ChartData, has_targets: bool) -> Columns {
    let is_multiple = data.groups.iter().any(|group| group.items.len() > 1);
    let has_headings = frame.is_narrow || is_multiple;
    let share = if has_headings { 0.34 } else { 0.42 };
    let limit = frame.inner_width() * share;
    let labels: Vec<String> = if frame.is_narrow {
        Vec::new()
    } else if is_multiple {
        data.groups.iter().flat_map(|group| &group.items).map(Item::heading).collect()
    } else {
        data.groups.iter().map(Group::heading).collect()
    };
    let mut label_width = widest(LABEL, &labels, limit);
    if has_targets && !has_headings {
        let targets: Vec<String> =
            data.groups.iter().filter_map(|group| target_words(context, group)).collect();
        label_width = label_width.max(widest(SMALL, &targets, limit));
    }
    let values = data.groups.iter().flat_map(|group| &group.items).map(|item| item.figure.value.as_str());
    let value_width = values.map(|value| VALUE.width(value)).fold(0.0, f64::max);
    let left = frame.left + if label_width > 0.0 { label_width + 12.0 } else { 0.0 };
    let scale =
        Scale { left, right: (frame.right - value_width - 14.0).max(left + 40.0), range: (0.0, 100.0) };
    Columns { has_headings, label_width, scale, half: if is_multiple { 8.0 } else { 10.0 } }
}

/// Width of the widest line once labels are wrapped.
pub(crate) fn widest(face: Face, labels: &[String], limit: f64) -> f64 {
    labels
        .iter()
        .flat_map(|label| face.wrap(label, limit))
        .map(|line| face.width(&line))
        .fold(0.0, f64::max)
        .ceil()
}

fn draw_group(
    context: &Context<'_>,
    frame: &mut Frame,
    data: &ChartData,
    group: &Group,
    columns: &Columns,
    has_targets: bool,
) {
    let is_multiple = group.items.len() > 1;
    let target_words = has_targets.then(|| target_words(context, group)).flatten();
    if columns.has_headings {
        heading(frame, if is_multiple { GROUP } else { LABEL }, &group.heading());
        if let Some(words) = &target_words {
            frame.paragraph(SMALL, words);
        }
        frame.y += 3.0;
    }
    for (index, item) in group.items.iter().enumerate() {
        let label = if is_multiple { item.heading() } else { group.heading() };
        let lines =
            if columns.label_width > 0.0 { LABEL.wrap(&label, columns.label_width) } else { Vec::new() };
        if is_multiple && frame.is_narrow {
            heading(frame, LABEL, &label);
        }
        let below = if columns.has_headings { None } else { target_words.as_ref() };
        let below_lines = below.map_or_else(Vec::new, |words| SMALL.wrap(words, columns.label_width));
        let label_height = LABEL.leading() * lines.len() as f64 + SMALL.leading() * below_lines.len() as f64;
        let height = (columns.half * 2.0 + if is_multiple { 5.0 } else { 10.0 }).max(label_height + 6.0);
        let middle = (frame.y + height / 2.0).round();
        let first = middle - (label_height - LABEL.leading()) / 2.0;
        let block = first + LABEL.leading() * (lines.len() as f64 - 1.0) / 2.0;
        let left = frame.left;
        frame.lines_at(LABEL, left, block, &lines);
        let below_first = first + LABEL.leading() * (lines.len() as f64 - 0.5) + SMALL.leading() / 2.0;
        frame.lines_at(
            SMALL,
            left,
            below_first + SMALL.leading() * (below_lines.len() as f64 - 1.0) / 2.0,
            &below_lines,
        );
        let scale = columns.scale.of(item.range);
        let tick = group.target.as_ref().filter(|_| has_targets).map(|found| scale.x(found.value));
        let colour = if is_multiple && index == 0 { palette::INK } else { palette::MAIN };
        let mut end = bar(&mut frame.scene, item, scale, middle, columns.half, colour);
        if data.has_intervals
            && let Some(interval) = item.interval
        {
            whisker(&mut frame.scene, interval, scale, middle);
            end = end.max(scale.x(interval.high));
        }
        if let Some(x) = tick {
            target(&mut frame.scene, x, middle, columns.half + 4.0);
            // Beside the mark, never under it.
            let width = VALUE.width(&item.figure.value);
            if x > end - 2.0 && x < end + 12.0 + width {
                end = x;
            }
        }
        let face = if item.figure.is_shown { VALUE } else { SMALL };
        frame.write(face, (end + 8.0, face.centred(middle)), item.figure.value.clone());
        frame.y += height;
    }
    frame.y += if columns.has_headings { 8.0 } else { 0.0 };
}

/// « objectif 2030 : 90 % »
fn target_words(context: &Context<'_>, group: &Group) -> Option<String> {
    let target = group.target.as_ref()?;
    let value = context.words.percent(target.value);
    Some(context.fill("chart.target", &[("year", &target.year.to_string()), ("value", &value)]))
}

/// A label over its bars, on white so that no grid line crosses it.
pub(crate) fn heading(frame: &mut Frame, face: Face, text: &str) {
    let lines = face.wrap(text, frame.inner_width());
    let width = lines.iter().map(|line| face.width(line)).fold(0.0, f64::max);
    let (left, top) = (frame.left, frame.y);
    let bottom = top + face.leading() * lines.len() as f64;
    frame.scene.block((left, top), (left + width + 2.0, bottom), palette::PAPER);
    frame.paragraph(face, text);
}

/// Draws a figure as a bar as fine as it is known, and gives its right end.
pub(crate) fn bar(
    scene: &mut Scene,
    item: &Item,
    scale: Scale,
    middle: f64,
    half: f64,
    colour: Colour,
) -> f64 {
    let (top, bottom) = (middle - half, middle + half);
    let Some(value) = item.value else { return scale.left };
    let zero = scale.left;
    let mut tip = zero;
    scene.showing(&item.figure.mark, |scene| {
        tip = match shown(value) {
            Shown::Point(value) => {
                let end = scale.x(value);
                fill(scene, (zero, top), (end, bottom), colour, item.figure.is_fragile);
                end
            }
            Shown::Band(from, to) => {
                let (start, end) = (scale.x(from), scale.x(to));
                band(scene, (start, top), (end, bottom), colour);
                end
            }
            Shown::AtMost(limit) => {
                let end = scale.x(limit);
                scene.block((zero, top), (end, bottom), palette::LIGHT);
                scene.pointer((end, middle), false, colour);
                end + 8.0
            }
            Shown::AtLeast(limit) => {
                let end = scale.x(limit);
                fill(scene, (zero, top), (end, bottom), colour, item.figure.is_fragile);
                scene.pointer((end + 9.0, middle), true, colour);
                end + 9.0
            }
        };
    });
    tip
}

/// A plain rectangle, or a hatched one for what is fragile or only known as a range.
pub(crate) fn fill(scene: &mut Scene, from: (f64, f64), to: (f64, f64), colour: Colour, is_hatched: bool) {
    if is_hatched {
        scene.block(from, to, palette::LIGHT);
        scene.hatch(from, to, colour);
        scene.frame(from, to, colour);
    } else {
        scene.block(from, to, colour);
    }
}

/// A hatched rectangle for what is only known as a range.
pub(crate) fn band(scene: &mut Scene, from: (f64, f64), to: (f64, f64), colour: Colour) {
    scene.band(from, to, palette::LIGHT);
    scene.hatch(from, to, colour);
    scene.frame(from, to, colour);
}

/// The interval of precision, white under dark so that it shows on a bar and beside it.
pub(crate) fn whisker(scene: &mut Scene, interval: Interval, scale: Scale, middle: f64) {
    let (low, high) = (scale.x(interval.low), scale.x(interval.high));
    scene.line((low, middle), (high, middle), palette::PAPER, 4);
    for x in [low, high] {
        scene.line((x, middle - 5.0), (x, middle + 5.0), palette::PAPER, 4);
    }
    scene.line((low, middle), (high, middle), palette::SECOND, 2);
    for x in [low, high] {
        scene.line((x, middle - 4.0), (x, middle + 4.0), palette::SECOND, 2);
    }
}

/// The mark of a target.
fn target(scene: &mut Scene, x: f64, middle: f64, half: f64) {
    scene.line((x, middle - half), (x, middle + half), palette::PAPER, 6);
    scene.line((x, middle - half), (x, middle + half), palette::SECOND, 3);
}

fn common_unit(data: &ChartData) -> Option<Unit> {
    let mut units = data.groups.iter().flat_map(|group| &group.items).map(|item| item.unit);
    let first = units.next()?;
    units.all(|unit| unit == first).then_some(first)
}

/// Grid lines behind what was drawn since `top`, and their values under it.
pub(crate) fn axis(frame: &mut Frame, scale: Scale, unit: Unit, top: f64, grid_at: usize) {
    let scale = scale.of(unit.range());
    let (low, high) = scale.range;
    let bottom = frame.y + 2.0;
    let step =
        if matches!(unit, Unit::Number { .. }) { round_step((high - low) / 4.0) } else { (high - low) / 4.0 };
    let marks: Vec<f64> =
        (0..=4).map(|mark| low + step * f64::from(mark)).filter(|mark| *mark <= high).collect();
    let mut grid = Scene::new(0.0);
    for value in &marks {
        grid.line((scale.x(*value), top), (scale.x(*value), bottom), palette::GRID, 1);
    }
    frame.scene.marks.splice(grid_at..grid_at, grid.marks);
    // Every mark when there is room for it, ends and middle otherwise.
    let every = if scale.right - scale.left > 260.0 { 1 } else { 2 };
    for value in marks.iter().step_by(every) {
        let text = match unit {
            Unit::Percent => frame.words.percent(*value),
            Unit::Points | Unit::Number { .. } => frame.words.plain(*value),
        };
        frame.write_centred(SMALL, (scale.x(*value), bottom + SMALL.size + 3.0), text);
    }
    frame.y = bottom + SMALL.size + 8.0;
}

/// The smallest of 1, 2, 5 times a power of ten that is not under `step`.
pub(crate) fn round_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    [1.0, 2.0, 5.0]
        .into_iter()
        .map(|digit| digit * power)
        .find(|found| *found >= step)
        .unwrap_or(10.0 * power)
}
