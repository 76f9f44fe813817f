//! The codebook of an archived edition as DDI-Codebook 2.5, the XML of data archives.
//!
//! What flows in: a definition, its [`Dictionary`] and the [`Facts`] of the archive. What flows out: one document,
//! valid against the schema of the DDI Alliance. Figures are those given, as displayed: nothing is counted here.

mod element;
mod study;
mod variables;

use element::Element;

use crate::archive::{Definition, Dictionary, Facts};

/// Name of the codebook.
pub const DDI_FILE: &str = "codebook.xml";

/// Namespace of the format.
const NAMESPACE: &str = "ddi:codebook:2_5";
/// Where its schema is.
const SCHEMA: &str = "https://ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd";
/// Language of the sentences that come from the program.
const LANGUAGE: &str = "fr";

/// The codebook, as a document in UTF-8.
#[must_use]
pub fn codebook(definition: &Definition<'_>, dictionary: &Dictionary, facts: &Facts) -> String {
    Element::new("codeBook")
        .attribute("xmlns", NAMESPACE)
        .attribute("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
        .attribute("xsi:schemaLocation", &format!("{NAMESPACE} {SCHEMA}"))
        .attribute("version", "2.5")
        .attribute("xml:lang", definition.editions.first().map_or(LANGUAGE, |(language, _)| language))
        .child(study::document(definition, facts))
        .child(study::study(definition, facts))
        .children(study::files(dictionary, facts))
        .child(variables::variables(definition, dictionary, facts))
        .into_document()
}

/// Identifier of a data file inside the document.
fn file_id(file: usize) -> String {
    format!("F{}", file + 1)
}
