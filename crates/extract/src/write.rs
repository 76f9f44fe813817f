//! Freezing: from records to files.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path as FilePath;

use polars::prelude::{Column, DataFrame, ParquetWriter};
use questionnaire::{Answer, Edition};
use sha2::{Digest, Sha256};

use crate::answered::answered;
use crate::codebook::Codebook;
use crate::error::ExtractError;
use crate::layout::answer_columns;
use crate::manifest::{Manifest, ManifestInput};
use crate::record::ExtractRecord;
use crate::versions::{Asked, Definitions, Reader};
use crate::{CODEBOOK_FILE, DEFINITIONS_FILE, MANIFEST_FILE, RESPONSES_FILE, SCHEMA_VERSION, columns};

/// Rows of a group: a reader that takes one group at a time needs memory for this many.
pub(crate) const GROUP: usize = 32_768;

/// Freezes `records`, all of one definition that was never changed, into the folder `dir`: see [`write_versions`].
///
/// # Errors
/// As [`write_versions`].
pub fn write(
    dir: &FilePath,
    edition: &Edition,
    records: &[ExtractRecord],
    input: &ManifestInput,
) -> Result<Manifest, ExtractError> {
    write_versions(dir, &Definitions::one(edition, BTreeMap::new()), records, input)
}

/// Freezes `records` into the folder `dir`, which is created if needed, and returns the manifest written there.
///
/// Each record is routed by the definition of its own version. An answer off the path of its record, or on a screen
/// that was not reached, is left out. A question, a row or an option that a version did not have is `null` in its
/// records. The manifest is written last: a folder with a manifest is whole.
///
/// # Errors
/// When a record's version is none of the definitions', when an answer or a screen is not one of its definition's or
/// has no column, or when a file cannot be written.
pub fn write_versions(
    dir: &FilePath,
    definitions: &Definitions<'_>,
    records: &[ExtractRecord],
    input: &ManifestInput,
) -> Result<Manifest, ExtractError> {
    let edition = definitions.newest();
    let readers = readers(definitions, records)?;
    let rows = rows(&readers, records)?;
    let mut parquet = Vec::new();
    let mut frame = frame(edition, &rows)?;
    ParquetWriter::new(&mut parquet)
        .with_row_group_size(Some(GROUP))
        .finish(&mut frame)
        .map_err(|error| ExtractError::Table(error.to_string()))?;
    let versions = versions(&rows);
    fs::create_dir_all(dir).map_err(|source| ExtractError::Io { path: dir.to_owned(), source })?;
    save(dir, RESPONSES_FILE, &parquet)?;
    conclude(dir, definitions, versions, sha256(&parquet), input)
}

/// Writes what goes beside the responses, of which `responses` is the hash, and the manifest last.
pub(crate) fn conclude(
    dir: &FilePath,
    definitions: &Definitions<'_>,
    versions: BTreeMap<String, u64>,
    responses: String,
    input: &ManifestInput,
) -> Result<Manifest, ExtractError> {
    let edition = definitions.newest();
    let codebook = json(&Codebook::of(edition));
    let kept = definitions.kept(&versions.keys().map(String::as_str).collect());
    let definitions = json(&kept);
    let manifest = Manifest {
        schema_version: SCHEMA_VERSION,
        software: input.software.clone(),
        survey: edition.questionnaire.survey.clone(),
        edition: edition.questionnaire.edition.clone(),
        questionnaire: edition.questionnaire.version.clone(),
        rows: versions.values().sum(),
        versions,
        definitions: kept
            .into_iter()
            .map(|kept| (kept.version, sha256(json(&kept.files).as_bytes())))
            .collect(),
        is_simulated: input.is_simulated,
        field_start: input.field_start,
        field_end: input.field_end,
        states: input.states,
        files: BTreeMap::from([
            (RESPONSES_FILE.to_owned(), responses),
            (CODEBOOK_FILE.to_owned(), sha256(codebook.as_bytes())),
            (DEFINITIONS_FILE.to_owned(), sha256(definitions.as_bytes())),
        ]),
    };
    save(dir, CODEBOOK_FILE, codebook.as_bytes())?;
    save(dir, DEFINITIONS_FILE, definitions.as_bytes())?;
    save(dir, MANIFEST_FILE, json(&manifest).as_bytes())?;
    Ok(manifest)
}

/// How many records were given under each version.
pub(crate) fn versions(rows: &[Row<'_>]) -> BTreeMap<String, u64> {
    let mut versions = BTreeMap::new();
    for row in rows {
        *versions.entry(row.record.version.clone()).or_insert(0) += 1;
    }
    versions
}

/// JSON for people: indented, and a line break at the end.
fn json(value: &impl serde::Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value)
        .expect("strings, numbers, dates, lists and maps by string always serialise");
    text.push('\n');
    text
}

/// SHA-256 in hexadecimal, as in a [`Manifest`].
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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
pub(crate) struct Row<'a> {
    pub(crate) record: &'a ExtractRecord,
    /// The definition that it was given under.
    pub(crate) edition: &'a Edition,
    pub(crate) asked: Asked,
    sequence: i64,
}

/// One reader for each version that records were given under.
pub(crate) fn readers<'a>(
    definitions: &Definitions<'a>,
    records: &'a [ExtractRecord],
) -> Result<BTreeMap<&'a str, Reader<'a>>, ExtractError> {
    let mut readers = BTreeMap::new();
    for record in records {
        let version = record.version.as_str();
        if !readers.contains_key(version) {
            let edition = definitions.of(version).ok_or_else(|| ExtractError::UnknownVersion {
                version: version.to_owned(),
                count: records.iter().filter(|other| other.version == version).count(),
            })?;
            readers.insert(version, Reader::new(definitions.newest(), edition));
        }
    }
    Ok(readers)
}

/// The records in the order of the file, each with its path and how far it went.
pub(crate) fn rows<'a>(
    readers: &BTreeMap<&str, Reader<'a>>,
    records: &'a [ExtractRecord],
) -> Result<Vec<Row<'a>>, ExtractError> {
    let mut sorted: Vec<&ExtractRecord> = records.iter().collect();
    // The answers come last so that two records saved in the same second still have one order.
    sorted.sort_by(|one, other| {
        let key = |record: &ExtractRecord| (record.sequence, record.state);
        let of_organisation = one.organisation.cmp(&other.organisation);
        of_organisation
            .then_with(|| key(one).cmp(&key(other)))
            .then_with(|| one.answers.to_json().cmp(&other.answers.to_json()))
    });
    let mut rows: Vec<Row<'a>> = Vec::with_capacity(sorted.len());
    for record in sorted {
        let reader = &readers[record.version.as_str()];
        let sequence = match rows.last() {
            Some(last) if last.record.organisation == record.organisation => last.sequence + 1,
            _ => 1,
        };
        rows.push(Row { record, edition: reader.edition, asked: reader.asked(record)?, sequence });
    }
    Ok(rows)
}

/// Refuses what would be lost: an answer that was asked for and that has no column any more.
fn refuse_lost(edition: &Edition, rows: &[Row<'_>]) -> Result<(), ExtractError> {
    let mut lost: BTreeMap<String, (&str, usize)> = BTreeMap::new();
    for row in rows {
        for (code, answer) in row.record.answers.iter() {
            let is_asked = |place: &str| row.asked.path.split(';').any(|name| name == place);
            let places = match (edition.questionnaire.question(code), answer) {
                (None, _) => vec![code.to_owned()],
                (Some(question), Answer::Matrix(answered)) => answered
                    .keys()
                    .filter(|row| question.rows().iter().all(|known| known.code != **row))
                    .map(|row| format!("{code}.{row}"))
                    .collect(),
                (Some(_), _) => Vec::new(),
            };
            for place in places.into_iter().filter(|place| is_asked(place)) {
                lost.entry(place).or_insert((&row.record.version, 0)).1 += 1;
            }
        }
    }
    match lost.into_iter().next() {
        None => Ok(()),
        Some((question, (version, count))) => {
            Err(ExtractError::Unreadable { question, version: version.to_owned(), count })
        }
    }
}

pub(crate) fn frame(edition: &Edition, rows: &[Row<'_>]) -> Result<DataFrame, ExtractError> {
    refuse_lost(edition, rows)?;
    let text = |name: &str, value: &dyn Fn(&Row<'_>) -> Option<String>| {
        Column::new(name.into(), rows.iter().map(value).collect::<Vec<_>>())
    };
    let organisations: Vec<&str> = rows.iter().map(|row| row.record.organisation.as_str()).collect();
    let paths: Vec<&str> = rows.iter().map(|row| row.asked.path.as_str()).collect();
    let mut all = vec![
        Column::new(columns::ID.into(), (1..=rows.len() as u64).map(u64::cast_signed).collect::<Vec<i64>>()),
        Column::new(columns::ORGANISATION.into(), organisations),
        Column::new(columns::SEQUENCE.into(), rows.iter().map(|row| row.sequence).collect::<Vec<_>>()),
        text(columns::STATE, &|row| Some(row.record.state.code().to_owned())),
        text(columns::VERSION, &|row| Some(row.record.version.clone())),
        text(columns::STARTED_ON, &|row| Some(row.record.started_on.to_string())),
        text(columns::SUBMITTED_ON, &|row| row.record.submitted_on.map(|day| day.to_string())),
        Column::new(columns::PATH.into(), paths),
        Column::new(columns::REACHED.into(), rows.iter().map(|row| row.asked.reached).collect::<Vec<_>>()),
    ];
    for columns in answer_columns(edition).chunk_by(|one, other| one.question == other.question) {
        all.extend(answered(edition, rows, columns[0].question, columns)?);
    }
    DataFrame::new(rows.len(), all).map_err(|error| ExtractError::Table(error.to_string()))
}
