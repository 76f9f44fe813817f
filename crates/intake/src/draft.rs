//! A draft in the hands of its respondent: answers, path, and how far along it is.

use questionnaire::{Answers, Edition, Path, QuestionIndex, Violation};
use store::Record;

/// A record read from the store, with what its answers imply.
pub(crate) struct Draft {
    /// As kept.
    pub(crate) record: Record,
    /// Answers and personal answers together.
    pub(crate) answers: Answers,
    /// Those of them that count.
    pub(crate) kept: Answers,
    /// What these answers lead to.
    pub(crate) path: Path,
}

/// A question, or some rows of a matrix, that this respondent is asked on a screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    /// The question.
    pub(crate) question: QuestionIndex,
    /// The rows asked here; empty for other kinds.
    pub(crate) rows: Vec<usize>,
}

impl Draft {
    /// Puts a record's two sets of answers together.
    pub(crate) fn new(edition: &Edition, record: Record) -> Self {
        let mut answers = record.answers.clone();
        for (code, answer) in record.contacts.iter() {
            answers.set(code, Some(answer.clone()));
        }
        let (path, kept) = edition.route(&answers);
        Self { record, answers, kept, path }
    }

    /// Index of the last screen passed.
    fn last_passed(&self, edition: &Edition) -> Option<usize> {
        self.record.last_screen.as_deref().and_then(|code| edition.questionnaire.screen_index(code))
    }

    /// The first screen of the path that is not passed, or whose answers are not right (any more); `None` when all
    /// that remains is to send.
    pub(crate) fn first_open(&self, edition: &Edition) -> Option<usize> {
        let last = self.last_passed(edition);
        let beyond = self.path.screens.iter().copied().find(|&screen| last.is_none_or(|last| screen > last));
        let wrong = self
            .violations(edition)
            .iter()
            .map(|violation| edition.screen_of(violation, &self.path))
            .filter(|screen| self.path.screens.contains(screen))
            .min();
        match (beyond, wrong) {
            (Some(beyond), Some(wrong)) => Some(beyond.min(wrong)),
            (beyond, wrong) => beyond.or(wrong),
        }
    }

    /// What is wrong with the answers on the path.
    pub(crate) fn violations(&self, edition: &Edition) -> Vec<Violation> {
        edition.validate(&self.answers).err().unwrap_or_default()
    }

    /// What is wrong on a screen that was passed: an answer given since to an earlier question may have made it so.
    pub(crate) fn violations_on(&self, edition: &Edition, screen: usize) -> Vec<Violation> {
        if self.last_passed(edition).is_none_or(|last| screen > last) {
            return Vec::new();
        }
        let mut violations = self.violations(edition);
        violations.retain(|violation| edition.screen_of(violation, &self.path) == screen);
        violations
    }

    /// Whether a screen may be shown: it is on the path, and everything before it was passed.
    pub(crate) fn may_show(&self, edition: &Edition, screen: usize) -> bool {
        self.path.screens.contains(&screen) && self.first_open(edition).is_none_or(|open| screen <= open)
    }

    /// The code of the further of this screen and the last one passed.
    pub(crate) fn passed_with(&self, edition: &Edition, screen: usize) -> String {
        let further = self.last_passed(edition).map_or(screen, |last| last.max(screen));
        edition.questionnaire.screens[further].code.clone()
    }
}

/// What is asked on a screen, given the path.
pub(crate) fn shown(edition: &Edition, screen: usize, path: &Path) -> Vec<Shown> {
    let mut shown = Vec::new();
    for item in &edition.questionnaire.screens[screen].items {
        let Some(asked) = path.questions.get(&item.question) else { continue };
        let rows: Vec<usize> = match &item.rows {
            Some(rows) => rows.iter().copied().filter(|row| asked.contains(row)).collect(),
            None => asked.clone(),
        };
        if rows.is_empty() && !edition.questionnaire.questions[item.question].rows().is_empty() {
            continue;
        }
        shown.push(Shown { question: item.question, rows });
    }
    shown
}

/// The screen before this one on the path.
pub(crate) fn before(path: &Path, screen: usize) -> Option<usize> {
    path.screens.iter().copied().rfind(|&other| other < screen)
}

/// The screen after this one on the path.
pub(crate) fn after(path: &Path, screen: usize) -> Option<usize> {
    path.screens.iter().copied().find(|&other| other > screen)
}
