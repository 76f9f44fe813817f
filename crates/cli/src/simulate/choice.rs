//! Choices whose shares in the population are given: the intercepts are solved, the noise is fixed.

use super::population::Value;

/// Most rounds of adjustment of the intercepts.
const ROUNDS: usize = 250;
/// Rounds without coming nearer after which the search stops: where few are asked, one unit weighs more than the
/// tolerance.
const STALE_ROUNDS: usize = 25;
/// Largest gap between a share and its target at which the search stops.
const TOLERANCE: f64 = 0.0004;
/// The intercept of an option that nobody chooses, and its opposite for one that all choose.
const NEVER: f64 = -1.0e6;

/// The utilities of the options for each unit, intercepts left out: the effects, and noise that stays the same
/// whatever the intercepts, so that shares are a monotone function of them.
pub(super) struct Utilities {
    /// The weight of each unit.
    pub(super) weights: Vec<f64>,
    /// The number of options.
    pub(super) options: usize,
    /// Unit by unit, the options in order.
    pub(super) values: Vec<f64>,
}

/// What was found: a choice for each unit, and how far the shares are from their targets.
pub(super) struct Fitted {
    pub(super) choices: Vec<Value>,
    /// The intercepts that make these choices.
    pub(super) intercepts: Vec<f64>,
    /// The option whose share is farthest, its share and its target.
    pub(super) worst: (usize, f64, f64),
}

impl Utilities {
    /// One option for each unit (index plus one), with intercepts that were solved for other units.
    pub(super) fn choose_one_by(&self, intercepts: &[f64]) -> Vec<Value> {
        self.rows().map(|utilities| best(utilities, intercepts) as Value + 1).collect()
    }

    /// At least one and at most `max` options for each unit (bits), with intercepts that were solved for other units.
    pub(super) fn choose_several_by(&self, intercepts: &[f64], max: usize) -> Vec<Value> {
        self.rows().map(|utilities| several(utilities, intercepts, max)).collect()
    }

    fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks_exact(self.options)
    }

    /// One option for each unit (index plus one), such that the options have these shares. They sum to 1.
    pub(super) fn choose_one(&self, targets: &[f64]) -> Fitted {
        let step = |target: f64, share: f64| target.ln() - share.max(1.0e-6).ln();
        self.fit(
            targets,
            f64::ln,
            step,
            |utilities, intercepts| best(utilities, intercepts) as Value + 1,
            |choice, option| choice == option as Value + 1,
        )
    }

    /// At least one and at most `max` options for each unit (bits), such that the options have these shares.
    pub(super) fn choose_several(&self, targets: &[f64], max: usize) -> Fitted {
        let logit = |share: f64| {
            let share = share.clamp(1.0e-6, 1.0 - 1.0e-6);
            (share / (1.0 - share)).ln()
        };
        let step = |target: f64, share: f64| logit(target) - logit(share);
        self.fit(
            targets,
            logit,
            step,
            |utilities, intercepts| several(utilities, intercepts, max),
            |choice, option| choice & (1 << option) != 0,
        )
    }

    /// The option each unit prefers among those offered to it (bits), with these intercepts; 0 when none is.
    pub(super) fn prefer(&self, intercepts: &[f64], offered: &[Value]) -> Vec<Value> {
        let rows = self.values.chunks_exact(self.options).zip(offered);
        rows.map(|(utilities, &offered)| {
            let limited: Vec<f64> = (0..self.options)
                .map(
                    |option| {
                        if offered & (1 << option) == 0 { f64::NEG_INFINITY } else { intercepts[option] }
                    },
                )
                .collect();
            let best = best(utilities, &limited);
            if limited[best] == f64::NEG_INFINITY { 0 } else { best as Value + 1 }
        })
        .collect()
    }

    /// Adjusts the intercepts until the shares are their targets, and keeps the best round.
    fn fit(
        &self,
        targets: &[f64],
        start: impl Fn(f64) -> f64,
        step: impl Fn(f64, f64) -> f64,
        choose: impl Fn(&[f64], &[f64]) -> Value,
        has: impl Fn(Value, usize) -> bool,
    ) -> Fitted {
        let total: f64 = self.weights.iter().sum();
        let mut intercepts: Vec<f64> =
            targets.iter().map(|&target| if target > 0.0 { start(target) } else { NEVER }).collect();
        let mut found = Fitted { choices: Vec::new(), intercepts: intercepts.clone(), worst: (0, 1.0, 0.0) };
        if self.weights.is_empty() {
            return found;
        }
        let mut pace = 1.0;
        let mut stale = 0;
        for _ in 0..ROUNDS {
            let choices: Vec<Value> = self.rows().map(|utilities| choose(utilities, &intercepts)).collect();
            let mut shares = vec![0.0; self.options];
            for (&choice, weight) in choices.iter().zip(&self.weights) {
                for (option, share) in shares.iter_mut().enumerate() {
                    if has(choice, option) {
                        *share += weight / total;
                    }
                }
            }
            let worst = (0..self.options)
                .map(|option| (option, shares[option], targets[option]))
                .max_by(|a, b| (a.1 - a.2).abs().total_cmp(&(b.1 - b.2).abs()))
                .unwrap_or((0, 0.0, 0.0));
            let gap = (worst.1 - worst.2).abs();
            if gap < (found.worst.1 - found.worst.2).abs() || found.choices.is_empty() {
                found = Fitted { choices, intercepts: intercepts.clone(), worst };
                stale = 0;
            } else {
                stale += 1;
                // A round that does not come nearer jumps over the target: smaller steps from here.
                pace = f64::max(pace * 0.9, 0.05);
            }
            if gap < TOLERANCE || stale == STALE_ROUNDS {
                break;
            }
            for option in 0..self.options {
                if targets[option] > 0.0 {
                    intercepts[option] += pace * step(targets[option], shares[option]).clamp(-2.0, 2.0);
                }
            }
        }
        found
    }
}

/// The option of greatest utility.
fn best(utilities: &[f64], intercepts: &[f64]) -> usize {
    let mut best = 0;
    let mut greatest = f64::NEG_INFINITY;
    for (option, (utility, intercept)) in utilities.iter().zip(intercepts).enumerate() {
        if utility + intercept > greatest {
            greatest = utility + intercept;
            best = option;
        }
    }
    best
}

/// The options of positive utility, the best one if there is none, the `max` best if there are more.
fn several(utilities: &[f64], intercepts: &[f64], max: usize) -> Value {
    let value = |option: usize| utilities[option] + intercepts[option];
    let mut mask: Value = 0;
    for option in 0..utilities.len() {
        if value(option) > 0.0 {
            mask |= 1 << option;
        }
    }
    if mask == 0 {
        return 1 << best(utilities, intercepts);
    }
    if mask.count_ones() as usize > max {
        let mut ticked: Vec<usize> =
            (0..utilities.len()).filter(|option| mask & (1 << option) != 0).collect();
        ticked.sort_by(|&a, &b| value(b).total_cmp(&value(a)));
        return ticked[..max].iter().fold(0, |mask, option| mask | (1 << option));
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::super::chance::Chance;
    use super::*;

    fn utilities(options: usize, noise: impl Fn(&mut Chance) -> f64) -> Utilities {
        let mut chance = Chance::new(7, 0);
        let units = 4_000;
        let values = (0..units * options)
            .map(|i| noise(&mut chance) + if i % options == 0 { (i % 3) as f64 } else { 0.0 })
            .collect();
        Utilities { weights: (0..units).map(|i| 1.0 + (i % 2) as f64).collect(), options, values }
    }

    fn share(utilities: &Utilities, has: impl Fn(usize) -> bool) -> f64 {
        let total: f64 = utilities.weights.iter().sum();
        (0..utilities.weights.len())
            .filter(|&unit| has(unit))
            .map(|unit| utilities.weights[unit])
            .sum::<f64>()
            / total
    }

    #[test]
    fn one_choice_has_the_shares_asked_for() {
        let utilities = utilities(4, Chance::gumbel);
        let targets = [0.22, 0.53, 0.22, 0.03];
        let fitted = utilities.choose_one(&targets);
        for (option, target) in targets.iter().enumerate() {
            let share = share(&utilities, |unit| fitted.choices[unit] == option as Value + 1);
            assert!((share - target).abs() < 0.002, "option {option}: {share}");
        }
    }

    #[test]
    fn several_choices_have_the_shares_asked_for_and_keep_to_the_maximum() {
        let utilities = utilities(5, Chance::logistic);
        let targets = [0.6, 0.5, 0.4, 0.2, 0.0];
        let fitted = utilities.choose_several(&targets, 3);
        assert!(fitted.choices.iter().all(|mask| (1..=3).contains(&mask.count_ones())));
        for (option, target) in targets.iter().enumerate() {
            let share = share(&utilities, |unit| fitted.choices[unit] & (1 << option) != 0);
            assert!((share - target).abs() < 0.002, "option {option}: {share}");
        }
    }

    #[test]
    fn a_preference_never_leaves_what_is_offered() {
        let utilities = utilities(3, Chance::gumbel);
        let offered: Vec<Value> = (0..4_000).map(|unit| unit % 8).collect();
        let preferred = utilities.prefer(&[0.0, 50.0, 0.0], &offered);
        for (&preferred, &offered) in preferred.iter().zip(&offered) {
            assert!(if offered == 0 { preferred == 0 } else { offered & (1 << (preferred - 1)) != 0 });
            assert!(offered & 2 == 0 || preferred == 2);
        }
    }
}
