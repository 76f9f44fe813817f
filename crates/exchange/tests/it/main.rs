//! What the crate promises, over the first edition's own files and over questionnaires made by others.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod archive;
mod ddi;
mod decisions;
mod english;
mod form;
mod impact;
mod keying;
mod lss;
mod paper;
mod respondents;
mod series;
mod surveyjs;
mod surveys;
mod verdicts;
mod workbooks;
mod xlsform;
mod xlsform_hostile;
