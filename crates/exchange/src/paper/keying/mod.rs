//! Keying paper returns in: from a simple file to answers, every fault with its question.
//!
//! ```toml
//! [[return]]
//! paper = "P-0042"           # the number written on the sheet
//!
//! [return.answers]
//! 1 = "oui"                  # by the number of the question, or by its code
//! org_ident = { type = "siret", value = "839 085 230 00028" }
//! org_commune = "35000 Rennes"
//! 7 = 12
//! str_portage = ["direction", "Un prestataire"]
//! usg_outils = { site_web = "regulier", visio = "Ne sait pas" }
//! org_reseaux = { list = ["soga"], other = "Un autre" }
//! ```
//!
//! An answer is given by the code printed beside it or by its label; what is left out, or empty, was left blank. JSON
//! has the same keys, under `return` or as a list of returns. Whether the answers are right is for
//! [`Edition::validate`] alone, as on the site.

mod check;
mod file;
mod read;
mod template;

pub use check::{Fault, Keyed, check, compare};
pub use file::{Format, KeyingError, PaperReturn, parse};
pub use template::template;

#[doc(no_inline)]
pub use questionnaire::Edition;
