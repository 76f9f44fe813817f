//! What every page, chart and file reads: the publication, the catalogue, and the sentences made once.

use publication::{Cell, Domain, Indicator, MarginInfo, Publication, Reference, Unit};

use crate::error::ReportError;
use crate::language;
use crate::number::{self, Figure};
use crate::words::Words;
use crate::workshop::Workshop;

pub(crate) struct Context<'a> {
    pub(crate) publication: &'a Publication,
    pub(crate) words: &'static Words,
    /// Where things are drawn and kept.
    pub(crate) workshop: &'a Workshop,
    /// When answers were collected, written out: « du 1er mars 2026 au 30 avril 2026 ».
    pub(crate) dates: String,
    /// The notice on volunteers that every page and file carries.
    pub(crate) notice: String,
    /// « Source : SOGA, … ».
    pub(crate) source: String,
}

impl<'a> Context<'a> {
    pub(crate) fn new(
        publication: &'a Publication,
        words: &'static Words,
        workshop: &'a Workshop,
    ) -> Result<Self, ReportError> {
        let edition = &publication.edition;
        let start = number::date(words, &edition.field_start)?;
        let end = number::date(words, &edition.field_end)?;
        // A demonstration is collected in a day: « le 22 novembre », not « du 22 au 22 ».
        let dates = if start == end {
            words.fill("period.day", &[("day", &start)])
        } else {
            words.fill("period.days", &[("start", &start), ("end", &end)])
        };
        let notice = notice(publication, words, &dates);
        let source =
            words.fill("chart.source", &[("publisher", &edition.publisher), ("title", &edition.title)]);
        Ok(Self { publication, words, workshop, dates, notice, source })
    }

    /// A text of the catalogue.
    pub(crate) fn say<'b>(&'b self, key: &'b str) -> &'b str {
        self.words.get(key)
    }

    /// A text of the catalogue with its blanks filled.
    pub(crate) fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.words.fill(key, values)
    }

    /// A text of the publication that stands outside its translated parts: translated where it can be, else French.
    pub(crate) fn foreign(&self, text: &str) -> String {
        let texts = self.publication.translations.get(self.words.language);
        match texts.and_then(|texts| texts.get(text)) {
            Some(translated) => translated.clone(),
            // A sign such as « % » is of no language.
            None if self.words.is_french() || !text.contains(char::is_alphabetic) => text.to_owned(),
            None => language::foreign(text),
        }
    }

    /// Whether a number takes its noun in the singular: in French under two, in English one alone.
    pub(crate) fn is_singular(&self, number: f64) -> bool {
        if self.words.is_french() { number.abs() < 2.0 } else { (number.abs() - 1.0).abs() < 1e-9 }
    }

    /// A cell and its figure in words.
    pub(crate) fn figure(&self, domain: &Domain, indicator: &str) -> (&'a Cell, Figure) {
        let cell = self.publication.cell(domain, indicator);
        let unit = self.publication.indicator(indicator).map_or(Unit::Percent, |found| found.unit);
        (cell, Figure::new(self.words, cell, unit))
    }

    /// « All » or the label of a category, of two for a crossing.
    pub(crate) fn domain_label(&self, domain: &Domain) -> String {
        match domain {
            Domain::All => self.say("domain.all").to_owned(),
            _ => self.publication.domain_label(domain),
        }
    }

    /// Outside series that may stand beside an indicator's figures, read at their source.
    pub(crate) fn drawable_references(
        &self,
        indicator: &'a Indicator,
    ) -> impl Iterator<Item = &'a Reference> {
        self.references(indicator).filter(|reference| reference.is_drawable)
    }

    /// Outside series set beside an indicator.
    pub(crate) fn references(&self, indicator: &'a Indicator) -> impl Iterator<Item = &'a Reference> {
        let publication = self.publication;
        publication.references.iter().filter(move |reference| {
            reference.indicator.as_deref() == Some(&indicator.code)
                || reference.indicator.is_none() && indicator.comparable.as_deref() == Some(&reference.series)
        })
    }

    /// « Base : ensemble des répondantes ».
    pub(crate) fn base(&self, indicator: &Indicator) -> String {
        self.fill("chart.base", &[("base", &indicator.base_label)])
    }

    /// « n = 2 780 ».
    pub(crate) fn n(&self, figure: &Figure) -> String {
        self.fill("chart.n", &[("n", &figure.n)])
    }

    /// « Précision B » with what it means.
    pub(crate) fn precision(&self, figure: &Figure) -> String {
        self.fill("figure.precision", &[("letter", figure.precision)])
    }
}

/// The notice of `statistics.md`, section 8, with the values of this edition.
fn notice(publication: &Publication, words: &Words, dates: &str) -> String {
    let method = &publication.method;
    let invitations =
        if publication.edition.is_simulated { "notice.invitations_simulated" } else { "notice.invitations" };
    let mut margins: Vec<String> = Vec::new();
    for margin in method.calibration.iter().flat_map(|group| &group.margins) {
        let named = margin_name(words, margin);
        if !margins.contains(&named) {
            margins.push(named);
        }
    }
    let calibrated = if margins.is_empty() {
        words.get("notice.not_calibrated").to_owned()
    } else {
        words.fill(
            "notice.calibrated",
            &[
                ("margins", &margins.join(", ")),
                ("least", &words.plain(method.weight_ratio.0)),
                ("most", &words.plain(method.weight_ratio.1)),
                ("n_effective", &words.thousands(method.n_effective)),
            ],
        )
    };
    words.fill(
        "notice.text",
        &[
            ("n", &words.thousands(publication.counts.valid)),
            ("dates", dates),
            ("invitations", words.get(invitations)),
            ("calibrated", &calibrated),
        ],
    )
}

fn margin_name(words: &Words, margin: &MarginInfo) -> String {
    words.fill(
        "notice.margin",
        &[("label", &margin.label), ("source", &margin.source), ("year", &margin.year)],
    )
}

/// A code as a file name: letters, digits, `-` and `_`; anything else could leave the folder.
pub(crate) fn file_name(code: &str) -> String {
    let name: String = code
        .chars()
        .map(
            |letter| {
                if letter.is_ascii_alphanumeric() || letter == '_' || letter == '-' { letter } else { '-' }
            },
        )
        .collect();
    if name.is_empty() { "-".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_never_leaves_its_folder() {
        assert_eq!(file_name("../../etc/passwd"), "------etc-passwd");
        assert_eq!(file_name("STR_IMPORTANT"), "STR_IMPORTANT");
        assert_eq!(file_name(""), "-");
    }
}
