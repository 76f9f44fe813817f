//! Every form of chart over publications that no one hopes for: nothing overlaps, nothing leaves its chart, and marks
//! stand where what is displayed puts them.

use std::collections::BTreeMap;
use std::path::Path;

use publication::{
    Base, Breakdown, Category, Cell, CellKey, Change, Chapter, ChartForm, ChartPlan, Direction, Domain,
    Evolution, Indicator, Publication, Reference, Refused, Rule, Series, Target, Unit, Why,
};
use report::Options;
use sha2::{Digest, Sha256};

use crate::charts::{assert_legible, attribute, number, unescape};
use crate::fixture::{self, Files, texts};

const RULE: Rule = Rule { n_min: 11, n_fragile: 30, design_effect: 1.4, quantile: 1.96 };

/// What is wrong with a publication.
#[derive(Debug, Clone, Copy)]
struct Case {
    categories: usize,
    indicators: usize,
    label: &'static str,
    /// Shares of the indicators, over and over.
    shares: &'static [f64],
    /// Respondents of all, then of the categories, over and over.
    sizes: &'static [u32],
    unit: Unit,
    /// How much lower the earlier edition was; `None` without one.
    before: Option<f64>,
}

const FORMS: [ChartForm; 12] = [
    ChartForm::Ranked,
    ChartForm::Bars,
    ChartForm::Stacked,
    ChartForm::Dots,
    ChartForm::Bullet,
    ChartForm::Scores,
    ChartForm::Trend,
    ChartForm::Slope,
    ChartForm::Heatmap,
    ChartForm::Map,
    ChartForm::Histogram,
    ChartForm::Waffle,
];

const SHORT: &str = "Associations";
const ONE_WORD: &str = "Anticonstitutionnellementnumériquementresponsabilisationnelle";
const LONG: &str = "Organisations qui utilisent régulièrement, seules ou avec d’autres, un outil numérique de gestion \
     des adhésions, des dons, des bénévoles et des événements, quel qu’en soit le fournisseur, libre ou non, payant";

/// Ten publications in five respects each: fifty.
fn cases() -> Vec<(String, Case)> {
    let base = Case {
        categories: 5,
        indicators: 4,
        label: SHORT,
        shares: &[0.87, 0.22, 0.53, 0.34],
        sizes: &[2776, 1240, 150, 62, 27],
        unit: Unit::Percent,
        before: Some(0.05),
    };
    let bodies: [(&str, Case); 10] = [
        ("one category", Case { categories: 1, indicators: 1, ..base }),
        ("thirty categories", Case { categories: 30, ..base }),
        ("nobody", Case { shares: &[0.0], ..base }),
        ("everybody", Case { shares: &[1.0], ..base }),
        ("all suppressed", Case { sizes: &[7], ..base }),
        ("eleven respondents", Case { sizes: &[11], ..base }),
        ("a fall", Case { before: Some(-0.3), ..base }),
        ("no earlier edition", Case { before: None, sizes: &[35, 20, 11, 10], ..base }),
        ("scores", Case { unit: Unit::Points, shares: &[0.47, 0.48, 0.49], ..base }),
        ("numbers", Case { unit: Unit::Number { most: 18.0 }, ..base }),
    ];
    let mut cases = Vec::new();
    for (name, body) in bodies {
        for (kind, label, indicators) in [
            ("short", SHORT, body.indicators),
            ("long", LONG, body.indicators),
            ("one word", ONE_WORD, body.indicators),
            ("markup", fixture::SCRIPT, body.indicators),
            ("eighteen", SHORT, 18),
        ] {
            cases.push((format!("{name}, {kind}"), Case { indicators, label, ..body }));
        }
    }
    cases
}

fn cell(case: &Case, share: f64, n: u32) -> Cell {
    let (low, high) = case.unit.range();
    let base = Base { n, largest_share: 1.0 / f64::from(n) };
    RULE.publish(low + share.clamp(0.0, 1.0) * (high - low), case.unit, base)
}

fn publication(case: &Case) -> Publication {
    let mut publication = fixture::publication(true);
    let codes: Vec<String> = (0..case.indicators).map(|index| format!("I{index}")).collect();
    let categories: Vec<Category> = (0..case.categories)
        // Codes of regions first, then others: tiles with a place on the map, and without.
        .map(|index| Category {
            code: ["11", "24", "27", "94", "04"]
                .get(index)
                .map_or_else(|| format!("x{index}"), |c| (*c).to_owned()),
            label: format!("{} {index}", case.label),
            n: None,
        })
        .collect();
    let mut cells = BTreeMap::new();
    for (index, code) in codes.iter().enumerate() {
        let share = case.shares[index % case.shares.len()];
        cells.insert(
            CellKey { domain: Domain::All, indicator: code.clone() },
            cell(case, share, case.sizes[0]),
        );
        for (rank, category) in categories.iter().enumerate() {
            let n = case.sizes[(rank + 1) % case.sizes.len()];
            let shift = [0.02, -0.13, 0.2, -0.02, 0.0][rank % 5];
            let domain = Domain::of("region", &category.code);
            cells.insert(CellKey { domain, indicator: code.clone() }, cell(case, share + shift, n));
        }
    }
    publication.evolution = case.before.map(|before| evolution(case, &codes, before));
    publication.indicators = codes.iter().map(|code| indicator(case, code)).collect();
    publication.breakdowns = vec![Breakdown {
        code: "region".to_owned(),
        label: case.label.to_owned(),
        is_overlapping: false,
        categories,
    }];
    publication.headline.clone_from(&codes);
    publication.chapters = vec![Chapter {
        code: "tout".to_owned(),
        title: case.label.to_owned(),
        text: None,
        charts: FORMS.iter().flat_map(|form| plans(case, *form, &codes)).collect(),
    }];
    publication.references = codes.iter().flat_map(|code| references(case, code)).collect();
    publication.profiles.clear();
    publication.network_sectors.clear();
    publication.wordings.clear();
    publication.quality = publication::Quality::default();
    publication.cells = cells;
    publication
}

/// A form with and without the breakdown.
fn plans(case: &Case, form: ChartForm, codes: &[String]) -> Vec<ChartPlan> {
    [None, Some("region")]
        .into_iter()
        .map(|breakdown| ChartPlan {
            code: format!("{form:?}-{}", breakdown.unwrap_or("tous")),
            title: case.label.to_owned(),
            form,
            // A map shows one figure.
            indicators: if form == ChartForm::Map { codes[..1].to_vec() } else { codes.to_vec() },
            labels: Vec::new(),
            breakdown: breakdown.map(str::to_owned),
        })
        .collect()
}

fn indicator(case: &Case, code: &str) -> Indicator {
    let mut indicator = fixture::publication(true).indicators.remove(0);
    code.clone_into(&mut indicator.code);
    indicator.label = format!("{} {code}", case.label);
    indicator.unit = case.unit;
    indicator.questions = vec![case.label.to_owned()];
    let (_, high) = case.unit.range();
    indicator.target = Some(Target { value: high * 0.9, year: 2030, source: case.label.to_owned() });
    indicator
}

fn evolution(case: &Case, codes: &[String], before: f64) -> Evolution {
    let (low, high) = case.unit.range();
    let directions = [Direction::Up, Direction::Down, Direction::Stable, Direction::Unclear];
    let series = codes.iter().enumerate().skip(1).map(|(index, code)| {
        let share = case.shares[index % case.shares.len()];
        let base = Base { n: 2776, largest_share: 0.001 };
        let point = |share: f64| {
            let value = low + share.clamp(0.0, 1.0) * (high - low);
            fixture::RULE.display(value, case.unit, base).expect("a large base")
        };
        let change = Change {
            category: None,
            before: point(share - before),
            after: point(share),
            difference: before * (high - low),
            direction: directions[index % directions.len()],
        };
        Series {
            indicator: code.clone(),
            is_headline: false,
            factor: None,
            notes: Vec::new(),
            changes: vec![change],
        }
    });
    Evolution {
        edition: "2024".to_owned(),
        title: case.label.to_owned(),
        has_same_margins: true,
        series: series.collect(),
        refused: vec![Refused {
            indicator: "I0".to_owned(),
            label: case.label.to_owned(),
            why: Why::Broken,
            reason: Some(case.label.to_owned()),
        }],
    }
}

fn references(case: &Case, code: &str) -> Vec<Reference> {
    let years = [("A", 2019), ("A", 2022), ("A", 2025), ("B", 2023), ("B", 2024), ("B", 2025), ("C", 2021)];
    years
        .into_iter()
        .map(|(source, year)| Reference {
            series: source.to_owned(),
            indicator: Some(code.to_owned()),
            label: case.label.to_owned(),
            year: year.to_string(),
            value: format!("{}", year - 2010),
            unit: "%".to_owned(),
            base: case.label.to_owned(),
            n: String::new(),
            source: format!("{source}, {}", case.label),
            url: "https://exemple.test".to_owned(),
            verification: "lu".to_owned(),
            note: String::new(),
            is_drawable: true,
        })
        .collect()
}

fn drawn(case: &Case) -> Files {
    fixture::write(&publication(case), Options::default().without_pdf().without_png().in_french())
}

#[test]
fn fifty_hostile_publications_are_drawn_without_overlap() {
    let cases = cases();
    assert_eq!(cases.len(), 50);
    for (name, case) in cases {
        let files = drawn(&case);
        let charts = texts(&files, ".svg");
        // Two widths of twelve forms, by the breakdown and not, but for slopes without an earlier edition.
        assert!(charts.len() >= 44, "{name}: {} charts", charts.len());
        for (path, svg) in charts {
            assert_legible(&format!("{name}: {path}"), svg);
        }
    }
}

/// Marks of a chart that show a value: tag and value.
fn valued(svg: &str) -> Vec<(&str, String)> {
    svg.lines().filter_map(|line| Some((line, unescape(attribute(line, "data-v")?)))).collect()
}

/// A displayed point as a number: « 87 % », « 47/100 », « 7,4 ».
fn point(value: &str) -> Option<f64> {
    let digits = value.trim_end_matches('%').trim_end_matches("/100").replace(['\u{202f}', '\u{a0}'], "");
    digits.replace(',', ".").parse().ok()
}

#[test]
fn every_mark_carries_what_it_shows_and_stands_where_that_puts_it() {
    let case = Case {
        categories: 5,
        indicators: 4,
        label: SHORT,
        shares: &[0.873, 0.2249, 0.531, 0.3449],
        sizes: &[2776, 1240, 150, 420, 280],
        unit: Unit::Percent,
        before: Some(0.05),
    };
    let files = drawn(&case);
    // Lengths of bars: an affine image of what is displayed, so that nothing finer can be read from a coordinate.
    for name in ["Ranked-tous", "Bars-tous", "Bars-region", "Bullet-tous"] {
        let svg = std::str::from_utf8(&files[&format!("charts/{name}.svg")]).expect("UTF-8");
        let bars: Vec<(f64, f64)> = valued(svg)
            .iter()
            .filter(|(tag, _)| tag.starts_with("<rect "))
            .filter_map(|(tag, value)| Some((point(value)?, number(tag, "width"))))
            .collect();
        assert!(bars.len() >= 4, "{name}: {}", bars.len());
        assert_affine(name, &bars);
    }
    // Places of dots.
    let svg = std::str::from_utf8(&files["charts/Dots-region.svg"]).expect("UTF-8");
    let dots: Vec<(f64, f64)> = valued(svg)
        .iter()
        .filter(|(tag, _)| tag.starts_with("<circle "))
        .filter_map(|(tag, value)| Some((point(value)?, number(tag, "cx"))))
        .collect();
    assert!(dots.len() >= 4, "{}", dots.len());
    assert_affine("Dots-region", &dots);
    // Heights of columns.
    let svg = std::str::from_utf8(&files["charts/Histogram-tous.svg"]).expect("UTF-8");
    let columns: Vec<(f64, f64)> = valued(svg)
        .iter()
        .filter(|(tag, _)| tag.starts_with("<rect "))
        .filter_map(|(tag, value)| Some((point(value)?, number(tag, "height"))))
        .collect();
    assert_affine("Histogram-tous", &columns);
    // Squares: as many as the displayed figure.
    let svg = std::str::from_utf8(&files["charts/Waffle-tous.svg"]).expect("UTF-8");
    let filled = valued(svg).iter().filter(|(_, value)| value == "87\u{202f}%").count();
    assert_eq!(filled, 87);
}

/// Equal values stand at equal places, and places are on a line through the values, to the digits that are written.
fn assert_affine(name: &str, points: &[(f64, f64)]) {
    let least = points.iter().copied().min_by(|one, other| one.0.total_cmp(&other.0)).expect("points");
    let most = points.iter().copied().max_by(|one, other| one.0.total_cmp(&other.0)).expect("points");
    assert!(most.0 > least.0, "{name}: {points:?}");
    let slope = (most.1 - least.1) / (most.0 - least.0);
    for (value, place) in points {
        let expected = least.1 + (value - least.0) * slope;
        assert!((place - expected).abs() <= 0.02, "{name}: {value} at {place}, expected {expected}");
    }
}

#[test]
fn every_form_marks_its_values_and_withholds_nd() {
    let case = cases().into_iter().find(|(name, _)| name == "all suppressed, short").expect("a case").1;
    for (path, svg) in texts(&drawn(&case), ".svg") {
        if path.contains("collecte") || path.contains("Slope") || path.contains("Trend") {
            continue;
        }
        assert!(valued(svg).is_empty(), "{path} shows what is withheld");
        assert!(svg.contains(">nd<") || svg.contains("nd</text>"), "{path} says nd");
    }
}

/// Digests of the charts of two made-up publications, one a line.
const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/charts.sha256");

#[test]
fn no_picture_changes_unseen() {
    let golden = std::fs::read_to_string(GOLDEN).expect("the list of pictures is there");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("charts");
    let (mut found, mut changed) = (String::new(), Vec::new());
    let named = |name: &str| cases().into_iter().find(|(known, _)| known == name).expect("a case").1;
    // One indicator, every form; and several that changed, for the slopes.
    let (one, fall) = (drawn(&named("one category, short")), drawn(&named("a fall, short")));
    let is_kept = |name: &str, path: &str| {
        let is_repeated = path.starts_with("en/") || path.starts_with("charts/indicateur-");
        !is_repeated && (name != "fall" || path.contains("Slope"))
    };
    for (name, files) in [("fall", &fall), ("hostile", &one), ("site", &*fixture::SITE)] {
        for (path, svg) in texts(files, ".svg").into_iter().filter(|(path, _)| is_kept(name, path)) {
            let digest = Sha256::digest(svg);
            let digest = digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            let line = format!("{digest}  {name}/{path}\n");
            if !golden.contains(&line) {
                let place = folder.join(format!("{name}-{}", path.trim_start_matches("charts/")));
                std::fs::create_dir_all(&folder)
                    .and_then(|()| std::fs::write(&place, svg))
                    .expect("a picture");
                changed.push(place);
            }
            found.push_str(&line);
        }
    }
    if found != golden {
        let list = folder.join("charts.sha256");
        std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&list, &found)).expect("a list");
        panic!("look at {changed:#?}\nif they are right, {} takes the place of {GOLDEN}", list.display());
    }
}
