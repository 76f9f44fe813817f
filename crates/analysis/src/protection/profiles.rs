//! Who answered, before and after weighting.

use publication::{Breakdown, Domain, NetworkSector, Profile, ProfileRow, Rule, Unit};

use super::Protection;
use super::method::equal;
use crate::estimation::DomainRows;

/// Breakdown of sectors that networks are compared by.
const SECTOR: &str = "secteur";

/// For each breakdown, the share of each category among respondents and after weighting. A category that is too small
/// to be spoken of has neither.
pub(super) fn profiles(input: &Protection<'_>, rule: Rule) -> Vec<Profile> {
    let estimates = input.estimates;
    let whole = &estimates.everyone[0];
    let everyone = equal(input.cleaned.len());
    let row = |breakdown: &str, category: &questionnaire::Category| {
        let domain = Domain::of(breakdown, &category.code);
        let members = estimates
            .domains
            .iter()
            .position(|candidate| candidate.domain == domain)
            .map(|index| &estimates.everyone[index])
            .filter(|members| rule.number(members.base).is_some());
        let share = |part: f64, whole: f64| 100.0 * part / whole;
        ProfileRow {
            category: category.code.clone(),
            sample: members.and_then(|members| {
                rule.display(share(f64::from(members.base.n), f64::from(everyone.n)), Unit::Percent, everyone)
            }),
            weighted: members.and_then(|members| {
                rule.display(share(members.weight, whole.weight), Unit::Percent, whole.base)
            }),
        }
    };
    input
        .edition
        .plan
        .breakdowns
        .iter()
        .map(|breakdown| Profile {
            breakdown: breakdown.code.clone(),
            rows: breakdown.categories.iter().map(|category| row(&breakdown.code, category)).collect(),
        })
        .collect()
}

/// For each shown network, the shown sector that most of its members belong to; of equal ones, the first of the plan.
pub(super) fn network_sectors(input: &Protection<'_>, breakdowns: &[Breakdown]) -> Vec<NetworkSector> {
    let Some(sectors) = breakdowns.iter().find(|breakdown| breakdown.code == SECTOR) else {
        return Vec::new();
    };
    let rows_of = |breakdown: &Breakdown, category: &publication::Category| -> &[usize] {
        let domain = Domain::of(&breakdown.code, &category.code);
        let found: Option<&DomainRows> =
            input.estimates.domains.iter().find(|candidate| candidate.domain == domain);
        found.map_or(&[], |domain| domain.rows.as_slice())
    };
    let shown = |breakdown: &'_ Breakdown| -> Vec<publication::Category> {
        breakdown.categories.iter().filter(|category| category.n.is_some()).cloned().collect()
    };
    let n_min = input.edition.plan.n_min as usize;
    let mut found = Vec::new();
    for networks in breakdowns.iter().filter(|breakdown| breakdown.is_overlapping) {
        for network in shown(networks) {
            let members = rows_of(networks, &network);
            let mut best: Option<(usize, String)> = None;
            for sector in shown(sectors) {
                // Members are few, a sector is large.
                let inside = rows_of(sectors, &sector);
                let in_both = members.iter().filter(|row| inside.binary_search(row).is_ok()).count();
                // A plurality of two or three members is a fact about them: the sector is named when it is that of
                // a publishable number of members, and of most of them.
                let is_main = in_both >= n_min && 2 * in_both > members.len();
                if is_main && in_both > best.as_ref().map_or(0, |(most, _)| *most) {
                    best = Some((in_both, sector.code));
                }
            }
            if let Some((_, category)) = best {
                found.push(NetworkSector { network: network.code, breakdown: SECTOR.to_owned(), category });
            }
        }
    }
    found
}
