//! The members of a network who are not in another: an insider who knows both lists knows who they are.

use audit::{Agreeing, Known, Size};
use publication::Domain;

use super::candidate::base_name;
use super::decided::Decision;
use super::truth::Truth;
use crate::estimation::near::NESTED;

/// The members of a network who are not in another, when they are few.
pub(super) struct Apart {
    /// The network, and the other.
    networks: [usize; 2],
    domain: audit::Domain,
    size: Size,
    /// Those of them in each base.
    in_bases: Vec<Size>,
}

/// How many more than few are looked at: in the base of a question fewer may be left.
const LOOKED_AT: usize = 6 * NESTED;

/// All of them, whatever will be planned: found once, not in each round. What they answered is added to what agrees.
pub(super) fn apart(truth: &Truth<'_>, agreeing: &mut Agreeing) -> Vec<Apart> {
    let (edition, estimates) = (truth.edition, truth.estimates);
    let mut found = Vec::new();
    for breakdown in edition.plan.breakdowns.iter().filter(|breakdown| breakdown.variable.is_overlapping()) {
        let networks: Vec<(&str, usize)> = estimates
            .domains
            .iter()
            .enumerate()
            .filter_map(|(at, found)| match &found.domain {
                Domain::Of { breakdown: of, category } if *of == breakdown.code => {
                    Some((category.as_str(), at))
                }
                _ => None,
            })
            .collect();
        for (one, at) in &networks {
            for (other, other_at) in &networks {
                let (rows, others) = (&estimates.domains[*at].rows, &estimates.domains[*other_at].rows);
                // One more than these says that they are many.
                let outside: Vec<usize> = rows
                    .iter()
                    .copied()
                    .filter(|row| others.binary_search(row).is_err())
                    .take(LOOKED_AT + 1)
                    .collect();
                if at != other_at && (1..=LOOKED_AT).contains(&outside.len()) && outside.len() < rows.len() {
                    let domain = audit::Domain::of(&breakdown.code, &format!("{one}\\{other}"));
                    truth.add_group(agreeing, domain.clone(), &outside);
                    found.push(Apart {
                        networks: [*at, *other_at],
                        domain,
                        size: truth.size(&outside),
                        in_bases: truth.in_bases(&outside),
                    });
                }
            }
        }
    }
    found
}

impl Apart {
    /// Adds what is known of them to what is known.
    pub(super) fn add_to(&self, known: &mut Known, decision: &Decision) {
        if !self.networks.iter().all(|network| decision.planned[*network]) {
            return;
        }
        if (1..=NESTED).contains(&(self.size.n as usize)) {
            known.insert("", self.domain.clone(), self.size);
        }
        // Of questions that not everybody is asked, where the network's own figure says something about them.
        for (base, class) in decision.base_class.iter().enumerate() {
            let size = self.in_bases[base];
            let is_told = *class == Some(base) && decision.is_released(base, self.networks[0]);
            if is_told && (1..=NESTED).contains(&(size.n as usize)) {
                known.insert(&base_name(decision, base), self.domain.clone(), size);
            }
        }
    }
}
