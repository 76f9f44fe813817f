//! Cases computed with R, and identities.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod identities;
mod oracle;
mod raking;
