//! The path, and the one rule about hidden answers: what is off the path never counts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::answers::{Answer, Answers, Networks};
use crate::edition::Edition;
use crate::expr::{Facts, Reader, Subject, Value, read_by, read_by_rule};
use crate::model::{Choice, Kind, Question, QuestionIndex};
use crate::response::Path;

impl Edition {
    /// What is asked, given these answers (which may be partial), and those of them that are on the path.
    ///
    /// A condition further down reads only answers that are themselves on the path: a hidden answer never counts. An
    /// answer that is not offered, given the answers to earlier questions, is hidden too; a matrix of which no row is
    /// shown and a question of which no answer is offered are not asked.
    #[must_use]
    pub fn route(&self, answers: &Answers) -> (Path, Answers) {
        let questions = &self.questionnaire.questions;
        let mut path = Path::default();
        // What is given, less what turns out to be hidden, most often nothing: conditions read earlier screens only, so
        // that they never see an answer on which nothing was decided yet.
        let mut kept = answers.clone();
        let mut on_path = 0;
        let mut memo: Vec<Option<Value>> = vec![None; self.derived.len()];
        let mut to_come = self.routing.iter().copied().peekable();
        for (index, question) in questions.iter().enumerate() {
            if path.ended_by.is_some_and(|ended| questions[ended].screen < question.screen) {
                break;
            }
            // A condition reads earlier screens only: what derives from these alone has its final value by now.
            let is_known = |derived: &usize| {
                self.derived[*derived]
                    .last_question
                    .is_none_or(|last| questions[last].screen < question.screen)
            };
            while let Some(derived) = to_come.next_if(is_known) {
                let value = Reader::of(self, &kept, &path, &memo).derived(derived);
                memo[derived] = Some(value);
            }
            let reader = Reader::of(self, &kept, &path, &memo);
            let Some(asked) = self.ask(question, &reader) else {
                kept.remove(&question.code);
                continue;
            };
            if let Some((code, given)) = answers.shared(&question.code) {
                let answer = keep_rows(question, given, &asked.rows);
                let answer = match &asked.offered {
                    None => answer,
                    Some(offered) => answer.and_then(|answer| keep_offered(question, answer, offered)),
                };
                if let Some(Answer::Text(code)) = answer.as_deref()
                    && question.option(code).is_some_and(|option| option.is_ending)
                {
                    path.ended_by = Some(index);
                }
                on_path += usize::from(answer.is_some());
                match answer {
                    None => kept.remove(&question.code),
                    Some(answer) if Arc::ptr_eq(&answer, given) => {}
                    Some(answer) => kept.share(code, &answer),
                }
            }
            path.questions.insert(index, asked.rows);
            if let Some(offered) = asked.offered {
                path.offered.insert(index, offered);
            }
        }
        // After the end of a questionnaire that was cut short, and what no question has as its code.
        if kept.len() > on_path {
            let is_asked = |code: &str| {
                self.questionnaire.question_index(code).is_some_and(|question| path.asks(question))
            };
            kept.retain(is_asked);
        }
        path.screens = (0..self.questionnaire.screens.len())
            .filter(|screen| {
                self.questionnaire.screens[*screen].items.iter().any(|item| match &item.rows {
                    None => path.asks(item.question),
                    Some(rows) => rows.iter().any(|row| path.asks_row(item.question, *row)),
                })
            })
            .collect();
        (path, kept)
    }

    /// What is asked of a question, given the answers to earlier screens; `None` when it is not.
    fn ask(&self, question: &Question, reader: &Reader<'_>) -> Option<Asked> {
        if question.show_if.as_ref().is_some_and(|condition| !reader.holds(condition)) {
            return None;
        }
        let is_shown = |row: &usize| {
            question.rows()[*row].show_if.as_ref().is_none_or(|condition| reader.holds(condition))
        };
        let rows: Vec<usize> = (0..question.rows().len()).filter(is_shown).collect();
        if !question.rows().is_empty() && rows.is_empty() {
            return None;
        }
        let offered = question.has_limited_options().then(|| self.offered(question, reader));
        if offered.as_ref().is_some_and(BTreeSet::is_empty) {
            return None;
        }
        Some(Asked { rows, offered })
    }

    /// What is asked, given these answers.
    #[must_use]
    pub fn path(&self, answers: &Answers) -> Path {
        self.route(answers).0
    }

    /// Whether an option of a question is offered, given the answers to earlier questions. Nothing is offered in a
    /// question that is not asked.
    #[must_use]
    pub fn is_offered(&self, question: QuestionIndex, option: &str, answers: &Answers) -> bool {
        let path = self.path(answers);
        let options = self.questionnaire.questions[question].options();
        path.asks(question)
            && options
                .iter()
                .position(|known| known.code == option)
                .is_some_and(|at| path.offers(question, at))
    }

    /// The questions that decide what is asked after them or which rows and options are offered, themselves or through
    /// derived variables. What follows any other question is known before it is answered.
    #[must_use]
    pub fn steering(&self) -> BTreeSet<QuestionIndex> {
        let mut steering = BTreeSet::new();
        let mut read: Vec<Subject> = Vec::new();
        for (index, question) in self.questionnaire.questions.iter().enumerate() {
            let rows = question.rows().iter().filter_map(|row| row.show_if.as_ref());
            let options = question.options().iter().filter_map(|option| option.show_if.as_ref());
            for condition in question.show_if.iter().chain(rows).chain(options) {
                read_by(condition, &mut |subject| read.push(subject));
            }
            if let Kind::Single { options_from: Some(from), .. } = question.kind {
                steering.insert(from);
            }
            if question.options().iter().any(|option| option.is_ending) {
                steering.insert(index);
            }
        }
        let mut known = BTreeSet::new();
        while let Some(subject) = read.pop() {
            match subject {
                Subject::Question(question)
                | Subject::Row(question, _)
                | Subject::IdentifierType(question) => {
                    steering.insert(question);
                }
                Subject::Derived(derived) if known.insert(derived) => {
                    read_by_rule(&self.derived[derived].rule, &mut |subject| read.push(subject));
                }
                Subject::Derived(_) => {}
            }
        }
        steering
    }

    /// The indices of the options that are offered. « Ne sait pas » and what the limiting question does not have are
    /// always among them, unless their own condition says otherwise.
    fn offered(&self, question: &Question, reader: &Reader<'_>) -> BTreeSet<usize> {
        let limiting = match question.kind {
            Kind::Single { options_from, .. } => options_from,
            _ => None,
        };
        let is_ticked = |option: &Choice| {
            limiting.is_none_or(|from| {
                let same = self.questionnaire.questions[from].option(&option.code);
                same.is_none_or(|same| same.is_exclusive) || reader.is_ticked(from, &option.code)
            })
        };
        let holds = |option: &Choice| option.show_if.as_ref().is_none_or(|condition| reader.holds(condition));
        let options = question.options().iter().enumerate();
        options.filter(|(_, option)| is_ticked(option) && holds(option)).map(|(index, _)| index).collect()
    }

    /// What expressions can read of these answers.
    #[must_use]
    pub fn facts(&self, answers: &Answers) -> Facts<'_> {
        let (path, kept) = self.route(answers);
        Facts::new(self, kept, path)
    }

    /// What expressions can read of a draft that stopped after `last_screen`: what comes later was not asked.
    #[must_use]
    pub fn facts_until(&self, answers: &Answers, last_screen: usize) -> Facts<'_> {
        let (mut path, mut kept) = self.route(answers);
        let questions = &self.questionnaire.questions;
        for (index, question) in questions.iter().enumerate().filter(|(_, q)| q.screen > last_screen) {
            path.questions.remove(&index);
            kept.set(&question.code, None);
        }
        path.screens.retain(|screen| *screen <= last_screen);
        Facts::new(self, kept, path)
    }
}

/// What is asked of a question on the path.
struct Asked {
    /// The rows of a matrix.
    rows: Vec<usize>,
    /// The answers that are offered, where some may not be.
    offered: Option<BTreeSet<usize>>,
}

/// The answer without the rows that are not asked, itself when all are; `None` when nothing is left.
fn keep_rows(question: &Question, answer: &Arc<Answer>, rows: &[usize]) -> Option<Arc<Answer>> {
    let Answer::Matrix(given) = answer.as_ref() else { return Some(Arc::clone(answer)) };
    // All rows, or a question that has none.
    if rows.len() == question.rows().len() && (rows.is_empty() || !given.is_empty()) {
        return Some(Arc::clone(answer));
    }
    let hidden = |code: &String| {
        let position = question.rows().iter().position(|row| row.code == *code);
        position.is_some_and(|position| !rows.contains(&position))
    };
    let kept: BTreeMap<String, String> =
        given.iter().filter(|(row, _)| !hidden(row)).map(|(row, code)| (row.clone(), code.clone())).collect();
    if kept.is_empty() { None } else { Some(Arc::new(Answer::Matrix(kept))) }
}

/// The answer without the options that are not offered, itself when all of it is; `None` when nothing is left. What is no
/// option at all stays, for validation to name it.
fn keep_offered(question: &Question, answer: Arc<Answer>, offered: &BTreeSet<usize>) -> Option<Arc<Answer>> {
    let is_hidden = |code: &str| {
        let position = question.options().iter().position(|option| option.code == code);
        position.is_some_and(|position| !offered.contains(&position))
    };
    let left = match answer.as_ref() {
        Answer::Text(code) => (!is_hidden(code)).then(|| answer.as_ref().clone()),
        Answer::Multiple(codes) => {
            let codes: BTreeSet<String> = codes.iter().filter(|code| !is_hidden(code)).cloned().collect();
            (!codes.is_empty()).then_some(Answer::Multiple(codes))
        }
        Answer::Networks(Networks { codes, other }) => {
            let codes: BTreeSet<String> = codes.iter().filter(|code| !is_hidden(code)).cloned().collect();
            let is_blank = codes.is_empty() && other.is_none();
            (!is_blank).then(|| Answer::Networks(Networks { codes, other: other.clone() }))
        }
        Answer::Identifier(identifier) => (!is_hidden(&identifier.kind)).then(|| answer.as_ref().clone()),
        Answer::Matrix(rows) => {
            let rows: BTreeMap<String, String> = rows
                .iter()
                .filter(|(_, code)| !is_hidden(code))
                .map(|(row, code)| (row.clone(), code.clone()))
                .collect();
            (!rows.is_empty()).then_some(Answer::Matrix(rows))
        }
        Answer::Integer(number) => Some(Answer::Integer(*number)),
    };
    left.map(|left| if left == *answer { answer } else { Arc::new(left) })
}
