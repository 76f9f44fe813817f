//! Answers as they are kept: canonical JSON, question code to value.

mod shape;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

/// The answer to one question. Its JSON form is the storage format and is not tagged:
/// a string, an array, a number or an object says by its shape which kind it is, and the
/// questionnaire says which one is right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// An integer.
    Integer(i64),
    /// A single choice (its code), a text, an e-mail or a commune (its COG code).
    Text(String),
    /// The codes ticked.
    Multiple(BTreeSet<String>),
    /// Identifier of an organisation.
    Identifier(Identifier),
    /// Networks.
    Networks(Networks),
    /// Row code to option code.
    Matrix(BTreeMap<String, String>),
}

/// An identifier: its kind, and its value for the kinds that have one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identifier {
    /// Code of the kind: `siret`, `rna`, `alsace_moselle`, `aucun`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The value without spaces, for `siret` and `rna`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// Networks ticked in the reference list, and one typed by hand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Networks {
    /// Codes of the reference list.
    pub codes: BTreeSet<String>,
    /// A network that the list lacks, as typed; it is moderated before it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
}

/// The answers of one organisation: question code to answer. A question left blank is absent.
///
/// Copies of a set share it until one of them is changed, and then its codes and answers: between being read and being
/// kept, a response is what was given, what is on its path, and what is personal of it. These are mostly the same, or
/// differ by a few answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers(Arc<BTreeMap<Arc<str>, Arc<Answer>>>);

/// Answers as a program gives them: like [`Answers`], and a question whose answer is null is left blank.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given(pub Answers);

impl Serialize for Answers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl Answers {
    /// No answer at all.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The answer to the question with this code.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&Answer> {
        self.0.get(code).map(Arc::as_ref)
    }

    /// Sets an answer, or removes it when it is `None` (the question was left blank).
    pub fn set(&mut self, code: &str, answer: Option<Answer>) {
        match answer {
            Some(answer) => {
                Arc::make_mut(&mut self.0).insert(code.into(), Arc::new(answer));
            }
            None => self.remove(code),
        }
    }

    /// Leaves a question blank.
    pub(crate) fn remove(&mut self, code: &str) {
        if self.0.contains_key(code) {
            Arc::make_mut(&mut self.0).remove(code);
        }
    }

    /// Leaves blank all questions but these.
    pub(crate) fn retain(&mut self, is_kept: impl Fn(&str) -> bool) {
        if !self.0.keys().all(|code| is_kept(code)) {
            Arc::make_mut(&mut self.0).retain(|code, _| is_kept(code));
        }
    }

    /// Sets an answer that another set has, without copying it.
    pub(crate) fn share(&mut self, code: &Arc<str>, answer: &Arc<Answer>) {
        Arc::make_mut(&mut self.0).insert(Arc::clone(code), Arc::clone(answer));
    }

    /// An answer to share, with its code.
    pub(crate) fn shared(&self, code: &str) -> Option<(&Arc<str>, &Arc<Answer>)> {
        self.0.get_key_value(code)
    }

    /// All answers to share, in the order of their codes.
    pub(crate) fn all_shared(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<Answer>)> {
        self.0.iter()
    }

    /// Sets the answers of another set over these.
    pub fn put(&mut self, over: &Self) {
        for (code, answer) in over.all_shared() {
            self.share(code, answer);
        }
    }

    /// Builder form of [`Answers::set`].
    #[must_use]
    pub fn with(mut self, code: &str, answer: Answer) -> Self {
        self.set(code, Some(answer));
        self
    }

    /// All answers, in the order of their codes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Answer)> {
        self.0.iter().map(|(code, answer)| (code.as_ref(), answer.as_ref()))
    }

    /// The number of questions answered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is answered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The canonical JSON text: keys in order, no space.
    ///
    /// # Panics
    /// Never: string keys and plain values always serialise.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("string keys and plain values always serialise")
    }

    /// Reads what [`Answers::to_json`] wrote.
    ///
    /// # Errors
    /// The JSON reader's message when the text is not an object of answers.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

impl Answer {
    /// A single choice, text, e-mail or commune.
    #[must_use]
    pub fn text(value: &str) -> Self {
        Self::Text(value.to_owned())
    }

    /// A multiple choice.
    #[must_use]
    pub fn multiple<'a>(codes: impl IntoIterator<Item = &'a str>) -> Self {
        Self::Multiple(codes.into_iter().map(str::to_owned).collect())
    }

    /// The answers to a matrix.
    #[must_use]
    pub fn matrix<'a>(rows: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self::Matrix(rows.into_iter().map(|(row, code)| (row.to_owned(), code.to_owned())).collect())
    }
}
