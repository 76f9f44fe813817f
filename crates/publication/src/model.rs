//! The publication: what the edition is, how it was made, and its cells.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::cell::{Cell, Displayed, NumberShown};
use crate::evolution::Evolution;
use crate::quality::{Caution, Denominator, Quality};
use crate::release::{Crossing, Release};
use crate::rule::Rule;
use crate::wording::Wording;

/// The publication of one edition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Publication {
    /// [`crate::SCHEMA_VERSION`] when written.
    pub schema_version: u32,
    /// What edition this is.
    pub edition: EditionInfo,
    /// What it was made from.
    pub provenance: Provenance,
    /// How many responses there were.
    pub counts: Counts,
    /// How it was computed.
    pub method: Method,
    /// Dimensions of the questionnaire.
    pub dimensions: Vec<Dimension>,
    /// Indicators, in the plan's order.
    pub indicators: Vec<Indicator>,
    /// Breakdowns, in the plan's order.
    pub breakdowns: Vec<Breakdown>,
    /// The key figures, by indicator code.
    pub headline: Vec<String>,
    /// Chapters of the report.
    pub chapters: Vec<Chapter>,
    /// Who answered, before and after weighting.
    pub profiles: Vec<Profile>,
    /// The sector to compare a shown network with.
    pub network_sectors: Vec<NetworkSector>,
    /// Outside series.
    pub references: Vec<Reference>,
    /// Words that sentences on the figures are made of, by language.
    #[serde(default)]
    pub wordings: BTreeMap<String, Wording>,
    /// Its texts in other languages, by language, then by the text as it stands here; a language may lack some.
    #[serde(default)]
    pub translations: BTreeMap<String, BTreeMap<String, String>>,
    /// How far the figures may be trusted.
    #[serde(default)]
    pub quality: Quality,
    /// What changed since an earlier edition, when one was named.
    #[serde(default)]
    pub evolution: Option<Evolution>,
    /// How the tables hang together, and what was published before.
    #[serde(default)]
    pub release: Release,
    /// The cells; on disk in `cells.csv`, not in `publication.json`.
    #[serde(skip)]
    pub cells: BTreeMap<CellKey, Cell>,
}

/// Identity of the edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditionInfo {
    /// Survey code.
    pub survey: String,
    /// Edition code.
    pub edition: String,
    /// Title.
    pub title: String,
    /// Publisher.
    pub publisher: String,
    /// First day of the collection, `YYYY-MM-DD`.
    pub field_start: String,
    /// Last day of the collection, `YYYY-MM-DD`.
    pub field_end: String,
    /// Whether the responses were simulated: every page, chart and file must say so.
    pub is_simulated: bool,
}

/// What the publication was made from; equal provenance gives equal bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// Version of the program.
    pub software: String,
    /// SHA-256 of the questionnaire's source.
    pub questionnaire: String,
    /// SHA-256 of each definition file read (`plan.toml`, margins…).
    pub definition: BTreeMap<String, String>,
    /// SHA-256 of the extract's responses.
    pub extract: String,
}

/// A count with its label, as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Code.
    pub code: String,
    /// Label for readers.
    pub label: String,
    /// The number shown (rounded to ten), or `None` when under the smallest publishable group.
    pub shown: Option<u32>,
}

/// How many responses there were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// By state: started, refused, submitted, partial…
    pub states: Vec<Count>,
    /// Responses kept out, by reason.
    pub excluded: Vec<Count>,
    /// Valid responses, rounded to ten.
    pub valid: u32,
}

/// How figures were computed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Method {
    /// Smallest group shown.
    pub n_min: u32,
    /// Under this number of respondents a figure is fragile.
    pub n_fragile: u32,
    /// Confidence level of intervals.
    pub confidence: f64,
    /// Design effect of the weights over the whole sample (Kish), rounded to one decimal.
    pub design_effect: f64,
    /// Effective number of respondents, rounded to ten.
    pub n_effective: u32,
    /// Smallest and greatest weight over the mean weight, rounded to two digits.
    pub weight_ratio: (f64, f64),
    /// Calibration groups.
    pub calibration: Vec<CalibrationInfo>,
    /// Variables of breakdowns that were not used in weighting, by label.
    pub not_weighted: Vec<String>,
    /// Notes on approximations that a reader must know.
    pub notes: Vec<String>,
}

/// One calibration group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalibrationInfo {
    /// Label.
    pub label: String,
    /// Organisations it stands for.
    pub total: f64,
    /// Respondents, as shown; `None` when the group is too small to show.
    pub n: Option<NumberShown>,
    /// Margins.
    pub margins: Vec<MarginInfo>,
}

/// One margin before and after calibration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MarginInfo {
    /// Label.
    pub label: String,
    /// Source.
    pub source: String,
    /// Year.
    pub year: String,
    /// Rows.
    pub rows: Vec<MarginRow>,
}

/// One category of a margin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MarginRow {
    /// Label.
    pub label: String,
    /// Target share, percent.
    pub target: f64,
    /// Share among respondents before weighting; `None` when withheld.
    pub before: Option<Displayed>,
    /// Share after weighting; `None` when withheld.
    #[serde(default)]
    pub after: Option<Displayed>,
    /// What a reader should know of it.
    #[serde(default)]
    pub caution: Option<Caution>,
}

/// A dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dimension {
    /// Code.
    pub code: String,
    /// Label.
    pub label: String,
}

/// Unit of an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Unit {
    /// Share of the base, in percent.
    Percent,
    /// Score from 0 to 100.
    Points,
    /// A mean number of things, from 0 to `most`.
    Number {
        /// The greatest possible value.
        most: f64,
    },
}

impl Unit {
    /// Lowest and highest possible value.
    #[must_use]
    pub fn range(self) -> (f64, f64) {
        match self {
            Self::Percent | Self::Points => (0.0, 100.0),
            Self::Number { most } => (0.0, most),
        }
    }
}

/// An indicator's definition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Indicator {
    /// Code.
    pub code: String,
    /// Label.
    pub label: String,
    /// Dimension code.
    pub dimension: String,
    /// Unit.
    pub unit: Unit,
    /// Numerator, in the expression language.
    pub numerator: String,
    /// Base, in the expression language.
    pub base: String,
    /// Base in words, lower case plural: « ensemble des répondantes ».
    pub base_label: String,
    /// Who of those asked is in the base.
    #[serde(default)]
    pub denominator: Option<Denominator>,
    /// Exact texts of the questions read.
    pub questions: Vec<String>,
    /// Target.
    pub target: Option<Target>,
    /// Comparable outside series.
    pub comparable: Option<String>,
    /// The figure published for 2022, percent.
    pub published_2022: Option<f64>,
    /// The national estimate without weights, as displayed; shown only beside the weighted one.
    pub unweighted: Option<Displayed>,
    /// Share of the base that answered « ne sait pas » or left the question blank, where it is one question.
    pub no_answer: Option<Displayed>,
    /// Note.
    pub note: Option<String>,
}

/// A target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// Value.
    pub value: f64,
    /// Year.
    pub year: i64,
    /// Source.
    pub source: String,
}

/// A breakdown and its categories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breakdown {
    /// Code.
    pub code: String,
    /// Label.
    pub label: String,
    /// Whether an organisation may count in several categories.
    pub is_overlapping: bool,
    /// Categories in order.
    pub categories: Vec<Category>,
}

/// A category of a breakdown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Code.
    pub code: String,
    /// Label.
    pub label: String,
    /// Respondents, as shown; `None` when withheld.
    pub n: Option<NumberShown>,
}

/// A chapter of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chapter {
    /// Code.
    pub code: String,
    /// Title.
    pub title: String,
    /// Introduction.
    pub text: Option<String>,
    /// Charts.
    pub charts: Vec<ChartPlan>,
}

/// A chart of a chapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartPlan {
    /// Code, unique in the publication: file names.
    pub code: String,
    /// Title.
    pub title: String,
    /// Form.
    pub form: ChartForm,
    /// Indicators drawn.
    pub indicators: Vec<String>,
    /// Their short labels.
    pub labels: Vec<String>,
    /// Breakdown drawn.
    pub breakdown: Option<String>,
}

/// The form of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChartForm {
    /// Horizontal bars, one for each indicator, ranked.
    Ranked,
    /// Horizontal bars, one for each indicator, in order.
    Bars,
    /// One stacked bar (or one for each domain) whose parts are the indicators.
    Stacked,
    /// Points with intervals, one for each domain of the breakdown and each indicator.
    Dots,
    /// Bars against a target.
    Bullet,
    /// Scores from 0 to 100 points.
    Scores,
    /// Past editions and outside series over the years.
    Trend,
    /// This edition and the one before, one line for each indicator.
    Slope,
    /// A table of colours: one row for each domain, one column for each indicator.
    Heatmap,
    /// A tile for each region.
    Map,
    /// Columns side by side: the indicators are the classes of one scale.
    Histogram,
    /// A hundred squares.
    Waffle,
}

/// Who answered, by one breakdown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Breakdown code.
    pub breakdown: String,
    /// Rows in the breakdown's order.
    pub rows: Vec<ProfileRow>,
}

/// One category of a profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProfileRow {
    /// Category code.
    pub category: String,
    /// Share of respondents.
    pub sample: Option<Displayed>,
    /// Share after weighting.
    pub weighted: Option<Displayed>,
}

/// The sector that most members of a shown network belong to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkSector {
    /// Network code.
    pub network: String,
    /// Breakdown code of sectors.
    pub breakdown: String,
    /// Category code.
    pub category: String,
}

/// A point of an outside series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// Series.
    pub series: String,
    /// Indicator it is set beside.
    pub indicator: Option<String>,
    /// Label.
    pub label: String,
    /// Year as written.
    pub year: String,
    /// Value as written.
    pub value: String,
    /// Unit.
    pub unit: String,
    /// Base.
    pub base: String,
    /// Sample size as written.
    pub n: String,
    /// Source.
    pub source: String,
    /// Address.
    pub url: String,
    /// Verification status.
    pub verification: String,
    /// Note on comparability.
    pub note: String,
    /// Whether it may be drawn on a chart (read at its source, numeric).
    pub is_drawable: bool,
}

/// Whom a cell is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Domain {
    /// All valid responses.
    All,
    /// A category of a breakdown.
    Of {
        /// Breakdown code.
        breakdown: String,
        /// Category code.
        category: String,
    },
    /// A category of a breakdown and one of another, both. The breakdowns come before the categories, so that the rows of
    /// a table are together in what is written in order.
    Crossed {
        /// Breakdown code.
        breakdown: String,
        /// The other breakdown.
        by: String,
        /// Category code.
        category: String,
        /// The other's category.
        part: String,
    },
}

/// The number of respondents of a group, as displayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberOf {
    /// Shown.
    Shown(NumberShown),
    /// Withheld with all its figures.
    Withheld,
}

/// Which cell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellKey {
    /// Whom it is about.
    pub domain: Domain,
    /// Indicator code.
    pub indicator: String,
}

impl Domain {
    /// A category of a breakdown.
    #[must_use]
    pub fn of(breakdown: &str, category: &str) -> Self {
        Self::Of { breakdown: breakdown.to_owned(), category: category.to_owned() }
    }

    /// A category of a breakdown and one of another.
    #[must_use]
    pub fn crossed((breakdown, category): (&str, &str), (by, part): (&str, &str)) -> Self {
        Self::Crossed {
            breakdown: breakdown.to_owned(),
            category: category.to_owned(),
            by: by.to_owned(),
            part: part.to_owned(),
        }
    }

    /// The code asked for in each breakdown that matters.
    #[must_use]
    pub fn conditions(&self) -> Vec<(&str, &str)> {
        match self {
            Self::All => Vec::new(),
            Self::Of { breakdown, category } => vec![(breakdown, category)],
            Self::Crossed { breakdown, category, by, part } => vec![(breakdown, category), (by, part)],
        }
    }

    /// Code of the table that it is in.
    #[must_use]
    pub fn table(&self) -> String {
        match self {
            Self::All => WHOLE.to_owned(),
            Self::Of { breakdown, .. } => breakdown.clone(),
            Self::Crossed { breakdown, by, .. } => {
                Crossing { breakdown: breakdown.clone(), by: by.clone() }.table()
            }
        }
    }
}

/// Code of the table of all respondents.
const WHOLE: &str = "ensemble";

impl Publication {
    /// The rule that the figures were displayed by.
    #[must_use]
    pub fn rule(&self) -> Rule {
        Rule {
            n_min: self.method.n_min,
            n_fragile: self.method.n_fragile,
            design_effect: self.method.design_effect,
            quantile: self.release.quantile,
        }
    }

    /// The cell of an indicator in a domain; a cell that was not planned reads as suppressed.
    #[must_use]
    pub fn cell(&self, domain: &Domain, indicator: &str) -> &Cell {
        let key = CellKey { domain: domain.clone(), indicator: indicator.to_owned() };
        self.cells.get(&key).unwrap_or(&Cell::Suppressed)
    }

    /// The definition of an indicator.
    #[must_use]
    pub fn indicator(&self, code: &str) -> Option<&Indicator> {
        self.indicators.iter().find(|indicator| indicator.code == code)
    }

    /// The label of a group; empty for all respondents.
    #[must_use]
    pub fn domain_label(&self, domain: &Domain) -> String {
        let label = |(breakdown, code): (&str, &str)| {
            let known =
                self.breakdown(breakdown).and_then(|found| found.categories.iter().find(|c| c.code == code));
            known.map_or_else(|| code.to_owned(), |category| category.label.clone())
        };
        domain.conditions().into_iter().map(label).collect::<Vec<_>>().join(", ")
    }

    /// The number of respondents of a group as displayed: the greatest of those of its figures, since a filter makes a
    /// base smaller.
    #[must_use]
    pub fn number_of(&self, domain: &Domain) -> NumberOf {
        let first = CellKey { domain: domain.clone(), indicator: String::new() };
        let shown = self
            .cells
            .range(first..)
            .take_while(|(key, _)| key.domain == *domain)
            .filter_map(|(_, cell)| cell.published().map(|cell| cell.n));
        shown.max_by_key(|n| n.least()).map_or(NumberOf::Withheld, NumberOf::Shown)
    }

    /// A breakdown.
    #[must_use]
    pub fn breakdown(&self, code: &str) -> Option<&Breakdown> {
        self.breakdowns.iter().find(|breakdown| breakdown.code == code)
    }
}
