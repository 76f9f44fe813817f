//! Outlines of the French regions, and where a figure has room on them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A corner.
pub(super) type Point = (f64, f64);

/// A region: its parts, the greatest first, and the place in it that is furthest from its border.
#[derive(Debug, Clone)]
pub(super) struct Region {
    pub(super) parts: Vec<Vec<Point>>,
    pub(super) middle: Point,
    /// How far the border is from there.
    pub(super) radius: f64,
}

/// Width and height of the plane of the mainland.
pub(super) const PLANE: Point = (1000.0, 964.0);
/// Side of the plane of an overseas region.
pub(super) const OVERSEAS: f64 = 130.0;
/// Overseas regions, in the order of their codes.
pub(super) const FAR: [&str; 5] = ["01", "02", "03", "04", "06"];

/// How finely the middle of a region is looked for, in parts of its width.
const GRAIN: f64 = 40.0;

static REGIONS: LazyLock<BTreeMap<&'static str, Region>> =
    LazyLock::new(|| read(include_str!("../../../../reports/templates/regions.txt")));

/// A region by Insee's code.
pub(super) fn region(code: &str) -> Option<&'static Region> {
    REGIONS.get(code)
}

fn read(text: &'static str) -> BTreeMap<&'static str, Region> {
    let mut regions: BTreeMap<&'static str, Region> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split(' ');
        let Some(code) = words.next() else { continue };
        let part: Vec<Point> = words
            .filter_map(|corner| {
                let (x, y) = corner.split_once(',')?;
                Some((x.parse().ok()?, y.parse().ok()?))
            })
            .collect();
        let region = regions.entry(code).or_insert_with(|| Region {
            parts: Vec::new(),
            middle: (0.0, 0.0),
            radius: 0.0,
        });
        region.parts.push(part);
    }
    for region in regions.values_mut() {
        region.parts.sort_by(|one, other| area(other).total_cmp(&area(one)));
        if let Some(part) = region.parts.first() {
            (region.middle, region.radius) = middle(part);
        }
    }
    regions
}

fn edges(part: &[Point]) -> impl Iterator<Item = (Point, Point)> + '_ {
    part.iter().copied().zip(part.iter().copied().cycle().skip(1))
}

fn area(part: &[Point]) -> f64 {
    (edges(part).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f64>() / 2.0).abs()
}

fn is_inside(part: &[Point], (x, y): Point) -> bool {
    let crossings = edges(part).filter(|(a, b)| (a.1 > y) != (b.1 > y) && x < cut(*a, *b, y));
    crossings.count() % 2 == 1
}

/// Where an edge crosses a height.
fn cut(a: Point, b: Point, y: f64) -> f64 {
    a.0 + (y - a.1) / (b.1 - a.1) * (b.0 - a.0)
}

fn distance(a: Point, b: Point, (x, y): Point) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 { (((x - a.0) * dx + (y - a.1) * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    (x - a.0 - along * dx).hypot(y - a.1 - along * dy)
}

/// The place furthest from the border, on a grid, and how far it is. A figure is wider than it is high: what is above and
/// below counts for less.
fn middle(part: &[Point]) -> (Point, f64) {
    const FLAT: f64 = 1.6;
    let flat: Vec<Point> = part.iter().map(|(x, y)| (*x, y * FLAT)).collect();
    let bounds = |values: &mut dyn Iterator<Item = f64>| {
        values
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
    };
    let (left, right) = bounds(&mut flat.iter().map(|point| point.0));
    let (top, bottom) = bounds(&mut flat.iter().map(|point| point.1));
    let step = ((right - left) / GRAIN).max(1.0);
    let mut best = ((left, top), 0.0);
    let mut y = top;
    while y < bottom {
        let mut x = left;
        while x < right {
            if is_inside(&flat, (x, y)) {
                let near = edges(&flat).map(|(a, b)| distance(a, b, (x, y))).fold(f64::INFINITY, f64::min);
                if near > best.1 {
                    best = ((x, y), near);
                }
            }
            x += step;
        }
        y += step;
    }
    let ((x, y), radius) = best;
    ((x, y / FLAT), radius)
}

/// Diagonal lines over a shape, clipped to it, `gap` apart.
pub(super) fn hatches(part: &[Point], gap: f64) -> Vec<(Point, Point)> {
    // Turned so that the diagonals are level.
    let turned: Vec<Point> = part.iter().map(|(x, y)| (x - y, x + y)).collect();
    let (low, high) = turned
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), point| (low.min(point.1), high.max(point.1)));
    let mut lines = Vec::new();
    let mut level = (low / gap).ceil() * gap + gap / 2.0;
    while level < high {
        let mut cuts: Vec<f64> = edges(&turned)
            .filter(|(a, b)| (a.1 > level) != (b.1 > level))
            .map(|(a, b)| cut(a, b, level))
            .collect();
        cuts.sort_by(f64::total_cmp);
        let back = |u: f64| (f64::midpoint(level, u), (level - u) / 2.0);
        lines.extend(cuts.chunks_exact(2).map(|pair| (back(pair[0]), back(pair[1]))));
        level += gap;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_has_an_outline_and_a_middle_inside_it() {
        assert_eq!(REGIONS.len(), 18);
        for (code, region) in REGIONS.iter() {
            assert!(is_inside(&region.parts[0], region.middle) && region.radius > 5.0, "{code}");
            let (width, height) = if FAR.contains(code) { (OVERSEAS, OVERSEAS) } else { PLANE };
            for (x, y) in region.parts.iter().flatten() {
                assert!((0.0..=width).contains(x) && (0.0..=height).contains(y), "{code}: {x},{y}");
            }
        }
    }

    #[test]
    fn hatches_stay_inside_their_shape() {
        let square = vec![(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)];
        let lines = hatches(&square, 4.0);
        assert!(lines.len() > 3);
        for (from, to) in lines {
            for (x, y) in [from, to] {
                assert!((-0.001..=10.001).contains(&x) && (-0.001..=10.001).contains(&y), "{x},{y}");
            }
        }
    }
}
