//! Conditions, numbers and categories of many responses.

use std::rc::Rc;

use extract::columns::PATH;
use polars::prelude::{DataFrame, StringChunked};
use questionnaire::expr::{Comparison, DerivedIndex};
use questionnaire::{Condition, Edition, Kind, Number, Question, QuestionIndex, Subject};
use rustc_hash::FxHashMap;

use super::bits::Bits;
use super::source::{Source, Ticks};
use super::texts::Texts;
use crate::error::AnalysisError;

/// Evaluates an edition's expressions on the responses of a frame. Columns are decoded, and derived variables
/// computed, when they are first read.
#[derive(Debug)]
pub struct Reader<'a> {
    pub(super) edition: &'a Edition,
    pub(super) source: Source<'a>,
    pub(super) derived: Vec<Option<DerivedValues>>,
    pub(super) items: Vec<Option<Rc<Vec<f64>>>>,
    paths: Option<Rc<Paths>>,
}

/// The values of a derived variable.
#[derive(Debug, Clone)]
pub(super) enum DerivedValues {
    Category(Rc<Texts>),
    /// Not a number when missing.
    Number(Rc<Vec<f64>>),
}

type Read<T> = Result<T, AnalysisError>;

impl<'a> Reader<'a> {
    /// Of the responses of an extract of this edition, or of some of them.
    #[must_use]
    pub fn new(edition: &'a Edition, frame: &'a DataFrame) -> Self {
        Self {
            edition,
            source: Source::new(frame),
            derived: vec![None; edition.derived.len()],
            items: vec![None; edition.questionnaire.questions.len()],
            paths: None,
        }
    }

    /// How many responses.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.source.rows()
    }

    /// The names of the columns that were read so far.
    pub(crate) fn columns(&self) -> Vec<String> {
        self.source.names()
    }

    /// A column of texts that is not an answer.
    pub(crate) fn texts(&mut self, name: &str) -> Read<Rc<Texts>> {
        self.source.texts(name)
    }

    /// A column of texts as it is.
    pub(crate) fn strings(&self, name: &str) -> Read<&'a StringChunked> {
        self.source.strings(name)
    }

    /// A column of numbers that is not an answer; not a number when missing.
    pub(crate) fn numbers(&mut self, name: &str) -> Read<Rc<Vec<f64>>> {
        self.source.numbers(name)
    }

    /// For which responses a condition holds.
    ///
    /// # Errors
    /// When the condition reads a question that extracts leave out, or when the frame is not an extract of the
    /// edition.
    pub fn condition(&mut self, condition: &Condition) -> Read<Bits> {
        Ok(match condition {
            Condition::Constant(value) => Bits::constant(self.rows(), *value),
            Condition::In(subject, codes) => self.category(*subject)?.is_in(codes),
            Condition::HasAny(question, codes) => {
                let mut found = Bits::constant(self.rows(), false);
                for code in codes {
                    found = found.or(&self.ticks(*question, code)?.ticked);
                }
                found
            }
            Condition::HasAll(question, codes) => {
                let mut found = Bits::constant(self.rows(), true);
                for code in codes {
                    found = found.and(&self.ticks(*question, code)?.ticked);
                }
                found
            }
            Condition::Compare(Number::Constant(left), comparison, right) => {
                let (left, comparison) = (*left, *comparison);
                Bits::of(&self.number(right)?, |right| comparison.holds(left, *right))
            }
            Condition::Compare(left, comparison, Number::Constant(right)) => {
                let (right, comparison) = (*right, *comparison);
                Bits::of(&self.number(left)?, |left| comparison.holds(*left, right))
            }
            Condition::Compare(left, comparison, right) => {
                compare(&self.number(left)?, *comparison, &self.number(right)?)
            }
            Condition::Asked(question, row) => self.asked(*question, *row)?,
            Condition::Measured(subject) => self.measured(*subject)?,
            Condition::Not(inner) => self.condition(inner)?.negated(),
            Condition::And(left, right) => {
                let left = self.condition(left)?;
                left.and(&self.condition(right)?)
            }
            Condition::Or(left, right) => {
                let left = self.condition(left)?;
                left.or(&self.condition(right)?)
            }
        })
    }

    /// The number of each response; not a number when it is missing.
    ///
    /// # Errors
    /// As [`Reader::condition`].
    pub fn number(&mut self, number: &Number) -> Read<Rc<Vec<f64>>> {
        Ok(match number {
            Number::Constant(value) => Rc::new(vec![*value; self.rows()]),
            Number::Variable(Subject::Derived(index)) => self.derived_number(*index)?,
            Number::Variable(subject) => {
                let name = self.name(*subject)?;
                self.source.numbers(&name)?
            }
            Number::Count(question) => {
                let mut counts = vec![0.0; self.rows()];
                let edition = self.edition;
                for option in edition.questionnaire.questions[*question].options() {
                    if !option.is_exclusive {
                        add_one(&mut counts, &self.ticks(*question, &option.code)?.ticked);
                    }
                }
                Rc::new(counts)
            }
            Number::CountIn(question, codes) => {
                let mut counts = vec![0.0; self.rows()];
                for row in 0..self.question(*question).rows().len() {
                    add_one(&mut counts, &self.category(Subject::Row(*question, row))?.is_in(codes));
                }
                Rc::new(counts)
            }
        })
    }

    /// The category of each response.
    ///
    /// # Errors
    /// As [`Reader::condition`].
    pub fn category(&mut self, subject: Subject) -> Read<Rc<Texts>> {
        if let Subject::Derived(index) = subject {
            return self.derived_category(index);
        }
        let name = self.name(subject)?;
        self.source.texts(&name)
    }

    /// Whether the subject has a value.
    ///
    /// # Errors
    /// As [`Reader::condition`].
    pub fn measured(&mut self, subject: Subject) -> Read<Bits> {
        let question = match subject {
            Subject::Derived(index) => {
                return Ok(match self.derived_values(index)? {
                    DerivedValues::Category(texts) => texts.is_measured(),
                    DerivedValues::Number(numbers) => is_number(&numbers),
                });
            }
            Subject::Row(..) | Subject::IdentifierType(_) => {
                return Ok(self.category(subject)?.is_measured());
            }
            Subject::Question(question) => question,
        };
        let edition = self.edition;
        let definition = &edition.questionnaire.questions[question];
        let mut found = Bits::constant(self.rows(), false);
        match &definition.kind {
            // The options of an answered question are true or false, and all are null when it is blank. One that an
            // earlier version did not offer is null in its responses.
            Kind::Multiple { options, .. } | Kind::Networks { options } => {
                for option in options {
                    found = found.or(&self.ticks(question, &option.code)?.measured);
                }
            }
            Kind::Matrix { rows, .. } => {
                for row in 0..rows.len() {
                    found = found.or(&self.category(Subject::Row(question, row))?.is_measured());
                }
            }
            Kind::Identifier { .. } => return self.measured(Subject::IdentifierType(question)),
            Kind::Integer { .. } => found = is_number(&self.number(&Number::Variable(subject))?),
            Kind::Single { .. } | Kind::Commune | Kind::Text { .. } | Kind::Email => {
                found = self.category(subject)?.is_measured();
            }
        }
        Ok(found)
    }

    /// Whether the question, or one row of it, was asked: on the path, and reached. It is what the extract says was
    /// asked, under the definition of the response's own version, and never what the newest definition would ask.
    ///
    /// # Errors
    /// When the frame is not an extract.
    pub fn asked(&mut self, question: QuestionIndex, row: Option<usize>) -> Read<Bits> {
        let subject = row.map_or(Subject::Question(question), |row| Subject::Row(question, row));
        let place = self.edition.subject_name(subject);
        let paths = if let Some(paths) = &self.paths {
            Rc::clone(paths)
        } else {
            let paths = Rc::new(Paths::new(self.edition, self.source.texts(PATH)?));
            Rc::clone(self.paths.insert(paths))
        };
        Ok(paths.asked(&place))
    }

    /// One option of a multiple choice.
    pub(super) fn ticks(&mut self, question: QuestionIndex, code: &str) -> Read<Rc<Ticks>> {
        let definition = self.question(question);
        let name = format!("{}.{code}", definition.code);
        if definition.is_personal {
            return Err(AnalysisError::NotInExtract { name });
        }
        self.source.ticks(&name)
    }

    fn derived_category(&mut self, index: DerivedIndex) -> Read<Rc<Texts>> {
        match self.derived_values(index)? {
            DerivedValues::Category(texts) => Ok(texts),
            DerivedValues::Number(_) => Err(self.other_kind(index, "a number")),
        }
    }

    pub(super) fn derived_number(&mut self, index: DerivedIndex) -> Read<Rc<Vec<f64>>> {
        match self.derived_values(index)? {
            DerivedValues::Number(numbers) => Ok(numbers),
            DerivedValues::Category(_) => Err(self.other_kind(index, "a category")),
        }
    }

    /// The definition was checked, so this is a defect of the program.
    fn other_kind(&self, index: DerivedIndex, kind: &str) -> AnalysisError {
        AnalysisError::Frame(format!("`{}` is {kind}", self.edition.subject_name(Subject::Derived(index))))
    }

    fn question(&self, question: QuestionIndex) -> &'a Question {
        &self.edition.questionnaire.questions[question]
    }

    /// The column of an answer.
    fn name(&self, subject: Subject) -> Read<String> {
        let name = self.edition.subject_name(subject);
        match subject {
            Subject::Question(question) | Subject::Row(question, _) | Subject::IdentifierType(question) => {
                let definition = self.question(question);
                if definition.is_personal || matches!(definition.kind, Kind::Email) {
                    return Err(AnalysisError::NotInExtract { name });
                }
            }
            Subject::Derived(_) => {}
        }
        Ok(name)
    }
}

/// Which places each distinct path holds: paths are long and few.
#[derive(Debug)]
struct Paths {
    texts: Rc<Texts>,
    places: FxHashMap<String, usize>,
    /// For each distinct path, one bit for each place of the edition.
    held: Vec<Vec<u64>>,
}

impl Paths {
    fn new(edition: &Edition, texts: Rc<Texts>) -> Self {
        let mut places = FxHashMap::default();
        for (question, definition) in edition.questionnaire.questions.iter().enumerate() {
            let rows = (0..definition.rows().len()).map(|row| Subject::Row(question, row));
            for subject in std::iter::once(Subject::Question(question)).chain(rows) {
                places.insert(edition.subject_name(subject), places.len());
            }
        }
        // A place that only an earlier version had is in nobody's base.
        let held = |path: &String| {
            let mut held = vec![0_u64; places.len().div_ceil(64)];
            for place in path.split(';').filter_map(|place| places.get(place)) {
                held[place / 64] |= 1 << (place % 64);
            }
            held
        };
        let held = texts.names().iter().map(held).collect();
        Self { texts, places, held }
    }

    fn asked(&self, place: &str) -> Bits {
        let Some(place) = self.places.get(place) else {
            return Bits::constant(self.texts.rows(), false);
        };
        let of_path = |held: &Vec<u64>| held[place / 64] >> (place % 64) & 1 == 1;
        let of_code: Vec<bool> = std::iter::once(false).chain(self.held.iter().map(of_path)).collect();
        Bits::of(self.texts.codes(), |code| of_code[usize::from(*code)])
    }
}

/// Which numbers are there.
pub(super) fn is_number(numbers: &[f64]) -> Bits {
    Bits::of(numbers, |number| !number.is_nan())
}

pub(super) fn add_one(counts: &mut [f64], those: &Bits) {
    for row in those.ones() {
        counts[row] += 1.0;
    }
}

fn compare(left: &[f64], comparison: Comparison, right: &[f64]) -> Bits {
    let pairs: Vec<(f64, f64)> = left.iter().copied().zip(right.iter().copied()).collect();
    Bits::of(&pairs, |(left, right)| comparison.holds(*left, *right))
}
