//! Groups of respondents as a publication names them.

use std::collections::BTreeMap;
use std::fmt;

/// A conjunction: the respondents with this code in each of these dimensions; all respondents when empty.
///
/// A code of a dimension of networks may be two joined by `&`: the members of either, published together. In what an
/// insider knows, two joined by `\` are the members of the first who are not in the second.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Domain(BTreeMap<String, String>);

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
    pub fn and(mut self, dimension: &str, code: &str) -> Self {
        self.0.insert(dimension.to_owned(), code.to_owned());
        self
    }

    /// The code asked for in a dimension, if the dimension matters.
    #[must_use]
    pub fn code(&self, dimension: &str) -> Option<&str> {
        self.0.get(dimension).map(String::as_str)
    }

    /// The dimensions that matter with their codes.
    pub fn conditions(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(dimension, code)| (dimension.as_str(), code.as_str()))
    }

    /// How many dimensions matter.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.0.len()
    }

    /// The same without what is asked for in one dimension.
    #[must_use]
    pub fn without(&self, dimension: &str) -> Self {
        let mut wider = self.clone();
        wider.0.remove(dimension);
        wider
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return formatter.write_str("all");
        }
        for (index, (dimension, code)) in self.0.iter().enumerate() {
            let and = if index == 0 { "" } else { " and " };
            write!(formatter, "{and}{dimension}={code}")?;
        }
        Ok(())
    }
}
