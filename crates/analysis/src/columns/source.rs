//! Columns of a frame, each decoded when it is first read.

use std::collections::BTreeMap;
use std::rc::Rc;

use polars::prelude::{Column, DataFrame, DataType, StaticArray, StringChunked};

use super::bits::Bits;
use super::polars;
use super::texts::Texts;
use crate::error::AnalysisError;

/// An option of a multiple choice.
#[derive(Debug, Clone)]
pub(super) struct Ticks {
    /// Ticked.
    pub ticked: Bits,
    /// Ticked or not, of a question that was answered.
    pub measured: Bits,
}

/// The columns of a frame.
#[derive(Debug)]
pub(super) struct Source<'a> {
    frame: &'a DataFrame,
    texts: BTreeMap<String, Rc<Texts>>,
    ticks: BTreeMap<String, Rc<Ticks>>,
    numbers: BTreeMap<String, Rc<Vec<f64>>>,
}

impl<'a> Source<'a> {
    pub(super) fn new(frame: &'a DataFrame) -> Self {
        Self { frame, texts: BTreeMap::new(), ticks: BTreeMap::new(), numbers: BTreeMap::new() }
    }

    pub(super) fn rows(&self) -> usize {
        self.frame.height()
    }

    /// The names of the columns that were read.
    pub(super) fn names(&self) -> Vec<String> {
        let names = self.texts.keys().chain(self.ticks.keys()).chain(self.numbers.keys());
        names.cloned().collect()
    }

    fn column(&self, name: &str) -> Result<&'a Column, AnalysisError> {
        self.frame.column(name).map_err(polars)
    }

    pub(super) fn strings(&self, name: &str) -> Result<&'a StringChunked, AnalysisError> {
        self.column(name)?.str().map_err(polars)
    }

    pub(super) fn texts(&mut self, name: &str) -> Result<Rc<Texts>, AnalysisError> {
        if let Some(known) = self.texts.get(name) {
            return Ok(Rc::clone(known));
        }
        let read = Rc::new(Texts::read(self.column(name)?)?);
        self.texts.insert(name.to_owned(), Rc::clone(&read));
        Ok(read)
    }

    pub(super) fn ticks(&mut self, name: &str) -> Result<Rc<Ticks>, AnalysisError> {
        if let Some(known) = self.ticks.get(name) {
            return Ok(Rc::clone(known));
        }
        let read = Rc::new(ticks(self.column(name)?)?);
        self.ticks.insert(name.to_owned(), Rc::clone(&read));
        Ok(read)
    }

    /// Not a number when missing.
    pub(super) fn numbers(&mut self, name: &str) -> Result<Rc<Vec<f64>>, AnalysisError> {
        if let Some(known) = self.numbers.get(name) {
            return Ok(Rc::clone(known));
        }
        let column = self.column(name)?.cast(&DataType::Float64).map_err(polars)?;
        let column = column.f64().map_err(polars)?;
        let read = Rc::new(column.iter().map(|value| value.unwrap_or(f64::NAN)).collect());
        self.numbers.insert(name.to_owned(), Rc::clone(&read));
        Ok(read)
    }
}

fn ticks(column: &Column) -> Result<Ticks, AnalysisError> {
    let column = column.bool().map_err(polars)?;
    let rows = column.len();
    let (mut ticked, mut measured) = (Words::new(rows), Words::new(rows));
    for array in column.downcast_iter() {
        let values = array.values().chunks::<u64>();
        let rest = values.remainder();
        ticked.extend(array.len(), values.chain([rest]));
        match present(array) {
            None => measured.extend(array.len(), std::iter::repeat(u64::MAX)),
            Some(present) => measured.extend(array.len(), present.words().iter().copied()),
        }
    }
    let measured = measured.finish();
    Ok(Ticks { ticked: ticked.finish().and(&measured), measured })
}

/// Which values of an array are there; `None` when all are.
pub(super) fn present<A: StaticArray>(array: &A) -> Option<Bits> {
    let valid = array.validity()?.chunks::<u64>();
    let rest = valid.remainder();
    let mut words = Words::new(array.len());
    words.extend(array.len(), valid.chain([rest]));
    Some(words.finish())
}

/// Words being put one after the other at any bit.
struct Words {
    rows: usize,
    at: usize,
    all: Vec<u64>,
}

impl Words {
    fn new(rows: usize) -> Self {
        Self { rows, at: 0, all: vec![0; rows.div_ceil(64)] }
    }

    /// Adds so many bits, sixty-four of them in each word.
    fn extend(&mut self, bits: usize, words: impl Iterator<Item = u64>) {
        let mut left = bits;
        for word in words {
            if left == 0 {
                break;
            }
            let count = left.min(64);
            let word = word & (u64::MAX >> (64 - count));
            let (index, shift) = (self.at / 64, self.at % 64);
            self.all[index] |= word << shift;
            if shift + count > 64 {
                self.all[index + 1] |= word >> (64 - shift);
            }
            self.at += count;
            left -= count;
        }
    }

    fn finish(self) -> Bits {
        Bits::from_words(self.rows, self.all)
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::{IntoColumn, NamedFrom, Series};

    use super::*;

    #[test]
    fn an_option_is_read_across_the_borders_of_chunks() {
        let value = |row: usize| [Some(true), Some(false), None][(row * row + row / 7) % 3];
        let part =
            |from: usize, to: usize| Series::new("x".into(), (from..to).map(value).collect::<Vec<_>>());
        let mut whole = part(0, 100);
        for (from, to) in [(100, 101), (101, 300), (300, 333)] {
            whole.append(&part(from, to)).unwrap();
        }
        // A slice does not begin at a byte.
        let sliced = whole.slice(3, 327).into_column();
        let read = ticks(&sliced).unwrap();
        for row in 0..327 {
            assert_eq!(read.ticked.holds(row), value(row + 3) == Some(true), "{row}");
            assert_eq!(read.measured.holds(row), value(row + 3).is_some(), "{row}");
        }
        assert_eq!((read.ticked.rows(), read.measured.rows()), (327, 327));
    }
}
