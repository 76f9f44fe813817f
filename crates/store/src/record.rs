//! What is kept.

use chrono::{DateTime, Timelike, Utc};
use questionnaire::Answers;

/// SHA-256 of a personal link's token: 64 hexadecimal digits in lower case. The token itself is never kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TokenHash(pub String);

/// An edition of which responses are collected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditionRecord {
    /// Code, for instance `2026`.
    pub edition: String,
    /// Whether it takes answers.
    pub state: EditionState,
    /// Whether its responses are simulated.
    pub is_simulated: bool,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// Until when it takes the drafts that were started before it was closed.
    pub grace_until: Option<DateTime<Utc>>,
    /// The version of the definition that is asked now; `None` until one is published.
    pub version: Option<String>,
}

/// Whether an edition takes answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditionState {
    /// It does.
    Open,
    /// It does not any more.
    Closed,
}

impl EditionRecord {
    /// Whether drafts that were started before can still be saved and sent: the edition is open, or in its grace.
    #[must_use]
    pub fn takes_drafts(&self, at: DateTime<Utc>) -> bool {
        self.state == EditionState::Open || self.grace_at(at).is_some()
    }

    /// The end of the grace, when the edition is in it.
    #[must_use]
    pub fn grace_at(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.grace_until.filter(|&until| self.state == EditionState::Closed && whole_seconds(at) <= until)
    }
}

/// A draft to start.
#[derive(Debug, Clone)]
pub struct NewDraft {
    /// The edition.
    pub edition: String,
    /// Hash of the token of its personal link.
    pub token: TokenHash,
    /// Version (hash) of the questionnaire.
    pub version: String,
    /// Now.
    pub at: DateTime<Utc>,
}

/// A draft or a response as kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The edition.
    pub edition: String,
    /// Hash of the token.
    pub token: TokenHash,
    /// State.
    pub state: RecordState,
    /// Version (hash) of the questionnaire under which it was last saved.
    pub version: String,
    /// Answers that do not identify anyone.
    pub answers: Answers,
    /// Answers kept apart: name, e-mail, free text (`Question::is_personal`).
    pub contacts: Answers,
    /// Code of the last screen passed, in the order of asking; `None` before the first.
    pub last_screen: Option<String>,
    /// Raised by one at each save, and by the submission.
    pub revision: i64,
    /// The receipt, once submitted.
    pub receipt: Option<String>,
    /// When it was started.
    pub started_at: DateTime<Utc>,
    /// When it was last saved.
    pub updated_at: DateTime<Utc>,
    /// When it was submitted.
    pub submitted_at: Option<DateTime<Utc>>,
}

impl Record {
    /// All answers, those kept apart included: what routing and a second look at a response read.
    #[must_use]
    pub fn whole(&self) -> Answers {
        let mut answers = self.answers.clone();
        answers.put(&self.contacts);
        answers
    }
}

/// State of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordState {
    /// Being filled in.
    Draft,
    /// Sent.
    Submitted,
    /// Consent was refused; holds no answer.
    Refused,
    /// Withdrawn; holds no answer.
    Withdrawn,
}

/// New answers for a draft.
#[derive(Debug, Clone)]
pub struct Save {
    /// Which draft.
    pub token: TokenHash,
    /// The revision that was read before.
    pub expected_revision: i64,
    /// Version (hash) of the questionnaire.
    pub version: String,
    /// All answers, in place of those kept.
    pub answers: Answers,
    /// All personal answers, in place of those kept.
    pub contacts: Answers,
    /// The last screen passed.
    pub last_screen: Option<String>,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Final answers of a draft.
#[derive(Debug, Clone)]
pub struct Submission {
    /// Which draft.
    pub token: TokenHash,
    /// The revision that was read before.
    pub expected_revision: i64,
    /// Version (hash) of the questionnaire.
    pub version: String,
    /// Answers, with nothing off the path.
    pub answers: Answers,
    /// Personal answers, with nothing off the path.
    pub contacts: Answers,
    /// The receipt to give when this is the first time: a UUID, see [`receipt_from`].
    pub receipt: String,
    /// Now.
    pub at: DateTime<Utc>,
}

/// A draft to send as it is: its final answers are those that its revision holds.
#[derive(Debug, Clone)]
pub struct Sending {
    /// Which draft.
    pub token: TokenHash,
    /// The revision that was read before.
    pub expected_revision: i64,
    /// Version (hash) of the questionnaire.
    pub version: String,
    /// The receipt to give when this is the first time: a UUID, see [`receipt_from`].
    pub receipt: String,
    /// Now.
    pub at: DateTime<Utc>,
}

/// A response that comes whole: its draft is started and submitted in one change.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The edition.
    pub edition: String,
    /// Hash of the token of its personal link.
    pub token: TokenHash,
    /// Version (hash) of the questionnaire.
    pub version: String,
    /// Answers, with nothing off the path.
    pub answers: Answers,
    /// Personal answers, with nothing off the path.
    pub contacts: Answers,
    /// Code of the last screen of the path, from which a correction goes on.
    pub last_screen: Option<String>,
    /// The receipt to give when this is the first time: a UUID, see [`receipt_from`].
    pub receipt: String,
    /// Now.
    pub at: DateTime<Utc>,
}

/// What a withdrawal did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withdrawn {
    /// Answers were erased.
    Erased,
    /// There was nothing left to erase.
    Already,
}

/// How many records there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Drafts being filled in.
    pub drafts: u64,
    /// Submitted responses.
    pub submitted: u64,
    /// Of these, the ones sent after the closing, in the grace of drafts started before.
    pub in_grace: u64,
    /// Refusals of consent.
    pub refused: u64,
    /// Withdrawn drafts and responses.
    pub withdrawn: u64,
}

/// The receipt made of 16 random bytes: a UUID of version 4, in lower case with hyphens.
///
/// ```
/// assert_eq!(store::receipt_from([0xff; 16]), "ffffffff-ffff-4fff-bfff-ffffffffffff");
/// ```
#[must_use]
pub fn receipt_from(random: [u8; 16]) -> String {
    let mut bytes = random;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = format!("{:032x}", u128::from_be_bytes(bytes));
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

/// The instant as it is kept: without fraction of a second, which nobody needs and which would help to link people.
#[must_use]
pub fn whole_seconds(at: DateTime<Utc>) -> DateTime<Utc> {
    at.with_nanosecond(0).unwrap_or(at)
}

impl EditionState {
    /// The code kept in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }

    /// Reads [`EditionState::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Open, Self::Closed].into_iter().find(|state| state.code() == code)
    }
}

impl RecordState {
    /// The code kept in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads [`RecordState::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Draft, Self::Submitted, Self::Refused, Self::Withdrawn]
            .into_iter()
            .find(|state| state.code() == code)
    }
}
