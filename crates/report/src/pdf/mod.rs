//! Paper: Typst templates, the publication's words as JSON, the charts as vectors.
//!
//! Three documents are made from a publication: the Essentiel, four pages, in French and in English, and the whole
//! report. What their templates share stands in `reports/templates/pdf/shared.typ`, which any template may import;
//! what they say and neither the site nor a chart does, in `reports/templates/pdf/<language>.toml`.

mod annexes;
mod essential;
mod full;
mod pack;
mod parts;
mod rows;
mod tables;
mod world;

use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::context::Context;
use crate::error::ReportError;
use crate::workshop::Kind;
use world::{Shelf, explain};

pub use annexes::{
    ANNEXES_FILE, Annexes, AskedPart, AskedQuestion, DirectoryCount, Membership, Recommendation, Targets,
};
pub(crate) use essential::{essential, file as essential_file};
pub(crate) use full::{Content, full};
pub(crate) use pack::pack;
pub(crate) use tables::is_between;

/// The template of a questionnaire to fill in by hand; its data are those of `exchange::paper`.
pub const QUESTIONNAIRE: &str = include_str!("../../../../reports/templates/questionnaire.typ");

/// The template of a page to keep, such as the result of one organisation; its data are those of `intake::Sheet`.
pub const SHEET: &str = include_str!("../../../../reports/templates/sheet.typ");

/// A document to compose.
pub(crate) struct Manuscript {
    /// Which document it is: equal manuscripts give equal bytes.
    pub(crate) identity: String,
    /// The only date that is written: the last day of the collection.
    pub(crate) day: (i32, u8, u8),
    /// `data.json`.
    pub(crate) data: Vec<u8>,
    /// Pictures by path.
    pub(crate) pictures: Vec<(String, Vec<u8>)>,
}

/// Composes a document as a tagged PDF (PDF/UA-1 and PDF/A-2a), unless the same was composed before.
pub(crate) fn compose(
    context: &Context<'_>,
    template: &str,
    manuscript: Manuscript,
) -> Result<Vec<u8>, ReportError> {
    let Manuscript { identity, day: (year, month, day), data, pictures } = manuscript;
    let mut shelf = Shelf::new(template);
    shelf.put("data.json", data);
    for (path, picture) in pictures {
        shelf.put(&path, picture);
    }
    let date = Datetime::from_ymd(year, month, day)
        .ok_or_else(|| ReportError::Date { found: format!("{year:04}-{month:02}-{day:02}") })?;
    let day = [i64::from(year), i64::from(month), i64::from(day)].map(i64::to_le_bytes).concat();
    let inputs: Vec<&[u8]> =
        [identity.as_bytes(), day.as_slice()].into_iter().chain(shelf.contents()).collect();
    context.workshop.keep(Kind::Document, &inputs, || {
        let standards = [PdfStandard::Ua_1, PdfStandard::A_2a];
        print(&shelf, &standards, identity.clone(), Some(Timestamp::new_utc(date)))
    })
}

/// Sets a template with its `data.json` as a tagged PDF (PDF/UA-1) in the embedded typeface.
///
/// `identity` says which document it is, for instance `maturite-numerique/2026/paper`: equal templates, data and
/// identities give equal bytes, and no date is written.
///
/// # Errors
/// [`ReportError::Pdf`] with what the composer says of the template or of the data.
pub fn typeset(template: &str, data_json: Vec<u8>, identity: &str) -> Result<Vec<u8>, ReportError> {
    let mut shelf = Shelf::new(template);
    shelf.put("data.json", data_json);
    let pdf = print(&shelf, &[PdfStandard::Ua_1], identity.to_owned(), None);
    forget();
    pdf
}

/// For how many documents the composer keeps what it computed and did not use again.
const MOST_AGE: usize = 4;

/// Forgets what the composer keeps: a server would hold it for ever.
pub(crate) fn forget() {
    typst::comemo::evict(0);
}

fn print(
    shelf: &Shelf,
    standards: &[PdfStandard],
    identity: String,
    timestamp: Option<Timestamp>,
) -> Result<Vec<u8>, ReportError> {
    let document = typst::compile::<PagedDocument>(shelf).output.map_err(|errors| explain(&errors))?;
    let standards = PdfStandards::new(standards)
        .map_err(|error| ReportError::Pdf { message: error.message().to_string() })?;
    let options =
        PdfOptions { ident: Smart::Custom(identity), timestamp, standards, ..PdfOptions::default() };
    let pdf = typst_pdf::pdf(&document, &options).map_err(|errors| explain(&errors));
    // The composer keeps what it computed for a next time: packs are alike, and what several of them did not use goes.
    typst::comemo::evict(MOST_AGE);
    pdf
}
