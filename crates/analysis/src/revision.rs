//! When an edition may be published again (`disclosure.md`, section 3.4): what differs between two versions is the answers
//! of those who changed, so that in every group that changes they must be as many as a group that may be shown.

use std::collections::{BTreeMap, BTreeSet};

use extract::Extract;
use extract::columns::ORGANISATION;
use polars::prelude::{DataFrame, PlSmallStr};
use publication::{CellKey, Domain, Publication};
use questionnaire::Edition;

use crate::cleaning::{Cleaned, clean};
use crate::columns::polars;
use crate::error::AnalysisError;
use crate::estimation::domains::domains;
use crate::estimation::inputs;

/// One version of the answers.
struct Version {
    cleaned: Cleaned,
    /// The organisation of each respondent.
    who: Vec<String>,
    /// The respondents of each domain.
    domains: BTreeMap<Domain, Vec<usize>>,
    /// For each base, one bit per respondent.
    bases: Vec<Vec<u64>>,
}

impl Version {
    fn read(extract: &Extract, edition: &Edition) -> Result<Self, AnalysisError> {
        let cleaned = clean(extract.frame()?, edition)?;
        let organisations = cleaned.frame.column(ORGANISATION).and_then(|column| column.str().cloned());
        let who =
            organisations.map_err(polars)?.iter().map(|who| who.unwrap_or_default().to_owned()).collect();
        let (found, _) = domains(&cleaned, edition);
        let domains = found.into_iter().map(|found| (found.domain, found.rows)).collect();
        let bases = inputs::values(edition).1.base_bits(&cleaned);
        Ok(Self { cleaned, who, domains, bases })
    }

    /// The organisations of a domain that are in a base, each with its row.
    fn members(&self, domain: &Domain, base: usize) -> BTreeMap<&str, usize> {
        let rows = self.domains.get(domain).into_iter().flatten().copied();
        rows.filter(|row| self.bases[base][row / 64] >> (row % 64) & 1 == 1)
            .map(|row| (self.who[row].as_str(), row))
            .collect()
    }
}

/// Refuses a version in which fewer respondents changed than a shown group has, in any group whose figures either version
/// shows. A respondent changed who came, who left, or who answers otherwise to what the figures read.
///
/// # Errors
/// When too few changed somewhere, which is all that is said, and when an extract is not of this edition.
pub fn refuse_few_changes(
    (before, after): (&Extract, &Extract),
    edition: &Edition,
    versions: [&Publication; 2],
) -> Result<(), AnalysisError> {
    let (old, new) = (Version::read(before, edition)?, Version::read(after, edition)?);
    let n_min = edition.plan.n_min as usize;
    let changed = changed(&old, &new, edition)?;
    let (_, inputs) = inputs::values(edition);
    let mut seen: BTreeSet<(&Domain, usize, &[usize])> = BTreeSet::new();
    for (at, indicator) in edition.indicators.iter().enumerate() {
        let base = inputs.indicators[at].base;
        for domain in old.domains.keys().chain(new.domains.keys()) {
            let key = CellKey { domain: domain.clone(), indicator: indicator.code.clone() };
            let is_shown = |version: &&Publication| {
                version.cells.get(&key).is_some_and(|cell| cell.published().is_some())
            };
            if !versions.iter().any(is_shown) || !seen.insert((domain, base, &indicator.questions)) {
                continue;
            }
            let (then, now) = (old.members(domain, base), new.members(domain, base));
            let came = now.keys().filter(|who| !then.contains_key(*who)).count();
            let left = then.keys().filter(|who| !now.contains_key(*who)).count();
            let is_other = |who: &&&str| {
                now.contains_key(**who)
                    && indicator
                        .questions
                        .iter()
                        .any(|question| changed.get(question).is_some_and(|changed| changed.contains(**who)))
            };
            let others = then.keys().filter(is_other).count();
            if (1..n_min).contains(&(came + left + others)) {
                return Err(AnalysisError::FewChanged { n_min: edition.plan.n_min });
            }
        }
    }
    Ok(())
}

/// For each question, the organisations of both versions that answer it otherwise.
fn changed(
    old: &Version,
    new: &Version,
    edition: &Edition,
) -> Result<BTreeMap<usize, BTreeSet<String>>, AnalysisError> {
    let rows: BTreeMap<&str, usize> =
        new.who.iter().enumerate().map(|(row, who)| (who.as_str(), row)).collect();
    let both: Vec<(usize, usize)> =
        old.who.iter().enumerate().filter_map(|(row, who)| Some((row, *rows.get(who.as_str())?))).collect();
    let mut changed: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for (at, question) in edition.questionnaire.questions.iter().enumerate() {
        let prefix = format!("{}.", question.code);
        let of_question = |name: &str| name == question.code || name.starts_with(&prefix);
        for column in old
            .cleaned
            .frame
            .get_column_names()
            .into_iter()
            .map(PlSmallStr::as_str)
            .filter(|name| of_question(name))
        {
            let value = |frame: &DataFrame, row: usize| -> Result<String, AnalysisError> {
                let value = frame.column(column).and_then(|column| column.get(row).map(|v| v.to_string()));
                value.map_err(polars)
            };
            for (then, now) in &both {
                if value(&old.cleaned.frame, *then)? != value(&new.cleaned.frame, *now)? {
                    changed.entry(at).or_default().insert(old.who[*then].clone());
                }
            }
        }
    }
    Ok(changed)
}
