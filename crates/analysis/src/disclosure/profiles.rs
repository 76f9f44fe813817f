//! Who answered, before and after weighting: from displayed numbers of respondents and public totals.

use publication::{Base, Breakdown, Displayed, Domain, NetworkSector, Profile, ProfileRow, Unit};
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
    let BreakdownVariable::Partition(subject) = breakdown.variable else { return None };
    let groups = &edition.plan.calibration;
    let all: f64 = groups.iter().map(|group| group.total).sum();
    let parts: Vec<f64> = groups.iter().map(|group| part(group, subject, category)).collect::<Option<_>>()?;
    let least = numbers.of_domain(&Domain::All)?.least();
    let base = Base { n: least, largest_share: f64::from(least).recip() };
    numbers.rule.display(100.0 * parts.iter().sum::<f64>() / all, Unit::Percent, base)
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
