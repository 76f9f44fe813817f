//! A publication as it is displayed.

use std::collections::BTreeMap;

use crate::domain::Domain;

mod read;

/// A domain of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainId(pub(crate) usize);

/// A question (an indicator with its categories) of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuestionId(pub(crate) usize);

/// A dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breakdown {
    /// Whether each respondent has exactly one of the values.
    pub is_partition: bool,
    /// Codes.
    pub values: Vec<String>,
}

/// What is estimated: one indicator.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Code of the indicator.
    pub code: String,
    /// Codes of its categories; one, `_T`, for a mere share or mean.
    pub categories: Vec<String>,
    /// Whether each respondent of the base is in exactly one category: the shares sum to 100.
    pub is_complete: bool,
    /// Whom it is asked; empty for everybody. Questions of one base have the same respondents in every domain.
    pub base: String,
    /// Lowest and highest possible value (100 for shares in percent).
    pub range: (f64, f64),
    /// Whether it is a share: a count of respondents over another. A mean is none.
    pub is_share: bool,
}

/// A displayed value: the interval that it stands for, and what is shown beside it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shown {
    /// As it is written.
    pub text: String,
    /// Lowest value that it can stand for.
    pub lo: f64,
    /// Highest value that it can stand for.
    pub hi: f64,
    /// Rounding step, if one is said.
    pub step: Option<f64>,
    /// Numbers of respondents that the number shown can stand for; none when no number is shown.
    pub n: Option<(u32, u32)>,
    /// Standard error, as the interval that its digits stand for.
    pub se: Option<(f64, f64)>,
    /// Interval of confidence, as shown.
    pub ci: Option<(f64, f64)>,
    /// Population of the domain, if shown.
    pub pop: Option<f64>,
}

/// One cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Output that it stands in.
    pub channel: String,
    /// Table that it stands in.
    pub table: String,
    /// About whom.
    pub domain: DomainId,
    /// About what.
    pub question: QuestionId,
    /// Which of the question's categories, by position.
    pub category: usize,
    /// What is displayed; nothing when withheld.
    pub shown: Option<Shown>,
}

/// Everything that is displayed of an edition.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Release {
    /// Edition.
    pub edition: String,
    /// Least number of respondents of a group that is shown.
    pub n_min: u32,
    /// Dimensions by code.
    pub dimensions: BTreeMap<String, Breakdown>,
    /// Networks whose members are publicly all members of another: inner, outer.
    pub subsets: Vec<(String, String)>,
    /// Values that are publicly part of a value of another dimension (size in 8 classes, size in 4): (dimension, code)
    /// and the (dimension, code) around it.
    pub nested: BTreeMap<(String, String), (String, String)>,
    /// Design effect, if it is published.
    pub design_effect: Option<f64>,
    pub(crate) domains: Vec<Domain>,
    pub(crate) questions: Vec<Question>,
    pub(crate) cells: Vec<Cell>,
    /// Withheld rows that hold something all the same, in words.
    pub(crate) telling: Vec<(DomainId, QuestionId, String)>,
    domain_ids: BTreeMap<Domain, DomainId>,
    question_ids: BTreeMap<String, QuestionId>,
}

impl Question {
    /// The share of one answer.
    #[must_use]
    pub fn yes_or_no(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            categories: vec!["_T".to_owned()],
            is_complete: false,
            base: String::new(),
            range: (0.0, 100.0),
            is_share: true,
        }
    }

    /// The shares of answers of which everyone gave one.
    #[must_use]
    pub fn complete<'a>(code: &str, categories: impl IntoIterator<Item = &'a str>) -> Self {
        let categories = categories.into_iter().map(str::to_owned).collect();
        Self { categories, is_complete: true, ..Self::yes_or_no(code) }
    }
}

impl Shown {
    /// A value rounded to this many decimals.
    #[must_use]
    pub fn exact(value: f64, decimals: usize) -> Self {
        let step = 10_f64.powi(-i32::try_from(decimals).unwrap_or(9));
        let rounded = (value / step).round() * step;
        Self {
            text: format!("{rounded:.decimals$}"),
            lo: rounded - step / 2.0,
            hi: rounded + step / 2.0,
            step: Some(step),
            ..Self::default()
        }
    }

    /// A value that stands for an interval.
    #[must_use]
    pub fn between(text: &str, lo: f64, hi: f64) -> Self {
        Self { text: text.to_owned(), lo, hi, step: Some(hi - lo), ..Self::default() }
    }

    /// With its exact number of respondents.
    #[must_use]
    pub fn with_n(self, n: u32) -> Self {
        Self { n: Some((n, n)), ..self }
    }

    /// With a class of numbers of respondents.
    #[must_use]
    pub fn with_n_class(self, least: u32, most: u32) -> Self {
        Self { n: Some((least, most)), ..self }
    }
}

impl Release {
    /// A release without cells.
    #[must_use]
    pub fn new(edition: &str, n_min: u32) -> Self {
        Self { edition: edition.to_owned(), n_min, ..Self::default() }
    }

    /// Adds a dimension of which each respondent has exactly one value.
    pub fn partition<'a>(&mut self, dimension: &str, values: impl IntoIterator<Item = &'a str>) {
        let values = values.into_iter().map(str::to_owned).collect();
        self.dimensions.insert(dimension.to_owned(), Breakdown { is_partition: true, values });
    }

    /// Adds a dimension of which a respondent may have several values, or none.
    pub fn overlap<'a>(&mut self, dimension: &str, values: impl IntoIterator<Item = &'a str>) {
        let values = values.into_iter().map(str::to_owned).collect();
        self.dimensions.insert(dimension.to_owned(), Breakdown { is_partition: false, values });
    }

    /// The identity of a domain, which is added if need be.
    pub fn domain(&mut self, domain: Domain) -> DomainId {
        let next = DomainId(self.domains.len());
        let id = *self.domain_ids.entry(domain.clone()).or_insert(next);
        if id == next {
            self.domains.push(domain);
        }
        id
    }

    /// The identity of a question, which is added if none has its code.
    pub fn question(&mut self, question: Question) -> QuestionId {
        let next = QuestionId(self.questions.len());
        let id = *self.question_ids.entry(question.code.clone()).or_insert(next);
        if id == next {
            self.questions.push(question);
        }
        id
    }

    /// Adds a cell. A domain that is planned and withheld is a cell too: who reads the release sees that it is.
    pub fn push(&mut self, cell: Cell) {
        self.cells.push(cell);
    }

    /// The domain of this identity.
    #[must_use]
    pub fn domain_of(&self, id: DomainId) -> &Domain {
        &self.domains[id.0]
    }

    /// The question of this identity.
    #[must_use]
    pub fn question_of(&self, id: QuestionId) -> &Question {
        &self.questions[id.0]
    }

    /// The cells, in the order in which they were added.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    pub(crate) fn question_id(&self, code: &str) -> Option<QuestionId> {
        self.question_ids.get(code).copied()
    }
}
