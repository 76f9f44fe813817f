//! Freezing: from records to files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path as FilePath;

use polars::prelude::{Column, DataFrame, ParquetWriter};
use questionnaire::{Answer, Edition, Path, QuestionIndex};
use sha2::{Digest, Sha256};

use crate::codebook::Codebook;
use crate::error::ExtractError;
use crate::layout::{AnswerColumn, Part, answer_columns, screen_of};
use crate::manifest::{Manifest, ManifestInput};
use crate::record::{ExtractRecord, RecordState};
use crate::{CODEBOOK_FILE, MANIFEST_FILE, RESPONSES_FILE, SCHEMA_VERSION, columns};

/// Freezes `records` into the folder `dir`, which is created if needed, and returns the manifest written there.
///
/// An answer off the path of its record, or on a screen that was not reached, is left out. The manifest is written
/// last: a folder with a manifest is whole.
///
/// # Errors
/// When an answer or a screen is not one of the edition's, or when a file cannot be written.
pub fn write(
    dir: &FilePath,
    edition: &Edition,
    records: &[ExtractRecord],
    input: &ManifestInput,
) -> Result<Manifest, ExtractError> {
    let rows = rows(edition, records)?;
    let mut parquet = Vec::new();
    let mut frame = frame(edition, &rows)?;
    ParquetWriter::new(&mut parquet)
        .finish(&mut frame)
        .map_err(|error| ExtractError::Table(error.to_string()))?;
    let mut codebook = serde_json::to_string_pretty(&Codebook::of(edition))
        .expect("a codebook is strings and lists, which always serialise");
    codebook.push('\n');

    let mut versions = BTreeMap::new();
    for row in &rows {
        *versions.entry(row.record.version.clone()).or_insert(0) += 1;
    }
    let manifest = Manifest {
        schema_version: SCHEMA_VERSION,
        software: input.software.clone(),
        survey: edition.questionnaire.survey.clone(),
        edition: edition.questionnaire.edition.clone(),
        questionnaire: edition.questionnaire.version.clone(),
        versions,
        is_simulated: input.is_simulated,
        field_start: input.field_start,
        field_end: input.field_end,
        states: input.states,
        rows: rows.len() as u64,
        files: BTreeMap::from([
            (RESPONSES_FILE.to_owned(), sha256(&parquet)),
            (CODEBOOK_FILE.to_owned(), sha256(codebook.as_bytes())),
        ]),
    };
    let mut text = serde_json::to_string_pretty(&manifest)
        .expect("a manifest is strings, numbers and dates, which always serialise");
    text.push('\n');

    fs::create_dir_all(dir).map_err(|source| ExtractError::Io { path: dir.to_owned(), source })?;
    save(dir, RESPONSES_FILE, &parquet)?;
    save(dir, CODEBOOK_FILE, codebook.as_bytes())?;
    save(dir, MANIFEST_FILE, text.as_bytes())?;
    Ok(manifest)
}

/// SHA-256 in hexadecimal, as in a [`Manifest`].
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes beside and renames, so that a full disk leaves the former file whole.
fn save(dir: &FilePath, name: &str, bytes: &[u8]) -> Result<(), ExtractError> {
    let path = dir.join(name);
    let beside = dir.join(format!("{name}.new"));
    fs::write(&beside, bytes)
        .and_then(|()| fs::rename(&beside, &path))
        .map_err(|source| ExtractError::Io { path, source })
}

/// A record with everything the columns need.
struct Row<'a> {
    record: &'a ExtractRecord,
    /// Questions, and rows of matrices, that are on the path and were reached.
    asked: BTreeSet<Place>,
    reached: i32,
    sequence: i64,
}

/// A question, or one row of a matrix.
type Place = (QuestionIndex, Option<usize>);

/// The records in the order of the file, each with its path and how far it went.
fn rows<'a>(edition: &Edition, records: &'a [ExtractRecord]) -> Result<Vec<Row<'a>>, ExtractError> {
    let mut sorted: Vec<&ExtractRecord> = records.iter().collect();
    // The answers come last so that two records saved in the same second still have one order.
    sorted.sort_by_cached_key(|record| {
        (record.organisation.clone(), record.sequence, record.state, record.answers.to_json())
    });
    let screens = screens(edition);
    let mut rows: Vec<Row<'a>> = Vec::with_capacity(sorted.len());
    for record in sorted {
        let path = edition.path(&record.answers);
        let reached = reached(edition, record, &path)?;
        let sequence = match rows.last() {
            Some(last) if last.record.organisation == record.organisation => last.sequence + 1,
            _ => 1,
        };
        let asked = path
            .questions
            .iter()
            .flat_map(|(question, rows)| {
                std::iter::once((*question, None)).chain(rows.iter().map(|row| (*question, Some(*row))))
            })
            .filter(|place| screens[place] <= reached)
            .collect();
        rows.push(Row { record, asked, reached, sequence });
    }
    Ok(rows)
}

/// The last screen passed or skipped: a screen that the routing hides is passed with the one before it.
fn reached(edition: &Edition, record: &ExtractRecord, path: &Path) -> Result<i32, ExtractError> {
    let screens = &edition.questionnaire.screens;
    let last_passed = match (record.state, &record.last_screen) {
        (RecordState::Submitted, _) => return Ok(index(screens.len()) - 1),
        (RecordState::Partial, None) => None,
        (RecordState::Partial, Some(code)) => {
            Some(edition.questionnaire.screen_index(code).ok_or_else(|| ExtractError::UnknownScreen {
                screen: code.clone(),
                version: record.version.clone(),
            })?)
        }
    };
    let next = path.screens.iter().copied().find(|screen| last_passed.is_none_or(|last| *screen > last));
    Ok(index(next.unwrap_or(screens.len())) - 1)
}

fn index(value: usize) -> i32 {
    i32::try_from(value).expect("a questionnaire has fewer than two thousand million screens")
}

/// The screen of each question and of each row.
fn screens(edition: &Edition) -> BTreeMap<Place, i32> {
    let mut screens = BTreeMap::new();
    for (question, definition) in edition.questionnaire.questions.iter().enumerate() {
        for row in std::iter::once(None).chain((0..definition.rows().len()).map(Some)) {
            screens.insert((question, row), index(screen_of(edition, question, row)));
        }
    }
    screens
}

impl Row<'_> {
    fn path_text(&self, edition: &Edition) -> String {
        let name = |(question, row): &Place| {
            let question = &edition.questionnaire.questions[*question];
            match row {
                None => question.code.clone(),
                Some(row) => format!("{}.{}", question.code, question.rows()[*row].code),
            }
        };
        self.asked.iter().map(name).collect::<Vec<_>>().join(";")
    }
}

fn frame(edition: &Edition, rows: &[Row<'_>]) -> Result<DataFrame, ExtractError> {
    let text = |name: &str, value: &dyn Fn(&Row<'_>) -> Option<String>| {
        Column::new(name.into(), rows.iter().map(value).collect::<Vec<_>>())
    };
    let mut all = vec![
        Column::new(columns::ID.into(), (1..=rows.len() as u64).map(u64::cast_signed).collect::<Vec<i64>>()),
        text(columns::ORGANISATION, &|row| Some(row.record.organisation.clone())),
        Column::new(columns::SEQUENCE.into(), rows.iter().map(|row| row.sequence).collect::<Vec<_>>()),
        text(columns::STATE, &|row| Some(row.record.state.code().to_owned())),
        text(columns::VERSION, &|row| Some(row.record.version.clone())),
        text(columns::STARTED_ON, &|row| Some(row.record.started_on.to_string())),
        text(columns::SUBMITTED_ON, &|row| row.record.submitted_on.map(|day| day.to_string())),
        text(columns::PATH, &|row| Some(row.path_text(edition))),
        Column::new(columns::REACHED.into(), rows.iter().map(|row| row.reached).collect::<Vec<_>>()),
    ];
    for column in answer_columns(edition) {
        all.push(answer_column(edition, rows, &column)?);
    }
    DataFrame::new(rows.len(), all).map_err(|error| ExtractError::Table(error.to_string()))
}

/// What one column holds of one row's answer; `Err` when the answer is not of the question's kind.
type Read<T> = Result<Option<T>, ()>;

fn answer_column(edition: &Edition, rows: &[Row<'_>], column: &AnswerColumn) -> Result<Column, ExtractError> {
    let name = column.name.as_str().into();
    Ok(match column.part {
        Part::Integer => Column::new(name, values(edition, rows, column, integer)?),
        Part::Option(_) => Column::new(name, values(edition, rows, column, ticked)?),
        Part::Code | Part::Row(_) | Part::IdentifierType => {
            Column::new(name, values(edition, rows, column, code)?)
        }
    })
}

fn values<T>(
    edition: &Edition,
    rows: &[Row<'_>],
    column: &AnswerColumn,
    read: impl Fn(&Edition, &AnswerColumn, &Answer) -> Read<T>,
) -> Result<Vec<Option<T>>, ExtractError> {
    let question = &edition.questionnaire.questions[column.question];
    let mut values = Vec::with_capacity(rows.len());
    let mut unreadable: Vec<&Row<'_>> = Vec::new();
    let place = match column.part {
        Part::Row(row) => (column.question, Some(row)),
        _ => (column.question, None),
    };
    for row in rows {
        let is_asked = row.asked.contains(&place);
        let answer = row.record.answers.get(&question.code).filter(|_| is_asked);
        match answer.map_or(Ok(None), |answer| read(edition, column, answer)) {
            Ok(value) => values.push(value),
            Err(()) => unreadable.push(row),
        }
    }
    match unreadable.first() {
        None => Ok(values),
        Some(first) => Err(ExtractError::Unreadable {
            question: question.code.clone(),
            version: first.record.version.clone(),
            count: unreadable.len(),
        }),
    }
}

fn integer(_: &Edition, _: &AnswerColumn, answer: &Answer) -> Read<i64> {
    match answer {
        Answer::Integer(value) => Ok(Some(*value)),
        _ => Err(()),
    }
}

fn ticked(edition: &Edition, column: &AnswerColumn, answer: &Answer) -> Read<bool> {
    let Part::Option(option) = column.part else { return Err(()) };
    let question = &edition.questionnaire.questions[column.question];
    let ticked = match answer {
        Answer::Multiple(codes) => codes,
        Answer::Networks(networks) => &networks.codes,
        _ => return Err(()),
    };
    if ticked.iter().any(|code| question.option(code).is_none()) {
        return Err(());
    }
    Ok(Some(ticked.contains(&question.options()[option].code)))
}

fn code(edition: &Edition, column: &AnswerColumn, answer: &Answer) -> Read<String> {
    let question = &edition.questionnaire.questions[column.question];
    let known = |code: &String| question.options().is_empty() || question.option(code).is_some();
    let found = match (column.part, answer) {
        (Part::Code, Answer::Text(code)) => Some(code),
        (Part::IdentifierType, Answer::Identifier(identifier)) => Some(&identifier.kind),
        (Part::Row(row), Answer::Matrix(rows)) => rows.get(&question.rows()[row].code),
        _ => return Err(()),
    };
    match found {
        Some(code) if !known(code) => Err(()),
        found => Ok(found.cloned()),
    }
}
