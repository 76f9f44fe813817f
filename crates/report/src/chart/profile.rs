//! Who answered: shares of the respondents before and after weighting.

use publication::{Displayed, Profile, Unit};

use super::bars::{Scale, axis, bar, widest};
use super::data::Item;
use super::frame::{Frame, LABEL, SMALL, VALUE};
use super::{Chart, NARROW, WIDE, drawing};
use crate::context::{Context, file_name};
use crate::error::ReportError;
use crate::number::{self, Figure};
use crate::palette;
use crate::words::Words;

/// The figures of a profile, in words.
#[derive(Debug, Clone)]
pub(crate) struct ProfileTable {
    /// Category, share of respondents, share after weighting.
    pub(crate) rows: Vec<[String; 3]>,
}

/// How the name of a profile's chart begins.
pub(crate) const PROFILE: &str = "profil-";

/// Draws a profile.
pub(crate) fn profile(context: &Context<'_>, profile: &Profile) -> Result<Option<Chart>, ReportError> {
    let Some(breakdown) =
        context.publication.breakdown(&profile.breakdown).filter(|_| !profile.rows.is_empty())
    else {
        return Ok(None);
    };
    let label = |code: &str| {
        let known = breakdown.categories.iter().find(|known| known.code == code);
        known.map_or_else(|| code.to_owned(), |known| known.label.clone())
    };
    let title = context.fill("profile.title", &[("label", &breakdown.label)]);
    let rows: Vec<[String; 3]> = profile
        .rows
        .iter()
        .map(|row| {
            [
                label(&row.category),
                number::displayed_or_nd(context.words, row.sample, Unit::Percent),
                number::displayed_or_nd(context.words, row.weighted, Unit::Percent),
            ]
        })
        .collect();
    // Dozens of withheld rows (overseas, small networks) would shrink the others to nothing: they are counted below
    // the chart, and listed in its table.
    let is_shown =
        |index: &usize| profile.rows[*index].sample.is_some() || profile.rows[*index].weighted.is_some();
    let shown: Vec<usize> = (0..rows.len()).filter(is_shown).collect();
    let withheld = rows.len() - shown.len();
    let drawn = Profile {
        breakdown: profile.breakdown.clone(),
        rows: shown.iter().map(|index| profile.rows[*index].clone()).collect(),
    };
    let drawn_rows: Vec<[String; 3]> = shown.iter().map(|index| rows[*index].clone()).collect();
    // Where nothing is displayed after weighting, one series says as much as two, and reads better.
    let is_weighted = drawn.rows.iter().any(|row| row.weighted.is_some());
    let say_row = if is_weighted { "profile.row" } else { "profile.row_sample" };
    let finding = finding(context, profile, &rows, is_weighted).filter(|_| !breakdown.is_overlapping);
    let mut description = title.clone();
    for [category, sample, weighted] in &drawn_rows {
        let sentence =
            context.fill(say_row, &[("category", category), ("sample", sample), ("weighted", weighted)]);
        description.push_str(". ");
        description.push_str(&sentence);
    }
    let draw = |width: f64| {
        let base = if is_weighted { "profile.base" } else { "profile.base_sample" };
        let subtitle =
            context.fill(base, &[("n", &context.words.thousands(context.publication.counts.valid))]);
        let mut subtitle = vec![subtitle];
        if breakdown.is_overlapping {
            subtitle.push(context.say("breakdown.overlapping").to_owned());
        }
        let name = finding.is_some().then_some(title.as_str());
        let mut frame = Frame::open(context, width, name, finding.as_deref().unwrap_or(&title), &subtitle);
        draw_rows(context, &mut frame, &drawn, &drawn_rows, is_weighted);
        let dates = context.fill("chart.dates", &[("dates", &context.dates)]);
        let mut notes = vec![dates, context.source.clone()];
        if !is_weighted {
            notes.insert(0, context.say("profile.not_weighted").to_owned());
        }
        if withheld > 0 {
            notes.insert(0, context.fill("profile.withheld", &[("count", &withheld.to_string())]));
        }
        frame.close(&notes)
    };
    let name = file_name(&format!("{PROFILE}{}", profile.breakdown));
    let shown_title = finding.as_deref().unwrap_or(&title);
    let wide = drawing(context, &name, &draw(WIDE), shown_title, &description)?;
    let narrow = drawing(context, &name, &draw(NARROW), shown_title, &description)?;
    Ok(Some(Chart {
        name,
        title,
        description,
        wide,
        narrow,
        data: None,
        profile: Some(ProfileTable { rows }),
    }))
}

/// The greatest category after weighting and its share before; before, where nothing is displayed after.
fn finding(
    context: &Context<'_>,
    profile: &Profile,
    rows: &[[String; 3]],
    is_weighted: bool,
) -> Option<String> {
    let mut greatest: Option<(f64, &[String; 3])> = None;
    for (row, words) in profile.rows.iter().zip(rows) {
        let Some(sample) = row.sample else { continue };
        let Some(share) = (if is_weighted { row.weighted } else { Some(sample) }) else { continue };
        let position = share.position();
        if greatest.is_none_or(|(most, _)| position > most) {
            greatest = Some((position, words));
        }
    }
    let (_, [category, sample, weighted]) = greatest?;
    let key = if is_weighted { "profile.row" } else { "profile.row_sample" };
    Some(context.fill(key, &[("category", category), ("sample", sample), ("weighted", weighted)]))
}

fn draw_rows(
    context: &Context<'_>,
    frame: &mut Frame,
    profile: &Profile,
    rows: &[[String; 3]],
    is_weighted: bool,
) {
    let colours = [palette::NEUTRAL, palette::MAIN];
    let series = if is_weighted { 2 } else { 1 };
    if is_weighted {
        let entries = [context.say("profile.sample").to_owned(), context.say("profile.weighted").to_owned()];
        frame.legend(&entries, |scene, index, (x, y)| {
            scene.block((x - 7.0, y - 6.0), (x + 7.0, y + 6.0), colours[index]);
        });
    }
    let labels: Vec<String> = rows.iter().map(|row| row[0].clone()).collect();
    let label_width = if frame.is_narrow { 0.0 } else { widest(LABEL, &labels, frame.inner_width() * 0.4) };
    let value_width =
        rows.iter().flat_map(|row| &row[1..=series]).map(|value| SMALL.width(value)).fold(0.0, f64::max);
    let left = frame.left + if label_width > 0.0 { label_width + 12.0 } else { 0.0 };
    let scale = Scale { left, right: frame.right - value_width - 18.0, range: (0.0, 100.0) };
    let top = frame.y;
    let grid_at = frame.scene.marks.len();
    let row_height = if is_weighted { 38.0 } else { 24.0 };
    for (row, words) in profile.rows.iter().zip(rows) {
        let lines = if label_width > 0.0 { LABEL.wrap(&words[0], label_width) } else { Vec::new() };
        if label_width <= 0.0 {
            frame.paragraph(LABEL, &words[0]);
        }
        let height = f64::max(row_height, LABEL.leading() * lines.len() as f64 + 8.0);
        let middle = (frame.y + height / 2.0).round();
        let edge = frame.left;
        frame.lines_at(LABEL, edge, middle, &lines);
        let shares = [row.sample, row.weighted].into_iter().zip(&words[1..]).take(series);
        for (index, (share, text)) in shares.enumerate() {
            let y = middle + if series == 1 { 0.0 } else { [-8.0, 8.0][index] };
            let end = bar(&mut frame.scene, &item(share, text), scale, y, 6.0, colours[index]);
            let is_last = index + 1 == series;
            let face = if is_last { super::frame::Face { size: SMALL.size, ..VALUE } } else { SMALL };
            frame.write(face, (end + 8.0, face.centred(y)), text.clone());
        }
        frame.y += height;
    }
    axis(frame, scale, Unit::Percent, top, grid_at);
}

fn item(value: Option<Displayed>, text: &str) -> Item {
    Item {
        label: String::new(),
        n: String::new(),
        value,
        interval: None,
        figure: Figure {
            value: text.to_owned(),
            mark: number::displayed_or_nd(Words::french(), value, Unit::Percent),
            compact: text.to_owned(),
            n: String::new(),
            interval: String::new(),
            precision: "",
            is_fragile: false,
            is_shown: value.is_some(),
        },
        range: Unit::Percent.range(),
        unit: Unit::Percent,
    }
}
