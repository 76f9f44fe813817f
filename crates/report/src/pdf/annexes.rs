//! What a publisher adds to the figures: plain data that stands in the publication's folder beside them.

use std::collections::BTreeSet;

use publication::Publication;
use serde::{Deserialize, Serialize};

use crate::error::ReportError;
use crate::typography::typeset;

/// Name of the file of annexes in a publication's folder.
pub const ANNEXES_FILE: &str = "annexes.json";

/// What a publisher adds to the figures. Without them documents are shorter, and true.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Annexes {
    /// Where to write to.
    pub contact: Option<String>,
    /// Codes of the charts of the Essentiel, five at most; the first of each chapter when there are none.
    pub essential: Vec<String>,
    /// Codes of the charts that are on the site and not on paper, where tables say the same.
    pub site_only: Vec<String>,
    /// What the publisher recommends.
    pub recommendations: Vec<Recommendation>,
    /// The questionnaire with its codes.
    pub questionnaire: Vec<AskedPart>,
    /// How many cards the directory of actors has; nothing when there is no directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<DirectoryCount>,
    /// Figures that the publisher asks for, quoted from the outside series.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Targets>,
    /// How many members networks have, as they said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Membership>,
}

/// How many members a network has, as it said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// Code of the network.
    pub network: String,
    /// How many.
    pub members: u32,
    /// Who said it and when.
    pub source: String,
}

/// The cards of a directory of actors, counted from its file: beside a chapter, and no result of the survey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryCount {
    /// Code of the chapter that it stands in.
    pub chapter: String,
    /// Title of the directory.
    pub title: String,
    /// Its edition.
    pub edition: String,
    /// Name of the file that was counted.
    pub file: String,
    /// Digest (SHA-256) of that file.
    pub sha256: String,
    /// All cards.
    pub cards: usize,
    /// Families and how many cards belong to each; a card may belong to several.
    pub families: Vec<(String, usize)>,
    /// Regions and how many cards are in each.
    pub regions: Vec<(String, usize)>,
    /// Cards that say no region.
    pub without_region: usize,
}

/// Figures that the publisher asks for, as they stand among the outside series: quoted, and never drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Targets {
    /// Code of the chapter that they stand in.
    pub chapter: String,
    /// Code of their series.
    pub series: String,
    /// Their labels, in order.
    pub labels: Vec<String>,
}

/// A recommendation of the publisher: advocacy, set apart from what the survey found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recommendation {
    /// What is asked for.
    pub title: String,
    /// Why, and of whom. It holds no figure: that of its indicator is set beside it.
    pub text: String,
    /// Code of the indicator that supports it.
    pub indicator: String,
}

/// A section of the questionnaire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedPart {
    /// Title.
    pub title: String,
    /// Questions, in order.
    pub questions: Vec<AskedQuestion>,
}

/// A question as it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedQuestion {
    /// Number in the order of asking.
    pub number: usize,
    /// Code of its answers in the data.
    pub code: String,
    /// Text.
    pub text: String,
    /// Who is asked, when it is not everyone.
    pub who: Option<String>,
    /// How to answer.
    pub instruction: Option<String>,
    /// Lines of a table: label and code.
    pub lines: Vec<(String, String)>,
    /// Answers: label and code.
    pub answers: Vec<(String, String)>,
}

impl Annexes {
    /// Reads [`ANNEXES_FILE`].
    ///
    /// # Errors
    /// [`ReportError::Annexes`] with the place of what is not of the format.
    pub fn parse(json: &[u8]) -> Result<Self, ReportError> {
        serde_json::from_slice(json).map_err(|error| ReportError::Annexes { message: error.to_string() })
    }

    /// [`ANNEXES_FILE`] as it is written: equal annexes give equal bytes.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let mut json = serde_json::to_vec_pretty(self).expect("texts and numbers are JSON");
        json.push(b'\n');
        json
    }

    /// Whether each recommendation stands on an indicator of the publication and holds no figure of its own, each chart
    /// of the Essentiel is planned, and what stands in a chapter has one and quotes what is there.
    ///
    /// # Errors
    /// [`ReportError::Annexes`] with the first that does not.
    pub fn check(&self, publication: &Publication) -> Result<(), ReportError> {
        let refuse = |message: String| Err(ReportError::Annexes { message });
        for found in &self.recommendations {
            if publication.indicator(&found.indicator).is_none() {
                return refuse(format!(
                    "the recommendation « {} » stands on `{}`, which is no indicator of the publication (expected a \
                     code of indicators.csv)",
                    found.title, found.indicator
                ));
            }
            if [&found.title, &found.text].iter().any(|text| text.contains('%')) {
                return refuse(format!(
                    "the recommendation « {} » gives a percentage (expected words: the figure of `{}` is set beside \
                     it)",
                    found.title, found.indicator
                ));
            }
        }
        let charts = publication.chapters.iter().flat_map(|chapter| &chapter.charts);
        let planned: BTreeSet<&str> = charts.map(|chart| chart.code.as_str()).collect();
        let chapters = self.directory.iter().map(|count| &count.chapter);
        let mut chapters = chapters.chain(self.targets.iter().map(|targets| &targets.chapter));
        let is_chapter = |code: &&String| publication.chapters.iter().any(|chapter| chapter.code == **code);
        if let Some(code) = chapters.find(|code| !is_chapter(code)) {
            return refuse(format!(
                "they stand in `{code}`, which is no chapter (expected a code of plan.toml)"
            ));
        }
        for targets in &self.targets {
            if let Some(label) =
                targets.labels.iter().find(|label| targets.place(publication, label).is_none())
            {
                return refuse(format!(
                    "the target « {label} » is not in the series `{}` (expected a label of references.csv)",
                    targets.series
                ));
            }
        }
        let named = self.essential.iter().chain(&self.site_only);
        match named.into_iter().find(|code| !planned.contains(code.as_str())) {
            Some(code) => refuse(format!(
                "the documents name the chart `{code}`, which is not planned (expected a code of plan.toml)"
            )),
            None => Ok(()),
        }
    }

    /// The same in French typography.
    pub(crate) fn typeset(&self) -> Self {
        let mut set = self.clone();
        let fix = |text: &mut String| *text = typeset(text);
        for found in &mut set.recommendations {
            fix(&mut found.title);
            fix(&mut found.text);
        }
        for part in &mut set.questionnaire {
            fix(&mut part.title);
            for question in &mut part.questions {
                fix(&mut question.text);
                question.who.iter_mut().chain(&mut question.instruction).for_each(fix);
                for (label, _) in question.lines.iter_mut().chain(&mut question.answers) {
                    fix(label);
                }
            }
        }
        set
    }
}

impl Targets {
    /// Where a target is among the outside series of a publication.
    pub(crate) fn place(&self, publication: &Publication, label: &str) -> Option<usize> {
        let is_it = |found: &publication::Reference| found.series == self.series && found.label == label;
        publication.references.iter().position(is_it)
    }
}
