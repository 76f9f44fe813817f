//! Traps for the protection of what is published: groups that a threshold alone would betray.
//!
//! A network nested in another but for one member, and two networks of the same members but for one each: the difference
//! of two figures shown is then the answer of one organisation (`disclosure.md`, section 2.1). And a sector of one size
//! with as many respondents as may be shown, one of whom weighs so much that the figure is mostly its answer.

use std::collections::BTreeSet;

use questionnaire::{Answer, Edition, Kind, Networks};

use super::parameters::{HeavyTrap, Traps};
use super::{Behaviour, Simulated};

/// Changes answers of the first volunteers that fit.
pub(super) fn plant(edition: &Edition, traps: &Traps, simulated: &mut [Simulated]) {
    plant_networks(edition, traps, simulated);
    if let Some(heavy) = &traps.heavy {
        plant_heavy(heavy, simulated);
    }
}

/// Fills a sector of one size with light organisations and a heavy one, and empties it of others; when too few fit,
/// nothing is changed.
fn plant_heavy(trap: &HeavyTrap, simulated: &mut [Simulated]) {
    let is_of_size = |volunteer: &Simulated| {
        let [least, most] = trap.from_to;
        matches!(volunteer.answers.get(&trap.employees), Some(Answer::Integer(n)) if (least..=most).contains(n))
    };
    let is_one_of = |volunteer: &Simulated, question: &str, codes: &[String]| matches!(volunteer.answers.get(question), Some(Answer::Text(code)) if codes.contains(code));
    let complete = |statuses: &[String], most: usize| -> Vec<usize> {
        let fits = |at: &usize| {
            let volunteer = &simulated[*at];
            volunteer.behaviour == Behaviour::Complete
                && is_of_size(volunteer)
                && is_one_of(volunteer, &trap.status, statuses)
                && volunteer.answers.get(&trap.sector).is_some()
        };
        (0..simulated.len()).filter(fits).take(most).collect()
    };
    let (light, heavy) = (complete(&trap.light, trap.members), complete(&trap.heavy, 1));
    if light.len() < trap.members || heavy.is_empty() {
        return;
    }
    let inside: BTreeSet<usize> = light.into_iter().chain(heavy).collect();
    for (at, volunteer) in simulated.iter_mut().enumerate() {
        // Who answers again answers as the first time.
        let member = match volunteer.behaviour {
            Behaviour::Duplicate { of } => of,
            _ => at,
        };
        let code = if inside.contains(&member) {
            trap.codes.first()
        } else if is_of_size(volunteer) && is_one_of(volunteer, &trap.sector, &trap.codes) {
            Some(&trap.elsewhere)
        } else {
            None
        };
        if let Some(code) = code.cloned().filter(|_| volunteer.answers.get(&trap.sector).is_some()) {
            volunteer.answers.set(&trap.sector, Some(Answer::Text(code)));
        }
    }
}

/// Changes the memberships of the first volunteers that answer the question on networks.
fn plant_networks(edition: &Edition, traps: &Traps, simulated: &mut [Simulated]) {
    let questions = &edition.questionnaire.questions;
    let Some(question) = questions.iter().find(|question| matches!(question.kind, Kind::Networks { .. }))
    else {
        return;
    };
    let exclusive: Vec<&str> = question
        .options()
        .iter()
        .filter(|option| option.is_exclusive)
        .map(|option| option.code.as_str())
        .collect();
    let [inner, outer] = &traps.nested;
    let [one, other] = &traps.apart;
    let all = [inner, outer, one, other];
    let mut members = 0;
    // Who answers again answers as the first time.
    let mut planted: Vec<Option<Answer>> = vec![None; simulated.len()];
    for at in 0..simulated.len() {
        let volunteer = &simulated[at];
        let found = match (volunteer.behaviour, volunteer.answers.get(&question.code)) {
            (Behaviour::Duplicate { of }, Some(_)) => planted[of].clone(),
            (_, Some(Answer::Networks(networks))) => {
                let mut codes: BTreeSet<String> = networks.codes.clone();
                codes.retain(|code| !all.contains(&code));
                if volunteer.behaviour == Behaviour::Complete {
                    codes.extend(
                        joined(members, traps.members, [inner, outer], [one, other]).into_iter().cloned(),
                    );
                    members += 1;
                }
                if codes.len() > 1 {
                    codes.retain(|code| !exclusive.contains(&code.as_str()));
                }
                if codes.is_empty() {
                    codes.extend(exclusive.first().map(|code| (*code).to_owned()));
                }
                Some(Answer::Networks(Networks { codes, other: networks.other.clone() }))
            }
            _ => None,
        };
        if let Some(answer) = found {
            simulated[at].answers.set(&question.code, Some(answer.clone()));
            planted[at] = Some(answer);
        }
    }
}

/// The networks that the member at this position joins.
fn joined<'a>(
    position: usize,
    members: usize,
    [inner, outer]: [&'a String; 2],
    [one, other]: [&'a String; 2],
) -> Vec<&'a String> {
    match position {
        at if at < members => vec![inner, outer],
        at if at == members => vec![outer],
        at if at <= 2 * members => vec![one, other],
        at if at == 2 * members + 1 => vec![one],
        at if at == 2 * members + 2 => vec![other],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_network_is_in_another_but_one_and_two_are_two_members_apart() {
        let [a, b, c, d] = ["a", "b", "c", "d"].map(str::to_owned);
        let of = |code: &String| -> BTreeSet<usize> {
            (0..500).filter(|at| joined(*at, 60, [&a, &b], [&c, &d]).contains(&code)).collect()
        };
        assert!(of(&a).is_subset(&of(&b)));
        assert_eq!((of(&a).len(), of(&b).len()), (60, 61));
        assert_eq!(of(&c).symmetric_difference(&of(&d)).count(), 2);
        assert_eq!(of(&c).len(), 61);
        assert!(of(&b).is_disjoint(&of(&c)));
    }
}
