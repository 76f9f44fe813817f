//! What the start page says, for those who answer on paper: the same invitation and the same promise.

use std::sync::LazyLock;

use serde::Deserialize;

/// The words of the start page that hold on paper too.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Invitation {
    /// What the survey is, in one question.
    pub title: String,
    /// What it is for.
    pub lead: String,
    /// Heading of `whom`.
    pub whom_title: String,
    /// Who is asked to answer.
    pub whom: String,
    /// Heading of `confidentiality`.
    pub confidentiality_title: String,
    /// What is promised, paragraph by paragraph.
    pub confidentiality: Vec<String>,
}

/// A catalogue of the pages, of which the table `start` alone is read here.
#[derive(Deserialize)]
struct Catalogue {
    start: Invitation,
}

static INVITATIONS: LazyLock<[(&str, Invitation); 2]> = LazyLock::new(|| {
    [("fr", include_str!("../texts/fr.toml")), ("en", include_str!("../texts/en.toml"))].map(
        |(language, text)| {
            let catalogue: Catalogue = toml::from_str(text).expect("a test reads every catalogue");
            (language, catalogue.start)
        },
    )
});

/// The invitation in this language, when there is a catalogue of it.
#[must_use]
pub fn invitation(language: &str) -> Option<&'static Invitation> {
    INVITATIONS.iter().find(|(known, _)| *known == language).map(|(_, invitation)| invitation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_catalogue_invites_and_promises() {
        for language in ["fr", "en"] {
            assert!(invitation(language).is_some_and(|found| found.confidentiality.len() == 2), "{language}");
        }
        assert_eq!(invitation("xx"), None);
    }
}
