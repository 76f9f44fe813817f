//! From marks to files: SVG by plotters, PNG by resvg.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use plotters::prelude::{Circle, DrawingArea, IntoDrawingArea, PathElement, Polygon, Rectangle, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    Color, FontDesc, FontFamily, FontStyle, RGBColor, ShapeStyle, TextStyle, register_font,
};
use resvg::{tiny_skia, usvg};

use super::scene::{Anchor, Mark, Scene, Shape, Text, Value};
use crate::fonts::{self, Weight};
use crate::language::plain;
use crate::palette::{self, Colour};

/// Plotters divides the size that it is given by this before it writes it.
const PLOTTERS_SIZE: f64 = 1.24;

static FONTS: LazyLock<bool> = LazyLock::new(|| {
    register_font(fonts::FAMILY, FontStyle::Normal, fonts::REGULAR).is_ok()
        && register_font(fonts::FAMILY, FontStyle::Bold, fonts::BOLD).is_ok()
});

/// Plotters counts in whole units: it draws this many times larger, and what it wrote is divided again, so that a mark
/// stands where its displayed value puts it, to a hundredth of a pixel.
const FINE: i32 = 100;

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

/// Draws a scene as SVG, with its name and description for those who do not see it.
pub(crate) fn svg(scene: &Scene, language: &str, title: &str, description: &str) -> Result<String, String> {
    if !*FONTS {
        return Err("the embedded fonts cannot be read".to_owned());
    }
    let mut buffer = String::new();
    {
        let side = |pixels: f64| (whole(pixels) * FINE).unsigned_abs();
        let size = (side(scene.width), side(scene.height));
        let area = SVGBackend::with_string(&mut buffer, size).into_drawing_area();
        let drawn = area.fill(&rgb(palette::PAPER)).and_then(|()| {
            scene.marks.iter().try_for_each(|mark| draw(&area, mark))?;
            area.present()
        });
        drawn.map_err(|error| error.to_string())?;
    }
    finish(&buffer, scene, language, title, description)
}

/// Renders an SVG as PNG, one or two pixels for one of the SVG, with the embedded fonts and no other.
pub(crate) fn png(svg: &str, scale: u8) -> Result<Vec<u8>, String> {
    static DATABASE: LazyLock<Arc<usvg::fontdb::Database>> = LazyLock::new(|| {
        let mut database = usvg::fontdb::Database::new();
        database.load_font_data(fonts::REGULAR.to_vec());
        database.load_font_data(fonts::BOLD.to_vec());
        database.set_sans_serif_family(fonts::FAMILY);
        Arc::new(database)
    });
    let scale = f32::from(scale);
    let options = usvg::Options { fontdb: Arc::clone(&DATABASE), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(svg, &options).map_err(|error| error.to_string())?;
    let size = tree.size().to_int_size().scale_by(scale).ok_or_else(|| "the chart has no size".to_owned())?;
    let mut pixmap = tiny_skia::Pixmap::new(size.width(), size.height())
        .ok_or_else(|| "the chart has no size".to_owned())?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    pixmap.encode_png().map_err(|error| error.to_string())
}

fn draw(area: &Area<'_>, mark: &Mark) -> Result<(), plotters::drawing::DrawingAreaErrorKind<std::io::Error>> {
    // What shows no value by its place stands on whole pixels, where its edges are sharp.
    let is_exact = matches!(mark.value, Some(Value::Place(_)));
    let at = |point| at(point, is_exact);
    match &mark.shape {
        Shape::Block { left, top, right, bottom, fill } => {
            area.draw(&Rectangle::new([at((*left, *top)), at((*right, *bottom))], rgb(*fill).filled()))
        }
        Shape::Line { from, to, colour, thickness } => {
            let style = ShapeStyle {
                color: rgb(*colour).to_rgba(),
                filled: false,
                stroke_width: thickness * FINE.unsigned_abs(),
            };
            area.draw(&PathElement::new(vec![at(*from), at(*to)], style))
        }
        Shape::Path { points, colour, thickness } => {
            let style = ShapeStyle {
                color: rgb(*colour).to_rgba(),
                filled: false,
                stroke_width: thickness * FINE.unsigned_abs(),
            };
            area.draw(&PathElement::new(points.iter().copied().map(at).collect::<Vec<_>>(), style))
        }
        Shape::Polygon { points, fill } => {
            area.draw(&Polygon::new(points.iter().copied().map(at).collect::<Vec<_>>(), rgb(*fill).filled()))
        }
        Shape::Disc { centre, radius, colour, is_hollow } => {
            if *is_hollow {
                area.draw(&Circle::new(at(*centre), whole(*radius) * FINE, rgb(palette::PAPER).filled()))?;
                let style = ShapeStyle {
                    color: rgb(*colour).to_rgba(),
                    filled: false,
                    stroke_width: 2 * FINE.unsigned_abs(),
                };
                return area.draw(&Circle::new(at(*centre), whole(*radius) * FINE, style));
            }
            area.draw(&Circle::new(at(*centre), whole(*radius) * FINE, rgb(*colour).filled()))
        }
        Shape::Text(text) => {
            let style = match text.weight {
                Weight::Regular => FontStyle::Normal,
                Weight::Bold => FontStyle::Bold,
            };
            let anchor = match text.anchor {
                Anchor::Start => HPos::Left,
                Anchor::Middle => HPos::Center,
                Anchor::End => HPos::Right,
            };
            let font = FontDesc::new(FontFamily::Name(fonts::FAMILY), text.size * PLOTTERS_SIZE, style);
            let colour = rgb(text.colour);
            let style = TextStyle::from(font).color(&colour).pos(Pos::new(anchor, VPos::Top));
            area.draw_text(&text.content, &style, at(text.at))
        }
    }
}

/// Completes what plotters wrote: name and description, language, fallback fonts, the displayed value that each mark
/// shows, and texts on one line at their baseline with their measured length, so that a viewer without the font keeps
/// them inside their place.
fn finish(
    drawn: &str,
    scene: &Scene,
    language: &str,
    title: &str,
    description: &str,
) -> Result<String, String> {
    let (width, height) = (whole(scene.width), whole(scene.height));
    let mut svg = String::with_capacity(drawn.len() + description.len() + 512);
    let _ = writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" lang=\"{language}\" font-family=\"{}, 'Helvetica Neue', Arial, sans-serif\">",
        fonts::FAMILY
    );
    let _ = writeln!(
        svg,
        "<title>{}</title>\n<desc>{}</desc>",
        escape(&plain(title)),
        escape(&plain(description))
    );
    let _ = writeln!(svg, "<style>{}</style>", dark_rules(scene));
    let mut elements = scene.marks.iter().flat_map(|mark| std::iter::repeat_n(mark, elements(&mark.shape)));
    let mut is_background = true;
    let mut lines = drawn.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("<svg") || line.starts_with("</svg") {
            continue;
        }
        if std::mem::take(&mut is_background) {
            let _ = writeln!(svg, "{}", divided(line));
            continue;
        }
        let mark = elements.next().ok_or_else(|| format!("plotters drew what was not asked: {line}"))?;
        if let Shape::Text(text) = &mark.shape {
            // Everything up to the closing tag is replaced: the mark says it better.
            for inner in lines.by_ref() {
                if inner.starts_with("</text>") {
                    break;
                }
            }
            write_text(&mut svg, text);
            continue;
        }
        let line = divided(line);
        let value = mark.value.as_ref().map(|value| match value {
            Value::Place(value) => ("data-v", value),
            Value::Shade(value) => ("data-s", value),
        });
        match (value, line.strip_suffix("/>")) {
            (Some((name, value)), Some(line)) => {
                let _ = writeln!(svg, "{line} {name}=\"{}\"/>", escape(value));
            }
            _ => {
                let _ = writeln!(svg, "{line}");
            }
        }
    }
    if elements.next().is_some() {
        return Err("plotters left out what was asked".to_owned());
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

/// The colours of a scene for those who read on a dark screen: they take the place of what the elements say.
fn dark_rules(scene: &Scene) -> String {
    let mut colours: BTreeSet<Colour> = BTreeSet::from([palette::PAPER]);
    for mark in &scene.marks {
        colours.insert(match &mark.shape {
            Shape::Block { fill, .. } | Shape::Polygon { fill, .. } => *fill,
            Shape::Line { colour, .. } | Shape::Path { colour, .. } | Shape::Disc { colour, .. } => *colour,
            Shape::Text(text) => text.colour,
        });
    }
    format!(
        "@media (prefers-color-scheme:dark){{{}}}",
        colours.into_iter().map(dark_rule).collect::<String>()
    )
}

/// The rule of one colour.
pub(crate) fn dark_rule(colour: Colour) -> String {
    let hex = |(red, green, blue): Colour| format!("#{red:02X}{green:02X}{blue:02X}");
    let (light, dark) = (hex(colour), hex(palette::dark(colour)));
    format!("[fill=\"{light}\"]{{fill:{dark}}}[stroke=\"{light}\"]{{stroke:{dark}}}")
}

/// An element with its lengths in pixels, and without what is the default.
fn divided(line: &str) -> String {
    const LENGTHS: [&str; 8] = ["x", "y", "width", "height", "cx", "cy", "r", "stroke-width"];
    let line = line.replace(" opacity=\"1\"", "");
    let mut divided = String::with_capacity(line.len());
    let mut name = "";
    for (index, part) in line.split('"').enumerate() {
        if index > 0 {
            divided.push('"');
        }
        if index % 2 == 0 {
            name = part.trim_end_matches('=').rsplit(' ').next().unwrap_or_default();
            divided.push_str(part);
        } else if LENGTHS.contains(&name) || name == "points" {
            for piece in part.split_inclusive([',', ' ']) {
                let number = piece.trim_end_matches([',', ' ']);
                match number.parse::<i32>() {
                    Ok(number) => divided.push_str(&pixels(number)),
                    Err(_) => divided.push_str(number),
                }
                divided.push_str(&piece[number.len()..]);
            }
        } else {
            divided.push_str(part);
        }
    }
    divided
}

/// Hundredths of a pixel as pixels: « 137.5 ».
fn pixels(hundredths: i32) -> String {
    let (whole, rest) = (hundredths / FINE, (hundredths % FINE).abs());
    let sign = if hundredths < 0 && whole == 0 { "-" } else { "" };
    match rest {
        0 => format!("{whole}"),
        rest => format!("{sign}{whole}.{rest:02}").trim_end_matches('0').to_owned(),
    }
}

/// How many elements plotters writes for a shape.
fn elements(shape: &Shape) -> usize {
    match shape {
        Shape::Disc { is_hollow: true, .. } => 2,
        _ => 1,
    }
}

fn write_text(svg: &mut String, text: &Text) {
    let anchor = match text.anchor {
        Anchor::Start => "",
        Anchor::Middle => " text-anchor=\"middle\"",
        Anchor::End => " text-anchor=\"end\"",
    };
    let weight = match text.weight {
        Weight::Regular => "",
        Weight::Bold => " font-weight=\"bold\"",
    };
    let (red, green, blue) = text.colour;
    let _ = writeln!(
        svg,
        "<text x=\"{}\" y=\"{}\"{anchor} font-size=\"{}\"{weight} fill=\"#{red:02X}{green:02X}{blue:02X}\" \
         textLength=\"{:.1}\" lengthAdjust=\"spacingAndGlyphs\">{}</text>",
        whole(text.at.0),
        whole(text.at.1),
        text.size,
        text.width(),
        escape(&text.content)
    );
}

/// Escapes a text for XML; control characters, which XML cannot hold, become spaces.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            control if control.is_control() => escaped.push(' '),
            '\u{fffe}' | '\u{ffff}' => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

fn rgb((red, green, blue): Colour) -> RGBColor {
    RGBColor(red, green, blue)
}

fn at((x, y): (f64, f64), is_exact: bool) -> (i32, i32) {
    let place = |pixels: f64| if is_exact { whole(pixels * f64::from(FINE)) } else { whole(pixels) * FINE };
    (place(x), place(y))
}

#[expect(clippy::cast_possible_truncation, reason = "a chart is a few thousand pixels long")]
fn whole(pixels: f64) -> i32 {
    pixels.round() as i32
}
