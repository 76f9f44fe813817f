//! Classes of figures and their shades, for tables of colours and maps.

use publication::{Displayed, Unit};

use super::bars::round_step;
use super::data::Item;
use super::frame::{Face, Frame, SMALL, VALUE};
use super::regions;
use super::scene::Scene;
use super::shown::{Shown, shown};
use crate::context::Context;
use crate::palette::{self, Colour};

/// Most classes that an eye tells apart.
const MOST: f64 = 5.0;

/// Classes of one width, from light to dark.
pub(super) struct Classes {
    from: f64,
    step: f64,
    colours: Vec<Colour>,
}

impl Classes {
    /// The classes that hold what is displayed, five at most, as wide as a round number.
    pub(super) fn new<'a>(items: impl Iterator<Item = &'a Item> + Clone) -> Self {
        // A band is in no class: its middle is a place on paper, not a figure.
        let is_figure = |value: &Displayed| !matches!(shown(*value), Shown::Band(..));
        let positions =
            items.clone().filter_map(|item| item.value).filter(is_figure).map(Displayed::position);
        let (least, most) = positions
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        if least > most {
            return Self { from: 0.0, step: 1.0, colours: Vec::new() };
        }
        let range = items.map(|item| item.range.1 - item.range.0).fold(0.0, f64::max);
        // Figures are rounded: classes finer than a twentieth of the scale would show rounding.
        let mut step = round_step(((most - least) / MOST).max(range / 20.0));
        let classes = |step: f64| ((most / step).floor() - (least / step).floor()) + 1.0;
        while classes(step) > MOST {
            step = round_step(step * 1.5);
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 to 5")]
        let count = classes(step) as usize;
        let mut colours = palette::parts(5);
        colours.reverse();
        // The shades of few classes are those in the middle: neither looks extreme.
        let colours = match count {
            1 => vec![colours[1]],
            2 => vec![colours[1], colours[3]],
            3 => colours[1..4].to_vec(),
            4 => colours[1..].to_vec(),
            _ => colours,
        };
        Self { from: (least / step).floor() * step, step, colours }
    }

    fn colour(&self, value: Displayed) -> Colour {
        if matches!(shown(value), Shown::Band(..)) {
            return palette::REST;
        }
        let value = value.position();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small index")]
        let index = ((value - self.from) / self.step + 1e-9).floor().max(0.0) as usize;
        self.colours.get(index).or_else(|| self.colours.last()).copied().unwrap_or(palette::REST)
    }

    /// What each shade stands for.
    pub(super) fn legend(&self, context: &Context<'_>, frame: &mut Frame, unit: Unit) {
        let entries: Vec<String> = (0..self.colours.len())
            .map(|index| {
                let from = self.from + self.step * index as f64;
                let to = context.words.with_unit(&context.words.plain(from + self.step), unit);
                context.fill("chart.shade", &[("from", &context.words.plain(from)), ("to", &to)])
            })
            .collect();
        let colours = self.colours.clone();
        frame.legend(&entries, |scene, index, (x, y)| {
            scene.block((x - 7.0, y - 7.0), (x + 7.0, y + 7.0), colours[index]);
            scene.frame((x - 7.0, y - 7.0), (x + 7.0, y + 7.0), palette::GREY);
        });
    }

    /// Fills a cell with the shade of its figure, and gives the face of what is written on it. What is fragile or only
    /// known as a range is hatched; what is withheld is left white.
    pub(super) fn fill(&self, scene: &mut Scene, item: &Item, from: (f64, f64), to: (f64, f64)) -> Face {
        let Some(value) = item.value else {
            scene.block(from, to, palette::PAPER);
            scene.frame(from, to, palette::GRID);
            return SMALL;
        };
        let colour = self.colour(value);
        let text = palette::text_on(colour);
        let is_hatched = item.figure.is_fragile || !matches!(shown(value), Shown::Point(_));
        scene.shading(&item.figure.mark, |scene| {
            scene.block(from, to, colour);
            if is_hatched {
                scene.hatch(from, to, text);
            }
            scene.frame(from, to, if is_hatched { palette::GREY } else { colour });
        });
        Face { colour: text, ..VALUE }
    }

    /// The same for a shape of several parts.
    pub(super) fn fill_shape(&self, scene: &mut Scene, item: &Item, parts: &[Vec<(f64, f64)>]) -> Face {
        let colour = item.value.map_or(palette::PAPER, |value| self.colour(value));
        let text = palette::text_on(colour);
        let is_hatched = item
            .value
            .is_some_and(|value| item.figure.is_fragile || !matches!(shown(value), Shown::Point(_)));
        let draw = |scene: &mut Scene| {
            for part in parts {
                scene.polygon(part.clone(), colour);
            }
        };
        if item.value.is_some() {
            scene.shading(&item.figure.mark, draw);
        } else {
            draw(scene);
        }
        let edge = if item.value.is_some() && !is_hatched { palette::PAPER } else { palette::GREY };
        for part in parts {
            if is_hatched {
                for (from, to) in regions::hatches(part, 8.0) {
                    scene.line(from, to, text, 1);
                }
            }
            scene.outline(part, edge);
        }
        if item.value.is_some() { Face { colour: text, ..VALUE } } else { SMALL }
    }

    /// The shade behind words that are written over hatches.
    pub(super) fn clear(&self, scene: &mut Scene, item: &Item, from: (f64, f64), to: (f64, f64)) {
        let Some(value) = item.value else { return };
        if item.figure.is_fragile || !matches!(shown(value), Shown::Point(_)) {
            scene.block(from, to, self.colour(value));
        }
    }
}
