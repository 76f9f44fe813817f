//! A draft in the hands of its respondent: answers, path, and how far along it is.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
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
    /// Until when it can be saved and sent, in the grace of a closed edition.
    pub(crate) grace: Option<DateTime<Utc>>,
    /// For a correction: the response as it was sent, and stays until this is sent in its place.
    pub(crate) sent: Option<Sent>,
    /// For a draft last saved under an earlier definition: the screens of the path that ask something that it was not
    /// asked yet, in order.
    unseen: Option<Vec<usize>>,
}

/// What a correction is a correction of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sent {
    /// As it was last sent.
    pub(crate) record: Box<Record>,
    /// How many times something was sent.
    pub(crate) times: i64,
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
    /// Puts a record's two sets of answers together. `earlier` is the definition that it was last saved under, when
    /// that is not this one.
    pub(crate) fn new(edition: &Edition, earlier: Option<&Edition>, record: Record) -> Self {
        let answers = record.whole();
        let (path, kept) = edition.route(&answers);
        let unseen = earlier.map(|earlier| unseen(edition, &path, &seen(earlier, &record, &answers)));
        Self { record, answers, kept, path, grace: None, sent: None, unseen }
    }

    /// The same with its path computed again, after the path was taken.
    pub(crate) fn routed_again(self, edition: &Edition) -> Self {
        let (path, kept) = edition.route(&self.answers);
        Self { kept, path, ..self }
    }

    /// The same in the grace of a closed edition, which ends then.
    pub(crate) fn until(self, grace: Option<DateTime<Utc>>) -> Self {
        Self { grace, ..self }
    }

    /// The same as the correction of a response.
    pub(crate) fn correcting(self, sent: Option<Sent>) -> Self {
        Self { sent, ..self }
    }

    /// The number that its sending will have among all of the response.
    pub(crate) fn sending(&self) -> i64 {
        1 + self.sent.as_ref().map_or(0, |sent| sent.times)
    }

    /// Index of the last screen passed.
    fn last_passed(&self, edition: &Edition) -> Option<usize> {
        self.record.last_screen.as_deref().and_then(|code| edition.questionnaire.screen_index(code))
    }

    /// The first screen of the path that is not passed, or whose answers are not right (any more); `None` when all
    /// that remains is to send.
    pub(crate) fn first_open(&self, edition: &Edition) -> Option<usize> {
        let beyond = self.not_passed(edition);
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

    /// The first screen of the path that is not passed, whatever is answered.
    pub(crate) fn not_passed(&self, edition: &Edition) -> Option<usize> {
        match &self.unseen {
            Some(unseen) => unseen.first().copied(),
            None => self.beyond_last(edition),
        }
    }

    /// The first screen of the path after the last one passed.
    fn beyond_last(&self, edition: &Edition) -> Option<usize> {
        let last = self.last_passed(edition);
        self.path.screens.iter().copied().find(|&screen| last.is_none_or(|last| screen > last))
    }

    /// What is wrong with the answers on the path.
    pub(crate) fn violations(&self, edition: &Edition) -> Vec<Violation> {
        edition.validate_routed(&self.answers, self.path.clone(), self.kept.clone()).err().unwrap_or_default()
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

    /// Whether a screen may be saved: it may be shown, or it was open under the definition that the draft was last
    /// saved under, in a page that may still be on somebody's screen. What is typed there is not lost.
    pub(crate) fn may_save(&self, edition: &Edition, screen: usize) -> bool {
        let was_open = self.unseen.is_some()
            && self.path.screens.contains(&screen)
            && self.beyond_last(edition).is_none_or(|open| screen <= open);
        was_open || self.may_show(edition, screen)
    }

    /// The code of the last screen passed, once this one is: the further of both. When an earlier definition leaves
    /// screens unseen, it is the one before the first of these, so that none is passed over.
    pub(crate) fn passed_with(&self, edition: &Edition, screen: usize) -> Option<String> {
        let further = match &self.unseen {
            None => Some(self.last_passed(edition).map_or(screen, |last| last.max(screen))),
            Some(unseen) => self.before_unseen(unseen.iter().copied().find(|&other| other != screen)),
        };
        further.map(|screen| edition.questionnaire.screens[screen].code.clone())
    }

    /// The code of the last screen passed when nothing more is.
    pub(crate) fn still_passed(&self, edition: &Edition) -> Option<String> {
        match &self.unseen {
            None => self.record.last_screen.clone(),
            Some(unseen) => self
                .before_unseen(unseen.first().copied())
                .map(|screen| edition.questionnaire.screens[screen].code.clone()),
        }
    }

    fn before_unseen(&self, unseen: Option<usize>) -> Option<usize> {
        match unseen {
            Some(unseen) => before(&self.path, unseen),
            None => self.path.screens.last().copied(),
        }
    }
}

/// The questions and rows, by code, that a draft was asked under this definition.
fn seen(edition: &Edition, record: &Record, answers: &Answers) -> BTreeSet<(String, Option<String>)> {
    let last = record.last_screen.as_deref().and_then(|code| edition.questionnaire.screen_index(code));
    let path = edition.path(answers);
    let passed = path.screens.iter().filter(|screen| last.is_some_and(|last| **screen <= last));
    passed.flat_map(|&screen| places(edition, screen, &path)).collect()
}

/// The screens of the path with a question or a row that is not among these.
fn unseen(edition: &Edition, path: &Path, seen: &BTreeSet<(String, Option<String>)>) -> Vec<usize> {
    let is_unseen = |screen: &usize| places(edition, *screen, path).iter().any(|place| !seen.contains(place));
    path.screens.iter().copied().filter(is_unseen).collect()
}

/// The questions and rows asked on a screen, by code.
fn places(edition: &Edition, screen: usize, path: &Path) -> Vec<(String, Option<String>)> {
    let mut places = Vec::new();
    for item in shown(edition, screen, path) {
        let question = &edition.questionnaire.questions[item.question];
        if item.rows.is_empty() {
            places.push((question.code.clone(), None));
        }
        for row in item.rows {
            places.push((question.code.clone(), Some(question.rows()[row].code.clone())));
        }
    }
    places
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
