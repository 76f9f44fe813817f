//! The picture of an indicator for those who share a link: what was found, in a sentence, with its figure, whose it is and
//! where it comes from, 1200 by 630 pixels.

use publication::{Domain, Indicator};

use super::bars::{Scale, bar};
use super::data::Item;
use super::draw;
use super::frame::Face;
use super::scene::{Anchor, Scene, Text};
use crate::context::Context;
use crate::error::ReportError;
use crate::fonts::Weight;
use crate::palette::{self, Colour};
use crate::sentence::Speaker;
use crate::workshop::Kind;

const WIDTH: f64 = 1200.0;
const HEIGHT: f64 = 630.0;
const MARGIN: f64 = 64.0;

const fn face(size: f64, weight: Weight, colour: Colour) -> Face {
    Face { size, weight, colour }
}

const NAME: Face = face(28.0, Weight::Bold, palette::MAIN);
const FIGURE: Face = face(104.0, Weight::Bold, palette::MAIN);
const SMALL: Face = face(24.0, Weight::Regular, palette::GREY);
const END: Face = face(20.0, Weight::Regular, palette::GREY);
const WARNING: Face = face(26.0, Weight::Bold, palette::WARNING);

/// Sizes of the sentence, the greatest that has room first.
const SIZES: [f64; 4] = [46.0, 40.0, 34.0, 28.0];

/// Draws the picture as PNG.
pub(crate) fn share(context: &Context<'_>, indicator: &Indicator) -> Result<Vec<u8>, ReportError> {
    let failed = |message| ReportError::Chart { chart: indicator.code.clone(), message };
    let scene = scene(context, indicator);
    let svg = draw::svg(&scene, context.words.language, &indicator.label, "").map_err(failed)?;
    context.workshop.keep(Kind::Picture, &[svg.as_bytes()], || draw::png(&svg, 1).map_err(failed))
}

/// What is on the picture.
pub(super) fn scene(context: &Context<'_>, indicator: &Indicator) -> Scene {
    let (cell, figure) = context.figure(&Domain::All, &indicator.code);
    let published = cell.published();
    let mut scene = Scene::new(WIDTH);
    scene.height = HEIGHT;
    scene.block((0.0, 0.0), (WIDTH, 14.0), palette::MAIN);
    let mut y = 14.0;
    if context.publication.edition.is_simulated {
        scene.block((0.0, y), (WIDTH, y + 52.0), palette::WARNING_PAPER);
        write(&mut scene, WARNING, (MARGIN, y + 36.0), context.say("simulated.chart"), Anchor::Start);
        y += 52.0;
    }
    y += 34.0;
    write(&mut scene, NAME, (MARGIN, y + NAME.size), &context.publication.edition.title, Anchor::Start);
    y += 62.0;

    // From the bottom: the source, then whose figure it is, then the scale, then the figure.
    let bottom = HEIGHT - 34.0;
    let width = WIDTH - 2.0 * MARGIN;
    let source = SMALL.wrap(&context.source, width);
    let mut base = vec![context.base(indicator)];
    if figure.is_shown {
        base.push(context.n(&figure));
        base.push(context.precision(&figure));
    }
    if figure.is_fragile {
        base.push(context.say("figure.fragile").to_owned());
    }
    let mut lines = SMALL.wrap(&base.join("\u{a0}· "), width);
    lines.truncate(2);
    lines.extend(source.into_iter().take(1));
    let first = bottom - SMALL.leading() * (lines.len() as f64 - 1.0);
    for (index, line) in lines.iter().enumerate() {
        write(&mut scene, SMALL, (MARGIN, first + SMALL.leading() * index as f64), line, Anchor::Start);
    }
    let scale_at = first - 92.0;
    if let Some(published) = published {
        let item = Item {
            label: String::new(),
            n: String::new(),
            value: Some(published.value()),
            interval: Some(published.interval()),
            figure: figure.clone(),
            range: indicator.unit.range(),
            unit: indicator.unit,
        };
        let scale = Scale { left: MARGIN, right: WIDTH - MARGIN, range: item.range };
        scene.block((scale.left, scale_at - 17.0), (scale.right, scale_at + 17.0), palette::REST);
        bar(&mut scene, &item, scale, scale_at, 17.0, palette::MAIN);
        let interval = published.interval();
        let (low, high) = (scale.x(interval.low), scale.x(interval.high));
        scene.line((low, scale_at + 24.0), (high, scale_at + 24.0), palette::SECOND, 5);
        for (value, anchor) in [(item.range.0, Anchor::Start), (item.range.1, Anchor::End)] {
            let text = context.words.with_unit(&context.words.plain(value), indicator.unit);
            let x = if anchor == Anchor::Start { scale.left } else { scale.right };
            write(&mut scene, END, (x, scale_at + 50.0), &text, anchor);
        }
    }
    let size = if FIGURE.width(&figure.value) > width { 64.0 } else { FIGURE.size };
    let figure_at = scale_at - 48.0;
    write(&mut scene, Face { size, ..FIGURE }, (MARGIN, figure_at), &figure.value, Anchor::Start);

    let speaker = Speaker::new(context);
    let finding = speaker.and_then(|speaker| speaker.finding(&indicator.code, &Domain::All));
    let finding = finding.unwrap_or_else(|| indicator.label.clone());
    let room = figure_at - size - y;
    let (sentence, lines) = fitted(&finding, width, room);
    for line in &lines {
        y += sentence.leading();
        write(&mut scene, sentence, (MARGIN, y), line, Anchor::Start);
    }
    scene
}

/// The greatest size at which a sentence has room; of one that never has, as many lines as there is room for.
fn fitted(text: &str, width: f64, room: f64) -> (Face, Vec<String>) {
    let mut last = None;
    for size in SIZES {
        let face = face(size, Weight::Bold, palette::INK);
        let lines = face.wrap(text, width);
        if face.leading() * lines.len() as f64 <= room {
            return (face, lines);
        }
        last = Some((face, lines));
    }
    let (face, mut lines) = last.unwrap_or_else(|| (NAME, Vec::new()));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few lines")]
    let most = (room / face.leading()).floor().max(1.0) as usize;
    if lines.len() > most {
        lines.truncate(most);
        if let Some(line) = lines.last_mut() {
            line.push('…');
        }
    }
    (face, lines)
}

fn write(scene: &mut Scene, face: Face, at: (f64, f64), content: &str, anchor: Anchor) {
    scene.text(Text {
        content: content.to_owned(),
        at,
        anchor,
        size: face.size,
        weight: face.weight,
        colour: face.colour,
    });
}
