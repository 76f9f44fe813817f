//! The text of a questionnaire: a mirror of `questionnaire.toml` and `translations/*.toml`, before any check.

mod translation;
mod write;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use translation::Catalogue;

/// A questionnaire as its author wrote it: codes and conditions are texts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Title shown to respondents.
    pub title: String,
    /// Languages; the texts here are in the first, each other has a catalogue.
    pub languages: Vec<String>,
    /// Dimensions.
    #[serde(default, rename = "dimension")]
    pub dimensions: Vec<Dimension>,
    /// Sections.
    #[serde(default, rename = "section")]
    pub sections: Vec<Section>,
    /// Checks across questions.
    #[serde(default, rename = "check")]
    pub checks: Vec<Check>,
    /// Codes that were used once and are never given again.
    #[serde(default)]
    pub retired: Vec<Retired>,
    /// The texts in the other languages, by language.
    #[serde(skip)]
    pub translations: BTreeMap<String, Catalogue>,
}

/// A dimension.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// Code.
    pub code: String,
    /// Label.
    pub label: String,
    /// Whether its items make a score.
    #[serde(default)]
    pub scored: bool,
    /// Whether that score enters the index.
    #[serde(default)]
    pub index: bool,
}

/// A section.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Code.
    pub code: String,
    /// Title.
    pub title: String,
    /// Screens.
    #[serde(default, rename = "screen")]
    pub screens: Vec<Screen>,
}

/// A screen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Screen {
    /// Code.
    pub code: String,
    /// Title above the questions.
    #[serde(default)]
    pub title: Option<String>,
    /// Questions.
    #[serde(default, rename = "question")]
    pub questions: Vec<Question>,
}

/// A question. The keys are those of `questionnaire.toml`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "the keys of the file")]
pub struct Question {
    /// Frozen code.
    pub code: String,
    /// `single`, `multiple`, `matrix`, `integer`, `text`, `email`, `identifier`, `commune` or `networks`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Code of its dimension.
    pub dimension: String,
    /// Text.
    pub text: String,
    /// Help.
    #[serde(default)]
    pub help: Option<String>,
    /// Who is asked.
    #[serde(default)]
    pub show_if: Option<String>,
    /// Who is asked, in words.
    #[serde(default)]
    pub base_label: Option<String>,
    /// Reference list of a networks question.
    #[serde(default)]
    pub list: Option<String>,
    /// Answers.
    #[serde(default)]
    pub options: Vec<Choice>,
    /// The multiple question whose ticked options alone are offered.
    #[serde(default)]
    pub options_from: Option<String>,
    /// Codes of exclusive answers.
    #[serde(default)]
    pub exclusive: Vec<String>,
    /// Codes of answers that end the questionnaire.
    #[serde(default)]
    pub ends_on: Vec<String>,
    /// Most answers.
    #[serde(default)]
    pub max_choices: Option<i64>,
    /// Groups of rows, each a screen.
    #[serde(default)]
    pub groups: Vec<Group>,
    /// Rows of a matrix.
    #[serde(default)]
    pub rows: Vec<Row>,
    /// Smallest number.
    #[serde(default)]
    pub min: Option<i64>,
    /// Largest number.
    #[serde(default)]
    pub max: Option<i64>,
    /// Most characters.
    #[serde(default)]
    pub max_length: Option<i64>,
    /// Whether several lines are expected.
    #[serde(default)]
    pub long: bool,
    /// Whether an answer must be given.
    #[serde(default)]
    pub required: bool,
    /// Whether it is announced as optional.
    #[serde(default)]
    pub optional: bool,
    /// Whether the answer may identify someone.
    #[serde(default)]
    pub personal: bool,
    /// Whether it is asked in some editions only.
    #[serde(default)]
    pub rotating: bool,
    /// `none`, `low`, `moderate` or `high`.
    #[serde(default)]
    pub sensitivity: Option<String>,
    /// Rule of the score item.
    #[serde(default)]
    pub score: Option<String>,
    /// Outside instruments that ask the same.
    #[serde(default)]
    pub comparable: Option<String>,
}

/// An answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Frozen code.
    pub code: String,
    /// Label.
    pub label: String,
    /// Points towards the score item, from 0 to 100.
    #[serde(default)]
    pub points: Option<f64>,
    /// Who is offered it.
    #[serde(default)]
    pub show_if: Option<String>,
}

/// A row of a matrix.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Frozen code.
    pub code: String,
    /// Label.
    pub label: String,
    /// Its group.
    #[serde(default)]
    pub group: Option<String>,
    /// Who is asked it.
    #[serde(default)]
    pub show_if: Option<String>,
}

/// A group of rows, shown on a screen of its own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Code.
    pub code: String,
    /// Title.
    pub title: String,
}

/// A check across questions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Code.
    pub code: String,
    /// When it speaks.
    pub when: String,
    /// What it says.
    pub message: String,
    /// `warning` (the default) or `error`.
    #[serde(default)]
    pub severity: Option<String>,
}

/// A code that is never given again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retired {
    /// `question`, `question.option` or `question.row`.
    pub code: String,
    /// Why it was retired.
    pub reason: String,
}

/// A definition that is not TOML, or not a questionnaire.
#[derive(Debug, thiserror::Error)]
#[error("`{file}` cannot be read: {message}")]
pub struct FormError {
    /// The file.
    pub file: String,
    /// What is wrong, with its line.
    pub message: String,
}

impl Form {
    /// Reads `questionnaire.toml` and `translations/*.toml` of an edition's files.
    ///
    /// # Errors
    /// When one is missing or is not TOML of this shape; `barometre check` says more.
    pub fn read(files: &questionnaire::Files) -> Result<Self, FormError> {
        const NAME: &str = "questionnaire.toml";
        let error = |file: &str, message: String| FormError { file: file.to_owned(), message };
        let text = files.text(NAME).ok_or_else(|| error(NAME, "it is missing".to_owned()))?;
        let mut form: Self = toml::from_str(text).map_err(|found| error(NAME, found.to_string()))?;
        for (name, text) in files.iter() {
            let Some(language) =
                name.strip_prefix("translations/").and_then(|name| name.strip_suffix(".toml"))
            else {
                continue;
            };
            let catalogue = Catalogue::parse(text).map_err(|message| error(name, message))?;
            form.translations.insert(language.to_owned(), catalogue);
        }
        Ok(form)
    }

    /// The files `questionnaire.toml` and `translations/*.toml`, by path.
    #[must_use]
    pub fn to_files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::from([("questionnaire.toml".to_owned(), write::questionnaire(self))]);
        for (language, catalogue) in &self.translations {
            files.insert(format!("translations/{language}.toml"), catalogue.to_toml());
        }
        files
    }

    /// All questions, in the order of asking.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.sections.iter().flat_map(|section| &section.screens).flat_map(|screen| &screen.questions)
    }

    /// Every text by its key, in the first language: `title`, `dimension.STR`, `section.A`, `screen.equipe`,
    /// `question.org_nom.text` (`help`, `base_label`), `question.org_nom.options.oui`,
    /// `question.usg_outils.rows.visio`, `question.usg_outils.groups.gerer`, `check.salaries_budget`.
    #[must_use]
    pub fn texts(&self) -> Catalogue {
        let mut texts = Catalogue::default();
        texts.insert("title".to_owned(), self.title.clone());
        for dimension in &self.dimensions {
            texts.insert(format!("dimension.{}", dimension.code), dimension.label.clone());
        }
        for section in &self.sections {
            texts.insert(format!("section.{}", section.code), section.title.clone());
            for screen in &section.screens {
                if let Some(title) = &screen.title {
                    texts.insert(format!("screen.{}", screen.code), title.clone());
                }
            }
        }
        for question in self.questions() {
            let key = format!("question.{}", question.code);
            texts.insert(format!("{key}.text"), question.text.clone());
            for (name, text) in [("help", &question.help), ("base_label", &question.base_label)] {
                if let Some(text) = text {
                    texts.insert(format!("{key}.{name}"), text.clone());
                }
            }
            for option in &question.options {
                texts.insert(format!("{key}.options.{}", option.code), option.label.clone());
            }
            for row in &question.rows {
                texts.insert(format!("{key}.rows.{}", row.code), row.label.clone());
            }
            for group in &question.groups {
                texts.insert(format!("{key}.groups.{}", group.code), group.title.clone());
            }
        }
        for check in &self.checks {
            texts.insert(format!("check.{}", check.code), check.message.clone());
        }
        texts
    }
}
