//! How many responses there were, as shown.

use publication::{Count, Counts};

use super::Protection;

pub(super) fn counts(input: &Protection<'_>) -> Counts {
    let states = input.manifest.states;
    let n_min = input.edition.plan.n_min;
    let count = |code: &str, label: &str, n: u64| Count {
        code: code.to_owned(),
        label: label.to_owned(),
        shown: shown(n, n_min),
    };
    Counts {
        states: vec![
            count("commence", "Questionnaires commencés", states.total()),
            count("refuse", "Refus de participer", states.refused),
            count("interrompu", "Questionnaires interrompus", states.partial),
            count("envoye", "Questionnaires envoyés", states.submitted),
            count("retire", "Réponses retirées à la demande de l’organisation", states.withdrawn),
        ],
        excluded: input
            .cleaned
            .excluded
            .iter()
            .map(|excluded| count(excluded.reason.code(), excluded.reason.label(), excluded.count as u64))
            .collect(),
        valid: shown(input.cleaned.len() as u64, n_min).unwrap_or(0),
    }
}

/// Rounded to ten, or nothing under the smallest publishable group.
fn shown(n: u64, n_min: u32) -> Option<u32> {
    let n = u32::try_from(n).unwrap_or(u32::MAX - 10);
    (n >= n_min).then_some((n + 5) / 10 * 10)
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn a_count_is_rounded_to_ten_and_a_small_one_is_not_shown() {
        assert_eq!(shown(0, 11), None);
        assert_eq!(shown(10, 11), None);
        assert_eq!(shown(11, 11), Some(10));
        assert_eq!(shown(2776, 11), Some(2780));
    }
}
