//! Who answered, before and after weighting: from displayed numbers of respondents and public totals.

use publication::{Base, Breakdown, Displayed, Domain, NetworkSector, Population, Profile, ProfileRow, Unit};
use questionnaire::{BreakdownVariable, CalibrationGroup, Condition, Edition, Subject};

use super::numbers::Numbers;

/// Breakdown of sectors that networks are compared by.
const SECTOR: &str = "secteur";

/// For each breakdown, the share of each category among respondents, from the numbers displayed; and after weighting,
/// where weighting makes it a public total. The weight of any other group is half of what is needed to take figures
/// apart (`disclosure.md`, section 3.1).
pub(super) fn profiles(edition: &Edition, breakdowns: &[Breakdown], numbers: &Numbers) -> Vec<Profile> {
    let whole = numbers.of_domain(&Domain::All);
    let row = |breakdown: &Breakdown, plan: &questionnaire::Breakdown, category: &publication::Category| {
        ProfileRow {
            category: category.code.clone(),
            sample: category.n.zip(whole).and_then(|(n, whole)| numbers.rule.share(n, whole)),
            weighted: category.n.and_then(|_| {
                if breakdown.is_overlapping { None } else { public(plan, &category.code, edition, numbers) }
            }),
        }
    };
    breakdowns
        .iter()
        .zip(&edition.plan.breakdowns)
        .map(|(breakdown, plan)| Profile {
            breakdown: breakdown.code.clone(),
            rows: breakdown.categories.iter().map(|category| row(breakdown, plan, category)).collect(),
        })
        .collect()
}

/// The share that the margins give a category, when they do.
fn public(
    breakdown: &questionnaire::Breakdown,
    category: &str,
    edition: &Edition,
    numbers: &Numbers,
) -> Option<Displayed> {
    let all: f64 = edition.plan.calibration.iter().map(|group| group.total).sum();
    let population = population(breakdown, category, edition)?;
    let least = numbers.of_domain(&Domain::All)?.least();
    let base = Base { n: least, largest_share: f64::from(least).recip() };
    numbers.rule.display(100.0 * population / all, Unit::Percent, base)
}

/// How many organisations a category stands for, when the margins say so.
fn population(breakdown: &questionnaire::Breakdown, category: &str, edition: &Edition) -> Option<f64> {
    let BreakdownVariable::Partition(subject) = breakdown.variable else { return None };
    let parts = edition.plan.calibration.iter().map(|group| part(group, subject, category));
    parts.collect::<Option<Vec<_>>>().map(|parts| parts.iter().sum())
}

/// The public totals that weighting was given, of all and of categories: a function of the plan alone.
pub(super) fn populations(edition: &Edition) -> Vec<Population> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of organisations")]
    let whole = |n: f64| n.round() as u64;
    let all = edition.plan.calibration.iter().map(|group| group.total).sum();
    let mut found = vec![Population { category: None, n: whole(all) }];
    for breakdown in &edition.plan.breakdowns {
        for category in &breakdown.categories {
            if let Some(n) = population(breakdown, &category.code, edition).filter(|n| *n > 0.0) {
                let category = Some((breakdown.code.clone(), category.code.clone()));
                found.push(Population { category, n: whole(n) });
            }
        }
    }
    found
}

/// How many organisations of a calibration group are in a category: all or none when the category makes the group, what
/// a margin says when there is one.
fn part(group: &CalibrationGroup, subject: Subject, category: &str) -> Option<f64> {
    match &group.when {
        Condition::In(of, codes) if *of == subject && codes.len() == 1 => {
            return Some(if codes[0] == category { group.total } else { 0.0 });
        }
        _ => {}
    }
    let margin = group.margins.iter().find(|margin| margin.variable == subject)?;
    let known = margin.categories.iter().find(|known| known.code == category)?;
    Some(group.total * known.share)
}

/// For each shown network, the sector that most of its members belong to: when the numbers displayed leave no doubt.
pub(super) fn network_sectors(breakdowns: &[Breakdown], numbers: &Numbers) -> Vec<NetworkSector> {
    let mut found = Vec::new();
    for networks in breakdowns.iter().filter(|breakdown| breakdown.is_overlapping) {
        for network in &networks.categories {
            let Some(n) = network.n else { continue };
            let main = numbers.domains().find_map(|(domain, inside)| match domain {
                Domain::Crossed { breakdown, category, by, part }
                    if *breakdown == networks.code && *category == network.code && by == SECTOR =>
                {
                    (2 * inside.least() > n.most()).then(|| part.clone())
                }
                _ => None,
            });
            let shown = |category: &String| numbers.of_domain(&Domain::of(SECTOR, category)).is_some();
            if let Some(category) = main.filter(shown) {
                let breakdown = SECTOR.to_owned();
                found.push(NetworkSector { network: network.code.clone(), breakdown, category });
            }
        }
    }
    found
}
