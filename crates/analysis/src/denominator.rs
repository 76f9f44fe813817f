//! Who of those asked is in the base of an indicator, read from its base expression (`design/statistics.md`, section 2).

use publication::Denominator;
use questionnaire::{Condition, Derived, DerivedRule, Edition, Indicator, Number, Numerator, Subject};

/// The policy of an indicator.
pub(crate) fn denominator(edition: &Edition, indicator: &Indicator) -> Denominator {
    let base = found(&edition.derived, &indicator.base);
    // A mean is over those who have the number, and who does not know has none; a count is 0 for a blank.
    let own = match indicator.numerator {
        Numerator::Mean(Number::Variable(_)) => Denominator::Substantive,
        Numerator::Mean(_) | Numerator::Share(_) => Denominator::Base,
    };
    if rank(base) > rank(own) { base } else { own }
}

/// From the widest to the narrowest.
fn rank(policy: Denominator) -> u8 {
    match policy {
        Denominator::Base => 0,
        Denominator::Answered => 1,
        Denominator::Substantive => 2,
        Denominator::Citers => 3,
    }
}

/// The narrowest policy that a part of the base asks for. A filter on another question (« employeuses ») says of whom
/// the indicator is, not what becomes of those who did not answer.
fn found(derived: &[Derived], condition: &Condition) -> Denominator {
    match condition {
        Condition::And(left, right) => {
            let (left, right) = (found(derived, left), found(derived, right));
            if rank(left) >= rank(right) { left } else { right }
        }
        Condition::Measured(Subject::Derived(_)) => Denominator::Substantive,
        Condition::Measured(_) => Denominator::Answered,
        Condition::Compare(Number::Variable(Subject::Derived(index)), ..)
            if matches!(derived[*index].rule, DerivedRule::Measured(_)) =>
        {
            Denominator::Substantive
        }
        Condition::Compare(Number::Count(_), ..) => Denominator::Citers,
        Condition::Not(inner) => match inner.as_ref() {
            Condition::In(_, codes) | Condition::HasAny(_, codes)
                if codes.iter().any(|code| is_blank(code)) =>
            {
                Denominator::Substantive
            }
            _ => Denominator::Base,
        },
        _ => Denominator::Base,
    }
}

/// « ne sait pas » and « non concerné ».
fn is_blank(code: &str) -> bool {
    matches!(code, "nsp" | "nc")
}

#[cfg(test)]
mod tests {
    use questionnaire::expr::Comparison;

    use super::*;

    #[test]
    fn a_base_expression_says_who_is_in_it() {
        let asked = || Condition::Asked(0, None);
        let and = |left, right| Condition::And(Box::new(left), Box::new(right));
        let not = |inner| Condition::Not(Box::new(inner));
        let nsp = || Condition::In(Subject::Question(0), vec!["nsp".to_owned()]);
        let answered = || Condition::Measured(Subject::Question(0));
        let cited = || Condition::Compare(Number::Count(0), Comparison::AtLeast, Number::Constant(1.0));
        assert_eq!(found(&[], &asked()), Denominator::Base);
        assert_eq!(found(&[], &and(asked(), answered())), Denominator::Answered);
        assert_eq!(found(&[], &and(and(asked(), answered()), not(nsp()))), Denominator::Substantive);
        assert_eq!(found(&[], &and(cited(), answered())), Denominator::Citers);
        let filter = not(Condition::In(Subject::Question(0), vec!["oui".to_owned()]));
        assert_eq!(found(&[], &filter), Denominator::Base, "a filter is not a policy");
    }
}
