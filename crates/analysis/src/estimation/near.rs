//! Groups that differ by so few respondents that showing both tells about these few.

/// Nested groups may not differ by so few respondents (`disclosure.md`, section 3.1: protected differences).
pub(crate) const NESTED: usize = 10;
/// Nor may any groups.
pub(crate) const DIFFERENT: usize = 3;

/// Whether two groups, as ascending positions, are near twins: one inside the other but for 1 to 10 respondents, or 1 to
/// 3 respondents apart.
pub(crate) fn near_identical(one: &[usize], other: &[usize]) -> bool {
    let (mut only_one, mut only_other) = (0_usize, 0_usize);
    let (mut left, mut right) = (one.iter().peekable(), other.iter().peekable());
    loop {
        match (left.peek(), right.peek()) {
            (Some(l), Some(r)) if l == r => {
                left.next();
                right.next();
            }
            (Some(l), Some(r)) if l < r => {
                only_one += 1;
                left.next();
            }
            (Some(_) | None, Some(_)) => {
                only_other += 1;
                right.next();
            }
            (Some(_), None) => {
                only_one += 1;
                left.next();
            }
            (None, None) => break,
        }
        if only_one + only_other > NESTED || only_one.min(only_other) > DIFFERENT {
            return false;
        }
    }
    is_near(only_one, only_other)
}

/// Whether groups are near twins that have so many respondents each that the other has not.
pub(crate) fn is_near(only_one: usize, only_other: usize) -> bool {
    let different = only_one + only_other;
    let is_nested = only_one.min(only_other) == 0 && (1..=NESTED).contains(&different);
    is_nested || (1..=DIFFERENT).contains(&different)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_groups_but_ten_and_any_groups_but_three_are_near() {
        let first: Vec<usize> = (0..40).collect();
        assert!(near_identical(&first, &first[..30]));
        assert!(!near_identical(&first, &first[..29]));
        assert!(!near_identical(&first, &first), "the same members tell nothing");
        let moved: Vec<usize> = (1..41).collect();
        assert!(near_identical(&first, &moved), "one left and one came");
        assert!(!near_identical(&first, &(2..42).collect::<Vec<_>>()), "four apart");
    }
}
