//! What the crate promises, over the first edition's own files.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod english;
mod form;
mod keying;
mod paper;
mod surveys;
