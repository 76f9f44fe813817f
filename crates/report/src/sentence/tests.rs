//! Sentences against what is displayed: exhaustively for shares, and over publications made by chance for the rest.

use std::collections::BTreeMap;

use publication::{
    Base, Breakdown, BreakdownWords, Category, Cell, CellKey, Change, Counts, Direction, Domain, EditionInfo,
    Evolution, Finding, Indicator, Method, Provenance, Publication, Published, Quality, Rule, SCHEMA_VERSION,
    Series, Subject, Target, Unit, Wording,
};

use super::quantity::{Quantity, agree};
use super::{Speaker, french::French, is_apart};
use crate::chart::{Shown, shown};
use crate::context::Context;
use crate::sentence::Language;
use crate::words::Words;
use crate::workshop::NONE;

const RULE: Rule = Rule { n_min: 11, n_fragile: 30, design_effect: 1.4, quantile: 1.96 };
const SIZES: [u32; 14] = [11, 19, 20, 29, 30, 39, 40, 62, 99, 100, 150, 199, 420, 2776];

fn cell(value: f64, unit: Unit, n: u32) -> Cell {
    RULE.publish(value, unit, Base { n, largest_share: 1.0 / f64::from(n) })
}

/// Every share by tenths of a point, over every kind of base.
fn every_share(mut check: impl FnMut(&Published)) {
    for n in SIZES {
        for tenth in 0..=1000 {
            let cell = cell(f64::from(tenth) / 10.0, Unit::Percent, n);
            check(cell.published().expect("eleven are shown"));
        }
    }
}

fn organisation() -> Subject {
    Subject { singular: "organisation".to_owned(), plural: "organisations".to_owned(), is_feminine: true }
}

#[test]
fn words_of_a_share_are_true_of_what_is_displayed() {
    every_share(|published| {
        let (interval, is_fragile) = (published.interval(), published.is_fragile());
        let position = published.value().position();
        let quantity = Quantity::new(published, true);
        let what = format!("{published:?}: {quantity:?}");
        match (quantity, shown(published.value())) {
            (Quantity::AtMost(limit), Shown::AtMost(shown))
            | (Quantity::AtLeast(limit), Shown::AtLeast(shown)) => {
                assert!((limit - shown).abs() < 1e-9, "{what}");
            }
            (Quantity::Between(from, to), Shown::Band(low, high)) => {
                assert!((from - low).abs() < 1e-9 && (to - high).abs() < 1e-9, "{what}");
            }
            (Quantity::Order(value), Shown::Point(point)) => {
                assert!(is_fragile && (value - point).abs() < 1e-9, "{what}");
            }
            (Quantity::Figure(value), Shown::Point(point)) => {
                assert!(!is_fragile && (value - point).abs() < 1e-9, "{what}");
            }
            (Quantity::MoreThanHalf(value), Shown::Point(point)) => {
                assert!(!is_fragile && (value - point).abs() < 1e-9 && interval.low >= 50.0, "{what}");
            }
            (Quantity::Just(found) | Quantity::Nearly(found) | Quantity::About(found), Shown::Point(_)) => {
                let percent = found.percent();
                assert!(!is_fragile && published.value().step() <= 2.0, "{what}");
                assert!(interval.low <= percent && percent <= interval.high, "{what}");
                let gap = position - percent;
                assert!(
                    match quantity {
                        Quantity::Just(_) => gap.abs() <= 0.5,
                        Quantity::Nearly(_) => (-3.0..-0.5).contains(&gap),
                        _ => gap > 0.5 && gap <= 2.0,
                    },
                    "{what}"
                );
            }
            _ => panic!("{what}"),
        }
    });
}

#[test]
fn a_share_in_words_has_its_verb_in_the_number_of_its_subject() {
    every_share(|published| {
        let quantity = Quantity::new(published, true);
        let said = French.quantity(quantity, &organisation());
        let is_one = said.contains("une organisation ");
        assert_eq!(quantity.is_singular(), is_one, "{said}");
        assert!(!said.contains("de une") && !said.contains("des des"), "{said}");
    });
}

#[test]
fn shares_read_as_a_journalist_would_write_them() {
    let say = |value, n| {
        let cell = cell(value, Unit::Percent, n);
        let published = cell.published().expect("shown");
        let quantity = Quantity::new(published, true);
        let french = French.quantity(quantity, &organisation());
        let english = super::english::English.quantity(quantity, &organisation());
        (french, english)
    };
    let expect = |value, n, french: &str, english: &str| {
        assert_eq!(say(value, n), (french.to_owned(), english.to_owned()), "{value} of {n}");
    };
    expect(87.0, 2776, "près de neuf organisations sur dix", "nearly nine organisations in ten");
    expect(20.0, 2776, "une organisation sur cinq", "one organisation in five");
    expect(19.0, 2776, "près d’une organisation sur cinq", "nearly one organisation in five");
    expect(48.0, 2776, "près de la moitié des organisations", "nearly half of organisations");
    expect(34.0, 2776, "environ une organisation sur trois", "about one organisation in three");
    expect(
        55.0,
        2776,
        "plus de la moitié des organisations (55\u{202f}%)",
        "more than half of organisations (55%)",
    );
    expect(15.0, 2776, "15\u{202f}% des organisations", "15% of organisations");
    expect(0.0, 2776, "au plus 1\u{202f}% des organisations", "at most 1% of organisations");
    expect(100.0, 300, "au moins 99\u{202f}% des organisations", "at least 99% of organisations");
    expect(33.0, 25, "de l’ordre de 30\u{202f}% des organisations", "roughly 30% of organisations");
    expect(33.0, 12, "entre 25 et 50\u{202f}% des organisations", "between 25% and 50% of organisations");
}

#[test]
fn a_long_subject_takes_a_percentage_and_a_fragile_figure_one_pair_of_brackets() {
    let mut publication = publication(&[(20.0, 2776), (80.0, 35), (0.0, 35)], &[]);
    let wording = publication.wordings.get_mut("fr").expect("French words");
    let subject = wording.subjects.get_mut("organisation").expect("a subject");
    "organisations membres d’un réseau".clone_into(&mut subject.plural);
    assert_eq!(
        said(&publication, |speaker| speaker.finding("I0", &Domain::All)),
        "20\u{202f}% des organisations membres d’un réseau citent I0"
    );
    let codes = ["I1", "I2"].map(str::to_owned);
    assert_eq!(
        said(&publication, |speaker| speaker.ranking("freins", &codes, &[])),
        "Le frein I1 arrive en tête des freins (80\u{202f}%, résultat fragile)"
    );
}

#[test]
fn english_says_the_same_as_french() {
    let mut publication =
        publication(&[(87.0, 2776), (20.0, 2776)], &[(10.0, 1240), (30.0, 1240), (60.0, 1240)]);
    publication.indicators[0].target = Some(Target { value: 90.0, year: 2030, source: String::new() });
    let mut wording = publication.wordings["fr"].clone();
    for (code, finding) in &mut wording.findings {
        finding.text = format!("[names|name] {code}");
        finding.topic = Some(format!("obstacle {code}"));
    }
    let words = wording.breakdowns.get_mut("taille").expect("words");
    words.rising = Some("the larger the organisation".to_owned());
    wording.rankings.insert("freins".to_owned(), "obstacles".to_owned());
    publication.wordings.insert("en".to_owned(), wording);
    // The catalogue of pages matters to no sentence but for dates.
    let catalogue = include_str!("../../../../reports/templates/fr.toml");
    let words: &'static Words = Box::leak(Box::new(Words::parse("en", catalogue)));
    let context = Context::new(&publication, words, &NONE).expect("dates");
    let speaker = Speaker::new(&context).expect("English words");
    let codes = ["I0", "I1"].map(str::to_owned);
    let say = |sentence: Option<String>| sentence.expect("a sentence");
    assert_eq!(say(speaker.finding("I0", &Domain::All)), "Nearly nine organisations in ten name I0");
    assert_eq!(say(speaker.finding("I1", &Domain::All)), "One organisation in five names I1");
    assert_eq!(say(speaker.ranking("freins", &codes, &[])), "Top of the obstacles: obstacle I0 (87%)");
    assert_eq!(say(speaker.by("I0", "taille")), "The larger the organisation, the more of them name I0");
    assert_eq!(
        say(speaker.target("I0")),
        "Nearly nine organisations in ten name I0, with no established gap to the target of 90% for 2030"
    );
}

#[test]
fn marks_agree() {
    assert_eq!(agree("se [dit|disent] [prête|prêtes]", true), "se dit prête");
    assert_eq!(agree("se [dit|disent] [prête|prêtes]", false), "se disent prêtes");
    assert_eq!(agree("sans marque", true), "sans marque");
}

fn indicator(code: &str, unit: Unit) -> Indicator {
    Indicator {
        code: code.to_owned(),
        label: format!("Libellé {code}"),
        dimension: "STR".to_owned(),
        unit,
        numerator: String::new(),
        base: String::new(),
        base_label: "ensemble".to_owned(),
        denominator: None,
        questions: Vec::new(),
        target: None,
        comparable: None,
        published_2022: None,
        unweighted: None,
        no_answer: None,
        note: None,
    }
}

/// A publication with the indicators A, B, C… and a breakdown that rises; `cells` gives share and respondents.
fn publication(all: &[(f64, u32)], sizes: &[(f64, u32)]) -> Publication {
    let codes: Vec<String> = (0..all.len()).map(|index| format!("I{index}")).collect();
    let mut cells = BTreeMap::new();
    for (code, (value, n)) in codes.iter().zip(all) {
        cells.insert(
            CellKey { domain: Domain::All, indicator: code.clone() },
            cell(*value, Unit::Percent, *n),
        );
    }
    let categories = (0..sizes.len())
        .map(|index| Category { code: format!("c{index}"), label: format!("taille {index}"), n: None })
        .collect();
    for (index, (value, n)) in sizes.iter().enumerate() {
        let domain = Domain::of("taille", &format!("c{index}"));
        cells.insert(CellKey { domain, indicator: "I0".to_owned() }, cell(*value, Unit::Percent, *n));
    }
    let mut wording = Wording::default();
    wording.subjects.insert("organisation".to_owned(), organisation());
    for code in &codes {
        let text = format!("[cite|citent] {code}");
        let finding =
            Finding { text, subject: "organisation".to_owned(), topic: Some(format!("le frein {code}")) };
        wording.findings.insert(code.clone(), finding);
    }
    let rising = Some("plus les organisations sont grandes".to_owned());
    wording
        .breakdowns
        .insert("taille".to_owned(), BreakdownWords { by: "selon la taille".to_owned(), rising });
    wording.rankings.insert("freins".to_owned(), "des freins".to_owned());
    Publication {
        schema_version: SCHEMA_VERSION,
        edition: EditionInfo {
            survey: "s".to_owned(),
            edition: "2026".to_owned(),
            title: "t".to_owned(),
            publisher: "p".to_owned(),
            field_start: "2026-03-01".to_owned(),
            field_end: "2026-04-30".to_owned(),
            is_simulated: false,
        },
        provenance: Provenance {
            software: String::new(),
            questionnaire: String::new(),
            definition: BTreeMap::new(),
            extract: String::new(),
        },
        counts: Counts { states: Vec::new(), excluded: Vec::new(), valid: 0 },
        method: Method {
            n_min: 11,
            n_fragile: 30,
            confidence: 0.95,
            design_effect: 1.4,
            n_effective: 0,
            weight_ratio: (1.0, 1.0),
            calibration: Vec::new(),
            not_weighted: Vec::new(),
            notes: Vec::new(),
        },
        dimensions: Vec::new(),
        indicators: codes.iter().map(|code| indicator(code, Unit::Percent)).collect(),
        breakdowns: vec![Breakdown {
            code: "taille".to_owned(),
            label: "Taille".to_owned(),
            is_overlapping: false,
            categories,
        }],
        headline: Vec::new(),
        chapters: Vec::new(),
        profiles: Vec::new(),
        network_sectors: Vec::new(),
        references: Vec::new(),
        translations: BTreeMap::new(),
        wordings: BTreeMap::from([("fr".to_owned(), wording)]),
        quality: Quality::default(),
        evolution: None,
        release: publication::Release::default(),
        cells,
    }
}

/// What is said of a publication.
fn said(publication: &Publication, say: impl FnOnce(&Speaker<'_>) -> Option<String>) -> String {
    let context = Context::new(publication, Words::french(), &NONE).expect("dates");
    let speaker = Speaker::new(&context).expect("French words");
    say(&speaker).expect("a sentence")
}

/// Numbers by chance, the same on every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn figure(&mut self) -> (f64, u32) {
        #[expect(clippy::cast_precision_loss, reason = "under a thousand and one")]
        let share = self.below(1001) as f64 / 10.0;
        (share, SIZES[usize::try_from(self.below(SIZES.len() as u64)).expect("small")])
    }
}

fn sure(publication: &Publication) -> Vec<&Published> {
    publication.breakdowns[0]
        .categories
        .iter()
        .filter_map(|category| publication.cell(&Domain::of("taille", &category.code), "I0").published())
        .filter(|published| !published.is_fragile())
        .collect()
}

#[test]
fn a_breakdown_claims_a_gap_only_where_intervals_do_not_touch_and_denies_one_only_where_they_all_do() {
    let mut chance = Chance(7);
    let mut seen = [0; 4];
    for _ in 0..4000 {
        let count = 1 + chance.below(7);
        let start = chance.figure();
        let mut sizes: Vec<(f64, u32)> = (0..count).map(|_| chance.figure()).collect();
        if chance.below(2) == 0 {
            sizes.sort_by(|one, other| one.0.total_cmp(&other.0));
        }
        let publication = publication(&[start], &sizes);
        let sentence = said(&publication, |speaker| speaker.by("I0", "taille"));
        let sure = sure(&publication);
        let is_any_apart =
            sure.iter().any(|one| sure.iter().any(|other| is_apart(one.interval(), other.interval())));
        if sentence.contains("plus nombreuses") {
            seen[0] += 1;
            assert!(sure.len() >= 3, "{sentence}");
            let positions: Vec<f64> = sure.iter().map(|published| published.value().position()).collect();
            assert!(positions.is_sorted(), "{sentence}: {positions:?}");
            let (first, last) = (sure[0].interval(), sure[sure.len() - 1].interval());
            assert!(last.low >= first.high, "{sentence}");
        } else if sentence.contains("sans écart net") {
            seen[1] += 1;
            assert!(sure.len() >= 2 && !is_any_apart, "{sentence}");
        } else if sentence.contains("(taille") {
            seen[2] += 1;
            assert!(is_any_apart, "{sentence}");
        } else {
            seen[3] += 1;
            assert!(sure.len() < 2, "{sentence}");
        }
    }
    assert!(seen.iter().all(|count| *count > 20), "each form is tried: {seen:?}");
}

#[test]
fn a_ranking_names_a_leader_only_where_no_other_interval_reaches_it() {
    let mut chance = Chance(11);
    let mut seen = [0; 3];
    for _ in 0..4000 {
        let count = 2 + chance.below(8);
        let all: Vec<(f64, u32)> = (0..count).map(|_| chance.figure()).collect();
        let publication = publication(&all, &[]);
        let codes: Vec<String> =
            publication.indicators.iter().map(|indicator| indicator.code.clone()).collect();
        let sentence = said(&publication, |speaker| speaker.ranking("freins", &codes, &[]));
        let figures: Vec<&Published> =
            codes.iter().filter_map(|code| publication.cell(&Domain::All, code).published()).collect();
        let position = |published: &Published| published.value().position();
        let most = figures.iter().map(|published| position(published)).fold(0.0, f64::max);
        let leaders = figures.iter().filter(|published| position(published) >= most);
        let least = leaders.map(|published| published.interval().low).fold(100.0, f64::min);
        let reaches = |other: &&&Published| other.interval().high > least || position(other) >= most;
        let rivals = figures.iter().filter(reaches).count();
        if sentence.contains(" arrive en tête des freins (") {
            seen[0] += 1;
            assert_eq!(rivals, 1, "{sentence}");
        } else if sentence.contains(" arrivent en tête des freins, sans écart net") {
            seen[1] += 1;
            assert!((2..=3).contains(&rivals), "{sentence}");
        } else {
            seen[2] += 1;
            assert!(sentence.starts_with("En tête des freins, ") && rivals > 3, "{sentence}");
        }
    }
    assert!(seen.iter().all(|count| *count > 20), "each form is tried: {seen:?}");
}

#[test]
fn a_target_is_met_or_missed_only_where_the_whole_interval_is_on_one_side() {
    let mut seen = [0; 3];
    for n in SIZES {
        for tenth in 0..=100 {
            let value = f64::from(tenth);
            let mut publication = publication(&[(value, n)], &[]);
            publication.indicators[0].target =
                Some(Target { value: 75.0, year: 2030, source: String::new() });
            let sentence = said(&publication, |speaker| speaker.target("I0"));
            let interval = publication.cell(&Domain::All, "I0").published().expect("shown").interval();
            let (index, is_true) = if sentence.contains("en deçà de") {
                (0, interval.high < 75.0)
            } else if sentence.contains("est atteint") {
                (1, interval.low >= 75.0)
            } else {
                (2, interval.low < 75.0 && interval.high >= 75.0 && sentence.contains("sans écart établi"))
            };
            seen[index] += 1;
            assert!(is_true, "{sentence}: {interval:?}");
        }
    }
    assert!(seen.iter().all(|count| *count > 20), "{seen:?}");
}

#[test]
fn a_change_is_a_rise_or_a_fall_only_by_its_flag() {
    for (direction, words) in [
        (Direction::Up, "en hausse depuis 2024"),
        (Direction::Down, "en baisse depuis 2024"),
        (Direction::Stable, "comme en 2024"),
        (Direction::Unclear, "sans évolution établie depuis 2024"),
    ] {
        let mut publication = publication(&[(60.0, 2776)], &[]);
        let base = Base { n: 2776, largest_share: 0.001 };
        let point = |value| RULE.display(value, Unit::Percent, base).expect("a large base");
        let change =
            Change { category: None, before: point(40.0), after: point(60.0), difference: 20.0, direction };
        let series = Series {
            indicator: "I0".to_owned(),
            is_headline: true,
            factor: None,
            notes: Vec::new(),
            changes: vec![change],
        };
        publication.evolution = Some(Evolution {
            edition: "2024".to_owned(),
            title: String::new(),
            has_same_margins: true,
            series: vec![series],
            refused: Vec::new(),
        });
        let sentence = said(&publication, |speaker| speaker.since("I0"));
        assert_eq!(sentence, format!("Six organisations sur dix citent I0, {words}"));
        let counted = said(&publication, |speaker| speaker.changes(&["I0".to_owned()]));
        let is_sure = matches!(direction, Direction::Up | Direction::Down);
        assert_eq!(!counted.contains("aucune"), is_sure, "{counted}");
    }
}

#[test]
fn what_is_fragile_says_so_and_what_is_withheld_says_nothing() {
    every_share(|published| {
        let fragile = published.is_fragile();
        let quantity = Quantity::new(published, true);
        let is_bold = matches!(
            quantity,
            Quantity::Just(_) | Quantity::Nearly(_) | Quantity::About(_) | Quantity::MoreThanHalf(_)
        );
        assert!(!(fragile && is_bold), "{published:?}");
    });
    let publication = publication(&[(33.0, 25)], &[]);
    let sentence = said(&publication, |speaker| speaker.finding("I0", &Domain::All));
    assert!(sentence.ends_with("(résultat fragile)"), "{sentence}");
    let context = Context::new(&publication, Words::french(), &NONE).expect("dates");
    let speaker = Speaker::new(&context).expect("French words");
    assert_eq!(speaker.finding("ABSENT", &Domain::All), None);
    assert_eq!(speaker.by("ABSENT", "taille"), None);
}
