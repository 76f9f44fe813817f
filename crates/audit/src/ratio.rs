//! Shares of hidden groups for an attacker who does not know weights: a share is a ratio of two unknown sums, and a
//! ratio's least value is that of a linear program in which the lower sum is 1 (Charnes and Cooper, 1962).

use crate::claim::Claim;
use crate::frame::Bounds;
use crate::program::{Outcome, Program, Row};
use crate::sheet::Sheet;
use crate::structure::Terms;
use crate::target::{Field, Range, Target};

/// What is displayed of one base, to an outsider.
#[derive(Clone, Copy)]
pub(crate) struct Ratio<'a> {
    pub(crate) field: &'a Field<'a>,
    pub(crate) sheet: &'a Sheet,
}

impl Ratio<'_> {
    /// Weights that agree with what is displayed, in the middle of what is possible.
    pub(crate) fn weights(&self, answers: &[Bounds]) -> Option<Vec<f64>> {
        let mut program = self.program(answers);
        let domains = self.field.structure.domains.len();
        let sum: Terms = (0..domains).map(|domain| (domain, 1.0 / crate::count(domains))).collect();
        program.equal.push(Row::new(sum, 1.0));
        match program.inside() {
            Outcome::Least { at, .. } => Some(at[..domains].iter().map(|weight| weight.max(0.0)).collect()),
            Outcome::Impossible => None,
            Outcome::Unknown => Some(vec![1.0; domains]),
        }
    }

    /// The variables are the weights of domains, then for each answer the weights of those who gave it, then the
    /// unit in which populations are counted.
    fn program(&self, answers: &[Bounds]) -> Program {
        let structure = self.field.structure;
        let domains = structure.domains.len();
        let unit = domains * (1 + answers.len());
        let mut program = Program { variables: unit + 1, equal: Vec::new(), at_least: Vec::new() };
        let shifted = |terms: &Terms, shift: usize, sign: f64| -> Terms {
            terms.iter().map(|(domain, factor)| (domain + shift, factor * sign)).collect()
        };
        for block in 0..=answers.len() {
            let equations = structure.equations.iter();
            program.equal.extend(equations.map(|terms| Row::new(shifted(terms, block * domains, 1.0), 0.0)));
        }
        let mean =
            self.sheet.populations.values().sum::<f64>() / crate::count(self.sheet.populations.len().max(1));
        for (domain, population) in &self.sheet.populations {
            if let Ok(position) = structure.domains.binary_search(domain) {
                let scaled = population / mean.max(f64::MIN_POSITIVE);
                program.equal.push(Row::new(vec![(position, 1.0), (unit, -scaled)], 0.0));
            }
        }
        program.at_least.push(Row::new(vec![(unit, 1.0)], 0.0));
        for (answer, bounds) in answers.iter().enumerate() {
            let shift = (answer + 1) * domains;
            for (domain, (low, high)) in bounds.iter().enumerate() {
                for terms in [
                    vec![(domain + shift, 1.0), (domain, -low)],
                    vec![(domain + shift, -1.0), (domain, *high)],
                ] {
                    let row = Row::new(terms, 0.0);
                    program.at_least.push(if self.field.is_released[domain] { row.of(domain) } else { row });
                }
            }
            for part in structure.parts.iter().filter(|part| part.is_constraint) {
                let gave = shifted(&part.terms, shift, 1.0);
                let mut did_not = shifted(&part.terms, shift, -1.0);
                did_not.extend(&part.terms);
                program.at_least.extend([Row::new(gave, 0.0), Row::new(did_not, 0.0)]);
            }
        }
        if answers.len() > 1 {
            for domain in 0..domains {
                let mut terms: Terms =
                    (1..=answers.len()).map(|answer| (answer * domains + domain, 1.0)).collect();
                terms.push((domain, -1.0));
                program.equal.push(Row::new(terms, 0.0));
            }
        }
        program
    }

    /// One answer first, then all answers to a complete question.
    pub(crate) fn attack(
        &self,
        target: &Target,
        named: (&str, &str, (f64, f64)),
        (answer, bounds): (usize, &[Bounds]),
    ) -> Option<Claim> {
        let field = self.field;
        let domains = field.structure.domains.len();
        let tries: &[(usize, &[Bounds])] =
            &[(0, &bounds[answer..=answer]), (answer, bounds)][..if bounds.len() > 1 { 2 } else { 1 }];
        for (answer, bounds) in tries {
            let mut program = self.program(bounds);
            program.equal.push(Row::new(target.terms.clone(), 1.0));
            let shift = (answer + 1) * domains;
            let objective: Terms =
                target.terms.iter().map(|(domain, sign)| (domain + shift, *sign)).collect();
            let Range { interval, binding } = field.range_of(&program, &objective)?;
            if let Some(kind) = target.kind_of(interval, field.width) {
                return Some(field.claim(target, kind, named, interval, binding));
            }
        }
        None
    }
}
