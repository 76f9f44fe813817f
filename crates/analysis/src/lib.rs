//! From an extract to protected tables, in four pure steps.
//!
//! What flows in: an [`extract::Extract`] and the [`questionnaire::Edition`] it was frozen with. What flows out: a
//! [`publication::Publication`]. What never passes: an exact estimate, which exists only between [`estimate`] and
//! [`protect`] and can be neither printed nor serialised.
//!
//! ```text
//! clean ──► calibrate ──► estimate ──► protect
//! valid       weights       exact        displayed
//! responses   and margins   figures      figures
//! ```
//!
//! There is no clock, no randomness and no file here, and rows are put in order before anything is summed: the same
//! extract and the same definition give the same bytes.

pub mod archive;
pub mod calibration;
mod change;
mod cleaning;
pub mod columns;
mod denominator;
mod disclosure;
mod error;
pub mod estimation;
mod influence;
mod parquet;
pub mod quality;
pub mod reliability;
mod revision;

// Tests of what is private are written like those of what is not.
#[cfg(test)]
extern crate self as analysis;
#[cfg(test)]
#[path = "../tests/exact/mod.rs"]
mod exact;

use extract::Extract;
use publication::Publication;
use questionnaire::Edition;

pub use calibration::{Weights, calibrate};
pub use change::change;
pub use cleaning::{Cleaned, Exclusion, Reason, clean, clean_extract};
pub use disclosure::{Attacker, Context, Insider, LinearPrograms, Protection, protect};
pub use error::AnalysisError;
pub use estimation::{Estimate, Estimates, estimate};
pub use parquet::cells_parquet;
pub use revision::refuse_few_changes;

/// Cleans, calibrates, estimates and protects.
///
/// # Errors
/// When the extract is not of this edition, or when a step refuses.
pub fn analyse(
    extract: &Extract,
    edition: &Edition,
    context: &Context,
) -> Result<Publication, AnalysisError> {
    analyse_against(extract, edition, context, &LinearPrograms, &[])
}

/// The same, tried by this attacker, who has what was published before too.
///
/// # Errors
/// As [`analyse`], and when the attacker finds something that no repair prevents.
pub fn analyse_against(
    extract: &Extract,
    edition: &Edition,
    context: &Context,
    attacker: &dyn Attacker,
    previous: &[Publication],
) -> Result<Publication, AnalysisError> {
    of_this_edition(extract, edition)?;
    let cleaned = clean_extract(extract, edition)?;
    if cleaned.len() < edition.plan.n_min as usize {
        return Err(AnalysisError::TooFew { valid: cleaned.len(), n_min: edition.plan.n_min });
    }
    let weights = calibrate(&cleaned, edition)?;
    for warning in quality::warnings(&weights, edition) {
        tracing::warn!("{warning}");
    }
    let estimates = estimate(&cleaned, &weights, edition);
    protect(&Protection {
        cleaned: &cleaned,
        weights: &weights,
        estimates: &estimates,
        edition,
        manifest: extract.manifest(),
        context,
        attacker,
        previous,
        steps: disclosure::Steps::default(),
    })
}

/// Refuses an extract that was frozen with another definition.
fn of_this_edition(extract: &Extract, edition: &Edition) -> Result<(), AnalysisError> {
    let manifest = extract.manifest();
    let questionnaire = &edition.questionnaire;
    let found = format!("{}/{} {}", manifest.survey, manifest.edition, manifest.questionnaire);
    let expected = format!("{}/{} {}", questionnaire.survey, questionnaire.edition, questionnaire.version);
    if found == expected { Ok(()) } else { Err(AnalysisError::OtherEdition { found, expected }) }
}
