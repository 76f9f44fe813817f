//! Change between two editions (`design/disclosure.md`, section 3.4; `design/statistics.md`, section 5).
//!
//! Both editions are read as they were **published**: a published edition is never computed again, and a change made from
//! displayed values tells nothing that the two publications do not. A figure is compared when it is displayed by steps of
//! five points or less in both; under two steps it is « stable ».
//!
//! Pseudonyms are per edition, so nothing says which organisations answered twice: the waves are taken as independent,
//! t = (p₂ - p₁) / √(v₁ + v₂). Organisations that answered twice mostly answer alike, which makes the true variance of the
//! difference smaller and this test prudent. Each variance is the largest that the displays allow: p (1 - p) / n for the
//! least number of respondents of the class over the design effect of the edition, a bound for scores too, plus that of
//! the rounding, step² / 12.
//!
//! Families of tests: Holm on the key figures of all respondents; Benjamini and Hochberg inside each table, that is one
//! indicator by one breakdown, and all respondents of the indicators that are not key figures together.

use std::collections::BTreeMap;

use estimation::distribution::DegreesOfFreedom;
use estimation::multiplicity::{Adjustment, adjust};
use publication::{
    Change, Direction, Displayed, Domain, Evolution, Gate, Link, Publication, Published, Series, Unit,
};

/// Coarsest step, in points of the range, at which a figure is compared.
const COARSEST: f64 = 5.0;
/// Under this many steps a figure is stable.
const STEPS: f64 = 2.0;
/// Level of the tests.
const LEVEL: f64 = 0.05;
/// Binary dust of steps like 0.2.
const DUST: f64 = 1e-9;

/// What changed from `earlier` to `later`, for the indicators that the gate links.
#[must_use]
pub fn change(later: &Publication, earlier: &Publication, gate: &Gate) -> Evolution {
    let mut series: Vec<(Series, Vec<f64>)> = later
        .indicators
        .iter()
        .filter_map(|indicator| {
            let (link, before) = (gate.linked.get(&indicator.code)?, earlier.indicator(&indicator.code)?);
            (before.unit == indicator.unit).then_some((indicator, link))
        })
        .map(|(indicator, link)| {
            let waves = Waves { later, earlier, code: &indicator.code, unit: indicator.unit, link };
            let (changes, p): (Vec<Change>, Vec<f64>) =
                domains(later, earlier).into_iter().filter_map(|category| waves.compare(category)).unzip();
            let series = Series {
                indicator: indicator.code.clone(),
                is_headline: later.headline.contains(&indicator.code),
                factor: link.factor,
                notes: link.notes.clone(),
                changes,
            };
            (series, p)
        })
        .collect();
    flag(&mut series);
    Evolution {
        edition: earlier.edition.edition.clone(),
        title: earlier.edition.title.clone(),
        has_same_margins: margins(later) == margins(earlier),
        series: series
            .into_iter()
            .map(|(series, _)| series)
            .filter(|found| !found.changes.is_empty())
            .collect(),
        refused: gate.refused.clone(),
    }
}

/// All respondents, and the categories that both editions have, by breakdown.
fn domains(later: &Publication, earlier: &Publication) -> Vec<Option<(String, String)>> {
    let mut domains = vec![None];
    for breakdown in &later.breakdowns {
        let Some(before) = earlier.breakdown(&breakdown.code) else { continue };
        // The same code with another label may be another group.
        let is_same = |category: &&publication::Category| {
            before.categories.iter().any(|known| known.code == category.code && known.label == category.label)
        };
        domains.extend(
            breakdown
                .categories
                .iter()
                .filter(is_same)
                .map(|category| Some((breakdown.code.clone(), category.code.clone()))),
        );
    }
    domains
}

/// The categories of the margins: group, margin, category.
fn margins(publication: &Publication) -> Vec<(&str, &str, &str)> {
    let mut margins = Vec::new();
    for group in &publication.method.calibration {
        for margin in &group.margins {
            margins.extend(
                margin
                    .rows
                    .iter()
                    .map(|row| (group.label.as_str(), margin.label.as_str(), row.label.as_str())),
            );
        }
    }
    margins
}

/// One indicator in two editions.
struct Waves<'a> {
    later: &'a Publication,
    earlier: &'a Publication,
    code: &'a str,
    unit: Unit,
    link: &'a Link,
}

impl Waves<'_> {
    /// The change in a domain, with the p-value of its test; the direction is decided later, with its family.
    fn compare(&self, category: Option<(String, String)>) -> Option<(Change, f64)> {
        let domain = category.as_ref().map_or(Domain::All, |(breakdown, code)| Domain::of(breakdown, code));
        let after = self.later.cell(&domain, self.code).published()?;
        let before = self.earlier.cell(&domain, self.code).published()?;
        let factor = self.link.factor.unwrap_or(1.0);
        let (
            Displayed::Point { value: old, step: old_step, .. },
            Displayed::Point { value: new, step: new_step, .. },
        ) = (before.value(), after.value())
        else {
            // « at most 1 % » in both is no change; otherwise its distance to another figure is not known.
            let is_equal = before.value() == after.value() && self.link.factor.is_none();
            return (is_equal && self.is_fine(before) && self.is_fine(after)).then(|| {
                let (before, after) = (before.value(), after.value());
                (Change { category, before, after, difference: 0.0, direction: Direction::Stable }, 1.0)
            });
        };
        if !self.is_fine(before) || !self.is_fine(after) {
            return None;
        }
        let step = old_step.max(new_step);
        let shown = if self.link.factor.is_some() { before.value().rebased(factor) } else { before.value() };
        let rebased = if self.link.factor.is_some() { shown.position() } else { old };
        let difference = ((new - rebased) / step * 1e6).round() / 1e6 * step;
        let variance = factor * factor * self.variance(before, self.earlier.method.design_effect)
            + self.variance(after, self.later.method.design_effect);
        let p = DegreesOfFreedom::Infinite.p_value(difference / variance.sqrt())?;
        let direction =
            if difference.abs() < STEPS * step - DUST { Direction::Stable } else { Direction::Unclear };
        let change = Change { category, before: shown, after: after.value(), difference, direction };
        Some((change, p))
    }

    /// Whether a figure is displayed finely enough. The step of a number of things is that of as many points, or the
    /// next one of 1, 2, 5, 10; its number of respondents is then what tells.
    fn is_fine(&self, cell: &Published) -> bool {
        match self.unit {
            Unit::Percent | Unit::Points => cell.value().step() <= COARSEST + DUST,
            Unit::Number { most } => {
                matches!(cell.value(), Displayed::Point { .. })
                    && cell.value().step() <= 0.1 * most
                    && cell.n().least() >= 40
            }
        }
    }

    fn variance(&self, cell: &Published, design_effect: f64) -> f64 {
        let (low, high) = self.unit.range();
        let range = high - low;
        let part = (cell.value().position() - low) / range;
        let n = f64::from(cell.n().least()) / design_effect.max(1.0);
        range * range * part * (1.0 - part) / n + cell.value().step().powi(2) / 12.0
    }
}

/// Decides the directions, family by family.
fn flag(series: &mut [(Series, Vec<f64>)]) {
    let mut families: BTreeMap<Family, Vec<(usize, usize)>> = BTreeMap::new();
    for (at, (series, _)) in series.iter().enumerate() {
        for (position, change) in series.changes.iter().enumerate() {
            let family = match &change.category {
                None if series.is_headline => Family::Headline,
                None => Family::Whole,
                Some((breakdown, _)) => Family::Table(at, breakdown.clone()),
            };
            families.entry(family).or_default().push((at, position));
        }
    }
    for (family, members) in families {
        let p: Vec<Option<f64>> =
            members.iter().map(|(at, position)| Some(series[*at].1[*position])).collect();
        let method =
            if family == Family::Headline { Adjustment::Holm } else { Adjustment::BenjaminiHochberg };
        for ((at, position), p) in members.into_iter().zip(adjust(&p, method)) {
            let change = &mut series[at].0.changes[position];
            if change.direction == Direction::Unclear && p.is_some_and(|p| p < LEVEL) {
                change.direction = if change.difference > 0.0 { Direction::Up } else { Direction::Down };
            }
        }
    }
}

/// Tests that are adjusted together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Family {
    /// The key figures.
    Headline,
    /// The other indicators, all respondents.
    Whole,
    /// One indicator by one breakdown.
    Table(usize, String),
}
