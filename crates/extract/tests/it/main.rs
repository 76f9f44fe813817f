//! Freezing responses of the real edition.

#![expect(clippy::unwrap_used, reason = "a test that cannot arrange its case must stop")]

mod csv;
mod definition;
mod freeze;
mod stream;
mod versions;
