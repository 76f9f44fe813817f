//! The directory of actors of the digital ESS: the double grid, consented cards, map data.
//!
//! What flows in: the definition of a directory's edition (its derived variables hold the double grid of the typology),
//! the answers of actors, and the decisions of an editor. What flows out: the [`Classification`] of an actor, and the
//! files of the cards. What never passes: an answer of an actor who did not agree to a card, whom no editor has
//! reviewed, or that the definition does not name as public. A [`Card`] comes from an [`Approval`] alone, an
//! [`Approval`] from a decision about a [`Candidate`] as it is today, and a [`Candidate`] from valid answers that
//! agree to a card.
//!
//! This crate knows no clock and no network; only [`write()`] touches the disk.

mod card;
mod classify;
mod decision;
mod definition;
mod error;
mod lists;
mod review;
mod shown;
mod write;

pub use card::{Approval, Candidate, Card, Location, Part, Point, Refusal};
pub use classify::{Belonging, Classification, Classified, Outcome, Pillar, Pillars, Verdict, classify};
pub use decision::{DECISION_COLUMNS, Decision, DecisionFault, Decisions};
pub use definition::{DIRECTORY_FILE, Directory};
pub use error::DirectoryError;
pub use lists::{Cited, Family, Lists, SubCategory};
pub use review::{Review, Reviewed, review_table};
pub use write::{CARDS_FILE, MAP_FILE, SCHEMA_VERSION, TABLE_FILE, Written, write};
