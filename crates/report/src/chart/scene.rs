//! What is on a chart, before it is drawn: rectangles, lines, dots and texts, at measured places.

use crate::fonts::{self, Weight};
use crate::language;
use crate::palette::Colour;

/// Marks in pixels, drawn in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Scene {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) marks: Vec<Mark>,
    /// The displayed value that marks carry from now on.
    carried: Option<Value>,
}

/// A shape, and the displayed value that it shows, if it shows one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mark {
    pub(crate) shape: Shape,
    pub(crate) value: Option<Value>,
}

/// A displayed value, and how a mark shows it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// By where it stands or how long it is: some coordinate is an affine image of the value. The first point of a
    /// polygon stands where its value is.
    Place(String),
    /// By its colour: where it stands says nothing.
    Shade(String),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    /// A filled rectangle.
    Block { left: f64, top: f64, right: f64, bottom: f64, fill: Colour },
    /// A line.
    Line { from: (f64, f64), to: (f64, f64), colour: Colour, thickness: u32 },
    /// A line through several points.
    Path { points: Vec<(f64, f64)>, colour: Colour, thickness: u32 },
    /// A filled polygon.
    Polygon { points: Vec<(f64, f64)>, fill: Colour },
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

/// Bytes being written, each thing with its length where that is not known.
struct Bytes(Vec<u8>);

impl Bytes {
    fn tag(&mut self, tag: u8) -> &mut Self {
        self.0.push(tag);
        self
    }

    fn colour(&mut self, (red, green, blue): Colour) -> &mut Self {
        self.0.extend([red, green, blue]);
        self
    }

    fn numbers<const N: usize>(&mut self, numbers: [f64; N]) {
        for number in numbers {
            self.0.extend(number.to_bits().to_le_bytes());
        }
    }

    fn text(&mut self, text: &str) {
        self.numbers([text.len() as f64]);
        self.0.extend(text.as_bytes());
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

impl Text {
    pub(crate) fn width(&self) -> f64 {
        fonts::width(&self.content, self.size, self.weight == Weight::Bold)
    }
}

impl Scene {
    /// Everything that is on it, as bytes: equal scenes and no others have equal bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Bytes(Vec::with_capacity(self.marks.len() * 64));
        bytes.numbers([self.width, self.height]);
        for mark in &self.marks {
            match &mark.value {
                None => {
                    bytes.tag(0);
                }
                Some(Value::Place(value)) => bytes.tag(1).text(value),
                Some(Value::Shade(value)) => bytes.tag(2).text(value),
            }
            match &mark.shape {
                Shape::Block { left, top, right, bottom, fill } => {
                    bytes.tag(3).colour(*fill).numbers([*left, *top, *right, *bottom]);
                }
                Shape::Line { from, to, colour, thickness } => {
                    bytes.tag(4).colour(*colour).numbers([from.0, from.1, to.0, to.1, f64::from(*thickness)]);
                }
                Shape::Polygon { points, fill } => {
                    bytes.tag(5).colour(*fill).numbers([points.len() as f64]);
                    for point in points {
                        bytes.numbers([point.0, point.1]);
                    }
                }
                Shape::Path { points, colour, thickness } => {
                    bytes.tag(11).colour(*colour).numbers([points.len() as f64, f64::from(*thickness)]);
                    for point in points {
                        bytes.numbers([point.0, point.1]);
                    }
                }
                Shape::Disc { centre, radius, colour, is_hollow } => {
                    bytes.tag(6 + u8::from(*is_hollow)).colour(*colour);
                    bytes.numbers([centre.0, centre.1, *radius]);
                }
                Shape::Text(text) => {
                    let anchor = match text.anchor {
                        Anchor::Start => 8,
                        Anchor::Middle => 9,
                        Anchor::End => 10,
                    };
                    bytes.tag(anchor).tag(u8::from(text.weight == Weight::Bold)).colour(text.colour);
                    bytes.numbers([text.at.0, text.at.1, text.size]);
                    bytes.text(&text.content);
                }
            }
        }
        bytes.0
    }

    /// An empty scene.
    pub(crate) fn new(width: f64) -> Self {
        Self { width, ..Self::default() }
    }

    /// Draws marks that show a displayed value by their place or their length. Hatches and frames are drawn apart: they
    /// show nothing more.
    pub(crate) fn showing(&mut self, value: &str, draw: impl FnOnce(&mut Self)) {
        // « 47/100 » is 47 on its scale.
        self.carrying(Some(Value::Place(value.trim_end_matches("/100").to_owned())), draw);
    }

    /// Draws marks that show a displayed value by their colour.
    pub(crate) fn shading(&mut self, value: &str, draw: impl FnOnce(&mut Self)) {
        self.carrying(Some(Value::Shade(value.to_owned())), draw);
    }

    fn carrying(&mut self, value: Option<Value>, draw: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.carried, value);
        draw(self);
        self.carried = before;
    }

    fn push(&mut self, shape: Shape) {
        self.marks.push(Mark { shape, value: self.carried.clone() });
    }

    pub(crate) fn block(&mut self, (left, top): (f64, f64), (right, bottom): (f64, f64), fill: Colour) {
        self.push(Shape::Block { left, top, right, bottom, fill });
    }

    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour, thickness: u32) {
        self.push(Shape::Line { from, to, colour, thickness });
    }

    /// A line of dashes.
    pub(crate) fn dashes(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour, thickness: u32) {
        const DASH: f64 = 5.0;
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy);
        let at = |along: f64| (from.0 + dx * along / length, from.1 + dy * along / length);
        let mut along = 0.0;
        while along < length {
            self.line(at(along), at((along + DASH).min(length)), colour, thickness);
            along += 2.0 * DASH;
        }
    }

    /// A rectangle known by its middle: a band. Its first point is there.
    pub(crate) fn band(&mut self, (left, top): (f64, f64), (right, bottom): (f64, f64), fill: Colour) {
        let middle = f64::midpoint(left, right);
        let points = vec![(middle, top), (right, top), (right, bottom), (left, bottom), (left, top)];
        self.polygon(points, fill);
    }

    /// The line around a shape: it shows nothing more than the shape does.
    pub(crate) fn outline(&mut self, points: &[(f64, f64)], colour: Colour) {
        let points = points.iter().chain(points.first()).copied().collect();
        self.carrying(None, |scene| scene.push(Shape::Path { points, colour, thickness: 1 }));
    }

    pub(crate) fn polygon(&mut self, points: Vec<(f64, f64)>, fill: Colour) {
        self.push(Shape::Polygon { points, fill });
    }

    pub(crate) fn disc(&mut self, centre: (f64, f64), radius: f64, colour: Colour, is_hollow: bool) {
        self.push(Shape::Disc { centre, radius, colour, is_hollow });
    }

    pub(crate) fn frame(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour) {
        self.carrying(None, |scene| scene.border(from, to, colour));
    }

    fn border(&mut self, (left, top): (f64, f64), (right, bottom): (f64, f64), colour: Colour) {
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
    pub(crate) fn hatch(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour) {
        self.carrying(None, |scene| scene.diagonals(from, to, colour));
    }

    fn diagonals(&mut self, (left, top): (f64, f64), (right, bottom): (f64, f64), colour: Colour) {
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

    /// A small triangle at `tip`, pointing left or right: its tip stands where its value is, unless it only points on from
    /// a bar that shows the value ([`Scene::pointer`]).
    pub(crate) fn arrow(&mut self, tip: (f64, f64), is_right: bool, colour: Colour) {
        let back = tip.0 + if is_right { -8.0 } else { 8.0 };
        self.polygon(vec![tip, (back, tip.1 - 6.0), (back, tip.1 + 6.0)], colour);
    }

    /// A triangle that shows no value itself.
    pub(crate) fn pointer(&mut self, tip: (f64, f64), is_right: bool, colour: Colour) {
        self.carrying(None, |scene| scene.arrow(tip, is_right, colour));
    }

    pub(crate) fn text(&mut self, mut text: Text) {
        text.content = language::plain(&text.content);
        if !text.content.is_empty() {
            self.push(Shape::Text(text));
        }
    }
}
