//! What a comparison says: verdicts, their changes, their counts. The JSON of these types is a stable format.

use std::collections::BTreeMap;

use serde::Serialize;

/// Version of the JSON; raised when a reader must change.
pub const SCHEMA_VERSION: u32 = 1;

/// How much a change matters to a series, from nothing to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Nothing changed.
    Identical,
    /// The figures stay comparable.
    Harmless,
    /// Someone must say whether they do, and why.
    ToDecide,
    /// They do not, unless someone says why they do.
    Breaking,
}

/// In which of the two definitions something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// In both.
    Both,
    /// In the new one only.
    New,
    /// In the old one only.
    Gone,
    /// In one only, as a rotating question is.
    Rotated,
    /// In the new one, under a code that the old one had retired: an alarm.
    Reused,
}

/// The part of a question or of a series that a change touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Text, help, words for the base.
    Wording,
    /// The list of answers.
    Answers,
    /// The rows of a matrix.
    Rows,
    /// Who is asked.
    Base,
    /// The kind of answer and its limits.
    Type,
    /// Where it is asked.
    Place,
    /// Points and rule of the score item.
    Score,
    /// How a derived variable or an indicator is computed.
    Definition,
}

/// What changed. The names are those of the JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each name says it; `describe` puts it in words")]
pub enum ChangeKind {
    TypeChanged,
    BaseChanged,
    RowBaseChanged,
    OptionsRemoved,
    OptionReused,
    RowsRemoved,
    RowReused,
    DefinitionChanged,
    NumeratorChanged,
    UnitChanged,
    Reworded,
    OptionsAdded,
    OptionsReordered,
    OptionRelabelled,
    OptionBaseChanged,
    OptionRulesChanged,
    RowsAdded,
    RowsReordered,
    RowRelabelled,
    LimitsChanged,
    SourceChanged,
    RequiredChanged,
    ScoreChanged,
    PointsChanged,
    Retouched,
    OptionRetouched,
    RowRetouched,
    HelpChanged,
    BaseLabelChanged,
    LabelChanged,
    Moved,
    RotatingChanged,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What changed.
    pub kind: ChangeKind,
    /// The part it touches.
    pub part: Part,
    /// How much it matters.
    pub level: Level,
    /// In which language, for a wording.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Code of the answer or row, or name of the limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// After.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
}

/// A change of something that an indicator or a derived variable reads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Cause {
    /// Code of the question, or `derived.<name>`.
    pub series: String,
    /// The worst of its changes that count here.
    pub level: Level,
    /// Those changes; empty when the thing is in one definition only.
    pub changes: Vec<ChangeKind>,
    /// In which of the two definitions it is.
    pub presence: Presence,
}

/// The verdict on one question, derived variable or indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Code; a derived variable's is `derived.<name>`.
    pub code: String,
    /// The worst of its changes and causes.
    pub level: Level,
    /// In which of the two definitions it is.
    pub presence: Presence,
    /// Why the code was retired, when it is used again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retired: Option<String>,
    /// Its own changes, worst first.
    pub changes: Vec<Change>,
    /// The changes of what it reads, worst first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Cause>,
    /// All that an indicator or a derived variable reads: questions and `derived.<name>`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reads: Vec<String>,
}

/// One of the two definitions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Side {
    /// Its name.
    pub name: String,
    /// Its languages.
    pub languages: Vec<String>,
    /// What its format said that is not compared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
}

/// How many questions, derived variables or indicators there are of each sort.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "each name says it")]
pub struct Tally {
    pub old: usize,
    pub new: usize,
    /// In both.
    pub shared: usize,
    /// Of those in both, by level.
    pub identical: usize,
    pub harmless: usize,
    pub to_decide: usize,
    pub breaking: usize,
    /// In one only.
    pub added: usize,
    pub gone: usize,
    pub rotated: usize,
    pub reused: usize,
}

/// The counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Questions.
    pub questions: Tally,
    /// Derived variables.
    pub derived: Tally,
    /// Indicators.
    pub indicators: Tally,
    /// Questions in both, by kind of change they have at least once.
    pub changes: BTreeMap<ChangeKind, usize>,
    /// Questions in both whose text has other words, by language.
    pub reworded: BTreeMap<String, usize>,
    /// Questions in both whose text differs by typography alone, by language.
    pub retouched: BTreeMap<String, usize>,
    /// Questions in both whose answers are not the same codes in the same order.
    pub answer_lists: usize,
}

/// Two definitions, compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The old one.
    pub old: Side,
    /// The new one.
    pub new: Side,
    /// The worst verdict.
    pub level: Level,
    /// Counts.
    pub counts: Counts,
    /// Questions, worst first, then in the order of asking.
    pub questions: Vec<Verdict>,
    /// Derived variables, worst first.
    pub derived: Vec<Verdict>,
    /// Indicators, worst first.
    pub indicators: Vec<Verdict>,
}

impl Level {
    /// In words.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::Harmless => "harmless",
            Self::ToDecide => "to decide",
            Self::Breaking => "breaking",
        }
    }
}

impl Presence {
    /// How much it matters by itself.
    #[must_use]
    pub fn level(self) -> Level {
        match self {
            Self::Both => Level::Identical,
            Self::New | Self::Rotated => Level::Harmless,
            Self::Gone | Self::Reused => Level::Breaking,
        }
    }

    /// In words.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Both => "in both",
            Self::New => "new",
            Self::Gone => "gone",
            Self::Rotated => "rotated",
            Self::Reused => "retired code used again",
        }
    }
}

impl ChangeKind {
    /// How much it matters.
    #[must_use]
    pub fn level(self) -> Level {
        match self {
            Self::TypeChanged
            | Self::BaseChanged
            | Self::RowBaseChanged
            | Self::OptionsRemoved
            | Self::OptionReused
            | Self::RowsRemoved
            | Self::RowReused
            | Self::DefinitionChanged
            | Self::NumeratorChanged
            | Self::UnitChanged => Level::Breaking,
            Self::Reworded
            | Self::OptionsAdded
            | Self::OptionsReordered
            | Self::OptionRelabelled
            | Self::OptionBaseChanged
            | Self::OptionRulesChanged
            | Self::RowsAdded
            | Self::RowsReordered
            | Self::RowRelabelled
            | Self::LimitsChanged
            | Self::SourceChanged
            | Self::RequiredChanged
            | Self::ScoreChanged
            | Self::PointsChanged => Level::ToDecide,
            Self::Retouched
            | Self::OptionRetouched
            | Self::RowRetouched
            | Self::HelpChanged
            | Self::BaseLabelChanged
            | Self::LabelChanged
            | Self::Moved
            | Self::RotatingChanged => Level::Harmless,
        }
    }

    /// The part it touches.
    #[must_use]
    pub fn part(self) -> Part {
        match self {
            Self::Reworded
            | Self::Retouched
            | Self::HelpChanged
            | Self::BaseLabelChanged
            | Self::LabelChanged => Part::Wording,
            Self::OptionsRemoved
            | Self::OptionReused
            | Self::OptionsAdded
            | Self::OptionsReordered
            | Self::OptionRelabelled
            | Self::OptionBaseChanged
            | Self::OptionRulesChanged
            | Self::OptionRetouched
            | Self::SourceChanged => Part::Answers,
            Self::RowBaseChanged
            | Self::RowsRemoved
            | Self::RowReused
            | Self::RowsAdded
            | Self::RowsReordered
            | Self::RowRelabelled
            | Self::RowRetouched => Part::Rows,
            Self::BaseChanged => Part::Base,
            Self::TypeChanged | Self::LimitsChanged | Self::RequiredChanged => Part::Type,
            Self::Moved | Self::RotatingChanged => Part::Place,
            Self::ScoreChanged | Self::PointsChanged => Part::Score,
            Self::DefinitionChanged | Self::NumeratorChanged | Self::UnitChanged => Part::Definition,
        }
    }

    /// In words.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::TypeChanged => "type changed",
            Self::BaseChanged => "base changed",
            Self::RowBaseChanged => "base of a row changed",
            Self::OptionsRemoved => "answer removed",
            Self::OptionReused => "retired answer code used again",
            Self::RowsRemoved => "row removed",
            Self::RowReused => "retired row code used again",
            Self::DefinitionChanged => "computed otherwise",
            Self::NumeratorChanged => "numerator changed",
            Self::UnitChanged => "unit changed",
            Self::Reworded => "reworded",
            Self::OptionsAdded => "answer added",
            Self::OptionsReordered => "answers reordered",
            Self::OptionRelabelled => "answer relabelled",
            Self::OptionBaseChanged => "answer offered to others",
            Self::OptionRulesChanged => "rule of an answer changed",
            Self::RowsAdded => "row added",
            Self::RowsReordered => "rows reordered",
            Self::RowRelabelled => "row relabelled",
            Self::LimitsChanged => "limit changed",
            Self::SourceChanged => "source of answers changed",
            Self::RequiredChanged => "obligation to answer changed",
            Self::ScoreChanged => "score rule changed",
            Self::PointsChanged => "points changed",
            Self::Retouched => "retouched",
            Self::OptionRetouched => "answer retouched",
            Self::RowRetouched => "row retouched",
            Self::HelpChanged => "help changed",
            Self::BaseLabelChanged => "words for the base changed",
            Self::LabelChanged => "label changed",
            Self::Moved => "moved",
            Self::RotatingChanged => "rotation changed",
        }
    }
}

impl Change {
    /// A change of this kind.
    #[must_use]
    pub fn new(kind: ChangeKind) -> Self {
        Self {
            kind,
            part: kind.part(),
            level: kind.level(),
            language: None,
            item: None,
            old: None,
            new: None,
        }
    }

    /// With what was before and after.
    #[must_use]
    pub fn values(mut self, old: Option<impl Into<String>>, new: Option<impl Into<String>>) -> Self {
        (self.old, self.new) = (old.map(Into::into), new.map(Into::into));
        self
    }

    /// Of this answer, row or limit.
    #[must_use]
    pub fn item(mut self, item: &str) -> Self {
        self.item = Some(item.to_owned());
        self
    }

    /// In this language.
    #[must_use]
    pub fn language(mut self, language: &str) -> Self {
        self.language = Some(language.to_owned());
        self
    }
}

impl Comparison {
    /// The verdict on an indicator, a question, or `derived.<name>`.
    #[must_use]
    pub fn verdict(&self, series: &str) -> Option<&Verdict> {
        self.indicators
            .iter()
            .chain(&self.questions)
            .chain(&self.derived)
            .find(|verdict| verdict.code == series)
    }
}
