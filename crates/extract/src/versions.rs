//! The definitions that an edition was collected under.

use std::collections::{BTreeMap, BTreeSet};

use questionnaire::{Edition, Path, QuestionIndex};
use serde::{Deserialize, Serialize};

use crate::error::ExtractError;
use crate::layout::screen_of;
use crate::record::{ExtractRecord, RecordState};

/// A definition as the extract keeps it, to be read again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptDefinition {
    /// Version (hash) that records name.
    pub version: String,
    /// Its files: path to text. Nomenclatures are not among them.
    pub files: BTreeMap<String, String>,
}

/// The definitions that an edition was collected under. Each record is read, and its path computed, by the definition
/// of its own version; the newest one gives the columns and the codebook.
#[derive(Debug, Clone)]
pub struct Definitions<'a> {
    newest: &'a Edition,
    files: BTreeMap<String, String>,
    earlier: BTreeMap<&'a str, (&'a Edition, BTreeMap<String, String>)>,
}

impl<'a> Definitions<'a> {
    /// One definition, which was never changed, and its files to keep.
    #[must_use]
    pub fn one(edition: &'a Edition, files: BTreeMap<String, String>) -> Self {
        Self { newest: edition, files, earlier: BTreeMap::new() }
    }

    /// Adds a definition that was asked before.
    #[must_use]
    pub fn with_earlier(mut self, edition: &'a Edition, files: BTreeMap<String, String>) -> Self {
        let version = edition.questionnaire.version.as_str();
        if version != self.newest.questionnaire.version {
            self.earlier.insert(version, (edition, files));
        }
        self
    }

    /// The definition that gives the columns.
    #[must_use]
    pub fn newest(&self) -> &'a Edition {
        self.newest
    }

    /// The definition of this version.
    #[must_use]
    pub fn of(&self, version: &str) -> Option<&'a Edition> {
        if version == self.newest.questionnaire.version {
            return Some(self.newest);
        }
        self.earlier.get(version).map(|(edition, _)| *edition)
    }

    /// Those that records were given under, and the newest, as the extract keeps them, by version.
    pub(crate) fn kept(&self, used: &BTreeSet<&str>) -> Vec<KeptDefinition> {
        let newest = (self.newest.questionnaire.version.as_str(), &self.files);
        let earlier = self.earlier.iter().map(|(version, (_, files))| (*version, files));
        let mut kept: Vec<KeptDefinition> = earlier
            .filter(|(version, _)| used.contains(version))
            .chain([newest])
            .map(|(version, files)| KeptDefinition { version: version.to_owned(), files: files.clone() })
            .collect();
        kept.sort_by(|a, b| a.version.cmp(&b.version));
        kept
    }
}

/// A question, or one row of a matrix, of the newest definition.
pub(crate) type Place = (QuestionIndex, Option<usize>);

/// What a record was asked, and how far it went.
pub(crate) struct Asked {
    /// Places of the newest definition, sorted.
    places: Vec<Place>,
    /// Names, in the order of asking, `;` between them: also of what the newest definition does not have.
    pub path: String,
    /// The last screen of the newest definition that was passed, or skipped; -1 before the first.
    pub reached: i32,
}

impl Asked {
    /// Whether a place of the newest definition was asked.
    pub(crate) fn asks(&self, place: Place) -> bool {
        self.places.binary_search(&place).is_ok()
    }
}

/// A question, or one row of a matrix, of a version.
struct Asks {
    screen: i32,
    name: String,
    /// The place of the newest definition.
    same: Option<Place>,
}

/// The definition of a version, beside the newest: which of its places and screens are which of the newest.
pub(crate) struct Reader<'a> {
    /// The definition of the version.
    pub edition: &'a Edition,
    newest: &'a Edition,
    /// Each question, then its rows.
    places: Vec<Vec<Asks>>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(newest: &'a Edition, edition: &'a Edition) -> Self {
        let mut places = Vec::new();
        for (index, question) in edition.questionnaire.questions.iter().enumerate() {
            let same = newest.questionnaire.question_index(&question.code);
            let screen = |row| order(screen_of(edition, index, row));
            let whole = Asks {
                screen: screen(None),
                name: question.code.clone(),
                same: same.map(|same| (same, None)),
            };
            let rows = question.rows().iter().enumerate().map(|(row, definition)| Asks {
                screen: screen(Some(row)),
                name: format!("{}.{}", question.code, definition.code),
                same: same.and_then(|same| {
                    let rows = newest.questionnaire.questions[same].rows();
                    let row = rows.iter().position(|other| other.code == definition.code)?;
                    Some((same, Some(row)))
                }),
            });
            places.push(std::iter::once(whole).chain(rows).collect());
        }
        Self { edition, newest, places }
    }

    /// What the record was asked.
    pub(crate) fn asked(&self, record: &ExtractRecord) -> Result<Asked, ExtractError> {
        let path = self.edition.path(&record.answers);
        let reached = reached(self.edition, record, &path)?;
        let mut asked = Asked { places: Vec::new(), path: String::new(), reached: self.in_newest(reached) };
        for (question, rows) in &path.questions {
            let of_question = &self.places[*question];
            let rows = rows.iter().map(|row| &of_question[row + 1]);
            for place in std::iter::once(&of_question[0]).chain(rows) {
                if place.screen <= reached {
                    if !asked.path.is_empty() {
                        asked.path.push(';');
                    }
                    asked.path.push_str(&place.name);
                    asked.places.extend(place.same);
                }
            }
        }
        asked.places.sort_unstable();
        Ok(asked)
    }

    /// The last screen of the newest definition before the first one that is known to be not reached. Screens that the
    /// version did not have are passed with the one before them.
    fn in_newest(&self, reached: i32) -> i32 {
        let is_ahead = |code: &str| {
            self.edition.questionnaire.screen_index(code).is_some_and(|screen| order(screen) > reached)
        };
        let screens = &self.newest.questionnaire.screens;
        order(screens.iter().position(|screen| is_ahead(&screen.code)).unwrap_or(screens.len())) - 1
    }
}

/// The last screen passed or skipped: a screen that the routing hides is passed with the one before it.
fn reached(edition: &Edition, record: &ExtractRecord, path: &Path) -> Result<i32, ExtractError> {
    let screens = &edition.questionnaire.screens;
    let last_passed = match (record.state, &record.last_screen) {
        (RecordState::Submitted, _) => return Ok(order(screens.len()) - 1),
        (RecordState::Partial, None) => None,
        (RecordState::Partial, Some(code)) => {
            Some(edition.questionnaire.screen_index(code).ok_or_else(|| ExtractError::UnknownScreen {
                screen: code.clone(),
                version: record.version.clone(),
            })?)
        }
    };
    let next = path.screens.iter().copied().find(|screen| last_passed.is_none_or(|last| *screen > last));
    Ok(order(next.unwrap_or(screens.len())) - 1)
}

fn order(value: usize) -> i32 {
    i32::try_from(value).expect("a questionnaire has fewer than two thousand million screens")
}
