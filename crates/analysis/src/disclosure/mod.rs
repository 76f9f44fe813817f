//! Step 4, *apply disclosure control*: from exact estimates to a publication.
//!
//! Rule: `design/disclosure.md`, sections 0 and 3. [`publication::Rule`] alone makes a displayed value; this module
//! decides what is asked of it. All indicators of a domain that share a base are released together or not at all.
//!
//! ```text
//! domains ─► atoms ─► decision ─► cells ─► attack ─► publication
//!                     (elimination)  ▲       │ repair: coarser, then withheld
//!                                    └───────┘
//! ```
//!
//! What is shown beside the cells (numbers of respondents, profiles, margins, the main sector of a network) is made from
//! what is displayed.

mod apart;
mod atoms;
mod attack;
mod candidate;
mod counts;
mod decided;
mod decision;
mod definition;
mod elimination;
mod method;
mod numbers;
mod prime;
mod profiles;
mod sent;
mod structure;
mod truth;
mod within;

use std::collections::BTreeMap;

use estimation::diagnostics::kish_design_effect;
use estimation::distribution::DegreesOfFreedom;
use extract::Manifest;
use publication::{
    Breakdown, Category, Cell, CellKey, Crossing, Domain, Indicator, Nested, Provenance, Publication,
    Quality, Release, Rule, Unit,
};
use questionnaire::{Edition, Numerator};

pub use self::attack::{Attacker, Insider, LinearPrograms};
use self::candidate::Candidate;
use self::decided::{Decision, Question};
pub(crate) use self::decision::Steps;
use self::numbers::Numbers;
use self::sent::Sent;
use self::truth::Truth;
use crate::calibration::Weights;
use crate::cleaning::Cleaned;
use crate::error::AnalysisError;
use crate::estimation::crossed::{TOGETHER, label};
use crate::estimation::{Estimates, greatest, inputs};
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
    /// Who tries the result.
    pub attacker: &'a dyn Attacker,
    /// Editions and versions published before, which readers have too.
    pub previous: &'a [Publication],
    /// The parts of the protection.
    pub(crate) steps: Steps,
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

    let (_, inputs) = inputs::values(edition);
    let mut decision = decided::decide(&Question {
        cleaned: input.cleaned,
        edition,
        estimates,
        inputs: &inputs,
        rule,
        steps: input.steps,
    });
    for previous in input.previous {
        decision.follow(previous, rule, estimates, edition);
    }
    let tables = release(edition, rule, estimates, &decision);
    let questions = candidate::questions(edition, estimates, &units);
    let truth = Truth::new(edition, estimates, &questions, (&inputs, input.cleaned));
    let mut agreeing = truth.of_everything();
    let apart = apart::apart(&truth, &mut agreeing);
    let candidate = Candidate {
        edition,
        estimates,
        units: &units,
        n_min: rule.n_min,
        steps: input.steps,
        previous: input.previous.iter().map(candidate::displayed).collect(),
        tables: &tables,
        questions: &questions,
        agreeing: &agreeing,
        apart: &apart,
        within: &within::within(&truth),
        sent: &Sent::new(edition, estimates, truth.of_rows()),
    };
    let cells = attack::repair(&candidate, &mut decision, input.attacker, &|decision| {
        cells(input, rule, &units, decision)
    })?;
    let numbers = Numbers::of(rule, estimates, &decision, &cells);
    let breakdowns = breakdowns(input, &numbers, &decision);
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
        profiles: profiles::profiles(edition, &breakdowns, &numbers),
        network_sectors: profiles::network_sectors(&breakdowns, &numbers),
        breakdowns,
        references: definition::references(edition),
        wordings: definition::wordings(edition),
        translations: definition::translations(edition, &method::notes(input)),
        quality: Quality {
            weights: Some(quality::spread(rule, input.weights, estimates.everyone[0].base)),
            reliability: reliability::reliability(input.cleaned, input.weights, edition, rule),
            ..Quality::default()
        },
        evolution: None,
        release: tables,
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
        quantile: millionths(
            DegreesOfFreedom::Infinite
                .quantile(plan.confidence)
                .expect("the normal distribution has quantiles"),
        ),
    }
}

/// A number that is the same when it is written and read again.
fn millionths(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
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

/// Every planned cell, as finely as was decided.
fn cells(input: &Protection<'_>, rule: Rule, units: &[Unit], decision: &Decision) -> BTreeMap<CellKey, Cell> {
    let Protection { estimates, edition, .. } = input;
    let mut cells = BTreeMap::new();
    for (index, domain) in estimates.domains.iter().enumerate().filter(|(index, _)| decision.planned[*index])
    {
        for (indicator, unit) in units.iter().enumerate() {
            let base = estimates.base_of[indicator];
            let key = CellKey {
                domain: domain.domain.clone(),
                indicator: edition.indicators[indicator].code.clone(),
            };
            let cell = if decision.is_released(base, index) {
                let value = scaled(edition, indicator, estimates.estimates[indicator][index].value);
                let size = input.steps.seen(estimates.bases[base][index].base);
                rule.publish_coarser(value, *unit, size, decision.coarser(base, index))
            } else {
                Cell::Suppressed
            };
            cells.insert(key, cell);
        }
    }
    cells
}

/// The breakdowns, each with its categories; networks that are published together have one of their own.
fn breakdowns(input: &Protection<'_>, numbers: &Numbers, decision: &Decision) -> Vec<Breakdown> {
    let category = |breakdown: &questionnaire::Breakdown, code: &str| Category {
        code: code.to_owned(),
        label: label(&breakdown.categories, code),
        n: numbers.of_domain(&Domain::of(&breakdown.code, code)),
    };
    let together = |breakdown: &str| -> Vec<&str> {
        let planned = input.estimates.domains.iter().zip(&decision.planned).filter(|(_, planned)| **planned);
        planned
            .filter_map(|(found, _)| match &found.domain {
                Domain::Of { breakdown: of, category } if of == breakdown && category.contains(TOGETHER) => {
                    Some(category.as_str())
                }
                _ => None,
            })
            .collect()
    };
    let breakdowns = input.edition.plan.breakdowns.iter();
    breakdowns
        .map(|breakdown| {
            let is_overlapping = breakdown.variable.is_overlapping();
            let own = breakdown.categories.iter().map(|category| category.code.as_str());
            let both = if is_overlapping { together(&breakdown.code) } else { Vec::new() };
            Breakdown {
                code: breakdown.code.clone(),
                label: breakdown.label.clone(),
                is_overlapping,
                categories: own.chain(both).map(|code| category(breakdown, code)).collect(),
            }
        })
        .collect()
}

/// How the tables hang together.
fn release(edition: &Edition, rule: Rule, estimates: &Estimates, decision: &Decision) -> Release {
    let breakdowns = &edition.plan.breakdowns;
    let crossing = |[one, other]: &[usize; 2]| Crossing {
        breakdown: breakdowns[*one].code.clone(),
        by: breakdowns[*other].code.clone(),
    };
    let nested = breakdowns.iter().flat_map(|breakdown| {
        breakdown.within.iter().flat_map(|within| {
            within.parts.iter().map(|(category, part)| Nested {
                breakdown: breakdown.code.clone(),
                category: category.clone(),
                within: within.breakdown.clone(),
                part: part.clone(),
            })
        })
    });
    Release {
        crossings: edition.plan.crossings.iter().map(crossing).collect(),
        subsets: edition.plan.subsets.clone(),
        nested: nested.collect(),
        quantile: rule.quantile,
        populations: profiles::populations(edition),
        of_everyone: decision.of_everyone(edition, estimates),
        revisions: Vec::new(),
    }
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
