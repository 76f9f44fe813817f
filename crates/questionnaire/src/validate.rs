//! The path, the validity of answers, and the reading of what people type.

use std::collections::{BTreeMap, BTreeSet};

use crate::answers::{Answer, Answers, Identifier, Networks};
use crate::edition::Edition;
use crate::expr::{Facts, Reader, last_read};
use crate::model::{Check, Kind, Question, QuestionIndex};
use crate::response::{Path, Response, Violation, ViolationCode};

/// Most characters of a network typed by hand.
const LONGEST_NETWORK: usize = 200;

impl Edition {
    /// What is asked, given these answers (which may be partial), and those of them that are on the path.
    ///
    /// A condition further down reads only answers that are themselves on the path: a hidden answer never counts.
    #[must_use]
    pub fn route(&self, answers: &Answers) -> (Path, Answers) {
        let questionnaire = &self.questionnaire;
        let mut path = Path { questions: BTreeMap::new(), screens: Vec::new(), ended_by: None };
        let mut kept = Answers::new();
        for (index, question) in questionnaire.questions.iter().enumerate() {
            if path.ended_by.is_some_and(|ended| questionnaire.questions[ended].screen < question.screen) {
                break;
            }
            let reader = Reader::of(self, &kept, &path, &[]);
            if question.show_if.as_ref().is_some_and(|condition| !reader.holds(condition)) {
                continue;
            }
            let rows: Vec<usize> = (0..question.rows().len())
                .filter(|row| {
                    question.rows()[*row].show_if.as_ref().is_none_or(|condition| reader.holds(condition))
                })
                .collect();
            if !question.rows().is_empty() && rows.is_empty() {
                continue;
            }
            let answer = answers.get(&question.code).and_then(|answer| keep_rows(question, answer, &rows));
            if let Some(Answer::Text(code)) = &answer
                && question.option(code).is_some_and(|option| option.is_ending)
            {
                path.ended_by = Some(index);
            }
            kept.set(&question.code, answer);
            path.questions.insert(index, rows);
        }
        path.screens = (0..questionnaire.screens.len())
            .filter(|screen| {
                questionnaire.screens[*screen].items.iter().any(|item| match &item.rows {
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

    /// Drops what is off the path and checks the rest.
    ///
    /// # Errors
    /// Every violation.
    pub fn validate(&self, answers: &Answers) -> Result<Response, Vec<Violation>> {
        let (path, kept) = self.route(answers);
        let mut violations = Vec::new();
        for index in path.questions.keys() {
            self.check_answer(*index, &kept, None, &mut violations);
        }
        if violations.is_empty() { Ok(Response { answers: kept, path }) } else { Err(violations) }
    }

    /// The violations among the answers to the questions of one screen.
    #[must_use]
    pub fn check_screen(&self, screen: usize, answers: &Answers) -> Vec<Violation> {
        let (path, kept) = self.route(answers);
        let mut violations = Vec::new();
        for item in &self.questionnaire.screens[screen].items {
            if path.asks(item.question) {
                self.check_answer(item.question, &kept, item.rows.as_deref(), &mut violations);
            }
        }
        violations
    }

    /// The consistency checks that speak on this screen: their last question is asked here, and they hold.
    #[must_use]
    pub fn warnings(&self, screen: usize, answers: &Answers) -> Vec<&Check> {
        let items = &self.questionnaire.screens[screen].items;
        let here: Vec<&Check> = self
            .questionnaire
            .checks
            .iter()
            .filter(|check| items.iter().any(|item| item.question == check.question))
            .collect();
        if here.is_empty() {
            return here;
        }
        let facts = self.facts(answers);
        here.into_iter().filter(|check| facts.holds(&check.when)).collect()
    }

    /// Answers that may identify someone, apart from the others: (answers, contacts). An identifier keeps only its
    /// kind among the answers, and networks only the codes of the list; the whole of both is among the contacts, so
    /// that setting the contacts over the answers gives back what was typed.
    #[must_use]
    pub fn split_personal(&self, answers: &Answers) -> (Answers, Answers) {
        let (mut common, mut personal) = (Answers::new(), Answers::new());
        for (code, answer) in answers.iter() {
            if self.questionnaire.question(code).is_some_and(|question| question.is_personal) {
                personal.set(code, Some(answer.clone()));
                continue;
            }
            let rest = without_identity(answer);
            if rest != *answer {
                personal.set(code, Some(answer.clone()));
            }
            common.set(code, Some(rest));
        }
        (common, personal)
    }

    /// Whether an option of a single-choice question is offered, given the answer to the question that limits it.
    /// « Ne sait pas » and what that question does not have are always on offer.
    #[must_use]
    pub fn is_offered(&self, question: QuestionIndex, option: &str, answers: &Answers) -> bool {
        let questions = &self.questionnaire.questions;
        let Kind::Single { options_from: Some(from), .. } = questions[question].kind else { return true };
        let limiting = &questions[from];
        limiting.option(option).is_none_or(|same| same.is_exclusive)
            || matches!(answers.get(&limiting.code), Some(Answer::Multiple(ticked)) if ticked.contains(option))
    }

    /// The last question that a condition reads, if any.
    #[must_use]
    pub fn last_question_read(&self, condition: &crate::expr::Condition) -> Option<QuestionIndex> {
        let scope = crate::expr::Scope {
            questions: &self.questionnaire.questions,
            derived: &self.derived,
            visible: crate::expr::Visible::All,
        };
        last_read(condition, scope)
    }

    fn check_answer(
        &self,
        index: QuestionIndex,
        answers: &Answers,
        only_rows: Option<&[usize]>,
        violations: &mut Vec<Violation>,
    ) {
        let question = &self.questionnaire.questions[index];
        let violation = |code| Violation::new(index, code);
        let Some(answer) = answers.get(&question.code) else {
            if question.is_required {
                violations.push(violation(ViolationCode::Required));
            }
            return;
        };
        match (&question.kind, answer) {
            (Kind::Single { .. }, Answer::Text(code)) => match question.option(code) {
                None => violations.push(violation(ViolationCode::UnknownOption)),
                Some(option) if !self.is_offered(index, code, answers) => {
                    violations.push(violation(ViolationCode::NotOffered).with("option", &option.label));
                }
                Some(_) => {}
            },
            (Kind::Multiple { max, .. }, Answer::Multiple(codes)) => {
                check_ticks(question, index, codes, *max, violations);
            }
            (Kind::Networks { .. }, Answer::Networks(Networks { codes, other })) => {
                check_ticks(question, index, codes, None, violations);
                let length = other.as_ref().map_or(0, |other| other.chars().count());
                if length > LONGEST_NETWORK {
                    violations.push(too_long(index, LONGEST_NETWORK, length));
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
                            .with_number("min", *min)
                            .with_number("max", *max)
                            .with_number("value", *value),
                    );
                }
            }
            (Kind::Text { max_length, .. }, Answer::Text(text)) => {
                let count = text.chars().count();
                if count > *max_length {
                    violations.push(too_long(index, *max_length, count));
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

/// The answer less what says who gave it: the number of an identifier, the network typed by hand.
fn without_identity(answer: &Answer) -> Answer {
    match answer {
        Answer::Identifier(identifier) => {
            Answer::Identifier(Identifier { kind: identifier.kind.clone(), value: None })
        }
        Answer::Networks(networks) => {
            Answer::Networks(Networks { codes: networks.codes.clone(), other: None })
        }
        other => other.clone(),
    }
}

fn too_long(index: QuestionIndex, max: usize, count: usize) -> Violation {
    let number = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
    Violation::new(index, ViolationCode::TooLong)
        .with_number("max", number(max))
        .with_number("count", number(count))
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

/// The answer without the rows that are not asked; `None` when nothing is left.
fn keep_rows(question: &Question, answer: &Answer, rows: &[usize]) -> Option<Answer> {
    let Answer::Matrix(given) = answer else { return Some(answer.clone()) };
    if question.rows().is_empty() {
        return Some(answer.clone());
    }
    let hidden = |code: &String| {
        question
            .rows()
            .iter()
            .position(|row| row.code == *code)
            .is_some_and(|position| !rows.contains(&position))
    };
    let kept: BTreeMap<String, String> =
        given.iter().filter(|(row, _)| !hidden(row)).map(|(row, code)| (row.clone(), code.clone())).collect();
    if kept.is_empty() { None } else { Some(Answer::Matrix(kept)) }
}

/// Reading what people type: each function gives the normal form, or what is wrong.
pub mod read {
    use crate::response::ViolationCode;

    /// SIREN of La Poste, whose establishments' SIRET do not obey Luhn's key: their digits sum to a multiple of 5.
    const LA_POSTE: &str = "356000000";

    /// A whole number, spaces (also non-breaking) left out.
    ///
    /// # Errors
    /// [`ViolationCode::NotInteger`].
    pub fn integer(text: &str) -> Result<i64, ViolationCode> {
        compact(text).parse().map_err(|_| ViolationCode::NotInteger)
    }

    /// A SIRET: 14 digits with Luhn's key, spaces and dots left out.
    ///
    /// # Errors
    /// [`ViolationCode::SiretLength`] or [`ViolationCode::SiretKey`].
    pub fn siret(text: &str) -> Result<String, ViolationCode> {
        let digits = compact(text).replace(['.', '-'], "");
        if digits.len() != 14 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ViolationCode::SiretLength);
        }
        let sum: u32 = digits.bytes().map(|byte| u32::from(byte - b'0')).sum();
        if has_luhn_key(&digits) || (digits.starts_with(LA_POSTE) && sum.is_multiple_of(5)) {
            Ok(digits)
        } else {
            Err(ViolationCode::SiretKey)
        }
    }

    /// An RNA number: W, a digit, a digit or letter (overseas, Corsica), seven digits.
    ///
    /// # Errors
    /// [`ViolationCode::Rna`].
    pub fn rna(text: &str) -> Result<String, ViolationCode> {
        let number = compact(text).to_ascii_uppercase();
        let bytes = number.as_bytes();
        let is_rna = bytes.len() == 10
            && bytes[0] == b'W'
            && bytes[1].is_ascii_digit()
            && bytes[2].is_ascii_alphanumeric()
            && bytes[3..].iter().all(u8::is_ascii_digit);
        if is_rna { Ok(number) } else { Err(ViolationCode::Rna) }
    }

    /// An e-mail address, checked as loosely as one can: something, one `@`, a domain with a dot, no space.
    ///
    /// # Errors
    /// [`ViolationCode::Email`].
    pub fn email(text: &str) -> Result<String, ViolationCode> {
        let address = text.trim();
        let is_address = address.len() <= 254
            && !address.contains(|c: char| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c))
            && address.split_once('@').is_some_and(|(local, domain)| {
                !local.is_empty()
                    && !domain.contains('@')
                    && domain.split('.').count() >= 2
                    && domain.split('.').all(|label| !label.is_empty())
            });
        if is_address { Ok(address.to_owned()) } else { Err(ViolationCode::Email) }
    }

    /// Whether the digits obey Luhn's key: every second digit from the right is doubled, and the sum of the digits
    /// is a multiple of ten (H. P. Luhn, US patent 2 950 048, 1960).
    #[must_use]
    pub fn has_luhn_key(digits: &str) -> bool {
        let sum: u32 = digits
            .bytes()
            .rev()
            .enumerate()
            .map(|(position, byte)| {
                let digit = u32::from(byte.wrapping_sub(b'0'));
                if position % 2 == 0 { digit } else { (2 * digit) / 10 + (2 * digit) % 10 }
            })
            .sum();
        sum.is_multiple_of(10)
    }

    fn compact(text: &str) -> String {
        text.chars().filter(|c| !c.is_whitespace()).collect()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_siret_with_its_key_is_accepted_however_it_is_spaced() {
            assert_eq!(siret("839 085 230 00028"), Ok("83908523000028".to_owned()));
            assert_eq!(siret("839\u{a0}085\u{202f}230 00028 "), Ok("83908523000028".to_owned()));
            assert_eq!(siret("83908523000029"), Err(ViolationCode::SiretKey));
            assert_eq!(siret("8390852300002"), Err(ViolationCode::SiretLength));
            assert_eq!(siret("8390852300002٨"), Err(ViolationCode::SiretLength));
        }

        #[test]
        fn la_poste_has_a_key_of_its_own() {
            // Sum of digits 3+5+6+4+9 + … must be a multiple of 5 where Luhn fails.
            assert!(!has_luhn_key("35600000000001") && siret("35600000000001").is_ok());
            assert_eq!(siret("35600000000002"), Err(ViolationCode::SiretKey));
        }

        #[test]
        fn an_rna_number_may_have_a_letter_overseas() {
            assert_eq!(rna("w751243449"), Ok("W751243449".to_owned()));
            assert_eq!(rna("W9R1000001"), Ok("W9R1000001".to_owned()));
            assert_eq!(rna("W75124344"), Err(ViolationCode::Rna));
            assert_eq!(rna("7512434490"), Err(ViolationCode::Rna));
        }

        #[test]
        fn an_address_needs_a_local_part_and_a_domain() {
            assert!(email(" nom.prénom@asso.example ").is_ok());
            for wrong in ["", "a", "@b.fr", "a@b", "a@b.", "a@@b.fr", "a b@c.fr", "a@b.fr\r\nBcc: x@y.z"] {
                assert_eq!(email(wrong), Err(ViolationCode::Email), "{wrong:?}");
            }
        }
    }
}
