//! Where a site will stand, and which editions stand beside it: the switch between editions is written into every page.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::ReportError;
use crate::language::Language;

/// Where it is written in the site, so that the same site can be made again from its figures.
pub(crate) const FILE: &str = "alentours.json";

/// Where a site will stand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    base_url: Option<String>,
    editions: Vec<OtherEdition>,
}

/// Another published edition, in the folder beside that of this one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OtherEdition {
    /// Code, which is the name of its folder.
    pub code: String,
    /// Its pages, relative to its root.
    pub files: BTreeSet<String>,
}

impl Place {
    /// Of a site that was written: as it was then, or nowhere.
    ///
    /// # Errors
    ///
    /// When what the site says of it cannot be read.
    pub fn of(site: &Path) -> Result<Self, ReportError> {
        let path = site.join(FILE);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            text => text.map_err(|source| ReportError::Io { path: path.clone(), source })?,
        };
        serde_json::from_str(&text).map_err(|error| ReportError::Place { path, message: error.to_string() })
    }

    /// As a file of the site; none when nothing is known.
    pub(crate) fn file(&self) -> Option<Vec<u8>> {
        if *self == Self::default() {
            return None;
        }
        let mut text = serde_json::to_string_pretty(self).expect("texts always serialise");
        text.push('\n');
        Some(text.into_bytes())
    }

    /// At an address that ends before the paths of its pages: `https://barometre.example/2026`.
    #[must_use]
    pub fn at(mut self, base_url: &str) -> Self {
        self.base_url = Some(base_url.trim_end_matches('/').to_owned());
        self
    }

    /// Beside other editions, the latest first whatever their order.
    #[must_use]
    pub fn beside(mut self, mut editions: Vec<OtherEdition>) -> Self {
        editions.sort_by(|one, other| other.cmp(one));
        self.editions = editions;
        self
    }

    /// The full address of a file of the site, when it is known where it stands.
    pub(crate) fn address(&self, path: &str) -> Option<String> {
        self.base_url.as_ref().map(|base| format!("{base}/{path}"))
    }

    /// The other editions.
    pub(crate) fn editions(&self) -> &[OtherEdition] {
        &self.editions
    }
}

impl OtherEdition {
    /// Where a page of a language is in this edition, from its root, and whether that is the same page: one that it lacks
    /// gives way to the same in its first language, then to the list that it would be in, then to the first page.
    pub(crate) fn page(&self, language: Language, path: &str) -> (String, bool) {
        let in_languages = |path: &str| {
            let own = format!("{}{path}", language.folder());
            [own, path.to_owned()].into_iter().find(|path| self.files.contains(path))
        };
        if let Some(found) = in_languages(path) {
            return (found, true);
        }
        let list = path.split_once('/').map(|(folder, _)| format!("{folder}/index.html"));
        let list = list.filter(|list| list != path).and_then(|list| in_languages(&list));
        let found = list.or_else(|| in_languages("index.html"));
        (found.unwrap_or_else(|| "index.html".to_owned()), false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_another_edition_lacks_gives_way_to_the_nearest() {
        let files = [
            "index.html",
            "indicateurs/index.html",
            "indicateurs/A.html",
            "en/index.html",
            "en/indicateurs/A.html",
        ];
        let other =
            OtherEdition { code: "2025".to_owned(), files: files.into_iter().map(str::to_owned).collect() };
        let at = |language, path: &str| other.page(language, path);
        assert_eq!(at(Language::French, "indicateurs/A.html"), ("indicateurs/A.html".to_owned(), true));
        assert_eq!(at(Language::English, "indicateurs/A.html"), ("en/indicateurs/A.html".to_owned(), true));
        assert_eq!(at(Language::English, "indicateurs/B.html"), ("indicateurs/index.html".to_owned(), false));
        assert_eq!(at(Language::French, "reseaux/R/index.html"), ("index.html".to_owned(), false));
        assert_eq!(at(Language::English, "methode.html"), ("en/index.html".to_owned(), false));
        let bare = OtherEdition { code: "2024".to_owned(), files: BTreeSet::new() };
        assert_eq!(bare.page(Language::French, "methode.html"), ("index.html".to_owned(), false));
    }
}
