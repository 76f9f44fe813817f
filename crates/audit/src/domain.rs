//! Groups of respondents as a publication names them.

use std::fmt;
use std::sync::Arc;

/// A conjunction: the respondents with this code in each of these dimensions; all respondents when empty.
///
/// A code of a dimension of networks may be two joined by `&`: the members of either, published together. In what an
/// insider knows, two joined by `\` are the members of the first who are not in the second.
///
/// An attack has some thousands of them as keys of many maps, so that one is a single shared text: each dimension in
/// order and then its code, each followed by a zero. Two of them compare as their conditions in order do.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Domain(Arc<str>);

/// Ends each dimension and each code, before all that a text may hold.
const END: char = '\0';

impl Domain {
    /// All respondents.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// Those with one code in one dimension.
    #[must_use]
    pub fn of(dimension: &str, code: &str) -> Self {
        Self::all().and(dimension, code)
    }

    /// Those of them who have this code too.
    #[must_use]
    pub fn and(self, dimension: &str, code: &str) -> Self {
        // What is read from a file may hold anything.
        let [dimension, code] = [dimension, code].map(|text| text.replace(END, "\u{fffd}"));
        let others = self.conditions().filter(|(other, _)| *other != dimension);
        let mut conditions: Vec<(&str, &str)> = others.collect();
        let place = conditions.partition_point(|(other, _)| *other < dimension.as_str());
        conditions.insert(place, (&dimension, &code));
        Self::joined(conditions)
    }

    /// The code asked for in a dimension, if the dimension matters.
    #[must_use]
    pub fn code(&self, dimension: &str) -> Option<&str> {
        self.conditions().find(|(other, _)| *other == dimension).map(|(_, code)| code)
    }

    /// The dimensions that matter with their codes.
    pub fn conditions(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut texts = self.0.split_terminator(END);
        std::iter::from_fn(move || texts.next().zip(texts.next()))
    }

    /// How many dimensions matter.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.conditions().count()
    }

    /// The same without what is asked for in one dimension.
    #[must_use]
    pub fn without(&self, dimension: &str) -> Self {
        Self::joined(self.conditions().filter(|(other, _)| *other != dimension))
    }

    /// Of conditions in the order of their dimensions.
    fn joined<'a>(conditions: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut text = String::new();
        for part in conditions.into_iter().flat_map(|(dimension, code)| [dimension, code]) {
            text.push_str(part);
            text.push(END);
        }
        Self(text.into())
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return formatter.write_str("all");
        }
        for (index, (dimension, code)) in self.conditions().enumerate() {
            let and = if index == 0 { "" } else { " and " };
            write!(formatter, "{and}{dimension}={code}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn conditions_are_kept_in_order_whatever_the_order_they_came_in() {
        let domain = Domain::of("size", "t0").and("network", "a&b").and("size", "t1");
        assert_eq!(domain, Domain::of("network", "a&b").and("size", "t1"));
        assert_eq!(domain.conditions().collect::<Vec<_>>(), [("network", "a&b"), ("size", "t1")]);
        assert_eq!((domain.depth(), domain.code("size"), domain.code("siz")), (2, Some("t1"), None));
        assert_eq!(domain.without("network"), Domain::of("size", "t1"));
        assert_eq!(domain.without("network").without("size"), Domain::all());
        assert_eq!(domain.to_string(), "network=a&b and size=t1");
    }

    #[test]
    fn an_empty_code_is_a_condition_and_a_zero_ends_none() {
        let domain = Domain::of("size", "").and("zone", "a\0b");
        assert_eq!(domain.conditions().collect::<Vec<_>>(), [("size", ""), ("zone", "a\u{fffd}b")]);
    }

    #[test]
    fn domains_compare_as_their_conditions_do() {
        let texts = ["", "a", "a ", "a-b", "ab", "b"];
        let mut all = vec![Vec::new()];
        for one in texts {
            for code in texts {
                all.push(vec![(one, code)]);
                all.extend(
                    texts.iter().filter(|other| **other > one).map(|other| vec![(one, code), (*other, "a")]),
                );
            }
        }
        let map = |conditions: &[(&str, &str)]| -> BTreeMap<String, String> {
            conditions.iter().map(|(dimension, code)| ((*dimension).to_owned(), (*code).to_owned())).collect()
        };
        for one in &all {
            for other in &all {
                let domains = [one, other].map(|conditions| Domain::joined(conditions.iter().copied()));
                assert_eq!(domains[0].cmp(&domains[1]), map(one).cmp(&map(other)), "{one:?} {other:?}");
            }
        }
    }
}
