//! The embedded typeface: one family for pages, charts and PDF, so that a text is as wide everywhere as it was
//! measured to be. No font of the machine is ever read.

use std::sync::LazyLock;

use typst::foundations::Bytes;
use typst::layout::Abs;
use typst::text::{Font, FontInstance, FontVariant, FontVariations};

use crate::language;

/// Name of the family.
pub(crate) const FAMILY: &str = "Inter";

/// Regular, as read by charts, PNG and PDF.
pub(crate) const REGULAR: &[u8] = include_bytes!("../../../reports/templates/fonts/Inter-Regular.otf");

/// Bold, as read by charts, PNG and PDF.
pub(crate) const BOLD: &[u8] = include_bytes!("../../../reports/templates/fonts/Inter-Bold.otf");

/// Files served beside the pages, with their licence.
pub(crate) const WEB: [(&str, &[u8]); 3] = [
    ("fonts/Inter-Regular.woff2", include_bytes!("../../../reports/templates/fonts/Inter-Regular.woff2")),
    ("fonts/Inter-Bold.woff2", include_bytes!("../../../reports/templates/fonts/Inter-Bold.woff2")),
    ("fonts/OFL.txt", include_bytes!("../../../reports/templates/fonts/OFL.txt")),
];

static FACES: LazyLock<[Font; 2]> = LazyLock::new(|| {
    [REGULAR, BOLD]
        .map(|bytes| Font::new(Bytes::new(bytes), 0).expect("the embedded fonts are valid OpenType"))
});

/// The two faces, regular then bold.
pub(crate) fn faces() -> &'static [Font; 2] {
    &FACES
}

/// The two faces, ready to be measured.
static MEASURES: LazyLock<[FontInstance; 2]> = LazyLock::new(|| {
    // The variant and the size matter to variable fonts only.
    faces()
        .clone()
        .map(|face| face.instantiate(FontVariant::default(), Abs::pt(12.0), &FontVariations::default()))
});

/// Weight of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

/// Width of a line in pixels at a font size in pixels. Kerning is left out: it only makes a line narrower.
#[must_use]
pub fn width(text: &str, size: f64, is_bold: bool) -> f64 {
    let face = MEASURES[usize::from(is_bold)].ttf();
    let units: u32 = text
        .chars()
        .filter(|letter| !language::is_mark(*letter))
        .map(|letter| {
            // A letter that the font lacks is drawn by some other font: count a wide one.
            face.glyph_index(letter)
                .and_then(|glyph| face.glyph_hor_advance(glyph))
                .map_or(u32::from(face.units_per_em()), u32::from)
        })
        .sum();
    f64::from(units) * size / f64::from(face.units_per_em())
}

/// Breaks a text into lines no wider than `limit`. A word that is wider than a line is cut.
pub(crate) fn wrap(text: &str, size: f64, weight: Weight, limit: f64) -> Vec<String> {
    let is_bold = weight == Weight::Bold;
    let fits = |line: &str| width(line, size, is_bold) <= limit;
    let mut lines = Vec::new();
    let mut line = String::new();
    // Only ordinary spaces break: the no-break ones of French typography hold their words together.
    for word in text.split([' ', '\n', '\t']).filter(|word| !word.is_empty()) {
        let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if fits(&joined) {
            line = joined;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for letter in word.chars() {
            line.push(letter);
            if !fits(&line) && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::take(&mut line));
                line.push(letter);
            }
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_of_a_french_page_is_in_the_embedded_font() {
        let letters = "ABCXYZabcxyz0123456789 àâäéèêëîïôöùûüÿçœæÀÂÉÈÊÎÔÙÇŒ’«»–—…€%±≥≤→−▲▼✓·×/()[]:;!?\u{a0}\u{202f}\u{2011}";
        for face in MEASURES.iter() {
            for letter in letters.chars() {
                assert!(face.ttf().glyph_index(letter).is_some(), "{letter:?} is missing");
            }
        }
    }

    #[test]
    fn wrapped_lines_fit_and_lose_no_word() {
        let text = "Part des organisations pour lesquelles le numérique est important ou indispensable";
        let lines = wrap(text, 14.0, Weight::Regular, 180.0);
        assert!(lines.len() > 2);
        assert!(lines.iter().all(|line| width(line, 14.0, false) <= 180.0));
        assert_eq!(lines.join(" "), text);
    }

    #[test]
    fn a_word_wider_than_the_line_is_cut() {
        let lines = wrap(&"anticonstitutionnellement".repeat(4), 14.0, Weight::Bold, 120.0);
        assert!(lines.len() > 2);
        assert!(lines.iter().all(|line| width(line, 14.0, true) <= 120.0));
    }
}
