//! What an insider knows: how many respondents each domain has, and what they weigh.

use std::collections::BTreeMap;

use crate::domain::Domain;
use crate::error::AuditError;

/// Number of respondents of a domain and the sum of their weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    /// Respondents.
    pub n: u32,
    /// Sum of their weights.
    pub weight: f64,
    /// The weight of the heaviest of them; 0 when it is not known.
    pub heaviest: f64,
}

impl Size {
    /// So many respondents of so much weight together.
    #[must_use]
    pub fn new(n: u32, weight: f64) -> Self {
        Self { n, weight, heaviest: 0.0 }
    }

    /// With the weight of the heaviest.
    #[must_use]
    pub fn with_heaviest(self, heaviest: f64) -> Self {
        Self { heaviest, ..self }
    }
}

/// Sizes by base and domain. The base of questions that everybody is asked is the empty string.
///
/// As a file, `n.csv`: columns `d_<dimension>…` (`_T`: does not matter), `n`, `weight` (empty: `n`) and, if questions
/// have bases of their own, `base` (empty: everybody), and `heaviest` (the weight of the heaviest, empty: not known). A code `A\B` in a dimension of networks stands for the members
/// of A who are not in B: an insider who knows the lists of members knows how many answered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Known {
    sizes: BTreeMap<String, BTreeMap<Domain, Size>>,
}

impl Known {
    /// Nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the size of a domain within a base.
    pub fn insert(&mut self, base: &str, domain: Domain, size: Size) {
        self.sizes.entry(base.to_owned()).or_default().insert(domain, size);
    }

    /// The size of a domain within a base.
    #[must_use]
    pub fn size(&self, base: &str, domain: &Domain) -> Option<Size> {
        self.sizes.get(base)?.get(domain).copied()
    }

    /// The domains known within a base, in order.
    pub fn domains(&self, base: &str) -> impl Iterator<Item = (&Domain, Size)> {
        self.sizes.get(base).into_iter().flatten().map(|(domain, size)| (domain, *size))
    }

    /// Reads `n.csv`.
    ///
    /// # Errors
    /// When a column is missing or a value is not a number.
    pub fn read(text: &str) -> Result<Self, AuditError> {
        const FILE: &str = "n.csv";
        let mut known = Self::new();
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let header =
            reader.headers().map_err(|error| AuditError::malformed(FILE, error.to_string()))?.clone();
        if !header.iter().any(|name| name == "n") {
            return Err(AuditError::malformed(
                FILE,
                "there is no column `n` (expected d_<dimension>…, n, weight)",
            ));
        }
        for (line, record) in reader.records().enumerate() {
            let record = record.map_err(|error| AuditError::malformed(FILE, error.to_string()))?;
            let (mut domain, mut base, mut n, mut weight) = (Domain::all(), "", None, None);
            let mut heaviest = 0.0;
            for (name, value) in header.iter().zip(&record) {
                let number = || {
                    value
                        .parse::<f64>()
                        .ok()
                        .filter(|number| number.is_finite() && *number >= 0.0)
                        .ok_or_else(|| {
                            let line = line + 2;
                            AuditError::malformed(
                                FILE,
                                format!("line {line}: `{name}` is `{value}` (expected a number, 0 or more)"),
                            )
                        })
                };
                match name.strip_prefix("d_") {
                    Some(_) if value == "_T" || value.is_empty() => {}
                    Some(dimension) => domain = domain.and(dimension, value),
                    None if name == "base" => base = value,
                    None if name == "n" => n = Some(number()?),
                    None if name == "weight" && !value.is_empty() => weight = Some(number()?),
                    None if name == "heaviest" && !value.is_empty() => heaviest = number()?,
                    None => {}
                }
            }
            let count = n.unwrap_or_default();
            if count.fract() != 0.0 || count > f64::from(u32::MAX) {
                let line = line + 2;
                return Err(AuditError::malformed(
                    FILE,
                    format!("line {line}: `n` is {count} (expected a whole number)"),
                ));
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above")]
            let size = Size { n: count as u32, weight: weight.unwrap_or(count), heaviest };
            known.insert(base, domain, size);
        }
        Ok(known)
    }
}
