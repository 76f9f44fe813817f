//! The protected tables of an edition and their provenance: the only thing that may leave.
//!
//! What flows in: exact estimates, through [`Rule::publish`] alone. What flows out: [`Cell`]s that hold nothing but
//! displayed values, on disk as `publication.json` and `cells.csv`. What never passes: an exact share, an exact
//! number of respondents of a group, the reason why a cell is withheld.
//!
//! Source of the rule: `design/disclosure.md`, section 3.1, after INSEE's rule of eleven units for tax data, the US
//! Census Bureau's rounding by tiers, and the group-disclosure rule of the Handbook on Statistical Disclosure Control
//! (second edition, 2024).

mod cell;
mod error;
mod evolution;
mod files;
mod level;
mod model;
mod quality;
mod release;
mod rule;
mod stored;
mod wording;

pub use cell::{Cell, Displayed, Interval, NumberShown, Precision, Published};
pub use error::PublicationError;
pub use evolution::{Change, Direction, Evolution, Gate, Link, Refused, Series, Why};
pub use files::{
    CELLS_FILE, CONFIDENTIALITY, Column, DATA_PACKAGE_FILE, DOMAINS_FILE, INDICATORS_FILE, LICENCE,
    LICENCE_ADDRESS, LICENCE_TITLE, META_FILE, PARAMETERS_FILE, PARQUET_FILE, PUBLICATION_FILE, README_FILE,
    cells_csv, cells_rows, columns, files, meta_json, neutral, read, write, write_with,
};
pub use level::Level;
pub use model::{
    Breakdown, CalibrationInfo, Category, CellKey, Chapter, ChartForm, ChartPlan, Count, Counts, Dimension,
    Domain, EditionInfo, Indicator, MarginInfo, MarginRow, Method, NetworkSector, NumberOf, Profile,
    ProfileRow, Provenance, Publication, Reference, Target, Unit,
};
pub use quality::{
    Band, Caution, Denominator, HeaviestShare, Influence, InfluenceRow, ItemReliability, PartReliability,
    Quality, Reliability, Tipping, TippingRow, Variant, WeightQuantile, WeightSpread,
};
pub use release::{Crossing, Nested, Population, Release, Revision};
pub use rule::{Base, Rule, points};
pub use stored::Malformed;
pub use wording::{BreakdownWords, Finding, Subject, Wording};

/// Version of the format of `publication.json` and `cells.csv`; raised when a reader must change.
pub const SCHEMA_VERSION: u32 = 2;
