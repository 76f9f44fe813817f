//! How figures were computed, for the reader.

use estimation::diagnostics::{kish_n, weight_ratio};
use publication::{Base, CalibrationInfo, MarginInfo, MarginRow, Method, Rule, Unit};
use questionnaire::{BreakdownVariable, CalibrationGroup, Condition, Edition, Margin, Number, Subject};

use super::Protection;
use crate::calibration::{GroupWeights, TRIM_AT};
use crate::quality;

pub(super) fn method(input: &Protection<'_>, rule: Rule) -> Method {
    let plan = &input.edition.plan;
    let (least, greatest) = weight_ratio(&input.weights.calibrated);
    Method {
        n_min: plan.n_min,
        n_fragile: plan.n_fragile,
        confidence: plan.confidence,
        design_effect: rule.design_effect,
        n_effective: rounded_to_ten(kish_n(&input.weights.calibrated)),
        weight_ratio: (downwards(least), upwards(greatest)),
        calibration: plan
            .calibration
            .iter()
            .zip(&input.weights.groups)
            .zip(quality::after(input.weights, &plan.calibration))
            .map(|((group, weights), after)| calibration(rule, group, weights, &after))
            .collect(),
        not_weighted: not_weighted(input.edition),
        notes: notes(input).into_iter().map(|(french, _)| french).collect(),
    }
}

/// A group as shown. Shares before calibration are of numbers of respondents as displayed, so that a category shown as a
/// class, or not at all, has none.
fn calibration(
    rule: Rule,
    group: &CalibrationGroup,
    weights: &GroupWeights,
    after: &[Vec<f64>],
) -> CalibrationInfo {
    let base = equal(weights.rows.len());
    let row = |category: &questionnaire::MarginCategory, count: usize, after: f64| {
        let before = rule
            .number(equal(count))
            .zip(rule.number(base))
            .and_then(|(part, whole)| rule.share(part, whole));
        let row = MarginRow {
            label: category.label.clone(),
            target: tenths(100.0 * category.share),
            before,
            // The margin itself, which is public, as far as calibration meets it.
            after: before.and_then(|_| rule.display(after, Unit::Percent, base)),
            caution: None,
        };
        MarginRow { caution: quality::caution(&row), ..row }
    };
    let margin = |margin: &Margin, counts: &[usize], after: &[f64]| MarginInfo {
        label: margin.label.clone(),
        source: margin.source.clone(),
        year: margin.year.clone(),
        rows: margin
            .categories
            .iter()
            .zip(counts)
            .zip(after)
            .map(|((category, count), after)| row(category, *count, *after))
            .collect(),
    };
    CalibrationInfo {
        label: group.label.clone(),
        total: group.total,
        n: rule.number(base),
        margins: group
            .margins
            .iter()
            .zip(&weights.counts)
            .zip(after)
            .map(|((known, counts), after)| margin(known, counts, after))
            .collect(),
    }
}

/// A base where everyone weighs the same.
pub(super) fn equal(n: usize) -> Base {
    let n = u32::try_from(n).expect("fewer than four thousand million respondents");
    Base { n, largest_share: if n == 0 { 0.0 } else { f64::from(n).recip() } }
}

/// Breakdowns that no margin and no calibration group uses: there the sample is as it came.
fn not_weighted(edition: &Edition) -> Vec<String> {
    let groups = &edition.plan.calibration;
    let mut in_groups = Vec::new();
    for group in groups {
        subjects(&group.when, &mut in_groups);
    }
    edition
        .plan
        .breakdowns
        .iter()
        .filter(|breakdown| {
            let is_weighted = match breakdown.variable {
                BreakdownVariable::Networks(_) => false,
                BreakdownVariable::Partition(subject) => {
                    in_groups.contains(&subject)
                        || groups.iter().any(|group| {
                            group.margins.iter().any(|m| m.variable == subject || m.code == breakdown.code)
                        })
                }
            };
            !is_weighted
        })
        .map(|breakdown| breakdown.label.clone())
        .collect()
}

fn subjects(condition: &Condition, found: &mut Vec<Subject>) {
    match condition {
        Condition::In(subject, _) | Condition::Measured(subject) => found.push(*subject),
        Condition::Compare(left, _, right) => {
            for number in [left, right] {
                if let Number::Variable(subject) = number {
                    found.push(*subject);
                }
            }
        }
        Condition::Not(inner) => subjects(inner, found),
        Condition::And(left, right) | Condition::Or(left, right) => {
            subjects(left, found);
            subjects(right, found);
        }
        Condition::Constant(_) | Condition::HasAny(..) | Condition::HasAll(..) | Condition::Asked(..) => {}
    }
}

/// What a reader must know before quoting a figure, in French and in English.
pub(super) fn notes(input: &Protection<'_>) -> Vec<(String, String)> {
    let groups = &input.weights.groups;
    let said = |french: &str, english: &str| (french.to_owned(), english.to_owned());
    let mut notes = vec![
        said(
            "Les répondantes sont volontaires\u{202f}; elles n’ont pas été tirées au sort. Avant calage, toutes celles d’un \
             même groupe pèsent autant\u{a0}: le nombre d’organisations du groupe divisé par le nombre de répondantes.",
            "Respondents volunteered; they were not drawn at random. Before calibration, all those of a group weigh the \
             same: the number of organisations of the group divided by the number of respondents.",
        ),
        said(
            "La précision est calculée comme si les répondantes formaient un échantillon aléatoire simple, en tenant \
             compte du calage (linéarisation de Taylor sur les résidus). L’intervalle affiché se déduit des seules \
             valeurs affichées\u{a0}: valeur arrondie, classe d’effectif et effet des poids sur l’ensemble. Il suppose \
             qu’à caractéristiques de calage égales, répondre ne dépend pas de la réponse.",
            "Precision is computed as if the respondents were a simple random sample, taking calibration into account \
             (Taylor linearisation of residuals). The interval displayed follows from displayed values alone: the rounded \
             value, the class of the number of respondents and the effect of weights on the whole. It assumes that, for \
             organisations alike in the calibration characteristics, responding does not depend on the answer.",
        ),
        said(
            "Un questionnaire interrompu compte s’il a dépassé les questions indispensables\u{202f}; les questions qu’il \
             n’a pas atteintes ne l’ont pas dans leur base. «\u{a0}Ne sait pas\u{a0}», «\u{a0}non concerné\u{a0}» et \
             l’absence de réponse restent dans la base des pourcentages et sont hors de celle des scores.",
            "A questionnaire that was interrupted counts if it went past the essential questions; those that it did not \
             reach do not have it in their base. “Don’t know”, “not concerned” and the absence of an answer stay in the \
             base of percentages and are outside that of scores.",
        ),
    ];
    if groups.iter().any(|group| group.trim_rounds > 0) {
        let mut note = (
            format!(
                "Les poids de plus de {TRIM_AT} fois la moyenne de leur groupe ont été ramenés à cette borne, puis le \
                 calage refait."
            ),
            format!(
                "Weights over {TRIM_AT} times the mean of their group were brought back to this limit, then calibration \
                 was done again."
            ),
        );
        if groups.iter().any(|group| !group.is_within_bound) {
            note.0.push_str(" Quelques poids restent au-dessus, parce que les marges les imposent.");
            note.1.push_str(" A few weights remain above it, because the margins impose them.");
        }
        notes.push(note);
    }
    let blank: Vec<&str> = input
        .edition
        .plan
        .calibration
        .iter()
        .zip(groups)
        .flat_map(|(group, weights)| group.margins.iter().zip(&weights.blanks))
        .filter(|(_, blanks)| **blanks > 0)
        .map(|(margin, _)| margin.label.as_str())
        .collect();
    if !blank.is_empty() {
        let texts = input.edition.published_texts("en");
        let list = |labels: Vec<&str>| labels.join(", ").to_lowercase();
        let english = blank.iter().map(|label| texts.get(*label).map_or(*label, String::as_str)).collect();
        notes.push((
            format!(
                "Une répondante qui n’a pas renseigné une variable de calage ({}) compte, pour cette marge seule, dans \
                 chaque catégorie à proportion du total connu.",
                list(blank)
            ),
            format!(
                "A respondent that left a calibration variable blank ({}) counts, for this margin alone, in each category \
                 in proportion to the known total.",
                list(english)
            ),
        ));
    }
    notes.push(said(
        "Confidentialité\u{a0}: les tableaux de l’édition sont protégés tous ensemble. Un résultat qui permettrait de \
         retrouver par soustraction celui d’un groupe trop petit n’est pas diffusé, et la publication est attaquée avant \
         de paraître comme par quelqu’un qui connaîtrait l’effectif et le poids exacts de chaque groupe.",
        "Confidentiality: the tables of the edition are protected all together. A result that would make it possible to \
         find that of a group that is too small by subtraction is not published, and before it appears the publication \
         is attacked as by someone who would know the exact number and weight of every group.",
    ));
    notes
}

/// The next of 1, 2, 5 times a power of ten under a ratio: the extremes of the weights are someone's own.
fn downwards(value: f64) -> f64 {
    steps(value).rfind(|step| *step <= value * (1.0 + 1e-9)).unwrap_or(0.0)
}

/// The next one above it.
fn upwards(value: f64) -> f64 {
    steps(value).find(|step| *step >= value * (1.0 - 1e-9)).unwrap_or(value)
}

fn steps(value: f64) -> impl DoubleEndedIterator<Item = f64> {
    // Written as it is read: 0.5 and not 5 x 0.1.
    let exponent = if value > 0.0 { value.log10().floor() } else { 0.0 };
    let power = 10_f64.powf(exponent.abs());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(move |m| if exponent < 0.0 { m / power } else { m * power })
}

/// To one decimal.
pub(super) fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an effective number of respondents is a small positive number"
)]
fn rounded_to_ten(value: f64) -> u32 {
    ((value / 10.0).round() * 10.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_the_method_are_rounded() {
        assert_eq!([0.3149, 2.0, 12.7].map(|value| downwards(value).to_string()), ["0.2", "2", "10"]);
        assert_eq!([0.3149, 2.0, 12.7].map(|value| upwards(value).to_string()), ["0.5", "2", "20"]);
        assert_eq!(rounded_to_ten(1936.65), 1940);
        assert_eq!(tenths(1.549).to_string(), "1.5");
    }
}
