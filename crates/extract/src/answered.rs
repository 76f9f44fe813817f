//! The columns of one question: its answers are looked up once for each record, whatever the number of its options.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::{Column, NamedFrom, Series};
use questionnaire::{Answer, Edition, Question, QuestionIndex};

use crate::error::ExtractError;
use crate::layout::{AnswerColumn, Part};
use crate::write::Row;

/// What a column holds of one record's answer; `Err` when the answer is not of the question's kind.
type Read<T> = Result<Option<T>, ()>;

/// The columns of a question of the newest definition.
pub(crate) fn answered(
    edition: &Edition,
    rows: &[Row<'_>],
    index: QuestionIndex,
    columns: &[AnswerColumn],
) -> Result<Vec<Column>, ExtractError> {
    let of_question = OfQuestion {
        question: &edition.questionnaire.questions[index],
        index,
        rows,
        given: rows
            .iter()
            .map(|row| row.record.answers.get(&edition.questionnaire.questions[index].code))
            .collect(),
    };
    if columns.iter().all(|column| matches!(column.part, Part::Option(_))) {
        return of_question.options(columns);
    }
    let column = |column: &AnswerColumn| {
        let name = column.name.as_str().into();
        let series = match column.part {
            Part::Integer => Series::new(name, of_question.values(None, integer)?),
            Part::Row(row) => {
                let code = &of_question.question.rows()[row].code;
                let answers = of_question.values(Some(row), |answer| match answer {
                    Answer::Matrix(rows) => of_question.listed(rows.get(code)),
                    _ => Err(()),
                })?;
                Series::new(name, answers)
            }
            Part::Code | Part::IdentifierType | Part::Option(_) => {
                let answers = of_question.values(None, |answer| match (column.part, answer) {
                    (Part::Code, Answer::Text(code)) => of_question.listed(Some(code)),
                    (Part::IdentifierType, Answer::Identifier(given)) => {
                        of_question.listed(Some(&given.kind))
                    }
                    _ => Err(()),
                })?;
                Series::new(name, answers)
            }
        };
        Ok(Column::from(series))
    };
    columns.iter().map(column).collect()
}

fn integer(answer: &Answer) -> Read<i64> {
    match answer {
        Answer::Integer(value) => Ok(Some(*value)),
        _ => Err(()),
    }
}

/// A question and what each record answers to it.
struct OfQuestion<'a> {
    question: &'a Question,
    index: QuestionIndex,
    rows: &'a [Row<'a>],
    given: Vec<Option<&'a Answer>>,
}

impl<'a> OfQuestion<'a> {
    /// The value of each record that was asked and that answered.
    fn values<T>(
        &self,
        row: Option<usize>,
        read: impl Fn(&'a Answer) -> Read<T>,
    ) -> Result<Vec<Option<T>>, ExtractError> {
        let mut values = Vec::with_capacity(self.rows.len());
        let mut unreadable = Vec::new();
        for (record, given) in self.rows.iter().zip(&self.given) {
            let answer = given.filter(|_| record.asked.asks((self.index, row)));
            match answer.map_or(Ok(None), &read) {
                Ok(value) => values.push(value),
                Err(()) => unreadable.push(record),
            }
        }
        self.refuse(&unreadable)?;
        Ok(values)
    }

    /// A code, when the question has it.
    fn listed(&self, code: Option<&'a String>) -> Read<&'a str> {
        match code {
            Some(code) if !self.question.options().is_empty() && self.question.option(code).is_none() => {
                Err(())
            }
            code => Ok(code.map(String::as_str)),
        }
    }

    /// One column for each option of a multiple choice.
    fn options(&self, columns: &[AnswerColumn]) -> Result<Vec<Column>, ExtractError> {
        let options = self.question.options();
        let position: BTreeMap<&str, usize> =
            options.iter().enumerate().map(|(index, option)| (option.code.as_str(), index)).collect();
        let mut ticked: Vec<Vec<Option<bool>>> = vec![vec![None; self.rows.len()]; options.len()];
        let mut unreadable = Vec::new();
        let mut offered = Offered { question: self.question, known: Vec::new() };
        for (at, (record, given)) in self.rows.iter().zip(&self.given).enumerate() {
            let Some(answer) = given.filter(|_| record.asked.asks((self.index, None))) else { continue };
            let none = BTreeSet::new();
            let (codes, is_read) = match answer {
                Answer::Multiple(codes) => (codes, true),
                Answer::Networks(networks) => (&networks.codes, true),
                _ => (&none, false),
            };
            if !is_read || codes.iter().any(|code| !position.contains_key(code.as_str())) {
                unreadable.push(record);
                continue;
            }
            // Who was not offered an option did not leave it out.
            let is_offered = offered.under(record.edition);
            for (column, is_offered) in ticked.iter_mut().zip(is_offered) {
                column[at] = is_offered.then_some(false);
            }
            for option in codes.iter().map(|code| position[code.as_str()]) {
                ticked[option][at] = is_offered[option].then_some(true);
            }
        }
        self.refuse(&unreadable)?;
        let column = |column: &AnswerColumn| match column.part {
            Part::Option(option) => Some(Column::new(column.name.as_str().into(), &ticked[option])),
            _ => None,
        };
        Ok(columns.iter().filter_map(column).collect())
    }

    fn refuse(&self, unreadable: &[&Row<'_>]) -> Result<(), ExtractError> {
        match unreadable.first() {
            None => Ok(()),
            Some(first) => Err(ExtractError::Unreadable {
                question: self.question.code.clone(),
                version: first.record.version.clone(),
                count: unreadable.len(),
            }),
        }
    }
}

/// Which options of a question a definition offers: found once for each definition.
struct Offered<'a> {
    question: &'a Question,
    known: Vec<(&'a Edition, Vec<bool>)>,
}

impl<'a> Offered<'a> {
    fn under(&mut self, edition: &'a Edition) -> &[bool] {
        let known = self.known.iter().position(|(known, _)| std::ptr::eq(*known, edition));
        let at = known.unwrap_or_else(|| {
            let own = edition.questionnaire.question(&self.question.code);
            let is_offered = |code: &str| own.is_some_and(|own| own.option(code).is_some());
            let offered = self.question.options().iter().map(|option| is_offered(&option.code)).collect();
            self.known.push((edition, offered));
            self.known.len() - 1
        });
        &self.known[at].1
    }
}
