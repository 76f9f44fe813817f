//! Whether charts are drawn from what they display (procedure f): the coordinates of marks must be an affine image of
//! their displayed values, or a ruler reads more than the page says.

use std::collections::BTreeMap;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::claim::{Claim, Group, Kind, Severity};
use crate::error::AuditError;

/// A coordinate may be off by this many points, for the digits with which it is written.
const RESIDUAL: f64 = 0.02;

/// A mark of a chart: its displayed value and its numbers.
#[derive(Debug)]
pub(crate) struct Mark {
    pub(crate) element: String,
    pub(crate) text: String,
    numbers: BTreeMap<String, f64>,
}

/// The marks of an SVG picture that say what they display.
pub(crate) fn marks(name: &str, svg: &str) -> Result<Vec<Mark>, AuditError> {
    let mut reader = Reader::from_str(svg);
    let mut found = Vec::new();
    loop {
        match reader.read_event().map_err(|error| AuditError::malformed(name, error.to_string()))? {
            Event::Start(tag) | Event::Empty(tag) => {
                let element = tag.name().as_ref().to_owned();
                let (mut text, mut numbers) = (None, BTreeMap::new());
                for attribute in tag.attributes() {
                    let attribute =
                        attribute.map_err(|error| AuditError::malformed(name, error.to_string()))?;
                    let key = attribute.key.as_ref().to_owned();
                    let value = attribute
                        .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                        .map_err(|error| AuditError::malformed(name, error.to_string()))?;
                    if key == "data-v" {
                        text = Some(value.into_owned());
                    } else if matches!(key.as_str(), "points" | "d") {
                        let parts = value.split(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-')));
                        for (position, number) in parts.filter_map(|part| part.parse().ok()).enumerate() {
                            numbers.insert(format!("{key}{position:03}"), number);
                        }
                    } else if let Ok(number) = value.parse::<f64>() {
                        numbers.insert(key, number);
                    }
                }
                for (start, length) in [("x", "width"), ("y", "height")] {
                    if let (Some(from), Some(size)) = (numbers.get(start), numbers.get(length)) {
                        let end = from + size;
                        numbers.insert(format!("{start}+{length}"), end);
                    }
                }
                if let Some(text) = text {
                    found.push(Mark { element, text, numbers });
                }
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

/// Attacks one chart.
///
/// # Errors
/// When it is not well-formed XML.
pub fn attack_chart(name: &str, svg: &str) -> Result<Vec<Claim>, AuditError> {
    let mut by_element: BTreeMap<String, Vec<(f64, Mark)>> = BTreeMap::new();
    for mark in marks(name, svg)? {
        if let Some(value) = position(&mark.text) {
            by_element.entry(mark.element.clone()).or_default().push((value, mark));
        }
    }
    Ok(by_element.iter().filter_map(|(element, marks)| claim(name, element, marks)).collect())
}

fn claim(name: &str, element: &str, marks: &[(f64, Mark)]) -> Option<Claim> {
    let first = marks.first()?.0;
    if marks.iter().all(|(value, _)| (value - first).abs() < 1e-9) {
        // One value, one coordinate: something must be the same for all.
        let keys = marks[0].1.numbers.iter();
        let is_same = keys.clone().any(|(key, number)| {
            marks
                .iter()
                .all(|(_, mark)| mark.numbers.get(key).is_some_and(|found| (found - number).abs() < RESIDUAL))
        });
        return (!is_same && !marks[0].1.numbers.is_empty())
            .then(|| chart_claim(name, element, "marks of one displayed value stand at different places"));
    }
    let mut least = f64::INFINITY;
    for key in marks[0].1.numbers.keys() {
        let points: Option<Vec<(f64, f64)>> =
            marks.iter().map(|(value, mark)| Some((*value, *mark.numbers.get(key)?))).collect();
        if let Some(points) = points {
            least = least.min(residual(&points).unwrap_or(f64::INFINITY));
        }
    }
    (least > RESIDUAL && least.is_finite()).then(|| {
        chart_claim(
            name,
            element,
            &format!("no coordinate is an affine image of the displayed values: off by {least:.3}"),
        )
    })
}

fn chart_claim(name: &str, element: &str, detail: &str) -> Claim {
    Claim {
        kind: Kind::Chart,
        severity: Severity::Serious,
        group: Group::default(),
        base: String::new(),
        question: Some(format!("{name} <{element}>")),
        category: None,
        interval: None,
        n: None,
        binding: Vec::new(),
        detail: detail.to_owned(),
    }
}

/// Greatest distance from the line of least squares; none for a coordinate that does not move with the value.
fn residual(points: &[(f64, f64)]) -> Option<f64> {
    let number = crate::count(points.len());
    let mean = |part: fn(&(f64, f64)) -> f64| points.iter().map(part).sum::<f64>() / number;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let spread: f64 = points.iter().map(|(value, _)| (value - x).powi(2)).sum();
    let slope = points.iter().map(|(value, at)| (value - x) * (at - y)).sum::<f64>() / spread;
    (slope.abs() > 1e-6)
        .then(|| points.iter().map(|(value, at)| (at - y - slope * (value - x)).abs()).fold(0.0, f64::max))
}

/// Where a displayed value stands: the value, the limit, the middle of a band; none for `nd`.
pub(crate) fn position(text: &str) -> Option<f64> {
    let numbers = numbers(text);
    match numbers.as_slice() {
        [(_, value)] => Some(*value),
        [(_, low), (_, high)] => Some(f64::midpoint(*low, *high)),
        _ => None,
    }
}

/// The numbers of a text and where they stand, French or plain: `1 250,5`, `-3`, `25–50 %`.
#[must_use]
pub fn numbers(text: &str) -> Vec<(Range<usize>, f64)> {
    let mut found = Vec::new();
    let (mut current, mut start) = (String::new(), 0);
    let characters: Vec<(usize, char)> = text.char_indices().chain([(text.len(), '\n')]).collect();
    let is_digit = |index: usize| characters.get(index).is_some_and(|(_, found)| found.is_ascii_digit());
    for (index, (place, character)) in characters.iter().enumerate() {
        match character {
            '0'..='9' => {
                if current.is_empty() {
                    start = *place;
                }
                current.push(*character);
            }
            ',' | '.' if !current.is_empty() && is_digit(index + 1) && !current.contains('.') => {
                current.push('.');
            }
            // Thousands apart, by a space that does not break.
            '\u{202f}' | '\u{a0}'
                if !current.is_empty()
                    && (1..4).all(|next| is_digit(index + next))
                    && !is_digit(index + 4) => {}
            '-' | '−'
                if current.is_empty()
                    && is_digit(index + 1)
                    && !(index > 0 && characters[index - 1].1.is_alphanumeric()) =>
            {
                start = *place;
                current.push('-');
            }
            _ => {
                found.extend(current.parse().map(|number| (start..*place, number)));
                current.clear();
            }
        }
    }
    found
}
