//! Change between two publications made by hand, and between two simulated editions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use analysis::{Context, analyse_against, change};
use publication::{
    Base, CellKey, Change, Direction, Displayed, Domain, Gate, Link, Publication, Refused, Rule, Unit, Why,
};

use crate::definition::edition;
use crate::sample::{Nobody, freeze, records};

const RULE: Rule = Rule { n_min: 11, n_fragile: 30, design_effect: 1.0, quantile: 1.96 };

/// A publication of the real edition, whose cells are then put by hand.
fn publication() -> Publication {
    // Made once, and not attacked: its cells are replaced.
    static MADE: OnceLock<Publication> = OnceLock::new();
    MADE.get_or_init(|| {
        let context = Context {
            publisher: "SOGA".to_owned(),
            software: "barometre 0.1.0".to_owned(),
            definition: BTreeMap::new(),
        };
        let extract = freeze(edition(), &records(edition(), 60, 3));
        let mut publication = analyse_against(&extract, edition(), &context, &Nobody, &[]).unwrap();
        publication.cells.clear();
        publication.method.design_effect = 1.0;
        publication
    })
    .clone()
}

fn put(publication: &mut Publication, domain: Domain, indicator: &str, value: f64, n: u32) {
    let base = Base { n, largest_share: 1.0 / f64::from(n) };
    let unit = publication.indicator(indicator).unwrap().unit;
    let cell = RULE.publish(value, unit, base);
    publication.cells.insert(CellKey { domain, indicator: indicator.to_owned() }, cell);
}

fn gate(codes: &[&str]) -> Gate {
    Gate {
        linked: codes.iter().map(|code| ((*code).to_owned(), Link::default())).collect(),
        refused: Vec::new(),
    }
}

/// The change of `STR_IMPORTANT` among all, alone in its family.
fn whole(before: (f64, u32), after: (f64, u32), factor: Option<f64>) -> Option<Change> {
    let (mut earlier, mut later) = (publication(), publication());
    put(&mut earlier, Domain::All, "STR_IMPORTANT", before.0, before.1);
    put(&mut later, Domain::All, "STR_IMPORTANT", after.0, after.1);
    let mut gate = gate(&["STR_IMPORTANT"]);
    gate.linked.get_mut("STR_IMPORTANT").unwrap().factor = factor;
    let evolution = change(&later, &earlier, &gate);
    evolution.series.first().map(|series| series.changes[0].clone())
}

#[test]
fn a_difference_is_tested_with_the_variances_that_the_displays_allow() {
    // By hand: n is at least 995 in both; v = 0.5 x 0.5 / 995 + 0.01² / 12 and 0.56 x 0.44 / 995 + 0.01² / 12, so the
    // standard error is 2.27 points: 5 points are t = 2.2, 4 are 1.76.
    let rise = whole((50.0, 1000), (55.0, 1000), None).unwrap();
    assert!((rise.difference - 5.0).abs() < 1e-9 && rise.direction == Direction::Up, "{rise:?}");
    assert_eq!(whole((50.0, 1000), (54.0, 1000), None).unwrap().direction, Direction::Unclear);
    assert_eq!(whole((55.0, 1000), (50.0, 1000), None).unwrap().direction, Direction::Down);
    // With a million respondents one point would be certain, and it is less than two steps.
    assert_eq!(whole((50.0, 1_000_000), (51.0, 1_000_000), None).unwrap().direction, Direction::Stable);
    assert_eq!(whole((50.0, 1_000_000), (52.0, 1_000_000), None).unwrap().direction, Direction::Up);
}

#[test]
fn what_is_shown_by_tens_or_at_an_end_is_not_compared() {
    assert!(whole((50.0, 1000), (90.0, 39), None).is_none());
    assert!(whole((50.0, 39), (90.0, 1000), None).is_none());
    assert_eq!(whole((10.0, 40), (90.0, 40), None).unwrap().direction, Direction::Up);
    assert!(whole((0.0, 1000), (50.0, 1000), None).is_none(), "at most 1 % may be 0 or 1.4");
    assert_eq!(whole((0.0, 1000), (0.7, 1000), None).unwrap().direction, Direction::Stable);
}

#[test]
fn earlier_figures_are_rebased_to_their_step() {
    let change = whole((43.0, 1000), (30.0, 1000), Some(0.5)).unwrap();
    assert!(matches!(change.before, Displayed::Point { value: 22.0, step: 1.0, .. }), "{change:?}");
    assert!((change.difference - 8.0).abs() < 1e-9);
}

#[test]
fn many_tests_in_a_table_raise_the_bar_and_tables_do_not_mix() {
    // One category moves by 5 points of a standard error of 2.3 (p = 0.028): a rise alone in its table, none among
    // eight where nothing else moves.
    let breakdown = edition().plan.breakdowns.iter().find(|known| known.code == "taille").unwrap();
    let direction = |categories: usize| {
        let (mut earlier, mut later) = (publication(), publication());
        for (index, category) in breakdown.categories.iter().take(categories).enumerate() {
            let domain = Domain::of("taille", &category.code);
            put(&mut earlier, domain.clone(), "STR_IMPORTANT", 50.0, 1000);
            put(&mut later, domain, "STR_IMPORTANT", if index == 0 { 55.0 } else { 50.0 }, 1000);
        }
        // Another table, where all is clear, does not help.
        put(&mut earlier, Domain::of("employeur", "oui"), "STR_IMPORTANT", 20.0, 1000);
        put(&mut later, Domain::of("employeur", "oui"), "STR_IMPORTANT", 60.0, 1000);
        let evolution = change(&later, &earlier, &gate(&["STR_IMPORTANT"]));
        let changes = &evolution.series[0].changes;
        assert_eq!(changes.len(), categories + 1);
        let first = Some(("taille".to_owned(), breakdown.categories[0].code.clone()));
        changes.iter().find(|change| change.category == first).unwrap().direction
    };
    assert_eq!(direction(1), Direction::Up);
    assert_eq!(direction(8), Direction::Unclear);
}

#[test]
fn only_what_the_gate_links_is_compared_and_refusals_are_kept() {
    let (mut earlier, mut later) = (publication(), publication());
    for code in ["STR_IMPORTANT", "RES_LIBRE"] {
        put(&mut earlier, Domain::All, code, 40.0, 1000);
        put(&mut later, Domain::All, code, 60.0, 1000);
    }
    let mut gate = gate(&["STR_IMPORTANT"]);
    gate.refused.push(Refused {
        indicator: "RES_LIBRE".to_owned(),
        label: "Libre".to_owned(),
        why: Why::Broken,
        reason: Some("les mots".to_owned()),
    });
    let evolution = change(&later, &earlier, &gate);
    let codes: Vec<&str> = evolution.series.iter().map(|series| series.indicator.as_str()).collect();
    assert_eq!(codes, ["STR_IMPORTANT"]);
    assert_eq!(evolution.refused, gate.refused);
    assert!(evolution.has_same_margins);
    later.method.calibration[0].margins[0].rows.pop();
    assert!(!change(&later, &earlier, &gate).has_same_margins);
}

#[test]
fn two_samples_of_one_population_rarely_differ() {
    let context = Context {
        publisher: "SOGA".to_owned(),
        software: "barometre 0.1.0".to_owned(),
        definition: BTreeMap::new(),
    };
    // What an attacker has coarsened or withheld would leave fewer changes to look at.
    let published = |seed| {
        let extract = freeze(edition(), &records(edition(), 600, seed));
        analyse_against(&extract, edition(), &context, &Nobody, &[]).unwrap()
    };
    let (earlier, later) = (published(41), published(42));
    let codes: Vec<&str> = edition().indicators.iter().map(|indicator| indicator.code.as_str()).collect();
    let evolution = change(&later, &earlier, &gate(&codes));
    let changes: Vec<&Change> = evolution.series.iter().flat_map(|series| &series.changes).collect();
    assert!(changes.len() > 500, "{}", changes.len());
    let flagged = changes.iter().filter(|c| matches!(c.direction, Direction::Up | Direction::Down)).count();
    // Nothing changed: of a hundred families of tests, five at most should hold a flag.
    let families: BTreeSet<_> = evolution
        .series
        .iter()
        .flat_map(|series| {
            series
                .changes
                .iter()
                .map(|change| (&series.indicator, change.category.as_ref().map(|known| &known.0)))
        })
        .collect();
    assert!(flagged * 20 < families.len(), "{flagged} of {} families", families.len());
    // Every change is the difference of two displayed values of the two publications.
    for series in &evolution.series {
        for change in &series.changes {
            let cell = |publication: &Publication| {
                publication.cell(&change.domain(), &series.indicator).published().unwrap().value()
            };
            assert_eq!((change.before, change.after), (cell(&earlier), cell(&later)));
            let unit = later.indicator(&series.indicator).unwrap().unit;
            if unit == Unit::Percent {
                assert!(change.before.step() <= 5.0 && change.after.step() <= 5.0);
            }
        }
    }
}
