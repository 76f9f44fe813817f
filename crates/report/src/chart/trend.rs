//! The barometer over the years, and each outside series in a panel of its own, under its source.

use publication::Unit;

use super::data::{Beside, ChartData, Group};
use super::frame::{Face, Frame, GROUP, LABEL, SMALL, VALUE};
use super::shown::{Shown, shown};
use crate::context::Context;
use crate::number;
use crate::palette::{self, Colour};

/// A point of a line.
struct Point {
    year: f64,
    position: f64,
    text: String,
    is_hollow: bool,
    interval: Option<(f64, f64)>,
    /// Ends of a band, where it is one.
    band: Option<(f64, f64)>,
}

/// Years of the axis: all panels share it.
struct Years {
    first: f64,
    last: f64,
}

pub(crate) fn draw(context: &Context<'_>, frame: &mut Frame, data: &ChartData) {
    let own: Vec<(&Group, Vec<Point>)> = data.groups.iter().map(|group| (group, points(group))).collect();
    let beside = || data.groups.iter().flat_map(|group| &group.references);
    let years = own.iter().flat_map(|(_, points)| points).map(|point| point.year);
    let years = years.chain(beside().filter_map(|found| found.point).map(|(year, _)| year));
    let (first, last) =
        years.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), year| (low.min(year), high.max(year)));
    let years = if first > last { Years { first: 0.0, last: 0.0 } } else { Years { first, last } };
    for (group, points) in &own {
        let name = context.say("chart.ours");
        frame.paragraph(GROUP, &format!("{name}{}{}", context.say("chart.colon"), group.heading()));
        let unit = group.items.first().map_or(Unit::Percent, |item| item.unit);
        if points.is_empty() {
            frame.paragraph(SMALL, context.say("figure.nd"));
        }
        let height = if frame.is_narrow { 130.0 } else { 160.0 };
        let broken = group.broken_since.as_deref();
        panel(context, frame, points, &years, unit.range(), height, palette::MAIN, broken);
        outside(context, frame, &group.references, &years, unit.range());
    }
}

/// This edition and the earlier one.
fn points(group: &Group) -> Vec<Point> {
    let items = group.items.iter().enumerate();
    items
        .filter_map(|(index, item)| {
            let value = item.value?;
            Some(Point {
                // An edition that is named by no year keeps its rank.
                year: item.label.get(..4).and_then(|year| year.parse().ok()).unwrap_or(index as f64),
                position: value.position(),
                text: item.figure.compact.clone(),
                is_hollow: item.figure.is_fragile,
                interval: item.interval.map(|interval| (interval.low, interval.high)),
                band: match shown(value) {
                    Shown::Band(from, to) => Some((from, to)),
                    _ => None,
                },
            })
        })
        .collect()
}

/// Outside series, each under its source, thin and grey.
fn outside(
    context: &Context<'_>,
    frame: &mut Frame,
    references: &[Beside],
    years: &Years,
    range: (f64, f64),
) {
    let mut series: Vec<(&str, Vec<Point>)> = Vec::new();
    for beside in references {
        let Some((year, value)) = beside.point.filter(|(_, value)| (range.0..=range.1).contains(value))
        else {
            continue;
        };
        let point = Point {
            year,
            position: value,
            text: beside.value.clone(),
            is_hollow: true,
            interval: None,
            band: None,
        };
        match series.iter_mut().find(|(name, _)| *name == beside.series) {
            Some((_, points)) => points.push(point),
            None => series.push((&beside.series, vec![point])),
        }
    }
    if series.is_empty() {
        return;
    }
    frame.y += 4.0;
    frame.paragraph(GROUP, context.say("chart.others"));
    for (name, mut points) in series {
        points.sort_by(|one, other| one.year.total_cmp(&other.year));
        // One figure a year: the first that is given.
        points.dedup_by(|later, earlier| (later.year - earlier.year).abs() < 0.5);
        frame.paragraph(LABEL, name);
        panel(context, frame, &points, years, range, 76.0, palette::GREY, None);
    }
}

#[expect(clippy::too_many_arguments, reason = "what one panel shows")]
fn panel(
    context: &Context<'_>,
    frame: &mut Frame,
    points: &[Point],
    years: &Years,
    range: (f64, f64),
    height: f64,
    colour: Colour,
    broken_since: Option<&str>,
) {
    const INSET: f64 = 34.0;
    let (left, right) = (frame.left + INSET, frame.right - INSET);
    let x = |year: f64| {
        if years.last > years.first {
            left + (year - years.first) / (years.last - years.first) * (right - left)
        } else {
            f64::midpoint(left, right)
        }
    };
    // Labels that would cover one another go one line up.
    let mut levels: Vec<f64> = Vec::new();
    let mut placed: Vec<usize> = Vec::new();
    for point in points {
        let half = VALUE.width(&point.text) / 2.0 + 3.0;
        let at = x(point.year);
        let level = levels.iter().position(|end| at - half > *end).unwrap_or_else(|| {
            levels.push(f64::NEG_INFINITY);
            levels.len() - 1
        });
        levels[level] = at + half;
        placed.push(level);
    }
    let top = frame.y + 6.0 + VALUE.leading() * levels.len() as f64;
    let bottom = top + height;
    let high = points.iter().map(Point::top).fold(0.0, f64::max);
    let scale_top = ((high / (range.1 / 10.0)).ceil() * (range.1 / 10.0)).max(range.1 / 10.0);
    let y = |value: f64| bottom - (value - range.0) / (scale_top - range.0) * height;
    frame.scene.line((frame.left, bottom), (frame.right, bottom), palette::GREY, 1);
    if let Some(edition) = broken_since {
        let year = edition.get(..4).and_then(|year| year.parse().ok()).unwrap_or(years.first);
        let now = points.last().map_or(years.last, |point| point.year);
        let at = if years.last > years.first { x(f64::midpoint(year.max(years.first), now)) } else { left };
        frame.scene.dashes((at, top), (at, bottom), palette::SECOND, 2);
    }
    for pair in points.windows(2) {
        let (from, to) = ((x(pair[0].year), y(pair[0].position)), (x(pair[1].year), y(pair[1].position)));
        frame.scene.line(from, to, colour, 3);
    }
    for (point, level) in points.iter().zip(&placed) {
        let at = x(point.year);
        frame.scene.showing(&point.text, |scene| {
            if let Some((low, high)) = point.interval {
                scene.line((at, y(low)), (at, y(high)), palette::SECOND, 2);
            }
            if let Some((from, to)) = point.band {
                super::bars::fill(scene, (at - 6.0, y(to)), (at + 6.0, y(from)), colour, true);
            } else {
                scene.disc((at, y(point.position)), 5.0, colour, point.is_hollow);
            }
        });
        let baseline = top - 8.0 - VALUE.leading() * *level as f64;
        let face =
            Face { colour: if colour == palette::MAIN { palette::INK } else { palette::GREY }, ..VALUE };
        if y(point.top()) - baseline > 10.0 {
            frame.scene.dashes((at, baseline + 4.0), (at, y(point.top()) - 6.0), palette::GRID, 1);
        }
        frame.write_centred(face, (at, baseline), point.text.clone());
    }
    frame.y = bottom + 3.0;
    year_labels(frame, points, &x);
    if let Some(edition) = broken_since {
        frame.paragraph(SMALL, &context.fill("chart.broken", &[("edition", edition)]));
    }
    frame.y += 8.0;
}

impl Point {
    /// The highest that is drawn of it.
    fn top(&self) -> f64 {
        let interval = self.interval.map_or(self.position, |interval| interval.1);
        self.band.map_or(interval, |band| band.1.max(interval)).max(self.position)
    }
}

/// The years under their points, as many as have room.
fn year_labels(frame: &mut Frame, points: &[Point], x: &impl Fn(f64) -> f64) {
    let mut end = f64::NEG_INFINITY;
    let baseline = frame.y + SMALL.size;
    for point in points {
        let text = year_text(point.year);
        let half = SMALL.width(&text) / 2.0 + 3.0;
        let at = x(point.year);
        if at - half > end {
            frame.write_centred(SMALL, (at, baseline), text);
            end = at + half;
        }
    }
    frame.y += SMALL.leading();
}

/// A year has no thousands apart; a rank is no year.
fn year_text(year: f64) -> String {
    if year < 1000.0 { String::new() } else { number::plain(year).replace('\u{202f}', "") }
}
