//! Whom estimates are about.

use std::ops::Range;

use publication::Domain;
use questionnaire::{BreakdownVariable, Edition};

use crate::cleaning::Cleaned;
use crate::columns::Value;

/// A domain: a set of respondents, never a filtered frame, because a variance needs those outside too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainRows {
    /// Which domain.
    pub domain: Domain,
    /// Positions of its respondents, ascending.
    pub rows: Vec<usize>,
}

/// What [`domains`] reads: for each breakdown, its category, or one condition for each network.
pub(crate) fn values(edition: &Edition) -> Vec<Value> {
    let mut values = Vec::new();
    for breakdown in &edition.plan.breakdowns {
        match breakdown.variable {
            BreakdownVariable::Partition(subject) => {
                values.push(Value::Category(subject));
            }
            BreakdownVariable::Networks(question) => {
                for category in &breakdown.categories {
                    let ticked = questionnaire::Condition::HasAny(question, vec![category.code.clone()]);
                    values.push(Value::Condition(ticked));
                }
            }
        }
    }
    values
}

/// How the members of domains are found in a chunk of what [`values`] read.
pub(crate) enum Membership {
    /// For each code of a column, the domain; a category that the breakdown does not list is in the whole only.
    Partition { column: usize, domain_of: Vec<Option<usize>> },
    /// One condition for one domain.
    Overlapping { column: usize, domain: usize },
    /// For each respondent, the domains from this start to the next one's, of those of this range.
    Listed { starts: Vec<usize>, domains: Vec<usize>, made: Range<usize> },
}

impl Membership {
    /// Of these domains, the first of which has position `first`.
    pub(super) fn listed(first: usize, made: &[DomainRows], respondents: usize) -> Self {
        let mut starts = vec![0; respondents + 1];
        for row in made.iter().flat_map(|domain| &domain.rows) {
            starts[row + 1] += 1;
        }
        for row in 0..respondents {
            starts[row + 1] += starts[row];
        }
        let mut next = starts.clone();
        let mut domains = vec![0; starts[respondents]];
        for (position, domain) in made.iter().enumerate() {
            for row in &domain.rows {
                domains[next[*row]] = first + position;
                next[*row] += 1;
            }
        }
        Self::Listed { starts, domains, made: first..first + made.len() }
    }
}

/// All respondents, then every category of every breakdown in the plan's order, then what is made of them (see
/// [`super::crossed`]). A member of three networks is in
/// three of them.
pub(crate) fn domains(cleaned: &Cleaned, edition: &Edition) -> (Vec<DomainRows>, Vec<Membership>) {
    let read = &cleaned.answers.domains;
    let mut domains = vec![DomainRows { domain: Domain::All, rows: (0..cleaned.len()).collect() }];
    let mut memberships = Vec::new();
    let mut column = 0;
    for breakdown in &edition.plan.breakdowns {
        let first = domains.len();
        let empty = |category: &questionnaire::Category| DomainRows {
            domain: Domain::of(&breakdown.code, &category.code),
            rows: Vec::new(),
        };
        domains.extend(breakdown.categories.iter().map(empty));
        match breakdown.variable {
            BreakdownVariable::Partition(_) => {
                let codes: Vec<&str> =
                    breakdown.categories.iter().map(|category| category.code.as_str()).collect();
                let positions = read.positions(column, &codes);
                let domain_of: Vec<Option<usize>> =
                    positions.into_iter().map(|position| position.map(|category| first + category)).collect();
                let mut row = 0;
                for chunk in read.chunks() {
                    for code in chunk.codes(column) {
                        if let Some(domain) = domain_of[usize::from(*code)] {
                            domains[domain].rows.push(row);
                        }
                        row += 1;
                    }
                }
                memberships.push(Membership::Partition { column, domain_of });
                column += 1;
            }
            BreakdownVariable::Networks(_) => {
                for (domain, members) in domains.iter_mut().enumerate().skip(first) {
                    let mut from = 0;
                    for chunk in read.chunks() {
                        members.rows.extend(chunk.bits(column).ones().map(|row| from + row));
                        from += chunk.rows();
                    }
                    memberships.push(Membership::Overlapping { column, domain });
                    column += 1;
                }
            }
        }
    }
    super::crossed::extend(&mut domains, &mut memberships, edition, cleaned.len());
    (domains, memberships)
}
