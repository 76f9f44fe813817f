//! What is on a chart, before it is drawn: rectangles, lines, dots and texts, at measured places.

use crate::fonts::{self, Weight};
use crate::palette::Colour;

/// Marks in pixels, drawn in order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scene {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) marks: Vec<Mark>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Mark {
    /// A filled rectangle.
    Block { left: f64, top: f64, right: f64, bottom: f64, fill: Colour },
    /// A line.
    Line { from: (f64, f64), to: (f64, f64), colour: Colour, thickness: u32 },
    /// A filled polygon.
    Shape { points: Vec<(f64, f64)>, fill: Colour },
    /// A disc; hollow when it has no fill.
    Disc { centre: (f64, f64), radius: f64, colour: Colour, is_hollow: bool },
    /// One line of text.
    Text(Text),
}

/// One line of text at its baseline.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Text {
    pub(crate) content: String,
    pub(crate) at: (f64, f64),
    pub(crate) anchor: Anchor,
    pub(crate) size: f64,
    pub(crate) weight: Weight,
    pub(crate) colour: Colour,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
}

impl Text {
    pub(crate) fn width(&self) -> f64 {
        fonts::width(&self.content, self.size, self.weight == Weight::Bold)
    }
}

impl Scene {
    pub(crate) fn block(&mut self, (left, top): (f64, f64), (right, bottom): (f64, f64), fill: Colour) {
        self.marks.push(Mark::Block { left, top, right, bottom, fill });
    }

    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour, thickness: u32) {
        self.marks.push(Mark::Line { from, to, colour, thickness });
    }

    pub(crate) fn frame(&mut self, (left, top): (f64, f64), (right, bottom): (f64, f64), colour: Colour) {
        for (from, to) in [
            ((left, top), (right, top)),
            ((right, top), (right, bottom)),
            ((right, bottom), (left, bottom)),
            ((left, bottom), (left, top)),
        ] {
            self.line(from, to, colour, 1);
        }
    }

    /// Diagonal lines over a rectangle, clipped to it: they are plain lines, so that every viewer draws them alike.
    pub(crate) fn hatch(&mut self, (left, top): (f64, f64), (right, bottom): (f64, f64), colour: Colour) {
        const GAP: f64 = 6.0;
        let height = bottom - top;
        let mut start = left - height + GAP / 2.0;
        while start < right {
            // The line goes from (start, bottom) up to (start + height, top).
            let (from, to) = (start.max(left), (start + height).min(right));
            if to - from > 0.5 {
                self.line((from, bottom - (from - start)), (to, bottom - (to - start)), colour, 1);
            }
            start += GAP;
        }
    }

    /// A small triangle at `tip`, pointing left or right.
    pub(crate) fn arrow(&mut self, tip: (f64, f64), is_right: bool, colour: Colour) {
        let back = tip.0 + if is_right { -8.0 } else { 8.0 };
        self.marks
            .push(Mark::Shape { points: vec![tip, (back, tip.1 - 6.0), (back, tip.1 + 6.0)], fill: colour });
    }

    pub(crate) fn text(&mut self, text: Text) {
        if !text.content.is_empty() {
            self.marks.push(Mark::Text(text));
        }
    }
}
