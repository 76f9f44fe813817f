//! Expressions on the columns of an extract.
//!
//! [`Reader`] evaluates the typed trees of [`questionnaire::expr`] on many responses with the meaning they have on one
//! response: two-valued logic, where what is missing is in no set and satisfies no comparison; `count` leaves exclusive
//! answers out and is 0 for a blank question. A condition is therefore one bit a response, and a number or a category
//! is missing exactly when it is on one response. A property test compares both evaluations.
//!
//! Columns are decoded once, and only those that are read: a text becomes a small code, an option two columns of bits
//! (ticked, and answered). A condition on a text is then a look-up of codes, and conditions are joined sixty-four
//! responses at a time.
//!
//! `asked(q)` is *on the path and reached*, as the extract says it in its column of paths: each response was routed by
//! the definition of its own version, so that a question added during the collection has as base only those who were
//! asked, and a question after the point where someone stopped is in nobody's base.

mod bits;
mod derive;
mod gather;
mod packed;
mod reader;
mod source;
mod texts;

use polars::prelude::PolarsError;

pub use bits::Bits;
pub use derive::derive;
pub(crate) use gather::Gather;
pub(crate) use packed::{Chunk, Readout, Value};
pub use reader::Reader;
pub use texts::Texts;

use crate::error::AnalysisError;

/// A polars error as ours.
#[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
pub(crate) fn polars(error: PolarsError) -> AnalysisError {
    AnalysisError::Frame(error.to_string())
}
