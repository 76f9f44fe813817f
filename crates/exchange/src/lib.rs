//! The questionnaire as text, and its way to and from other formats.
//!
//! What flows in: definitions, ours or made by others. What flows out: a [`Form`], that is the text of a
//! `questionnaire.toml` and of its translations, and what is made from one: verdicts between editions, files for
//! other programs, paper. A form is not checked: [`questionnaire::Edition::parse`] alone says what is well-formed.
//! What a format says that a form cannot hold is named, never dropped silently. This crate does no I/O and knows no
//! clock: bytes in, bytes out.

pub mod archive;
pub mod compare;
pub mod ddi;
pub mod form;
pub mod impact;
pub mod lss;
pub mod paper;
pub mod surveyjs;
pub mod xlsform;

pub use form::Form;
