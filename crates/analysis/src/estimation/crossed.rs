//! Domains made of others: the plan's crossings, and near twins among the networks together.

use publication::Domain;
use questionnaire::{Category, Edition};

use super::domains::{DomainRows, Membership};
use super::near::near_identical;

/// From this many respondents on, which is what is displayed as a number and no longer as a class, a network is crossed
/// with other breakdowns: whether it is follows from what is displayed.
pub(crate) const CROSSED_FROM: usize = 40;

/// Between the codes of two networks that are published together.
pub(crate) const TOGETHER: char = '&';

/// Adds to the domains of the breakdowns those of the plan's crossings; last, near twins among the networks together and
/// their crossings, whether or not they will be published so.
pub(super) fn extend(
    domains: &mut Vec<DomainRows>,
    memberships: &mut Vec<Membership>,
    edition: &Edition,
    respondents: usize,
) {
    let first = domains.len();
    // A position among the categories of each breakdown that others are crossed by, or none.
    let of_row = |breakdown: usize| -> Vec<Option<usize>> {
        let by = &edition.plan.breakdowns[breakdown];
        let mut categories = vec![None; respondents];
        for (position, category) in by.categories.iter().enumerate() {
            for row in rows(domains, &by.code, &category.code) {
                categories[*row] = Some(position);
            }
        }
        categories
    };
    let mut made: Vec<DomainRows> = Vec::new();
    let columns: Vec<Vec<Option<usize>>> =
        edition.plan.crossings.iter().map(|[_, other]| of_row(*other)).collect();
    let cross = |made: &mut Vec<DomainRows>, breakdown: usize, code: &str, members: &[usize]| {
        for ([one, other], categories) in edition.plan.crossings.iter().zip(&columns) {
            if *one != breakdown {
                continue;
            }
            let (whole, by) = (&edition.plan.breakdowns[*one], &edition.plan.breakdowns[*other]);
            let mut parts: Vec<Vec<usize>> = vec![Vec::new(); by.categories.len()];
            for row in members {
                if let Some(part) = categories[*row] {
                    parts[part].push(*row);
                }
            }
            made.extend(by.categories.iter().zip(parts).map(|(part, rows)| DomainRows {
                domain: Domain::crossed((&whole.code, code), (&by.code, &part.code)),
                rows,
            }));
        }
    };
    for (index, breakdown) in edition.plan.breakdowns.iter().enumerate() {
        let is_overlapping = breakdown.variable.is_overlapping();
        for category in &breakdown.categories {
            let members = rows(domains, &breakdown.code, &category.code);
            if !is_overlapping || members.len() >= CROSSED_FROM {
                cross(&mut made, index, &category.code, members);
            }
        }
        if is_overlapping {
            for (code, members) in twins(domains, edition, index) {
                made.push(DomainRows { domain: Domain::of(&breakdown.code, &code), rows: members.clone() });
                if members.len() >= CROSSED_FROM {
                    cross(&mut made, index, &code, &members);
                }
            }
        }
    }
    domains.extend(made);
    memberships.push(Membership::listed(first, &domains[first..], respondents));
}

fn rows<'a>(domains: &'a [DomainRows], breakdown: &str, category: &str) -> &'a [usize] {
    let domain = Domain::of(breakdown, category);
    domains.iter().find(|found| found.domain == domain).map_or(&[], |found| &found.rows)
}

/// Pairs of networks of almost the same members (`disclosure.md`, section 3.1, regrouping): their code, and the members
/// of either.
fn twins(domains: &[DomainRows], edition: &Edition, breakdown: usize) -> Vec<(String, Vec<usize>)> {
    let breakdown = &edition.plan.breakdowns[breakdown];
    let n_min = edition.plan.n_min as usize;
    let large: Vec<(&str, &[usize])> = breakdown
        .categories
        .iter()
        .map(|category| (category.code.as_str(), rows(domains, &breakdown.code, &category.code)))
        .filter(|(_, members)| members.len() >= n_min)
        .collect();
    let mut found = Vec::new();
    for (position, (one, members)) in large.iter().enumerate() {
        for (other, others) in &large[position + 1..] {
            if near_identical(members, others) {
                let mut either = [*members, *others].concat();
                either.sort_unstable();
                either.dedup();
                found.push((together(one, other), either));
            }
        }
    }
    found
}

/// The code of two networks that are published together.
fn together(one: &str, other: &str) -> String {
    let (first, second) = if one <= other { (one, other) } else { (other, one) };
    format!("{first}{TOGETHER}{second}")
}

/// The networks of such a code; one code alone is itself.
pub(crate) fn apart(code: &str) -> Vec<&str> {
    code.split(TOGETHER).collect()
}

/// The label of a category, or of two networks together.
pub(crate) fn label(categories: &[Category], code: &str) -> String {
    let one = |code: &str| {
        let known = categories.iter().find(|category| category.code == code);
        known.map_or_else(|| code.to_owned(), |category| category.label.clone())
    };
    match apart(code).as_slice() {
        [_] => one(code),
        parts => {
            let labels: Vec<String> = parts.iter().map(|part| one(part)).collect();
            format!("Résultats communs\u{a0}: {}", labels.join(" – "))
        }
    }
}
