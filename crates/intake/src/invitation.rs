//! What the start page says, for those who answer on paper: the same invitation and the same promise.

use crate::texts::texts;

/// The words of the start page that hold on paper too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invitation {
    /// What the survey is, in one question.
    pub title: &'static str,
    /// What it is for.
    pub lead: &'static str,
    /// Heading of `whom`.
    pub whom_title: &'static str,
    /// Who is asked to answer.
    pub whom: &'static str,
    /// Heading of `confidentiality`.
    pub confidentiality_title: &'static str,
    /// What is promised, paragraph by paragraph.
    pub confidentiality: &'static [String],
}

/// The invitation in this language, when there is a catalogue of it.
#[must_use]
pub fn invitation(language: &str) -> Option<Invitation> {
    let start = match language {
        "fr" => &texts().start,
        _ => return None,
    };
    Some(Invitation {
        title: &start.title,
        lead: &start.lead,
        whom_title: &start.whom_title,
        whom: &start.whom,
        confidentiality_title: &start.confidentiality_title,
        confidentiality: &start.confidentiality,
    })
}
