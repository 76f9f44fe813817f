//! Each step of the protection is needed: switched off, an attacker finds something out.

use std::collections::{BTreeMap, BTreeSet};

use analysis::{Attacker, Cleaned, Estimates, calibrate, clean, estimate};
use audit::{Claim, Known, Release};
use extract::ExtractRecord;
use publication::{Cell, CellKey, Domain, Publication};
use questionnaire::{Answer, Networks};

use super::definition::edition;
use super::sample::{freeze, records};
use crate::disclosure::{Context, Protection, Steps, protect};

/// An attacker that finds nothing, so that what the structure alone protects is seen.
struct Nobody;

impl Attacker for Nobody {
    fn inside(&self, _: &Release, _: &Known, _: Option<&Release>) -> Vec<Claim> {
        Vec::new()
    }

    fn outside(&self, _: &Release, _: &Known, _: Option<&Release>) -> Vec<Claim> {
        Vec::new()
    }
}

/// Puts an organisation into networks, out of all others of this list.
fn join(record: &mut ExtractRecord, list: &[&str], codes: &[&str]) {
    let mut of: BTreeSet<String> = match record.answers.get("org_reseaux") {
        Some(Answer::Networks(networks)) => networks.codes.clone(),
        _ => BTreeSet::new(),
    };
    of.retain(|code| !list.contains(&code.as_str()));
    of.extend(codes.iter().map(|code| (*code).to_owned()));
    record.answers.set("org_reseaux", Some(Answer::Networks(Networks { codes: of, other: None })));
}

/// A network nested in another but one member, and two networks apart by two members.
fn with_traps(n: usize) -> Vec<ExtractRecord> {
    let mut records = records(edition(), n, 77);
    let list = ["cooptech", "la_zone", "fei", "unea"];
    for (index, record) in records.iter_mut().enumerate() {
        let codes: &[&str] = match index {
            0..=58 => &["cooptech", "la_zone"],
            59 => &["cooptech"],
            60..=118 => &["fei", "unea"],
            119 => &["fei"],
            120 => &["unea"],
            _ => &[],
        };
        join(record, &list, codes);
    }
    records
}

struct Made {
    cleaned: Cleaned,
    estimates: Estimates,
    publication: Publication,
}

fn published(records: &[ExtractRecord], steps: Steps, attacker: &dyn Attacker) -> Made {
    let extract = freeze(edition(), records);
    let cleaned = clean(extract.frame().unwrap(), edition()).unwrap();
    let weights = calibrate(&cleaned, edition()).unwrap();
    let estimates = estimate(&cleaned, &weights, edition());
    let context = Context {
        publisher: "SOGA".to_owned(),
        software: "barometre".to_owned(),
        definition: BTreeMap::new(),
    };
    let publication = protect(&Protection {
        cleaned: &cleaned,
        weights: &weights,
        estimates: &estimates,
        edition: edition(),
        manifest: extract.manifest(),
        context: &context,
        attacker,
        previous: None,
        steps,
    })
    .unwrap();
    Made { cleaned, estimates, publication }
}

/// Whether the national question that everyone is asked is shown of a domain.
fn is_shown(publication: &Publication, domain: &Domain) -> bool {
    let key = CellKey { domain: domain.clone(), indicator: "STR_IMPORTANT".to_owned() };
    publication.cells.get(&key).is_some_and(|cell| matches!(cell, Cell::Published(_)))
}

/// Whom the shown domains tell about by adding and subtracting: the rank of what is shown does not grow with the group.
fn follows(made: &Made, group: &[usize]) -> bool {
    let n = made.cleaned.len();
    let column = |rows: &[usize]| {
        let mut column = vec![0.0; n];
        for row in rows {
            column[*row] = 1.0;
        }
        column
    };
    let shown = made.estimates.domains.iter().filter(|found| is_shown(&made.publication, &found.domain));
    let mut basis: Vec<(usize, Vec<f64>)> = Vec::new();
    let reduce = |basis: &[(usize, Vec<f64>)], mut vector: Vec<f64>| {
        for (pivot, row) in basis {
            let factor = vector[*pivot];
            if factor.abs() > 1e-9 {
                for (entry, other) in vector.iter_mut().zip(row) {
                    *entry -= factor * other;
                }
            }
        }
        vector
    };
    for found in shown {
        let vector = reduce(&basis, column(&found.rows));
        let pivot = (0..n).max_by(|a, b| vector[*a].abs().total_cmp(&vector[*b].abs())).unwrap();
        if vector[pivot].abs() > 1e-6 {
            let scale = vector[pivot];
            basis.push((pivot, vector.into_iter().map(|entry| entry / scale).collect()));
        }
    }
    reduce(&basis, column(group)).iter().all(|entry| entry.abs() < 1e-6)
}

fn network<'a>(made: &'a Made, code: &str) -> &'a [usize] {
    let domain = Domain::of("reseau", code);
    &made.estimates.domains.iter().find(|found| found.domain == domain).unwrap().rows
}

fn without(one: &[usize], other: &[usize]) -> Vec<usize> {
    one.iter().copied().filter(|row| !other.contains(row)).collect()
}

#[test]
fn near_twins_are_published_together_and_tell_nothing_of_who_is_in_one_alone() {
    let made = published(&with_traps(420), Steps::default(), &Nobody);
    for (one, other) in [("cooptech", "la_zone"), ("fei", "unea")] {
        let both = format!("{one}&{other}");
        assert!(is_shown(&made.publication, &Domain::of("reseau", &both)), "{both}");
        assert!(!is_shown(&made.publication, &Domain::of("reseau", one)));
        assert!(!is_shown(&made.publication, &Domain::of("reseau", other)));
        let alone = without(network(&made, one), network(&made, other));
        assert!(!alone.is_empty() && !follows(&made, &alone));
        let label = made.publication.domain_label(&Domain::of("reseau", &both));
        assert!(label.starts_with("Résultats communs"), "{label}");
    }
}

#[test]
fn without_secondary_suppression_a_withheld_domain_follows_by_subtraction() {
    let small = |made: &Made| -> Vec<Vec<usize>> {
        let n_min = edition().plan.n_min as usize;
        let domains = made.estimates.domains.iter();
        domains
            .filter(|found| (1..n_min).contains(&found.rows.len()))
            .map(|found| found.rows.clone())
            .collect()
    };
    let records = with_traps(420);
    let naive = published(&records, Steps { secondary: false, ..Steps::default() }, &Nobody);
    assert!(small(&naive).iter().any(|group| follows(&naive, group)), "a threshold alone is broken");
    let protected = published(&records, Steps::default(), &Nobody);
    assert!(small(&protected).iter().all(|group| !follows(&protected, group)));
}

#[test]
fn without_the_primary_rule_small_domains_are_simply_shown() {
    // The rule of display refuses them all the same: nothing else can make a displayed value.
    let made = published(&with_traps(420), Steps { primary: false, ..Steps::default() }, &Nobody);
    for (found, key) in made.publication.cells.keys().map(|key| (&key.domain, key)) {
        let rows = &made.estimates.domains.iter().find(|known| known.domain == *found).unwrap().rows;
        let is_small = rows.len() < edition().plan.n_min as usize;
        assert!(!is_small || made.publication.cells[key].published().is_none(), "{found:?}");
    }
}
