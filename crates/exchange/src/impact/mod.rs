//! What a new version of a questionnaire would do to the answers already given under earlier ones.
//!
//! What flows in: the version that is asked, the one to ask next, and all drafts and responses. What flows out: one
//! [`Impact`] for each change, with how many drafts and responses it touches and whether it harms them.
//!
//! # What is harmless
//!
//! A change is harmless when no answer that was given is lost, refused or given another meaning, and no figure of a
//! response that was sent moves. Whether it is depends on the answers: to take away what nobody was asked loses nothing.
//!
//! | change | harmful when |
//! |---|---|
//! | any text, in any language | never: a change of meaning takes a new code, and only its author can tell |
//! | order of questions, screens, rows or options | never: drafts are shown what they have not seen |
//! | new question | it is required and somebody has started; it makes a score and somebody has sent (half of a score's items must be measured, so that one more item would unmake scores) |
//! | new row of a matrix | never: like a question, its base are those who are asked |
//! | new option | somebody has answered the question and could not choose it; a list of networks may grow, since a free entry stood beside it |
//! | question or row taken away | somebody was asked it |
//! | option taken away | somebody chose it |
//! | another type; another frozen code is a question taken away and a new one | somebody was asked it |
//! | condition | an answer that was given falls off the path |
//! | becomes required | somebody left it blank |
//! | limits, exclusive answers, offers limited by another answer | an answer that was given is not accepted any more |
//! | becomes personal, or is no longer | somebody answered: such answers are kept apart |
//! | points, score rule, dimension, checks that warn | never: they are computed anew, for everyone alike |

mod changes;
mod record;
mod texts;

use std::fmt;

use questionnaire::{Answers, Edition};

use crate::Form;

/// A version of a questionnaire: checked, and as its author wrote it.
#[derive(Debug, Clone, Copy)]
pub struct Version<'a> {
    /// Checked.
    pub edition: &'a Edition,
    /// Its texts.
    pub form: &'a Form,
}

/// A draft or a response.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The definition that it was last saved under.
    pub edition: &'a Edition,
    /// Whether it was sent.
    pub is_submitted: bool,
    /// All its answers, personal ones included.
    pub answers: &'a Answers,
    /// The last screen passed.
    pub last_screen: Option<&'a str>,
}

/// How many drafts and responses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Touched {
    /// Drafts.
    pub drafts: usize,
    /// Responses that were sent.
    pub responses: usize,
}

/// A change, and whom it touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impact {
    /// Where: `str_maturite`, `usg_outils.visio` for a row or an option, `section.A`, `questionnaire`.
    pub place: String,
    /// What changed.
    pub change: Change,
    /// Whom it touches, in the sense of the change.
    pub touched: Touched,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A text, in a language; touches who was asked.
    Text {
        /// Which text: `text`, `help`, `label`.
        what: String,
        /// Its language.
        language: String,
        /// Before; empty when there was none.
        from: String,
        /// After; empty when there is none any more.
        to: String,
    },
    /// A language was added or taken away.
    Language {
        /// Which.
        language: String,
        /// Whether it was added.
        is_added: bool,
    },
    /// A new question; touches who would have been asked it.
    QuestionAdded {
        /// Whether it must be answered.
        is_required: bool,
        /// Whether it is an item of a score.
        is_scored: bool,
    },
    /// A question is gone; touches who was asked it.
    QuestionRemoved,
    /// Another type; touches who was asked it.
    TypeChanged {
        /// Before.
        from: &'static str,
        /// After.
        to: &'static str,
    },
    /// A new option; touches who answered without it.
    OptionAdded {
        /// Whether the question has a list of networks, with a free entry beside it.
        is_network: bool,
    },
    /// An option is gone; touches who chose it.
    OptionRemoved,
    /// The options in another order; touches who was asked.
    OptionsReordered,
    /// A new row; touches who would have been asked it.
    RowAdded,
    /// A row is gone; touches who was asked it.
    RowRemoved,
    /// The rows in another order; touches who was asked.
    RowsReordered,
    /// Fewer are asked; touches those whose answer falls off the path.
    BaseNarrowed {
        /// Condition before.
        from: String,
        /// Condition after.
        to: String,
    },
    /// More are asked; touches who would have been asked as well.
    BaseWidened {
        /// Condition before.
        from: String,
        /// Condition after.
        to: String,
    },
    /// It must be answered now; touches who left it blank.
    Required,
    /// It need not be answered any more.
    Optional,
    /// Other limits; touches those whose answer is not accepted any more.
    Limits,
    /// Its answers are kept apart now, or not any more; touches who answered.
    Personal,
    /// Other points, another score rule or dimension; touches who answered.
    Scoring,
    /// The questions or the screens in another order; touches drafts.
    Reordered,
    /// Other consistency checks.
    Check,
    /// Nothing that a respondent sees.
    Nothing,
}

/// What each change from `asked` to `next` does to these drafts and responses: harmful ones first, each group in the
/// order of the questionnaire.
#[must_use]
pub fn impact(asked: Version<'_>, next: Version<'_>, given: &[Given<'_>]) -> Vec<Impact> {
    let records = record::Records::new(asked.edition, next.edition, given);
    let mut found = changes::changes(asked.edition, next.edition, &records);
    let checks = |version: Version<'_>| -> Vec<(String, String, Option<String>)> {
        let checks = version.form.checks.iter().cloned();
        checks.map(|check| (check.code, check.when, check.severity)).collect()
    };
    if checks(asked) != checks(next) {
        // A check that refuses has its say by the answers that it refuses.
        let change = Change::Check;
        found.push(Impact { place: "questionnaire".to_owned(), change, touched: Touched::default() });
    }
    found.extend(texts::changes(asked, next, &records));
    if found.is_empty() {
        found.push(Impact {
            place: "questionnaire".to_owned(),
            change: Change::Nothing,
            touched: Touched::default(),
        });
    }
    found.sort_by_key(|impact| !impact.is_harmful());
    found
}

impl Touched {
    /// Drafts and responses.
    #[must_use]
    pub fn total(self) -> usize {
        self.drafts + self.responses
    }
}

impl Impact {
    /// Whether it may not be published while these drafts and responses stand.
    #[must_use]
    pub fn is_harmful(&self) -> bool {
        self.harm().is_some()
    }

    /// Why it is harmful, if it is.
    #[must_use]
    pub fn harm(&self) -> Option<&'static str> {
        let Touched { drafts, responses } = self.touched;
        let (harms, reason) = match self.change {
            Change::QuestionRemoved | Change::RowRemoved => {
                (drafts + responses, "who was asked it would lose it")
            }
            Change::TypeChanged { .. } => (drafts + responses, "it was asked as another type"),
            Change::OptionRemoved => (drafts + responses, "it was chosen"),
            Change::OptionAdded { is_network: false } => {
                (drafts + responses, "who answered could not choose it: shares would mix two lists")
            }
            Change::QuestionAdded { is_required: true, .. } => {
                (drafts + responses, "it is required, and who has started was not asked it")
            }
            Change::QuestionAdded { is_scored: true, .. } => {
                (responses, "one more item would unmake scores of responses that were sent")
            }
            Change::BaseNarrowed { .. } => (drafts + responses, "given answers would fall off the path"),
            Change::Required => (drafts + responses, "it was left blank"),
            Change::Limits => (drafts + responses, "given answers would not be accepted any more"),
            Change::Personal => (drafts + responses, "given answers are kept in the other place"),
            Change::Text { .. }
            | Change::Language { .. }
            | Change::QuestionAdded { .. }
            | Change::OptionAdded { .. }
            | Change::OptionsReordered
            | Change::RowAdded
            | Change::RowsReordered
            | Change::BaseWidened { .. }
            | Change::Optional
            | Change::Scoring
            | Change::Reordered
            | Change::Check
            | Change::Nothing => (0, ""),
        };
        (harms > 0).then_some(reason)
    }

    /// Whether an answer that comes meanwhile could make it harmful, or bring another change that is: a condition that
    /// only asks more of those who answered so far may ask less of the next one.
    #[must_use]
    pub fn depends_on_answers(&self) -> bool {
        if matches!(self.change, Change::BaseWidened { .. } | Change::Check | Change::Nothing) {
            return true;
        }
        let everyone = Touched { drafts: 1, responses: 1 };
        Self { touched: everyone, ..self.clone() }.is_harmful()
    }
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { what, language, from, to } => {
                write!(formatter, "{what} ({language}): {} -> {}", quoted(from), quoted(to))
            }
            Self::Language { language, is_added: true } => write!(formatter, "language {language} added"),
            Self::Language { language, is_added: false } => write!(formatter, "language {language} removed"),
            Self::QuestionAdded { is_required, is_scored } => {
                let kind = if *is_required { "required" } else { "optional" };
                let scored = if *is_scored { ", scored" } else { "" };
                write!(formatter, "new question ({kind}{scored})")
            }
            Self::QuestionRemoved => formatter.write_str("question removed"),
            Self::TypeChanged { from, to } => write!(formatter, "type: {from} -> {to}"),
            Self::OptionAdded { .. } => formatter.write_str("new option"),
            Self::OptionRemoved => formatter.write_str("option removed"),
            Self::OptionsReordered => formatter.write_str("options reordered"),
            Self::RowAdded => formatter.write_str("new row"),
            Self::RowRemoved => formatter.write_str("row removed"),
            Self::RowsReordered => formatter.write_str("rows reordered"),
            Self::BaseNarrowed { from, to } => {
                write!(formatter, "asked of fewer: {} -> {}", quoted(from), quoted(to))
            }
            Self::BaseWidened { from, to } => {
                write!(formatter, "asked of others: {} -> {}", quoted(from), quoted(to))
            }
            Self::Required => formatter.write_str("becomes required"),
            Self::Optional => formatter.write_str("no longer required"),
            Self::Limits => formatter.write_str("other answers are accepted"),
            Self::Personal => formatter.write_str("personal or not"),
            Self::Scoring => formatter.write_str("points, score rule or dimension"),
            Self::Reordered => formatter.write_str("questions in another order, or on other screens"),
            Self::Check => formatter.write_str("consistency check"),
            Self::Nothing => formatter.write_str("nothing that a respondent sees"),
        }
    }
}

/// Most characters of a text that a change repeats.
const QUOTED: usize = 48;

fn quoted(text: &str) -> String {
    if text.is_empty() {
        return "none".to_owned();
    }
    let mut short: String = text.chars().take(QUOTED).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("“{short}”")
}
