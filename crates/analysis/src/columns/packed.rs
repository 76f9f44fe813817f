//! What the statistics read of the responses, packed: a bit for each condition, a small code for each category.

use questionnaire::{Condition, Number, QuestionIndex, Subject};

use super::bits::Bits;
use super::gather::Gather;
use super::reader::{Reader, is_number};
use crate::error::AnalysisError;

/// What is read of each response.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// Whether a condition holds.
    Condition(Condition),
    /// Whether a condition holds and a number is there.
    Measured(Condition, Number),
    /// A category.
    Category(Subject),
    /// A number.
    Number(Number),
    /// The points of an item of a score.
    Item(QuestionIndex),
}

/// A column of a chunk.
#[derive(Debug, Clone)]
enum Packed {
    Bits(Bits),
    /// 0 when missing, else one more than an index into the names.
    Codes(Vec<u16>),
    /// Not a number when missing.
    Numbers(Vec<f64>),
}

/// Consecutive responses.
#[derive(Debug, Clone)]
pub(crate) struct Chunk {
    rows: usize,
    columns: Vec<Packed>,
    /// For each column, the categories that its codes stand for, until the chunk joins others.
    names: Vec<Vec<String>>,
}

/// Values of all respondents, chunk after chunk.
#[derive(Debug, Clone, Default)]
pub(crate) struct Readout {
    chunks: Vec<Chunk>,
    /// For each column, the categories found so far.
    names: Vec<Vec<String>>,
}

impl Chunk {
    /// Evaluates the values on those of the reader's responses that are kept.
    pub(crate) fn read(
        reader: &mut Reader<'_>,
        values: &[Value],
        kept: &Gather,
    ) -> Result<Self, AnalysisError> {
        let mut chunk = Self { rows: kept.len(), columns: Vec::new(), names: vec![Vec::new(); values.len()] };
        for (value, names) in values.iter().zip(&mut chunk.names) {
            chunk.columns.push(match value {
                Value::Condition(condition) => Packed::Bits(kept.bits(&reader.condition(condition)?)),
                Value::Measured(condition, number) => {
                    let holds = reader.condition(condition)?;
                    Packed::Bits(kept.bits(&holds.and(&is_number(&reader.number(number)?))))
                }
                Value::Category(subject) => {
                    let texts = reader.category(*subject)?;
                    texts.names().clone_into(names);
                    Packed::Codes(kept.values(texts.codes()))
                }
                Value::Number(number) => Packed::Numbers(kept.values(&reader.number(number)?)),
                Value::Item(question) => Packed::Numbers(kept.values(&reader.item(*question)?)),
            });
        }
        Ok(chunk)
    }

    /// Those of its responses that are kept.
    pub(crate) fn kept(&self, kept: &Gather) -> Self {
        let column = |column: &Packed| match column {
            Packed::Bits(bits) => Packed::Bits(kept.bits(bits)),
            Packed::Codes(codes) => Packed::Codes(kept.values(codes)),
            Packed::Numbers(numbers) => Packed::Numbers(kept.values(numbers)),
        };
        Self {
            rows: kept.len(),
            columns: self.columns.iter().map(column).collect(),
            names: self.names.clone(),
        }
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// A condition, sixty-four responses in each word.
    pub(crate) fn bits(&self, column: usize) -> &Bits {
        match &self.columns[column] {
            Packed::Bits(bits) => bits,
            _ => unreachable!("the column was read as a condition"),
        }
    }

    pub(crate) fn codes(&self, column: usize) -> &[u16] {
        match &self.columns[column] {
            Packed::Codes(codes) => codes,
            _ => unreachable!("the column was read as a category"),
        }
    }

    pub(crate) fn numbers(&self, column: usize) -> &[f64] {
        match &self.columns[column] {
            Packed::Numbers(numbers) => numbers,
            _ => unreachable!("the column was read as a number"),
        }
    }
}

impl Readout {
    /// Adds a chunk of the same values.
    pub(crate) fn push(&mut self, mut chunk: Chunk) -> Result<(), AnalysisError> {
        self.names.resize(chunk.names.len(), Vec::new());
        let columns = chunk.columns.iter_mut().zip(std::mem::take(&mut chunk.names)).zip(&mut self.names);
        for ((column, of_chunk), names) in columns {
            let Packed::Codes(codes) = column else { continue };
            let mut of_code = vec![0_u16];
            for name in of_chunk {
                let position = names.iter().position(|known| *known == name).unwrap_or_else(|| {
                    names.push(name);
                    names.len() - 1
                });
                let code = u16::try_from(position + 1);
                of_code.push(code.map_err(|_| AnalysisError::Frame("too many categories".to_owned()))?);
            }
            if of_code.iter().enumerate().any(|(was, code)| was != usize::from(*code)) {
                for code in codes {
                    *code = of_code[usize::from(*code)];
                }
            }
        }
        self.chunks.push(chunk);
        Ok(())
    }

    /// The chunks, in order.
    pub(crate) fn chunks(&self) -> &[Chunk] {
        &self.chunks
    }

    /// The categories of a column: code `k` is the name at `k - 1`.
    pub(crate) fn names(&self, column: usize) -> &[String] {
        self.names.get(column).map_or(&[], Vec::as_slice)
    }

    /// For each code of a column (0 is missing), its position among `codes`.
    pub(crate) fn positions(&self, column: usize, codes: &[&str]) -> Vec<Option<usize>> {
        let position = |name: &String| codes.iter().position(|code| code == name);
        std::iter::once(None).chain(self.names(column).iter().map(position)).collect()
    }
}
