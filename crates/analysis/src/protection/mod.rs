//! Step 4, *apply disclosure control*: from exact estimates to a publication.
//!
//! Rule: `design/disclosure.md`, sections 0 and 3.1. [`publication::Rule`] alone makes a displayed value; this module
//! decides what is asked of it. All indicators of a domain that share a base are released together or not at all.

mod counts;
mod definition;
mod method;
mod profiles;

use std::collections::BTreeMap;

use estimation::diagnostics::kish_design_effect;
use estimation::distribution::DegreesOfFreedom;
use extract::Manifest;
use publication::{
    Breakdown, Category, Cell, CellKey, Domain, Indicator, Provenance, Publication, Quality, Rule, Unit,
};
use questionnaire::{Edition, Numerator};

use crate::calibration::Weights;
use crate::cleaning::Cleaned;
use crate::error::AnalysisError;
use crate::estimation::{DomainBase, Estimate, Estimates, greatest};
use crate::{influence, quality, reliability};

/// What the caller knows and the definition does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// Who publishes.
    pub publisher: String,
    /// Name and version of the program.
    pub software: String,
    /// SHA-256 of each definition file read, by name.
    pub definition: BTreeMap<String, String>,
}

/// What protection reads.
#[derive(Clone, Copy)]
pub struct Protection<'a> {
    /// Step 1.
    pub cleaned: &'a Cleaned,
    /// Step 2.
    pub weights: &'a Weights,
    /// Step 3.
    pub estimates: &'a Estimates,
    /// The definition.
    pub edition: &'a Edition,
    /// What the extract says about itself.
    pub manifest: &'a Manifest,
    /// What the caller knows.
    pub context: &'a Context,
}

/// Makes the publication of an edition.
///
/// # Errors
/// When an indicator's unit does not fit what it computes.
pub fn protect(input: &Protection<'_>) -> Result<Publication, AnalysisError> {
    let Protection { estimates, edition, manifest, context, .. } = input;
    let rule = rule(input);
    let units =
        edition.indicators.iter().map(|indicator| unit(edition, indicator)).collect::<Result<Vec<_>, _>>()?;

    let mut cells = BTreeMap::new();
    for (index, domain) in estimates.domains.iter().enumerate() {
        for (indicator, unit) in units.iter().enumerate() {
            let estimate = &estimates.estimates[indicator][index];
            let stands_behind = &estimates.bases[estimates.base_of[indicator]][index];
            let key = CellKey {
                domain: domain.domain.clone(),
                indicator: edition.indicators[indicator].code.clone(),
            };
            cells.insert(key, cell(rule, edition, indicator, *unit, estimate, stands_behind));
        }
    }
    let breakdowns = breakdowns(input, rule);
    let mut publication = Publication {
        schema_version: publication::SCHEMA_VERSION,
        edition: definition::edition(edition, manifest, context),
        provenance: Provenance {
            software: context.software.clone(),
            questionnaire: manifest.questionnaire.clone(),
            definition: context.definition.clone(),
            extract: manifest.files.get(extract::RESPONSES_FILE).cloned().unwrap_or_default(),
        },
        counts: counts::counts(input),
        method: method::method(input, rule),
        dimensions: definition::dimensions(edition),
        indicators: indicators(input, rule, &units),
        headline: edition.plan.headline.clone(),
        chapters: definition::chapters(edition),
        profiles: profiles::profiles(input, rule),
        network_sectors: profiles::network_sectors(input, &breakdowns),
        breakdowns,
        references: definition::references(edition),
        wordings: definition::wordings(edition),
        quality: Quality {
            weights: Some(quality::spread(rule, input.weights, estimates.everyone[0].base)),
            reliability: reliability::reliability(input.cleaned, input.weights, edition, rule),
            ..Quality::default()
        },
        evolution: None,
        cells,
    };
    publication.quality.influence = influence::influence(&publication);
    publication.quality.tipping = influence::tipping(&publication);
    Ok(publication)
}

/// The edition's rule. The design effect that widens intervals is the one of the whole: that of a domain would tell
/// how its weights are spread.
fn rule(input: &Protection<'_>) -> Rule {
    let plan = &input.edition.plan;
    Rule {
        n_min: plan.n_min,
        n_fragile: plan.n_fragile,
        design_effect: method::tenths(kish_design_effect(&input.weights.calibrated)).max(1.0),
        quantile: DegreesOfFreedom::Infinite
            .quantile(plan.confidence)
            .expect("the normal distribution has quantiles"),
    }
}

/// How an indicator is displayed.
fn unit(edition: &Edition, indicator: &questionnaire::Indicator) -> Result<Unit, AnalysisError> {
    match (indicator.unit.as_str(), &indicator.numerator) {
        ("%", _) => Ok(Unit::Percent),
        ("points", _) => Ok(Unit::Points),
        ("nombre", Numerator::Mean(number)) => Ok(Unit::Number { most: greatest(edition, number) }),
        _ => Err(AnalysisError::Unit { indicator: indicator.code.clone(), unit: indicator.unit.clone() }),
    }
}

/// From the estimate's scale (a share from 0 to 1, or a mean) to the unit's.
fn scaled(edition: &Edition, indicator: usize, value: f64) -> f64 {
    match edition.indicators[indicator].numerator {
        Numerator::Share(_) => 100.0 * value,
        Numerator::Mean(_) => value,
    }
}

fn cell(
    rule: Rule,
    edition: &Edition,
    indicator: usize,
    unit: Unit,
    estimate: &Estimate,
    stands_behind: &DomainBase,
) -> Cell {
    rule.publish(scaled(edition, indicator, estimate.value), unit, stands_behind.base)
}

fn breakdowns(input: &Protection<'_>, rule: Rule) -> Vec<Breakdown> {
    let estimates = input.estimates;
    let shown: BTreeMap<&Domain, _> = estimates
        .domains
        .iter()
        .zip(&estimates.everyone)
        .map(|(domain, everyone)| (&domain.domain, rule.number(everyone.base)))
        .collect();
    let category = |breakdown: &str, category: &questionnaire::Category| Category {
        code: category.code.clone(),
        label: category.label.clone(),
        n: shown.get(&Domain::of(breakdown, &category.code)).copied().flatten(),
    };
    input
        .edition
        .plan
        .breakdowns
        .iter()
        .map(|breakdown| Breakdown {
            code: breakdown.code.clone(),
            label: breakdown.label.clone(),
            is_overlapping: breakdown.variable.is_overlapping(),
            categories: breakdown.categories.iter().map(|c| category(&breakdown.code, c)).collect(),
        })
        .collect()
}

fn indicators(input: &Protection<'_>, rule: Rule, units: &[Unit]) -> Vec<Indicator> {
    let Protection { estimates, edition, .. } = input;
    let whole = 0;
    edition
        .indicators
        .iter()
        .zip(units)
        .enumerate()
        .map(|(index, (indicator, unit))| {
            let base = estimates.bases[estimates.base_of[index]][whole].base;
            let unweighted = scaled(edition, index, estimates.estimates[index][whole].unweighted);
            let no_answer = estimates.no_answer[index]
                .as_ref()
                .and_then(|estimate| rule.display(100.0 * estimate.value, Unit::Percent, base));
            Indicator {
                unweighted: rule.display(unweighted, *unit, base),
                no_answer,
                ..definition::indicator(edition, indicator, *unit)
            }
        })
        .collect()
}
