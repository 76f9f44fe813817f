//! Charts: every text inside, none over another, and described.

use report::Options;

use crate::fixture::{self, SITE, texts};

/// A text of an SVG, with the box that it takes.
#[derive(Debug)]
pub struct Placed {
    pub text: String,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

pub fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[start..].split('"').next()
}

pub fn number(tag: &str, name: &str) -> f64 {
    attribute(tag, name).and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{name} in {tag}"))
}

pub fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

pub fn placed(svg: &str) -> Vec<Placed> {
    svg.lines()
        .filter(|line| line.starts_with("<text "))
        .map(|line| {
            let (tag, rest) = line.split_once('>').expect("a closed tag");
            let text = unescape(rest.trim_end_matches("</text>"));
            let size = number(tag, "font-size");
            let width = report::text_width(&text, size, tag.contains("font-weight=\"bold\""));
            let stated = number(tag, "textLength");
            assert!((width - stated).abs() < 0.1, "{text}: {width} px, stated {stated}");
            let before = match attribute(tag, "text-anchor") {
                Some("middle") => width / 2.0,
                Some("end") => width,
                _ => 0.0,
            };
            let x = number(tag, "x") - before;
            let y = number(tag, "y");
            // Capitals and descenders of the embedded font.
            Placed { text, left: x, right: x + width, top: y - size * 0.74, bottom: y + size * 0.21 }
        })
        .collect()
}

#[test]
fn every_text_of_a_chart_is_inside_it_and_none_covers_another() {
    let charts = texts(&SITE, ".svg");
    assert!(charts.len() > 20);
    for (path, svg) in charts {
        assert_legible(path, svg);
    }
}

/// Every text is inside the chart, and none is over another.
pub fn assert_legible(path: &str, svg: &str) {
    let root = svg.lines().next().expect("a root");
    let (width, height) = (number(root, "width"), number(root, "height"));
    let mut texts = placed(svg);
    texts.sort_by(|one, other| one.top.total_cmp(&other.top));
    assert!(texts.len() > 4, "{path}");
    for text in &texts {
        assert!(
            text.left >= 0.0 && text.top >= 0.0 && text.right <= width && text.bottom <= height,
            "{path} ({width} × {height}): {text:?}"
        );
    }
    for (index, one) in texts.iter().enumerate() {
        // From top to bottom: those that begin under this one cannot cover it.
        for other in texts[index + 1..].iter().take_while(|other| other.top < one.bottom - 1.0) {
            let is_over =
                one.left < other.right - 1.0 && other.left < one.right - 1.0 && one.top < other.bottom - 1.0;
            assert!(!is_over, "{path}: {one:?} and {other:?}");
        }
    }
}

#[test]
fn every_chart_has_a_name_a_description_and_the_warning_of_a_simulated_edition() {
    for (path, svg) in texts(&SITE, ".svg") {
        assert!(svg.contains("<title>") && svg.contains("<desc>"), "{path}");
        let (language, warning) = if path.starts_with("en/") {
            ("lang=\"en\"", "Simulated data — demonstration")
        } else {
            ("lang=\"fr\"", "Données simulées — démonstration")
        };
        assert!(svg.contains("role=\"img\"") && svg.contains(language), "{path}");
        let shown = placed(svg).iter().any(|text| text.text == warning);
        assert!(shown, "{path}");
        assert!(!svg.contains("<script"), "{path}");
    }
    let real = fixture::write(&fixture::publication(false), Options::default().without_pdf().without_png());
    for (path, svg) in texts(&real, ".svg") {
        assert!(!svg.contains("simulées") && !svg.contains("imulated"), "{path}");
    }
}

#[test]
fn what_is_displayed_is_said_and_what_is_withheld_is_nd() {
    let svg = std::str::from_utf8(&SITE["charts/classement.svg"]).expect("UTF-8");
    let texts: Vec<String> = placed(svg).into_iter().map(|text| text.text).collect();
    for expected in ["87\u{202f}%", "au plus 1\u{202f}%", "au moins 99\u{202f}%", "nd"] {
        assert!(texts.iter().any(|text| text == expected), "{expected} in {texts:?}");
    }
    let ranks: Vec<usize> = ["au moins 99\u{202f}%", "87\u{202f}%", "au plus 1\u{202f}%", "nd"]
        .iter()
        .map(|value| texts.iter().position(|text| text == value).expect("shown"))
        .collect();
    assert!(ranks.is_sorted(), "{ranks:?}");
    let bands = std::str::from_utf8(&SITE["charts/points.svg"]).expect("UTF-8");
    assert!(bands.contains(">entre 75 et 100\u{202f}%<"));
}

#[test]
fn a_category_withheld_on_both_sides_is_counted_under_the_profile_and_not_drawn() {
    for name in ["charts/profil-taille.svg", "charts/profil-taille-etroit.svg"] {
        let svg = std::str::from_utf8(&SITE[name]).expect("UTF-8");
        let words: Vec<String> = placed(svg).into_iter().map(|text| text.text).collect();
        assert!(words.iter().any(|text| text.contains("1 à 9 salariés")), "one side is shown: {words:?}");
        assert!(!words.iter().any(|text| text == "sans"), "{words:?}");
        let note = words.join(" ");
        assert!(note.contains("trop peu nombreuses pour être montrées\u{a0}: 1"), "{note}");
    }
    let page = texts(&SITE, ".html").into_iter().find(|(_, page)| page.contains("profil-taille.svg"));
    let (_, page) = page.expect("a page shows the profile");
    assert!(page.contains(">sans<"), "the table has every category");
}

#[test]
fn a_base_of_everyone_asked_says_that_those_without_an_answer_are_in_it() {
    let mut publication = fixture::publication(true);
    let base = |code: &str, base: &str, publication: &mut publication::Publication| {
        let found = publication.indicators.iter_mut().find(|indicator| indicator.code == code);
        found.expect("an indicator of the fixture").base = base.to_owned();
    };
    base("DII_BASE", "asked(a) and measured(a)", &mut publication);
    base("INDICE", "measured(asked(a))", &mut publication);
    let files = fixture::write(&publication, Options::default().without_pdf().without_png());
    let says_so = |name: &str| {
        let svg = std::str::from_utf8(&files[&format!("charts/{name}.svg")]).expect("UTF-8");
        placed(svg).iter().any(|text| text.text.contains("on-réponses incluses"))
    };
    assert!(says_so("niveaux") && says_so("points"), "asked(q), and nothing else");
    assert!(!says_so("cible"), "one of its bases asks for more");
    assert!(!says_so("scores"), "asked is only inside its base");
}

#[test]
fn parts_that_overlap_are_not_stacked() {
    let svg = std::str::from_utf8(&SITE["charts/recouvrement.svg"]).expect("UTF-8");
    assert!(svg.contains(">100\u{202f}%<"), "bars have an axis, stacked parts have none");
}

#[test]
fn a_png_is_twice_the_size_of_its_chart() {
    let files = fixture::write(&fixture::publication(true), Options::default().without_pdf());
    let png = &files["charts/niveaux.png"];
    assert_eq!(&png[1..4], b"PNG");
    let width = u32::from_be_bytes([png[16], png[17], png[18], png[19]]);
    assert_eq!(width, 1520);
}

#[test]
fn every_label_and_figure_of_a_chart_is_on_both_its_widths() {
    for (path, svg) in texts(&SITE, ".svg") {
        let Some(name) = path.strip_suffix("-etroit.svg") else { continue };
        let wide = std::str::from_utf8(&SITE[&format!("{name}.svg")]).expect("UTF-8");
        // Lines break elsewhere and intervals are on the wide one only: compare what is written, letter by letter.
        let letters = |svg: &str| -> Vec<String> {
            let mut words: Vec<String> = placed(svg)
                .iter()
                .flat_map(|text| text.text.split(' ').map(str::to_owned).collect::<Vec<_>>())
                .filter(|word| word.chars().filter(|letter| letter.is_alphabetic()).count() > 4)
                .filter(|word| word.chars().all(|letter| letter.is_alphabetic() || letter == '’'))
                .collect();
            words.sort();
            words.dedup();
            words
        };
        assert_eq!(letters(svg), letters(wide), "{path}");
    }
}
