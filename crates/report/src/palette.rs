//! Colours: told apart by every eye and in black and white (each step is also a step of luminance), and shared by
//! charts, pages and PDF.

/// A colour, red, green and blue.
pub(crate) type Colour = (u8, u8, u8);

/// Text.
pub(crate) const INK: Colour = (0x1B, 0x1F, 0x2A);
/// Secondary text: 7:1 on white.
pub(crate) const GREY: Colour = (0x55, 0x5B, 0x68);
/// Grid lines.
pub(crate) const GRID: Colour = (0xD9, 0xDC, 0xE3);
/// Background.
pub(crate) const PAPER: Colour = (0xFF, 0xFF, 0xFF);
/// The publication's colour: bars, points.
pub(crate) const MAIN: Colour = (0x1F, 0x4E, 0x8C);
/// The same, lighter: uncertain or secondary parts.
pub(crate) const LIGHT: Colour = (0xB9, 0xCF, 0xE8);
/// Second series.
pub(crate) const SECOND: Colour = (0xC8, 0x5A, 0x0A);
/// Third series.
pub(crate) const THIRD: Colour = (0x1D, 0x7F, 0x6B);
/// Fourth series.
pub(crate) const FOURTH: Colour = (0x7A, 0x3B, 0x8F);
/// Bars of comparison: the sample before weighting.
pub(crate) const NEUTRAL: Colour = (0x9A, 0xA1, 0xAE);
/// A part without a figure.
pub(crate) const REST: Colour = (0xEE, 0xF0, 0xF4);
/// Warning text, on [`WARNING_PAPER`].
pub(crate) const WARNING: Colour = (0x8A, 0x1C, 0x1C);
/// Warning background.
pub(crate) const WARNING_PAPER: Colour = (0xFF, 0xF1, 0xC9);

/// Series that have no order.
pub(crate) const SERIES: [Colour; 5] = [MAIN, SECOND, THIRD, FOURTH, INK];

/// Parts of a whole, from the strongest to the weakest.
pub(crate) fn parts(count: usize) -> Vec<Colour> {
    const DARK: Colour = (0x12, 0x38, 0x6B);
    const FIVE: [Colour; 5] =
        [DARK, (0x2C, 0x6D, 0xB0), (0x7D, 0xAE, 0xD9), (0xBC, 0xD6, 0xEC), (0xE3, 0xE7, 0xEE)];
    match count {
        0 | 1 => vec![MAIN],
        2 => vec![DARK, FIVE[2]],
        3 => vec![DARK, FIVE[1], FIVE[3]],
        4 => FIVE[..4].to_vec(),
        5 => FIVE.to_vec(),
        more => (0..more).map(|part| mix(DARK, FIVE[4], part as f64 / (more - 1) as f64)).collect(),
    }
}

/// The same in the dark: what was darker is lighter, so that a text keeps its contrast with what it stands on.
pub(crate) fn dark(colour: Colour) -> Colour {
    const PAIRS: [(Colour, Colour); 19] = [
        (PAPER, (0x14, 0x17, 0x1F)),
        ((0, 0, 0), (0xE9, 0xEB, 0xF0)),
        (INK, (0xE9, 0xEB, 0xF0)),
        (GREY, (0xB4, 0xBA, 0xC6)),
        (GRID, (0x3A, 0x41, 0x50)),
        (MAIN, (0x6F, 0xA8, 0xEA)),
        (LIGHT, (0x2A, 0x45, 0x68)),
        (SECOND, (0xF2, 0xA3, 0x5E)),
        (THIRD, (0x4F, 0xC7, 0xAE)),
        (FOURTH, (0xC5, 0x8B, 0xDB)),
        (NEUTRAL, (0x78, 0x81, 0x92)),
        (REST, (0x26, 0x2B, 0x36)),
        (WARNING, (0xFF, 0xD3, 0x8A)),
        (WARNING_PAPER, (0x3B, 0x2A, 0x10)),
        ((0x12, 0x38, 0x6B), (0xA9, 0xCC, 0xF5)),
        ((0x2C, 0x6D, 0xB0), (0x6F, 0xA8, 0xEA)),
        ((0x7D, 0xAE, 0xD9), (0x34, 0x64, 0x98)),
        ((0xBC, 0xD6, 0xEC), (0x27, 0x48, 0x6E)),
        ((0xE3, 0xE7, 0xEE), (0x2A, 0x30, 0x3C)),
    ];
    /// Under it, white reads better on a colour than black.
    const MIDDLE: f64 = 0.179;
    if let Some((_, found)) = PAIRS.iter().find(|(light, _)| *light == colour) {
        return *found;
    }
    let light = luminance(colour);
    if light < MIDDLE {
        mix((0xA9, 0xCC, 0xF5), (0x6F, 0xA8, 0xEA), light / MIDDLE)
    } else {
        mix((0x34, 0x64, 0x98), (0x2A, 0x30, 0x3C), (light - MIDDLE) / (1.0 - MIDDLE))
    }
}

/// The text colour that reads on a background: white or black, of which one always does.
pub(crate) fn text_on(background: Colour) -> Colour {
    const BLACK: Colour = (0, 0, 0);
    if contrast(PAPER, background) >= contrast(BLACK, background) { PAPER } else { BLACK }
}

/// Contrast of two colours by WCAG 2.1, from 1 to 21.
pub(crate) fn contrast(one: Colour, other: Colour) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Relative luminance by WCAG 2.1.
fn luminance((red, green, blue): Colour) -> f64 {
    let linear = |channel: u8| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

fn mix(from: Colour, to: Colour, share: f64) -> Colour {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two channels")]
    let channel = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as u8;
    (channel(from.0, to.0), channel(from.1, to.1), channel(from.2, to.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_legible_on_their_backgrounds() {
        for (text, paper) in [(INK, PAPER), (GREY, PAPER), (WARNING, WARNING_PAPER), (INK, REST)] {
            assert!(contrast(text, paper) >= 4.5, "{text:?} on {paper:?}");
        }
        for count in 1..9 {
            for colour in parts(count) {
                assert!(contrast(text_on(colour), colour) >= 4.5, "{colour:?}");
            }
        }
    }

    #[test]
    fn texts_are_legible_in_the_dark_too() {
        for (text, paper) in
            [(INK, PAPER), (GREY, PAPER), (MAIN, PAPER), (WARNING, WARNING_PAPER), (INK, REST)]
        {
            assert!(contrast(dark(text), dark(paper)) >= 4.5, "{text:?} on {paper:?}");
        }
        for mark in [MAIN, SECOND, THIRD, FOURTH, NEUTRAL] {
            assert!(contrast(dark(mark), dark(PAPER)) >= 3.0, "{mark:?}");
        }
        for count in 1..12 {
            for colour in parts(count) {
                assert!(contrast(dark(text_on(colour)), dark(colour)) >= 4.5, "{colour:?}");
            }
        }
    }

    #[test]
    fn pictures_in_frames_have_the_same_colours_in_the_dark() {
        let css = include_str!("../../../reports/templates/style.css");
        let hex = |(red, green, blue): Colour| format!("#{red:02X}{green:02X}{blue:02X}");
        let own = [
            PAPER,
            INK,
            GREY,
            GRID,
            MAIN,
            LIGHT,
            SECOND,
            THIRD,
            FOURTH,
            NEUTRAL,
            REST,
            WARNING,
            WARNING_PAPER,
        ];
        for colour in own.into_iter().chain((1..6).flat_map(parts)).chain([(0, 0, 0)]) {
            let (light, dark) = (hex(colour), hex(dark(colour)));
            assert!(css.contains(&format!(".embed [fill=\"{light}\"] {{ fill: {dark}; }}")), "{light}");
            assert!(css.contains(&format!(".embed [stroke=\"{light}\"] {{ stroke: {dark}; }}")), "{light}");
        }
    }

    #[test]
    fn parts_differ_without_colour() {
        for count in 2..6 {
            for pair in parts(count).windows(2) {
                assert!(contrast(pair[0], pair[1]) > 1.2, "{pair:?}");
            }
        }
    }
}
