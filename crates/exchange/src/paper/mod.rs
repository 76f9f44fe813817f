//! The questionnaire on paper: what is printed, and what is keyed in from it.
//!
//! What flows in: a checked [`Edition`], in the language to print. What flows out: a [`Sheet`], plain data for a
//! template, in which routing has become sentences and skips; and, back from the office, answers read from a simple
//! file ([`keying`]). Questions are numbered in the order of asking, so that a number says the same question on the
//! sheet, in the file that is keyed and in every message.
//!
//! Two instructions carry the routing, and both are derived from the conditions: a *head* at each routed question says
//! who fills it in, whatever the condition; a *skip* beside an answer says where to go on, wherever that answer alone
//! leaves out the questions that follow. Heads suffice; skips save reading them.

mod build;
mod condition;
mod content;
pub mod keying;
mod routing;
mod words;

pub use build::sheet;
pub use content::{Answer, Cover, Field, Go, Group, Item, Line, Part, Sheet};
pub use words::Words;

#[doc(no_inline)]
pub use questionnaire::Edition;
