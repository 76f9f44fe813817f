//! Between form fields and answers, both ways.
//!
//! A field or a code that our own page could not have posted is [`Unexpected`], and nothing of the form is kept.
//! What a person may well have typed or ticked is read; what is wrong with it is a [`Violation`], shown beside the
//! field, and the answer kept before stays as it was.

use std::collections::BTreeSet;

use questionnaire::{
    Answer, Answers, Edition, Identifier, Kind, Networks, Question, QuestionIndex, Violation, ViolationCode,
    read,
};

use crate::draft::Shown;
use crate::fields::{ACTION, Fields, SEEN, STATE, THEN};
use crate::seen::Seen;

/// The kinds of identifier that have a number, and their field.
pub(crate) const NUMBERED: [&str; 2] = ["siret", "rna"];

/// Most characters of a typed value repeated in a message.
const QUOTED: usize = 60;

/// The form is not one that our page posts; the text says in what, without repeating it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unexpected(pub(crate) &'static str);

/// What was read of a form.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// Questions that could be read, and their answer (`None`: left blank).
    answers: Vec<(QuestionIndex, Option<Answer>)>,
    /// Those that could not.
    violations: Vec<Violation>,
    /// Post codes typed without a commune chosen yet.
    pub(crate) to_choose: BTreeSet<QuestionIndex>,
}

/// The answers to keep after a form, and what is wrong with the rest.
pub(crate) struct Applied {
    /// All answers, those of the form put in.
    pub(crate) answers: Answers,
    /// In the order of the questions.
    pub(crate) violations: Vec<Violation>,
}

/// Name of the field of a question's row, kind or part.
pub(crate) fn part(question: &Question, part: &str) -> String {
    format!("{}.{part}", question.code)
}

/// Reads the fields of the questions shown on a screen. `stored` gives the rows of a matrix that other screens show.
pub(crate) fn read(
    edition: &Edition,
    shown: &[Shown],
    stored: &Answers,
    fields: &Fields,
) -> Result<Reading, Unexpected> {
    refuse_unknown_names(edition, shown, fields)?;
    let mut reading = Reading::default();
    for item in shown {
        let question = &edition.questionnaire.questions[item.question];
        let answer = match &question.kind {
            Kind::Single { .. } => Ok(single(question, &question.code, fields)?.map(Answer::Text)),
            Kind::Multiple { .. } => Ok(multiple(question, fields)?.map(Answer::Multiple)),
            Kind::Matrix { .. } => Ok(matrix(question, &item.rows, stored, fields)?),
            Kind::Integer { .. } => integer(typed(&question.code, fields)?),
            Kind::Text { is_long, .. } => {
                Ok(text(typed(&question.code, fields)?, *is_long).map(Answer::Text))
            }
            Kind::Email => email(typed(&question.code, fields)?),
            Kind::Identifier { .. } => identifier(question, fields)?,
            Kind::Networks { .. } => Ok(networks(question, fields)?),
            Kind::Commune => match commune(edition, question, fields)? {
                Place::Read(answer) => answer,
                Place::ToChoose => {
                    reading.to_choose.insert(item.question);
                    continue;
                }
            },
        };
        match answer {
            Ok(answer) => reading.answers.push((item.question, answer)),
            Err((code, value)) => reading.violations.push(Violation {
                question: item.question,
                row: None,
                code,
                parameters: vec![("value", value.chars().take(QUOTED).collect())],
            }),
        }
    }
    Ok(reading)
}

impl Reading {
    /// Leaves alone what somebody answered elsewhere since the page was opened, where the page showed a blank and has a
    /// blank still: a field that nobody touched erases nothing.
    /// Gives these questions.
    pub(crate) fn keep_untouched(
        &mut self,
        edition: &Edition,
        seen: &Seen,
        stored: &Answers,
    ) -> BTreeSet<QuestionIndex> {
        let questions = &edition.questionnaire.questions;
        let mut untouched = BTreeSet::new();
        self.answers.retain(|(question, answer)| {
            let is_blank = answer.is_none() && seen.was_blank(*question);
            let is_kept = is_blank && stored.get(&questions[*question].code).is_some();
            if is_kept {
                untouched.insert(*question);
            }
            !is_kept
        });
        untouched
    }

    /// Puts the answers read into those kept before, and checks the screen. An answer that is wrong is not put in;
    /// one that is missing is, so that erasing a field erases its answer, and so is one at odds with another.
    pub(crate) fn apply(
        self,
        edition: &Edition,
        screen: usize,
        shown: &[Shown],
        stored: &Answers,
    ) -> Applied {
        let questions = &edition.questionnaire.questions;
        let mut answers = stored.clone();
        for (question, answer) in self.answers {
            answers.set(&questions[question].code, answer);
        }
        let mut violations = self.violations;
        let unread: BTreeSet<QuestionIndex> =
            violations.iter().map(|violation| violation.question).chain(self.to_choose).collect();
        let checked = edition.check_screen(screen, &answers).into_iter().filter(|violation| {
            !unread.contains(&violation.question)
                && shown.iter().any(|item| item.question == violation.question)
        });
        violations.extend(checked);
        violations.sort_by_key(|violation| (violation.question, violation.row));
        for violation in violations.iter().filter(|violation| !is_kept(violation.code)) {
            let code = &questions[violation.question].code;
            answers.set(code, stored.get(code).cloned());
        }
        Applied { answers, violations }
    }
}

/// Whether what was answered is saved all the same: it is missing, or right by itself but at odds with another answer.
pub(crate) fn is_kept(code: ViolationCode) -> bool {
    matches!(code, ViolationCode::Required | ViolationCode::Inconsistent)
}

/// The fields that show these answers.
pub(crate) fn write(edition: &Edition, shown: &[Shown], answers: &Answers) -> Fields {
    let mut fields = Fields::default();
    for item in shown {
        let question = &edition.questionnaire.questions[item.question];
        match answers.get(&question.code) {
            Some(Answer::Text(code)) if matches!(question.kind, Kind::Commune) => {
                let post_code =
                    edition.nomenclatures.commune(code).and_then(|commune| commune.post_codes.first());
                if let Some(post_code) = post_code {
                    fields.push(&part(question, "code_postal"), post_code);
                }
                fields.push(&question.code, code);
            }
            Some(Answer::Text(text)) => fields.push(&question.code, text),
            Some(Answer::Integer(number)) => fields.push(&question.code, &number.to_string()),
            Some(Answer::Multiple(codes)) => codes.iter().for_each(|code| fields.push(&question.code, code)),
            Some(Answer::Matrix(rows)) => {
                for &row in &item.rows {
                    let row = &question.rows()[row].code;
                    if let Some(code) = rows.get(row) {
                        fields.push(&part(question, row), code);
                    }
                }
            }
            Some(Answer::Identifier(identifier)) => {
                fields.push(&part(question, "type"), &identifier.kind);
                if let Some(value) = &identifier.value {
                    fields.push(&part(question, &identifier.kind), value);
                }
            }
            Some(Answer::Networks(networks)) => {
                networks.codes.iter().for_each(|code| fields.push(&question.code, code));
                if let Some(other) = &networks.other {
                    fields.push(&part(question, "autre"), other);
                }
            }
            None => {}
        }
    }
    fields
}

/// Either an answer, or why it is none and what was typed.
type Typed = Result<Option<Answer>, (ViolationCode, String)>;

fn refuse_unknown_names(edition: &Edition, shown: &[Shown], fields: &Fields) -> Result<(), Unexpected> {
    let mut expected: BTreeSet<String> = [ACTION, SEEN, STATE, THEN].map(str::to_owned).into();
    for item in shown {
        let question = &edition.questionnaire.questions[item.question];
        match &question.kind {
            Kind::Matrix { rows, .. } => {
                expected.extend(item.rows.iter().map(|&row| part(question, &rows[row].code)));
            }
            Kind::Identifier { .. } => {
                expected.insert(part(question, "type"));
                expected.extend(NUMBERED.map(|kind| part(question, kind)));
            }
            Kind::Commune => expected.extend([question.code.clone(), part(question, "code_postal")]),
            Kind::Networks { .. } => expected.extend([question.code.clone(), part(question, "autre")]),
            Kind::Single { .. }
            | Kind::Multiple { .. }
            | Kind::Integer { .. }
            | Kind::Text { .. }
            | Kind::Email => {
                expected.insert(question.code.clone());
            }
        }
    }
    if fields.names().all(|name| expected.contains(name)) {
        Ok(())
    } else {
        Err(Unexpected("an unknown field"))
    }
}

/// The value of a field that a page has once; blank when it is absent.
fn typed<'a>(name: &str, fields: &'a Fields) -> Result<&'a str, Unexpected> {
    match fields.all(name) {
        [] => Ok(""),
        [value] => Ok(value),
        _ => Err(Unexpected("a field given several times")),
    }
}

/// The option chosen in a group of radio buttons; an empty value is the button « Sans réponse ».
fn single(question: &Question, name: &str, fields: &Fields) -> Result<Option<String>, Unexpected> {
    match typed(name, fields)? {
        "" => Ok(None),
        code if question.option(code).is_some() => Ok(Some(code.to_owned())),
        _ => Err(Unexpected("an unknown option")),
    }
}

fn multiple(question: &Question, fields: &Fields) -> Result<Option<BTreeSet<String>>, Unexpected> {
    let codes = fields.all(&question.code);
    if codes.iter().any(|code| question.option(code).is_none()) {
        return Err(Unexpected("an unknown option"));
    }
    if codes.len() > question.options().len() {
        return Err(Unexpected("more values than options"));
    }
    Ok((!codes.is_empty()).then(|| codes.iter().cloned().collect()))
}

fn matrix(
    question: &Question,
    shown: &[usize],
    stored: &Answers,
    fields: &Fields,
) -> Result<Option<Answer>, Unexpected> {
    let mut answered = match stored.get(&question.code) {
        Some(Answer::Matrix(rows)) => rows.clone(),
        _ => std::collections::BTreeMap::new(),
    };
    for &row in shown {
        let row = &question.rows()[row].code;
        match single(question, &part(question, row), fields)? {
            Some(code) => answered.insert(row.clone(), code),
            None => answered.remove(row),
        };
    }
    Ok((!answered.is_empty()).then_some(Answer::Matrix(answered)))
}

fn networks(question: &Question, fields: &Fields) -> Result<Option<Answer>, Unexpected> {
    let codes = multiple(question, fields)?.unwrap_or_default();
    let other = text(typed(&part(question, "autre"), fields)?, false);
    let is_blank = codes.is_empty() && other.is_none();
    Ok((!is_blank).then_some(Answer::Networks(Networks { codes, other })))
}

fn integer(typed: &str) -> Typed {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    read::integer(typed).map(|number| Some(Answer::Integer(number))).map_err(|code| (code, typed.to_owned()))
}

fn email(typed: &str) -> Typed {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    read::email(typed).map(|address| Some(Answer::Text(address))).map_err(|code| (code, typed.to_owned()))
}

/// The kind chosen and its number. A number typed without a kind chosen says which kind it is.
fn identifier(question: &Question, fields: &Fields) -> Result<Typed, Unexpected> {
    let mut numbers = Vec::new();
    for kind in NUMBERED {
        let number = typed(&part(question, kind), fields)?;
        if !number.trim().is_empty() {
            numbers.push((kind, number));
        }
    }
    let chosen = single(question, &part(question, "type"), fields)?;
    let kind = match (chosen, numbers.as_slice()) {
        (Some(kind), _) => kind,
        (None, [(kind, _)]) => (*kind).to_owned(),
        (None, _) => return Ok(Ok(None)),
    };
    if !NUMBERED.contains(&kind.as_str()) {
        return Ok(Ok(Some(Answer::Identifier(Identifier { kind, value: None }))));
    }
    let of_kind = numbers.iter().find(|(other, _)| *other == kind);
    // A number typed in the other field is not lost: it is read as what its field says.
    let only = if let [only] = numbers.as_slice() { Some(only) } else { None };
    let Some((kind, number)) = of_kind.or(only) else {
        return Ok(Err((ViolationCode::Required, String::new())));
    };
    let (kind, number) = ((*kind).to_owned(), *number);
    let value = match kind.as_str() {
        "siret" => read::siret(number),
        _ => read::rna(number),
    };
    Ok(match value {
        Ok(value) => Ok(Some(Answer::Identifier(Identifier { kind, value: Some(value) }))),
        Err(code) => Err((code, number.to_owned())),
    })
}

enum Place {
    Read(Typed),
    ToChoose,
}

/// A post code, then one of its communes. The page always has the post code's field; a program may leave it out.
fn commune(edition: &Edition, question: &Question, fields: &Fields) -> Result<Place, Unexpected> {
    let chosen = typed(&question.code, fields)?;
    if !chosen.is_empty() && edition.nomenclatures.commune(chosen).is_none() {
        return Err(Unexpected("an unknown commune"));
    }
    let field = part(question, "code_postal");
    let answer = || Some(Answer::text(chosen)).filter(|_| !chosen.is_empty());
    if fields.all(&field).is_empty() {
        return Ok(Place::Read(Ok(answer())));
    }
    let post_code = post_code(typed(&field, fields)?);
    if post_code.is_empty() {
        return Ok(Place::Read(Ok(None)));
    }
    let communes = edition.nomenclatures.communes_by_postcode(&post_code);
    Ok(if communes.is_empty() {
        Place::Read(Err((ViolationCode::Commune, post_code)))
    } else if communes.iter().any(|commune| commune.code == chosen) {
        Place::Read(Ok(answer()))
    } else {
        Place::ToChoose
    })
}

/// A post code as the nomenclature writes it.
pub(crate) fn post_code(typed: &str) -> String {
    typed.chars().filter(|character| !character.is_whitespace()).collect()
}

/// Whether a text is what [`text`] makes of it: almost always, for what a program sends.
pub(crate) fn is_as_read(typed: &str, is_long: bool) -> bool {
    let is_kept = |character: char| !character.is_control() || (character == '\n' && is_long);
    !typed.is_empty() && typed.trim().len() == typed.len() && typed.chars().all(is_kept)
}

/// A text without the characters that no keyboard types: databases and XML refuse some of them. Lines end by `\n`,
/// and only a long text has several.
pub(crate) fn text(typed: &str, is_long: bool) -> Option<String> {
    let lines = typed.replace("\r\n", "\n").replace('\r', "\n");
    let cleaned: String = lines
        .chars()
        .map(|character| if character == '\t' || (character == '\n' && !is_long) { ' ' } else { character })
        .filter(|&character| character == '\n' || !character.is_control())
        .collect();
    let trimmed = cleaned.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_lines_and_loses_control_characters() {
        assert_eq!(text(" a\0\u{7}b\r\nc\td ", true).as_deref(), Some("ab\nc d"));
        assert_eq!(text("a\nb", false).as_deref(), Some("a b"));
        assert_eq!(text(" \r\n ", true), None);
        for typed in
            ["", " ", "a", " a", "a ", "a\nb", "a\rb", "a\tb", "a\u{7}", "é\u{a0}œ", "\u{a0}a", "\u{85}"]
        {
            for is_long in [false, true] {
                let is_same = text(typed, is_long).as_deref() == Some(typed);
                assert_eq!(is_as_read(typed, is_long), is_same, "{typed:?} {is_long}");
            }
        }
    }

    #[test]
    fn a_post_code_is_read_without_its_spaces() {
        assert_eq!(post_code(" 35\u{a0}000 "), "35000");
    }
}
