//! What all outputs together display of each cell, and whether they agree (procedure b).

use std::collections::{BTreeMap, BTreeSet};

use crate::claim::{Claim, Group, Kind, Severity};
use crate::domain::Domain;
use crate::release::{Cell, Release, Shown};

/// Position of a question and of a category in it.
pub(crate) type Answer = (usize, usize);

/// What is displayed of the questions of one base.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    /// The domains that are planned for the base.
    pub(crate) domains: BTreeSet<Domain>,
    /// Displayed intervals, all outputs together.
    pub(crate) shown: BTreeMap<Answer, BTreeMap<Domain, (f64, f64)>>,
    /// Numbers of respondents that each released domain can have.
    pub(crate) numbers: BTreeMap<Domain, (u32, u32)>,
    /// Populations shown.
    pub(crate) populations: BTreeMap<Domain, f64>,
    /// Domains with something displayed.
    pub(crate) released: BTreeSet<Domain>,
    /// Questions of the base.
    pub(crate) questions: BTreeSet<usize>,
}

/// The sheets by base, and what contradicts itself.
pub(crate) fn sheets(release: &Release) -> (BTreeMap<String, Sheet>, Vec<Claim>) {
    let mut sheets: BTreeMap<String, Sheet> = BTreeMap::new();
    let mut claims = Vec::new();
    let mut seen: BTreeMap<(usize, usize, usize), Vec<&Cell>> = BTreeMap::new();
    for cell in release.cells() {
        seen.entry((cell.domain.0, cell.question.0, cell.category)).or_default().push(cell);
    }
    for ((domain, question, category), cells) in seen {
        let domain = &release.domains[domain];
        let sheet = sheets.entry(release.questions[question].base.clone()).or_default();
        sheet.domains.insert(domain.clone());
        sheet.questions.insert(question);
        let shown: Vec<&Shown> = cells.iter().filter_map(|cell| cell.shown.as_ref()).collect();
        if let Some(detail) = disagreement(&cells, &shown) {
            claims.push(contradiction(release, domain, (question, category), detail));
        }
        let Some(first) = shown.first() else { continue };
        let mut interval = (first.lo, first.hi);
        for shown in &shown {
            interval = (interval.0.max(shown.lo), interval.1.min(shown.hi));
            sheet.add_size(domain, shown);
        }
        if interval.0 > interval.1 {
            // Nothing can be computed from what contradicts itself; the claim above says so.
            interval = (first.lo, first.hi);
        }
        sheet.released.insert(domain.clone());
        sheet.shown.entry((question, category)).or_default().insert(domain.clone(), interval);
    }
    (sheets, claims)
}

impl Sheet {
    fn add_size(&mut self, domain: &Domain, shown: &Shown) {
        if let Some((least, most)) = shown.n {
            let known = self.numbers.entry(domain.clone()).or_insert((least, most));
            let both = (known.0.max(least), known.1.min(most));
            if both.0 <= both.1 {
                *known = both;
            }
        }
        if let Some(population) = shown.pop {
            self.populations.insert(domain.clone(), population);
        }
    }
}

/// What outputs say differently of one cell.
fn disagreement(cells: &[&Cell], shown: &[&Shown]) -> Option<String> {
    let first = cells.first()?;
    if shown.len() < cells.len() && !shown.is_empty() {
        let hidden = cells.iter().find(|cell| cell.shown.is_none())?;
        let open = cells.iter().find(|cell| cell.shown.is_some())?;
        return Some(format!("withheld in {}, and shown in {}", place(hidden), place(open)));
    }
    let shown_first = first.shown.as_ref()?;
    let other = cells.iter().find(|cell| {
        cell.shown.as_ref().is_some_and(|shown| {
            shown.text != shown_first.text
                || (shown.lo, shown.hi) != (shown_first.lo, shown_first.hi)
                || shown.n != shown_first.n
        })
    })?;
    let text = other.shown.as_ref().map_or("", |shown| shown.text.as_str());
    Some(format!("`{}` in {}, and `{text}` in {}", shown_first.text, place(first), place(other)))
}

fn place(cell: &Cell) -> String {
    match (cell.channel.as_str(), cell.table.as_str()) {
        (channel, "") => channel.to_owned(),
        (channel, table) => format!("{channel}/{table}"),
    }
}

fn contradiction(release: &Release, domain: &Domain, (question, category): Answer, detail: String) -> Claim {
    let question = &release.questions[question];
    Claim {
        kind: Kind::Contradiction,
        severity: Severity::Serious,
        group: Group::one(domain.clone()),
        base: question.base.clone(),
        question: Some(question.code.clone()),
        category: Some(question.categories[category].clone()),
        interval: None,
        n: None,
        binding: vec![crate::claim::Binding { domain: domain.clone(), weight: 1.0 }],
        detail,
    }
}
