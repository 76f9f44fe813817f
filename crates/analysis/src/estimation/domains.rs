//! Whom estimates are about.

use polars::prelude::Expr;
use publication::Domain;
use questionnaire::{BreakdownVariable, Edition};

use crate::cleaning::Cleaned;
use crate::columns::{Compiler, booleans, categories, evaluate};
use crate::error::AnalysisError;

/// A domain: a set of respondents, never a filtered frame, because a variance needs those outside too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainRows {
    /// Which domain.
    pub domain: Domain,
    /// Positions of its respondents, ascending.
    pub rows: Vec<usize>,
}

/// All respondents, then every category of every breakdown in the plan's order. A member of three networks is in
/// three of them.
pub(crate) fn domains(cleaned: &Cleaned, edition: &Edition) -> Result<Vec<DomainRows>, AnalysisError> {
    let compiler = Compiler::new(edition);
    let mut expressions: Vec<Expr> = Vec::new();
    for breakdown in &edition.plan.breakdowns {
        match breakdown.variable {
            BreakdownVariable::Partition(subject) => expressions.push(compiler.category(subject)?),
            BreakdownVariable::Networks(question) => {
                for category in &breakdown.categories {
                    let ticked = questionnaire::Condition::HasAny(question, vec![category.code.clone()]);
                    expressions.push(compiler.condition(&ticked)?);
                }
            }
        }
    }
    let table = evaluate(&cleaned.frame, expressions)?;
    let mut domains = vec![DomainRows { domain: Domain::All, rows: (0..cleaned.len()).collect() }];
    let mut at = 0;
    for breakdown in &edition.plan.breakdowns {
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); breakdown.categories.len()];
        match breakdown.variable {
            BreakdownVariable::Partition(_) => {
                let codes: Vec<&str> =
                    breakdown.categories.iter().map(|category| category.code.as_str()).collect();
                let values = categories(table.column(at), &codes)?;
                at += 1;
                for (row, category) in values.into_iter().enumerate() {
                    // A category that the breakdown does not list is in the whole only.
                    if let Ok(Some(category)) = category {
                        members[category].push(row);
                    }
                }
            }
            BreakdownVariable::Networks(_) => {
                for members in &mut members {
                    let is_member = booleans(table.column(at))?;
                    at += 1;
                    members.extend((0..is_member.len()).filter(|row| is_member[*row]));
                }
            }
        }
        for (category, rows) in breakdown.categories.iter().zip(members) {
            domains.push(DomainRows { domain: Domain::of(&breakdown.code, &category.code), rows });
        }
    }
    Ok(domains)
}
