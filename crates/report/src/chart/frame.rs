//! What surrounds every chart: the warning of a simulated edition, title, base and question, notes and source.

use super::scene::{Anchor, Scene, Text};
use crate::context::Context;
use crate::fonts::{self, Weight};
use crate::palette::{self, Colour};
use crate::words::Words;

/// Space around a chart.
const MARGIN: f64 = 16.0;

/// A scene being filled from top to bottom.
pub(crate) struct Frame {
    pub(crate) scene: Scene,
    /// Top of what comes next.
    pub(crate) y: f64,
    pub(crate) left: f64,
    pub(crate) right: f64,
    /// Whether it is drawn for a telephone.
    pub(crate) is_narrow: bool,
    /// How figures are written.
    pub(crate) words: &'static Words,
}

/// A face of text: size, weight, colour.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Face {
    pub(crate) size: f64,
    pub(crate) weight: Weight,
    pub(crate) colour: Colour,
}

const fn face(size: f64, weight: Weight, colour: Colour) -> Face {
    Face { size, weight, colour }
}

pub(crate) const TITLE: Face = face(18.0, Weight::Bold, palette::INK);
const NAME: Face = face(12.0, Weight::Bold, palette::MAIN);
pub(crate) const SUBTITLE: Face = face(13.0, Weight::Regular, palette::GREY);
pub(crate) const LABEL: Face = face(14.0, Weight::Regular, palette::INK);
pub(crate) const GROUP: Face = face(14.0, Weight::Bold, palette::INK);
pub(crate) const VALUE: Face = face(14.0, Weight::Bold, palette::INK);
pub(crate) const SMALL: Face = face(12.0, Weight::Regular, palette::GREY);
const WARNING: Face = face(13.0, Weight::Bold, palette::WARNING);

impl Face {
    /// Distance between baselines.
    pub(crate) fn leading(self) -> f64 {
        (self.size * 1.32).round()
    }

    pub(crate) fn width(self, text: &str) -> f64 {
        fonts::width(text, self.size, self.weight == Weight::Bold)
    }

    pub(crate) fn wrap(self, text: &str, limit: f64) -> Vec<String> {
        fonts::wrap(text, self.size, self.weight, limit)
    }

    /// Baseline of a line whose middle is at `y`.
    pub(crate) fn centred(self, y: f64) -> f64 {
        y + self.size * 0.36
    }
}

impl Frame {
    /// Starts a chart: its short name where the title is a finding, the title, what is asked of whom.
    pub(crate) fn open(
        context: &Context<'_>,
        width: f64,
        name: Option<&str>,
        title: &str,
        subtitle: &[String],
    ) -> Self {
        let is_narrow = width < 500.0;
        let margin = if is_narrow { 10.0 } else { MARGIN };
        let scene = Scene::new(width);
        let mut frame =
            Self { scene, y: margin, left: margin, right: width - margin, is_narrow, words: context.words };
        if context.publication.edition.is_simulated {
            frame.warn(context.say("simulated.chart"));
        }
        if let Some(name) = name {
            frame.paragraph(NAME, name);
            frame.y += 2.0;
        }
        frame.paragraph(TITLE, title);
        frame.y += 4.0;
        for line in subtitle {
            frame.paragraph(SUBTITLE, line);
        }
        frame.y += 12.0;
        frame
    }

    /// Ends it with its notes.
    pub(crate) fn close(mut self, notes: &[String]) -> Scene {
        self.y += 10.0;
        let y = self.y;
        self.scene.line((self.left, y), (self.right, y), palette::GRID, 1);
        self.y += 6.0;
        for note in notes {
            self.paragraph(SMALL, note);
        }
        self.scene.height = (self.y + 10.0).ceil();
        self.scene
    }

    /// The strip that says that the figures are not real.
    fn warn(&mut self, text: &str) {
        let lines = WARNING.wrap(text, self.inner_width() - 20.0);
        let bottom = self.y + 12.0 + WARNING.leading() * lines.len() as f64;
        self.scene.block((self.left, self.y), (self.right, bottom), palette::WARNING_PAPER);
        self.scene.frame((self.left, self.y), (self.right, bottom), palette::WARNING);
        self.y += 6.0;
        for line in lines {
            let at = (self.left + 10.0, self.y + WARNING.size);
            self.write(WARNING, at, line);
            self.y += WARNING.leading();
        }
        self.y = bottom + 10.0;
    }

    pub(crate) fn inner_width(&self) -> f64 {
        self.right - self.left
    }

    /// Writes a text over as many lines as it needs, from the left edge.
    pub(crate) fn paragraph(&mut self, face: Face, text: &str) {
        for line in face.wrap(text, self.inner_width()) {
            let at = (self.left, self.y + face.size);
            self.write(face, at, line);
            self.y += face.leading();
        }
    }

    /// Writes lines whose block is centred on `middle`.
    pub(crate) fn lines_at(&mut self, face: Face, left: f64, middle: f64, lines: &[String]) {
        let first = middle - face.leading() * (lines.len() as f64 - 1.0) / 2.0;
        for (index, line) in lines.iter().enumerate() {
            self.write(face, (left, face.centred(first + face.leading() * index as f64)), line.clone());
        }
    }

    /// Writes one line at its baseline.
    pub(crate) fn write(&mut self, face: Face, at: (f64, f64), content: String) {
        self.put(face, at, content, Anchor::Start);
    }

    /// Writes one line centred on its baseline.
    pub(crate) fn write_centred(&mut self, face: Face, at: (f64, f64), content: String) {
        self.put(face, at, content, Anchor::Middle);
    }

    /// Writes one line that ends at its baseline.
    pub(crate) fn write_before(&mut self, face: Face, at: (f64, f64), content: String) {
        self.put(face, at, content, Anchor::End);
    }

    /// Writes lines centred on `x`, from `top` down, and gives their bottom.
    pub(crate) fn lines_under(&mut self, face: Face, x: f64, top: f64, lines: &[String]) -> f64 {
        let mut y = top;
        for line in lines {
            self.write_centred(face, (x, y + face.size), line.clone());
            y += face.leading();
        }
        y
    }

    fn put(&mut self, face: Face, at: (f64, f64), content: String, anchor: Anchor) {
        self.scene.text(Text {
            content,
            at,
            anchor,
            size: face.size,
            weight: face.weight,
            colour: face.colour,
        });
    }

    /// Draws entries of a legend, each a sign and its words, on as many lines as they need.
    pub(crate) fn legend(&mut self, entries: &[String], mut sign: impl FnMut(&mut Scene, usize, (f64, f64))) {
        const SIGN: f64 = 22.0;
        const GAP: f64 = 18.0;
        let mut x = self.left;
        for (index, entry) in entries.iter().enumerate() {
            let lines = LABEL.wrap(entry, self.inner_width() - SIGN);
            let width = lines.iter().map(|line| LABEL.width(line)).fold(0.0, f64::max);
            if x > self.left && x + SIGN + width > self.right {
                x = self.left;
                self.y += LABEL.leading() + 3.0;
            }
            sign(&mut self.scene, index, (x + 7.0, self.y + 9.0));
            let last = lines.len() - 1;
            for (number, line) in lines.into_iter().enumerate() {
                self.write(LABEL, (x + SIGN, LABEL.centred(self.y + 9.0)), line);
                if number < last {
                    self.y += LABEL.leading();
                }
            }
            if last > 0 {
                x = self.left;
                self.y += LABEL.leading() + 3.0;
            } else {
                x += SIGN + width + GAP;
            }
        }
        if x > self.left {
            self.y += LABEL.leading() + 3.0;
        }
        self.y += 8.0;
    }
}
