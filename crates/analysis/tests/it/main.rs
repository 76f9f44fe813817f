//! From extract to protected tables, on the real edition.

#![expect(clippy::unwrap_used, reason = "a test that cannot arrange its case must stop")]

mod archive;
mod calibration;
mod change;
mod cleaning;
mod columns;
mod definition;
mod publication;
mod published_again;
mod quality;
mod revised;
mod sample;
