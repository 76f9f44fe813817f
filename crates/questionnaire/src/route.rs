//! The path, and the one rule about hidden answers: what is off the path never counts.

use std::collections::{BTreeMap, BTreeSet};

use crate::answers::{Answer, Answers, Networks};
use crate::edition::Edition;
use crate::expr::{Facts, Reader, Value};
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
        let mut kept = Answers::new();
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
            if question.show_if.as_ref().is_some_and(|condition| !reader.holds(condition)) {
                continue;
            }
            let is_shown = |row: &usize| {
                question.rows()[*row].show_if.as_ref().is_none_or(|condition| reader.holds(condition))
            };
            let rows: Vec<usize> = (0..question.rows().len()).filter(is_shown).collect();
            if !question.rows().is_empty() && rows.is_empty() {
                continue;
            }
            let offered = question.has_limited_options().then(|| self.offered(question, &reader));
            if offered.as_ref().is_some_and(BTreeSet::is_empty) {
                continue;
            }
            let answer = answers
                .get(&question.code)
                .and_then(|answer| keep_rows(question, answer, &rows))
                .and_then(|answer| match &offered {
                    None => Some(answer),
                    Some(offered) => keep_offered(question, answer, offered),
                });
            if let Some(Answer::Text(code)) = &answer
                && question.option(code).is_some_and(|option| option.is_ending)
            {
                path.ended_by = Some(index);
            }
            kept.set(&question.code, answer);
            path.questions.insert(index, rows);
            if let Some(offered) = offered {
                path.offered.insert(index, offered);
            }
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

/// The answer without the rows that are not asked; `None` when nothing is left.
fn keep_rows(question: &Question, answer: &Answer, rows: &[usize]) -> Option<Answer> {
    let Answer::Matrix(given) = answer else { return Some(answer.clone()) };
    if question.rows().is_empty() {
        return Some(answer.clone());
    }
    let hidden = |code: &String| {
        let position = question.rows().iter().position(|row| row.code == *code);
        position.is_some_and(|position| !rows.contains(&position))
    };
    let kept: BTreeMap<String, String> =
        given.iter().filter(|(row, _)| !hidden(row)).map(|(row, code)| (row.clone(), code.clone())).collect();
    if kept.is_empty() { None } else { Some(Answer::Matrix(kept)) }
}

/// The answer without the options that are not offered; `None` when nothing is left. What is no option at all stays,
/// for validation to name it.
fn keep_offered(question: &Question, answer: Answer, offered: &BTreeSet<usize>) -> Option<Answer> {
    let is_hidden = |code: &str| {
        let position = question.options().iter().position(|option| option.code == code);
        position.is_some_and(|position| !offered.contains(&position))
    };
    match answer {
        Answer::Text(code) => (!is_hidden(&code)).then_some(Answer::Text(code)),
        Answer::Multiple(mut codes) => {
            codes.retain(|code| !is_hidden(code));
            (!codes.is_empty()).then_some(Answer::Multiple(codes))
        }
        Answer::Networks(Networks { mut codes, other }) => {
            codes.retain(|code| !is_hidden(code));
            let is_blank = codes.is_empty() && other.is_none();
            (!is_blank).then_some(Answer::Networks(Networks { codes, other }))
        }
        Answer::Identifier(identifier) => {
            (!is_hidden(&identifier.kind)).then_some(Answer::Identifier(identifier))
        }
        Answer::Matrix(mut rows) => {
            rows.retain(|_, code| !is_hidden(code));
            (!rows.is_empty()).then_some(Answer::Matrix(rows))
        }
        Answer::Integer(number) => Some(Answer::Integer(number)),
    }
}
