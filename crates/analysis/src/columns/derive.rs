//! Derived variables, and the items that scores are made of.

use std::collections::BTreeMap;
use std::rc::Rc;

use polars::prelude::IntoColumn;
use polars::prelude::{Column, DataFrame, LazyFrame, NamedFrom, Series};
use questionnaire::expr::DerivedIndex;
use questionnaire::{
    Case, CaseValue, CommuneAttribute, DerivedRule, Edition, QuestionIndex, ScoreRule, Subject,
};

use super::bits::Bits;
use super::polars;
use super::reader::{DerivedValues, Reader, add_one, is_number};
use super::texts::Texts;
use crate::error::AnalysisError;

/// The frame with one column `derived.<name>` for each derived variable of the edition.
///
/// # Errors
/// When a rule reads a question that extracts leave out, or when the frame is not an extract of this edition.
pub fn derive(frame: LazyFrame, edition: &Edition) -> Result<DataFrame, AnalysisError> {
    let frame = frame.collect().map_err(polars)?;
    let mut reader = Reader::new(edition, &frame);
    let columns = (0..edition.derived.len())
        .map(|index| {
            let name = edition.subject_name(Subject::Derived(index)).into();
            Ok(match reader.derived_values(index)? {
                DerivedValues::Category(texts) => {
                    let texts: Vec<Option<&str>> = (0..texts.rows()).map(|row| texts.get(row)).collect();
                    Series::new(name, texts).into_column()
                }
                DerivedValues::Number(numbers) => {
                    let numbers = numbers.iter().map(|number| (!number.is_nan()).then_some(*number));
                    Series::new(name, numbers.collect::<Vec<_>>()).into_column()
                }
            })
        })
        .collect::<Result<Vec<Column>, AnalysisError>>()?;
    frame.hstack(&columns).map_err(polars)
}

impl Reader<'_> {
    /// The values of a derived variable, which reads answers and earlier variables alone.
    pub(super) fn derived_values(&mut self, index: DerivedIndex) -> Result<DerivedValues, AnalysisError> {
        if let Some(known) = &self.derived[index] {
            return Ok(known.clone());
        }
        let edition = self.edition;
        let values = match &edition.derived[index].rule {
            DerivedRule::Cases(cases) => DerivedValues::Category(Rc::new(self.cases(cases)?)),
            DerivedRule::Commune { question, attribute } => {
                DerivedValues::Category(Rc::new(self.commune(*question, *attribute)?))
            }
            number => DerivedValues::Number(self.derived_by(number)?),
        };
        self.derived[index] = Some(values.clone());
        Ok(values)
    }

    fn derived_by(&mut self, rule: &DerivedRule) -> Result<Rc<Vec<f64>>, AnalysisError> {
        let edition = self.edition;
        Ok(match rule {
            DerivedRule::Flag { when, unmeasured } => {
                let mut flags = vec![0.0; self.rows()];
                add_one(&mut flags, &self.condition(when)?);
                for row in self.condition(unmeasured)?.ones() {
                    flags[row] = f64::NAN;
                }
                Rc::new(flags)
            }
            DerivedRule::Number(number) => self.number(number)?,
            DerivedRule::Sum(parts) => {
                let mut total = vec![0.0; self.rows()];
                for part in parts.iter().filter(|part| edition.derived[**part].categories.is_empty()) {
                    add(&mut total, &self.derived_number(*part)?);
                }
                Rc::new(total)
            }
            DerivedRule::Measured(parts) => {
                let mut count = vec![0.0; self.rows()];
                for part in parts {
                    add_one(&mut count, &self.measured(Subject::Derived(*part))?);
                }
                Rc::new(count)
            }
            DerivedRule::Score { items } => {
                let least = edition.scoring.least_items_share * items.len() as f64;
                let items = items.iter().map(|item| self.item(*item)).collect::<Result<Vec<_>, _>>()?;
                Rc::new(mean_of(self.rows(), &items, least))
            }
            DerivedRule::Index { scores, at_least } => {
                let scores =
                    scores.iter().map(|score| self.derived_number(*score)).collect::<Result<Vec<_>, _>>()?;
                Rc::new(mean_of(self.rows(), &scores, *at_least as f64))
            }
            DerivedRule::Cases(_) | DerivedRule::Commune { .. } => {
                return Err(AnalysisError::Frame("a category was read as a number".to_owned()));
            }
        })
    }

    /// The category of the first case that holds.
    fn cases(&mut self, cases: &[Case]) -> Result<Texts, AnalysisError> {
        let mut codes = vec![0_u16; self.rows()];
        let mut names: Vec<String> = Vec::new();
        let mut left = Bits::constant(self.rows(), true);
        for case in cases {
            let holds = self.condition(&case.when)?.and(&left);
            left = left.and_not(&holds);
            match &case.value {
                CaseValue::Category(category) => {
                    let code = code_of(&mut names, category)?;
                    for row in holds.ones() {
                        codes[row] = code;
                    }
                }
                CaseValue::Copy(subject) => {
                    let copied = self.category(*subject)?;
                    let mut of_code = vec![0];
                    for name in copied.names() {
                        of_code.push(code_of(&mut names, name)?);
                    }
                    for row in holds.ones() {
                        codes[row] = of_code[usize::from(copied.codes()[row])];
                    }
                }
            }
        }
        Ok(Texts::new(codes, names))
    }

    /// An attribute of a commune, looked up in the official list once for each commune.
    fn commune(
        &mut self,
        question: QuestionIndex,
        attribute: CommuneAttribute,
    ) -> Result<Texts, AnalysisError> {
        let list = &self.edition.nomenclatures;
        self.category(Subject::Question(question))?.translated(|code| {
            list.commune(code).map(|commune| match attribute {
                CommuneAttribute::Department => commune.department.as_str(),
                CommuneAttribute::Region => commune.region.as_str(),
                CommuneAttribute::Zone => commune.zone.as_str(),
            })
        })
    }

    /// The score of one item from 0 to 100 (`questionnaire.md`, section 2): an answer without points (`nsp`, `nc`) and a
    /// blank are unmeasured, never zero.
    pub(super) fn item(&mut self, index: QuestionIndex) -> Result<Rc<Vec<f64>>, AnalysisError> {
        if let Some(known) = &self.items[index] {
            return Ok(Rc::clone(known));
        }
        let question = &self.edition.questionnaire.questions[index];
        let points: BTreeMap<&str, f64> = question
            .options()
            .iter()
            .filter_map(|option| Some((option.code.as_str(), option.points?)))
            .collect();
        let points_of = |texts: &Texts| texts.numbers(|code| points.get(code).copied());
        let item = match question.score {
            None => return Err(AnalysisError::Frame(format!("`{}` makes no score", question.code))),
            Some(ScoreRule::Single) => points_of(&*self.category(Subject::Question(index))?),
            Some(ScoreRule::MatrixMean) => {
                let rows = (0..question.rows().len())
                    .map(|row| Ok(Rc::new(points_of(&*self.category(Subject::Row(index, row))?))))
                    .collect::<Result<Vec<_>, AnalysisError>>()?;
                mean_of(self.rows(), &rows, 0.0)
            }
            Some(rule @ (ScoreRule::MultiCap100 | ScoreRule::MultiMax)) => {
                let mut total = vec![f64::NAN; self.rows()];
                for option in question.options() {
                    let Some(points) = option.points else { continue };
                    for row in self.ticks(index, &option.code)?.ticked.ones() {
                        let so_far = if total[row].is_nan() { 0.0 } else { total[row] };
                        total[row] = match rule {
                            ScoreRule::MultiMax => so_far.max(points),
                            _ => so_far + points,
                        };
                    }
                }
                // A number that is missing is not the lesser of two.
                total.iter_mut().filter(|total| **total > 100.0).for_each(|total| *total = 100.0);
                total
            }
        };
        let item = Rc::new(item);
        self.items[index] = Some(Rc::clone(&item));
        Ok(item)
    }
}

/// The code of a name, which is added when it is new.
fn code_of(names: &mut Vec<String>, name: &str) -> Result<u16, AnalysisError> {
    let position = names.iter().position(|known| known == name).unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    });
    u16::try_from(position + 1)
        .map_err(|_| AnalysisError::Frame(format!("too many categories before `{name}`")))
}

/// Adds the numbers that are there, from left to right as on one response.
fn add(total: &mut [f64], numbers: &[f64]) {
    for (total, number) in total.iter_mut().zip(numbers) {
        *total += if number.is_nan() { 0.0 } else { *number };
    }
}

/// The mean of the numbers that are not missing, itself missing when there are fewer than `least`, or none.
fn mean_of(rows: usize, numbers: &[Rc<Vec<f64>>], least: f64) -> Vec<f64> {
    let (mut total, mut measured) = (vec![0.0; rows], vec![0.0; rows]);
    for numbers in numbers {
        add(&mut total, numbers);
        add_one(&mut measured, &is_number(numbers));
    }
    let mean = |(total, measured): (f64, f64)| {
        if measured >= least && measured > 0.0 { total / measured } else { f64::NAN }
    };
    total.into_iter().zip(measured).map(mean).collect()
}
