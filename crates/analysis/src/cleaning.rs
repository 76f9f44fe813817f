//! Step 1, *process*: which responses are valid, and one per organisation.
//!
//! A response is valid (`questionnaire.md`, section 2) when its last indispensable screen was passed and it is in the
//! plan's scope. Of several valid responses of one organisation, the last one submitted is kept, else the last one
//! interrupted.

use std::collections::BTreeMap;

use extract::Extract;
use extract::columns::{ORGANISATION, REACHED, SEQUENCE, STATE};
use polars::prelude::{
    BooleanChunked, DataFrame, DataType, IntoLazy, LazyFrame, NewChunkedArray, SortMultipleOptions,
    StringChunked,
};
use questionnaire::Edition;
use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use crate::columns::{Bits, Chunk, Gather, Reader, Readout, Value, derive, polars};
use crate::error::AnalysisError;

/// Valid responses, with what the steps that follow read of them, and what was kept out.
#[derive(Debug, Clone)]
pub struct Cleaned {
    /// One row per organisation, sorted by pseudonym; the columns of the extract and those of
    /// [`crate::columns::derive`]. Without rows when the extract was read group by group: see [`clean_extract`].
    pub frame: DataFrame,
    /// Responses kept out, in the order in which the reasons are looked at.
    pub excluded: Vec<Exclusion>,
    /// How many responses are valid.
    valid: usize,
    /// What the steps that follow read of the valid responses.
    pub(crate) answers: Answers,
}

/// What calibration, domains, indicators and the reliability of scores read, packed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answers {
    pub calibration: Readout,
    pub domains: Readout,
    pub indicators: Readout,
    pub scales: Readout,
}

/// The values of [`Answers`].
struct Wanted {
    calibration: Vec<Value>,
    domains: Vec<Value>,
    indicators: Vec<Value>,
    scales: Vec<Value>,
}

impl Wanted {
    fn of(edition: &Edition) -> Self {
        Self {
            calibration: crate::calibration::values(edition),
            domains: crate::estimation::domains::values(edition),
            indicators: crate::estimation::inputs::values(edition).0,
            scales: crate::reliability::values(edition),
        }
    }

    /// All of them, in the order of [`Answers::push`].
    fn read(&self, reader: &mut Reader<'_>, kept: &Gather) -> Result<[Chunk; 4], AnalysisError> {
        Ok([
            Chunk::read(reader, &self.calibration, kept)?,
            Chunk::read(reader, &self.domains, kept)?,
            Chunk::read(reader, &self.indicators, kept)?,
            Chunk::read(reader, &self.scales, kept)?,
        ])
    }
}

impl Answers {
    fn push(&mut self, chunks: [Chunk; 4]) -> Result<(), AnalysisError> {
        let [calibration, domains, indicators, scales] = chunks;
        self.calibration.push(calibration)?;
        self.domains.push(domains)?;
        self.indicators.push(indicators)?;
        self.scales.push(scales)
    }
}

/// Responses kept out for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// Why.
    pub reason: Reason,
    /// How many.
    pub count: usize,
}

/// Why a response is kept out. The first reason that applies is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// It stopped before the last indispensable screen.
    Incomplete,
    /// It is not in the plan's scope.
    OutOfScope,
    /// Another response of the same organisation is kept.
    Duplicate,
}

impl Reason {
    /// Every reason, in the order in which they are looked at.
    pub const ALL: [Self; 3] = [Self::Incomplete, Self::OutOfScope, Self::Duplicate];

    /// Code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Incomplete => "incomplete",
            Self::OutOfScope => "hors_champ",
            Self::Duplicate => "doublon",
        }
    }

    /// Label for readers.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Incomplete => "Réponses interrompues avant les questions indispensables",
            Self::OutOfScope => "Réponses d’organisations hors du champ de l’enquête",
            Self::Duplicate => {
                "Réponses en double (la dernière réponse complète de l’organisation est gardée)"
            }
        }
    }
}

impl Cleaned {
    /// The number of valid responses.
    #[must_use]
    pub fn len(&self) -> usize {
        self.valid
    }

    /// Whether there is no valid response.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Keeps one valid response per organisation and adds derived variables. The order of the rows of `frame` does not
/// matter.
///
/// # Errors
/// When the frame is not an extract of this edition.
pub fn clean(frame: LazyFrame, edition: &Edition) -> Result<Cleaned, AnalysisError> {
    let frame = in_order(frame.collect().map_err(polars)?)?;
    let mut reader = Reader::new(edition, &frame);
    let group = Group::read(&mut reader, edition, &Wanted::of(edition))?;
    let mask: Vec<bool> = (0..frame.height()).map(|row| group.kept.holds(row)).collect();
    let mask = BooleanChunked::from_slice("valid".into(), &mask);
    let mut answers = Answers::default();
    answers.push(group.chunks)?;
    Ok(Cleaned {
        frame: derive(frame.filter(&mask).map_err(polars)?.lazy(), edition)?,
        excluded: exclusions(group.excluded),
        valid: group.kept.count(),
        answers,
    })
}

/// The same for an extract of any size: groups of rows are read at the same time, only the columns that something
/// reads, and only what is packed of them is kept; the whole table would not fit in memory.
///
/// # Errors
/// When the extract is not of this edition.
pub fn clean_extract(extract: &Extract, edition: &Edition) -> Result<Cleaned, AnalysisError> {
    let wanted = Wanted::of(edition);
    // Read on no row, the values name the columns that they need.
    let none = extract.none()?;
    let mut reader = Reader::new(edition, &none);
    Group::read(&mut reader, edition, &wanted)?;
    let mut columns = reader.columns();
    columns.extend([ORGANISATION, SEQUENCE].map(str::to_owned));
    let group = |index: usize| -> Result<Group, AnalysisError> {
        let frame = in_order(extract.group(index, &columns)?)?;
        Group::read(&mut Reader::new(edition, &frame), edition, &wanted)
    };
    let groups: Vec<Group> = (0..extract.groups()).into_par_iter().map(group).collect::<Result<_, _>>()?;
    join(groups)
}

/// A group of rows that were cleaned by themselves.
struct Group {
    /// The rows that are kept.
    kept: Bits,
    /// What is read of them.
    chunks: [Chunk; 4],
    /// How many rows are left out, by the index of the reason.
    excluded: [usize; 3],
    /// The first organisation and the last one; they may have rows in the groups beside this one.
    ends: Option<(Run, Run)>,
    /// How many organisations there are.
    organisations: usize,
}

/// The rows of one organisation in a group.
#[derive(Clone)]
struct Run {
    organisation: String,
    /// The one that is kept, among those that the group keeps.
    kept: Option<Candidate>,
}

/// A response that may be its organisation's.
#[derive(Clone, Copy)]
struct Candidate {
    is_submitted: bool,
    /// Its group, and its place among those that the group keeps.
    place: (usize, usize),
}

impl Candidate {
    /// Of two responses of one organisation, in order of saving, the one that is kept, and the other. The last of the
    /// best rank wins.
    fn contest(self, later: Self) -> (Self, Self) {
        if self.is_submitted && !later.is_submitted { (self, later) } else { (later, self) }
    }
}

impl Group {
    /// Which rows are valid, of those of a frame that is in order, and what is read of them.
    fn read(reader: &mut Reader<'_>, edition: &Edition, wanted: &Wanted) -> Result<Self, AnalysisError> {
        let valid_screen = edition.plan.valid_screen as f64;
        let is_whole = Bits::of(&reader.numbers(REACHED)?, |reached| *reached >= valid_screen);
        let is_in_scope = reader.condition(&edition.plan.scope)?;
        let is_submitted = reader.texts(STATE)?.holds(|state| state == "submitted");
        let candidates = is_whole.clone().and(&is_in_scope);
        let mut kept = candidates.clone();
        let organisations = reader.strings(ORGANISATION)?;
        let runs = runs(organisations);
        let rows = |run: usize| runs[run]..runs.get(run + 1).copied().unwrap_or(reader.rows());
        let mut of_run: Vec<Option<usize>> = Vec::with_capacity(2);
        for run in 0..runs.len() {
            let mut best: Option<Candidate> = None;
            for row in rows(run).filter(|row| candidates.holds(*row)) {
                let new = Candidate { is_submitted: is_submitted.holds(row), place: (0, row) };
                best = Some(best.map_or(new, |best| {
                    let (best, other) = best.contest(new);
                    kept.clear(other.place.1);
                    best
                }));
            }
            if run == 0 || run + 1 == runs.len() {
                of_run.push(best.map(|best| best.place.1));
            }
        }
        let gather = Gather::new(&kept);
        let end = |run: usize, best: Option<usize>| {
            let candidate = |row: usize| Candidate {
                is_submitted: is_submitted.holds(row),
                place: (0, gather.position(row).expect("the best of a run is kept")),
            };
            let organisation = organisations.get(runs[run]).unwrap_or_default().to_owned();
            Run { organisation, kept: best.map(candidate) }
        };
        let ends = match of_run.as_slice() {
            [] => None,
            [only] => Some((end(0, *only), end(0, *only))),
            [first, .., last] => Some((end(0, *first), end(runs.len() - 1, *last))),
        };
        let organisations = runs.len();
        let excluded = [
            is_whole.rows() - is_whole.count(),
            is_whole.and_not(&is_in_scope).count(),
            candidates.count() - kept.count(),
        ];
        Ok(Self { chunks: wanted.read(reader, &gather)?, kept, excluded, ends, organisations })
    }
}

/// Where the rows of each organisation begin.
fn runs(organisations: &StringChunked) -> Vec<usize> {
    let mut runs = Vec::new();
    let mut before = None;
    for (row, organisation) in organisations.iter().enumerate() {
        if row == 0 || organisation != before {
            runs.push(row);
        }
        before = organisation;
    }
    runs
}

/// Puts groups together, in order. An organisation with rows on both sides of a border keeps one response.
fn join(groups: Vec<Group>) -> Result<Cleaned, AnalysisError> {
    let mut excluded = [0; 3];
    let mut dropped: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut open: Option<Run> = None;
    for (index, group) in groups.iter().enumerate() {
        excluded.iter_mut().zip(group.excluded).for_each(|(all, more)| *all += more);
        let Some((first, last)) = &group.ends else { continue };
        let of_group = |run: &Run| Run {
            organisation: run.organisation.clone(),
            kept: run.kept.map(|kept| Candidate { place: (index, kept.place.1), ..kept }),
        };
        let (mut first, last) = (of_group(first), of_group(last));
        if let Some(before) = open.take().filter(|before| before.organisation == first.organisation) {
            first.kept = match (before.kept, first.kept) {
                (Some(earlier), Some(later)) => {
                    let (kept, other) = earlier.contest(later);
                    dropped.entry(other.place.0).or_default().push(other.place.1);
                    excluded[2] += 1;
                    Some(kept)
                }
                (earlier, later) => later.or(earlier),
            };
        }
        open = Some(if group.organisations == 1 { first } else { last });
    }
    let mut answers = Answers::default();
    let mut valid = 0;
    for (index, group) in groups.into_iter().enumerate() {
        let mut chunks = group.chunks;
        if let Some(dropped) = dropped.get(&index) {
            let mut kept = Bits::constant(chunks[0].rows(), true);
            for row in dropped {
                kept.clear(*row);
            }
            let gather = Gather::new(&kept);
            chunks = chunks.map(|chunk| chunk.kept(&gather));
        }
        valid += chunks[0].rows();
        answers.push(chunks)?;
    }
    Ok(Cleaned { frame: DataFrame::default(), excluded: exclusions(excluded), valid, answers })
}

fn exclusions(counts: [usize; 3]) -> Vec<Exclusion> {
    Reason::ALL.into_iter().zip(counts).map(|(reason, count)| Exclusion { reason, count }).collect()
}

/// The frame sorted by pseudonym, then by order of saving, as extracts are.
fn in_order(frame: DataFrame) -> Result<DataFrame, AnalysisError> {
    let organisations =
        frame.column(ORGANISATION).and_then(|column| column.str().cloned()).map_err(polars)?;
    let sequences =
        frame.column(SEQUENCE).and_then(|column| column.cast(&DataType::Int64)).map_err(polars)?;
    let rows = organisations.iter().zip(sequences.i64().map_err(polars)?.iter());
    if rows.is_sorted() {
        return Ok(frame);
    }
    frame.sort([ORGANISATION, SEQUENCE], SortMultipleOptions::default()).map_err(polars)
}
