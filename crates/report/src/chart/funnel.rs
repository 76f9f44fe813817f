//! The collection: from questionnaires begun to valid answers.

use publication::Count;

use super::bars::widest;
use super::frame::{Frame, LABEL, SMALL, VALUE};
use super::{Chart, NARROW, WIDE, drawing};
use crate::context::{Context, file_name};
use crate::error::ReportError;
use crate::palette;

/// States that are steps of the way, in order; the others are ways out of it.
const STEPS: [&str; 2] = ["commence", "envoye"];

/// One step, and what was lost before it.
struct Step<'a> {
    label: &'a str,
    shown: Option<u32>,
    lost: Vec<&'a Count>,
}

/// Draws the collection; `None` when it has no first step to measure the others by.
pub(crate) fn funnel(context: &Context<'_>) -> Result<Option<Chart>, ReportError> {
    let counts = &context.publication.counts;
    let mut steps: Vec<Step<'_>> = Vec::new();
    let mut ways_out: Vec<&Count> = Vec::new();
    for state in &counts.states {
        if STEPS.contains(&state.code.as_str()) {
            steps.push(Step { label: &state.label, shown: state.shown, lost: std::mem::take(&mut ways_out) });
        } else {
            ways_out.push(state);
        }
    }
    ways_out.extend(&counts.excluded);
    let valid = Step { label: context.say("funnel.valid"), shown: Some(counts.valid), lost: ways_out };
    steps.push(valid);
    let Some(first) = steps.first().and_then(|step| step.shown).filter(|first| *first > 0) else {
        return Ok(None);
    };
    let name = context.say("funnel.title").to_owned();
    let title = context.fill(
        "funnel.finding",
        &[("started", &context.words.thousands(first)), ("valid", &context.words.thousands(counts.valid))],
    );
    let subtitle = vec![context.say("funnel.base").to_owned()];
    let mut description = vec![name.clone()];
    for step in &steps {
        description.extend(step.lost.iter().map(|count| said(context, &count.label, count.shown)));
        description.push(said(context, step.label, step.shown));
    }
    let description = description.join(". ");
    let draw = |width: f64| {
        let mut frame = Frame::open(context, width, Some(&name), &title, &subtitle);
        draw_steps(context, &mut frame, &steps, first);
        let dates = context.fill("chart.dates", &[("dates", &context.dates)]);
        frame.close(&[dates, context.source.clone()])
    };
    let file = file_name("collecte");
    let wide = drawing(context, &file, &draw(WIDE), &title, &description)?;
    let narrow = drawing(context, &file, &draw(NARROW), &title, &description)?;
    Ok(Some(Chart { name: file, title: name, description, wide, narrow, data: None, profile: None }))
}

fn shown(context: &Context<'_>, count: Option<u32>) -> String {
    count.map_or_else(|| context.say("figure.nd").to_owned(), |found| context.words.thousands(found))
}

fn said(context: &Context<'_>, label: &str, count: Option<u32>) -> String {
    context.fill("funnel.lost", &[("label", label), ("count", &shown(context, count))])
}

fn draw_steps(context: &Context<'_>, frame: &mut Frame, steps: &[Step<'_>], first: u32) {
    let labels: Vec<String> = steps.iter().map(|step| step.label.to_owned()).collect();
    let label_width = if frame.is_narrow { 0.0 } else { widest(LABEL, &labels, frame.inner_width() * 0.34) };
    let left = frame.left + if label_width > 0.0 { label_width + 12.0 } else { 0.0 };
    let number_width = steps.iter().map(|step| VALUE.width(&shown(context, step.shown))).fold(0.0, f64::max);
    let width = frame.right - left - number_width - 14.0;
    for step in steps {
        let lost: Vec<String> =
            step.lost.iter().map(|count| said(context, &count.label, count.shown)).collect();
        for line in SMALL.wrap(&lost.join(" · "), frame.right - left - 12.0) {
            if !line.is_empty() {
                frame.write(SMALL, (left + 12.0, frame.y + SMALL.size), line);
                frame.y += SMALL.leading();
            }
        }
        frame.y += 4.0;
        if label_width <= 0.0 {
            frame.paragraph(LABEL, step.label);
        }
        let lines = if label_width > 0.0 { LABEL.wrap(step.label, label_width) } else { Vec::new() };
        let height = (LABEL.leading() * lines.len() as f64 + 6.0).max(34.0);
        let middle = frame.y + height / 2.0;
        let edge = frame.left;
        frame.lines_at(LABEL, edge, middle, &lines);
        let part = step.shown.map_or(0.0, |count| f64::from(count) / f64::from(first)).min(1.0);
        let words = shown(context, step.shown);
        frame.scene.showing(&words, |scene| {
            scene.block((left, middle - 13.0), (left + width * part, middle + 13.0), palette::MAIN);
        });
        let face = if step.shown.is_some() { VALUE } else { SMALL };
        frame.write(face, (left + width * part + 8.0, face.centred(middle)), words);
        frame.y += height + 2.0;
    }
    frame.y += 6.0;
}
