//! Which charts stand side by side. A chart is drawn twice, for a wide screen and for a telephone; on A4 the second is as
//! wide as half a page. Rows keep the order of the plan and take the least height.

use crate::chart::Chart;

/// Widths of the body of a page and of half of it, in millimetres: those of `shared.typ`.
const BODY: f64 = 170.0;
const HALF: f64 = 82.0;

/// The tallest chart that stands beside another, in millimetres: a taller row leaves half a page empty.
const TALLEST: f64 = 140.0;

/// From this height on, in millimetres, a chart as wide as the page is made a little smaller, so that two stand on a page.
const TALL: f64 = 100.0;
const SMALLER: f64 = 0.9;

/// What a row costs besides its height: caption and space.
const CAPTION: f64 = 10.0;

/// A chart in its row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'a> {
    pub(super) chart: &'a Chart,
    pub(super) is_half: bool,
}

impl Piece<'_> {
    /// What part of the width it is given a chart takes.
    pub(super) fn scale(self) -> f64 {
        scale(self.chart, self.is_half)
    }
}

fn scale(chart: &Chart, is_half: bool) -> f64 {
    if !is_half && natural(chart, is_half) > TALL { SMALLER } else { 1.0 }
}

fn natural(chart: &Chart, is_half: bool) -> f64 {
    let (drawing, width) = if is_half { (&chart.narrow, HALF) } else { (&chart.wide, BODY) };
    drawing.height / drawing.width * width
}

/// Heights on paper, in millimetres.
fn height(chart: &Chart, is_half: bool) -> f64 {
    natural(chart, is_half) * scale(chart, is_half)
}

/// The rows of a chapter.
pub(super) fn rows<'a>(charts: &[&'a Chart]) -> Vec<Vec<Piece<'a>>> {
    // The least height of the first charts, and how many stand in their last row.
    let mut best: Vec<(f64, usize)> = vec![(0.0, 0)];
    for (index, chart) in charts.iter().enumerate() {
        let alone = best[index].0 + height(chart, false) + CAPTION;
        let beside = index.checked_sub(1).and_then(|before| {
            let (left, right) = (height(charts[before], true), height(chart, true));
            // What stays empty under the shorter of the two counts for half.
            (left.max(right) <= TALLEST)
                .then(|| best[before].0 + left.max(right) + (left - right).abs() / 2.0 + CAPTION)
        });
        best.push(match beside {
            Some(beside) if beside < alone => (beside, 2),
            _ => (alone, 1),
        });
    }
    let mut rows = Vec::new();
    let mut end = charts.len();
    while end > 0 {
        let count = best[end].1;
        let row = &charts[end - count..end];
        rows.push(row.iter().map(|chart| Piece { chart, is_half: count == 2 }).collect());
        end -= count;
    }
    rows.reverse();
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Drawing;

    fn chart(name: &str, wide: f64, narrow: f64) -> Chart {
        let drawing = |width: f64, height: f64| Drawing { svg: String::new(), width, height };
        Chart {
            name: name.to_owned(),
            title: name.to_owned(),
            description: String::new(),
            // Millimetres on paper as pixels of the drawing.
            wide: drawing(760.0, wide * 760.0 / BODY),
            narrow: drawing(344.0, narrow * 344.0 / HALF),
            data: None,
            profile: None,
        }
    }

    fn names(charts: &[Chart]) -> Vec<Vec<&str>> {
        let charts: Vec<&Chart> = charts.iter().collect();
        rows(&charts).iter().map(|row| row.iter().map(|piece| piece.chart.name.as_str()).collect()).collect()
    }

    #[test]
    fn charts_that_are_as_high_stand_side_by_side_and_a_tall_one_alone() {
        let charts = [
            chart("a", 64.0, 98.0),
            chart("b", 62.0, 100.0),
            chart("c", 120.0, 190.0),
            chart("d", 60.0, 90.0),
        ];
        assert_eq!(names(&charts), [vec!["a", "b"], vec!["c"], vec!["d"]]);
    }

    #[test]
    fn a_short_chart_does_not_stand_beside_a_high_one() {
        let charts = [chart("a", 30.0, 40.0), chart("b", 70.0, 138.0)];
        assert_eq!(names(&charts), [vec!["a"], vec!["b"]]);
        assert!(rows(&[]).is_empty());
    }
}
