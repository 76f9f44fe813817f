//! What is true of groups that are in no table: how large they are, and what they answered.
//!
//! Sizes are what an insider knows. From true answers the audit proves groups open ([`audit::Agreeing`]): exact values go
//! in, and nothing but "this needs no program" comes out.

use audit::{Agreeing, Size};
use publication::Domain;
use questionnaire::Edition;

use super::candidate::{BLANK, Question, named};
use super::scaled;
use crate::cleaning::Cleaned;
use crate::estimation::inputs::{Inputs, OfRows};
use crate::estimation::{DomainBase, Estimate, Estimates};

/// What is read to find them.
pub(super) struct Truth<'a> {
    pub(super) edition: &'a Edition,
    pub(super) estimates: &'a Estimates,
    /// For each indicator, the question and category as which it is attacked.
    questions: &'a [Question],
    of_rows: OfRows,
}

impl<'a> Truth<'a> {
    pub(super) fn new(
        edition: &'a Edition,
        estimates: &'a Estimates,
        questions: &'a [Question],
        (inputs, cleaned): (&Inputs, &Cleaned),
    ) -> Self {
        Self { edition, estimates, questions, of_rows: inputs.of_rows(cleaned) }
    }

    /// What every respondent answered.
    pub(super) fn of_rows(&self) -> &OfRows {
        &self.of_rows
    }

    /// Of nobody yet.
    pub(super) fn empty(&self) -> Agreeing {
        Agreeing::new(self.questions.iter().map(|question| (question.code(), question.category)))
    }

    /// Of every domain that may be planned, and of those without an answer.
    pub(super) fn of_everything(&self) -> Agreeing {
        let mut agreeing = self.empty();
        for at in 0..self.estimates.domains.len() {
            self.add_domain(&mut agreeing, at);
        }
        for breakdown in &self.edition.plan.breakdowns {
            if !breakdown.variable.is_overlapping() {
                let blank = audit::Domain::of(&breakdown.code, BLANK);
                agreeing.insert(blank, self.without_answer(&breakdown.code));
            }
        }
        agreeing
    }

    /// Adds a domain by position.
    pub(super) fn add_domain(&self, agreeing: &mut Agreeing, at: usize) {
        let of =
            |(indicator, estimates): (usize, &Vec<Estimate>)| self.scaled(indicator, estimates[at].value);
        let values = self.estimates.estimates.iter().enumerate().map(of).collect();
        agreeing.insert(named(&self.estimates.domains[at].domain), values);
    }

    /// Of some respondents, how many they are and what they weigh.
    pub(super) fn size(&self, rows: &[usize]) -> Size {
        let n = u32::try_from(rows.len()).unwrap_or_default();
        let heaviest = rows.iter().map(|row| self.estimates.weights[*row]).fold(0.0, f64::max);
        Size::new(n, self.estimates.weight_of(rows)).with_heaviest(heaviest)
    }

    /// The same of those of them in each base.
    pub(super) fn in_bases(&self, rows: &[usize]) -> Vec<Size> {
        let in_base = |base| {
            let asked = rows.iter().copied().filter(|row| self.of_rows.is_in(base, *row));
            self.size(&asked.collect::<Vec<_>>())
        };
        (0..self.estimates.bases.len()).map(in_base).collect()
    }

    /// Adds a group by its respondents.
    pub(super) fn add_group(&self, agreeing: &mut Agreeing, group: audit::Domain, rows: &[usize]) {
        let of =
            |indicator| self.scaled(indicator, self.of_rows.value(indicator, rows, &self.estimates.weights));
        agreeing.insert(group, (0..self.questions.len()).map(of).collect());
    }

    fn scaled(&self, indicator: usize, value: f64) -> f64 {
        scaled(self.edition, indicator, value)
    }

    /// What is left of the whole when all categories of a breakdown are taken away.
    fn without_answer(&self, breakdown: &str) -> Vec<f64> {
        let of = |(indicator, estimates): (usize, &Vec<Estimate>)| {
            let bases: &[DomainBase] = &self.estimates.bases[self.estimates.base_of[indicator]];
            let (mut weight, mut sum) = (bases[0].weight, bases[0].weight * estimates[0].value);
            for ((found, base), estimate) in self.estimates.domains.iter().zip(bases).zip(estimates) {
                let is_of = matches!(&found.domain, Domain::Of { breakdown: of, .. } if of == breakdown);
                if is_of && base.weight > 0.0 {
                    weight -= base.weight;
                    sum -= base.weight * estimate.value;
                }
            }
            self.scaled(indicator, sum / weight)
        };
        self.estimates.estimates.iter().enumerate().map(of).collect()
    }
}
