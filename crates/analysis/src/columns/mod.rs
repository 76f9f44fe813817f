//! Expressions on the columns of an extract.
//!
//! [`Compiler`] turns the typed trees of [`questionnaire::expr`] into polars expressions with the meaning they have on
//! one response: two-valued logic, where what is missing is in no set and satisfies no comparison; `count` leaves
//! exclusive answers out and is 0 for a blank question. A compiled condition is therefore never `null`, and a compiled
//! number or category is `null` exactly when it is missing. A property test compares both evaluations.
//!
//! `asked(q)` is *on the path and reached*, as the extract says it in its column of paths: each response was routed by
//! the definition of its own version, so that a question added during the collection has as base only those who were
//! asked, and a question after the point where someone stopped is in nobody's base.

mod compile;
mod derive;
mod packed;
mod values;

pub use compile::Compiler;
pub use derive::derive;
pub(crate) use derive::item_name;
pub(crate) use packed::{Readout, Value};
pub(crate) use values::{booleans, evaluate, numbers, polars, strings};
