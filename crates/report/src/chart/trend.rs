//! The barometer over the years, and each outside series in a panel of its own, under its source.

use publication::Unit;

use super::data::{Beside, ChartData, Group};
use super::frame::{Face, Frame, GROUP, LABEL, SMALL, VALUE};
use super::scene::Scene;
use super::shown::{Shown, shown};
use crate::context::Context;
use crate::number;
use crate::palette;
use crate::words::Words;

/// A point of a line.
struct Point {
    year: f64,
    position: f64,
    text: String,
    /// The displayed value that it carries.
    mark: String,
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
        let series = series(&group.references, unit.range());
        // One scale for all panels of a figure: slopes compare.
        let (low, high) = unit.range();
        let highest = points
            .iter()
            .chain(series.iter().flat_map(|(_, points)| points))
            .map(Point::top)
            .fold(low, f64::max);
        let step = (high - low) / 10.0;
        let top = low + ((highest - low) / step).ceil().max(1.0) * step;
        let height = if frame.is_narrow { 120.0 } else { 150.0 };
        let own = Panel { years: &years, range: (low, top), height, is_own: true };
        own.draw(frame, points, group.broken_since.as_deref());
        if let Some(edition) = &group.broken_since {
            frame.paragraph(SMALL, &context.fill("chart.broken", &[("edition", edition)]));
        }
        frame.y += 8.0;
        if !series.is_empty() {
            frame.paragraph(GROUP, context.say("chart.others"));
            frame.y += 2.0;
        }
        for (name, points) in &series {
            frame.paragraph(LABEL, name);
            Panel { height: 72.0, is_own: false, ..own }.draw(frame, points, None);
            frame.y += 8.0;
        }
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
                mark: number::compact(Words::french(), value, item.unit),
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

/// Points of outside series, each under its source, in the order of years.
fn series(references: &[Beside], range: (f64, f64)) -> Vec<(&str, Vec<Point>)> {
    let mut series: Vec<(&str, Vec<Point>)> = Vec::new();
    for beside in references {
        let Some((year, value)) = beside.point.filter(|(_, value)| (range.0..=range.1).contains(value))
        else {
            continue;
        };
        let text = beside.value.clone();
        let mark = String::new();
        let point = Point { year, position: value, text, mark, is_hollow: true, interval: None, band: None };
        match series.iter_mut().find(|(name, _)| *name == beside.series) {
            Some((_, points)) => points.push(point),
            None => series.push((&beside.series, vec![point])),
        }
    }
    for (_, points) in &mut series {
        points.sort_by(|one, other| one.year.total_cmp(&other.year));
        // One figure a year: the first that is given.
        points.dedup_by(|later, earlier| (later.year - earlier.year).abs() < 0.5);
    }
    series
}

/// A line over the years.
#[derive(Clone, Copy)]
struct Panel<'a> {
    years: &'a Years,
    /// Bottom and top of the scale.
    range: (f64, f64),
    height: f64,
    /// Whether it is the barometer's: outside series are thin and grey.
    is_own: bool,
}

impl Panel<'_> {
    /// Height of a value above the bottom.
    fn above(&self, value: f64) -> f64 {
        (value - self.range.0) / (self.range.1 - self.range.0) * self.height
    }

    fn draw(&self, frame: &mut Frame, points: &[Point], broken_since: Option<&str>) {
        const INSET: f64 = 34.0;
        let years = self.years;
        let (left, right) = (frame.left + INSET, frame.right - INSET);
        let x = |year: f64| {
            if years.last > years.first {
                left + (year - years.first) / (years.last - years.first) * (right - left)
            } else {
                f64::midpoint(left, right)
            }
        };
        let (colour, ink) =
            if self.is_own { (palette::MAIN, palette::INK) } else { (palette::GREY, palette::GREY) };
        let face = Face { colour: ink, ..if self.is_own { VALUE } else { LABEL } };
        let labels = self.labels(points, face, &x);
        let highest = labels.iter().copied().fold(self.height, f64::max);
        let bottom = frame.y + highest + face.leading() + 2.0;
        frame.scene.line((frame.left, bottom), (frame.right, bottom), palette::GREY, 1);
        if let Some(edition) = broken_since {
            let year = edition.get(..4).and_then(|year| year.parse().ok()).unwrap_or(years.first);
            let now = points.last().map_or(years.last, |point| point.year);
            let at =
                if years.last > years.first { x(f64::midpoint(year.max(years.first), now)) } else { left };
            frame.scene.dashes((at, bottom - self.height), (at, bottom), palette::SECOND, 2);
        }
        let y = |value: f64| bottom - self.above(value);
        for pair in points.windows(2) {
            let (from, to) = ((x(pair[0].year), y(pair[0].position)), (x(pair[1].year), y(pair[1].position)));
            frame.scene.line(from, to, colour, if self.is_own { 3 } else { 2 });
        }
        for (point, label) in points.iter().zip(&labels) {
            let at = x(point.year);
            if let Some((low, high)) = point.interval {
                frame.scene.line((at, y(low)), (at, y(high)), palette::SECOND, 2);
            }
            let mark = |scene: &mut Scene| {
                if let Some((from, to)) = point.band {
                    let (high, low) = (y(to), y(from));
                    let (left, right) = (at - 6.0, at + 6.0);
                    let middle = f64::midpoint(low, high);
                    let points = vec![(left, middle), (left, high), (right, high), (right, low), (left, low)];
                    scene.polygon(points, palette::LIGHT);
                    scene.hatch((left, high), (right, low), colour);
                    scene.frame((left, high), (right, low), colour);
                } else {
                    let radius = if self.is_own { 5.0 } else { 4.0 };
                    scene.disc((at, y(point.position)), radius, colour, point.is_hollow);
                }
            };
            // An outside figure is not one that we display.
            if self.is_own {
                frame.scene.showing(&point.mark, mark);
            } else {
                mark(&mut frame.scene);
            }
            // On white, so that no line crosses a figure.
            let half = face.width(&point.text) / 2.0 + 2.0;
            let baseline = bottom - label;
            let box_top = baseline - face.size * 0.85;
            frame.scene.block((at - half, box_top), (at + half, baseline + 3.0), palette::PAPER);
            frame.write_centred(face, (at, baseline), point.text.clone());
        }
        frame.y = bottom + 3.0;
        year_labels(frame, points, &x);
    }

    /// How high above the bottom each figure is written: over its point, or higher where another is in its way.
    fn labels(&self, points: &[Point], face: Face, x: &impl Fn(f64) -> f64) -> Vec<f64> {
        let mut placed: Vec<(f64, f64, f64)> = Vec::new();
        for point in points {
            let half = face.width(&point.text) / 2.0 + 3.0;
            let (left, right) = (x(point.year) - half, x(point.year) + half);
            let mut height = self.above(point.top()) + 9.0;
            while let Some((.., other)) = placed.iter().find(|(from, to, other)| {
                left < *to && *from < right && (height - other).abs() < face.leading()
            }) {
                height = other + face.leading();
            }
            placed.push((left, right, height));
        }
        placed.into_iter().map(|(.., height)| height).collect()
    }
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
    if year < 1000.0 { String::new() } else { format!("{year:.0}") }
}
