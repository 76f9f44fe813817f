//! The public cases of the survey-estimation oracle, computed with R.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod oracle;
