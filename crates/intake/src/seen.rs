//! What a page showed when it was opened: by it a save knows what another device or tab answered meanwhile.
//!
//! It travels in the form (field `etat`) as three letters a question, a digest of 18 bits of its answer: enough to see
//! that an answer changed, too little to hold one, and light on a slow network.

use questionnaire::{Answer, Answers, Edition, QuestionIndex};
use sha2::{Digest as _, Sha256};

/// Letters for one question.
const LETTERS: usize = 3;

/// What stands for a question left blank.
const BLANK: &str = "...";

/// Letters of the questionnaire's version that stand before: under another one, nothing can be compared.
const VERSION: usize = 6;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The answers that a page showed, each as its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen(Vec<String>);

/// What to write into a page that shows these answers.
pub(crate) fn written(edition: &Edition, answers: &Answers) -> String {
    let questions = &edition.questionnaire.questions;
    let digests = questions.iter().map(|question| digest(&question.code, answers.get(&question.code)));
    std::iter::once(beginning(edition).to_owned()).chain(digests).collect()
}

impl Seen {
    /// Reads [`written`]; `None` for anything else, and for a page of another version of the questionnaire.
    pub(crate) fn read(edition: &Edition, text: &str) -> Option<Self> {
        let digests = text.strip_prefix(beginning(edition))?;
        let is_whole = digests.is_ascii() && digests.len() == LETTERS * edition.questionnaire.questions.len();
        is_whole.then(|| {
            let letters = |chunk: &[u8]| String::from_utf8_lossy(chunk).into_owned();
            Self(digests.as_bytes().chunks(LETTERS).map(letters).collect())
        })
    }

    /// Whether the page showed this question without an answer.
    pub(crate) fn was_blank(&self, question: QuestionIndex) -> bool {
        self.0.get(question).is_some_and(|digest| digest == BLANK)
    }

    /// The questions that have another answer than the page showed, in order.
    pub(crate) fn changed(&self, edition: &Edition, answers: &Answers) -> Vec<QuestionIndex> {
        let questions = edition.questionnaire.questions.iter().enumerate();
        questions
            .filter(|(index, question)| {
                self.0
                    .get(*index)
                    .is_some_and(|seen| *seen != digest(&question.code, answers.get(&question.code)))
            })
            .map(|(index, _)| index)
            .collect()
    }
}

fn beginning(edition: &Edition) -> &str {
    let version = edition.questionnaire.version.as_str();
    version.get(..VERSION).unwrap_or(version)
}

fn digest(code: &str, answer: Option<&Answer>) -> String {
    let Some(answer) = answer else { return BLANK.to_owned() };
    let digest = Sha256::digest(Answers::new().with(code, answer.clone()).to_json());
    let bits = u32::from_be_bytes([0, digest[0], digest[1], digest[2]]);
    (0..LETTERS).map(|letter| char::from(ALPHABET[(bits >> (6 * letter)) as usize & 63])).collect()
}
