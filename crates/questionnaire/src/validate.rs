//! The validity of answers.

use std::collections::BTreeSet;

use crate::answers::{Answer, Answers, Identifier, Networks};
use crate::edition::Edition;
use crate::expr::{Reader, last_read};
use crate::model::{Check, Kind, Question, QuestionIndex, ScreenItem, Severity};
use crate::read;
use crate::response::{Path, Response, Violation, ViolationCode};

/// Most characters of a network typed by hand.
const LONGEST_NETWORK: usize = 200;

/// Answers as they were given, and what routing made of them.
#[derive(Clone, Copy)]
struct Given<'a> {
    raw: &'a Answers,
    kept: &'a Answers,
    path: &'a Path,
}

impl Edition {
    /// Drops what is off the path and checks the rest.
    ///
    /// # Errors
    /// Every violation.
    pub fn validate(&self, answers: &Answers) -> Result<Response, Vec<Violation>> {
        let (path, kept) = self.route(answers);
        self.validate_routed(answers, path, kept)
    }

    /// The same for answers whose [`Edition::route`] is known: `path` and `kept` are what it gave.
    ///
    /// # Errors
    /// Every violation.
    pub fn validate_routed(
        &self,
        answers: &Answers,
        path: Path,
        kept: Answers,
    ) -> Result<Response, Vec<Violation>> {
        let given = Given { raw: answers, kept: &kept, path: &path };
        let mut violations = Vec::new();
        for index in path.questions.keys() {
            self.check_answer(*index, given, None, &mut violations);
        }
        let refusing = |check: &&Check| check.severity == Severity::Error && path.asks(check.question);
        let checks: Vec<&Check> = self.questionnaire.checks.iter().filter(refusing).collect();
        if checks.is_empty() && violations.is_empty() {
            return Ok(Response { answers: kept, path });
        }
        // What the checks read is computed as they read it: most of what derives from answers they never do.
        let reader = Reader::of(self, &kept, &path, &[]);
        let spoken = checks.into_iter().filter(|check| reader.holds(&check.when));
        violations.extend(spoken.map(Violation::inconsistent));
        violations.sort_by_key(|violation| violation.question);
        if violations.is_empty() { Ok(Response { answers: kept, path }) } else { Err(violations) }
    }

    /// The violations among the answers to the questions of one screen, consistency checks that refuse among them.
    #[must_use]
    pub fn check_screen(&self, screen: usize, answers: &Answers) -> Vec<Violation> {
        let (path, kept) = self.route(answers);
        let given = Given { raw: answers, kept: &kept, path: &path };
        let mut violations = Vec::new();
        for item in &self.questionnaire.screens[screen].items {
            if path.asks(item.question) {
                self.check_answer(item.question, given, item.rows.as_deref(), &mut violations);
            }
        }
        let spoken = self.checks(screen, Severity::Error, &kept, &path);
        violations.extend(spoken.into_iter().map(Violation::inconsistent));
        violations
    }

    /// The consistency checks that warn on this screen: it is the last that shows the last question they read, and
    /// they hold.
    #[must_use]
    pub fn warnings(&self, screen: usize, answers: &Answers) -> Vec<&Check> {
        let (path, kept) = self.route(answers);
        self.checks(screen, Severity::Warning, &kept, &path)
    }

    fn checks(&self, screen: usize, severity: Severity, kept: &Answers, path: &Path) -> Vec<&Check> {
        let is_here = |check: &&Check| {
            check.severity == severity && self.last_screen(check.question, path) == Some(screen)
        };
        let here: Vec<&Check> = self.questionnaire.checks.iter().filter(is_here).collect();
        if here.is_empty() {
            return here;
        }
        let reader = Reader::of(self, kept, path, &[]);
        here.into_iter().filter(|check| reader.holds(&check.when)).collect()
    }

    /// The screen on which a violation is put right.
    #[must_use]
    pub fn screen_of(&self, violation: &Violation, path: &Path) -> usize {
        let shows_row = |screen: &usize| {
            self.questionnaire.screens[*screen].items.iter().any(|item| {
                let rows = item.rows.as_ref();
                item.question == violation.question
                    && violation.row.is_none_or(|row| rows.is_none_or(|rows| rows.contains(&row)))
            })
        };
        let found = if violation.code == ViolationCode::Inconsistent {
            self.last_screen(violation.question, path)
        } else {
            path.screens.iter().copied().find(shows_row)
        };
        found.unwrap_or(self.questionnaire.questions[violation.question].screen)
    }

    /// The last screen of the path that shows the question, or rows of it.
    fn last_screen(&self, question: QuestionIndex, path: &Path) -> Option<usize> {
        let shows = |item: &ScreenItem| {
            item.question == question
                && match &item.rows {
                    None => path.asks(question),
                    Some(rows) => rows.iter().any(|row| path.asks_row(question, *row)),
                }
        };
        let screens = &self.questionnaire.screens;
        path.screens.iter().copied().rfind(|screen| screens[*screen].items.iter().any(shows))
    }

    /// Answers that may identify someone, apart from the others: (answers, contacts). An identifier keeps only its
    /// kind among the answers, and networks only the codes of the list; the whole of both is among the contacts, so
    /// that setting the contacts over the answers gives back what was typed.
    #[must_use]
    pub fn split_personal(&self, answers: &Answers) -> (Answers, Answers) {
        let (mut common, mut personal) = (answers.clone(), Answers::new());
        for (code, answer) in answers.all_shared() {
            let is_personal = self.questionnaire.question(code).is_some_and(|question| question.is_personal);
            let rest = if is_personal { None } else { without_identity(answer) };
            if is_personal || rest.is_some() {
                personal.share(code, answer);
                common.set(code, rest);
            }
        }
        (common, personal)
    }

    /// The last question that a condition reads, if any.
    #[must_use]
    pub fn last_question_read(&self, condition: &crate::expr::Condition) -> Option<QuestionIndex> {
        last_read(condition, &self.derived)
    }

    /// What is wrong with the answer to a question on the path.
    fn check_answer(
        &self,
        index: QuestionIndex,
        given: Given<'_>,
        only_rows: Option<&[usize]>,
        violations: &mut Vec<Violation>,
    ) {
        let question = &self.questionnaire.questions[index];
        if let Some(offered) = given.path.offered.get(&index) {
            let before = violations.len();
            check_offered(question, index, given, offered, only_rows, violations);
            if violations.len() > before {
                return;
            }
        }
        let violation = |code| Violation::new(index, code);
        let Some(answer) = given.kept.get(&question.code) else {
            if question.is_required {
                violations.push(violation(ViolationCode::Required));
            }
            return;
        };
        match (&question.kind, answer) {
            (Kind::Single { .. }, Answer::Text(code)) => {
                if question.option(code).is_none() {
                    violations.push(violation(ViolationCode::UnknownOption));
                }
            }
            (Kind::Multiple { max, .. }, Answer::Multiple(codes)) => {
                check_ticks(question, index, codes, *max, violations);
            }
            (Kind::Networks { .. }, Answer::Networks(Networks { codes, other })) => {
                check_ticks(question, index, codes, None, violations);
                let length = other.as_ref().map_or(0, |other| other.chars().count());
                if length > LONGEST_NETWORK {
                    violations.push(self.too_long(index, LONGEST_NETWORK, length));
                }
            }
            (Kind::Matrix { .. }, Answer::Matrix(rows)) => {
                for (row, code) in rows {
                    let position = question.rows().iter().position(|known| known.code == *row);
                    if position.is_some_and(|p| only_rows.is_some_and(|only| !only.contains(&p))) {
                        continue;
                    }
                    if position.is_none() || question.option(code).is_none() {
                        violations
                            .push(Violation { row: position, ..violation(ViolationCode::UnknownOption) });
                    }
                }
            }
            (Kind::Integer { min, max }, Answer::Integer(value)) => {
                if !(min..=max).contains(&value) {
                    violations.push(
                        violation(ViolationCode::OutOfRange)
                            .with_number(&self.language, "min", *min)
                            .with_number(&self.language, "max", *max)
                            .with_number(&self.language, "value", *value),
                    );
                }
            }
            (Kind::Text { max_length, .. }, Answer::Text(text)) => {
                let count = text.chars().count();
                if count > *max_length {
                    violations.push(self.too_long(index, *max_length, count));
                }
            }
            (Kind::Email, Answer::Text(text)) => {
                if let Err(code) = read::email(text) {
                    violations.push(violation(code).with("value", text));
                }
            }
            (Kind::Commune, Answer::Text(code)) => {
                if self.nomenclatures.commune(code).is_none() {
                    violations.push(violation(ViolationCode::Commune).with("value", code));
                }
            }
            (Kind::Identifier { .. }, Answer::Identifier(identifier)) => {
                let value = identifier.value.as_deref();
                let wrong = match (identifier.kind.as_str(), value) {
                    (kind, _) if question.option(kind).is_none() => Some(ViolationCode::UnknownOption),
                    ("siret", value) => read::siret(value.unwrap_or("")).err(),
                    ("rna", value) => read::rna(value.unwrap_or("")).err(),
                    (_, Some(_)) => Some(ViolationCode::WrongKind),
                    (_, None) => None,
                };
                if let Some(code) = wrong {
                    violations.push(violation(code).with("value", value.unwrap_or("")));
                }
            }
            _ => violations.push(violation(ViolationCode::WrongKind)),
        }
    }
}

impl Edition {
    fn too_long(&self, index: QuestionIndex, max: usize, count: usize) -> Violation {
        let number = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
        Violation::new(index, ViolationCode::TooLong)
            .with_number(&self.language, "max", number(max))
            .with_number(&self.language, "count", number(count))
    }
}

/// The answer less what says who gave it, the number of an identifier, the network typed by hand; `None` when it does not.
fn without_identity(answer: &Answer) -> Option<Answer> {
    match answer {
        Answer::Identifier(Identifier { kind, value: Some(_) }) => {
            Some(Answer::Identifier(Identifier { kind: kind.clone(), value: None }))
        }
        Answer::Networks(Networks { codes, other: Some(_) }) => {
            Some(Answer::Networks(Networks { codes: codes.clone(), other: None }))
        }
        _ => None,
    }
}

/// Reports the answers given that are not offered, given the answers to earlier questions.
fn check_offered(
    question: &Question,
    index: QuestionIndex,
    given: Given<'_>,
    offered: &BTreeSet<usize>,
    only_rows: Option<&[usize]>,
    violations: &mut Vec<Violation>,
) {
    let mut refuse = |code: &str, row: Option<usize>| {
        let position = question.options().iter().position(|option| option.code == code);
        if let Some(position) = position.filter(|position| !offered.contains(position)) {
            let violation = Violation { row, ..Violation::new(index, ViolationCode::NotOffered) };
            violations.push(violation.with("option", &question.options()[position].label));
        }
    };
    match given.raw.get(&question.code) {
        Some(Answer::Text(code)) => refuse(code, None),
        Some(Answer::Multiple(codes) | Answer::Networks(Networks { codes, .. })) => {
            for code in codes {
                refuse(code, None);
            }
        }
        Some(Answer::Identifier(identifier)) => refuse(&identifier.kind, None),
        Some(Answer::Matrix(rows)) => {
            for (row, code) in rows {
                let position = question.rows().iter().position(|known| known.code == *row);
                let is_here = |row: usize| {
                    given.path.asks_row(index, row) && only_rows.is_none_or(|only| only.contains(&row))
                };
                if position.is_some_and(is_here) {
                    refuse(code, position);
                }
            }
        }
        Some(Answer::Integer(_)) | None => {}
    }
}

fn check_ticks(
    question: &Question,
    index: QuestionIndex,
    codes: &BTreeSet<String>,
    max: Option<usize>,
    violations: &mut Vec<Violation>,
) {
    let mut exclusive = None;
    for code in codes {
        match question.option(code) {
            None => violations.push(Violation::new(index, ViolationCode::UnknownOption)),
            Some(option) if option.is_exclusive => exclusive = Some(option),
            Some(_) => {}
        }
    }
    if let Some(option) = exclusive
        && codes.len() > 1
    {
        violations.push(Violation::new(index, ViolationCode::Exclusive).with("option", &option.label));
    } else if let Some(max) = max
        && codes.len() > max
    {
        let violation = Violation::new(index, ViolationCode::TooMany);
        violations.push(violation.with("max", max).with("count", codes.len()));
    }
}
