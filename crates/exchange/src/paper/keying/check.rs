//! Whether keyed returns are right, and whether two keyings of the same sheets agree.

use std::collections::{BTreeMap, BTreeSet};

use questionnaire::{Answer, Answers, Edition, QuestionIndex, Response, Violation, ViolationCode};

use super::file::PaperReturn;
use super::read::Reader;
use crate::paper::words::Words;

/// Most letters of the number of a sheet.
const LONGEST_NUMBER: usize = 40;

/// Something wrong in a keyed return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The number of the sheet.
    pub paper: String,
    /// The question's number and code, when it is about one.
    pub question: Option<(usize, String)>,
    /// What is wrong, in the language of the words.
    pub message: String,
}

/// A return that was read and checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Keyed {
    /// The number of the sheet, in capitals.
    pub paper: String,
    /// What could be read.
    pub answers: Answers,
    /// The response, when nothing is wrong.
    pub response: Option<Response>,
    /// What is wrong, in the order of the questions.
    pub faults: Vec<Fault>,
    /// Questions of which the route leaves out the answer or a part of it, by number and code: it is not kept.
    pub off_path: Vec<(usize, String)>,
    /// What the questionnaire asks to look at again, by number and code.
    pub warnings: Vec<(usize, String, String)>,
}

/// Reads and checks the returns of a file.
#[must_use]
pub fn check(edition: &Edition, words: &Words, returns: &[PaperReturn]) -> Vec<Keyed> {
    let mut seen = BTreeSet::new();
    returns
        .iter()
        .map(|keyed| {
            let mut checked = Checker { edition, words }.one(keyed);
            if !seen.insert(checked.paper.clone()) {
                let message = words.say("keying.paper_twice").to_owned();
                checked.faults.push(Fault { paper: checked.paper.clone(), question: None, message });
                checked.response = None;
            }
            checked
        })
        .collect()
}

struct Checker<'a> {
    edition: &'a Edition,
    words: &'a Words,
}

impl Checker<'_> {
    fn named(&self, index: QuestionIndex) -> (usize, String) {
        (index + 1, self.edition.questionnaire.questions[index].code.clone())
    }

    fn one(&self, keyed: &PaperReturn) -> Keyed {
        let paper = keyed.paper.trim().to_ascii_uppercase();
        let fault = |question, message| Fault { paper: paper.clone(), question, message };
        let mut faults = Vec::new();
        if !is_number(&paper) {
            faults.push(fault(None, self.words.fill("keying.paper", &[("value", &keyed.paper)])));
        }
        let reader = Reader { edition: self.edition, words: self.words };
        let mut answers = Answers::new();
        let (mut keyed_questions, mut unreadable) = (BTreeSet::new(), BTreeSet::new());
        for (key, value) in &keyed.answers.0 {
            let Some(index) = self.question(key) else {
                let last = self.edition.questionnaire.questions.len().to_string();
                let values = [("key", key.as_str()), ("last", &last)];
                faults.push(fault(None, self.words.fill("keying.unknown_question", &values)));
                continue;
            };
            if !keyed_questions.insert(index) {
                unreadable.insert(index);
                faults.push(fault(Some(self.named(index)), self.words.say("keying.twice").to_owned()));
                continue;
            }
            match reader.answer(index, value) {
                Ok(answer) => answers.set(&self.edition.questionnaire.questions[index].code, answer),
                Err(found) => {
                    unreadable.insert(index);
                    faults.extend(found.into_iter().map(|message| fault(Some(self.named(index)), message)));
                }
            }
        }
        let (path, kept) = self.edition.route(&answers);
        let validated = self.edition.validate(&answers);
        if let Err(violations) = &validated {
            let readable = violations.iter().filter(|violation| !unreadable.contains(&violation.question));
            faults.extend(
                readable.map(|violation| fault(Some(self.named(violation.question)), self.said(violation))),
            );
        }
        for index in path.questions.keys().filter(|index| self.is_missing_consent(**index, &answers)) {
            let named = Some(self.named(*index));
            if !unreadable.contains(index) && !faults.iter().any(|fault| fault.question == named) {
                faults.push(fault(named, self.words.say("keying.consent").to_owned()));
            }
        }
        faults.sort_by_key(|fault| fault.question.as_ref().map(|(number, _)| *number));
        let off_path = answers
            .iter()
            .filter_map(|(code, _)| self.edition.questionnaire.question_index(code))
            .filter(|index| {
                let code = &self.edition.questionnaire.questions[*index].code;
                kept.get(code) != answers.get(code)
            })
            .map(|index| self.named(index))
            .collect::<BTreeSet<_>>();
        let warnings = path.screens.iter().flat_map(|screen| self.edition.warnings(*screen, &answers));
        let warnings = warnings.map(|check| {
            let (number, code) = self.named(check.question);
            (number, code, check.message.clone())
        });
        Keyed {
            response: validated.ok().filter(|_| faults.is_empty()),
            off_path: off_path.into_iter().collect(),
            warnings: warnings.collect(),
            paper,
            answers,
            faults,
        }
    }

    /// The question of a number or of a code.
    fn question(&self, key: &str) -> Option<QuestionIndex> {
        let questionnaire = &self.edition.questionnaire;
        match key.parse::<usize>() {
            Ok(number) => number.checked_sub(1).filter(|index| *index < questionnaire.questions.len()),
            Err(_) => questionnaire.question_index(key),
        }
    }

    /// Whether somebody who was asked for consent did not say.
    fn is_missing_consent(&self, index: QuestionIndex, answers: &Answers) -> bool {
        let question = &self.edition.questionnaire.questions[index];
        question.options().iter().any(|option| option.is_ending) && answers.get(&question.code).is_none()
    }

    fn said(&self, violation: &Violation) -> String {
        let question = &self.edition.questionnaire.questions[violation.question];
        let is_consent = question.options().iter().any(|option| option.is_ending);
        if violation.code == ViolationCode::Required && is_consent {
            return self.words.say("keying.consent").to_owned();
        }
        let message = violation.message(&self.edition.texts);
        match violation.row {
            Some(row) => format!("{} {message}", self.words.quoted(&question.rows()[row].label)),
            None => message,
        }
    }
}

/// Whether this may be written on a sheet: capitals, digits and hyphens, with something else than hyphens.
fn is_number(paper: &str) -> bool {
    paper.len() <= LONGEST_NUMBER
        && paper.bytes().any(|byte| byte.is_ascii_alphanumeric())
        && paper.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Where two keyings of the same sheets differ, sheet by sheet and question by question.
#[must_use]
pub fn compare(edition: &Edition, words: &Words, first: &[Keyed], second: &[Keyed]) -> Vec<Fault> {
    let by_paper = |keyed: &'_ [Keyed]| -> BTreeMap<String, Answers> {
        keyed.iter().map(|one| (one.paper.clone(), one.answers.clone())).collect()
    };
    let (first, second) = (by_paper(first), by_paper(second));
    let papers: BTreeSet<&String> = first.keys().chain(second.keys()).collect();
    let mut differences = Vec::new();
    for paper in papers {
        let fault = |question, message| Fault { paper: paper.clone(), question, message };
        let (once, again) = match (first.get(paper), second.get(paper)) {
            (Some(once), Some(again)) => (once, again),
            (once, _) => {
                let key = if once.is_some() { "keying.only_first" } else { "keying.only_second" };
                differences.push(fault(None, words.say(key).to_owned()));
                continue;
            }
        };
        for (index, question) in edition.questionnaire.questions.iter().enumerate() {
            let (before, after) = (once.get(&question.code), again.get(&question.code));
            if before == after {
                continue;
            }
            let said = |answer: Option<&Answer>| {
                answer.map_or_else(|| words.say("keying.blank").to_owned(), written)
            };
            let values = [("first", said(before)), ("second", said(after))];
            let values: Vec<(&str, &str)> =
                values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            differences
                .push(fault(Some((index + 1, question.code.clone())), words.fill("keying.differs", &values)));
        }
    }
    differences
}

/// An answer as codes.
fn written(answer: &Answer) -> String {
    match answer {
        Answer::Integer(value) => value.to_string(),
        Answer::Text(text) => text.clone(),
        Answer::Multiple(codes) => joined(codes),
        Answer::Identifier(identifier) => match &identifier.value {
            Some(value) => format!("{} {value}", identifier.kind),
            None => identifier.kind.clone(),
        },
        Answer::Networks(networks) => match &networks.other {
            Some(other) if networks.codes.is_empty() => other.clone(),
            Some(other) => format!("{}, {other}", joined(&networks.codes)),
            None => joined(&networks.codes),
        },
        Answer::Matrix(rows) => {
            rows.iter().map(|(row, code)| format!("{row}={code}")).collect::<Vec<_>>().join(", ")
        }
    }
}

fn joined(codes: &BTreeSet<String>) -> String {
    codes.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}
