//! `meta.json` and `params.json`: how the tables hang together, and the parameters of confidentiality. Both are public: the
//! protection does not rest on secrecy (`disclosure.md`, section 1.2).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::cells::{NO_ANSWER, UNWEIGHTED};
use super::tables::unit;
use super::{TOTAL, json};
use crate::model::Publication;

/// Smallest number of respondents of each tier, with its step in points of the range.
const ROUNDING: [(u32, u32); 5] = [(200, 1), (100, 2), (40, 5), (20, 10), (11, 25)];

/// How the tables hang together.
pub(super) fn meta(publication: &Publication) -> Vec<u8> {
    let mut dims = Map::new();
    for breakdown in &publication.breakdowns {
        let kind = if breakdown.is_overlapping { "overlap" } else { "partition" };
        let values: Vec<&str> = breakdown.categories.iter().map(|category| category.code.as_str()).collect();
        dims.insert(
            breakdown.code.clone(),
            json!({ "type": kind, "label": breakdown.label, "values": values }),
        );
    }
    let mut indicators = Map::new();
    for indicator in &publication.indicators {
        let (low, high) = indicator.unit.range();
        indicators.insert(
            indicator.code.clone(),
            json!({
                "categories": [TOTAL],
                "complete": false,
                "unit": unit(indicator.unit),
                "min": low,
                "max": high,
                "base": indicator.base,
            }),
        );
    }
    let mut nested: BTreeMap<&str, BTreeMap<&str, Value>> = BTreeMap::new();
    for part in &publication.release.nested {
        let within = json!({ "dim": part.within, "value": part.part });
        nested.entry(&part.breakdown).or_default().insert(&part.category, within);
    }
    let crossings: Vec<String> =
        publication.release.crossings.iter().map(crate::release::Crossing::table).collect();
    json(&json!({
        "edition": publication.edition.edition,
        "simulated": publication.edition.is_simulated,
        "n_min": publication.method.n_min,
        "rounding": ROUNDING.map(|(from, step)| json!({ "n": from, "step": step })),
        "design_effect": publication.method.design_effect,
        "dims": dims,
        "tables": crossings,
        "indicators": indicators,
        "other_categories": {
            NO_ANSWER: "share of the base that gave no answer, all respondents",
            UNWEIGHTED: "the figure without weights, all respondents",
        },
        "columns": {
            "pop": "organisations that the group stands for: the public totals that weighting was given, beside indicators \
                    that everyone was asked; empty for networks, crossings and every other group",
            "se": "always empty: p (1 - p) / se² would be the number of respondents, which is shown as a class",
        },
        "subsets": publication.release.subsets,
        "nested": nested,
    }))
}

/// The parameters (`disclosure.md`, section 3.1).
pub(super) fn parameters(publication: &Publication) -> Vec<u8> {
    let method = &publication.method;
    json(&json!({
        "n_min": method.n_min,
        "n_sdc": "min(n, floor(2 / greatest share of the weight))",
        "n_fragile": method.n_fragile,
        "rounding": ROUNDING.map(|(from, step)| json!({ "n_sdc": from, "step": step })),
        "bands": "quarters of the range under 20 respondents",
        "ends": "a value shown as one step or less is « au plus », one step or less under the greatest « au moins »",
        "n_displayed": { "classes": ["11-19", "20-39"], "step": 10, "from": 40 },
        "nested_remainder": [1, 10],
        "symmetric_difference": [1, 3],
        "hidden_union": [1, 10],
        "network_crossings_from": 40,
        "confidence": method.confidence,
        "quantile": publication.release.quantile,
        "design_effect": method.design_effect,
        "interval": "Wilson's at the displayed value, least number of the class over the design effect, outwards to 5 points",
        "change": { "coarsest_step": 5, "stable_under_steps": 2 },
    }))
}
