//! Frequencies of the answers, protected for a codebook.
//!
//! Stricter than a publication, because every answer of every question is listed: over the valid responses that were
//! asked, without weights, a category under `n_min` respondents is withheld, and then others with it, smallest first,
//! until at least two are withheld that hold `n_min` respondents together; so nothing small follows by subtraction.
//! What is left is displayed by [`publication::Rule`].

use std::collections::BTreeMap;

use extract::{AnswerColumn, Part, answer_columns};
use publication::{Base, Displayed, NumberShown, Rule, Unit};
use questionnaire::{Condition, Edition, Kind};

use crate::cleaning::Cleaned;
use crate::columns::Reader;
use crate::error::AnalysisError;
use estimation::distribution::DegreesOfFreedom;

/// The category of who ticked an option, among counts.
const TICKED: &str = "true";

/// What may be shown of one column.
#[derive(Debug, Clone, PartialEq)]
pub struct Frequencies {
    /// Valid responses that were asked.
    pub asked: NumberShown,
    /// Share of each code in percent; `1` is the code of a ticked option. A code that is not here is withheld.
    pub shares: BTreeMap<String, Displayed>,
    /// Share of those who left it blank; withheld when absent.
    pub blank: Option<Displayed>,
}

/// What may be shown of each answer column. A column that was asked of too few, or that has no list of codes, has
/// nothing.
///
/// # Errors
/// When a condition reads something that extracts leave out.
pub fn frequencies(
    cleaned: &Cleaned,
    edition: &Edition,
) -> Result<BTreeMap<String, Frequencies>, AnalysisError> {
    let mut reader = Reader::new(edition, &cleaned.frame);
    let columns: Vec<AnswerColumn> =
        answer_columns(edition).into_iter().filter(|column| is_listed(edition, column)).collect();
    let rule = Rule {
        n_min: edition.plan.n_min,
        n_fragile: edition.plan.n_fragile,
        design_effect: 1.0,
        quantile: DegreesOfFreedom::Infinite
            .quantile(edition.plan.confidence)
            .expect("the normal distribution has quantiles"),
    };
    let mut found = BTreeMap::new();
    for column in &columns {
        let question = &edition.questionnaire.questions[column.question];
        let mut counts: BTreeMap<Option<&str>, u32> = BTreeMap::from([(None, 0)]);
        let row = match column.part {
            Part::Row(row) => Some(row),
            _ => None,
        };
        let asked = reader.asked(column.question, row)?;
        let is_option = matches!(column.part, Part::Option(_));
        if let Part::Option(option) = column.part {
            // What is not ticked and what is blank are one category of an option: showing both would tell, by
            // subtraction over the options of a question, more than each does.
            let code = vec![question.options()[option].code.clone()];
            let ticked = reader.condition(&Condition::HasAny(column.question, code))?.and(&asked);
            counts.insert(Some(TICKED), number(ticked.count()));
            counts.insert(None, number(asked.count() - ticked.count()));
        } else {
            counts.extend(question.options().iter().map(|option| (Some(option.code.as_str()), 0)));
            let texts = reader.texts(&column.name)?;
            for row in asked.ones() {
                let listed = texts.get(row).and_then(|code| question.option(code));
                *counts.entry(listed.map(|option| option.code.as_str())).or_insert(0) += 1;
            }
        }
        if let Some(shown) = protect(&rule, &counts, is_option) {
            found.insert(column.name.clone(), shown);
        }
    }
    Ok(found)
}

fn number(count: usize) -> u32 {
    u32::try_from(count).expect("fewer than four thousand million respondents")
}

fn is_listed(edition: &Edition, column: &AnswerColumn) -> bool {
    match (column.part, &edition.questionnaire.questions[column.question].kind) {
        (Part::Integer, _) | (_, Kind::Commune | Kind::Text { .. }) => false,
        (Part::Option(_) | Part::Row(_) | Part::IdentifierType | Part::Code, _) => true,
    }
}

/// From exact counts (`None` is blank, or not ticked) to what is shown.
fn protect(rule: &Rule, counts: &BTreeMap<Option<&str>, u32>, is_option: bool) -> Option<Frequencies> {
    let n: u32 = counts.values().sum();
    if n < rule.n_min {
        return None;
    }
    let base = Base { n, largest_share: 1.0 / f64::from(n) };
    let withheld = withheld(counts, rule.n_min);
    let display = |key: Option<&str>, count: u32| {
        let share = 100.0 * f64::from(count) / f64::from(n);
        if withheld.contains(&key) { None } else { rule.display(share, Unit::Percent, base) }
    };
    let mut shares = BTreeMap::new();
    for (key, count) in counts {
        if let (Some(code), Some(displayed)) = (key, display(*key, *count)) {
            let code = if is_option { "1" } else { code };
            shares.insert(code.to_owned(), displayed);
        }
    }
    let blank = if is_option { None } else { display(None, counts.get(&None).copied().unwrap_or(0)) };
    Some(Frequencies { asked: rule.number(base)?, shares, blank })
}

/// The categories that are not shown.
fn withheld<'a>(counts: &BTreeMap<Option<&'a str>, u32>, n_min: u32) -> Vec<Option<&'a str>> {
    let mut ascending: Vec<(u32, Option<&str>)> = counts.iter().map(|(key, count)| (*count, *key)).collect();
    ascending.sort_unstable();
    let small = ascending.iter().filter(|(count, _)| *count < n_min).count();
    if small == 0 {
        return Vec::new();
    }
    let mut hidden = small;
    let together = |hidden: usize| ascending[..hidden].iter().map(|(count, _)| count).sum::<u32>();
    while hidden < ascending.len() && (hidden < 2 || together(hidden) < n_min) {
        hidden += 1;
    }
    ascending[..hidden].iter().map(|(_, key)| *key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule { n_min: 11, n_fragile: 30, design_effect: 1.0, quantile: 1.96 };

    fn shown(counts: &[(&str, u32)], blank: u32, is_option: bool) -> Option<Frequencies> {
        let mut all: BTreeMap<Option<&str>, u32> =
            counts.iter().map(|(code, count)| (Some(*code), *count)).collect();
        all.insert(None, blank);
        protect(&RULE, &all, is_option)
    }

    fn codes(found: &Frequencies) -> Vec<&str> {
        found.shares.keys().map(String::as_str).collect()
    }

    #[test]
    fn a_question_asked_of_too_few_shows_nothing() {
        assert_eq!(shown(&[("a", 4), ("b", 6)], 0, false), None);
    }

    #[test]
    fn a_small_category_is_never_withheld_alone() {
        let found = shown(&[("a", 100), ("b", 60), ("c", 50), ("d", 3)], 20, false).unwrap();
        assert_eq!(codes(&found), ["a", "b", "c"]);
        assert_eq!(found.blank, None, "the next smallest goes with it");
        assert!(matches!(found.asked, NumberShown::Rounded { value: 230, .. }));
    }

    #[test]
    fn what_is_withheld_together_is_not_small() {
        let found = shown(&[("a", 100), ("b", 60), ("c", 5), ("d", 3)], 0, false).unwrap();
        assert_eq!(codes(&found), ["a"], "8 together: the next one too");
        let found = shown(&[("a", 100), ("b", 60), ("c", 8), ("d", 3)], 0, false).unwrap();
        assert_eq!(codes(&found), ["a", "b"]);
    }

    #[test]
    fn nothing_is_shown_when_everything_is_needed_to_hide_a_small_category() {
        let found = shown(&[("a", 100), ("b", 3)], 0, false).unwrap();
        assert!(found.shares.is_empty() && found.blank.is_none(), "{found:?}");
    }

    #[test]
    fn shares_are_those_of_the_rule() {
        let found = shown(&[("a", 33), ("b", 34)], 33, false).unwrap();
        assert!(matches!(found.shares["a"], Displayed::Point { value: 34.0, step: 2.0, .. }));
        assert!(matches!(found.blank, Some(Displayed::Point { value: 34.0, step: 2.0, .. })));
    }

    #[test]
    fn an_option_shows_those_who_ticked_it_or_nothing() {
        let found = shown(&[("true", 50)], 150, true).unwrap();
        assert!(matches!(found.shares["1"], Displayed::Point { value: 25.0, step: 1.0, .. }));
        assert_eq!(found.blank, None);
        for (ticked, others) in [(3, 150), (150, 3)] {
            assert!(shown(&[("true", ticked)], others, true).unwrap().shares.is_empty());
        }
    }
}
