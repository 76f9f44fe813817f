//! What each draft and response was asked, and what the next version would make of it.

use std::collections::BTreeSet;

use questionnaire::{Answer, Answers, Edition, Path, ViolationCode};

use super::{Given, Touched};

/// A question, or a row as `question.row`.
type Name = String;

/// All drafts and responses, read once.
pub(super) struct Records(Vec<Seen>);

/// A draft or a response, as the changes look at it.
pub(super) struct Seen {
    pub is_submitted: bool,
    /// What it was asked, as far as it went, under its own version.
    pub asked: BTreeSet<Name>,
    /// What it answered on its own path.
    pub kept: Answers,
    /// What the version asked now, and the next one, ask of it.
    pub now: BTreeSet<Name>,
    pub next: BTreeSet<Name>,
    /// The questions that the next version asks and of whose answer it drops something that is not on offer any more.
    pub dropped: BTreeSet<Name>,
    /// What the next version refuses of what it was asked, and the version asked now does not.
    pub refused: BTreeSet<(Name, ViolationCode)>,
}

impl Records {
    pub(super) fn new(asked: &Edition, next: &Edition, given: &[Given<'_>]) -> Self {
        Self(given.iter().map(|given| Seen::new(asked, next, given)).collect())
    }

    /// How many of them.
    pub(super) fn count(&self, is_touched: impl Fn(&Seen) -> bool) -> Touched {
        let mut touched = Touched::default();
        for seen in self.0.iter().filter(|seen| is_touched(seen)) {
            if seen.is_submitted {
                touched.responses += 1;
            } else {
                touched.drafts += 1;
            }
        }
        touched
    }
}

impl Seen {
    fn new(asked: &Edition, next: &Edition, given: &Given<'_>) -> Self {
        let (path, kept) = given.edition.route(given.answers);
        let mut seen = names(given.edition, &path, |_| true);
        if !given.is_submitted {
            let last = given.last_screen.and_then(|code| given.edition.questionnaire.screen_index(code));
            let passed = names(given.edition, &path, |screen| last.is_some_and(|last| screen <= last));
            // A screen may be answered in part and not passed.
            seen.retain(|name| passed.contains(name) || answers(&kept, name));
        }
        let refused_by = |edition: &Edition| -> BTreeSet<(Name, ViolationCode)> {
            let violations = edition.validate(given.answers).err().unwrap_or_default();
            let name = |question: usize| edition.questionnaire.questions[question].code.clone();
            violations.into_iter().map(|found| (name(found.question), found.code)).collect()
        };
        let before = refused_by(asked);
        let refused = refused_by(next)
            .into_iter()
            .filter(|found| seen.contains(&found.0) && !before.contains(found))
            .collect();
        let (next_path, next_kept) = next.route(given.answers);
        let next_names = names(next, &next_path, |_| true);
        let (now_path, now_kept) = asked.route(given.answers);
        let is_dropped = |(code, answer): &(&str, &Answer)| {
            let was_kept = now_kept.get(code) == Some(*answer);
            was_kept && next_names.contains(*code) && drops(code, answer, next_kept.get(code), &next_names)
        };
        Self {
            is_submitted: given.is_submitted,
            dropped: kept.iter().filter(is_dropped).map(|(code, _)| code.to_owned()).collect(),
            now: names(asked, &now_path, |_| true),
            next: next_names,
            asked: seen,
            kept,
            refused,
        }
    }

    pub(super) fn was_asked(&self, name: &str) -> bool {
        self.asked.contains(name)
    }

    pub(super) fn answered(&self, name: &str) -> bool {
        answers(&self.kept, name)
    }

    /// Whether this option was chosen, in a row or not.
    pub(super) fn chose(&self, question: &str, option: &str) -> bool {
        match self.kept.get(question) {
            Some(Answer::Text(code)) => code == option,
            Some(Answer::Multiple(codes)) => codes.contains(option),
            Some(Answer::Networks(networks)) => networks.codes.contains(option),
            Some(Answer::Identifier(identifier)) => identifier.kind == option,
            Some(Answer::Matrix(rows)) => rows.values().any(|code| code == option),
            Some(Answer::Integer(_)) | None => false,
        }
    }

    /// Whether an answer to it would fall off the path.
    pub(super) fn loses(&self, name: &str) -> bool {
        self.answered(name) && self.now.contains(name) && !self.next.contains(name)
    }

    /// Whether it would be asked as well.
    pub(super) fn gains(&self, name: &str) -> bool {
        self.next.contains(name) && !self.now.contains(name)
    }

    /// Whether the next version asks it and drops something of the answer.
    pub(super) fn drops(&self, question: &str) -> bool {
        self.dropped.contains(question)
    }

    /// Whether the next version refuses what was answered, or that nothing was.
    pub(super) fn is_refused(&self, question: &str, is_blank: bool) -> bool {
        self.refused
            .iter()
            .any(|(name, code)| name == question && (*code == ViolationCode::Required) == is_blank)
    }
}

/// Whether something of an answer is gone, beside rows that are not asked any more.
fn drops(code: &str, given: &Answer, kept: Option<&Answer>, asked: &BTreeSet<Name>) -> bool {
    let Answer::Matrix(rows) = given else { return kept != Some(given) };
    rows.iter()
        .filter(|(row, _)| asked.contains(&format!("{code}.{row}")))
        .any(|(row, option)| !matches!(kept, Some(Answer::Matrix(kept)) if kept.get(row) == Some(option)))
}

fn answers(kept: &Answers, name: &str) -> bool {
    match name.split_once('.') {
        None => kept.get(name).is_some(),
        Some((question, row)) => {
            matches!(kept.get(question), Some(Answer::Matrix(rows)) if rows.contains_key(row))
        }
    }
}

/// The questions and rows of a path that are on these screens.
fn names(edition: &Edition, path: &Path, is_wanted: impl Fn(usize) -> bool) -> BTreeSet<Name> {
    let questionnaire = &edition.questionnaire;
    let mut names = BTreeSet::new();
    let screens = questionnaire.screens.iter().enumerate().filter(|(screen, _)| is_wanted(*screen));
    for (_, definition) in screens {
        for item in &definition.items {
            let Some(asked) = path.questions.get(&item.question) else { continue };
            let question = &questionnaire.questions[item.question];
            let here = asked.iter().filter(|row| item.rows.as_ref().is_none_or(|rows| rows.contains(row)));
            let rows: Vec<Name> =
                here.map(|row| format!("{}.{}", question.code, question.rows()[*row].code)).collect();
            if rows.is_empty() && !question.rows().is_empty() {
                continue;
            }
            names.insert(question.code.clone());
            names.extend(rows);
        }
    }
    names
}
