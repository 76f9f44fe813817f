//! Show a publication: charts, pages, PDF, downloads.
//!
//! What flows in: a [`Publication`], which holds nothing but displayed values. What flows out: a folder that is a
//! site as it stands (HTML without script, charts as SVG and PNG, CSV) and the report as PDF. The same publication
//! gives the same bytes. What never passes: a figure that is not in the publication. Ranks, marks of gaps and
//! sentences are made from what is displayed.

mod beside;
mod chart;
mod content;
mod context;
mod downloads;
mod error;
mod evolution;
mod fonts;
mod language;
mod network;
mod note;
mod number;
mod page;
mod palette;
mod pdf;
mod place;
mod sentence;
mod site;
mod trust;
mod typography;
mod words;
mod workshop;

pub use error::ReportError;
pub use fonts::width as text_width;
pub use pdf::{
    ANNEXES_FILE, Annexes, AskedPart, AskedQuestion, DirectoryCount, Membership, QUESTIONNAIRE,
    Recommendation, SHEET, Targets, typeset,
};
pub use place::{OtherEdition, Place};
pub use site::{Options, Written, charts, write, write_in, write_with};
pub use workshop::{Kind, Progress, Tally, Workshop};

#[doc(no_inline)]
pub use publication::Publication;
