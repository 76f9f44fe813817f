//! The respondent's face, from outside: HTTP requests on the real questionnaire, with a store in memory.

mod answers;
mod api;
mod away;
mod board;
mod conditions;
mod corrections;
mod guarded;
mod harness;
mod hostile;
mod journey;
mod languages;
mod leaving;
mod log;
mod memory;
mod pages;
mod result;
mod resuming;
mod revised;
mod script;
mod secrets;
mod tabs;
mod words;
