//! `domains.csv` and `indicators.csv`: whom and what the figures are about.

use std::collections::BTreeSet;

use super::cells::{channel, place, written_number};
use super::{SUPPRESSED, TOTAL, csv_text, neutral};
use crate::model::{Domain, NumberOf, Publication, Unit};

/// One row per planned group: its place, its label and its number of respondents as displayed. A withheld group says
/// no more than that it is planned.
pub(super) fn domains(publication: &Publication) -> Vec<u8> {
    let mut header: Vec<String> = ["channel", "table_id", "edition"].map(str::to_owned).to_vec();
    header.extend(publication.breakdowns.iter().map(|breakdown| format!("d_{}", breakdown.code)));
    header.extend(["label", "n", "n_lo", "n_hi", "suppressed"].map(str::to_owned));
    let planned: BTreeSet<&Domain> = publication.cells.keys().map(|key| &key.domain).collect();
    let rows = planned.into_iter().map(|domain| {
        let (table, codes) = place(publication, domain);
        let mut row = vec![channel(publication).to_owned(), table, publication.edition.edition.clone()];
        row.extend(codes);
        row.push(neutral(&publication.domain_label(domain)).into_owned());
        match publication.number_of(domain) {
            NumberOf::Shown(n) => {
                row.extend([written_number(n), n.least().to_string(), n.most().to_string(), "0".to_owned()]);
            }
            NumberOf::Withheld => {
                row.extend([SUPPRESSED, "", "", "1"].map(str::to_owned));
            }
        }
        row
    });
    csv_text(std::iter::once(header).chain(rows))
}

/// One row per indicator, in the plan's order.
pub(super) fn indicators(publication: &Publication) -> Vec<u8> {
    let header = [
        "indicator",
        "category",
        "label",
        "dimension",
        "unit",
        "min",
        "max",
        "definition",
        "question",
        "base",
        "base_label",
        "note",
    ];
    let rows = publication.indicators.iter().map(|indicator| {
        let (low, high) = indicator.unit.range();
        let text = |text: &str| neutral(text).into_owned();
        vec![
            indicator.code.clone(),
            TOTAL.to_owned(),
            text(&indicator.label),
            indicator.dimension.clone(),
            unit(indicator.unit).to_owned(),
            low.to_string(),
            high.to_string(),
            text(&indicator.numerator),
            text(&indicator.questions.join(" / ")),
            text(&indicator.base),
            text(&indicator.base_label),
            text(indicator.note.as_deref().unwrap_or_default()),
        ]
    });
    csv_text(std::iter::once(header.map(str::to_owned).to_vec()).chain(rows))
}

/// Name of a unit in the files.
pub(super) fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Percent => "percent",
        Unit::Points => "points",
        Unit::Number { .. } => "number",
    }
}
