//! Everything that defines one edition: questionnaire, derived variables, indicators, plan, margins, references, texts.

use std::collections::BTreeMap;

use crate::expr::{Condition, DerivedIndex, Number, Numerator, Subject};
use crate::model::Questionnaire;
use crate::nomenclature::Nomenclatures;

/// A whole, checked edition. See [`Edition::parse`](crate::Edition::parse).
#[derive(Debug, Clone)]
pub struct Edition {
    /// What is asked.
    pub questionnaire: Questionnaire,
    /// Derived variables, each after those it reads; scores are among them.
    pub derived: Vec<Derived>,
    /// How scores are made and read.
    pub scoring: Scoring,
    /// What is published.
    pub indicators: Vec<Indicator>,
    /// How it is computed and shown.
    pub plan: Plan,
    /// Outside series, with their verification status.
    pub references: Vec<Reference>,
    /// The language of every text of this value (see [`Edition::localised`](crate::Edition::localised)).
    pub language: String,
    /// Texts for respondents by code (`texts/<language>.toml`), flattened: `violation.required`.
    pub texts: BTreeMap<String, String>,
    /// Words that findings are made of, by language: the first, and those that have a `wording/<language>.toml`.
    pub wordings: BTreeMap<String, Wording>,
    /// Texts that are published and that respondents do not read (`[text]` of `wording/<language>.toml`), by language,
    /// then by the text of the first language. A language may lack some.
    pub labels: BTreeMap<String, BTreeMap<String, String>>,
    /// The texts in each language but the first.
    pub translations: BTreeMap<String, Translation>,
    /// The official lists.
    pub nomenclatures: Nomenclatures,
    /// Indices of the derived variables by name.
    pub(crate) derived_names: BTreeMap<String, DerivedIndex>,
    /// The derived variables that routing reads, itself or through others, in the order in which they are known:
    /// by the last screen they depend on, then by index.
    pub(crate) routing: Vec<DerivedIndex>,
}

/// The texts of an edition in another language than its first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Translation {
    /// Texts of the definition by key (`translations/<language>.toml`): `question.org_nom.text`.
    pub definition: BTreeMap<String, String>,
    /// Texts for respondents by code (`texts/<language>.toml`): `violation.required`.
    pub messages: BTreeMap<String, String>,
}

/// Words that sentences on published figures are made of. An agreement is marked `[singular|plural]`; `{}` is the
/// place of a figure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wording {
    /// Whom figures are about, by code: `organisation`.
    pub subjects: BTreeMap<String, FindingSubject>,
    /// What is found, by indicator.
    pub findings: BTreeMap<String, Finding>,
    /// How breakdowns are spoken of, by breakdown.
    pub breakdowns: BTreeMap<String, BreakdownWords>,
    /// What a ranking chart ranks, by chart: « des freins ».
    pub rankings: BTreeMap<String, String>,
}

/// Whom figures are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingSubject {
    /// « organisation »
    pub singular: String,
    /// « organisations »
    pub plural: String,
    /// Whether the word is feminine, where the language has genders.
    pub is_feminine: bool,
}

/// What an indicator finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// A predicate with its agreement (« [juge|jugent] le numérique important »), or, for a mean, a whole sentence
    /// with the place of its figure.
    pub text: String,
    /// Code of the subject.
    pub subject: String,
    /// What is ranked, with its article: « le manque de temps ».
    pub topic: Option<String>,
}

/// How a breakdown is spoken of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakdownWords {
    /// « selon la taille »
    pub by: String,
    /// « plus les organisations sont grandes », where the categories rise.
    pub rising: Option<String>,
}

/// A variable computed from answers, read as `derived.<name>`.
#[derive(Debug, Clone)]
pub struct Derived {
    /// Name, without `derived.`.
    pub name: String,
    /// Label for readers.
    pub label: String,
    /// Its categories, with labels, when it is categorical.
    pub categories: Vec<Category>,
    /// How it is computed.
    pub rule: DerivedRule,
    /// The last question that it depends on, itself or through other derived variables.
    pub last_question: Option<usize>,
    /// How many variables deep it is: 1 when it reads answers alone.
    pub(crate) depth: usize,
}

/// A category of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Code.
    pub code: String,
    /// Label for readers.
    pub label: String,
}

/// How a derived variable is computed.
#[derive(Debug, Clone)]
pub enum DerivedRule {
    /// The category of the first case that holds; missing when none does.
    Cases(Vec<Case>),
    /// An attribute of the commune answered to this question.
    Commune {
        /// The commune question.
        question: usize,
        /// Which attribute.
        attribute: CommuneAttribute,
    },
    /// 1 or 0, or missing when `unmeasured` holds.
    Flag {
        /// When it is 1.
        when: Condition,
        /// When it has no value.
        unmeasured: Condition,
    },
    /// A number.
    Number(Number),
    /// The sum of these numeric derived variables, missing ones left out.
    Sum(Vec<DerivedIndex>),
    /// How many of these derived variables have a value.
    Measured(Vec<DerivedIndex>),
    /// The score of a dimension: the mean of its measured items, missing when fewer than the
    /// [`Scoring::least_items_share`] of its items are measured.
    Score {
        /// The questions that are items of the dimension.
        items: Vec<usize>,
    },
    /// The mean of these scores, missing when fewer than `at_least` have a value.
    Index {
        /// The scores.
        scores: Vec<DerivedIndex>,
        /// How many must have a value.
        at_least: usize,
    },
}

/// One case of a derived category.
#[derive(Debug, Clone)]
pub struct Case {
    /// When it applies.
    pub when: Condition,
    /// What it gives.
    pub value: CaseValue,
}

/// What a case gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseValue {
    /// A category.
    Category(String),
    /// The answer to another single-choice question.
    Copy(Subject),
}

/// Attributes of a commune.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommuneAttribute {
    /// Code of the department.
    Department,
    /// Code of the region.
    Region,
    /// `urbain` or `rural`.
    Zone,
}

/// How item points become scores, index and levels.
#[derive(Debug, Clone)]
pub struct Scoring {
    /// Share of a dimension's items that must be measured, for instance 0.5.
    pub least_items_share: f64,
    /// Levels from low to high.
    pub levels: Vec<Level>,
    /// The twelve digital-intensity criteria, as shown on the individual page, in order: derived variable and label.
    pub criteria: Vec<DerivedIndex>,
}

/// A band of the global index.
#[derive(Debug, Clone)]
pub struct Level {
    /// Code, for instance `initial`.
    pub code: String,
    /// Label, for instance « Initial ».
    pub label: String,
    /// Lower bound, included.
    pub from: f64,
    /// One sentence for the individual page.
    pub text: String,
}

/// One published figure's definition.
#[derive(Debug, Clone)]
pub struct Indicator {
    /// Code, for instance `STR_IMPORTANT`.
    pub code: String,
    /// Label.
    pub label: String,
    /// Code of the dimension.
    pub dimension: String,
    /// What is added up.
    pub numerator: Numerator,
    /// Source text of the numerator.
    pub numerator_text: String,
    /// Who is in the base.
    pub base: Condition,
    /// Source text of the base.
    pub base_text: String,
    /// The base in words for a reader.
    pub base_label: String,
    /// `%`, `points`, `nombre`.
    pub unit: String,
    /// The questions read by the numerator, in order of asking.
    pub questions: Vec<usize>,
    /// A target set by someone.
    pub target: Option<Target>,
    /// Code of the comparable outside series.
    pub comparable: Option<String>,
    /// The figure published for 2022 (seed), for the demo's comparison.
    pub published_2022: Option<f64>,
    /// A note for readers.
    pub note: Option<String>,
}

/// A target.
#[derive(Debug, Clone)]
pub struct Target {
    /// Value, in the indicator's unit.
    pub value: f64,
    /// Year.
    pub year: i64,
    /// Who set it, where.
    pub source: String,
}

/// How the edition is computed and published.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Title of the publication.
    pub title: String,
    /// Fewest respondents behind a published figure.
    pub n_min: u32,
    /// Below this many respondents a figure is called fragile.
    pub n_fragile: u32,
    /// Confidence level of intervals, for instance 0.95.
    pub confidence: f64,
    /// Who belongs to the scope; responses that fail it are kept out.
    pub scope: Condition,
    /// The last screen that a valid response must have passed.
    pub valid_screen: usize,
    /// Calibration groups, in order; every valid response belongs to exactly one.
    pub calibration: Vec<CalibrationGroup>,
    /// Breakdowns, in order.
    pub breakdowns: Vec<Breakdown>,
    /// Pairs of breakdowns that are crossed, in order: that of the networks first, if one is.
    pub crossings: Vec<[usize; 2]>,
    /// Networks that are publicly part of another: inner, outer.
    pub subsets: Vec<(String, String)>,
    /// The key figures of the first page, by indicator code.
    pub headline: Vec<String>,
    /// Chapters of the report.
    pub chapters: Vec<Chapter>,
    /// Families of tests: name and indicator codes.
    pub families: Vec<TestFamily>,
}

/// A part of the sample calibrated on margins of its own.
#[derive(Debug, Clone)]
pub struct CalibrationGroup {
    /// Code.
    pub code: String,
    /// Label for readers.
    pub label: String,
    /// Who belongs to it.
    pub when: Condition,
    /// Number of organisations it stands for.
    pub total: f64,
    /// Where that number comes from.
    pub total_source: Option<String>,
    /// Its margins.
    pub margins: Vec<Margin>,
}

/// Known population totals for the categories of a variable.
#[derive(Debug, Clone)]
pub struct Margin {
    /// Code.
    pub code: String,
    /// Label for readers.
    pub label: String,
    /// The categorical variable.
    pub variable: Subject,
    /// Categories: code, label and share of the group's total (the shares sum to 1).
    pub categories: Vec<MarginCategory>,
    /// Source in words.
    pub source: String,
    /// Year of the figures.
    pub year: String,
}

/// One category of a margin.
#[derive(Debug, Clone)]
pub struct MarginCategory {
    /// Code, as the variable gives it.
    pub code: String,
    /// Label.
    pub label: String,
    /// Value as read, in the source's unit.
    pub value: f64,
    /// Share of the group.
    pub share: f64,
}

/// A breakdown: the domains by which every indicator is given.
#[derive(Debug, Clone)]
pub struct Breakdown {
    /// Code of the dimension, for instance `famille`.
    pub code: String,
    /// Label for readers.
    pub label: String,
    /// What makes the domains.
    pub variable: BreakdownVariable,
    /// Domains with labels, in order.
    pub categories: Vec<Category>,
    /// The breakdown whose categories are unions of these, by definition.
    pub within: Option<Within>,
}

/// A breakdown as parts of the categories of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Within {
    /// Code of the other breakdown.
    pub breakdown: String,
    /// For a category, the one that it is part of.
    pub parts: BTreeMap<String, String>,
}

/// What makes the domains of a breakdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakdownVariable {
    /// Each response in at most one domain.
    Partition(Subject),
    /// The networks question: a response counts in each of its networks.
    Networks(usize),
}

impl BreakdownVariable {
    /// Whether a response may be in several domains.
    #[must_use]
    pub fn is_overlapping(self) -> bool {
        matches!(self, Self::Networks(_))
    }
}

/// A chapter of the report.
#[derive(Debug, Clone)]
pub struct Chapter {
    /// Code, used in addresses.
    pub code: String,
    /// Title.
    pub title: String,
    /// Introductory sentence.
    pub text: Option<String>,
    /// Charts, in order.
    pub charts: Vec<ChartPlan>,
}

/// A chart of a chapter.
#[derive(Debug, Clone)]
pub struct ChartPlan {
    /// Code, used in file names.
    pub code: String,
    /// Title: the question, or the subject.
    pub title: String,
    /// Form.
    pub form: ChartForm,
    /// Indicators drawn.
    pub indicators: Vec<String>,
    /// Short labels of those indicators on the chart, same order.
    pub labels: Vec<String>,
    /// Code of the breakdown drawn, for forms that draw one.
    pub breakdown: Option<String>,
}

/// The form of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartForm {
    /// Horizontal bars, one for each indicator, ranked.
    Ranked,
    /// Horizontal bars, one for each indicator, in the given order.
    Bars,
    /// One stacked bar whose parts are the indicators; by a breakdown, one for each domain.
    Stacked,
    /// Points with intervals, one for each domain of the breakdown.
    Dots,
    /// Bars against a target.
    Bullet,
    /// Scores, one bar for each indicator, from 0 to 100 points.
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

/// A family of tests whose p-values are adjusted together.
#[derive(Debug, Clone)]
pub struct TestFamily {
    /// Code.
    pub code: String,
    /// `holm`, `bh`.
    pub method: String,
    /// Indicators.
    pub indicators: Vec<String>,
}

/// A point of an outside series.
#[derive(Debug, Clone)]
pub struct Reference {
    /// Code of the series.
    pub series: String,
    /// Indicator it is set beside, if any.
    pub indicator: Option<String>,
    /// Label.
    pub label: String,
    /// Year as written.
    pub year: String,
    /// Value as written (some are words: « environ 20 »).
    pub value: String,
    /// Unit.
    pub unit: String,
    /// Base in words.
    pub base: String,
    /// Sample size as written.
    pub n: String,
    /// Source.
    pub source: String,
    /// Address.
    pub url: String,
    /// Verification status: `seed`, `lu`, `calculé`, …
    pub verification: String,
    /// What to know before comparing.
    pub note: String,
}

impl Reference {
    /// The value as a number, when it is one and was read at its source (a seed-only value is cited, never drawn).
    #[must_use]
    pub fn drawable(&self) -> Option<f64> {
        let is_read = self.verification.starts_with("lu") || self.verification.starts_with("seed+confirmé");
        if is_read { self.value.parse().ok() } else { None }
    }
}

impl Edition {
    /// The derived variable with this name.
    #[must_use]
    pub fn derived_index(&self, name: &str) -> Option<DerivedIndex> {
        self.derived_names.get(name).copied()
    }

    /// The indicator with this code.
    #[must_use]
    pub fn indicator(&self, code: &str) -> Option<&Indicator> {
        self.indicators.iter().find(|indicator| indicator.code == code)
    }

    /// A text for respondents; the code itself when the catalogue lacks it, which `check` refuses.
    #[must_use]
    pub fn text<'a>(&'a self, code: &'a str) -> &'a str {
        self.texts.get(code).map_or(code, String::as_str)
    }

    /// The name of a subject in expressions and in the extract: `str_maturite`, `usg_outils.compta`,
    /// `org_ident.type`, `derived.famille`.
    #[must_use]
    pub fn subject_name(&self, subject: Subject) -> String {
        let questions = &self.questionnaire.questions;
        match subject {
            Subject::Question(question) => questions[question].code.clone(),
            Subject::Row(question, row) => {
                format!("{}.{}", questions[question].code, questions[question].rows()[row].code)
            }
            Subject::IdentifierType(question) => format!("{}.type", questions[question].code),
            Subject::Derived(index) => format!("derived.{}", self.derived[index].name),
        }
    }
}
