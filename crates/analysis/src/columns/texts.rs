//! Texts as small codes.

use polars::prelude::Column;
use rustc_hash::FxHashMap;

use super::bits::Bits;
use super::polars;
use super::source::present;
use crate::error::AnalysisError;

/// Texts of many responses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Texts {
    /// 0 when missing, else one more than an index into the names.
    codes: Vec<u16>,
    /// Each once, in the order in which they were first met.
    names: Vec<String>,
}

/// Slots of the memory of [`Texts::read`]: a power of two.
const SLOTS: usize = 256;

impl Texts {
    /// Reads a column of texts.
    ///
    /// A short text, and one of a dictionary, is known by the sixteen bytes of its view: only a view that is not the
    /// last one of its slot is looked up by its bytes.
    pub(super) fn read(column: &Column) -> Result<Self, AnalysisError> {
        let column = column.str().map_err(polars)?;
        let mut known: FxHashMap<&str, u16> = FxHashMap::default();
        let mut names = Vec::new();
        let mut codes = Vec::with_capacity(column.len());
        for array in column.downcast_iter() {
            // No text is as long as this view says.
            let mut slots = [(u128::MAX, 0_u16); SLOTS];
            let present = present(array);
            for (row, view) in array.views().iter().enumerate() {
                if present.as_ref().is_some_and(|present| !present.holds(row)) {
                    codes.push(0);
                    continue;
                }
                let view = view.as_u128();
                let slot = &mut slots[slot(view)];
                if slot.0 != view {
                    let name = array.value(row);
                    let next = names.len() + 1;
                    let code = if let Some(code) = known.get(name) {
                        *code
                    } else {
                        let code = u16::try_from(next).map_err(|_| too_many(column.name()))?;
                        known.insert(name, code);
                        names.push(name.to_owned());
                        code
                    };
                    *slot = (view, code);
                }
                codes.push(slot.1);
            }
        }
        Ok(Self { codes, names })
    }

    /// Codes and what they stand for: 0 is missing, `k` the name at `k - 1`.
    pub(super) fn new(codes: Vec<u16>, names: Vec<String>) -> Self {
        Self { codes, names }
    }

    /// How many responses.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.codes.len()
    }

    /// For each response, 0 when the text is missing, else one more than an index into [`Texts::names`].
    #[must_use]
    pub fn codes(&self) -> &[u16] {
        &self.codes
    }

    /// The texts that occur, and perhaps others.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The text of the response at `row`.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&str> {
        usize::from(self.codes[row]).checked_sub(1).map(|name| self.names[name].as_str())
    }

    /// Whether the text is there.
    #[must_use]
    pub fn is_measured(&self) -> Bits {
        Bits::of(&self.codes, |code| *code != 0)
    }

    /// Whether the text is one of these.
    #[must_use]
    pub fn is_in(&self, texts: &[String]) -> Bits {
        self.holds(|name| texts.iter().any(|text| text == name))
    }

    /// A condition on the text, asked once for each name; false when it is missing.
    pub(crate) fn holds(&self, condition: impl Fn(&str) -> bool) -> Bits {
        let of_code: Vec<bool> =
            std::iter::once(false).chain(self.names.iter().map(|name| condition(name))).collect();
        Bits::of(&self.codes, |code| of_code[usize::from(*code)])
    }

    /// A number for each text; not a number when it is missing.
    pub(super) fn numbers(&self, number: impl Fn(&str) -> Option<f64>) -> Vec<f64> {
        let of_code: Vec<f64> = std::iter::once(f64::NAN)
            .chain(self.names.iter().map(|name| number(name).unwrap_or(f64::NAN)))
            .collect();
        self.codes.iter().map(|code| of_code[usize::from(*code)]).collect()
    }

    /// Another text for each text, `None` when there is none for it.
    pub(super) fn translated<'a>(
        &self,
        other: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<Self, AnalysisError> {
        let mut names: Vec<&str> = Vec::new();
        let mut of_code = vec![0_u16];
        let mut known: FxHashMap<&str, u16> = FxHashMap::default();
        for name in &self.names {
            let Some(other) = other(name) else {
                of_code.push(0);
                continue;
            };
            let code = if let Some(code) = known.get(other) {
                *code
            } else {
                names.push(other);
                let code = u16::try_from(names.len()).map_err(|_| too_many(other))?;
                known.insert(other, code);
                code
            };
            of_code.push(code);
        }
        let codes = self.codes.iter().map(|code| of_code[usize::from(*code)]).collect();
        Ok(Self { codes, names: names.into_iter().map(str::to_owned).collect() })
    }
}

/// Where a view is remembered: the high bits of a product that depends on all of its bits.
#[expect(clippy::cast_possible_truncation, reason = "what is cut off was folded into the rest, or is zero")]
fn slot(view: u128) -> usize {
    let mixed = ((view ^ (view >> 64)) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> (64 - SLOTS.trailing_zeros())) as usize
}

fn too_many(name: &str) -> AnalysisError {
    AnalysisError::Frame(format!("`{name}` has too many categories"))
}
